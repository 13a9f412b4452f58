"""Pages at hand: given again at once while nothing was written, never to the wrong reader, never for long."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from api.dialects.html.front import LASTS, ROOM, Front, key_of
from tests.site import SCHOOLS, Town


@dataclass
class Standing:
    """A clock, and a site whose records stand where they are put."""

    at: float = 100.0
    deeds: tuple[int, int, int] = (1, 1, 1)
    extras: dict[str, Any] = field(default_factory=dict)

    @property
    def catalog(self) -> Standing:
        return self

    def last_deeds(self) -> tuple[int, int, int]:
        return self.deeds

    def __call__(self) -> float:
        return self.at


def scope(path: str = "/", query: str = "", **headers: str) -> dict[str, Any]:
    told = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": told}


def page(body: str = "a page") -> Response:
    return Response(body, headers={"ETag": 'W/"1"', "Vary": "Cookie"})


def test_a_page_is_given_until_something_is_written_and_no_longer_than_it_lasts() -> None:
    here = Standing()
    front, key = Front(here), key_of(scope())
    assert key is not None
    assert front.at_hand(key) is None
    front.remember(key, front.look(here), None, page())
    assert front.at_hand(key).page.body == b"a page"
    here.at += 1
    assert front.at_hand(key) is None, "one caller is sent to look"
    assert front.at_hand(key) is not None, "and only one"
    here.deeds = (1, 2, 1)
    here.at += 1
    assert front.at_hand(key) is None
    front.look(here)
    assert front.at_hand(key) is None
    front.remember(key, (1, 1, 1), None, page("begun before the write"))
    assert front.at_hand(key) is None
    front.remember(key, (1, 2, 1), None, page())
    front.doubt()
    assert front.at_hand(key) is None
    front.look(here)
    assert front.at_hand(key) is not None
    here.at += LASTS
    front.look(here)
    assert front.at_hand(key) is None


def test_pages_at_hand_stay_within_their_room() -> None:
    here = Standing()
    front, many = Front(here), 40
    mark, body = front.look(here), "x" * (ROOM // 20)
    keys = [key_of(scope("/datasets", f"q={at}")) for at in range(many)]
    for key in keys:
        front.remember(key, mark, None, page(body))
    held = [key for key in keys if front.at_hand(key)]
    assert held == keys[-20:]
    front.remember(keys[0], mark, None, page("x" * ROOM))
    assert front.at_hand(keys[0]) is None


def test_requests_that_are_not_the_same_page_have_other_keys_or_none() -> None:
    same = key_of(scope())
    assert key_of(scope(cookie="other=1")) == same
    for other in (scope(query="q=a"), scope("/datasets"), scope(cookie="lang=en"), scope(cookie="size=large"), scope(accept_encoding="gzip")):
        assert key_of(other) not in (None, same)
    for none in (scope("/desk"), scope("/api/v1/datasets"), scope(cookie="session=abc"), scope(authorization="x"), scope(query="lang=en"),
                 scope(query="q=" + "a" * 3000), {**scope(), "method": "POST"}):
        assert key_of(none) is None


def test_a_write_of_this_process_shows_on_the_very_next_page(town: Town) -> None:
    slug = town.published()["slug"]
    for path in ("/", "/datasets", f"/datasets/{slug}"):
        assert [town.client.get(path).status_code for _ in range(3)] == [200] * 3
    for at in range(3):
        town.release(slug, SCHOOLS + f"0078{at},Trường {at} mới,01\n".encode())
        assert f"Trường {at} mới" in town.client.get(f"/datasets/{slug}").text
    assert town.send("POST", f"/api/v1/datasets/{slug}/withdraw", "admin", {"reason": "Nhầm"}).status_code == 200
    assert town.client.get(f"/datasets/{slug}").status_code == 410
    town.stand.follow()
    assert slug not in town.client.get("/").text


def test_a_write_of_another_process_shows_soon(town: Town) -> None:
    slug = town.published()["slug"]
    town.client.get(f"/datasets/{slug}")
    town.catalog.withdraw(town.caller("admin"), slug, "Nhầm")
    until = time.monotonic() + 60
    while (seen := town.client.get(f"/datasets/{slug}").status_code) == 200 and time.monotonic() < until:
        time.sleep(0.01)
    assert seen == 410


def test_a_browser_that_has_the_page_gets_no_bytes_until_it_changes(town: Town) -> None:
    slug = town.published()["slug"]
    for path in ("/", "/datasets?q=truong", f"/datasets/{slug}"):
        first = town.client.get(path)
        for _ in range(3):
            again = town.client.get(path, headers={"If-None-Match": first.headers["etag"]})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["vary"] == "Cookie, Accept-Encoding"
        assert town.client.get(path, headers={"If-None-Match": first.headers["etag"], "Cookie": "contrast=more"}).status_code == 200
    town.release(slug, SCHOOLS + b"00789,Truong C,01\n")
    assert town.client.get(path, headers={"If-None-Match": first.headers["etag"]}).status_code == 200


def test_nobody_gets_the_page_of_somebody_who_is_signed_in(town: Town) -> None:
    slug = town.published()["slug"]
    mine = town.client.get(f"/datasets/{slug}", headers=town.head("editor"))
    assert "Cho cơ quan:" in mine.text
    assert "etag" not in mine.headers
    for _ in range(3):
        assert "Cho cơ quan:" not in town.client.get(f"/datasets/{slug}").text
    assert "Cho cơ quan:" in town.client.get(f"/datasets/{slug}", headers=town.head("editor")).text
