"""Rows through the door, page by page."""

from __future__ import annotations

import pytest

from tests.site import SCHOOLS, Town

MANY = b"code,name\n" + b"".join(b"%05d,N%d\n" % (number, number) for number in range(25))


@pytest.fixture
def path(town: Town) -> str:
    return f"/api/v1/datasets/{town.published(content=MANY)['slug']}"


def test_rows_keep_codes_as_text(town: Town, path: str) -> None:
    found = town.get(f"{path}/rows?limit=2").json()
    assert found["items"] == [{"code": "00000", "name": "N0"}, {"code": "00001", "name": "N1"}]
    assert (found["total"], bool(found["next"])) == (25, True)


def test_pages_give_every_row_once(town: Town, path: str) -> None:
    seen, cursor = [], ""
    while True:
        page = town.get(f"{path}/rows", params={"limit": 10, "cursor": cursor})
        seen += [row["code"] for row in page.json()["items"]]
        if not (cursor := page.json()["next"]):
            break
        assert f"cursor={cursor}" in page.headers["link"]
    assert seen == [f"{number:05d}" for number in range(25)]
    assert "link" not in page.headers


def test_a_cursor_stays_on_the_version_it_began_with(town: Town, path: str) -> None:
    first = town.get(f"{path}/rows?limit=10").json()
    town.release(path.rpartition("/")[2], SCHOOLS)
    second = town.get(f"{path}/rows", params={"limit": 10, "cursor": first["next"]})
    assert second.headers["dataset-version"] == "1"
    assert second.json()["items"][0]["code"] == "00010"
    assert town.get(f"{path}/rows").json()["total"] == 2
    assert town.get(f"{path}/rows?version=1").json()["total"] == 25


def test_columns_are_chosen_in_the_order_asked(town: Town, path: str) -> None:
    assert town.get(f"{path}/rows?limit=1&select=name,code").text.index("name") < 20
    assert town.get(f"{path}/rows?limit=1&select=name").json()["items"] == [{"name": "N0"}]
    wrong = town.get(f"{path}/rows?select=no-such")
    assert (wrong.status_code, wrong.headers["content-type"]) == (422, "application/problem+json")


def test_rows_as_csv_and_as_lines(town: Town, path: str) -> None:
    lines = town.get(f"{path}/rows?limit=2&format=csv")
    assert (lines.text, lines.headers["content-type"]) == ("code,name\n00000,N0\n00001,N1\n", "text/csv; charset=utf-8")
    assert town.get(f"{path}/rows?limit=1&format=ndjson").text == '{"code":"00000","name":"N0"}\n'


def test_a_page_that_the_client_holds_is_not_sent_again(town: Town, path: str) -> None:
    first = town.get(f"{path}/rows?limit=2")
    again = town.get(f"{path}/rows?limit=2", headers={"If-None-Match": first.headers["etag"]})
    other = town.get(f"{path}/rows?limit=3", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, other.status_code) == (304, 200)


def test_a_resource_has_rows_of_its_own(town: Town, path: str) -> None:
    name = path.rpartition("/")[2]
    assert town.get(f"{path}/resources/{name}/rows").json()["total"] == 25
    assert town.get(f"{path}/resources/no-such/rows").status_code == 404


@pytest.mark.parametrize("query", [
    "limit=0", "limit=-1", "limit=1e3", "limit=1000000000", "cursor=x", "cursor=MC4w", "format=exe", "version=0",
    "as_of=tomorrow", "where=a%3D1", "group_by=a",
])
def test_what_makes_no_sense_is_refused(town: Town, path: str, query: str) -> None:
    answer = town.get(f"{path}/rows?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert answer.json()["errors"][0]["pointer"].lstrip("?#/") == query.partition("=")[0]


def test_the_state_of_a_day(town: Town, path: str) -> None:
    assert town.get(f"{path}/rows?as_of=2026-12-31").json()["total"] == 25
    assert town.get(f"{path}/rows?as_of=2020-01-01").status_code == 404
