"""The OpenAPI document of one dataset: valid, and true of what the dataset's addresses answer."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator, validate

from tests.site import Town


@pytest.fixture
def slug(town: Town) -> str:
    return str(town.published("Trường học", licence="CC-BY-4.0")["slug"])


def resolved(document: dict[str, Any], path: str) -> dict[str, Any]:
    """The JSON Schema of a table's answer, on its own."""
    answer = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    return {**answer, "components": document["components"]}


def test_the_document_is_valid_openapi_and_linked_from_the_dataset(town: Town, slug: str) -> None:
    told = town.get(f"/api/v1/datasets/{slug}").json()
    answer = town.get(told["links"]["openapi"])
    document = answer.json()
    validate(document, cls=OpenAPIV31SpecValidator)
    assert document["info"]["title"] == "Trường học"
    assert document["info"]["license"]["url"].startswith("https://creativecommons.org/")
    assert town.get(told["links"]["openapi"], headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_rows_are_as_the_document_says_and_its_files_are_there(town: Town, slug: str) -> None:
    document = town.get(f"/api/v1/datasets/{slug}/openapi.json").json()
    rows = next(path for path in document["paths"] if path.endswith("/rows"))
    schema = resolved(document, rows)
    Draft202012Validator.check_schema(schema)
    found = town.get(rows).json()
    Draft202012Validator(schema).validate(found)
    row = document["components"]["schemas"]["Row1"]
    assert list(row["properties"]) == list(found["items"][0])
    assert not Draft202012Validator(schema).is_valid({**found, "items": [{"school_code": 123}]})
    files = [path for path in document["paths"] if "/files/" in path]
    assert files
    assert {town.get(path).status_code for path in files} == {200}


def test_a_pinned_document_tells_of_its_version_for_ever(town: Town, slug: str) -> None:
    town.release(slug, b"other\n1\n")
    pinned = town.get(f"/api/v1/datasets/{slug}/openapi.json?version=1").json()
    newest = town.get(f"/api/v1/datasets/{slug}/openapi.json").json()
    validate(pinned, cls=OpenAPIV31SpecValidator)
    assert (pinned["info"]["version"], newest["info"]["version"]) == ("1", "2")
    assert "school_code" in pinned["components"]["schemas"]["Row1"]["properties"]
    assert list(newest["components"]["schemas"]["Row1"]["properties"]) == ["other"]
    assert all("/versions/1/" in path for path in pinned["paths"] if "/files/" in path)
    parameters = next(iter(pinned["paths"].values()))["get"]["parameters"]
    assert next(one for one in parameters if one["name"] == "version")["schema"]["default"] == 1


def test_what_may_not_be_seen_has_no_document(town: Town) -> None:
    made = town.draft("Bản nháp")
    assert town.get(f"/api/v1/datasets/{made['slug']}/openapi.json").status_code == 404
    assert town.get("/api/v1/datasets/none/openapi.json").status_code == 404
