"""The room of readers' own SQL, for doors: which tables a statement wants, and its rows from tables that may be read.

A door asks ``wanted``, finds each table for its caller as for any other request, and gives their places to ``rows``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pipelines.askers import Askers
from pipelines.tables import Plain

MOST_ROWS: Final = 32_000
"""Rows of one answer, as many as CKAN gives at most."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a table lies on this machine: a Parquet file, or a table of a DuckDB file, ``without`` some columns."""

    path: str
    table: str = ""
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The answer: names and kinds of its columns, its rows, and whether there are more than were wanted."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Plain, ...], ...]
    truncated: bool


def wanted(askers: Askers, sql: str) -> tuple[str, ...]:
    """Give the names of the tables that a statement reads, as they are written in it.

    Raises Invalid: ``sql-syntax``, ``sql-not-one-select``, ``sql-not-allowed`` (``what``), ``sql-too-large``,
    ``query-too-heavy``; Unavailable('busy').
    """
    return tuple(askers.guarded({"form": "tables", "sql": sql})["tables"])


def rows(askers: Askers, sql: str, places: Mapping[str, Place], limit: int = 1000, *, named: bool = False) -> Rows:
    """Give at most ``limit`` rows of a statement; ``places`` hold every name that ``wanted`` gave.

    ``named`` asks for PostgreSQL's names of columns that have none (``count``), which the statement may use itself.

    Raises as ``wanted``, and Invalid: ``sql-failed`` (``what`` is what the engine says), ``sql-unknown-table``,
    ``shelf-gone`` where a DuckDB file cannot be opened (any more).
    """
    tables: dict[str, dict[str, Any]] = {
        name: {"path": one.path, **({"table": one.table, "without": one.without} if one.table else {})}
        for name, one in places.items()
    }
    told = askers.guarded({"form": "rows", "sql": sql, "tables": tables, "limit": max(0, min(limit, MOST_ROWS)),
                          **({"named": True} if named else {})})
    return Rows(columns=tuple((name, kind) for name, kind in told["columns"]),
                rows=tuple(map(tuple, told["rows"])), truncated=bool(told["truncated"]))
