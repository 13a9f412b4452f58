"""Erasures as two people meet them: over HTTP, on the command line, and uploads that are still on their way."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.cli import run
from api.messages import pages
from catalog.erasure import BASIS
from pipelines.steps import erase
from tests.api.test_pages_forms import sign_in
from tests.api.test_uploads import begin, piece, submitted
from tests.faults.place import Place
from tests.running import people
from tests.site import SCHOOLS, URL, Town

PERSONAL = SCHOOLS + "00777,Nguyễn Thị Hoàng Yến,01\n".encode()
REASON = "Tệp có họ tên của người dân."
SLUG = "truong-hoc-2025"


@pytest.fixture
def told(town: Town) -> Town:
    """A dataset whose second version should not have been published."""
    town.published()
    town.release(SLUG, PERSONAL)
    return town


def ask(town: Town, who: str = "editor", query: str = "", **members: Any) -> Any:
    return town.send("POST", f"/api/v1/erasures{query}", who, {"dataset": SLUG, "versions": [2], "reason": REASON, **members})


def finish(town: Town) -> int:
    stand = town.stand
    return erase.follow(town.catalog, stand.records, stand.files, stand.jobs, None, lambda: None)


def test_one_asks_another_confirms_and_the_bytes_go(told: Town) -> None:
    asked = ask(told)
    one = asked.json()
    assert (asked.status_code, one["state"], one["versions"], one["asked_by"]) == (201, "asked", [2], "editor")
    assert one["basis"] == BASIS
    address = asked.headers["location"]
    assert told.get(address, "reader").json() == one
    assert told.get(f"/api/v1/datasets/{SLUG}/versions/2").status_code == 200
    confirmed = told.send("POST", f"{address}/confirm", "reviewer")
    assert (confirmed.status_code, confirmed.json()["state"]) == (200, "confirmed")
    assert told.send("POST", f"{address}/confirm", "reviewer").json()["confirmed"] == confirmed.json()["confirmed"]
    assert told.get(f"/api/v1/datasets/{SLUG}/versions/2").status_code == 410
    assert finish(told) == 1
    done = told.get(address, "editor").json()
    assert (done["state"], done["objects"]) == ("done", len(done["hashes"]))
    assert told.get("/api/v1/erasures", "editor").json()["items"] == [done]


def test_what_readers_wrote_on_a_dataset_goes_with_the_whole_of_it_but_not_with_one_version(told: Town) -> None:
    asked = told.send("POST", "/api/v1/questions", "", {"dataset": SLUG, "text": "Bà Nguyễn Thị Hoàng Yến là ai?"})
    assert asked.status_code == 201, asked.text
    voice = f"/api/v1/voices/{asked.json()['number']}"
    told.send("POST", f"{ask(told).headers['location']}/confirm", "reviewer")
    assert told.get(voice, "editor").status_code == 200
    whole = told.send("POST", "/api/v1/erasures", "editor", {"dataset": SLUG, "reason": REASON})
    assert whole.status_code == 201, whole.text
    told.send("POST", f"{whole.headers['location']}/confirm", "reviewer")
    assert told.get(voice, "editor").status_code == 404
    assert told.get("/api/v1/voices", "editor").json()["items"] == []


def test_a_dry_run_says_what_would_go_and_asks_for_nothing(told: Town) -> None:
    plan = ask(told, query="?dry_run=true").json()
    assert (plan["id"], plan["versions"], len(plan["uploads"])) == ("", [2], 1)
    assert plan["objects"] == len(plan["hashes"]) > 0
    assert told.get("/api/v1/erasures", "editor").json()["total"] == 0


def test_who_asked_does_not_confirm_and_who_may_only_write_does_not_either(told: Town) -> None:
    address = ask(told, "reviewer").headers["location"]
    own = told.send("POST", f"{address}/confirm", "reviewer")
    assert (own.status_code, own.json()["code"]) == (403, "own-erasure")
    assert told.send("POST", f"{address}/confirm", "editor").status_code == 403
    assert told.send("POST", f"{address}/confirm", "").status_code == 401
    assert told.get(address, "editor").json()["state"] == "asked"
    assert told.send("POST", f"{address}/confirm", "admin").status_code == 200


@pytest.mark.parametrize("who", ["stranger", "nobody"])
def test_a_stranger_hears_what_she_would_hear_of_nothing(told: Town, who: str) -> None:
    address = ask(told).headers["location"]
    nowhere = address.rpartition("/")[0] + "/no-such-thing"
    for verb, end in (("GET", ""), ("POST", "/confirm"), ("POST", "/refuse")):
        there, nothing = (told.send(verb, one + end, who) for one in (address, nowhere))
        assert (there.status_code, there.content) == (404, nothing.content)
    assert told.get("/api/v1/erasures", who).json()["total"] == 0
    assert ask(told, who).status_code == 403
    assert ask(told, who, dataset="no-such-thing").status_code == 404


def test_the_same_twice_an_unknown_version_a_telling_reason_and_a_wrong_body_are_refused(told: Town) -> None:
    assert ask(told).status_code == 201
    again = ask(told)
    assert (again.status_code, again.json()["code"]) == (409, "erasure-open")
    assert ask(told, versions=[9]).status_code == 404
    for wrong in ({"reason": ""}, {"versions": [0]}, {"sharing": "all"}, {"reason": "Có 034199012345"}):
        answer = ask(told, **wrong)
        assert answer.status_code == 422, wrong
        assert answer.headers["content-type"].startswith("application/problem+json")


def test_a_request_is_turned_down_or_taken_back_and_stays_so(told: Town) -> None:
    first = ask(told).headers["location"]
    assert told.send("POST", f"{first}/refuse", "reader").status_code == 403
    assert told.send("POST", f"{first}/refuse", "editor").json()["state"] == "refused"
    assert told.send("POST", f"{first}/confirm", "reviewer").json()["code"] == "wrong-state"
    second = ask(told).headers["location"]
    assert told.send("POST", f"{second}/refuse", "admin").json()["state"] == "refused"
    assert finish(told) == 0
    assert told.get(f"/api/v1/datasets/{SLUG}/versions/2").status_code == 200


def test_an_upload_of_the_same_bytes_that_nobody_handed_in_yet_goes_too(told: Town) -> None:
    sha256 = hashlib.sha256(PERSONAL).hexdigest()
    said = begin(told, len(PERSONAL), sha256=sha256)
    assert piece(told, said.headers["location"], 0, PERSONAL[:20]).status_code == 204
    finished = begin(told, len(PERSONAL)).headers["location"]
    assert piece(told, finished, 0, PERSONAL).status_code == 204
    told.catalog.finish_upload(told.caller("editor"), finished.rpartition("/")[2])
    other = begin(told).headers["location"]
    keys = {one.id: one.key for one in told.catalog.uploads(told.caller("editor"))}
    address = ask(told).headers["location"]
    assert told.send("POST", f"{address}/confirm", "reviewer").status_code == 200
    assert finish(told) == 1
    assert [one.id for one in told.catalog.uploads(told.caller("editor"))] == [other.rpartition("/")[2]]
    gone = [keys[one.rpartition("/")[2]] for one in (said.headers["location"], finished)]
    folder = Path(told.stand.files._root)
    assert [path.name for path in folder.rglob("*") if any(key in path.name for key in gone)] == []


def test_an_upload_that_turns_out_to_be_what_was_erased_is_not_kept(told: Town) -> None:
    address = ask(told).headers["location"]
    assert told.send("POST", f"{address}/confirm", "reviewer").status_code == 200
    assert finish(told) == 1
    promised = begin(told, len(PERSONAL), sha256=hashlib.sha256(PERSONAL).hexdigest())
    assert (promised.status_code, promised.json()["code"]) == (409, "erased-bytes")
    silent = begin(told, len(PERSONAL)).headers["location"]
    last = piece(told, silent, 0, PERSONAL)
    assert (last.status_code, last.json()["code"]) == (409, "erased-bytes")
    assert submitted(told, silent, slug=SLUG).json()["code"] != "erased-bytes"  # nobody knows of it any more
    assert told.catalog.uploads(told.caller("editor")) == []
    folder = Path(told.stand.files._root) / "staging"
    assert [path for path in folder.rglob("*") if path.is_file() and path.read_bytes() == PERSONAL] == []


# -- the command line -------------------------------------------------------------------------------------------
Speak = Callable[..., tuple[int, Any, str]]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def datamo(place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Speak:
    for name in [name for name in os.environ if name.startswith("DATAMO_")]:
        monkeypatch.delenv(name)
    for name, value in place.environment.items():
        monkeypatch.setenv(name, value)

    def speak(*words: str) -> tuple[int, Any, str]:
        code = run(["erase", *words, "--json", "--lang", "en"])
        said = capsys.readouterr()
        return code, json.loads(said.out) if said.out.strip() else None, said.err

    return speak


def test_whoever_runs_the_machine_names_both_people_and_it_is_done_at_once(place: Place, datamo: Speak) -> None:
    with place.site() as site:
        people(site)
        dataset = place.draft(site, "truong-hoc")
        sent = place.upload(site, dataset)
    code, one, said = datamo("ask", "truong-hoc", "--upload", sent.id, "--reason", REASON, "--by", "editor")
    assert (code, one["state"], one["asked_by"]) == (0, "asked", "editor")
    assert datamo("confirm", one["id"], "--by", "editor")[0] == 1
    assert datamo("confirm", one["id"], "--by", "nobody-here")[0] == 1
    code, done, said = datamo("confirm", one["id"], "--by", "reviewer")
    assert (code, done["state"], done["confirmed_by"]) == (0, "done", "reviewer"), said
    assert datamo("list")[1]["items"] == [done]
    assert datamo("run")[1] == {"finished": 0}
    with place.site() as site:
        assert list(site.files.staged(-1)) == []


def test_on_the_command_line_a_request_is_taken_back_and_a_wrong_word_is_said(place: Place, datamo: Speak) -> None:
    with place.site() as site:
        people(site)
        place.draft(site, "truong-hoc")
    code, one, _ = datamo("ask", "truong-hoc", "--reason", REASON, "--by", "editor")
    assert code == 0
    assert datamo("refuse", one["id"], "--by", "editor")[1]["state"] == "refused"
    assert datamo("ask", "truong-hoc", "--reason", REASON, "--by", "editor", "--sharing", "all")[0] == 2
    assert datamo("ask", "truong-hoc", "--reason", "a@b.vn", "--by", "editor")[0] == 1
    assert datamo("ask", "nothing", "--reason", REASON, "--by", "editor")[0] == 1


# -- the pages --------------------------------------------------------------------------------------------------
def send(town: Town, who: str, path: str, **fields: Any) -> Any:
    return town.client.post(path, data={"csrf": sign_in(town, who), **fields}, headers={"Origin": URL})


def test_the_pages_lead_two_people_from_the_dataset_to_the_tombstone_without_javascript(told: Town) -> None:
    sign_in(told, "editor")
    assert f"/datasets/{SLUG}/erase?version=2" in told.client.get(f"/datasets/{SLUG}").text
    form = told.client.get(f"/datasets/{SLUG}/erase?version=2").text
    assert re.search(r'name="version" value="2" checked', form)
    assert "<script" not in form.partition("<main")[2]
    filled = {"what": "versions", "version": "2", "reason": REASON}
    plan = send(told, "editor", f"/datasets/{SLUG}/erase", **filled)
    assert plan.status_code == 200
    assert "Chưa xóa gì" in plan.text
    assert 'name="step" value="ask"' in plan.text
    assert told.catalog.erasures(told.caller("editor")) == []
    asked = send(told, "editor", f"/datasets/{SLUG}/erase", **filled, step="ask")
    address = asked.headers["location"]
    assert asked.status_code == 303
    own = told.client.get(address).text
    assert "không tự xác nhận được" in own
    assert f"{address}/confirm" not in own
    sign_in(told, "reviewer")
    assert address in told.client.get("/desk").text.partition('id="viec"')[2].partition('id="bo"')[0]
    assert f"{address}/confirm" in told.client.get(address).text
    assert send(told, "reviewer", f"{address}/confirm").status_code == 303
    assert "Đang xóa" in told.client.get(address).text
    assert finish(told) == 1
    assert "Đã xóa xong" in told.client.get(address).text
    told.client.cookies.clear()
    gone = told.client.get(f"/datasets/{SLUG}/versions/2", headers={"Accept": "text/html"})
    (one,) = told.catalog.erasures(told.caller("editor"))
    assert gone.status_code == 410
    for words in (REASON, BASIS, pages.day("vi", one.confirmed), pages.day("vi", one.backups_until), *one.hashes):
        assert words in gone.text, words
    assert "reviewer" not in gone.text


def test_the_form_keeps_what_was_typed_and_says_what_is_wrong(told: Town) -> None:
    path = f"/datasets/{SLUG}/erase"
    for fields, said in (
        ({"what": "versions", "reason": REASON}, "Chọn phần cần xóa."),
        ({"what": "whole", "reason": " "}, "Ghi lý do, không nêu"),
        ({"what": "whole", "reason": "Có 034199012345"}, "chứa chính dữ liệu cần xóa"),
    ):
        answer = send(told, "editor", path, **fields)
        assert answer.status_code == 422, fields
        assert said in answer.text
        assert answer.text.count("<title>Lỗi:") == 1
        assert fields["reason"].strip() in answer.text
    told.release(SLUG, PERSONAL, data={"note": "lại"})
    shared = send(told, "editor", path, what="versions", version="2", reason=REASON)
    assert shared.status_code == 409
    assert f"/datasets/{SLUG}/versions/3" in shared.text
    both = send(told, "editor", path, what="versions", version="2", reason=REASON, sharing="include")
    assert both.status_code == 200
    assert "2, 3" in both.text


def test_a_request_is_turned_down_on_its_page_and_a_late_click_is_told_so(told: Town) -> None:
    address = "/erasures/" + ask(told).json()["id"]
    assert send(told, "reviewer", f"{address}/refuse").status_code == 303
    assert "Đã từ chối" in told.client.get(address).text
    late = send(told, "reviewer", f"{address}/confirm")
    assert late.status_code == 409
    assert "Đã từ chối" in late.text
    assert send(told, "reviewer", f"{address}/eat").status_code == 404


def test_pages_of_erasures_are_for_those_whom_they_concern(told: Town) -> None:
    address = "/erasures/" + ask(told).json()["id"]
    for path in (address, f"/datasets/{SLUG}/erase"):
        assert told.client.get(path).headers["location"].startswith("/sign-in")
    token = sign_in(told, "stranger")
    assert told.client.get(address).status_code == 404
    assert told.client.get(f"/datasets/{SLUG}/erase").status_code == 403
    assert told.client.post(f"{address}/confirm", data={"csrf": token}, headers={"Origin": URL}).status_code == 404
    sign_in(told, "reviewer")
    assert told.client.post(f"{address}/confirm", data={"csrf": "wrong"}, headers={"Origin": URL}).status_code == 403
    assert address not in told.client.get("/desk", headers={"Accept-Language": "en"}).text.partition('id="cho"')[2]


@pytest.mark.parametrize("who", ["editor", "reviewer"])
def test_the_pages_speak_english_too(told: Town, who: str) -> None:
    address = "/erasures/" + ask(told, "editor").json()["id"]
    sign_in(told, who)
    assert "Request to erase personal data" in told.client.get(f"{address}?lang=en").text
    assert "See what would be erased" in told.client.get(f"/datasets/{SLUG}/erase?lang=en").text


def test_erasing_waits_for_nothing_while_the_site_is_read_only(told: Town) -> None:
    told.catalog.make_read_only(told.catalog.system(), "Bảo trì.")
    fields = {"what": "versions", "version": "2", "reason": REASON}
    plan = send(told, "editor", f"/datasets/{SLUG}/erase", **fields)
    assert 'class="held"' not in plan.text.partition("<main")[2].partition("</main")[0].partition('role="search"')[0]
    address = send(told, "editor", f"/datasets/{SLUG}/erase", **fields, step="ask").headers["location"]
    assert send(told, "reviewer", f"{address}/confirm").status_code == 303
    assert finish(told) == 1
    withdraw = f"/datasets/{SLUG}/withdraw"
    assert send(told, "reviewer", withdraw, reason="x").status_code == 503
