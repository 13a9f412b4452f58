"""Check: a cell holds no characters that cannot be seen (no-break and zero-width spaces, direction marks, controls)."""

from __future__ import annotations

import re

from standards.check import Cells, Example, Remark, Use
from standards.finding import Fix
from standards.text import INVISIBLE, invisible_in, without_invisible

CODE = "invisible-characters"
SCOPE = "cell"
SEVERITY = "warning"
BASIS = "行政データにおける機械可読性に関するルール L1-08"
TITLE = {"vi": "Ký tự không nhìn thấy", "en": "Invisible characters"}
SENTENCES = {
    "": {
        "vi": "“{cell}” có ký tự không nhìn thấy ({points}), làm cho tìm kiếm và so sánh sai. Bỏ chúng, còn "
        "lại: “{after}”.",
        "en": '"{cell}" holds invisible characters ({points}), which break searching and comparing. '
        'Remove them: "{after}".',
    }
}
GOOD = (
    Example(cells={"name": "Hà Nội"}),
    Example(cells={"name": "dòng 1\ndòng 2\tcột"}),
    # Joiners are part of the spelling of Persian, Khmer or Devanagari words.
    Example(cells={"name": "می\u200cخواهم"}),
)
BAD = (
    Example(cells={"name": "Hà\u00a0Nội"}, said={"after": "Hà Nội", "points": ["U+00A0"]}),
    Example(cells={"name": "\ufeffmã"}, said={"after": "mã"}),
    Example(cells={"name": "00\u200b004"}, said={"after": "00004"}),
    Example(cells={"name": "an\x00 ninh"}, said={"points": ["U+0000"]}),
)
_SHAPERS = frozenset("\u200c\u200d\u200e\u200f")
_SHAPED = re.compile("[\u0590-\u08ff\u0900-\u109f\u1780-\u17ff\ufb1d-\ufdff\ufe70-\ufefc\U0001f000-\U0001faff]")
"""Scripts and signs whose spelling needs joiners or direction marks."""


def look(cells: Cells, use: Use) -> Remark | None:
    """Name the invisible characters of a cell, and say what it is without them."""
    text = str(cells[use.field])
    found = invisible_in(text)
    if not found:
        return None
    hidden = [char for char in dict.fromkeys(text) if char in INVISIBLE]
    shaped = bool(_SHAPED.search(text))
    if shaped and _SHAPERS.issuperset(hidden):
        return None
    after = without_invisible(text).strip()
    points = [f"U+{ord(char):04X}" for char in hidden]
    params = {"points": points, "names": list(found), "after": after[:200]}
    return Remark(params=params, fix=Fix(kind="invisible", after=after, safe=not shaped))
