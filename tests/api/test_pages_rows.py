"""Rows on the dataset page: every one of them can be reached, filtered and sorted by an address that can be shared."""

from __future__ import annotations

import html
import re

import pytest

from tests.site import Town

MANY = "ma,ten,nhom\n" + "".join(f"{at:05},Trường số {at},{'thành thị' if at % 3 else 'Nông thôn'}\n" for at in range(1, 131))
RTL = "<b>\u202eđậm</b>"


@pytest.fixture
def schools(town: Town) -> Town:
    town.published("Một trăm ba mươi trường", MANY.encode(), slug="truong")
    return town


def look(town: Town, address: str) -> str:
    answer = town.client.get(address.partition("#")[0], headers={"Accept-Encoding": "identity"})
    assert answer.status_code == 200, (address, answer.text[:300])
    return answer.text


def codes(text: str) -> list[str]:
    """The first cells of the table's rows, but for the number of the row."""
    return re.findall(r"</th><td[^>]*><bdi>(\d{5})</bdi>", text.partition('<table class="rows">')[2].partition("</table>")[0])


def link(text: str, rel: str) -> str:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', text)
    return html.unescape(found.group(1)) if found else ""


def test_all_rows_can_be_paged_through_and_back(schools: Town) -> None:
    seen, here = [], "/datasets/truong"
    while here:
        text = look(schools, here)
        seen += codes(text)
        last, here = here, link(text, "next")
    assert seen == [f"{at:05}" for at in range(1, 131)]
    assert codes(look(schools, link(look(schools, last), "prev")))[-1] < codes(look(schools, last))[0]


def test_an_address_leads_straight_to_a_row(schools: Town) -> None:
    text = look(schools, "/datasets/truong?from=100")
    assert codes(text)[0] == "00100"
    assert "dòng 100 đến 119 trong 130" in text
    assert '<meta name="robots" content="noindex">' in text
    assert codes(look(schools, "/datasets/truong?from=99999"))[0] == "00130"
    for junk in ("0", "-5", "x", "9" * 40, "%00"):
        assert codes(look(schools, f"/datasets/truong?from={junk}"))


def test_rows_are_filtered_by_what_a_column_contains_or_equals(schools: Town) -> None:
    contains = look(schools, "/datasets/truong?column=nhom&op=contains&value=nong+thon")
    assert "43 dòng khớp" in contains
    assert codes(contains)[:2] == ["00003", "00006"]
    assert codes(look(schools, link(contains, "next")))[0] == "00063"
    equal = look(schools, "/datasets/truong?column=ma&op=eq&value=00042")
    assert codes(equal) == ["00042"]
    assert 'name="value" value="00042"' in equal
    assert "Không có dòng nào khớp" in look(schools, "/datasets/truong?column=ma&op=eq&value=42")


def test_rows_are_sorted_by_a_column_both_ways(schools: Town) -> None:
    down = look(schools, "/datasets/truong?sort=-ma")
    assert codes(down)[:2] == ["00130", "00129"]
    assert 'aria-sort="descending"' in down
    way = re.search(r'<th[^>]*aria-sort="descending"[^>]*><a rel="nofollow" href="([^"]+)"', down).group(1)
    assert codes(look(schools, html.unescape(way)))[0] == "00001"
    both = look(schools, "/datasets/truong?sort=-ma&column=nhom&value=nong")
    assert codes(both)[0] == "00129"


def test_what_the_table_does_not_have_is_left_out_of_the_question(schools: Town) -> None:
    text = look(schools, "/datasets/truong?sort=khong&column=khong&value=x&op=drop&cols=99&resource=khac")
    assert codes(text)[0] == "00001"
    assert "dòng khớp" not in text


def test_what_was_typed_into_the_filter_is_shown_as_text(schools: Town) -> None:
    text = look(schools, f"/datasets/truong?column=ten&value={RTL}")
    assert "<b>" not in text
    assert "&lt;b&gt;" in text
    assert "1=1" in look(schools, "/datasets/truong?column=ten&op=eq&value=' OR 1=1 --")


def test_an_old_version_shows_its_own_rows(schools: Town) -> None:
    schools.release("truong", b"ma,ten,nhom\n99999,Moi,x\n")
    assert codes(look(schools, "/datasets/truong")) == ["99999"]
    old = look(schools, "/datasets/truong/versions/1?from=121")
    assert codes(old) == [f"{at:05}" for at in range(121, 131)]
    assert link(old, "prev").startswith("/datasets/truong/versions/1?")


def test_every_api_address_on_the_page_answers(schools: Town) -> None:
    for path in ("/datasets/truong", "/datasets/truong/versions/1"):
        text = look(schools, path)
        found = {html.unescape(one) for one in re.findall(r'<a href="https://[^/]+(/api/v1/datasets/truong[^"]*)"><code>', text)}
        assert any("/rows?" in one for one in found)
        for one in found:
            assert schools.client.get(one).status_code == 200, one
