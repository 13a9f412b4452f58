"""Check: columns of numbers hold numbers and nothing else."""

from __future__ import annotations

import re

from standards.check import Cells, Example, Remark, Use
from standards.page import Column, page, remark, shown
from standards.sheet import NUMBER, TEXT, drawn

CODE = "number-with-text"
SCOPE = "sheet"
SEVERITY = "warning"
RULE = "L2-01"
LEVEL = 2
BASIS = "行政データにおける機械可読性に関するルール (2026-03-31) L2-01"
TITLE = {"vi": "Số lẫn chữ, đơn vị, dấu ngăn cách", "en": "Numbers with text, units or separators"}
SENTENCES = {
    "": {
        "vi": (
            "{n} ô của cột {columns} viết số kèm đơn vị hoặc ký hiệu ({where}), ví dụ “{cell}”. "
            "Chỉ ghi số; đưa đơn vị vào tên cột."
        ),
        "en": (
            "{n} cells of column {columns} write numbers with a unit or sign ({where}), such as "
            '"{cell}". Write the number alone; put the unit into the column\'s name.'
        ),
    },
    "separators": {
        "vi": ("{n} ô của cột {columns} có dấu ngăn hàng nghìn ({where}), ví dụ “{cell}”. Ghi số liền, ví dụ 1234567."),
        "en": (
            "{n} cells of column {columns} have thousands separators ({where}), such as "
            '"{cell}". Write digits only, as 1234567.'
        ),
    },
    "wide": {
        "vi": "{n} ô của cột {columns} dùng chữ số toàn độ rộng ({where}), ví dụ “{cell}”. Dùng chữ số thường 0–9.",
        "en": (
            '{n} cells of column {columns} use full-width digits ({where}), such as "{cell}". Use plain digits 0–9.'
        ),
    },
    "stored": {
        "vi": "{n} ô của cột {columns} là số nhưng lưu dạng chữ ({where}), ví dụ “{cell}”. Định dạng lại thành số.",
        "en": (
            '{n} cells of column {columns} are numbers stored as text ({where}), such as "{cell}". Make them numbers.'
        ),
    },
}
PICTURE = {
    "vi": "Diện tích             Diện tích (ha)\n12 ha           →     12\n1.200.000 ha          1200000",
    "en": "Area                  Area (ha)\n12 ha           →     12\n1,200,000 ha          1200000",
}
GOOD = (
    Example(cells={"page": page(drawn("Xã|Số dân\nA|=10\nB|=12\nC|=15"))}),
    Example(cells={"page": page(drawn("Mã|Tên\n01|Hà Nội\n12A|Huế\n15|X"))}),
    Example(cells={"page": page(drawn("Xã|Số\nA|10.5\nB|21.028\nC|105", format="csv"))}),
)
BAD = (
    Example(cells={"page": page(drawn("Xã|Diện tích\nA|12 ha\nB|15 ha\nC|9 ha"))}, said={"n": 3, "cell": "12 ha"}),
    Example(cells={"page": page(drawn("Xã|Chi\nA|1.200.000\nB|2.300.000\nC|9"))}, said={"variant": "separators"}),
    Example(cells={"page": page(drawn("Xã|Số\nA|１２\nB|３\nC|=9"))}, said={"variant": "wide", "where": ["B2", "B3"]}),
    Example(cells={"page": page(drawn("Xã|Số\nA|=12\nB|=3\nC|9\nD|=4"))}, said={"variant": "stored", "where": ["B4"]}),
)
_UNIT = (
    r"(%|‰|đồng|đ|vnđ|vnd|usd|\$|€|£|¥|円|千円|百万円|人|件|km2?|km²|m2?|m3?|m²|m³|ha|kg|g|tấn|tạ|yến|lít|kwh|mw|người|hộ"
    r"|cái|chiếc|con|cây|giờ|phút|ngày|tháng|năm|nghìn|ngàn|triệu|tr|tỷ|tỉ|tr\.?đ|triệu đồng|tỷ đồng|nghìn đồng"
    r"|people|tons?)"
)
_WITH = re.compile(
    rf"^[-+]?[\d][\d.,\s]*\s*{_UNIT}\.?$|^[$€£¥]\s*\d[\d.,]*$|^\d[\d.,]*\s*(\*+|\([a-z*0-9]\)|[¹²³†‡])$", re.IGNORECASE
)
_GROUPED = re.compile(r"^[-+]?\d{1,3}(\.\d{3}){2,}(,\d+)?$|^[-+]?\d{1,3}(,\d{3}){2,}(\.\d+)?$")
_WIDE = re.compile(r"^[０-９．，,.\-－\s]*[０-９][０-９．，,.\-－\s]*$")
_PLAIN = re.compile(r"^-?\d+([.,]\d+)?$")
_BARE = re.compile(r"[0-9]+\Z|[^\W\d]")
"""Digits alone, or a letter first: what none of the other forms fits, and most cells are."""


def applies(cells: Cells, use: Use) -> bool:  # noqa: ARG001 - the shape's signature
    """It can be asked where some column holds figures, or text that begins with them."""
    return any(column.said for column in shown(cells).columns)


def look(cells: Cells, use: Use) -> Remark | None:  # noqa: ARG001
    """List cells of columns of numbers that say more than a number; one way of saying it at a time."""
    columns = shown(cells).columns
    for variant in ("", "wide", "stored", "separators"):
        places, labels, first = [], [], ""
        for column in columns:
            hits = _hits(column, variant)
            if hits:
                places += [(row, column.index) for row, _ in hits]
                labels.append(column.label or f"#{column.index + 1}")
                first = first or hits[0][1].strip()[:60]
        if places:
            return remark(places, columns=labels, cell=first, variant=variant)
    return None


def _hits(column: Column, variant: str) -> list[tuple[int, str]]:
    said = column.said
    if variant == "stored":
        numbers = sum(1 for _, _, kind in said if kind == NUMBER)
        plain = [(row, text) for row, text, kind in said if kind == TEXT and _PLAIN.match(text.strip())]
        zeros = any(text.strip().startswith("0") and len(text.strip()) > 1 for _, text in plain)
        return plain if numbers * 2 > len(said) and not zeros else []
    form = {"": _WITH, "wide": _WIDE, "separators": _GROUPED}[variant]
    hits = [(row, text) for row, text, _ in said if not _BARE.match(text) and form.match(text.strip())]
    enough = variant != "" or len(hits) > 1 or column.figures > 1
    return hits if enough and len(hits) + column.figures >= 0.6 * len(said) else []
