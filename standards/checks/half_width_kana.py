"""Check: Japanese text has no half-width katakana."""

from __future__ import annotations

import re
import unicodedata

from standards.check import Cells, Example, Remark, Use

CODE = "half-width-kana"
SCOPE = "cell"
SEVERITY = "warning"
BASIS = "行政データにおける機械可読性に関するルール; GIF DS-442"
TITLE = {"vi": "Katakana nửa độ rộng", "en": "Half-width katakana"}
SENTENCES = {
    "": {
        "vi": "“{cell}” có katakana nửa độ rộng. Viết đủ độ rộng: “{after}”.",
        "en": '"{cell}" has half-width katakana. Write them in full width: "{after}".',
    }
}
GOOD = (
    Example(cells={"name": "サッポロシヤクショ"}),
    Example(cells={"name": "札幌市役所"}),
    Example(cells={"name": "ABC 123"}),
    Example(cells={"name": ""}),
)
BAD = (
    Example(cells={"name": "ｻｯﾎﾟﾛ"}, said={"after": "サッポロ"}),
    Example(cells={"name": "ﾊﾞｽ停"}, said={"after": "バス停"}),
)
_HALF = re.compile("[\uff61-\uff9f]+")


def look(cells: Cells, use: Use) -> Remark | None:
    """Find letters U+FF61–U+FF9F; the wide form is Unicode's own (NFKC) of those letters only."""
    text = str(cells[use.field])
    if not _HALF.search(text):
        return None
    after = _HALF.sub(lambda run: unicodedata.normalize("NFKC", run[0]), text)
    return Remark(params={"after": after[:200]})
