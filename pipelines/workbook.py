"""Workbooks of every kind: guarded against bombs before calamine sees them, read sheet by sheet as text."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any
from xml.parsers import expat

import pyarrow as pa
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from pipelines import grid
from pipelines.flat import np
from pipelines.format import ReadOptions, Table, Unreadable
from pipelines.grid import Notes, Row
from pipelines.written import columns_of, text
from standards.mentions import mentioned

CHUNK = 1 << 20
MAX_ENTRIES = 20_000
MAX_UNPACKED = 2 << 30
FREE = 64 << 20
RATIO = 100
MAX_BOX = 25_000_000
"""How many cells the rectangle around a sheet's cells may have: calamine holds all of them, some 32 bytes each."""

_CELL = re.compile(rb"<(?:\w+:)?c\b[^>]{0,400}?\br=[\"']([A-Za-z]{1,3})(\d{1,7})[\"']")
_PLAIN = b'<c r="XFD'
_HIDDEN = re.compile(rb"<(?:\w+:)?(?:row|col)\b[^>]{0,400}?\bhidden=[\"'](?:1|true)[\"']")
_ALL = "all"


# -- before anything is read --------------------------------------------------------------------------------------


def check_archive(path: Path) -> zipfile.ZipFile:
    """Open a ZIP and refuse bombs, encrypted members and damaged ones by its directory."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as wrong:
        raise Unreadable("truncated") from wrong
    entries = archive.infolist()
    total = sum(one.file_size for one in entries)
    if len(entries) > MAX_ENTRIES or total > MAX_UNPACKED or total > max(FREE, RATIO * path.stat().st_size):
        raise Unreadable("bomb", limit=MAX_UNPACKED)
    if any(one.flag_bits & 1 for one in entries):
        raise Unreadable("encrypted")
    return archive


def parts(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """Give a member's bytes in blocks; refuses what is longer than announced, damaged or packed in a strange way."""
    try:
        announced = archive.getinfo(name).file_size
        with archive.open(name) as member:
            seen = 0
            while data := member.read(CHUNK):
                seen += len(data)
                if seen > announced:
                    raise Unreadable("bomb", limit=announced)
                yield data
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError, zipfile.zlib.error) as wrong:  # type: ignore[attr-defined]
        raise Unreadable("truncated") from wrong


def check_sheets(archive: zipfile.ZipFile) -> Sequence[str]:
    """Refuse sheets whose cells lie too far apart; give the names of what a reader of the tables would not see."""
    unseen = []
    for one in archive.namelist():
        if re.fullmatch(r"xl/worksheets/[^/]+\.xml", one, re.IGNORECASE) and _scan_sheet(archive, one):
            unseen.append("hidden-cells")
        if re.search(r"comments?\d*\.xml$|threadedComments/|persons/", one):
            unseen.append("comments")
        if re.search(r"vbaProject|externalLinks/|embeddings/|customXml/item|/media/|pivotCache/", one):
            unseen.append("attachments")
    if "docProps/core.xml" in archive.namelist() and _named(b"".join(parts(archive, "docProps/core.xml"))[:CHUNK]):
        unseen.append("author")
    return tuple(dict.fromkeys(unseen))


def _named(core: bytes) -> bool:
    if mentioned(core.decode("utf-8", "replace")):
        return True
    people = re.findall(rb"<(?:dc:creator|cp:lastModifiedBy)[^>]*>([^<]+)<", core)
    return any(one.strip().lower() not in {b"openpyxl", b"xlsxwriter"} for one in people)


def _scan_sheet(archive: zipfile.ZipFile, name: str) -> bool:
    """Measure the rectangle around a sheet's cells, whatever its <dimension> says; tell of hidden parts."""
    lowest, highest, cells, count = 1 << 30, 0, 0, 0
    columns: set[int] = set()
    hidden, rest = False, b""
    for data in parts(archive, name):
        text = rest + data
        cut = text.rfind(b"<")
        text, rest = text[:cut], text[cut:][: 1 << 16]
        hidden = hidden or (b"hidden=" in text and bool(_HIDDEN.search(text)))
        cells += sum(text.count(one) for one in (b"<c ", b"<c>", b":c ", b":c>"))
        count += text.count(b"<row") + text.count(b":row")
        found, ends = _places(text)
        columns |= found
        lowest, highest = min([lowest, *ends]), max([highest, *ends])
    widest, narrow = max(columns, default=0), min(columns, default=1)
    box = max((highest - min(lowest, highest) + 1) * (widest - narrow + 1), cells)
    if box > MAX_BOX or count > grid_limit() or highest > grid_limit():
        raise Unreadable("too-many-cells", limit=MAX_BOX)
    return hidden


def _places(text: bytes) -> tuple[set[int], list[int]]:
    """Give the columns in which cells stand, and the rows of the first and the last of them."""
    data = np.frombuffer(text + b"\0" * len(_PLAIN), dtype=np.uint8)
    begins = np.flatnonzero(data == ord("<"))
    begins = begins[(data[begins + 1] == ord("c")) & (data[begins + 2] == ord(" "))]
    tags = text.count(b"<c ") + text.count(b":c ")
    plain = np.ones(len(begins), dtype=bool)
    for offset, sign in enumerate(b' r="', 2):
        plain &= data[begins + offset] == sign
    if len(begins) != tags or not plain.all() or not tags:
        found = _CELL.findall(text)
        return {_column(column) for column, _ in found}, [int(row) for _, row in found[:1] + found[-1:]]
    letters = [data[begins + 6 + place].astype(np.int32) & 0xDF for place in range(3)]
    is_letter = [(one >= ord("A")) & (one <= ord("Z")) for one in letters]
    number = letters[0] - 64
    number = np.where(is_letter[1], number * 26 + letters[1] - 64, number)
    number = np.where(is_letter[1] & is_letter[2], number * 26 + letters[2] - 64, number)
    ends = [int(one[2]) for at in (begins[0], begins[-1]) if (one := _CELL.match(text, int(at)))]
    return set(np.unique(number).tolist()), ends


def grid_limit() -> int:
    """Give the number of rows that a sheet can have at all."""
    return 1_048_576


def _column(letters: bytes) -> int:
    number = 0
    for one in letters.upper():
        number = number * 26 + one - 64
    return number


def check_content(archive: zipfile.ZipFile) -> Sequence[str]:
    """Refuse an OpenDocument sheet that repeats filled cells beyond measure, or that declares entities."""
    counter = _Repeats()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = counter.start
    parser.EndElementHandler = counter.end
    parser.CharacterDataHandler = counter.text
    parser.EntityDeclHandler = counter.entity
    try:
        for data in parts(archive, "content.xml"):
            parser.Parse(data)
        parser.Parse(b"", True)
    except KeyError as wrong:
        raise Unreadable("not-a-workbook") from wrong
    except expat.ExpatError as wrong:
        raise Unreadable("truncated") from wrong
    return counter.unseen()


class _Repeats:
    """Counts what an OpenDocument table grows to when repeated rows and cells are written out."""

    def __init__(self) -> None:
        self.cells = self.row = self.width = self.rows = self.repeat = 0
        self.filled = self.comments = self.hidden = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        local = name.rpartition(" ")[2]
        said = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        if local == "table":
            self.rows = self.width = 0
        elif local == "table-row":
            self.repeat, self.row, self.filled = _times(said.get("number-rows-repeated")), 0, False
        elif local in ("table-cell", "covered-table-cell"):
            self.row += _times(said.get("number-columns-repeated"))
            if "value-type" in said:
                self._fill()
        elif local == "annotation":
            self.comments = True
        if said.get("visibility") in ("collapse", "filter") or said.get("display") == "false":
            self.hidden = True

    def _fill(self) -> None:
        self.filled = True
        self.width = max(self.width, self.row)
        if self.width > 16_384 or (self.rows + self.repeat) * self.width > MAX_BOX:  # noqa: PLR2004 - XFD, the last column
            raise Unreadable("too-many-cells", limit=MAX_BOX)

    def text(self, data: str) -> None:
        if data.strip() and self.row:
            self._fill()

    def end(self, name: str) -> None:
        if name.endswith(" table-row"):
            self.rows += self.repeat
            if self.filled and (self.rows > grid_limit() or self.rows * self.width > MAX_BOX):
                raise Unreadable("too-many-cells", limit=MAX_BOX)

    def entity(self, *_: object) -> None:
        raise Unreadable("bomb", limit=0)

    def unseen(self) -> Sequence[str]:
        found = {"comments": self.comments, "hidden-cells": self.hidden}
        return tuple(name for name, there in found.items() if there)


def _times(word: str | None) -> int:
    return max(1, int(word)) if word and word.isascii() and word.isdigit() and len(word) < 10 else 1  # noqa: PLR2004


# -- reading ------------------------------------------------------------------------------------------------------


def book(path: Path) -> CalamineWorkbook:
    """Open a workbook with calamine; its refusals become ours."""
    with _guarded():
        return CalamineWorkbook.from_path(str(path))


@contextmanager
def _guarded() -> Iterator[None]:
    """Turn calamine's refusals into ours, its panics (which are no Exception) too."""
    try:
        yield
    except PasswordError as wrong:
        raise Unreadable("encrypted") from wrong
    except CalamineError as wrong:
        raise Unreadable("not-a-workbook") from wrong
    except BaseException as wrong:
        if type(wrong).__name__ == "PanicException":
            raise Unreadable("not-a-workbook") from wrong
        raise


def _sheet(workbook: CalamineWorkbook, name: str) -> CalamineSheet:
    with _guarded():
        return workbook.get_sheet_by_name(name)


def sheet_names(path: Path) -> Sequence[str]:
    """Name the sheets that hold something, visible ones first, in the workbook's order."""
    return tuple(name for name in _sheets(path)[0] if _read(path, name).height)


def _sheets(path: Path) -> tuple[Sequence[str], bool]:
    facts = path.stat()
    return _known(path, facts.st_mtime_ns, facts.st_size)


@lru_cache(maxsize=4)
def _known(path: Path, _changed: int, _size: int) -> tuple[Sequence[str], bool]:
    """Name the worksheets, visible ones first; say whether some sheet is not visible."""
    every = book(path).sheets_metadata
    known = sorted(
        (one for one in every if "WorkSheet" in str(one.typ)), key=lambda one: one.visible != SheetVisibleEnum.Visible
    )
    return tuple(one.name for one in known), any(one.visible != SheetVisibleEnum.Visible for one in every)


def _first(path: Path) -> tuple[str, CalamineSheet]:
    """Give the first sheet with data, visible ones first."""
    for name in _sheets(path)[0]:
        sheet = _read(path, name)
        if sheet.height:
            return name, sheet
    raise Unreadable("empty-file")


def _read(path: Path, name: str) -> CalamineSheet:
    facts = path.stat()
    return _kept(path, facts.st_mtime_ns, facts.st_size, name)


@lru_cache(maxsize=1)
def _kept(path: Path, _changed: int, _size: int, name: str) -> CalamineSheet:
    """Read one sheet, once for its name and its cells; it is forgotten as soon as a table was made of one."""
    return _sheet(book(path), name)


def hides(path: Path) -> bool:
    """Whether some sheet is not visible."""
    return _sheets(path)[1]


def open_sheet(path: Path, options: ReadOptions, form: str) -> Table:
    """Give one sheet as a table: the one asked for, else the first visible one with data."""
    wanted = options.sheet
    try:
        if not wanted or wanted == _ALL:
            return _table(*_first(path), options, form)
        sheet = _read(path, wanted) if wanted in _sheets(path)[0] else None
    finally:
        _kept.cache_clear()
    if sheet is None or not sheet.height:
        raise Unreadable("no-such-sheet", sheet=wanted[:100])
    return _table(wanted, sheet, options, form)


def _table(name: str, sheet: CalamineSheet, options: ReadOptions, form: str) -> Table:
    kinds: dict[int, set[type]] = {}
    first = [_texts(row) for row in islice(_rows(sheet), options.header_row or 200)]
    header = options.header_row or (grid.find_header(first) or 0) + 1
    if header > len(first):
        raise Unreadable("no-header", row=header)
    labels = tuple(_trimmed(first[header - 1], max((len(_trimmed(row)) for row in first), default=0)))
    grid.check_width(labels, options)
    notes = Notes()
    notes.pass_over(first[: header - 1])
    seen: dict[int, str] = _Declared(kinds)
    rows = islice(_rows(sheet), header, None)
    raw = grid.bounded(_batches(rows, header + 1, len(labels), notes, kinds), options)
    return Table(
        name=name,
        sheet=name,
        labels=labels,
        first_row=header + 1,
        format=form,
        encoding="",
        dialect={"header_row": header},
        batches=grid.without_footer(raw, notes),
        remarks=notes.remarks,
        ragged=notes.ragged,
        kinds=seen,
        passed=notes.passed,
    )


def _rows(sheet: CalamineSheet) -> Iterator[list[Any]]:
    """Give the rows from the sheet's first on, without empty columns left of the table."""
    start = sheet.start
    left = start[1] if start else 0
    for row in sheet.iter_rows():
        yield row[left:] if left and len(row) > sheet.width else row


def _trimmed(row: Sequence[str], least: int = 0) -> Sequence[str]:
    end = len(row)
    while end > least and not row[end - 1].strip():
        end -= 1
    return row[:end]


def _texts(row: Sequence[Any]) -> list[str]:
    return [text(cell) for cell in row]


def _batches(
    rows: Iterator[list[Any]], first: int, width: int, notes: Notes, kinds: dict[int, set[type]]
) -> Iterator[pa.RecordBatch]:
    """Cut rows into batches, column by column where all rows have the table's width; note the types of the cells."""
    size = max(64, min(grid.BATCH, 4_000_000 // max(1, width)))
    number = first
    while block := list(islice(rows, size)):
        columns = columns_of(block, width, kinds)
        if columns is None:
            fitting = (_seen(row, kinds, width) for row in block)
            yield from grid.batches(fitting, number, width, notes)
        else:
            numbers = pa.array(range(number, number + len(block)), pa.int64())
            yield pa.record_batch([numbers, *columns], schema=grid.schema(width))
        number += len(block)


def _seen(row: Sequence[Any], kinds: dict[int, set[type]], width: int) -> Row:
    """Render a row and note which types its cells have; empty cells beyond the table's width are no cells."""
    cells = []
    for index, cell in enumerate(row):
        if cell != "":
            kinds.setdefault(index, set()).add(type(cell))
        cells.append(cell if type(cell) is str else text(cell))
    return _trimmed(cells, width)


class _Declared(dict[int, str]):
    """What the cells' own types say of each column, once all rows have been read."""

    def __init__(self, types: Mapping[int, set[type]]) -> None:
        super().__init__()
        self._types = types

    def __missing__(self, index: int) -> str:
        return "string" if self._types.get(index) == {str} else ""

    def get(self, index: int, default: Any = None) -> Any:
        """Give the declared kind, or the default where cells of several types stand."""
        return self[index] or default
