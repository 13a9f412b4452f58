"""If-Match on writes of the native API: what somebody else has changed meanwhile is not written over."""

from __future__ import annotations

from dataclasses import replace

import pytest

from catalog.errors import Outdated
from tests.site import Town


def patch(town: Town, address: str, condition: str, members: dict[str, object], who: str = "editor"):
    return town.send("PATCH", address, who, members, headers={**town.head(who), "If-Match": condition})


def test_a_dataset_is_changed_only_while_it_is_what_the_caller_saw(town: Town) -> None:
    address = f"/api/v1/datasets/{town.published()['slug']}"
    seen = town.get(address).headers["etag"]
    first = patch(town, address, seen, {"tags": ["a"]})
    assert (first.status_code, first.json()["tags"]) == (200, ["a"])
    late = patch(town, address, seen, {"tags": ["b"]})
    assert late.status_code == 412
    assert late.headers["content-type"] == "application/problem+json"
    assert late.json()["code"] == "changed-since"
    assert town.get(address).json()["tags"] == ["a"]
    assert patch(town, address, f'"other", {first.headers["etag"]}', {"tags": ["c"]}).status_code == 200


def test_a_star_asks_only_that_there_is_one_and_a_weak_mark_never_fits(town: Town) -> None:
    address = f"/api/v1/datasets/{town.published()['slug']}"
    assert patch(town, address, "*", {"tags": ["a"]}).status_code == 200
    assert patch(town, address, f"W/{town.get(address).headers['etag']}", {"tags": ["b"]}).status_code == 412
    assert patch(town, "/api/v1/datasets/none", "*", {"tags": ["a"]}).status_code == 404
    town.send("POST", f"{address}/withdraw", "reviewer", {"reason": "Nhầm tệp"})
    assert patch(town, address, "*", {"tags": ["b"]}).status_code == 412


def test_a_new_version_is_a_change_too(town: Town) -> None:
    slug = town.published()["slug"]
    seen = town.get(f"/api/v1/datasets/{slug}").headers["etag"]
    town.release(slug, b"school_code,school_name,province_code\n79000000001,Truong A,79\n")
    assert patch(town, f"/api/v1/datasets/{slug}", seen, {"tags": ["a"]}).status_code == 412


def test_a_draft_is_removed_only_while_it_is_what_the_caller_saw(town: Town) -> None:
    address = f"/api/v1/datasets/{town.draft()['slug']}"
    seen = town.get(address, "editor").headers["etag"]
    assert patch(town, address, seen, {"tags": ["a"]}).status_code == 200
    asked = {**town.head("editor"), "If-Match": seen}
    late = town.send("DELETE", address, headers=asked)
    assert (late.status_code, late.json()["code"]) == (412, "changed-since")
    now = town.get(address, "editor").headers["etag"]
    assert town.send("DELETE", address, headers={**asked, "If-Match": now}).status_code == 204


def test_an_agency_is_changed_only_while_it_is_what_the_caller_saw(town: Town) -> None:
    address = "/api/v1/organizations/H12"
    seen = town.get(address).headers["etag"]
    assert patch(town, address, seen, {"description": {"vi": "Mới"}}, "admin").status_code == 200
    late = patch(town, address, seen, {"description": {"vi": "Cũ"}}, "admin")
    assert (late.status_code, late.json()["code"]) == (412, "changed-since")
    assert town.get(address).json()["description"] == {"vi": "Mới"}
    assert patch(town, address, "*", {"description": {"vi": "Khác"}}, "admin").status_code == 200


def test_who_may_not_change_it_hears_that_and_not_that_it_changed(town: Town) -> None:
    address = f"/api/v1/datasets/{town.published()['slug']}"
    assert patch(town, address, '"old"', {"tags": ["a"]}, "reader").status_code == 403
    assert patch(town, "/api/v1/organizations/H12", '"old"', {"description": {"vi": "x"}}, "reader").status_code == 403


def test_what_changes_between_look_and_write_is_not_written_over(town: Town) -> None:
    """The catalogue holds what was seen against what stands, in the transaction that writes."""
    caller, admin = town.caller("editor"), town.caller("admin")
    seen = town.catalog.dataset(caller, town.draft()["id"])
    town.catalog.amend(caller, seen.id, about=replace(seen.about, tags=("meanwhile",)))
    with pytest.raises(Outdated):
        town.catalog.amend(caller, seen.id, about=replace(seen.about, tags=("late",)), seen=seen)
    with pytest.raises(Outdated):
        town.catalog.remove_draft(caller, seen.id, seen)
    agency = town.catalog.organisation(admin, "H12")
    town.catalog.amend_organisation(admin, "H12", description={"vi": "meanwhile"})
    with pytest.raises(Outdated):
        town.catalog.amend_organisation(admin, "H12", description={"vi": "late"}, seen=agency)
