"""Check: an address of today names no district: that level ended on 1 July 2025."""

from __future__ import annotations

import re
from datetime import date

from standards.check import Cells, Example, Remark, Use, reference_day

CODE = "old-district"
SCOPE = "cell"
SEVERITY = "warning"
BASIS = "QĐ 19/2025/QĐ-TTg; Luật Tổ chức chính quyền địa phương 72/2025/QH15 (chưa đối chiếu văn bản gốc)"
TITLE = {"vi": "Địa chỉ còn ghi cấp huyện", "en": "Address names a district"}
SENTENCES = {
    "": {
        "vi": "địa chỉ ghi “{part}”, nhưng cấp huyện kết thúc hoạt động từ {until_on} và dữ liệu tính đến {day_on}. "
        "Viết theo xã, phường và tỉnh hiện nay.",
        "en": 'the address names "{part}", but the district level ended on {until_on} and the data refer to {day_on}. '
        "Write today's commune and province.",
    }
}
_ARGS = {"date": "ref_date"}
GOOD = (
    Example(cells={"address": "Số 1 đường Hùng Vương, phường Bắc Giang", "ref_date": "2026-06-30"}, args=_ARGS),
    Example(cells={"address": "Thôn 3, xã A, huyện B, tỉnh C", "ref_date": "2025-06-30"}, args=_ARGS),
    Example(cells={"address": "Số 2 đường Quận 8 cũ, phường Chánh Hưng", "ref_date": "2026-06-30"}, args=_ARGS),
    Example(cells={"address": "Trụ sở Huyện uỷ cũ, xã A, tỉnh C", "ref_date": "2026-06-30"}, args=_ARGS),
    Example(cells={"address": "", "ref_date": "2026-06-30"}, args=_ARGS),
)
BAD = (
    Example(
        cells={"address": "Thôn 3, xã A, huyện B, tỉnh C", "ref_date": "2026-06-30"},
        args=_ARGS,
        said={"part": "huyện B"},
    ),
    Example(cells={"address": "12 Lê Lợi, P. Bến Nghé, Q. 1, TP.HCM", "ref_date": "2026-06-30"}, args=_ARGS),
    Example(cells={"address": "Phường 5 - Thị xã Cai Lậy - Tiền Giang"}),
)
_ENDED = date(2025, 7, 1)
_LONG, _SHORT = r"(?:huyện|quận|thị xã)\s+(?!uỷ|ủy|đội|ủi)[^,;–-]{1,30}", r"[HQ]\.\s?[^\s,;–-][^,;–-]{0,20}"
_PART = re.compile(rf"(?:^|[,;–-])\s*({_LONG}|{_SHORT})", re.IGNORECASE)


def look(cells: Cells, use: Use) -> Remark | None:
    """Find a part of an address that begins with huyện, quận or thị xã; ``use.args``: ``date`` (column or ISO day)."""
    day = reference_day(cells, use)
    found = _PART.search(str(cells[use.field]))
    if not found or day is None or day < _ENDED:
        return None
    return Remark(params={"part": found[1].strip(), "until_on": _ENDED.isoformat(), "day_on": day.isoformat()})
