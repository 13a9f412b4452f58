"""The Records port: counts of use and of searches in vain, on every database and on the fake."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalog.adapters.sql import SqlRecords
from catalog.catalog.appraising import Appraising
from catalog.model import Entry, Organisation
from catalog.ports import Records
from catalog.usage import Missed, Use
from standards.record import Dataset
from tests.fakes import START, Clock, FakeRecords


@pytest.fixture(params=["fake", "sqlite", "postgres"])
def records(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Records]:
    if request.param == "fake":
        made: Records = FakeRecords(now=Clock())
    else:
        url = f"sqlite:///{tmp_path}/r.db" if request.param == "sqlite" else request.getfixturevalue("fresh_postgres")
        made = SqlRecords(url, now=Clock())
        made.migrate()
    with made.begin() as unit:
        unit.add_organisation(Organisation(id="o", slug="o", code="", title={"vi": "O"}, created=START, modified=START))
        for key in ("a", "b"):
            unit.add_entry(Entry(id=key, slug=key, organisation="o", about=Dataset(title={"vi": key}), state="published",
                                 version=1, created=START, modified=START))
    yield made
    made.close()


def use(dataset: str = "a", day: str = "2026-03-01", **more: Any) -> Use:
    return Use(**{"dataset": dataset, "day": day, "kind": "view", "count": 1, **more})


def test_counts_are_added_by_day_resource_and_kind_and_forgotten_with_their_dataset(records: Records) -> None:
    with records.begin() as unit:
        unit.add_uses([use(count=2, robots=1), use(kind="download", resource="t"), use("b"), use("gone")])
        unit.add_uses([use(count=3), use(day="2026-03-02", robots=5)])
    with records.read() as unit:
        assert [(one.day, one.resource, one.kind, one.count, one.robots) for one in unit.uses("a", "2026-01-01")] == [
            ("2026-03-01", "", "view", 5, 1), ("2026-03-01", "t", "download", 1, 0), ("2026-03-02", "", "view", 1, 5)]
        assert [one.day for one in unit.uses("a", "2026-03-02")] == ["2026-03-02"]
        assert unit.use_totals(["a", "b", "gone"], "2026-03-01") == {
            "a": {"view": (6, 6), "download": (1, 0)}, "b": {"view": (1, 0)}}
        assert unit.use_totals([], "2026-03-01") == {}
    with records.begin() as unit:
        assert unit.drop_uses("2026-03-02") == 3
        unit.drop_entry("a")
    with records.read() as unit:
        assert unit.uses("a", "") == []


def test_processes_that_count_at_once_lose_nothing(records: Records) -> None:
    def count() -> None:
        for _ in range(20):
            with records.begin() as unit:
                unit.add_uses([use(), use("b", robots=1)])

    threads = [threading.Thread(target=count) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(120)
    with records.read() as unit:
        assert unit.use_totals(["a", "b"], "")["a"]["view"] == (60, 0)
        assert unit.use_totals(["a", "b"], "")["b"]["view"] == (60, 60)


def test_readers_who_appraise_at_once_are_counted_once_each(records: Records) -> None:
    made = Appraising(records=records, files=None, index=None, jobs=None, now=Clock(),  # type: ignore[arg-type]
                      upload_limit=1, review_default="none", search_wait=False)
    answers: list[bool] = []

    def vote(at: int) -> None:
        marks = (f"{at:04x}", f"{at:04x}", "ffff")
        answers.extend([made.appraise(made.system(), "a", useful=True, mark=one) for one in marks])

    threads = [threading.Thread(target=vote, args=(at,)) for at in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(120)
    assert (len(answers), sum(answers)) == (18, 7)
    assert made.appraisal(made.system(), "a").yes == 7


def test_searches_in_vain_are_shown_when_they_have_words_and_no_answer(records: Records) -> None:
    def missed(key: str, **more: Any) -> Missed:
        return Missed(**{"id": key, "first": "2026-03-01", "last": "2026-03-01", "asked": 1, **more})

    with records.begin() as unit:
        unit.save_missed(missed("x"))
        unit.save_missed(missed("y", words="gia dien", asked=4, seen=("ab12",)))
        unit.save_missed(missed("z", words="gia nuoc", asked=9))
        unit.save_missed(missed("w", words="song", asked=99, answer="none"))
    with records.read() as unit:
        assert [one.id for one in unit.misses()] == ["z", "y"]
        assert [one.id for one in unit.misses(limit=1)] == ["z"]
        found = unit.missed("y")
        assert found is not None
        assert (found.words, tuple(found.seen)) == ("gia dien", ("ab12",))
        assert unit.missed("none") is None
    with records.begin() as unit:
        unit.save_missed(missed("z", words="gia nuoc", asked=9, last="2026-05-01"))
        assert unit.drop_misses("2026-03-02", "2026-01-01") == 1
        assert unit.drop_misses("2026-03-02", "2026-04-01") == 2
    with records.read() as unit:
        assert [one.id for one in unit.misses()] == ["z"]
