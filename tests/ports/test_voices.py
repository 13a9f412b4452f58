"""The Records port: what readers say and what people are told, on every database and on the fake."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from catalog.adapters.sql import SqlRecords
from catalog.model import Person
from catalog.notice import Notice
from catalog.ports import Records
from catalog.voice import Voice
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


def test_notices_are_kept_once_and_given_to_their_person_and_to_the_post(records: Records) -> None:
    def a_notice(number: int, **more: Any) -> Notice:
        return Notice(**{"id": f"n{number}", "key": f"k{number}", "kind": "review", "person": "p1", "created": NOW, **more})

    with records.begin() as unit:
        assert unit.add_notice(a_notice(1, mail="waiting", due=NOW)) is True
        assert unit.add_notice(a_notice(2, key="k1")) is False
        assert unit.add_notice(a_notice(3, mail="waiting", due=NOW + timedelta(hours=1))) is True
        assert unit.add_notice(a_notice(4, person="p2", created=NOW - timedelta(days=100))) is True
        unit.save_notice(a_notice(3, mail="waiting", due=NOW + timedelta(hours=1), read=NOW))
    with records.read() as unit:
        assert [one.id for one in unit.notices("p1")] == ["n3", "n1"]
        assert [one.id for one in unit.notices("p1", unread=True)] == ["n1"]
        assert [one.id for one in unit.notices_to_send(NOW)] == ["n1"]
        assert [one.id for one in unit.notices_to_send(NOW + timedelta(hours=2))] == ["n1", "n3"]
        assert unit.notice("n4") is not None
    with records.begin() as unit:
        unit.save_notice(a_notice(1, mail="sent"))
        assert unit.drop_notices(NOW - timedelta(days=90)) == 1
    with records.read() as unit:
        assert unit.notices_to_send(NOW) == []
        assert unit.notice("n4") is None


def test_a_person_has_one_key_that_ends(records: Records) -> None:
    with records.begin() as unit:
        unit.add_person(Person(id="p1", name="one", created=NOW))
        unit.add_key("a" * 64, "p1", NOW + timedelta(hours=1))
        unit.add_key("b" * 64, "p1", NOW + timedelta(hours=2))
    with records.read() as unit:
        assert unit.key_of("a" * 64, NOW) == ""
        assert unit.key_of("b" * 64, NOW) == "p1"
        assert unit.key_of("b" * 64, NOW + timedelta(hours=2)) == ""
    with records.begin() as unit:
        unit.drop_keys("p1")
        assert unit.key_of("b" * 64, NOW) == ""
