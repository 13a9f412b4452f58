"""Check: every column that the standard requires is there."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use

CODE = "missing-column"
SCOPE = "table"
SEVERITY = "error"
BASIS = ""
TITLE = {"vi": "Thiếu cột bắt buộc", "en": "Required column missing"}
SENTENCES = {
    "": {
        "vi": "không thấy cột “{wanted_title}” ({wanted}), cột bắt buộc của tiêu chuẩn. "
        "Thêm cột này, hoặc đổi tên cột đang chứa dữ liệu đó thành “{wanted}”.",
        "en": 'the column "{wanted_title}" ({wanted}), which the standard requires, is not there. '
        'Add it, or rename the column that holds these data to "{wanted}".',
    }
}
GOOD = (Example(cells={"ref_date": ["2025-01-01"]}, args={"wanted": "ref_date"}),)
BAD = (Example(cells={"date": ["2025-01-01"]}, args={"wanted": "ref_date"}, said={"wanted": "ref_date"}),)


def look(cells: Cells, use: Use) -> Remark | None:
    """See whether the column ``use.args["wanted"]`` is among the fields; ``wanted_title`` is its name for people."""
    wanted = str(use.args["wanted"])
    if wanted in cells:
        return None
    return Remark(params={"wanted": wanted, "wanted_title": use.args.get("wanted_title", wanted)})
