"""Who sees what: what a caller may not see answers exactly like what does not exist, on every verb that reads."""

from __future__ import annotations

import pytest

from catalog.errors import Conflict, Gone, Invalid, NotAllowed, NotFound, NotKnown, Refusal
from catalog.model import NOBODY, Caller, Options, Staged
from catalog.permit import ACTS, may
from catalog.question import Question
from standards.record import Dataset
from tests.catalog.desk import Desk, a_desk

OUTSIDE = ("nobody", "person", "stranger", "steward")
INSIDE = ("reader", "editor", "reviewer", "admin", "operator")
STAGED = Staged(key="k" * 32, name="x.csv", bytes=1, sha256="a" * 64)

READS = {
    "dataset": lambda c, who, key: c.dataset(who, key),
    "latest": lambda c, who, key: c.latest(who, key),
    "version": lambda c, who, key: c.version(who, key),
    "version 1": lambda c, who, key: c.version(who, key, 1),
    "versions": lambda c, who, key: c.versions(who, key),
    "file": lambda c, who, key: c.file(who, key, "schools.csv"),
    "file of version 1": lambda c, who, key: c.file(who, key, "schools.csv", 1),
    "manifest": lambda c, who, key: c.manifest(who, key, 1),
    "tombstone": lambda c, who, key: c.tombstone(who, key),
    "submissions": lambda c, who, key: c.submissions(who, dataset=key),
}

WRITES = {
    "may_submit": lambda c, who, key: c.may_submit(who, key),
    "attach": lambda c, who, key: c.attach(who, key, STAGED, Options()),
    "amend": lambda c, who, key: c.amend(who, key, visibility="private"),
    "remove_draft": lambda c, who, key: c.remove_draft(who, key),
    "withdraw": lambda c, who, key: c.withdraw(who, key, "because"),
    "add_link": lambda c, who, key: c.add_link(who, key, name="x", title={"vi": "X"}, url="https://example.vn"),
    "remove_resource": lambda c, who, key: c.remove_resource(who, key, "schools"),
    "republish": lambda c, who, key: c.republish(who, key, 1, "because"),
}


@pytest.fixture(scope="module")
def desk() -> Desk:
    made = a_desk()
    draft = made.draft(slug="a-draft")
    made.attach(draft.id)
    made.published(slug="a-private-one", visibility="private")
    made.stand.follow()
    return made


def caller(desk: Desk, name: str) -> Caller:
    return NOBODY if name == "nobody" else desk.people[name]


def answer(act) -> tuple:
    """What a door would see: the refusal's class, code, members and problems, or that there was none."""
    try:
        act()
    except Refusal as refused:
        return type(refused), refused.code, refused.params, refused.problems
    return ()


@pytest.mark.parametrize("hidden", ["a-draft", "a-private-one"])
@pytest.mark.parametrize("who", OUTSIDE)
@pytest.mark.parametrize("verb", READS)
def test_what_is_hidden_reads_exactly_like_what_is_absent(desk, verb, who, hidden):
    absent = answer(lambda: READS[verb](desk.catalog, caller(desk, who), "no-such-thing"))
    assert absent[0] is NotFound
    for key in (hidden, desk.catalog.dataset(desk.operator, hidden).id):
        assert answer(lambda key=key: READS[verb](desk.catalog, caller(desk, who), key)) == absent


@pytest.mark.parametrize("hidden", ["a-draft", "a-private-one"])
@pytest.mark.parametrize("who", OUTSIDE)
@pytest.mark.parametrize("verb", WRITES)
def test_what_is_hidden_refuses_writing_exactly_like_what_is_absent(desk, verb, who, hidden):
    absent = answer(lambda: WRITES[verb](desk.catalog, caller(desk, who), "no-such-thing"))
    assert absent[0] is (NotKnown if who == "nobody" else NotFound)
    assert answer(lambda: WRITES[verb](desk.catalog, caller(desk, who), hidden)) == absent


@pytest.mark.parametrize("who", INSIDE)
@pytest.mark.parametrize("verb", READS)
def test_the_agency_and_the_operator_read_what_is_private(desk, verb, who):
    assert answer(lambda: READS[verb](desk.catalog, caller(desk, who), "a-private-one")) == ()


@pytest.mark.parametrize("who", OUTSIDE)
def test_an_upload_is_hidden_like_one_that_does_not_exist(desk, who):
    one = desk.catalog.submissions(desk.operator, dataset="a-draft")[0].id
    for act in (
        lambda key: desk.catalog.submission(caller(desk, who), key),
        lambda key: desk.catalog.submit(caller(desk, who), key),
        lambda key: desk.catalog.approve(caller(desk, who), key),
        lambda key: desk.catalog.reject(caller(desk, who), key, "no"),
        lambda key: desk.catalog.publish(caller(desk, who), [key]),
        lambda key: desk.catalog.recheck(caller(desk, who), key),
        lambda key: desk.catalog.release_column(caller(desk, who), key, "cccd", reason="r", basis="b"),
    ):
        assert answer(lambda act=act: act(one)) == answer(lambda act=act: act("no-such-upload")) != ()
    assert desk.catalog.submissions(caller(desk, who)) == []


@pytest.mark.parametrize("who", OUTSIDE)
def test_lists_search_and_changes_hold_nothing_hidden(desk, who):
    me = caller(desk, who)
    assert desk.catalog.datasets_of(me, "H12") == []
    assert desk.catalog.all_datasets(me) == []
    assert desk.catalog.changes(me) == []
    found, entries = desk.catalog.search(me, Question(text="truong hoc", audience=("site", "org:any")))
    assert (found.total, list(found.hits), list(entries)) == (0, [], [])
    assert all(not values for values in found.facets.values())
    hidden = [one.id for one in desk.catalog.all_datasets(desk.operator)]
    assert desk.catalog.datasets(me, hidden) == []


@pytest.mark.parametrize("who", INSIDE)
def test_the_agency_finds_its_private_datasets(desk, who):
    found, entries = desk.catalog.search(caller(desk, who), Question(text="truong hoc"))
    assert [one.slug for one in entries] == ["a-private-one"]
    assert found.total == 1


def test_search_down_still_answers_with_what_the_caller_may_see_and_says_so():
    desk = a_desk()
    desk.published(slug="public-one")
    desk.published(slug="private-one", visibility="private")
    desk.stand.index.broken = True
    for who, seen in ((NOBODY, ["public-one"]), (desk.reader, ["private-one", "public-one"])):
        found, entries = desk.catalog.search(who, Question(text="Trường HOC", filters={"org": ("H12",)}))
        assert found.degraded
        assert [one.slug for one in entries] == seen
        assert found.total == len(found.hits) == len(seen)
    assert desk.catalog.search(desk.reader, Question(filters={"org": ("H99",)}))[0].total == 0


def test_a_private_original_is_not_among_the_files_of_a_public_version(desk):
    entry = desk.draft("Với bản gốc riêng")
    desk.publish(entry.id, public=False)
    assert [file.name for file in desk.catalog.version(NOBODY, entry.id).files] == ["schools.csv", "schools.parquet"]
    assert [file.role for file in desk.catalog.version(desk.reader, entry.id).files] == ["original", "csv", "parquet"]
    with pytest.raises(NotFound):
        desk.catalog.file(NOBODY, entry.id, "original-schools.csv")
    assert desk.catalog.file(desk.reader, entry.id, "original-schools.csv").role == "original"
    assert b"original-schools.csv" not in desk.catalog.manifest(NOBODY, entry.id, 1)
    desk.catalog.withdraw(desk.admin, entry.id, "done")


def test_what_everybody_sees_but_may_not_change_is_not_allowed(desk):
    entry = desk.published("Ai cũng thấy")
    for who in ("person", "stranger", "steward", "reader"):
        for verb in ("amend", "withdraw", "add_link", "may_submit", "attach", "remove_draft", "republish"):
            assert answer(lambda w=who, v=verb: WRITES[v](desk.catalog, caller(desk, w), entry.id))[0] is NotAllowed, (who, verb)
    for verb, act in WRITES.items():
        assert answer(lambda act=act: act(desk.catalog, NOBODY, entry.id))[0] is NotKnown, verb
    desk.catalog.withdraw(desk.admin, entry.id, "done")


def test_every_act_has_a_rule_and_nobody_may_do_any_of_them():
    for act in ACTS:
        assert not may(NOBODY, act, organisation="o", person="p")
    with pytest.raises(KeyError):
        may(NOBODY, "fly")


ALLOWED = {
    "draft": ("editor", "reviewer", "admin", "operator"),
    "upload": ("editor", "reviewer", "admin", "operator"),
    "publish": ("editor", "reviewer", "admin", "operator"),
    "release": ("reviewer", "admin", "operator"),
    "approve": ("reviewer", "admin", "operator"),
    "withdraw": ("reviewer", "admin", "operator"),
    "see": ("reader", "editor", "reviewer", "admin", "operator"),
    "see-members": ("reader", "editor", "reviewer", "admin", "operator"),
    "manage-agency": ("admin", "operator"),
    "restructure": ("operator",),
    "add-person": ("operator",),
    "see-audit": ("operator",),
    "keep-standards": ("steward", "operator"),
}


@pytest.mark.parametrize("act", ALLOWED)
def test_an_act_is_open_to_exactly_these(desk, act):
    home = desk.catalog.organisation(NOBODY, "H12").id
    assert {name for name, who in desk.people.items() if may(who, act, organisation=home)} == set(ALLOWED[act])


def test_a_draft_of_another_agency_cannot_be_made(desk):
    with pytest.raises(NotAllowed):
        desk.catalog.draft(desk.stranger, "H12", Dataset(title={"vi": "X"}))
    with pytest.raises(NotKnown):
        desk.catalog.draft(NOBODY, "no-such-agency", Dataset(title={"vi": "X"}))
    with pytest.raises(NotFound):
        desk.catalog.draft(desk.editor, "no-such-agency", Dataset(title={"vi": "X"}))


def test_a_withdrawn_private_dataset_stays_hidden():
    desk = a_desk()
    entry = desk.published(visibility="private")
    desk.catalog.withdraw(desk.admin, entry.id, "because")
    with pytest.raises(NotFound):
        desk.catalog.version(NOBODY, entry.id)
    with pytest.raises(Gone):
        desk.catalog.version(desk.reader, entry.id)


def test_an_upload_that_was_decided_takes_no_second_decision(desk):
    one = desk.ready(desk.draft("Đã từ chối").id)
    desk.catalog.reject(desk.reviewer, one.id, "no")
    for act in (lambda: desk.catalog.submit(desk.editor, one.id), lambda: desk.catalog.publish(desk.operator, [one.id]),
                lambda: desk.catalog.reject(desk.reviewer, one.id, "again")):
        with pytest.raises(Conflict):
            act()
    with pytest.raises(Invalid):
        desk.catalog.reject(desk.reviewer, one.id, " ")


def test_an_answer_says_degraded_when_search_has_left_a_change_aside_for_a_minute():
    desk = a_desk()
    desk.published("Trường học một")
    desk.stand.follow()
    desk.published("Trường học hai")
    fresh, _ = desk.catalog.search(NOBODY, Question(text="truong hoc"))
    assert (fresh.total, fresh.degraded) == (1, False)
    desk.stand.clock.forward(seconds=61)
    late, _ = desk.catalog.search(NOBODY, Question(text="truong hoc"))
    assert (late.total, late.degraded) == (1, True)
    assert desk.catalog.health()["search"] == {"state": "degraded", "reason": "search-behind"}
    desk.stand.follow()
    assert not desk.catalog.search(NOBODY, Question(text="truong hoc"))[0].degraded


def test_verify_says_what_search_lacks_and_what_it_should_not_hold():
    desk = a_desk()
    known, lost, old = (desk.published(title) for title in ("Trường học một", "Trường học hai", "Trường học ba"))
    assert desk.catalog.verify() == []  # search has not followed yet: nothing can be said
    desk.stand.follow()
    assert desk.catalog.verify() == []
    index = desk.stand.index
    document = desk.catalog.document(old.id)
    index.held = {known.id: index.held[known.id], old.id: (0, document), "strange": (1, document)}
    assert sorted(desk.catalog.verify()) == sorted([
        f"I7: {lost.slug}: search does not know it", f"I7: {old.slug}: search holds an older state",
        "I7: search holds strange, which is not to be found",
    ])
    index.broken = True
    assert desk.catalog.verify() == []
