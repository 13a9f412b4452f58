"""CKAN's Action API v3 as it is written to: packages, resources, agencies, members, people."""

from __future__ import annotations

from typing import Any

import pytest

from tests.site import Town

SIGNS = 'can only contain alphanumeric characters, spaces (" "), hyphens ("-"), underscores ("_") or dots (".")'
OTHER = {"name": "B", "url": "https://example.org/b.json", "description": "about B", "extra_field": "kept"}
GIVEN = {
    "name": "tai-lieu", "title": "Tài liệu", "notes": "Mô tả", "owner_org": "h12-so", "license_id": "cc-by",
    "author": "An", "author_email": "an@example.org", "maintainer": "Bình", "maintainer_email": "binh@example.org",
    "version": "1.2", "url": "https://example.org/about", "tags": [{"name": "một"}, {"name": "hai"}],
    "extras": [{"key": "contact hour", "value": "8-10"}, {"key": "frequency", "value": "MONTHLY"}],
    "groups": [{"name": "econ"}, {"name": "a-group-of-elsewhere"}],
    "resources": [{"name": "A", "url": "https://example.org/a.csv"}, OTHER],
}


def action(town: Town, name: str, who: str = "editor", /, **given: Any) -> Any:
    answer = town.client.post(f"/api/3/action/{name}", json=given, headers=town.head(who))
    town.stand.follow()
    return answer


def result(town: Town, name: str, who: str = "editor", /, **given: Any) -> Any:
    answer = action(town, name, who, **given)
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def errors(town: Town, name: str, who: str = "editor", /, **given: Any) -> dict[str, Any]:
    answer = action(town, name, who, **given)
    assert answer.status_code == 409, answer.text
    error = dict(answer.json()["error"])
    assert error.pop("__type") == "Validation Error"
    return error


def test_a_created_package_gives_everything_back_and_is_found(town: Town) -> None:
    answer = action(town, "package_create", **GIVEN)
    assert answer.status_code == 200, answer.text
    made = answer.json()["result"]
    assert answer.json()["changed_entities"] == {"packages": [made["id"]]}
    for name in ("name", "title", "notes", "author", "author_email", "maintainer", "maintainer_email", "version", "url",
                 "license_id"):
        assert made[name] == GIVEN[name]
    assert (made["isopen"], made["state"], made["private"]) == (True, "active", False)
    assert {one["name"] for one in made["tags"]} == {"một", "hai"}
    assert {one["key"]: one["value"] for one in made["extras"]} == {"contact hour": "8-10", "frequency": "MONTHLY"}
    assert [one["name"] for one in made["groups"]] == ["econ", "a-group-of-elsewhere"]
    first, second = made["resources"]
    assert (first["url"], first["format"], first["url_type"]) == ("https://example.org/a.csv", "CSV", None)
    assert {name: second[name] for name in OTHER} == OTHER
    assert result(town, "package_show", "", id="tai-lieu") == made
    assert result(town, "package_search", "", fq="name:tai-lieu")["results"] == [made]


def test_writing_back_what_was_read_changes_nothing(town: Town) -> None:
    made = result(town, "package_create", **GIVEN)
    town.stand.clock.forward(seconds=60)
    answer = action(town, "package_update", **made)
    assert answer.json()["result"] == made
    assert "changed_entities" not in answer.json()
    assert town.catalog.dataset(town.caller("editor"), made["id"]).version == 1


def test_a_package_without_resources_is_public_at_once(town: Town) -> None:
    made = result(town, "package_create", name="rong", owner_org="H12")
    assert (made["title"], made["resources"], made["state"]) == ("rong", [], "active")
    assert result(town, "package_list", "") == ["rong"]
    draft = result(town, "package_create", name="nhap", owner_org="H12", state="draft")
    assert draft["state"] == "draft"
    assert action(town, "package_show", "", id="nhap").status_code == 404
    assert result(town, "package_patch", id="nhap", state="active")["state"] == "active"
    assert result(town, "package_list", "") == ["nhap", "rong"]


def test_update_takes_away_what_is_not_said_and_patch_leaves_it(town: Town) -> None:
    made = result(town, "package_create", **GIVEN)
    patched = result(town, "package_patch", id="tai-lieu", title="Tên mới", private="true")
    assert (patched["title"], patched["private"], patched["notes"]) == ("Tên mới", True, "Mô tả")
    assert patched["resources"] == made["resources"]
    updated = result(town, "package_update", id=made["id"], name="ten-moi", title="Tên mới", private=False)
    assert (updated["name"], updated["tags"], updated["notes"], updated["num_resources"]) == ("ten-moi", [], None, 2)
    one = updated["resources"][1]
    less = result(town, "package_update", id=made["id"], resources=[{**one, "description": "new"}])
    assert [(each["id"], each["description"]) for each in less["resources"]] == [(one["id"], "new")]


def test_what_is_wrong_is_said_in_ckans_words(town: Town) -> None:
    assert errors(town, "package_create") == {
        "name": ["Missing value"], "owner_org": ["An organization must be provided"],
    }
    result(town, "package_create", name="co-roi", owner_org="H12")
    for members, wrong in (
        ({"name": "co-roi"}, {"name": ["That URL is already in use."]}),
        ({"name": "new"}, {"name": ["That name cannot be used"]}),
        ({"name": "a"}, {"name": ["Must be at least 2 characters long", 'Name "a" length is less than minimum 2']}),
        ({"name": "x" * 101}, {"name": ["Name must be a maximum of 100 characters long",
                                        f'Name "{"x" * 101}" length is more than maximum 100']}),
        ({"name": ["x"]}, {"name": ["Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_"]}),
        ({"name": "Chữ Hoa"}, {"name": ["Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_"]}),
        ({"resources": [{"url": "http://a.b/c"}, {"name": "x"}]}, {"resources": [{}, {"url": ["Missing value"]}]}),
        ({"resources": [{"url": "javascript:alert(1)"}]}, {"resources": [{"url": ["Not a valid URL"]}]}),
        ({"tags": [{"name": "ok"}, {"name": "x"}]}, {"tags": ['Tag "x" length is less than minimum 2']}),
        ({"tags": [{"name": "/"}]}, {"tags": [f'Tag "/" length is less than minimum 2, Tag "/" {SIGNS}']}),
        ({"tag_string": "a,b/c"}, {"tag_string": ['Tag "a" length is less than minimum 2']}),
        ({"extras": [{"key": "a"}]}, {"extras": [{"value": ["Missing value"]}]}),
        ({"extras": [{"key": "title", "value": "x"}]}, {"extras": [{"key": ["There is a schema field with the same name"]}]}),
        ({"resources": [{"url": "http://a.b/c", "size": "much"}, {"url": "http://a.b/c", "last_modified": "soon"}]},
         {"resources": [{"size": ["Invalid integer"]}, {"last_modified": ["Date format incorrect"]}]}),
        ({"resources": [{"url": "http://a.b/c", "id": "a b"}]}, {"resources": [{"id": ["Invalid id provided"]}]}),
        ({"version": "v" * 101}, {"version": ["Version must be a maximum of 100 characters long"]}),
        ({"plugin_data": "x"}, {"plugin_data": ["The value should be a valid JSON object"]}),
        ({"extras": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]},
         {"extras_validation": ['Duplicate key "a"']}),
        ({"title": {"vi": "x"}}, {"title": ["Must be a Unicode string value"]}),
        ({"maintainer_email": "nobody"}, {"maintainer_email": ["Email nobody is not a valid format"]}),
        ({"author_email": "x"}, {"author_email": ["Email x is not a valid format"]}),
    ):
        assert errors(town, "package_create", **{"name": "moi", "owner_org": "H12", **members}) == wrong, members
    assert action(town, "package_show", id="moi").status_code == 404


def test_what_is_no_list_of_dictionaries_is_refused_before_all_else(town: Town) -> None:
    given = {"name": "moi", "owner_org": "H12", "tags": ["a"]}
    answer = action(town, "package_create", **given)
    assert answer.status_code == 400
    assert answer.json()["error"] == {
        "__type": "Integrity Error", "data": given,
        "message": "Only lists of dicts can be placed against subschema ('tags',), not <class 'list'>",
    }


def test_where_one_may_not_create_is_said_before_what_is_wrong(town: Town) -> None:
    for who, owner, words in (("editor", "H13", "add dataset to this organization"), ("reader", "H12", "create packages"),
                              ("editor", "none", "add dataset to this organization")):
        answer = action(town, "package_create", who, name="B !", owner_org=owner)
        assert (answer.status_code, answer.json()["error"]["__type"]) == (403, "Authorization Error")
        assert answer.json()["error"]["message"] == f"Access denied: User {who} not authorized to {words}"
    assert errors(town, "package_create", "operator", name="moi", owner_org="none") == {
        "owner_org": ["Organization does not exist"]}


def test_values_that_are_no_texts_are_kept_as_ckan_keeps_them(town: Town) -> None:
    made = result(town, "package_create", name=12345, owner_org="H12", tag_string="một, hai", tags=[{"name": "ba"}, {}],
                  extras=[{"key": "a", "value": True}, {"key": "b", "value": ["x"]}, {"key": "c", "value": {"x": 1}}, {"key": "d", "value": None}],
                  groups=[{}], resources=[
                      {"url": "example.org/a.csv", "size": "12", "last_modified": "2020-01-02"},
                      {"url": " http://example.org/a b.geojson ", "format": "text/csv"}, {"url": "http://example.org/x", "format": "odd One"}])
    assert made["name"] == "12345"
    assert sorted(one["name"] for one in made["tags"]) == ["ba", "hai", "một"]
    assert {one["key"]: one["value"] for one in made["extras"]} == {"a": "true", "b": '["x"]', "c": '{"x":1}', "d": ""}
    assert made["groups"] == []
    assert [(one["url"], one["format"], one["size"], one["last_modified"]) for one in made["resources"]] == [
        ("http://example.org/a.csv", "CSV", 12, "2020-01-02T00:00:00"), ("http://example.org/a%20b.geojson", "CSV", None, None),
        ("http://example.org/x", "odd One", None, None)]
    assert result(town, "resource_create", package_id="12345", url="https://example.org/b.json")["mimetype"] == "application/json"


def test_an_update_takes_away_what_it_does_not_say(town: Town) -> None:
    made = result(town, "package_create", **GIVEN)
    updated = result(town, "package_update", id=made["id"], name="tai-lieu")
    assert {name: updated[name] or None for name in ("author", "author_email", "maintainer", "maintainer_email", "url", "version",
                                                    "license_id")} == dict.fromkeys(
        ("author", "author_email", "maintainer", "maintainer_email", "url", "version", "license_id"))
    assert (updated["title"], updated["num_resources"]) == ("tai-lieu", 2)
    assert errors(town, "package_update", id=made["id"], owner_org="") == {"owner_org": ["An organization must be provided"]}
    assert errors(town, "package_patch", id=made["id"], owner_org="H13") == {
        "owner_org": ["You cannot add a dataset to this organization"]}


@pytest.mark.parametrize(("who", "status"), [("", 403), ("nobody", 403), ("reader", 403), ("stranger", 403)])
def test_only_editors_of_the_agency_create(town: Town, who: str, status: int) -> None:
    assert action(town, "package_create", who, name="moi", owner_org="H12").status_code == status


def test_what_may_not_be_seen_is_not_found_when_written_to(town: Town) -> None:
    town.draft("Bản nháp")
    for name in ("package_update", "package_patch", "package_delete"):
        assert action(town, name, "stranger", id="ban-nhap").status_code == 404
        assert action(town, name, "", id="ban-nhap").status_code == 404
        assert action(town, name, "", id="nothing").status_code == 404
    made = result(town, "package_create", **GIVEN)
    for who in ("stranger", ""):
        assert action(town, "package_patch", who, id=made["id"], title="x").status_code == 403
    assert action(town, "resource_patch", "stranger", id=made["resources"][0]["id"], name="x").status_code == 403


def test_a_deleted_package_is_gone_for_readers_and_deleted_for_its_agency(town: Town) -> None:
    result(town, "package_create", **GIVEN)
    assert action(town, "package_delete", "editor", id="tai-lieu").status_code == 403
    assert result(town, "package_delete", "reviewer", id="tai-lieu") is None
    assert action(town, "package_show", "", id="tai-lieu").status_code == 404
    assert result(town, "package_show", id="tai-lieu")["state"] == "deleted"
    assert result(town, "package_delete", "reviewer", id="tai-lieu") is None
    assert "state" in errors(town, "package_patch", id="tai-lieu", state="active")
    assert result(town, "package_list", "") == []


def test_resources_are_added_changed_and_taken_away_version_by_version(town: Town) -> None:
    result(town, "package_create", name="bo", owner_org="H12")
    made = result(town, "resource_create", package_id="bo", url="https://example.org/x.xlsx", name="X", description="d")
    assert (made["format"], made["name"], made["position"]) == ("XLSX", "X", 0)
    again = result(town, "resource_create", package_id="bo", url="https://example.org/y", name="X")
    assert (again["name"], again["position"]) == ("X", 1)
    assert again["id"] != made["id"]
    patched = result(town, "resource_patch", id=made["id"], url="https://example.org/z.csv")
    assert (patched["url"], patched["description"], patched["name"]) == ("https://example.org/z.csv", "d", "X")
    assert result(town, "resource_update", id=made["id"], url="https://example.org/z.csv")["description"] is None
    assert result(town, "resource_delete", id=made["id"]) is None
    assert [one["id"] for one in result(town, "package_show", "", id="bo")["resources"]] == [again["id"]]
    assert town.catalog.dataset(town.caller("editor"), "bo").version == 6
    rows = result(town, "resource_create", package_id="bo", name="Hàng", url_type="datastore")
    assert (rows["url_type"], rows["url"].rpartition("/")[2], rows["datastore_active"]) == ("datastore", rows["id"], False)
    result(town, "datastore_create", resource_id=rows["id"], records=[{"a": 1}])
    assert result(town, "datastore_search", "", resource_id=rows["id"])["records"] == [{"_id": 1, "a": 1}]
    assert errors(town, "resource_create", package_id="bo", url="some words") == {"url": ["Not a valid URL"]}
    assert errors(town, "resource_create", url="http://a.b/c") == {"package_id": ["Missing value"]}


def test_a_published_table_keeps_its_files_when_it_is_described(town: Town) -> None:
    made = town.published("Trường học")
    before = result(town, "package_show", id=made["slug"])["resources"][0]
    after = result(town, "resource_patch", id=before["id"], name="Các trường", description="Cả tỉnh", hash="nonsense")
    assert (after["name"], after["description"], after["hash"]) == ("Các trường", "Cả tỉnh", before["hash"])
    assert after["url"].replace("/versions/2/", "/versions/1/") == before["url"]
    town.release(made["slug"], b"a,b\n1,2\n")
    assert result(town, "resource_show", id=before["id"])["description"] == "Cả tỉnh"


def test_where_a_second_person_is_wanted_a_package_waits_as_a_draft(careful: Town) -> None:
    assert result(careful, "package_create", **GIVEN)["state"] == "draft"
    assert action(careful, "package_show", "", id="tai-lieu").status_code == 404
    assert result(careful, "package_create", "reviewer", name="khac", owner_org="H12")["state"] == "active"


def test_operators_make_change_and_close_agencies(town: Town) -> None:
    assert action(town, "organization_create", "editor", name="so-moi").status_code == 403
    made = result(town, "organization_create", "operator", name="so-moi", title="Sở Mới",
                  extras=[{"key": "code", "value": "H77"}])
    assert (made["name"], made["title"], made["type"]) == ("so-moi", "Sở Mới", "organization")
    assert errors(town, "organization_create", "operator", name="so-moi") == {"name": ["Group name already exists in database"]}
    assert errors(town, "organization_member_create", "operator") == {
        "id": ["Missing value"], "username": ["Missing value"], "role": ["Missing value"]}
    given = {"id": "so-moi", "username": "reader", "role": "boss"}
    assert errors(town, "organization_member_create", "operator", **given) == {"role": ["role does not exist."]}
    assert errors(town, "organization_member_create", "operator", **{**given, "id": "none"}) == {
        "id": ["That group name or ID does not exist."]}
    assert action(town, "member_create", "operator", id="so-moi", object="x", object_type="user", capacity="editor").status_code == 404
    assert result(town, "organization_member_delete", "operator", id="so-moi", username="reader") is None
    assert errors(town, "user_create", "operator", name="B !", email="x", password="short") == {
        "name": ["Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_"],
        "email": ["Email x is not a valid format"], "password": ["Your password must be 10 characters or longer"]}
    assert result(town, "organization_patch", "admin", id="h12-so", description="Việc học")["description"] == "Việc học"
    shown = result(town, "organization_show", "operator", id="so-moi")
    assert result(town, "organization_update", "operator", **{**shown, "title": "Sở Khác"})["title"] == "Sở Khác"
    assert result(town, "organization_delete", "operator", id="so-moi") is None
    assert "so-moi" not in result(town, "organization_list")


def test_admins_give_roles_and_operators_keep_accounts(town: Town) -> None:
    member = result(town, "organization_member_create", "admin", id="h12-so", username="nobody", role="editor")
    assert member["capacity"] == "editor"
    listed = result(town, "member_list", "admin", id="h12-so", object_type="user", capacity="editor")
    assert [member["table_id"], "user", "Editor"] in listed
    assert result(town, "member_list", "", id="h12-so", object_type="user") == []
    assert result(town, "organization_member_delete", "admin", id="h12-so", username="nobody") is None
    assert "role" in errors(town, "organization_member_create", "admin", id="h12-so", username="nobody", role="king")
    assert errors(town, "organization_member_create", "admin", id="h12-so", username="no-one", role="editor") == {
        "username": ["User not found"],
    }
    assert action(town, "organization_member_create", "editor", id="h12-so", username="nobody", role="admin").status_code == 403
    made = result(town, "user_create", "operator", name="moi", email="moi@example.org", password="a long password",
                  fullname="Người mới", with_apitoken=True)
    assert town.client.get("/api/3/action/user_show", headers={"Authorization": made["token"]}).json()["result"]["name"] == "moi"
    assert errors(town, "user_create", "operator", name="khac", email="a@b.vn") == {"password": ["Missing value"]}
    assert result(town, "user_update", "operator", id="moi", fullname="Tên khác")["fullname"] == "Tên khác"
    assert result(town, "user_delete", "operator", id="moi") is None
    assert "moi" not in result(town, "user_list", "operator", all_fields=False)


def test_bodies_that_mean_harm_are_refused_in_ckans_shape(town: Town) -> None:
    deep: Any = "x"
    for _ in range(900):
        deep = {"a": deep}
    for body in ({**GIVEN, "resources": [{"url": "https://a.vn/b", "x": deep}]}, {**GIVEN, "extras": [{"key": "a", "value": deep}]}):
        answer = action(town, "package_create", **body)
        assert answer.status_code == 400
        assert answer.json().startswith("Bad request: JSON Error: ")
    answer = action(town, "package_create", **{**GIVEN, "author": "A\0n", "version": "x" * 300_000})
    assert answer.json()["error"]["__type"] == "Validation Error"
    assert result(town, "package_create", **{**GIVEN, "author": "A\0n"})["author"] == "An"
    big = town.client.post("/api/3/action/package_show", content=b"x" * 10_000_001, headers={"Content-Type": "application/json"})
    assert (big.status_code, big.json()["success"]) == (409, False)


def test_while_the_site_is_read_only_writes_are_refused_and_reads_answered(town: Town) -> None:
    result(town, "package_create", **GIVEN)
    town.catalog.make_read_only(town.caller("operator"), "Đang bảo trì")
    answer = action(town, "package_patch", id="tai-lieu", title="x")
    assert (answer.status_code, answer.json()["success"]) == (503, False)
    assert result(town, "package_show", "", id="tai-lieu")["title"] == "Tài liệu"


def test_a_title_is_changed_in_the_language_in_which_it_was_shown(town: Town) -> None:
    said = [{"key": "language", "value": "th en"}, {"key": "title_en", "value": "Provinces"}, {"key": "title_vi", "value": "Các tỉnh"}]
    made = result(town, "package_create", name="cac-tinh", owner_org="H12", title="จังหวัด", extras=said)
    assert made["title"] == "จังหวัด"
    assert {one["key"]: one["value"] for one in made["extras"]}["title_vi"] == "Các tỉnh"
    assert result(town, "package_update", **made)["title"] == "จังหวัด"
    changed = result(town, "package_patch", id="cac-tinh", title="จังหวัดทั้งหมด")
    assert changed["title"] == result(town, "package_show", id="cac-tinh")["title"] == "จังหวัดทั้งหมด"
    assert {one["key"]: one["value"] for one in changed["extras"]} == {one["key"]: one["value"] for one in said}
