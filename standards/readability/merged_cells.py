"""Check: no cells are merged (spreadsheets)."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use
from standards.page import page, remark, shown
from standards.sheet import area, drawn

CODE = "merged-cells"
SCOPE = "sheet"
SEVERITY = "warning"
RULE = "L1-12"
LEVEL = 1
BASIS = "行政データにおける機械可読性に関するルール (2026-03-31) L1-12"
TITLE = {"vi": "Có ô gộp", "en": "Merged cells"}
SENTENCES = {
    "": {
        "vi": (
            "{n} vùng ô gộp trong dữ liệu ({spans}). Khi đọc, chỉ ô đầu có giá trị, các ô khác "
            "trống: bỏ gộp và ghi đủ giá trị vào từng ô."
        ),
        "en": (
            "{n} merged areas in the data ({spans}). Programs see the value in the first cell "
            "only, the others are blank: unmerge and write it in each."
        ),
    },
    "header": {
        "vi": ("{n} vùng ô gộp ở tên cột hoặc tiêu đề ({spans}). Bỏ gộp; tên cột chỉ chiếm một hàng, mỗi cột một tên."),
        "en": (
            "{n} merged areas in the header or titles ({spans}). Unmerge them; the header should "
            "be one row with a name for each column."
        ),
    },
}
PICTURE = {
    "vi": "Tỉnh  | Xã            Tỉnh | Xã\n[ A ] | a1            A    | a1\n[   ] | a2      →     A    | a2",
    "en": "Prov. | Ward          Prov. | Ward\n[ A ] | a1            A     | a1\n[   ] | a2      →     A     | a2",
}
GOOD = (Example(cells={"page": page(drawn("Tỉnh|Xã\nA|a1\nA|a2"))}),)
BAD = (
    Example(cells={"page": page(drawn("Tỉnh|Xã\nA|a1\n|a2", merges=((1, 0, 2, 0),)))}, said={"spans": ["A2:A3"]}),
    Example(
        cells={"page": page(drawn("Tỉnh|Dân số|\n|Nam|Nữ\nA|=1|=2", merges=((0, 0, 1, 0), (0, 1, 0, 2))))},
        said={"variant": "header", "n": 2},
    ),
)


def applies(cells: Cells, use: Use) -> bool:  # noqa: ARG001 - the shape's signature
    """Only spreadsheets can merge cells."""
    return shown(cells).sheet.is_workbook


def look(cells: Cells, use: Use) -> Remark | None:  # noqa: ARG001
    """List merged areas, those in the data before those of the header and titles."""
    seen = shown(cells)
    inside = [one for one in seen.sheet.merges if one[0] >= seen.body[0]]
    found = inside or list(seen.sheet.merges)
    count = len(inside) or seen.sheet.merged
    spans = [area(one) for one in found[:8]]
    return remark([(one[0], one[1]) for one in found], count, spans=spans, variant="" if inside else "header")
