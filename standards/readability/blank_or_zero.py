"""Check: blank cells and noughts are told apart."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use
from standards.page import page, remark, shown
from standards.sheet import drawn

CODE = "blank-or-zero"
SCOPE = "sheet"
SEVERITY = "info"
RULE = "L1-09"
LEVEL = 1
BASIS = "行政データにおける機械可読性に関するルール (2026-03-31) L1-09"
TITLE = {"vi": "Không phân biệt được ô trống và số 0", "en": "Blank and nought are not told apart"}
SENTENCES = {
    "": {
        "vi": (
            "cột {columns} dùng cả ô trống lẫn dấu “-” ({n} ô, {where}). Ghi 0 khi giá trị bằng "
            "không, để trống khi không có số liệu."
        ),
        "en": (
            'column {columns} uses both blank cells and "-" ({n} cells, {where}). Write 0 where '
            "the value is nought, leave blank what is not known."
        ),
    },
    "hidden": {
        "vi": (
            "trang tính được đặt không hiện số 0, nên người đọc không phân biệt được với ô "
            "trống. Bật lại việc hiện số 0."
        ),
        "en": (
            "the sheet is set not to show noughts, so that readers cannot tell them from blanks. Let noughts be shown."
        ),
    },
}
PICTURE = {
    "vi": (
        "Xã | Số vụ         Xã | Số vụ\nA  | -             A  | 0\nB  |         →     B  | "
        "(trống: không có số liệu)\nC  | 12            C  | 12"
    ),
    "en": (
        "Ward | Cases       Ward | Cases\nA    | -           A    | 0\nB    |       →     B    "
        "| (blank: not known)\nC    | 12          C    | 12"
    ),
}
GOOD = (
    Example(cells={"page": page(drawn("Xã|Số vụ\nA|=0\nB|\nC|=12\nD|=4"))}),
    Example(cells={"page": page(drawn("Xã|Ghi chú\nA|-\nB|\nC|tốt"))}),
)
BAD = (
    Example(cells={"page": page(drawn("Xã|Số vụ\nA|-\nB|\nC|=12\nD|=4"))}, said={"columns": ["Số vụ"], "n": 2}),
    Example(
        cells={"page": page(drawn("Xã|Số vụ\nA|=0\nC|=12", objects={"zeros-hidden": 1}))}, said={"variant": "hidden"}
    ),
)
_DASHES = frozenset("-–—‐−ー")


def applies(cells: Cells, use: Use) -> bool:  # noqa: ARG001 - the shape's signature
    """It can be asked where some column holds figures."""
    return any(column.figures for column in shown(cells).columns)


def look(cells: Cells, use: Use) -> Remark | None:  # noqa: ARG001
    """List columns of figures that have both blank cells and dashes."""
    seen = shown(cells)
    if seen.sheet.objects.get("zeros-hidden"):
        return remark((), 1, variant="hidden")
    places, labels = [], []
    for column in seen.columns:
        dashes = [(row, column.index) for row, text, _ in column.cells if text.strip() in _DASHES and text.strip()]
        blanks = [(row, column.index) for row, text, _ in column.cells if not text.strip() and row not in seen.gaps]
        if dashes and blanks and column.figures * 3 >= len(column.said):
            places += sorted(dashes + blanks)
            labels.append(column.label)
    return remark(places, columns=labels)
