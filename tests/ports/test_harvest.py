"""The Records port: sources, runs, and what of them is held, on every database and on the fake."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from catalog.adapters.sql import SqlRecords
from catalog.harvest import Harvested, Run, Source
from catalog.ports import Records
from tests.fakes import Clock, FakeRecords
from tests.templates import records_at

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


@pytest.fixture(params=["fake", "sqlite", "postgres"])
def records(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Records]:
    if request.param == "fake":
        made: Records = FakeRecords(now=Clock())
    else:
        url = records_at(tmp_path / "r.db") if request.param == "sqlite" else request.getfixturevalue("fresh_postgres")
        made = SqlRecords(url, now=Clock())
        made.migrate()
    yield made
    made.close()


def a_source(number: int, **more: object) -> Source:
    return Source(id=f"s{number}", name=f"source-{number}", kind="ckan", url="https://a.example.org", created=NOW, **more)  # type: ignore[arg-type]


def test_sources_are_found_by_name_and_by_when_they_are_due(records: Records) -> None:
    with records.begin() as unit:
        unit.save_source(a_source(1, due=NOW))
        unit.save_source(a_source(2, due=NOW + timedelta(hours=1)))
        unit.save_source(a_source(3))
        unit.save_source(a_source(4, due=NOW, paused=True))
        unit.save_source(a_source(1, due=NOW, hints={"since": "2026"}))
    with records.read() as unit:
        assert [one.id for one in unit.sources()] == ["s1", "s2", "s3", "s4"]
        assert [one.id for one in unit.sources(due=NOW)] == ["s1"]
        found = unit.source("source-1")
        assert found is not None
        assert found.hints == {"since": "2026"}
        assert unit.source("s2") == a_source(2, due=NOW + timedelta(hours=1))
        assert unit.source("nobody") is None


def test_runs_are_given_newest_first_and_old_ones_forgotten(records: Records) -> None:
    with records.begin() as unit:
        unit.save_source(a_source(1))
        for number in range(5):
            unit.save_run(Run(id=f"r{number}", source="s1", started=NOW))
        unit.save_run(Run(id="r4", source="s1", started=NOW, state="done", counts={"new": 3}))
        unit.drop_runs("s1", 3)
    with records.read() as unit:
        assert [one.id for one in unit.runs("s1")] == ["r4", "r3", "r2"]
        found = unit.run("r4")
        assert found is not None
        assert (found.state, found.counts) == ("done", {"new": 3})
        assert unit.run("r0") is None


def test_what_is_held_is_seen_unseen_and_gone(records: Records) -> None:
    many = [Harvested(source="s1", remote=f"d{number:04d}", dataset=f"x{number}", digest="a", run="r1") for number in range(1200)]
    with records.begin() as unit:
        unit.save_source(a_source(1))
        unit.save_harvested(many)
        unit.save_harvested([Harvested(source="s1", remote="d0001", dataset="x1", digest="b", run="r2"),
                             Harvested(source="s1", remote="d0002", dataset="x2", digest="a", run="r1", gone=True)])
        assert unit.mark_seen("s1", [one.remote for one in many[2:1100]], "r2") == 1097
    with records.read() as unit:
        assert unit.count_harvested("s1") == 1199
        assert [one.digest for one in unit.harvested("s1", ["d0001", "d0003", "no"])] == ["b", "a"]
        assert [one.remote for one in unit.unseen("s1", "r2")][:2] == ["d0000", "d1100"]
        assert len(unit.unseen("s1", "r2")) == 101
        found = unit.source_of("x7")
        assert found is not None
        assert found.remote == "d0007"
        assert unit.source_of("y") is None
    with records.begin() as unit:
        unit.drop_source("s1")
        assert unit.count_harvested("s1") == 0
        assert unit.sources() == []
