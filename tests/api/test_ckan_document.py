"""Members that fl asks for: as CKAN's index has them, by what harvesters ask."""

from __future__ import annotations

import json
from typing import Any

import pytest

from api.dialects.ckan.document import MEMBERS, cut
from tests.site import Town, make_town


@pytest.fixture(scope="module")
def town(tmp_path_factory) -> Town:
    made = make_town(tmp_path_factory.mktemp("document"))
    answer = made.client.post("/api/3/action/package_create", headers=made.head("admin"), json={
        "name": "roads", "title": "Roads", "owner_org": "h12-so", "license_id": "cc-by", "tags": [{"name": "width"}, {"name": "bridge"}], "groups": [{"name": "tran"}],
        "extras": [{"key": "harvest_object_id", "value": "ab-12"}, {"key": "unit", "value": "km"}],
        "resources": [{"url": "https://example.org/a.csv", "format": "CSV", "name": "Table"}, {"url": "https://example.org/b", "description": "More"}]})
    assert answer.status_code == 200, answer.text
    made.published("Trống")
    made.stand.follow()
    return made


def found(town: Town, fl: Any, **given: Any) -> list[dict[str, Any]]:
    answer = town.client.post("/api/3/action/package_search", json={"fl": fl, "sort": "name asc", **given})
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]["results"]


def test_what_harvesters_ask_for_comes_as_the_index_has_it(town: Town) -> None:
    (whole, _) = found(town, "*")
    stamp = whole["metadata_modified"]
    assert "." in stamp or len(stamp) == 19
    first, other = found(town, "id,name,metadata_modified")
    assert first == {"id": whole["id"], "name": "roads", "metadata_modified": f"{stamp[:23]}Z" if stamp[19:23] not in ("", ".000") else f"{stamp[:19]}Z"}
    assert set(other) == {"id", "name", "metadata_modified"}
    assert found(town, "id,extras_harvest_object_id") == [{"id": whole["id"], "extras_harvest_object_id": "ab-12"}, {"id": other["id"]}]


def test_names_stand_for_what_it_belongs_to_and_texts_of_resources_in_lists(town: Town) -> None:
    (first, other) = found(town, ["tags", "groups", "organization", "res_url", "res_format", "res_name", "res_description", "capacity", "dataset_type", "license_id", "notes", "state"])
    assert first == {"tags": ["bridge", "width"], "groups": ["tran"], "organization": "h12-so", "res_url": ["https://example.org/a.csv", "https://example.org/b"], "res_format": first["res_format"],
                     "res_name": ["Table"], "res_description": ["More"], "capacity": "public", "dataset_type": "dataset", "license_id": "cc-by", "state": "active"}
    assert first["res_format"][0] == "CSV"
    assert "tags" not in other


@pytest.mark.parametrize("fl", ["name title", "name, title", ["name", "title"], '["name","title"]', "name,title,unheard"])
def test_names_come_with_commas_blanks_or_as_a_list_and_unknown_ones_are_let_go(town: Town, fl: Any) -> None:
    assert found(town, fl)[0] == {"name": "roads", "title": "Roads"}


def test_the_whole_package_comes_as_a_text_by_its_two_names(town: Town) -> None:
    (whole, _) = found(town, "")
    (first, _) = found(town, "name,data_dict,validated_data_dict")
    assert json.loads(first["data_dict"]) == json.loads(first["validated_data_dict"]) == whole
    assert found(town, "name,*")[0] == whole


def test_private_ones_say_so_to_those_who_may_see_them(town: Town) -> None:
    town.published("Riêng tư", visibility="private")
    answer = town.client.post("/api/3/action/package_search", headers=town.head("editor"), json={"fl": "capacity", "include_private": True, "fq": "title:tu"})
    assert answer.json()["result"]["results"] == [{"capacity": "private"}]
    assert found(town, "name", q="rieng tu") == []


@pytest.mark.parametrize(("said", "shown"), [("2026-01-02T03:04:05.123456", "2026-01-02T03:04:05.123Z"), ("2026-01-02T03:04:05.000456", "2026-01-02T03:04:05Z"),
                                             ("2026-01-02T03:04:05.120000", "2026-01-02T03:04:05.120Z"), (None, None)])
def test_moments_are_written_as_solr_writes_them(said: str | None, shown: str | None) -> None:
    assert cut({"metadata_created": said, "extras": []}, ["metadata_created"]) == ({"metadata_created": shown} if shown else {})
    assert "metadata_created" in MEMBERS
