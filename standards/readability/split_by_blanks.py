"""Check: blank rows and columns do not cut the data apart."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use
from standards.page import page, remark, shown
from standards.sheet import drawn, letters

CODE = "split-by-blanks"
SCOPE = "sheet"
SEVERITY = "warning"
RULE = "L1-03"
LEVEL = 1
BASIS = "行政データにおける機械可読性に関するルール (2026-03-31) L1-03"
TITLE = {"vi": "Bảng bị chia cắt bởi hàng, cột trống", "en": "The table is cut by blank rows or columns"}
SENTENCES = {
    "": {
        "vi": (
            "có {n} hàng trống giữa dữ liệu (hàng {where}). Chương trình có thể coi bảng dừng ở đó: bỏ các hàng trống."
        ),
        "en": (
            "{n} blank rows stand inside the data (rows {where}). A program may take the table "
            "to end there: remove them."
        ),
    },
    "columns": {
        "vi": "có {n} cột trống giữa bảng ({where}). Bỏ các cột trống.",
        "en": "{n} blank columns stand inside the table ({where}). Remove them.",
    },
}
PICTURE = {
    "vi": "A | 10\n(trống)\nB | 12\n→\nA | 10\nB | 12",
    "en": "A | 10\n(blank)\nB | 12\n→\nA | 10\nB | 12",
}
GOOD = (Example(cells={"page": page(drawn("Xã|Số dân\nA|=10\nB|=12"))}),)
BAD = (
    Example(cells={"page": page(drawn("Xã|Số dân\nA|=10\n|\nB|=12"))}, said={"n": 1, "where": ["3"]}),
    Example(cells={"page": page(drawn("Xã||Số dân\nA||=10\nB||=12"))}, said={"variant": "columns", "where": ["B"]}),
)


def applies(cells: Cells, use: Use) -> bool:  # noqa: ARG001 - the shape's signature
    """It can be asked of every sheet that has a header."""
    return shown(cells).heading is not None


def look(cells: Cells, use: Use) -> Remark | None:  # noqa: ARG001
    """List blank rows between rows of data, else bare columns between columns."""
    seen = shown(cells)
    if seen.gaps:
        return remark([(row, -1) for row in seen.gaps])
    places = [(seen.heading.first if seen.heading else 0, column) for column in seen.bare]
    return remark(places, where=[letters(column) for column in seen.bare], variant="columns")
