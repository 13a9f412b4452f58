"""What CKAN's API keeps at hand for anybody: given again while it holds, forgotten piece by piece, never shown too long."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from api.deps import Site
from api.dialects.ckan.action import Call
from api.dialects.ckan.kept import Kept, kept_of
from api.dialects.ckan.packages import package_show
from catalog.catalog import Catalog
from catalog.errors import NotFound
from catalog.model import NOBODY
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


def test_what_is_asked_often_stays_at_hand_however_much_else_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.dialects.ckan.kept.ANSWERS", 4)
    monkeypatch.setattr("api.dialects.ckan.kept.ROOM", 100)
    one = Kept()
    for number in range(20):
        one.remember_answer(one.mark, b"often", b"o" * 10)
        assert one.answer(b"often") == b"o" * 10
        one.remember_answer(one.mark, b"%d" % number, b"x" * 10)
        assert one.answer(b"often") == b"o" * 10
    assert sorted(one._answers) == [b"17", b"18", b"19", b"often"]
    one.remember_answer(one.mark, b"large", b"l" * 90)
    assert sorted(one._answers) == [b"large", b"often"]
    one.remember_answer(one.mark, b"too large", b"l" * 101)
    assert list(one._answers) == []


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


def test_the_list_of_names_is_made_once_and_anew_after_each_write(two: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, listed = [], Catalog.listed
    monkeypatch.setattr(Catalog, "listed", lambda one: asked.append(one) or listed(one))
    assert shown(two, "package_list") == ["ngan-sach-2025", "truong-hoc-2025"]
    assert [shown(two, "package_list", limit=1, offset=at) for at in (0, 1, 2)] == [["ngan-sach-2025"], ["truong-hoc-2025"], []]
    assert len(asked) == 1
    two.send("PATCH", "/api/v1/datasets/truong-hoc-2025", json={"visibility": "private"})
    assert shown(two, "package_list") == ["ngan-sach-2025"]
    two.send("POST", "/api/v1/datasets/ngan-sach-2025/withdraw", "reviewer", {"reason": "Nhầm"})
    assert shown(two, "package_list") == []


def test_what_changes_more_than_one_dataset_lets_everything_be_forgotten(two: Town) -> None:
    before = shown(two, "package_search", **{"facet.field": FACETS})
    (item,) = before["search_facets"]["organization"]["items"]
    answer = two.client.patch(f"/api/v1/organizations/{item['name']}", json={"title": "Sở khác"}, headers=two.head("admin"))
    assert answer.status_code == 200, answer.text
    after = shown(two, "package_search", **{"facet.field": FACETS})
    assert after["search_facets"]["organization"]["items"][0]["display_name"] == "Sở khác"
    assert {one["organization"]["title"] for one in after["results"]} == {"Sở khác"}
    assert shown(two, "package_show", id="truong-hoc-2025")["organization"]["title"] == "Sở khác"


def test_a_search_that_failed_is_not_kept(two: Town) -> None:
    shown(two, "package_search", q="2025")
    kept(two)._answers.clear()
    two.stand.index.broken = True
    assert two.get("/api/3/action/package_search?q=2025").status_code == 503
    assert kept(two)._answers == {}
    two.stand.index.broken = False
    assert shown(two, "package_search", q="2025")["count"] == 2


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


# --- shared by processes ----------------------------------------------------------------------------------------------


@pytest.fixture
def beside(tmp_path: Path) -> tuple[Town, Site]:
    """A site with two public datasets, and another process of it."""
    town = make_town(tmp_path, rooms={"work": tmp_path / "work"})
    for title in ("Trường học 2025", "Ngân sách 2025"):
        town.published(title, tags=["số liệu"])
    one: Site = town.client.app.state.site
    kept = {name: one.extras[name] for name in ("rooms", "ckan_options")}
    return town, Site(catalog=one.catalog, files=one.files, url=one.url, language=one.language, environment=one.environment, extras=kept)


def elsewhere(other: Site) -> set[str]:
    """The ids of packages that another process finds made, once the pulse in which it does not look again is over."""
    kept_of(other).doubt()
    mark = kept_of(other).look(other)
    return set(kept_of(other).made_elsewhere(mark, [one.id for one in other.catalog.all_datasets(NOBODY)]))


def test_what_one_process_made_another_one_gives_as_it_is(beside: tuple[Town, Site]) -> None:
    town, other = beside
    found = {one["name"]: one for one in shown(town, "package_search")["results"]}
    assert elsewhere(other) == {one["id"] for one in found.values()}
    call = Call(site=other, caller=NOBODY, given={"id": "truong-hoc-2025"})
    assert json.loads(orjson.dumps(package_show(call))) == found["truong-hoc-2025"]
    kept(town)._packages.clear()
    kept(town)._ids.clear()
    assert shown(town, "package_show", id="truong-hoc-2025") == found["truong-hoc-2025"], "made by nobody again, the same"


def test_what_is_made_private_withdrawn_or_renamed_no_process_gives_as_it_was(beside: tuple[Town, Site]) -> None:
    town, other = beside
    both = ids(town)
    town.send("PATCH", "/api/v1/datasets/truong-hoc-2025", json={"visibility": "private"})
    assert elsewhere(other) == {both["ngan-sach-2025"]}
    call = Call(site=other, caller=NOBODY, given={"id": "truong-hoc-2025"})
    with pytest.raises(NotFound):
        package_show(call)
    town.send("GET", "/api/3/action/package_show", "reviewer", params={"id": "truong-hoc-2025"})
    assert elsewhere(other) == {both["ngan-sach-2025"]}, "what its people are shown is for nobody else"
    (agency,) = {one["organization"]["name"] for one in shown(town, "package_search")["results"]}
    assert town.client.patch(f"/api/v1/organizations/{agency}", json={"title": "Sở khác"}, headers=town.head("admin")).status_code == 200
    assert elsewhere(other) == set()
    town.send("POST", "/api/v1/datasets/ngan-sach-2025/withdraw", "reviewer", {"reason": "Nhầm"})
    assert shown(town, "package_search")["results"] == []
    assert elsewhere(other) == set()


def test_a_site_at_another_address_or_with_other_options_shares_nothing_with_it(beside: tuple[Town, Site]) -> None:
    town, other = beside
    both = ids(town)
    for url, options in (("http://elsewhere.example", {}), (other.url, {"ckan.extra_resource_fields": "more"})):
        extras = {**other.extras, "ckan_options": options}
        extras.pop("ckan.kept", None)
        assert elsewhere(replace(other, url=url, extras=extras)) == set()
    assert elsewhere(other) == set(both.values())


@pytest.mark.parametrize("name", ["package_search", "current_package_list_with_resources"])
def test_while_search_is_away_nobody_is_given_a_guess_for_an_answer(tmp_path, name: str) -> None:
    """A harvester would take for withdrawn what is not in it, and for of a kind what was never looked at."""
    town = make_town(tmp_path)
    shown = town.published()
    asked = f"/api/3/action/{name}" + ("?fq=license_id:nope&rows=1000&start=1000" if name == "package_search" else "")
    assert town.get(asked).status_code == 200
    town.stand.index.broken = True
    town.client.post("/api/3/action/package_patch", headers=town.head("admin"), json={"id": shown["slug"], "notes": "new"})
    said = town.get(asked)
    assert (said.status_code, said.json()["success"], said.json()["error"]["__type"]) == (503, False, "Search Connection Error")
    assert int(said.headers["Retry-After"]) > 0
    assert "DATAMO" not in said.text
    assert town.get(f"/api/3/action/package_show?id={shown['slug']}").status_code == 200
    town.stand.index.broken = False
    assert town.get(asked).status_code == 200
