"""The publish protocol: nothing half-published, numbers 1 to n, nothing lost or left behind, whoever races or crashes."""

from __future__ import annotations

import hashlib
import io
import json
import threading
from dataclasses import replace

import pytest

from catalog.adapters.files_local import LocalFiles
from catalog.adapters.sql import SqlRecords
from catalog.errors import Conflict, Gone, Invalid, NotAllowed, NotFound, Stale, Unavailable
from catalog.model import NOBODY, Version
from catalog.question import Question
from standards.finding import Finding, Place
from tests.catalog.desk import CSV, Desk, a_desk
from tests.fakes import Clock, FakeFiles
from tests.templates import records_at

OTHER = b"code,name\n00003,C\n"


@pytest.fixture
def desk() -> Desk:
    return a_desk()


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def names(version: Version) -> list[str]:
    return [file.name for file in version.files]


def test_a_ready_upload_becomes_version_one_and_everybody_finds_it(desk):
    entry = desk.draft()
    one = desk.ready(entry.id)
    assert desk.catalog.may_publish_by_itself(one.id)
    version = desk.catalog.publish(desk.catalog.system(), [one.id])
    desk.stand.follow()
    assert (version.number, version.kind, version.approver) == (1, "update", "")
    assert names(version) == ["original-schools.csv", "schools.csv", "schools.parquet"]
    assert version.changes == {"added": 2, "removed": 0, "changed": 0}
    assert desk.catalog.dataset(NOBODY, entry.slug).version == 1
    assert [one.slug for one in desk.catalog.search(NOBODY, Question(text="truong"))[1]] == [entry.slug]
    assert desk.catalog.submission(desk.editor, one.id).state == "published"
    assert desk.catalog.statistics() == {"datasets": 1, "versions": 1, "rows": 2, "organisations": 1}
    assert desk.catalog.verify(deep=True) == []


def test_publishing_the_same_upload_again_gives_its_version_again(desk):
    one = desk.ready(desk.draft().id)
    first = desk.catalog.publish(desk.catalog.system(), [one.id])
    assert desk.catalog.publish(desk.catalog.system(), [one.id]) == first
    assert desk.catalog.publish(desk.operator, [one.id]) == first
    assert len(desk.catalog.versions(NOBODY, first.dataset)) == 1


def test_a_file_of_a_version_never_changes_and_its_manifest_names_it(desk):
    entry = desk.draft()
    desk.publish(entry.id, CSV)
    desk.publish(entry.id, OTHER)
    for number, content in ((1, CSV), (2, OTHER)):
        file = desk.catalog.file(NOBODY, entry.id, "schools.csv", number)
        with desk.catalog.open_file(NOBODY, file) as stream:
            assert stream.read() == content
        told = json.loads(desk.catalog.manifest(NOBODY, entry.id, number))
        assert {one["name"]: one["sha256"] for one in told["resources"][0]["files"]}["schools.csv"] == sha(content)
        assert told["number"] == number
    assert told["previous"] == desk.catalog.version(NOBODY, entry.id, 1).manifest
    assert sha(desk.catalog.manifest(NOBODY, entry.id, 2)) == desk.catalog.version(NOBODY, entry.id, 2).manifest


def test_resources_that_were_not_replaced_carry_over_in_their_place(desk):
    entry = desk.draft()
    desk.publish(entry.id, CSV, resource="a", name="a.csv")
    desk.publish(entry.id, CSV + b"00009,Z\n", resource="b", name="b.csv")
    desk.publish(entry.id, OTHER, resource="a", name="a2.csv")
    version = desk.catalog.version(NOBODY, entry.id)
    assert [one.name for one in version.resources] == ["a", "b"]
    assert names(version) == ["a2.csv", "a.csv", "a.parquet", "original-b.csv", "b.csv", "b.parquet"]
    assert version.resources[0].rows == 1


def test_uploads_of_one_dataset_are_released_together_or_not_at_all(desk):
    entry, other = desk.draft(), desk.draft("Khác")
    ones = [desk.ready(entry.id, resource=name, publish=False).id for name in ("a", "b")]
    stranger = desk.ready(other.id).id
    with pytest.raises(Conflict, match="several-datasets"):
        desk.catalog.publish(desk.editor, [*ones, stranger])
    with pytest.raises(Conflict, match="resource-twice"):
        desk.catalog.publish(desk.editor, [*ones, desk.ready(entry.id, resource="b").id])
    with pytest.raises(Conflict, match="wrong-state"):
        desk.catalog.publish(desk.editor, [*ones, desk.attach(entry.id).id])
    with pytest.raises(Invalid):
        desk.catalog.publish(desk.editor, [])
    assert desk.catalog.dataset(desk.editor, entry.id).state == "draft"
    version = desk.catalog.publish(desk.editor, ones)
    assert [one.name for one in version.resources] == ["a", "b"]
    assert [desk.catalog.submission(desk.editor, one).version for one in ones] == [1, 1]


def test_an_upload_that_asked_to_wait_does_not_publish_by_itself(desk):
    one = desk.ready(desk.draft().id, publish=False)
    assert one.state == "ready"
    assert not desk.catalog.may_publish_by_itself(one.id)


def test_a_file_that_came_from_somebody_who_left_does_not_publish_by_itself(desk):
    one = desk.ready(desk.draft().id)
    desk.catalog.drop_member(desk.admin, "H12", "editor")
    assert not desk.catalog.may_publish_by_itself(one.id)


def test_a_correction_marks_what_it_corrects(desk):
    entry = desk.draft()
    desk.publish(entry.id)
    desk.publish(entry.id, OTHER, kind="correction", note="Sai mã")
    newest, older = desk.catalog.versions(NOBODY, entry.id)
    assert (newest.kind, newest.erratum, older.kind, older.erratum) == ("correction", "Sai mã", "update", "Sai mã")
    assert desk.catalog.verify(deep=True) == []


def test_a_table_built_on_a_version_that_is_not_the_newest_any_more_is_stale(desk):
    entry = desk.draft()
    desk.publish(entry.id)
    one = desk.ready(entry.id, OTHER, base=1, update="append", period="2025")
    desk.publish(entry.id, CSV + b"x,y\n")
    with pytest.raises(Stale, match="base-moved"):
        desk.catalog.publish(desk.operator, [one.id])
    assert desk.catalog.dataset(NOBODY, entry.id).version == 2


# -- without a file ------------------------------------------------------------------------------------------------


def test_links_and_removals_and_old_contents_are_new_versions(desk):
    entry = desk.published()
    desk.catalog.add_link(desk.editor, entry.id, name="site", title={"vi": "Trang"}, url="https://example.vn/a")
    desk.catalog.remove_resource(desk.editor, entry.id, "schools")
    assert [one.kind for one in desk.catalog.version(NOBODY, entry.id).resources] == ["link"]
    back = desk.catalog.republish(desk.editor, entry.id, 1, "Nhầm")
    assert (back.number, back.republishes, back.note) == (4, 1, "Nhầm")
    assert back.resources == desk.catalog.version(NOBODY, entry.id, 1).resources
    with pytest.raises(NotFound):
        desk.catalog.remove_resource(desk.editor, entry.id, "site")
    with pytest.raises(NotFound):
        desk.catalog.republish(desk.editor, entry.id, 9, "x")
    assert desk.catalog.verify(deep=True) == []


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "file:///etc/passwd", "https://", "https://a b", "http://u@h/"])
def test_a_link_must_be_an_address_of_the_web(desk, url):
    with pytest.raises(Invalid) as refused:
        desk.catalog.add_link(desk.editor, desk.published().id, name="x", title={}, url=url)
    assert {one.pointer for one in refused.value.problems} == {"#/url"}


def test_a_dataset_may_begin_with_a_link_alone(desk):
    entry = desk.draft()
    version = desk.catalog.add_link(desk.editor, entry.id, name="x", title={"vi": "X"}, url="https://example.vn")
    assert (version.number, version.first_table, desk.catalog.dataset(NOBODY, entry.id).state) == (1, None, "published")


# -- withdrawal ----------------------------------------------------------------------------------------------------


def test_withdrawing_the_newest_version_brings_no_older_one_back_until_a_newer_comes(desk):
    entry = desk.draft()
    for content in (CSV, OTHER):
        desk.publish(entry.id, content)
    stone = desk.catalog.withdraw(desk.reviewer, entry.id, "Lộ dữ liệu", 2)
    desk.stand.follow()
    for act in (lambda: desk.catalog.version(NOBODY, entry.id), lambda: desk.catalog.file(NOBODY, entry.id, "schools.csv"),
                lambda: desk.catalog.version(NOBODY, entry.id, 2), lambda: desk.catalog.manifest(NOBODY, entry.id, 2)):
        with pytest.raises(Gone) as gone:
            act()
        assert gone.value.params == stone == {"state": "withdrawn", "reason": "Lộ dữ liệu", "withdrawn": stone["withdrawn"]}
    assert desk.catalog.version(NOBODY, entry.id, 1).number == 1
    assert desk.catalog.search(NOBODY, Question())[0].total == 0
    assert desk.catalog.statistics()["datasets"] == 0
    assert desk.publish(entry.id, CSV + b"1,2\n").number == 3
    desk.stand.follow()
    assert desk.catalog.version(NOBODY, entry.id).number == 3
    assert desk.catalog.search(NOBODY, Question())[0].total == 1
    assert [one.state for one in desk.catalog.versions(NOBODY, entry.id)] == ["published", "withdrawn", "published"]
    assert desk.catalog.versions(NOBODY, entry.id)[1].resources == ()


def test_a_withdrawn_dataset_answers_with_its_tombstone_everywhere_and_takes_nothing_new(desk):
    entry = desk.published()
    one = desk.catalog.submissions(desk.editor, dataset=entry.id)[0]
    waiting = desk.ready(entry.id, OTHER)
    stone = desk.catalog.withdraw(desk.reviewer, entry.id, "Nhầm")
    assert desk.catalog.withdraw(desk.reviewer, entry.id, "Lần hai") == stone
    assert desk.catalog.dataset(NOBODY, entry.slug).state == "withdrawn"
    assert desk.catalog.submission(desk.editor, one.id).state == "withdrawn"
    for act in (lambda: desk.catalog.version(NOBODY, entry.id, 1), lambda: desk.catalog.may_submit(desk.editor, entry.id),
                lambda: desk.catalog.publish(desk.operator, [waiting.id]), lambda: desk.catalog.tombstone(NOBODY, entry.id),
                lambda: desk.catalog.republish(desk.operator, entry.id, 1, "x")):
        with pytest.raises(Gone):
            act()
    desk.stand.follow()
    assert desk.catalog.document(entry.id) is None
    assert desk.catalog.verify(deep=True) == []


def test_a_dataset_whose_versions_were_all_withdrawn_can_still_be_withdrawn_as_a_whole(desk):
    entry = desk.published()
    first = desk.catalog.withdraw(desk.reviewer, entry.id, "Một", 1)
    assert desk.catalog.withdraw(desk.reviewer, entry.id, "Hai", 1) == first
    assert desk.catalog.withdraw(desk.reviewer, entry.id, "Cả bộ")["reason"] == "Cả bộ"
    assert desk.catalog.dataset(NOBODY, entry.id).state == "withdrawn"
    assert desk.catalog.versions(NOBODY, entry.id)[0].reason == "Một"


def test_a_draft_cannot_be_withdrawn_nor_a_number_that_never_was_nor_without_a_reason(desk):
    draft, entry = desk.draft(), desk.published()
    with pytest.raises(Conflict, match="never-published"):
        desk.catalog.withdraw(desk.reviewer, draft.id, "x")
    with pytest.raises(NotFound):
        desk.catalog.withdraw(desk.reviewer, entry.id, "x", 7)
    with pytest.raises(Invalid):
        desk.catalog.withdraw(desk.reviewer, entry.id, "  ")
    with pytest.raises(NotAllowed):
        desk.catalog.withdraw(desk.editor, entry.id, "x")


# -- a second person -----------------------------------------------------------------------------------------------


@pytest.fixture
def strict() -> Desk:
    return a_desk(review="second_person")


def test_where_a_second_person_is_asked_for_no_file_publishes_by_itself(strict):
    one = strict.ready(strict.draft().id)
    assert not strict.catalog.may_publish_by_itself(one.id)
    with pytest.raises(NotAllowed, match="second-person"):
        strict.catalog.publish(strict.catalog.system(), [one.id])
    with pytest.raises(NotAllowed):
        strict.catalog.publish(strict.editor, [one.id])


def test_the_review_road_ends_in_a_version_that_knows_who_approved_it(strict):
    entry = strict.draft()
    one = strict.ready(entry.id)
    assert strict.catalog.submit(strict.editor, one.id, "Xin duyệt").state == "in_review"
    done = strict.catalog.approve(strict.reviewer, one.id, "Đồng ý", sha256=one.staged.sha256)
    assert (done.state, done.version, done.reviewer) == ("published", 1, strict.reviewer.person.id)
    assert strict.catalog.version(NOBODY, entry.id).approver == "reviewer"
    row = next(row for row in strict.catalog.audit(strict.operator) if row.act == "approve")
    assert row.detail["submissions"] == {one.id: one.staged.sha256}


def test_nobody_approves_or_publishes_her_own_upload(strict):
    entry = strict.draft()
    for who in ("reviewer", "admin", "operator"):
        own = strict.ready(entry.id, by=who)
        for act in (strict.catalog.approve, lambda caller, key: strict.catalog.publish(caller, [key])):
            with pytest.raises(NotAllowed, match="own-submission"):
                act(strict.people[who], own.id)


def test_an_approval_counts_for_one_file_only(strict):
    one = strict.ready(strict.draft().id)
    with pytest.raises(Stale, match="file-changed"):
        strict.catalog.approve(strict.reviewer, one.id, sha256=sha(b"another file"))
    assert strict.catalog.submission(strict.editor, one.id).state == "ready"


def test_an_editor_neither_approves_nor_rejects(strict):
    one = strict.ready(strict.draft().id)
    for act in (lambda: strict.catalog.approve(strict.editor, one.id), lambda: strict.catalog.reject(strict.editor, one.id, "x")):
        with pytest.raises(NotAllowed):
            act()


def test_making_a_private_dataset_public_asks_for_the_right_to_release(strict):
    entry = strict.draft(visibility="private")
    strict.catalog.approve(strict.reviewer, strict.ready(entry.id).id)
    with pytest.raises(NotAllowed):
        strict.catalog.amend(strict.editor, entry.id, visibility="public")
    assert strict.catalog.amend(strict.reviewer, entry.id, visibility="public").visibility == "public"


# -- races and crashes ---------------------------------------------------------------------------------------------


@pytest.fixture(params=["fake", "sqlite", "postgres"])
def busy(request, tmp_path) -> Desk:
    if request.param == "fake":
        yield a_desk()
        return
    url = records_at(tmp_path / "x.db") if request.param == "sqlite" else request.getfixturevalue("fresh_postgres")
    records = SqlRecords(url, now=Clock())
    records.migrate()
    yield a_desk(records=records, files=LocalFiles(tmp_path / "files"))
    records.close()


def together(*acts) -> list[object]:
    """Run acts at the same moment; give what each gave or raised."""
    answers: list[object] = [None] * len(acts)
    gate = threading.Barrier(len(acts))

    def run(at: int, act) -> None:
        gate.wait()
        try:
            answers[at] = act()
        except Exception as wrong:  # noqa: BLE001 - the test looks at it
            answers[at] = wrong

    threads = [threading.Thread(target=run, args=one) for one in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_of_many_who_publish_at_once_each_gets_a_number_of_its_own(busy):
    entry = busy.draft()
    ones = [busy.ready(entry.id, CSV + b"%d,x\n" % at, resource=f"r{at}") for at in range(8)]
    answers = together(*[lambda one=one: busy.catalog.publish(busy.operator, [one.id]) for one in ones])
    assert sorted(one.number for one in answers) == list(range(1, 9))
    assert {one.name for one in busy.catalog.version(NOBODY, entry.id).resources} == {f"r{at}" for at in range(8)}
    assert busy.catalog.verify(deep=True) == []


def test_of_many_who_publish_the_same_upload_at_once_all_get_the_same_version(busy):
    one = busy.ready(busy.draft().id)
    answers = together(*[lambda: busy.catalog.publish(busy.operator, [one.id])] * 6)
    assert {one.number for one in answers} == {1}
    assert busy.catalog.verify(deep=True) == []


def test_of_two_who_build_on_the_same_version_exactly_one_wins(busy):
    entry = busy.draft()
    busy.publish(entry.id)
    ones = [busy.ready(entry.id, CSV + b"%d,x\n" % at, base=1, update="append", period=f"202{at}") for at in range(4)]
    answers = together(*[lambda one=one: busy.catalog.publish(busy.operator, [one.id]) for one in ones])
    assert sorted(type(one).__name__ for one in answers) == ["Stale", "Stale", "Stale", "Version"]
    assert busy.catalog.dataset(NOBODY, entry.id).version == 2


def test_of_publishing_and_withdrawing_at_once_neither_leaves_half_a_version(busy):
    entry = busy.published()
    one = busy.ready(entry.id, OTHER)
    answers = together(
        lambda: busy.catalog.publish(busy.operator, [one.id]), lambda: busy.catalog.withdraw(busy.admin, entry.id, "x"),
    )
    assert isinstance(answers[0], Version | Gone)
    assert answers[1]["state"] == "withdrawn"
    assert {one.state for one in busy.catalog.versions(NOBODY, entry.id)} == {"withdrawn"}
    assert busy.catalog.verify(deep=True) == []


class Crash(BaseException):
    """The process dies here."""


class CrashingFiles(FakeFiles):
    """Files whose process dies after or before the put of which the content holds ``mark``."""

    mark = b""
    after = True

    def put(self, stream):
        content = stream.read()
        dies = bool(self.mark) and self.mark in content
        if dies and not self.after:
            raise Crash
        done = super().put(io.BytesIO(content))
        if dies:
            raise Crash
        return done


@pytest.mark.parametrize("after", [True, False])
def test_a_crash_between_put_and_commit_shows_nothing_and_the_next_try_succeeds(after):
    clock = Clock()
    files = CrashingFiles(now=clock)
    desk = a_desk(files=files)
    entry = desk.draft()
    one = desk.ready(entry.id)
    files.mark, files.after = b"datamo-manifest", after
    with pytest.raises(Crash):
        desk.catalog.publish(desk.operator, [one.id])
    assert desk.catalog.dataset(desk.editor, entry.id).state == "draft"
    with pytest.raises(NotFound):
        desk.catalog.dataset(NOBODY, entry.id)
    assert desk.catalog.verify(deep=True) == []
    files.mark = b""
    assert desk.catalog.publish(desk.operator, [one.id]).number == 1
    assert desk.catalog.verify(deep=True) == []


def test_what_a_crash_left_is_swept_after_a_day_and_only_without_a_claim():
    desk = a_desk()
    files = CrashingFiles(now=desk.stand.clock)
    desk = a_desk(files=files)
    entry = desk.draft()
    one = desk.ready(entry.id)
    before = set(files.hashes())
    files.mark = b"datamo-manifest"
    with pytest.raises(Crash):
        desk.catalog.publish(desk.operator, [one.id])
    files.mark = b""
    left = set(files.hashes()) - before
    assert len(left) == 1
    assert desk.catalog.sweep() == 0
    desk.stand.clock.forward(hours=23)
    assert desk.catalog.sweep() == 0
    desk.stand.clock.forward(hours=2)
    desk.catalog.sweep()
    assert set(files.hashes()) == before, "the ready upload still claims its objects"
    desk.catalog.reject(desk.reviewer, one.id, "no")
    desk.stand.clock.forward(hours=25)
    desk.catalog.sweep()
    assert set(files.hashes()) == set()


def test_a_store_that_is_away_publishes_nothing(desk):
    one = desk.ready(desk.draft().id)
    desk.stand.files.broken = True
    with pytest.raises(Unavailable):
        desk.catalog.publish(desk.operator, [one.id])
    desk.stand.files.broken = False
    assert desk.catalog.submission(desk.editor, one.id).state == "ready"


# -- the worker's side ---------------------------------------------------------------------------------------------


def test_settling_twice_changes_nothing_and_nothing_at_all_after_a_decision(desk):
    one = desk.attach(desk.draft().id)
    assert desk.catalog.begin_check(one.id).state == "checking"
    assert desk.catalog.begin_check(one.id).state == "checking"
    outcome = desk.outcome(one)
    first = desk.catalog.settle(one.id, outcome)
    assert desk.catalog.settle(one.id, outcome) == first
    desk.catalog.publish(desk.operator, [one.id])
    assert desk.catalog.settle(one.id, replace(outcome, readable=False)).state == "published"


def test_a_check_that_broke_off_is_told_and_may_be_taken_up_again(desk):
    one = desk.attach(desk.draft().id)
    desk.catalog.begin_check(one.id)
    aside = desk.catalog.set_aside(one.id)
    assert (aside.state, aside.reason["code"]) == ("failed", "set-aside")
    assert aside.finished is not None
    desk.stand.clock.forward(hours=100)
    desk.catalog.sweep(older_than_hours=24)
    assert one.staged.key in set(desk.stand.files.staged(-1)), "its bytes wait for the retry"
    again = desk.catalog.begin_check(one.id)
    assert (again.state, again.reason, again.finished) == ("checking", None, None)
    assert desk.catalog.settle(one.id, desk.outcome(one)).state == "ready"
    assert desk.catalog.set_aside(one.id).state == "ready", "what is settled stays so"


def test_what_blocks_first_is_told_with_its_place(desk):
    one = desk.attach(desk.draft().id)
    outcome = desk.outcome(one, valid=False)
    found = Finding(code="extra-cell", place=Place(row=7, column=12, field=""), cell="thừa", params={"row": 7})
    table = replace(outcome.tables[0], findings=(found,))
    reason = desk.catalog.settle(one.id, replace(outcome, tables=(table,))).reason
    assert reason == {"code": "extra-cell", "params": {"cell": "thừa", "row": 7, "column": 12, "field": ""}}


def test_what_cannot_be_read_fails_and_what_is_not_valid_is_blocked_with_the_first_reason(desk):
    entry = desk.draft()
    unreadable, bad = desk.attach(entry.id), desk.attach(entry.id)
    failed = desk.catalog.settle(unreadable.id, desk_unreadable())
    blocked = desk.catalog.settle(bad.id, desk.outcome(bad, valid=False))
    assert (failed.state, failed.reason["code"]) == ("failed", "encrypted")
    assert (blocked.state, blocked.reason["code"]) == ("blocked", "not-valid")
    for one in (failed, blocked):
        with pytest.raises(Conflict):
            desk.catalog.publish(desk.operator, [one.id])


def desk_unreadable():
    from catalog.model import Outcome
    return Outcome(readable=False, reason={"code": "encrypted", "params": {}})


def test_a_blocked_upload_is_checked_again_with_repairs_accepted(desk):
    one = desk.attach(desk.draft().id)
    assert desk.stand.jobs.take() == [one.id]
    desk.catalog.settle(one.id, desk.outcome(one, valid=False))
    again = desk.catalog.recheck(desk.editor, one.id, fixes=["trim", "trim"])
    assert (again.state, again.attempt, again.options.fixes) == ("received", 1, ("trim",))
    assert desk.stand.jobs.take() == [one.id]
    with pytest.raises(Conflict):
        desk.catalog.recheck(desk.editor, one.id)


def test_a_column_held_back_is_released_by_a_second_person_with_reason_and_basis(desk):
    one = desk.attach(desk.draft().id, by="reviewer")
    desk.catalog.settle(one.id, desk.outcome(one, valid=False))
    with pytest.raises(NotAllowed, match="own-submission"):
        desk.catalog.release_column(desk.reviewer, one.id, "cccd", reason="r", basis="b")
    with pytest.raises(NotAllowed):
        desk.catalog.release_column(desk.editor, one.id, "cccd", reason="r", basis="b")
    with pytest.raises(Invalid) as refused:
        desk.catalog.release_column(desk.admin, one.id, "cccd", reason="", basis=" ")
    assert {one.pointer for one in refused.value.problems} == {"#/reason", "#/basis"}
    released = desk.catalog.release_column(desk.admin, one.id, "cccd", reason="Công khai theo luật", basis="Luật 91/2025")
    assert released.options.released == ("cccd",)
    row = next(row for row in desk.catalog.audit(desk.operator) if row.act == "release-column")
    assert row.detail == {"reason": "Công khai theo luật", "basis": "Luật 91/2025", "column": "cccd"}


def test_an_upload_too_large_or_with_contradicting_wishes_is_refused(desk):
    entry = desk.draft()
    for wishes, pointer in (({"resource": "../x"}, "#/resource"), ({"update": "append"}, "#/period"),
                            ({"period": "last year"}, "#/period"), ({"kind": "joke"}, "#/kind"), ({"update": "x"}, "#/update")):
        with pytest.raises(Invalid) as refused:
            desk.attach(entry.id, **wishes)
        assert pointer in {one.pointer for one in refused.value.problems}
    small = a_desk(upload_limit=5)
    tight = small.draft()
    with pytest.raises(Invalid, match="too-large"):
        small.attach(tight.id)
    with pytest.raises(Invalid) as refused:
        desk.attach(entry.id, update="append", period="2025")
    assert refused.value.problems[0].code == "nothing-to-add-to"


def test_files_from_the_work_folder_are_claimed_before_they_are_put(desk, tmp_path):
    one = desk.attach(desk.draft().id)
    outcome = desk.outcome(one)
    path = tmp_path / "made.json"
    path.write_bytes(b"[]")
    made = replace(outcome.tables[0].artefacts[0], role="json", sha256="", bytes=0, path=str(path))
    table = replace(outcome.tables[0], artefacts=(*outcome.tables[0].artefacts, made))
    shelved = desk.catalog.shelve_outcome(one.id, replace(outcome, tables=(table,)))
    kept = shelved.tables[0].artefacts[-1]
    assert (kept.path, kept.sha256, kept.bytes) == ("", sha(b"[]"), 2)
    assert desk.stand.files.size(sha(b"[]")) == 2
    assert shelved.tables[0].artefacts[:-1] == outcome.tables[0].artefacts
    desk.stand.clock.forward(hours=48)
    desk.catalog.sweep()
    assert desk.stand.files.size(sha(b"[]")) == 2
