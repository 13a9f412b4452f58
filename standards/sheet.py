"""What a sheet looks like before anything reads it as a table: its cells as written, how they look, what lies on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from standards.heading import Span

SheetFormat = Literal["xlsx", "xls", "ods", "csv", ""]

BLANK, TEXT, NUMBER, DATE, BOOLEAN, ERROR = ".", "t", "n", "d", "b", "e"
"""The sign of a cell in ``Sheet.kinds``: what the file itself says that it holds; CSV says text of every cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a cell looks where that is not plain: bold, struck through, coloured letters, coloured ground (RRGGBB)."""

    bold: bool = False
    strike: bool = False
    letters: str = ""
    ground: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Some:
    """Things of one kind on a sheet: how many in all, and where the first of them are (row, column from 0)."""

    count: int = 0
    places: tuple[tuple[int, int], ...] = ()


NONE = Some()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet as it lies in its file; rows and columns count from 0, from the sheet's own first row and column.

    ``rows`` are the first rows as text (at most 2,000), ``kinds`` the same cells' signs, ``total`` how many rows there
    are; ``whole`` says that all of them are here, uncut. ``merges``, ``looks`` and the places of ``formulas``,
    ``errors``, ``comments`` are of what was looked at closely, their counts of the whole sheet. ``hidden_rows`` and
    ``hidden_columns`` likewise. ``objects`` maps kinds of things that lie over the cells (picture, chart, shape,
    control, embedded) to how many; ``words`` is text found in them. ``others`` are the names of further sheets with
    data, ``concealed`` those that are hidden; ``macros`` and ``links`` (to other workbooks) belong to the workbook.
    ``breaks`` are records of a CSV that run over several lines, ``torn`` its records with too many cells. ``labels``
    are the names of columns on other sheets that are called by years too.
    """

    name: str = ""
    format: SheetFormat = ""
    rows: tuple[tuple[str, ...], ...] = ()
    kinds: tuple[str, ...] = ()
    total: int = 0
    whole: bool = True
    merges: tuple[Span, ...] = ()
    merged: int = 0
    looks: Mapping[tuple[int, int], Look] = field(default_factory=dict)
    formulas: Some = NONE
    errors: Some = NONE
    comments: Some = NONE
    hidden_rows: Some = NONE
    hidden_columns: Some = NONE
    hidden: bool = False
    objects: Mapping[str, int] = field(default_factory=dict)
    words: str = ""
    others: tuple[str, ...] = ()
    concealed: tuple[str, ...] = ()
    macros: bool = False
    links: int = 0
    breaks: Some = NONE
    torn: Some = NONE
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    encoding: str = ""
    delimiter: str = ""

    @property
    def is_workbook(self) -> bool:
        """Whether the sheet is of a spreadsheet program, so that cells may be merged, coloured and hidden."""
        return self.format in ("xlsx", "xls", "ods")


def letters(column: int) -> str:
    """Write a column's index (from 0) as spreadsheets do: 0 → A, 26 → AA."""
    name, column = "", column + 1
    while column > 0:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def address(row: int, column: int) -> str:
    """Write a cell's place as spreadsheets do: (6, 2) → C7."""
    return f"{letters(column)}{row + 1}"


def area(span: Span) -> str:
    """Write a rectangle as spreadsheets do: (0, 1, 0, 3) → B1:D1."""
    return f"{address(span[0], span[1])}:{address(span[2], span[3])}"


def drawn(picture: str, **more: object) -> Sheet:
    """Make a sheet from a small drawing, one line a row, cells apart by ``|``: for examples and tests.

    A cell written ``=12`` is a number, other cells are text.
    """
    rows = [[cell.strip("\u00b7") for cell in line.split("|")] for line in picture.strip("\n").split("\n")]
    width = max(map(len, rows))
    cells = tuple(tuple(cell.removeprefix("=") for cell in [*row, *[""] * (width - len(row))]) for row in rows)
    kinds = tuple("".join(_sign(cell) for cell in [*row, *[""] * (width - len(row))]) for row in rows)
    told = {"format": "xlsx", "total": len(rows), **more}
    if "merged" not in told:
        told["merged"] = len(_spans(told.get("merges")))
    return Sheet(rows=cells, kinds=kinds, **told)  # type: ignore[arg-type]


def _spans(found: object) -> Sequence[object]:
    return found if isinstance(found, tuple) else ()


def _sign(cell: str) -> str:
    return BLANK if not cell.strip() else NUMBER if cell.startswith("=") else TEXT
