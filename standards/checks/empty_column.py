"""Check: a column outside the standard holds at least one value."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use
from standards.finding import Fix

CODE = "empty-column"
SCOPE = "table"
SEVERITY = "warning"
BASIS = "行政データにおける機械可読性に関するルール L1-03"
TITLE = {"vi": "Cột trống", "en": "Empty column"}
SENTENCES = {
    "": {
        "vi": "cột “{column}” không có giá trị nào. Bỏ cột này nếu không cần.",
        "en": 'the column "{column}" holds no value at all. Remove it if it is not needed.',
    }
}
GOOD = (Example(cells={"name": ["Hà Nội"], "note": [""]}, args={"empty": ["note"]}, field="name"),)
BAD = (
    Example(cells={"name": ["Hà Nội"], "note": [""]}, args={"empty": ["note"]}, field="note", said={"column": "note"}),
)


def look(cells: Cells, use: Use) -> Remark | None:
    """See whether ``use.field`` is one of the columns that were seen without values (``use.args["empty"]``)."""
    if use.field not in cells or use.field not in use.args["empty"]:
        return None
    return Remark(params={"column": use.field}, fix=Fix(kind="drop-column", safe=True))
