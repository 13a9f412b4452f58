"""Check: spaces and line breaks are not used to make the sheet look neat."""

from __future__ import annotations

import re

from standards.check import Cells, Example, Remark, Use
from standards.page import page, remark, shown
from standards.sheet import drawn

CODE = "layout-spaces"
SCOPE = "sheet"
SEVERITY = "warning"
RULE = "L1-06"
LEVEL = 1
BASIS = "行政データにおける機械可読性に関するルール (2026-03-31) L1-06"
TITLE = {"vi": "Khoảng trắng, xuống dòng để căn chỉnh", "en": "Spaces or line breaks for looks"}
SENTENCES = {
    "": {
        "vi": (
            "{n} ô có khoảng trắng chèn giữa chữ để căn chỉnh ({where}), ví dụ “{cell}”. Viết liền như bình thường."
        ),
        "en": (
            "{n} cells have spaces put between letters or words for looks ({where}), such as "
            '"{cell}". Write them as usual.'
        ),
    },
    "header": {
        "vi": "{n} tên cột bị ngắt dòng trong ô ({where}), ví dụ “{cell}”. Viết tên cột trên một dòng.",
        "en": (
            "{n} column names are broken over lines inside their cells ({where}), such as "
            '"{cell}". Write each on one line.'
        ),
    },
}
PICTURE = {
    "vi": "“H ọ  v à  t ê n”, “Dân số⏎(người)”, “氏　名”   →   “Họ và tên”, “Dân số (người)”, “氏名”",
    "en": '"N a m e", "People⏎(total)", "氏\u3000名"   →   "Name", "People (total)", "氏名"',
}
GOOD = (
    Example(cells={"page": page(drawn("Họ và tên|Số\nTrần Văn A|=1"))}),
    Example(cells={"page": page(drawn("Tên|Hạng\nA B|A\nC D|B"))}),
)
BAD = (
    Example(cells={"page": page(drawn("Họ\u2028và tên|Số\nA|=1".replace("\u2028", "\r")))}, said={"variant": "header"}),
    Example(cells={"page": page(drawn("Tên|Số\nH à  N ộ i|=1"))}, said={"n": 1, "where": ["A2"]}),
    Example(cells={"page": page(drawn("Tên|Số\nTrường      Tiểu học A|=1"))}, said={"where": ["A2"]}),
    Example(cells={"page": page(drawn("氏　名|数\n山田|=1"))}, said={"where": ["A1"]}),
)
_APART = re.compile(r"^\W*\w( {1,3}\w){3,}\W*$|\S[ \u3000]{3,}\S|^[\u3040-\u9fff](\u3000+[\u3040-\u9fff]){1,3}$")


def applies(cells: Cells, use: Use) -> bool:  # noqa: ARG001 - the shape's signature
    """It can be asked of every sheet that holds anything."""
    return shown(cells).heading is not None


def look(cells: Cells, use: Use) -> Remark | None:  # noqa: ARG001
    """List names broken over lines, else cells with gaps between their letters or words."""
    seen = shown(cells)
    if seen.heading is None:
        return None
    first, end = seen.heading.first, seen.heading.first + seen.heading.depth
    rows = seen.sheet.rows
    broken = [(row, at) for row in range(first, end) for at, cell in enumerate(rows[row]) if _lines(cell) > 1]
    if broken:
        return remark(broken, variant="header", cell=_shown(rows[broken[0][0]][broken[0][1]]))
    last = seen.body[1]
    apart = [(row, at) for row in range(first, last) for at, cell in enumerate(rows[row]) if _APART.search(cell)]
    return remark(apart, cell=_shown(rows[apart[0][0]][apart[0][1]]) if apart else "")


def _lines(cell: str) -> int:
    return len(cell.strip().splitlines())


def _shown(cell: str) -> str:
    return "⏎".join(cell.strip().splitlines())[:60]
