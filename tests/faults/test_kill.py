"""Killing the worker at any moment loses nothing: the work goes on when a worker starts, and nothing is done double."""

from __future__ import annotations

import random
import time

import pytest

from api.wiring import Site
from catalog.question import Question
from tests.faults.place import PATIENCE_SECONDS, Place, eventually, kill, stop

POINTS = [
    "before-begin_check",
    "after-begin_check",
    "inside-sandbox",
    "before-put",
    "after-put",
    "before-settle",
    "after-settle",
    "before-publish",
    "after-publish",
    "before-index",
    "after-index",
    "before-state",
    "before-advance",
]


def assert_all_is_well(place: Place, site: Site, datasets: list[str], versions: list[int]) -> None:
    """Versions are 1..n, verify finds nothing, search and the object store know each of them."""
    system = site.catalog.system()
    for dataset, count in zip(datasets, versions, strict=True):
        assert [one.number for one in site.catalog.versions(system, dataset)] == list(range(count, 0, -1))
    assert place.wait_indexed(site), place.log()
    assert list(site.catalog.verify(deep=True)) == []
    assert eventually(lambda: not site.catalog.search(system, Question(text=""))[0].degraded), "search is not itself again"
    answer, entries = site.catalog.search(system, Question(text=""))
    assert {one.id for one in entries} == set(datasets)
    assert answer.total == len(datasets)


ON_PRODUCTION = ["inside-sandbox", "before-settle", "after-publish", "before-index"]
"""All points are tried on the embedded engines; on the others those at which another engine is at work."""


@pytest.mark.parametrize(
    ("place", "point"),
    [("embedded", one) for one in POINTS] + [("production", one) for one in ON_PRODUCTION],
    indirect=["place"],
)
def test_a_worker_killed_here_is_replaced_and_the_file_is_published_once(place: Place, point: str) -> None:
    with place.site() as site:
        dataset = place.draft(site, "truong-hoc")
        submission = place.upload(site, dataset).id
        first = place.worker(point)
        first.wait(PATIENCE_SECONDS)
        assert first.returncode == -9, place.log()
        second = place.worker()
        try:
            assert place.wait(site, [submission]) == ["published"], place.log()
            assert_all_is_well(place, site, [dataset], [1])
        finally:
            stop(second)


def test_eight_kills_at_random_moments_lose_nothing_and_double_nothing(place: Place) -> None:
    chance = random.Random(20261121)
    with place.site() as site:
        datasets = [place.draft(site, f"bo-{one}") for one in range(3)]
        submissions = [place.upload(site, one).id for one in datasets for _ in range(2)]
        for _ in range(8):
            worker = place.worker()
            time.sleep(chance.uniform(0.2, 1.5))
            kill(worker)
        last = place.worker()
        try:
            assert place.wait(site, submissions) == ["published"] * 6, place.log()
            assert_all_is_well(place, site, datasets, [2, 2, 2])
        finally:
            stop(last)


def test_a_worker_that_is_told_to_stop_leaves_in_good_order_and_the_rest_waits(place: Place) -> None:
    with place.site() as site:
        dataset = place.draft(site, "truong-hoc")
        first = place.upload(site, dataset).id
        worker = place.worker()
        assert place.wait(site, [first]) == ["published"], place.log()
        assert [slot for slot, _ in site.jobs.workers()] == ["worker-1"]
        assert stop(worker) == 0, place.log()
        assert list(site.jobs.workers()) == []
        second = place.upload(site, dataset).id
        assert site.catalog.submission(site.catalog.system(), second).state == "received"
        again = place.worker()
        try:
            assert place.wait(site, [second]) == ["published"], place.log()
        finally:
            stop(again)
