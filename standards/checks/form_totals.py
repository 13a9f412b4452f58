"""Check: a total in a report form is the sum of what it is called the total of."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use
from standards.form import plan
from standards.page import page, remark, shown
from standards.sheet import address, drawn

CODE = "form-totals"
SCOPE = "sheet"
SEVERITY = "warning"
RULE = ""
LEVEL = 0
BASIS = ""
TITLE = {"vi": "Tổng không khớp các dòng thành phần", "en": "A total differs from its parts"}
SENTENCES = {
    "": {
        "vi": "{n} ô tổng không bằng tổng các dòng thành phần ({where}): ô {at} ghi {told}, cộng lại được {added}. "
        "Kiểm tra lại số liệu.",
        "en": "{n} totals differ from the sum of their parts ({where}): {at} says {told}, the parts add up to "
        "{added}. Check the figures.",
    }
}
PICTURE = {
    "vi": "Cộng | 25            Cộng | 22\nA    | 10      →     A    | 10\nB    | 12            B    | 12",
    "en": "Sum | 25             Sum | 22\nA   | 10       →     A   | 10\nB   | 12             B   | 12",
}
_HEAD = "Đơn vị tính: ha||\nXã|Lúa|Ngô\n"
GOOD = (
    Example(cells={"page": page(drawn(_HEAD + "A|=10|=1\nB|=12|=2\nCộng|=22|=3"))}),
    Example(cells={"page": page(drawn(_HEAD + "Tổng số|=22|=3\nA|=10|=1\nB|=12|=2"))}),
    Example(cells={"page": page(drawn(_HEAD + "A|=10|=1\nB|=12|=2"))}),
)
BAD = (
    Example(
        cells={"page": page(drawn(_HEAD + "A|=10|=1\nB|=12|=2\nCộng|=25|=3"))},
        said={"n": 1, "at": "B5", "told": "25", "added": "22"},
    ),
    Example(
        cells={"page": page(drawn("STT|Mục|Số\n(1)|(2)|(3)\nI|Chi|=9\n1|a|=4\n2|b|=4\nII|Thu|=3"))},
        said={"at": "C3", "added": "8"},
    ),
)


def look(cells: Cells, use: Use) -> Remark | None:  # noqa: ARG001 - the shape's signature
    """Compare the sums of a form with their parts, shares left out."""
    form = plan(shown(cells))
    if form is None or not form.wrong:
        return None
    row, column, told, added = form.wrong[0]
    where = [(one[0], one[1]) for one in form.wrong]
    return remark(where, at=address(row, column), told=_said(told), added=_said(added))


def _said(figure: float) -> str:
    return str(int(figure)) if figure == int(figure) else f"{figure:.6f}".rstrip("0")
