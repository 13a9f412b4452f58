"""Check: of two dates in a row, the first is not later than the second."""

from __future__ import annotations

import re

from standards.check import Cells, Example, Remark, Use

CODE = "date-order"
SCOPE = "cell"
SEVERITY = "error"
BASIS = "ISO 8601"
TITLE = {"vi": "Ngày kết thúc trước ngày bắt đầu", "en": "End before beginning"}
SENTENCES = {
    "": {
        "vi": "{cell} sớm hơn {start} (cột {start_field}). "
        "Ngày kết thúc phải bằng hoặc sau ngày bắt đầu; sửa một trong hai.",
        "en": "{cell} is earlier than {start} (column {start_field}). The end must not come before the beginning; "
        "correct one of them.",
    }
}
_SPAN = {"start": "period_start", "end": "period_end"}
GOOD = (
    Example(cells={"period_end": "2025-03-31", "period_start": "2025-01-01"}, args=_SPAN),
    Example(cells={"period_end": "2025-01-01", "period_start": "2025-01-01"}, args=_SPAN),
    Example(cells={"period_end": "", "period_start": "2025-01-01"}, args=_SPAN),
    Example(cells={"period_end": "2025-01-01", "period_start": ""}, args=_SPAN),
    Example(cells={"period_end": "31/03/2024", "period_start": "2025-01-01"}, args=_SPAN),
    Example(cells={"period_end": "2025", "period_start": "2025-06"}, args=_SPAN),
)
BAD = (
    Example(cells={"period_end": "2024-12-31", "period_start": "2025-01-01"}, args=_SPAN, said={"start": "2025-01-01"}),
    Example(cells={"period_end": "2024", "period_start": "2025-01-01"}, args=_SPAN),
    Example(
        cells={"end": "2025-01-01T08:00:00", "start": "2025-01-01T09:00:00"}, args={"start": "start", "end": "end"}
    ),
)
_ISO = re.compile(r"\d{4}(-\d\d(-\d\d([T ]\d\d:\d\d(:\d\d)?)?)?)?Z?")


def look(cells: Cells, use: Use) -> Remark | None:
    """Compare the columns ``start`` and ``end`` of ``use.args``, both ISO 8601, as exactly as the coarser one allows.

    Without ``end`` the field of the use is the end.
    """
    start_field = str(use.args["start"])
    end_field = str(use.args.get("end", use.field))
    end, start = str(cells.get(end_field, "")).strip(), str(cells.get(start_field, "")).strip()
    if not (_ISO.fullmatch(end) and _ISO.fullmatch(start)):
        return None
    length = min(len(end), len(start))
    if end[:length].replace(" ", "T") >= start[:length].replace(" ", "T"):
        return None
    return Remark(params={"start": start, "start_field": start_field})
