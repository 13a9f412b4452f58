"""Check: cells hold values, not formulas (spreadsheets)."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use
from standards.page import page, remark, shown
from standards.sheet import Some, drawn

CODE = "formulas"
SCOPE = "sheet"
SEVERITY = "info"
RULE = "L2-06"
LEVEL = 2
BASIS = "行政データにおける機械可読性に関するルール (2026-03-31) L2-06"
TITLE = {"vi": "Còn công thức trong ô", "en": "Formulas in cells"}
SENTENCES = {
    "": {
        "vi": (
            "{n} ô chứa công thức ({where}). Dán lại thành giá trị trước khi công bố, để mọi "
            "chương trình đọc cùng một số."
        ),
        "en": (
            "{n} cells hold formulas ({where}). Paste them as values before publishing, so that "
            "every program reads the same number."
        ),
    },
    "errors": {
        "vi": "{n} ô có công thức lỗi ({where}), ví dụ “{cell}”. Sửa công thức rồi dán thành giá trị.",
        "en": '{n} cells hold formulas in error ({where}), such as "{cell}". Mend them, then paste values.',
    },
    "links": {
        "vi": "công thức lấy số liệu từ {n} tệp khác mà người đọc không có. Dán thành giá trị.",
        "en": "formulas take figures from {n} other files, which readers do not have. Paste values.",
    },
}
PICTURE = {
    "vi": "=SUM(B2:B9)   →   1250          #REF!   →   số đúng",
    "en": "=SUM(B2:B9)   →   1250          #REF!   →   the right number",
}
_TABLE = "Xã|Số\nA|=10\nB|=12"
GOOD = (Example(cells={"page": page(drawn(_TABLE))}),)
BAD = (
    Example(cells={"page": page(drawn(_TABLE, formulas=Some(count=1, places=((2, 1),))))}, said={"where": ["B3"]}),
    Example(
        cells={"page": page(drawn("Xã|Số\nA|#REF!", errors=Some(count=1, places=((1, 1),))))},
        said={"variant": "errors", "cell": "#REF!"},
    ),
    Example(
        cells={"page": page(drawn(_TABLE, links=1, formulas=Some(count=1, places=((2, 1),))))},
        said={"variant": "links", "n": 1},
    ),
)


def applies(cells: Cells, use: Use) -> bool:  # noqa: ARG001 - the shape's signature
    """Only spreadsheets have formulas; those of an old .xls are not read."""
    return shown(cells).sheet.format in ("xlsx", "ods")


def look(cells: Cells, use: Use) -> Remark | None:  # noqa: ARG001
    """Tell cells in error, else links to other workbooks, else formulas."""
    sheet = shown(cells).sheet
    if sheet.errors.count:
        row, column = sheet.errors.places[0] if sheet.errors.places else (-1, -1)
        held = 0 <= row < len(sheet.rows) and column < len(sheet.rows[row])
        cell = sheet.rows[row][column] if held else ""
        return remark(sheet.errors.places, sheet.errors.count, variant="errors", cell=cell)
    if sheet.links and sheet.formulas.count:
        return remark((), sheet.links, variant="links")
    return remark(sheet.formulas.places, sheet.formulas.count)
