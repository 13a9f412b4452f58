"""Check: a year is one that the data can be about."""

from __future__ import annotations

import re

from standards.check import Cells, Example, Remark, Use

CODE = "year-range"
SCOPE = "cell"
SEVERITY = "error"
EXPLAINS = ("pattern", "minLength", "maxLength", "type", "minimum", "maximum")
BASIS = "TCVN ISO 8601"
TITLE = {"vi": "Năm ngoài khoảng có thể có", "en": "Year out of range"}
SENTENCES = {
    "": {
        "vi": "năm {cell} nằm ngoài khoảng {least}–{most} mà dữ liệu này có thể nói đến. Kiểm tra lại năm.",
        "en": "the year {cell} lies outside {least}–{most}, which these data can be about. Check the year.",
    },
    "short": {
        "vi": "“{cell}” không phải năm đủ bốn chữ số. Ghi đủ, ví dụ 2025.",
        "en": '"{cell}" is no year of four digits. Write all of them, such as 2025.',
    },
}
GOOD = (
    Example(cells={"year": "2025"}),
    Example(cells={"year": "1945"}),
    Example(cells={"year": "2031"}, args={"ahead": 5}),
    Example(cells={"year": ""}),
    Example(cells={"year": "2025-01-01"}),
    Example(cells={"year": "không rõ"}),
)
BAD = (
    Example(cells={"year": "2205"}, said={"least": "1900", "most": "2027"}),
    Example(cells={"year": "1025"}),
    Example(cells={"year": "1999"}, args={"least": 2015}),
    Example(cells={"year": "25"}, said={"variant": "short"}),
)
_LEAST, _AHEAD = 1900, 1


def look(cells: Cells, use: Use) -> Remark | None:
    """Judge a year of digits; ``use.args``: ``least`` (1900), ``ahead`` how many years after this one (1)."""
    text = str(cells[use.field]).strip()
    if re.fullmatch(r"[0-9]{2}", text):
        return Remark(params={"variant": "short"})
    if not re.fullmatch(r"[0-9]{4}", text):
        return None
    least, most = int(use.args.get("least", _LEAST)), use.today.year + int(use.args.get("ahead", _AHEAD))
    return None if least <= int(text) <= most else Remark(params={"least": str(least), "most": str(most)})
