"""Check: a cell does not begin or end with spaces."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use
from standards.finding import Fix

CODE = "trim"
SCOPE = "cell"
SEVERITY = "warning"
BASIS = "行政データにおける機械可読性に関するルール L1-06"
TITLE = {"vi": "Khoảng trắng thừa ở đầu hoặc cuối ô", "en": "Spaces at the beginning or end"}
SENTENCES = {
    "": {
        "vi": "“{cell}” có khoảng trắng thừa ở đầu hoặc cuối. Bỏ khoảng trắng, còn lại: “{after}”.",
        "en": '"{cell}" begins or ends with spaces. Remove them: "{after}".',
    },
    "blank": {
        "vi": "ô chỉ có khoảng trắng. Để trống ô.",
        "en": "the cell holds nothing but spaces. Leave it empty.",
    },
}
GOOD = (Example(cells={"name": "Hà Nội"}), Example(cells={"name": ""}), Example(cells={"name": "a  b"}))
BAD = (
    Example(cells={"name": " Hà Nội"}, said={"after": "Hà Nội"}),
    Example(cells={"name": "Hà Nội\u3000"}, said={"after": "Hà Nội"}),
    Example(cells={"name": "  "}, said={"variant": "blank"}),
)
SPACES = " \t\r\n\u3000\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u205f\u1680"
"""White space that can be seen as a gap; no-break spaces belong to invisible-characters."""


def look(cells: Cells, use: Use) -> Remark | None:
    """Compare a cell with itself without spaces at its ends."""
    text = str(cells[use.field])
    after = text.strip(SPACES)
    if after == text:
        return None
    params = {"after": after[:200], "variant": "" if after else "blank"}
    return Remark(params=params, fix=Fix(kind="trim", after=after, safe=True))
