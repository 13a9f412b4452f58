"""Check: no pictures, shapes or text boxes carry information (spreadsheets)."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use
from standards.page import page, remark, shown
from standards.sheet import Some, drawn

CODE = "drawing-objects"
SCOPE = "sheet"
SEVERITY = "warning"
RULE = "L1-10"
LEVEL = 1
BASIS = "行政データにおける機械可読性に関するルール (2026-03-31) L1-10"
TITLE = {"vi": "Có hình, biểu đồ, hộp chữ trên trang tính", "en": "Pictures, charts or shapes on the sheet"}
SENTENCES = {
    "": {
        "vi": (
            "trên trang tính có {kinds} mà chương trình không đọc được như dữ liệu{words}. "
            "Chuyển thông tin trong đó vào ô, rồi bỏ hình."
        ),
        "en": (
            "the sheet has {kinds}, which programs cannot read as data{words}. Move what they "
            "say into cells, then remove them."
        ),
    },
    "comments": {
        "vi": "{n} ô có ghi chú đính kèm ({where}). Chuyển nội dung cần thiết vào một cột.",
        "en": "{n} cells have comments ({where}). Move what matters into a column.",
    },
}
PICTURE = {
    "vi": "[hộp chữ: “số liệu tạm tính”] đè lên bảng   →   cột “Ghi chú”: tạm tính",
    "en": '[text box: "preliminary"] over the table   →   a column "Note": preliminary',
}
GOOD = (Example(cells={"page": page(drawn("Xã|Số dân\nA|=10"))}),)
BAD = (
    Example(cells={"page": page(drawn("Xã|Số\nA|=1", objects={"picture": 2, "shape": 1}, words="tạm tính"))}),
    Example(
        cells={"page": page(drawn("Xã|Số\nA|=1", comments=Some(count=1, places=((1, 1),))))},
        said={"variant": "comments", "where": ["B2"]},
    ),
)
_NAMES = {
    "picture": ("{} ảnh", "pictures: {}"),
    "chart": ("{} biểu đồ", "charts: {}"),
    "shape": ("{} hình hoặc hộp chữ", "shapes or text boxes: {}"),
    "control": ("{} nút điều khiển", "controls: {}"),
    "embedded": ("{} tệp nhúng", "embedded files: {}"),
}


def applies(cells: Cells, use: Use) -> bool:  # noqa: ARG001 - the shape's signature
    """Only spreadsheets have objects; an old .xls is not looked into."""
    return shown(cells).sheet.format in ("xlsx", "ods")


def look(cells: Cells, use: Use) -> Remark | None:  # noqa: ARG001
    """Count what lies over the cells, else comments."""
    sheet = shown(cells).sheet
    there = {kind: count for kind, count in sheet.objects.items() if kind in _NAMES and count}
    if not there:
        return remark(sheet.comments.places, sheet.comments.count, variant="comments")
    kinds = {
        lang: ", ".join(_NAMES[kind][at].format(count) for kind, count in there.items())
        for at, lang in enumerate(("vi", "en"))
    }
    said = sheet.words.strip()[:80]
    words = {"vi": f" (chữ trong hình: “{said}”)", "en": f' (their text: "{said}")'} if said else {"vi": "", "en": ""}
    return remark((), sum(there.values()), kinds=kinds, words=words)
