"""A CKAN site is harvested: made, changed, gone, interrupted, failing, and never emptied by a failing source."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from catalog.errors import Conflict, Gone, Invalid, NotAllowed, Stale
from catalog.harvest import Run
from catalog.model import NOBODY
from pipelines.fetch import Fetcher, Guard, Unfetched
from pipelines.harvest.walk import Walk, go, step
from tests.fakes import Stand, a_stand
from tests.portals import Portal, a_package, give, in_this_process

INSIDE = Guard.of(networks=["127.0.0.0/8"])


@pytest.fixture
def portal() -> Iterator[Portal]:
    made = Portal([a_package(number) for number in range(1, 26)])
    yield made
    made.close()


@pytest.fixture
def stand() -> Stand:
    made = a_stand()
    made.catalog.add_organisation(made.catalog.system(), code="H12", title={"vi": "Sở Giáo dục"})
    return made


def a_source(stand: Stand, portal: Any, name: str = "old", **wishes: Any) -> str:
    wishes = {"kind": "ckan", "organisation": "H12", "hours": 24, **wishes}
    stand.catalog.add_source(stand.catalog.system(), name=name, url=wishes.pop("url", portal.url), **wishes)
    return name


def a_walk(stand: Stand, **wishes: Any) -> Walk:
    return Walk(catalog=stand.catalog, fetcher=Fetcher(INSIDE), start=in_this_process, **wishes)


def harvest(stand: Stand, name: str = "old", *, whole: bool = False, **wishes: Any) -> Run:
    stand.clock.forward(hours=1)
    run = stand.catalog.begin_run(stand.catalog.system(), name, whole=whole, here=True)
    return go(a_walk(stand, **wishes), run.id, lambda _one: None, pauses=())


def counts(run: Run) -> dict[str, int]:
    return {name: number for name, number in run.counts.items() if number and name != "seen"}


def dataset(stand: Stand, number: int) -> Any:
    return stand.catalog.dataset(NOBODY, a_package(number)["id"])


def test_every_dataset_comes_as_links_with_ids_of_ours_and_its_own_lead_to_it(stand: Stand, portal: Portal) -> None:
    a_source(stand, portal)
    run = harvest(stand)
    assert (run.state, counts(run)) == ("done", {"new": 25})
    entry = dataset(stand, 7)
    assert entry.id != a_package(7)["id"]
    assert entry.slug == "bo-du-lieu-7"
    assert entry.about.title == {"vi": "Bộ dữ liệu số 7"}
    assert entry.about.licence == "CC-BY-4.0"
    assert entry.about.source == {"vi": "Sở Giáo dục"}
    version = stand.catalog.version(NOBODY, entry.id)
    assert [(one.kind, one.name, one.url, one.format) for one in version.resources] == [
        ("link", "bang", "https://old.example.org/7.csv", "csv"),
        ("link", "bang-2", "https://old.example.org/7.xlsx", "xlsx"),
    ]
    found = stand.catalog.origin("resource", a_package(7)["resources"][1]["id"])
    assert found is not None
    assert (found.target, found.part, found.shown) == (entry.id, "bang-2", False)
    assert list(stand.catalog.verify(deep=True)) == []


def test_the_same_again_changes_nothing_and_what_changed_is_changed(stand: Stand, portal: Portal) -> None:
    a_source(stand, portal)
    harvest(stand)
    last = stand.catalog.last_change()
    assert counts(harvest(stand, whole=True)) == {"same": 25}
    assert stand.catalog.last_change() == last
    key = a_package(3)["id"]
    portal.packages[key] = a_package(3, title="Tên mới")
    other = a_package(4)["id"]
    portal.packages[other] = a_package(4, resources=[])
    assert counts(harvest(stand, whole=True)) == {"same": 23, "changed": 2}
    assert dataset(stand, 3).about.title == {"vi": "Tên mới"}
    assert dataset(stand, 3).version == 1
    assert stand.catalog.version(NOBODY, dataset(stand, 4).id).resources == ()
    assert dataset(stand, 4).version == 2


def test_the_second_run_asks_only_for_what_changed_since(stand: Stand, portal: Portal) -> None:
    a_source(stand, portal)
    harvest(stand)
    key = a_package(9)["id"]
    soon = (stand.clock.at + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S")
    portal.packages[key] = a_package(9, title="Mới", metadata_modified=soon)
    run = harvest(stand)
    assert not run.whole
    assert (run.counts["seen"], counts(run)) == (1, {"changed": 1})
    stand.clock.forward(days=8)
    assert harvest(stand).whole


def test_what_is_gone_there_leaves_a_tombstone_here(stand: Stand, portal: Portal) -> None:
    a_source(stand, portal)
    harvest(stand)
    del portal.packages[a_package(5)["id"]]
    run = harvest(stand, whole=True)
    assert counts(run) == {"same": 24, "gone": 1}
    with pytest.raises(Gone):
        stand.catalog.version(NOBODY, a_package(5)["id"])
    assert counts(harvest(stand, whole=True)) == {"same": 24}
    portal.packages[a_package(5)["id"]] = a_package(5)
    assert counts(harvest(stand, whole=True)) == {"same": 24, "new": 1}
    assert dataset(stand, 5).state == "published"


def test_more_than_a_tenth_goes_only_when_an_operator_says_so(stand: Stand, portal: Portal) -> None:
    a_source(stand, portal)
    harvest(stand)
    for number in range(1, 5):
        del portal.packages[a_package(number)["id"]]
    run = harvest(stand, whole=True)
    assert (run.state, run.going) == ("asks", 4)
    assert dataset(stand, 1).state == "published"
    with pytest.raises(NotAllowed):
        stand.catalog.confirm_run(NOBODY, "old")
    ended = stand.catalog.confirm_run(stand.catalog.system(), "old")
    assert (ended.state, ended.counts["gone"]) == ("done", 4)
    with pytest.raises(Conflict):
        stand.catalog.confirm_run(stand.catalog.system(), "old")


def test_an_empty_source_has_failed_and_empties_nothing(stand: Stand, portal: Portal) -> None:
    a_source(stand, portal)
    harvest(stand)
    portal.packages.clear()
    run = harvest(stand, whole=True)
    assert (run.state, run.reason) == ("failed", "empty")
    assert dataset(stand, 1).state == "published"


def test_a_dataset_that_shifted_between_two_pages_is_asked_for_before_it_goes(stand: Stand, portal: Portal) -> None:
    a_source(stand, portal)
    harvest(stand)
    hidden = portal.packages[a_package(25)["id"]]
    plain = portal.do_package_search

    def without(given: dict[str, Any]) -> tuple[int, Any]:
        status, said = plain(given)
        return status, {**said, "results": [one for one in said["results"] if one is not hidden]}

    portal.do_package_search = without  # type: ignore[method-assign]
    assert counts(harvest(stand, whole=True)) == {"same": 24}
    assert dataset(stand, 25).state == "published"


def html(handler: BaseHTTPRequestHandler) -> None:
    give(handler, b"<html>be right back</html>", 200, Content_Type="text/html")


FAULTS: dict[str, Any] = {
    "a page of HTML": html,
    "an error of its own": lambda handler: give(handler, b'{"success": false}', 200),
    "no JSON": lambda handler: give(handler, b'{"success": tru', 200),
    "a bomb of brackets": lambda handler: give(handler, b"[" * 200_000, 200),
    "401": lambda handler: give(handler, b"", 401),
    "404": lambda handler: give(handler, b"", 404),
    "500": lambda handler: give(handler, b"", 500),
    "503": lambda handler: give(handler, b"", 503),
    "packed in Brotli": lambda handler: give(handler, b"\x00", 200, Content_Encoding="br"),
    "too large": lambda handler: give(handler, b"", 200, Content_Length="999999999999"),
    "cut short": lambda handler: give(handler, b"{}", 200, Content_Length="100"),
    "a redirect inside": lambda handler: give(handler, b"", 302, Location="http://169.254.169.254/api/3/action/x"),
    "no results": lambda handler: give(handler, b'{"success": true, "result": 7}', 200),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_failing_source_ends_its_run_and_what_is_held_stays(stand: Stand, portal: Portal, fault: str) -> None:
    a_source(stand, portal)
    harvest(stand)

    def fail(handler: BaseHTTPRequestHandler, _action: str) -> bool:
        FAULTS[fault](handler)
        return True

    portal.fault = fail
    run = harvest(stand, whole=True)
    assert run.state == "failed"
    assert run.reason
    assert dataset(stand, 25).state == "published"
    portal.fault = lambda _handler, _action: False
    assert counts(harvest(stand, whole=True)) == {"same": 25}


def test_the_same_page_for_ever_is_noticed(stand: Stand, portal: Portal) -> None:
    a_source(stand, portal)
    plain = portal.do_package_search
    portal.do_package_search = lambda given: plain({**given, "start": 0})  # type: ignore[method-assign]
    run = harvest(stand)
    assert (run.state, run.reason) == ("failed", "same-page-again")


def test_a_run_that_is_killed_goes_on_where_it_was(stand: Stand, portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.harvest.walk.ROWS", 10)
    a_source(stand, portal)
    run = stand.catalog.begin_run(stand.catalog.system(), "old", here=True)
    assert step(a_walk(stand), run.id) == "more"
    portal.fault = lambda handler, _action: bool(give(handler, b"", 503)) or True
    with pytest.raises(Unfetched):
        step(a_walk(stand), run.id)
    portal.fault = lambda _handler, _action: False
    portal.asked.clear()
    ended = harvest(stand)
    assert ended.id == run.id
    assert (ended.state, counts(ended)) == ("done", {"new": 25})
    assert "start=10" in portal.asked[0][1]


def test_two_that_work_on_one_run_take_nothing_twice(stand: Stand, portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.harvest.walk.ROWS", 10)
    a_source(stand, portal)
    run = stand.catalog.begin_run(stand.catalog.system(), "old", here=True)
    source, before = stand.catalog.at_run(run.id)
    assert step(a_walk(stand), run.id) == "more"
    with pytest.raises(Stale):
        stand.catalog.take(run.id, (), {}, step=int(before.cursor.get("steps", 0)))
    assert source.name == "old"


def test_what_people_took_away_stays_away(stand: Stand, portal: Portal) -> None:
    a_source(stand, portal)
    harvest(stand)
    stand.catalog.withdraw(stand.catalog.system(), dataset(stand, 2).id, "Có dữ liệu cá nhân")
    portal.packages[a_package(2)["id"]] = a_package(2, title="Lại đây")
    assert counts(harvest(stand, whole=True)) == {"same": 24, "kept": 1}
    assert counts(harvest(stand, whole=True)) == {"same": 24, "kept": 1}


def test_what_cannot_be_taken_is_told_and_hinders_nothing_else(
        stand: Stand, portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.harvest.words.MOST_RESOURCES", 40)
    a_source(stand, portal)
    bad = [
        a_package(101, id=""), a_package(102, title="a" * 5000, tags=[{"name": "x" * 900}] * 5000, notes="\x00\u202eabc"),
        a_package(103, extras="nonsense", tags=[1, {"name": None}]), a_package(104, name="../../etc", title=None),
        a_package(105, resources=[{"url": "javascript:alert(1)"}, {"url": "file:///etc/passwd"}, 7, {"url": None}]),
        a_package(106, maintainer_email="no mail", url="not a url", license_id=["x"]),
        a_package(107, resources=[{"id": f"r{number}", "url": f"http://a.example.org/{number}"} for number in range(60)]),
        a_package(108, id=a_package(1)["id"] + "x" * 2000), a_package(109, private=True),
    ]
    for number, one in enumerate(bad):
        portal.packages[f"bad-{number}"] = one
    run = harvest(stand)
    assert run.state == "done"
    assert counts(run) == {"new": 33, "refused": 1}
    assert {one["remote"] for one in run.problems} >= {""}
    assert stand.catalog.version(NOBODY, a_package(105)["id"]).resources == ()
    assert len(stand.catalog.version(NOBODY, a_package(107)["id"]).resources) == 40
    assert list(stand.catalog.verify(deep=True)) == []


def test_ids_of_two_sources_do_not_touch_each_other_or_ours(stand: Stand, portal: Portal) -> None:
    a_source(stand, portal)
    harvest(stand)
    mine = dataset(stand, 1)
    other = Portal([a_package(1, title="Của người khác"), a_package(2, id=mine.id, name=mine.slug, title="Giả mạo")])
    try:
        a_source(stand, other, "other")
        assert counts(harvest(stand, "other")) == {"new": 2}
        assert dataset(stand, 1).id == mine.id
        assert stand.catalog.dataset(NOBODY, mine.id).about.title == mine.about.title
        assert stand.catalog.dataset(NOBODY, mine.slug).id == mine.id
    finally:
        other.close()


def test_a_portal_that_moves_here_brings_its_agencies_and_the_names_of_its_people(stand: Stand, portal: Portal) -> None:
    portal.organisations = [
        {"id": f"org-{number}", "name": f"co-quan-{number}", "title": f"Cơ quan {number}", "description": "Về chúng tôi",
         "users": [{"id": "u-1", "name": "lan", "fullname": "Lan", "capacity": "editor", "email": "lan@example.org"}]}
        for number in range(1, 31)
    ]
    portal.people = [{"id": "u-2", "name": "minh", "fullname": "Minh", "apikey": "secret"}, {"id": "u-3", "name": "X Y"}]
    a_source(stand, portal, agencies=True, moved=True, organisation="")
    run = harvest(stand)
    assert (run.state, counts(run)) == ("done", {"new": 25})
    owner = stand.catalog.organisation(NOBODY, "org-1")
    assert (owner.slug, owner.title) == ("co-quan-1", {"vi": "Cơ quan 1"})
    assert dataset(stand, 7).organisation == owner.id
    people = {one.name: one for one in stand.catalog.people(stand.catalog.system())}
    assert {"lan", "minh"} <= set(people)
    assert people["lan"].disabled
    assert people["lan"].email == ""
    assert [one.role for _, one in stand.catalog.members(stand.catalog.system(), owner.id)] == ["editor"]
    found = stand.catalog.origin("dataset", a_package(7)["id"])
    assert found is not None
    assert found.shown


def test_a_portal_that_moves_here_brings_its_groups_and_the_days_of_its_datasets(stand: Stand, portal: Portal) -> None:
    portal.groups = [
        {"id": f"group-{number}", "name": f"nhom-{number}", "title": f"Nhóm {number}", "description": "Gom lại", "extras": [],
         "users": [{"name": "lan", "capacity": "editor"}, {"name": "ai-do", "capacity": "admin"}]} for number in range(1, 31)
    ] + [{"id": "theme", "name": "econ", "title": "Kinh tế"}]
    portal.organisations = [{"id": "org-1", "name": "so-giao-duc", "title": "Sở Giáo dục", "image_url": "https://old.example.org/a.png",
                             "extras": [{"key": "phone", "value": "1022"}], "users": [
        {"id": "u-1", "name": "lan", "fullname": "Lan", "capacity": "editor"}]}]
    soon = (stand.clock.at + timedelta(days=900)).strftime("%Y-%m-%dT%H:%M:%S")
    portal.packages[a_package(1)["id"]] = a_package(1, metadata_created="2019-05-06T07:08:09.123456")
    portal.packages[a_package(2)["id"]] = a_package(2, metadata_created=soon, metadata_modified=soon)
    a_source(stand, portal, agencies=True, moved=True, organisation="")
    assert harvest(stand).state == "done"
    groups = {one.subject: one for one in stand.catalog.marks("group")}
    assert sorted(groups) == sorted(f"nhom-{number}" for number in range(1, 31))
    assert groups["nhom-7"].body == {"title": "Nhóm 7", "description": "Gom lại"}
    [besides] = stand.catalog.marks("agency-besides", subjects=[stand.catalog.organisation(NOBODY, "org-1").id])
    assert besides.body == {"image_url": "https://old.example.org/a.png", "extras": [{"key": "phone", "value": "1022"}]}
    found = stand.catalog.origin("group", "group-7")
    assert found is not None
    assert (found.target, found.shown) == (groups["nhom-7"].id, True)
    assert [one.body for one in stand.catalog.marks("group-member", subjects=[groups["nhom-7"].id])] == [{"capacity": "editor"}]
    old, other = dataset(stand, 1), dataset(stand, 2)
    assert (old.created, old.issued) == (datetime(2019, 5, 6, 7, 8, 9, 123456, tzinfo=UTC),) * 2
    assert old.modified == stand.catalog.version(NOBODY, old.id).issued == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert other.created <= other.modified <= stand.clock.at
    assert old.about.source == {}
    portal.packages[a_package(1)["id"]] = a_package(1, resources=[], metadata_modified="2026-01-03T00:00:00")
    assert counts(harvest(stand, whole=True)) == {"same": 24, "changed": 1}
    assert dataset(stand, 1).modified == datetime(2026, 1, 3, tzinfo=UTC)
    assert dataset(stand, 1).issued == old.issued
    assert len(stand.catalog.marks("group")) == 30
    assert list(stand.catalog.verify(deep=True)) == []


def test_types_and_tags_of_vocabularies_come_along(stand: Stand, portal: Portal) -> None:
    mixed = [{"name": "giáo dục", "vocabulary_id": None}, {"name": "mùa xuân", "vocabulary_id": "old-vocabulary"}]
    portal.packages[a_package(1)["id"]] = a_package(1, type="showcase", tags=mixed)
    portal.packages[a_package(2)["id"]] = a_package(2, type=["no", "text"])
    a_source(stand, portal)
    assert harvest(stand).state == "done"
    about = dataset(stand, 1).about
    assert (about.more["type"], about.tags) == ("showcase", ("giáo dục", "mùa xuân"))
    assert [dict(one) for one in about.more["vocabulary_tags"]] == [{"name": "mùa xuân", "vocabulary_id": "old-vocabulary"}]
    for number in (2, 3):
        assert {"type", "vocabulary_tags"}.isdisjoint(dataset(stand, number).about.more)
    assert counts(harvest(stand, whole=True)) == {"same": 25}


def test_a_key_is_sent_to_its_source_and_seen_nowhere(stand: Stand, portal: Portal) -> None:
    a_source(stand, portal, moved=True)
    portal.packages[a_package(30)["id"]] = a_package(30, private=True)
    run = harvest(stand, keys=lambda name: "secret-key" if name == "old" else "")
    assert {headers.get("x-ckan-api-key") for _, _, headers, _ in portal.asked} == {"secret-key"}
    assert all("secret-key" not in path for _, path, *_ in portal.asked)
    assert "include_private=true" in portal.asked[-2][1]
    assert stand.catalog.dataset(stand.catalog.system(), a_package(30)["id"]).visibility == "private"
    assert "secret-key" not in json.dumps([str(run), str(stand.catalog.sources(stand.catalog.system()))])


def test_only_operators_see_and_keep_sources_and_what_is_wrong_is_told(stand: Stand, portal: Portal) -> None:
    a_source(stand, portal)
    for verb in (stand.catalog.sources, lambda who: stand.catalog.source(who, "old"),
                 lambda who: stand.catalog.begin_run(who, "old"), lambda who: stand.catalog.drop_source(who, "old")):
        with pytest.raises(NotAllowed):
            verb(NOBODY)
    for wrong in ({"name": "A B"}, {"url": "file:///etc"}, {"kind": "ftp"}, {"hours": -1}, {"organisation": ""}):
        with pytest.raises(Invalid):
            a_source(stand, portal, **{"name": "new", **wrong})
    with pytest.raises(Conflict):
        a_source(stand, portal)
    stand.catalog.drop_source(stand.catalog.system(), "old")
    assert stand.catalog.sources(stand.catalog.system()) == []


def test_sources_are_due_by_their_schedule_and_a_paused_one_never(stand: Stand, portal: Portal) -> None:
    a_source(stand, portal)
    a_source(stand, portal, "by-hand", hours=0)
    a_source(stand, portal, "paused")
    stand.catalog.amend_source(stand.catalog.system(), "paused", paused=True)
    assert stand.catalog.begin_due_runs() == 1
    assert [type(one).__name__ for one in stand.jobs.events[-1:]] == ["SourceDue"]
    assert stand.catalog.begin_due_runs() == 0
    stand.clock.forward(hours=25)
    assert stand.catalog.begin_due_runs() == 1
