"""Harvesting as operators meet it: over HTTP and on pages; a source is kept, run, paused, asked about and forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from api.messages import harvested
from catalog.model import NOBODY
from pipelines.fetch import Fetcher, Guard
from pipelines.harvest.walk import Walk, go
from tests.api.test_pages_forms import PASSWORD
from tests.api.test_pages_review import as_
from tests.portals import Portal, a_package, in_this_process
from tests.site import Town

HERE = "/api/v1/harvest/sources"
GIVEN = {"name": "old", "kind": "ckan", "url": "https://old.example.org", "organization": "H12", "title": "Cổng cũ"}
INSIDE = Guard.of(networks=["127.0.0.0/8"])


@pytest.fixture
def portal() -> Iterator[Portal]:
    made = Portal([a_package(number) for number in range(1, 12)])
    yield made
    made.close()


def worked(town: Town, run: str, guard: Guard = INSIDE) -> None:
    """What the worker does with a run that was begun."""
    town.stand.clock.forward(hours=1)
    go(Walk(catalog=town.catalog, fetcher=Fetcher(guard), start=in_this_process), run, lambda _one: None, pauses=())
    town.stand.follow()


def send(town: Town, verb: str, path: str = "", given: Any = None, who: str = "operator") -> Any:
    return town.send(verb, HERE + path, who, given)


def begun(town: Town, **wishes: Any) -> str:
    answer = send(town, "POST", "/old/run", wishes or None)
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"].endswith(f"/old/runs/{answer.json()['id']}")
    return str(answer.json()["id"])


def test_a_source_is_kept_run_changed_paused_and_forgotten(town: Town, portal: Portal) -> None:
    made = send(town, "POST", "", {**GIVEN, "url": portal.url})
    assert made.status_code == 201, made.text
    assert made.headers["location"] == f"https://data.example.gov.vn{HERE}/old"
    assert (made.json()["organization"], made.json()["datasets"], made.json()["run"]) == ("h12-so", 0, None)
    run = begun(town, whole=True)
    assert send(town, "GET", f"/old/runs/{run}").json()["state"] == "running"
    worked(town, run)
    told = send(town, "GET", f"/old/runs/{run}").json()
    assert (told["state"], told["counts"]["new"], told["problems"], told["whole"]) == ("done", 11, [], True)
    assert send(town, "GET", "/old/runs").json()["items"] == [told]
    assert send(town, "GET").json()["items"][0]["run"] == told
    changed = send(town, "PATCH", "/old", {"paused": True, "hours": 6, "organization": "h13-so"}).json()
    assert (changed["paused"], changed["hours"], changed["organization"], changed["datasets"]) == (True, 6, "h13-so", 11)
    assert send(town, "DELETE", "/old").status_code == 204
    assert send(town, "GET", "/old").status_code == 404
    assert town.catalog.dataset(NOBODY, "bo-du-lieu-7").state == "published"


def test_nothing_goes_before_an_operator_confirms_that_more_than_a_tenth_may(town: Town, portal: Portal) -> None:
    send(town, "POST", "", {**GIVEN, "url": portal.url})
    worked(town, begun(town))
    assert send(town, "POST", "/old/confirm").status_code == 409
    for number in (1, 2, 3):
        del portal.packages[a_package(number)["id"]]
    worked(town, begun(town, whole=True))
    asks = send(town, "GET", "/old").json()["run"]
    assert (asks["state"], asks["going"]) == ("asks", 3)
    assert town.catalog.dataset(NOBODY, "bo-du-lieu-1").state == "published"
    done = send(town, "POST", "/old/confirm").json()
    assert (done["state"], done["counts"]["gone"]) == ("done", 3)
    assert town.catalog.dataset(town.catalog.system(), "bo-du-lieu-1").state == "withdrawn"


def test_what_was_guessed_stands_in_the_report_and_on_the_page_in_both_languages(town: Town, portal: Portal) -> None:
    poor = {"title": "", "license_id": "own", "maintainer_email": "nobody", "url": "nowhere", "metadata_modified": "soon"}
    portal.packages[a_package(3)["id"]] |= poor | {"resources": [{"id": "r", "url": "xem ở phòng"}]}
    send(town, "POST", "", {**GIVEN, "url": portal.url})
    worked(town, begun(town))
    told = send(town, "GET", "/old").json()["run"]
    assert told["counts"]["new"] == 11
    (one,) = told["guesses"]["datasets"]
    assert (one["remote"], one["name"]) == (a_package(3)["id"], "bo-du-lieu-3")
    assert set(told["guesses"]["counts"]) == set(one["codes"]) >= {
        "title-missing", "licence-unknown", "email-dropped", "address-dropped", "links-dropped"}
    town.catalog.amend_person(town.catalog.system(), "operator", password=PASSWORD)
    as_(town, "operator")
    assert "không nhận ra giấy phép: để trống: 1" in town.client.get("/desk/harvest/old").text
    page = town.client.get("/desk/harvest/old?lang=en").text
    assert "Guessed or left out in the latest run" in page
    assert "licence not recognised: left out: 1" in page
    assert "<bdi>bo-du-lieu-3</bdi>" in page


def test_an_address_inside_is_never_asked(town: Town, portal: Portal) -> None:
    """The machine's own network, and what a name there leads to: refused when the connection is made."""
    send(town, "POST", "", {**GIVEN, "url": portal.url})
    run = begun(town)
    worked(town, run, Guard.of())
    told = send(town, "GET", f"/old/runs/{run}").json()
    assert (told["state"], told["reason"].partition(" ")[0]) == ("failed", "address-not-allowed")
    assert portal.asked == []


@pytest.mark.parametrize(("wrong", "pointer"), [
    ({"url": "file:///etc/passwd"}, "#/url"), ({"url": "https://a:b@example.org"}, "#/url"), ({"url": ""}, "#/url"),
    ({"kind": "ftp"}, "#/kind"), ({"hours": -1}, "#/hours"), ({"organization": ""}, "#/organization"),
    ({"organization": "none"}, "#/organization"), ({"name": "Ôi"}, "#/name"), ({"moved": True}, "#/moved"),
    ({"id": "x"}, "#/id"),
])
def test_a_source_that_cannot_be_is_refused_with_a_pointer(town: Town, wrong: dict[str, Any], pointer: str) -> None:
    answer = send(town, "POST", "", {**GIVEN, **wrong})
    assert answer.status_code in (404, 422), answer.text
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
    assert send(town, "GET").json()["items"] == []


def test_sources_are_seen_and_kept_by_operators_alone(town: Town) -> None:
    send(town, "POST", "", GIVEN)
    assert send(town, "POST", "", GIVEN).status_code == 409
    for who, status in (("admin", 403), ("reader", 403), ("wrong", 401)):
        for verb, path in (("GET", ""), ("GET", "/old"), ("GET", "/old/runs"), ("POST", "/old/run"), ("DELETE", "/old"),
                           ("POST", "/old/confirm")):
            assert send(town, verb, path, who=who).status_code == status, (who, verb, path)
    assert send(town, "POST", "/old/run", who="").status_code == 401
    assert send(town, "GET", "/old/runs/none").status_code == 404


# --- pages ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def csrf(town: Town) -> str:
    town.catalog.amend_person(town.catalog.system(), "operator", password=PASSWORD)
    return as_(town, "operator")


def form(town: Town, csrf: str, path: str = "", **given: str) -> Any:
    return town.client.post(f"/desk/harvest{path}", data={"csrf": csrf, **given})


def test_an_operator_keeps_a_source_on_a_page(town: Town, csrf: str, portal: Portal) -> None:
    assert "Chưa có nguồn nào." in town.client.get("/desk/harvest").text
    wrong = form(town, csrf, **{**GIVEN, "url": "not an address", "hours": "x"})
    assert wrong.status_code == 422
    assert "<title>Lỗi:" in wrong.text
    assert 'value="not an address"' in wrong.text
    made = form(town, csrf, **{**GIVEN, "url": portal.url, "hours": "24"})
    assert (made.status_code, made.headers["location"]) == (303, "/desk/harvest/old")
    assert form(town, csrf, "/old/run").status_code == 303
    assert "Đang chạy" in town.client.get("/desk/harvest/old").text
    (run,) = town.catalog.runs(town.catalog.system(), "old")
    worked(town, run.id)
    page = town.client.get("/desk/harvest/old").text
    assert "11 mới" in page
    assert "Cổng cũ" in town.client.get("/desk/harvest").text
    for number in (1, 2, 3):
        del portal.packages[a_package(number)["id"]]
    form(town, csrf, "/old/whole")
    worked(town, town.catalog.runs(town.catalog.system(), "old")[0].id)
    page = town.client.get("/desk/harvest/old").text
    assert "3 bộ dữ liệu không còn ở nguồn" in page
    assert form(town, csrf, "/old/confirm").status_code == 303
    assert "3 đã gỡ" in town.client.get("/desk/harvest/old").text
    assert form(town, csrf, "/old/confirm").status_code == 422


def test_an_operator_changes_pauses_and_forgets_a_source_on_its_page(town: Town, csrf: str) -> None:
    form(town, csrf, **GIVEN, hours="0")
    assert "khi có người yêu cầu" in town.client.get("/desk/harvest/old").text
    assert form(town, csrf, "/old", url="https://new.example.org", organization="h13-so", hours="5").status_code == 303
    one = town.catalog.source(town.catalog.system(), "old")
    assert (one.url, one.hours, one.title) == ("https://new.example.org", 5, "")
    assert form(town, csrf, "/old", url="x", organization="h13-so", hours="5").status_code == 422
    assert form(town, csrf, "/old", url="https://new.example.org", organization="none", hours="5").status_code == 422
    form(town, csrf, "/old/pause")
    assert town.catalog.source(town.catalog.system(), "old").paused
    assert "Chạy tiếp theo lịch" in town.client.get("/desk/harvest/old").text
    form(town, csrf, "/old/go-on")
    assert not town.catalog.source(town.catalog.system(), "old").paused
    assert form(town, csrf, "/old/nonsense").status_code == 404
    assert form(town, csrf, "/old/forget").status_code == 422
    assert form(town, csrf, "/old/forget", sure="1").headers["location"] == "/desk/harvest"
    assert "Chưa có nguồn nào." in town.client.get("/desk/harvest").text


def test_a_page_of_sources_says_why_a_run_failed(town: Town, csrf: str) -> None:
    form(town, csrf, **{**GIVEN, "url": "http://127.0.0.1:9/"}, hours="0")
    form(town, csrf, "/old/run")
    worked(town, town.catalog.runs(town.catalog.system(), "old")[0].id, Guard.of())
    assert "mạng riêng" in town.client.get("/desk/harvest/old").text
    assert "private network" in town.client.get("/desk/harvest/old?lang=en").text


def test_what_was_not_taken_or_not_whole_is_told_in_words(town: Town, csrf: str, portal: Portal) -> None:
    odd = a_package(1, tags=[{"name": "x"}, {"name": "giáo dục"}])
    portal.packages[odd["id"]] = odd
    form(town, csrf, **{**GIVEN, "url": portal.url}, hours="0")
    form(town, csrf, "/old/run")
    worked(town, town.catalog.runs(town.catalog.system(), "old")[0].id)
    page = town.client.get("/desk/harvest/old").text
    assert "bỏ những gì không hiểu trong mục “tags”" in page
    assert "not-understood" not in page
    assert "taken, but for what was not understood of “tags”" in town.client.get("/desk/harvest/old?lang=en").text


@pytest.mark.parametrize(("problem", "told"), [
    ({"remote": "people", "code": "http-403"}, ("the list of people", "The server answered 403.")),
    ({"remote": "http://x/2", "code": "http-404"}, ("http://x/2", "There is nothing at this address (the server answered 404); check it.")),
    ({"remote": "x", "code": "said-twice", "pointer": "#/id"}, ("x", "“id” is said twice.")),
    ({"remote": "x", "code": "something-new"}, ("x", "something-new")),
])
def test_why_a_part_of_a_source_was_left_is_a_sentence_where_there_is_one(problem: dict[str, str], told: tuple[str, str]) -> None:
    assert harvested.amiss(problem, "en") == told


def test_pages_of_sources_are_for_operators(town: Town, csrf: str) -> None:
    form(town, csrf, **GIVEN)
    as_(town, "admin")
    for path in ("", "/old"):
        assert town.client.get(f"/desk/harvest{path}").status_code == 403
    assert form(town, csrf, "/old/run").status_code == 403
    town.client.cookies.clear()
    assert town.client.get("/desk/harvest").headers["location"].startswith("/sign-in")
