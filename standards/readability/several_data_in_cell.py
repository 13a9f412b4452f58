"""Check: a cell holds one datum."""

from __future__ import annotations

import re

from standards.check import Cells, Example, Remark, Use
from standards.page import Column, page, remark, shown
from standards.sheet import drawn

CODE = "several-data-in-cell"
SCOPE = "sheet"
SEVERITY = "warning"
RULE = "L1-07"
LEVEL = 1
BASIS = "行政データにおける機械可読性に関するルール (2026-03-31) L1-07"
TITLE = {"vi": "Một ô chứa nhiều dữ liệu", "en": "Several data in one cell"}
SENTENCES = {
    "": {
        "vi": (
            "{n} ô của cột {columns} chứa nhiều giá trị ({where}), ví dụ “{cell}”. Tách mỗi giá "
            "trị vào một cột hoặc một hàng."
        ),
        "en": (
            '{n} cells of column {columns} hold several values ({where}), such as "{cell}". Give '
            "each value a column or a row of its own."
        ),
    },
}
PICTURE = {
    "vi": "Xã | Nam (nữ)            Xã | Nam | Nữ\nA  | 120 (35)       →    A  | 85  | 35",
    "en": "Ward | People (women)    Ward | Men | Women\nA    | 120 (35)       →  A    | 85  | 35",
}
GOOD = (
    Example(cells={"page": page(drawn("Xã|Số dân\nA|=120\nB|=35"))}),
    Example(cells={"page": page(drawn("Tên|Ngày\nA|01/02/2024\nB|03/04/2024"))}),
    Example(cells={"page": page(drawn("Tên|Toạ độ\nA|21.02, 105.8\nB|21.03, 105.7"))}),
)
BAD = (
    Example(cells={"page": page(drawn("Xã|Số dân (nữ)\nA|120 (35)\nB|80 (41)"))}, said={"n": 2, "where": ["B2", "B3"]}),
    Example(cells={"page": page(drawn("Xã|Điện thoại\nA|111;222\nB|333;444;555"))}, said={"columns": ["Điện thoại"]}),
    Example(cells={"page": page(drawn("Xã|Thôn\nA|Một\rHai\nB|Ba\rBốn"))}, said={"cell": "Một⏎Hai"}),
)
_PAIR = re.compile(r"^\d[\d.,]*\s*\(\s*\d[\d.,]*\s*\)$|^\d[\d.]*(\s*;\s*\d[\d.]*)+$")
_SHORT = 40


def applies(cells: Cells, use: Use) -> bool:  # noqa: ARG001 - the shape's signature
    """It can be asked of every sheet that holds data."""
    return bool(shown(cells).columns)


def look(cells: Cells, use: Use) -> Remark | None:  # noqa: ARG001
    """List cells with two figures or with short lines one under the other, in columns where they are no exception."""
    places, labels, first = [], [], ""
    for column in shown(cells).columns:
        hits = [(row, text) for row, text, _ in column.said if _several(text)]
        if len(hits) > 1 and len(hits) >= 0.1 * len(column.said) and not _is_place(column):
            places += [(row, column.index) for row, _ in hits]
            labels.append(column.label or f"#{column.index + 1}")
            first = first or "⏎".join(hits[0][1].strip().splitlines())[:60]
    return remark(places, columns=labels, cell=first)


def _several(text: str) -> bool:
    lines = text.strip().splitlines()
    if len(lines) > 1:
        return all(len(line) <= _SHORT for line in lines)
    return _PAIR.match(text.strip()) is not None


def _is_place(column: Column) -> bool:
    return re.search(r"to[ạa] độ|geo|wkt|coordinates|座標", column.label, re.IGNORECASE) is not None
