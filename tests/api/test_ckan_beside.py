"""What a true CKAN 2.12 answered to the same questions: shapes and sentences that its clients read (decision 0058)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.site import Town, make_town


@pytest.fixture(scope="module")
def town(tmp_path_factory) -> Town:
    """A site in English with two agencies, a group, and packages made through the API."""
    one = make_town(tmp_path_factory.mktemp("beside"), language="en")
    for name, title in (("works", "Public Works"), ("bare", "Bare Facts")):
        made(one, "organization_create", name=name, title=title)
    made(one, "group_create", name="money", title="Money")
    made(one, "package_create", name="roads", title="Roads", owner_org="works", license_id="cc-by", groups=[{"name": "money"}],
         tags=[{"name": "width"}, {"name": "transport"}], resources=[
             {"url": "https://example.org/a", "format": "csv", "name": "Table", "hash": "abc", "more": "x"},
             {"url": "https://example.org/b.geojson"}, {"url": "https://example.org/c", "format": "a kind of our own"}])
    made(one, "package_create", name="plans", title="Plans", owner_org="works", license_id="other-open")
    made(one, "package_create", name="empty", owner_org="bare")
    one.stand.follow()
    return one


def answer(town: Town, name: str, who: str = "", /, **given: Any) -> Any:
    return town.client.post(f"/api/3/action/{name}", json=given, headers=town.head(who))


def made(town: Town, name: str, /, **given: Any) -> Any:
    said = answer(town, name, "operator", **given)
    assert said.status_code == 200, said.text
    return said.json()["result"]


def told(town: Town, name: str, who: str = "", /, **given: Any) -> Any:
    said = answer(town, name, who, **given)
    assert said.status_code == 200, said.text
    return said.json()["result"]


def refused(town: Town, name: str, who: str = "", /, **given: Any) -> tuple[int, dict[str, Any]]:
    said = answer(town, name, who, **given)
    return said.status_code, said.json()["error"]


# --- packages ---------------------------------------------------------------------------------------------------------


def test_a_package_says_its_licence_as_the_register_of_ckan_does(town: Town) -> None:
    members = ("license_id", "license_title", "license_url", "isopen")
    shown = {name: {key: told(town, "package_show", id=name).get(key, "-") for key in members} for name in ("roads", "plans", "empty")}
    assert shown["roads"] == {"license_id": "cc-by", "license_title": "Creative Commons Attribution", "isopen": True,
                              "license_url": "http://www.opendefinition.org/licenses/cc-by"}
    assert shown["plans"] == {"license_id": "other-open", "license_title": "Other (Open)", "license_url": "-", "isopen": True}
    assert shown["empty"] == {"license_id": None, "license_title": None, "license_url": "-", "isopen": False}


def test_every_licence_of_a_package_stands_in_the_list_of_licences(town: Town) -> None:
    listed = {one["id"]: one for one in told(town, "license_list")}
    assert list(listed)[:6] == ["notspecified", "odc-pddl", "odc-odbl", "odc-by", "cc-zero", "cc-by"]
    assert listed["cc-by"]["title"] == "Creative Commons Attribution"
    assert listed["other-closed"]["od_conformance"] == "not reviewed"
    assert listed["notspecified"]["is_generic"] == "True"
    assert "CC-BY-4.0" in listed


def test_a_format_is_spelled_as_ckan_spells_it_and_what_was_not_said_is_null(town: Town) -> None:
    shown = told(town, "package_show", id="roads")
    assert [one["format"] for one in shown["resources"]] == ["CSV", "GeoJSON", "a kind of our own"]
    assert [one["description"] for one in shown["resources"]] == [None, None, None]
    assert shown["notes"] is None


# --- the site ---------------------------------------------------------------------------------------------------------


def test_the_site_says_which_of_ckans_plugins_it_answers_for(town: Town) -> None:
    status = told(town, "status_show")
    assert {"activity", "datastore", "text_view", "datamo"} <= set(status["extensions"])
    assert status["error_emails_to"] == ""


# --- lists and what they leave out ------------------------------------------------------------------------------------

SHORT = {"id", "name", "title", "type", "description", "image_url", "created", "is_organization", "approval_status", "state",
         "display_name", "image_display_url"}


@pytest.mark.parametrize("kind", ["organization", "group"])
def test_a_list_of_agencies_or_groups_holds_the_members_that_ckan_gives_and_more_when_asked(town: Town, kind: str) -> None:
    plain = told(town, f"{kind}_list", all_fields=True)
    assert set(plain[0]) == SHORT | {"package_count", "num_followers"}
    assert set(told(town, f"{kind}_list", all_fields=True, include_dataset_count=False)[0]) == SHORT | {"num_followers"}
    more = told(town, f"{kind}_list", all_fields=True, include_extras=True, include_groups=True, include_users=True)
    assert set(more[0]) == set(plain[0]) | {"extras", "groups", "users"}
    assert told(town, f"{kind}_list", type="no such") == []
    assert len(told(town, f"{kind}_list", limit=0)) == len(told(town, f"{kind}_list"))


@pytest.mark.parametrize(("asked", "said"), [
    ({"sort": "nope"}, "Cannot sort by field `nope`"), ({"sort": "name sideways"}, "Invalid sort direction `sideways`"),
    ({"sort": "name asc, title desc"}, "Too many sort criteria provided only 1 allowed"),
    ({"order_by": "nope"}, "Cannot sort by field `nope`"),
])
def test_an_order_that_is_none_is_refused_in_a_sentence(town: Town, asked: dict[str, str], said: str) -> None:
    assert refused(town, "organization_list", **asked) == (409, {"__type": "Validation Error", "message": said})


def test_the_agency_with_most_datasets_comes_first(town: Town) -> None:
    assert told(town, "organization_list", sort="package_count", organizations=["bare", "works"]) == ["works", "bare"]
    assert told(town, "organization_list", sort="package_count asc", organizations=["bare", "works"]) == ["bare", "works"]


def test_agencies_for_which_somebody_may_do_something_are_told_shortly(town: Town) -> None:
    found = told(town, "organization_list_for_user", "operator")
    assert set(found[0]) == SHORT | {"capacity"}
    counted = told(town, "organization_list_for_user", "operator", include_dataset_count=True, include_member_count=True)
    assert set(counted[0]) == SHORT | {"capacity", "package_count", "member_count"}
    assert [one["capacity"] for one in told(town, "organization_list_for_user", "reader")] == ["member"]
    assert [one["name"] for one in told(town, "organization_list_for_user", "operator", id="reader")] == ["h12-so"]
    assert refused(town, "organization_list_for_user", "reader", id="editor")[0] in (403, 404)


@pytest.mark.parametrize("name", ["organization_show", "group_show", "resource_show", "tag_show"])
def test_nothing_is_called_by_an_empty_name_and_no_name_at_all_is_a_missing_value(town: Town, name: str) -> None:
    assert refused(town, name, id="") == (404, {"__type": "Not Found Error", "message": "Not found"})
    assert refused(town, name, id=None)[0] == 404
    assert refused(town, name) == (409, {"__type": "Validation Error", "id": ["Missing value"]})


def test_a_package_without_a_name_is_missed_by_the_members_old_name(town: Town) -> None:
    assert refused(town, "package_show") == (409, {"__type": "Validation Error", "name_or_id": ["Missing value"]})


def test_members_are_told_with_their_roles_in_capitals_and_packages_by_what_holds_them(town: Town) -> None:
    assert {one[2] for one in told(town, "member_list", "operator", id="h12-so", object_type="user")} >= {"Admin", "Editor"}
    assert {one[2] for one in told(town, "member_list", id="works", object_type="package")} == {"organization"}
    assert {one[2] for one in told(town, "member_list", id="money", object_type="package")} == {"public"}
    assert [one["value"] for one in told(town, "member_roles_list", group_type="group")] == ["admin", "member"]


def test_an_agency_says_how_many_follow_it_where_it_is_shown_alone(town: Town) -> None:
    assert answer(town, "follow_group", "reader", id="works").status_code == 200
    assert told(town, "organization_show", id="works")["num_followers"] == 1
    assert told(town, "organization_show", id="works", include_followers=False)["num_followers"] == 0
    assert {one["num_followers"] for one in told(town, "organization_list", all_fields=True)} == {0}


# --- what was typed ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["package", "organization", "group", "user", "format"])
def test_an_autocomplete_misses_what_was_not_typed_and_its_address_gives_nothing(town: Town, name: str) -> None:
    assert refused(town, f"{name}_autocomplete", "operator")[1] == {"__type": "Validation Error", "q": ["Missing value"]}
    path = {"package": "dataset/autocomplete", "format": "resource/format_autocomplete"}.get(name, f"{name}/autocomplete")
    given = town.client.get(f"/api/2/util/{path}").json()
    assert given in ([], {"ResultSet": {"Result": []}})


def test_a_dataset_is_completed_by_its_name_before_its_title(town: Town) -> None:
    assert told(town, "package_autocomplete", q="oad") == [
        {"name": "roads", "title": "Roads", "match_field": "name", "match_displayed": "roads"}]


def test_tags_are_found_by_what_they_hold_and_nothing_by_nothing(town: Town) -> None:
    assert told(town, "tag_autocomplete", query="T") == ["transport", "width"]
    assert told(town, "tag_search", query="") == {"count": 0, "results": []}
    assert told(town, "tag_search", query="t", fields={"tags": "wid"})["count"] == 1
    assert told(town, "tag_search", query="t", vocabulary_id="nope") == {"count": 0, "results": []}


# --- resources --------------------------------------------------------------------------------------------------------


def test_resources_are_found_with_what_they_have_of_their_own_and_say_of_rows_only_that_there_are_some(town: Town) -> None:
    (found,) = told(town, "resource_search", query="name:table")["results"]
    assert {"id", "package_id", "url", "format"} <= set(found)
    assert found["more"] == "x"
    assert "datastore_active" not in found
    assert told(town, "resource_search", query="hash:ab")["count"] == 1
    assert told(town, "resource_search", query="name:")["count"] == 1


@pytest.mark.parametrize(("query", "said"), [
    (None, "Missing value"), ("name", "Must be <field>:<value> pair(s)"), ("", "Must be <field>:<value> pair(s)"),
    ("more:x", 'Field "more" not recognised in resource_search.'), ("id:x", 'Field "id" not recognised in resource_search.'),
])
def test_a_wrong_question_for_resources_is_refused_in_a_sentence_by_its_member(town: Town, query: str | None, said: str) -> None:
    assert refused(town, "resource_search", query=query) == (409, {"__type": "Validation Error", "query": said})


# --- the rest ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "given", "expected"), [
    ("help_show", {"name": "nope"}, (404, "Not found: Action function not found")),
    ("vocabulary_show", {"id": "nope"}, (404, 'Not found: Could not find vocabulary "nope"')),
    ("tag_list", {"vocabulary_id": "nope"}, (404, "Not found: could not find vocabulary 'nope'")),
    ("package_relationships_list", {"id": "nope"}, (404, "Not found: First package named in request was not found.")),
    ("get_site_user", {}, (403, "Access denied: Only internal services allowed to use this action")),
    ("group_package_show", {"id": "money", "limit": "x"}, (409, "Limit must be a positive integer")),
])
def test_what_is_refused_is_said_in_the_sentence_that_ckan_has_for_it(town: Town, name: str, given: dict[str, str],
                                                                     expected: tuple[int, str]) -> None:
    status, error = refused(town, name, **given)
    assert (status, error["message"]) == expected


def test_what_nobody_follows_because_it_is_not_there_is_a_wrong_member(town: Town) -> None:
    assert refused(town, "dataset_follower_count", id="nope") == (409, {"__type": "Validation Error", "id": ["Not found: Dataset"]})
    assert refused(town, "am_following_group", "reader", id="nope")[1]["id"] == ["Not found: Group"]


def test_work_under_way_is_told_to_operators_as_jobs(town: Town) -> None:
    assert refused(town, "job_list", "editor")[0] == 403
    assert told(town, "job_list", "operator") == []
    town.upload("roads", who="operator")
    waiting = told(town, "job_list", "operator")
    assert [(set(one), one["queue"]) for one in waiting] == [({"id", "title", "created", "queue"}, "default")]
    assert told(town, "job_list", "operator", ids_only=True) == [waiting[0]["id"]]
    assert told(town, "job_list", "operator", queues=["another"]) == []
    assert told(town, "job_show", "operator", id=waiting[0]["id"]) == waiting[0]
    assert told(town, "job_cancel", "operator", id=waiting[0]["id"]) is None
    assert told(town, "job_list", "operator") == []
    assert refused(town, "job_show", "operator", id="nope")[0] == 404


def test_datasets_have_no_relations_and_a_list_says_so(town: Town) -> None:
    assert told(town, "package_relationships_list", id="roads") == []


def test_json_that_is_no_dictionary_is_said_back(town: Town) -> None:
    sent = town.client.post("/api/3/action/package_show", content="[1]", headers={"Content-Type": "application/json"})
    assert (sent.status_code, sent.json()) == (
        400, "Bad request: JSON Error: Request data JSON decoded to [1] but it needs to be a dictionary.")
