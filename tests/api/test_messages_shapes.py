"""Patterns are said in words wherever they are a row of simple parts, and left alone where they are not."""

from __future__ import annotations

import pytest

from api.messages.findings import said
from api.messages.shapes import in_words
from standards.finding import Finding, Place


@pytest.mark.parametrize(
    ("pattern", "vi", "en"),
    [
        ("[0-9]{5}", "5 chữ số", "5 digits"),
        ("[0-9]", "1 chữ số", "1 digit"),
        ("[A-Z][0-9]{2}", "1 chữ in hoa, rồi 2 chữ số", "1 capital letter, then 2 digits"),
        (r"[0-9]{3}\.[0-9]{2}", "3 chữ số, rồi “.”, rồi 2 chữ số", '3 digits, then ".", then 2 digits'),
        ("[0-9]{4,5}", "4 đến 5 chữ số", "4 to 5 digits"),
    ],
)
def test_a_simple_pattern_is_said_in_words(pattern: str, vi: str, en: str) -> None:
    assert in_words(pattern, "vi") == vi
    assert in_words(pattern, "en") == en


@pytest.mark.parametrize("pattern", ["[0-9]{10}(-?[0-9]{3})?", "a|b", "^x$", ".*", "a.b", ""])
def test_a_pattern_with_choices_stays_as_it_is(pattern: str) -> None:
    assert in_words(pattern, "vi") == pattern


def test_a_finding_names_the_shape_in_words() -> None:
    params = {"variant": "pattern", "constraint": "pattern", "expected": "[0-9]{5}"}
    finding = Finding(code="constraint-error", place=Place(row=2, column=5, field="ma_xa"), cell="7210", params=params)
    assert "5 chữ số" in said(finding, "vi")
    assert "5 digits" in said(finding, "en")
