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


FORMS = {
    "": {"vi": "chữ đúng dạng của cột", "en": "text in the form of the column"},
    "email": {"vi": "địa chỉ thư điện tử", "en": "an e-mail address"},
    "uri": {"vi": "địa chỉ web đầy đủ, như https://example.vn/a", "en": "a whole web address, like https://example.vn/a"},
    "uuid": {"vi": "mã UUID, như 123e4567-e89b-12d3-a456-426614174000",
             "en": "a UUID, like 123e4567-e89b-12d3-a456-426614174000"},
    "binary": {"vi": "dữ liệu viết bằng base64", "en": "data written in base64"},
    "wkt": {"vi": "hình bản đồ dạng WKT, như POINT (105.85 21.03)", "en": "a shape in WKT, like POINT (105.85 21.03)"},
}
"""Format of a text column → what its cells are called."""

_MOMENT = {"Y": "2025", "y": "25", "m": "07", "d": "01", "H": "08", "I": "08", "M": "30", "S": "00", "p": "AM",
           "b": "Jul", "B": "July", "f": "000000", "z": "+0700", "%": "%"}


def example_of(form: str) -> str:
    """``"01/07/2025"`` for ``%d/%m/%Y``: a moment as a format writes it; "" where the format says more than we know."""
    parts = re.split(r"%(.)", form)
    if len(parts) == 1 or any(one not in _MOMENT for one in parts[1::2]):
        return ""
    return "".join(_MOMENT[one] if at % 2 else one for at, one in enumerate(parts))


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
