"""A small table as one worksheet, written by columns: the frame is XlsxWriter's, the rows are joined by Arrow."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter

from pipelines.steps.convert.typed import Shape, rows

EXCEL_DIGITS = 10**15
EXCEL_TEXT = 32_767
EXCEL_COLUMNS = 16_384
EXCEL_ROWS = 1_048_575
EXCEL_FIRST_DAY = date(1900, 3, 1)
"""Before it Excel counts a day that never was."""
DAY_ZERO = date(1899, 12, 30)
SHEET = "xl/worksheets/sheet1.xml"
MADE = datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook of the same cells has the same bytes
CONTROLS = "[\\x00-\\x08\\x0B-\\x1F]|_x[0-9a-fA-F]{4}_|\ufffe|\uffff"
"""What XML cannot hold as it is, and what Excel would take for such an escape."""
MARKED = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9a-fA-F]{4}_)")
LEVEL = 4
TEXT_HEAD, TEXT_TAIL = '" t="inlineStr"><is><t xml:space="preserve">', "</t></is></c>"
NUMBER_HEAD, DAY_HEAD, NUMBER_TAIL = '"><v>', '" s="1"><v>', "</v></c>"


def write_xlsx(path: Path, names: Sequence[str], source: Path, shapes: Sequence[Shape]) -> bool:
    """Write one sheet, codes as text, no cell ever a formula or a link; False when Excel could not hold the table."""
    if len(names) > EXCEL_COLUMNS:
        return False
    frame = zipfile.ZipFile(io.BytesIO(_frame(names)))
    head, end, tail = frame.read(SHEET).partition(b"</sheetData>")
    count, whole = 0, True
    letters = [_letters(index) for index in range(len(names))]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as made:
        for one in frame.infolist():
            if one.filename != SHEET:
                made.writestr(one, frame.read(one), zipfile.ZIP_DEFLATED)
        with made.open(SHEET, "w", force_zip64=True) as sheet:
            sheet.write(head)
            for columns in rows(source, shapes):
                whole = whole and _fits(columns, count)
                sheet.write(_rows(columns, letters, count + 2))
                count += len(columns[0])
            sheet.write(end + tail)
    return whole


def _frame(names: Sequence[str]) -> bytes:
    """The workbook with its header only."""
    held = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(held, options) as book:
        book.set_properties({"created": MADE})
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})  # the first format is style 1
        head = book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        sheet.set_column(len(names), len(names), None, day)
        for index, name in enumerate(names):
            sheet.write_string(0, index, name[:EXCEL_TEXT], head)
    return held.getvalue()


def _letters(index: int) -> str:
    name, number = "", index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def _fits(columns: Sequence[pa.Array], before: int) -> bool:
    """Whether Excel can hold these rows below so many others."""
    longest = (pc.max(pc.utf8_length(one)).as_py() or 0 for one in columns if pa.types.is_string(one.type))
    return before + len(columns[0]) <= EXCEL_ROWS and max(longest, default=0) <= EXCEL_TEXT


def _rows(columns: Sequence[pa.Array], letters: Sequence[str], first: int) -> bytes:
    """The XML of rows, of which the first has this number."""
    count = len(columns[0])
    numbers = pc.cast(pa.array(range(first, first + count), pa.int64()), pa.string())
    parts = ['<row r="', numbers, '">']
    for letter, column in zip(letters, columns, strict=True):
        parts.append(_cells(letter, numbers, column))
    joined = pc.binary_join_element_wise(*parts, "</row>", "")
    return b"".join(_bytes(joined))


def _bytes(array: pa.StringArray) -> Iterator[bytes]:
    """All strings of an array, one after the other."""
    chunks = array.chunks if isinstance(array, pa.ChunkedArray) else [array]
    for one in chunks:
        _, offsets, data = one.buffers()
        bounds = pa.Array.from_buffers(pa.int32(), one.offset + len(one) + 1, [None, offsets])
        if data is not None and len(one):
            yield data[bounds[one.offset].as_py() : bounds[one.offset + len(one)].as_py()].to_pybytes()


def _cells(letter: str, numbers: pa.StringArray, column: pa.Array) -> pa.StringArray:
    """A column's cells as XML; nothing where there is no value."""
    head, said, tail = _said(column)
    joined = pc.binary_join_element_wise(f'<c r="{letter}', numbers, head, said, tail, "")
    return pc.fill_null(joined, "")


def _said(column: pa.Array) -> tuple[Any, pa.StringArray, Any]:
    """How each cell begins, what it says, and how it ends."""
    if pa.types.is_string(column.type):
        return TEXT_HEAD, _escaped(column), TEXT_TAIL
    if pa.types.is_date(column.type):
        days = pc.subtract(pc.cast(pc.cast(column, pa.int32()), pa.int64()), (DAY_ZERO - date(1970, 1, 1)).days)
        early = pc.less(column, pa.scalar(EXCEL_FIRST_DAY, pa.date32()))
        return _either(early, column, days, DAY_HEAD)
    if pa.types.is_decimal(column.type):
        texts = [None if one is None else format(Decimal(one), "f") for one in column.to_pylist()]
        return TEXT_HEAD, pa.array(texts, pa.string()), TEXT_TAIL
    wide = pc.greater_equal(pc.abs(column), EXCEL_DIGITS)
    if pa.types.is_floating(column.type):
        wide = pc.or_(wide, pc.invert(pc.is_finite(column)))
        if not pc.any(wide).as_py():
            return NUMBER_HEAD, pc.cast(column, pa.string()), NUMBER_TAIL
        return _either(wide, _python(column, repr), pc.cast(column, pa.string()), NUMBER_HEAD)
    return _either(wide, column, column, NUMBER_HEAD)


def _python(column: pa.Array, say: Callable[[Any], str]) -> pa.StringArray:
    return pa.array([None if one is None else say(one) for one in column.to_pylist()], pa.string())


def _either(as_text: pa.BooleanArray, text: pa.Array, number: pa.Array, head: str) -> tuple[Any, pa.StringArray, Any]:
    """Cells that are text here and numbers there."""
    said = pc.if_else(as_text, pc.cast(text, pa.string()), pc.cast(number, pa.string()))
    return pc.if_else(as_text, TEXT_HEAD, head), said, pc.if_else(as_text, TEXT_TAIL, NUMBER_TAIL)


def _escaped(column: pa.StringArray) -> pa.StringArray:
    """Text as XML holds it; control characters as Excel writes them (``_x0007_``)."""
    if pc.any(pc.match_substring_regex(column, CONTROLS)).as_py():
        column = _python(column, _marked)
    for sign, word in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        column = pc.replace_substring(column, sign, word)
    return column


def _marked(text: str) -> str:
    return MARKED.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
