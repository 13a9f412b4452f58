"""A published table's rows by their number, read from the row groups that hold them.

Only files that we made ourselves (Parquet with a dense ``_id``, 1..n) are read here. Questions to a table are asked by
``pipelines/askers.py``.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from catalog.errors import Invalid, NotFound, Problem
from standards import late

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq
else:
    pa = late.module("pyarrow")
    pq = late.module("pyarrow.parquet")

ID: Final = "_id"
ROWS_LIMIT: Final = 1000
THREADS: Final = min(2, len(os.sched_getaffinity(0)))
"""Threads of an engine that asks a table: two look through a million rows in half the time while a core is idle."""
OFFSET_LIMIT: Final = 1_000_000
VALUE_LIMIT: Final = 500
_BATCH: Final = 1000
_SAFE_INTEGER: Final = 2**53

Plain = str | int | float | bool | None
"""A cell as JSON: decimals and integers beyond 2^53 as text, dates as ISO 8601, missing values as None."""

Row = tuple[Plain, ...]

@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumn:
    """One column of a published table; ``kind`` is string, integer, number, boolean, date, datetime, time or other."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePage:
    """Rows with ``_id`` first, how many there are in all, the ``offset`` or ``_id`` to go on from (None at the end)."""

    columns: tuple[TableColumn, ...]
    rows: tuple[Row, ...]
    total: int
    next: int | None = None


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


def walk(path: str | Path) -> Iterator[tuple[list[str], tuple[Row, ...]]]:
    """Give all rows in their order, batch by batch, each with the names of its columns; memory stays small."""
    with _opened(path) as file:
        for batch in file.iter_batches(batch_size=10 * _BATCH, use_threads=False):
            yield list(batch.schema.names), _rows(batch)


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
    return tuple(TableColumn(name=one.name, kind=kind(one.type)) for one in found)


def kind(of: pa.DataType) -> str:
    """Give our word for a type of Arrow's."""
    tests = {
        "string": (pa.types.is_string, pa.types.is_large_string, pa.types.is_dictionary),
        "integer": (pa.types.is_integer,),
        "number": (pa.types.is_floating, pa.types.is_decimal),
        "boolean": (pa.types.is_boolean,),
        "date": (pa.types.is_date,),
        "datetime": (pa.types.is_timestamp,),
        "time": (pa.types.is_time,),
    }
    return next((name for name, every in tests.items() if any(test(of) for test in every)), "other")


LATITUDES: Final = ("latitude", "lat", "vi_do", "vido", "vĩ độ", "vĩ_độ")
LONGITUDES: Final = ("longitude", "lon", "lng", "long", "kinh_do", "kinhdo", "kinh độ", "kinh_độ")


def points(names: Sequence[str]) -> tuple[str, str] | None:
    """Give the columns of latitude and longitude by what such columns are called; None where there are no two."""
    held = {name.strip().lower(): name for name in reversed(names)}
    found = [next((held[one] for one in wanted if one in held), None) for wanted in (LATITUDES, LONGITUDES)]
    return (found[0], found[1]) if found[0] is not None and found[1] is not None else None


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


def _chosen(known: Sequence[TableColumn], names: Sequence[str]) -> tuple[TableColumn, ...]:
    """Give the columns asked for, ``_id`` first. Raises Invalid for a name that the table does not have."""
    by_name = {one.name: one for one in known}
    if problems := [Problem("#/columns", "unknown-column", {"column": name}) for name in names if name not in by_name]:
        raise Invalid(problems=problems)
    return tuple(by_name[name] for name in dict.fromkeys([ID, *(names or by_name)]) if name in by_name)


def _rows(table: pa.Table | pa.RecordBatch) -> tuple[Row, ...]:
    """Turn Arrow columns into rows of plain cells."""
    return tuple(tuple(map(plain, row)) for row in zip(*(one.to_pylist() for one in table.columns), strict=True))
