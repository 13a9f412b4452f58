"""Webhooks by the native API and on a person's page: made, tried, looked at, never another one's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipelines.fetch import Fetcher, Guard
from pipelines.steps.deliver import deliver
from tests.api.test_pages_review import as_
from tests.portals import Server
from tests.site import Town, make_town

HOOKS = "/api/v1/webhooks"


def delivered(town: Town, hook: str) -> None:
    town.stand.follow()
    while town.catalog.follow_webhooks():
        pass
    while deliver(town.catalog, Fetcher(Guard.of(networks=["127.0.0.0/8"])), hook, "https://data.example.gov.vn"):
        pass


def test_a_webhook_is_made_with_its_secret_once_and_its_log_tells_what_came_of_a_change(town: Town) -> None:
    receiver = Server()
    try:
        made = town.send("POST", HOOKS, "reader", {"url": receiver.say("/hook", "thanks"), "scope": "organization", "subject": "H12"})
        assert made.status_code == 201
        assert made.headers["Cache-Control"] == "no-store"
        hook = made.json()
        assert hook["secret"].startswith("whsec_")
        assert made.headers["Location"].endswith(hook["id"])
        slug = town.published()["slug"]
        delivered(town, hook["id"])
        assert receiver.asked[0][2]["webhook-id"]
        assert slug.encode() in receiver.asked[0][3]
        (sent,) = town.get(f"{HOOKS}/{hook['id']}/deliveries", "reader").json()["items"]
        assert sent["state"] == "delivered"
        assert [(one["status"], one["answer"]) for one in sent["attempts"]] == [(200, "thanks")]
        again = town.send("POST", f"{HOOKS}/{hook['id']}/deliveries/{sent['id']}/redeliver", "reader")
        assert (again.status_code, again.json()["id"]) == (202, sent["id"])
        delivered(town, hook["id"])
        assert [one[2]["webhook-id"] for one in receiver.asked] == [sent["id"]] * 2
        assert town.send("POST", f"{HOOKS}/{hook['id']}/ping", "reader").status_code == 202
    finally:
        receiver.close()


def test_it_is_changed_stopped_rotated_and_removed(town: Town) -> None:
    headers = {"Idempotency-Key": "once"}
    given = {"url": "https://a.example.org/hook", "title": "Máy chủ của tôi"}
    made = town.send("POST", HOOKS, "reader", given, headers=headers).json()
    replayed = town.send("POST", HOOKS, "reader", given, headers=headers).json()
    assert (replayed["id"], replayed["secret"]) == (made["id"], None)
    where = f"{HOOKS}/{made['id']}"
    shown = town.get(where, "reader").json()
    assert "secret" not in shown
    assert (shown["state"], shown["scope"], shown["subject"], shown["next"]) == ("active", "site", None, None)
    changed = town.send("PATCH", where, "reader", {"state": "disabled", "url": "https://b.example.org/"}).json()
    assert (changed["state"], changed["reason"], changed["url"]) == ("disabled", "by-hand", "https://b.example.org/")
    ping = town.send("POST", f"{where}/ping", "reader", headers={"Accept-Language": "en"})
    assert (ping.status_code, ping.json()["code"]) == (409, "webhook-disabled")
    assert town.send("PATCH", where, "reader", {"state": "active"}).json()["state"] == "active"
    rotated = town.send("POST", f"{where}/secret", "reader").json()
    assert rotated["secret"] != made["secret"]
    assert town.send("DELETE", where, "reader").status_code == 204
    assert town.get(where, "reader").status_code == 404
    assert town.get(HOOKS, "reader").json()["total"] == 0


def test_another_ones_webhook_answers_like_none_and_without_a_token_nothing_is_given(town: Town) -> None:
    made = town.send("POST", HOOKS, "reader", {"url": "https://a.example.org/hook"}).json()
    where = f"{HOOKS}/{made['id']}"
    for verb, path, body in (
        ("GET", where, None), ("PATCH", where, {"title": "mine"}), ("DELETE", where, None), ("POST", f"{where}/secret", None),
        ("POST", f"{where}/ping", None), ("GET", f"{where}/deliveries", None), ("POST", f"{where}/deliveries/x/redeliver", None),
    ):
        assert town.send(verb, path, "admin", body).status_code == 404, (verb, path)
        assert town.send(verb, path, "", body).status_code == 401, (verb, path)
    assert town.get(HOOKS).status_code == 401
    assert town.get(f"{HOOKS}?user=reader", "admin").status_code == 404
    assert town.get(f"{HOOKS}?user=reader", "operator").json()["total"] == 1
    assert town.get(where, "operator").status_code == 200


def test_what_makes_no_webhook_is_refused_with_a_pointer(town: Town) -> None:
    for given, pointer in (
        ({"url": "file:///etc/passwd"}, "#/url"), ({"url": "https://a.example.org", "scope": "dataset", "subject": "no-such"}, None),
        ({"url": "https://a.example.org", "bogus": 1}, "#/bogus"), ({"url": "https://a.example.org", "scope": "search"}, "#/subject"),
    ):
        answer = town.send("POST", HOOKS, "reader", given)
        assert answer.status_code == (422 if pointer else 404), answer.text
        if pointer:
            assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]


PRIVATE = ("http://2130706433/", "http://0x7f.1/", "http://[::ffff:10.0.0.1]/", "http://169.254.169.254/latest", "http://8.8.8.8:22/")


@pytest.fixture
def calling(tmp_path: Path) -> Town:
    """A site whose web process knows what may be called."""
    return make_town(tmp_path, fetcher=Fetcher())


@pytest.mark.parametrize("url", PRIVATE)
def test_an_address_that_is_never_called_is_refused_when_it_is_given(calling: Town, url: str) -> None:
    refused = calling.send("POST", HOOKS, "reader", {"url": url})
    assert refused.status_code == 422
    assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [("#/url", "address-not-allowed")]
    made = calling.send("POST", HOOKS, "reader", {"url": "https://hooks.example.org/"})
    assert made.status_code == 201, "where a name leads is looked at when it is called"
    where = f"{HOOKS}/{made.json()['id']}"
    assert calling.send("PATCH", where, "reader", {"url": url}).json()["errors"][0]["code"] == "address-not-allowed"
    assert calling.send("PATCH", where, "reader", {"title": "a"}).json()["url"] == "https://hooks.example.org/"
    page = calling.client.post(PAGE, data={"csrf": as_(calling, "reader"), "url": url})
    assert page.status_code == 422
    assert 'href="#url"' in page.text
    assert "mạng riêng" in page.text


PAGE = "/account/webhooks"


def test_a_person_makes_tries_stops_and_removes_one_on_her_page(town: Town) -> None:
    token = as_(town, "reader")
    receiver = Server()
    try:
        given = {"csrf": token, "url": receiver.say("/hook", "<b>thanks</b>"), "scope": "organization", "title": "Máy chủ",
                 "subject": "https://data.example.gov.vn/organizations/h12-so"}
        made = town.client.post(PAGE, data=given)
        assert made.status_code == 200
        assert made.headers["Cache-Control"] == "no-store"
        assert re.search(r"whsec_[\w+/=]{44}", made.text)
        where = re.search(rf'action="({PAGE}/[-0-9a-f]{{36}})/ping"', made.text).group(1)
        hook = where.rpartition("/")[2]
        assert "whsec_" not in town.client.get(where).text
        assert town.client.post(f"{where}/ping", data={"csrf": token}).status_code == 303
        town.published()
        delivered(town, hook)
        page = town.client.get(where).text
        assert "đã nhận" in page
        assert "gửi thử" in page
        assert "&lt;b&gt;thanks" in page
        sent = re.search(rf'action="{where}/deliveries/([-0-9a-f]{{36}})"', page).group(1)
        assert town.client.post(f"{where}/deliveries/{sent}", data={"csrf": token}).status_code == 303
        delivered(town, hook)
        assert len(receiver.asked) == 3
    finally:
        receiver.close()
    assert town.client.post(f"{where}/stop", data={"csrf": token}).status_code == 303
    assert "đã dừng" in town.client.get(PAGE).text
    assert town.client.post(f"{where}/go-on", data={"csrf": token}).status_code == 303
    assert "whsec_" in town.client.post(f"{where}/secret", data={"csrf": token}).text
    assert town.client.post(f"{where}/explode", data={"csrf": token}).status_code == 404
    assert town.client.post(f"{where}/remove", data={"csrf": ""}).status_code == 403
    assert town.client.post(f"{where}/remove", data={"csrf": token}).status_code == 303
    assert town.client.get(where).status_code == 404


def test_what_is_wrong_is_said_in_the_form_and_who_is_not_signed_in_is_sent_there(town: Town) -> None:
    token = as_(town, "reader")
    for given, field in (({"url": "gopher://a"}, "url"), ({"url": "https://a.example.org", "scope": "dataset", "subject": "khong-co"}, "subject")):
        answer = town.client.post(PAGE, data={"csrf": token, **given})
        assert answer.status_code == 422
        assert "<title>Lỗi:" in answer.text
        assert f'href="#{field}"' in answer.text
        assert 'aria-invalid="true"' in answer.text
    assert 'value="q=truong"' in town.client.get(f"{PAGE}?scope=search&subject=q%3Dtruong").text
    town.client.cookies.clear()
    assert town.client.get(PAGE).headers["location"].startswith("/sign-in")
