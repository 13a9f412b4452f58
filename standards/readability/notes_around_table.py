"""Check: nothing that is not data stands on the sheet."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use
from standards.page import page, remark, shown
from standards.sheet import drawn

CODE = "notes-around-table"
SCOPE = "sheet"
SEVERITY = "info"
RULE = "L1-04"
LEVEL = 1
BASIS = "行政データにおける機械可読性に関するルール (2026-03-31) L1-04"
TITLE = {"vi": "Tiêu đề, ghi chú nằm ngoài bảng", "en": "Titles or notes around the table"}
SENTENCES = {
    "": {
        "vi": (
            "{n} hàng quanh bảng không phải dữ liệu (hàng {where}): “{cell}”. Chuyển tiêu đề, "
            "đơn vị, ghi chú vào phần mô tả của bộ dữ liệu."
        ),
        "en": (
            '{n} rows around the table are not data (rows {where}): "{cell}". Move titles, units '
            "and notes to the description of the dataset."
        ),
    },
}
PICTURE = {
    "vi": (
        "BÁO CÁO DÂN SỐ NĂM 2024\nXã | Số dân\nA  | 10\nNguồn: Cục Thống kê\n→ chỉ giữ “Xã | Số "
        "dân / A | 10”; phần còn lại vào mô tả"
    ),
    "en": (
        "POPULATION REPORT 2024\nWard | People\nA    | 10\nSource: statistics office\n→ keep "
        '"Ward | People / A | 10"; the rest goes into the description'
    ),
}
GOOD = (Example(cells={"page": page(drawn("Xã|Số dân|Số hộ\nA|=10|=3\nB|=12|=4"))}),)
BAD = (
    Example(cells={"page": page(drawn("BÁO CÁO DÂN SỐ||\nXã|Số dân|Số hộ\nA|=10|=3"))}, said={"n": 1}),
    Example(cells={"page": page(drawn("Xã|Số dân|Số hộ\nA|=10|=3\nNguồn: Cục Thống kê||"))}, said={"where": ["3"]}),
)


def applies(cells: Cells, use: Use) -> bool:  # noqa: ARG001 - the shape's signature
    """It can be asked of every sheet that has a header."""
    return shown(cells).heading is not None


def look(cells: Cells, use: Use) -> Remark | None:  # noqa: ARG001
    """List the rows with words above the header and below the data."""
    seen = shown(cells)
    rows = (*seen.above, *seen.below)
    first = next((cell.strip() for row in rows for cell in seen.sheet.rows[row] if cell.strip()), "")
    return remark([(row, -1) for row in rows], cell=first[:80])
