"""Every page of the portal against axe-core's rules for WCAG 2.0, 2.1 and 2.2, A and AA: in both languages and contrasts.

``make accessibility`` looks at each page in all four ways, with and without scripts; ``make test`` in two, one in each
language and one in each contrast, the one also without scripts: the other two differ in nothing that these do not show.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import MESSY, PASSWORD, ROOT, Portal
from tests.browser.named import told_wrong

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """async tags => (await axe.run(document, {runOnly: tags, resultTypes: ['violations']})).violations
    .map(one => one.id + ': ' + one.nodes.map(node => node.html).slice(0, 3).join(' | '))"""


@dataclass(frozen=True)
class Shown:
    """A page: its template, its address (or a name of one that the portal keeps), and who looks at it."""

    template: str
    path: str
    who: str = ""


PAGES = (
    Shown("home.html", "/"), Shown("results.html", "/datasets"), Shown("results.html", "/datasets?q=truong+hoc"),
    Shown("results.html", "/datasets?q=khong+co+gi+nhu+the"), Shown("dataset.html", "dataset"),
    Shown("dataset.html", "dataset", "admin"), Shown("chart.html", "dataset+/chart?form=bar&x=level"), Shown("map.html", "places+/map"), Shown("error.html", "/nowhere"), Shown("error.html", "gone"),
    Shown("standards.html", "/standards"), Shown("standards.html", "/standards", "steward"),
    Shown("standard.html", "/standards/vn-school"), Shown("codelist.html", "/codelists/vn-commune"),
    Shown("releases.html", "/codelists/vn-commune/releases"), Shown("release.html", "release"), Shown("check.html", "/check"),
    Shown("organisations.html", "/organizations"), Shown("organisation.html", "/organizations/H99"),
    Shown("status.html", "/status"), Shown("standing.html", "/status/standards"), Shown("sign_in.html", "/sign-in"), Shown("desk.html", "/desk", "admin"),
    Shown("desk.html", "/desk", "steward"), Shown("publish.html", "/publish", "editor"), Shown("account.html", "/account", "editor"),
    Shown("announce.html", "dataset+/announce", "editor"),
    Shown("webhooks.html", "/account/webhooks", "editor"), Shown("webhook.html", "webhook", "editor"),
    Shown("people.html", "/organizations/H99/people", "admin"), Shown("recipes.html", "dataset+/recipes", "editor"),
    Shown("submission.html", "refused", "editor"), Shown("submission.html", "done", "editor"),
    Shown("describe.html", "ready+/describe", "editor"), Shown("compare.html", "ready+/compare", "editor"),
    Shown("understood.html", "ready+/understood", "editor"), Shown("cells.html", "refused+/cells", "editor"), Shown("columns.html", "ready+/columns", "editor"),
    Shown("personal.html", "persons+/personal", "editor"), Shown("personal.html", "persons+/personal", "reviewer"),
    Shown("answers.html", "ready+/answers", "editor"), Shown("preview.html", "ready+/preview", "editor"),
    Shown("withdraw.html", "dataset+/withdraw", "reviewer"), Shown("erase.html", "dataset+/erase", "editor"),
    Shown("erasure.html", "erasure", "reviewer"), Shown("recheck.html", "recheck", "editor"),
    Shown("checks.html", "/checks"), Shown("explained.html", "/checks/leading-zero-lost"), Shown("explained.html", "/checks/several-tables"),
    Shown("areas.html", "dataset+/areas"), Shown("areas.html", "dataset+/areas?column=province_code&list=vn-province&from=30/6/2025&to=1/7/2025"),
    Shown("accessibility.html", "/accessibility"), Shown("styles.html", "/styles"),
    Shown("voices.html", "/requests"), Shown("voice_find.html", "/voices"), Shown("voice_form.html", "/requests/new"),
    Shown("voice_form.html", "dataset+/report"), Shown("voice.html", "voice"), Shown("voice.html", "voice", "reviewer"),
    Shown("overtime.html", "dataset+/over-time"), Shown("correct.html", "dataset+/correct", "editor"), Shown("dossier.html", "dataset+/versions/2/dossier", "editor"),
    Shown("notices.html", "/desk/notices", "editor"), Shown("forgot.html", "/forgot-password"),
    Shown("edition.html", "edition", "steward"), Shown("difference.html", "dataset+/versions/2/diff"),
    Shown("operating.html", "/desk/site", "operator"), Shown("audit.html", "/desk/site/audit", "operator"),
    Shown("sources.html", "/desk/harvest", "operator"), Shown("source.html", "source", "operator"),
)
SCRIPTS = "script:not([type='application/ld+json'])"
"""A page without one is the same to whoever has no scripts."""
WAYS = [(language, contrast) for language in ("vi", "en") for contrast in ("normal", "more")]
EVERY_WAY = os.environ.get("DATAMO_AXE") == "all"
CROSSED = ((WAYS[0], WAYS[3]), (WAYS[1], WAYS[2]))
LOOKS = [(shown, *way, EVERY_WAY or at == 0) for number, shown in enumerate(PAGES)
         for at, way in enumerate(WAYS if EVERY_WAY else CROSSED[number % 2])]
"""Page, language, contrast, and whether it is looked at without scripts too."""

APART = {"checked.html", "checked_cells.html", "new_password.html", "resume.html"}
"""What a form shows after it was sent: looked at in a test of its own."""


def address(portal: Portal, path: str) -> str:
    """Where a page is: ``name+rest`` is a place that the portal keeps, and the rest of its address."""
    name, _, rest = path.partition("+")
    return path if path.startswith("/") else portal.at[name] + rest


def faults(page: Page, axe: str) -> list[str]:
    """What axe-core finds in a page, with the first pieces in which it does."""
    page.evaluate(axe + "; null")
    return list(page.evaluate(RUN, RULES))


def test_every_template_of_a_page_is_looked_at() -> None:
    folder = Path(ROOT / "api" / "templates")
    made = {one.name for one in folder.glob("*.html") if re.search(r'extends "(?:base|dataset)\.html"', one.read_text())}
    assert made - APART == {one.template for one in PAGES}


@pytest.mark.parametrize(("shown", "language", "contrast", "bare"), LOOKS, ids=[
    f"{shown.template}{shown.path}{shown.who}-{language}-{contrast}" for shown, language, contrast, _ in LOOKS])
def test_a_page_has_no_fault_that_axe_finds(  # noqa: PLR0917
    portal: Portal, axe: str, shown: Shown, language: str, contrast: str, bare: bool,
) -> None:
    page = portal.page(shown.who, language, contrast)
    answer = page.goto(address(portal, shown.path))
    assert answer is not None
    assert (answer.status >= 400) == (shown.template == "error.html")
    assert page.get_attribute("html", "lang") == language
    assert faults(page, axe) == []
    assert told_wrong(page) == []
    if bare and page.locator(SCRIPTS).count():
        page.route("**/*.js", lambda route: route.abort())
        page.reload()
        assert faults(page, axe) == []
        page.unroute("**/*.js")


@pytest.mark.parametrize(("language", "contrast"), CROSSED[0])
def test_the_report_of_a_file_that_was_only_checked_has_no_fault(portal: Portal, axe: str, language: str, contrast: str) -> None:
    with portal.visit(language=language, contrast=contrast) as page:
        page.goto("/check")
        page.set_input_files("input[type=file]", {"name": "a.csv", "mimeType": "text/csv", "buffer": MESSY})
        page.locator("#standard").select_option("vn-school")
        with page.expect_navigation():
            page.locator("main form button").last.click()
        assert page.locator("h1").count() == 1
        assert faults(page, axe) == []
        page.goto(f"{page.url.partition('?')[0]}/cells")
        assert page.locator("td.cell-e").count() > 0
        assert faults(page, axe) == []


STATES = (
    "dataset+?column=level&op=contains&value=tieu&sort=-name", "dataset+?column=ref_date&op=ge&value=x", "/datasets?q=truong&standard=vn-school&from=2020",
    "/codelists/vn-province?on=31/2/2025", "/codelists/vn-province?on=1/7/2025&vs=30/6/2025",
)
"""Pages as they are after somebody chose or mistyped something, or where nothing is there yet."""


@pytest.mark.parametrize("path", STATES)
def test_a_page_in_another_state_has_no_fault(portal: Portal, axe: str, path: str) -> None:
    page = portal.page("", "vi", "normal")
    page.goto(address(portal, path))
    assert page.locator("h1").count() == 1
    assert faults(page, axe) == []


@pytest.mark.parametrize(("who", "path", "button"), [
    ("editor", "/publish", "main form[action='/publish'] button.btn"), ("", "/sign-in", "main form button.btn"),
    ("", "dataset+/report", "main form button.btn"),
])
def test_a_form_that_was_sent_empty_names_its_mistakes_without_a_fault(portal: Portal, axe: str, who: str, path: str, button: str) -> None:
    page = portal.page(who, "en", "normal")
    page.goto(address(portal, path))
    page.locator(button).first.click()
    page.locator(".errors").wait_for()
    assert page.title().startswith("Error:")
    assert faults(page, axe) == []


@pytest.mark.parametrize("path", ["dataset", "refused"])
def test_a_page_in_the_dark_has_no_fault(portal: Portal, axe: str, path: str) -> None:
    page = portal.page("editor", "vi", "normal")
    page.emulate_media(color_scheme="dark")
    page.goto(address(portal, path))
    assert faults(page, axe) == []
    page.emulate_media(color_scheme="light")


def test_the_pages_of_a_letter_have_no_fault(portal: Portal, axe: str) -> None:
    catalog = portal.site.site.catalog
    catalog.amend_person(catalog.system(), "editor2", email="editor2@example.gov.vn")
    catalog.ask_reset("editor2")
    key = portal.letter("editor2@example.gov.vn", "/new-password?key=").split("/new-password?key=")[1].split()[0]
    for language, contrast in WAYS:
        page = portal.page("", language, contrast)
        page.goto(f"/new-password?key={key}")
        assert faults(page, axe) == []
    page.locator("#password").fill("short")
    page.locator("main form button").click()
    page.locator(".errors").wait_for()
    assert faults(page, axe) == []


@pytest.mark.parametrize(("language", "contrast"), [("vi", "more"), ("en", "normal")])
def test_the_page_after_a_session_that_ended_has_no_fault(portal: Portal, axe: str, language: str, contrast: str) -> None:
    with portal.visit("editor2", language=language, contrast=contrast) as page:
        page.goto(f"{portal.at['ready']}/describe")
        page.context.clear_cookies(name="session")
        page.locator("#description").fill("Không có gì bị mất.")
        page.locator("main form button.btn").first.click()
        page.locator("#password").wait_for()
        assert faults(page, axe) == []
        page.locator("#name").fill("editor2")
        page.locator("#password").fill(PASSWORD)
        page.locator("main form button.btn").click()
        page.locator("button[name=again]").wait_for()
        assert "Không có gì bị mất." in page.locator("main").inner_text()
        assert faults(page, axe) == []
