"""A sheet laid out: where its table begins and ends, what stands around it, and its columns cell by cell."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from standards.check import Remark
from standards.finding import Place
from standards.heading import Heading, Span, find_heading, is_figure
from standards.sheet import NUMBER, Sheet, address

FOOTER = 40
"""How many rows at the end may be notes and signatures."""

_NOTE = re.compile(
    r"^\s*(\(?\*+\)?|※|注|出典|資料|[-–+]?\s*(nguồn|ghi chú|chú thích|lưu ý)\b"
    r"|đơn vị( tính)?\s*:|\(?đvt\s*:|source\b|notes?\b|footnote)",
    re.IGNORECASE,
)
_SIGNED = re.compile(
    r"(^\s*(người lập|lập biểu|thủ trưởng|kế toán trưởng|phụ trách|giám đốc|phó giám đốc|chủ tịch"
    r"|phó chủ tịch|tm\.|kt\.|tl\.|tuq\."
    r"|nơi nhận|xác nhận của|hiệu trưởng|chi cục trưởng|cục trưởng|trưởng phòng"
    r"|thống kê viên|đại diện|prepared by|signature)"
    r"|^\s*\(?\s*ký\b.{0,40}(họ|tên|đóng dấu)|ngày\s*[\d.… ]{1,12}\s*tháng\s*[\d.… ]{1,12}\s*năm|đã ký)",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r"^\W*(tổng( số| cộng| thu| chi| nguồn)?|cộng|toàn (tỉnh|quốc|thành phố|huyện|ngành)|cả (nước|tỉnh)"
    r"|total|sub-?total|grand total|合計|総計|総数|小計|計)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of the table on a sheet: index, name, and its body cells with row, text and sign, blanks too."""

    index: int
    label: str
    cells: tuple[tuple[int, str, str], ...]

    @functools.cached_property
    def said(self) -> list[tuple[int, str, str]]:
        """The cells that hold something."""
        return [one for one in self.cells if one[1].strip()]

    @functools.cached_property
    def figures(self) -> int:
        """How many cells hold a number, as the file says or as it is written."""
        return sum(1 for _, text, kind in self.cells if kind == NUMBER or is_number(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """What a sheet's rows are; members as those of Page."""

    heading: Heading | None
    body: tuple[int, int] = (0, 0)
    above: tuple[int, ...] = ()
    below: tuple[int, ...] = ()
    gaps: tuple[int, ...] = ()
    bare: tuple[int, ...] = ()
    second: tuple[int, int] | None = None
    columns: tuple[Column, ...] = ()


class Page:
    """A sheet with its layout, worked out when it is first asked for: few pages of the checks' examples ever are."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet

    @functools.cached_property
    def _layout(self) -> _Layout:
        return _laid_out(self.sheet)

    @property
    def heading(self) -> Heading | None:
        """The header, where there is any."""
        return self._layout.heading

    @property
    def body(self) -> tuple[int, int]:
        """The first row of data and the one after the last."""
        return self._layout.body

    @property
    def above(self) -> tuple[int, ...]:
        """Rows with words over the header."""
        return self._layout.above

    @property
    def below(self) -> tuple[int, ...]:
        """Rows with words under the data."""
        return self._layout.below

    @property
    def gaps(self) -> tuple[int, ...]:
        """Blank rows inside the data."""
        return self._layout.gaps

    @property
    def bare(self) -> tuple[int, ...]:
        """Columns without anything between others."""
        return self._layout.bare

    @property
    def second(self) -> tuple[int, int] | None:
        """Where another table seems to begin."""
        return self._layout.second

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the table, with the cells of its body."""
        return self._layout.columns

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the columns, joined over the rows of the header."""
        return self.heading.labels if self.heading else ()


def page(sheet: Sheet) -> Page:
    """Give a sheet with its layout."""
    return Page(sheet)


def _laid_out(sheet: Sheet) -> _Layout:
    rows = sheet.rows
    heading = find_heading(rows, sheet.merges)
    if heading is None:
        return _Layout(heading=None)
    end = _end(rows, heading.body) if sheet.whole else len(rows)
    second = _second(rows, heading, end)
    last = min(end, second[0]) if second and second[1] == 0 else end
    while last > heading.body and not _said(rows[last - 1]):
        last -= 1
    width = len(heading.paths)
    return _Layout(
        heading=heading,
        body=(heading.body, max(last, heading.body)),
        above=tuple(index for index in range(heading.first) if _said(rows[index])),
        below=tuple(index for index in range(last, len(rows)) if _said(rows[index]) and second is None),
        gaps=tuple(index for index in range(heading.body, last) if not _said(rows[index])),
        bare=_bare(rows[heading.first : last], width, heading),
        second=second,
        columns=tuple(_column(sheet, heading, index, last) for index in range(width)),
    )


def shown(cells: Mapping[str, Any]) -> Page:
    """Give the page that a check of scope sheet is handed under ``page``."""
    given: Page = cells["page"]
    return given


def is_note(text: str) -> bool:
    """Whether a cell is worded like a note: source, remark, unit."""
    return _NOTE.match(text) is not None


def is_signed(text: str) -> bool:
    """Whether a cell is worded like a signature block: who drew up the form, who signs, on which day."""
    return _SIGNED.search(text) is not None and len(text) <= 120  # noqa: PLR2004 - no line of a signature is longer


def is_total(text: str) -> bool:
    """Whether a cell is worded like the name of a sum: Tổng số, Cộng, 合計."""
    return _TOTAL.match(text) is not None


_NUMBER = re.compile(
    r"^\s*[(\-+\u2212]?\s*\d{1,3}([.,\u00a0\u202f ]\d{3})*([.,]\d+)?\s*\)?\s*$"
    r"|^\s*[(\-+\u2212]?\s*\d+([.,]\d+)?\s*\)?\s*$"
)


def is_number(text: str) -> bool:
    """Whether a cell is written as a number and nothing else, with or without separators."""
    return _NUMBER.match(text) is not None


def counted(rows: Sequence[int]) -> str:
    """Write rows for people, counted from 1, at most five of them."""
    words = [str(row + 1) for row in rows[:5]]
    return ", ".join(words) + (" …" if len(rows) > len(words) else "")


def _said(row: Sequence[str]) -> int:
    return sum(1 for cell in row if cell and not cell.isspace())


def _end(rows: Sequence[Sequence[str]], body: int) -> int:
    """Find where the data end: before the signature block, the notes and what stands alone under a wide table."""
    end = len(rows)
    start = max(body, end - FOOTER)
    ends = (at for at in range(start, end) if any(map(is_signed, rows[at])) and not _data(rows[at]))
    signed = next(ends, end)
    end = signed
    width = max((_said(row) for row in rows[body:signed]), default=0)
    low = end
    while low > max(body, end - FOOTER):
        row = rows[low - 1]
        if _said(row) and not (_said(row) == 1 and _is_beside(row, width)):
            break
        low -= 1
    end = low if signed < len(rows) or any(_said(row) for row in rows[low:end]) else end
    while end > body and not _said(rows[end - 1]):
        end -= 1
    return end


def _data(row: Sequence[str]) -> bool:
    return sum(1 for cell in row if is_number(cell)) > 1


def _is_beside(row: Sequence[str], width: int) -> bool:
    """Whether the one cell of a row is a note: so worded, or a sentence that no column of a wide table holds."""
    cell = next(one for one in row if one.strip())
    return is_note(cell) or (width > 2 and (len(cell.split()) > 7 or is_signed(cell)))  # noqa: PLR2004


def _second(rows: Sequence[Sequence[str]], heading: Heading, end: int) -> tuple[int, int] | None:
    """Find where another table begins: below, after a blank row, with a header of its own; or beside, likewise."""
    body = heading.body
    for at in range(body + 1, end - 1):
        if _said(rows[at - 1]) == 0 and _said(rows[at]):
            head = at
            while head < end and _said(rows[head]) == 1 and len(heading.paths) > 1:
                head += 1
            if head < end - 1 and _is_header(rows, head, body, at, end):
                return (at, 0)
    return _beside(rows, heading, end)


def _is_header(rows: Sequence[Sequence[str]], head: int, body: int, at: int, end: int) -> bool:
    """Whether a row names columns that hold figures above it and below it."""
    row = rows[head]
    named = [index for index, cell in enumerate(row) if cell.strip()]
    if len(named) < 2 or any(is_figure(row[index]) for index in named):  # noqa: PLR2004 - a header of one is a title
        return False
    below = [one for one in rows[head + 1 : min(end, head + 6)] if _said(one)]
    over = [one for one in rows[max(body, at - 6) : at] if _said(one)]

    def figures(some: Sequence[Sequence[str]], index: int) -> bool:
        cells = [one[index] for one in some if index < len(one) and one[index].strip()]
        return bool(cells) and all(is_figure(cell) for cell in cells)

    return any(figures(below, index) and (figures(over, index) or not over) for index in named)


def _beside(rows: Sequence[Sequence[str]], heading: Heading, end: int) -> tuple[int, int] | None:
    """Find a table beside: a bare column between two groups of columns that are called alike."""
    bare = _bare(rows[heading.first : end], len(heading.paths), heading)
    for index in bare:
        left = [one for one in heading.labels[:index] if one]
        right = [one for one in heading.labels[index + 1 :] if one]
        if len(left) > 1 and len(right) > 1 and (set(left) & set(right) or left[0] == right[0]):
            return (heading.first, index + 1)
    return None


def _bare(rows: Sequence[Sequence[str]], width: int, heading: Heading) -> tuple[int, ...]:
    filled = Counter(index for row in rows for index, cell in enumerate(row) if cell.strip())
    named = [index for index in range(width) if heading.paths[index] or filled[index]]
    if not named:
        return ()
    return tuple(i for i in range(named[0], named[-1]) if not filled[i] and not heading.paths[i])


def _column(sheet: Sheet, heading: Heading, index: int, end: int) -> Column:
    cells = tuple(
        (row, sheet.rows[row][index], sheet.kinds[row][index])
        for row in range(heading.body, end)
        if index < len(sheet.rows[row])
    )
    return Column(index=index, label=heading.labels[index], cells=cells)


def remark(places: Sequence[tuple[int, int]], count: int = 0, **params: Any) -> Remark | None:
    """Make one remark of all places of a kind (row, column from 0; column -1 = the row): None where there are none."""
    if not places and not count:
        return None
    number = max(count, len(places))
    where = [str(row + 1) if column < 0 else address(row, column) for row, column in places[:6]]
    row, column = places[0] if places else (-1, -1)
    place = Place(row=row + 1 or None, column=column + 1 or None)
    said = {key: [_cut(one) for one in value] if isinstance(value, list) else value for key, value in params.items()}
    return Remark(params={"n": number, "where": where, **said}, place=place, count=number)


def _cut(word: Any, most: int = 48) -> Any:
    return word if not isinstance(word, str) or len(word) <= most else f"{word[: most - 1]}…"


def spread(spans: Sequence[Span], first: int, last: int) -> list[Span]:
    """Give the merged rectangles that lie within rows first … last."""
    return [one for one in spans if first <= one[0] and one[2] <= last]


def left_out(page: Page, column: Column) -> list[tuple[int, int]]:
    """Give the blanks of a column that says its value only where a group begins, none of its values coming again."""
    values = [text.strip() for _, text, _ in column.said]
    blanks = [
        (row, column.index)
        for row, text, _ in column.cells
        if not text.strip() and sum(1 for cell in page.sheet.rows[row] if cell.strip()) > 1
    ]
    rows = len(column.cells) - len(page.gaps)
    fits = len(values) > 1 and len(set(values)) == len(values) and 0.3 * rows <= len(blanks) < rows
    return blanks if fits and column.cells[0][1].strip() and column.figures * 2 < len(values) else []
