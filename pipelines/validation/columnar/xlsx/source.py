"""Records of a worksheet in batches of columns; rows that are not plain are read by openpyxl's own parser."""

# ruff: noqa: SLF001 - openpyxl keeps what its readers hand each other in such members

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from types import TracebackType
from typing import Any, Self
from xml.etree import ElementTree as ET

import numpy as np
import pyarrow as pa
from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.xml.constants import SHEET_MAIN_NS

from pipelines.validation.columnar.cells import NONE, Cells
from pipelines.validation.columnar.digest import Digest
from pipelines.validation.columnar.plan import HandBack, Plan
from pipelines.validation.columnar.records import Batch
from pipelines.validation.columnar.xlsx.columns import SheetCells, Styles, column_of
from pipelines.validation.columnar.xlsx.scan import OddXml, Scanned, scan

MOST_HEAD, MOST_GAP = 1 << 20, 1_000
BEGIN, END = b"<sheetData>", b"</sheetData>"
_HEAD = re.compile(
    rb'(?:\xef\xbb\xbf)?(?:<\?xml version="1\.0"(?: encoding="(?i:utf-8)")?(?: standalone="yes")?\?>\s*)?'
    rb"(?P<root><worksheet [^<>]*>)"
)
_NUMBER_LATE = re.compile(rb'<row ((?:[A-Za-z]\w*="[^"<>&]*" )+)r="([0-9]+)"')
_TAIL = re.compile(rb'(?: (?!xmlns)[A-Za-z_][\w:.-]*="[^"<>&]*")* ?/?>')


class SheetSource:
    """Records of one worksheet of an opened resource (``SwiftTable``)."""

    def __init__(self, resource: Any, plan: Plan) -> None:
        self._resource, self._plan = resource, plan
        self._sheet = resource.swift.sheet
        self._digest = Digest(plan.path)
        book = self._sheet.parent
        styles = range(max([*book._date_formats, *book._timedelta_formats, 0]) + 2)
        strings = resource.swift.strings
        self._styles = Styles(
            strings,
            pa.array(strings, pa.string()),
            np.array([one in book._date_formats for one in styles]),
            np.array([one in book._timedelta_formats for one in styles]),
            book.epoch,
        )
        self._width = self._sheet.max_column or plan.width

    def __enter__(self) -> Self:
        """Begin hashing the file."""
        self._digest.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop hashing the file."""
        self._digest.__exit__(kind, error, trace)

    def judge(self, latest: Batch | None) -> None:
        """Nothing can be wrong that was not seen while rows were read."""

    def is_blank(self, number: int) -> bool:  # noqa: ARG002 - the protocol's signature
        """Cells are what they are."""
        return False

    def settle(self, stats: Any, stopped: int | None, last: int) -> None:  # noqa: ARG002 - the protocol's signature
        """Set size and hashes, which Frictionless knows only when all rows were read."""
        if stopped is None or self._resource.swift.exhausted:
            stats.bytes, stats.md5, stats.sha256 = self._digest.result()

    def again(self) -> Iterator[Batch]:
        """Every data record once more."""
        return self.batches()

    def batches(self) -> Iterator[Batch]:
        """Every data record. Raises HandBack where the sheet's XML is of another shape."""
        rows = Rows(self._sheet, self._styles, self._plan.first_record)
        try:
            for block, known in self._blocks(rows):
                yield from rows.batches(block, known, self._width)
                if rows.ended:
                    break
            yield from rows.rest()
        except OddXml as odd:
            raise HandBack("odd-worksheet") from odd

    def _blocks(self, rows: Rows) -> Iterator[tuple[bytes, Callable[[bytes], bool]]]:
        """Whole rows, some megabytes at a time; head and tail of the sheet are tried on openpyxl."""
        with self._sheet._get_source() as stream:
            head, rest = _head(stream)
            root = _HEAD.match(head)
            if not root or f'xmlns="{SHEET_MAIN_NS}"'.encode() not in root["root"]:
                raise OddXml
            opening = root["root"]
            rows.opening = opening
            known = cache(lambda tail: _well_formed(tail, opening))
            while True:
                data = stream.read(self._plan.block)
                rest += data
                end = rest.find(END)
                cut = end if end >= 0 else rest.rfind(b"</row>") + len(b"</row>")
                if end < 0 and not data:
                    raise OddXml
                if cut >= len(b"</row>"):
                    block, rest = rest[:cut], rest[cut:]
                    yield block, known
                if end >= 0:
                    break
                if len(rest) > 4 * self._plan.block:
                    raise OddXml
            _try_frame(head, rest + stream.read(), rows.parser)


def _head(stream: Any) -> tuple[bytes, bytes]:
    data = b""
    while BEGIN not in data:
        more = stream.read(1 << 16)
        data += more
        if not more or len(data) > MOST_HEAD:
            raise OddXml
    head, _, rest = data.partition(BEGIN)
    if b"<!" in head or b"<sheetData" in head:
        raise OddXml
    return head + BEGIN, rest


def _well_formed(tail: bytes, opening: bytes) -> bool:
    """Whether what stands behind a row's number is nothing but attributes, as an XML parser sees it."""
    if not _TAIL.fullmatch(tail):
        return False
    closing = b"" if tail.endswith(b"/>") else b"</row>"
    try:
        ET.fromstring(opening + b'<row r="1"' + tail + closing + b"</worksheet>")  # noqa: S314 - looked at
    except ET.ParseError:
        return False
    return True


def _try_frame(head: bytes, tail: bytes, parser: WorkSheetParser) -> None:
    """Let openpyxl read the sheet without its rows; what it raises, it would have raised for the whole."""
    frame = WorkSheetParser(io.BytesIO(head + tail), [], data_only=True, epoch=parser.epoch)
    if any(True for _ in frame.parse()):
        raise OddXml


class Rows:
    """The rows of a sheet in order: numbers, gaps and the end as openpyxl's read-only worksheet has them."""

    def __init__(self, sheet: Any, styles: Styles, first: int) -> None:
        self._sheet, self._styles, self._first = sheet, styles, first
        self._next = 1
        self.ended = False
        self.opening = b""
        book = sheet.parent
        self.parser = WorkSheetParser(
            io.BytesIO(),
            sheet._shared_strings,
            data_only=book.data_only,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )

    def batches(self, block: bytes, known: Callable[[bytes], bool], width: int) -> Iterator[Batch]:
        """The records of a block of whole rows."""
        if not block.strip():
            return
        if not block.startswith(b"<row "):
            raise OddXml
        if not block.startswith(b'<row r="'):  # LibreOffice once sorted attributes by name; in XML they have no order
            block = _NUMBER_LATE.sub(rb'<row r="\2" \1', block)
        found = scan(block, width, known)
        numbers = found.numbers
        if (np.diff(numbers, prepend=self._next - 1) < 1).any():
            raise OddXml
        columns, odd = self._columns(block, found, width)
        beside = {int(number): self._parsed(block, found, index) for number, index in self._beside(found, odd)}
        until = len(numbers) if not self._sheet.max_row else int(np.searchsorted(numbers, self._sheet.max_row, "right"))
        self.ended = until < len(numbers)
        gaps = np.flatnonzero(np.diff(numbers[:until], prepend=self._next - 1) > 1)
        plain = found.plain & ~odd
        start = 0
        for gap in [*gaps.tolist(), until]:
            yield from self._between(columns, numbers, plain, beside, slice(start, gap))
            if gap < until:
                yield from self._blank(int(numbers[gap]))
            start = gap

    def rest(self) -> Iterator[Batch]:
        """Rows that are announced but do not come, where rows beyond the announced ones do."""
        if self.ended:
            yield from self._blank(self._sheet.max_row + 1)

    def _beside(self, found: Scanned, odd: Any) -> Iterator[tuple[Any, int]]:
        for index in np.flatnonzero(~found.plain | odd).tolist():
            if found.numbers[index] >= self._first:
                yield found.numbers[index], index

    def _between(
        self, columns: Sequence[SheetCells], numbers: Any, plain: Any, beside: dict[int, list[Any]], part: slice
    ) -> Iterator[Batch]:
        """Rows that follow one another."""
        own = numbers[part]
        if not len(own):
            return
        self._next = int(own[-1]) + 1
        wanted = plain[part] & (own >= self._first)
        chosen = np.flatnonzero(wanted) + part.start
        ragged = tuple((number, beside[number]) for number in own[~plain[part]].tolist() if number in beside)
        if len(chosen) or ragged:
            whole = len(chosen) == len(numbers)
            cells = tuple(columns) if whole else tuple(column.part(chosen) for column in columns)
            yield Batch(numbers[chosen], cells, ragged)

    def _blank(self, until: int) -> Iterator[Batch]:
        """Rows that do not stand in the file, up to a number (exclusive)."""
        width = self._sheet.max_column
        while self._next < until:
            numbers = np.arange(self._next, min(until, self._next + MOST_GAP), dtype=np.int64)
            self._next = int(numbers[-1]) + 1
            wanted = numbers[numbers >= self._first]
            if len(wanted) and width:
                column = Cells([None] * len(wanted), np.full(len(wanted), NONE, dtype=np.uint8))
                yield Batch(wanted, (column,) * width, ())
            elif len(wanted):
                yield Batch(
                    wanted[:0],
                    (Cells([], np.empty(0, dtype=np.uint8)),) * 1,
                    tuple((one, []) for one in wanted.tolist()),
                )

    def _columns(self, block: bytes, found: Scanned, width: int) -> tuple[list[SheetCells], Any]:
        odd = np.zeros(len(found.numbers), dtype=bool)
        if not self._sheet.max_column:
            odd |= found.last != width
        columns = []
        data = pa.py_buffer(block)
        for index in range(width):
            column, strange = column_of(_raw(data, found, index), found, index, self._styles)
            columns.append(column)
            odd |= strange
        return columns, odd

    def _parsed(self, block: bytes, found: Scanned, index: int) -> list[Any]:
        """The values of one row, by openpyxl."""
        begins = found.begins
        end = int(begins[index + 1]) if index + 1 < len(begins) else len(block)
        text = self.opening + block[int(begins[index]) : end] + b"</worksheet>"
        root = ET.fromstring(text)  # noqa: S314 - no entities can be declared here
        if len(root) != 1 or root[0].tag != f"{{{SHEET_MAIN_NS}}}row":
            raise OddXml
        row: Any = root[0]
        _, cells = self.parser.parse_row(row)
        return [one.value for one in self._sheet._get_row(cells, 1, self._sheet.max_column)]


def _raw(data: Any, found: Scanned, index: int) -> Any:
    """What stands in the cells of a column, as an arrow array over the block: values and the gaps between them."""
    empty = found.form[:, index] == 0
    bounds = np.empty(2 * len(empty) + 1, dtype=np.int32)
    bounds[0:-1:2], bounds[1::2] = found.start[:, index], found.end[:, index]
    bounds[-1] = 0
    blank = np.flatnonzero(empty)
    bounds[2 * blank] = bounds[2 * blank + 1] = 0
    np.maximum.accumulate(bounds, out=bounds)
    array = pa.StringArray.from_buffers(2 * len(empty), pa.py_buffer(bounds), data)
    return array.take(pa.array(np.arange(0, 2 * len(empty), 2)))
