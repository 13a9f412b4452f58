"""The Records port: ids of elsewhere and marks, on every database and on the fake."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog.adapters.sql import SqlRecords
from catalog.model import Mark, Origin, Person
from catalog.ports import Records
from tests.fakes import Clock, FakeRecords
from tests.templates import records_at

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
OLD = "https://old.example.org"


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


def test_an_id_of_elsewhere_leads_to_one_thing_and_the_first_source_wins(records: Records) -> None:
    one = Origin(source=OLD, kind="person", remote="u-1", target="p1", shown=True)
    other = Origin(source="http://a.example.org", kind="person", remote="u-1", target="p2")
    with records.begin() as unit:
        for key in ("p1", "p2"):
            unit.add_person(Person(id=key, name=f"name-{key}", created=NOW))
        unit.save_origin(one)
        unit.save_origin(other)
        unit.save_origin(Origin(source=OLD, kind="resource", remote="r-1", target="d1", part="bang"))
    with records.read() as unit:
        assert unit.origin("person", "u-1") == one
        assert unit.origin("person", "u-1", "http://a.example.org") == other
        assert unit.origin("dataset", "u-1") is None
        found = unit.person("u-1")
        assert found is not None
        assert found.id == "p1"
        assert [one.remote for one in unit.origins(source=OLD)] == ["u-1", "r-1"]
        assert [one.target for one in unit.origins(targets=["p2", "d1"])] == ["p2", "d1"]
        assert unit.origins(kind="resource", targets=[]) == []
    with records.begin() as unit:
        unit.save_origin(Origin(source=OLD, kind="resource", remote="r-1", target="d1", part="other"))
        unit.drop_origins("d1", "bang")
    with records.begin() as unit:
        assert [one.part for one in unit.origins(targets=["d1"])] == ["other"]
        unit.drop_origins("d1")
        unit.drop_origins("p1")
    with records.read() as unit:
        assert unit.origin("resource", "r-1") is None
        assert unit.origin("person", "u-1") == other


def test_marks_are_kept_listed_and_dropped(records: Records) -> None:
    def mark(key: str, subject: str, person: str = "", **body: object) -> Mark:
        return Mark(kind="view", id=key, subject=subject, person=person, body=body, created=NOW, modified=NOW)

    with records.begin() as unit:
        for one in (mark("b", "d1", title="B"), mark("a", "d2", "p1"), mark("c", "d1", "p1", n=[1, {"x": None}])):
            unit.save_mark(one)
        unit.save_mark(mark("b", "d1", title="B again"))
    with records.read() as unit:
        found = unit.mark("view", "b")
        assert found is not None
        assert found.body == {"title": "B again"}
        assert unit.mark("follow", "b") is None
        assert [one.id for one in unit.marks("view")] == ["a", "b", "c"]
        assert [one.id for one in unit.marks("view", subjects=["d1"])] == ["b", "c"]
        assert [one.id for one in unit.marks("view", subjects=["d1", "d2"], person="p1", limit=1)] in (["a"], ["c"])
        assert unit.marks("view", subjects=[]) == []
    with records.begin() as unit:
        assert unit.drop_mark("view", "a")
        assert not unit.drop_mark("view", "a")
        unit.drop_marks("d1")
    with records.read() as unit:
        assert unit.marks("view") == []
