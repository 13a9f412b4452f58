"""Hits that are alike: a further key puts them in order, over the borders of pages of any size."""

from __future__ import annotations

import random

import pytest

from catalog.adapters.index_tantivy import ties
from catalog.indexed import stamp_number


def engine(scores: list[int]):
    """An engine that knows the first key alone; which hits are asked of it, and further keys by the hit's number."""
    hits = sorted(((score, at) for at, score in enumerate(scores)), key=lambda one: -one[0])
    asked: list[tuple[int, int]] = []

    def part(first: int, most: int):
        asked.append((first, most))
        return hits[first : first + most]

    return part, lambda some: [at * 7919 % 101 for at in some], asked


@pytest.mark.parametrize("size", [1, 3, 20, 500])
@pytest.mark.parametrize("many", [1, 5, 300])
def test_pages_are_cut_out_of_one_order(size: int, many: int) -> None:
    chance = random.Random(many)
    scores = [chance.randrange(many) for _ in range(700)]
    part, keys, _ = engine(scores)
    found = [at for start in range(0, 700, size) for _, at in ties.settled(part, keys, start, size)]
    assert [(scores[at], at * 7919 % 101) for at in found] == sorted(((score, at * 7919 % 101) for at, score in enumerate(scores)), reverse=True)
    assert len(set(found)) == 700


def test_where_no_hits_are_alike_the_engine_is_asked_once() -> None:
    part, keys, asked = engine(list(range(100)))
    assert [at for _, at in ties.settled(part, keys, 10, 5)] == [89, 88, 87, 86, 85]
    assert asked == [(9, 5 + 1 + ties.SPARE)]


def test_behind_the_last_hit_there_is_nothing() -> None:
    part, keys, _ = engine([1, 1, 1])
    assert ties.settled(part, keys, 3, 5) == []
    assert len(ties.settled(part, keys, 2, 5)) == 1


def test_stamps_are_numbers_in_the_order_of_their_texts() -> None:
    stamps = ["", "2024-01-01", "2024-01-01T00:00:00.000001+00:00", "2024-01-01T00:00:00.000002+00:00", "2024-01-31T23:59:59+00:00",
              "2024-02-01T00:00:00+00:00", "2024-12-31T00:00:00+00:00", "9999-12-31T23:59:59.999999+00:00"]
    numbers = [stamp_number(one) for one in stamps]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) == len(numbers)
    assert stamp_number("soon") == stamp_number("\0") == 0
    assert numbers[-1] < 2**64
