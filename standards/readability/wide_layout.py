"""Check: the table is long: one observation in a row, not a crosstab."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use
from standards.crosstab import dimension
from standards.page import page, remark, shown
from standards.sheet import drawn

CODE = "wide-layout"
SCOPE = "sheet"
SEVERITY = "info"
RULE = "L3-09"
LEVEL = 3
BASIS = "行政データにおける機械可読性に関するルール (2026-03-31) L3-09"
TITLE = {"vi": "Bảng ngang (bảng chéo)", "en": "Wide table (crosstab)"}
SENTENCES = {
    "": {
        "vi": (
            "{n} cột ({names}) chia cùng một số liệu theo năm, tháng hay nhóm tuổi… thay vì là những "
            "số liệu khác nhau. Chuyển thành bảng dọc: một cột ghi năm (tháng, nhóm tuổi…), một cột "
            "ghi giá trị."
        ),
        "en": (
            "{n} columns ({names}) give one figure by years, months or bands of age … and not "
            "different figures. Make the table long: a column for the year (month, band) and one "
            "for the value."
        ),
    },
}
PICTURE = {
    "vi": (
        "Tỉnh | 2023 | 2024         Tỉnh | Năm  | Giá trị\nA    | 10   | 12      →    A    | "
        "2023 | 10\n                           A    | 2024 | 12"
    ),
    "en": (
        "Prov. | 2023 | 2024        Prov. | Year | Value\nA     | 10   | 12     →    A     | "
        "2023 | 10\n                           A     | 2024 | 12"
    ),
}
GOOD = (
    Example(cells={"page": page(drawn("Tỉnh|Năm|Số dân\nA|2023|=10\nA|2024|=12\nB|2023|=3"))}),
    Example(cells={"page": page(drawn("Xã|Số dân|Số hộ\nA|=10|=3\nB|=12|=4"))}),
)
BAD = (
    Example(cells={"page": page(drawn("Tỉnh|2022|2023|2024\nA|=10|=12|=13\nB|=3|=4|=5"))}, said={"n": 3}),
    Example(
        cells={"page": page(drawn("Tỉnh|Thành thị||Nông thôn|\n|Nam|Nữ|Nam|Nữ\nA|=1|=2|=3|=4\nB|=1|=2|=3|=4"))},
        said={"n": 4},
    ),
)


def applies(cells: Cells, use: Use) -> bool:  # noqa: ARG001 - the shape's signature
    """It can be asked of every sheet that holds data."""
    return bool(shown(cells).columns)


def look(cells: Cells, use: Use) -> Remark | None:  # noqa: ARG001
    """Find columns of figures whose names are members of one dimension, or repeat under several others."""
    seen = shown(cells)
    across = dimension(seen)
    row = seen.heading.first if seen.heading else 0
    return remark([(row, index) for index in across], names=[seen.labels[index] for index in across])
