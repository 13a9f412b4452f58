"""Check: a row that says it is the total of its group is the sum of the group's other rows."""

from __future__ import annotations

from decimal import Decimal

from standards.check import Cells, Example, Remark, Use, number_in, plain

CODE = "subtotals"
SCOPE = "group"
SEVERITY = "error"
BASIS = "行政データにおける機械可読性に関するルール L3-09"
TITLE = {"vi": "Dòng tổng không bằng các dòng cộng lại", "en": "Total row is not the sum of its rows"}
SENTENCES = {
    "": {
        "vi": "dòng tổng ({mark}) ghi {total}, còn {count} dòng của nhóm cộng lại được {sum}. "
        "Sửa dòng tổng, hoặc tìm dòng thiếu hay thừa.",
        "en": "the total row ({mark}) says {total}, but the {count} rows of its group add up to {sum}. "
        "Correct it, or look for the row that is missing or too many.",
    },
    "twice": {
        "vi": "nhóm này có hơn một dòng tổng ({mark}). Chỉ giữ một dòng.",
        "en": "this group has more than one total row ({mark}). Keep one.",
    },
}
_ARGS = {"level": "age", "total": ["T"]}
GOOD = (
    Example(cells={"people": ["30", "10", "20"], "age": ["T", "0-4", "5-9"]}, args=_ARGS),
    Example(cells={"people": ["10", "20"], "age": ["0-4", "5-9"]}, args=_ARGS),
    Example(cells={"people": ["30"], "age": ["T"]}, args=_ARGS),
    Example(cells={"people": ["30", "10", ""], "age": ["T", "0-4", "5-9"]}, args=_ARGS),
    Example(cells={"people": ["100.1", "60", "40"], "age": ["T", "a", "b"]}, args={**_ARGS, "tolerance": 0.5}),
)
BAD = (
    Example(
        cells={"people": ["31", "10", "20"], "age": ["T", "0-4", "5-9"]},
        args=_ARGS,
        said={"sum": "30", "total": "31", "count": 2},
    ),
    Example(cells={"people": ["3", "1", "3"], "age": ["T", "0-4", "T"]}, args=_ARGS, said={"variant": "twice"}),
)


def look(cells: Cells, use: Use) -> Remark | None:
    """Compare the total row of a group with the sum of the others.

    ``use.args``: ``by`` (columns of the group), ``level`` (column that marks the total), ``total`` (its words),
    ``tolerance``. A group without a total row, or with a blank or suppressed cell, is passed over.
    """
    words = {str(one) for one in use.args["total"]}
    level = [str(one).strip() for one in cells[str(use.args["level"])]]
    totals = tuple(at for at, one in enumerate(level) if one in words)
    if not totals:
        return None
    mark = level[totals[0]]
    if len(totals) > 1:
        return Remark(params={"variant": "twice", "mark": mark}, rows=totals)
    numbers = [number_in(str(one)) for one in cells[use.field]]
    known = [one for one in numbers if one is not None]
    if len(known) != len(numbers) or len(known) == 1:
        return None
    total = known[totals[0]]
    added = sum(known, Decimal(0)) - total
    if abs(added - total) <= Decimal(str(use.args.get("tolerance", 0))):
        return None
    params = {"mark": mark, "total": plain(total), "sum": plain(added), "count": len(known) - 1}
    return Remark(params=params, rows=totals)
