"""Tables in PostgreSQL: a register with their definitions, and for each a table whose name is made of its id."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

import orjson
import psycopg

from catalog.adapters.tables_postgres.notes import NOTES, note, noted
from catalog.adapters.tables_postgres.pool import Pool
from catalog.adapters.tables_postgres.putting import Connection, escaped, number, place_of, put_all, run, run_told
from catalog.adapters.tables_postgres.tongue import PostgresTongue, declared, read
from catalog.errors import Conflict, Invalid, NotFound
from catalog.rows import ID, Ask, Batch, Changed, Condition, Found, Method, Range, Table, family
from catalog.rows.statement import Selection, quoted
from catalog.rows.touched import WHOLE, told
from standards.portable import from_json, to_json

LOCK: Final = 7_116_020_025
"""The advisory lock under which the schema is made."""

SCHEMA: Final = f"""
CREATE SCHEMA IF NOT EXISTS datastore;
CREATE TABLE IF NOT EXISTS datastore.register (
    id text PRIMARY KEY, dataset text NOT NULL, body text NOT NULL, count bigint NOT NULL, revision bigint NOT NULL);
CREATE TABLE IF NOT EXISTS datastore.aliases (alias text PRIMARY KEY, id text NOT NULL);
{NOTES}
"""


class PostgresTables:
    """Tables in the schema ``datastore`` of a database (``postgresql://…``); it is made with the first of them."""

    def __init__(self, address: str) -> None:
        self._address, self._pool = address, Pool(address)

    # -- definitions -----------------------------------------------------------------------------------------------
    def table(self, key: str) -> Table | None:
        """Find a table by its id or an alias."""
        with self._reading() as there:
            return None if there is None else _found(there, key)

    @contextmanager
    def _reading(self) -> Iterator[Connection | None]:
        """Give a transaction, None where nothing was ever stored."""
        with self._pool.transaction() as there:
            made = there.execute("SELECT to_regclass('datastore.register')").fetchone()
            yield there if made is not None and made[0] is not None else None

    def there(self, keys: Collection[str]) -> Collection[str]:
        """Give those of the ids that are tables."""
        if not keys:
            return ()
        with self._reading() as there:
            if there is None:
                return ()
            found = there.execute("SELECT id FROM datastore.register WHERE id = ANY(%s)", (list(keys),)).fetchall()
        return {one for (one,) in found}

    def tables(self, dataset: str = "") -> Sequence[Table]:
        """Give all tables, or those of a dataset, by their ids."""
        with self._reading() as there:
            if there is None:
                return []
            found = there.execute(
                "SELECT id FROM datastore.register WHERE dataset = %s OR %s = '' ORDER BY id COLLATE \"C\"",
                (dataset, dataset),
            ).fetchall()
            return [one for (key,) in found if (one := _found(there, key)) is not None]

    def save(self, table: Table, names: Sequence[str] = (), rows: Sequence[Sequence[Any]] = ()) -> Table:
        """Make a table, or bring it to this definition, and put rows into it."""
        with self._pool.transaction() as there:
            _prepare(there)
            there.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (table.id,))
            there.execute("SELECT 1 FROM datastore.register WHERE id = %s FOR UPDATE", (table.id,))
            before = _found(there, table.id)
            if before is None:
                _make(there, table)
            else:
                _change(there, before, table)
            saved = replace(table, count=before.count if before else 0, revision=before.revision if before else 0)
            _name(there, saved)
            added, touched = put_all(there, saved, [(names, rows)], "insert")
            same = before is not None and before.fields == saved.fields
            saved = _note(there, saved, touched if same else WHOLE, count=saved.count + added)
            return told(saved, touched)

    def drop(self, key: str) -> None:
        """Take a table away with its rows."""
        with self._pool.transaction() as there:
            if not there.execute("DELETE FROM datastore.register WHERE id = %s", (key,)).rowcount:
                raise NotFound
            there.execute("DELETE FROM datastore.aliases WHERE id = %s", (key,))
            _prepare(there)
            there.execute("DELETE FROM datastore.touched WHERE id = %s", (key,))
            there.execute(f"DROP TABLE IF EXISTS {place_of(key)}")

    # -- rows ------------------------------------------------------------------------------------------------------
    def write(self, key: str, batches: Sequence[Batch], method: Method, *, dry_run: bool = False) -> Table:
        """Put rows in, all or none."""
        with self._pool.transaction() as there:
            before = _held(there, key)
            added, touched = put_all(there, before, batches, method)
            if dry_run:
                raise psycopg.Rollback
            after = _note(there, before, touched, count=before.count + added)
            return told(after, touched) if method == "insert" else after
        return before

    def delete(self, key: str, where: Condition, *, give: bool = False) -> tuple[Table, Found]:
        """Delete the rows that a condition holds of; give them if that is wished."""
        with self._pool.transaction() as there:
            before = _held(there, key)
            types = before.types()
            asked = Selection(PostgresTongue(), place_of(key), types, Ask(where=where, limit=None))
            rows: list[Sequence[Any]] = []
            if give:
                one = asked.rows()
                rows = read(list(types.values()), there.execute(escaped(one.text), one.values).fetchall())
            condition = asked.where()
            words = f"DELETE FROM {place_of(key)} WHERE {condition.text}"  # noqa: S608 - our own words
            gone, touched = run_told(there, words, condition.values, ID)
            return _note(there, before, touched, count=before.count - gone), Found(rows, gone)

    def ask(self, key: str, ask: Ask, seconds: float = 0) -> tuple[Table, Found]:
        """Answer a question from one state of the table; give it up after so many seconds."""
        with self._pool.transaction() as there:
            there.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            with _within(there, seconds):
                return _answered(there, key, ask)

    def pages(self, key: str, size: int = 20_000) -> tuple[Table, Iterator[Sequence[Sequence[Any]]]]:
        """Give one state of the table and all its rows in the order of their ids, so many at a time."""
        found = self._pages(key, size)
        return next(found), found

    def _pages(self, key: str, size: int) -> Iterator[Any]:
        with self._pool.transaction() as there:
            there.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            table = _must(there, key)
            yield table
            yield from _ranged(there, table, WHOLE, size)

    def changed(self, key: str, since: int, size: int = 20_000) -> Changed:
        """Give one state of the table, where it changed since a revision, and the rows that are there now."""
        found = self._since(key, since, size)
        table, ranges = next(found)
        return table, ranges, found

    def _since(self, key: str, since: int, size: int) -> Iterator[Any]:
        with self._pool.transaction() as there:
            there.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            table = _must(there, key)
            ranges = noted(there, key, since, table.revision)
            yield table, ranges
            yield from _ranged(there, table, WHOLE if ranges is None else ranges, size)

    def door(self) -> tuple[str, str]:
        """Tell how another process opens the same database."""
        return f"{__name__}:{type(self).__name__}", self._address

    def texts(self, key: str) -> None:
        """Rows are given as cells here."""

    def sizes(self, key: str) -> tuple[int, int]:
        """Tell how many bytes the table takes, and how many of them its indexes."""
        with self._pool.transaction() as there:
            found = there.execute("SELECT pg_total_relation_size(%s::regclass), pg_indexes_size(%s::regclass)",
                                  (place_of(key), place_of(key))).fetchone()
            return (int(found[0]), int(found[1])) if found else (0, 0)

    def wipe(self) -> None:
        """Take every table away."""
        with self._pool.transaction() as there:
            there.execute("DROP SCHEMA IF EXISTS datastore CASCADE")

    def close(self) -> None:
        """Let go of the connections."""
        self._pool.close()


# --- within a transaction ---------------------------------------------------------------------------------------------


def _found(there: Connection, key: str) -> Table | None:
    found = there.execute(
        "SELECT body, count, revision FROM datastore.register WHERE id = %s OR "
        "id = (SELECT id FROM datastore.aliases WHERE alias = %s) ORDER BY id = %s DESC LIMIT 1", (key, key, key),
    ).fetchone()
    if found is None:
        return None
    table = replace(from_json(Table, orjson.loads(found[0])), count=found[1], revision=found[2])
    return replace(table, exact=tuple(one.id for one in table.fields if family(one.type) == "numeric"))


def _must(there: Connection, key: str) -> Table:
    found = _found(there, key)
    if found is None or found.id != key:
        raise NotFound
    return found


def _held(there: Connection, key: str) -> Table:
    """Give a table, held against others who would write."""
    there.execute("SELECT 1 FROM datastore.register WHERE id = %s FOR UPDATE", (key,))
    return _must(there, key)


def _prepare(there: Connection) -> None:
    """Make the schema, or what is newer than it, once."""
    if there.execute("SELECT to_regclass('datastore.touched')").fetchone() == (None,):
        there.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        there.execute(SCHEMA)


def _answered(there: Connection, key: str, ask: Ask) -> tuple[Table, Found]:
    table = _must(there, key)
    types = table.types()
    asked = Selection(PostgresTongue(), place_of(key), types, ask)
    total = None
    if ask.total:
        counted = asked.count()
        total = table.count if asked.whole() else number(there, escaped(counted.text), counted.values)
    rows: list[Sequence[Any]] = []
    if ask.limit != 0:
        one = asked.rows()
        kinds = [types[name] for name in ask.columns or types]
        rows = read(kinds, there.execute(escaped(one.text), one.values).fetchall())
    return table, Found(rows, total)


@contextmanager
def _within(there: Connection, seconds: float) -> Iterator[None]:
    """Give up what is asked after so many seconds; 0 is as long as it takes. Raises Invalid("query-too-heavy")."""
    if not seconds:
        yield
        return
    there.execute("SELECT set_config('statement_timeout', %s, true)", (str(max(1, int(seconds * 1000))),))
    try:
        yield
    except psycopg.errors.QueryCanceled:
        raise Invalid("query-too-heavy") from None


def _ranged(there: Connection, table: Table, ranges: Sequence[Range], size: int) -> Iterator[Any]:
    """Give the rows whose ids are in these ranges, in their order."""
    shown, kinds = ", ".join(map(quoted, table.types())), list(table.types().values())
    for low, high in ranges:
        with there.cursor(name="pages") as cursor:
            words = f"SELECT {shown} FROM {place_of(table.id)} WHERE {ID} BETWEEN %s AND %s ORDER BY {ID}"  # noqa: S608 - our own words
            cursor.execute(escaped(words), (low, high))
            while some := cursor.fetchmany(size):
                yield read(kinds, some)


def _note(there: Connection, table: Table, touched: Sequence[Range], *, count: int) -> Table:
    """Note the next revision, and which rows changed in it."""
    _prepare(there)
    note(there, table.id, table.revision + 1, touched)
    after = replace(table, count=count, revision=table.revision + 1)
    body = orjson.dumps(to_json(replace(after, count=0, revision=0))).decode()
    there.execute(
        "INSERT INTO datastore.register (id, dataset, body, count, revision) VALUES (%s, %s, %s, %s, %s) "
        "ON CONFLICT (id) DO UPDATE SET body = excluded.body, count = excluded.count, revision = excluded.revision",
        (table.id, table.dataset, body, count, after.revision),
    )
    return after


def _name(there: Connection, table: Table) -> None:
    there.execute("DELETE FROM datastore.aliases WHERE id = %s", (table.id,))
    for alias in table.aliases:
        done = there.execute("INSERT INTO datastore.aliases (alias, id) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                             (alias, table.id))
        if not done.rowcount:
            raise Conflict("alias-taken", alias=alias)


def _make(there: Connection, table: Table) -> None:
    columns = [f"{ID} bigserial PRIMARY KEY", *(f"{quoted(one.id)} {declared(one.type)}" for one in table.fields)]
    run(there, f"CREATE TABLE {place_of(table.id)} ({', '.join(columns)})")
    _index(there, table)


def _change(there: Connection, before: Table, wished: Table) -> None:
    """Add and take away columns, and set the indexes anew where they change."""
    old, new = ({one.id: one for one in each.fields} for each in (before, wished))
    place = place_of(wished.id)
    anew = (before.primary_key, before.indexes) != (wished.primary_key, wished.indexes) or not old.keys() <= new.keys()
    if anew:
        for (name,) in there.execute(
            "SELECT indexname FROM pg_indexes WHERE schemaname = 'datastore' AND tablename = %s "
            "AND indexname LIKE 'index%%'",
            (place.partition(".")[2],),
        ).fetchall():
            run(there, f"DROP INDEX datastore.{quoted(name)}")
    for name in old.keys() - new.keys():
        run(there, f"ALTER TABLE {place} DROP COLUMN {quoted(name)}")
    for one in wished.fields:
        if one.id not in old:
            run(there, f"ALTER TABLE {place} ADD COLUMN {quoted(one.id)} {declared(one.type)}")
    if anew:
        _index(there, wished)


def _index(there: Connection, table: Table) -> None:
    place = place_of(table.id)
    wanted = [("UNIQUE ", table.primary_key)] if table.primary_key else []
    for at, (unique, names) in enumerate([*wanted, *(("", names) for names in table.indexes)]):
        listed = ", ".join(map(quoted, names))
        run(there, f"CREATE {unique}INDEX index{at}_{place[-40:]} ON {place} ({listed})")
