"""Check: the names of the columns stand in the first row and the data begin in the second."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use
from standards.page import page, remark, shown
from standards.sheet import drawn

CODE = "header-not-first"
SCOPE = "sheet"
SEVERITY = "info"
RULE = "L3-01"
LEVEL = 3
BASIS = "行政データにおける機械可読性に関するルール (2026-03-31) L3-01"
TITLE = {"vi": "Bảng không bắt đầu từ hàng đầu tiên", "en": "The table does not begin in the first row"}
SENTENCES = {
    "": {
        "vi": "tên cột nằm ở hàng {head}, dữ liệu bắt đầu từ hàng {data}. Để tên cột ở hàng 1 và dữ liệu từ hàng 2.",
        "en": (
            "the names of the columns stand in row {head} and the data begin in row {data}. Put "
            "names in row 1 and data from row 2 on."
        ),
    },
}
PICTURE = {
    "vi": (
        "(hàng 1) BÁO CÁO …\n(hàng 3) Xã | Số           (hàng 1) Xã | Số\n(hàng 4) 1  | 2      "
        "  →   (hàng 2) A  | 10\n(hàng 5) A  | 10"
    ),
    "en": (
        "(row 1) REPORT …\n(row 3) Ward | Number      (row 1) Ward | Number\n(row 4) 1    | 2  "
        "     →   (row 2) A    | 10\n(row 5) A    | 10"
    ),
}
GOOD = (Example(cells={"page": page(drawn("Xã|Số|Hộ\nA|=10|=3"))}),)
BAD = (
    Example(cells={"page": page(drawn("BÁO CÁO||\nXã|Số|Hộ\nA|=10|=3"))}, said={"head": "2", "data": "3"}),
    Example(cells={"page": page(drawn("Xã|Số|Hộ\n(1)|(2)|(3)\nA|=10|=3"))}, said={"head": "1", "data": "3"}),
)


def applies(cells: Cells, use: Use) -> bool:  # noqa: ARG001 - the shape's signature
    """It can be asked of every sheet that has a header."""
    return shown(cells).heading is not None


def look(cells: Cells, use: Use) -> Remark | None:  # noqa: ARG001
    """Compare where header and data begin with rows 1 and 2."""
    heading = shown(cells).heading
    if heading is None or (heading.first == 0 and heading.body == 1):
        return None
    return remark([(heading.first, -1)], head=str(heading.first + 1), data=str(heading.body + 1))
