"""Stewards' doors: who may, what cannot be released, the same request twice, and pages with their forms."""

from __future__ import annotations

import hashlib
import re

import pytest

from tests.api.test_pages_review import as_
from tests.releases import BASIS, EFFECTIVE, HEADER, A, merger, row
from tests.site import Town

AT = "/api/v1/codelists/vn-commune/releases"
PAGE = "/codelists/vn-commune/releases"
TOLD = {"effective": EFFECTIVE, "basis": BASIS, "source": "Công báo"}


@pytest.fixture
def steward(town: Town) -> Town:
    catalog = town.catalog
    catalog.add_person(catalog.system(), "steward", role="steward", password="a long password")
    town.tokens["steward"] = catalog.add_token(catalog.system(), "steward").secret
    return town


def send(town: Town, content: bytes | None = None, who: str = "steward", query: str = "", **more: str):
    body = {"csv": (merger() if content is None else content).decode("latin-1" if content else "utf-8"), **TOLD, **more}
    return town.send("POST", AT + query, who, body)


def test_releasing_is_for_stewards(steward: Town) -> None:
    for who in ("reader", "admin", "stranger"):
        assert send(steward, who=who).status_code == 403
    assert steward.client.post(AT, json=TOLD).status_code == 401
    assert steward.send("POST", "/api/v1/codelists/no-such/releases", "steward", {"csv": "a", **TOLD}).status_code == 404


def test_every_flaw_is_told_with_its_row(steward: Town) -> None:
    wrong = f"{HEADER}\n{row(A, valid_to=EFFECTIVE, successors='99999')}\n".encode()
    files = {"file": ("r.csv", wrong)}
    answer = steward.client.post(AT, files=files, data=TOLD, headers=steward.head("steward"))
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == ("#/file/2/successors", "successor-unknown")
    assert "99999" in error["detail"]


@pytest.mark.parametrize(("more", "pointer"), [
    ({"effective": "soon"}, "#/effective"), ({"effective": ""}, "#/effective"), ({"nature": "joke"}, "#/nature"),
    ({"basis": ""}, "#/basis"), ({"bogus": "x"}, "#/bogus"), ({"nature": "correction"}, "#/reason"),
])
def test_what_is_missing_or_odd_is_refused_at_once(steward: Town, more: dict[str, str], pointer: str) -> None:
    answer = send(steward, **more)
    assert answer.status_code == 422
    assert pointer in [one["pointer"] for one in answer.json()["errors"]]


def test_a_dry_run_changes_nothing_and_a_release_holds_at_once(steward: Town) -> None:
    shown = send(steward, query="?dry_run=1").json()
    assert (shown["state"], shown["touches"]["state"], shown["counts"]) == ("draft", "complete", {"closed": 1})
    where = f"/api/v1/codelists/vn-commune?code={A}&on=2026-11-01"
    assert steward.get(where).json()["total"] == 1
    made = steward.send("POST", AT, "steward", {"csv": merger().decode(), **TOLD}, headers={"Idempotency-Key": "k1"})
    assert made.status_code == 201
    again = steward.send("POST", AT, "steward", {"csv": merger().decode(), **TOLD}, headers={"Idempotency-Key": "k1"})
    assert (again.status_code, again.content) == (201, made.content)
    assert steward.get(where).json()["total"] == 0
    assert steward.get(AT).json()["items"][0]["basis"] == BASIS
    assert send(steward).json()["errors"][0]["code"] == "nothing-changes"


def test_of_two_drafts_the_second_is_overtaken(steward: Town) -> None:
    one, other = (send(steward, query="?dry_run=1", note=note).json() for note in ("a", "b"))
    assert steward.send("POST", f"{AT}/{one['id']}/accept", "steward", {"digest": one["digest"]}).status_code == 200
    late = steward.send("POST", f"{AT}/{other['id']}/accept", "steward", {})
    assert (late.status_code, late.json()["code"]) == (409, "release-overtaken")
    assert steward.send("DELETE", f"{AT}/{other['id']}", "steward").status_code == 204


def test_a_form_sent_again_under_its_key_is_done_once(steward: Town) -> None:
    answers = [
        steward.client.post(AT, files={"file": ("r.csv", merger())}, data=TOLD,
                            headers={**steward.head("steward"), "Idempotency-Key": "form"}) for _ in range(2)
    ]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].content == answers[1].content


def test_a_steward_imports_looks_and_confirms_on_pages(steward: Town) -> None:
    assert 'type="file"' not in steward.client.get(PAGE).text
    token = as_(steward, "steward")
    assert 'type="file"' in steward.client.get(PAGE).text
    files = {"file": ("r.csv", merger())}
    told = {"csrf": token, "effective": "1/10/2026", "basis": BASIS, "source": "Công báo"}
    wrong = steward.client.post(PAGE, data={**told, "basis": ""}, files=files)
    assert wrong.status_code == 422
    assert 'href="#basis"' in wrong.text
    sent = steward.client.post(PAGE, data=told, files=files)
    assert sent.status_code == 303
    draft = steward.client.get(sent.headers["location"]).text
    digest = re.search(r'name="digest" value="([0-9a-f]{64})"', draft)
    assert digest
    accepted = steward.client.post(sent.headers["location"] + "/accept", data={"csrf": token, "digest": digest[1]})
    assert accepted.headers["location"] == f"{PAGE}/1"
    assert BASIS in steward.client.get("/codelists/vn-commune").text
    steward.client.cookies.clear()
    assert "Phường Ba Đình" in steward.client.get(f"{PAGE}/1").text
    assert steward.client.get(sent.headers["location"]).status_code == 200


def test_a_draft_is_no_page_for_others(steward: Town) -> None:
    draft = send(steward, query="?dry_run=1").json()
    assert steward.client.get(f"{PAGE}/{draft['id']}").status_code == 404
    as_(steward, "admin")
    assert steward.client.get(f"{PAGE}/{draft['id']}").status_code == 404


@pytest.mark.parametrize("text", [
    "[", "a: &x [1]\nb: *x", "id: x", "{}", "\x00", "- 1", pytest.param("[" * 100_000 + "]" * 100_000, id="a hundred thousand brackets"),
])
def test_what_is_no_standard_is_refused(steward: Town, text: str) -> None:
    answer = steward.client.post("/api/v1/standards", content=text.encode(), headers=steward.head("steward"))
    assert (answer.status_code, answer.json()["code"]) == (422, "standard-invalid")


def test_an_official_standard_names_its_instrument(steward: Town) -> None:
    text = ("{id: vn-x, version: 1.0.0, title: {vi: A, en: A}, status: official, kind: dataset, basis: [], "
            "fields: [{name: a, type: string, title: {vi: a, en: a}}]}")
    answer = steward.client.post("/api/v1/standards", content=text.encode(), headers=steward.head("steward"))
    assert [one["code"] for one in answer.json()["errors"]] == ["basis-needed"]


CANTEEN = """
id: vn-canteen
version: 1.0.0
title: {vi: "Bếp <ăn>", en: "Canteens"}
status: proposed
kind: dataset
basis: []
fields:
  - {name: code, type: string, title: {vi: "Mã", en: "Code"}}
""".encode()


def test_a_steward_sends_a_standard_looks_and_confirms_on_pages(steward: Town) -> None:
    assert 'action="/standards"' not in steward.client.get("/standards").text
    token = as_(steward, "steward")
    assert 'action="/standards"' in steward.client.get("/standards").text
    sent = steward.client.post("/standards", data={"csrf": token, "note": "lần đầu"}, files={"file": ("s.yaml", CANTEEN)})
    assert sent.status_code == 303
    where = sent.headers["location"]
    for path in (where, "/standards", "/desk"):
        shown = steward.client.get(path).text
        assert "Bếp &lt;ăn&gt;" in shown
    assert steward.client.get("/standards/vn-canteen").status_code == 404
    assert steward.client.post(where + "/accept", data={"csrf": token, "digest": "0" * 64}).status_code == 409
    digest = re.search(r'name="digest" value="([0-9a-f]{64})"', steward.client.get(where).text)
    assert digest
    accepted = steward.client.post(where + "/accept", data={"csrf": token, "digest": digest[1]})
    assert accepted.headers["location"] == "/standards/vn-canteen"
    assert "Bếp &lt;ăn&gt;" in steward.client.get("/standards/vn-canteen").text
    assert steward.client.get(where).status_code == 404


def test_a_draft_of_a_standard_can_be_thrown_away_and_is_no_page_for_others(steward: Town) -> None:
    token = as_(steward, "steward")
    where = steward.client.post("/standards", data={"csrf": token}, files={"file": ("s.yaml", CANTEEN)}).headers["location"]
    other = as_(steward, "admin")
    assert steward.client.get(where).status_code == 404
    assert steward.client.post(where + "/accept", data={"csrf": other, "digest": "0" * 64}).status_code in {403, 404}
    assert steward.client.post("/standards", data={"csrf": other}, files={"file": ("s.yaml", CANTEEN)}).status_code == 403
    token = as_(steward, "steward")
    assert steward.client.post(where + "/drop", data={"csrf": token}).status_code == 303
    assert steward.client.get(where).status_code == 404


@pytest.mark.parametrize("content", [b"", b"[", b"id: x", CANTEEN.replace(b"vn-canteen", b"../x")])
def test_a_page_says_what_is_wrong_with_a_standard(steward: Town, content: bytes) -> None:
    token = as_(steward, "steward")
    answer = steward.client.post("/standards", data={"csrf": token, "note": "giữ lại"}, files={"file": ("s.yaml", content)})
    assert answer.status_code == 422
    assert 'href="#standard"' in answer.text
    assert "giữ lại" in answer.text


def test_the_merged_list_of_a_release_is_given_by_its_digest(steward: Town) -> None:
    made = send(steward).json()
    answer = steward.client.get(f"/api/v1/codelists/vn-commune.csv?digest={made['digest']}")
    assert answer.status_code == 200
    assert hashlib.sha256(answer.content).hexdigest() == made["digest"]
    assert f"{A},".encode() in answer.content
    assert steward.client.get(f"/api/v1/codelists/vn-commune.csv?digest={'0' * 64}").status_code == 404
