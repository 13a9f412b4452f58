"""Webhooks are told of changes in order, signed, at least once: a receiver that fails, is slow, or goes away for good."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from catalog.catalog.hooking import MOST
from catalog.errors import Conflict, Invalid, NotFound, NotKnown
from catalog.model import NOBODY, Caller
from catalog.webhook import Webhook
from pipelines.fetch import Fetcher, Guard
from pipelines.steps.deliver import Postman, deliver
from standards.record import Dataset
from tests.fakes import Stand, a_stand
from tests.portals import Server, give

SITE = "https://data.example.gov.vn"
FETCHER = Fetcher(Guard.of(networks=["127.0.0.0/8"]))


class Receiver(Server):
    """Keeps what it was sent; ``says`` are the statuses of the next answers, then 200."""

    def __init__(self) -> None:
        super().__init__()
        self.says: list[int] = []
        self.hold = threading.Event()
        self.hold.set()

    def answer(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        self.hold.wait(120)
        status = self.says.pop(0) if self.says else 200
        give(handler, f"heard {len(body)}\x1b[2J".encode(), status)

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for *_, body in self.asked]

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for _, _, headers, _ in self.asked]

    def told(self) -> list[tuple[int, str]]:
        return [(one["sequence"], one["dataset"]["id"]) for body in self.bodies for one in body["data"].get("changes", [])]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.hold.set()
    made.close()


@pytest.fixture
def stand() -> Stand:
    made = a_stand()
    system = made.catalog.system()
    made.catalog.add_organisation(system, code="H12", title={"vi": "Sở Giáo dục"})
    made.catalog.add_organisation(system, code="H13", title={"vi": "Sở Y tế"})
    return made


def somebody(stand: Stand, name: str = "an", role: str = "", agency: str = "H12") -> Caller:
    system = stand.catalog.system()
    person = stand.catalog.add_person(system, name)
    if role:
        stand.catalog.set_member(system, agency, name, role)
    return stand.catalog.caller_of_token(stand.catalog.add_token(system, person.id).secret)


def published(stand: Stand, title: str, agency: str = "H12", **members: Any) -> str:
    system = stand.catalog.system()
    entry = stand.catalog.draft(system, agency, Dataset(title={"vi": title}), **members)
    stand.catalog.add_link(system, entry.id, name="a", title={}, url="https://a.example.org/1.csv")
    stand.follow()
    return str(entry.id)


def sent(stand: Stand, hook: Webhook) -> int:
    """What a worker does until nothing is due; returns how many deliveries that were."""
    stand.follow()
    while stand.catalog.follow_webhooks():
        pass
    many = 0
    while deliver(stand.catalog, FETCHER, hook.id, SITE):
        many += 1
    return many


def right(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """What a receiver computes, by the specification alone (Standard Webhooks 1.0)."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return wanted in headers["webhook-signature"].split(" ")


def test_a_delivery_tells_of_all_changes_since_the_last_one_and_is_signed(stand: Stand, receiver: Receiver) -> None:
    before = published(stand, "Trước")
    hook = stand.catalog.add_webhook(somebody(stand), url=receiver.url + "/hook")
    assert sent(stand, hook) == 0
    first, second = published(stand, "Trường học"), published(stand, "Bệnh viện", "H13")
    stand.catalog.withdraw(stand.catalog.system(), second, "Sai")
    assert sent(stand, hook) == 1
    (verb, path, headers, body), = receiver.asked
    assert (verb, path, headers["content-type"]) == ("POST", "/hook", "application/json; charset=utf-8")
    assert right(hook.secret, headers, body)
    assert not right(hook.secret, {**headers, "webhook-timestamp": "1"}, body)
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 600
    told = receiver.bodies[0]
    assert told["type"] == "catalog.changed"
    changes = told["data"]["changes"]
    assert {one["dataset"]["id"] for one in changes} == {first, second}
    assert before not in {one["dataset"]["id"] for one in changes}
    assert [one["sequence"] for one in changes] == sorted(one["sequence"] for one in changes)
    assert told["data"]["sequence"] == changes[-1]["sequence"]
    named = next(one["dataset"] for one in changes if one["dataset"]["id"] == first)
    assert named["title"] == {"vi": "Trường học"}
    assert (named["organization"], named["api"]) == ("H12", f"{SITE}/api/v1/datasets/{first}")
    gone = [one["dataset"] for one in changes if one["dataset"]["id"] == second]
    assert all("title" not in one and one["state"] == "withdrawn" for one in gone)
    assert sent(stand, hook) == 0


def test_each_hears_of_what_it_asked_for_and_nothing_else(stand: Stand, receiver: Receiver) -> None:
    owner = somebody(stand)
    school, clinic = published(stand, "Trường học"), published(stand, "Phòng khám", "H13")
    hooks = {
        "organization": stand.catalog.add_webhook(owner, url=receiver.url + "/o", scope="organization", subject="H13"),
        "dataset": stand.catalog.add_webhook(owner, url=receiver.url + "/d", scope="dataset", subject="truong-hoc"),
        "search": stand.catalog.add_webhook(owner, url=receiver.url + "/s", scope="search", subject="q=phong+kham&org=H13&limit=3"),
    }
    assert hooks["search"].subject == "q=phong+kham&org=H13"
    for one in (school, clinic):
        stand.catalog.amend(stand.catalog.system(), one, about=Dataset(title={"vi": "Trường học" if one == school else "Phòng khám"}, tags=("mới",)))
    third = published(stand, "Phòng khám hai", "H13")
    for hook in hooks.values():
        sent(stand, hook)
    told = {path: {each["dataset"]["id"] for each in json.loads(body)["data"]["changes"]} for _, path, _, body in receiver.asked}
    assert told == {"/o": {clinic, third}, "/d": {school}, "/s": {clinic, third}}


def test_drafts_and_private_data_are_told_to_those_alone_who_may_see_them(stand: Stand, receiver: Receiver) -> None:
    system = stand.catalog.system()
    reader, stranger = somebody(stand, "an", "reader"), somebody(stand, "la")
    inside = stand.catalog.add_webhook(reader, url=receiver.url + "/in")
    outside = stand.catalog.add_webhook(stranger, url=receiver.url + "/out")
    secret = published(stand, "Bí mật", visibility="private")
    stand.catalog.draft(system, "H12", Dataset(title={"vi": "Nháp"}))
    assert sent(stand, outside) == 0
    assert sent(stand, inside) == 1
    assert [path for _, path, _, _ in receiver.asked] == ["/in"]
    assert {one for _, one in receiver.told()} >= {secret}
    with pytest.raises(NotFound):
        stand.catalog.add_webhook(stranger, url=receiver.url, scope="dataset", subject=secret)


def test_what_became_private_before_it_was_sent_again_is_not_told(stand: Stand, receiver: Receiver) -> None:
    hook = stand.catalog.add_webhook(somebody(stand), url=receiver.url)
    dataset = published(stand, "Công khai")
    receiver.says = [500]
    assert sent(stand, hook) == 1
    stand.catalog.amend(stand.catalog.system(), dataset, visibility="private")
    stand.clock.forward(minutes=10)
    sent(stand, hook)
    assert len(receiver.asked) == 1
    assert stand.catalog.webhook_deliveries(stand.catalog.system(), hook.id)[0].state == "nothing"
    other = published(stand, "Khác")
    assert sent(stand, hook) == 1
    assert {one["dataset"]["id"] for one in receiver.bodies[-1]["data"]["changes"]} == {other}


def test_a_receiver_that_fails_is_tried_again_later_under_the_same_id_and_then_hears_the_rest(
    stand: Stand, receiver: Receiver,
) -> None:
    owner = somebody(stand)
    hook = stand.catalog.add_webhook(owner, url=receiver.url)
    first = published(stand, "Một")
    receiver.says = [503, 302]
    assert sent(stand, hook) == 1
    second = published(stand, "Hai")
    stand.clock.forward(seconds=10)
    assert sent(stand, hook) == 1
    assert sent(stand, hook) == 0
    stand.clock.forward(seconds=60)
    assert sent(stand, hook) == 2
    assert receiver.ids[0] == receiver.ids[1] == receiver.ids[2] != receiver.ids[3]
    *_, again, rest = receiver.bodies
    assert {one["dataset"]["id"] for one in again["data"]["changes"]} == {first}
    assert {one["dataset"]["id"] for one in rest["data"]["changes"]} == {second}
    newest, oldest = stand.catalog.webhook_deliveries(owner, hook.id)
    assert (newest.state, oldest.state, oldest.tries) == ("delivered", "delivered", 3)
    assert [(one.status, one.error) for one in oldest.attempts] == [(503, ""), (None, "redirected"), (200, "")]
    assert oldest.attempts[0].answer.startswith("heard ")
    assert "\x1b" not in oldest.attempts[0].answer


def test_whoever_sends_is_killed_in_the_middle_and_it_is_sent_again_under_the_same_id(stand: Stand, receiver: Receiver) -> None:
    hook = stand.catalog.add_webhook(somebody(stand), url=receiver.url)
    dataset = published(stand, "Một")
    while stand.catalog.follow_webhooks():
        pass
    taken = stand.catalog.next_delivery(hook.id)
    assert taken is not None
    FETCHER.post(receiver.url, b"{}", {"webhook-id": taken.delivery.id})  # sent, and killed before it was noted
    assert sent(stand, hook) == 0  # somebody may still be at it
    stand.clock.forward(seconds=100)
    assert sent(stand, hook) == 1
    assert receiver.ids == [taken.delivery.id] * 2
    assert {one["dataset"]["id"] for one in receiver.bodies[-1]["data"]["changes"]} == {dataset}
    assert sent(stand, hook) == 0


def test_after_days_of_failure_it_is_disabled_and_goes_on_where_it_stopped(stand: Stand, receiver: Receiver) -> None:
    owner = somebody(stand)
    hook = stand.catalog.add_webhook(owner, url=receiver.url)
    dataset = published(stand, "Một")
    receiver.says = [500] * 50
    for _ in range(20):
        sent(stand, hook)
        stand.clock.forward(hours=6)
    stopped = stand.catalog.webhook(owner, hook.id)
    assert (stopped.state, stopped.reason) == ("disabled", "failing")
    assert len(receiver.asked) < 20
    assert len(set(receiver.ids)) == 1
    with pytest.raises(Conflict, match="webhook-disabled"):
        stand.catalog.ping_webhook(owner, hook.id)
    receiver.says.clear()
    many = len(receiver.asked)
    assert sent(stand, hook) == 0
    stand.catalog.amend_webhook(owner, hook.id, active=True)
    assert sent(stand, hook) == 1
    assert receiver.ids[many] == receiver.ids[0]
    assert {one["dataset"]["id"] for one in receiver.bodies[-1]["data"]["changes"]} == {dataset}
    assert stand.catalog.webhook(owner, hook.id).failing_since is None


def test_a_receiver_that_says_gone_is_left_alone(stand: Stand, receiver: Receiver) -> None:
    owner = somebody(stand)
    hook = stand.catalog.add_webhook(owner, url=receiver.url)
    published(stand, "Một")
    receiver.says = [410]
    sent(stand, hook)
    assert stand.catalog.webhook(owner, hook.id).reason == "gone"
    stand.clock.forward(hours=1)
    assert sent(stand, hook) == 0
    assert stand.catalog.webhook_counts() == {"active": 0, "failing": 0, "disabled": 1}


def test_addresses_inside_the_walls_are_never_asked(stand: Stand, receiver: Receiver) -> None:
    owner = somebody(stand)
    hook = stand.catalog.add_webhook(owner, url=receiver.url)
    published(stand, "Một")
    while stand.catalog.follow_webhooks():
        pass
    assert deliver(stand.catalog, Fetcher(), hook.id)
    (one,) = stand.catalog.webhook_deliveries(owner, hook.id)
    assert (one.attempts[0].error, one.attempts[0].answer) == ("address-not-allowed", "")
    assert receiver.asked == []


def test_a_secret_is_given_once_and_the_one_before_signs_too_for_a_day(stand: Stand, receiver: Receiver) -> None:
    owner = somebody(stand)
    hook = stand.catalog.add_webhook(owner, url=receiver.url)
    assert stand.catalog.webhook(owner, hook.id).secret == ""
    stand.clock.at = stand.clock.at.now(stand.clock.at.tzinfo)
    new = stand.catalog.rotate_webhook(owner, hook.id)
    assert new.secret != hook.secret
    assert new.former == ""
    published(stand, "Một")
    sent(stand, hook)
    *_, headers, body = receiver.asked[0]
    assert right(new.secret, headers, body)
    assert right(hook.secret, headers, body)
    assert len(new.secrets(stand.clock())) == 1
    assert hook.secret not in str(stand.catalog.audit(stand.catalog.system(), limit=1000))


def test_a_ping_and_a_redelivery_are_sent_once_and_change_no_place(stand: Stand, receiver: Receiver) -> None:
    owner = somebody(stand)
    hook = stand.catalog.add_webhook(owner, url=receiver.url)
    published(stand, "Một")
    sent(stand, hook)
    (first,) = stand.catalog.webhook_deliveries(owner, hook.id)
    stand.catalog.ping_webhook(owner, hook.id)
    stand.catalog.redeliver(owner, hook.id, first.id)
    stand.catalog.redeliver(owner, hook.id, first.id)
    receiver.says = [500, 500]
    assert sent(stand, hook) == 2
    assert receiver.ids[2] == first.id
    assert receiver.bodies[1]["type"] == "webhook.ping"
    assert receiver.bodies[2]["data"] == receiver.bodies[0]["data"]
    states = {one.kind: one.state for one in stand.catalog.webhook_deliveries(owner, hook.id)}
    assert states == {"ping": "failed", "changes": "delivered"}
    stand.clock.forward(hours=3)
    assert sent(stand, hook) == 0
    assert stand.catalog.webhook(owner, hook.id).failing_since is None


def test_nobody_sees_or_touches_another_ones_webhook(stand: Stand, receiver: Receiver) -> None:
    owner, other = somebody(stand), somebody(stand, "binh", "admin")
    hook = stand.catalog.add_webhook(owner, url=receiver.url)
    stand.catalog.ping_webhook(owner, hook.id)
    catalog = stand.catalog
    (ping,) = catalog.webhook_deliveries(owner, hook.id)
    verbs = (
        lambda who: catalog.webhook(who, hook.id), lambda who: catalog.amend_webhook(who, hook.id, active=False),
        lambda who: catalog.rotate_webhook(who, hook.id), lambda who: catalog.drop_webhook(who, hook.id),
        lambda who: catalog.webhook_deliveries(who, hook.id), lambda who: catalog.ping_webhook(who, hook.id),
        lambda who: catalog.redeliver(who, hook.id, ping.id), lambda who: catalog.webhooks(who, "an"),
    )
    for verb in verbs:
        with pytest.raises(NotFound):
            verb(other)
        with pytest.raises(NotKnown):
            verb(NOBODY)
    mine = catalog.add_webhook(other, url=receiver.url)
    with pytest.raises(NotFound):
        catalog.redeliver(other, mine.id, ping.id)
    assert [one.id for one in catalog.webhooks(other)] == [mine.id]
    assert [one.id for one in catalog.webhooks(catalog.system(), "an")] == [hook.id]
    catalog.drop_webhook(owner, hook.id)
    assert catalog.webhooks(owner) == []


@pytest.mark.parametrize(("given", "pointer"), [
    ({"url": "ftp://a.example.org"}, "#/url"), ({"url": ""}, "#/url"), ({"url": "https://u:p@a.example.org/"}, "#/url"),
    ({"scope": "planet"}, "#/scope"), ({"scope": "dataset"}, "#/subject"), ({"subject": "H12"}, "#/subject"),
    ({"scope": "search", "subject": "sort=title"}, "#/subject"), ({"scope": "search", "subject": "q=a&from=yesterday"}, "#/from"),
    ({"title": "a\u202eb"}, "#/title"),
])
def test_what_makes_no_webhook_is_refused_with_a_pointer(stand: Stand, given: dict[str, str], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        stand.catalog.add_webhook(somebody(stand), **{"url": "https://a.example.org", **given})
    assert [one.pointer for one in refused.value.problems] == [pointer]


def test_a_person_keeps_so_many_and_no_more(stand: Stand) -> None:
    owner = somebody(stand)
    for number in range(MOST):
        stand.catalog.add_webhook(owner, url=f"https://a.example.org/{number}")
    with pytest.raises(Conflict, match="webhooks-too-many"):
        stand.catalog.add_webhook(owner, url="https://a.example.org/more")
    with pytest.raises(NotKnown):
        stand.catalog.add_webhook(NOBODY, url="https://a.example.org/more")


def test_whose_account_is_disabled_is_told_nothing(stand: Stand, receiver: Receiver) -> None:
    hook = stand.catalog.add_webhook(somebody(stand), url=receiver.url)
    published(stand, "Một")
    stand.catalog.amend_person(stand.catalog.system(), "an", disabled=True)
    assert sent(stand, hook) == 0
    assert receiver.asked == []


def test_a_thousand_changes_are_ten_deliveries_in_order(stand: Stand, receiver: Receiver) -> None:
    hook = stand.catalog.add_webhook(somebody(stand), url=receiver.url)
    dataset = published(stand, "Một")
    for number in range(250):
        stand.catalog.amend(stand.catalog.system(), dataset, about=Dataset(title={"vi": f"Lần {number}"}))
    assert sent(stand, hook) == 3
    numbers = [number for number, _ in receiver.told()]
    assert numbers == sorted(set(numbers))
    assert len(numbers) >= 250
    assert stand.catalog.webhook(stand.catalog.system(), hook.id).position == stand.catalog.last_change()


def test_a_slow_receiver_holds_up_no_other(stand: Stand, receiver: Receiver) -> None:
    quick = Receiver()
    try:
        owner = somebody(stand)
        receiver.hold.clear()
        stand.catalog.add_webhook(owner, url=receiver.url)
        stand.catalog.add_webhook(owner, url=quick.url)
        dataset = published(stand, "Một")
        postman = Postman(stand.catalog, FETCHER, SITE)
        wait_for(lambda: postman() == 0 and bool(quick.told()))
        assert not receiver.hold.is_set()
        assert {one for _, one in quick.told()} == {dataset}
        receiver.hold.set()
        wait_for(lambda: stand.catalog.due_webhooks() == [] and bool(receiver.told()))
        assert {one for _, one in receiver.told()} == {dataset}
    finally:
        quick.close()


def wait_for(condition: Any) -> None:
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)
