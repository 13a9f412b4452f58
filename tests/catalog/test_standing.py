"""How the site stands: every number from one count of what is public, made little by little and kept with its time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from catalog.catalog import standing as counting
from catalog.catalog.appraising import KIND as USEFUL
from catalog.model import NOBODY, AuditRow, Mark
from catalog.outage import GAP, Outage, Watched, from_body, looked, maintenances
from catalog.standing import ALL, Tally, facts, growth, merge, month_of
from standards.record import Dataset
from tests.catalog.desk import CSV, Desk, a_desk

NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)


@pytest.fixture
def desk() -> Desk:
    return a_desk()


def described(desk: Desk, title: str, **about: object) -> str:
    entry = desk.catalog.draft(desk.editor, "H12", Dataset(title={"vi": title}, **about))
    desk.publish(entry.id)
    return entry.id


def test_only_what_is_public_is_counted_once_whatever_its_themes(desk):
    described(desk, "A", themes=("EDUC", "REGI"), frequency="DAILY")
    described(desk, "B", themes=("EDUC",))
    desk.draft("Chưa công bố")
    hidden = desk.published("Riêng")
    with desk.stand.records.begin() as unit:
        unit.save_entry(replace(unit.entry(hidden.id), visibility="private"))
    gone = desk.published("Đã gỡ")
    desk.catalog.withdraw(desk.reviewer, gone.id, reason="Sai.")
    found = desk.catalog.standing()
    assert found.whole()["all"] == {"datasets": 2, "rows": 4}
    assert found.whole("EDUC")["all"]["datasets"] == 2
    assert found.whole("REGI")["all"]["datasets"] == 1
    assert found.whole("ENVI") == {}
    assert sum(found.whole()["fresh"].values()) == sum(found.whole()["held"].values()) == 2
    assert found.whole()["formats"] == {"csv": 2, "parquet": 2}


def test_growth_counts_rows_that_came_and_went_by_the_month_in_vietnam(desk):
    key = desk.published("A").id
    desk.publish(key, CSV + b"00003,C\n00004,D\n", name="more.csv")
    told = desk.catalog.standing().whole()
    month = month_of(desk.stand.clock.at)
    assert (told["new-datasets"], told["new-versions"], told["new-rows"]) == ({month: 1}, {month: 2}, {month: 4})
    last = datetime(2026, 10, 31, 18, tzinfo=UTC)
    assert list(growth([(1, last, 10), (2, last + timedelta(days=40), 4)])) == [
        ("new-datasets", "2026-11", 1), ("new-versions", "2026-11", 1), ("new-rows", "2026-11", 10),
        ("new-versions", "2026-12", 1), ("new-rows", "2026-12", -6)]


def test_a_dataset_behind_its_promise_is_named_while_it_is_public(desk):
    key = described(desk, "A", frequency="DAILY")
    desk.stand.clock.forward(days=9)
    found = desk.catalog.standing()
    owner = desk.catalog.dataset(NOBODY, key).organisation
    assert found.whole()["fresh"] == {"late": 1}
    assert [(entry.id, days) for entry, days in desk.catalog.behind_promise(found, owner)] == [(key, 8)]
    desk.catalog.withdraw(desk.reviewer, key, reason="Sai.")
    assert list(desk.catalog.behind_promise(found, owner)) == []


def test_voices_are_counted_by_month_and_by_whether_they_were_answered_in_time(desk):
    key = described(desk, "A", themes=("EDUC",))
    for day in range(2):
        one = desk.catalog.speak(NOBODY, "question", dataset=key, text="Bao giờ có bản mới?", mark=f"m{day}")
        desk.stand.clock.forward(days=12 * day)
        desk.catalog.moderate(desk.editor, one.number, public=True)
        desk.catalog.answer_voice(desk.editor, one.number, answer="Tháng tới.", outcome="answered")
    desk.catalog.speak(NOBODY, "request", title="Dân số", text="Cần.", organisation="H12", mark="m3")
    desk.stand.clock.forward(days=30)
    spam = desk.catalog.speak(NOBODY, "question", dataset=key, text="Mua ngay", mark="m4")
    desk.catalog.refuse_voice(desk.editor, spam.number, reason="Thư rác.")
    told = desk.catalog.standing()
    asked = {kind: _sum(told.whole()[kind]) for kind in ("question", "request")}
    assert asked == {"question": {"asked": 2, "answered": 2, "in-time": 1, "late": 1},
                     "request": {"asked": 1, "waiting": 1, "overdue": 1}}
    assert _sum(told.whole("EDUC")["question"])["asked"] == 2
    assert "request" not in told.whole("EDUC")


def _sum(sheet: dict[str, int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for key, number in sheet.items():
        how = key.partition(" ")[2]
        found[how] = found.get(how, 0) + number
    return found


def test_the_worker_counts_in_steps_keeps_it_and_rests_until_something_changed(desk):
    described(desk, "A")
    census = desk.catalog.census()
    while census.step(0.0):
        pass
    with desk.stand.records.read() as unit:
        first = counting.kept_in(unit)
    assert first.whole()["all"]["datasets"] == 1
    assert from_the_body(first) == first
    described(desk, "B")
    assert census.step() is False
    with desk.stand.records.read() as unit:
        assert counting.kept_in(unit) == first
    desk.stand.clock.forward(minutes=2)
    while census.step(0.0):
        pass
    assert desk.catalog.standing().whole()["all"]["datasets"] == 2
    assert desk.catalog.census().step() is False


def from_the_body(one):
    from catalog.standing import from_body as read

    return read(one.to_body())


def test_a_large_site_shows_what_was_counted_last_and_a_new_one_nothing(desk, monkeypatch):
    described(desk, "A")
    monkeypatch.setattr(counting, "FEW", 0)
    assert desk.catalog.standing() is None
    while desk.catalog.census().step(60.0):
        pass
    described(desk, "B")
    assert desk.catalog.standing().whole()["all"]["datasets"] == 1


def test_how_useful_datasets_were_found_is_added_up_by_agency(desk):
    key = described(desk, "A")
    with desk.stand.records.begin() as unit:
        unit.save_mark(Mark(kind=USEFUL, id=key, subject=key, body={"yes": 3, "no": 1}, created=NOON, modified=NOON))
    assert desk.catalog.standing().whole()["useful"] == {"yes": 3, "no": 1}


def test_a_dataset_without_a_table_counts_as_documents_or_links(desk):
    entry = desk.published("A")
    version = desk.catalog.version(NOBODY, entry.id)
    kinds = []
    for kind in ("table", "file", "link"):
        parts = tuple(replace(one, kind=kind, format="PDF") for one in version.resources)
        told = list(facts(entry, replace(version, resources=parts), NOON.date()))
        kinds.append([key for sheet, key, _ in told if sheet in ("kind", "formats")])
    assert kinds == [["table", "csv", "parquet"], ["file", "pdf"], ["link", "pdf"]]


def test_two_counts_are_added_number_by_number_without_changing_the_other():
    other = {"a": {"x": 1}}
    into: dict[str, dict[str, int]] = {}
    merge(into, other)
    merge(into, {"a": {"x": 2, "y": 1}, "b": {"z": 5}})
    assert into == {"a": {"x": 3, "y": 1}, "b": {"z": 5}}
    assert other == {"a": {"x": 1}}
    assert Tally(NOON.date()).standing(NOON, 7, 1.0).of(ALL) == {}


# --- outages ----------------------------------------------------------------------------------------------------------


def test_an_outage_is_what_a_look_saw_until_a_look_sees_it_no_more():
    fine = {"database": "ok", "files": "ok", "search": "ok", "worker": "degraded"}
    seen, over = looked(None, NOON, fine)
    assert (seen, over) == (Watched(first=NOON, at=NOON), [])
    minute = timedelta(minutes=1)
    seen, over = looked(seen, NOON + minute, fine | {"search": "degraded"})
    assert over == []
    seen, over = looked(from_body(seen.to_body()), NOON + 2 * minute, fine | {"search": "down"})
    assert (over, seen.broken) == ([], {"search": NOON + minute})
    seen, over = looked(seen, NOON + 3 * minute, fine)
    assert over == [Outage(part="search", since=NOON + minute, until=NOON + 3 * minute)]
    assert over[0].minutes(NOON) == 2
    _, over = looked(seen, seen.at + GAP + minute, fine)
    assert over == [Outage(part="worker", since=seen.at, until=seen.at + GAP + minute)]


def test_a_maintenance_lasts_until_the_site_takes_changes_again():
    def row(number: int, act: str) -> AuditRow:
        return AuditRow(sequence=number, at=NOON + timedelta(hours=number), actor="operator", act=act, object="")

    rows = [row(1, "read-only-on"), row(2, "read-only-on"), row(3, "read-only-off"), row(4, "read-only-on")]
    first, second = maintenances(rows)
    assert (first.since, first.until, first.planned) == (rows[0].at, rows[2].at, True)
    assert (second.since, second.until) == (rows[3].at, None)


def test_the_worker_notes_what_works_and_everybody_may_read_it(desk):
    assert desk.catalog.watched_since() is None
    desk.catalog.note_health()
    first = desk.catalog.watched_since()
    desk.stand.clock.forward(hours=1)
    desk.catalog.note_health()
    desk.catalog.make_read_only(desk.operator, "Nâng cấp")
    found = desk.catalog.outages()
    assert [(one.part, one.planned, one.until is None) for one in found] == [("changes", True, True), ("worker", False, False)]
    assert found[1].minutes(NOON) >= 60
    desk.stand.clock.forward(days=401)
    desk.catalog.note_health()
    desk.stand.clock.forward(minutes=1)
    desk.catalog.note_health()
    assert [one.part for one in desk.catalog.outages()] == ["worker"]
    assert desk.catalog.watched_since() == first
