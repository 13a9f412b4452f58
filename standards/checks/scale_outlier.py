"""Check: one value of a series is not a thousand times its neighbours, as where a row kept another unit."""

from __future__ import annotations

from decimal import Decimal
from statistics import median

from standards.check import Cells, Example, Remark, Use, number_in, plain

CODE = "scale-outlier"
SCOPE = "group"
LEAST = 4
SEVERITY = "warning"
BASIS = "行政データにおける機械可読性に関するルール L3-04"
TITLE = {"vi": "Giá trị lệch đơn vị tính", "en": "Value in another unit"}
SENTENCES = {
    "": {
        "vi": "{value} gấp khoảng {times} lần các giá trị cùng nhóm (giá trị ở giữa {middle}): có lẽ dòng "
        "này dùng đơn vị "
        "tính khác (đồng, nghìn đồng, triệu đồng). Kiểm tra đơn vị.",
        "en": "{value} is about {times} times the other values of its group (middle value {middle}): this "
        "row probably uses "
        "another unit (dong, thousands, millions). Check the unit.",
    },
    "smaller": {
        "vi": "{value} chỉ bằng khoảng một phần {times} các giá trị cùng nhóm (giá trị ở giữa {middle}): có "
        "lẽ dòng này dùng "
        "đơn vị tính khác. Kiểm tra đơn vị.",
        "en": "{value} is about one part in {times} of the other values of its group (middle value "
        "{middle}): this row "
        "probably uses another unit. Check the unit.",
    },
}
GOOD = (
    Example(cells={"value": ["120", "130", "125", "140"]}),
    Example(cells={"value": ["1", "10", "100", "100000"]}),
    Example(cells={"value": ["120", "130", "125", "900"]}),
    Example(cells={"value": ["120", "0", "125", "130"]}),
    Example(cells={"value": ["120", "130", "125 nghìn", ""]}),
)
BAD = (
    Example(cells={"value": ["120", "130", "125", "118000"]}, said={"times": 1000}),
    Example(
        cells={"value": ["120000000", "130000000", "125000000", "118"]}, said={"variant": "smaller", "times": 1000000}
    ),
)
_UNITS = (1_000, 1_000_000, 1_000_000_000)
_NEAR = 5
"""How far a value may lie from a whole thousand, million or milliard times the median, and the others from it."""


def look(cells: Cells, use: Use) -> Remark | None:
    """Find the one value of a group that is 10³, 10⁶ or 10⁹ times the others (or that part of them).

    Told only where all others lie within a factor of five of their median; ``use.args``: ``by``. A rule of thumb, so
    that it warns and never blocks.
    """
    found = [(at, one) for at, cell in enumerate(cells[use.field]) if (one := number_in(str(cell))) and one > 0]
    if len(found) < LEAST:
        return None
    for place, value in (min(found, key=lambda one: one[1]), max(found, key=lambda one: one[1])):
        others = [one for at, one in found if at != place]
        middle = median(others)
        if not all(middle / _NEAR <= one <= middle * _NEAR for one in others):
            continue
        larger, smaller = _unit(value / middle), _unit(middle / value)
        if larger or smaller:
            params = {"value": plain(value), "times": larger or smaller, "middle": plain(Decimal(middle))}
            return Remark(params=params if larger else {**params, "variant": "smaller"}, rows=(place,))
    return None


def _unit(ratio: Decimal) -> int:
    """Give the thousand, million or milliard that a ratio is near, 0 for none."""
    return next((one for one in _UNITS if Decimal(one) / _NEAR <= ratio <= one * _NEAR), 0)
