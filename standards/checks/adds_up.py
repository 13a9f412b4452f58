"""Check: a total in a row is the sum of its parts in that row."""

from __future__ import annotations

from decimal import Decimal

from standards.check import Cells, Example, Remark, Use, number_in, plain

CODE = "adds-up"
SCOPE = "row"
SEVERITY = "error"
BASIS = "行政データにおける機械可読性に関するルール L3-09"
TITLE = {"vi": "Tổng không bằng các phần cộng lại", "en": "Total is not the sum of its parts"}
SENTENCES = {
    "": {
        "vi": "tổng ghi {cell}, còn các cột {parts_field} cộng lại được {sum} (chênh {difference}). "
        "Sửa tổng hoặc sửa các phần.",
        "en": "the total says {cell}, but the columns {parts_field} add up to {sum} (a difference of {difference}). "
        "Correct the total or the parts.",
    },
    "less": {
        "vi": "tổng ghi {cell}, nhỏ hơn {sum} là tổng các cột {parts_field}. Sửa tổng hoặc sửa các phần.",
        "en": "the total says {cell}, less than {sum}, what the columns {parts_field} add up to. "
        "Correct the total or the parts.",
    },
}
_ARGS = {"parts": ["male", "female"]}
GOOD = (
    Example(cells={"total": "1250", "male": "600", "female": "650"}, args=_ARGS),
    Example(cells={"total": "100.1", "male": "60", "female": "40"}, args={**_ARGS, "tolerance": 0.1}),
    Example(cells={"total": "1250", "male": "600", "female": ""}, args=_ARGS),
    Example(cells={"total": "", "male": "1", "female": "2"}, args=_ARGS),
    Example(cells={"total": "1.250", "male": "600 người", "female": "650"}, args=_ARGS),
    Example(cells={"total": "1300", "male": "600", "female": "650"}, args={**_ARGS, "at_least": True}),
    Example(cells={"total": "0.3", "male": "0.1", "female": "0.2"}, args=_ARGS),
)
BAD = (
    Example(
        cells={"total": "1251", "male": "600", "female": "650"},
        args=_ARGS,
        said={"sum": "1250", "difference": "1"},
    ),
    Example(
        cells={"total": "1200", "male": "600", "female": "650"},
        args={**_ARGS, "at_least": True},
        said={"variant": "less"},
    ),
)


def look(cells: Cells, use: Use) -> Remark | None:
    """Compare a total with the sum of ``use.args["parts"]`` (columns), exactly, in decimal.

    ``tolerance``: by how much they may differ (rounding; 0 without it). ``at_least``: the parts are not all there are.
    A row in which a part is blank or no plain number is passed over.
    """
    parts = [str(one) for one in use.args["parts"]]
    total = number_in(str(cells[use.field]))
    found = [number_in(str(cells.get(one, ""))) for one in parts]
    known = [one for one in found if one is not None]
    if total is None or len(known) != len(parts):
        return None
    added, tolerance = sum(known, Decimal(0)), Decimal(str(use.args.get("tolerance", 0)))
    open_above = bool(use.args.get("at_least"))
    difference = added - total if open_above else abs(total - added)
    if difference <= tolerance:
        return None
    params = {"sum": plain(added), "difference": plain(difference), "parts_field": parts}
    return Remark(params={**params, "variant": "less"} if open_above else params)
