"""What is counted of readers, and shown: use by day, searches in vain once enough asked, quality and promises over time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from api.overtime import editions, ends
from api.watch.tally import MOST, Rule, Tally, is_robot
from catalog.catalog.counting import subject_of
from catalog.errors import Invalid, NotAllowed, NotFound, NotKnown, Unavailable
from catalog.grace import NO_GRACE, grace_of
from catalog.model import NOBODY, Mark
from catalog.outage import Outage
from standards.metadata.ckan import resource_id
from tests.api.test_pages_rows import look
from tests.fakes import START
from tests.site import SCHOOLS, Town

PERSON = {"User-Agent": "Mozilla/5.0 (X11; Linux)"}
ROBOT = {"User-Agent": "ExampleBot/2.1 (+https://bot.example)"}


@pytest.fixture
def schools(town: Town) -> Town:
    town.published("Trường học 2025", SCHOOLS, slug="truong", frequency="MONTHLY")
    tally(town).write()
    return town


def tally(town: Town) -> Tally:
    found: Tally = town.client.app.state.site.extras["tally"]  # type: ignore[attr-defined]
    return found


def totals(town: Town, who: str = "") -> dict[str, Any]:
    tally(town).write()
    return dict(town.get("/api/v1/datasets/truong/usage", who).json()["totals"])


def counted(totals: dict[str, Any]) -> tuple[int, ...]:
    return tuple(totals[kind]["count"] for kind in ("view", "download", "call"))


def test_pages_files_and_calls_are_counted_by_day_and_resource_and_nothing_else_is(schools: Town) -> None:
    before = counted(totals(schools))
    part = resource_id(schools.catalog.dataset(NOBODY, "truong").id, "truong")
    for path, more in (
        ("/datasets/truong", {}), ("/datasets/truong/versions/1", {}), ("/datasets/truong/chart", {}),
        ("/api/v1/datasets/truong/files/truong.csv", {}), ("/api/v1/datasets/truong/versions/1/files/truong.csv?bom=1", {}),
        ("/api/v1/datasets/truong/files/truong.csv", {"Range": "bytes=0-9"}),
        ("/api/v1/datasets/truong/files/truong.csv", {"Range": "bytes=10-19"}),
        ("/api/v1/datasets/truong/files/none.csv", {}), ("/api/v1/datasets/truong/rows", {}),
        ("/api/v1/datasets/truong/resources/truong/rows", {}), ("/api/v1/datasets/none", {}),
        ("/api/3/action/package_show?id=truong", {}), ("/api/3/action/package_show?id=none", {}),
        (f"/api/3/action/datastore_search?resource_id={part}", {}), (f"/datastore/dump/{part}", {}),
    ):
        schools.get(path, headers={**PERSON, **more})
    schools.client.head("/api/v1/datasets/truong/files/truong.csv", headers=PERSON)
    now = counted(totals(schools))
    assert tuple(new - old for new, old in zip(now, before, strict=True)) == (2, 4, 4)
    told = schools.get("/api/v1/datasets/truong/usage").json()
    assert {one["resource"] for one in told["items"] if one["kind"] == "download"} == {"truong"}
    assert set(told["items"][0]) == {"day", "resource", "kind", "count", "robots"}
    assert schools.get("/api/v1/datasets/none/usage").status_code == 404
    assert schools.get("/api/v1/datasets/truong/usage?days=0").status_code == 422


def test_robots_are_told_apart_and_counts_are_shown_with_their_period(schools: Town) -> None:
    for agent in (ROBOT, ROBOT, PERSON):
        schools.get("/datasets/truong", headers=agent)
    found = totals(schools)
    assert (found["view"]["count"], found["view"]["robots"]) == (1, 2)
    schools.catalog.amend(schools.caller("editor"), "truong", visibility="public")
    schools.release("truong", SCHOOLS + b"00789,C,01\n")
    assert "30 ngày qua" in look(schools, "/datasets/truong")
    assert "1 lượt xem" in look(schools, "/datasets/truong")
    desk = schools.get("/desk", "editor", headers={"Accept-Encoding": "identity"}).text
    assert "Xem / tải / API, 30 ngày" in desk
    assert not is_robot({"headers": [(b"user-agent", b"curl/8.5")]})
    assert is_robot({"headers": []})


def test_counts_wait_while_nothing_can_be_written_and_old_ones_are_forgotten(schools: Town) -> None:
    class Away:
        broken = True

        def __getattr__(self, name: str) -> Any:
            if name == "note_uses" and self.broken:
                raise Unavailable("read-only")
            return getattr(schools.catalog, name)

    away = Away()
    one = Tally(away, {"/x/{slug}": Rule("view", "slug")})  # type: ignore[arg-type]
    scope: dict[str, Any] = {"method": "GET", "headers": [(b"user-agent", b"Mozilla")], "state": {},
                             "path_params": {"slug": "truong"}}
    one.told(scope, "/x/{slug}", 200)
    one.told({**scope, "path_params": {"slug": "gone"}}, "/x/{slug}", 200)
    one.told(scope, "/x/{slug}", 404)
    one.write()
    away.broken = False
    before = counted(totals(schools))[0]
    one.write()
    assert counted(totals(schools))[0] == before + 1
    for at in range(MOST + 10):
        one.told({**scope, "path_params": {"slug": f"s{at}"}}, "/x/{slug}", 200)
    assert len(one._used) == MOST
    schools.stand.clock.forward(days=800)
    schools.catalog.sweep()
    assert counted(totals(schools)) == (0, 0, 0)


@pytest.mark.parametrize(("text", "words"), [
    ("Dân số theo xã 2025", "dan so theo xa 2025"), ("giá ĐIỆN!", "gia dien"), ("Nguyễn Văn An", ""),
    ("ông Trần Văn Bình", ""), ("0912 345 678", ""), ("cccd 001203012345", ""), ("ai@gmail.com", ""), ("2025", ""),
    ("x " * 20, ""), ("", ""), ("Phạm vi quy hoạch", "pham vi quy hoach"), ("pham vi ho so", "pham vi ho so"),
    ("nguyên liệu giấy", "nguyen lieu giay"), ("nguyen nhan tai nan", "nguyen nhan tai nan"), ("tràn dầu", "tran dau"),
    ("Trần nhà thép", "tran nha thep"), ("tran van binh", ""), ("Phạm Vĩnh Hà", ""), ("Nguyen Thị Nhàn", ""),
    ("bà lê thị hoa", ""), ("le van tam", ""), ("đô thị hóa", "do thi hoa"), ("do thi hoa", "do thi hoa"),
    ("Hồ chứa nước", "ho chua nuoc"), ("Đặng Thị Thu", ""), ("dang thi hanh", "dang thi hanh"),
    ("Trường Nguyễn Du", "truong nguyen du"),
])
def test_words_that_may_be_somebodys_own_are_not_counted(text: str, words: str) -> None:
    assert subject_of(text) == words


def vain(town: Town, text: str, *addresses: str) -> None:
    for one in addresses:
        tally(town).missed(text, lambda one=one: town.catalog.voice_mark(one))
    tally(town).write()


def test_a_search_in_vain_is_shown_once_three_readers_made_it_and_is_hidden_words_before(schools: Town) -> None:
    editor = schools.caller("editor")
    vain(schools, "giá điện", "10.0.0.1", "10.0.0.1", "10.0.0.2")
    assert schools.catalog.misses(editor) == []
    with schools.catalog._records.read() as unit:
        assert "gia dien" not in repr(list(unit.dump())) + "".join(repr(list(rows)) for _, rows in unit.dump())
    vain(schools, "GIÁ điện", "10.0.0.3")
    one = schools.get("/api/v1/searches", "editor").json()["items"][0]
    assert (one["words"], one["asked"], one["readers"], one["days"]) == ("gia dien", 4, 3, 1)
    assert set(one) == {"id", "words", "first", "last", "asked", "days", "readers", "answer"}
    desk = schools.get("/desk", "editor", headers={"Accept-Encoding": "identity"}).text
    assert "Người dùng tìm mà không thấy" in desk
    assert "/publish?title=gia+dien" in desk
    assert "gia dien" not in schools.get("/desk", "reader", headers={"Accept-Encoding": "identity"}).text


def test_three_days_count_like_three_readers_and_rare_ones_are_forgotten(schools: Town) -> None:
    editor = schools.caller("editor")
    vain(schools, "mã huyện cũ", "10.0.0.9")
    for _ in range(3):
        assert schools.catalog.misses(editor) == []
        vain(schools, "bản đồ ngập", "10.0.0.9")
        schools.stand.clock.forward(days=1)
    assert [one.words for one in schools.catalog.misses(editor)] == ["ban do ngap"]
    schools.stand.clock.forward(days=40)
    assert schools.catalog.forget_counts() >= 1
    assert [one.words for one in schools.catalog.misses(editor)] == ["ban do ngap"]
    schools.stand.clock.forward(days=200)
    schools.catalog.forget_counts()
    assert schools.catalog.misses(editor) == []


def test_an_agency_answers_a_search_by_a_dataset_a_request_or_nothing(schools: Town) -> None:
    editor = schools.caller("editor")
    vain(schools, "truong lop", *(f"10.0.0.{at}" for at in range(4)))
    key = schools.catalog.misses(editor)[0].id
    path = f"/api/v1/searches/{key}/answer"
    assert schools.send("POST", path, "editor", {"what": "dataset", "target": "none"}).status_code == 404
    assert schools.send("POST", path, "editor", {"what": "nonsense"}).status_code == 422
    assert schools.send("POST", path, "reader", {"what": "none"}).status_code == 403
    asked = schools.send("POST", "/api/v1/requests", "", {"title": "Lớp học", "text": "Theo trường."}).json()["number"]
    done = schools.send("POST", path, "editor", {"what": "request", "target": asked}).json()
    assert done["answer"] == f"request:{asked}"
    assert schools.catalog.misses(editor) == []
    vain(schools, "truong lop", "10.0.0.9")
    assert schools.catalog.misses(editor) == []
    schools.stand.clock.forward(days=1)
    vain(schools, "truong lop", "10.0.0.9")
    assert [one.words for one in schools.catalog.misses(editor)] == ["truong lop"]
    assert schools.send("POST", path, "editor", {"what": "dataset", "target": "truong"}).json()["answer"] == "dataset:truong"
    with pytest.raises(NotKnown):
        schools.catalog.misses(NOBODY)
    with pytest.raises(NotAllowed):
        schools.catalog.misses(schools.caller("reader"))
    with pytest.raises(NotFound):
        schools.catalog.answer_miss(editor, "none", what="none")
    with pytest.raises(Invalid):
        schools.catalog.answer_miss(editor, key, what="elsewhere")


def test_a_page_without_results_counts_and_one_with_filters_does_not(schools: Town) -> None:
    editor = schools.caller("editor")
    for at in range(3):
        schools.client._transport.client = (f"10.1.0.{at}", 50000)  # type: ignore[attr-defined]
        schools.get("/datasets?q=gi%C3%A1+v%C3%A0ng", headers=PERSON)
        schools.get("/datasets?q=gi%C3%A1+b%E1%BA%A1c&theme=econ", headers=PERSON)
        schools.get("/datasets?q=gi%C3%A1+%C4%91%E1%BB%93ng", headers=ROBOT)
    tally(schools).write()
    assert [one.words for one in schools.catalog.misses(editor)] == ["gia vang"]


@pytest.mark.parametrize(("wished", "narrowed"), [
    ("/api/v1/datasets?q={}", ("/api/v1/datasets?q={}&theme=econ", "/api/v1/datasets?q={}&from=2020")),
    ("/api/3/action/package_search?q={}", ("/api/action/package_search?q={}&fq=tags:x", "/api/action/package_search?q=title:{}",
                                           "/api/action/package_search?q={}&start=10", "/api/util/dataset/autocomplete?incomplete={}")),
])
def test_programs_that_ask_in_vain_are_counted_as_pages_are(schools: Town, wished: str, narrowed: tuple[str, ...]) -> None:
    """Each reader counts, also when the same answer was given a moment ago; filters and robots do not."""
    editor = schools.caller("editor")
    for at in range(3):
        schools.client._transport.client = (f"10.2.0.{at}", 50000)  # type: ignore[attr-defined]
        assert schools.get(wished.format("gia+vang"), headers=PERSON).status_code == 200
        assert schools.get(wished.format("truong"), headers=PERSON).status_code == 200
        for path in narrowed:
            assert schools.get(path.format("giabac"), headers=PERSON).status_code == 200
        schools.get(wished.format("gia+dong"), headers=ROBOT)
        schools.get(wished.format("nguyen+van+an"), headers=PERSON)
    tally(schools).write()
    assert [(one.words, one.asked, one.readers) for one in schools.catalog.misses(editor)] == [("gia vang", 3, 3)]


def test_a_dataset_over_time_tells_how_good_each_version_was_and_whether_it_was_late(schools: Town) -> None:
    schools.stand.clock.forward(days=40)
    schools.send("PATCH", "/api/v1/datasets/truong", "editor", {"licence": "CC-BY-4.0"})
    schools.release("truong", SCHOOLS + b"00789,C,01\n")
    items = schools.get("/api/v1/datasets/truong/quality").json()["items"]
    assert [one["version"] for one in items] == [1, 2]
    assert "licence-stated" in items[0]["missing"]
    assert "licence-stated" not in items[1]["missing"]
    assert items[1]["passed"] == items[0]["passed"] + 1
    assert items[1]["days_late"] == 9
    page = look(schools, "/datasets/truong/over-time")
    assert "trễ 9 ngày" in page
    assert "<svg" in page
    agency = look(schools, schools.get("/organizations/H12/over-time").headers["location"])
    assert "Cuối mỗi tháng" in agency
    assert schools.get("/organizations/none/over-time").status_code == 404


def test_days_on_which_the_site_was_away_do_not_count_against_an_agency(schools: Town) -> None:
    def later(**span: float) -> None:
        schools.stand.clock.forward(**span)
        schools.stand.records._now.forward(**span)  # type: ignore[attr-defined]

    operator = schools.caller("operator")
    later(days=20)
    schools.catalog.make_read_only(operator, "bảo trì")
    later(days=4, hours=12)
    schools.catalog.make_writable(operator)
    later(days=20)
    schools.release("truong", SCHOOLS + b"00789,C,01\n")
    site = schools.client.app.state.site  # type: ignore[attr-defined]
    told = editions(site, NOBODY, schools.catalog.dataset(NOBODY, "truong"), site.catalog.grace())
    assert told[1].late == 45 - 31 - 5


def test_pages_lists_dashboards_and_json_agree_on_the_days_on_which_the_site_was_away(schools: Town) -> None:
    held = datetime.now(UTC) - schools.stand.clock.at - timedelta(days=10)
    for clock in (schools.stand.clock, schools.stand.records._now):  # type: ignore[attr-defined]
        clock.at += held
    schools.published("Trạm y tế", SCHOOLS, slug="tram", frequency="DAILY")
    for clock in (schools.stand.clock, schools.stand.records._now):  # type: ignore[attr-defined]
        clock.forward(days=10)

    def told(again: str = "") -> tuple[object, ...]:
        schools.client.app.state.site.extras.pop("standing", None)  # type: ignore[attr-defined]
        freshness = schools.get("/api/v1/status").json()["sections"]["freshness"][0]
        pages = [look(schools, path + again) for path in ("/datasets?q=tram", "/datasets/tram?p=1", "/organizations/h12-so?p=1")]
        desk = schools.get("/desk", "editor", headers={"Accept-Encoding": "identity"}).text
        items = schools.get("/api/v1/datasets/tram").json()["quality"]["items"]
        kept = {one["code"]: one["passed"] for one in items}["updated-in-time"]
        return freshness["late"], *("Trễ 9 ngày" in page for page in (*pages, desk)), kept

    assert told() == (2, True, True, True, True, False)
    now = schools.stand.clock.at
    body = {"part": "worker", "since": (now - timedelta(days=9.5)).isoformat(), "until": (now + timedelta(days=2)).isoformat()}
    with schools.stand.records.begin() as unit:
        unit.save_mark(Mark(kind="outage", id="away", subject="site", body=body, created=now, modified=now))
    assert told("&again=1") == (1, False, False, False, False, True)


def test_outages_are_put_together_by_begun_days() -> None:
    def away(part: str, since: float, until: float | None) -> Outage:
        return Outage(part=part, since=START + timedelta(days=since),
                      until=None if until is None else START + timedelta(days=until))

    first = START.date()
    week = first + timedelta(days=7)
    later = START + timedelta(days=30)
    meeting = grace_of([away("worker", 1, 2.04), away("changes", 1.5, 2.02), away("worker", -90, -80)], later)
    assert meeting.between(first, week) == 2
    assert grace_of([away("search", 1, 3), away("worker", 1, 1.01)], later).between(first, week) == 0
    lasting = away("changes", 6, None)
    assert grace_of([lasting], later).between(first, week) == 2
    assert grace_of([lasting], START + timedelta(days=6.5)).between(first, week) == 1, "what is to come is not lost yet"
    assert grace_of([away("files", 1, 2)], later).promised("WEEKLY", START) == week + timedelta(days=1)
    assert grace_of([lasting], later).promised("WEEKLY", START) == later.date() + timedelta(days=1), "so do days lost meanwhile"
    assert NO_GRACE.promised("", START) is None
    assert ends(date(2026, 3, 15))[-3:] == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 15)]
