"""Check: colours, bold type and strokes do not carry meaning (spreadsheets)."""

from __future__ import annotations

from collections import Counter

from standards.check import Cells, Example, Remark, Use
from standards.page import Page, page, remark, shown
from standards.sheet import Look, drawn

CODE = "meaning-by-format"
SCOPE = "sheet"
SEVERITY = "warning"
RULE = "L1-11"
LEVEL = 1
BASIS = "行政データにおける機械可読性に関するルール (2026-03-31) L1-11"
TITLE = {"vi": "Màu, chữ đậm, gạch ngang mang ý nghĩa", "en": "Colours, bold or strokes that mean something"}
SENTENCES = {
    "": {
        "vi": "{n} ô có màu khác các ô cùng cột ({where}). Nếu màu có ý nghĩa, ghi ý nghĩa đó vào một cột riêng.",
        "en": (
            "{n} cells are coloured unlike others of their column ({where}). If the colour means "
            "something, say it in a column."
        ),
    },
    "strike": {
        "vi": (
            "{n} ô bị gạch ngang ({where}). Chương trình vẫn đọc giá trị đó: xóa hẳn, hoặc ghi trạng thái vào một cột."
        ),
        "en": ("{n} cells are struck through ({where}). Programs still read them: delete them, or say so in a column."),
    },
    "bold": {
        "vi": (
            "{n} ô in đậm giữa các ô thường ({where}). Nếu in đậm để chỉ dòng tổng hay cấp, ghi điều đó vào một cột."
        ),
        "en": "{n} cells are bold among plain ones ({where}). If bold marks totals or levels, say so in a column.",
    },
}
PICTURE = {
    "vi": (
        "A | 10 (nền đỏ)           Xã | Số | Tình trạng\nB | 12              →     A  | 10 | "
        "chưa duyệt\n                          B  | 12 | đã duyệt"
    ),
    "en": (
        "A | 10 (red ground)       Ward | Number | State\nB | 12              →     A    | 10 "
        "    | not approved\n                          B    | 12     | approved"
    ),
}
_TABLE = "Xã|Số|Hộ\nA|=10|=3\nB|=12|=4\nC|=9|=2\nD|=8|=2\nE|=7|=2"
GOOD = (
    Example(cells={"page": page(drawn(_TABLE))}),
    Example(cells={"page": page(drawn(_TABLE, looks={(0, at): Look(bold=True, ground="DDDDDD") for at in range(3)}))}),
    Example(cells={"page": page(drawn(_TABLE, looks={(row, 0): Look(bold=True) for row in range(6)}))}),
    Example(
        cells={"page": page(drawn(_TABLE, looks={(r, at): Look(ground="EEEEEE") for r in (2, 4) for at in range(3)}))}
    ),
)
BAD = (
    Example(cells={"page": page(drawn(_TABLE, looks={(2, 1): Look(ground="FF0000")}))}, said={"where": ["B3"]}),
    Example(cells={"page": page(drawn(_TABLE, looks={(2, 1): Look(strike=True)}))}, said={"variant": "strike"}),
    Example(cells={"page": page(drawn(_TABLE, looks={(3, 0): Look(bold=True)}))}, said={"variant": "bold"}),
)


def applies(cells: Cells, use: Use) -> bool:  # noqa: ARG001 - the shape's signature
    """Only spreadsheets have looks; those of an old .xls are not read."""
    return shown(cells).sheet.format in ("xlsx", "ods")


def look(cells: Cells, use: Use) -> Remark | None:  # noqa: ARG001
    """List cells of the body that are struck through, coloured or bold unlike most of their column."""
    seen = shown(cells)
    inside = {at: one for at, one in seen.sheet.looks.items() if _says(seen, at)}
    struck = sorted(at for at, one in inside.items() if one.strike)
    if struck:
        return remark(struck, variant="strike")
    colours = {at: f"{one.ground}/{one.letters}" for at, one in inside.items() if one.ground or one.letters}
    coloured = _odd(seen, colours)
    if coloured:
        return remark(coloured)
    return remark(_odd(seen, {at: "bold" for at, one in inside.items() if one.bold}), variant="bold")


def _says(seen: Page, at: tuple[int, int]) -> bool:
    if not seen.body[0] <= at[0] < seen.body[1]:
        return False
    row = seen.sheet.rows[at[0]]
    return at[1] < len(row) and bool(row[at[1]].strip())


def _odd(seen: Page, marks: dict[tuple[int, int], str]) -> list[tuple[int, int]]:
    """Leave out columns that are marked throughout, and rows striped from end to end."""
    rows = max(1, seen.body[1] - seen.body[0] - len(seen.gaps))
    columns = Counter((column, mark) for (_, column), mark in marks.items())
    cells = {at: mark for at, mark in marks.items() if columns[at[1], mark] < 0.9 * rows}
    by_row = Counter(row for row, _ in cells)
    striped = {row for row, count in by_row.items() if count >= sum(1 for one in seen.sheet.rows[row] if one.strip())}
    if len(striped) >= 0.3 * rows:
        cells = {at: mark for at, mark in cells.items() if at[0] not in striped}
    return sorted(cells)
