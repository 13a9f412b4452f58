"""Manners of every answer, sentences, registries, people, and the document that describes it all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api import errors
from api.messages import LANGUAGES, refusals
from api.middleware.limits import READS, UNKNOWN_TOKENS, Limits
from catalog import errors as catalog_errors
from tests.site import URL, Town, make_town

GOLDEN = Path(__file__).parents[1] / "golden" / "openapi.json"


def test_every_answer_has_its_manners(town: Town) -> None:
    for path in ("/api/v1/datasets", "/api/v1/no-such", "/healthz", "/"):
        answer = town.get(path)
        assert answer.headers["x-content-type-options"] == "nosniff", path
        assert len(answer.headers["x-request-id"]) >= 8
        assert "default-src" in answer.headers["content-security-policy"]
        assert answer.headers["access-control-allow-origin"] == "*"


def test_a_write_is_not_for_other_peoples_pages(town: Town) -> None:
    answer = town.send("POST", "/api/v1/datasets", "editor", {"organization": "H12", "title": "A"})
    assert "access-control-allow-origin" not in answer.headers


def test_a_browser_may_ask_before_it_reads_a_part(town: Town) -> None:
    headers = {"Origin": "https://duckdb.org", "Access-Control-Request-Method": "GET",
               "Access-Control-Request-Headers": "range"}
    answer = town.client.options("/api/v1/datasets/a/files/b.parquet", headers=headers)
    assert answer.status_code == 204
    assert "Range" in answer.headers["access-control-allow-headers"]
    assert "Content-Range" in answer.headers["access-control-expose-headers"]


def test_what_does_not_exist_and_wrong_verbs_are_problems(town: Town) -> None:
    nowhere, wrong = town.get("/api/v1/no-such"), town.client.put("/api/v1/datasets", headers=town.head("editor"))
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "not-found")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method-not-allowed")
    assert nowhere.headers["content-type"] == wrong.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(("header", "query", "word"), [
    ("vi", "", "Không"), ("en", "", "nothing"), ("fr, en;q=0.8, vi;q=0.2", "", "nothing"), ("ja", "", "Không"),
    ("en;q=0", "", "Không"), ("en", "?lang=vi", "Không"), (";;q=x,,", "", "Không"),
])
def test_refusals_speak_the_readers_language(town: Town, header: str, query: str, word: str) -> None:
    answer = town.get(f"/api/v1/datasets/no-such{query}", headers={"Accept-Language": header})
    assert word in answer.json()["detail"]


def test_every_refusal_has_a_status_and_words_in_every_language() -> None:
    kinds = {one for one in vars(catalog_errors).values() if isinstance(one, type) and issubclass(one, Exception)}
    assert kinds <= set(errors.STATUS)
    for kind in kinds:
        assert kind.code in refusals.SENTENCES
    for code, wording in refusals.SENTENCES.items():
        assert set(wording) >= set(LANGUAGES), code
        assert all(wording[language].strip() for language in LANGUAGES), code


def test_parameters_that_are_missing_or_odd_never_break_a_sentence() -> None:
    assert refusals.sentence("too-large", {}, "en") == "Larger than this site takes (… bytes)."
    assert refusals.sentence("too-large", {"limit": "{x}"}, "en") == "Larger than this site takes ({x} bytes)."
    assert refusals.sentence("a-code-of-tomorrow", {}, "en", status=409) == "Its present state does not allow this."


def test_a_fault_shows_nothing_but_its_id(tmp_path: Path) -> None:
    town = make_town(tmp_path)
    town.stand.records.close()
    town.catalog._records = None
    answer = town.get("/api/v1/datasets/x")
    assert answer.status_code == 500
    assert answer.json()["id"] == answer.headers["x-request-id"]
    assert "NoneType" not in answer.text


def test_limits_tell_how_much_is_left_and_when_to_come_back(tmp_path: Path) -> None:
    town = make_town(tmp_path, rate_limits=True)
    first = town.get("/api/v1/standards")
    assert first.headers["ratelimit-policy"] == '"reads";q=1200;w=60'
    assert '"reads";r=1199' in first.headers["ratelimit"]
    answers = [town.get("/api/v1/users/me", "wrong") for _ in range(40)]
    assert answers[0].status_code == 401
    assert (answers[-1].status_code, answers[-1].json()["code"]) == (429, "too-many-requests")
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert town.get("/healthz").status_code == 200


def test_who_has_nothing_left_is_never_told_to_come_back_at_once(tmp_path: Path) -> None:
    limits = Limits(make_town(tmp_path).client.app, language="vi")
    with TestClient(limits) as client:
        for _ in range(READS.amount):
            limits.counter.hit(READS, "reads", "testclient")
        answer = client.get("/api/v1/standards")
    left, _, seconds = answer.headers["ratelimit"].partition(";t=")
    assert (answer.status_code, left) == (429, '"reads";r=0')
    assert 1 <= int(seconds) <= 60
    assert abs(int(seconds) - int(answer.headers["retry-after"])) <= 1


def test_whoever_shows_another_wrong_token_each_time_is_counted_by_address(tmp_path: Path) -> None:
    """CKAN takes a wrong token for nobody; the limit must not begin anew with each."""
    limits = Limits(make_town(tmp_path).client.app, language="vi")
    for _ in range(READS.amount - 2):
        limits.counter.hit(READS, UNKNOWN_TOKENS, "testclient")
    with TestClient(limits) as client:
        told = [client.get("/api/3/action/site_read", headers={"Authorization": f"dtm_{n}"}).status_code for n in range(3)]
        assert told == [200, 200, 429]
        assert client.get("/api/3/action/site_read").status_code == 200


def test_limits_are_silent_when_off(town: Town) -> None:
    assert "ratelimit" not in town.get("/api/v1/standards").headers


def test_standards_are_listed_with_their_files(town: Town) -> None:
    listed = town.get("/api/v1/standards").json()
    assert listed["total"] == len(listed["items"]) >= 1
    one = listed["items"][0]
    assert one["status"] in ("official", "proposed")
    schema = town.get(f"/api/v1/standards/{one['id']}.json").json()
    assert [field["name"] for field in schema["fields"]]
    header = town.get(f"/api/v1/standards/{one['id']}.csv")
    assert header.headers["content-disposition"].startswith("attachment")
    assert header.text.strip().split(",") == [field["name"] for field in schema["fields"]]
    assert town.get(f"/api/v1/standards/{one['id']}.xlsx").content[:2] == b"PK"
    assert town.get(f"/api/v1/standards/{one['id']}.exe").status_code == 404
    assert town.get("/api/v1/standards/no-such").status_code == 404


def test_a_code_list_knows_what_was_in_force_on_a_day(town: Town) -> None:
    before = town.get("/api/v1/codelists/vn-province?on=2025-06-30").json()
    after = town.get("/api/v1/codelists/vn-province?on=2025-07-01").json()
    assert (before["total"], after["total"]) == (63, 34)
    assert town.get("/api/v1/codelists/no-such").status_code == 404
    assert town.get("/api/v1/codelists/vn-province?on=never").status_code == 422


def test_changes_are_lines_in_order(town: Town) -> None:
    made = town.published()
    town.send("PATCH", f"/api/v1/datasets/{made['slug']}", "editor", {"tags": ["a"]})
    lines = [json.loads(line) for line in town.get("/api/v1/changes").text.splitlines()]
    assert [one["kind"] for one in lines] == ["version-published", "dataset-changed"]
    rest = town.get(f"/api/v1/changes?since={lines[0]['sequence']}").text.splitlines()
    assert len(rest) == 1


def test_a_token_is_shown_once_and_revoked_at_once(town: Town) -> None:
    made = town.send("POST", "/api/v1/tokens", "editor", {"user": "editor", "name": "script", "expires": "30d"}).json()
    assert set(made) >= {"id", "token", "user", "expires"}
    head = {"Authorization": f"Bearer {made['token']}"}
    assert town.client.get("/api/v1/users/me", headers=head).status_code == 200
    listed = town.get("/api/v1/tokens", "editor")
    assert made["token"] not in listed.text
    assert made["id"] in {one["id"] for one in listed.json()["items"]}
    assert town.send("DELETE", f"/api/v1/tokens/{made['id']}", "stranger").status_code == 404
    assert town.send("DELETE", f"/api/v1/tokens/{made['id']}", "editor").status_code == 204
    assert town.client.get("/api/v1/users/me", headers=head).status_code == 401


@pytest.mark.parametrize("expires", ["soon", "30", "-1d", "2020-13-01"])
def test_a_token_needs_an_end_that_is_one(town: Town, expires: str) -> None:
    answer = town.send("POST", "/api/v1/tokens", "editor", {"user": "editor", "expires": expires})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/expires")


def test_a_disabled_person_is_out_at_once_and_no_agency_is_left_alone(town: Town) -> None:
    assert town.send("PATCH", "/api/v1/users/editor", "operator", {"disabled": True}).json()["disabled"] is True
    assert town.get("/api/v1/users/me", "editor").status_code == 401
    alone = town.send("PATCH", "/api/v1/users/admin", "operator", {"disabled": True})
    assert (alone.status_code, alone.json()["code"]) == (409, "last-admin")


def test_an_agency_that_merged_leads_to_its_successor(town: Town) -> None:
    made = town.published()
    body = {"date": "2025-07-01", "basis": "NQ 202/2025/QH15", "into": "H13"}
    done = town.send("POST", "/api/v1/organizations/H12/merge", "operator", body)
    assert (done.status_code, done.json()["state"]) == (200, "merged")
    assert done.json()["successor"]["id"] == "H13"
    assert town.get(f"/api/v1/datasets/{made['slug']}").json()["organization"]["id"] == "H13"
    assert town.send("POST", "/api/v1/organizations/H12/explode", "operator", body).status_code == 422


def test_members_are_the_agencys_business(town: Town) -> None:
    people = town.get("/api/v1/organizations/H12/members", "reader").json()
    assert {(one["user"], one["role"]) for one in people["items"]} >= {("editor", "editor"), ("admin", "admin")}
    added = town.send("POST", "/api/v1/organizations/H12/members", "admin", {"user": "nobody", "role": "editor"})
    assert (added.status_code, added.json()) == (201, {"user": "nobody", "role": "editor"})
    assert town.send("DELETE", "/api/v1/organizations/H12/members/nobody", "admin").status_code == 204
    assert town.send("DELETE", "/api/v1/organizations/H12/members/admin", "admin").status_code == 409


def test_the_site_is_emptied_in_a_test_and_nowhere_else(town: Town, tmp_path: Path) -> None:
    town.published()
    assert town.send("POST", "/api/v1/reset", "admin").status_code == 403
    assert town.send("POST", "/api/v1/reset", "operator").status_code == 200
    assert town.get("/api/v1/datasets/truong-hoc-2025", "operator").status_code == 404
    real = make_town(tmp_path / "real", environment="production")
    assert real.send("POST", "/api/v1/reset", "operator").status_code == 404


def test_the_parts_of_the_site_are_named(town: Town) -> None:
    ready = town.get("/readyz").json()
    assert {name: part["state"] for name, part in ready["parts"].items()} == {
        "database": "ok", "files": "ok", "search": "ok", "worker": "ok",
    }
    town.stand.jobs.silent = 100.0
    late = town.get("/readyz")
    assert (late.status_code, late.json()["status"], late.json()["parts"]["worker"]["state"]) == (200, "degraded", "degraded")


def test_counters_name_routes_and_never_keys(town: Town) -> None:
    made = town.published()
    town.get(f"/api/v1/datasets/{made['slug']}")
    text = town.get("/metrics").text
    assert 'route="/api/v1/datasets/{dataset}",status="200"' in text
    assert made["slug"] not in text
    assert 'datamo_holdings{of="datasets"} 1' in text


def test_the_reference_page_needs_nothing_from_elsewhere(town: Town) -> None:
    page = town.get("/api/docs")
    assert page.status_code == 200
    assert "/api/v1/datasets/{dataset}" in page.text
    assert "<script" not in page.text
    assert "http" not in page.text.replace("http:", "", 0).split("<body>")[0].replace("http-equiv", "")


def test_the_openapi_document_is_the_one_we_agreed_on(town: Town) -> None:
    """After a wanted change: ``make docs`` writes tests/golden/openapi.json and docs/api.md anew."""
    document = town.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert "HTTPValidationError" not in json.dumps(document)
    assert document == json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_every_problem_an_answer_may_be_is_in_the_document(town: Town) -> None:
    for path, operations in town.get("/api/v1/openapi.json").json()["paths"].items():
        for verb, operation in operations.items():
            if path.startswith("/api/v1/datasets/{dataset}") and verb != "parameters":
                assert "404" in operation["responses"], (verb, path)
                assert "application/problem+json" in operation["responses"]["404"]["content"]


def test_addresses_are_made_from_the_sites_own_never_from_the_host_header(town: Town) -> None:
    made = town.published()
    answer = town.client.get(f"/api/v1/datasets/{made['slug']}", headers={"Host": "evil.example"})
    assert "evil" not in answer.text
    assert answer.json()["links"]["self"].startswith(URL)
