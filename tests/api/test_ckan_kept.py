"""What CKAN's API keeps at hand for anybody: given again while it holds, forgotten piece by piece, never shown too long."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from api.dialects.ckan.kept import Kept, kept_of
from tests.site import Town, make_town

FACETS = json.dumps(["organization", "tags"])


@pytest.fixture
def two(tmp_path: Path) -> Town:
    """A site with two public datasets of a table each."""
    town = make_town(tmp_path)
    for title in ("Trường học 2025", "Ngân sách 2025"):
        town.published(title, tags=["số liệu"])
    return town


def shown(town: Town, name: str, /, **given: Any) -> Any:
    """What anybody is answered."""
    answer = town.client.get(f"/api/3/action/{name}", params=given)
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def kept(town: Town) -> Kept:
    return kept_of(town.client.app.state.site)


def ids(town: Town) -> dict[str, str]:
    return {one["name"]: one["id"] for one in shown(town, "package_search")["results"]}


def test_a_package_is_the_same_shown_alone_and_found_whichever_was_asked_first(two: Town) -> None:
    alone = shown(two, "package_show", id="truong-hoc-2025")
    found = {one["name"]: one for one in shown(two, "package_search")["results"]}
    assert found["truong-hoc-2025"] == alone
    kept(two)._packages.clear()
    kept(two)._answers.clear()
    fresh = {one["name"]: one for one in shown(two, "package_search", rows=9)["results"]}
    assert fresh == found
    assert shown(two, "package_show", id="ngan-sach-2025") == found["ngan-sach-2025"]
    assert shown(two, "package_show", id=alone["id"]) == alone


def test_of_two_packages_only_the_one_that_was_written_is_forgotten(two: Town) -> None:
    both = ids(two)
    assert set(kept(two).packages) == set(both.values())
    two.send("PATCH", "/api/v1/datasets/truong-hoc-2025", json={"title": "Trường học khác"})
    assert shown(two, "package_show", id="truong-hoc-2025")["title"] == "Trường học khác"
    two.send("PATCH", "/api/v1/datasets/truong-hoc-2025", json={"title": "Trường học nữa"})
    kept(two).look(two.client.app.state.site)
    assert set(kept(two).packages) == {both["ngan-sach-2025"]}
    assert shown(two, "package_show", id="truong-hoc-2025")["title"] == "Trường học nữa"


def test_an_answer_to_a_search_is_the_same_when_it_is_given_again_and_a_new_one_when_search_has_followed(two: Town) -> None:
    first = shown(two, "package_search", q="2025", **{"facet.field": FACETS})
    assert first["count"] == 2
    assert len(kept(two)._answers) == 1
    assert shown(two, "package_search", q="2025", **{"facet.field": FACETS}) == first
    two.published("Cầu đường 2025")
    assert shown(two, "package_search", q="2025", **{"facet.field": FACETS})["count"] == 3


def test_what_is_made_private_or_withdrawn_is_gone_at_once_from_packages_and_searches(two: Town) -> None:
    key = ids(two)["truong-hoc-2025"]
    shown(two, "package_show", id="truong-hoc-2025")
    two.send("PATCH", "/api/v1/datasets/truong-hoc-2025", json={"visibility": "private"})
    for asked in ("truong-hoc-2025", key):
        assert two.client.get("/api/3/action/package_show", params={"id": asked}).status_code == 404
    assert set(ids(two)) == {"ngan-sach-2025"}, "the index still holds it: nobody is shown it"
    two.send("POST", "/api/v1/datasets/ngan-sach-2025/withdraw", "reviewer", {"reason": "Nhầm"})
    assert two.client.get("/api/3/action/package_show", params={"id": "ngan-sach-2025"}).status_code == 404
    assert ids(two) == {}


def test_what_changes_more_than_one_dataset_lets_everything_be_forgotten(two: Town) -> None:
    before = shown(two, "package_search", **{"facet.field": FACETS})
    (item,) = before["search_facets"]["organization"]["items"]
    answer = two.client.patch(f"/api/v1/organizations/{item['name']}", json={"title": "Sở khác"}, headers=two.head("admin"))
    assert answer.status_code == 200, answer.text
    after = shown(two, "package_search", **{"facet.field": FACETS})
    assert after["search_facets"]["organization"]["items"][0]["display_name"] == "Sở khác"
    assert {one["organization"]["title"] for one in after["results"]} == {"Sở khác"}
    assert shown(two, "package_show", id="truong-hoc-2025")["organization"]["title"] == "Sở khác"


def test_an_answer_that_was_given_without_the_index_is_not_kept(two: Town) -> None:
    shown(two, "package_search", q="2025")
    kept(two)._answers.clear()
    two.stand.index.broken = True
    assert shown(two, "package_search", q="2025")["count"] == 2
    assert kept(two)._answers == {}


def test_an_answer_that_names_a_moment_is_not_kept(two: Town) -> None:
    for words in ("metadata_modified:[now-1DAY TO NOW]", "metadata_modified:[* TO NOW+1DAY]"):
        two.client.get("/api/3/action/package_search", params={"q": words})
    assert kept(two)._answers == {}


def test_the_site_emptied_and_filled_anew_shows_nothing_of_before(two: Town) -> None:
    shown(two, "package_show", id="truong-hoc-2025")
    before = kept(two).packages
    two.stand.records.wipe(keep_person=two.caller("admin").person.id)
    kept(two).doubt()
    kept(two).look(two.client.app.state.site)
    assert before
    assert kept(two).packages == {}
    assert two.client.get("/api/3/action/package_show", params={"id": "truong-hoc-2025"}).status_code == 404


@pytest.mark.parametrize(("method", "path", "status"), [
    ("PUT", "/api/3/action/package_show", 405), ("GET", "/api/3/action/", 404), ("GET", "/api/3/action/nonsense", 400),
    ("GET", "/api/action/package_show/more", 404), ("HEAD", "/api/3/action/site_read", 200),
])
def test_the_straight_way_to_actions_answers_as_the_way_round_does(two: Town, method: str, path: str, status: int) -> None:
    answer = two.client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["x-request-id"]


def test_a_body_that_is_too_large_is_refused_in_the_shape_of_the_dialect(two: Town) -> None:
    answer = two.client.post("/api/3/action/package_show", content=b" " * 10_000_001, headers={"content-type": "application/json"})
    assert answer.status_code == 409
    assert answer.json()["success"] is False
