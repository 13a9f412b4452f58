"""A real Chromium and a whole site that runs, with pages in every state; without a browser the tests are skipped aloud."""

from __future__ import annotations

import email
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email import policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from infra.cluster.ports import free_ports
from tests.conftest import missing
from tests.faults.place import Place, eventually
from tests.releases import BASIS, EFFECTIVE, merger
from tests.releases import SCHOOLS as LISTED
from tests.running import Running, running

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "infra" / "browser"
CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
PASSWORD = "a long password"
PATIENCE = 120_000
MESSY = (
    "ref_date,facility_id,name,level,province_code,province_name,commune_code,commune_name,address,agency_id\n"
    "2026-11-01,HN-1,Trường Tiểu học Ba Đình,tiểu học,1,Thành phố Hà Nội,00004,Phường Ba Đình,1 phố A,H26.1\n"
    "2026-13-01,HN-1,<b>Trường</b> Ngọc Hà,THCS,01,Thành phố Hà Nội,99999,Phường Ngọc Hà,=1+1,H26.1\n"
    ",,,,,,,,,\n"
).encode()
STANDARD = """
id: vn-canteen
version: 1.0.0
title: {vi: "Bếp <ăn>", en: "Canteens"}
status: proposed
kind: dataset
basis: []
fields:
  - {name: ma, type: string, title: {vi: Mã, en: Code}}
""".encode()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; closed with the module, for other tests' event loops must not find ours running."""
    path = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if path is None:
        missing("Chromium", "it is not installed (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The text of axe-core, which finds faults of accessibility in a page."""
    script = TOOLS / "node_modules" / "axe-core" / "axe.min.js"
    if not script.exists():
        missing("axe-core", "npm has not fetched it (`make test` does)")
    return script.read_text()


@dataclass
class Portal:
    """A site that runs with its people, and the addresses of its pages by what they show."""

    site: Running
    browser: Browser
    at: dict[str, str] = field(default_factory=dict)
    letters: list[tuple[str, str]] = field(default_factory=list)
    _kept: dict[tuple[str, str, str], Page] = field(default_factory=dict)

    def page(self, who: str, language: str, contrast: str) -> Page:
        """The page in which somebody looks at one address after another; one for each way, for a new one takes long."""
        kept = self._kept.get((who, language, contrast))
        if kept is None:
            kept = self._kept[who, language, contrast] = self._open(who, language, contrast).new_page()
        return kept

    @contextmanager
    def visit(self, who: str = "", *, scripts: bool = True, language: str = "vi", contrast: str = "normal",
              **more: Any) -> Iterator[Page]:
        """A page of somebody's browser, signed in unless ``who`` is empty."""
        context = self._open(who, language, contrast, java_script_enabled=scripts, **more)
        try:
            yield context.new_page()
        finally:
            context.close()

    def letter(self, to: str, holding: str) -> str:
        """The text of the newest letter to a mailbox that holds these words, once it came."""
        def found() -> str:
            return next((words for box, words in reversed(self.letters) if box == to and holding in words), "")

        assert eventually(found), (to, holding, self.letters, self.site.place.log())
        return found()

    def _open(self, who: str, language: str, contrast: str, **more: Any) -> BrowserContext:
        context = self.browser.new_context(base_url=self.site.url, bypass_csp=True, **more)
        context.set_default_timeout(PATIENCE)
        context.add_cookies([self._cookie("lang", language), self._cookie("contrast", contrast)])
        if who:
            secret = self.site.site.catalog.sign_in(who, PASSWORD).secret
            context.add_cookies([self._cookie("session", secret)])
        return context

    def _cookie(self, name: str, value: str) -> Any:
        return {"name": name, "value": value, "url": self.site.url}


@pytest.fixture(scope="module")
def portal(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    place, letters, (port,) = Place(tmp_path_factory.mktemp("portal")), [], free_ports(1)
    place.environment |= {"DATAMO_SMTP_URL": f"smtp://127.0.0.1:{port}?tls=off", "DATAMO_MAIL_FROM": "data@example.gov.vn"}
    post = Controller(Box(letters), hostname="127.0.0.1", port=port, ready_timeout=60)
    post.start()
    try:
        with running(place) as site:
            made = Portal(site, browser, letters=letters)
            furnish(made)
            yield made
    finally:
        post.stop()


class Box:
    """A mail server's box: to whom each letter goes, and its subject and text."""

    def __init__(self, letters: list[tuple[str, str]]) -> None:
        self.letters = letters

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's own shape
        one: Any = email.message_from_bytes(envelope.content, policy=policy.default)
        self.letters.append((str(one["To"]), f"{one['Subject']}\n\n{one.get_content()}"))
        return "250 OK"


def furnish(portal: Portal) -> None:
    """People with passwords, and something on every page."""
    catalog = portal.site.site.catalog
    system = catalog.system()
    for who in ("admin", "steward", "operator", "editor2"):
        catalog.add_person(system, who, role=who if who in ("steward", "operator") else "person")
        portal.site.tokens[who] = catalog.add_token(system, who).secret
    catalog.set_member(system, "H99", "admin", "admin")
    catalog.set_member(system, "H99", "editor2", "editor")
    for who in ("editor", "reviewer", "admin", "steward", "operator", "editor2"):
        catalog.amend_person(system, who, password=PASSWORD)
    publish(portal)
    release(portal)
    harvest(portal)


def publish(portal: Portal) -> None:
    """A dataset with two versions, one whose file is refused, and one that is withdrawn."""
    site = portal.site
    slug = site.draft("Trường học Hà Nội")
    for content in (LISTED, LISTED + b"2026-11-01,HN-4,Truong D,THCS,01,,00008,,4 pho C,H26.1\n"):
        done = site.end(site.upload(slug, content, data={"standard": "vn-school"}).json()["id"])
        assert done["state"] == "published", done
    portal.at |= {"dataset": f"/datasets/{slug}", "done": f"/submissions/{done['id']}"}
    with site.client() as client:
        where = f"/api/v1/datasets/{slug}/submissions?publish=false"
        files = {"file": ("a.csv", LISTED.replace(b"4 pho C", b"5 pho C"))}
        waiting = client.post(where, files=files, data={"standard": "vn-school"}).json()["id"]
    catalog = site.site.catalog
    assert eventually(lambda: catalog.submission(catalog.system(), waiting).state == "ready"), site.place.log()
    portal.at["ready"] = f"/submissions/{waiting}"
    places = site.draft("Trạm đo mưa")
    stations = "tram,vi_do,kinh_do\nLáng,21.02,105.80\nHuế,16.43,107.58\nTân Sơn Hòa,10.79,106.66\n".encode()
    assert site.end(site.upload(places, stations).json()["id"])["state"] == "published"
    portal.at["places"] = f"/datasets/{places}"
    refused = site.end(site.upload(site.draft("Trường học sai"), MESSY, data={"standard": "vn-school"}).json()["id"])
    assert refused["state"] == "blocked", refused
    portal.at["refused"] = f"/submissions/{refused['id']}"
    persons = "cccd,ngày sinh\n" + "".join(f"0010{at:02d}0{at * 7919 % 90000 + 10000},{at % 28 + 1}/5/19{at + 40}\n" for at in range(40))
    held = site.end(site.upload(site.draft("Danh sách có số định danh"), persons.encode()).json()["id"])
    assert held["personal_data"], held
    portal.at["persons"] = f"/submissions/{held['id']}"
    gone = site.draft("Trường học đã gỡ")
    assert site.end(site.upload(gone, LISTED + b"2026-11-01,HN-5,Truong E,THCS,01,,00008,,5 pho C,H26.1\n").json()["id"])["state"] == "published"
    with site.client("reviewer") as client:
        told = client.post(f"/api/v1/datasets/{gone}/withdraw", json={"reason": "Tính hai lần"})
        assert told.status_code == 200, told.text
    portal.at["gone"] = f"/datasets/{gone}"
    with site.client("editor") as client:
        asked = client.post("/api/v1/erasures", json={"dataset": slug, "versions": [1], "reason": "Có họ tên của người dân"})
        assert asked.status_code == 201, asked.text
        hook = client.post("/api/v1/webhooks", json={"url": "https://receiver.example.org/hook", "title": "Máy chủ"}).json()["id"]
        assert client.post(f"/api/v1/webhooks/{hook}/ping").status_code == 202
    portal.at["webhook"] = f"/account/webhooks/{hook}"
    portal.at["erasure"] = f"/erasures/{asked.json()['id']}"
    with site.client("") as client:
        said = client.post("/api/v1/questions", json={"dataset": slug, "text": "Vì sao thiếu trường?"})
        assert said.status_code == 201, said.text
    portal.at["voice"] = f"/voices/{said.json()['number']}"


def release(portal: Portal) -> None:
    """A release of a code list that is accepted, what it makes to be checked again, and drafts of another and of a standard."""
    lists = "/api/v1/codelists/vn-commune/releases"
    told = {"effective": EFFECTIVE, "basis": BASIS, "source": "Công báo"}
    with portal.site.client("steward") as steward:
        made = steward.post(lists, files={"file": ("r.csv", merger())}, data=told).json()
        portal.at["release"] = f"/codelists/vn-commune/releases/{made['id']}"
        assert steward.post(f"{lists}/{made['id']}/accept", json={"digest": made["digest"]}).status_code == 200
        portal.at["recheck"] = f"{portal.at['dataset']}/rechecks/{made['id']}"
        catalog = portal.site.site.catalog
        assert eventually(lambda: catalog.rechecks_under(catalog.system(), made["id"])), portal.site.place.log()
        draft = steward.post("/api/v1/standards?dry_run=1", content=STANDARD)
        assert draft.status_code in (200, 201), draft.text
        portal.at["edition"] = f"/standards/drafts/{draft.json()['id']}"


def harvest(portal: Portal) -> None:
    """A source whose last run asks whether much may go."""
    catalog = portal.site.site.catalog
    system = catalog.system()
    catalog.add_source(system, name="nguon", kind="ckan", url="https://old.example.org", organisation="H99", hours=0)
    run = catalog.begin_run(system, "nguon", here=True)
    problems = ({"remote": "bo-1", "code": "title-missing"},)
    with portal.site.site.records.begin() as unit:
        unit.save_run(replace(run, state="asks", going=3, problems=problems).counted({"seen": 20, "same": 20}))
    portal.at["source"] = "/desk/harvest/nguon"
