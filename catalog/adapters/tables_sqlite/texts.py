"""Rows of a table by columns, each as one text that SQLite itself puts together: quicker than cells one by one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any, Final

from catalog.adapters.tables_sqlite import exact
from catalog.adapters.tables_sqlite.tongue import read
from catalog.rows import ID, SEPARATOR, Columns, Family, Table, family
from catalog.rows.statement import quoted

MOST: Final = 8192
"""Rows of a page, or as many as have about ``LARGE`` bytes."""
LARGE: Final = 4 << 20
WHOLE: Final[frozenset[Family]] = frozenset({"text", "int", "bool", "date", "time", "timestamp"})
"""Columns that SQLite writes as they are; of numbers with a point it writes fewer digits than they have."""


def columns(file: sqlite3.Connection, table: Table, rows: str) -> Iterator[Columns]:
    """Give a table's rows in the order of their ids, so many at a time; within one transaction."""
    size = file.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()").fetchone()[0]
    many = max(1, min(MOST, LARGE * max(1, table.count) // size))
    types = exact.kinds(table)
    for low, high in _ranges(file, table.count, many, rows):
        yield _page(file, types, low, high, rows)


def _ranges(file: sqlite3.Connection, count: int, many: int, rows: str) -> Iterator[tuple[int, int]]:
    """Give the ids between which so many rows are."""
    low, last = file.execute(f"SELECT min({ID}), max({ID}) FROM {rows}").fetchone()  # noqa: S608 - our own words
    if low is None:
        return
    if last - low + 1 == count:  # none was taken away
        yield from ((at, min(at + many - 1, last)) for at in range(low, last + 1, many))
        return
    far = f"SELECT {ID} FROM {rows} WHERE {ID} >= ? ORDER BY {ID} LIMIT 1 OFFSET ?"  # noqa: S608
    while low <= last:
        found = file.execute(far, (low, many - 1)).fetchone()
        high = found[0] if found else last
        yield low, high
        low = high + 1


def _page(file: sqlite3.Connection, types: dict[str, str], low: int, high: int, rows: str) -> Columns:
    found = {name: text for name, text in _texts(file, types, low, high, rows).items() if text is not None}
    others = [name for name in types if name not in found]
    if others:
        shown = ", ".join(map(quoted, others))
        cells = read([types[name] for name in others], file.execute(
            f"SELECT {shown} FROM {rows} WHERE {ID} BETWEEN ? AND ? ORDER BY {ID}", (low, high)).fetchall())  # noqa: S608
        found |= dict(zip(others, zip(*cells, strict=True), strict=True))
    return [found[name] for name in types]


def _texts(file: sqlite3.Connection, types: dict[str, str], low: int, high: int, rows: str) -> dict[str, Any]:
    """Put the cells of columns together; None for one of which a cell has the sign between cells itself."""
    names = [name for name, kind in types.items() if kind != exact.KIND and family(kind) in WHOLE]
    told = ", ".join(f"group_concat({_said(name, types[name])}, '{SEPARATOR}')" for name in names)
    try:  # without an index the rows come in the order of their ids; to ask for it would take half as long again
        many, *texts = file.execute(
            f"SELECT count(*), {told} FROM {rows} NOT INDEXED WHERE {ID} BETWEEN ? AND ?", (low, high)).fetchone()  # noqa: S608
    except sqlite3.DataError:  # more than a text may have
        return {}
    found = dict(zip(names, texts, strict=True))
    if not found[ID].endswith(str(high)):
        return {}
    return {name: text if text.count(SEPARATOR) == many - 1 else None for name, text in found.items()}


def _said(name: str, kind: str) -> str:
    if family(kind) == "bool":
        return f"CASE {quoted(name)} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE '' END"
    return f"ifnull({quoted(name)}, '')"
