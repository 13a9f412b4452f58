"""Check: the table has no column that the standard does not know."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use

CODE = "extra-column"
SCOPE = "table"
SEVERITY = "warning"
BASIS = ""
TITLE = {"vi": "Cột ngoài tiêu chuẩn", "en": "Column outside the standard"}
SENTENCES = {
    "": {
        "vi": "cột “{extra}” không có trong tiêu chuẩn. Cột vẫn được công bố như văn bản; bỏ đi nếu không cần, "
        "hoặc đổi tên nếu đây là một cột của tiêu chuẩn.",
        "en": 'the column "{extra}" is not in the standard. It is published as text; remove it if it is not needed, '
        "or rename it if it is one of the standard's.",
    }
}
GOOD = (Example(cells={"ref_date": ["2025-01-01"]}, args={"expected": ["ref_date", "name"]}, field="ref_date"),)
BAD = (
    Example(
        cells={"ref_date": ["2025-01-01"], "remarks": ["…"]},
        args={"expected": ["ref_date", "name"]},
        field="remarks",
        said={"extra": "remarks"},
    ),
)


def look(cells: Cells, use: Use) -> Remark | None:
    """See whether the column ``use.field`` of the table is one of ``use.args["expected"]``."""
    if use.field not in cells or use.field in use.args["expected"]:
        return None
    return Remark(params={"extra": use.field})
