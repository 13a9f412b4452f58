"""A published table asked for rows: by number at once, by filter and order with DuckDB in a killable process.

Only files that we made ourselves (Parquet with a dense ``_id``, 1..n) are read here. What a reader types becomes a
parameter, never text of a statement; names of columns must be in the file's own schema.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final, Literal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from catalog.errors import Invalid, NotFound, Problem
from pipelines import sandbox
from pipelines.format import Unreadable
from standards.text import fold, nfc

ID: Final = "_id"
ROWS_LIMIT: Final = 1000
OFFSET_LIMIT: Final = 1_000_000
FILTERS_LIMIT: Final = 10
VALUE_LIMIT: Final = 500
_BATCH: Final = 1000
_SAFE_INTEGER: Final = 2**53
_LIMITS: Final = sandbox.Limits(memory=1024 << 20, cpu=10, wall=15.0, file=64 << 20, answer=64 << 20)

Plain = str | int | float | bool | None
"""A cell as JSON: decimals and integers beyond 2^53 as text, dates as ISO 8601, missing values as None."""

Row = tuple[Plain, ...]
Op = Literal["eq", "contains"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumn:
    """One column of a published table; ``kind`` is string, integer, number, boolean, date, datetime, time or other."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Rows whose cell equals a value, or contains it whatever the case; marks count only where they were typed."""

    column: str
    value: str
    op: Op = "eq"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which rows of a table: columns in order (none named = all), filters that must all hold, an order, a place."""

    columns: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    order: str = ID
    descending: bool = False
    offset: int = 0
    limit: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePage:
    """Rows with ``_id`` first, how many there are in all, the ``offset`` or ``_id`` to go on from (None at the end)."""

    columns: tuple[TableColumn, ...]
    rows: tuple[Row, ...]
    total: int
    next: int | None = None


# --- by number, in this process -------------------------------------------------------------------------------------


def schema(path: str | Path) -> tuple[TableColumn, ...]:
    """Give the columns, ``_id`` first as the file has it. Raises NotFound."""
    with _opened(path) as file:
        return _columns(file.schema_arrow)


def count(path: str | Path) -> int:
    """Count the rows, from the file's footer. Raises NotFound."""
    with _opened(path) as file:
        return int(file.metadata.num_rows)


def preview(path: str | Path, start_id: int = 1, limit: int = 20, columns: Sequence[str] = ()) -> TablePage:
    """Give rows from ``start_id`` on; only the row groups that hold them are read. Raises NotFound, Invalid."""
    with _opened(path) as file:
        every = _columns(file.schema_arrow)
        chosen = _chosen(every, columns)
        total = int(file.metadata.num_rows)
        first = max(0, start_id - 1)
        limit = max(0, min(limit, ROWS_LIMIT, total - first))
        rows = _read(file, [one.name for one in chosen], first, limit)
    end = first + limit
    return TablePage(columns=chosen, rows=tuple(rows), total=total, next=end + 1 if limit and end < total else None)


def rows(path: str | Path, limit: int = ROWS_LIMIT, after_id: int = 0) -> tuple[list[dict[str, Plain]], int | None]:
    """Give rows behind ``after_id`` as objects, and the ``_id`` to go on behind, None at the end: for streaming."""
    page = preview(path, after_id + 1, limit)
    names = [one.name for one in page.columns]
    return [dict(zip(names, row, strict=True)) for row in page.rows], page.next - 1 if page.next else None


def _opened(path: str | Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path, memory_map=True)
    except FileNotFoundError:
        raise NotFound from None


def _read(file: pq.ParquetFile, names: list[str], first: int, limit: int) -> list[Row]:
    """Read ``limit`` rows from place ``first`` (from 0), batch by batch, so that memory stays small."""
    found: list[Row] = []
    groups, skip = _groups(file.metadata, first)
    for batch in file.iter_batches(batch_size=_BATCH, row_groups=groups, columns=names, use_threads=False):
        if len(found) >= limit:
            break
        piece = batch.slice(skip, limit - len(found)) if skip < batch.num_rows else None
        skip = max(0, skip - batch.num_rows)
        if piece is not None:
            found += _rows(piece.select(names))
    return found


def _groups(metadata: pq.FileMetaData, first: int) -> tuple[list[int], int]:
    """Which row groups hold place ``first`` and what follows, and how many rows of the first one lie before it."""
    for group in range(metadata.num_row_groups):
        size = metadata.row_group(group).num_rows
        if first < size:
            return list(range(group, metadata.num_row_groups)), first
        first -= size
    return [], 0


def _columns(found: pa.Schema) -> tuple[TableColumn, ...]:
    return tuple(TableColumn(name=one.name, kind=_kind(one.type)) for one in found)


def _kind(kind: pa.DataType) -> str:
    tests = {
        "string": (pa.types.is_string, pa.types.is_large_string, pa.types.is_dictionary),
        "integer": (pa.types.is_integer,),
        "number": (pa.types.is_floating, pa.types.is_decimal),
        "boolean": (pa.types.is_boolean,),
        "date": (pa.types.is_date,),
        "datetime": (pa.types.is_timestamp,),
        "time": (pa.types.is_time,),
    }
    return next((name for name, every in tests.items() if any(test(kind) for test in every)), "other")


def plain(value: Any) -> Plain:
    """Give a cell as JSON may hold it; a float that JSON cannot say is missing."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int | float | Decimal):
        return _number(value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date | time):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False, default=str)


def _number(value: float | Decimal) -> Plain:
    if isinstance(value, int):
        return value if -_SAFE_INTEGER <= value <= _SAFE_INTEGER else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return format(value, "f")


# --- by filter and order, in a process of its own -------------------------------------------------------------------


def page(path: str | Path, wanted: Wanted) -> TablePage:
    """Give the rows that pass the filters, in the order asked for, ``_id`` breaking ties; missing values come last.

    Raises NotFound, Invalid with a problem for each wrong name, and Invalid('query-too-heavy') when it took too long.
    """
    known = schema(path)
    _check(known, wanted)
    if not wanted.filters and wanted.order == ID and not wanted.descending:
        found = preview(path, wanted.offset + 1, wanted.limit, wanted.columns)
        return TablePage(columns=found.columns, rows=found.rows, total=found.total, next=_next(wanted, found))
    try:
        found = sandbox.run(_ask, _Order(path=str(Path(path).absolute()), wanted=wanted), limits=_LIMITS)
    except Unreadable as refused:
        if refused.code in {"timeout", "too-heavy"}:
            raise Invalid("query-too-heavy") from refused
        raise
    return TablePage(columns=found.columns, rows=found.rows, total=found.total, next=_next(wanted, found))


def _next(wanted: Wanted, found: TablePage) -> int | None:
    end = wanted.offset + len(found.rows)
    return end if found.rows and end < found.total else None


def _chosen(known: Sequence[TableColumn], names: Sequence[str]) -> tuple[TableColumn, ...]:
    """Give the columns asked for, ``_id`` first. Raises Invalid for a name that the table does not have."""
    by_name = {one.name: one for one in known}
    if problems := [Problem("#/columns", "unknown-column", {"column": name}) for name in names if name not in by_name]:
        raise Invalid(problems=problems)
    return tuple(by_name[name] for name in dict.fromkeys([ID, *(names or by_name)]) if name in by_name)


def _check(known: Sequence[TableColumn], wanted: Wanted) -> None:
    _chosen(known, wanted.columns)
    names = {one.name for one in known}
    problems = [
        Problem(f"#/where/{at}", "unknown-column", {"column": one.column})
        for at, one in enumerate(wanted.filters)
        if one.column not in names
    ]
    if wanted.order not in names:
        problems.append(Problem("#/order_by", "unknown-column", {"column": wanted.order}))
    if len(wanted.filters) > FILTERS_LIMIT or any(len(one.value) > VALUE_LIMIT for one in wanted.filters):
        problems.append(Problem("#/where", "too-many-values", {"limit": FILTERS_LIMIT}))
    if not 0 <= wanted.offset <= OFFSET_LIMIT:
        problems.append(Problem("#/offset", "out-of-range", {"limit": OFFSET_LIMIT}))
    if problems:
        raise Invalid(problems=problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """What the child is told: a file of ours, and which rows of it."""

    path: str
    wanted: Wanted


def _ask(order: _Order) -> TablePage:
    """Ask DuckDB, in the child."""
    wanted = order.wanted
    known = schema(order.path)
    chosen = _chosen(known, wanted.columns)
    kinds = {one.name: one.kind for one in known}
    conditions = [_condition(one, kinds[one.column]) for one in wanted.filters]
    where = " AND ".join(condition for condition, _ in conditions) or "true"
    values = [value for _, given in conditions for value in given]
    direction = "DESC" if wanted.descending else "ASC"
    table = "FROM read_parquet(?)"
    with _connected() as duck:
        counted = duck.execute(f"SELECT count(*) {table} WHERE {where}", [order.path, *values]).fetchone()
        found = duck.execute(
            f"SELECT {', '.join(_quoted(one.name) for one in chosen)} {table} WHERE {where} "
            f"ORDER BY {_quoted(wanted.order)} {direction} NULLS LAST, {_quoted(ID)} LIMIT ? OFFSET ?",
            [order.path, *values, min(wanted.limit, ROWS_LIMIT), wanted.offset],
        ).to_arrow_table()
    return TablePage(columns=chosen, rows=_rows(found), total=int(counted[0]))


def _rows(table: pa.Table | pa.RecordBatch) -> tuple[Row, ...]:
    """Turn Arrow columns into rows of plain cells."""
    return tuple(tuple(map(plain, row)) for row in zip(*(one.to_pylist() for one in table.columns), strict=True))


def _connected() -> Any:
    config: Mapping[str, Any] = {
        "threads": 1,
        "memory_limit": "512MB",
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "python_enable_replacements": False,
    }
    return duckdb.connect(":memory:", config=dict(config))


def _condition(one: Filter, kind: str) -> tuple[str, list[Any]]:
    """Give one filter as a condition and its parameters; a word where a number is needed matches nothing."""
    cell = f"CAST({_quoted(one.column)} AS VARCHAR)"
    if one.op == "contains":
        value = nfc(one.value).lower()
        if fold(value) == value:
            return f"contains(replace(strip_accents(lower({cell})), 'đ', 'd'), ?)", [value]
        return f"contains(lower({cell}), ?)", [value]
    if kind in {"integer", "number"}:
        return _equal_number(_quoted(one.column), one.value, whole=kind == "integer")
    return f"{cell} = ?", [one.value]


def _equal_number(column: str, text: str, *, whole: bool) -> tuple[str, list[Any]]:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return "false", []
    if not number.is_finite() or abs(number) >= 10**18 or (whole and number != int(number)):
        return "false", []
    return f"{column} = ?", [int(number) if whole else number]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
