"""Readers at their limits: a narrow phone or four times the letters, a slow line, no mouse, no scripts."""

from __future__ import annotations

import random

import pytest
from playwright.sync_api import Page

from tests.api.test_pages_light import SYLLABLES
from tests.browser.conftest import Portal
from tests.browser.test_accessibility import PAGES, Shown, address, faults

NARROW = {"width": 320, "height": 640}
"""What WCAG 2.2's 1.4.10 asks for: 1,280 px at 400 %."""
OVERFLOW = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
FIRST_VIEW, FIRST_HTML, REQUESTS = 100_000, 14_336, 8
FIRST_PICTURE = """() => new Promise(done => {
    let moved = 0;
    new PerformanceObserver(list => list.getEntries().forEach(one => { moved += one.value })).observe({type: 'layout-shift', buffered: true});
    const waited = performance.getEntriesByType('resource').filter(one => one.renderBlockingStatus === 'blocking').map(one => one.name);
    requestAnimationFrame(() => requestAnimationFrame(() => done([waited, moved])));
})"""
"""What the first picture waits for besides the page itself, and how far things moved after it."""

UNSEEN = 0.005
"""On a machine so busy that the browser shows half of a page's head first, the search field moves by that (0053)."""


@pytest.mark.parametrize("large", [False, True], ids=["letters as they are", "large letters"])
def test_no_page_scrolls_sideways_on_a_phone_or_at_400_percent(portal: Portal, large: bool) -> None:
    wide = []
    for who in sorted({one.who for one in PAGES}):
        with portal.visit(who, viewport=NARROW) as page:
            if large:
                page.context.add_cookies([{"name": "size", "value": "larger", "url": portal.site.url}])
            for shown in (one for one in PAGES if one.who == who):
                page.goto(address(portal, shown.path))
                if page.evaluate(OVERFLOW) > 0:
                    wide.append(f"{shown.path} for {who or 'everybody'}: {widest(page)}")
    assert wide == []


def widest(page: Page) -> str:
    """The piece of a page that sticks out furthest."""
    return str(page.evaluate("""() => { const [one] = [...document.querySelectorAll('main *, header *, footer *')]
        .sort((a, b) => b.getBoundingClientRect().right - a.getBoundingClientRect().right); return one.outerHTML.slice(0, 200) }"""))


@pytest.fixture(scope="module")
def wide(portal: Portal) -> str:
    """A published table of sixty columns with long names, of numbers and of words."""
    chance = random.Random(7)
    heads = [" ".join(chance.choice(SYLLABLES) for _ in range(5)) + f" {at}" for at in range(60)]
    rows = [[str(chance.randint(0, 9999)) if at % 2 else " ".join(chance.sample(SYLLABLES, 3)) for at in range(60)] for _ in range(200)]
    slug = portal.site.draft("Bảng có rất nhiều cột")
    done = portal.site.end(portal.site.upload(slug, "\n".join(map(",".join, [heads, *rows])).encode()).json()["id"])
    assert done["state"] == "published", done
    portal.at["wide"] = f"/datasets/{slug}"
    return slug


@pytest.mark.parametrize("shown", [Shown("home.html", "/"), Shown("results.html", "/datasets?q=truong"), Shown("dataset.html", "dataset"),
                                   Shown("dataset.html", "wide"), Shown("check.html", "/check")], ids=lambda one: f"{one.template} {one.path}")
@pytest.mark.usefixtures("wide")
def test_a_first_view_is_light(portal: Portal, shown: Shown) -> None:
    with portal.visit() as page:
        devtools = page.context.new_cdp_session(page)
        devtools.send("Network.enable")
        sizes: list[int] = []
        devtools.on("Network.loadingFinished", lambda told: sizes.append(int(told["encodedDataLength"])))
        page.goto(address(portal, shown.path), wait_until="networkidle")
        assert 0 < len(sizes) <= REQUESTS
        assert sum(sizes) <= FIRST_VIEW
        assert sizes[0] <= FIRST_HTML
        waited_for, moved = page.evaluate(FIRST_PICTURE)
        assert [one.partition("?")[0].rpartition("/")[2] for one in waited_for] == ["datamo.css"]
        assert moved < UNSEEN


ONE_ROW = 80
"""Pixels of a head whose words all stand beside each other."""


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_head_of_a_page_is_one_row_on_every_width(portal: Portal, language: str) -> None:
    with portal.visit() as page:
        for width in (320, 768, 1000, 1088, 1100, 1180, 1280):
            page.set_viewport_size({"width": width, "height": 640})
            page.goto(f"{portal.site.url}/standards?lang={language}")
            head = page.locator(".top").bounding_box()
            assert head is not None
            assert head["height"] < ONE_ROW, width
            assert page.get_by_role("link", name="Đăng nhập" if language == "vi" else "Sign in", exact=True).is_visible() is (width >= 1088)


def tab_to(page: Page, selector: str, most: int = 120) -> None:
    """Press Tab until the focus is there, as somebody without a mouse does; what has the focus is always to be seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        seen = page.evaluate("() => { const one = document.activeElement.getBoundingClientRect(); return one.width > 0 && one.height > 0 }")
        assert seen, page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"nobody comes to {selector} with the keyboard")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_reader_without_a_mouse_finds_a_dataset_and_downloads_it(portal: Portal, scripts: bool) -> None:
    with portal.visit(scripts=scripts) as page:
        page.goto("/")
        page.keyboard.press("Tab")
        skip = page.locator(":focus")
        assert skip.get_attribute("href") == "#main"
        page.locator("main input[name=q]").focus()
        page.keyboard.type("truong hoc ha noi")
        page.keyboard.press("Enter")
        page.wait_for_url("**/datasets?q=*")
        here = portal.at["dataset"]
        page.locator(f"main a[href='{here}']").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{here}")
        download = page.locator("main a[href*='.xlsx'], main a[download]").first
        download.focus()
        with page.expect_download() as waited:
            page.keyboard.press("Enter")
        assert waited.value.suggested_filename.endswith(".xlsx")
        assert waited.value.path().stat().st_size > 1000


def test_every_link_and_button_of_a_dataset_page_is_reached_in_order_by_tab(portal: Portal) -> None:
    with portal.visit() as page:
        page.goto(portal.at["dataset"])
        tab_to(page, "a[href='#main'].skip")
        tab_to(page, "main a[href*='.xlsx']")
        tab_to(page, "footer a")


def test_titles_are_offered_while_somebody_types_and_taken_with_the_arrow_keys(portal: Portal, axe: str) -> None:
    with portal.visit() as page:
        page.goto("/")
        box = page.locator("main input[name=q]")
        box.press_sequentially("truong hoc")
        offered = page.locator("main [role=option]").first
        offered.wait_for(timeout=60_000)
        assert box.get_attribute("aria-expanded") == "true"
        assert faults(page, axe) == []
        title = offered.inner_text()
        box.press("ArrowDown")
        assert offered.get_attribute("aria-selected") == "true"
        assert box.get_attribute("aria-activedescendant") == offered.get_attribute("id")
        box.press("Enter")
        page.wait_for_url("**/datasets?q=*")
        assert page.locator("#q").input_value() == title


def test_escape_takes_the_offers_away_and_leaves_what_was_typed(portal: Portal) -> None:
    with portal.visit() as page:
        page.goto("/")
        box = page.locator("main input[name=q]")
        box.press_sequentially("truong hoc")
        page.locator("main [role=option]").first.wait_for(timeout=60_000)
        box.press("Escape")
        assert box.get_attribute("aria-expanded") == "false"
        assert not page.locator("main [role=listbox]").is_visible()
        assert box.input_value() == "truong hoc"


def test_a_button_beside_each_piece_of_code_copies_it(portal: Portal) -> None:
    with portal.visit(permissions=["clipboard-read", "clipboard-write"]) as page:
        page.goto(portal.at["dataset"])
        button = page.locator("section[aria-labelledby=api] details[open] button")
        code = page.locator("section[aria-labelledby=api] details[open] pre").inner_text()
        button.click()
        page.locator("section[aria-labelledby=api] [role=status]", has_text="Đã sao chép").wait_for(state="attached")
        assert page.evaluate("navigator.clipboard.readText()").strip() == code.strip()
        assert button.inner_text().startswith("Đã sao chép")
        page.locator("section[aria-labelledby=trich-dan] button").click()
        page.wait_for_function("navigator.clipboard.readText().then(text => text.includes('Datamo.'))")
    with portal.visit(scripts=False) as page:
        page.goto(portal.at["dataset"])
        assert page.locator("[data-copy]").count() == 2
        assert page.locator("[data-copy] button").count() == 0
