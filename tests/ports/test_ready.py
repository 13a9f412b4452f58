"""Questions for one value that are put to SQLite without detours: the same answers, one state, the same words when it goes wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from catalog.adapters.sql import SqlRecords, base, kept, log, people, shelf
from catalog.adapters.sql.base import Ready
from catalog.events import DatasetChanged
from catalog.model import Mark, Organisation, Person
from tests.fakes import Clock
from tests.templates import records_at

BOUND = {"key": "so", "kind": "organisation", "alias": "cu", "reader": "index", "name": "secret", "of": "group", "dataset": "d", "number": 1}


@pytest.fixture
def records(tmp_path: Path) -> SqlRecords:
    """Records with one of each."""
    clock = Clock()
    now = clock()
    made = SqlRecords(records_at(tmp_path / "records.db"), now=clock)
    with made.begin() as unit:
        unit.add_organisation(Organisation(id="o", slug="so", title={"vi": "Sở"}, created=now, modified=now))
        unit.add_person(Person(id="p", name="so", created=now))
        unit.add_alias("organisation", "cu", "o")
        unit.set_site("secret", "s")
        unit.advance("index", 7)
        unit.save_mark(Mark(kind="group", id="so", subject="x", created=now, modified=now))
        unit.announce(DatasetChanged(dataset="d"))
    return made


def every() -> dict[str, Ready]:
    return {name: one for room in (base, kept, log, people, shelf) for name, one in vars(room).items() if isinstance(one, Ready)}


def test_every_such_question_is_answered_as_on_the_usual_way(records: SqlRecords) -> None:
    found = {}
    with records.read() as unit:
        for name, one in every().items():
            wanted = {each: BOUND[each] for each in one.statement.compile().params if each in BOUND}
            found[name] = unit._value(one, **wanted)
            assert found[name] == unit.connection.execute(one.statement, wanted).scalar(), name
    told = {name for name, value in found.items() if value is not None}
    assert told >= {"LEADS_TO", "MARK_BY_ID", "LAST_CHANGE", "PLACE", "FACT", "ORG_BY_KEY", "PERSON_BY_KEY"}


def test_a_unit_of_work_that_begins_with_one_sees_one_state(records: SqlRecords) -> None:
    with records.read() as unit:
        assert unit.last_change() == 1
        with records.begin() as other:
            other.announce(DatasetChanged(dataset="d"))
        assert unit.last_change() == 1
    with records.read() as unit:
        assert unit.last_change() == 2


def test_what_goes_wrong_is_said_on_the_usual_way(records: SqlRecords) -> None:
    with records.begin() as unit:
        unit.connection.execute(text("DROP TABLE positions"))
        with pytest.raises(OperationalError, match="no such table: positions"):
            unit.position("index")
