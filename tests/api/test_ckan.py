"""CKAN's Action API v3 as its clients hear it: transport, shapes of errors, and everything that reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from api.dialects.ckan import ACTIONS
from tests.site import URL, Town, make_town

JSON = "application/json;charset=utf-8"


@pytest.fixture(scope="module")
def full(tmp_path_factory) -> Town:
    """A site with three public datasets, a private one and a draft."""
    town = make_town(tmp_path_factory.mktemp("ckan"))
    for title, theme, tag in (("Trường học 2025", "EDUC", "giáo dục"), ("Ngân sách 2025", "ECON", "tài chính"),
                              ("Ngân sách 2024", "ECON", "tài chính")):
        town.published(title, themes=[theme], tags=[tag, "2025"], licence="CC-BY-4.0",
                       description=f"Mô tả của {title}")
        town.stand.clock.forward(seconds=60)
    town.published("Chưa công khai", visibility="private")
    town.draft("Bản nháp")
    return town


def action(town: Town, name: str, who: str = "", /, **given: Any) -> Any:
    """The answer to a call with a JSON body."""
    return town.client.post(f"/api/3/action/{name}", json=given, headers=town.head(who))


def result(town: Town, name: str, who: str = "", /, **given: Any) -> Any:
    answer = action(town, name, who, **given)
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


# --- transport --------------------------------------------------------------------------------------------------------


def test_an_answer_comes_in_the_envelope_with_its_help(full: Town) -> None:
    answer = full.client.get("/api/3/action/status_show")
    assert answer.headers["content-type"] == JSON
    assert answer.headers["access-control-allow-origin"] == "*"
    body = answer.json()
    assert body["help"] == f"{URL}/api/3/action/help_show?name=status_show"
    assert body["success"] is True
    assert body["result"]["ckan_version"] == "2.12.0"
    assert full.client.get("/api/action/site_read").json()["result"] is True


@pytest.mark.parametrize(("verb", "more"), [
    ("GET", {"params": {"id": "ngan-sach-2025"}}),
    ("POST", {"json": {"id": "ngan-sach-2025"}}),
    ("POST", {"params": {"id": "ngan-sach-2025"}}),
    ("POST", {"data": {"id": "ngan-sach-2025"}}),
    ("POST", {"files": {"id": (None, "ngan-sach-2025")}}),
    ("POST", {"content": '{"id": "ngan-sach-2025"}', "headers": {"Content-Type": "application/x-www-form-urlencoded"}}),
    ("POST", {"content": '{"id": "ngan-sach-2025", "a": "b=c&d"}',
              "headers": {"Content-Type": "application/x-www-form-urlencoded"}}),
    ("POST", {"data": {'{"id": "ngan-sach-2025"}': "1"}}),
    ("POST", {"content": '{"id": "ngan-sach-2025"}', "headers": {"Content-Type": "text/plain"}}),
])
def test_parameters_may_be_sent_in_every_form_that_ckan_reads(full: Town, verb: str, more: dict[str, Any]) -> None:
    answer = full.client.request(verb, "/api/3/action/package_show", **more)
    assert answer.status_code == 200, answer.text
    assert answer.json()["result"]["name"] == "ngan-sach-2025"


def test_what_cannot_be_read_is_answered_with_a_json_string(full: Town) -> None:
    for answer, words in (
        (full.client.get("/api/3/action/no_such"), "Bad request: Action name not known: no_such"),
        (full.client.post("/api/3/action/revision_list"), "Bad request: Action name not known: revision_list"),
        (full.client.get("/api/3/action/api_token_create"),
         "Bad request: JSON Error: Invalid request. Please use POST method for your request"),
    ):
        assert (answer.status_code, answer.json()) == (400, words)
    twice = '{"id": "ngan-sach-2024", "id": "ngan-sach-2025"}'
    many = json.dumps({"id": "ngan-sach-2025", "rows": [{"a": 'b": c'}] * 30_000})
    for body in ("{", "[1]", '"a"', "{'id': 1}", "[" * 100_000, twice, f'{{"a": [{twice}]}}', f'{many[:-1]}, "id": "x"}}'):
        answer = full.client.post("/api/3/action/package_show", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400
        assert answer.json().startswith("Bad request: JSON Error: ")
    for body, kind in ((many, "application/json"), (twice, "application/x-www-form-urlencoded")):
        answer = full.client.post("/api/3/action/package_show", content=body, headers={"Content-Type": kind})
        assert answer.status_code == (200 if body == many else 400), answer.text


@pytest.mark.parametrize(("name", "given", "status", "error"), [
    ("package_show", {"id": "no-such"}, 404, {"__type": "Not Found Error", "message": "Not found"}),
    ("package_show", {"id": "chua-cong-khai"}, 404, {"__type": "Not Found Error", "message": "Not found"}),
    ("package_show", {"id": "ban-nhap"}, 404, {"__type": "Not Found Error", "message": "Not found"}),
    ("package_show", {}, 409, {"__type": "Validation Error", "name_or_id": ["Missing value"]}),
    ("package_show", {"id": ["a"]}, 409, {"__type": "Validation Error", "id": ["Must be a Unicode string value"]}),
    ("user_list", {}, 403, {"__type": "Authorization Error", "message": "Access denied"}),
    ("package_search", {"nonsense": 1}, 400,
     {"__type": "Search Query Error", "message": "Invalid search parameters: ['nonsense']"}),
    ("package_search", {"sort": "title_string asc, colour"}, 400,
     {"__type": "Search Query Error", "message": 'Invalid "sort" parameter'}),
    ("package_search", {"sort": "title_string sideways"}, 400,
     {"__type": "Search Query Error", "message": 'Invalid "sort" parameter'}),
    ("package_search", {"q": "a", "defType": "junk"}, 409, {"__type": "Search Error", "message": "Unknown query parser 'junk'."}),
    ("package_search", {"hl": "true"}, 400, {"__type": "Search Query Error", "message": "Invalid search parameters: ['hl']"}),
    ("package_search", {"facet.tags.limit": 1}, 400, {"__type": "Search Query Error", "message": "Invalid search parameters: ['facet.tags.limit']"}),
    ("package_search", {"facet.limit": "x"}, 409, {"__type": "Validation Error", "facet.limit": ["Invalid integer"]}),
    ("package_search", {"rows": -1}, 409, {"__type": "Validation Error", "rows": ["Must be a natural number"]}),
    ("package_search", {"start": "x"}, 409, {"__type": "Validation Error", "start": ["Invalid integer"]}),
])
def test_each_error_has_the_shape_that_clients_look_for(full: Town, name: str, given: dict[str, Any], status: int,
                                                        error: dict[str, Any]) -> None:
    answer = action(full, name, **given)
    assert answer.status_code == status
    assert answer.headers["content-type"] == JSON
    assert answer.json() == {"help": f"{URL}/api/3/action/help_show?name={name}", "success": False, "error": error}


@pytest.mark.parametrize("query", ["title:(", "{!lucene}a:b", '_query_:"x"', "title:[a", "title:()", "title:a^", "title:a~1.5", "(" * 10_000 + "a:b", "a:" * 20_000])
def test_a_query_that_is_none_is_a_search_error(full: Town, query: str) -> None:
    answer = action(full, "package_search", q=query)
    assert answer.status_code == 409
    assert answer.json()["error"]["__type"] == "Search Error"


def test_frameworks_own_answers_never_appear(full: Town) -> None:
    for verb, path, status in (("PUT", "/api/3/action/package_show", 405), ("DELETE", "/api/action/site_read", 405),
                               ("GET", "/api/3/nothing", 404), ("GET", "/api/1/action/package_list", 404)):
        answer = full.client.request(verb, path)
        assert answer.status_code == status
        assert answer.json()["success"] is False
        assert "detail" not in answer.json()


def test_tokens_count_raw_behind_bearer_and_in_the_header_of_old(full: Town) -> None:
    token = full.tokens["editor"]
    for headers in ({"Authorization": token}, {"Authorization": f"Bearer {token}"}, {"X-CKAN-API-Key": token},
                    {"Authorization": "wrong", "X-CKAN-API-Key": token}):
        answer = full.client.post("/api/3/action/package_show", json={"id": "chua-cong-khai"}, headers=headers)
        assert answer.json()["result"]["private"] is True


@pytest.mark.parametrize("who", ["wrong", "expired", "revoked"])
def test_a_bad_token_is_nobody(full: Town, who: str) -> None:
    assert result(full, "package_show", who, id="ngan-sach-2025")["name"] == "ngan-sach-2025"
    assert action(full, "user_list", who).status_code == 403


def test_jsonp_wraps_what_anybody_may_see(full: Town) -> None:
    answer = full.client.get("/api/3/action/site_read?callback=show")
    assert answer.headers["content-type"] == "application/javascript;charset=utf-8"
    assert answer.text.startswith("show({")
    assert answer.text.endswith("});")
    asked = {"id": "chua-cong-khai", "callback": "show"}
    private = full.client.get("/api/3/action/package_show", params=asked, headers=full.head("editor"))
    assert private.status_code == 404
    evil = full.client.get("/api/3/action/site_read?callback=alert(1);//")
    assert evil.headers["content-type"] == JSON


def test_probes_tell_the_version(full: Town) -> None:
    assert [full.client.get(path).json() for path in ("/api", "/api/", "/api/1", "/api/2", "/api/3")] == [
        {"version": 1}, {"version": 1}, {"version": 1}, {"version": 2}, {"version": 3},
    ]


def test_every_action_explains_itself(full: Town) -> None:
    for name, one in ACTIONS.items():
        words = result(full, "help_show", name=name)
        assert words.startswith(one.summary)
        assert all(f":param {parameter}:" in words for parameter in one.parameters)
    assert action(full, "help_show", name="no_such").status_code == 404


# --- packages ---------------------------------------------------------------------------------------------------------

PACKAGE = {
    "author", "author_email", "creator_user_id", "extras", "groups", "id", "isopen", "license_id", "license_title",
    "license_url", "maintainer", "maintainer_email", "metadata_created", "metadata_modified", "name", "notes",
    "num_resources", "num_tags", "organization", "owner_org", "private", "relationships_as_object",
    "relationships_as_subject", "resources", "state", "tags", "title", "type", "url", "version",
}
RESOURCE = {
    "cache_last_updated", "cache_url", "created", "description", "format", "hash", "id", "last_modified",
    "metadata_modified", "mimetype", "mimetype_inner", "name", "package_id", "position", "resource_type", "size",
    "state", "url", "url_type", "datastore_active",
}


def test_a_package_has_ckans_members_and_naive_times(full: Town) -> None:
    shown = result(full, "package_show", id="ngan-sach-2025")
    assert set(shown) == PACKAGE
    assert set(shown["resources"][0]) == RESOURCE
    assert shown["organization"]["name"] == "h12-so"
    assert (shown["license_id"], shown["isopen"]) == ("CC-BY-4.0", True)
    assert [one["name"] for one in shown["groups"]] == ["econ"]
    assert [one["name"] for one in shown["tags"]] == ["2025", "tài chính"]
    assert len(shown["metadata_modified"]) == len("2026-01-31T09:00:00.123456")
    assert result(full, "package_show", name_or_id=shown["id"]) == shown


def test_a_resource_is_found_by_its_id_and_its_file_by_its_address(full: Town) -> None:
    shown = result(full, "package_show", id="truong-hoc-2025")["resources"][0]
    assert result(full, "resource_show", id=shown["id"]) == shown
    assert shown["format"] == "CSV"
    file = full.client.get(shown["url"].removeprefix(URL))
    assert file.status_code == 200
    assert file.text.startswith("school_code")
    for key in ("nonsense", shown["id"][:-1] + "x", shown["package_id"]):
        assert action(full, "resource_show", id=key).status_code == 404
    private = result(full, "package_show", "editor", id="chua-cong-khai")["resources"][0]
    assert action(full, "resource_show", id=private["id"]).status_code == 404
    assert result(full, "resource_show", "editor", id=private["id"]) == private


def test_lists_hold_what_is_public(full: Town) -> None:
    every = ["ngan-sach-2024", "ngan-sach-2025", "truong-hoc-2025"]
    assert result(full, "package_list") == every
    assert result(full, "package_list", "editor", limit=1, offset=1) == every[1:2]
    current = result(full, "current_package_list_with_resources", limit=2)
    assert [one["name"] for one in current] == ["ngan-sach-2024", "ngan-sach-2025"]
    assert current[1] == result(full, "package_show", id="ngan-sach-2025")


# --- search -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("given", "names"), [
    ({}, ["ngan-sach-2024", "ngan-sach-2025", "truong-hoc-2025"]),
    ({"q": "*:*", "sort": "id asc"}, ["truong-hoc-2025", "ngan-sach-2025", "ngan-sach-2024"]),
    ({"q": "*:*", "sort": "metadata_modified asc", "rows": 1, "start": 1}, ["ngan-sach-2025"]),
    ({"sort": "title_string asc"}, ["ngan-sach-2024", "ngan-sach-2025", "truong-hoc-2025"]),
    ({"sort": "score desc, title_string asc"}, ["ngan-sach-2024", "ngan-sach-2025", "truong-hoc-2025"]),
    ({"sort": "score desc, title_string desc"}, ["truong-hoc-2025", "ngan-sach-2025", "ngan-sach-2024"]),
    ({"sort": "title_string asc, metadata_modified asc", "rows": 1, "start": 1}, ["ngan-sach-2025"]),
    ({"q": "truong hoc"}, ["truong-hoc-2025"]),
    ({"q": '"sach 2025"'}, ["ngan-sach-2025"]), ({"q": '"2025 ngan"'}, []), ({"q": '"truong'}, ["truong-hoc-2025"]),
    ({"q": "ngan sach -2024"}, ["ngan-sach-2025"]), ({"q": "-ngan"}, ["truong-hoc-2025"]), ({"q": '-"sách 2024" -truong'}, ["ngan-sach-2025"]),
    ({"q": "+2024 ngan"}, ["ngan-sach-2024"]), ({"q": "truong - hoc"}, ["truong-hoc-2025"]), ({"q": '"" -- + truong'}, ["truong-hoc-2025"]),
    ({"q": "title:ngan* AND tags:2025", "sort": "name desc"}, ["ngan-sach-2025", "ngan-sach-2024"]),
    ({"fq": "organization:h12-so groups:educ"}, ["truong-hoc-2025"]),
    ({"fq": "-organization:h12-so"}, []),
    ({"q": "name:ngan-sach-*", "sort": "name asc"}, ["ngan-sach-2024", "ngan-sach-2025"]),
    ({"q": "name:*2025 AND NOT name:ngan?sach*"}, ["truong-hoc-2025"]),
    ({"q": "name:ngan_sach*"}, []), ({"q": "name:%"}, []), ({"q": "name:chua-*"}, []),
    ({"fq": "organization:h12* groups:ed?c"}, ["truong-hoc-2025"]),
    ({"fq": "organization:h13*"}, []),
    ({"fq_list": ["groups:econ", "name:ngan-sach-2025"]}, ["ngan-sach-2025"]),
    ({"fq": "+state:active +dataset_type:dataset", "q": "truong"}, ["truong-hoc-2025"]),
    ({"fq": "state:deleted"}, []),
    ({"fq": "res_format:CSV license_id:cc-by", "rows": 0}, []),
    ({"fq": "metadata_modified:[2000-01-01T00:00:00Z TO *]", "start": 2}, ["truong-hoc-2025"]),
    ({"start": 10**9}, []),
    ({"fq": "name:{ngan-sach-2024 TO t]"}, ["ngan-sach-2025"]), ({"fq": "organization:[h12 TO h13] groups:[econ TO econ]"}, ["ngan-sach-2024", "ngan-sach-2025"]),
    ({"fq": "organization:[h13 TO *]"}, []), ({"fq": "groups:{econ TO f}"}, ["truong-hoc-2025"]), ({"fq": ["name:ngan*", "-name:*2024"]}, ["ngan-sach-2025"]),
    ({"fq": "tags:[2025 TO 2025] -tags:[t TO u]"}, ["truong-hoc-2025"]), ({"q": "truong OR 2024", "defType": "lucene", "sort": "name asc"}, ["ngan-sach-2024", "truong-hoc-2025"]),
    ({"q": "ngan", "defType": "lucene", "df": "title", "sort": "colour asc, name desc"}, ["ngan-sach-2025", "ngan-sach-2024"]),
    ({"rows": 10**9, "start": 1}, ["ngan-sach-2025", "truong-hoc-2025"]),
])
def test_a_search_finds_what_solr_would(full: Town, given: dict[str, Any], names: list[str]) -> None:
    assert [one["name"] for one in result(full, "package_search", **given)["results"]] == names


def test_private_datasets_are_found_by_those_who_ask_and_may(full: Town) -> None:
    for who, given, total in (("", {"include_private": True}, 3), ("editor", {}, 3), ("stranger", {"include_private": True}, 3),
                              ("editor", {"include_private": True}, 4)):
        assert result(full, "package_search", who, **given)["count"] == total


def test_facets_come_in_both_of_ckans_shapes(full: Town) -> None:
    for field in ('["groups", "organization", "tags"]', ["groups", "organization", "tags"]):
        found = result(full, "package_search", **{"facet.field": field, "rows": 0, "facet.limit": -1})
        assert found["facets"] == {
            "groups": {"econ": 2, "educ": 1}, "organization": {"h12-so": 3},
            "tags": {"2025": 3, "tài chính": 2, "giáo dục": 1},
        }
        items = found["search_facets"]["groups"]["items"]
        assert [one["display_name"] for one in items] == ["Kinh tế và tài chính", "Giáo dục, văn hóa và thể thao"]
        assert found["search_facets"]["organization"]["items"] == [
            {"name": "h12-so", "display_name": "Sở Giáo dục", "count": 3}
        ]
    assert result(full, "package_search", **{"facet.field": "tags", "facet.mincount": 3})["facets"] == {"tags": {"2025": 3}}
    assert result(full, "package_search", **{"facet.field": ["tags"], "facet": "false"})["facets"] == {}


def test_fl_gives_bare_members(full: Town) -> None:
    assert result(full, "package_search", q="truong hoc", fl="name,title")["results"] == [
        {"name": "truong-hoc-2025", "title": "Trường học 2025"}
    ]


# --- what stands around packages --------------------------------------------------------------------------------------


def test_organizations_are_listed_and_shown(full: Town) -> None:
    assert result(full, "organization_list") == ["h12-so", "h13-so"]
    assert result(full, "organization_list", sort="package_count asc") == ["h13-so", "h12-so"]
    dicts = result(full, "organization_list", all_fields=True)
    assert [(one["name"], one["package_count"]) for one in dicts] == [("h12-so", 3), ("h13-so", 0)]
    shown = result(full, "organization_show", id="h12-so", include_datasets=True)
    assert (shown["package_count"], len(shown["packages"]), shown["users"]) == (3, 3, [])
    users = result(full, "organization_show", "reader", id=shown["id"])["users"]
    assert {one["name"]: one["capacity"] for one in users} == {
        "reader": "member", "editor": "editor", "reviewer": "admin", "admin": "admin",
    }
    assert action(full, "organization_show", id="none").status_code == 404
    assert [one["name"] for one in result(full, "organization_list_for_user", "editor")] == ["h12-so"]
    assert result(full, "organization_list_for_user") == []
    assert [one["name"] for one in result(full, "organization_autocomplete", q="giao duc")] == ["h12-so"]


def test_groups_are_the_themes(full: Town) -> None:
    assert {"econ", "educ", "heal"} <= set(result(full, "group_list"))
    shown = result(full, "group_show", id="econ", include_datasets=True)
    assert (shown["package_count"], shown["type"]) == (2, "group")
    assert [one["name"] for one in shown["packages"]] == ["ngan-sach-2024", "ngan-sach-2025"]
    assert len(result(full, "group_package_show", id="econ", limit=1)) == 1
    assert action(full, "group_show", id="none").status_code == 404


def test_tags_formats_and_licences(full: Town) -> None:
    assert result(full, "tag_list") == ["2025", "giáo dục", "tài chính"]
    assert result(full, "tag_list", query="tai")[0] == "tài chính"
    assert result(full, "tag_search", query="chinh")["count"] == 1
    assert len(result(full, "tag_show", id="2025", include_datasets=True)["packages"]) == 3
    assert action(full, "tag_show", id="none").status_code == 404
    assert result(full, "tag_autocomplete", query="gia") == ["giáo dục"]
    assert result(full, "vocabulary_list") == []
    assert result(full, "format_autocomplete", q="cs") == ["csv"]
    assert "CC-BY-4.0" in [one["id"] for one in result(full, "license_list")]


def test_what_was_typed_is_completed_at_the_addresses_of_old(full: Town) -> None:
    found = full.client.get("/api/3/util/dataset/autocomplete?incomplete=ngân sá").json()
    assert {one["name"] for one in found["ResultSet"]["Result"]} == {"ngan-sach-2024", "ngan-sach-2025"}
    assert full.client.get("/api/util/tag/autocomplete?incomplete=tai").json() == {"ResultSet": {"Result": [{"Name": "tài chính"}]}}
    formats = full.client.get("/api/2/util/resource/format_autocomplete?incomplete=c").json()
    assert formats == {"ResultSet": {"Result": [{"Format": "csv"}]}}
    assert full.client.get("/api/util/organization/autocomplete?q=h13").json()[0]["name"] == "h13-so"
    assert full.client.get("/api/util/user/autocomplete?q=e").status_code == 403


def test_people_see_themselves_and_operators_everybody(full: Town) -> None:
    assert "editor" in result(full, "user_list", "operator", all_fields=False)
    assert result(full, "user_show", "editor", id="editor")["name"] == "editor"
    assert result(full, "user_show", "operator", id="editor")["sysadmin"] is False
    assert action(full, "user_show", "editor", id="admin").status_code == 404
    assert action(full, "user_show", id="editor").status_code == 404


def test_a_token_is_made_shown_once_and_revoked(town: Town) -> None:
    made = result(town, "api_token_create", "editor", user="editor", name="script")
    mine = town.client.get("/api/3/action/user_show", headers={"Authorization": made["token"]}).json()["result"]
    assert mine["name"] == "editor"
    listed = result(town, "api_token_list", "editor", user_id="editor")
    assert made["token"] not in json.dumps(listed)
    assert made["id"] in [one["id"] for one in listed]
    assert action(town, "api_token_create", "editor", user="admin", name="x").status_code == 404
    assert result(town, "api_token_revoke", "editor", token=made["token"]) is None
    assert made["id"] not in [one["id"] for one in result(town, "api_token_list", "editor", user_id="editor")]


def test_a_bug_is_told_in_ckans_shape(tmp_path: Path) -> None:
    town = make_town(tmp_path)
    town.stand.catalog.__class__ = type("Broken", (town.stand.catalog.__class__,), {"organisations": lambda *_: 1 / 0})
    answer = action(town, "organization_list")
    assert answer.status_code == 500
    assert answer.json()["error"] == {"__type": "Internal Server Error", "message": "Internal Server Error"}
