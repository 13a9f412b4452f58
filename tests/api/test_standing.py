"""The dashboards: the same numbers on pages, as JSON and as CSV; official standards and proposed ones apart."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from html import unescape

import pytest

from api import standing
from api.dialects.html.standing import COLUMNS, LEADS, TITLES
from catalog.catalog.standing import KIND, SITE
from catalog.model import Mark
from tests.api.test_pages import page
from tests.site import Town, make_town


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A town with four datasets, a question that waits, and nineteen votes; what a test changes it puts back."""
    town = make_town(tmp_path_factory.mktemp("busy"))
    first = town.published("Trường học", themes=["EDUC"], standard="vn-school", frequency="ANNUAL")
    second = town.published("Trạm y tế", themes=["HEAL"])
    town.published("Cầu <b>đường</b>", themes=["TRAN"])
    town.send("POST", "/api/v1/questions", "", {"dataset": second["slug"], "text": "Bao giờ có bản mới?"})
    with town.stand.records.begin() as unit:
        for made, yes in ((first, 12), (second, 7)):
            now = town.stand.clock()
            unit.save_mark(Mark(kind="useful", id=made["id"], subject=made["id"], body={"yes": yes, "no": 0}, created=now,
                                modified=now))
    town.published("Sông", themes=["ENVI"])
    return town


def test_one_answer_gives_every_section_and_each_is_there_alone_as_csv(busy: Town) -> None:
    whole = busy.get("/api/v1/status").json()
    assert set(whole["sections"]) == set(standing.SECTIONS) == set(TITLES) == set(LEADS)
    for name, kind in standing.SECTIONS.items():
        one = busy.get(f"/api/v1/status/{name}").json()
        assert (one["section"], one["columns"], one["items"]) == (name, list(kind.columns), whole["sections"][name])
        assert set(kind.columns) - {"organization"} <= set(COLUMNS)
        told = busy.get(f"/api/v1/status/{name}?format=csv")
        assert told.headers["content-type"].startswith("text/csv")
        rows = list(csv.DictReader(io.StringIO(told.content.decode("utf-8-sig"))))
        assert len(rows) == len(one["items"])
        if "datasets" in kind.columns and rows:
            assert [row["datasets"] for row in rows] == [str(row["datasets"]) for row in one["items"]]


def test_the_sums_of_every_section_are_those_of_the_catalogue(busy: Town) -> None:
    told = busy.get("/api/v1/status").json()["sections"]
    many = busy.catalog.statistics()["datasets"]
    assert many == 4
    for name, parts in (("standards", ("official", "proposed", "none")), ("readability", ("tables", "documents", "links")),
                        ("quality", ("good", "middle", "poor")),
                        ("freshness", ("on_time", "late", "on_change", "ended", "unpromised"))):
        assert sum(row[part] for row in told[name] for part in parts) == many
        assert sum(row["datasets"] for row in told[name]) == many
    assert told["growth"][-1]["datasets"] == many
    assert told["growth"][-1]["rows"] == busy.catalog.statistics()["rows"]
    assert all(row["held"] + row["missing"] == many for row in told["items"])


def test_an_official_standard_and_a_proposed_one_are_never_added_up(busy: Town) -> None:
    official = {"vn-school": "official", "own": "proposed"}
    shelf = type("Shelf", (), {"tables": {one: type("T", (), {"status": said}) for one, said in official.items()}})
    told = [standing._status(shelf, one) for one in ("vn-school", "own", "own vn-school", "", "unknown")]
    assert told == ["official", "proposed", "official", "none", "none"]


def test_a_share_needs_twenty_answers(busy: Town) -> None:
    rows = busy.get("/api/v1/status/satisfaction").json()["items"]
    assert [(row["answers"], row["share"]) for row in rows] == [(19, None)]
    with busy.stand.records.begin() as unit:
        mark = next(one for one in unit.marks("useful") if one.body["yes"] == 12)
        unit.save_mark(replace(mark, body={"yes": 12, "no": 1}))
    busy.client.app.state.site.extras.pop("standing")
    rows = busy.get("/api/v1/status/satisfaction").json()["items"]
    assert [(row["answers"], row["share"]) for row in rows] == [(20, 95)]
    with busy.stand.records.begin() as unit:
        unit.save_mark(mark)
    busy.client.app.state.site.extras.pop("standing")


def test_a_theme_and_a_period_are_part_of_the_address(busy: Town) -> None:
    assert sum(row["datasets"] for row in busy.get("/api/v1/status/standards?theme=EDUC").json()["items"]) == 1
    assert busy.get("/api/v1/status/standards?theme=NOPE").json()["items"] == []
    assert [row["asked"] for row in busy.get("/api/v1/status/answers?theme=HEAL").json()["items"]] == [1]
    assert busy.get("/api/v1/status/answers?period=2001").json()["items"] == []
    assert busy.get("/api/v1/status/growth?period=soon").status_code == 422
    assert busy.get("/api/v1/status/nothing").status_code == 404
    assert busy.client.get("/status/nothing").status_code == 404
    assert busy.client.get("/status?period=soon").status_code == 422


@pytest.mark.parametrize(("period", "month", "now", "holds"), [
    ("12", "2025-12", "2026-11", True), ("12", "2025-11", "2026-11", False), ("24", "2024-12", "2026-11", True),
    ("all", "1999-01", "2026-11", True), ("2026", "2026-01", "2026-11", True), ("2026", "2025-12", "2026-11", False),
    ("12", "2026-12", "2026-11", False),
])
def test_a_period_is_months_back_from_the_count_or_a_year(period: str, month: str, now: str, holds: bool) -> None:
    assert standing.Asked(period=period).holds(month, now) is holds


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_section_has_its_table_beneath_its_chart_and_its_files(busy: Town, lang: str) -> None:
    for name in standing.SECTIONS:
        shown(busy, name, lang)


def shown(busy: Town, name: str, lang: str) -> None:
    html = page(busy, f"/status/{name}?lang={lang}")
    told = busy.get(f"/api/v1/status/{name}").json()
    main = unescape(html.partition("<main")[2].partition("</main>")[0])
    if not told["items"]:
        assert "<table" not in main
        return
    assert f"/api/v1/status/{name}?format=csv" in main
    assert main.count("<tr>") == len(told["items"]) + 1
    assert "<b>" not in html.partition("<main")[2]
    if "<svg" in main.partition("<figure")[2]:
        assert main.index("<svg") < main.index("<table")
        assert len(set(re.findall(r' id="([^"]+)"', main))) == len(re.findall(r' id="([^"]+)"', main))
    css = busy.client.get("/static/datamo.css").text
    assert len(html.encode()) + len(css.encode()) < 60_000


def test_the_overview_names_every_part_of_the_service_as_it_is_now(busy: Town) -> None:
    html = unescape(page(busy, "/status?lang=vi"))
    assert "Bộ kiểm tra tệp" in html
    assert "Hoạt động" in html
    assert all(f'href="/status/{name}' in html for name in standing.SECTIONS)
    assert "thứ tự không phải là xếp hạng" in html
    assert 'href="/status?theme=EDUC' in html
    assert len(html.encode()) + len(busy.client.get("/static/datamo.css").text.encode()) < 60_000


def test_before_anything_was_counted_a_large_site_says_so(busy: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    busy.client.app.state.site.extras.pop("standing", None)
    monkeypatch.setattr("catalog.catalog.standing.FEW", 0)
    answer = busy.get("/api/v1/status")
    assert (answer.status_code, answer.json()["code"]) == (503, "not-counted-yet")
    assert "đang được đếm lần đầu" in page(busy, "/status?lang=vi")
    assert "đang được đếm lần đầu" in page(busy, "/status/standards?lang=vi")
    while busy.catalog.census().step(60.0):
        pass
    with busy.stand.records.read() as unit:
        assert unit.mark(KIND, SITE) is not None
    busy.client.app.state.site.extras.pop("standing")
    assert busy.get("/api/v1/status").json()["sections"]["standards"]
    with busy.stand.records.begin() as unit:
        unit.drop_mark(KIND, SITE)


def test_outages_and_maintenances_are_listed_with_their_minutes(busy: Town) -> None:
    busy.catalog.note_health()
    busy.stand.clock.forward(minutes=30)
    busy.catalog.note_health()
    busy.client.app.state.site.extras.pop("standing", None)
    rows = busy.get("/api/v1/status/outages").json()["items"]
    assert [(row["part"], row["planned"], row["minutes"]) for row in rows][:1] == [("worker", False, 30)]
    assert "Bộ kiểm tra tệp" in page(busy, "/status/outages?lang=vi&period=all")


def test_numbers_on_the_front_the_dashboards_and_the_desk_are_those_of_the_records_counted_one_by_one(busy: Town) -> None:
    with busy.stand.records.read() as unit:
        public = [one for one in unit.entries() if (one.kind, one.state, one.visibility) == ("dataset", "published", "public")]
        heads = [unit.version(one.id, one.version or 0) for one in public]
    rows = sum(part.rows or 0 for one in heads if one for part in one.resources)
    known = busy.client.app.state.site.standards.tables.values()
    proposed = sum(one.status == "proposed" for one in known)
    busy.client.app.state.site.extras.pop("standing", None)
    shown = {path: [unescape(one) for one in re.findall(r"<dd>([^<]*)</dd>", page(busy, f"{path}?lang=vi"))] for path in ("/", "/status")}
    assert shown["/"][:3] == [str(len(public)), str(rows), str(len(known))]
    assert f"{len(known) - proposed} chính thức, {proposed} đề xuất" in page(busy, "/?lang=vi")
    assert shown["/status"][:2] == [str(len(public)), str(rows)]
    assert f"{len(public)} bộ dữ liệu" in page(busy, "/datasets?lang=vi")
    desk = busy.get("/desk?lang=vi", "editor", headers={"Accept-Encoding": "identity"}).text
    assert len(re.findall(r'<th scope="row"><a href="/datasets/', desk)) == len(public)
    for one, head in zip(public, heads, strict=True):
        told = page(busy, f"/datasets/{one.slug}?lang=vi")
        assert head is not None
        assert f"{sum(part.rows or 0 for part in head.resources)} dòng" in told
