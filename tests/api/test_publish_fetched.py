"""A file that a publisher's form takes from an address: once, within limits, and never from inside the network."""

from __future__ import annotations

import html
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.fetch import Fetcher, Guard
from tests.api.test_pages_forms import sign_in
from tests.portals import Server, give
from tests.site import SCHOOLS, Town, make_town

LIMIT = 20_000


@pytest.fixture
def web() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def fetching(tmp_path: Path) -> Town:
    """A site that may fetch from this machine, for its tests run there."""
    return make_town(tmp_path, fetcher=Fetcher(Guard.of(networks=["127.0.0.0/8"])), upload_limit=LIMIT)


def send(town: Town, address: str) -> object:
    data = {"csrf": sign_in(town, "editor"), "organisation": "h12-so", "address": address}
    return town.client.post("/publish", data=data, files={"file": ("", b"")})  # as browsers send a field without a file


def test_a_file_is_taken_from_its_address_and_called_after_it(fetching: Town, web: Server) -> None:
    answer = send(fetching, _served(web))
    assert answer.status_code == 303, answer.text
    where = answer.headers["location"].partition("?")[0]
    fetching.check(where.rsplit("/", 1)[-1])
    told = fetching.get(f"/api/v1{where}", "editor").json()
    assert told["file"]["name"] == "truong hoc-2027.csv"
    assert told["file"]["bytes"] == len(SCHOOLS)
    assert "Truong hoc 2027" in fetching.client.get(where).text
    [(_, _, headers, _)] = web.asked
    assert "cookie" not in headers
    assert "authorization" not in headers


def _served(web: Server) -> str:
    web.answers["/du-lieu/truong%20hoc-2027.csv"] = lambda handler: give(handler, SCHOOLS, 200, Content_Type="text/csv; charset=utf-8")
    return f"{web.url}/du-lieu/truong%20hoc-2027.csv"


def test_the_api_takes_a_file_from_an_address_too_and_once(fetching: Town, web: Server) -> None:
    path = f"/api/v1/datasets/{fetching.draft()['slug']}/submissions"
    headers = {**fetching.head("editor"), "Idempotency-Key": "once"}
    parts = {"address": (None, _served(web)), "note": (None, "Từ trang cũ")}
    first, again = (fetching.client.post(path, headers=headers, files=parts) for _ in range(2))
    assert (first.status_code, first.json()["file"]["name"], first.json()["file"]["bytes"]) == (202, "truong hoc-2027.csv", len(SCHOOLS))
    assert (again.json()["id"], again.headers["idempotency-replayed"]) == (first.json()["id"], "true")
    assert len(web.asked) == 1
    both = fetching.client.post(path, headers=fetching.head("editor"), files={**parts, "file": ("a.csv", SCHOOLS)})
    assert (both.status_code, both.json()["code"], both.json()["errors"][0]["pointer"]) == (422, "two-files", "#/address")


@pytest.mark.parametrize(("address", "code"), [("{url}/gone.csv", "fetch-http"), ("ftp://example.org/a.csv", "fetch-url-not-allowed")])
def test_the_api_says_why_an_address_gives_no_file_and_keeps_nothing(fetching: Town, web: Server, address: str, code: str) -> None:
    web.say("/gone.csv", b"gone", 404)
    staged = set(fetching.stand.files.staged(-1))
    parts = {"address": (None, address.format(url=web.url))}
    answer = fetching.client.post(f"/api/v1/datasets/{fetching.draft()['slug']}/submissions", headers=fetching.head("editor"), files=parts)
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["pointer"], error["code"]) == (422, "#/address", code)
    assert set(fetching.stand.files.staged(-1)) == staged


def test_a_site_without_a_way_to_the_network_says_so(town: Town) -> None:
    parts = {"address": (None, "https://example.org/a.csv")}
    answer = town.client.post(f"/api/v1/datasets/{town.draft()['slug']}/submissions", headers=town.head("editor"), files=parts)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "fetch-off")


@pytest.mark.parametrize(("body", "status", "said"), [
    (b"gone", 404, "Không có gì ở địa chỉ này (máy chủ trả lời 404)"), (b"x" * (LIMIT + 1), 200, "Câu trả lời quá lớn."),
])
def test_what_cannot_be_taken_is_said_at_the_address_and_leaves_nothing(fetching: Town, web: Server, body: bytes, status: int, said: str) -> None:
    staged = set(fetching.stand.files.staged(-1))
    before = len(fetching.catalog.datasets_of(fetching.caller("editor"), "H12"))
    answer = send(fetching, web.say("/a.csv", body, status))
    assert answer.status_code == 422
    assert len(fetching.catalog.datasets_of(fetching.caller("editor"), "H12")) == before
    assert said in html.unescape(answer.text)
    assert f'value="{web.url}/a.csv"' in answer.text
    assert set(fetching.stand.files.staged(-1)) == staged


def test_an_answer_that_breaks_off_leaves_nothing_behind(fetching: Town, web: Server) -> None:
    web.answers["/a.csv"] = lambda handler: give(handler, SCHOOLS, 200, Content_Length=str(len(SCHOOLS) + 10))
    staged = set(fetching.stand.files.staged(-1))
    answer = send(fetching, f"{web.url}/a.csv")
    assert (answer.status_code, "Câu trả lời bị cắt ngang." in answer.text) == (422, True)
    assert set(fetching.stand.files.staged(-1)) == staged


@pytest.mark.parametrize("address", ["{url}/a.csv", "file:///etc/passwd", "ftp://example.org/a.csv", "https://user:pw@example.org/a.csv", "nothing"])
def test_a_site_never_fetches_from_inside_its_own_network_or_by_another_way_than_http(tmp_path: Path, web: Server, address: str) -> None:
    town = make_town(tmp_path, fetcher=Fetcher())
    web.say("/a.csv", SCHOOLS)
    answer = send(town, address.format(url=web.url))
    assert answer.status_code == 422
    assert web.asked == []


def test_a_site_without_a_client_does_not_offer_to_fetch(town: Town) -> None:
    sign_in(town, "editor")
    assert 'name="address"' not in town.client.get("/publish").text
