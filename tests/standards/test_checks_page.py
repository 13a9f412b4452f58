"""docs/checks.md is printed from the checks, and says what they say."""

from __future__ import annotations

from pathlib import Path

from infra.docs import checks as docs
from standards.registry import CHECKS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "checks.md"


def test_the_page_of_checks_is_the_printed_one():
    """Run ``make docs`` when this fails."""
    assert PAGE.read_text(encoding="utf-8") == docs.page()


def test_every_check_and_every_sentence_of_it_is_on_the_page():
    page = docs.page()
    for check in CHECKS:
        assert f"\n## {check.CODE}\n" in page
        for said in check.SENTENCES.values():
            assert said["vi"] in page
            assert said["en"] in page
