"""What a repair changed where the eye sees no difference: letters stored in parts, characters that take no ink."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

from standards.text import INVISIBLE, nfc, without_invisible

MOST: Final = 3
"""So many different characters are named."""
LONGEST: Final = 2000
WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "vi": {
        "composed": "trông như nhau nhưng lưu khác nhau: {n} chữ, như “{letter}” lưu bằng {many} mã ({before}) thành "
        "{one} mã ({after})",
        "hidden": "bỏ {n} ký tự không nhìn thấy: {signs}",
    },
    "en": {
        "composed": "alike to the eye, stored differently: {n} letters, such as “{letter}” in {many} codes ({before}), "
        "now {one} ({after})",
        "hidden": "{n} characters that cannot be seen are gone: {signs}",
    },
}


def said(language: str, before: str, after: str) -> str:
    """Say in what two cells differ that look the same; "" where the eye sees it, or where nothing differs."""
    before, after = before[:LONGEST], after[:LONGEST]
    if before == after:
        return ""
    hidden = [one for one in before if one in INVISIBLE]
    if hidden and without_invisible(before).split() == after.split():
        names = list(dict.fromkeys(f"U+{ord(one):04X}" for one in hidden))
        signs = ", ".join(names[:MOST]) + ("…" if len(names) > MOST else "")
        return WORDS[language]["hidden"].format(n=len(hidden), signs=signs)
    apart = [one for one in _letters(before) if len(one) > len(nfc(one))] if nfc(before) == after else []
    if not apart:
        return ""
    letter = nfc(apart[0])
    return WORDS[language]["composed"].format(
        n=len(apart), letter=letter, many=len(apart[0]), one=len(letter), before=_codes(apart[0]), after=_codes(letter),
    )


def _letters(text: str) -> Iterator[str]:
    """Each letter with the marks that stand behind it."""
    held = ""
    for one in text:
        if held and not unicodedata.combining(one):
            yield held
            held = ""
        held += one
    if held:
        yield held


def _codes(letter: str) -> str:
    return " ".join(f"U+{ord(one):04X}" for one in letter)
