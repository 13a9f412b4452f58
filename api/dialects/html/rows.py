"""Rows of a table on its page: a place in it, a filter and an order, all said by an address that can be shared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

from fastapi import Request

from api import deps
from api.dialects.html import sift
from api.dialects.html.sift import Condition
from api.dialects.html.view import Reader, address
from catalog.errors import Invalid, NotFound
from catalog.model import ColumnInfo, Resource
from pipelines import tables
from pipelines.rowquery import Column, Output, read
from pipelines.serving import pages

CELLS = 240
FEWEST_ROWS, MOST_ROWS = 8, 20
LONGEST_CELL = 160
MOST_COLUMNS = 20
LONGEST_NUMBER = 12
MONEY = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the address asks of a table; ``start`` and ``first_column`` count from 1."""

    path: str
    resource: str = ""
    start: int = 1
    first_column: int = 1
    conditions: tuple[Condition, ...] = ()
    order: str = ""
    descending: bool = False

    @property
    def plain(self) -> bool:
        """Whether the rows come in the table's own order, all of them."""
        return not self.conditions and not self.order

    @property
    def sort(self) -> str:
        """The order as the address says it."""
        return ("-" if self.descending else "") + self.order if self.order else ""

    @property
    def parts(self) -> dict[str, str]:
        """The rows asked for in the words of the rows' query language."""
        order = sift.named(self.order) + (" desc" if self.descending else "") if self.order else ""
        told = {"where": sift.where(self.conditions), "order_by": order}
        return {name: words for name, words in told.items() if words}

    @property
    def sql(self) -> str:
        """The same as DuckDB's words behind ``FROM``."""
        where = " AND ".join(one.sql for one in self.conditions)
        order = '"' + self.order.replace('"', '""') + '"' + (" DESC" if self.descending else "") if self.order else ""
        return (f" WHERE {where}" if where else "") + (f" ORDER BY {order}" if order else "")

    def link(self, **changes: Any) -> str:
        """The address of the same rows with something changed; but for a change of place it begins at the first row."""
        new = replace(self, **{"start": 1, **changes})
        told = [("resource", new.resource), ("sort", new.sort),
                ("cols", str(new.first_column) if new.first_column > 1 else ""),
                ("from", str(new.start) if new.start > 1 else "")]
        query = urlencode(sift.pairs(new.conditions) + [pair for pair in told if pair[1]])
        return address(new.path) + (f"?{query}" if query else "") + "#xem"

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What a form that adds a condition sends again."""
        cols = str(self.first_column) if self.first_column > 1 else ""
        told = [("resource", self.resource), ("sort", self.sort), ("cols", cols)]
        return [pair for pair in told if pair[1]] + sift.pairs(self.conditions)

    def without(self, place: int) -> str:
        """The address of the rows without one of the conditions."""
        return self.link(conditions=self.conditions[:place] + self.conditions[place + 1:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Rows as the page shows them, each with its number in the table; ``total`` counts those that pass the filter."""

    asked: Asked
    rows: Sequence[tuple[int, Sequence[str]]] = ()
    total: int = 0
    many: int = FEWEST_ROWS
    trouble: str = ""
    whole: bool = True
    names: Sequence[str] = field(default=())
    misread: Sequence[str] = ()
    said: Callable[[str], str] = str
    operations: Sequence[str] = tuple(sift.OPERATIONS)

    @property
    def before(self) -> str:
        """The address of the rows before, "" at the beginning."""
        return self.asked.link(start=max(self.asked.start - self.many, 1)) if self.asked.start > 1 else ""

    @property
    def following(self) -> str:
        """The address of the rows that follow, "" at the end."""
        end = self.asked.start + len(self.rows)
        return self.asked.link(start=end) if self.rows and end <= self.total else ""

    def sort(self, name: str) -> str:
        """The address of the rows in the order of a column; asked again, the other way round."""
        down = self.asked.order == name and not self.asked.descending
        return self.asked.link(order=name, descending=down)

    def sorted_by(self, name: str) -> str:
        """``ascending`` or ``descending`` where the rows come in the order of this column."""
        return ("descending" if self.asked.descending else "ascending") if self.asked.order == name else ""


def asked_of(request: Request, resource: Resource, path: str, *, named: bool) -> Asked:
    """Read the query; what the table does not have is left out. ``named``: the address has to name the table."""
    query, names = request.query_params, {one.name for one in resource.columns}
    order = query.get("sort", "")[:500]
    descending = order.startswith("-") and order not in names
    order = order[1:] if descending else order
    first = max(_whole(query.get("cols", "")), 1)
    return Asked(
        path=path, resource=resource.name if named else "", start=max(_whole(query.get("from", "")), 1),
        first_column=first if first <= len(resource.columns) else 1,
        conditions=sift.read(request, resource.columns),
        order=order if order in names else "", descending=descending and order in names,
    )


def _whole(given: str) -> int:
    return int(given) if given.isdecimal() and given.isascii() and len(given) <= LONGEST_NUMBER else 0


def columns(resource: Resource, asked: Asked) -> Sequence[ColumnInfo]:
    """The columns that the page shows of a wide table: twenty from the one that the address names."""
    return resource.columns[asked.first_column - 1 : asked.first_column - 1 + MOST_COLUMNS]


def shown(request: Request, reader: Reader, resource: Resource, asked: Asked) -> Shown:
    """The rows asked for, out of the table's Parquet file; out of its first rows where that is not at hand."""
    names = [one.name for one in columns(resource, asked)]
    many = min(max(CELLS // max(len(names), 1), FEWEST_ROWS), MOST_ROWS)
    parquet = next((one for one in resource.files if one.role == "parquet"), None)
    path = deps.site(request).catalog.local_file(reader.caller, parquet) if parquet else None
    if parquet is None or path is None:
        return _stored(resource, asked, many)
    asked = replace(asked, start=min(asked.start, max(resource.rows or 1, 1)))
    try:
        found = _page(deps.site(request), path, parquet.sha256, names, asked, many)
    except NotFound:
        return _stored(resource, asked, many)
    except Invalid:
        return Shown(asked=asked, many=many, names=names,
                     trouble=reader.say("Lọc và sắp xếp bảng này mất quá lâu. Thử một giá trị khác, hoặc tải tệp về."))
    return Shown(asked=asked, rows=_rows(found, names), total=found.total, many=many, names=names,
                 misread=sift.misread(reader, asked.conditions), said=partial(sift.said, reader))


def _page(  # noqa: PLR0917 - what is asked of what
    site: deps.Site, path: str, sha256: str, names: Sequence[str], asked: Asked, many: int
) -> tables.TablePage:
    table = pages.table(path, sha256, site.shelf)
    held = {name: tables.TableColumn(name=name, kind=kind) for name, kind in table.known.items()}
    chosen = tuple(one for one in names if one in held)
    if asked.plain or not held.keys() >= {one.column for one in asked.conditions} | {asked.order or tables.ID}:
        names = list(dict.fromkeys([tables.ID, *chosen]))
        rows = tuple(tuple(row) for row in pages.plain(site.askers, table, names, asked.start, many).rows)
        return tables.TablePage(columns=tuple(held[one] for one in names), rows=rows, total=table.rows)
    columns = tuple(held[name] for name in dict.fromkeys([tables.ID, *chosen]))
    nothing = tables.TablePage(columns=columns, rows=(), total=0)
    if not all(one.readable for one in asked.conditions):
        return nothing
    select = tuple(Output(Column(one.name), one.name) for one in columns)
    try:
        one = pages.asked(table, replace(read.read(asked.parts), select=select))
    except Invalid:  # a word where the column holds numbers or days: no row has it
        return nothing
    told = pages.page(site.askers, one, limit=many, offset=min(asked.start - 1, tables.OFFSET_LIMIT))
    rows = tuple(tuple(row[: len(columns)]) for row in told.rows)
    return tables.TablePage(columns=columns, rows=rows, total=int(told.total or 0))


def _rows(found: tables.TablePage, names: Sequence[str]) -> list[tuple[int, Sequence[str]]]:
    """Cells in the order of the columns shown, behind the number of their row."""
    place = {one.name: at for at, one in enumerate(found.columns)}
    held = {name: even([cut(row[place[name]]) for row in found.rows], found.columns[place[name]].kind)
            for name in names if name in place}
    return [(int(row[place[tables.ID]] or 0), [held[name][at] if name in held else "" for name in names])
            for at, row in enumerate(found.rows)]


def even(cells: Sequence[str], kind: str) -> Sequence[str]:
    """The cells of a column, without the noughts that all its fractions end with: those are the column's, not theirs.

    Two places behind the comma stay: they are how money is written.
    """
    fractions = [one.partition(".")[2] for one in cells if one] if kind == "number" else []
    spare = min((min(len(one) - len(one.rstrip("0")), len(one) - MONEY) for one in fractions), default=0)
    return [one[:-spare] for one in cells] if spare > 0 else cells


def _stored(resource: Resource, asked: Asked, many: int) -> Shown:
    """What the records hold of a table: its first rows."""
    first, start = asked.first_column - 1, asked.start
    rows = [(at, [cut(cell) for cell in row[first : first + MOST_COLUMNS]])
            for at, row in enumerate(resource.preview[start - 1 : start - 1 + many], start)]
    plain = replace(asked, conditions=(), order="", descending=False)
    return Shown(asked=plain, rows=rows, total=len(resource.preview), many=many, whole=False,
                 names=[one.name for one in columns(resource, asked)])


def cut(cell: tables.Plain) -> str:
    """A cell for the page, as the files write it; long ones are cut, the files hold them whole."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    words = format(cell, ".15g") if isinstance(cell, float) else str(cell)
    return words if len(words) <= LONGEST_CELL else words[:LONGEST_CELL] + "…"
