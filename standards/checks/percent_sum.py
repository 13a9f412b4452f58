"""Check: the shares of a group add up to a hundred per cent."""

from __future__ import annotations

from decimal import Decimal

from standards.check import Cells, Example, Remark, Use, number_in, plain

CODE = "percent-sum"
SCOPE = "group"
SEVERITY = "warning"
BASIS = ""
TITLE = {"vi": "Tỷ lệ không cộng thành 100", "en": "Shares do not add up to 100"}
SENTENCES = {
    "": {
        "vi": "{count} tỷ lệ của nhóm cộng lại được {sum}, không phải {whole}. "
        "Kiểm tra từng tỷ lệ, hoặc thêm dòng còn thiếu.",
        "en": "the {count} shares of the group add up to {sum}, not {whole}. "
        "Check each share, or add the row that is missing.",
    }
}
GOOD = (
    Example(cells={"share": ["60", "40"]}),
    Example(cells={"share": ["33.3", "33.3", "33.3"]}),
    Example(cells={"share": ["0.25", "0.75"]}, args={"whole": 1}),
    Example(cells={"share": ["60", ""]}),
    Example(cells={"share": ["60", "60%"]}),
)
BAD = (
    Example(cells={"share": ["60", "30"]}, said={"sum": "90", "count": 2}),
    Example(cells={"share": ["60", "50"]}, said={"sum": "110"}),
)
_EACH = Decimal("0.5")


def look(cells: Cells, use: Use) -> Remark | None:
    """Add the shares of one group.

    ``use.args``: ``by``, ``whole`` (100 without it), ``tolerance``; without one each share may be rounded to a whole
    hundredth. A group with a blank cell or anything but plain numbers is passed over.
    """
    found = [number_in(str(one)) for one in cells[use.field]]
    known = [one for one in found if one is not None]
    if len(known) != len(found):
        return None
    whole, added = Decimal(str(use.args.get("whole", 100))), sum(known, Decimal(0))
    tolerance = Decimal(str(use.args.get("tolerance", _EACH * len(known) * whole / 100)))
    if abs(added - whole) <= tolerance:
        return None
    params = {"sum": plain(added), "whole": plain(whole), "count": len(known)}
    return Remark(params=params, rows=tuple(range(len(known))))
