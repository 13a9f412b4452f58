"""Orders of several keys in package_search: what is the same by the first is decided by the others, over the borders of pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from api.dialects.ckan import orders
from api.dialects.ckan.action import Refused
from catalog.model import Entry
from catalog.question import Question
from standards.record import Dataset

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
MANY = 60


def entry(at: int) -> Entry:
    """One of three titles, made one after the other, changed every seventh at the same moment."""
    at_all = BEGIN + timedelta(days=at)
    return Entry(id=f"{at:03d}", slug=f"bo-{at}", organisation="o", about=Dataset(title={"vi": "ABC"[at % 3] * 3}),
                 created=at_all, issued=at_all, modified=BEGIN + timedelta(days=at % 7))


ENTRIES = [entry(at) for at in range(MANY)]


def search(order: str, size: int) -> tuple[list[str], int]:
    """All pages of a search, as search has them: by the first key, then by id; and how often it was asked."""
    keys = orders.keys_of(order, weighed=False)
    first = keys[0]
    held = sorted(ENTRIES, key=lambda one: (orders.VALUES[first.sort](one), one.id), reverse=first.falls)
    asked = 0

    def page(question: Question) -> Sequence[Entry]:
        nonlocal asked
        asked += 1
        return held[question.start : question.start + question.limit]

    found: list[str] = []
    for start in range(0, MANY, size):
        question = Question(start=start, limit=size)
        found += [one.id for one in orders.untied(page(question), question, keys, page)]
    return found, asked


def wanted(*keys: tuple[str, bool]) -> list[str]:
    held = sorted(ENTRIES, key=lambda one: one.id)
    for sort, falls in reversed(keys):
        held.sort(key=orders.VALUES[sort], reverse=falls)  # type: ignore[index]
    return [one.id for one in held]


@pytest.mark.parametrize("size", [1, 4, 7, 20, 60])
@pytest.mark.parametrize(("order", "keys"), [
    ("title_string asc, metadata_modified desc, id asc", [("title", False), ("modified", True), ("issued", False)]),
    ("metadata_modified desc, title asc, metadata_created desc", [("modified", True), ("title", False), ("issued", True)]),
    ("score desc, title_string desc, metadata_created asc", [("title", True), ("issued", False)]),
])
def test_pages_of_any_size_are_cut_out_of_one_order(order: str, keys: list[tuple[str, bool]], size: int) -> None:
    assert search(order, size)[0] == wanted(*keys)


def test_one_key_asks_search_once_for_each_page_and_no_more() -> None:
    assert search("title_string asc", 10)[1] == MANY / 10


def test_words_that_fit_decide_alone_and_a_key_said_twice_counts_once() -> None:
    assert orders.keys_of("score desc, title asc", weighed=True) == (orders.Key("relevance", turned=False),)
    assert [one.sort for one in orders.keys_of("score desc, title asc, name desc, id asc", weighed=False)] == ["title", "issued"]
    assert orders.keys_of("score desc", weighed=False) == (orders.Key("modified", turned=False),)
    assert orders.keys_of("title asc, ", weighed=False) == (orders.Key("title", turned=False),)
    assert orders.keys_of("colour asc, title asc, colour desc", weighed=False) == (orders.Key("title", turned=False),)
    for wrong in ("colour", "title sideways", "title asc, colour"):
        with pytest.raises(Refused):
            orders.keys_of(wrong, weighed=False)
