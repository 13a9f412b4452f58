"""What the pages leave away because it says nothing, and how they stay whole under words that are made to break them."""

from __future__ import annotations

import html
from dataclasses import replace

import pytest

from api.dialects.html import home, rows
from api.dialects.html.charting import asked as asking
from catalog.model import ColumnInfo, Resource
from standards.profile import Column, Profile
from tests.api.test_pages import page
from tests.site import SCHOOLS, Town

PLACES = Resource(
    name="bai-do-xe", rows=40,
    columns=(ColumnInfo(name="loai", type="string"), ColumnInfo(name="lat", type="number"), ColumnInfo(name="lng", type="number")),
    profile=Profile(rows=40, columns=(Column(name="loai", distinct=3), Column(name="lat", distinct=40), Column(name="lng", distinct=40))),
)


def test_coordinates_are_neither_added_up_nor_drawn_against_each_other() -> None:
    offered = asking.suggestions("/x", "", asking.fields(PLACES))
    assert [(one.form, one.x, one.y) for one in offered] == [("bar", "loai", "")]
    counted = replace(PLACES, columns=(*PLACES.columns, ColumnInfo(name="cho", type="integer")))
    assert [one.y for one in asking.suggestions("/x", "", asking.fields(counted))] == ["cho"]


@pytest.mark.parametrize(("cells", "kind", "shown"), [
    (["1.2924830000", "", "1.3000000000"], "number", ["1.292483", "", "1.300000"]),
    (["1.50", "2.00"], "number", ["1.50", "2.00"]), (["10", "20"], "number", ["10", "20"]),
    (["1.5000", "2.0000"], "number", ["1.50", "2.00"]), (["1.5000", "2.0000"], "string", ["1.5000", "2.0000"]),
])
def test_noughts_that_all_fractions_of_a_column_end_with_are_left_away(cells: list[str], kind: str, shown: list[str]) -> None:
    assert list(rows.even(cells, kind)) == shown


def test_a_description_is_told_in_its_first_sentence() -> None:
    assert home.brief("Danh mục xã.  Cập nhật mỗi ngày.") == "Danh mục xã."
    assert home.brief("Một dòng\nhai dòng") == "Một dòng"
    assert home.brief("chữ " * 100).endswith("chữ…")
    assert len(home.brief("W" * 10_000)) <= home.BRIEF + 1


def test_a_facet_that_all_results_share_is_not_offered_and_one_that_is_chosen_stays(town: Town) -> None:
    town.published("Trường một")
    town.published("Trường hai", tags=["tiểu học"])
    found = page(town, "/datasets")
    assert 'name="format"' not in found
    assert 'name="tag" value="tiểu học"' in found
    assert 'name="format" value="csv" checked' in page(town, "/datasets?format=csv")


def test_an_error_leads_back_to_the_page_of_ours_that_one_came_from(town: Town) -> None:
    def told(path: str, referer: str) -> str:
        return town.client.get(path, headers={"referer": referer}).text

    ours = str(town.client.base_url)
    assert 'href="/datasets?q=a&amp;sort=title">' in told("/nothing-here", f"{ours}/datasets?q=a&sort=title")
    for foreign in ("https://elsewhere.example.org/datasets", f"{ours}//elsewhere.example.org", "http://[", f"{ours}/nothing-here"):
        assert "Quay lại trang trước" not in told("/nothing-here", foreign), foreign


def test_an_address_with_a_word_for_a_number_is_no_page(town: Town) -> None:
    made = town.published()
    answer = town.client.get(f"/datasets/{made['slug']}/versions/newest")
    assert (answer.status_code, "Không có trang ở địa chỉ này" in answer.text) == (404, True)


def test_a_form_that_is_too_long_is_called_so_and_another_verb_is_told_as_a_way_back(town: Town) -> None:
    long = town.client.post("/display", files={"size": (None, "x" * 3_000_000)})
    assert (long.status_code, "Biểu mẫu dài hơn" in long.text) == (413, True)
    other = town.client.post("/datasets", data={"a": "b"})
    assert (other.status_code, "Không làm được ở địa chỉ này" in other.text) == (405, True)


def test_a_chart_of_which_nothing_is_left_says_so(town: Town) -> None:
    days = "ngay,noi\n" + "".join(f"2025-0{at % 9 + 1}-11,nơi {at % 3}\n" for at in range(40))
    made = town.published("Theo ngày", days.encode())
    answer = town.client.get(f"/datasets/{made['slug']}/chart?form=line&x=ngay&unit=month&f.noi.eq=khong&column=noi&op=eq&value=khong")
    assert (answer.status_code, "Không có số nào để vẽ." in answer.text) == (200, True)


def test_a_long_description_keeps_the_table_near(town: Town) -> None:
    made = town.published("Mô tả dài", SCHOOLS, description="W" * 5000)
    shown = html.unescape(page(town, f"/datasets/{made['slug']}"))
    assert "Đọc hết phần mô tả" in shown
    assert shown.index('<details class="mb4">') < shown.index("<bdi>" + "W" * 5000)
