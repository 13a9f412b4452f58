"""What is asked of rows becomes SQL: values are parameters, names are the table's own; a Tongue says what differs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from catalog.rows import ID, All, Ask, Condition, Either, Every, Is, Order, Text, Wanted, Without, Word
from standards.text import fold

ONE_HIT: Final = 0.06079271
"""What PostgreSQL's ts_rank gives a text for one word: readers of ranks know the number."""

SIGNS: Final[Mapping[str, str]] = {"eq": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of a statement and its parameters in the order of their marks."""

    text: str
    values: tuple[Any, ...] = ()


class Tongue(Protocol):
    """What an engine says in its own way."""

    def mark(self, kind: str) -> str:
        """Give the mark of a parameter of this type."""
    def bound(self, kind: str, value: Any) -> Any:
        """Give a value as the driver takes it."""
    def compared(self, name: str, kind: str) -> tuple[str, str]:
        """Give what a column is larger or smaller by, and the mark of the parameter with which it is compared."""
    def sorted(self, name: str, kind: str, *, distinct: bool = False) -> str:
        """Give what a column is ordered by: texts by their code points, ``distinct`` rows as the engine can."""
    def text(self, name: str, kind: str) -> str:
        """Give a column as a text, "" where it is missing."""
    def holds(self, text: str, word: Word, *, folded: bool = False) -> Sql:
        """Say that a text holds a word; ``folded`` text is one without marks and capitals already."""
    def hits(self, text: str, word: Word, *, folded: bool = False) -> Sql:
        """Count how often the signs of a word are in a text."""


def quoted(name: str) -> str:
    """Give a name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'


def plain(word: Word) -> bool:
    """Whether a word was typed without marks, so that it finds those with marks too."""
    return fold(word.text) == word.text


def edged(word: Word, outside: str) -> str:
    """Give a regular expression for the whole word, or the beginning of one; ``outside`` is the class of its edges."""
    end = "" if word.begins else f"($|{outside})"
    return f"(^|{outside}){re.escape(word.text)}{end}"


class Selection:
    """A question to one table in one tongue; ``folded`` names a column that holds each row as one folded text.

    ``lying``: rows lie in the order of their ids, and the engine gives them as they lie.
    """

    def __init__(self, tongue: Tongue, source: str, types: Mapping[str, str], ask: Ask,
                 given: tuple[Any, ...] = (), *, folded: str = "", lying: bool = False) -> None:
        self._folded, self._lying = folded, lying
        self._tongue, self._source, self._types, self._ask, self._given = tongue, source, types, ask, given
        self.columns = ask.columns or tuple(types)

    def rows(self) -> Sql:
        """Give the SELECT of the rows that are asked for."""
        ask, ranks = self._ask, self._ranks() if self._ask.ranked else []
        shown = [quoted(one) for one in self.columns]
        where = self.where()
        parts = [f"SELECT {'DISTINCT ' if ask.distinct else ''}{', '.join([*shown, *(one.text for one in ranks)])}"]
        values = [*(value for one in ranks for value in one.values), *self._given, *where.values]
        parts.append(f"FROM {self._source} WHERE {where.text}")
        order = self._order(len(shown), len(ranks))
        if order and not (self._lying and order == f"{quoted(ID)} ASC"):
            parts.append(f"ORDER BY {order}")
        if ask.limit is not None:
            parts.append(f"LIMIT {int(ask.limit)}")
        if ask.offset:
            parts.append(("" if ask.limit is not None else "LIMIT 9223372036854775807 ") + f"OFFSET {int(ask.offset)}")
        return Sql(" ".join(parts), tuple(values))

    def count(self) -> Sql:
        """Give the SELECT that counts all rows that are found."""
        where = self.where()
        inner = f"FROM {self._source} WHERE {where.text}"
        if self._ask.distinct:
            inner = f"FROM (SELECT DISTINCT {', '.join(map(quoted, self.columns))} {inner}) AS found"
        return Sql(f"SELECT count(*) {inner}", (*self._given, *where.values))

    def best(self) -> Sql:
        """Give the SELECT of the rows whose words fit best, and behind each how many there are: one look at the texts.

        Ids and ranks alone are put in order; the other columns are read of the rows that are shown.
        """
        ask, ranks = self._ask, self._ranks() if self._ask.ranked else []
        names, where = [f"rank{at}" for at in range(len(ranks))], self.where()
        ranked = (f"{one.text} AS {name}" for one, name in zip(ranks, names, strict=True))
        hit = ", ".join([f"{quoted(ID)} AS hit", *ranked])
        order = ", ".join([*(f"best.{name} DESC" for name in names), "best.hit ASC"])
        some = f" LIMIT {int(ask.limit or 0)} OFFSET {int(ask.offset)}"
        shown = ", ".join([*(f"held.{quoted(one)}" for one in self.columns), *(f"best.{name}" for name in names)])
        return Sql(f"WITH found AS MATERIALIZED (SELECT {hit} FROM {self._source} WHERE {where.text}), "  # noqa: S608 - ours
                   f"best AS (SELECT * FROM found AS best ORDER BY {order}{some}) "
                   f"SELECT {shown}, (SELECT count(*) FROM found) FROM best JOIN {self._source} AS held "
                   f"ON held.{quoted(ID)} = best.hit ORDER BY {order}",
                   (*(value for one in ranks for value in one.values), *self._given, *where.values, *self._given))

    def whole(self) -> bool:
        """Whether every row is found, so that the table's own count says how many."""
        return not self._ask.texts and self._ask.where == All(()) and not self._ask.distinct

    def where(self) -> Sql:
        """Give the condition."""
        return _joined([self._condition(self._ask.where), *map(self._text, self._ask.texts)], " AND ", "1=1")

    def _condition(self, one: Condition) -> Sql:
        if isinstance(one, All):
            return _joined([self._condition(each) for each in one.items], " AND ", "1=1")
        if isinstance(one, Either):
            return _joined([self._condition(each) for each in one.items], " OR ", "1=0")
        return self._compared(one)

    def _compared(self, one: Is) -> Sql:
        kind, name = self._types[one.column], quoted(one.column)
        if one.op == "in":
            there = [value for value in one.value if value is not None]
            pieces = [Sql(f"{name} IN ({', '.join([self._tongue.mark(kind)] * len(there))})",
                          tuple(self._tongue.bound(kind, value) for value in there))] if there else []
            pieces += [Sql(f"{name} IS NULL")] if len(there) < len(one.value) else []
            return _joined(pieces, " OR ", "1=0")
        if one.value is None:
            return Sql(f"{name} IS NULL" if one.op == "eq" else "1=0")
        left, mark = (name, self._tongue.mark(kind)) if one.op == "eq" else self._tongue.compared(name, kind)
        return Sql(f"{left} {SIGNS[one.op]} {mark}", (self._tongue.bound(kind, one.value),))

    # -- words ---------------------------------------------------------------------------------------------------
    def _texts(self, one: Text) -> str:
        names = [one.column] if one.column else [name for name in self._types if name != ID]
        return " || ' ' || ".join(self._tongue.text(quoted(name), self._types[name]) for name in names) or "''"

    def _text(self, one: Text) -> Sql:
        return self._wanted(one, one.wanted)

    def _said(self, one: Text, word: Word) -> tuple[str, bool]:
        """Give the text in which a word is looked for, and whether it is folded."""
        folded = bool(self._folded) and not one.column and plain(word)
        return (quoted(self._folded) if folded else f"({self._texts(one)})"), folded

    def _wanted(self, text: Text, one: Wanted) -> Sql:
        if isinstance(one, Word):
            said, folded = self._said(text, one)
            return self._tongue.holds(said, one, folded=folded)
        if isinstance(one, Without):
            inner = self._wanted(text, one.item)
            return Sql(f"(NOT {inner.text})", inner.values)
        made = [self._wanted(text, each) for each in one.items]
        return _joined(made, " AND ", "1=1") if isinstance(one, Every) else _joined(made, " OR ", "1=0")

    def _ranks(self) -> list[Sql]:
        return [self._rank(one) for one in self._ask.texts]

    def _rank(self, one: Text) -> Sql:
        """Count how often the words are there, and make a rank of it."""
        said = [(word, *self._said(one, word)) for word in words_of(one.wanted)]
        hits = [self._tongue.hits(text, word, folded=folded) for word, text, folded in said]
        summed = " + ".join(hit.text for hit in hits) or "0"
        return Sql(f"CAST(({summed}) * {ONE_HIT} AS float8)", tuple(value for hit in hits for value in hit.values))

    # -- order ---------------------------------------------------------------------------------------------------
    def _order(self, shown: int, ranks: int) -> str:
        if self._ask.order:
            keys = [self._key(one) for one in self._ask.order]
        else:
            keys = [f"{shown + 1 + at} DESC" for at in range(ranks)]
        if not self._ask.distinct:
            return ", ".join(keys if any(one.column == ID for one in self._ask.order) else [*keys, f"{quoted(ID)} ASC"])
        return ", ".join(keys or [str(at + 1) for at in range(shown)])

    def _key(self, one: Order) -> str:
        kind = self._types[one.column]
        name = self._tongue.sorted(quoted(one.column), kind, distinct=self._ask.distinct)
        nulls = "FIRST" if one.nulls_first else "LAST"
        return f"{name} {'DESC' if one.descending else 'ASC'} NULLS {nulls}"


def words_of(one: Wanted) -> list[Word]:
    """Give the words that are wanted, without those that must not be there."""
    if isinstance(one, Word):
        return [one]
    return [] if isinstance(one, Without) else [word for each in one.items for word in words_of(each)]


def _joined(pieces: Sequence[Sql], sign: str, none: str) -> Sql:
    kept = [one for one in pieces if one.text != none or none == "1=0"]
    if not kept:
        return Sql(none)
    return Sql("(" + sign.join(one.text for one in kept) + ")", tuple(value for one in kept for value in one.values))
