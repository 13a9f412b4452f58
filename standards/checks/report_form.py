"""Check: the sheet is a table, not a report form (front, unit line, header of several rows, numbering, signatures)."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use
from standards.finding import Fix, Place
from standards.form import plan
from standards.page import page, shown
from standards.sheet import drawn

CODE = "report-form"
SCOPE = "sheet"
SEVERITY = "info"
RULE = ""
LEVEL = 0
BASIS = "行政データにおける機械可読性に関するルール (2026-03-31) L1-04, L3-01, L3-09"
TITLE = {"vi": "Trang tính là biểu mẫu báo cáo", "en": "The sheet is a report form"}
SENTENCES = {
    "": {
        "vi": "trang tính là biểu mẫu báo cáo ({signs}). Datamo có thể tách thành bảng {shape}: xem trước ở mục sửa "
        "“Tách biểu mẫu thành bảng” rồi quyết định.",
        "en": "the sheet is a report form ({signs}). Datamo can take it apart into a table {shape}: look at the "
        'preview of the repair "Take the form apart" and decide.',
    }
}
PICTURE = {
    "vi": "BIỂU SỐ 1, Đơn vị tính: ha          Xã | Năm  | Giá trị | Đơn vị tính\nXã   | 2023 | 2024             →     "
    "A  | 2023 | 10      | ha\nA    | 10   | 12                     A  | 2024 | 12      | ha\nNgười lập biểu",
    "en": "FORM 1, Unit: ha                    Ward | Year | Value | Unit\nWard | 2023 | 2024             →     "
    "A    | 2023 | 10    | ha\nA    | 10   | 12                     A    | 2024 | 12    | ha\nPrepared by",
}
_SIGNS = {
    "titles": ("tiêu đề ở trên", "titles on top"),
    "unit": ("dòng đơn vị tính", "a line with the unit"),
    "number": ("số biểu mẫu", "the number of the form"),
    "header": ("tên cột nhiều hàng", "a header of several rows"),
    "column-numbers": ("hàng đánh số cột", "numbered columns"),
    "numbering": ("đánh số I, 1, 1.1", "numbering I, 1, 1.1"),
    "signatures": ("phần ký tên", "signatures"),
    "notes": ("ghi chú ở dưới", "notes below"),
    "crosstab": ("bảng chéo", "a crosstab"),
    "sums": ("dòng tổng", "rows of sums"),
}
GOOD = (
    Example(cells={"page": page(drawn("Xã|Số dân|Số hộ\nA|=10|=3\nB|=12|=4"))}),
    Example(cells={"page": page(drawn("DÂN SỐ||\nXã|Số dân|Số hộ\nA|=10|=3\nB|=12|=4"))}),
)
BAD = (
    Example(
        cells={"page": page(drawn("Đơn vị tính: ha||\nXã|2023|2024\nA|=10|=12\nB|=3|=4\nNgười lập biểu||"))},
        said={"rows": 4},
    ),
)


def look(cells: Cells, use: Use) -> Remark | None:  # noqa: ARG001 - the shape's signature
    """Offer to take the form apart, where there is a plan for it."""
    seen = shown(cells)
    form = plan(seen)
    if form is None or seen.heading is None:
        return None
    signs = {lang: ", ".join(_SIGNS[one][at] for one in form.evidence) for at, lang in enumerate(("vi", "en"))}
    shape = {"vi": "dọc", "en": "in long form"} if form.long else {"vi": "phẳng", "en": "of one header row"}
    rows = (form.body[1] - form.body[0]) * (len(form.measures) if form.long else 1)
    return Remark(
        params={"signs": signs, "shape": shape, "rows": rows},
        place=Place(row=seen.heading.first + 1),
        fix=Fix(kind="report-form", safe=False),
    )
