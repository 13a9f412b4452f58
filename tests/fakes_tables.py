"""An honest fake of the Tables port: rows as lists in memory, asked in plain Python."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import cmp_to_key
from typing import Any

import orjson

from catalog.errors import Conflict, Invalid, NotFound
from catalog.rows import (
    ID,
    All,
    Ask,
    Batch,
    Condition,
    Either,
    Every,
    Field,
    Found,
    Is,
    Method,
    Range,
    Some,
    Table,
    Wanted,
    Word,
    family,
)
from catalog.rows.statement import ONE_HIT, edged, plain, words_of
from catalog.rows.touched import of_ids
from standards.text import fold, nfc


class FakeTables:
    """Tables as dictionaries; each verb works on a copy that takes the place of what was."""

    def __init__(self) -> None:
        self._tables: dict[str, Table] = {}
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._last: dict[str, int] = {}
        self._states: dict[str, dict[int, tuple[tuple[Field, ...], list[dict[str, Any]]]]] = {}

    def table(self, key: str) -> Table | None:
        return self._tables.get(key) or next((one for one in self._tables.values() if key in one.aliases), None)

    def there(self, keys: Collection[str]) -> Collection[str]:
        return {one for one in keys if one in self._tables}

    def tables(self, dataset: str = "") -> Sequence[Table]:
        return [self._tables[key] for key in sorted(self._tables) if not dataset or self._tables[key].dataset == dataset]

    def save(self, table: Table, names: Sequence[str] = (), rows: Sequence[Sequence[Any]] = ()) -> Table:
        for alias in table.aliases:
            if any(alias in one.aliases and one.id != table.id for one in self._tables.values()):
                raise Conflict("alias-taken", alias=alias)
        before = self._tables.get(table.id)
        fields = [one.id for one in table.fields]
        held = [{ID: row[ID], **{name: row.get(name) for name in fields}} for row in self._rows.get(table.id, [])]
        last, held = self._put(table, self._last.get(table.id, 0), held, names, rows, "insert")
        first = self._last.get(table.id, 0) + 1
        return replace(self._keep(table, held, last, before), first=first, last=last)

    def _keep(self, table: Table, held: list[dict[str, Any]], last: int, before: Table | None) -> Table:
        keys = [tuple(row[name] for name in table.primary_key) for row in held if table.primary_key]
        whole = [key for key in keys if None not in key]
        if len(set(whole)) < len(whole):
            raise Conflict("rows-not-unique")
        after = replace(table, count=len(held), revision=(before.revision if before else 0) + 1)
        self._tables[table.id], self._rows[table.id], self._last[table.id] = after, held, last
        self._states.setdefault(table.id, {})[after.revision] = (after.fields, [dict(row) for row in held])
        return after

    def drop(self, key: str) -> None:
        if self._tables.pop(key, None) is None:
            raise NotFound
        del self._rows[key], self._last[key], self._states[key]

    def write(self, key: str, batches: Sequence[Batch], method: Method, *, dry_run: bool = False) -> Table:
        table = self._must(key)
        kept = (self._rows[key], self._last[key])
        last, held, seen = kept[1], [dict(row) for row in kept[0]], 0
        for names, rows in batches:
            try:
                last, held = self._put(table, last, held, names, rows, method)
            except NotFound as refused:
                raise NotFound(refused.code, **{**refused.params, "row": refused.params["row"] + seen}) from None
            seen += len(rows)
        after = self._keep(table, held, last, table)
        if dry_run:
            self._tables[key], (self._rows[key], self._last[key]) = table, kept
            return table
        return replace(after, first=kept[1] + 1, last=last) if method == "insert" else after

    @staticmethod
    def _put(  # noqa: PLR0917 - as they stand
             table: Table, last: int, held: list[dict[str, Any]], names: Sequence[str], rows: Sequence[Sequence[Any]],
             method: Method) -> tuple[int, list[dict[str, Any]]]:
        keys = (ID,) if ID in names else table.primary_key
        for at, cells in enumerate(rows):
            given = dict(zip(names, cells, strict=True))
            same = [row for row in held if all(row[name] == given[name] and given[name] is not None for name in keys)]
            if method != "insert" and same:
                same[0].update(given)
                continue
            if method == "update" or (method == "upsert" and ID in keys):
                raise NotFound("row-not-found", row=at, key=[given[name] for name in keys])
            last += 1
            held.append({ID: last, **{one.id: given.get(one.id) for one in table.fields}})
        return last, held

    def delete(self, key: str, where: Condition, *, give: bool = False) -> tuple[Table, Found]:
        table = self._must(key)
        gone = [row for row in self._rows[key] if holds(row, where)]
        held = [row for row in self._rows[key] if row not in gone]
        after = self._keep(table, held, self._last[key], table)
        return after, Found([tuple(row.values()) for row in gone] if give else [], len(gone))

    def ask(self, key: str, ask: Ask, seconds: float = 0) -> tuple[Table, Found]:
        table = self._must(key)
        if 0 < seconds < 1e-6:
            raise Invalid("query-too-heavy")
        types, columns = table.types(), ask.columns or tuple(table.types())
        found = [row for row in self._rows[key] if holds(row, ask.where)]
        for text in ask.texts:
            found = [row for row in found if said(whole(row, types, text.column), text.wanted)]
        made = [(row, [rank(row, types, text.column, text.wanted) for text in ask.texts] if ask.ranked else [])
                for row in found]
        made.sort(key=lambda one: [*(-each for each in one[1]), one[0][ID]])
        for order in reversed(ask.order):
            made.sort(key=cmp_to_key(lambda one, other, order=order: compared(one[0], other[0], order)))  # type: ignore[misc]
        rows = [tuple([row[name] for name in columns] + ranks) for row, ranks in made]
        if ask.distinct:
            rows = list({repr(row): row for row in rows}.values())
            if not ask.order and not ask.texts:
                rows.sort(key=lambda row: [(cell is None, cell) for cell in row])
        end = None if ask.limit is None else ask.offset + ask.limit
        return table, Found(rows[ask.offset : end], len(rows) if ask.total else None)

    def pages(self, key: str, size: int = 20_000) -> tuple[Table, Iterator[Sequence[Sequence[Any]]]]:
        table, rows = self._must(key), [tuple(row.values()) for row in self._rows[key]]
        return table, (rows[at : at + size] for at in range(0, len(rows), size))

    def changed(self, key: str, since: int, size: int = 20_000) -> tuple[Table, Sequence[Range] | None, Iterator[Sequence[Sequence[Any]]]]:
        table, before = self._must(key), self._states[key].get(since)
        now = {row[ID]: row for row in self._rows[key]}
        if before is None or before[0] != table.fields:
            return table, None, self.pages(key, size)[1]
        old = {row[ID]: row for row in before[1]}
        ranges = of_ids(one for one in old.keys() | now.keys() if old.get(one) != now.get(one))
        rows = [tuple(row.values()) for at, row in now.items() if any(low <= at <= high for low, high in ranges)]
        return table, ranges, (rows[at : at + size] for at in range(0, len(rows), size))

    def door(self) -> tuple[str, str] | None:
        return None

    def texts(self, key: str) -> None:
        """Rows are given as cells here."""

    def sizes(self, key: str) -> tuple[int, int]:
        return len(repr(self._rows.get(key, []))), 0

    def _must(self, key: str) -> Table:
        if key not in self._tables:
            raise NotFound
        return self._tables[key]

    def wipe(self) -> None:
        for each in (self._tables, self._rows, self._last):
            each.clear()

    def close(self) -> None:
        """Nothing is held open."""


def holds(row: dict[str, Any], one: Condition) -> bool:
    if isinstance(one, All):
        return all(holds(row, each) for each in one.items)
    if isinstance(one, Either):
        return any(holds(row, each) for each in one.items)
    return _is(row[one.column], one)


def _is(cell: Any, one: Is) -> bool:
    if one.op == "in":
        return cell in one.value
    if one.op == "eq":
        return bool(cell == one.value)
    if cell is None or one.value is None:
        return False
    return {"gt": cell > one.value, "gte": cell >= one.value, "lt": cell < one.value, "lte": cell <= one.value}[one.op]


def compared(one: dict[str, Any], other: dict[str, Any], order: Any) -> int:
    left, right = one[order.column], other[order.column]
    if left is None or right is None:
        return ((right is None) - (left is None)) * (1 if order.nulls_first else -1)
    return ((left > right) - (left < right)) * (-1 if order.descending else 1)


def shown(cell: Any, kind: str) -> str:
    if cell is None:
        return ""
    if family(kind) == "array":
        return orjson.dumps(cell).decode()
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def whole(row: dict[str, Any], types: dict[str, str], column: str) -> str:
    return " ".join(shown(row[name], types[name]) for name in ([column] if column else [one for one in types if one != ID]))


def said(text: str, wanted: Wanted) -> bool:
    if isinstance(wanted, Word):
        text = fold(text) if plain(wanted) else nfc(text).lower()
        return re.search(edged(wanted, r"[\W_]"), text) is not None
    if isinstance(wanted, Every):
        return all(said(text, each) for each in wanted.items)
    if isinstance(wanted, Some):
        return any(said(text, each) for each in wanted.items)
    return not said(text, wanted.item)


def rank(row: dict[str, Any], types: dict[str, str], column: str, wanted: Wanted) -> float:
    text = whole(row, types, column)
    return ONE_HIT * sum((fold(text) if plain(word) else nfc(text).lower()).count(word.text) for word in words_of(wanted))
