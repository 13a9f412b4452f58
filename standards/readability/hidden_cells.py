"""Check: no rows, columns or sheets are left hidden (spreadsheets)."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use
from standards.page import page, remark, shown
from standards.sheet import Some, drawn, letters

CODE = "hidden-cells"
SCOPE = "sheet"
SEVERITY = "warning"
RULE = "L1-13"
LEVEL = 1
BASIS = "行政データにおける機械可読性に関するルール (2026-03-31) L1-13"
TITLE = {"vi": "Còn hàng, cột, trang tính ẩn", "en": "Hidden rows, columns or sheets"}
SENTENCES = {
    "": {
        "vi": "{n} hàng bị ẩn (hàng {where}). Chương trình vẫn đọc: hiện lại hoặc xóa hẳn các hàng này.",
        "en": "{n} rows are hidden (rows {where}). Programs still read them: show or delete them.",
    },
    "columns": {
        "vi": "{n} cột bị ẩn (cột {where}). Chương trình vẫn đọc: hiện lại hoặc xóa hẳn các cột này.",
        "en": "{n} columns are hidden (columns {where}). Programs still read them: show or delete them.",
    },
    "sheets": {
        "vi": "{n} trang tính bị ẩn ({where}). Xem lại nội dung rồi hiện lại hoặc xóa trước khi công bố.",
        "en": "{n} sheets are hidden ({where}). Look at them, then show or delete them before publishing.",
    },
}
PICTURE = {
    "vi": "hàng 1, 2, 5, 6 (3 và 4 bị ẩn)   →   hàng 1, 2, 3, 4, 5, 6",
    "en": "rows 1, 2, 5, 6 (3 and 4 hidden)   →   rows 1, 2, 3, 4, 5, 6",
}
_TABLE = "Xã|Số dân\nA|=10\nB|=12"
GOOD = (Example(cells={"page": page(drawn(_TABLE))}),)
BAD = (
    Example(cells={"page": page(drawn(_TABLE, hidden_rows=Some(count=1, places=((2, -1),))))}, said={"where": ["3"]}),
    Example(
        cells={"page": page(drawn(_TABLE, hidden_columns=Some(count=1, places=((0, 1),))))},
        said={"variant": "columns", "where": ["B"]},
    ),
    Example(cells={"page": page(drawn(_TABLE, concealed=("Nháp",)))}, said={"variant": "sheets", "where": ["Nháp"]}),
)


def applies(cells: Cells, use: Use) -> bool:  # noqa: ARG001 - the shape's signature
    """Only spreadsheets hide things; those of an old .xls are not read."""
    return shown(cells).sheet.format in ("xlsx", "ods")


def look(cells: Cells, use: Use) -> Remark | None:  # noqa: ARG001
    """List hidden rows, else hidden columns, else hidden sheets of the workbook."""
    sheet = shown(cells).sheet
    if sheet.hidden_rows.count:
        return remark([(row, -1) for row, _ in sheet.hidden_rows.places], sheet.hidden_rows.count)
    if sheet.hidden_columns.count:
        places = sheet.hidden_columns.places
        names = [letters(column) for _, column in places]
        return remark(places, sheet.hidden_columns.count, variant="columns", where=names)
    return remark((), len(sheet.concealed), variant="sheets", where=list(sheet.concealed[:6]))
