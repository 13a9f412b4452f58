"""Check: a day of something that has happened does not lie in the future."""

from __future__ import annotations

import re
from datetime import date

from standards.check import Cells, Example, Remark, Use

CODE = "future-date"
SCOPE = "cell"
SEVERITY = "warning"
BASIS = "TCVN ISO 8601"
TITLE = {"vi": "Ngày ở tương lai", "en": "Day in the future"}
SENTENCES = {
    "": {
        "vi": "{cell} sau hôm nay ({today_on}). Kiểm tra năm, và kiểm tra ngày với tháng có bị đổi chỗ không.",
        "en": "{cell} comes after today ({today_on}). Check the year, and whether day and month are swapped.",
    }
}
GOOD = (
    Example(cells={"day": "2026-11-01"}),
    Example(cells={"day": "2026"}),
    Example(cells={"day": "2026-11"}),
    Example(cells={"day": "2026-11-02"}),  # somewhere it is tomorrow already
    Example(cells={"day": ""}),
    Example(cells={"day": "31/12/2030"}),
)
BAD = (
    Example(cells={"day": "2026-12-01"}, said={"today_on": "2026-11-01"}),
    Example(cells={"day": "2027"}),
    Example(cells={"day": "2026-12"}),
    Example(cells={"day": "2062-01-05T08:00:00"}),
)
_ISO = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ].*)?)?)?", re.DOTALL)
_ZONE = 1
"""Days of grace: today is not the same day everywhere."""


def look(cells: Cells, use: Use) -> Remark | None:
    """Compare the beginning of an ISO day, month or year with ``use.today``."""
    found = _ISO.fullmatch(str(cells[use.field]).strip())
    if not found:
        return None
    try:
        begins = date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return None
    late = (begins - use.today).days > _ZONE
    return Remark(params={"today_on": use.today.isoformat()}) if late else None
