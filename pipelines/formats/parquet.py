"""Apache Parquet: refused by its footer where it cannot be read safely, streamed with caps on what it grows to."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines import grid
from pipelines.format import ReadOptions, Table, Unreadable
from pipelines.grid import Notes
from standards import late
from standards.finding import Finding, Place, Severity

if TYPE_CHECKING:
    import pyarrow.parquet as pq
else:
    pq = late.module("pyarrow.parquet")

NAME = "parquet"
MEDIA_TYPES = ("application/vnd.apache.parquet",)
EXTENSIONS = (".parquet",)
SAMPLE = base64.b64decode(
    "UEFSMRUAFTAVQiwVBBUAFQYVBhwAAAAotS/9IBjBAAACAAAABAEFAAAAMDAwMDQFAAAAMDAwMDgVABUsFT4sFQQVABUGFQYcAAAAKLUv/SAWsQ"
    "AAAgAAAAQB//0AAAAAAABgbQEAAAAAABUEGTw1ABgGc2NoZW1hFQQAFQwlAhgCbWElAEwcAAAAFQQlAhgCc28AFgQZHBksJgAcFQwZJQYAGRgC"
    "bWEVDBYEFlYWaCYISRwVABUAFQIAPBYUGQYZJgAEAAAAJgAcFQQZJQYAGRgCc28VDBYEFlIWZCZwSRwVABUAFQIAPCkGGSYABAAAABaoARYEJg"
    "gWzAEAKCBwYXJxdWV0LWNwcC1hcnJvdyB2ZXJzaW9uIDI2LjAuMRksHAAAHAAAAL0AAABQQVIx"
)

MAX_TEXT = 4 << 30
FOOTER = 64 << 20


def matches(head: bytes, name: str) -> bool:
    """Take what begins with Parquet's mark, and what is called so."""
    return head.startswith((b"PAR1", b"PARE")) or name.lower().endswith(EXTENSIONS)


def sheets(path: Path, options: ReadOptions) -> Sequence[str]:  # noqa: ARG001 - the shape's signature
    """Name the one table inside."""
    return ("",)


def open(path: Path, options: ReadOptions) -> Table:  # noqa: A001 - the shape's verb
    """Judge the footer, then stream the rows as text."""
    file = _file(path)
    _check(file.metadata, options)
    schema = file.schema_arrow
    labels = tuple(schema.names)
    grid.check_width(labels, options)
    if not labels:
        raise Unreadable("no-table")
    kinds = {index: kind for index, one in enumerate(schema) if (kind := _kind(one.type))}
    notes = Notes()
    return Table(
        name="",
        sheet=None,
        labels=labels,
        first_row=2,
        format=NAME,
        encoding="",
        dialect={},
        batches=grid.bounded(_batches(file, labels, notes), options),
        remarks=notes.remarks,
        kinds=kinds,
    )


def unseen(path: Path) -> Sequence[str]:
    """Name free metadata in the footer, which readers of the table do not see."""
    known = {b"ARROW:schema", b"pandas"}
    return ("metadata",) if set(_file(path).metadata.metadata or {}) - known else ()


def _file(path: Path) -> pq.ParquetFile:
    size = path.stat().st_size
    if size == 0:
        raise Unreadable("empty-file")
    with path.open("rb") as file:
        head = file.read(4)
        file.seek(max(0, size - 8))
        tail = file.read(8)
    if head == b"PARE" or tail[4:] == b"PARE":
        raise Unreadable("encrypted")
    if head != b"PAR1":
        raise Unreadable("not-parquet")
    if tail[4:] != b"PAR1" or int.from_bytes(tail[:4], "little") > min(FOOTER, size):
        raise Unreadable("truncated")
    try:
        return pq.ParquetFile(
            path, memory_map=False, thrift_string_size_limit=FOOTER, thrift_container_size_limit=1_000_000
        )
    except (pa.ArrowException, OSError, ValueError) as wrong:
        raise Unreadable("not-parquet") from wrong


def _check(metadata: pq.FileMetaData, options: ReadOptions) -> None:
    """Refuse too many columns or rows, and Brotli, whose decoders have a hole (CVE-2026-111497), by the footer."""
    if metadata.num_columns > options.max_columns:
        raise Unreadable("too-many-columns", columns=metadata.num_columns, limit=options.max_columns)
    if metadata.num_rows > options.max_rows:
        raise Unreadable("too-many-rows", rows=metadata.num_rows, limit=options.max_rows)
    for group in range(metadata.num_row_groups):
        chunks = metadata.row_group(group)
        for column in range(chunks.num_columns):
            if chunks.column(column).compression == "BROTLI":
                raise Unreadable("unsupported-compression", compression="brotli")


def _batches(file: pq.ParquetFile, labels: Sequence[str], notes: Notes) -> Iterator[pa.RecordBatch]:
    number, grown, width = 2, 0, len(labels)
    odd = [_NotNumbers() for _ in labels]
    try:
        for one in file.iter_batches(batch_size=max(64, min(2_048, 1_000_000 // width)), use_threads=False):
            grown += one.nbytes
            if grown > MAX_TEXT:
                raise Unreadable("bomb", limit=MAX_TEXT)
            cells = [_text(told.strip(column, number)) for told, column in zip(odd, one.columns, strict=True)]
            numbers = pa.array(range(number, number + one.num_rows), pa.int64())
            yield pa.record_batch([numbers, *cells], schema=grid.schema(width))
            number += one.num_rows
    except (pa.ArrowException, OSError, ValueError) as wrong:
        if isinstance(wrong, MemoryError):
            raise
        raise Unreadable("truncated") from wrong
    for index, (label, told) in enumerate(zip(labels, odd, strict=True), 1):
        notes.remarks += told.findings(Place(column=index, field=label))


@dataclass(slots=True)
class _NotNumbers:
    """What a column of floating point holds that is no number: where the first one is, and how many there are."""

    first: dict[str, int] = field(default_factory=dict)
    count: dict[str, int] = field(default_factory=dict)

    def strip(self, column: pa.Array, number: int) -> pa.Array:
        """Note what is no number, and give the column with NaN as missing, which is how programs write it."""
        kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
        if not pa.types.is_floating(kind):
            return column
        plain = column.dictionary_decode() if kind is not column.type else column
        plain = plain.cast(pa.float32()) if pa.types.is_float16(kind) else plain
        for code, wrong in (("not-a-number", pc.is_nan(plain)), ("infinite-number", pc.is_inf(plain))):
            if count := pc.sum(wrong).as_py():
                self.first.setdefault(code, number + pc.index(wrong, value=True).as_py())
                self.count[code] = self.count.get(code, 0) + count
        return pc.if_else(pc.is_nan(plain), None, plain) if "not-a-number" in self.first else column

    def findings(self, place: Place) -> Iterator[Finding]:
        """Tell it: NaN is asked about, the infinite blocks, for no number of ours can stand for it."""
        for code, count in self.count.items():
            severity: Severity = "warning" if code == "not-a-number" else "error"
            at = replace(place, row=self.first[code])
            yield Finding(code=code, severity=severity, place=at, params={"cells": count}, count=count)


_KINDS = (
    (pa.types.is_boolean, "boolean"),
    (pa.types.is_integer, "integer"),
    (pa.types.is_floating, "number"),
    (pa.types.is_decimal, "number"),
    (pa.types.is_date, "date"),
    (pa.types.is_timestamp, "datetime"),
    (pa.types.is_time, "time"),
)


def _kind(kind: pa.DataType) -> str:
    if pa.types.is_dictionary(kind):
        return _kind(kind.value_type)
    return next((name for test, name in _KINDS if test(kind)), "string")


def _text(column: pa.Array) -> pa.Array:
    """Write a column as text: numbers in their shortest exact form, times in ISO 8601, lists and objects as JSON."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.dictionary_decode(), kind.value_type
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_null(kind):
        return pa.array([_odd(one) for one in column.to_pylist()], pa.string())
    if pa.types.is_timestamp(kind):
        said = pc.replace_substring_regex(pc.cast(column, pa.string()), r"^(\S+) ", r"\1T")
        said = pc.replace_substring_regex(said, r"(\.\d*?)0+(Z|$)", r"\1\2")
        column = pc.replace_substring_regex(said, r"\.(Z|$)", r"\1")
    return pc.fill_null(pc.cast(column, pa.string()), "")


def _odd(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return base64.b64encode(value).decode()
    try:
        return json.dumps(value, ensure_ascii=False, default=str, separators=(",", ":"), allow_nan=False)
    except ValueError:  # JSON has no NaN and no infinity (RFC 8259, 6): they stay, as words
        loose = json.loads(json.dumps(value, default=str), parse_constant=str)
        return json.dumps(loose, ensure_ascii=False, separators=(",", ":"))
