"""Check: a word is not made of letters of two scripts that look alike (Cyrillic а in Latin words)."""

from __future__ import annotations

import re

from standards.check import Cells, Example, Remark, Use

CODE = "mixed-scripts"
SCOPE = "cell"
SEVERITY = "warning"
BASIS = "TCVN 6909:2001; Unicode UTS 39"
TITLE = {"vi": "Chữ lẫn bảng chữ cái khác", "en": "Letters of another script"}
SENTENCES = {
    "": {
        "vi": "từ “{word}” lẫn chữ {script} trông giống chữ Latinh ({letters}), nên tìm kiếm và đối chiếu sẽ sai. "
        "Gõ lại từ này.",
        "en": 'the word "{word}" has {script} letters that look like Latin ones ({letters}), which breaks searching '
        "and matching. Type the word again.",
    }
}
GOOD = (
    Example(cells={"name": "Thành phố Hà Nội"}),
    Example(cells={"name": "Москва Hà Nội"}),
    Example(cells={"name": "β-carotene, 5 μm, 3 Ω, ΔT"}),
    Example(cells={"name": "東京Tokyo"}),
    Example(cells={"name": ""}),
)
BAD = (
    Example(cells={"name": "H\u0430 Noi"}, said={"word": "H\u0430"}),
    Example(cells={"name": "C\u041eVID"}, said={"letters": ["\u041e (U+041E)"]}),
    Example(cells={"name": "\u0391gribank"}),
)
_CYRILLIC = "АВЕЅІЈКМНОРСТУХаеорсухіѕј"
_GREEK = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο"
_LATIN = "A-Za-z\u00c0-\u024f\u1e00-\u1eff"
_WORD = re.compile(f"[{_LATIN}{_CYRILLIC}{_GREEK}]+")
_ALIKE = re.compile(f"[{_CYRILLIC}{_GREEK}]")
_PLAIN = re.compile(f"[{_LATIN}]")
_SCRIPTS = ({"vi": "Kirin", "en": "Cyrillic"}, {"vi": "Hy Lạp", "en": "Greek"})


def look(cells: Cells, use: Use) -> Remark | None:
    """Find the first word in which Latin letters stand beside Cyrillic or Greek ones of the same shape."""
    text = str(cells[use.field])
    if not _ALIKE.search(text):
        return None
    for word in _WORD.findall(text):
        strange = _ALIKE.findall(word)
        if strange and _PLAIN.search(word):
            letters = [f"{char} (U+{ord(char):04X})" for char in dict.fromkeys(strange)]
            script = _SCRIPTS[0 if strange[0] in _CYRILLIC else 1]
            return Remark(params={"word": word[:60], "letters": letters, "script": dict(script)})
    return None
