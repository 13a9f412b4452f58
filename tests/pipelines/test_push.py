"""Datasets are published at a portal elsewhere too, through ckanapi: a CKAN-speaking server that fails in many ways."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from api.described import package_of
from catalog.errors import Conflict, Invalid, NotAllowed
from catalog.events import PushDue
from catalog.model import NOBODY
from catalog.push import Push
from pipelines.fetch import Fetcher, Guard, Limits, Unfetched
from pipelines.steps.push import Post, give_up, push
from standards.record import Dataset
from tests.fakes import Stand, a_stand
from tests.portals import Portal, Server, give
from tests.running import served
from tests.site import Town, make_town

URL = "https://data.example.gov.vn"
KEY = "secret-key"


class Target(Portal):
    """A portal that takes datasets from those who have its key."""

    def refused(self, handler: BaseHTTPRequestHandler) -> bool:
        return handler.headers.get("Authorization") != KEY

    def answer(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        handler.path = handler.path.replace("/api/action/", "/api/3/action/")
        if "package_show" not in handler.path and self.refused(handler):
            give(handler, json.dumps({"success": False, "error": {"__type": "Authorization Error", "message": "no"}}).encode(), 403)
            return
        super().answer(handler, body)

    def do_package_create(self, given: dict[str, Any]) -> tuple[int, Any]:
        if any(one["name"] == given["name"] for one in self.packages.values()):
            return 409, {"__type": "Validation Error", "name": ["That URL is already in use."]}
        if given.get("owner_org") != "so-giao-duc":
            return 409, {"__type": "Validation Error", "owner_org": ["Organization does not exist"]}
        key = f"remote-{len(self.packages) + 1}"
        links = [{**one, "id": one.get("id") or f"{key}-{at}"} for at, one in enumerate(given["resources"])]
        self.packages[key] = {**given, "id": key, "state": "active", "resources": links}
        return 200, self.packages[key]

    def do_package_update(self, given: dict[str, Any]) -> tuple[int, Any]:
        self.packages[given["id"]] = {**given, "state": "active"}
        return 200, self.packages[given["id"]]

    def do_package_delete(self, given: dict[str, Any]) -> tuple[int, Any]:
        return (200, None) if self.packages.pop(given["id"], None) else (404, {"__type": "Not Found Error", "message": ""})


@pytest.fixture
def portal() -> Iterator[Target]:
    made = Target()
    yield made
    made.close()


@pytest.fixture
def stand() -> Stand:
    made = a_stand()
    made.catalog.add_organisation(made.catalog.system(), code="H12", title={"vi": "Sở Giáo dục"})
    return made


def published(stand: Stand, title: str = "Trường học") -> str:
    system = stand.catalog.system()
    entry = stand.catalog.draft(system, "H12", Dataset(title={"vi": title}, licence="CC-BY-4.0", tags=("trường",)))
    stand.catalog.add_link(system, entry.id, name="danh-sach", title={"vi": "Danh sách"}, url="https://a.example.org/1.csv")
    return str(entry.id)


def a_target(stand: Stand, portal: Any, **wishes: Any) -> None:
    stand.catalog.add_target(stand.catalog.system(), name="national", url=portal.url, organisation="H12",
                             **{"owner": "so-giao-duc", **wishes})


def a_post(stand: Stand, key: str = KEY) -> Post:
    catalog = stand.catalog
    return Post(catalog=catalog, fetcher=Fetcher(Guard.of(networks=["127.0.0.0/8"]), Limits(seconds=20)),
                package=lambda dataset: package_of(catalog, URL, dataset), keys=lambda _name: key)


def told(stand: Stand, **wishes: Any) -> list[str]:
    """Let the target be told of all that waits; gives what became of each."""
    while stand.catalog.follow_pushes():
        pass
    due = dict.fromkeys(one.push for one in stand.jobs.events if isinstance(one, PushDue))
    stand.jobs.events.clear()
    return [push(a_post(stand, **wishes), one) for one in due]


def state(stand: Stand, dataset: str) -> Push:
    (one,) = stand.catalog.pushes(stand.catalog.system(), dataset)
    return one


def test_a_dataset_is_created_updated_and_withdrawn_there(stand: Stand, portal: Target) -> None:
    dataset = published(stand)
    a_target(stand, portal, prefix="h12-")
    assert told(stand) == ["sent"]
    (there,) = portal.packages.values()
    assert (there["name"], there["title"], there["license_id"]) == ("h12-truong-hoc", "Trường học", "CC-BY-4.0")
    assert there["resources"][0]["url"] == "https://a.example.org/1.csv"
    assert {"key": "datamo_id", "value": dataset} in there["extras"]
    before = there["resources"][0]["id"]
    stand.catalog.amend(stand.catalog.system(), dataset, about=Dataset(title={"vi": "Trường mới"}))
    stand.catalog.add_link(stand.catalog.system(), dataset, name="hai", title={}, url="https://a.example.org/2.csv")
    assert told(stand) == ["sent"]
    (there,) = portal.packages.values()
    assert (there["title"], len(there["resources"]), there["resources"][0]["id"]) == ("Trường mới", 2, before)
    stand.catalog.withdraw(stand.catalog.system(), dataset, "Sai")
    assert told(stand) == ["withdrawn"]
    assert portal.packages == {}


def test_what_was_published_before_goes_there_and_drafts_and_private_ones_never(stand: Stand, portal: Target) -> None:
    for number in range(3):
        published(stand, f"Bộ {number}")
    system = stand.catalog.system()
    stand.catalog.draft(system, "H12", Dataset(title={"vi": "Nháp"}))
    stand.catalog.amend(system, published(stand, "Riêng"), visibility="private")
    a_target(stand, portal)
    assert told(stand) == ["sent"] * 3
    assert sorted(one["title"] for one in portal.packages.values()) == ["Bộ 0", "Bộ 1", "Bộ 2"]
    dataset = stand.catalog.dataset(NOBODY, "bo-1").id
    stand.catalog.amend(system, dataset, visibility="private")
    assert told(stand) == ["withdrawn"]
    assert "Bộ 1" not in [one["title"] for one in portal.packages.values()]


@contextmanager
def second_site(folder: Path) -> Iterator[Town]:
    """Another Datamo, which takes datasets as a portal that speaks CKAN; at an address of its own."""
    there = make_town(folder)
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        there.url = f"http://127.0.0.1:{listening.getsockname()[1]}"  # type: ignore[attr-defined]
        with served(there.client.app, listening):
            yield there


def test_a_second_datamo_is_told_of_what_is_published_changed_hidden_and_withdrawn_here(stand: Stand, tmp_path: Path) -> None:
    """The whole life of a dataset at a real target, with the key of a reviewer there."""
    with second_site(tmp_path) as there:
        key = there.tokens["reviewer"]

        def package(name: str = "h12-truong-hoc", status: int = 200) -> dict[str, Any]:
            answer = there.get(f"/api/3/action/package_show?id={name}")
            assert answer.status_code == status, answer.text
            return dict(answer.json().get("result") or {})

        dataset, system = published(stand), stand.catalog.system()
        a_target(stand, there, owner="h12-so", prefix="h12-")
        assert told(stand, key=key) == ["sent"]
        assert (package()["title"], package()["license_id"], package()["private"]) == ("Trường học", "CC-BY-4.0", False)
        before = package()["resources"][0]["id"]
        ours = {"vocabulary_tags": [{"name": "hai", "vocabulary_id": "one-of-ours"}]}  # which the other site does not know
        stand.catalog.amend(system, dataset, about=Dataset(title={"vi": "Trường mới"}, tags=("một", "hai"), more=ours))
        stand.catalog.add_link(system, dataset, name="hai", title={}, url="https://a.example.org/2.csv")
        assert told(stand, key=key) == ["sent"]
        now = package()
        assert (now["title"], [one["name"] for one in now["tags"]]) == ("Trường mới", ["hai", "một"])
        assert [one["url"] for one in now["resources"]] == ["https://a.example.org/1.csv", "https://a.example.org/2.csv"]
        assert now["resources"][0]["id"] == before
        for again in ("", "-2"):
            stand.catalog.amend(system, dataset, visibility="private")
            assert told(stand, key=key) == ["withdrawn"]
            package(state(stand, dataset).name, 404)
            stand.catalog.amend(system, dataset, visibility="public")
            assert told(stand, key=key) == ["sent"], state(stand, dataset).error
            assert state(stand, dataset).name == f"h12-truong-hoc-{dataset[-12:]}{again}", "what was withdrawn keeps its address there"
        stand.catalog.withdraw(system, dataset, "Sai số liệu")
        assert told(stand, key=there.tokens["editor"]) == ["failed"]
        found = state(stand, dataset)
        assert (found.state, found.tries, "NotAuthorized" in found.error) == ("failed", 1, True), found
        assert package(found.name)["title"] == "Trường mới"
        assert stand.catalog.push_again(system, "national") == 1
        assert told(stand, key=key) == ["withdrawn"]
        assert (state(stand, dataset).state, state(stand, dataset).error) == ("withdrawn", "")
        package(found.name, 404)
        assert there.get(f"/api/v1/datasets/{found.name}").json()["code"] == "withdrawn"
    stand.catalog.push_again(system, "national")
    late = published(stand, "Sau này")
    with pytest.raises(Unfetched):
        told(stand, key=key)
    (waits,) = stand.catalog.pushes(system, late)
    assert (waits.state, waits.tries, waits.error.partition(" ")[0]) == ("waiting", 1, "unreachable")


def test_a_name_that_somebody_else_has_there_is_left_to_him(stand: Stand, portal: Target) -> None:
    portal.packages["x"] = {"id": "x", "name": "truong-hoc", "title": "Của người khác", "state": "active"}
    dataset = published(stand)
    a_target(stand, portal)
    assert told(stand) == ["sent"]
    assert portal.packages["x"]["title"] == "Của người khác"
    assert state(stand, dataset).name == f"truong-hoc-{dataset[-12:]}"
    stand.catalog.amend(stand.catalog.system(), dataset, about=Dataset(title={"vi": "Mới"}))
    assert told(stand) == ["sent"]
    assert len(portal.packages) == 2


def test_an_answer_that_was_lost_makes_nothing_twice(stand: Stand, portal: Target) -> None:
    dataset = published(stand)
    a_target(stand, portal)
    plain = portal.do_package_create

    def lost(given: dict[str, Any]) -> tuple[int, Any]:
        plain(given)
        raise ConnectionResetError

    portal.do_package_create = lost  # type: ignore[method-assign]
    portal.http.handle_error = lambda *_: None  # type: ignore[method-assign]
    with pytest.raises(Unfetched):
        told(stand)
    assert state(stand, dataset).state == "waiting"
    portal.do_package_create = plain  # type: ignore[method-assign]
    assert push(a_post(stand), f"national.{dataset}") == "sent"
    assert len(portal.packages) == 1
    assert state(stand, dataset).tries == 2


def test_what_was_deleted_there_is_made_again(stand: Stand, portal: Target) -> None:
    dataset = published(stand)
    a_target(stand, portal)
    told(stand)
    portal.packages.clear()
    stand.catalog.amend(stand.catalog.system(), dataset, about=Dataset(title={"vi": "Mới"}))
    assert told(stand) == ["sent"]
    assert [one["title"] for one in portal.packages.values()] == ["Mới"]


PASSING: dict[str, Any] = {
    "500": lambda one: give(one, b"", 500), "502 as HTML": lambda one: give(one, b"<html>", 502),
    "503": lambda one: give(one, b"", 503), "429": lambda one: give(one, b"", 429, Retry_After="1"),
    "cut short": lambda one: give(one, b"{}", 200, Content_Length="99"),
}
LASTING: dict[str, Any] = {
    "a page of HTML": lambda one: give(one, b"<html>hello</html>"), "no CKAN": lambda one: give(one, b"[1, 2]"),
    "brackets": lambda one: give(one, b"[" * 100_000), "an odd result": lambda one: give(one, b'{"success": true, "result": "ok"}'),
    "too large": lambda one: give(one, b"", 200, Content_Length="99999999999"), "401": lambda one: give(one, b"", 401),
    "Brotli": lambda one: give(one, b"\x00", 200, Content_Encoding="br"),
    "a refusal": lambda one: give(one, b'{"success": false, "error": {"__type": "Validation Error", "title": ["No"]}}', 409),
    "a redirect": lambda one: give(one, b"", 302, Location="https://elsewhere.example.org/api/action/package_create"),
    "no such action": lambda one: give(one, b'{"success": false, "error": {"__type": "Not Found Error", "message": "x"}}', 404),
}


@pytest.mark.parametrize("fault", PASSING)
def test_a_target_that_is_down_is_tried_again_and_then_noted_as_failed(stand: Stand, portal: Target, fault: str) -> None:
    dataset = published(stand)
    a_target(stand, portal)
    portal.fault = lambda handler, _action: bool(PASSING[fault](handler)) or True
    with pytest.raises(Unfetched):
        told(stand)
    assert (state(stand, dataset).state, state(stand, dataset).tries) == ("waiting", 1)
    assert give_up(a_post(stand), f"national.{dataset}", "six times") == "failed"
    assert state(stand, dataset).error
    portal.fault = lambda _handler, _action: False
    assert stand.catalog.push_again(stand.catalog.system(), "national") == 1
    assert told(stand) == ["sent"]
    assert state(stand, dataset).error == ""


@pytest.mark.parametrize("fault", LASTING)
def test_a_target_that_refuses_or_is_none_is_noted_with_what_it_said(stand: Stand, portal: Target, fault: str) -> None:
    dataset = published(stand)
    a_target(stand, portal)
    portal.fault = lambda handler, _action: bool(LASTING[fault](handler)) or True
    assert told(stand) == ["failed"]
    found = state(stand, dataset)
    assert found.error
    assert KEY not in found.error


def test_a_wrong_key_is_told_and_a_key_goes_nowhere_else(stand: Stand, portal: Target) -> None:
    other = Server()
    try:
        dataset = published(stand)
        a_target(stand, portal)
        assert told(stand, key="wrong") == ["failed"]
        assert "NotAuthorized" in state(stand, dataset).error
        portal.fault = lambda handler, _action: bool(give(handler, b"", 307, Location=other.url + "/api/action/x")) or True
        stand.catalog.push_again(stand.catalog.system(), "national")
        assert told(stand) == ["failed"]
        assert other.asked == []
    finally:
        other.close()


def test_only_operators_keep_targets_and_only_the_agency_sees_how_it_stands(stand: Stand, portal: Target) -> None:
    dataset = published(stand)
    a_target(stand, portal)
    with pytest.raises(Conflict):
        a_target(stand, portal)
    for wrong in ({"name": "A b"}, {"url": "file:///x"}, {"prefix": "A "}):
        with pytest.raises(Invalid):
            stand.catalog.add_target(stand.catalog.system(), **{"name": "x", "url": portal.url, "organisation": "H12", **wrong})
    with pytest.raises(NotAllowed):
        stand.catalog.targets(NOBODY)
    assert list(stand.catalog.pushes(NOBODY, dataset)) == []
    assert state(stand, dataset).state == "waiting"
    stand.catalog.drop_target(stand.catalog.system(), "national")
    assert push(a_post(stand), f"national.{dataset}") == "gone"
