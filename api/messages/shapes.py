"""Patterns in words: what ``[0-9]{5}`` asks for, said to somebody who has never seen a regular expression."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"(\[0-9\]|\\d|\[A-Z\]|\[a-z\]|\[A-Za-z\]|\[0-9A-Z\])(?:\{(\d+)(?:,(\d+))?\})?"
    r"|\\([-./])|([A-Za-z0-9/ -]+)"
)
_KINDS = {
    "[0-9]": ("chữ số", "digits", "digit"),
    "\\d": ("chữ số", "digits", "digit"),
    "[A-Z]": ("chữ in hoa", "capital letters", "capital letter"),
    "[a-z]": ("chữ thường", "small letters", "small letter"),
    "[A-Za-z]": ("chữ cái", "letters", "letter"),
    "[0-9A-Z]": ("chữ số hay chữ in hoa", "digits or capital letters", "digit or capital letter"),
}


def in_words(pattern: str, language: str) -> str:
    """``"5 chữ số"`` for ``[0-9]{5}``; a pattern that is more than a row of such parts stays as it is."""
    parts, place = [], 0
    while place < len(pattern):
        found = _TOKEN.match(pattern, place)
        if found is None or not found[0]:
            return pattern
        parts.append(_part(found, language))
        place = found.end()
    joint = ", rồi " if language != "en" else ", then "
    return joint.join(parts) if parts else pattern


def _part(found: re.Match[str], language: str) -> str:
    if not found[1]:
        text = found[4] or found[5]
        return f"“{text}”" if language != "en" else f'"{text}"'
    vietnamese, many, one = _KINDS[found[1]]
    least, most = found[2] or "1", found[3]
    if language != "en":
        return f"{least} đến {most} {vietnamese}" if most else f"{least} {vietnamese}"
    return f"{least} to {most} {many}" if most else f"{least} {one if least == '1' else many}"
