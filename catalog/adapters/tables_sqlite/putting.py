"""Rows are put in, and what changed is told for the notes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, Final

from catalog.adapters.tables_sqlite import exact
from catalog.adapters.tables_sqlite.tongue import bound, declared
from catalog.errors import NotFound
from catalog.rows import ID, Batch, Method, Range, Table
from catalog.rows.statement import quoted
from catalog.rows.touched import joined, of_ids

ROWS: Final = "rows"

MARKS: Final = 1200
"""Cells that one statement adds."""

DEEP: Final = 50
"""Keys of several columns that are asked for at once: SQLite takes no expression that is a thousand deep."""

PLAIN: Final = frozenset({float, type(None)})
"""Types of cells that the driver takes as they are; of whole numbers each has to be looked at."""


def _last(file: sqlite3.Connection) -> int:
    """Give the largest id; max alone is looked up, within an expression SQLite would look through all rows."""
    return int(file.execute(f"SELECT max({ID}) FROM {ROWS}").fetchone()[0] or 0)  # noqa: S608 - our own words


def put_all(
    file: sqlite3.Connection, table: Table, batches: Sequence[Batch], method: Method,
) -> tuple[int, list[Range]]:
    """Put rows in; how many more there are now, and which changed: new ids are larger than all that were."""
    added, seen, last, changed = 0, 0, _last(file), list[int]()
    for names, rows in batches:
        try:
            added += _put(file, table, names, rows, method, changed)
        except NotFound as refused:
            raise _behind(refused, seen) from None
        seen += len(rows)
    return added, joined([(last + 1, _last(file)), *of_ids(changed)])


def _behind(refused: NotFound, seen: int) -> NotFound:
    """Count the row that was not found among all that came."""
    params = dict(refused.params)
    return NotFound(refused.code, **{**params, "row": params["row"] + seen}) if "row" in params else refused


def _put(  # noqa: PLR0917 - as they stand
         file: sqlite3.Connection, table: Table, names: Sequence[str], rows: Sequence[Sequence[Any]],
         method: Method, changed: list[int]) -> int:
    """Put rows in and give how many more there are now; ids of rows that were there go to ``changed``."""
    if not rows:
        return 0
    types = table.types()
    rows = _bound(file, [types[name] for name in names], names, rows)
    if method == "insert":
        if names:
            _added(file, names, rows)
        else:
            file.executemany(f"INSERT INTO {ROWS} DEFAULT VALUES", rows)
        return len(rows)
    return _merged(file, names, rows, (ID,) if ID in names else table.primary_key, changed, adds=method == "upsert")


def _added(file: sqlite3.Connection, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Add rows, some by each statement: that takes two thirds of the time of a statement for each."""
    into, marks = ", ".join(map(quoted, names)), f"({', '.join('?' * len(names))})"
    some = max(1, min(len(rows), MARKS // len(names)))
    for at in range(0, len(rows), some):
        part = rows[at : at + some]
        add = f"INSERT INTO {ROWS} ({into}) VALUES {', '.join([marks] * len(part))}"  # noqa: S608 - our own words
        file.execute(add, list(chain.from_iterable(part)))


def _merged(
            file: sqlite3.Connection, names: Sequence[str], rows: Sequence[Sequence[Any]], keys: Sequence[str],
            changed: list[int], *, adds: bool) -> int:
    """Change the rows that have these keys; others are added, or refused."""
    places = {name: at for at, name in enumerate(names)}
    others = [name for name in names if name not in keys]
    order = [places[name] for name in (*others, *keys)]
    sets = ", ".join(f"{quoted(name)} = ?" for name in others) or f"{quoted(keys[0])} = {quoted(keys[0])}"
    where = " AND ".join(f"{quoted(name)} = ?" for name in keys)
    change = f"UPDATE {ROWS} SET {sets} WHERE {where}"  # noqa: S608 - our own words
    add = f"INSERT INTO {ROWS} ({', '.join(map(quoted, names))}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608
    added, there = 0, list[Sequence[Any]]()
    for at, row in enumerate(rows):
        if file.execute(change, [row[place] for place in order]).rowcount:
            there.append([row[places[name]] for name in keys])
            continue
        if not adds or ID in keys:
            raise NotFound("row-not-found", row=at, key=[row[places[name]] for name in keys])
        file.execute(add, row)
        added += 1
    changed += _ids(file, keys, there)
    return added


def _ids(file: sqlite3.Connection, keys: Sequence[str], there: Sequence[Sequence[Any]]) -> Iterator[int]:
    """Give the ids of the rows that have these keys: asked of many at once, a sixth of what each costs alone."""
    some = MARKS // max(1, len(keys))
    alike = f"({' AND '.join(f'{quoted(name)} = ?' for name in keys)})"
    if len(keys) > 1:
        some = min(some, DEEP)
    for at in range(0, len(there), some):
        part = there[at : at + some]
        every = f"{quoted(keys[0])} IN ({', '.join('?' * len(part))})"
        one_of = every if len(keys) == 1 else " OR ".join([alike] * len(part))
        words = f"SELECT {ID} FROM {ROWS} WHERE {one_of}"  # noqa: S608 - our own words
        yield from (one for (one,) in file.execute(words, list(chain.from_iterable(part))))


def _bound(file: sqlite3.Connection, kinds: Sequence[str], names: Sequence[str],
           rows: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
    """Give rows as the driver takes them; most columns go as they are. Columns of exact numbers are noted."""
    odd = [at for at, kind in enumerate(kinds) if declared(kind) == "NUMERIC" or kind.startswith("_")]
    ways = [at for at in odd if not {type(row[at]) for row in rows} <= PLAIN]
    if not ways:
        return rows
    made = []
    for row in rows:
        cells = list(row)
        for at in ways:
            cells[at] = bound(kinds[at], cells[at])
        made.append(cells)
    exact.note(file, [names[at] for at in ways if any(type(row[at]) is bytes for row in made)])
    return made
