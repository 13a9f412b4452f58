"""Reports as ckanext-validation gives them, and what datasets hold as ckanext-scheming tells it."""

from __future__ import annotations

from typing import Any

from standards.metadata import ckan
from standards.registry import SHIPPED
from tests.api.test_ckan_writing import action, errors, result
from tests.site import SCHOOLS, Town

BAD = SCHOOLS + b"BAD,x,01\n"


def key_of(town: Town, name: str = "") -> str:
    one = town.catalog.dataset(town.caller("editor"), "truong-hoc-2025")
    return ckan.resource_id(one.id, name or one.slug)


def sent(town: Town, content: bytes) -> str:
    """A file that was checked: the id of its submission."""
    key = str(town.upload("truong-hoc-2025", content).json()["id"])
    town.check(key)
    return key


def report(town: Town, who: str = "", **given: Any) -> Any:
    return result(town, "resource_validation_show", who, **given)


def test_a_published_table_tells_anybody_how_its_check_ended(town: Town) -> None:
    town.published()
    told = report(town, resource_id=key_of(town))
    assert (told["status"], told["error"], told["resource_id"]) == ("success", None, key_of(town))
    assert (told["report"]["valid"], told["report"]["stats"]) == (True, {"tasks": 1, "errors": 0, "warnings": 0})
    (task,) = told["report"]["tasks"]
    assert (task["labels"], task["errors"]) == (["school_code", "school_name", "province_code"], [])
    assert told["created"]
    assert told["finished"]


def test_a_newer_file_that_is_refused_is_told_to_its_agency_alone(town: Town) -> None:
    town.published()
    sent(town, BAD)
    told = report(town, "editor", resource_id=key_of(town))
    assert told["status"] == "failure"
    (error,) = told["report"]["tasks"][0]["errors"]
    assert (error["type"], error["rowNumber"], error["fieldName"]) == ("code-valid-on", 4, "school_code")
    for who in ("", "stranger"):
        assert report(town, who, resource_id=key_of(town))["status"] == "success"


def test_a_file_that_was_never_published_is_nothing_to_others(town: Town) -> None:
    town.draft()
    sent(town, BAD)
    assert report(town, "reader", resource_id=key_of(town))["status"] == "failure"
    for who in ("", "stranger"):
        assert action(town, "resource_validation_show", who, resource_id=key_of(town)).status_code == 404
    assert errors(town, "resource_validation_show") == {"resource_id": ["Missing value"]}
    assert action(town, "resource_validation_show", resource_id="none").status_code == 404


def test_a_file_that_cannot_be_read_is_an_error_with_a_sentence(town: Town) -> None:
    town.draft()
    key = town.upload("truong-hoc-2025", b" ").json()["id"]
    told = report(town, "editor", resource_id=key_of(town))
    assert (told["status"], told["finished"], told["report"]) == ("created", None, None)
    town.check(key)
    told = report(town, "editor", resource_id=key_of(town))
    assert (told["status"], told["report"]) == ("error", None)
    assert told["error"]["message"][0]


def test_a_refused_file_is_checked_again_and_a_published_one_stands(town: Town) -> None:
    town.published()
    asked = {"resource_id": key_of(town), "async": True}
    assert result(town, "resource_validation_run", **asked)["status"] == "success"
    key = sent(town, BAD)
    assert result(town, "resource_validation_run", **asked)["status"] == "created"
    assert town.catalog.submission(town.caller("editor"), key).attempt == 1
    town.check(key)
    told = result(town, "resource_validation_run_batch", "operator", dataset_ids="truong-hoc-2025")
    assert told == {"output": "Done. 1 resources sent to the validation queue"}
    town.check(key)
    assert "Done. 1 " in result(town, "resource_validation_run_batch", "operator")["output"]
    for who in ("", "stranger", "reader"):
        assert action(town, "resource_validation_run", who, **asked).status_code in (403, 409), who
    assert action(town, "resource_validation_run_batch").status_code == 403


def test_a_report_is_kept_and_a_link_has_none(town: Town) -> None:
    town.published()
    assert "is kept" in errors(town, "resource_validation_delete", resource_id=key_of(town))["resource_id"][0]
    made = result(town, "resource_create", package_id="truong-hoc-2025", url="https://example.org/a.csv", name="A")
    assert action(town, "resource_validation_show", resource_id=made["id"]).status_code == 404
    assert errors(town, "resource_validation_run", resource_id=made["id"])["url"][0].startswith("Only files")
    assert action(town, "resource_validation_delete", resource_id=made["id"]).status_code == 404


def test_a_dataset_a_group_and_an_organization_tell_what_they_hold(town: Town) -> None:
    types = result(town, "scheming_dataset_schema_list", "")
    assert types[0] == "dataset"
    assert set(types[1:]) == set(SHIPPED.tables)
    told = result(town, "scheming_dataset_schema_show", "", type="dataset")
    names = [one["field_name"] for one in told["dataset_fields"]]
    assert {"title", "name", "notes", "owner_org", "license_id"} <= set(names)
    licences = next(one for one in told["dataset_fields"] if one["field_name"] == "license_id")["choices"]
    made = result(town, "package_create", name="xa", owner_org="H12", license_id=licences[0]["value"])
    assert made["license_id"] == licences[0]["value"]
    assert licences[0]["label"]["vi"]
    school = result(town, "scheming_dataset_schema_show", "", type="vn-school")
    assert school["dataset_type"] == "vn-school"
    assert {one["name"] for one in school["table_schema"]["fields"]} >= {"commune_code", "address"}
    for kind in ("group", "organization"):
        assert result(town, f"scheming_{kind}_schema_list", "") == [kind]
        assert result(town, f"scheming_{kind}_schema_show", "", type=kind)[f"{kind}_type"] == kind
        assert action(town, f"scheming_{kind}_schema_show", "", type="none").status_code == 404
    assert action(town, "scheming_dataset_schema_show", "", type="none").status_code == 404
    assert errors(town, "scheming_dataset_schema_show", "")["type"] == ["Missing value"]
