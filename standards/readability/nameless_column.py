"""Check: every column with data has a name that says something."""

from __future__ import annotations

import re

from standards.check import Cells, Example, Remark, Use
from standards.heading import is_figure
from standards.page import Page, page, remark, shown
from standards.sheet import drawn, letters

CODE = "nameless-column"
SCOPE = "sheet"
SEVERITY = "warning"
RULE = "L1-05"
LEVEL = 1
BASIS = "行政データにおける機械可読性に関するルール (2026-03-31) L1-05"
TITLE = {"vi": "Cột không có tên có nghĩa", "en": "Columns without a meaningful name"}
SENTENCES = {
    "": {
        "vi": "{n} cột có dữ liệu nhưng tên trống hoặc không nói lên điều gì (cột {where}). Đặt tên cho từng cột.",
        "en": (
            "{n} columns hold data under a blank name or one that says nothing (columns "
            "{where}). Give each column a name."
        ),
    },
    "none": {
        "vi": "hàng đầu tiên là dữ liệu, không phải tên cột. Thêm một hàng tên cột ở trên cùng.",
        "en": "the first row is data, not names of columns. Add a row of names on top.",
    },
}
PICTURE = {
    "vi": "Xã |    | Column3        Xã | Nam | Nữ\nA  | 10 | 12        →   A  | 10  | 12",
    "en": "Ward |    | Column3      Ward | Men | Women\nA    | 10 | 12      →   A    | 10  | 12",
}
GOOD = (
    Example(cells={"page": page(drawn("Xã|Nam|Nữ\nA|=10|=12\nB|=3|=4"))}),
    Example(cells={"page": page(drawn("Tỉnh|2023|2024\nA|=10|=12\nB|=3|=4"))}),
)
BAD = (
    Example(cells={"page": page(drawn("Xã||Column3\nA|=10|=12\nB|=3|=4"))}, said={"where": ["B", "C"]}),
    Example(cells={"page": page(drawn("00001|=105|=12\n00002|=31|=4\n00003|=35|=6"))}, said={"variant": "none"}),
)
_EMPTY_WORDS = re.compile(
    r"^(unnamed(: ?\d+)?|column ?\d*|col ?\d+|field ?\d+|cột ?\d+|trường ?\d+|f\d+|var\d+|v\d+|列\d+|フィールド\d+"
    r"|[?._\-]+)$",
    re.IGNORECASE,
)


def applies(cells: Cells, use: Use) -> bool:  # noqa: ARG001 - the shape's signature
    """It can be asked of every sheet that holds anything."""
    return shown(cells).heading is not None


def look(cells: Cells, use: Use) -> Remark | None:  # noqa: ARG001
    """List columns with data that have no name, or say that the header is missing altogether."""
    seen = shown(cells)
    if _is_data(seen):
        return remark([(seen.heading.first if seen.heading else 0, -1)], variant="none")
    bad = [one.index for one in seen.columns if one.said and not _says(one.label)]
    row = seen.heading.first if seen.heading else 0
    return remark([(row, index) for index in bad], where=[letters(index) for index in bad])


def _says(label: str) -> bool:
    return bool(label.strip()) and not _EMPTY_WORDS.match(label.strip())


def _is_data(seen: Page) -> bool:
    """Whether most names are figures over columns of figures: then the first row is data itself."""
    named = [one for one in seen.columns if one.label]
    figures = [one for one in named if is_figure(one.label) and one.said and one.figures >= 0.8 * len(one.said)]
    return len(named) > 1 and len(figures) * 2 > len(named)
