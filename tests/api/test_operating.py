"""The operators' pages and their API: what to look at first, acts with a confirmation, the audit chain by what one asks."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api import operating
from catalog.model import Job
from catalog.webhook import Attempt, Delivery, Webhook
from pipelines.steps.index import mend
from tests.api.test_pages_forms import PASSWORD
from tests.api.test_pages_review import as_
from tests.site import Town, make_town

OPERATE = (Path(__file__).resolve().parents[2] / "docs" / "operate.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A town with a dataset, an upload that waits, a job that was set aside and one that runs."""
    town = make_town(tmp_path_factory.mktemp("site"))
    town.published("Trường học")
    town.upload(town.draft("Đang chờ")["slug"])
    for one, state in (("job-1", "set-aside"), ("job-2", "running")):
        town.stand.jobs.work[one] = Job(id=one, flow="check", key=one, state=state, error="<b>OSError</b>", attempts=3)
    town.catalog.amend_person(town.catalog.system(), "operator", password=PASSWORD)
    return town


def signed(site: Town) -> tuple[TestClient, str]:
    """The browser of an operator who signed in, and the token of her forms."""
    token = as_(site, "operator")
    return site.client, token


def test_the_report_is_for_operators_alone(site: Town) -> None:
    for path in ("/api/v1/site", "/api/v1/site/audit"):
        assert (site.get(path).status_code, site.get(path, "admin").status_code) == (401, 403)
    for path in ("/desk/site", "/desk/site/audit"):
        site.client.cookies.clear()
        assert site.client.get(path).headers["location"].startswith("/sign-in")
        as_(site, "admin")
        assert site.client.get(path).status_code == 403
    site.client.cookies.clear()
    assert site.send("PUT", "/api/v1/site/read-only", "admin", {}).status_code == 403
    assert site.send("POST", "/api/v1/site/jobs/job-1/retry", "admin").status_code == 403


def test_the_report_names_what_waits_what_was_set_aside_and_what_to_do(site: Town) -> None:
    told = site.get("/api/v1/site?orphans=1", "operator").json()
    assert [one["id"] for one in told["set_aside"]] == ["job-1"]
    assert [(one["organization"], one["received"]) for one in told["waiting"]] == [("h12-so", 1)]
    assert told["orphans"] == 0
    assert told["search"]["documents"] == told["holdings"]["datasets"] == 1
    assert told["storage"]["bytes"]["csv"] > 0
    assert "set-aside" in [one["code"] for one in told["alarms"]]
    assert told["schema"]


def test_every_alarm_has_its_runbook() -> None:
    headings = {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in re.findall(r"^### (.+)$", OPERATE, re.MULTILINE)}
    down = {"state": "down", "reason": "x"}
    everything = {
        "parts": {"database": down, "files": down, "search": down}, "storage": {"damaged": {"a": "b"}}, "workers": [],
        "disks": [{"folder": "work", "free": 1, "size": 100}], "set_aside": [1],
        "queues": [{"queue": "checks", "state": "waiting", "oldest_seconds": 9999}], "followers": {"index": 5000},
    }
    found = list(operating.alarms(everything))
    assert {one.code for one in found} == {"part-down", "damaged", "no-worker", "search", "disk", "set-aside", "waiting", "behind"}
    assert {one.runbook for one in found} <= headings
    fine = {"state": "ok"}
    calm = everything | {"parts": dict.fromkeys(("database", "files", "search"), fine), "storage": {"damaged": {}},
                         "workers": [{"alive": True}], "disks": [], "set_aside": [], "queues": [], "followers": {"index": 3}}
    assert list(operating.alarms(calm)) == []


def test_a_job_is_run_again_by_a_button_and_stopped_only_when_that_is_confirmed(site: Town) -> None:
    person, token = signed(site)
    assert "&lt;b&gt;OSError" in person.get("/desk/site").text
    given = {"csrf": token, "job": "job-2", "act": "cancel"}
    refused = person.post("/desk/site/jobs", data=given)
    assert refused.status_code == 422
    assert site.stand.jobs.work["job-2"].state == "running"
    assert person.post("/desk/site/jobs", data={**given, "csrf": "x"}).status_code == 403
    assert person.post("/desk/site/jobs", data={**given, "act": "burn"}).status_code == 404
    assert person.post("/desk/site/jobs", data={**given, "sure": "1"}, follow_redirects=False).status_code == 303
    assert site.stand.jobs.work["job-2"].state == "cancelled"
    assert person.post("/desk/site/jobs", data={**given, "job": "none", "act": "retry"}).status_code == 422
    assert person.post("/desk/site/jobs", data={**given, "job": "job-1", "act": "retry"}, follow_redirects=False).status_code == 303
    assert site.stand.jobs.work["job-1"].state != "set-aside"
    site.stand.jobs.work |= {one: replace(site.stand.jobs.work[one], state=state) for one, state in (("job-1", "set-aside"), ("job-2", "running"))}


def test_engines_and_webhooks_that_are_not_reached_are_named(site: Town) -> None:
    now, editor = site.stand.clock(), site.caller("editor").person
    assert editor is not None
    with site.stand.records.begin() as unit:
        for key, more in (("w1", {"failing_since": now}), ("w2", {"state": "disabled", "reason": "gone"}),
                          ("w3", {"state": "disabled", "reason": "by-hand"}), ("w4", {})):
            unit.save_webhook(Webhook(id=key, person=editor.id, url=f"https://{key}.example/<b>?key=secret", secret="whsec_x",
                                      created=now, **more))
        unit.save_delivery(Delivery(id="d1", webhook="w1", created=now, attempts=(Attempt(at=now, status=503),)))
    site.client.app.state.site.extras["engines"] = {"database": "SQLite", "search": "tantivy", "files": "file"}
    told = site.get("/api/v1/site", "operator").json()
    assert [(one["id"], one["host"], one["owner"], one["said"]) for one in told["failing_webhooks"]] == [
        ("w1", "w1.example", "editor", "503"), ("w2", "w2.example", "editor", "")]
    assert told["engines"]["search"] == "tantivy"
    person, _ = signed(site)
    page = person.get("/desk/site?lang=vi").text
    assert "tantivy" in page
    assert "Thư mục trên máy này" in page
    assert 'href="/account/webhooks/w1"' in page
    assert "w3.example" not in page + str(told)
    assert "secret" not in page
    with site.stand.records.begin() as unit:
        for key in ("w1", "w2", "w3", "w4"):
            unit.drop_webhook(key)


def test_search_is_built_anew_by_the_worker_when_an_operator_confirmed_that(site: Town) -> None:
    person, token = signed(site)
    assert person.post("/desk/site/search", data={"csrf": token}).status_code == 422
    assert mend(site.catalog, site.stand.index) is False
    assert person.post("/desk/site/search", data={"csrf": token, "sure": "1"}, follow_redirects=False).status_code == 303
    assert "trong nửa phút" in person.get("/desk/site").text
    assert mend(site.catalog, site.stand.index) is True
    assert mend(site.catalog, site.stand.index) is False
    assert site.send("POST", "/api/v1/site/search/rebuild", "admin").status_code == 403
    assert site.send("POST", "/api/v1/site/search/rebuild", "operator").status_code == 202
    asked = site.get("/api/v1/site", "operator").json()["search"]["rebuild_asked"]
    site.catalog.reindex_done("another time")
    assert site.catalog.reindex_asked() == asked
    assert mend(site.catalog, site.stand.index) is True


def test_the_site_is_closed_with_a_notice_and_opened_again_on_the_page_and_by_the_api(site: Town) -> None:
    person, token = signed(site)
    given = {"csrf": token, "act": "on", "notice": "Nâng cấp", "until": "20/9/2027 14:30"}
    assert person.post("/desk/site/read-only", data=given).status_code == 422
    assert person.post("/desk/site/read-only", data={**given, "sure": "1", "until": "mai"}).status_code == 422
    assert person.post("/desk/site/read-only", data={**given, "sure": "1"}, follow_redirects=False).status_code == 303
    told = site.get("/api/v1/site", "operator").json()["read_only"]
    assert (told["notice"], told["until"]) == ("Nâng cấp", "2027-09-20T14:30:00+07:00")
    site.client.app.state.site.extras.pop("html.maintenance", None)
    closed = person.get("/desk/site").text
    assert 'name="act" value="off"' in closed
    assert "<fieldset" not in closed.partition('action="/desk/site/read-only"')[2].partition("</form>")[0]
    assert person.post("/desk/site/read-only", data={"csrf": token, "act": "off"}, follow_redirects=False).status_code == 303
    assert site.get("/api/v1/site", "operator").json()["read_only"] is None
    assert site.send("PUT", "/api/v1/site/read-only", "operator", {"notice": "x", "until": "2027-09-20T14:30:00"}).status_code == 422
    assert site.send("PUT", "/api/v1/site/read-only", "operator", {"notice": "x"}).status_code == 204
    assert site.send("PUT", "/api/v1/site/read-only", "operator", {"notice": "y"}).status_code == 204
    assert site.send("DELETE", "/api/v1/site/read-only", "operator").status_code == 204
    assert site.catalog.maintenance() is None
    site.client.app.state.site.extras.pop("html.maintenance", None)


def test_the_audit_chain_is_filtered_paged_and_given_as_csv(site: Town) -> None:
    whole = site.get("/api/v1/site/audit?limit=1000", "operator").json()["items"]
    assert [one["sequence"] for one in whole] == sorted((one["sequence"] for one in whole), reverse=True)
    first = site.get("/api/v1/site/audit?limit=3", "operator").json()
    second = site.get(f"/api/v1/site/audit?limit=3&cursor={first['next']}", "operator").json()
    assert [*first["items"], *second["items"]] == whole[:6]
    mine = site.get("/api/v1/site/audit?actor=editor&limit=1000", "operator").json()["items"]
    assert mine == [one for one in whole if one["actor"] == "editor"]
    act = mine[0]["act"]
    assert {one["act"] for one in site.get(f"/api/v1/site/audit?act={act}", "operator").json()["items"]} == {act}
    entry = site.catalog.dataset(site.caller("operator"), "truong-hoc")
    on = site.get("/api/v1/site/audit?target=truong-hoc", "operator").json()["items"]
    assert on
    assert {one["object"] for one in on} == {entry.id}
    assert {one["object"] for one in site.get("/api/v1/site/audit?organization=H12&limit=1000", "operator").json()["items"]} >= {entry.id}
    day = whole[-1]["at"][:10]
    assert site.get("/api/v1/site/audit?to=2001-01-01", "operator").json()["items"] == []
    assert site.get(f"/api/v1/site/audit?from={day}&limit=1000", "operator").json()["items"] == whole
    assert site.get("/api/v1/site/audit?organization=none", "operator").status_code == 404
    rows = list(csv.DictReader(io.StringIO(site.get("/api/v1/site/audit?format=csv", "operator").content.decode("utf-8-sig"))))
    assert [row["hash"] for row in rows] == [one["hash"] for one in whole]


def test_the_page_of_the_audit_chain_keeps_what_was_asked(site: Town) -> None:
    person, _ = signed(site)
    html = person.get("/desk/site/audit?actor=editor&from=1/1/2020").text
    assert 'value="editor"' in html
    assert "/api/v1/site/audit?actor=editor&amp;from=2020-01-01&amp;format=csv" in html
    wrong = person.get("/desk/site/audit?from=31/31/2020")
    assert wrong.status_code == 422
    assert "Lỗi:" in wrong.text
    assert "Không có việc nào khớp." in person.get("/desk/site/audit?actor=nobody").text
