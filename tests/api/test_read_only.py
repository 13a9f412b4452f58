"""Read-only mode: every write is answered 503 with the notice, on every surface, and reading goes on."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from api.dialects import html, v1
from api.dialects.html.upkeep import OPEN
from api.settings import Settings
from catalog.catalog import Catalog
from catalog.errors import NotAllowed, Unavailable
from catalog.maintenance import FACT
from standards.record import Dataset
from tests.fakes import START, PlainHasher
from tests.site import Town, make_town

NOTICE = "Nâng cấp kho lưu trữ."
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
GIVEN = {"dataset": "truong-hoc-2025", "slug": "truong-hoc-2025", "organization": "H12", "number": "1"}


@pytest.fixture
def town(tmp_path: Path) -> Town:
    town = make_town(tmp_path)
    town.published()
    return town


def close(town: Town, **more) -> None:
    town.catalog.make_read_only(town.catalog.system(), NOTICE, **more)


def filled(path: str) -> str:
    return re.sub(r"{(\w+)(:\w+)?}", lambda found: GIVEN.get(found[1], "x"), path)


def writes(groups) -> list[tuple[str, str]]:
    found = [(verb, route.path) for group in groups for route in group.router.routes for verb in route.methods & UNSAFE
             if not (getattr(route, "openapi_extra", None) or {}).get("x-still")]
    assert len(found) > 15
    return sorted(found)


def test_every_write_of_the_api_answers_503_with_the_notice_and_when_to_come_back(town):
    close(town, until=town.stand.clock.at + timedelta(hours=1))
    for verb, path in writes(v1.GROUPS):
        answer = town.send(verb, filled(path), "operator", {})
        assert answer.status_code == 503, (verb, path, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "read-only"
        assert answer.json()["notice"] == NOTICE
        assert NOTICE in answer.json()["detail"]
        assert 3400 < int(answer.headers["retry-after"]) <= 3600


def test_credentials_are_asked_for_before_anything_is_told(town):
    close(town)
    open_to_all = {route.path for group in v1.GROUPS for route in group.router.routes
                   if (getattr(route, "openapi_extra", None) or {}).get("x-open")}
    for verb, path in writes(v1.GROUPS):
        expected = 503 if path in open_to_all else 401
        assert town.client.request(verb, filled(path), json={}).status_code == expected, path


def test_reading_and_searching_go_on(town):
    close(town)
    for path in ("/api/v1/datasets?q=truong", "/api/v1/datasets/truong-hoc-2025", "/api/v1/datasets/truong-hoc-2025/rows",
                 "/api/v1/datasets/truong-hoc-2025/files/truong-hoc-2025.csv", "/datasets", "/datasets/truong-hoc-2025", "/"):
        assert town.get(path, "reader").status_code == 200, path
    ready = town.get("/readyz").json()
    assert ready["read_only"] == {"notice": NOTICE, "until": None}


def test_what_was_uploaded_leaves_nothing_behind_and_the_same_key_works_afterwards(town):
    close(town)
    before = sorted(town.stand.files.staged(-1))
    headers = {"Idempotency-Key": "k1"}
    assert town.upload("truong-hoc-2025", headers=headers).status_code == 503
    assert sorted(town.stand.files.staged(-1)) == before
    town.catalog.make_writable(town.catalog.system())
    assert town.upload("truong-hoc-2025", headers=headers).status_code == 202


def signed_in(town: Town) -> str:
    answer = town.client.post("/sign-in", data={"name": "editor", "password": "a long password", "next": "/desk"})
    assert answer.status_code == 303, answer.text
    page = town.client.get("/publish").text
    return re.search(r'name="csrf" value="([^"]+)"', page)[1]


def test_people_sign_in_and_out_and_every_form_of_the_pages_answers_503(town):
    close(town)
    csrf = signed_in(town)
    for verb, path in writes(html.GROUPS):
        if path in OPEN:
            continue
        answer = town.client.request(verb, filled(path), data={"csrf": csrf})
        assert answer.status_code == 503, (path, answer.status_code)
        assert NOTICE in answer.text
        assert answer.headers["retry-after"] == "600"
    assert town.client.post("/display", data={"size": "large"}).status_code == 303
    assert town.client.post("/sign-out", data={"csrf": csrf}).status_code == 303


def test_every_page_shows_the_notice_and_its_forms_cannot_be_sent(town):
    before = town.client.get("/datasets/truong-hoc-2025").text
    assert 'fieldset class="held"' not in before
    signed_in(town)
    close(town)
    town.client.app.state.site.extras["html.maintenance"]["at"] = 0.0
    for path in ("/", "/datasets", "/datasets/truong-hoc-2025", "/desk", "/publish", "/organizations", "/standards", "/account"):
        page = town.client.get(path)
        assert page.status_code == 200, path
        assert NOTICE in page.text, path
        for form in re.findall(r'<form[^>]*method="post"[^>]*>.*?</form>', page.text, re.DOTALL):
            action = re.search(r'action="([^"?]*)', form)[1]
            assert ('<fieldset class="held" disabled>' in form) == (action not in OPEN), (path, action)
    assert "disabled" in town.client.get("/publish").text
    assert '<form class="find" role="search" action="/datasets">' in town.client.get("/desk").text


def test_a_page_kept_for_strangers_is_drawn_anew_when_the_mode_changes(town):
    assert NOTICE not in town.client.get("/datasets/truong-hoc-2025").text
    close(town)
    town.client.app.state.site.extras["html.maintenance"]["at"] = 0.0
    assert NOTICE in town.client.get("/datasets/truong-hoc-2025").text
    town.catalog.make_writable(town.catalog.system())
    town.client.app.state.site.extras["html.maintenance"]["at"] = 0.0
    assert NOTICE not in town.client.get("/datasets/truong-hoc-2025").text


def test_only_an_operator_switches_the_mode_and_both_deeds_are_in_the_audit_chain(town):
    for who in ("admin", "editor", "nobody"):
        with pytest.raises(NotAllowed):
            town.catalog.make_read_only(town.caller(who), NOTICE)
    close(town)
    close(town)
    town.catalog.make_writable(town.caller("operator"))
    town.catalog.make_writable(town.caller("operator"))
    acts = [row.act for row in town.catalog.audit(town.catalog.system())][-3:]
    assert acts == ["read-only-on", "read-only-on", "read-only-off"]
    assert town.catalog.maintenance() is None


def other(town: Town, **chosen) -> Catalog:
    stand = town.stand
    return Catalog(records=stand.records, files=stand.files, index=stand.index, jobs=stand.jobs, now=stand.clock,
                   upload_limit=10**6, review_default="none", search_wait=False, hasher=PlainHasher(), **chosen)


def test_a_write_begun_in_another_process_before_the_mode_was_switched_on_is_refused_at_its_end(town):
    slow, editor = other(town), town.caller("editor")
    town.catalog.make_read_only(town.catalog.system())
    audited = len(town.catalog.audit(town.catalog.system()))
    with pytest.raises(Unavailable, match="read-only"):
        slow.draft(editor, "H12", Dataset(title={"vi": "Muộn"}))
    with pytest.raises(Unavailable, match="read-only"):
        slow.withdraw(town.caller("admin"), "truong-hoc-2025", "nhầm")
    assert len(town.catalog.audit(town.catalog.system())) == audited
    assert slow.dataset(editor, "truong-hoc-2025").state == "published"


def test_the_worker_finishes_what_it_has_begun(town):
    sent = town.upload("truong-hoc-2025").json()["id"]
    town.catalog.begin_check(sent)
    close(town)
    assert other(town, guarded=False).set_aside(sent).state == "failed"


@pytest.mark.parametrize(("said", "meant"), [("", ""), ("off", ""), ("0", ""), ("ON", "on"), ("1", "on"), ("Bảo trì.", "Bảo trì.")])
def test_the_setting_is_on_off_or_the_notice_itself(said, meant):
    assert Settings(read_only=said).read_only == meant


def test_the_setting_holds_whatever_the_records_say(town):
    held = other(town, read_only="Chuyển máy.")
    assert held.maintenance().notice == "Chuyển máy."
    assert held.maintenance().by_setting
    with pytest.raises(Unavailable, match="read-only"):
        held.draft(town.caller("editor"), "H12", Dataset(title={"vi": "x"}))
    assert other(town, read_only="on").maintenance().notice == ""
    assert town.catalog.maintenance() is None
    with town.stand.records.read() as unit:
        assert unit.site(FACT) == ""


def test_a_clock_beyond_the_expected_end_still_says_when_to_come_back(town):
    close(town, until=START - timedelta(days=1))
    assert town.send("POST", "/api/v1/datasets", "editor", {}).headers["retry-after"] == "60"
