"""datastore_search_sql: a reader's own SELECT on tables that she may read, in a process killed at its limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from api.dialects.ckan.action import Action, Call, Refused, Wrong
from api.dialects.ckan.datastore.sources import Source, found_source
from catalog.errors import Invalid, NotFound
from catalog.rows import native
from pipelines.guardedsql import ask
from pipelines.rowstore.reading import KINDS
from pipelines.serving.pages import OFF_SHELF

OPTION: Final = "ckan.datastore.sqlsearch.enabled"
MOST_TABLES: Final = 8
_SECOND: Final = len("2026-01-01T00:00:00")


def datastore_search_sql(call: Call) -> dict[str, Any]:
    """Answer ``datastore_search_sql``."""
    if not call.switch(OPTION):
        raise Refused(400, "Bad Request", "datastore_search_sql is switched off here")
    sql = call.needed("sql")
    try:
        return _answer(call, sql)
    except Invalid as refused:
        raise _in_their_words(refused) from None


def _answer(call: Call, sql: str) -> dict[str, Any]:
    names = ask.wanted(call.site.askers, sql)
    if len(names) > MOST_TABLES:
        raise Wrong({"query": [f"More than {MOST_TABLES} tables"]})
    told = _rows(call, sql, {name: _source(call, name) for name in names})
    columns = [name for name, _ in told.columns]
    rows = [_shown(told.columns, one) for one in told.rows]
    result: dict[str, Any] = {
        "sql": sql, "fields": [{"id": name, "type": native(KINDS[kind])} for name, kind in told.columns],
        "records": [dict(zip(columns, one, strict=True)) for one in rows],
    }
    return {**result, "records_truncated": True} if told.truncated else result


def _source(call: Call, name: str) -> Source:
    try:
        return found_source(call, name)
    except NotFound:
        raise Wrong({"query": [f'(UndefinedTable) relation "{name}" does not exist']}) from None


def _rows(call: Call, sql: str, sources: Mapping[str, Source]) -> ask.Rows:
    """Ask the serving files of tables that have one, and all by their Parquet files where one of them went."""
    files = {name: one.file() for name, one in sources.items()}
    plain = {name: ask.Place(path) for name, path in files.items()}
    places = {name: _served(sources[name], path) or plain[name] for name, path in files.items()}
    try:
        return ask.rows(call.site.askers, sql, places, ask.MOST_ROWS)
    except Invalid as refused:
        if refused.code != OFF_SHELF:
            raise
    return ask.rows(call.site.askers, sql, plain, ask.MOST_ROWS)


def _served(source: Source, path: str) -> ask.Place | None:
    """Give the table's place in its serving file, without the columns that only searches need."""
    found = source.served(path)
    return ask.Place(found, "rows", source.hidden) if found else None


def _shown(columns: Sequence[tuple[str, str]], row: Sequence[Any]) -> list[Any]:
    return [_cell(kind, value) for (_, kind), value in zip(columns, row, strict=True)]


def _cell(kind: str, value: Any) -> Any:
    if kind == "integer" and isinstance(value, str):
        return int(value)
    return value[:_SECOND] if kind == "datetime" and isinstance(value, str) else value


def _in_their_words(refused: Invalid) -> Exception:
    """Say in CKAN's words why a statement is not answered."""
    what = str(refused.params.get("what", ""))
    if refused.code == "sql-not-one-select":
        return Wrong({"query": ["Query is not a single SELECT statement."]})
    if refused.code == "sql-not-allowed":
        return Refused(403, "Authorization Error", f"Access denied: Not authorized to use {what}")
    if refused.code == "query-too-heavy":
        return Wrong({"query": ["Query took too long or too much memory"]})
    if refused.code in ("sql-syntax", "sql-failed", "sql-too-large", "sql-unknown-table"):
        return Wrong({"query": [f"(ProgrammingError) {what or refused.code}"]})
    return refused


ACTIONS: Final = (
    Action(name="datastore_search_sql", summary="One SELECT on tables, named by their resources' ids in double quotes.",
           run=datastore_search_sql, parameters={
               "sql": "exactly one SELECT in DuckDB's words, which are nearly PostgreSQL's; at most 32000 rows"}),
)
