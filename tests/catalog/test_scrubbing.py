"""Bit rot: the slow lap over all objects finds every damaged and missing one, and goes on where it stood."""

from __future__ import annotations

import io

import pytest

from catalog.catalog.scrubbing import FACT
from catalog.errors import Unavailable
from tests.catalog.desk import CSV, Desk, a_desk


@pytest.fixture
def desk() -> Desk:
    made = a_desk()
    for number in range(4):
        made.publish(made.draft(f"Bộ {number}").id, CSV + b"%05d,X\n" % number)
    return made


def flip(desk: Desk, sha256: str) -> None:
    content = bytearray(desk.stand.files.objects[sha256])
    content[len(content) // 2] ^= 1
    desk.stand.files.objects[sha256] = bytes(content)


def lap(desk: Desk) -> None:
    scrubber = desk.catalog.scrubber()
    while scrubber.step():
        pass


def test_a_lap_over_sound_objects_reads_each_once_and_rests_for_a_week(desk):
    lap(desk)
    state = desk.catalog.scrub_state()
    assert (state["laps"], state["damaged"]) == (1, {})
    assert state["checked"] == len(list(desk.stand.files.hashes()))
    assert state["bytes"] == sum(map(len, desk.stand.files.objects.values()))
    assert desk.catalog.scrubber().step() == 0
    desk.stand.clock.forward(days=7, seconds=1)
    lap(desk)
    assert desk.catalog.scrub_state()["laps"] == 2


def test_every_flipped_and_every_lost_object_is_found_and_one_that_was_mended_is_forgotten(desk):
    objects = sorted(desk.stand.files.objects)
    kept = dict(desk.stand.files.objects)
    for sha256 in objects[::2]:
        flip(desk, sha256)
    desk.stand.files.delete(objects[1])
    lap(desk)
    damaged = desk.catalog.scrub_state()["damaged"]
    assert set(damaged) == {*objects[::2], objects[1]}
    assert damaged[objects[1]]["problem"] == "is missing"
    assert desk.catalog.is_damaged(objects[0])
    assert desk.catalog.health()["files"] == {"state": "degraded", "reason": "storage-damaged"}
    desk.stand.files.objects = kept
    desk.stand.clock.forward(days=8)
    lap(desk)
    assert desk.catalog.scrub_state()["damaged"] == {}
    assert desk.catalog.health()["files"] == {"state": "ok"}


def test_a_lap_stops_when_its_time_is_over_and_another_process_goes_on_where_it_stood(desk):
    count = len(desk.stand.files.objects)
    looked = [desk.catalog.scrubber().step(-1.0) for _ in range(3)]
    assert sum(looked) <= 3
    before = desk.catalog.scrub_state()["checked"]
    while desk.catalog.scrubber().step():
        pass
    state = desk.catalog.scrub_state()
    assert (state["laps"], state["checked"]) == (1, count)
    assert before <= 3


def test_an_object_larger_than_one_turn_is_read_in_several(desk):
    flip(desk, min(desk.stand.files.objects))
    scrubber = desk.catalog.scrubber()
    turns = 0
    while desk.catalog.scrub_state()["laps"] == 0:
        scrubber.step(-1.0)
        turns += 1
    assert turns > len(desk.stand.files.objects)
    assert list(desk.catalog.scrub_state()["damaged"]) == [min(desk.stand.files.objects)]


@pytest.mark.parametrize("jump", [{"days": -3650}, {"days": 3650}, {"hours": -1}])
def test_a_clock_that_jumps_never_stops_the_laps(desk, jump):
    lap(desk)
    desk.stand.clock.forward(**jump)
    lap(desk)
    assert desk.catalog.scrub_state()["laps"] == 2


def test_a_store_that_is_away_is_no_damage(desk):
    desk.stand.files.broken = True
    with pytest.raises(Unavailable):
        desk.catalog.scrubber().step()
    desk.stand.files.broken = False
    lap(desk)
    assert desk.catalog.scrub_state()["damaged"] == {}


def test_drafts_and_what_was_withdrawn_are_not_missed(desk):
    entry = desk.catalog.all_datasets(desk.operator)[0]
    gone = desk.catalog.version(desk.operator, entry.id).files[0].sha256
    desk.catalog.withdraw(desk.admin, entry.id, "x")
    desk.stand.files.delete(gone)
    desk.stand.files.put(io.BytesIO(b"a stranger"))
    lap(desk)
    assert desk.catalog.scrub_state()["damaged"] == {}


def test_the_sweep_is_due_once_a_day_also_when_the_clock_goes_back(desk):
    assert not desk.catalog.sweep_is_due()
    desk.stand.clock.forward(hours=25)
    assert desk.catalog.sweep_is_due()
    assert not desk.catalog.sweep_is_due()
    desk.stand.clock.forward(days=-400)
    assert desk.catalog.sweep_is_due()
    assert not desk.catalog.sweep_is_due()


def test_damage_that_a_reader_met_is_noted_once(desk):
    sha256 = min(desk.stand.files.objects)
    desk.catalog.report_damage(sha256)
    with desk.stand.records.read() as unit:
        said = unit.site(FACT)
    desk.stand.clock.forward(hours=1)
    desk.catalog.report_damage(sha256)
    with desk.stand.records.read() as unit:
        assert unit.site(FACT) == said
