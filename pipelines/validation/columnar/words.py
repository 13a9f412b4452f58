"""Rules for text: lengths, enumerations, plain patterns, and the narrow part of the string formats."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pac

from pipelines.validation.columnar.texts import NINE, ZERO, Rule, Texts, both, shaped

# Syntax that Python's re and RE2 read alike, without alternation (Frictionless anchors ``^p$`` around it unbracketed).
PLAIN_PATTERN = re.compile(
    r"(?:(?:\[(?:[A-Za-z0-9 ]-?)+\]|[A-Za-z0-9 _,/-]|\\[.\-/])(?:\{\d{1,3}(?:,\d{0,3})?\}|[?+*])?)+"
)
UUID_LENGTH, UUID_DASHES, UUID_VERSION = 36, (8, 13, 18, 23), 14


def string_rule(field: Any, constraints: dict[str, Any]) -> Rule | None:
    """Rule for a text of one of the formats, or with constraints; None where no sound one is known."""
    if field.format == "uuid":
        return None if constraints else _uuid
    if field.format in _FORMATS:
        return None if constraints else _matching(_FORMATS[field.format])
    if field.format in ("binary", "wkt"):
        return None
    rules: list[Rule] = []
    for name, value in constraints.items():
        rule = _string_rule(name, value)
        if rule is None:
            return None
        rules.append(rule)
    return both(*rules) if rules else anything


def anything(texts: Texts) -> Any:
    """Take every cell."""
    return np.ones(len(texts.lengths), dtype=bool)


def _string_rule(name: str, value: Any) -> Rule | None:
    if name == "enum":
        if not all(isinstance(one, str) for one in value):
            return None
        return lambda texts: _numpy(pac.is_in(texts.array, value_set=pa.array(value, pa.string())))
    if name == "minLength" and isinstance(value, int):
        return lambda texts: _numpy(pac.greater_equal(pac.utf8_length(texts.array), value))
    if name == "maxLength" and isinstance(value, int):
        return lambda texts: _at_most(texts, value)
    if name == "pattern" and isinstance(value, str) and PLAIN_PATTERN.fullmatch(value):
        return _pattern(value)
    return None


def _at_most(texts: Texts, value: int) -> Any:
    if int(texts.lengths.max(initial=0)) <= value:  # bytes are at least as many as characters
        return np.ones(len(texts.lengths), dtype=bool)
    return _numpy(pac.less_equal(pac.utf8_length(texts.array), value))


def _numpy(array: Any) -> Any:
    return array.to_numpy(zero_copy_only=False)


def _matching(pattern: str) -> Rule:
    return lambda texts: _numpy(pac.match_substring_regex(texts.array, rf"^(?:{pattern})\z"))


def _pattern(value: str) -> Rule | None:
    fixed = re.fullmatch(r"(?:[A-Z0-9\-]|\[0-9\]\{\d{1,2}\}|\[A-Z\]\{\d{1,2}\})+", value)
    if not fixed:
        return _matching(value)
    ranges: list[tuple[int, int]] = []
    for token in re.findall(r"\[0-9\]\{\d+\}|\[A-Z\]\{\d+\}|.", value):
        if token[0] == "[":
            ranges += [(ord(token[1]), ord(token[3]))] * int(token[6:-1])
        else:
            ranges.append((ord(token), ord(token)))
    low = np.array([low for low, _ in ranges], dtype=np.uint8)
    high = np.array([high for _, high in ranges], dtype=np.uint8)
    return lambda texts: shaped(texts, len(ranges), lambda cells: ((cells >= low) & (cells <= high)).all(axis=1))


_FORMATS = {
    # Narrow on purpose: what they do not take is read by Frictionless.
    "email": (
        r"[a-z0-9]{1,20}(?:[._][a-z0-9]{1,20}){0,2}"
        r"@[a-z0-9]{2,20}(?:\.[a-z0-9]{2,20}){0,3}\.(?:vn|com|org|net|jp|sg)"
    ),
    "uri": r"https?://[a-z0-9]{1,30}(?:\.[a-z0-9]{1,30}){1,5}(?:/[A-Za-z0-9._~-]{1,100}){0,10}/?",
}


def _uuid(texts: Texts) -> Any:
    def look(cells: Any) -> Any:
        dash = np.zeros(36, dtype=bool)
        dash[[8, 13, 18, 23]] = True
        hexa = ((cells >= ZERO) & (cells <= NINE)) | ((cells >= ord("a")) & (cells <= ord("f")))
        return np.where(dash, cells == ord("-"), hexa).all(axis=1) & (cells[:, 14] == ord("4"))

    return shaped(texts, 36, look)
