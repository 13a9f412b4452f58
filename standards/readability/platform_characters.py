"""Check: no characters whose look depends on a platform or a font."""

from __future__ import annotations

import re

from standards.check import Cells, Example, Remark, Use
from standards.page import page, remark, shown
from standards.sheet import drawn

CODE = "platform-characters"
SCOPE = "sheet"
SEVERITY = "warning"
RULE = "L1-08"
LEVEL = 1
BASIS = "行政データにおける機械可読性に関するルール (2026-03-31) L1-08"
TITLE = {"vi": "Ký tự phụ thuộc phông chữ, hệ máy", "en": "Characters that depend on font or platform"}
SENTENCES = {
    "": {
        "vi": (
            "{n} ô có ký tự phụ thuộc phông chữ hoặc hệ máy, như “{signs}” ({where}). Thay bằng "
            "chữ thường dùng, ví dụ ① → 1, ㎡ → m², ㈱ → 株式会社."
        ),
        "en": (
            '{n} cells have characters that depend on a font or platform, such as "{signs}" '
            "({where}). Use common ones instead: ① → 1, ㎡ → m², ㈱ → 株式会社."
        ),
    },
}
PICTURE = {
    "vi": "① Trường A, 500 ㎡, Ⅲ   →   1 Trường A, 500 m², III",
    "en": "① School A, 500 ㎡, Ⅲ   →   1 School A, 500 m², III",
}
GOOD = (
    Example(cells={"page": page(drawn("Tên|Diện tích (m²)\nTrường A|=500"))}),
    Example(cells={"page": page(drawn("名称|備考\n東京都|株式会社"))}),
)
BAD = (
    Example(cells={"page": page(drawn("Tên|Số\n① Trường A|=500"))}, said={"signs": "①", "where": ["A2"]}),
    Example(cells={"page": page(drawn("名称|面積(㎡)\n㈱山田|=500"))}, said={"n": 2}),
    Example(cells={"page": page(drawn("Tên|Số\n\uf0b7 A|=1"))}),
)
_DEPENDS = re.compile("[\u2460-\u24ff\u2160-\u217f\u3220-\u33ff\u2116\u2121\ue000-\uf8ff\ufffd\uff61-\uff9f]")


def applies(cells: Cells, use: Use) -> bool:  # noqa: ARG001 - the shape's signature
    """It can be asked of every sheet that holds anything."""
    return shown(cells).heading is not None


def look(cells: Cells, use: Use) -> Remark | None:  # noqa: ARG001
    """List cells with circled numbers, squared units, Roman numerals as one sign, private use and half-width kana."""
    seen = shown(cells)
    first = seen.heading.first if seen.heading else 0
    places, signs = [], {}
    for row in range(first, seen.body[1]):
        for column, cell in enumerate(seen.sheet.rows[row]):
            found = "" if cell.isascii() else "".join(_DEPENDS.findall(cell))
            if found:
                places.append((row, column))
                signs.update(dict.fromkeys(found))
    return remark(places, signs=" ".join(list(signs)[:8]))
