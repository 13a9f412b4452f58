"""Tables of rows that change (CKAN's DataStore), carried along with the records: definition and rows, numbered anew."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from catalog.errors import NotFound
from catalog.ports import Files, Tables
from catalog.rows import ID, Table, cells
from pipelines.carrying import folder as folders
from pipelines.carrying.folder import Listing
from standards.portable import from_json, to_json

BATCH: Final = 5000
"""Rows that are put in at once."""
DATASTORE: Final = "datastore"
"""What all these rows are counted under, beside the tables of the records."""


def kept(tables: Tables | None, store: Files) -> Mapping[str, Listing]:
    """Keep every table in a backup, by its id: a line with its definition, then one for each row."""
    found: dict[str, Listing] = {}
    for one in tables.tables() if tables is not None else ():
        try:
            found[one.id] = folders.keep_lines(store, _lines(tables, one.id))
        except NotFound:  # dropped meanwhile
            continue
    return found


def _lines(tables: Tables | None, key: str) -> Iterator[Any]:
    if tables is not None:
        table, pages = tables.pages(key)
        yield to_json(table)
        for page in pages:
            yield from map(_said, page)


def filled(tables: Tables | None, store: Files, listings: Mapping[str, Listing], erased: Collection[str]) -> None:
    """Put the tables of a backup into a site that has none, but those of datasets that were erased since."""
    if tables is None:
        return
    tables.wipe()  # what a try before left
    for listing in listings.values():
        lines = folders.lines(store, listing)
        table = from_json(Table, next(lines))
        if table.dataset not in erased:
            _put(tables, table, lines)


def copied(source: Tables | None, target: Tables | None) -> None:
    """Put every table of one site into another that has none."""
    if source is None or target is None:
        return
    target.wipe()
    for one in source.tables():
        table, pages = source.pages(one.id, BATCH)
        _put(target, table, (_said(row) for page in pages for row in page))


def _said(row: Sequence[Any]) -> list[Any]:
    """Give a row without its id, in words that JSON has and that are read again as what they were."""
    return [str(cell) if isinstance(cell, Decimal) else cell for cell in row[1:]]


def _put(tables: Tables, table: Table, rows: Iterator[Sequence[Any]]) -> None:
    """Make a table and fill it: indexes come with it, so that a row that stands twice is refused as it was before."""
    tables.save(table)
    kinds = {name: kind for name, kind in table.types().items() if name != ID}
    while batch := [row for row, _ in zip(rows, range(BATCH), strict=False)]:
        columns = [cells.column(kind, [row[at] for row in batch]) for at, kind in enumerate(kinds.values())]
        read = list(zip(*columns, strict=True)) if columns else [()] * len(batch)
        tables.write(table.id, [(tuple(kinds), read)], "insert")


def counted(tables: Tables | None) -> int:
    """Give how many rows all tables have."""
    return sum(one.count for one in tables.tables()) if tables is not None else 0
