"""Charts of a dataset's rows: what is suggested, the numbers, the picture, the page, and what is said of breaks."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree as ET

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from api.dialects.html import glance
from api.dialects.html.charting import asked as asking
from api.dialects.html.charting import axes, drawing, marks, numbers
from api.dialects.html.view import Reader
from catalog.errors import Invalid
from catalog.model import ColumnInfo, Resource, Version
from pipelines.askers import Askers
from pipelines.serving import pages
from standards.profile import Column, Profile
from tests.api.test_pages_rows import look
from tests.site import Town

VI, EN = Reader(), Reader(lang="en")
PLACES = ("Hà Nội", "Huế", "Đà Nẵng", "Cần Thơ", "Hải Phòng", "Vinh", "Đà Lạt")


def resource(rows: int = 84) -> Resource:
    """A table of seven places by year and month."""
    kinds = {"nam": "integer", "ngay": "date", "noi": "string", "so": "number", "ty_le": "number", "ma": "integer"}
    seen = {"nam": (12, "2014", "2025"), "ngay": (84, "2014-01-01", "2025-12-01"), "noi": (7, None, None),
            "so": (80, "1", "90"), "ty_le": (80, "0", "1"), "ma": (84, "1", "84")}
    return Resource(
        name="dan-so", rows=rows, columns=tuple(ColumnInfo(name=name, type=kind) for name, kind in kinds.items()),
        profile=Profile(rows=rows, columns=tuple(
            Column(name=name, distinct=many, minimum=low, maximum=high) for name, (many, low, high) in seen.items())),
    )


@pytest.fixture(scope="module")
def askers() -> Askers:
    return Askers(many=1)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> pages.Table:
    path = tmp_path_factory.mktemp("chart") / "a.parquet"
    rows = [(at + 1, 2014 + at // 7, date(2014 + at // 7, 1 + at % 12, 3), PLACES[at % 7] if at else None, float(at), at / 84, at)
            for at in range(84)]
    names = ("_id", "nam", "ngay", "noi", "so", "ty_le", "ma")
    pq.write_table(pa.table({name: [row[at] for row in rows] for at, name in enumerate(names)}), path)
    return pages.table(str(path), "0" * 64, None)


@pytest.fixture
def ask(askers: Askers, table: pages.Table) -> Any:
    def asked(**members: Any) -> numbers.Numbers:
        one = asking.Asked(path="/x", **members)
        field = next(each for each in asking.fields(resource()) if each.name == one.x)
        return numbers.numbers(SimpleNamespace(askers=askers), table, one, field)

    return asked


def test_charts_are_suggested_by_the_kinds_of_columns() -> None:
    found = asking.suggestions("/x", "", asking.fields(resource()))
    assert [(one.form, one.x, one.y, one.how, one.by) for one in found] == [
        ("line", "nam", "so", "sum", "noi"), ("bar", "noi", "so", "sum", ""), ("scatter", "so", "ty_le", "", ""),
    ]
    roles = {one.name: (one.role, one.rate) for one in asking.fields(resource())}
    assert roles["ma"][0] == "category", "a number for each row is a name"
    assert roles["ty_le"] == ("number", True)


def test_a_line_by_year_has_the_five_most_frequent_series(ask: Any) -> None:
    told = ask(form="line", x="nam", y="so", how="sum", by="noi")
    assert told.scale == "year"
    assert len(told.series) == 5
    assert told.left_series == 2
    assert set(told.places) == set(map(float, range(2014, 2026)))
    first = dict(told.series[0].values)
    assert first[2025.0] == 77.0 + PLACES.index(told.series[0].name)


@pytest.mark.parametrize(("unit", "many", "scale"), [("year", 12, "year"), ("quarter", 48, "moment"), ("month", 84, "moment")])
def test_moments_are_put_together_by_unit(ask: Any, unit: str, many: int, scale: str) -> None:
    told = ask(form="line", x="ngay", y="so", how="sum", unit=unit)
    assert told.scale == scale
    assert len(told.places) <= many
    assert sum(y for _, y in told.series[0].values) == sum(range(84))


def test_bars_come_longest_first_and_say_what_is_left_out(ask: Any) -> None:
    told = ask(form="bar", x="noi", y="so", how="max")
    assert told.labels[0] == "Đà Lạt"
    assert [y for _, y in told.series[0].values] == sorted((y for _, y in told.series[0].values), reverse=True)
    many = ask(form="bar", x="ma")
    assert len(many.labels) == numbers.MOST_BARS
    assert many.left_groups == 84 - numbers.MOST_BARS
    split = ask(form="bar", x="noi", y="so", how="sum", by="nam")
    assert len(split.series) == 5
    assert split.left_series == 7


def test_points_have_both_numbers(ask: Any) -> None:
    told = ask(form="scatter", x="so", y="ty_le", how="", by="noi")
    assert sum(len(one.values) for one in told.series) == 60
    assert told.left_points == 0


def test_a_text_is_not_added_up(ask: Any) -> None:
    with pytest.raises(Invalid):
        ask(form="bar", x="nam", y="noi", how="sum")


# --- axes and the picture ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("low", "high", "said", "unit"), [
    (0, 97, ["0", "20", "40", "60", "80", "100"], ""), (0, 0.05, ["0,00", "0,01", "0,02", "0,03", "0,04", "0,05"], ""),
    (0, 12_345_678, ["0,0", "2,5", "5,0", "7,5", "10,0", "12,5"], "triệu"), (-5, 5, ["-6", "-4", "-2", "0", "2", "4", "6"], ""),
])
def test_ticks_are_round_and_written_in_vietnamese(low: float, high: float, said: list[str], unit: str) -> None:
    axis = axes.values(VI, low, high, nought=True)
    assert [word for _, word in axis.ticks] == said
    assert axis.unit == unit
    assert axis.low <= low <= high <= axis.high


def test_numbers_and_days_are_written_as_the_language_does() -> None:
    assert axes.plain(VI, 1234.5) == "1.234,5"
    assert axes.plain(EN, 1234.5) == "1,234.5"
    assert axes.plain(VI, 3321.0) == "3.321"
    day = float(date(2025, 7, 1).toordinal())
    assert axes.place(VI, "moment", "quarter", day, ()) == "quý 3/2025"
    assert axes.place(EN, "moment", "month", day, ()) == "Jul 2025"
    assert axes.place(VI, "moment", "day", day, ()) == "01/7/2025"
    for first, last in (("2025-01-01", "2025-01-20"), ("2025-01-01", "2025-12-31"), ("2001-01-01", "2025-12-31"), ("2025-01-01", "2025-01-01")):
        places = [float(date.fromisoformat(one).toordinal()) for one in (first, last)]
        ticks = axes.along(VI, "moment", places, 8).ticks
        assert 1 <= len(ticks) <= 13, (first, last, ticks)


def picture(form: str, told: numbers.Numbers, **more: Any) -> drawing.Picture:
    return drawing.Picture(form=form, numbers=told, title="Số <b> & tỷ lệ", told="từ 1 đến 2", x_name="năm", y_name="số",
                           source="Nguồn: thử", **more)


def shapes() -> Iterator[tuple[str, numbers.Numbers]]:
    one = numbers.Series(values=((2014.0, 1.0), (2015.0, -3.5), (2016.0, 9.0)))
    other = numbers.Series(name="Huế <i>", values=((2014.0, 2.0), (2016.0, 4.0)))
    for form in ("line", "bar", "area", "scatter"):
        yield form, numbers.Numbers(scale="number" if form == "scatter" else "year", series=(one,))
        yield form, numbers.Numbers(scale="year", series=(numbers.Series(name="a", values=one.values), other))
        yield form, numbers.Numbers(scale="year", series=(numbers.Series(values=((2014.0, 0.0),)),))
    lying = numbers.Series(values=((0.0, 5.0), (1.0, -2.0)))
    yield "bar", numbers.Numbers(scale="category", series=(lying,), labels=("Tên rất dài " * 20, "<script>"))


@pytest.mark.parametrize("alone", [True, False])
@pytest.mark.parametrize("width", [drawing.WIDE, drawing.NARROW])
def test_every_picture_is_well_formed_named_and_inside_its_edges(width: int, alone: bool) -> None:
    for form, told in shapes():
        made = drawing.drawn(VI, picture(form, told, marks=[drawing.Mark(at=2015.0, number=1)]), width=width, alone=alone)
        root = ET.fromstring(str(made))
        wide, high = map(float, root.attrib["viewBox"].split()[2:])
        assert wide == width
        names = {one.attrib.get("id"): one.text for one in root}
        assert [names[key] for key in root.attrib["aria-labelledby"].split()] == ["Số <b> & tỷ lệ", "từ 1 đến 2"]
        for one in root.iter("{http://www.w3.org/2000/svg}text"):
            assert -1 <= float(one.attrib["x"]) <= wide, (form, one.text)
            assert 0 <= float(one.attrib["y"]) <= high, (form, one.text)
        assert "nan" not in str(made)


def test_areas_stand_on_each_other() -> None:
    told = numbers.stacked(numbers.Numbers(scale="year", series=(
        numbers.Series(name="a", values=((1.0, 2.0), (2.0, 3.0))), numbers.Series(name="b", values=((2.0, 4.0),)))))
    assert told.series[1].values == ((1.0, 2.0), (2.0, 7.0))


# --- breaks -----------------------------------------------------------------------------------------------------------


def version(number: int, of: str = "integer", **members: Any) -> Version:
    periods = tuple(str(2020 + at) for at in range(number))
    shown = Resource(name="t", columns=(ColumnInfo(name="nam"), ColumnInfo(name="so", type=of),
                                        ColumnInfo(name="tinh", meaning="vn-province")), periods=periods)
    return Version(dataset="d", number=number, issued=datetime(2026, 1, number, tzinfo=UTC), resources=(shown,), **members)


def test_breaks_of_boundaries_of_definitions_and_corrections_are_told() -> None:
    history = [version(4, "string", kind="correction", erratum="Nhầm cột"), version(3, "string"), version(2), version(1)]
    told = numbers.Numbers(scale="year", series=(numbers.Series(values=((2019.0, 1.0), (2026.0, 2.0))),))
    shown = history[0].resources[0]
    found = marks.breaks(VI, asking.Asked(path="/x", x="nam", by="tinh"), told, shown, history, "/datasets/d")
    assert [(one.at, one.url) for one in found] == [
        (2025.0, "/codelists/vn-province"), (2022.0, "/datasets/d/versions/3/diff"), (None, "/datasets/d/versions/4/diff"),
    ]
    assert "01/7/2025" in found[0].said
    assert "so" in found[1].said
    assert "Nhầm cột" in found[2].said
    before = numbers.Numbers(scale="year", series=(numbers.Series(values=((2001.0, 1.0), (2010.0, 2.0))),))
    assert [one.at for one in marks.breaks(VI, asking.Asked(path="/x", x="nam"), before, shown, history[1:], "/d")] == []


# --- the page ---------------------------------------------------------------------------------------------------------

MANY = "ma,ten,nhom\n" + "".join(f"{at:05},Trường {at},{'thành <b>thị</b>' if at % 3 else 'Nông thôn'}\n" for at in range(1, 131))


@pytest.fixture
def schools(town: Town) -> Town:
    town.published("Một trăm ba mươi trường", MANY.encode(), slug="truong")
    return town


def test_a_chart_has_a_page_a_picture_and_the_same_numbers_as_a_table_and_as_csv(schools: Town) -> None:
    text = look(schools, "/datasets/truong/chart?form=bar&x=nhom&column=ma&op=le&value=00099")
    assert "<b>thị" not in text
    assert re.findall(r'<th scope="row"><bdi>([^<]*)</bdi></th><td class="num"><bdi>(\d+)', text) == [
        ("thành &lt;b&gt;thị&lt;/b&gt;", "66"), ("Nông thôn", "33")]
    csv = html.unescape(re.search(r'href="https://[^/]+(/api/v1/[^"]+format=csv[^"]*)"', text).group(1))
    assert schools.client.get(csv).text == "nhom,n\nthành <b>thị</b>,66\nNông thôn,33\n"
    picture = html.unescape(re.search(r'href="([^"]+chart\.svg[^"]*)" download', text).group(1))
    answer = schools.client.get(picture)
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "66" in "".join(ET.fromstring(answer.text).itertext())
    assert "bỏ lọc" in text


def test_the_most_frequent_values_are_seen_at_a_glance_names_before_codes() -> None:
    seen = (Column(name="ma", distinct=2, top=(("01", 60), ("02", 40))), Column(name="so", kind="integer", distinct=4),
            Column(name="loai", distinct=12, top=(("Xã", 70), ("Phường", 20), ("<b>", 10))))
    shown = replace(resource(100), profile=Profile(rows=100, columns=seen), columns=(
        ColumnInfo(name="ma", type="string", meaning="vn-province"), ColumnInfo(name="so", type="integer"),
        ColumnInfo(name="loai", type="string", title={"vi": "Loại"})))
    told = glance.of(VI, shown, "/datasets/a/chart")
    assert told is not None
    assert told.title == "Số dòng theo Loại"
    assert told.link == "/datasets/a/chart?form=bar&x=loai"
    assert [(one.value, one.rows, one.share) for one in told.bars] == [("Xã", 70, 100.0), ("Phường", 20, 28.6), ("<b>", 10, 14.3)]
    assert told.left == 9
    alike = Profile(rows=4, columns=(Column(name="loai", distinct=2, top=(("a", 2), ("b", 2))),))
    assert glance.of(VI, replace(shown, rows=4, profile=alike), "/datasets/a/chart") is None


def test_what_cannot_be_drawn_says_so(schools: Town) -> None:
    assert "Bảng này không có cột nào vẽ được" in look(schools, "/datasets/truong/chart")
    assert schools.client.get("/datasets/truong/chart.svg").status_code == 422
    assert "Không có số nào" in look(schools, "/datasets/truong/chart?x=nhom&column=ma&op=eq&value=khong")
    assert schools.client.get("/datasets/nowhere/chart").status_code == 404
    assert schools.client.get("/datasets/truong/versions/7/chart").status_code == 404
    junk = look(schools, "/datasets/truong/chart?x=nhom&y=ten&agg=sum&by=nhom&form=scatter&unit=year&resource=khac")
    assert "(số dòng)" not in junk
    assert "130" in junk or "87" in junk


def test_a_chart_of_a_version_stays_on_it(schools: Town) -> None:
    schools.release("truong", b"ma,ten,nhom\n1,a,x\n")
    assert ">87<" in look(schools, "/datasets/truong/versions/1/chart?form=bar&x=nhom")
    assert "version=1" in look(schools, "/datasets/truong/versions/1/chart?form=bar&x=nhom")
    assert ">87<" not in look(schools, "/datasets/truong/chart?form=bar&x=nhom")


def test_the_table_of_points_has_both_numbers_and_their_series() -> None:
    told = numbers.Numbers(scale="number", series=(numbers.Series(name="Huế", values=((1.5, 2.0),)),))
    assert list(drawing.table(VI, picture("scatter", told))) == [("1,5", ["2", "Huế"])]


def test_periods_have_a_place_on_the_axis() -> None:
    assert marks.place_of("2025-07", "moment") == float(date(2025, 7, 1).toordinal())
    assert marks.place_of("2025", "year") == 2025.0
    assert marks.place_of("quý 3", "moment") is None
