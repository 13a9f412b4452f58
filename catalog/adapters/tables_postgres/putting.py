"""Rows are put in: added by COPY, changed by way of a table of passage; what changed is told for the notes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final

import psycopg

from catalog.adapters.tables_postgres.tongue import declared, written
from catalog.errors import NotFound
from catalog.rows import ID, Batch, Method, Range, Table, family
from catalog.rows.statement import quoted
from catalog.rows.touched import joined, of_ids

Connection = psycopg.Connection[Any]
FEW: Final = 5000
"""Changed rows of one statement that are noted one by one."""


def place_of(key: str) -> str:
    """Name the table that holds a table's rows."""
    return f"datastore.rows_{hashlib.sha256(key.encode()).hexdigest()[:40]}"


def escaped(text: str) -> Any:
    """Double the signs in our own words that the driver would take for marks."""
    return text.replace("%", "%%").replace("%%s", "%s")


def number(there: Connection, text: Any, values: Sequence[Any] = ()) -> int:
    """Ask for one number, 0 for none."""
    found = there.execute(text, values).fetchone()
    return int(found[0]) if found else 0


def _last(there: Connection, place: str) -> int:
    return number(there, escaped(f"SELECT coalesce(max({ID}), 0) FROM {place}"))  # noqa: S608 - our own words


def run_told(there: Connection, words: str, values: Sequence[Any], name: str) -> tuple[int, list[Range]]:
    """Run a statement that changes rows; give how many, and where they are: each of few, from first to last of many."""
    found = there.execute(escaped(
        f"WITH done AS ({words} RETURNING {name} AS one) "  # noqa: S608 - ours
        "SELECT count(*), coalesce(min(one), 1), coalesce(max(one), 0), "
        f"CASE WHEN count(*) <= {FEW} THEN array_agg(one) END FROM done"), values).fetchone()
    if found is None:
        return 0, []
    many, low, high, ids = found
    return many, [(low, high)] if ids is None and many else of_ids(ids or ())


def run(there: Connection, text: str) -> None:
    """Run a statement of ours that has no parameters."""
    there.execute(escaped(text))


def put_all(there: Connection, table: Table, batches: Sequence[Batch], method: Method) -> tuple[int, list[Range]]:
    """Put rows in; how many more there are now, and which changed: new ids are larger than all that were."""
    place, changed = place_of(table.id), list[Range]()
    added, seen, last = 0, 0, _last(there, place)
    for names, rows in batches:
        try:
            added += _put(there, table, names, rows, method, changed)
        except NotFound as refused:
            raise _behind(refused, seen) from None
        seen += len(rows)
    return added, joined([(last + 1, _last(there, place)), *changed])


def _behind(refused: NotFound, seen: int) -> NotFound:
    """Count the row that was not found among all that came."""
    params = dict(refused.params)
    return NotFound(refused.code, **{**params, "row": params["row"] + seen}) if "row" in params else refused


def _put(  # noqa: PLR0917 - as they stand
         there: Connection, table: Table, names: Sequence[str], rows: Sequence[Sequence[Any]], method: Method,
         changed: list[Range]) -> int:
    """Put rows in and give how many more there are now; where rows were that changed goes to ``changed``."""
    if not rows:
        return 0
    place, types = place_of(table.id), table.types()
    if method == "insert":
        if names:
            _copy(there, place, names, [types[name] for name in names], rows)
        else:
            there.cursor().executemany(escaped(f"INSERT INTO {place} DEFAULT VALUES"), [()] * len(rows))
        return len(rows)
    keys = (ID,) if ID in names else table.primary_key
    return _merge(there, table, names, rows, keys, changed, adds=method == "upsert")


def _copy(there: Connection, place: str, names: Sequence[str], kinds: Sequence[str],
          rows: Sequence[Sequence[Any]]) -> None:
    lists = [at for at, kind in enumerate(kinds) if family(kind) == "array"]
    with there.cursor().copy(escaped(f"COPY {place} ({', '.join(map(quoted, names))}) FROM STDIN")) as copy:
        for row in rows:
            if lists:
                row = [written(kinds[at], cell) if at in lists else cell for at, cell in enumerate(row)]  # noqa: PLW2901 - the same row
            copy.write_row(row)


def _merge(  # noqa: PLR0917 - as they stand
           there: Connection, table: Table, names: Sequence[str], rows: Sequence[Sequence[Any]],
           keys: Sequence[str], changed: list[Range], *, adds: bool) -> int:
    """Change the rows that have these keys; others are added, or refused. Rows come first into a table of passage."""
    place, types = place_of(table.id), table.types()
    columns = ", ".join(f"{quoted(name)} {declared(types[name])}" for name in names)
    run(there, f"CREATE TEMPORARY TABLE passing (passing_at bigserial, {columns}) ON COMMIT DROP")
    _copy(there, "passing", names, [types[name] for name in names], rows)
    same = " AND ".join(f"held.{quoted(name)} = given.{quoted(name)}" for name in keys)
    again = " AND ".join(f"later.{quoted(name)} = given.{quoted(name)}" for name in keys)
    if not adds or ID in keys:
        missing = there.execute(escaped(
            "SELECT given.passing_at FROM passing AS given "  # noqa: S608 - our own words
            f"WHERE NOT EXISTS (SELECT 1 FROM {place} AS held WHERE {same}) ORDER BY 1 LIMIT 1")).fetchone()
        if missing is not None:
            at, places = int(missing[0]) - 1, {name: where for where, name in enumerate(names)}
            raise NotFound("row-not-found", row=at, key=[rows[at][places[name]] for name in keys])
    # of rows with one key the last one counts
    run(there, "DELETE FROM passing AS given USING passing AS later "  # noqa: S608 - our own words
                f"WHERE {again} AND later.passing_at > given.passing_at")
    sets = ", ".join(f"{quoted(name)} = given.{quoted(name)}" for name in names if name not in keys)
    if sets:
        words = f"UPDATE {place} AS held SET {sets} FROM passing AS given WHERE {same}"  # noqa: S608 - our words
        changed += run_told(there, words, (), f"held.{ID}")[1]
    added = 0
    if adds:
        listed = ", ".join(map(quoted, names))
        added = there.execute(escaped(
            f"INSERT INTO {place} ({listed}) SELECT {listed} FROM passing AS given WHERE NOT EXISTS "  # noqa: S608 - our words
            f"(SELECT 1 FROM {place} AS held WHERE {same}) ORDER BY passing_at")).rowcount
    run(there, "DROP TABLE passing")
    return added
