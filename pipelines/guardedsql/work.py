"""What the process of a reader's SQL does: parses, says which tables it wants, and answers from those it is given."""

from __future__ import annotations

import contextlib
import itertools
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson

from pipelines.guardedsql import naming
from pipelines.guardedsql.guard import Refused, tables
from pipelines.tables import THREADS, kind, plain
from standards import late

if TYPE_CHECKING:
    import duckdb
else:
    duckdb = late.module("duckdb")

LONGEST: Final = 8000
"""Signs of a statement."""
LARGEST: Final = 16 << 20
"""Bytes of an answer; what is beyond is left out, and the answer says so."""
BATCH: Final = 2000
LONGEST_WORDS: Final = 400
Tables = Mapping[str, Mapping[str, Any]]
CONFIG: Final[Mapping[str, Any]] = {
    "threads": THREADS, "memory_limit": "384MB", "max_temp_directory_size": "0KB",
    "autoinstall_known_extensions": False, "autoload_known_extensions": False,
    "allow_community_extensions": False, "python_enable_replacements": False,
}
SERIALIZED: Final = "SELECT json_serialize_sql(?, skip_null := true, skip_empty := true)"
WRITTEN: Final = "SELECT json_deserialize_sql(?)"
TAKEN: Final = "SELECT lower(view_name) FROM duckdb_views() WHERE internal"


class Engines:
    """Engines for readers' statements: one that has the tables of the statement before, one that has none yet.

    A statement runs in an engine that reads its tables and nothing else; so the next one may have the same engine only
    if it reads the same tables, and then in a connection of its own: a SELECT leaves nothing behind in a database that
    nobody can write to. To make an engine takes 25 ms, to end one 7, to hang tables into it 10; the empty one is made
    while nobody waits. ``parser`` is an engine that only parses.
    """

    def __init__(self, parser: Any) -> None:
        self._parser = parser
        self._empty: Any = None
        self._hung: Any = None
        self._tables: Tables = {}
        self._said: tuple[str, list[str]] | None = None
        self._taken: frozenset[str] = frozenset()

    def names(self, sql: str) -> list[str]:
        """Give the tables that a statement reads, as they are written; it is asked twice of each. Raises Refused."""
        self._taken = self._taken or frozenset(name for name, in self._parser.execute(TAKEN).fetchall())
        if self._said is None or self._said[0] != sql:
            self._said = (sql, _names(self._parser, sql, self._taken))
        return self._said[1]

    def named(self, sql: str) -> str:
        """Give a statement with PostgreSQL's names for the columns that it does not name; itself where that fails."""
        try:
            tree = json.loads(self._parser.execute(SERIALIZED, [sql]).fetchall()[0][0])
            naming.name(tree)
            naming.name_rest(tree)
            made = str(self._parser.execute(WRITTEN, [json.dumps(tree)]).fetchall()[0][0])
            return made if _names(self._parser, made, self._taken) == self.names(sql) else sql
        except (duckdb.Error, Refused, LookupError):
            return sql

    @contextlib.contextmanager
    def reading(self, given: Tables) -> Iterator[Any]:
        """Give a connection to an engine that reads these tables and nothing else; raises Refused("shelf-gone")."""
        if self._hung is None or self._tables != given or not all(Path(one["path"]).exists() for one in given.values()):
            self._end()
            self.renew()
            self._hung, self._empty = self._empty, None
            self._tables = dict(given)
            try:
                _hang(self._hung, given)
            except BaseException:
                self._end()
                raise
        mine = self._hung.cursor()
        try:
            yield mine
        except BaseException:
            self._end()
            raise
        finally:
            mine.close()

    def _end(self) -> None:
        if self._hung is not None:
            self._hung.close()
        self._hung, self._tables = None, {}

    def forget(self) -> None:
        """Give up the tables of the statement before, and what was read of them."""
        self._end()
        self._said = None

    def renew(self) -> None:
        """Have an engine at hand that nobody has used."""
        if self._empty is None:
            self._empty = duckdb.connect(":memory:", config=dict(CONFIG))


def wanted(asked: Mapping[str, Any], engines: Engines) -> dict[str, Any]:
    """Give the names of the tables that a statement reads; or a refusal by its code."""
    try:
        return {"tables": engines.names(asked["sql"])}
    except Refused as refused:
        return {"refused": refused.code, "what": refused.what}


def answer(asked: Mapping[str, Any], engines: Engines) -> dict[str, Any]:
    """Give the rows of a statement that reads the tables given, and nothing else.

    ``tables`` say for each name where it lies: ``path`` of a Parquet file, or of a DuckDB file and its ``table``
    (``without`` some columns). ``named`` asks for PostgreSQL's names of columns that have none.
    """
    try:
        names = engines.names(asked["sql"])
        given = {name.casefold(): place for name, place in asked["tables"].items()}
        if len(given) < len(asked["tables"]):  # the engine would take one for the other
            return {"refused": "sql-not-allowed", "what": ", ".join(asked["tables"])}
        if missing := [name for name in names if name.casefold() not in given]:
            return {"refused": "sql-unknown-table", "what": missing[0]}
        with engines.reading(given) as duck:
            sql = engines.named(asked["sql"]) if asked.get("named") else asked["sql"]
            return _rows(duck, sql, int(asked["limit"]))
    except Refused as refused:
        return {"refused": refused.code, "what": refused.what}
    except duckdb.OutOfMemoryException:
        return {"refused": "query-too-heavy"}
    except duckdb.Error as wrong:
        return {"refused": "sql-failed", "what": _words(wrong)}


def _names(duck: Any, sql: str, taken: frozenset[str]) -> list[str]:
    if len(sql) > LONGEST:
        raise Refused("sql-too-large")
    try:
        found = duck.extract_statements(sql)
    except duckdb.Error as wrong:
        raise Refused("sql-syntax", _words(wrong)) from None
    if len(found) != 1 or found[0].type != duckdb.StatementType.SELECT:
        raise Refused("sql-not-one-select")
    tree = json.loads(duck.execute(SERIALIZED, [sql]).fetchall()[0][0])
    return list(tables(tree, taken))


def _hang(duck: Any, given: Mapping[str, Mapping[str, Any]]) -> None:
    """Make a view of each table, then close every other way to a file, for good."""
    for at, (name, place) in enumerate(given.items()):
        hidden = ""
        view, path = '"' + name.replace('"', '""') + '"', place["path"].replace("'", "''")
        if "table" in place:
            try:
                duck.execute(f"ATTACH '{path}' AS shelf{at} (READ_ONLY)")
            except duckdb.Error:
                raise Refused("shelf-gone") from None
            source = f'shelf{at}.main."' + place["table"].replace('"', '""') + '"'
            hidden = ", ".join('"' + one.replace('"', '""') + '"' for one in place.get("without", ()))
        else:
            source = f"read_parquet('{path}')"
        kept = f"* EXCLUDE ({hidden})" if hidden else "*"
        duck.execute(f"CREATE VIEW {view} AS SELECT {kept} FROM {source}")  # noqa: S608 - the site's own names, quoted
    paths = ", ".join("'" + place["path"].replace("'", "''") + "'" for place in given.values())
    duck.execute(f"SET allowed_paths = [{paths}]")
    duck.execute("SET enable_external_access = false")
    duck.execute("SET lock_configuration = true")


def _rows(duck: Any, sql: str, limit: int) -> dict[str, Any]:
    reader = duck.sql(sql).to_arrow_reader(BATCH)
    names = _apart([one.name for one in reader.schema])
    columns = [(name, kind(one.type)) for name, one in zip(names, reader.schema, strict=True)]
    rows: list[bytes] = []
    size, more = 0, False
    for batch in reader:
        cells = [list(map(_plain, one.to_pylist())) for one in batch.columns]
        for row in zip(*cells, strict=True):
            told = orjson.dumps(row)
            size += len(told)
            if len(rows) == limit or size > LARGEST:
                more = True
                break
            rows.append(told)
        if more:
            break
    return {"columns": columns, "rows": orjson.Fragment(b"[" + b",".join(rows) + b"]"), "truncated": more}


def _apart(names: list[str]) -> list[str]:
    """Give names of which no two are alike: ``n``, ``n_1``, ``n_2``."""
    made: dict[str, None] = {}
    for name in names:
        tried = itertools.chain([name], (f"{name}_{at}" for at in itertools.count(1)))
        made[next(one for one in tried if one not in made)] = None
    return list(made)


def _plain(value: Any) -> Any:
    """A cell as JSON may hold it; a whole number that DuckDB keeps in 128 bits is a number like others."""
    if isinstance(value, Decimal) and value.as_tuple().exponent == 0:
        return plain(int(value))
    return plain(value)


def _words(wrong: Exception) -> str:
    """What the engine says, in a line: its first sentence, never where a file lies."""
    said = str(wrong).split("\n", 1)[0]
    return "" if "/" in said and "Error" in said and isinstance(wrong, duckdb.IOException) else said[:LONGEST_WORDS]
