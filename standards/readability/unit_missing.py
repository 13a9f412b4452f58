"""Check: the unit of numbers is given."""

from __future__ import annotations

import re

from standards.check import Cells, Example, Remark, Use
from standards.page import Column, Page, page, remark, shown
from standards.sheet import drawn
from standards.text import fold

CODE = "unit-missing"
SCOPE = "sheet"
SEVERITY = "info"
RULE = "L3-04"
LEVEL = 3
BASIS = "行政データにおける機械可読性に関するルール (2026-03-31) L3-04"
TITLE = {"vi": "Thiếu đơn vị đo", "en": "The unit is missing"}
SENTENCES = {
    "": {
        "vi": (
            "cột {columns} là số đo nhưng không thấy đơn vị ở tên cột, ở cột khác hay ở ghi chú. "
            "Ghi đơn vị vào tên cột, ví dụ “Diện tích (ha)”."
        ),
        "en": (
            "column {columns} holds measures, but no unit is given in its name, another column "
            'or a note. Put it into the name, as in "Area (ha)".'
        ),
    },
}
PICTURE = {
    "vi": "Diện tích   →   Diện tích (ha)",
    "en": "Area   →   Area (ha)",
}
GOOD = (
    Example(cells={"page": page(drawn("Xã|Diện tích (ha)\nA|=10\nB|=12\nC|=5"))}),
    Example(cells={"page": page(drawn("Xã|Kinh phí|ĐVT\nA|=10|đồng\nB|=12|đồng\nC|=5|đồng"))}),
    Example(
        cells={"page": page(drawn("Đơn vị tính: ha|||\nXã|Diện tích|Số|Hộ\nA|=10|=1|=1\nB|=12|=1|=2\nC|=5|=1|=1"))}
    ),
    Example(cells={"page": page(drawn("Xã|area_km2\nA|=10\nB|=12\nC|=5"))}),
    Example(cells={"page": page(drawn("Xã|Diện tích\nA|=10\nB|=12\nC|=5"))}, args={"known": ["Diện tích"]}),
)
BAD = (
    Example(cells={"page": page(drawn("Xã|Diện tích\nA|=10\nB|=12\nC|=5"))}, said={"columns": ["Diện tích"]}),
    Example(cells={"page": page(drawn("name|total_amount\nA|10\nB|12\nC|5", format="csv"))}, said={"n": 1}),
)
LEAST = 3
_MEASURE = re.compile(
    r"\b(dien tich|san luong|chieu (dai|rong|cao)|kinh phi|so tien|doanh thu|thu nhap|gia tri|don gia"
    r"|trong luong|khoi luong"
    r"|cong suat|du toan|quyet toan|von|area|length|amount|price|cost|weight|revenue|expenditure)\b"
    r"|面積|金額|予算|重量|延長"
)
_UNIT = re.compile(
    r"[(\[（].+[)\]）]|%|\b(ha|km2?|m2|m3|m|kg|g|tan|ty|trieu|nghin|ngan|dong|vnd|usd|eur|gbp|sgd|jpy|kwh|mw|sqm"
    r"|tons?|miles?|don vi( tinh)?|dvt|unit)\b|円|㎡|ｍ"
)
_NOTE = re.compile(r"\b(don vi( tinh)?|dvt|unit)\b|単位")


def applies(cells: Cells, use: Use) -> bool:  # noqa: ARG001 - the shape's signature
    """It can be asked only where a column is named like a measure and holds figures."""
    return any(_is_measure(one) for one in shown(cells).columns)


def look(cells: Cells, use: Use) -> Remark | None:
    """List measures whose unit nothing tells: not their name, no column of units, no note, no standard."""
    seen = shown(cells)
    if _told(seen):
        return None
    known = set(use.args.get("known", ()))
    measures = [one for one in seen.columns if _is_measure(one) and one.label not in known]
    bare = [one for one in measures if not _UNIT.search(_words(one.label))]
    row = seen.heading.first if seen.heading else 0
    return remark([(row, one.index) for one in bare], columns=[one.label for one in bare])


def _words(label: str) -> str:
    return fold(label).replace("_", " ")


def _is_measure(column: Column) -> bool:
    figures = len(column.said) >= LEAST and column.figures >= 0.8 * len(column.said)
    return figures and _MEASURE.search(_words(column.label)) is not None


def _told(seen: Page) -> bool:
    notes = [cell for row in (*seen.above, *seen.below) for cell in seen.sheet.rows[row]]
    return any(_NOTE.search(_words(text)) for text in (*notes, *seen.labels))
