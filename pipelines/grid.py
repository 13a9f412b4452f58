"""Rows of text made into a table: where the header stands, what is above and below it, and the cells in batches."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.flat import flat, np
from pipelines.format import ReadOptions, Unreadable
from standards.finding import Finding, Place, Severity
from standards.mentions import concealed

Row = Sequence[str]

BATCH = 32_768
PREAMBLE = 40
"""Above how many records a header is looked for."""
KEPT_REMARKS = 1000
KEPT_RAGGED = 100_000
BESIDE = " | "
FOOTER = 30
"""How many records at the end of a table may be notes."""
MOST_BLANK = 100_000
"""Blank rows in one gap: more come of a stray cell far below a table, and each would be told as a problem."""

NOTE = re.compile(
    r"^\s*(\(?\*+\)?|※|注|出典|資料|nguồn|ghi chú|chú thích|đơn vị tính|người lập|source|note|footnote|last updated)",
    re.IGNORECASE,
)
CHANGED = frozenset({"footer-skipped", "delimiter-changed", "comment-skipped", "header-repeated", "second-table"})
"""Remarks after which the cells are not those that another reader of the file would find."""
TOTAL = re.compile(
    r"^\s*(tổng(\s+(cộng|số|toàn\s+\w+))?|cộng|toàn\s+(quốc|tỉnh|thành phố)|(grand\s+)?total|sum|totaux"
    r"|合計|総計|計|총계|합계|总计|合计)\s*[:：]?\s*$",
    re.IGNORECASE,
)
FIGURE = re.compile(r"^[\s\d.,:/%()+\-]*\d[\s\d.,:/%()+\-]*$")


@dataclass(slots=True)
class Notes:
    """What is met below record ``header``: remarks, and ragged rows as they stand, by record number.

    ``others`` are delimiters by which a record of one cell may be divided instead, ``comment`` is what lines that are
    no records begin with; ``dropped`` are the numbers of records left out, ``passed`` is
    the text of those.
    """

    header: int = 0
    remarks: list[Finding] = field(default_factory=list)
    ragged: dict[int, tuple[str, ...]] = field(default_factory=dict)
    unsaid: int = 0
    others: str = ""
    comment: str = ""
    dropped: set[int] = field(default_factory=set)
    passed: list[str] = field(default_factory=list)

    def pass_over(self, rows: Iterable[Row]) -> None:
        """Keep the text of records that are no rows of the table, for whoever looks for persons in it."""
        self.passed += [text for row in rows if (text := BESIDE.join(cell for cell in row if cell.strip()))]

    def remark(self, code: str, severity: str = "error", **more: object) -> None:
        """Keep a remark, up to a bound; how many were not kept is counted."""
        if len(self.remarks) >= KEPT_REMARKS:
            self.unsaid += 1
            return
        place = Place(row=_int(more.pop("row", None)), column=_int(more.pop("column", None)))
        cell = more.pop("cell", None)
        said = None if cell is None else str(cell)
        self.remarks.append(Finding(code=code, severity=_severity(severity), place=place, cell=said, params=more))

    def fit(self, row: Row, number: int, width: int) -> Row:
        """Cut or fill a record to the table's width and tell so; a blank line is a blank row, not a short one."""
        if len(row) == width:
            return row
        if row and number > self.header:
            if self.comment and row[0].lstrip().startswith(self.comment):
                self.dropped.add(number)
                self.pass_over([row])
                return [""] * width
            if len(row) == 1 and (divided := self._divided(row[0], width)):
                self.remark("delimiter-changed", "warning", row=number, found=divided[0])
                return divided[1]
            self._tell(row, number, width)
        return [*row[:width], *[""] * (width - len(row))]

    def _divided(self, text: str, width: int) -> tuple[str, Row] | None:
        """Divide a record of one cell by another delimiter, when exactly one gives as many cells as are wanted."""
        if width < 2:  # noqa: PLR2004 - one cell is a whole record
            return None
        found = [(one, row) for one in self.others if len(row := _divide(text, one)) == width]
        return found[0] if len(found) == 1 else None

    def _tell(self, row: Row, number: int, width: int) -> None:
        if len(self.ragged) < KEPT_RAGGED:
            self.ragged[number] = tuple(row)
        code = "extra-cell" if len(row) > width else "missing-cell"
        cell = row[width] if len(row) > width else None
        column = min(len(row), width) + 1
        self.remark(code, row=number, column=column, cell=cell, expected=width, actual=len(row))


def _divide(text: str, delimiter: str) -> Row:
    return next(csv.reader([text], delimiter=delimiter), []) if delimiter in text and "\n" not in text else []


def _int(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _severity(word: str) -> Severity:
    return "error" if word == "error" else "warning" if word == "warning" else "info"


def filled(row: Row) -> int:
    """Count the cells of a row that hold more than space."""
    return sum(1 for cell in row if cell and not cell.isspace())


def find_header(rows: Sequence[Row]) -> int | None:
    """Find the index of the header among the first records, or None when nothing stands there.

    Lines above it are passed over only while they are clearly no header: blank, a single cell over a wider table, or
    far fewer cells than most records have; and only when what follows looks like labels. A header that is repeated
    counts where it stands last. Anything doubtful stays: the header is the first record that says something.
    """
    counts = [filled(row) for row in rows]
    said = [index for index, count in enumerate(counts) if count]
    if not said:
        return None
    usual = _usual([counts[index] for index in said])
    width = _usual([len(rows[index]) for index in said])
    first = next((index for index in said if not _above(rows[index], counts[index], usual, width)), said[0])
    if first != said[0] and (first >= PREAMBLE or not _labels(rows[first])):
        first = said[0]
    while first + 1 < len(rows) and len(rows[first]) > 1 and list(rows[first + 1]) == list(rows[first]):
        first += 1
    return first


def _usual(counts: Sequence[int]) -> int:
    """Give the commonest count; of several equally common ones the largest."""
    common = Counter(counts)
    return max(common, key=lambda count: (common[count], count))


def _above(row: Row, count: int, usual: int, width: int) -> bool:
    if usual <= 1:
        return False
    if count == 1 and (usual > 2 or len(row) < width):  # noqa: PLR2004 - of two columns one may lack its label
        return True
    return count <= 0.4 * usual


def _labels(row: Row) -> bool:
    cells = [cell for cell in row if cell.strip()]
    return sum(1 for cell in cells if FIGURE.match(cell)) * 2 <= len(cells)


def check_width(labels: Sequence[str], options: ReadOptions) -> None:
    """Refuse a table of more columns than one reading may have."""
    if len(labels) > options.max_columns:
        raise Unreadable("too-many-columns", columns=len(labels), limit=options.max_columns)


def names(width: int) -> list[str]:
    """Give the physical names of the cells of a row: c0 … cN."""
    return [f"c{index}" for index in range(width)]


def schema(width: int) -> pa.Schema:
    """Give the schema of cells: the record number and then text."""
    return pa.schema([("row", pa.int64()), *((name, pa.string()) for name in names(width))])


def batch(rows: Sequence[Row], first: int, width: int) -> pa.RecordBatch:
    """Make one batch of rows that all have the table's width; ``first`` is the record number of the first."""
    columns = zip(*rows, strict=True) if rows else ((),) * width
    numbers = pa.array(range(first, first + len(rows)), pa.int64())
    return pa.record_batch([numbers, *(pa.array(column, pa.string()) for column in columns)], schema=schema(width))


def batches(rows: Iterable[Row], first: int, width: int, notes: Notes) -> Iterator[pa.RecordBatch]:
    """Cut a stream of records, of which the first has number ``first``, into batches of fitting rows."""
    waiting: list[Row] = []
    size = max(64, min(BATCH, 4_000_000 // max(1, width)))
    number = first
    for row in rows:
        waiting.append(notes.fit(row, number, width))
        number += 1
        if len(waiting) >= size:
            yield batch(waiting, number - len(waiting), width)
            waiting = []
    if waiting:
        yield batch(waiting, number - len(waiting), width)


def bounded(stream: Iterator[pa.RecordBatch], options: ReadOptions) -> Iterator[pa.RecordBatch]:
    """Let batches pass until the limits on rows and cells, or on blank rows in one gap, are reached; then refuse."""
    rows = gap = 0
    for one in stream:
        rows += one.num_rows
        gap = _gap(one, gap)
        if rows > options.max_rows:
            raise Unreadable("too-many-rows", limit=options.max_rows)
        if rows * (one.num_columns - 1) > options.max_cells:
            raise Unreadable("too-many-cells", limit=options.max_cells)
        yield one


def _gap(one: pa.RecordBatch, gap: int) -> int:
    """Count the blank rows with which a batch ends, ``gap`` of which came before it; refuse where they are too many."""
    empty = is_blank(one)
    if not pc.any(empty).as_py():
        return 0 if one.num_rows else gap
    filled = flat(pc.indices_nonzero(pc.invert(empty))).astype(np.int64)
    # One stands in front, ``gap`` rows before the batch, and one behind: what lies between two neighbours is blank.
    places = np.concatenate([[-gap - 1], filled, [one.num_rows]])
    blank = np.diff(places) - 1
    if blank.max() > MOST_BLANK:
        first = one["row"][0].as_py() + int(places[blank.argmax()]) + 1
        raise Unreadable("too-many-blank-rows", row=first, limit=MOST_BLANK)
    return int(blank[-1])


def without_footer(stream: Iterator[pa.RecordBatch], notes: Notes, said: int | None = None) -> Iterator[pa.RecordBatch]:
    """Hold the end of a table back and leave notes under it out (``footer-skipped``, with their text).

    ``said`` is how many records at the end are no data, where somebody said so.
    """
    most = max(FOOTER, said or 0)
    held: list[pa.RecordBatch] = []
    for one in stream:
        held.append(one)
        while len(held) > 1 and sum(part.num_rows for part in held[1:]) >= most:
            yield held.pop(0)
    yield from _cut(held, notes, said)


def _cut(held: list[pa.RecordBatch], notes: Notes, said: int | None) -> Iterator[pa.RecordBatch]:
    if not held:
        return
    table = pa.Table.from_batches(held)
    keep = table.num_rows - (_footer(table, notes) if said is None else _told(table, notes, said))
    last = table["row"][keep - 1].as_py() if keep else notes.header
    notes.pass_over([str(cell) for cell in list(row.values())[1:]] for row in table.slice(keep).to_pylist())
    for number in [number for number in notes.ragged if number > last]:
        notes.pass_over([notes.ragged.pop(number)])
    yield from table.slice(0, keep).combine_chunks().to_batches()


def _told(table: pa.Table, notes: Notes, said: int) -> int:
    """Leave out as many records as somebody said, and keep one."""
    size = min(said, max(int(table.num_rows) - 1, 0))
    if size:
        first = table.slice(table.num_rows - size)
        _skipped(notes, int(first["row"][0].as_py()), " ".join(map(str, list(first.to_pylist()[0].values())[1:])), size)
    return size


def _skipped(notes: Notes, first: int, cell: str, rows: int) -> None:
    notes.remarks[:] = [one for one in notes.remarks if one.place.row is None or one.place.row < first]
    notes.remark("footer-skipped", "warning", row=first, cell=concealed(cell.strip()[:200]), rows=rows)


def _is_total(row: Row, above: Sequence[Row]) -> bool:
    """Whether a record sums up those above it: it says so first, has a figure, and a blank where they have none."""
    said = next((cell for cell in row if cell.strip()), "")
    if not TOTAL.match(said) or not any(FIGURE.match(cell) for cell in row):
        return False
    full = [column for column in range(len(row)) if all(one[column].strip() for one in above)]
    return len(above) > 1 and any(not row[column].strip() for column in full)


def _footer(table: pa.Table, notes: Notes) -> int:
    """Count the records at the end that are notes: one cell each under a wider table, set off or so worded."""
    size = min(FOOTER, table.num_rows)
    tail = [list(row.values())[1:] for row in table.slice(table.num_rows - size).to_pylist()]
    if not tail or len(tail[0]) < 2:  # noqa: PLR2004 - a single column has no notes of another shape
        return 0
    start, lines = size, []
    while start and filled(tail[start - 1]) <= 1 and (not filled(tail[start - 1]) or tail[start - 1][0].strip()):
        start -= 1
    while start < size and filled(tail[start]) and not NOTE.match(tail[start][0]):
        start += 1
    end = start
    while end and not filled(tail[end - 1]):
        end -= 1
    if end > 2 and _is_total(tail[end - 1], [row for row in tail[: end - 1] if filled(row)]):  # noqa: PLR2004
        start = end - 1
    lines = [next(cell.strip() for cell in row if cell.strip()) for row in tail[start:] if filled(row)]
    if not lines or start == 0:
        return 0
    kept = table.num_rows - size + start
    _skipped(notes, int(table["row"][kept].as_py()), lines[0], len(lines))
    return int(size - start)


def is_blank(one: pa.RecordBatch) -> pa.BooleanArray:
    """Say of each row whether all its cells are empty."""
    blank = None
    for index in range(1, one.num_columns):
        empty = pc.equal(one.column(index), "")
        blank = empty if blank is None else pc.and_(blank, empty)
        if not pc.any(blank).as_py():
            break
    return pa.repeat(pa.scalar(True), one.num_rows) if blank is None else blank
