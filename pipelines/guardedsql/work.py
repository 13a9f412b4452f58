"""What the process of a reader's SQL does: parses, says which tables it wants, and answers from those it is given."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import orjson

from pipelines.guardedsql.guard import Refused, tables
from pipelines.tables import kind, plain
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
CONFIG: Final[Mapping[str, Any]] = {
    "threads": 1, "memory_limit": "384MB", "max_temp_directory_size": "0KB", "autoinstall_known_extensions": False,
    "autoload_known_extensions": False, "allow_community_extensions": False, "python_enable_replacements": False,
}
SERIALIZED: Final = "SELECT json_serialize_sql(?, skip_null := true, skip_empty := true)"
TAKEN: Final = "SELECT lower(view_name) FROM duckdb_views() WHERE internal"


def wanted(duck: Any, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Give the names of the tables that a statement reads; or a refusal by its code."""
    try:
        return {"tables": _names(duck, asked["sql"])}
    except Refused as refused:
        return {"refused": refused.code, "what": refused.what}


class Engine:
    """A new engine for each statement, so that nothing is left of the one before.

    To make one takes 25 ms and to end one 7, so both are done while nobody waits for an answer.
    """

    def __init__(self) -> None:
        self._ready: Any = None
        self._used: Any = None

    def take(self) -> Any:
        """Give an engine that nobody has used."""
        self.renew()
        self._used, self._ready = self._ready, None
        return self._used

    def renew(self) -> None:
        """End the engine that was used, and have the next one at hand."""
        if self._used is not None:
            self._used.close()
            self._used = None
        if self._ready is None:
            self._ready = duckdb.connect(":memory:", config=dict(CONFIG))


def answer(asked: Mapping[str, Any], duck: Any) -> dict[str, Any]:
    """Give the rows of a statement that reads the tables given, and nothing else.

    ``tables`` say for each name where it lies: ``path`` of a Parquet file, or of a DuckDB file and its ``table``
    (``without`` some columns). ``duck`` is an engine that nobody has used.
    """
    try:
        names = _names(duck, asked["sql"])
        given = {name.casefold(): place for name, place in asked["tables"].items()}
        if len(given) < len(asked["tables"]):  # the engine would take one for the other
            return {"refused": "sql-not-allowed", "what": ", ".join(asked["tables"])}
        if missing := [name for name in names if name.casefold() not in given]:
            return {"refused": "sql-unknown-table", "what": missing[0]}
        _hang(duck, given)
        return _rows(duck, asked["sql"], int(asked["limit"]))
    except Refused as refused:
        return {"refused": refused.code, "what": refused.what}
    except duckdb.OutOfMemoryException:
        return {"refused": "query-too-heavy"}
    except duckdb.Error as wrong:
        return {"refused": "sql-failed", "what": _words(wrong)}


def _names(duck: Any, sql: str) -> list[str]:
    if len(sql) > LONGEST:
        raise Refused("sql-too-large")
    try:
        found = duck.extract_statements(sql)
    except duckdb.Error as wrong:
        raise Refused("sql-syntax", _words(wrong)) from None
    if len(found) != 1 or found[0].type != duckdb.StatementType.SELECT:
        raise Refused("sql-not-one-select")
    tree = json.loads(duck.execute(SERIALIZED, [sql]).fetchall()[0][0])
    return list(tables(tree, frozenset(name for name, in duck.execute(TAKEN).fetchall())))


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
