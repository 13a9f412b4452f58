"""Agencies: addresses, members, and what becomes of datasets when the state is reorganised."""

from __future__ import annotations

from datetime import date

import pytest

from catalog.errors import Conflict, Invalid, NotAllowed, NotFound, NotKnown
from catalog.model import NOBODY, Closing
from catalog.question import Question
from tests.catalog.desk import Desk, a_desk, signed_in

BASIS = "Nghị quyết 60-NQ/TW"


@pytest.fixture
def desk() -> Desk:
    return a_desk()


def closing(act: str, **more) -> Closing:
    return Closing(**{"act": act, "day": date(2025, 7, 1), "basis": BASIS, **more})


def test_an_agency_is_found_by_its_keys_by_everybody(desk):
    one = desk.catalog.organisation(NOBODY, "H12")
    assert {desk.catalog.organisation(NOBODY, key).id for key in (one.id, "so-giao-duc")} == {one.id}
    assert one.public_id == "H12"
    assert [one.code for one in desk.catalog.organisations(NOBODY)] == ["H12", "H99"]
    with pytest.raises(NotFound):
        desk.catalog.organisation(NOBODY, "H13")


def test_only_an_operator_makes_agencies_and_each_address_is_given_once(desk):
    with pytest.raises(NotAllowed):
        desk.catalog.add_organisation(desk.admin, title={"vi": "X"})
    with pytest.raises(NotKnown):
        desk.catalog.add_organisation(NOBODY, title={"vi": "X"})
    for taken, code in (({"code": "H12"}, "code-taken"), ({"slug": "so-giao-duc"}, "slug-taken")):
        with pytest.raises(Conflict, match=code):
            desk.catalog.add_organisation(desk.operator, title={"vi": "X"}, **taken)
    assert desk.catalog.add_organisation(desk.operator, title={"vi": "Ủy ban nhân dân"}).slug == "uy-ban-nhan-dan"


@pytest.mark.parametrize(("wrong", "pointer"), [
    ({"title": {"vi": " "}}, "#/title"), ({"title": {}}, "#/title"), ({"slug": "A b"}, "#/slug"), ({"code": "h 12"}, "#/id"),
    ({"title": {"vi": "X", "!": "Y"}}, "#/title/!"), ({"slug": "0190cafe-0000-7000-8000-000000000000"}, "#/slug"),
])
def test_a_wrong_member_of_an_agency_is_pointed_at(desk, wrong, pointer):
    with pytest.raises(Invalid) as refused:
        desk.catalog.add_organisation(desk.operator, **{"title": {"vi": "X"}, **wrong})
    assert [one.pointer for one in refused.value.problems] == [pointer]


def test_an_admin_keeps_the_agencys_words_and_rule(desk):
    one = desk.catalog.amend_organisation(desk.admin, "H12", title={"vi": "Sở GD&ĐT"}, review="second_person")
    assert (one.title["vi"], one.review) == ("Sở GD&ĐT", "second_person")
    with pytest.raises(NotAllowed):
        desk.catalog.amend_organisation(desk.reviewer, "H12", review="none")
    with pytest.raises(Invalid):
        desk.catalog.amend_organisation(desk.admin, "H12", review="three_persons")


def test_a_new_name_of_an_agency_reaches_search(desk):
    desk.published()
    desk.stand.follow()
    desk.catalog.amend_organisation(desk.admin, "H12", title={"vi": "Bộ Học tập"})
    desk.stand.follow()
    assert desk.stand.index.ask(Question(text="hoc tap")).total == 1


def test_members_are_for_members_to_see_and_for_admins_to_choose(desk):
    assert {one.name for one, _ in desk.catalog.members(desk.reader, "H12")} == {"reader", "editor", "reviewer", "admin"}
    for who in (desk.stranger, desk.person):
        with pytest.raises(NotAllowed):
            desk.catalog.members(who, "H12")
    with pytest.raises(NotAllowed):
        desk.catalog.set_member(desk.reviewer, "H12", "person", "reader")
    with pytest.raises(Invalid):
        desk.catalog.set_member(desk.admin, "H12", "person", "king")
    with pytest.raises(NotFound):
        desk.catalog.set_member(desk.admin, "H12", "no-such-person", "reader")
    with pytest.raises(NotFound):
        desk.catalog.drop_member(desk.admin, "H12", "person")


def test_a_renamed_agency_is_found_by_its_old_addresses_and_past_versions_keep_the_name_they_had(desk):
    entry = desk.published()
    new = desk.catalog.restructure(desk.operator, "H12", closing("rename", title={"vi": "Bộ Mới"}, slug="bo-moi", code="H13"))
    for key in ("H12", "so-giao-duc", "H13", "bo-moi"):
        assert desk.catalog.organisation(NOBODY, key) == new
    assert new.history[0]["basis"] == BASIS
    assert (new.history[0]["from"]["slug"], new.history[0]["to"]["slug"]) == ("so-giao-duc", "bo-moi")
    desk.publish(entry.id)
    said = [one.publisher["title"]["vi"] for one in desk.catalog.versions(NOBODY, entry.id)]
    assert said == ["Bộ Mới", "Sở Giáo dục"]
    with pytest.raises(Conflict):
        desk.catalog.add_organisation(desk.operator, title={"vi": "X"}, slug="so-giao-duc")
    desk.stand.follow()
    for key in ("H12", "so-giao-duc", "H13"):
        assert desk.catalog.search(NOBODY, Question(filters={"org": (key,)}))[0].total == 1


def test_in_a_merger_datasets_drafts_and_people_follow_and_the_old_agency_leads_on(desk):
    entry, draft = desk.published(), desk.draft("Bản nháp")
    desk.stand.follow()
    old = desk.catalog.restructure(desk.operator, "H12", closing("merge", into=("H99",)))
    heir = desk.catalog.organisation(NOBODY, "H99")
    assert (old.state, old.successor) == ("merged", heir.id)
    system = desk.catalog.system()
    assert {desk.catalog.dataset(system, one.id).organisation for one in (entry, draft)} == {heir.id}
    roles = {one.name: m.role for one, m in desk.catalog.members(desk.operator, "H99")}
    assert roles == {"reader": "reader", "editor": "editor", "reviewer": "reviewer", "admin": "reviewer", "stranger": "admin"}
    assert desk.catalog.version(NOBODY, entry.id).publisher["id"] == "H12"
    desk.stand.follow()
    assert desk.catalog.search(NOBODY, Question(filters={"org": ("H99",)}))[0].total == 1
    editor = signed_in(desk.stand, "editor")
    assert desk.catalog.dataset(editor, draft.id).slug == "ban-nhap"
    with pytest.raises(Conflict, match="organisation-closed"):
        desk.draft("Mới")
    with pytest.raises(Conflict, match="organisation-closed"):
        desk.catalog.restructure(desk.operator, "H12", closing("close"))
    assert desk.catalog.verify(deep=True) == []


def test_in_a_split_every_dataset_must_be_given_a_home(desk):
    entry, draft = desk.published(), desk.draft("Bản nháp")
    desk.catalog.add_organisation(desk.operator, code="H77", title={"vi": "Sở Ba"})
    homes = {entry.slug: "H99"}
    with pytest.raises(Invalid) as refused:
        desk.catalog.restructure(desk.operator, "H12", closing("split", into=("H99", "H77"), datasets=homes))
    assert refused.value.problems[0].params == {"datasets": ["ban-nhap"]}
    homes[draft.id] = "H77"
    old = desk.catalog.restructure(desk.operator, "H12", closing("split", into=("H99", "H77"), datasets=homes))
    system = desk.catalog.system()
    assert desk.catalog.dataset(system, draft.id).organisation == desk.catalog.organisation(NOBODY, "H77").id
    assert (old.state, old.successor) == ("closed", None)


def test_a_closed_agency_keeps_what_it_published_and_takes_nothing_new(desk):
    entry = desk.published()
    desk.catalog.restructure(desk.operator, "H12", closing("close"))
    assert desk.catalog.version(NOBODY, entry.id).number == 1
    with pytest.raises(Conflict, match="organisation-closed"):
        desk.catalog.may_submit(desk.editor, entry.id)


@pytest.mark.parametrize(("wrong", "pointer"), [
    (closing("explode"), "#/act"), (closing("close", basis=" "), "#/basis"), (closing("rename"), "#/title"),
    (closing("merge"), "#/into"), (closing("split"), "#/into"), (closing("close", into=("H99", "H77")), "#/into"),
    (closing("merge", into=("H12",)), "#/into"),
])
def test_a_reorganisation_that_contradicts_itself_changes_nothing(desk, wrong, pointer):
    before = desk.catalog.organisation(NOBODY, "H12")
    with pytest.raises(Invalid) as refused:
        desk.catalog.restructure(desk.operator, "H12", wrong)
    assert pointer in {one.pointer for one in refused.value.problems}
    assert desk.catalog.organisation(NOBODY, "H12") == before


def test_only_an_operator_reorganises(desk):
    for who in (desk.admin, desk.steward):
        with pytest.raises(NotAllowed):
            desk.catalog.restructure(who, "H12", closing("close"))
    with pytest.raises(NotFound):
        desk.catalog.restructure(desk.operator, "H12", closing("merge", into=("no-such-agency",)))
