"""Datasets through the door: made, described, found, withdrawn."""

from __future__ import annotations

import pytest

from tests.site import SCHOOLS, URL, Town


def test_a_draft_is_answered_with_its_address_and_seen_by_its_agency_alone(town: Town) -> None:
    answer = town.send("POST", "/api/v1/datasets", "editor", {"organization": "H12", "title": "Trường học 2025"})
    made = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"{URL}/api/v1/datasets/truong-hoc-2025"
    assert (made["slug"], made["state"], made["title"], made["version"]) == (
        "truong-hoc-2025", "draft", {"vi": "Trường học 2025"}, None,
    )
    assert made["organization"] == {"id": "H12", "slug": "h12-so", "title": {"vi": "Sở Giáo dục"}}
    assert town.get("/api/v1/datasets/truong-hoc-2025", "reader").status_code == 200
    assert town.get("/api/v1/datasets/truong-hoc-2025").status_code == 404


def test_a_published_dataset_is_what_the_contract_says(town: Town) -> None:
    made = town.published(licence="CC-BY-4.0", themes=["EDUC"], tags=["school"], temporal={"start": "2025-01-01"},
                          contact={"name": "Phòng dữ liệu", "email": "a@b.vn"})
    answer = town.get(f"/api/v1/datasets/{made['slug']}")
    found = answer.json()
    assert answer.status_code == 200
    assert found == made
    assert set(found) >= {
        "id", "slug", "title", "description", "organization", "standard", "licence", "themes", "tags", "language",
        "frequency", "spatial", "temporal", "contact", "visibility", "state", "version", "issued", "modified", "series",
        "resources", "files", "columns", "quality", "links",
    }
    assert found["temporal"] == {"start": "2025-01-01", "end": None}
    assert found["version"] == 1
    assert found["issued"].endswith("Z")
    assert {one["role"] for one in found["files"]} == {"original", "csv", "parquet"}
    assert all(one["url"].startswith(f"{URL}/api/v1/datasets/{made['slug']}/versions/1/files/") for one in found["files"])
    assert [one["name"] for one in found["columns"]] == ["school_code", "school_name", "province_code"]
    assert 0 <= found["quality"]["score"] <= 1


def test_a_dataset_that_did_not_change_is_not_sent_again(town: Town) -> None:
    made = town.published()
    first = town.get(f"/api/v1/datasets/{made['slug']}")
    again = town.get(f"/api/v1/datasets/{made['slug']}", headers={"If-None-Match": first.headers["etag"]})
    since = town.get(f"/api/v1/datasets/{made['slug']}", headers={"If-Modified-Since": first.headers["last-modified"]})
    assert (again.status_code, again.content, since.status_code) == (304, b"", 304)
    town.send("PATCH", f"/api/v1/datasets/{made['slug']}", "editor", {"tags": ["new"]})
    changed = town.get(f"/api/v1/datasets/{made['slug']}", headers={"If-None-Match": first.headers["etag"]})
    assert (changed.status_code, changed.json()["tags"]) == (200, ["new"])


def test_patch_changes_only_what_it_names(town: Town) -> None:
    made = town.draft(tags=["a"], description="Danh sách trường")
    answer = town.send("PATCH", f"/api/v1/datasets/{made['slug']}", "editor", {"licence": "CC-BY-4.0"})
    changed = answer.json()
    assert answer.status_code == 200
    assert (changed["tags"], changed["description"], changed["licence"]) == (
        ["a"], {"vi": "Danh sách trường"}, "CC-BY-4.0",
    )


def test_what_the_contract_does_not_name_is_refused_with_a_pointer(town: Town) -> None:
    body = {"organization": "H12", "title": "A", "bogus": 1, "id": "mine"}
    answer = town.send("POST", "/api/v1/datasets", "editor", body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert {one["pointer"] for one in answer.json()["errors"]} == {"#/bogus", "#/id"}
    made = town.draft()
    moved = town.send("PATCH", f"/api/v1/datasets/{made['slug']}", "editor", {"organization": "H13"})
    assert (moved.status_code, moved.json()["errors"][0]["pointer"]) == (422, "#/organization")


def test_an_unknown_standard_or_agency_is_refused_at_once(town: Town) -> None:
    body = {"organization": "H12", "title": "A", "standard": "no-such"}
    answer = town.send("POST", "/api/v1/datasets", "editor", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown-standard")
    body = {"organization": "H99", "title": "A"}
    answer = town.send("POST", "/api/v1/datasets", "editor", body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/organization")


def test_a_word_that_is_not_of_its_list_is_told_by_name_with_those_that_are(town: Town) -> None:
    wrong = {"organization": "H12", "title": "A", "licence": "cc-by-4.0", "themes": ["educ"]}
    [licence, theme] = town.send("POST", "/api/v1/datasets", "editor", wrong).json()["errors"]
    assert (licence["pointer"], theme["pointer"]) == ("#/licence", "#/themes/0")
    assert "licence" in licence["detail"]
    assert "themes" in theme["detail"]
    assert "CC-BY-4.0" in licence["known"]
    assert "EDUC" in theme["known"]


@pytest.mark.parametrize("path", ["/api/v1/datasets?wehre=a", "/api/v1/datasets/{}/rows?offset=20", "/api/v1/organizations?q=so", "/api/v1/sql?sql=select+1&x=1"])
def test_a_parameter_that_nobody_reads_is_refused_by_name_with_those_that_are(town: Town, path: str) -> None:
    """A filter that was mistyped would silently give everything."""
    made = town.published("Trường học")
    answer = town.get(path.format(made["slug"]))
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "unknown-member")
    known = answer.json()["errors"][0].get("known", [])
    assert set(known) >= ({"where", "cursor"} if "rows" in path else {"sql"} if "sql" in path else set())
    assert town.get(path.format(made["slug"]).split("&")[0].replace("wehre=a", "q=a&_=1&lang=en").replace("offset=20", "limit=1").replace("q=so", "_=1")).status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/datasets", "/api/v1/organizations", "/api/v1/suggestions?q=tr", "/api/v1/datasets/{}/versions"])
def test_whatever_caches_may_keep_has_a_mark_to_ask_again_by(town: Town, path: str) -> None:
    path = path.format(town.published("Trường học")["slug"])
    first = town.client.get(path)
    assert first.headers["cache-control"].startswith("public")
    again = town.client.get(path, headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert again.headers["cache-control"] == first.headers["cache-control"]
    assert town.client.get(path, headers={"If-None-Match": '"other"'}).content == first.content


def test_a_body_that_is_not_json_is_refused_as_a_problem(town: Town) -> None:
    headers = {**town.head("editor"), "Content-Type": "application/json"}
    answer = town.client.post("/api/v1/datasets", headers=headers, content=b'{"title": ')
    assert (answer.status_code, answer.json()["code"]) == (422, "json-invalid")


@pytest.mark.parametrize("content", ['{"organization": "H12", "title": "A", "title": "B"}', '{"title": {"vi": "A", "vi": "B"}}'])
def test_a_body_that_says_a_member_twice_is_refused(town: Town, content: str) -> None:
    """Readers of JSON take it in two ways: what was checked may not be what is kept."""
    headers = {**town.head("editor"), "Content-Type": "application/json"}
    answer = town.client.post("/api/v1/datasets", headers=headers, content=content)
    assert (answer.status_code, answer.json()["code"], answer.json()["errors"][0]["code"]) == (422, "json-invalid", "said-twice")


def test_what_is_wrong_with_a_whole_body_points_at_the_whole(town: Town) -> None:
    for content in (b"{", b"[1]"):
        answer = town.client.post("/api/v1/datasets", content=content,
                                  headers={**town.head("editor"), "content-type": "application/json"})
        assert [one["pointer"] for one in answer.json()["errors"]] == ["#"], content


def test_a_body_nested_without_end_does_no_harm(town: Town) -> None:
    headers = {**town.head("editor"), "Content-Type": "application/json"}
    answer = town.client.post("/api/v1/datasets", headers=headers, content=b"[" * 100_000)
    assert answer.status_code == 422


def test_the_old_address_leads_to_the_new_one(town: Town) -> None:
    made = town.published()
    town.send("PATCH", f"/api/v1/datasets/{made['slug']}", "editor", {"slug": "truong-moi"})
    answer = town.get(f"/api/v1/datasets/{made['slug']}/versions/1")
    assert (answer.status_code, answer.headers["location"]) == (301, f"{URL}/api/v1/datasets/truong-moi/versions/1")


def test_search_finds_and_counts(town: Town) -> None:
    town.published("Trường học 2025", tags=["school"])
    town.published("Bệnh viện 2025", tags=["health"])
    found = town.get("/api/v1/datasets?q=truong hoc").json()
    assert (found["total"], [one["slug"] for one in found["items"]]) == (1, ["truong-hoc-2025"])
    everything = town.get("/api/v1/datasets?limit=1").json()
    assert (everything["total"], len(everything["items"])) == (2, 1)
    assert everything["facets"]["org"] == [{"value": "H12", "title": "Sở Giáo dục", "count": 2}]
    assert everything["facets"]["theme"] == []
    assert set(everything["facets"]) == {"org", "theme", "tag", "format", "licence", "standard", "year"}


def test_pages_follow_each_other(town: Town) -> None:
    for number in range(3):
        town.published(f"Bộ dữ liệu {number}")
    first = town.get("/api/v1/datasets?limit=2")
    assert 'rel="next"' in first.headers["link"]
    second = town.get("/api/v1/datasets", params={"limit": 2, "cursor": first.json()["next"]}).json()
    slugs = [one["slug"] for one in [*first.json()["items"], *second["items"]]]
    assert sorted(slugs) == ["bo-du-lieu-0", "bo-du-lieu-1", "bo-du-lieu-2"]
    assert second["next"] is None


def test_a_wrong_parameter_is_named(town: Town) -> None:
    answer = town.get("/api/v1/datasets?sort=nonsense&from=yesterday")
    assert answer.status_code == 422
    assert {one["pointer"] for one in answer.json()["errors"]} == {"#/sort", "#/from"}


def test_what_was_withdrawn_leaves_a_tombstone(town: Town) -> None:
    made = town.published()
    path = f"/api/v1/datasets/{made['slug']}"
    assert town.send("POST", f"{path}/withdraw", "editor", {"reason": "Sai"}).status_code == 403
    done = town.send("POST", f"{path}/withdraw", "reviewer", {"reason": "Sai số liệu"})
    assert (done.status_code, done.json()["state"], done.json()["reason"]) == (200, "withdrawn", "Sai số liệu")
    for address in (path, f"{path}/versions/1", f"{path}/files/{made['slug']}.csv", f"{path}/versions/1/manifest"):
        gone = town.get(address)
        assert gone.status_code == 410, address
        assert (gone.json()["state"], gone.json()["reason"]) == ("withdrawn", "Sai số liệu")
        assert gone.json()["withdrawn"].endswith("Z")
    town.stand.follow()
    assert town.get("/api/v1/datasets").json()["total"] == 0


def test_withdrawing_the_newest_version_brings_no_older_one_back(town: Town) -> None:
    made = town.published()
    path = f"/api/v1/datasets/{made['slug']}"
    town.release(made["slug"], SCHOOLS + b"00789,C,01\n")
    town.send("POST", f"{path}/withdraw", "reviewer", {"reason": "Sai", "version": 2})
    assert town.get(path).status_code == 410
    assert town.get(f"{path}/versions/1").status_code == 200
    town.release(made["slug"], SCHOOLS + b"00790,C,01\n")
    assert town.get(path).json()["version"] == 3


def test_a_draft_is_removed_and_a_published_dataset_is_not(town: Town) -> None:
    draft, shown = town.draft("A"), town.published("B")
    assert town.send("DELETE", f"/api/v1/datasets/{draft['slug']}").status_code == 204
    assert town.get(f"/api/v1/datasets/{draft['slug']}", "editor").status_code == 404
    refused = town.send("DELETE", f"/api/v1/datasets/{shown['slug']}")
    assert (refused.status_code, refused.json()["code"]) == (409, "withdraw-instead")
    never = town.send("POST", f"/api/v1/datasets/{town.draft('C')['slug']}/withdraw", "reviewer", {"reason": "x"})
    assert (never.status_code, never.json()["code"]) == (409, "never-published")


def test_a_link_is_a_resource_of_a_new_version_and_goes_with_the_next(town: Town) -> None:
    made = town.published()
    path = f"/api/v1/datasets/{made['slug']}"
    link = {"name": "ban-do", "title": "Bản đồ", "kind": "link", "url": "https://example.org/map"}
    added = town.send("POST", f"{path}/resources", "editor", link)
    assert (added.status_code, added.json()["number"]) == (201, 2)
    shown = town.get(path).json()["resources"]
    assert [(one["name"], one["kind"], one["url"]) for one in shown][-1] == ("ban-do", "link", "https://example.org/map")
    assert town.send("DELETE", f"{path}/resources/ban-do").json()["number"] == 3
    assert [one["kind"] for one in town.get(path).json()["resources"]] == ["table"]


def test_an_earlier_version_becomes_the_newest_again(town: Town) -> None:
    made = town.published()
    path = f"/api/v1/datasets/{made['slug']}"
    town.release(made["slug"], SCHOOLS + b"00789,C,01\n")
    again = town.send("POST", f"{path}/versions/1/republish", "reviewer", {"reason": "Bản 2 sai"})
    assert (again.status_code, again.json()["number"], again.json()["republishes"]) == (201, 3, 1)
    history = town.get(f"{path}/versions").json()
    assert ([one["number"] for one in history["items"]], history["total"]) == ([3, 2, 1], 3)
