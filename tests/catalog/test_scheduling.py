"""Publishing at a set moment: decided by somebody who may, done by the worker, taken away by whatever changes the file."""

from __future__ import annotations

from datetime import timedelta

import pytest

from catalog.errors import Conflict, Invalid, NotAllowed, NotFound
from catalog.model import NOBODY
from tests.catalog.desk import Desk, a_desk


@pytest.fixture
def desk() -> Desk:
    return a_desk()


@pytest.fixture
def careful() -> Desk:
    desk = a_desk()
    desk.catalog.amend_organisation(desk.operator, "H12", review="second_person")
    return desk


def hours(desk: Desk, number: float):
    return desk.stand.clock() + timedelta(hours=number)


def pass_(desk: Desk, number: float) -> None:
    desk.stand.clock.forward(hours=number)


def test_a_file_comes_out_at_its_moment_and_not_before(desk):
    entry = desk.draft()
    one = desk.ready(entry.id, publish=False)
    kept = desk.catalog.schedule(desk.editor, one.id, hours(desk, 5))
    assert (kept.state, kept.due_by) == ("ready", desk.editor.person.id)
    assert desk.catalog.publish_due() == 0
    pass_(desk, 4.9)
    assert desk.catalog.publish_due() == 0
    with pytest.raises(NotFound):
        desk.catalog.dataset(NOBODY, entry.slug)
    pass_(desk, 0.2)
    assert desk.catalog.publish_due() == 1
    assert desk.catalog.dataset(NOBODY, entry.slug).version == 1
    assert desk.catalog.publish_due() == 0
    acts = [row.act for row in desk.catalog.audit(desk.operator)]
    assert acts[-2:] == ["schedule", "publish"]


def test_a_moment_that_has_passed_or_is_years_away_is_refused(desk):
    one = desk.ready(desk.draft().id, publish=False)
    for number in (-1, 0, 24 * 400):
        with pytest.raises(Invalid) as refused:
            desk.catalog.schedule(desk.editor, one.id, hours(desk, number))
        assert [(problem.pointer, problem.code) for problem in refused.value.problems] == [("#/at", "not-ahead")]


def test_nobody_sets_a_moment_who_may_not_publish_now(careful):
    one = careful.ready(careful.draft().id, by="reviewer", publish=False)
    for who in (careful.reader, careful.editor, careful.reviewer):
        with pytest.raises(NotAllowed):
            careful.catalog.schedule(who, one.id, hours(careful, 1))
    assert careful.catalog.schedule(careful.admin, one.id, hours(careful, 1)).due is not None


def test_a_second_person_approves_for_a_moment_to_come(careful):
    entry = careful.draft()
    one = careful.ready(entry.id, publish=False)
    careful.catalog.submit(careful.editor, one.id)
    careful.catalog.schedule(careful.reviewer, one.id, hours(careful, 1))
    pass_(careful, 2)
    assert careful.catalog.publish_due() == 1
    version = careful.catalog.version(NOBODY, entry.slug)
    assert version.approver == careful.reviewer.person.name


def test_the_moment_goes_when_the_file_is_checked_again_or_taken_back(desk):
    first, second, third = (desk.ready(desk.draft(f"Bảng số {at}").id, publish=False) for at in range(3))
    for one in (first, second, third):
        desk.catalog.schedule(desk.editor, one.id, hours(desk, 1))
    assert desk.catalog.recheck(desk.editor, first.id, fixes=["safe"]).due is None
    assert desk.catalog.unschedule(desk.editor, second.id).due is None
    assert desk.catalog.reject(desk.reviewer, third.id, "Sai năm").due is None
    pass_(desk, 2)
    assert desk.catalog.publish_due() == 0
    with pytest.raises(Conflict):
        desk.catalog.unschedule(desk.editor, second.id)


def test_what_cannot_come_out_any_more_waits_for_somebody_with_the_reason(desk):
    one = desk.ready(desk.draft().id, publish=False)
    desk.catalog.schedule(desk.editor, one.id, hours(desk, 1))
    desk.catalog.drop_member(desk.operator, "H12", "editor")
    pass_(desk, 2)
    assert desk.catalog.publish_due() == 0
    left = desk.catalog.submission(desk.operator, one.id)
    assert (left.state, left.due) == ("ready", None)
    assert left.reason is not None
    assert "schedule-missed" in [row.act for row in desk.catalog.audit(desk.operator)]


def test_a_prospect_is_the_version_that_comes_out(desk):
    entry = desk.draft()
    one = desk.ready(entry.id, publish=False, note="Kỳ đầu")
    before = desk.catalog.prospect(desk.editor, one.id)
    assert desk.catalog.dataset(desk.editor, entry.id).version is None
    after = desk.catalog.publish(desk.editor, [one.id])
    assert (before.number, before.resources, before.note, before.changes) == (1, after.resources, "Kỳ đầu", after.changes)
    with pytest.raises(NotFound):
        desk.catalog.prospect(NOBODY, one.id)
