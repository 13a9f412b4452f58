"""A change of columns is announced: on the page, in the API, the feed and to webhooks; before its day it needs a reason."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.api.test_pages_review import as_
from tests.api.test_webhooks import delivered
from tests.portals import Server
from tests.site import Town

LESS = b"school_code,province_code\n00123,01\n00456,01\n"
SOON = (datetime.now(UTC) + timedelta(days=400)).date().isoformat()  # after today for the clock of the tests and for the machine's


@pytest.fixture
def slug(town: Town) -> str:
    return str(town.published()["slug"])


def announced(town: Town, slug: str, who: str = "editor", **given: Any) -> Any:
    told = {"effective": SOON, "columns": ["school_name"], "words": {"vi": "Tên trường chuyển sang bảng khác."}, **given}
    return town.send("POST", f"/api/v1/datasets/{slug}/notices", who, told)


def test_readers_are_told_on_the_page_in_the_api_in_the_feed_and_by_webhook(town: Town, slug: str) -> None:
    receiver = Server()
    try:
        hook = town.send("POST", "/api/v1/webhooks", "reader", {"url": receiver.say("/hook"), "scope": "dataset", "subject": slug}).json()
        made = announced(town, slug)
        assert made.status_code == 201, made.text
        delivered(town, hook["id"])
        told = json.loads(receiver.asked[0][3])["data"]["changes"][-1]
    finally:
        receiver.close()
    assert told["kind"] == "dataset-changed"
    assert told["dataset"]["announced"] == [
        {"resource": slug, "columns": ["school_name"], "effective": SOON, "words": {"vi": "Tên trường chuyển sang bảng khác."}},
    ]
    (one,) = town.get(f"/api/v1/datasets/{slug}").json()["announced"]
    assert (one["id"], one["effective"], one["columns"]) == (made.json()["id"], SOON, ["school_name"])
    page = town.get(f"/datasets/{slug}").text
    assert "Sắp đổi cột từ" in page
    assert "Tên trường chuyển sang bảng khác." in page
    assert "sắp đổi cột từ" in town.get(f"/feeds/datasets/{slug}.atom").text
    assert town.send("DELETE", f"/api/v1/datasets/{slug}/notices/{one['id']}").status_code == 204
    assert town.get(f"/api/v1/datasets/{slug}").json()["announced"] == []
    assert "Sắp đổi cột từ" not in town.get(f"/datasets/{slug}").text


def test_before_its_day_such_a_change_is_published_with_a_stated_reason_only(town: Town, slug: str) -> None:
    announced(town, slug)
    sent = town.upload(slug, LESS, query="?publish=false").json()["id"]
    town.check(sent)
    refused = town.send("POST", f"/api/v1/submissions/{sent}/publish", "editor", headers={"Accept-Language": "en"})
    assert (refused.status_code, refused.json()["code"]) == (409, "change-announced")
    assert SOON in refused.json()["detail"]
    assert town.get(f"/api/v1/datasets/{slug}").json()["version"] == 1
    done = town.send("POST", f"/api/v1/submissions/{sent}/publish", "editor", {"reason": "Tên trường sai, phải bỏ ngay."})
    assert done.status_code == 200, done.text
    assert town.get(f"/api/v1/datasets/{slug}/versions/2").json()["early"] == "Tên trường sai, phải bỏ ngay."
    assert "Tên trường sai, phải bỏ ngay." in town.get(f"/datasets/{slug}").text
    assert town.get(f"/api/v1/datasets/{slug}/rows?version=1").json()["items"][0]["school_name"]
    assert town.get(f"/api/v1/datasets/{slug}").json()["announced"] == [], "it has come about"
    assert "Sắp đổi cột" not in town.get(f"/datasets/{slug}").text
    assert "sắp đổi cột" not in town.get(f"/feeds/datasets/{slug}.atom").text


def test_an_announcement_stands_until_all_that_it_names_has_changed(town: Town, slug: str) -> None:
    announced(town, slug, columns=["school_name", "province_code"])
    announced(town, slug, columns=[])
    sent = town.upload(slug, LESS, query="?publish=false").json()["id"]
    town.check(sent)
    why = {"reason": "Bỏ trước một cột"}
    assert town.send("POST", f"/api/v1/submissions/{sent}/publish", "editor", why).status_code == 200
    assert len(town.get(f"/api/v1/datasets/{slug}").json()["announced"]) == 2
    sent = town.upload(slug, b"school_code\n00123\n", query="?publish=false").json()["id"]
    town.check(sent)
    assert town.send("POST", f"/api/v1/submissions/{sent}/publish", "editor", why).status_code == 200
    (left,) = town.get(f"/api/v1/datasets/{slug}").json()["announced"]
    assert left["columns"] == []


def test_other_changes_and_changes_after_the_day_need_none(town: Town, slug: str) -> None:
    announced(town, slug, columns=["province_code"])
    assert town.release(slug, LESS)["version"] == 2
    town.stand.clock.forward(days=1000)
    tokens = {who: town.catalog.add_token(town.catalog.system(), who).secret for who in ("editor",)}
    town.tokens |= tokens
    assert town.release(slug, b"school_code\n00123\n")["version"] == 3


def test_what_cannot_be_announced_is_refused_and_others_may_not(town: Town, slug: str) -> None:
    for given, pointer in (({"columns": ["no"]}, "#/columns/0"), ({"resource": "no"}, "#/resource"), ({"effective": "2020-01-01"}, "#/effective"),
                           ({"bogus": 1}, "#/bogus")):
        answer = announced(town, slug, **given)
        assert answer.status_code == 422
        assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
    assert announced(town, slug, "reader").status_code == 403
    assert announced(town, slug, "").status_code == 401
    assert announced(town, town.draft("Bản nháp")["slug"]).json()["code"] == "never-published"
    assert town.send("DELETE", f"/api/v1/datasets/{slug}/notices/none").status_code == 404


def test_an_editor_announces_and_takes_back_on_a_page(town: Town, slug: str) -> None:
    assert town.get(f"/datasets/{slug}/announce").headers["location"].startswith("/sign-in")
    token = as_(town, "editor")
    where = f"/datasets/{slug}/announce"
    assert f'href="{where}"' in town.client.get(f"/datasets/{slug}").text
    assert 'value="school_name"' in town.client.get(where).text
    wrong = town.client.post(where, data={"csrf": token, "effective": "2020-01-01"})
    assert (wrong.status_code, "<title>Lỗi:" in wrong.text) == (422, True)
    assert town.client.post(where, data={"csrf": token, "effective": "soon"}).status_code == 422
    made = town.client.post(where, data={"csrf": token, "effective": SOON, "column": ["school_name", "province_code"], "words": "Đổi"})
    assert made.status_code == 303
    (one,) = town.get(f"/api/v1/datasets/{slug}").json()["announced"]
    assert (one["columns"], one["words"]) == (["school_name", "province_code"], {"vi": "Đổi"})
    assert town.client.post(f"{where}/{one['id']}/remove", data={"csrf": token}).status_code == 303
    assert town.get(f"/api/v1/datasets/{slug}").json()["announced"] == []
