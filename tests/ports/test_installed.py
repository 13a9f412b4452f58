"""The Records port's part for stewards: releases and rechecks, alike on every database and the fake."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from catalog.adapters.sql import SqlRecords
from catalog.errors import Stale
from catalog.installed import Recheck, Release
from catalog.model import Entry, Organisation
from standards.record import Dataset
from tests.fakes import Clock, FakeRecords
from tests.templates import records_at

NOW = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)
A, B, C = "a" * 64, "b" * 64, "c" * 64


@pytest.fixture(params=["fake", "sqlite", "postgres"])
def records(request, tmp_path):
    if request.param == "fake":
        made = FakeRecords(now=Clock())
    elif request.param == "sqlite":
        made = SqlRecords(records_at(tmp_path / "records.db"), now=Clock())
    else:
        made = SqlRecords(request.getfixturevalue("fresh_postgres"), now=Clock())
    with made.begin() as unit:
        for number in ("1", "2"):
            unit.add_organisation(Organisation(id=f"o{number}", slug=f"o{number}", title={}, created=NOW, modified=NOW))
            unit.add_entry(Entry(id=f"d{number}", slug=f"d{number}", organisation=f"o{number}",
                                 about=Dataset(title={"vi": "A"}), created=NOW, modified=NOW))
    yield made
    made.close()


def release(name: str = "r1", **changed) -> Release:
    given = {"subject": "vn-commune", "content": A, "digest": B, "base": C, "created": NOW, "effective": date(2026, 10, 1)}
    return Release(id=name, **{**given, **changed})


def recheck(dataset: str = "d1", **changed) -> Recheck:
    given = {"release": "r1", "codelist": "vn-commune", "version": 1, "created": NOW, "state": "open"}
    return Recheck(dataset=dataset, **{**given, **changed})


def accepted(name: str, number: int, **changed) -> Release:
    moment = NOW + timedelta(hours=number)
    return release(name, number=number, state="accepted", accepted=moment, **changed)


def test_a_release_comes_back_equal_and_in_the_order_of_acceptance(records) -> None:
    first, second, draft = accepted("r9", 1), accepted("r1", 2), release("r0")
    other = accepted("r5", 1, subject="vn-province")
    with records.begin() as unit:
        for one in (draft, second, first, other):
            unit.add_release(one)
    with records.read() as unit:
        assert unit.release("r1") == second
        assert list(unit.releases(kind="codelist", subject="vn-commune")) == [first, second, draft]
        assert list(unit.releases(subject="vn-commune", state="draft")) == [draft]
        assert unit.release("no") is None
        assert unit.installed_mark() == "3:r9"


def test_a_number_is_given_once(records) -> None:
    with records.begin() as unit:
        unit.add_release(accepted("r1", 1))
        unit.add_release(release("r2"))
    with pytest.raises(Stale), records.begin() as unit:
        unit.save_release(replace(accepted("r2", 1), state="accepted"))
    with pytest.raises(Stale), records.begin() as unit:
        unit.add_release(accepted("r3", 1))


def test_objects_of_releases_are_needed_until_a_draft_is_dropped(records) -> None:
    with records.begin() as unit:
        for sha256 in (A, B, C):
            unit.adopt(sha256)
        unit.add_release(release())
    with records.read() as unit:
        assert list(unit.unclaimed(-1)) == []
    with records.begin() as unit:
        unit.drop_release("r1")
    with records.read() as unit:
        assert sorted(unit.unclaimed(-1)) == [A, B, C]


def test_rechecks_are_found_by_release_dataset_agency_and_state(records) -> None:
    one, other = recheck(result={"rows": 3}), recheck("d2", state="clean", created=NOW + timedelta(hours=1))
    with records.begin() as unit:
        unit.add_release(release())
        unit.save_recheck(one)
        unit.save_recheck(other)
        unit.save_recheck(one)
    with records.read() as unit:
        assert unit.recheck("r1", "d1") == one
        assert list(unit.rechecks(release="r1")) == [other, one]
        assert list(unit.rechecks(organisations=["o2"])) == [other]
        assert list(unit.rechecks(organisations=["o1", "o2"], states=("open",))) == [one]
        assert list(unit.rechecks(dataset="d2", limit=1)) == [other]
        assert unit.recheck("r2", "d1") is None
    with records.begin() as unit:
        unit.save_recheck(replace(one, state="kept"))
    with records.read() as unit:
        assert list(unit.rechecks(states=("open",))) == []


def test_a_wiped_site_has_no_releases(records) -> None:
    with records.begin() as unit:
        unit.add_release(accepted("r1", 1))
        unit.save_recheck(recheck())
    records.wipe()
    with records.read() as unit:
        assert unit.installed_mark() == ""
        assert list(unit.rechecks()) == []
