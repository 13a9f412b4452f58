"""The Records port: what readers say, and who supports it, on every database and on the fake."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from catalog.adapters.sql import SqlRecords
from catalog.ports import Records
from catalog.voice import Voice
from tests.fakes import Clock, FakeRecords

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


@pytest.fixture(params=["fake", "sqlite", "postgres"])
def records(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Records]:
    if request.param == "fake":
        made: Records = FakeRecords(now=Clock())
    else:
        url = f"sqlite:///{tmp_path}/r.db" if request.param == "sqlite" else request.getfixturevalue("fresh_postgres")
        made = SqlRecords(url, now=Clock())
        made.migrate()
    yield made
    made.close()


def a_voice(number: int, **more: Any) -> Voice:
    members: dict[str, Any] = {"kind": "request", "due": NOW + timedelta(days=number), "created": NOW, "modified": NOW}
    return Voice(**{**members, "id": f"v{number}", "number": f"AAAAAA-{number:06d}", **more})


def test_voices_are_found_by_what_they_are_about_newest_first(records: Records) -> None:
    with records.begin() as unit:
        unit.save_voice(a_voice(1, organisation="o1", public=True))
        unit.save_voice(a_voice(2, kind="mistake", dataset="d1", organisation="o1", mark="m", held=""))
        unit.save_voice(a_voice(3, kind="mistake", dataset="d2", organisation="o2", state="answered"))
        unit.save_voice(a_voice(2, kind="mistake", dataset="d1", organisation="o1", mark="m", held="", text="more"))

    def ids(**wanted: Any) -> list[str]:
        with records.read() as unit:
            found = [one.id for one in unit.voices(**wanted)]
            assert unit.count_voices(**wanted) == len(found)
        return found

    assert ids() == ["v3", "v2", "v1"]
    assert ids(kind="mistake") == ["v3", "v2"]
    assert ids(dataset="d1") == ["v2"]
    assert ids(organisations=["o1", ""]) == ["v2", "v1"]
    assert ids(organisations=[]) == []
    assert ids(states=("waiting", "open")) == ["v2", "v1"]
    assert ids(public=True) == ["v1"]
    assert ids(public=False, mark="m") == ["v2"]
    assert ids(before=NOW + timedelta(days=2)) == ["v1"]
    with records.read() as unit:
        assert unit.voices(limit=1, offset=1)[0].id == "v2"
        found = unit.voice("AAAAAA-000002")
        assert found is not None
        assert (found.held, found.text) == ("", "more")
        assert unit.voice("AAAAAA-999999") is None


def test_a_mark_supports_a_request_once(records: Records) -> None:
    with records.begin() as unit:
        unit.save_voice(a_voice(1, dataset="d1"))
        assert unit.add_support("AAAAAA-000001", "m") is True
        assert unit.add_support("AAAAAA-000001", "m") is False
        assert unit.add_support("AAAAAA-000001", "other") is True
    with records.begin() as unit:
        unit.drop_supports("AAAAAA-000001")
        assert unit.add_support("AAAAAA-000001", "m") is True
        unit.drop_voices("d1")
    with records.read() as unit:
        assert unit.voices() == []
