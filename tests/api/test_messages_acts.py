"""Every deed that the audit chain can hold has a sentence; two cells that look alike are told apart."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from api.messages import acts, lookalike
from catalog.voice import Voice

ROOT = Path(__file__).resolve().parents[2]
NOTED = re.compile(r'\.audit\(\s*(?:[^,()]|\([^()]*\))+,\s*"([a-z-]+)"')
"""``unit.audit(actor, "act", …)`` as it stands in the code."""


def noted() -> set[str]:
    rooms = [*(ROOT / "catalog").rglob("*.py"), *(ROOT / "pipelines").rglob("*.py")]
    return {act for room in rooms for act in NOTED.findall(room.read_text())}


def test_every_deed_that_is_noted_has_a_sentence_in_both_languages() -> None:
    found = noted()
    assert {"attach", "draft", "sign-in", "erase", "restore", "escalate-voice"} <= found
    assert found <= set(acts.ACTS)
    made = {f"check-{state}" for state in ("ready", "blocked", "failed")} | {"publish", "approve", "submit", "reject"}
    made |= {f"ask-{kind}" for kind in get_args(get_type_hints(Voice)["kind"])} | {"hold", "lift-hold", "schedule", "insert-rows"}
    assert made <= set(acts.ACTS)
    for act, words in acts.ACTS.items():
        assert set(words) == {"vi", "en"}, act
        assert set(re.findall(r"\{\w+\}", words["vi"])) == set(re.findall(r"\{\w+\}", words["en"])), act


def test_a_deed_is_said_with_its_numbers_and_one_of_elsewhere_by_its_own_word() -> None:
    assert acts.told("publish", "vi", {"version": 3}) == "Công bố phiên bản 3"
    assert acts.named("publish", "en") == "Published version …"
    assert acts.told("keep-view", "en", {}) == "Kept a mark of CKAN's API"
    assert acts.told("something-new", "vi", {}) == "something-new"


def test_letters_stored_in_parts_are_told_by_their_codes() -> None:
    whole = "Phường Hải Phòng"
    said = lookalike.said("vi", unicodedata.normalize("NFD", whole), whole)
    assert "4 chữ" in said
    assert "U+01B0" in said or "U+0075 U+031B" in said


@pytest.mark.parametrize(("before", "after", "holds"), [
    ("Hà\u00a0Nội", "Hà Nội", "U+00A0"), ("01\u200b234", "01234", "U+200B"), ("a ", "a", ""), ("20/9", "21/9", ""),
    ("a", "a", ""), ("\uf900", "\u8c48", ""),
])
def test_only_cells_that_look_alike_are_told_apart(before: str, after: str, holds: str) -> None:
    said = lookalike.said("en", before, after)
    assert holds in said
    assert bool(said) is bool(holds)
