"""Tables in SQLite files: the register says which there are; each file holds one table's rows and its definition."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import orjson

from catalog.adapters.tables_sqlite import exact
from catalog.adapters.tables_sqlite.lines import Lines
from catalog.adapters.tables_sqlite.notes import forget, note, noted
from catalog.adapters.tables_sqlite.patience import within
from catalog.adapters.tables_sqlite.putting import ROWS, put_all
from catalog.adapters.tables_sqlite.texts import columns
from catalog.adapters.tables_sqlite.tongue import SqliteTongue, declared, read
from catalog.errors import Conflict, NotFound, Unavailable
from catalog.rows import ID, Ask, Batch, Changed, Columns, Condition, Found, Method, Range, Table
from catalog.rows.statement import Selection, quoted
from catalog.rows.touched import WHOLE, of_ids, told
from standards.portable import from_json, to_json

_GONE: Final = "no such table"
_LARGE: Final = "too large"


class SqliteTables:
    """Tables in a folder of this machine."""

    def __init__(self, folder: Path | str) -> None:
        self._folder = Path(folder)
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
                before = None if new else _definition(file)
                saved = _made(file, table) if before is None else _changed(file, before, table)
                added, touched = put_all(file, saved, [(names, rows)], "insert")
                same = before is not None and before.fields == saved.fields
                saved = _note(file, saved, touched if same else WHOLE, count=saved.count + added)
                saved = told(saved, touched)
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
            added, touched = put_all(file, before, batches, method)
            if dry_run:
                file.execute("ROLLBACK")
                file.execute("BEGIN")
                return before
            after = _note(file, before, touched, count=before.count + added)
            return told(after, touched) if method == "insert" else after

    def delete(self, key: str, where: Condition, *, give: bool = False) -> tuple[Table, Found]:
        """Delete the rows that a condition holds of; give them if that is wished."""
        self._must(key)
        with self._opened(self._path(key), write=True) as file:
            before = _definition(file)
            asked = Selection(SqliteTongue(), ROWS, exact.kinds(before), Ask(where=where, limit=None))
            found = _rows(file, asked.rows(), before, ()) if give else []
            condition = asked.where()
            words = f"DELETE FROM {ROWS} WHERE {condition.text} RETURNING {ID}"  # noqa: S608 - our words
            gone = [one for (one,) in file.execute(words, condition.values)]
            after = _note(file, before, of_ids(gone), count=before.count - len(gone))
        return after, Found(found, len(gone))

    def ask(self, key: str, ask: Ask, seconds: float = 0) -> tuple[Table, Found]:
        """Answer a question from one state of the table; give it up after so many seconds."""
        self._must(key)
        with self._opened(self._path(key)) as file, within(file, seconds):
            table = _definition(file)
            asked = Selection(SqliteTongue(), ROWS, exact.kinds(table), ask)
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
            yield from _ranged(file, table, WHOLE, size)

    def changed(self, key: str, since: int, size: int = 20_000) -> Changed:
        """Give one state of the table, where it changed since a revision, and the rows that are there now."""
        self._must(key)
        found = self._since(key, since, size)
        table, ranges = next(found)
        return table, ranges, found

    def _since(self, key: str, since: int, size: int) -> Iterator[Any]:
        with self._opened(self._path(key)) as file:
            table = _definition(file)
            ranges = noted(file, since, table.revision)
            yield table, ranges
            yield from _ranged(file, table, WHOLE if ranges is None else ranges, size)

    def door(self) -> tuple[str, str]:
        """Tell how another process opens the same folder."""
        return f"{__name__}:{type(self).__name__}", str(self._folder.absolute())

    def texts(self, key: str) -> tuple[Table, Iterator[Columns]] | None:
        """Give one state of the table and all its rows by columns, some at a time."""
        self._must(key)
        found = self._texts(key)
        return next(found), found

    def _texts(self, key: str) -> Iterator[Any]:
        with self._opened(self._path(key)) as file:
            table = _definition(file)
            yield table
            yield from columns(file, table, ROWS)

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
    table = replace(from_json(Table, orjson.loads(found[0])), count=found[1], revision=found[2], exact=())
    return replace(table, exact=tuple(exact.names(file, table)))


def _ranged(file: sqlite3.Connection, table: Table, ranges: Sequence[Range], size: int) -> Iterator[Any]:
    """Give the rows whose ids are in these ranges, in their order."""
    kinds = list(exact.kinds(table).values())
    shown = ", ".join(map(quoted, table.types()))
    for low, high in ranges:
        found = file.execute(f"SELECT {shown} FROM {ROWS} WHERE {ID} BETWEEN ? AND ? ORDER BY {ID}", (low, high))  # noqa: S608 - our own words
        while some := found.fetchmany(size):
            yield read(kinds, some)


def _note(file: sqlite3.Connection, table: Table, touched: Sequence[Range], *, count: int) -> Table:
    """Note the next revision, and which rows changed in it."""
    note(file, table.revision + 1, touched)
    after = replace(table, count=count, revision=table.revision + 1)
    body = orjson.dumps(to_json(replace(after, count=0, revision=0))).decode()
    file.execute("DELETE FROM definition")
    file.execute("INSERT INTO definition (body, count, revision) VALUES (?, ?, ?)", (body, count, after.revision))
    return after


def _clear(file: sqlite3.Connection) -> None:
    forget(file)
    exact.forget(file)
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


def _rows(file: sqlite3.Connection, asked: Any, table: Table, columns: Sequence[str]) -> list[Sequence[Any]]:
    types = exact.kinds(table)
    kinds = [types[name] for name in columns or types]
    return read(kinds, file.execute(asked.text, asked.values).fetchall())
