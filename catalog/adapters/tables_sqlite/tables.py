"""Tables in SQLite files: the register says which there are; each file holds one table's rows and its definition."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any, Final

import orjson

from catalog.adapters.tables_sqlite.lines import Lines
from catalog.adapters.tables_sqlite.tongue import SqliteTongue, bound, declared, read
from catalog.errors import Conflict, NotFound, Unavailable
from catalog.rows import ID, Ask, Batch, Condition, Found, Method, Table
from catalog.rows.statement import Selection, quoted
from standards.portable import from_json, to_json

ROWS: Final = "rows"
_GONE: Final = "no such table"
_LARGE: Final = "too large"

MARKS: Final = 1200
"""Cells that one statement adds."""

PLAIN: Final = frozenset({float, type(None)})
"""Types of cells that the driver takes as they are; of whole numbers each has to be looked at."""


class SqliteTables:
    """Tables in a folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._whole = False
        self._lines = Lines()

    # -- files and connections -------------------------------------------------------------------------------------
    @contextmanager
    def _opened(self, path: Path, *, write: bool = False) -> Iterator[sqlite3.Connection]:
        """Open a file for one transaction. Raises NotFound where its table is gone, Unavailable."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            line = self._lines.take(path)
            try:
                line.connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
                try:
                    yield line.connection
                except BaseException:
                    line.connection.execute("ROLLBACK")
                    raise
                line.connection.execute("COMMIT")
            except BaseException:
                line.end()
                raise
            self._lines.give(line)
        except sqlite3.OperationalError as wrong:
            if _GONE in str(wrong):
                raise NotFound from None
            raise Unavailable("storage-full" if "full" in str(wrong) else "database-down") from wrong
        except sqlite3.IntegrityError as wrong:
            raise Conflict("rows-not-unique", detail=str(wrong)) from None

    @contextmanager
    def _register(self, *, write: bool = False) -> Iterator[sqlite3.Connection]:
        path = self._folder / "register.db"
        if not (self._whole and path.exists()):
            self._make_register(path)
        with self._opened(path, write=write) as connection:
            yield connection

    def _make_register(self, path: Path) -> None:
        """Make the register where it is not whole: whoever made the file may have been killed before its tables."""
        if path.exists():
            with self._opened(path) as seen:
                self._whole = bool(seen.execute("SELECT 1 FROM sqlite_master WHERE name = 'aliases'").fetchone())
        if not (self._whole and path.exists()):
            with self._opened(path, write=True) as made:
                made.execute("CREATE TABLE IF NOT EXISTS tables (id TEXT PRIMARY KEY, dataset TEXT NOT NULL)")
                made.execute("CREATE TABLE IF NOT EXISTS aliases (alias TEXT PRIMARY KEY, id TEXT NOT NULL)")
            self._whole = True

    def _path(self, key: str) -> Path:
        name = hashlib.sha256(key.encode()).hexdigest()[:40]
        return self._folder / name[:2] / f"{name}.db"

    # -- definitions -----------------------------------------------------------------------------------------------
    def table(self, key: str) -> Table | None:
        """Find a table by its id or an alias."""
        with self._register() as register:
            found = register.execute("SELECT id FROM tables WHERE id = ?", (key,)).fetchone() or register.execute(
                "SELECT id FROM aliases WHERE alias = ?", (key,)).fetchone()
        if found is None:
            return None
        try:
            with self._opened(self._path(found[0])) as file:
                return _definition(file)
        except NotFound:
            return None

    def there(self, keys: Collection[str]) -> Collection[str]:
        """Give those of the ids that are tables."""
        if not keys or not (self._folder / "register.db").exists():
            return ()
        marks = ", ".join("?" * len(keys))
        with self._register() as register:
            found = register.execute(f"SELECT id FROM tables WHERE id IN ({marks})", tuple(keys)).fetchall()  # noqa: S608 - marks
        return {one for (one,) in found}

    def tables(self, dataset: str = "") -> Sequence[Table]:
        """Give all tables, or those of a dataset, by their ids."""
        with self._register() as register:
            found = register.execute("SELECT id FROM tables WHERE dataset = ? OR ? = '' ORDER BY id",
                                     (dataset, dataset)).fetchall()
            keys = [one for (one,) in found]
        return [one for key in keys if (one := self.table(key)) is not None]

    def save(self, table: Table, names: Sequence[str] = (), rows: Sequence[Sequence[Any]] = ()) -> Table:
        """Make a table, or bring it to this definition, and put rows into it."""
        with self._register(write=True) as register:
            new = register.execute("SELECT 1 FROM tables WHERE id = ?", (table.id,)).fetchone() is None
            for alias in table.aliases:
                owner = register.execute("SELECT id FROM aliases WHERE alias = ?", (alias,)).fetchone()
                if owner is not None and owner[0] != table.id:
                    raise Conflict("alias-taken", alias=alias)
            with self._opened(self._path(table.id), write=True) as file:
                if new:
                    _clear(file)
                saved = _made(file, table) if new else _changed(file, _definition(file), table)
                added = _put(file, saved, names, rows, "insert")
                saved = _note(file, saved, count=saved.count + added)
            register.execute("INSERT OR IGNORE INTO tables (id, dataset) VALUES (?, ?)", (table.id, table.dataset))
            register.execute("DELETE FROM aliases WHERE id = ?", (table.id,))
            register.executemany("INSERT INTO aliases (alias, id) VALUES (?, ?)",
                                 [(alias, table.id) for alias in table.aliases])
        return saved

    def drop(self, key: str) -> None:
        """Take a table away with its rows."""
        with self._register(write=True) as register:
            register.execute("DELETE FROM aliases WHERE id = ?", (key,))
            gone = register.execute("DELETE FROM tables WHERE id = ?", (key,)).rowcount
        if not gone:
            raise NotFound
        path = self._path(key)
        with self._opened(path, write=True) as file:
            _clear(file)
        with closing(sqlite3.connect(path, isolation_level=None)) as file:  # nothing of the rows stays in the file
            file.execute("PRAGMA busy_timeout=60000")
            file.execute("VACUUM")
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    # -- rows ------------------------------------------------------------------------------------------------------
    def write(self, key: str, batches: Sequence[Batch], method: Method, *, dry_run: bool = False) -> Table:
        """Put rows in, all or none."""
        self._must(key)
        with self._opened(self._path(key), write=True) as file:
            before = _definition(file)
            added = _put_all(file, before, batches, method)
            if dry_run:
                file.execute("ROLLBACK")
                file.execute("BEGIN")
                return before
            return _note(file, before, count=before.count + added)

    def delete(self, key: str, where: Condition, *, give: bool = False) -> tuple[Table, Found]:
        """Delete the rows that a condition holds of; give them if that is wished."""
        self._must(key)
        with self._opened(self._path(key), write=True) as file:
            before = _definition(file)
            asked = Selection(SqliteTongue(), ROWS, before.types(), Ask(where=where, limit=None))
            found = _rows(file, asked.rows(), before, ()) if give else []
            condition = asked.where()
            gone = file.execute(f"DELETE FROM {ROWS} WHERE {condition.text}", condition.values).rowcount  # noqa: S608 - our words
            after = _note(file, before, count=before.count - gone)
        return after, Found(found, gone)

    def ask(self, key: str, ask: Ask) -> tuple[Table, Found]:
        """Answer a question from one state of the table."""
        self._must(key)
        with self._opened(self._path(key)) as file:
            table = _definition(file)
            asked = Selection(SqliteTongue(), ROWS, table.types(), ask)
            total = None
            if ask.total:
                counted = asked.count()
                total = table.count if asked.whole() else file.execute(counted.text, counted.values).fetchone()[0]
            return table, Found(_rows(file, asked.rows(), table, ask.columns) if ask.limit != 0 else [], total)

    def pages(self, key: str, size: int = 20_000) -> tuple[Table, Iterator[Sequence[Sequence[Any]]]]:
        """Give one state of the table and all its rows in the order of their ids, so many at a time."""
        self._must(key)
        found = self._pages(key, size)
        return next(found), found

    def _pages(self, key: str, size: int) -> Iterator[Any]:
        with self._opened(self._path(key)) as file:
            table = _definition(file)
            yield table
            kinds = list(table.types().values())
            shown = ", ".join(map(quoted, table.types()))
            found = file.execute(f"SELECT {shown} FROM {ROWS} ORDER BY {ID}")  # noqa: S608 - our own words
            while some := found.fetchmany(size):
                yield read(kinds, some)

    def sizes(self, key: str) -> tuple[int, int]:
        """Tell how many bytes the table takes, and how many of them its indexes."""
        path = self._path(key)
        return (path.stat().st_size if path.exists() else 0), 0

    def _must(self, key: str) -> None:
        if key not in self.there([key]):
            raise NotFound

    def wipe(self) -> None:
        """Take every table away."""
        for one in self.tables():
            self.drop(one.id)

    def close(self) -> None:
        """End the connections that rest."""
        self._lines.close()


# --- within a file ----------------------------------------------------------------------------------------------------


def _definition(file: sqlite3.Connection) -> Table:
    found = file.execute("SELECT body, count, revision FROM definition").fetchone()
    if found is None:
        raise NotFound
    return replace(from_json(Table, orjson.loads(found[0])), count=found[1], revision=found[2])


def _note(file: sqlite3.Connection, table: Table, *, count: int) -> Table:
    after = replace(table, count=count, revision=table.revision + 1)
    body = orjson.dumps(to_json(replace(after, count=0, revision=0))).decode()
    file.execute("DELETE FROM definition")
    file.execute("INSERT INTO definition (body, count, revision) VALUES (?, ?, ?)", (body, count, after.revision))
    return after


def _clear(file: sqlite3.Connection) -> None:
    file.execute(f"DROP TABLE IF EXISTS {ROWS}")
    file.execute("DROP TABLE IF EXISTS definition")


def _made(file: sqlite3.Connection, table: Table) -> Table:
    columns = [f"{quoted(one.id)} {declared(one.type)}" for one in table.fields]
    file.execute(f"CREATE TABLE {ROWS} ({', '.join([f'{ID} INTEGER PRIMARY KEY AUTOINCREMENT', *columns])})")
    file.execute("CREATE TABLE definition (body TEXT NOT NULL, count INTEGER NOT NULL, revision INTEGER NOT NULL)")
    made = replace(table, count=0, revision=0)
    _indexed(file, made)
    return made


def _changed(file: sqlite3.Connection, before: Table, wished: Table) -> Table:
    """Add and take away columns, and set the indexes anew."""
    old, new = ({one.id: one for one in each.fields} for each in (before, wished))
    if (before.primary_key, before.indexes) != (wished.primary_key, wished.indexes) or not old.keys() <= new.keys():
        for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ? "
                                    "AND sql IS NOT NULL", (ROWS,)).fetchall():
            file.execute(f"DROP INDEX {quoted(name)}")
    for name in old.keys() - new.keys():
        file.execute(f"ALTER TABLE {ROWS} DROP COLUMN {quoted(name)}")
    for one in wished.fields:
        if one.id not in old:
            file.execute(f"ALTER TABLE {ROWS} ADD COLUMN {quoted(one.id)} {declared(one.type)}")
    changed = replace(wished, count=before.count, revision=before.revision)
    _indexed(file, changed)
    return changed


def _indexed(file: sqlite3.Connection, table: Table) -> None:
    wanted = [("UNIQUE ", table.primary_key)] if table.primary_key else []
    for at, (unique, names) in enumerate([*wanted, *(("", names) for names in table.indexes)]):
        listed = ", ".join(map(quoted, names))
        file.execute(f"CREATE {unique}INDEX IF NOT EXISTS index_{at} ON {ROWS} ({listed})")


def _put_all(file: sqlite3.Connection, table: Table, batches: Sequence[Batch], method: Method) -> int:
    added = seen = 0
    for names, rows in batches:
        try:
            added += _put(file, table, names, rows, method)
        except NotFound as refused:
            raise _behind(refused, seen) from None
        seen += len(rows)
    return added


def _behind(refused: NotFound, seen: int) -> NotFound:
    """Count the row that was not found among all that came."""
    params = dict(refused.params)
    return NotFound(refused.code, **{**params, "row": params["row"] + seen}) if "row" in params else refused


def _put(file: sqlite3.Connection, table: Table, names: Sequence[str], rows: Sequence[Sequence[Any]],
         method: Method) -> int:
    """Put rows in and give how many more there are now."""
    if not rows:
        return 0
    types = table.types()
    rows = _bound([types[name] for name in names], rows)
    if method == "insert":
        if names:
            _added(file, names, rows)
        else:
            file.executemany(f"INSERT INTO {ROWS} DEFAULT VALUES", rows)
        return len(rows)
    return _merged(file, names, rows, (ID,) if ID in names else table.primary_key, adds=method == "upsert")


def _added(file: sqlite3.Connection, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Add rows, some by each statement: that takes two thirds of the time of a statement for each."""
    into, marks = ", ".join(map(quoted, names)), f"({', '.join('?' * len(names))})"
    some = max(1, min(len(rows), MARKS // len(names)))
    for at in range(0, len(rows), some):
        part = rows[at : at + some]
        add = f"INSERT INTO {ROWS} ({into}) VALUES {', '.join([marks] * len(part))}"  # noqa: S608 - our own words
        file.execute(add, list(chain.from_iterable(part)))


def _merged(file: sqlite3.Connection, names: Sequence[str], rows: Sequence[Sequence[Any]], keys: Sequence[str], *,
            adds: bool) -> int:
    """Change the rows that have these keys; others are added, or refused."""
    places = {name: at for at, name in enumerate(names)}
    others = [name for name in names if name not in keys]
    order = [places[name] for name in (*others, *keys)]
    sets = ", ".join(f"{quoted(name)} = ?" for name in others) or f"{quoted(keys[0])} = {quoted(keys[0])}"
    where = " AND ".join(f"{quoted(name)} = ?" for name in keys)
    change = f"UPDATE {ROWS} SET {sets} WHERE {where}"  # noqa: S608 - our own words
    add = f"INSERT INTO {ROWS} ({', '.join(map(quoted, names))}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608
    added = 0
    for at, row in enumerate(rows):
        if file.execute(change, [row[place] for place in order]).rowcount:
            continue
        if not adds or ID in keys:
            raise NotFound("row-not-found", row=at, key=[row[places[name]] for name in keys])
        file.execute(add, row)
        added += 1
    return added


def _bound(kinds: Sequence[str], rows: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
    """Give rows as the driver takes them; most columns go as they are."""
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
    return made


def _rows(file: sqlite3.Connection, asked: Any, table: Table, columns: Sequence[str]) -> list[Sequence[Any]]:
    types = table.types()
    kinds = [types[name] for name in columns or types]
    return read(kinds, file.execute(asked.text, asked.values).fetchall())
