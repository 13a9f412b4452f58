"""Whether the columnar engine can take a resource, and under which dialect, fields and limits it reads it."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from frictionless.formats.csv.control import CsvControl
from frictionless.resources import TableResource
from frictionless.table.row import create_cell_handlers

from pipelines.validation.columnar.archive import PACKED, open_bytes

MOST_FIELDS = 5_000
"""Beyond, a block holds so few records that looking at columns is no faster."""
TEXTS = frozenset({"csv", "tsv"})
OBJECTS = frozenset({"xlsx", "xls", "ods", "json", "jsonl", "ndjson", "parquet", "parq"})
"""Formats whose cells have types: they are read by Frictionless's own parser, or by one that gives the same values."""
UTF8 = frozenset({"utf-8", "utf8", "utf-8-sig"})


class HandBack(Exception):
    """The columnar engine does not take this resource; ``reason`` says why, and Frictionless validates it whole."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Plan:
    """How the records are cut: ``width`` cells a record, the first data record is ``first_record`` (counted from 1).

    ``dialect`` is that of CSV, None for formats whose cells have types. ``offset`` is the byte where the data records
    of a UTF-8 file begin; other encodings are transcoded and skip ``skip_records`` records instead. ``whole_rows``
    means every row goes to Frictionless's own Row. ``block`` is the number of bytes read at a time.
    """

    resource: Any
    path: Path
    encoding: str
    dialect: Any
    fields: tuple[Any, ...]
    handlers: dict[str, Any]
    width: int
    first_record: int
    offset: int | None
    skip_records: int
    whole_rows: bool
    block: int
    slow: bool

    @property
    def packed(self) -> bool:
        """Whether the file is compressed: then Frictionless knows its size and hashes once it is open."""
        return bool(self.resource.compression)

    def open_bytes(self) -> IO[bytes]:
        """Open the content, unpacked."""
        return open_bytes(self.path, self.resource.compression, self.resource.innerpath)

    def open_text(self) -> io.TextIOWrapper:
        """The content as Frictionless's CSV parser sees it: line ends kept, decoding strict."""
        return io.TextIOWrapper(self.open_bytes(), self.encoding, newline="")


def make_plan(resource: Any, block: int) -> Plan:
    """Open the resource with Frictionless and decide; raises HandBack.

    Frictionless's ``open()`` has detected encoding, dialect, header, labels and schema: they are taken as they are.
    """
    dialect = resource.dialect
    _refuse_other_files(resource)
    fields = tuple(resource.header.get_expected_fields())
    handlers = create_cell_handlers(list(fields))
    if not fields or len(handlers) != len(fields):
        raise HandBack("fields")
    if len(fields) > MOST_FIELDS:
        raise HandBack("many-fields")
    records = dialect.header_rows[-1] if dialect.header and dialect.header_rows else 0
    width = len(resource.labels) if resource.labels else len(fields)
    path = Path(resource.normpath)
    text = resource.format in TEXTS
    control = CsvControl.from_dialect(dialect).to_python() if text else None
    slow = text and _is_odd_csv(control)
    swift = text and resource.encoding in UTF8 and not slow
    plan = Plan(
        resource=resource,
        path=path,
        encoding=resource.encoding,
        dialect=control,
        fields=fields,
        handlers=handlers,
        width=width,
        first_record=records + 1,
        offset=None,
        skip_records=records,
        whole_rows=width != len(fields),
        block=block,
        slow=slow,
    )
    return replace(plan, offset=_offset(plan)) if swift else plan


def _refuse_other_files(resource: Any) -> None:
    if not isinstance(resource, TableResource):
        raise HandBack("not-a-table")
    if resource.scheme != "file" or resource.memory or resource.multipart or resource.extrapaths:
        raise HandBack("scheme")
    if resource.format not in TEXTS | OBJECTS:
        raise HandBack("format")
    dialect = resource.dialect
    if resource.format in OBJECTS and (dialect.comment_char or dialect.comment_rows or dialect.skip_blank_rows):
        raise HandBack("row-filter")
    if resource.compression and (resource.format not in TEXTS or resource.compression not in PACKED):
        raise HandBack("compression")


def _is_odd_csv(control: Any) -> bool:
    """Whether pyarrow and the csv module may cut records differently under this dialect."""
    plain = (
        all(
            isinstance(mark, str) and len(mark) == 1 and mark.isascii()
            for mark in (control.delimiter, control.quotechar)
        )
        and control.delimiter != control.quotechar
        and control.delimiter not in "\r\n"
    )
    return not plain or bool(control.escapechar) or bool(control.skipinitialspace) or not control.doublequote


def _offset(plan: Plan) -> int:
    """The byte at which the data records begin, by the csv module's own idea of a record."""
    consumed = 0
    with plan.open_text() as text:

        def lines() -> Iterator[str]:
            nonlocal consumed
            for line in text:
                consumed += len(line.encode("utf-8"))
                yield line

        reader = csv.reader(lines(), dialect=plan.dialect)
        for _ in range(plan.skip_records):
            if next(reader, None) is None:
                break
    if plan.encoding == "utf-8-sig":
        with plan.open_bytes() as raw:
            consumed += 3 if raw.read(3) == codecs.BOM_UTF8 else 0
    return consumed
