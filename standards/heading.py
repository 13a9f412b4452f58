"""Where the header of a table stands in a grid of text cells, how deep it is, and what the columns are called."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

Grid = Sequence[Sequence[str]]
"""Rows of text cells as they stand; rows may be of different lengths, "" is a blank cell."""

Span = tuple[int, int, int, int]
"""A merged rectangle: first row, first column, last row, last column, all counted from 0."""

JOINT = " – "
"""Between the parts of a name that was joined from several rows."""
DEEPEST = 8
"""No header of a real table was deeper."""
SEARCHED = 60
"""Above how many rows a header is looked for."""

_FIGURE = re.compile(r"^[\s\d.,:/%()+\-\u2212]*\d[\s\d.,:/%()+\-\u2212]*$")
_LABEL = re.compile(r"^\s*((19|20)\d\d(\s*[-/–]\s*((19|20)\d\d|\d\d))?|\d{1,3}\s*[-–]\s*\d{1,3}|\d{1,3}\s*\+)\s*$")
"""Figures that columns are called by: years, school years, bands of age."""
_FRONT = re.compile(
    r"^\s*[(\[*]*\s*(u[ỷy]\s*ban|ủy\s*ban|ubnd|hđnd|hội đồng nhân dân|cộng ho[àa]\s*xã|độc lập\s*-"
    r"|bi[ểễ]u\s*(số|mẫu|:|\d)|mẫu\s*(số|biểu)"
    r"|phụ lục|phụ biểu|đơn vị\s*(tính)?\s*:|đvt\s*:|kèm theo|ban hành|dự toán đã được|nguồn\s*:|ghi chú\s*:"
    r"|đơn vị (báo cáo|gửi|nhận)|kỳ báo cáo|ngày (gửi|nhận)|unit\s*:|source\s*:|table\s+\d|単位\s*[:：]|出典|表\s*\d)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"^\s*[(\[]?\s*(\d{1,2}|[A-HĐ])\s*[)\]]?\s*(=.{1,40})?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A header found: ``first`` row (from 0), ``depth`` in rows, the words above each column from the top down.

    ``numbers`` says that the row under it only numbers the columns (A, B, 1, 2, 3=2/1): it is no data.
    """

    first: int
    depth: int
    paths: tuple[tuple[str, ...], ...]
    numbers: bool = False

    @property
    def body(self) -> int:
        """Index of the first row of data."""
        return self.first + self.depth + self.numbers

    @property
    def labels(self) -> tuple[str, ...]:
        """One name for each column: its words joined, "" where it has none."""
        return tuple(JOINT.join(path) for path in self.paths)


def find_heading(rows: Grid, merges: Sequence[Span] = ()) -> Heading | None:
    """Find the header among the first rows; None when no row holds anything.

    Rows above it are passed over while they say a single thing over a wider table, are worded like the front of a
    form (agency, number of the form, unit) or have far fewer cells than most. A second and further row belongs to it
    when merged cells reach into it, or when it says something only below cells that stand alone over several columns.
    ``merges`` are the merged rectangles where the file knows them; a CSV has none.
    """
    whole = _Grid(rows, merges)
    said = [index for index, count in enumerate(whole.counts) if count]
    if not said:
        return None
    usual = _usual([whole.counts[index] for index in said])
    for at in said:
        if at >= said[0] + SEARCHED:
            break
        found = _begin(whole, at, usual)
        if found is not None:
            return found
    return _single(whole, said[0])


def is_front(text: str) -> bool:
    """Whether a cell is worded like the front of a form: agency, form number, unit, decision, source."""
    return _FRONT.match(text) is not None


def is_figure(text: str) -> bool:
    """Whether a cell holds a number and not a year, a school year or a band of age."""
    return _FIGURE.match(text) is not None and _LABEL.match(text) is None


def clean(text: str) -> str:
    """Write a cell's words on one line, with single spaces."""
    return " ".join(text.split())


class _Grid:
    """Rows as wide as the widest, with what merged cells hold written into the columns that they cover."""

    def __init__(self, rows: Grid, merges: Sequence[Span]) -> None:
        self.width = max((_end(row) for row in rows), default=0)
        self.rows = [[*row[: self.width], *[""] * (self.width - len(row))] for row in rows]
        self.across: dict[tuple[int, int], int] = {}
        self.below: dict[int, int] = {}
        for top, left, bottom, right in merges:
            if top < len(self.rows) and left < self.width:
                self.across[top, left] = min(right, self.width - 1)
                if bottom > top and self.rows[top][left].strip():
                    self.below[top] = max(self.below.get(top, 0), min(bottom, len(self.rows) - 1))
        self.counts = [self._count(index) for index in range(len(self.rows))]
        self.alone = [sum(1 for cell in row if cell.strip()) for row in self.rows]

    def _count(self, index: int) -> int:
        row = self.rows[index]
        return sum(
            self.across.get((index, column), column) - column + 1 for column, cell in enumerate(row) if cell.strip()
        )


def _end(row: Sequence[str]) -> int:
    end = len(row)
    while end and not row[end - 1].strip():
        end -= 1
    return end


def _usual(counts: Sequence[int]) -> int:
    wide = [count for count in counts if count > 1]
    common = Counter(wide if len(wide) >= 0.3 * len(counts) else counts)
    return max(common, key=lambda count: (common[count], count))


def _begin(whole: _Grid, at: int, usual: int) -> Heading | None:
    """See whether a header begins with this row."""
    row = whole.rows[at]
    if usual > 1 and whole.alone[at] <= 1:
        return None
    if any(is_front(cell) for cell in row):
        return None
    found = _block(whole, at)
    named = sum(1 for path in found.paths if path)
    if found.depth > 1 and named >= 0.75 * whole.width:
        return found
    if whole.counts[at] > 0.4 * usual or usual <= 1:
        return found if found.depth > 1 else _single(whole, at)
    return None


def _single(whole: _Grid, at: int) -> Heading:
    paths = tuple((clean(cell),) if cell.strip() else () for cell in whole.rows[at])
    return Heading(first=at, depth=1, paths=paths, numbers=_numbers(whole, at + 1, deep=at > 0))


def _block(whole: _Grid, at: int) -> Heading:
    """Take in the rows under ``at`` that belong to the same header, and join what stands above each column."""
    paths: list[list[str]] = [[] for _ in range(whole.width)]
    groups = _take(whole, at, [(0, whole.width - 1, True)] if whole.width else [], paths)
    depth = 1
    while depth < DEEPEST and at + depth < len(whole.rows):
        row = at + depth
        tied = any(top in whole.below and whole.below[top] >= row for top in range(at, row))
        if not (tied or _continues(whole, row, groups, paths)):
            break
        groups = _take(whole, row, groups, paths)
        depth += 1
    done = tuple(tuple(path) for path in paths)
    return Heading(first=at, depth=depth, paths=done, numbers=_numbers(whole, at + depth, deep=depth > 1 or at > 0))


_Range = tuple[int, int, bool]
"""Columns from … to, and whether they still wait for a word of their own."""


def _take(whole: _Grid, at: int, groups: Sequence[_Range], paths: list[list[str]]) -> list[_Range]:
    """Write a header row's words over the columns that they cover; give the ranges that it divides the columns into."""
    row, found = whole.rows[at], []
    for first, last, waits in groups:
        starts = [column for column in range(first, last + 1) if row[column].strip()]
        if not starts:
            found.append((first, last, waits))
            continue
        if starts[0] > first:
            found.append((first, starts[0] - 1, True))
        for start, following in zip(starts, [*starts[1:], last + 1], strict=True):
            end = min(whole.across.get((at, start), following - 1), following - 1)
            for column in range(start, end + 1):
                word = clean(row[start])
                if not paths[column] or paths[column][-1] != word:
                    paths[column].append(word)
            found.append((start, end, False))
            found += [(column, column, True) for column in range(end + 1, following)]
    return found


def _continues(whole: _Grid, at: int, groups: Sequence[_Range], paths: Sequence[Sequence[str]]) -> bool:
    """Whether a row only divides what stands alone over several columns, or names columns that have no name yet."""
    row = whole.rows[at]
    if not any(cell.strip() for cell in row) or any(is_figure(cell) for cell in row):
        return False
    divided = False
    for first, last, waits in groups:
        starts = [column for column in range(first, last + 1) if row[column].strip()]
        if not starts or not paths[first] or (waits and first == last):
            continue
        if first == last or _spread(whole, at, starts, last, first) < max(2, 0.6 * (last - first + 1)):
            return False
        divided = True
    return divided


def _spread(whole: _Grid, at: int, starts: Sequence[int], last: int, first: int) -> int:
    """Over how many columns of a range its cells speak; one that begins inside the range speaks up to its end."""
    if starts[0] > first:
        return max(2, last - first + 1) if last > starts[0] else 1
    return sum(whole.across.get((at, column), column) - column + 1 for column in starts)


def _numbers(whole: _Grid, at: int, *, deep: bool) -> bool:
    """Whether a row numbers the columns: 1, 2, 3 … in order, letters before them; plain digits only under a form."""
    if at >= len(whole.rows):
        return False
    cells = [cell.strip() for cell in whole.rows[at] if cell.strip()]
    if len(cells) < max(2, 0.6 * whole.width) or not all(_NUMBER.match(cell) for cell in cells):
        return False
    marks = [re.sub(r"[()\[\]\s]|=.*", "", cell) for cell in cells]
    digits = [int(mark) for mark in marks if mark.isdigit()]
    letters = [mark for mark in marks if not mark.isdigit()]
    in_order = digits == list(range(1, len(digits) + 1)) and marks == [*letters, *map(str, digits)]
    lettered = bool(letters) and (deep or len(cells) > 3)  # noqa: PLR2004 - A, 1 may be data too
    marked = lettered or any("(" in cell or "=" in cell for cell in cells)
    return in_order and len(digits) > 0 and (marked or (deep and len(digits) > 2))  # noqa: PLR2004 - 1, 2 may be data
