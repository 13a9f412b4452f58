"""Lighthouse's four marks (of 100) of the pages that people meet first, as a slow phone would see them.

Needs Node, what ``npm ci`` fetches in ``infra/browser``, and a Chromium; without them it says so. Lighthouse takes the machine for a
fast desktop and makes it four times slower. On a slow or crowded one it warns that this is too much and that the number has to be
calibrated: ``slowdown`` is what makes this machine as fast as ``PHONE`` (Lighthouse's own index of a machine's speed), at most four.
Signed in, pages are kept out of search engines on purpose, so their mark for that is left out.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from tests.releases import SCHOOLS as LISTED
from tests.running import running

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / "infra" / "browser" / "node_modules" / ".bin" / "lighthouse"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
KINDS = ("performance", "accessibility", "best-practices", "seo")
TARGETS = {"performance": 95, "accessibility": 100, "best-practices": 95, "seo": 95}
FLAGS = "--headless=new --no-sandbox --disable-gpu"
RUNS, TRIES, PATIENCE_SECONDS = 3, 3, 240
PHONE, FASTEST = 375, 1500
"""Lighthouse's index of the phone that it means: a desktop of 1500 made four times slower (its docs/throttling.md)."""

SHOWN_TO_ROBOTS = "seo"
PASSWORD = "a long password"


def run(quick: bool = False) -> dict:
    """The median marks of each page over three visits (one when ``quick``)."""
    browser = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if browser is None or not TOOL.exists():
        sys.exit("lighthouse: needs a Chromium, and Lighthouse: npm ci in infra/browser")
    with tempfile.TemporaryDirectory(prefix="datamo-bench-") as folder, running(Path(folder)) as site:
        slug = site.draft("Trường học Hà Nội")
        done = site.end(site.upload(slug, LISTED, data={"standard": "vn-school"}).json()["id"])
        assert done["state"] == "published", done
        pages = {"home": "/", "results": "/datasets?q=truong", "dataset": f"/datasets/{slug}", "standard": "/standards/vn-school", "check": "/check",
                 "status": "/status", "agencies": "/organizations"}
        marks = {name: marks_of(site.url + path, browser, 1 if quick else RUNS) for name, path in (list(pages.items())[:1] if quick else pages.items())}
        catalog = site.site.catalog
        catalog.amend_person(catalog.system(), "editor", password=PASSWORD)
        session = catalog.sign_in("editor", PASSWORD).secret
        for name, path in () if quick else (("publish", "/publish"), ("desk", "/desk")):
            marks[name] = {key: value for key, value in marks_of(site.url + path, browser, RUNS, session).items() if key != SHOWN_TO_ROBOTS}
    worst = {kind: min(one[kind] for one in marks.values() if kind in one) for kind in KINDS}
    return {
        "name": "lighthouse", "unit": "of 100, the worst mark for performance on a phone", "ours": worst["performance"],
        "peer": TARGETS["performance"], "ratio": round(worst["performance"] / TARGETS["performance"], 2), "peer_name": "our own bar",
        "detail": {"load": round(os.getloadavg()[0], 1), **{f"worst_{kind}": worst[kind] for kind in KINDS},
                   **{f"{name}_{key}": value for name, one in marks.items() for key, value in one.items()}},
    }


def marks_of(address: str, browser: str, times: int, session: str = "") -> dict[str, Any]:
    """The median marks of one page, and what the last visit says is to be mended; each as slow as the one before says that it has to be."""
    seen: list[dict[str, Any]] = []
    for _ in range(times):
        seen.append(visit(address, browser, slowdown(seen[-1]) if seen else 0, session))
    last = seen[-1]
    mend = sorted({name for kind in KINDS for name in faults(last, kind)})
    return {**{kind: round(median(100 * one["categories"][kind]["score"] for one in seen)) for kind in KINDS}, "to_mend": " ".join(mend) or "nothing",
            "machine": round(median(one["environment"]["benchmarkIndex"] for one in seen)), "slowdown": last["configSettings"]["throttling"]["cpuSlowdownMultiplier"]}


def slowdown(seen: dict[str, Any]) -> float:
    """How many times slower this machine has to be made to be as slow as the phone, from what a visit found it to be."""
    return round(min(max(seen["environment"]["benchmarkIndex"] / PHONE, 1), FASTEST / PHONE), 1)


def visit(address: str, browser: str, slower: float = 0, session: str = "") -> dict[str, Any]:
    """Lighthouse's report on one visit; ``slower`` 0 leaves the slow-down to Lighthouse."""
    with tempfile.TemporaryDirectory(prefix="datamo-lighthouse-") as folder:
        report, headers = Path(folder) / "report.json", Path(folder) / "headers.json"
        headers.write_text(json.dumps({"Cookie": f"session={session}"} if session else {}))
        more = [f"--throttling.cpuSlowdownMultiplier={slower}"] if slower else []
        command: list[str | Path] = [
            TOOL, address, "--quiet", "--output=json", f"--output-path={report}", f"--only-categories={','.join(KINDS)}",
            f"--chrome-flags={FLAGS} --user-data-dir={folder}/profile", f"--extra-headers={headers}", *more,
        ]
        for _ in range(TRIES):  # a browser that ended by itself says nothing of the page
            done = subprocess.run(command, check=False, timeout=PATIENCE_SECONDS, env={**os.environ, "CHROME_PATH": browser}, stdout=subprocess.DEVNULL)
            if done.returncode == 0:
                break
        made: dict[str, Any] = json.loads(report.read_bytes())
        return made


def faults(report: dict[str, Any], kind: str) -> list[str]:
    """The audits of a kind that weigh something and did not get full marks."""
    weighed = [one["id"] for one in report["categories"][kind]["auditRefs"] if one["weight"]]
    return [name for name in weighed if report["audits"][name]["score"] not in (None, 1)]
