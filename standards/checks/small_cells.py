"""Check: counts of people so small that somebody could be recognised are looked at before they are published."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use, number_in

CODE = "small-cells"
SCOPE = "cell"
SEVERITY = "warning"
BASIS = "Luật 91/2025/QH15; thông lệ thống kê (ngưỡng 5)"
TITLE = {"vi": "Số đếm người quá nhỏ", "en": "Small count of people"}
SENTENCES = {
    "": {
        "vi": "{cell}: số đếm người nhỏ hơn {least} có thể làm lộ danh tính ở địa bàn nhỏ. Gộp nhóm, hoặc để "
        "trống và ghi rõ "
        "là không công bố; nếu bảng không nói về cá nhân thì giữ nguyên.",
        "en": "{cell}: a count of people below {least} may tell who they are where few live. Merge groups, "
        "or leave the cell "
        "empty and say that it is withheld; keep it where the table is not about persons.",
    }
}
GOOD = (
    Example(cells={"population": "512"}),
    Example(cells={"population": "5"}),
    Example(cells={"population": "0"}),
    Example(cells={"population": ""}),
    Example(cells={"population": "<5"}),
    Example(cells={"population": "2.5"}),
)
BAD = (
    Example(cells={"population": "1"}, said={"least": 5}),
    Example(cells={"population": " 4 "}),
    Example(cells={"population": "9"}, args={"least": 10}),
)
_LEAST = 5


def look(cells: Cells, use: Use) -> Remark | None:
    """Find whole counts from 1 to ``use.args["least"]`` - 1 (4 without it). The remark does not repeat the count."""
    number, least = number_in(str(cells[use.field])), int(use.args.get("least", _LEAST))
    small = number is not None and number == int(number) and 0 < number < least
    return Remark(params={"least": least}, cell="*") if small else None
