"""A published table asked through whichever of its files is at hand: the serving file, else the Parquet file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from catalog.errors import Invalid, NotFound
from pipelines import tables
from pipelines.askers import Askers
from pipelines.rowquery import Column, Kind, Output, Query, paging
from pipelines.rowquery.folding import folded_names
from pipelines.rowquery.paging import Ended
from pipelines.rowquery.statement import Statement, statement
from pipelines.serving.shelf import Shelf
from pipelines.tables import Plain

LOOKED_AT = 256
"""Files whose columns are remembered."""

OFF_SHELF = "shelf-gone"
"""What a process says when the serving file went after it was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table on this machine: its Parquet file, its serving file where there is one, what it is made of."""

    parquet: str
    rows: int
    known: Mapping[str, Kind]
    shelf: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A query of a table, as it is asked of the one file and of the other; both give the same answer."""

    table: Table
    plain: Statement
    served: Statement | None = field(default=None, compare=False)

    @property
    def columns(self) -> tuple[tuple[str, Kind], ...]:
        """Names and kinds of the answer's columns."""
        return self.plain.columns

    @property
    def ways(self) -> list[tuple[Statement, str]]:
        """The statements with their files, the best one first."""
        found = [(self.plain, self.table.parquet)]
        if self.served is not None and self.table.shelf is not None:
            found.insert(0, (self.served, self.table.shelf))
        return found


@dataclass(frozen=True, slots=True)
class Found:
    """Rows with the values of their keys behind them, and how many there are in all (None: it was not asked)."""

    rows: Sequence[Sequence[Plain]]
    total: int | None


def table(parquet: str, sha256: str, shelf: Shelf | None) -> Table:
    """Look at a table. Raises NotFound."""
    try:
        about = Path(parquet).stat()
    except FileNotFoundError:
        raise NotFound from None
    known, rows = _made_of(parquet, (about.st_ino, about.st_mtime_ns, about.st_size))
    return Table(parquet=parquet, rows=rows, known=known, shelf=shelf.find(sha256, rows, parquet) if shelf else None)


@lru_cache(maxsize=LOOKED_AT)
def _made_of(parquet: str, _stamp: tuple[int, int, int]) -> tuple[Mapping[str, Kind], int]:
    """Read columns and rows out of a file's end, which is long where it has many row groups: once for each file."""
    return MappingProxyType({one.name: one.kind for one in tables.schema(parquet)}), tables.count(parquet)


def asked(one: Table, query: Query) -> Asked:
    """Make the statements of a query. Raises Invalid('query') for what does not fit the table's columns."""
    served = statement(query, one.known, folded=folded_names(one.known)) if one.shelf else None
    return Asked(table=one, plain=statement(query, one.known), served=served)


def page(askers: Askers, one: Asked, *, limit: int, after: Ended = (), offset: int = 0, counted: bool = True) -> Found:
    """Give ``limit`` rows behind ``after``, or behind ``offset`` others. Raises as ``Askers.ask`` does."""
    kinds = [kind for _, kind in one.columns]

    def question(made: Statement, path: str) -> dict[str, Any]:
        chosen = paging.select(made, path, limit=limit, after=after, offset=offset, lying=True)
        count = paging.count(made, path) if counted else None
        return {
            "form": "page", "late": len(made.keys) > 1,
            "sql": chosen.sql, "values": chosen.values, "kinds": kinds, "shelf": paging.shelf(path),
            "count": count.sql if count else "", "count_values": count.values if count else (),
            "whole": 0 if after or offset else limit,
        }

    for made, path in one.ways[:-1]:
        try:
            told = askers.ask(question(made, path))
        except Invalid as refused:
            if refused.code != OFF_SHELF:
                raise
        else:
            return Found(told["rows"], told["total"])
    told = askers.ask(question(*one.ways[-1]))
    return Found(told["rows"], told["total"])


def plain(askers: Askers, one: Table, names: Sequence[str], start: int, limit: int) -> Found:
    """Give the columns ``names`` of the rows from number ``start`` on, in their order. Raises Invalid, NotFound."""
    limit = max(0, min(limit, tables.ROWS_LIMIT, one.rows - start + 1))
    if one.shelf is not None and limit:
        query = Query(select=tuple(Output(Column(name), name) for name in names))
        chosen = asked(one, query)
        with_range = paging.numbered(chosen.served or chosen.plain, one.shelf, start, limit)
        question = {"form": "page", "sql": with_range.sql, "values": with_range.values, "count": "", "count_values": (),
                    "kinds": [kind for _, kind in chosen.columns], "shelf": paging.shelf(one.shelf), "whole": 0}
        try:
            return Found([row[: len(names)] for row in askers.ask(question)["rows"]], one.rows)
        except Invalid as refused:
            if refused.code != OFF_SHELF:
                raise
    found = tables.preview(one.parquet, start, limit, names)
    places = [next(at for at, column in enumerate(found.columns) if column.name == name) for name in names]
    return Found([tuple(row[at] for at in places) for row in found.rows], found.total)


def document(askers: Askers, one: Asked, form: str, limit: int | None) -> Iterator[bytes]:
    """Give every row (or ``limit``) as a document, piece by piece. Raises as ``Askers.document`` does."""
    names = [name for name, _ in one.columns]

    def question(made: Statement, path: str) -> dict[str, Any]:
        chosen = paging.select(made, path, limit=limit, lying=True)
        return {"form": form, "sql": chosen.sql, "values": chosen.values, "names": names, "shelf": paging.shelf(path)}

    for made, path in one.ways[:-1]:
        try:
            return askers.document(question(made, path))
        except Invalid as refused:
            if refused.code != OFF_SHELF:
                raise
    return askers.document(question(*one.ways[-1]))
