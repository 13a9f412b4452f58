"""Who may call what: every route says it, and what may not be seen answers like what does not exist."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from fastapi.routing import APIRoute

from api.dialects import v1
from tests.site import SCHOOLS, Town

WHO = {"anyone", "signed-in", "member", "editor", "reviewer", "admin", "steward", "operator"}
ROUTES = [route for subject in v1.SUBJECTS for route in subject.router.routes if isinstance(route, APIRoute)]
READS = [route for route in ROUTES if "GET" in route.methods]
WRITES = [(verb, route) for route in ROUTES for verb in sorted(route.methods - {"GET", "HEAD", "OPTIONS"})
          if not (route.openapi_extra or {}).get("x-open")]
NOT_OF_A_DATASET = {
    f"/api/v1/{path}" for path in (
        "datasets", "submissions", "organizations", "organizations/{organization}",
        "organizations/{organization}/members", "users", "users/me", "users/{user}", "tokens", "standards",
        "standards/{standard}", "standards/{standard}/versions", "codelists", "codelists/{codelist}",
        "codelists/{codelist}/releases", "codelists/{codelist}/releases/{release}", "changes", "work", "sql",
        "erasures", "erasures/{erasure}", "uploads", "uploads/{upload}", "webhooks", "webhooks/{webhook}",
        "webhooks/{webhook}/deliveries",
        "requests", "questions", "corrections", "voices", "voices/{voice}", "suggestions", "searches", "status", "status/{section}",
        "harvest/sources", "harvest/sources/{name}", "harvest/sources/{name}/runs", "harvest/sources/{name}/runs/{key}",
        "site", "site/audit",
    )
} | {"/catalog.parquet", "/catalog.jsonl.gz"}
INSIDERS = ("reader", "editor", "reviewer", "admin", "operator")
OUTSIDERS = ("", "stranger", "nobody")
BAD_TOKENS = ("expired", "revoked", "wrong")


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{min(route.methods)} {route.path}")
def test_every_route_says_who_may_call_it(route: APIRoute) -> None:
    assert (route.openapi_extra or {}).get("x-who") in WHO


def test_every_read_is_either_tried_in_the_matrix_or_named_as_not_of_a_dataset() -> None:
    tried = {route.path for route in READS if "{dataset}" in route.path or "{submission}" in route.path}
    assert {route.path for route in READS} == tried | NOT_OF_A_DATASET


@pytest.fixture
def shelf(town: Town) -> dict[str, dict[str, str]]:
    """A draft with an upload, a private dataset and one that was withdrawn, with the keys that addresses need."""
    draft, private = town.draft("Bản nháp"), town.published("Riêng", visibility="private")
    withdrawn = town.published("Đã rút", visibility="private")
    town.send("POST", f"/api/v1/datasets/{withdrawn['slug']}/withdraw", "reviewer", {"reason": "canary"})
    pending = town.upload(draft["slug"]).json()["id"]
    uploads = {
        "draft": pending,
        "private": town.upload(private["slug"]).json()["id"],
        "withdrawn": pending,
    }
    ids = {"draft": draft["id"], "private": private["id"], "withdrawn": withdrawn["id"]}
    return {
        state: {"dataset": key, "submission": uploads[state], "number": "1", "name": f"{state}.csv", "resource": "t"}
        for state, key in ids.items()
    }


def addresses(keys: dict[str, str]) -> list[str]:
    paths = [route.path for route in READS if "{dataset}" in route.path or "{submission}" in route.path]
    return [path.format(**keys) for path in paths]


NOWHERE = {"dataset": "no-such-thing", "submission": "no-such-thing", "number": "1", "name": "no.csv", "resource": "t"}


def told(answer: Any) -> tuple[int, bytes, list[str]]:
    """All that an outsider gets to see, without the request's own id."""
    names = sorted(name for name in answer.headers if name not in ("x-request-id", "content-length"))
    return answer.status_code, answer.content, names


def test_what_may_not_be_seen_answers_exactly_like_nothing(town: Town, shelf: dict[str, dict[str, str]]) -> None:
    for who, state in itertools.product(OUTSIDERS, shelf):
        for hidden, nothing in zip(addresses(shelf[state]), addresses(NOWHERE), strict=True):
            there, nowhere = town.get(hidden, who), town.get(nothing, who)
            assert there.status_code == 404, (who, hidden, there.text)
            assert told(there) == told(nowhere), (who, hidden)
            assert b"canary" not in there.content


def test_people_of_the_agency_see_it(town: Town, shelf: dict[str, dict[str, str]]) -> None:
    for who in INSIDERS:
        assert town.get(f"/api/v1/datasets/{shelf['draft']['dataset']}", who).status_code == 200
        assert town.get(f"/api/v1/datasets/{shelf['private']['dataset']}", who).status_code == 200
        assert town.get(f"/api/v1/datasets/{shelf['withdrawn']['dataset']}", who).status_code == 410
        assert town.get(f"/api/v1/submissions/{shelf['draft']['submission']}", who).status_code == 200


def test_a_private_dataset_is_not_for_caches(town: Town, shelf: dict[str, dict[str, str]]) -> None:
    answer = town.get(f"/api/v1/datasets/{shelf['private']['dataset']}", "reader")
    assert answer.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize("who", BAD_TOKENS)
def test_a_token_that_is_no_good_is_401_on_every_call(town: Town, who: str) -> None:
    made = town.published()
    paths = ["/api/v1/datasets", f"/api/v1/datasets/{made['slug']}", "/api/v1/standards", "/api/v1/users/me",
             "/api/v1/datasets/no-such-thing", "/api/v1/changes", f"/api/v1/datasets/{made['slug']}/files/schools.csv"]
    for path in paths:
        answer = town.get(path, who)
        assert (answer.status_code, answer.json()["code"]) == (401, "bad-token"), path
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_write_without_credentials_is_401_whatever_it_names(town: Town, shelf: dict[str, dict[str, str]]) -> None:
    for keys in (NOWHERE, shelf["draft"], shelf["private"]):
        for verb, route in WRITES:
            filled = {**keys, "organization": "H12", "user": "reader", "token": "x", "act": "close", "codelist": "vn-commune", "release": "x", "erasure": "x", "upload": "x", "webhook": "x", "delivery": "x", "notice": "x", "voice": "x", "search": "x", "job": "x"}
            answer = town.client.request(verb, route.path.format(**filled))
            assert answer.status_code == 401, (verb, route.path, answer.text)


def test_outsiders_cannot_tell_a_hidden_dataset_from_none_by_writing(
    town: Town, shelf: dict[str, dict[str, str]],
) -> None:
    bodies = {
        "/withdraw": {"reason": "x"}, "/notices": {"effective": "2099-01-01"}, "/release": {"submissions": ["x"]}, "/reject": {"reason": "x"},
        "/republish": {"reason": "x"}, "/declaration": {"answer": "none"}, "/reading": {"reading": {"encoding": "utf-8"}},
        "/release-column": {"column": "a", "reason": "x", "basis": "x"},
        "/recipes/{resource}": {"fixes": []}, "/resources": {"name": "a", "kind": "link", "url": "https://a.b/c"},
    }
    for state in ("draft", "private"):
        for verb, route in WRITES:
            if "{dataset}" not in route.path and "{submission}" not in route.path:
                continue
            body = next((one for end, one in bodies.items() if route.path.endswith(end)), {})
            answers = [
                town.send(verb, route.path.format(**{"release": "x", "erasure": "x", "notice": "x", **keys}), "stranger", body)
                for keys in (shelf[state], NOWHERE)
            ]
            assert [one.status_code for one in answers] == [404, 404], (verb, route.path, answers[0].text)
            assert answers[0].content == answers[1].content


def test_who_sees_it_but_may_not_do_it_is_403(town: Town) -> None:
    made = town.published()
    path = f"/api/v1/datasets/{made['slug']}"
    assert town.send("PATCH", path, "stranger", {"tags": []}).status_code == 403
    assert town.send("PATCH", path, "reader", {"tags": []}).status_code == 403
    assert town.upload(made["slug"], who="stranger").status_code == 403
    assert town.send("POST", "/api/v1/users", "admin", {"name": "new"}).status_code == 403


def test_a_private_original_is_a_404_for_outsiders_and_is_not_listed(town: Town) -> None:
    made = town.published(content=b"a,b\nsecret,1\n")
    assert [one["role"] for one in town.get(f"/api/v1/datasets/{made['slug']}").json()["files"]] == ["csv", "parquet"]
    hidden, none = (town.get(f"/api/v1/datasets/{made['slug']}/files/{name}") for name in ("schools.csv", "no.csv"))
    assert told(hidden) == told(none)
    assert town.get(f"/api/v1/datasets/{made['slug']}/files/schools.csv", "editor").status_code == 200


def test_the_raw_token_alone_is_accepted_too(town: Town) -> None:
    answer = town.client.get("/api/v1/users/me", headers={"Authorization": town.tokens["editor"]})
    assert (answer.status_code, answer.json()["name"]) == (200, "editor")
    assert answer.json()["roles"][0]["role"] == "editor"


def test_a_session_reads_but_writes_only_with_its_own_token(town: Town) -> None:
    session = town.catalog.sign_in("editor", "a long password")
    town.client.cookies.set("session", session.secret)
    assert town.client.get("/api/v1/users/me").json()["name"] == "editor"
    body = {"organization": "H12", "title": "A"}
    refused = town.client.post("/api/v1/datasets", json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf")
    accepted = town.client.post("/api/v1/datasets", json=body, headers={"X-CSRF-Token": session.csrf})
    assert accepted.status_code == 201


def test_a_wrong_session_is_nobody(town: Town) -> None:
    town.client.cookies.set("session", "wrong")
    assert town.client.get("/api/v1/datasets").status_code == 200
    assert town.client.get("/api/v1/users/me").status_code == 401


def test_private_data_never_reach_outsiders_through_search_or_changes(town: Town, shelf: dict[str, Any]) -> None:
    town.stand.follow()
    for who in OUTSIDERS:
        assert town.get("/api/v1/datasets", who).json()["total"] == 0
        assert all(not one["count"] for values in town.get("/api/v1/datasets", who).json()["facets"].values() for one in values)
        assert town.get("/api/v1/changes", who).content == b""
    assert town.get("/api/v1/datasets", "reader").json()["total"] == 1


def test_the_one_who_submitted_cannot_approve(careful: Town) -> None:
    made = careful.draft()
    upload = careful.upload(made["slug"], SCHOOLS, who="reviewer").json()["id"]
    assert careful.check(upload).state == "ready"
    path = f"/api/v1/submissions/{upload}"
    assert careful.send("POST", f"{path}/submit", "reviewer", {"note": "Xin duyệt"}).json()["state"] == "in_review"
    own = careful.send("POST", f"{path}/approve", "reviewer", {})
    assert (own.status_code, own.json()["code"]) == (403, "own-submission")
    assert careful.send("POST", f"{path}/approve", "editor").status_code == 403
    done = careful.send("POST", f"{path}/approve", "admin")
    assert (done.status_code, done.json()["state"], done.json()["version"]) == (200, "published", 1)
