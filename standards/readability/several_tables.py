"""Check: a sheet, or a CSV file, holds one table."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use
from standards.page import page, remark, shown
from standards.sheet import drawn

CODE = "several-tables"
SCOPE = "sheet"
SEVERITY = "warning"
RULE = "L1-02"
LEVEL = 1
BASIS = "行政データにおける機械可読性に関するルール (2026-03-31) L1-02"
TITLE = {"vi": "Nhiều bảng trên một trang", "en": "Several tables on one sheet"}
SENTENCES = {
    "": {
        "vi": (
            "một bảng khác bắt đầu ở {where}. Mỗi trang tính (mỗi tệp CSV) chỉ giữ một bảng: "
            "chuyển bảng này sang trang hoặc tệp riêng."
        ),
        "en": (
            "another table begins at {where}. A sheet (a CSV file) should hold one table: move "
            "this one to a sheet or file of its own."
        ),
    },
}
PICTURE = {
    "vi": "Xã | Nam\nA  | 10\n(trống)\nXã | Nữ\nA  | 12\n→ hai trang tính, mỗi trang một bảng",
    "en": "Ward | Men\nA    | 10\n(blank)\nWard | Women\nA    | 12\n→ two sheets, one table each",
}
GOOD = (
    Example(cells={"page": page(drawn("Xã|Nam\nA|=10\nB|=12"))}),
    Example(cells={"page": page(drawn("Xã|Nam\nA|=10\n|\nB|=12"))}),
)
BAD = (
    Example(cells={"page": page(drawn("Xã|Nam\nA|=10\n|\nXã|Nữ\nA|=12"))}),
    Example(cells={"page": page(drawn("Xã|Nam||Xã|Nam\nA|=10||C|=3\nB|=12||D|=4"))}),
)


def applies(cells: Cells, use: Use) -> bool:  # noqa: ARG001 - the shape's signature
    """It can be asked of every sheet that has a header."""
    return shown(cells).heading is not None


def look(cells: Cells, use: Use) -> Remark | None:  # noqa: ARG001
    """See whether a second header stands below or beside the table."""
    second = shown(cells).second
    return remark((second,)) if second else None
