"""Members of CKAN's dictionaries that are kept because its clients count on them: types, controlled tags, people."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.test_ckan_writing import action, errors, result
from tests.site import Town


def made(town: Town, name: str, who: str = "editor", /, **more: Any) -> dict[str, Any]:
    return dict(result(town, "package_create", who, name=name, owner_org="h12-so", **more))


def found(town: Town, who: str = "", /, **given: Any) -> list[str]:
    return sorted(one["name"] for one in result(town, "package_search", who, **given)["results"])


# --- types ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def typed(town: Town) -> Town:
    made(town, "so-lieu")
    made(town, "trinh-dien", type="showcase")
    made(town, "nguon", type="harvest", private=True)
    made(town, "ban-nhap", type="secret-type", state="draft")
    return town


def test_a_package_keeps_its_type_and_is_found_by_it(typed: Town) -> None:
    assert result(typed, "package_show", "", id="trinh-dien")["type"] == "showcase"
    assert result(typed, "package_show", "", id="so-lieu")["type"] == "dataset"
    for fq, names in (
            ("dataset_type:showcase", ["trinh-dien"]), ("type:showcase", ["trinh-dien"]), ("dataset_type:dataset", ["so-lieu"]),
            ("-dataset_type:showcase", ["so-lieu"]), ("-type:dataset", ["trinh-dien"]), ("type:(dataset OR showcase)", ["so-lieu", "trinh-dien"]),
            ("type:*", ["so-lieu", "trinh-dien"]), ("type:show*", ["trinh-dien"]), ("type:d?taset", ["so-lieu"]), ("type:harvest", []),
            ("type:[a TO e]", ["so-lieu"]), ("type:[e TO z]", ["trinh-dien"]), ("+type:dataset +name:trinh-dien", []), ("type:none", []),
    ):
        assert found(typed, fq=fq) == names, fq
    assert found(typed) == ["so-lieu", "trinh-dien"]
    assert found(typed, q="type:showcase") == ["trinh-dien"]


def test_types_are_counted_and_those_of_what_is_hidden_are_told_to_nobody_else(typed: Town) -> None:
    asked = {"rows": 0, "facet.field": ["dataset_type"]}
    assert result(typed, "package_search", "", **asked)["facets"] == {"dataset_type": {"dataset": 1, "showcase": 1}}
    shown = result(typed, "package_search", "editor", include_private=True, **asked)
    assert shown["facets"] == {"dataset_type": {"dataset": 1, "harvest": 1, "showcase": 1}}
    assert found(typed, "stranger", fq="type:harvest", include_private=True) == []
    assert found(typed, "editor", fq="type:harvest", include_private=True) == ["nguon"]
    words = result(typed, "package_search", "", q="số liệu", **asked)  # a type that none with these words has is not counted
    assert (words["count"], words["facets"]) == (1, {"dataset_type": {"dataset": 1}})
    only = result(typed, "package_search", "", fq="type:showcase", **asked)
    assert only["search_facets"]["dataset_type"]["items"] == [{"name": "showcase", "display_name": "showcase", "count": 1}]
    for who in ("", "editor"):
        assert "secret-type" not in action(typed, "package_search", who, include_private=True, **asked).text


def test_a_type_stays_as_it_was_made_and_one_that_is_no_text_is_refused(typed: Town) -> None:
    shown = result(typed, "package_show", id="trinh-dien")
    assert result(typed, "package_update", **{**shown, "type": "other", "title": "Mới"})["type"] == "showcase"
    assert result(typed, "package_patch", id="trinh-dien", type="dataset")["type"] == "showcase"
    assert result(typed, "package_update", id="trinh-dien", title="Nữa")["type"] == "showcase"
    assert made(typed, "khong", type="")["type"] == "dataset"
    for wrong in (["showcase"], {"a": 1}, "x" * 101):
        assert errors(typed, "package_create", name="sai", owner_org="h12-so", type=wrong).keys() == {"type"}


# --- tags of vocabularies ---------------------------------------------------------------------------------------------


@pytest.fixture
def seasons(town: Town) -> dict[str, Any]:
    return dict(result(town, "vocabulary_create", "operator", name="seasons", tags=[{"name": "spring"}, {"name": "fall"}]))


def test_a_tag_of_a_vocabulary_is_kept_shown_found_and_counted(town: Town, seasons: dict[str, Any]) -> None:
    spring = seasons["tags"][0]
    shown = made(town, "hoa", tags=[{"name": "spring", "vocabulary_id": "seasons"}, {"name": "red"}])
    made(town, "la", tags=[{"name": "fall", "vocabulary_id": seasons["id"]}, {"name": "spring"}])
    made(town, "kin", private=True, tags=[{"name": "fall", "vocabulary_id": "seasons"}])
    assert [(one["name"], one["vocabulary_id"]) for one in shown["tags"]] == [("red", None), ("spring", seasons["id"])]
    assert (shown["tags"][1]["id"], shown["num_tags"]) == (spring["id"], 2)
    assert found(town, fq="vocab_seasons:spring") == ["hoa"]
    assert found(town, fq="vocab_seasons:fall") == ["la"]
    assert found(town, fq="vocab_seasons:*") == ["hoa", "la"]
    assert found(town, fq="vocab_none:spring") == []
    asked = {"rows": 0, "facet.field": ["vocab_seasons", "vocab_none"]}
    assert result(town, "package_search", "", **asked)["facets"] == {"vocab_seasons": {"fall": 1, "spring": 1}, "vocab_none": {}}
    assert result(town, "package_search", include_private=True, **asked)["facets"]["vocab_seasons"] == {"fall": 2, "spring": 1}
    told = result(town, "tag_show", "", id="spring", vocabulary_id="seasons", include_datasets=True)
    assert {name: told[name] for name in spring} == spring
    assert [one["name"] for one in told["packages"]] == ["hoa"]
    assert result(town, "tag_show", "", id=spring["id"]) == spring
    assert [one["name"] for one in result(town, "tag_show", "", id="fall", vocabulary_id="seasons", include_datasets=True)["packages"]] == ["la"]
    assert result(town, "package_update", **shown) == shown


def test_a_vocabulary_takes_only_what_operators_put_into_it(town: Town, seasons: dict[str, Any]) -> None:
    new = [{"name": "winter", "vocabulary_id": "seasons"}]
    assert errors(town, "package_create", name="x1", owner_org="h12-so", tags=new)["tags"] == [
        "Tag winter does not belong to vocabulary seasons"]
    assert errors(town, "package_create", name="x1", owner_org="h12-so", tags=[{"name": "aa", "vocabulary_id": "nope"}])["tags"] == [
        {"vocabulary_id": ["Tag vocabulary was not found."]}]
    shown = made(town, "x2", "operator", tags=new)
    assert [one["name"] for one in result(town, "vocabulary_show", "", id="seasons")["tags"]] == ["spring", "fall", "winter"]
    result(town, "tag_delete", "operator", id="winter", vocabulary_id="seasons")
    after = result(town, "package_show", "", id="x2")
    assert [(one["name"], one["vocabulary_id"]) for one in after["tags"]] == [("winter", None)]
    assert result(town, "package_update", "editor", **shown)["tags"] == after["tags"]


def test_a_tag_is_free_and_of_a_vocabulary_at_once_where_both_are_said(town: Town, seasons: dict[str, Any]) -> None:
    both = [{"name": "fall"}, {"name": "fall", "vocabulary_id": "seasons"}]
    shown = made(town, "both", tags=both)
    assert [(one["name"], one["vocabulary_id"]) for one in shown["tags"]] == [("fall", None), ("fall", seasons["id"])]
    assert result(town, "package_show", "", id="both")["num_tags"] == 2
    assert result(town, "package_patch", id="both", tags=[{"name": "fall"}])["num_tags"] == 1
    assert found(town, fq="vocab_seasons:fall") == []


# --- people -----------------------------------------------------------------------------------------------------------

PICTURE = "https://example.org/an.png"


def test_what_a_person_says_of_herself_is_kept(town: Town) -> None:
    changed = result(town, "user_patch", id="editor", about="Làm dữ liệu", image_url=PICTURE)
    assert (changed["about"], changed["image_url"], changed["image_display_url"]) == ("Làm dữ liệu", PICTURE, PICTURE)
    assert result(town, "user_update", id="editor", fullname="An")["about"] == "Làm dữ liệu"
    assert result(town, "user_show")["about"] == "Làm dữ liệu"
    listed = {one["name"]: one for one in result(town, "user_list", "operator")}
    assert (listed["editor"]["about"], listed["nobody"]["about"]) == ("Làm dữ liệu", None)
    assert result(town, "user_patch", id="editor", about="", image_url="")["about"] is None
    assert result(town, "user_show")["image_url"] is None
    new = result(town, "user_create", "operator", name="moi", email="moi@example.org", password="mot hai ba bon", about="Mới")
    assert result(town, "user_show", "operator", id="moi") == new | {"about": "Mới"}


def test_what_is_kept_of_a_person_is_told_to_whom_she_is_shown_and_changed_by_nobody_else(town: Town) -> None:
    result(town, "user_patch", id="editor", about="rieng-cua-toi", image_url=PICTURE)
    for who in ("", "stranger", "admin"):
        for name in ("user_show", "user_list", "user_autocomplete"):
            assert "rieng-cua-toi" not in action(town, name, who, id="editor", q="editor").text
        assert action(town, "user_patch", who, id="editor", about="khác").status_code in (403, 404)
    assert result(town, "user_show", "operator", id="editor")["about"] == "rieng-cua-toi"
    for place in ("/api/3/action/organization_show?id=h12-so&include_users=true", "/api/v1/people", "/api/v1/activity", "/feeds/dataset.atom"):
        assert "rieng-cua-toi" not in town.get(place).text


def test_notes_of_programs_are_an_operators_alone(town: Town) -> None:
    notes = {"my_plugin": {"key": [1, 2]}}
    assert "plugin_extras" not in result(town, "user_patch", id="editor", plugin_extras=notes)
    asked = {"id": "editor", "include_plugin_extras": True}
    assert result(town, "user_show", "operator", **asked)["plugin_extras"] is None
    assert result(town, "user_patch", "operator", id="editor", plugin_extras=notes)["plugin_extras"] == notes
    assert result(town, "user_show", "operator", **asked)["plugin_extras"] == notes
    assert "plugin_extras" not in result(town, "user_show", "operator", id="editor")
    assert "plugin_extras" not in result(town, "user_show", **asked)
    assert result(town, "user_patch", "operator", id="editor", plugin_extras="")["plugin_extras"] is None


@pytest.mark.parametrize(("said", "member"), [
    ({"about": "see http://spam.example"}, "about"), ({"about": "x" * 20_001}, "about"), ({"image_url": "javascript:alert(1)"}, "image_url"),
    ({"image_url": "https://a b"}, "image_url"), ({"plugin_extras": [1]}, "plugin_extras"), ({"plugin_extras": "{"}, "plugin_extras"),
])
def test_what_is_no_text_of_a_person_is_refused_and_changes_nothing(town: Town, said: dict[str, Any], member: str) -> None:
    before = result(town, "user_show", "operator", id="editor")
    assert errors(town, "user_patch", "operator", id="editor", fullname="Khác", **said).keys() == {member}
    assert result(town, "user_show", "operator", id="editor") == before
