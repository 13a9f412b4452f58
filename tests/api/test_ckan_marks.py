"""What CKAN's words hang on things: followers, views, states of tasks, translations, vocabularies."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.test_ckan_writing import GIVEN, action, errors, result
from tests.site import Town


@pytest.fixture
def package(town: Town) -> dict[str, Any]:
    return dict(result(town, "package_create", **GIVEN))


def test_people_follow_datasets_groups_agencies_and_each_other(town: Town, package: dict[str, Any]) -> None:
    result(town, "group_create", "operator", name="a-group")
    for name, key in (("dataset", "tai-lieu"), ("group", "a-group"), ("group", "econ"), ("group", "h12-so"), ("user", "editor")):
        assert result(town, f"am_following_{name}", "nobody", id=key) is False
        made = result(town, f"follow_{name}", "nobody", id=key)
        assert made.keys() == {"follower_id", "object_id", "datetime"}
        assert result(town, f"am_following_{name}", "nobody", id=key) is True
        assert errors(town, f"follow_{name}", "nobody", id=key)["message"][0].startswith("You are already following")
    assert result(town, "dataset_follower_count", "", id=package["id"]) == 1
    assert result(town, "organization_follower_count", "", id="H12") == 1
    assert [one["name"] for one in result(town, "dataset_follower_list", "operator", id="tai-lieu")] == ["nobody"]
    found = result(town, "followee_list", "nobody", id="nobody")
    assert {(one["type"], one["dict"]["name"]) for one in found} == {
        ("dataset", "tai-lieu"), ("group", "a-group"), ("group", "econ"), ("organization", "h12-so"), ("user", "editor"),
    }
    assert result(town, "followee_count", "nobody", id="nobody") == 5
    assert result(town, "group_followee_count", "nobody", id="nobody") == 2
    assert [one["name"] for one in result(town, "dataset_followee_list", "nobody", id="nobody")] == ["tai-lieu"]
    assert result(town, "followee_list", "nobody", id="nobody", q="tài")[0]["display_name"] == "Tài liệu"
    result(town, "unfollow_dataset", "nobody", id="tai-lieu")
    assert action(town, "unfollow_dataset", "nobody", id="tai-lieu").status_code == 404
    assert errors(town, "follow_user", "nobody", id="nobody")["message"] == ["You cannot follow yourself"]


def test_who_follows_is_her_own_affair(town: Town, package: dict[str, Any]) -> None:
    result(town, "follow_dataset", "nobody", id=package["id"])
    for name in ("follow_dataset", "unfollow_dataset", "am_following_dataset", "dataset_follower_list"):
        assert action(town, name, "", id=package["id"]).status_code == 403
    for who in ("", "admin"):
        assert action(town, "dataset_follower_list", who, id=package["id"]).status_code == 403
        assert action(town, "followee_list", who, id="nobody").status_code in (403, 404)
    result(town, "package_patch", id=package["id"], private=True)
    for name in ("follow_dataset", "am_following_dataset", "unfollow_dataset"):
        assert action(town, name, "stranger", id=package["id"]).status_code == (409 if name.startswith("am_") else 404)
    assert result(town, "dataset_followee_list", "nobody", id="nobody") == []


def test_views_of_a_resource_are_made_ordered_changed_and_taken_away(town: Town, package: dict[str, Any]) -> None:
    resource = package["resources"][0]["id"]
    assert result(town, "resource_view_list", "", id=resource) == []
    first = result(town, "resource_view_create", resource_id=resource, title="Bảng", view_type="datatables_view", page_size=20)
    assert (first["resource_id"], first["package_id"], first["page_size"]) == (resource, package["id"], 20)
    second = result(town, "resource_view_create", resource_id=resource, title="Chữ", view_type="text_view")
    assert result(town, "resource_view_list", "", id=resource, limit=0) == [first, second]
    changed = result(town, "resource_view_update", id=first["id"], title="Khác")
    assert changed == {**first, "title": "Khác"}
    assert result(town, "resource_view_show", "", id=first["id"]) == changed
    order = [second["id"], first["id"]]
    assert result(town, "resource_view_reorder", id=resource, order=order)["order"] == order
    assert [one["id"] for one in result(town, "resource_view_list", "", id=resource)] == order
    assert action(town, "resource_view_delete", "", id=first["id"]).status_code == 403
    assert action(town, "resource_view_create", "stranger", resource_id=resource, title="x", view_type="y").status_code == 403
    for given, words in ((first["id"], "Must supply order as a list"), (["x"], "View x does not exist"),
                         ([first["id"]] * 2, "No duplicates allowed in order")):
        assert errors(town, "resource_view_reorder", id=resource, order=given) == {"order": words}
    assert errors(town, "resource_view_create", resource_id="none") == {"resource_id": ["Resource not found: none"]}
    assert result(town, "resource_view_delete", id=first["id"]) == {"resource_id": resource}
    assert action(town, "resource_view_show", "", id=first["id"]).status_code == 404
    assert errors(town, "resource_view_create", resource_id=resource) == {
        "title": ["Missing value"], "view_type": ["Missing value"],
    }
    assert action(town, "resource_view_clear").status_code == 403
    result(town, "resource_view_clear", "operator", view_types=["text_view"])
    assert result(town, "resource_view_list", "", id=resource) == []


def test_a_table_gets_a_view_by_default_and_a_link_none(town: Town) -> None:
    made = town.published()
    shown = result(town, "package_show", "", id=made["slug"])
    assert [one["view_type"] for one in result(town, "package_create_default_resource_views", package=shown)] == [
        "datatables_view",
    ]
    assert result(town, "resource_create_default_resource_views", resource=shown["resources"][0]) == []
    other = result(town, "package_create", **GIVEN)
    assert result(town, "package_create_default_resource_views", package=other) == []
    result(town, "package_patch", id=made["slug"], private=True)
    one = result(town, "resource_view_list", id=shown["resources"][0]["id"])[0]
    assert action(town, "resource_view_show", "stranger", id=one["id"]).status_code == 404


def test_loaders_keep_the_states_of_their_tasks(town: Town, package: dict[str, Any]) -> None:
    resource = package["resources"][0]["id"]
    task = {"entity_id": resource, "entity_type": "resource", "task_type": "datapusher", "key": "datapusher"}
    made = result(town, "task_status_update", **task, state="pending", value="{}")
    assert (made["state"], made["value"], made["error"]) == ("pending", "{}", None)
    again = result(town, "task_status_update", **task, state="complete")
    assert (again["id"], again["state"], again["value"]) == (made["id"], "complete", "{}")
    asked = {name: task[name] for name in ("entity_id", "task_type", "key")}
    assert result(town, "task_status_show", "", **asked) == again
    assert result(town, "task_status_show", "", id=made["id"]) == again
    many = result(town, "task_status_update_many", data=[{**task, "key": "other"}])
    assert many["results"][0]["id"] != made["id"]
    assert errors(town, "task_status_update", entity_id=resource).keys() == {"entity_type", "task_type", "key"}
    assert errors(town, "task_status_update_many", data="x") == {"data": ["Must be a list of dictionaries"]}
    for who in ("", "stranger"):
        assert action(town, "task_status_update", who, **task, state="x").status_code == 403
        assert action(town, "task_status_delete", who, id=made["id"]).status_code == 403
    assert result(town, "datapusher_hook", metadata={"resource_id": resource}, status="error", error="no columns") is None
    told = result(town, "datapusher_status", resource_id=resource)
    assert (told["status"], told["error"]) == ("error", "no columns")
    assert errors(town, "datapusher_hook", status="complete") == {"metadata": ["Missing value"]}
    for name in ("datapusher_hook", "datapusher_status"):
        given = {"metadata": {"resource_id": resource}, "status": "complete", "resource_id": resource}
        assert action(town, name, "", **given).status_code == 403
        assert action(town, name, "stranger", **given).status_code == 403
        assert action(town, name, **{**given, "metadata": {"resource_id": "none"}, "resource_id": "none"}).status_code == 404
    result(town, "package_patch", id=package["id"], private=True)
    assert action(town, "task_status_show", "stranger", **asked).status_code == 404
    assert result(town, "task_status_delete", id=made["id"]) is None
    assert action(town, "task_status_show", **asked).status_code == 404


def test_operators_keep_translations_and_vocabularies(town: Town) -> None:
    term = {"term": "nước", "term_translation": "water", "lang_code": "en"}
    assert result(town, "term_translation_update", "operator", **term) == term
    others = [{**term, "term_translation": "eau", "lang_code": "fr"}, {**term, "term": "đất", "term_translation": "soil"}]
    assert result(town, "term_translation_update_many", "operator", data=others) == {"success": "2 rows updated"}
    assert result(town, "term_translation_show", "", terms=["nước"], lang_codes=["en"]) == [term]
    assert len(result(town, "term_translation_show", "", terms="nước")) == 2
    made = result(town, "vocabulary_create", "operator", name="mùa", tags=[{"name": "xuân"}, {"name": "hạ"}])
    assert [one["name"] for one in made["tags"]] == ["xuân", "hạ"]
    assert result(town, "vocabulary_list", "") == [made]
    assert result(town, "tag_list", "", vocabulary_id="mùa") == ["hạ", "xuân"]
    assert result(town, "tag_create", "operator", name="thu", vocabulary_id=made["id"])["vocabulary_id"] == made["id"]
    assert result(town, "tag_show", "", id="thu", vocabulary_id="mùa")["name"] == "thu"
    assert result(town, "tag_search", "", query="u", vocabulary_id="mùa")["count"] == 2
    result(town, "tag_delete", "operator", id="thu", vocabulary_id="mùa")
    assert action(town, "tag_show", "", id="thu", vocabulary_id="mùa").status_code == 404
    assert errors(town, "vocabulary_create", "operator", name="mùa") == {"name": ["That vocabulary name is already in use."]}
    assert errors(town, "vocabulary_create", "operator", name="b", tags=[{"name": "ok"}, {"name": "!!"}])["tags"] == [
        'Tag "!!" can only contain alphanumeric characters, spaces (" "), hyphens ("-"), underscores ("_") or dots (".")']
    assert errors(town, "tag_create", "operator") == {"name": ["Missing value"], "vocabulary_id": ["Missing value"]}
    assert errors(town, "vocabulary_delete", "operator", id="mùa").keys() == {"id"}
    assert result(town, "vocabulary_update", "operator", id="mùa", tags=[])["tags"] == []
    result(town, "vocabulary_delete", "operator", id="mùa")
    assert action(town, "vocabulary_show", "", id="mùa").status_code == 404
    for name in ("term_translation_update", "vocabulary_create", "tag_create", "tag_delete", "vocabulary_delete"):
        assert action(town, name, "admin", id="x", name="x", vocabulary_id="x", **term).status_code == 403
