"""Data packages sent as Frictionless sends them: their descriptor is no table, and no address in it is followed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.api.test_ckan_writing import result
from tests.site import Town

DESCRIPTOR = {
    "name": "goi", "resources": [
        {"name": "truong", "path": "http://169.254.169.254/latest", "title": "Các trường", "description": "Trường học",
         "schema": "file:///etc/passwd"},
        {"name": "khac", "path": "../../khac.csv"},
    ],
}


def sent(town: Town, content: Any, who: str = "editor", name: str = "datapackage.json", **given: str) -> Any:
    """Send a file as Frictionless does."""
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    return town.client.post("/api/action/resource_create", headers=town.head(who), files={"upload": (name, text)},
                            data={"name": "datapackage", "type": "json", "package_id": "truong-hoc-2025", **given})


def test_the_descriptor_of_a_package_leads_to_ours_and_lends_its_words(town: Town) -> None:
    made = town.draft()
    town.release(made["slug"], data={"resource": "truong"})
    answer = sent(town, DESCRIPTOR)
    assert answer.status_code == 200, answer.text
    told = answer.json()["result"]
    assert told["url"] == f"https://data.example.gov.vn/datasets/{made['id']}/datapackage.json"
    assert json.loads(told["descriptor"]) == DESCRIPTOR
    shown = result(town, "package_show", "", id=made["slug"])["resources"]
    assert [(one["name"], one["description"]) for one in shown] == [("Các trường", "Trường học"), ("datapackage.json", None)]
    ours = town.get(f"/datasets/{made['slug']}/datapackage.json").json()
    assert [(one["name"], one["path"].endswith("/files/truong.csv")) for one in ours["resources"]] == [("truong", True)]
    version = town.catalog.dataset(town.caller("editor"), made["id"]).version
    assert sent(town, DESCRIPTOR).status_code == 200
    assert town.catalog.dataset(town.caller("editor"), made["id"]).version == version


def test_a_descriptor_waits_for_nobody_where_a_second_person_publishes(careful: Town) -> None:
    careful.draft()
    told = sent(careful, DESCRIPTOR).json()["result"]
    assert told["state"] == "draft"
    assert result(careful, "package_show", id="truong-hoc-2025")["resources"] == []
    assert sent(careful, DESCRIPTOR, "").status_code in (403, 404)


@pytest.mark.parametrize("schema", ["https://example.org/schema.json", "[1]"])
def test_the_schema_of_a_file_is_never_an_address(town: Town, schema: str) -> None:
    town.draft()
    answer = sent(town, b"a,b\n1,2\n", name="a.csv", schema=schema)
    assert answer.status_code == 409
    assert answer.json()["error"]["schema"] == ["Must be a Table Schema as JSON; addresses are not followed"]


def test_a_schema_that_cannot_be_used_is_refused_before_the_file_is_taken(town: Town) -> None:
    town.draft()
    answer = sent(town, b"a,b\n1,2\n", name="a.csv", schema='{"fields": 3}')
    assert answer.status_code == 409
    assert "schema" in answer.json()["error"]
    assert list(town.stand.files.staged(-1)) == []
