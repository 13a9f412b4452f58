"""Check: signs in columns of numbers (secret, not applicable) are explained."""

from __future__ import annotations

import re

from standards.check import Cells, Example, Remark, Use
from standards.page import Page, page, remark, shown
from standards.sheet import drawn

CODE = "symbols-undefined"
SCOPE = "sheet"
SEVERITY = "info"
RULE = "L3-03"
LEVEL = 3
BASIS = "行政データにおける機械可読性に関するルール (2026-03-31) L3-03"
TITLE = {"vi": "Ký hiệu trong cột số chưa được giải thích", "en": "Signs among numbers are not explained"}
SENTENCES = {
    "": {
        "vi": (
            "cột {columns} có {n} ô dùng ký hiệu {signs} giữa các số ({where}) mà không giải "
            "thích. Ghi ý nghĩa của ký hiệu trong phần mô tả, hoặc để trống ô."
        ),
        "en": (
            "column {columns} has {n} cells with {signs} among numbers ({where}), and nothing "
            "explains them. Say what they mean in the description, or leave the cells blank."
        ),
    },
}
PICTURE = {
    "vi": "12, x, -, …   →   12, (trống), 0, (trống); mô tả: “ô trống: không thu thập”",
    "en": '12, x, -, …   →   12, (blank), 0, (blank); description: "blank: not collected"',
}
GOOD = (
    Example(cells={"page": page(drawn("Xã|Số\nA|=1\nB|=2\nC|"))}),
    Example(cells={"page": page(drawn("Xã|Số|Hộ\nA|=1|=1\nB|=2|=1\nC|x|=3\nGhi chú: x là số liệu bảo mật||"))}),
)
BAD = (
    Example(cells={"page": page(drawn("Xã|Số\nA|=1\nB|=2\nC|x\nD|…"))}, said={"n": 2, "signs": ["x", "…"]}),
    Example(cells={"page": page(drawn("地域|数\nA|=1\nB|=2\nC|***"))}, said={"where": ["B4"]}),
)
_SIGN = re.compile(
    r"^\s*(-+|–|—|\.{2,3}|…|[xX×]|\*{1,4}|\?+|△|▲|●|○|\(?[a-z]\)|n/?a|#n/a|na|nd|c|kxđ|bm)\s*$", re.IGNORECASE
)


def applies(cells: Cells, use: Use) -> bool:  # noqa: ARG001 - the shape's signature
    """It can be asked where some column holds figures."""
    return any(column.figures for column in shown(cells).columns)


def look(cells: Cells, use: Use) -> Remark | None:  # noqa: ARG001
    """List signs in columns of which at least half are figures, unless a note names them."""
    seen = shown(cells)
    places, labels, signs = [], [], {}
    for column in seen.columns:
        hits = [(row, text.strip()) for row, text, _ in column.said if _SIGN.match(text)]
        hits = [one for one in hits if not _is_explained(seen, one[1])]
        if hits and column.figures * 2 >= len(column.said):
            places += [(row, column.index) for row, _ in hits]
            labels.append(column.label)
            signs.update(dict.fromkeys(sign for _, sign in hits))
    return remark(places, columns=labels, signs=list(signs))


def _is_explained(seen: Page, sign: str) -> bool:
    notes = (cell for row in (*seen.above, *seen.below) for cell in seen.sheet.rows[row] if cell.strip() != sign)
    return any(re.search(rf"(^|[\s:;,(“\"']){re.escape(sign)}([\s:=)”\"']|$)", note) for note in notes)
