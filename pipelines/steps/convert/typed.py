"""Text made into typed columns where nothing is lost by it, and the Parquet file of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from pipelines import cells
from standards import late
from standards.profile import Column

if TYPE_CHECKING:
    import pyarrow.parquet as pq
else:
    pq = late.module("pyarrow.parquet")

GROUP = 50_000
BIG = 1_000_000
BIG_GROUP = 122_880
"""Rows of a row group of a table of more than ``BIG`` rows: sixty of DuckDB's vectors, and a short footer."""
DOUBLE_DIGITS = 15
"""How many decimal digits a float64 holds whatever they are."""
DECIMAL_DIGITS = 38
_TEXT_TYPES = frozenset({"string", "any", "geojson", "geopoint", "object", "array", "time", "datetime", "duration"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How a column is written: its Arrow type, and how its text is read as that."""

    type: pa.DataType
    decimal: str = ""
    group: str = ""
    format: str = ""
    kind: str = "string"
    absent: tuple[str, ...] = ()


TEXT = Shape(type=pa.string())


def shape_of(source: Path, index: int, column: Column, wanted: str) -> Shape:
    """Choose the type of a column: by its profile, text where the standard says text or digits would be lost."""
    if wanted in _TEXT_TYPES:
        return Shape(type=pa.string(), kind=column.kind if column.kind == "geojson" else "string")
    if column.kind in ("integer", "year"):
        return Shape(type=pa.int64(), kind="integer", absent=column.absent)
    if column.kind == "date":
        return Shape(type=pa.date32(), format=column.format, kind="date", absent=column.absent)
    if column.kind == "number":
        return _number(source, index, column)
    return Shape(type=pa.string(), kind=column.kind)


def _number(source: Path, index: int, column: Column) -> Shape:
    """Take float64 where all values survive it (at most 15 digits), else decimal128, else leave text."""
    digits = whole = fraction = 0
    exponent = False
    for one in cells.read(source, [f"c{index}"]):
        said = plain(without(one.column(0), column.absent), column.decimal, column.group)
        said = said.filter(pc.not_equal(said, ""))
        if not len(said):
            continue
        exponent = exponent or bool(pc.any(pc.match_substring_regex(said, "[eE]")).as_py())
        bare = pc.replace_substring_regex(said, "[eE].*$|^-", "")
        whole = max(whole, _longest(pc.replace_substring_regex(bare, r"\..*$|^0", "")))
        fraction = max(fraction, _longest(pc.replace_substring_regex(bare, r"^[0-9]+\.?", "")))
        digits = max(digits, _longest(pc.replace_substring_regex(pc.replace_substring(bare, ".", ""), "^0+", "")))
    marks = {"decimal": column.decimal, "group": column.group, "kind": "number"}
    if digits <= DOUBLE_DIGITS:
        return Shape(type=pa.float64(), **marks, absent=column.absent)
    if not exponent and whole + fraction <= DECIMAL_DIGITS:
        return Shape(type=pa.decimal128(whole + fraction, fraction), **marks, absent=column.absent)
    return TEXT


def _longest(values: pa.StringArray) -> int:
    return int(pc.max(pc.utf8_length(values)).as_py() or 0)


def without(values: pa.StringArray, absent: Sequence[str]) -> pa.StringArray:
    """Leave words that stand for a missing value empty."""
    if not absent:
        return values
    gone = pc.is_in(pc.ascii_trim_whitespace(values), value_set=pa.array(absent, pa.string()))
    return pc.if_else(gone, "", values)


def plain(values: pa.StringArray, decimal: str, group: str) -> pa.StringArray:
    """Write numbers with a point and without groups; space around them goes."""
    values = pc.ascii_trim_whitespace(values)
    if group:
        values = pc.replace_substring(values, group, "")
    return pc.replace_substring(values, ",", ".") if decimal == "," else values


def typed(values: pa.StringArray, shape: Shape) -> pa.Array:
    """Give one piece of a column in its type; an empty cell is null."""
    if shape.type == pa.string():
        return pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values)
    bare = plain(without(values, shape.absent), shape.decimal, shape.group)
    if shape.format:
        bare = _iso(bare, shape.format)
    bare = pc.if_else(pc.equal(bare, ""), pa.scalar(None, pa.string()), bare)
    return pc.cast(bare, shape.type)


def _iso(values: pa.StringArray, form: str) -> pa.StringArray:
    """Write dates in ISO 8601."""
    order = {letter: place for place, letter in enumerate((one for one in form if one in "dmY"), 1)}
    parts = r"^([0-9]+)[^0-9]([0-9]+)[^0-9]([0-9]+).*$"
    joined = pc.replace_substring_regex(values, parts, rf"\{order['Y']}-0\{order['m']}-0\{order['d']}")
    return pc.replace_substring_regex(joined, "-0([0-9]{2})", r"-\1")


def rows(source: Path, shapes: Sequence[Shape]) -> Iterator[list[pa.Array]]:
    """Give the typed columns of a table piece by piece, blank rows left out."""
    for one in cells.filled(cells.read(source)):
        yield [typed(one.column(index + 1), shape) for index, shape in enumerate(shapes)]


def write_parquet(path: Path, names: Sequence[str], source: Path, shapes: Sequence[Shape], *, big: bool = False) -> int:
    """Write Parquet with a dense ``_id`` from 1 before the columns, rows in the order in which they came.

    zstd; groups of 50,000 rows, of a ``big`` table 122,880; statistics of every group and page, so that an engine
    reads what it needs (infra/decisions/0024). Returns how many rows.
    """
    group = BIG_GROUP if big else GROUP
    schema = pa.schema(
        [pa.field("_id", pa.int64()), *(pa.field(n, s.type) for n, s in zip(names, shapes, strict=True))]
    )
    done = 0
    waiting: list[pa.RecordBatch] = []
    with pq.ParquetWriter(path, schema, compression="zstd", store_schema=False, write_page_index=True,
                          sorting_columns=[pq.SortingColumn(0)]) as writer:
        for columns in rows(source, shapes):
            count = len(columns[0])
            ids = pa.array(range(done + 1, done + count + 1), pa.int64())
            waiting.append(pa.record_batch([ids, *columns], schema=schema))
            done += count
            waiting = _groups(writer, waiting, group)
        _groups(writer, waiting, group, last=True)
    return done


def _groups(
    writer: pq.ParquetWriter, waiting: list[pa.RecordBatch], group: int, *, last: bool = False
) -> list[pa.RecordBatch]:
    """Write full groups of what waits, at the end also the last one, and give what is left."""
    if not waiting or (not last and sum(one.num_rows for one in waiting) < group):
        return waiting
    table = pa.Table.from_batches(waiting)
    whole = table.num_rows if last else table.num_rows - table.num_rows % group
    writer.write_table(table.slice(0, whole), row_group_size=group)
    return list(table.slice(whole).to_batches())
