"""Check: the choice "other" and what it stands for are in two columns."""

from __future__ import annotations

import re

from standards.check import Cells, Example, Remark, Use
from standards.page import page, remark, shown
from standards.sheet import drawn

CODE = "other-with-detail"
SCOPE = "sheet"
SEVERITY = "info"
RULE = "L2-05"
LEVEL = 2
BASIS = "行政データにおける機械可読性に関するルール (2026-03-31) L2-05"
TITLE = {"vi": "Lựa chọn “Khác” ghi kèm chi tiết", "en": '"Other" with its detail in one cell'}
SENTENCES = {
    "": {
        "vi": (
            "{n} ô của cột {columns} ghi lựa chọn “khác” kèm chi tiết ({where}), ví dụ “{cell}”. "
            "Giữ “Khác” trong cột này và ghi chi tiết vào một cột riêng."
        ),
        "en": (
            '{n} cells of column {columns} give "other" with its detail ({where}), such as '
            '"{cell}". Keep "Other" here and put the detail into a column of its own.'
        ),
    },
}
PICTURE = {
    "vi": "Loại             Loại | Ghi rõ\nKhác: kho    →   Khác | kho",
    "en": "Kind             Kind  | Detail\nOther: shed  →   Other | shed",
}
GOOD = (Example(cells={"page": page(drawn("Tên|Loại|Ghi rõ\nA|Khác|kho\nB|Trường|\nC|Khác|"))}),)
BAD = (
    Example(cells={"page": page(drawn("Tên|Loại\nA|Khác: kho\nB|Trường\nC|Chợ"))}, said={"cell": "Khác: kho"}),
    Example(cells={"page": page(drawn("名称|種別\nA|その他（倉庫）\nB|学校\nC|市場"))}, said={"n": 1, "where": ["B2"]}),
)
_OTHER = re.compile(r"^\s*((loại\s+)?khác|other|others|その他)\s*[:(（]\s*(?!ghi rõ\s*\)?$)\S+", re.IGNORECASE)


def applies(cells: Cells, use: Use) -> bool:  # noqa: ARG001 - the shape's signature
    """It can be asked of every sheet that holds data."""
    return bool(shown(cells).columns)


def look(cells: Cells, use: Use) -> Remark | None:  # noqa: ARG001
    """List cells that say "other" and go on."""
    places, labels, first = [], [], ""
    for column in shown(cells).columns:
        hits = [(row, text) for row, text, _ in column.said if _OTHER.match(text)]
        if hits:
            places += [(row, column.index) for row, _ in hits]
            labels.append(column.label)
            first = first or hits[0][1].strip()[:60]
    return remark(places, columns=labels, cell=first)
