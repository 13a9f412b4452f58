"""Pages about the portal and its rules: checks explained, accessibility, styles; suggestions while somebody types."""

from __future__ import annotations

import re
from html import unescape

import pytest

from api.dialects.html import feeds
from api.dialects.html.explained import written
from standards.registry import CHECKS
from tests.api.test_pages import page
from tests.site import URL, Town


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_check_is_explained_with_the_words_that_an_uploader_reads(town: Town, lang: str) -> None:
    index = page(town, f"/checks?lang={lang}")
    for one in CHECKS:
        assert f'href="/checks/{one.CODE}"' in index
        shown = unescape(page(town, f"/checks/{one.CODE}?lang={lang}"))
        assert one.TITLE[lang] in shown
        if one.SCOPE != "sheet":
            assert shown.count("mt3") >= min(len(one.BAD), 4), one.CODE  # each bad example bears a sentence
            assert "{" not in shown.partition("<main")[2].partition("</main>")[0], one.CODE


def test_a_check_that_there_is_not_has_no_page(town: Town) -> None:
    assert town.client.get("/checks/no-such").status_code == 404


@pytest.mark.parametrize(("cell", "shown"), [
    ("  a ", "␣␣a␣"), ("", ""), ("a\u200bb", "a⟨U+200B⟩b"), (["1", "2"], "1, 2"), (list("abcdefghijklmn"), "a, b, c, d, e, f, g, h, i, j, k, l …"),
])
def test_what_cannot_be_seen_in_an_example_is_made_visible(cell: object, shown: str) -> None:
    assert written(cell) == shown


def test_a_standards_page_names_the_datasets_that_follow_it(town: Town) -> None:
    before = page(town, "/standards/vn-school")
    assert "Chưa có bộ dữ liệu công khai nào theo tiêu chuẩn này." in before
    made = town.published(standard="vn-school")
    assert f'href="/datasets/{made["slug"]}"' in page(town, "/standards/vn-school").partition('id="theo"')[2]


def test_titles_are_suggested_while_somebody_types_without_marks(town: Town) -> None:
    assert town.get("/api/v1/suggestions?q=tr").json() == {"items": []}
    town.published("Trường học của tỉnh")
    answer = town.get("/api/v1/suggestions?q=truong%20h")
    assert answer.json() == {"items": ["Trường học của tỉnh"]}
    assert "max-age" in answer.headers["cache-control"]
    assert town.get("/api/v1/suggestions?q=" + "x" * 101).status_code == 422


def test_letters_grow_and_shrink_step_by_step(town: Town) -> None:
    steps = [(size, [part.partition('"')[0] for part in page(town, "/", cookies={"size": size}).split('name="size" value="')[1:]])
             for size in ("normal", "large", "larger")]
    assert steps == [("normal", ["normal", "large"]), ("large", ["normal", "larger"]), ("larger", ["large", "larger"])]


def test_a_search_is_followed_by_the_feed_that_its_page_names(town: Town) -> None:
    town.published("Trường học của tỉnh", themes=["EDUC"])
    town.published("Trường học khác")
    html = page(town, "/datasets?q=truong+hoc&theme=EDUC&sort=title")
    address = unescape(html.partition('type="application/atom+xml" title="Kết quả mới của lượt tìm này" href="')[2].partition('"')[0])
    assert address == "/feeds/search.atom?q=truong+hoc&theme=EDUC"
    feed = town.client.get(address)
    assert feed.headers["content-type"].startswith("application/atom+xml")
    assert "Trường học của tỉnh" in feed.text
    assert "Trường học khác" not in feed.text
    assert feed.text.count("<entry>") == 1
    assert "Theo dõi lượt tìm này" not in page(town, "/datasets")


def links(feed: str) -> dict[str, str]:
    found = re.findall(r'<link rel="(\w+)" href="([^"]+)"/>', feed.partition("<entry>")[0])
    return {rel: unescape(href).removeprefix(URL) for rel, href in found}


def test_a_long_feed_comes_in_pages_that_name_each_other(town: Town) -> None:
    slugs = {town.published(f"Trường học {at}")["slug"] for at in range(feeds.PAGE + 1)}
    seen: list[str] = []
    here = "/feeds/dataset.atom"
    while here:
        answer = town.client.get(here)
        assert answer.status_code == 200, here
        rels = links(answer.text)
        assert rels["self"] == here
        assert rels["last"] == "/feeds/dataset.atom?page=2"
        seen += re.findall(r"package_show\?id=([\w-]+)", answer.text)
        here = rels.get("next", "")
    assert len(seen) == len(slugs)
    assert set(seen) == slugs
    assert "prev" not in links(town.client.get("/feeds/dataset.atom").text)
    assert town.client.get("/feeds/dataset.atom?page=9").text.count("<entry>") == 0
    assert town.client.get("/feeds/dataset.atom?page=0").status_code == 422


def test_ckans_facets_filter_the_feed_of_a_search_and_stay_in_its_links(town: Town) -> None:
    town.published("Trường học của tỉnh", themes=["EDUC"])
    town.published("Trường học khác", themes=["HEAL"])
    answer = town.client.get("/feeds/custom.atom?q=truong&organization=h12-so&groups=educ")
    assert answer.text.count("<entry>") == 1
    assert links(answer.text)["self"] == "/feeds/custom.atom?q=truong&organization=h12-so&groups=educ"
    assert town.client.get("/feeds/custom.atom?organization=nobody").status_code == 404
