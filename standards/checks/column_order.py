"""Check: the columns stand in the order of the standard."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use

CODE = "column-order"
SCOPE = "table"
SEVERITY = "warning"
BASIS = ""
TITLE = {"vi": "Thứ tự cột khác tiêu chuẩn", "en": "Columns in another order"}
SENTENCES = {
    "": {
        "vi": "các cột không theo thứ tự của tiêu chuẩn. Thứ tự trong tiêu chuẩn: {expected}. Có thể để nguyên.",
        "en": "the columns are not in the order of the standard, which is {expected}. They may stay as they are.",
    }
}
_ORDER = {"expected": ["ref_date", "code", "name"]}
GOOD = (
    Example(cells={"ref_date": [], "code": [], "name": []}, args=_ORDER),
    Example(cells={"ref_date": [], "remarks": [], "name": []}, args=_ORDER),
)
BAD = (Example(cells={"code": [], "ref_date": []}, args=_ORDER, said={"expected": ["ref_date", "code"]}),)


def look(cells: Cells, use: Use) -> Remark | None:
    """Compare the order of the columns that the standard knows with its own (``use.args["expected"]``)."""
    known = [name for name in use.args["expected"] if name in cells]
    present = [name for name in cells if name in known]
    return None if present == known else Remark(params={"expected": known})
