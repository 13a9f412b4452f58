"""Releases in the catalogue: drafts, acceptance, what is due, and the work on desks."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

import pytest

from catalog.catalog.rechecking import due
from catalog.errors import Conflict, Invalid, NotAllowed, NotFound, NotKnown, Stale
from catalog.events import ReleaseAccepted
from catalog.installed import Release
from catalog.model import NOBODY
from tests.catalog.desk import Desk, a_desk
from tests.fakes import START

LIST = b"code\n1\n"
ROWS = b"code\n2\n"
FOUND = {"rows": 2, "resources": [{"name": "schools", "rows": 2, "touched": 2, "columns": []}]}


@pytest.fixture
def desk() -> Desk:
    return a_desk()


def told(**changed) -> Release:
    given = {
        "id": "", "subject": "vn-commune", "effective": date(2026, 10, 1), "basis": "NQ 1/2026", "source": "Công báo",
        "base": "0" * 64, "content": hashlib.sha256(ROWS).hexdigest(), "digest": hashlib.sha256(LIST).hexdigest(),
        "created": START,
    }
    return Release(**{**given, **changed})


def draft(desk: Desk, **changed) -> Release:
    return desk.catalog.draft_release(desk.steward, told(**changed), [ROWS, LIST])


def accepted(desk: Desk, **changed) -> Release:
    return desk.catalog.accept_release(desk.steward, draft(desk, **changed).id)


def test_only_stewards_and_operators_draft_accept_and_drop(desk: Desk) -> None:
    for who in (desk.reader, desk.editor, desk.admin, desk.stranger, desk.person):
        with pytest.raises(NotAllowed):
            desk.catalog.draft_release(who, told(), [])
    with pytest.raises(NotKnown):
        desk.catalog.draft_release(NOBODY, told(), [])
    made = draft(desk)
    for act in (desk.catalog.accept_release, desk.catalog.drop_release):
        with pytest.raises(NotAllowed):
            act(desk.admin, made.id)
    assert desk.catalog.accept_release(desk.operator, made.id).number == 1


def test_a_draft_is_there_for_stewards_only(desk: Desk) -> None:
    made = draft(desk)
    assert [one.id for one in desk.catalog.releases(desk.steward)] == [made.id]
    for who in (NOBODY, desk.admin, desk.stranger):
        assert desk.catalog.releases(who) == []
        with pytest.raises(NotFound):
            desk.catalog.release(who, made.id)
    desk.catalog.accept_release(desk.steward, made.id)
    assert desk.catalog.release(NOBODY, made.id).state == "accepted"


@pytest.mark.parametrize(("changed", "pointer"), [
    ({"basis": " "}, "#/basis"), ({"source": ""}, "#/source"), ({"effective": None}, "#/effective"),
    ({"nature": "correction"}, "#/reason"), ({"note": "x" * 3000}, "#/note"),
])
def test_a_release_says_on_what_it_rests(desk: Desk, changed: dict, pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        draft(desk, **changed)
    assert [one.pointer for one in refused.value.problems] == [pointer]


def test_the_same_draft_and_the_same_acceptance_again_are_nothing(desk: Desk) -> None:
    made = draft(desk)
    assert draft(desk).id == made.id
    first = desk.catalog.accept_release(desk.steward, made.id)
    assert desk.catalog.accept_release(desk.steward, made.id) == first
    assert [one for one in desk.stand.jobs.events if isinstance(one, ReleaseAccepted)] == [ReleaseAccepted(release=made.id)]


def test_of_two_drafts_made_on_the_same_list_only_one_is_accepted(desk: Desk) -> None:
    one, other = draft(desk), draft(desk, basis="NQ 2/2026")
    desk.catalog.accept_release(desk.steward, one.id)
    with pytest.raises(Stale) as refused:
        desk.catalog.accept_release(desk.steward, other.id)
    assert refused.value.code == "release-overtaken"
    assert desk.catalog.accept_release(desk.steward, draft(desk, follows=1).id).number == 2


def test_an_acceptance_is_bound_to_what_was_looked_at(desk: Desk) -> None:
    made = draft(desk)
    with pytest.raises(Stale):
        desk.catalog.accept_release(desk.steward, made.id, digest="f" * 64)


def test_a_release_in_force_cannot_be_dropped_and_a_draft_can(desk: Desk) -> None:
    made = draft(desk)
    desk.catalog.drop_release(desk.steward, made.id)
    with pytest.raises(NotFound):
        desk.catalog.release(desk.steward, made.id)
    with pytest.raises(Conflict):
        desk.catalog.drop_release(desk.steward, accepted(desk).id)


def test_the_mark_changes_with_every_acceptance_and_with_nothing_else(desk: Desk) -> None:
    before = desk.catalog.standards_mark()
    made = draft(desk)
    assert desk.catalog.standards_mark() == before
    desk.catalog.accept_release(desk.steward, made.id)
    assert desk.catalog.standards_mark() != before


def test_the_sweep_leaves_the_objects_of_releases(desk: Desk) -> None:
    made = accepted(desk)
    desk.stand.clock.forward(days=40)
    desk.catalog.sweep()
    assert desk.stand.files.size(made.digest) == len(LIST)
    assert desk.stand.files.size(made.content) == len(ROWS)


def test_work_comes_to_the_desk_of_the_agency_and_to_no_other(desk: Desk) -> None:
    entry, made = desk.published(), accepted(desk)
    one = desk.catalog.record_recheck(made, entry.id, 1, FOUND)
    assert one.state == "open"
    assert [work.entry.id for work in desk.catalog.work(desk.editor)] == [entry.id]
    assert desk.catalog.work(desk.stranger) == []
    assert [work.recheck.state for work in desk.catalog.rechecks_of(NOBODY, entry.id)] == ["open"]
    assert desk.catalog.record_recheck(made, entry.id, 1, {"rows": 0}) == one


def test_a_later_version_that_passes_ends_the_work(desk: Desk) -> None:
    entry, made = desk.published(), accepted(desk)
    desk.catalog.record_recheck(made, entry.id, 1, FOUND)
    desk.publish(entry.id, b"code,name\n00001,A\n")
    asked = [one for one in desk.stand.jobs.events if isinstance(one, ReleaseAccepted)]
    assert asked[-1] == ReleaseAccepted(release=made.id, dataset=entry.id, version=2)
    done = desk.catalog.record_recheck(made, entry.id, 2, {"rows": 0, "resources": []})
    assert (done.state, done.resolved_by) == ("resolved", 2)
    assert desk.catalog.work(desk.editor) == []


def test_a_later_version_that_does_not_pass_leaves_the_work_open(desk: Desk) -> None:
    entry, made = desk.published(), accepted(desk)
    desk.catalog.record_recheck(made, entry.id, 1, FOUND)
    desk.publish(entry.id, b"code,name\n00001,A\n")
    assert desk.catalog.record_recheck(made, entry.id, 2, FOUND).version == 2
    assert len(desk.catalog.work(desk.editor)) == 1


def test_whoever_may_publish_may_keep_the_data_with_a_day_and_a_reason(desk: Desk) -> None:
    entry, made = desk.published(), accepted(desk)
    desk.catalog.record_recheck(made, entry.id, 1, FOUND)
    keep = desk.catalog.keep
    with pytest.raises(NotAllowed):
        keep(desk.reader, made.id, entry.id, reason="x", reference=date(2026, 9, 1))
    with pytest.raises(NotFound):
        keep(desk.stranger, made.id, entry.id, reason="x", reference=date(2026, 9, 1))
    with pytest.raises(Invalid) as refused:
        keep(desk.editor, made.id, entry.id, reason=" ", reference=None)
    assert [one.pointer for one in refused.value.problems] == ["#/reason", "#/reference"]
    kept = keep(desk.editor, made.id, entry.id, reason="số liệu tháng 9", reference=date(2026, 9, 30))
    assert (kept.state, kept.by) == ("kept", "editor")
    assert desk.catalog.work(desk.editor) == []
    with pytest.raises(Conflict):
        keep(desk.editor, made.id, entry.id, reason="x", reference=date(2026, 9, 1))
    with desk.stand.records.read() as unit:
        assert unit.audit_rows(0, 1000)[-1].act == "keep-as-of"


def test_a_file_checked_before_a_release_and_published_after_it_is_looked_at_again(desk: Desk) -> None:
    entry, made = desk.published(), accepted(desk)
    with desk.stand.records.read() as unit:
        version = unit.version(entry.id, 1)
        assert version is not None
        assert due(unit, version) == []
        [table] = version.resources
        behind = replace(version, resources=(replace(table, pins={"codelists": {"vn-commune": "0" * 64}}),))
        assert due(unit, behind) == [ReleaseAccepted(release=made.id, dataset=entry.id, version=1)]
        abreast = replace(version, resources=(replace(table, pins={"codelists": {"vn-commune": made.digest}}),))
        assert due(unit, abreast) == []
