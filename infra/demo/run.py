"""Publish the demo's files through the real pipeline into var/demo, print what happened, and serve them."""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from api.messages.reasons import reason
from api.settings import read_settings
from api.wiring import Site, open_site
from catalog.errors import NotFound
from catalog.model import Caller, Options, Submission
from infra.demo.build import build
from infra.demo.datasets import DATASETS, PUBLISHER, Upload
from pipelines.steps.receive import receive

HOME = Path("var/demo")
PATIENCE_SECONDS = 240.0
ENDED = ("published", "blocked", "failed", "rejected", "in_review", "withdrawn")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table that is printed at the end."""

    name: str
    rows: str
    standard: str
    said: str
    why: str


def settings_of(port: int) -> dict[str, str]:
    """The demo's settings, as environment variables for the processes that serve it."""
    home = HOME.absolute()
    return {
        "DATAMO_DATABASE_URL": f"sqlite:///{home}/datamo.db",
        "DATAMO_FILES_URL": f"file:{home}/files",
        "DATAMO_SEARCH_URL": f"tantivy:{home}/search",
        "DATAMO_WORK_DIR": f"{home}/work",
        "DATAMO_SITE_URL": f"http://127.0.0.1:{port}",
        "DATAMO_ENVIRONMENT": "development",
    }


def publisher(site: Site, system: Caller) -> str:
    """The demo's own organisation, made at the first run."""
    try:
        return site.catalog.organisation(system, PUBLISHER["slug"]).id
    except NotFound:
        made = site.catalog.add_organisation(
            system, slug=PUBLISHER["slug"], title=PUBLISHER["title"], description=PUBLISHER["description"], demo=True
        )
        return made.id


def upload(site: Site, system: Caller, one: Upload) -> Submission:
    """Hand one file to the pipeline, as a door would."""
    with (HOME / "inbox" / one.file).open("rb") as stream:
        return receive(
            site.catalog, site.files, system, one.dataset, stream, one.file, Options(
                resource=one.resource, sheet=one.sheet, standard=one.standard, update=one.update, period=one.period,
                note=one.note,
            ),
            limit=site.settings.upload_limit,
        )


def wait(site: Site, system: Caller, submission: str) -> Submission:
    """Until the pipeline has come to an end with a submission."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        seen = site.catalog.submission(system, submission)
        if seen.state in ENDED:
            return seen
        time.sleep(0.1)
    sys.exit("The pipeline did not come to an end; look at `datamo jobs`.")


def line(one: Upload, seen: Submission) -> Line:
    """What happened to one file, in words."""
    tables = seen.outcome.tables if seen.outcome else ()
    rows = sum(table.profile.rows for table in tables if table.profile)
    standard = one.standard or "–"
    if seen.state == "published":
        return Line(one.file, f"{rows:,}", standard, "published", f"version {seen.version}")
    groups = [group for table in tables for group in table.groups if group.severity == "error"]
    why = "; ".join(f"{group.code} ({group.field or seen.staged.name}) × {group.count}" for group in groups[:4])
    if not why and seen.reason:
        why = reason(seen.reason["code"], seen.reason.get("params", {}), "en")
    return Line(one.file, f"{rows:,}", standard, "refused", why)


def publish_all(site: Site) -> list[Line]:
    """Publish what is not there yet, a dataset's files one after the other, datasets side by side."""
    system = site.catalog.system()
    organisation = publisher(site, system)
    done: list[Line] = []
    for about in DATASETS:
        try:
            site.catalog.dataset(system, about.slug)
        except NotFound:
            site.catalog.draft(system, organisation, about.describe(), slug=about.slug)
        seen = {one.staged.name: one for one in site.catalog.submissions(system, dataset=about.slug)}
        for one in about.uploads:
            submission = seen.get(one.file) or upload(site, system, one)
            done.append(line(one, wait(site, system, submission.id)))
            say_progress(done[-1])
    return done


def last_change(site: Site) -> int:
    """The newest number of the change sequence."""
    changes = site.catalog.changes(site.catalog.system(), limit=100_000)
    return changes[-1].sequence if changes else 0


def say_progress(one: Line) -> None:
    """One line while work goes on, for people only."""
    if sys.stderr.isatty():
        print(f"  {one.name}: {one.said}", file=sys.stderr)


def table(lines: Sequence[Line]) -> str:
    """The lines under one another."""
    head = Line("file", "rows", "standard", "", "")
    cells = [[one.name, one.rows, one.standard, one.said, one.why] for one in [head, *lines]]
    widths = [max(len(row[column]) for row in cells) for column in range(4)]
    return "\n".join("  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[4]]) for row in cells)


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point of ``make demo``."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--serve", type=int, default=1, help="0: stop after publishing")
    chosen = parser.parse_args(arguments)
    os.environ.update(settings_of(chosen.port))
    build(HOME / "inbox")
    site = open_site(read_settings())
    site.migrate()
    stop = threading.Event()
    worker = site.worker()
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    try:
        lines = publish_all(site)
        site.catalog.wait_until_searchable(last_change(site), 60)
    finally:
        stop.set()
        thread.join()
        site.close()
    print(table(lines))
    if chosen.serve:
        serve = Path(sys.executable).with_name("datamo")
        os.execv(serve, [str(serve), "serve", "--with-worker", "--port", str(chosen.port)])


if __name__ == "__main__":
    main()
