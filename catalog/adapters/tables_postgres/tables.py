"""Tables in PostgreSQL: a register with their definitions, and for each a table whose name is made of its id."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

import orjson
import psycopg

from catalog.adapters.tables_postgres.pool import Pool
from catalog.adapters.tables_postgres.tongue import PostgresTongue, declared, read, written
from catalog.errors import Conflict, NotFound
from catalog.rows import ID, Ask, Batch, Condition, Found, Method, Table, family
from catalog.rows.statement import Selection, quoted
from standards.portable import from_json, to_json

LOCK: Final = 7_116_020_025
"""The advisory lock under which the schema is made."""

SCHEMA: Final = """
CREATE SCHEMA IF NOT EXISTS datastore;
CREATE TABLE IF NOT EXISTS datastore.register (
    id text PRIMARY KEY, dataset text NOT NULL, body text NOT NULL, count bigint NOT NULL, revision bigint NOT NULL);
CREATE TABLE IF NOT EXISTS datastore.aliases (alias text PRIMARY KEY, id text NOT NULL);
"""
Connection = psycopg.Connection[Any]


class PostgresTables:
    """Tables in the schema ``datastore`` of a database (``postgresql://…``); it is made with the first of them."""

    def __init__(self, address: str) -> None:
        self._pool = Pool(address)

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
            if there.execute("SELECT to_regclass('datastore.aliases')").fetchone() == (None,):
                there.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
                there.execute(SCHEMA)
            there.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (table.id,))
            before = _found(there, table.id)
            if before is None:
                _make(there, table)
            else:
                _change(there, before, table)
            saved = replace(table, count=before.count if before else 0, revision=before.revision if before else 0)
            _name(there, saved)
            added = _put(there, saved, names, rows, "insert")
            return _note(there, saved, count=saved.count + added)

    def drop(self, key: str) -> None:
        """Take a table away with its rows."""
        with self._pool.transaction() as there:
            if not there.execute("DELETE FROM datastore.register WHERE id = %s", (key,)).rowcount:
                raise NotFound
            there.execute("DELETE FROM datastore.aliases WHERE id = %s", (key,))
            there.execute(f"DROP TABLE IF EXISTS {_place(key)}")

    # -- rows ------------------------------------------------------------------------------------------------------
    def write(self, key: str, batches: Sequence[Batch], method: Method, *, dry_run: bool = False) -> Table:
        """Put rows in, all or none."""
        with self._pool.transaction() as there:
            before = _held(there, key)
            added = _put_all(there, before, batches, method)
            if dry_run:
                raise psycopg.Rollback
            return _note(there, before, count=before.count + added)
        return before

    def delete(self, key: str, where: Condition, *, give: bool = False) -> tuple[Table, Found]:
        """Delete the rows that a condition holds of; give them if that is wished."""
        with self._pool.transaction() as there:
            before = _held(there, key)
            types = before.types()
            asked = Selection(PostgresTongue(), _place(key), types, Ask(where=where, limit=None))
            rows: list[Sequence[Any]] = []
            if give:
                one = asked.rows()
                rows = read(list(types.values()), there.execute(_escaped(one.text), one.values).fetchall())
            condition = asked.where()
            words = f"DELETE FROM {_place(key)} WHERE {condition.text}"  # noqa: S608 - our own words
            gone = there.execute(_escaped(words), condition.values).rowcount
            return _note(there, before, count=before.count - gone), Found(rows, gone)

    def ask(self, key: str, ask: Ask) -> tuple[Table, Found]:
        """Answer a question from one state of the table."""
        with self._pool.transaction() as there:
            there.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            table = _must(there, key)
            types = table.types()
            asked = Selection(PostgresTongue(), _place(key), types, ask)
            total = None
            if ask.total:
                counted = asked.count()
                total = table.count if asked.whole() else _one(there, _escaped(counted.text), counted.values)
            rows: list[Sequence[Any]] = []
            if ask.limit != 0:
                one = asked.rows()
                kinds = [types[name] for name in ask.columns or types]
                rows = read(kinds, there.execute(_escaped(one.text), one.values).fetchall())
            return table, Found(rows, total)

    def pages(self, key: str, size: int = 20_000) -> tuple[Table, Iterator[Sequence[Sequence[Any]]]]:
        """Give one state of the table and all its rows in the order of their ids, so many at a time."""
        found = self._pages(key, size)
        return next(found), found

    def _pages(self, key: str, size: int) -> Iterator[Any]:
        with self._pool.transaction() as there:
            there.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            table = _must(there, key)
            yield table
            shown, kinds = ", ".join(map(quoted, table.types())), list(table.types().values())
            with there.cursor(name="pages") as cursor:
                cursor.execute(_escaped(f"SELECT {shown} FROM {_place(key)} ORDER BY {ID}"))  # noqa: S608 - our own words
                while some := cursor.fetchmany(size):
                    yield read(kinds, some)

    def sizes(self, key: str) -> tuple[int, int]:
        """Tell how many bytes the table takes, and how many of them its indexes."""
        with self._pool.transaction() as there:
            found = there.execute("SELECT pg_total_relation_size(%s::regclass), pg_indexes_size(%s::regclass)",
                                  (_place(key), _place(key))).fetchone()
            return (int(found[0]), int(found[1])) if found else (0, 0)

    def wipe(self) -> None:
        """Take every table away."""
        with self._pool.transaction() as there:
            there.execute("DROP SCHEMA IF EXISTS datastore CASCADE")

    def close(self) -> None:
        """Let go of the connections."""
        self._pool.close()


# --- within a transaction ---------------------------------------------------------------------------------------------


def _place(key: str) -> str:
    return f"datastore.rows_{hashlib.sha256(key.encode()).hexdigest()[:40]}"


def _escaped(text: str) -> Any:
    """Double the signs in our own words that the driver would take for marks."""
    return text.replace("%", "%%").replace("%%s", "%s")


def _found(there: Connection, key: str) -> Table | None:
    found = there.execute(
        "SELECT body, count, revision FROM datastore.register WHERE id = %s OR "
        "id = (SELECT id FROM datastore.aliases WHERE alias = %s) ORDER BY id = %s DESC LIMIT 1", (key, key, key),
    ).fetchone()
    if found is None:
        return None
    return replace(from_json(Table, orjson.loads(found[0])), count=found[1], revision=found[2])


def _must(there: Connection, key: str) -> Table:
    found = _found(there, key)
    if found is None or found.id != key:
        raise NotFound
    return found


def _held(there: Connection, key: str) -> Table:
    """Give a table, held against others who would write."""
    there.execute("SELECT 1 FROM datastore.register WHERE id = %s FOR UPDATE", (key,))
    return _must(there, key)


def _one(there: Connection, text: Any, values: Sequence[Any] = ()) -> int:
    found = there.execute(text, values).fetchone()
    return int(found[0]) if found else 0


def _note(there: Connection, table: Table, *, count: int) -> Table:
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


def _run(there: Connection, text: str) -> None:
    there.execute(_escaped(text))


def _make(there: Connection, table: Table) -> None:
    columns = [f"{ID} bigserial PRIMARY KEY", *(f"{quoted(one.id)} {declared(one.type)}" for one in table.fields)]
    _run(there, f"CREATE TABLE {_place(table.id)} ({', '.join(columns)})")
    _index(there, table)


def _change(there: Connection, before: Table, wished: Table) -> None:
    """Add and take away columns, and set the indexes anew where they change."""
    old, new = ({one.id: one for one in each.fields} for each in (before, wished))
    place = _place(wished.id)
    anew = (before.primary_key, before.indexes) != (wished.primary_key, wished.indexes) or not old.keys() <= new.keys()
    if anew:
        for (name,) in there.execute(
            "SELECT indexname FROM pg_indexes WHERE schemaname = 'datastore' AND tablename = %s "
            "AND indexname LIKE 'index%%'",
            (place.partition(".")[2],),
        ).fetchall():
            _run(there, f"DROP INDEX datastore.{quoted(name)}")
    for name in old.keys() - new.keys():
        _run(there, f"ALTER TABLE {place} DROP COLUMN {quoted(name)}")
    for one in wished.fields:
        if one.id not in old:
            _run(there, f"ALTER TABLE {place} ADD COLUMN {quoted(one.id)} {declared(one.type)}")
    if anew:
        _index(there, wished)


def _index(there: Connection, table: Table) -> None:
    place = _place(table.id)
    wanted = [("UNIQUE ", table.primary_key)] if table.primary_key else []
    for at, (unique, names) in enumerate([*wanted, *(("", names) for names in table.indexes)]):
        listed = ", ".join(map(quoted, names))
        _run(there, f"CREATE {unique}INDEX index{at}_{place[-40:]} ON {place} ({listed})")


def _put_all(there: Connection, table: Table, batches: Sequence[Batch], method: Method) -> int:
    added = seen = 0
    for names, rows in batches:
        try:
            added += _put(there, table, names, rows, method)
        except NotFound as refused:
            raise _behind(refused, seen) from None
        seen += len(rows)
    return added


def _behind(refused: NotFound, seen: int) -> NotFound:
    """Count the row that was not found among all that came."""
    params = dict(refused.params)
    return NotFound(refused.code, **{**params, "row": params["row"] + seen}) if "row" in params else refused


def _put(there: Connection, table: Table, names: Sequence[str], rows: Sequence[Sequence[Any]], method: Method) -> int:
    """Put rows in and give how many more there are now."""
    if not rows:
        return 0
    place, types = _place(table.id), table.types()
    if method == "insert":
        if names:
            _copy(there, place, names, [types[name] for name in names], rows)
        else:
            there.cursor().executemany(_escaped(f"INSERT INTO {place} DEFAULT VALUES"), [()] * len(rows))
        return len(rows)
    return _merge(there, table, names, rows, (ID,) if ID in names else table.primary_key, adds=method == "upsert")


def _copy(there: Connection, place: str, names: Sequence[str], kinds: Sequence[str],
          rows: Sequence[Sequence[Any]]) -> None:
    lists = [at for at, kind in enumerate(kinds) if family(kind) == "array"]
    with there.cursor().copy(_escaped(f"COPY {place} ({', '.join(map(quoted, names))}) FROM STDIN")) as copy:
        for row in rows:
            if lists:
                row = [written(kinds[at], cell) if at in lists else cell for at, cell in enumerate(row)]  # noqa: PLW2901 - the same row
            copy.write_row(row)


def _merge(there: Connection, table: Table, names: Sequence[str], rows: Sequence[Sequence[Any]],
           keys: Sequence[str], *, adds: bool) -> int:
    """Change the rows that have these keys; others are added, or refused. Rows come first into a table of passage."""
    place, types = _place(table.id), table.types()
    columns = ", ".join(f"{quoted(name)} {declared(types[name])}" for name in names)
    _run(there, f"CREATE TEMPORARY TABLE passing (passing_at bigserial, {columns}) ON COMMIT DROP")
    _copy(there, "passing", names, [types[name] for name in names], rows)
    same = " AND ".join(f"held.{quoted(name)} = given.{quoted(name)}" for name in keys)
    again = " AND ".join(f"later.{quoted(name)} = given.{quoted(name)}" for name in keys)
    if not adds or ID in keys:
        missing = there.execute(_escaped(
            "SELECT given.passing_at FROM passing AS given "  # noqa: S608 - our own words
            f"WHERE NOT EXISTS (SELECT 1 FROM {place} AS held WHERE {same}) ORDER BY 1 LIMIT 1")).fetchone()
        if missing is not None:
            at, places = int(missing[0]) - 1, {name: where for where, name in enumerate(names)}
            raise NotFound("row-not-found", row=at, key=[rows[at][places[name]] for name in keys])
    # of rows with one key the last one counts
    _run(there, "DELETE FROM passing AS given USING passing AS later "  # noqa: S608 - our own words
                f"WHERE {again} AND later.passing_at > given.passing_at")
    sets = ", ".join(f"{quoted(name)} = given.{quoted(name)}" for name in names if name not in keys)
    if sets:
        _run(there, f"UPDATE {place} AS held SET {sets} FROM passing AS given WHERE {same}")  # noqa: S608 - our words
    added = 0
    if adds:
        listed = ", ".join(map(quoted, names))
        added = there.execute(_escaped(
            f"INSERT INTO {place} ({listed}) SELECT {listed} FROM passing AS given WHERE NOT EXISTS "  # noqa: S608 - our words
            f"(SELECT 1 FROM {place} AS held WHERE {same}) ORDER BY passing_at")).rowcount
    _run(there, "DROP TABLE passing")
    return added
