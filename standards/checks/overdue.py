"""Check: data are as fresh as the agency itself promised; no deadline of any law is asserted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from standards.check import Cells, Example, Remark, Use, day_of

CODE = "overdue"
SCOPE = "cell"
SEVERITY = "warning"
BASIS = "Tần suất do chính cơ quan công bố"
TITLE = {"vi": "Quá kỳ cập nhật đã hứa", "en": "Later than promised"}
SENTENCES = {
    "": {
        "vi": "cập nhật lần cuối {modified_on}; với tần suất {promised} do cơ quan công bố thì kỳ tiếp theo đã đến từ "
        "{due_on}. Cập nhật dữ liệu, hoặc sửa lại tần suất cho đúng thực tế.",
        "en": "last modified on {modified_on}; at the agency's own frequency {promised} the next update was due on "
        "{due_on}. Update the data, or give the frequency that is kept.",
    }
}
_ARGS = {"frequency": "frequency"}
GOOD = (
    Example(cells={"modified": "2026-09-05", "frequency": "ANNUAL"}, args=_ARGS),
    Example(cells={"modified": "2026-10-01", "frequency": "MONTHLY"}, args=_ARGS),
    Example(cells={"modified": "2015-01-01", "frequency": "NEVER"}, args=_ARGS),
    Example(cells={"modified": "2015-01-01", "frequency": "AS_NEEDED"}, args=_ARGS),
    Example(cells={"modified": "", "frequency": "DAILY"}, args=_ARGS),
    Example(cells={"modified": "5/9/2020", "frequency": "ANNUAL"}, args=_ARGS),
)
BAD = (
    Example(
        cells={"modified": "2024-09-05", "frequency": "ANNUAL"},
        args=_ARGS,
        said={"promised": "ANNUAL", "due_on": "2025-09-06"},
    ),
    Example(cells={"modified": "2026-08-01", "frequency": "MONTHLY"}, args=_ARGS),
)
DAYS: Mapping[str, int] = MappingProxyType({
    "DAILY": 1, "DAILY_2": 1, "WEEKLY": 7, "WEEKLY_2": 7, "WEEKLY_3": 7, "BIWEEKLY": 14, "MONTHLY": 31,
    "MONTHLY_2": 16, "MONTHLY_3": 11, "BIMONTHLY": 62, "QUARTERLY": 92, "ANNUAL_2": 184, "ANNUAL_3": 122,
    "ANNUAL": 366, "BIENNIAL": 731, "TRIENNIAL": 1096, "QUADRENNIAL": 1461, "QUINQUENNIAL": 1827, "DECENNIAL": 3653,
})  # fmt: skip
"""Frequency → the longest time between two updates, in days; others promise no day."""
_GRACE = 0.25
"""Part of the interval that is let pass, and a week at least, before anything is said."""


def look(cells: Cells, use: Use) -> Remark | None:
    """Compare the day of the last update with the frequency beside it; ``use.args``: ``frequency`` (column)."""
    promised = str(cells.get(str(use.args["frequency"]), "")).strip().upper()
    text = str(cells[use.field]).strip()
    modified = day_of(text, otherwise=use.today)
    if not text or modified is None or promised not in DAYS:
        return None
    due = modified + timedelta(days=DAYS[promised])
    if use.today <= due + timedelta(days=max(7, DAYS[promised] * _GRACE)):
        return None
    return Remark(params={"modified_on": modified.isoformat(), "due_on": due.isoformat(), "promised": promised})
