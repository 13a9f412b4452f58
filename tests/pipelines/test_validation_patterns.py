"""Patterns from outside: matched on RE2 exactly as Python would, or refused."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.validation.patterns import Unsupported, matcher, portable

PATTERNS = [
    r"[0-9]{2}", r"\d{5}", r"[A-Z]\d{2}(\.[0-9A-Z]{1,4}){0,8}", r"a|b", r"(?:x|y)+", r"\w+@\w+\.vn", r"[\w.]+", r"\S.*\S",
    r"^abc$", r"[^\d]+", r"\+?\d{9,11}", r"[A-ZĐ]{1,3}", r".*", r"\s*x\s*", r"a{2,}", r"(abc)?", r"[-+]?\d+", r"a\|b",
]  # fmt: skip


@given(st.sampled_from(PATTERNS), st.text(alphabet="abxyzABĐđ01٣९_ .@vn|+-\n\u00a0\u3000²", max_size=8))
def test_re2_says_what_python_says(pattern, cell):
    assert matcher(pattern)(cell) == bool(re.compile(f"^{pattern}$").match(cell))


@pytest.mark.parametrize("pattern", [r"\d+", r"\w+", r"\s+", r"\D+", r"\W+", r"\S+", r"[\d]+", r"[\w]+", r"[\s]+"])
def test_classes_hold_the_same_characters_as_in_python(pattern):
    """Every character of the first plane, apart from the few numerals that stand outside the category N."""
    theirs, ours = re.compile(f"^{pattern}$"), matcher(pattern)
    differing = {chr(code) for code in range(0x20, 0xD800) if bool(theirs.match(chr(code))) != ours(chr(code))}
    assert differing == set()


@pytest.mark.parametrize(
    "pattern",
    [r"(?=a)b", r"(?<!a)b", r"(a)\1", r"\bword\b", r"(?i)abc", r"(?P<x>a)", r"a{,3}", "(", r"[]a]", r"a++", r"a$b", "x" * 1001,
     r"\x41", r"\u0041", r"[[a]b]", r"a{2000}"],
)  # fmt: skip
def test_what_re2_cannot_say_alike_is_refused(pattern):
    assert not portable(pattern)
    with pytest.raises(Unsupported):
        matcher(pattern)


def test_a_pattern_that_ruins_backtracking_engines_is_harmless():
    """Python's ``re`` would take longer than the age of the house."""
    assert matcher("(a+)+b")("a" * 5000) is False
