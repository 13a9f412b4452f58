"""datastore_search_sql: a reader's own SELECT on tables that she may read, in a process killed at its limits."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from api.dialects.ckan.action import Action, Call, Refused, Wrong
from api.dialects.ckan.datastore import shown
from api.dialects.ckan.datastore.sources import Source, found_source
from catalog.errors import Invalid
from catalog.rows import family, native
from pipelines.guardedsql import ask
from pipelines.rowstore.reading import KINDS
from pipelines.serving.pages import OFF_SHELF

OPTION: Final = "ckan.datastore.sqlsearch.enabled"
MOST_TABLES: Final = 8
NESTED: Final = ("json", "array")
VERBS: Final[Mapping[str, str]] = {
    "insert": "InsertStmt", "update": "UpdateStmt", "delete": "DeleteStmt", "drop": "DropStmt", "copy": "CopyStmt",
    "explain": "ExplainStmt", "set": "VariableSetStmt", "create": "CreateStmt", "truncate": "TruncateStmt",
}
"""What CKAN calls statements that are none of a reader."""


def datastore_search_sql(call: Call) -> dict[str, Any]:
    """Answer ``datastore_search_sql``."""
    if not call.switch(OPTION):
        raise Refused(400, "Bad Request", "datastore_search_sql is switched off here")
    sql = call.needed("sql")
    try:
        return _answer(call, sql)
    except Invalid as refused:
        raise _in_their_words(refused, sql) from None


def _answer(call: Call, sql: str) -> dict[str, Any]:
    names = ask.wanted(call.site.askers, sql)
    if len(names) > MOST_TABLES:
        raise Wrong({"query": [f"More than {MOST_TABLES} tables"]})
    if any(one.lower().startswith("pg_") for one in names):
        raise _denied("access system tables")
    sources = {name: found_source(call, name) for name in names}
    told = _rows(call, sql, sources)
    types = _types(told, sources)
    columns = [name for name, _ in told.columns]
    rows = [[_cell(kind, value) for kind, value in zip(types, one, strict=True)] for one in told.rows]
    result: dict[str, Any] = {
        "sql": sql, "fields": [{"id": name, "type": kind} for name, kind in zip(columns, types, strict=True)],
        "records": [dict(zip(columns, one, strict=True)) for one in rows],
    }
    return {**result, "records_truncated": True} if told.truncated else result


def _rows(call: Call, sql: str, sources: Mapping[str, Source]) -> ask.Rows:
    """Ask the serving files of tables that have one, and all by their Parquet files where one of them went."""
    files = {name: one.file() for name, one in sources.items()}
    plain = {name: ask.Place(path) for name, path in files.items()}
    places = {name: _served(sources[name], path) or plain[name] for name, path in files.items()}
    try:
        return ask.rows(call.site.askers, sql, places, ask.MOST_ROWS, named=True)
    except Invalid as refused:
        if refused.code != OFF_SHELF:
            raise
    return ask.rows(call.site.askers, sql, plain, ask.MOST_ROWS, named=True)


def _served(source: Source, path: str) -> ask.Place | None:
    """Give the table's place in its serving file, without the columns that only searches need."""
    found = source.served(path)
    return ask.Place(found, "rows", source.hidden) if found else None


def _types(told: ask.Rows, sources: Mapping[str, Source]) -> list[str]:
    """Give the types of an answer's columns: that of the column of the tables that is called so, where it may be it."""
    known = {name: kind for one in sources.values() for name, kind in one.table.types().items()}
    found = []
    for at, (name, kind) in enumerate(told.columns):
        near, own = KINDS[kind], known.get(name, "")
        if own and (family(own) == family(near) or (family(own) in NESTED and kind in ("string", "other"))):
            near = native(own)
        elif kind == "other" and all(one[at] is None for one in told.rows):
            near = "text"
        found.append(native(near))
    return found


def _cell(kind: str, value: Any) -> Any:
    """Give a cell as JSON: numbers that the engine wrote as texts with all their digits, lists and dictionaries."""
    if not isinstance(value, str):
        return value
    if family(kind) in NESTED:
        return shown.nested(value)
    if family(kind) in ("int", "numeric"):
        number = Decimal(value)
        return shown.number(int(number) if family(kind) == "int" else number) if number.is_finite() else None
    return value


def _denied(words: str) -> Refused:
    return Refused(403, "Authorization Error", f"Access denied: Not authorized to {words}")


def _in_their_words(refused: Invalid, sql: str) -> Exception:
    """Say in CKAN's words why a statement is not answered."""
    what = str(refused.params.get("what", ""))
    if refused.code == "sql-not-one-select":
        verb = VERBS.get("".join(sql.split(maxsplit=1)[:1]).lower(), "") if ";" not in sql.strip().rstrip(";") else ""
        return Wrong({"message": f"Invalid query AST element: {verb}" if verb else "Query is not a single statement"})
    if refused.code == "sql-not-allowed":
        return _denied("access tables in other schemas" if "." in what else f"call function {what}")
    if refused.code == "query-too-heavy":
        return Wrong({"query": ["Query took too long or too much memory"]})
    if refused.code == "sql-syntax":
        return Wrong({"message": f"Invalid SQL: {what.removeprefix('Parser Error: ')}"})
    if refused.code in ("sql-failed", "sql-too-large", "sql-unknown-table"):
        return Wrong({"query": [f"(ProgrammingError) {what or refused.code}"]})
    return refused


ACTIONS: Final = (
    Action(name="datastore_search_sql", summary="One SELECT on tables, named by their resources' ids in double quotes.",
           run=datastore_search_sql, parameters={
               "sql": "exactly one SELECT in DuckDB's words, which are nearly PostgreSQL's; at most 32000 rows"}),
)
