"""Uploaders' regular expressions on RE2: the same verdict as Python's ``re``, in linear time, or a refusal."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

import re2

LONGEST = 1000
"""Longest pattern that is taken, in characters."""

_OUTSIDE = {
    "d": r"\p{Nd}",
    "D": r"\P{Nd}",
    "w": r"[\p{L}\p{N}_]",
    "W": r"[^\p{L}\p{N}_]",
    "s": "[\\t-\\r\\x1c-\\x20\\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}]",
    "S": "[^\\t-\\r\\x1c-\\x20\\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}]",
    "A": r"\A",
    "Z": r"\z",
}
_INSIDE = {key: value.strip("[]") if key in "ws" else value for key, value in _OUTSIDE.items() if key in "dDws"}
_PLAIN = "nrtfv.\\-/^$*+?()[]{}|#&~ @%,:;=!<>\"'`_"
_REFUSED = re.compile(r"\(\?(?!:)|\$(?![|)]|$)|\{,|\\[bBuUNxo0-9pPQEGzk]|\[\^?\]|\[[^\]]*(\[|--|&&|~~|\|\|)")
"""Groups with flags, look-around or names; Python-only repeats and escapes; nested sets; ``$`` before the end."""


class Unsupported(ValueError):
    """A pattern that RE2 cannot match exactly as Python's ``re`` would."""


def portable(pattern: str) -> bool:
    """Whether RE2 can match a pattern exactly as Frictionless's ``^pattern$`` would."""
    try:
        matcher(pattern)
    except Unsupported:
        return False
    return True


@lru_cache(maxsize=256)
def matcher(pattern: str) -> Callable[[str], bool]:
    """Compile a pattern for whole cells on RE2; raises Unsupported.

    As in Frictionless the anchors are put around the text of the pattern: ``a|b`` means ``^a`` or ``b$``.
    """
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 8 << 20
    ours = f"^{translated(pattern)}(?:\\n?\\z)"
    try:
        re.compile(pattern)
        compiled = re2.compile(ours, options)
    except (re.error, re2.error) as wrong:
        raise Unsupported(pattern) from wrong
    return lambda cell: compiled.match(cell) is not None


def translated(pattern: str) -> str:
    """Write a Python pattern in RE2's words; raises Unsupported where they cannot say the same."""
    if len(pattern) > LONGEST or _REFUSED.search(pattern.replace("\\\\", "")):
        raise Unsupported(pattern)
    out: list[str] = []
    chars = iter(pattern)
    inside = False
    for char in chars:
        if char == "\\":
            out.append(_escape(next(chars, ""), inside=inside, pattern=pattern))
        elif char == "$" and not inside:
            out.append(r"(?:\n?\z)")
        else:
            inside = (inside or char == "[") and char != "]"
            out.append(char)
    return "".join(out)


def _escape(char: str, *, inside: bool, pattern: str) -> str:
    words = _INSIDE if inside else _OUTSIDE
    if char in words:
        return words[char]
    if char and char in _PLAIN:
        return "\\" + char if char not in " \"'`_/@%,:;=!<>&~#" else re.escape(char) if char in "#&~" else char
    raise Unsupported(pattern)
