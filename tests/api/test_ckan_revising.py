"""package_revise, purging, bulk changes, activities and collaborators of CKAN's API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.test_ckan_groups import option
from tests.api.test_ckan_writing import GIVEN, OTHER, action, errors, result
from tests.site import Town


@pytest.fixture
def package(town: Town) -> dict[str, Any]:
    return dict(result(town, "package_create", **GIVEN))


def revise(town: Town, **given: Any) -> dict[str, Any]:
    return dict(result(town, "package_revise", **given)["package"])


def test_a_revision_changes_what_it_names_and_nothing_else(town: Town, package: dict[str, Any]) -> None:
    second = package["resources"][1]["id"]
    one = revise(town, match={"name": "tai-lieu"}, update={"title": "Mới"})
    assert one == {**package, "title": "Mới", "metadata_modified": one["metadata_modified"]}
    one = revise(town, match__id=package["id"], update__resources__0__description="đầu",
                 **{f"update__resources__{second}__url": "https://example.org/c.json"})
    assert [(each["description"], each["url"]) for each in one["resources"]] == [
        ("đầu", "https://example.org/a.csv"), (OTHER["description"], "https://example.org/c.json"),
    ]
    assert [each["id"] for each in one["resources"]] == [each["id"] for each in package["resources"]]
    one = revise(town, match={"name": "tai-lieu"}, update__resources__extend=[{"name": "C", "url": "https://example.org/c"}])
    assert [each["name"] for each in one["resources"]] == ["A", "B", "C"]
    one = revise(town, match='{"name": "tai-lieu"}', filter=f"+resources__{second},-resources__*", update="{}")
    assert [each["id"] for each in one["resources"]] == [second]
    one = revise(town, match={"name": "tai-lieu"}, filter=["+resources", "-*"], update={"title": "Chỉ tên"})
    assert (one["title"], one["notes"], one["tags"], one["extras"], one["num_resources"]) == ("Chỉ tên", None, [], [], 1)
    shown = revise(town, match={"name": "tai-lieu"}, include=["+package__title", "+package__resources__0__url", "-*"])
    assert shown == {"title": "Chỉ tên", "resources": [{"url": "https://example.org/c.json"}]}


@pytest.mark.parametrize(("given", "member"), [
    ({}, "match__id"), ({"match": "x"}, "match"), ({"match": "{"}, "match"), ({"match": ["a"]}, "match"),
    ({"match": {"name": "tai-lieu", "title": "another"}}, "match"),
    ({"match": {"name": "tai-lieu", "resources": {"9": {}}}}, "match"),
    ({"match": {"name": "tai-lieu"}, "filter": ["title"]}, "filter"),
    ({"match": {"name": "tai-lieu"}, "update__resources__99__url": "x"}, "resources__99__url"),
    ({"match": {"name": "tai-lieu"}, "update__resources__00000__url": "x"}, "resources__00000__url"),
    ({"match": {"name": "tai-lieu"}, "update": {"tags": [{"name": "x"}]}}, "tags"), ({"match": {"name": "tai-lieu"}, "include": 5}, "include"),
    ({"match": {"name": "tai-lieu"}, "update__resources__extend": {"url": "x"}}, "resources__extend"),
])
def test_a_revision_that_does_not_fit_changes_nothing(town: Town, package: dict[str, Any], given: dict[str, Any],
                                                      member: str) -> None:
    assert member in errors(town, "package_revise", **given)
    assert result(town, "package_show", id="tai-lieu") == package
    assert action(town, "package_revise", "stranger", match={"name": "tai-lieu"}).status_code == 403
    assert action(town, "package_revise", "", match={"name": "none"}).status_code == 404
    assert action(town, "package_revise", match={"name": "none"}).status_code == 404


def test_resources_are_put_in_order_and_datasets_changed_together(town: Town, package: dict[str, Any]) -> None:
    first, second = (one["id"] for one in package["resources"])
    assert result(town, "package_resource_reorder", id="tai-lieu", order=[second])["order"] == [second, first]
    assert [one["id"] for one in result(town, "package_show", id="tai-lieu")["resources"]] == [second, first]
    for given, words in ((["x"], "resource_id x can not be found"), ("x", "Must be a list of resource"),
                         ([first, first], "Must supply unique resource_ids"), (None, ["Missing value"])):
        assert errors(town, "package_resource_reorder", id="tai-lieu", order=given) == {"order": words}
    other = result(town, "package_create", name="khac", owner_org="H12")
    result(town, "bulk_update_private", datasets=["tai-lieu", other["id"]], org_id="H12")
    assert result(town, "package_search", "")["count"] == 0
    result(town, "bulk_update_public", datasets=["tai-lieu"], org_id="H12")
    assert result(town, "package_list", "") == ["tai-lieu"]
    assert action(town, "bulk_update_delete", "stranger", datasets=["tai-lieu"], org_id="H12").status_code == 403
    assert action(town, "bulk_update_private", datasets=["tai-lieu"], org_id="H13").status_code == 404
    result(town, "bulk_update_delete", "reviewer", datasets=["tai-lieu"], org_id="H12")
    assert result(town, "package_list", "") == []
    assert result(town, "package_owner_org_update", id="khac", organization_id="H12") is None
    assert errors(town, "package_owner_org_update", id="khac", organization_id="H13").keys() == {"owner_org"}


def test_what_is_purged_frees_its_name(town: Town, package: dict[str, Any]) -> None:
    assert action(town, "dataset_purge", "admin", id="tai-lieu").status_code == 403
    assert result(town, "dataset_purge", "operator", id="tai-lieu") is None
    for who in ("", "operator"):
        for key in ("tai-lieu", package["id"]):
            assert action(town, "package_show", who, id=key).status_code == 404
    assert result(town, "package_create", **GIVEN)["id"] != package["id"]
    draft = result(town, "package_create", name="nhap", owner_org="H12", state="draft")
    result(town, "dataset_purge", "operator", id=draft["id"])
    assert result(town, "package_create", name="nhap", owner_org="H12")["state"] == "active"
    made = result(town, "organization_create", "operator", name="co-quan-moi")
    assert errors(town, "organization_purge", "operator", id="H12")["message"][0].startswith("H12 still has")
    assert action(town, "organization_purge", "admin", id="co-quan-moi").status_code == 403
    result(town, "organization_purge", "operator", id="co-quan-moi")
    assert result(town, "organization_create", "operator", name="co-quan-moi")["id"] != made["id"]


def test_activities_tell_what_was_done_to_those_who_may_know(town: Town, package: dict[str, Any]) -> None:
    result(town, "package_patch", id="tai-lieu", title="Mới")
    found = result(town, "package_activity_list", "", id="tai-lieu")
    assert [one["activity_type"] for one in found] == ["changed package", "changed package", "new package"]
    assert {(one["user_id"], one["data"]["actor"]) for one in found} == {(None, None)}
    assert found[0]["data"]["package"]["title"] == "Mới"
    mine = result(town, "package_activity_list", id="tai-lieu", limit=1, offset=1)
    assert len(mine) == 1
    assert mine[0]["data"]["actor"] == "editor"
    assert result(town, "activity_show", "", id=found[0]["id"]) == found[0]
    assert result(town, "activity_data_show", "", id=found[0]["id"])["package"]["name"] == "tai-lieu"
    assert result(town, "package_activity_list", id="tai-lieu", activity_types=["new package"])[0]["id"] == found[2]["id"]
    assert result(town, "package_activity_list", id="tai-lieu", before=found[2]["timestamp"]) == []
    assert len(result(town, "organization_activity_list", "", id="H12")) >= 3
    assert len(result(town, "group_activity_list", "", id="econ")) == 3
    assert len(result(town, "user_activity_list", id="editor")) == 3
    assert action(town, "user_activity_list", "stranger", id="editor").status_code in (403, 404)
    result(town, "follow_dataset", "nobody", id="tai-lieu")
    assert result(town, "dashboard_new_activities_count", "nobody") == 4
    result(town, "dashboard_mark_activities_old", "nobody")
    assert result(town, "dashboard_new_activities_count", "nobody") == 0
    assert len(result(town, "dashboard_activity_list", "nobody")) == 4
    assert action(town, "dashboard_activity_list", "").status_code == 403
    assert errors(town, "package_activity_list", id="tai-lieu", after="yesterday") == {"after": ["Date format incorrect"]}
    result(town, "package_patch", id="tai-lieu", private=True)
    assert action(town, "activity_show", "stranger", id=found[0]["id"]).status_code == 404
    for who in ("", "stranger"):
        assert result(town, "recently_changed_packages_activity_list", who) == []
        assert action(town, "package_activity_list", who, id="tai-lieu").status_code == 404
    for key in ("x", package["id"], "00000000-0000-8000-8000-000000000000"):
        assert action(town, "activity_show", id=key).status_code == 404


def test_a_collaborator_works_on_one_dataset_where_the_site_allows_it(town: Town, package: dict[str, Any]) -> None:
    given = {"id": "tai-lieu", "user_id": "nobody", "capacity": "editor"}
    assert errors(town, "package_collaborator_create", "admin", **given) == {"message": ["Dataset collaborators not enabled"]}
    option(town, auth__allow_dataset_collaborators="true")
    other = result(town, "package_create", name="khac", owner_org="H12", private=True)
    result(town, "package_patch", id="tai-lieu", private=True)
    assert action(town, "package_collaborator_create", **given).status_code == 403
    assert result(town, "package_collaborator_create", "admin", **given)["capacity"] == "editor"
    assert result(town, "package_show", "nobody", id="tai-lieu")["private"] is True
    assert result(town, "package_patch", "nobody", id="tai-lieu", title="Của tôi")["title"] == "Của tôi"
    resource = package["resources"][0]["id"]
    assert result(town, "resource_patch", "nobody", id=resource, description="x")["description"] == "x"
    link = result(town, "resource_create", "nobody", package_id="tai-lieu", url="https://example.org/x")
    result(town, "resource_delete", "nobody", id=link["id"])
    for name, more in (("package_show", {"id": "khac"}), ("package_patch", {"id": "khac", "title": "x"}),
                       ("package_patch", {"id": other["id"], "name": "tai-lieu"}),
                       ("resource_create", {"package_id": "khac", "id": "tai-lieu", "url": "https://example.org/x"})):
        assert action(town, name, "nobody", **more).status_code == 404
    assert action(town, "package_create", "nobody", id="tai-lieu", name="moi", owner_org="H12").status_code in (403, 409)
    assert action(town, "package_delete", "nobody", id="tai-lieu").status_code in (403, 404)
    assert [one["user_id"] for one in result(town, "package_collaborator_list", "admin", id="tai-lieu")]
    assert result(town, "package_collaborator_list_for_user", "nobody", id="nobody")[0]["package_id"] == package["id"]
    result(town, "package_collaborator_delete", "admin", id="tai-lieu", user_id="nobody")
    assert action(town, "package_show", "nobody", id="tai-lieu").status_code == 404
    assert errors(town, "package_collaborator_create", "admin", **{**given, "capacity": "admin"}) == {
        "message": 'Role must be one of "editor, member"'}


def test_switches_let_people_make_agencies_and_accounts(town: Town) -> None:
    assert action(town, "organization_create", "nobody", name="cua-toi").status_code == 403
    account = {"name": "moi", "email": "moi@example.org", "password": "a long password", "with_apitoken": True}
    assert action(town, "user_create", "", **account).status_code == 403
    option(town, auth__user_create_organizations="true", auth__create_user_via_api="true",
           auth__user_delete_organizations="true")
    result(town, "organization_create", "nobody", name="cua-toi")
    assert result(town, "package_create", "nobody", name="cua-toi-1", owner_org="cua-toi")["name"] == "cua-toi-1"
    assert action(town, "organization_delete", "editor", id="cua-toi").status_code == 403
    assert result(town, "organization_delete", "nobody", id="cua-toi") is None
    assert "token" not in result(town, "user_create", "", **account)


def test_resources_are_found_by_what_their_members_hold(town: Town, package: dict[str, Any]) -> None:
    table = town.published()
    result(town, "package_create", name="rieng", owner_org="H12", private=True, resources=[{"url": "https://example.org/p.csv"}])
    for query, names in (
        ("name:A", ["A"]), ("url:EXAMPLE.org", ["A", "B"]), (["url:example.org", "format:json"], ["B"]),
        ("description:about b", ["B"]), ('name:"a', []), ("name:a\\", []), ("format:csv", ["A", table["slug"]]), ("name:none", []),
    ):
        found = result(town, "resource_search", "", query=query)
        assert ([one["name"] for one in found["results"]], found["count"]) == (names, len(names)), query
    page = result(town, "resource_search", "", query="url:example.org", order_by="url", offset=1, limit=1)
    assert (page["count"], [one["name"] for one in page["results"]]) == (2, ["B"])
    for wrong in (None, "words", "owner:x", ["a:b"] * 21):
        assert errors(town, "resource_search", "", query=wrong).keys() == {"query"}
