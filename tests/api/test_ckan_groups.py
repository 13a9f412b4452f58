"""Groups that people make through CKAN's API, and CKAN's options."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from api.settings import Settings, WrongSetting, read_settings
from tests.api.test_ckan_writing import action, errors, result
from tests.site import Town, make_town


def option(town: Town, **values: str) -> None:
    result(town, "config_option_update", "operator", **{f"ckan.{name}".replace("__", "."): one for name, one in values.items()})


def test_a_theme_has_an_id_that_another_ckan_takes_and_that_leads_to_it(town: Town) -> None:
    shown = result(town, "group_show", "", id="econ")
    assert shown["id"] == str(uuid.uuid5(uuid.NAMESPACE_URL, "http://publications.europa.eu/resource/authority/data-theme/ECON"))
    assert result(town, "group_show", "", id=shown["id"])["name"] == "econ"
    made = result(town, "package_create", name="tau-ca", owner_org="H12", groups=[{"id": shown["id"]}])
    assert [(one["id"], one["name"]) for one in made["groups"]] == [(shown["id"], "econ")]


def test_a_group_is_made_filled_found_changed_and_taken_away(town: Town) -> None:
    made = result(town, "group_create", "operator", name="bien-dao", title="Biển đảo", description="Về biển",
                  extras=[{"key": "màu", "value": "xanh"}], users=[{"name": "editor", "capacity": "editor"}])
    assert (made["title"], made["package_count"], made["extras"][0]["value"]) == ("Biển đảo", 0, "xanh")
    assert {(one["name"], one["capacity"]) for one in made["users"]} == {("operator", "admin"), ("editor", "editor")}
    assert result(town, "group_show", "", id="bien-dao")["users"] == []
    one = result(town, "package_create", name="tau-ca", owner_org="H12", groups=[{"name": "bien-dao"}, {"name": "econ"}])
    assert [each["title"] for each in one["groups"]][1] == "Biển đảo"
    assert result(town, "package_update", **one) == one
    assert result(town, "package_search", "", fq="groups:bien-dao")["count"] == 1
    facets = result(town, "package_search", "", **{"facet.field": ["groups"]})["search_facets"]["groups"]["items"]
    assert {each["name"]: each["display_name"] for each in facets}["bien-dao"] == "Biển đảo"
    assert [each["name"] for each in result(town, "group_package_show", "", id=made["id"])] == ["tau-ca"]
    assert "bien-dao" in result(town, "group_list", "")
    assert result(town, "group_list", "", groups=["bien-dao"], all_fields=True)[0]["package_count"] == 1
    assert [each["name"] for each in result(town, "group_autocomplete", "", q="bien")] == ["bien-dao"]
    patched = result(town, "group_patch", "operator", id="bien-dao", title="Biển")
    assert (patched["title"], patched["description"]) == ("Biển", "Về biển")
    assert result(town, "group_update", "operator", id="bien-dao", title="Biển")["description"] == "Về biển"
    assert action(town, "group_delete", "operator", id="bien-dao").json()["result"] is None
    assert action(town, "group_show", "", id="bien-dao").status_code == 404
    assert result(town, "group_show", "operator", id="bien-dao")["state"] == "deleted"
    result(town, "group_purge", "operator", id="bien-dao")
    assert action(town, "group_show", "operator", id="bien-dao").status_code == 404
    assert [each["name"] for each in result(town, "package_show", "", id="tau-ca")["groups"]] == ["econ", "bien-dao"]


def test_what_is_wrong_with_a_group_is_said_in_ckans_words(town: Town) -> None:
    result(town, "group_create", "operator", name="a-group")
    taken = {"name": ["Group name already exists in database"]}
    for given, wrong in (
        ({"name": "a-group"}, taken), ({"name": "econ"}, taken), ({}, {"name": ["Missing value"]}),
        ({"name": "b-group", "title": []}, {"title": ["Must be a Unicode string value"]}),
        ({"name": "b-group", "extras": [{}]}, {"extras": [{"key": ["Missing value"]}]}),
        ({"name": "b-group", "users": "x"}, {"users": ["Must be a list of dictionaries"]}),
    ):
        assert errors(town, "group_create", "operator", **given) == wrong
    assert errors(town, "group_patch", "operator", id="a-group", name="other").keys() == {"name"}


@pytest.mark.parametrize("who", ["", "nobody", "admin"])
def test_only_operators_make_and_change_groups(town: Town, who: str) -> None:
    assert action(town, "group_create", who, name="x-y").status_code == 403
    result(town, "group_create", "operator", name="a-group")
    for name in ("group_update", "group_patch", "group_delete", "group_purge"):
        assert action(town, name, who, id="a-group").status_code == 403
    assert action(town, "group_member_create", who, id="a-group", username="editor", role="admin").status_code == 403
    assert action(town, "group_update", "operator", id="econ", title="Theme").status_code == 403


def test_a_groups_admin_keeps_its_people_and_an_editor_its_datasets(town: Town) -> None:
    result(town, "group_create", "operator", name="a-group")
    result(town, "group_member_create", "operator", id="a-group", username="editor", role="admin")
    result(town, "member_create", id="a-group", object="reader", object_type="user", capacity="member")
    assert {one[2] for one in result(town, "member_list", id="a-group", object_type="user")} == {"Admin", "Member"}
    assert result(town, "member_list", "", id="a-group") == []
    assert [one["name"] for one in result(town, "group_list_authz", "reader", am_member=True)] == ["a-group"]
    result(town, "member_delete", id="a-group", object="reader", object_type="user")
    result(town, "group_member_delete", id="a-group", username="operator")
    assert [one[2] for one in result(town, "member_list", id="a-group", object_type="user")] == ["Admin"]
    made = result(town, "package_create", name="tau-ca", owner_org="H12", groups=[{"name": "econ"}])
    result(town, "member_create", id="a-group", object="tau-ca", object_type="package", capacity="public")
    assert [one["name"] for one in result(town, "package_show", id="tau-ca")["groups"]] == ["econ", "a-group"]
    assert result(town, "member_list", "", id="a-group", object_type="package") == [[made["id"], "package", "public"]]
    assert action(town, "member_delete", "stranger", id="a-group", object="tau-ca", object_type="package").status_code == 403
    result(town, "member_delete", id="econ", object="tau-ca", object_type="package")
    assert [one["name"] for one in result(town, "package_show", id="tau-ca")["groups"]] == ["a-group"]


def test_options_change_what_the_running_site_answers(town: Town) -> None:
    assert action(town, "group_create", "nobody", name="cua-toi").status_code == 403
    option(town, auth__user_create_groups="true", search__rows_max="1", site_title="Cổng")
    assert result(town, "group_create", "nobody", name="cua-toi")["state"] == "active"
    assert result(town, "status_show", "")["site_title"] == "Cổng"
    for name in ("mot", "hai"):
        result(town, "package_create", name=f"so-{name}", owner_org="H12")
    assert len(result(town, "package_search", "", rows=1000)["results"]) == 1
    assert result(town, "config_option_show", "operator", key="ckan.search.rows_max") == "1"
    assert "ckan.auth.user_create_groups" in result(town, "config_option_list", "operator")
    assert action(town, "user_show", "", id="editor").status_code in (403, 404)
    option(town, auth__public_user_details="yes", extra_resource_fields="quality checked")
    shown = result(town, "user_show", "", id="editor")
    assert shown["name"] == "editor"
    assert "email" not in shown
    assert "editor" in result(town, "user_list", "", all_fields=False)
    link = result(town, "resource_create", package_id="so-mot", url="https://example.org/a.csv")
    assert (link["quality"], link["checked"]) == (None, None)


def test_options_are_refused_that_are_none(town: Town, tmp_path: Path) -> None:
    assert errors(town, "config_option_update", "operator", **{"ckan.nothing": "1"}) == {
        "message": "Configuration option(s) 'ckan.nothing' can not be updated"}
    for given in ({"ckan.search.rows_max": "-1"}, {"ckan.auth.user_create_groups": "maybe"}):
        assert errors(town, "config_option_update", "operator", **given).keys() == given.keys()
    for name in ("config_option_list", "config_option_show", "config_option_update"):
        assert action(town, name, "admin", key="ckan.search.rows_max").status_code == 403
    (tmp_path / "other").mkdir()
    other = make_town(tmp_path / "other", environment="production", ckan_options={"ckan.site_title": "Cổng"})
    assert result(other, "status_show", "")["site_title"] == "Cổng"
    assert action(other, "config_option_update", "operator", **{"ckan.site_title": "x"}).status_code == 403
    assert read_settings(ckan_options="ckan.site_title=Cổng, ckan.activity_list_limit = 5").ckan_options
    with pytest.raises(WrongSetting, match="DATAMO_CKAN_OPTIONS"):
        read_settings(ckan_options="ckan.nothing=1")
    assert Settings().ckan_options == ""


def test_an_agency_keeps_its_picture_and_its_extras(town: Town) -> None:
    picture, said = "https://example.org/logo.png", [{"key": "điện thoại", "value": "1022"}, {"key": "code", "value": "H77"}]
    made = result(town, "organization_create", "operator", name="so-moi", title="Sở mới", image_url=picture, extras=said)
    assert (made["image_url"], made["image_display_url"]) == (picture, picture)
    assert {one["key"]: one["value"] for one in made["extras"]} == {"điện thoại": "1022", "code": "H77"}
    shown = result(town, "organization_show", "", id="so-moi")
    assert {name: shown[name] for name in ("image_url", "extras")} == {name: made[name] for name in ("image_url", "extras")}
    [listed] = [one for one in result(town, "organization_list", "", all_fields=True, include_extras=True) if one["name"] == "so-moi"]
    assert (listed["image_url"], listed["extras"]) == (picture, made["extras"])
    one = result(town, "package_create", "operator", name="tau-ca", owner_org="so-moi")
    assert one["organization"]["image_url"] == picture
    assert result(town, "organization_patch", "operator", id="so-moi", title="Sở khác")["image_url"] == picture
    changed = result(town, "organization_patch", "operator", id="so-moi", image_url="javascript:alert(1)", extras=[])
    assert (changed["image_url"], changed["extras"]) == ("", [{"key": "code", "value": "H77"}])
    assert result(town, "package_show", "", id="tau-ca")["organization"]["image_url"] == ""
    twice = errors(town, "organization_patch", "operator", id="so-moi", extras=[{"key": "a", "value": "1"}] * 2)
    assert twice == {"extras_validation": ['Duplicate key "a"']}
