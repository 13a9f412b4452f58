"""A question to rows in a Parquet file: DuckDB's words for it, asked of a process that is killed at its limits."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from catalog.errors import Invalid
from catalog.rows import ID, Ask, Family, Found, Is, Word, family
from catalog.rows.statement import Selection, Sql, edged, plain
from pipelines.askers import Askers
from pipelines.rowquery import paging
from pipelines.serving.pages import OFF_SHELF

KINDS: Final[Mapping[str, str]] = MappingProxyType({
    "string": "text", "integer": "int8", "number": "numeric", "boolean": "bool", "date": "date", "time": "time",
    "datetime": "timestamp", "other": "json",
})
"""What the columns of a published table are in PostgreSQL's words."""

TYPES: Final[Mapping[Family, str]] = MappingProxyType({
    "text": "VARCHAR", "int": "HUGEINT", "float": "DOUBLE", "numeric": "DOUBLE", "bool": "BOOLEAN", "date": "DATE",
    "time": "TIME", "timestamp": "TIMESTAMP", "json": "VARCHAR", "array": "VARCHAR",
})
_EDGE: Final = r"[^\p{L}\p{N}]"
_FOLDED: Final = "replace(strip_accents(lower({text})), 'đ', 'd')"
_SOURCE: Final = "read_parquet(?)"
PAGE: Final = 20_000


class DuckTongue:
    """DuckDB's own ways."""

    def mark(self, kind: str) -> str:
        """Give a mark, read as the column's type."""
        return f"CAST(? AS {TYPES[family(kind)]})"

    def bound(self, kind: str, value: Any) -> Any:
        """Give a value as JSON carries it to the process."""
        if family(kind) == "array":
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return str(value) if isinstance(value, Decimal) or family(kind) == "int" else value

    def compared(self, name: str, kind: str) -> tuple[str, str]:
        """Compare a column as it is."""
        return name, self.mark(kind)

    def sorted(self, name: str, kind: str, *, distinct: bool = False) -> str:
        """Give a column: DuckDB compares texts by their bytes."""
        del kind, distinct
        return name

    def text(self, name: str, kind: str) -> str:
        """Give a column as text."""
        del kind
        return f"coalesce(CAST({name} AS VARCHAR), '')"

    def holds(self, text: str, word: Word, *, folded: bool = False) -> Sql:
        """Look for the signs first, which is quick, then for the edges of the word."""
        said = text if folded else _FOLDED.format(text=text) if plain(word) else f"lower({text})"
        return Sql(f"(contains({said}, ?) AND regexp_matches({said}, ?))", (word.text, edged(word, _EDGE)))

    def hits(self, text: str, word: Word, *, folded: bool = False) -> Sql:
        """Count by how much shorter the text is without them."""
        said = text if folded else _FOLDED.format(text=text) if plain(word) else f"lower({text})"
        return Sql(f"(length({said}) - length(replace({said}, ?, ''))) / {len(word.text)}", (word.text,))


def ask(askers: Askers, path: str, types: Mapping[str, str], one: Ask, count: int, *, folded: str = "",
        served: str | None = None) -> Found:
    """Answer a question; ``count`` is how many rows the file has, ``folded`` its column of folded rows, if any.

    ``served`` is a serving file of the same rows, which answers quicker while it is there. Raises
    Invalid('query-too-heavy'), Unavailable.
    """
    if one.limit == 0 and (whole := _known(one, types, count)) is not None:
        return Found((), whole if one.total else None)
    if served:
        try:
            return _asked(askers, served, types, one, count, folded=folded)
        except Invalid as refused:
            if refused.code != OFF_SHELF:
                raise
    return _asked(askers, path, types, one, count, folded=folded)


def _known(one: Ask, types: Mapping[str, str], count: int) -> int | None:
    """Give how many rows there are in all where nobody has to be asked."""
    return count if not one.total or Selection(DuckTongue(), _SOURCE, types, one).whole() else None


def _asked(askers: Askers, path: str, types: Mapping[str, str], one: Ask, count: int, *,
           folded: str) -> Found:
    known = _known(one, types, count)
    source, given = paging.source(path)
    more = one.limit + 1 if known is None and one.limit and not one.offset else None
    selection = Selection(DuckTongue(), source, types, one if more is None else replace(one, limit=more), given,
                          folded=folded, lying=True)
    found = _best(askers, path, selection, types, one) if _by_words(one) else None
    if found is not None:
        return found
    rows, counted = selection.rows(), selection.count()
    kinds = [types[name] for name in selection.columns]
    told = askers.ask({
        "form": "page", "late": bool(one.order),
        "sql": rows.text, "values": rows.values, "shelf": paging.shelf(path), "whole": more or 0,
        "kinds": ["integer" if family(kind) == "int" else "" for kind in kinds],
        "count": counted.text if known is None else "", "count_values": counted.values if known is None else (),
    })
    total = (known if known is not None else told["total"]) if one.total else None
    return Found(read(kinds, told["rows"][: one.limit]), total)


def _by_words(one: Ask) -> bool:
    """Whether words alone say which rows come first, and all of them are counted."""
    return bool(one.texts and one.limit and one.total) and not (one.order or one.distinct)


def _best(askers: Askers, path: str, selection: Selection, types: Mapping[str, str], one: Ask) -> Found | None:
    """Answer a question for words with one look at the texts; None where no row came that says how many there are."""
    kinds, rows = [types[name] for name in selection.columns], selection.best()
    told = askers.ask({
        "form": "page", "late": False, "sql": rows.text, "values": rows.values, "shelf": paging.shelf(path), "whole": 0,
        "kinds": ["integer" if family(kind) == "int" else "" for kind in kinds], "count": "", "count_values": (),
    })["rows"]
    if not told:
        return None if one.offset else Found((), 0)
    return Found(read(kinds, [row[:-1] for row in told[: one.limit]]), int(told[0][-1]))


def pages(askers: Askers, path: str, types: Mapping[str, str], size: int = PAGE) -> Iterator[Sequence[Sequence[Any]]]:
    """Give all rows in the order of their ids, so many at a time."""
    last = 0
    while True:
        found = ask(askers, path, types, Ask(where=Is(ID, "gt", last), limit=size, total=False), 0).rows
        if found:
            yield found
            last = int(found[-1][0])
        if len(found) < size:
            return


def document(askers: Askers, path: str, types: Mapping[str, str], one: Ask, *,
             served: str | None = None) -> Iterator[bytes]:
    """Give all rows of an answer as CSV, piece by piece, written by a process of its own."""
    for way in (served, path) if served else (path,):
        source, given = paging.source(way)
        selection = Selection(DuckTongue(), source, types, one, given, lying=True)
        rows = selection.rows()
        try:
            return askers.document({"form": "csv", "sql": rows.text, "values": rows.values,
                                    "names": list(selection.columns), "shelf": paging.shelf(way)})
        except Invalid as refused:
            if refused.code != OFF_SHELF or way == path:
                raise
    raise AssertionError


# --- cells out of JSON ------------------------------------------------------------------------------------------------


def _number(value: Any) -> Any:
    """Decimals and large numbers came as texts, so that they keep every digit; a whole number needs no point."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, str):
        number = Decimal(value)
        return int(number) if number.as_tuple().exponent == 0 else number
    return value


def _moment(value: Any) -> Any:
    return datetime.fromisoformat(value).replace(tzinfo=None).isoformat() if isinstance(value, str) else value


def _json(value: Any) -> Any:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value


_WAYS: Final[Mapping[Family, Callable[[Any], Any]]] = MappingProxyType({
    "int": _number, "numeric": _number, "timestamp": _moment, "json": _json, "array": _json,
})


def read(kinds: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
    """Make rows of what came as JSON; ``kinds`` are those of the first columns."""
    ways = [(at, _WAYS[family(kind)]) for at, kind in enumerate(kinds) if family(kind) in _WAYS]
    if not ways:
        return list(rows)
    made: list[Sequence[Any]] = []
    for row in rows:
        cells = list(row)
        for at, way in ways:
            cells[at] = way(cells[at])
        made.append(cells)
    return made
