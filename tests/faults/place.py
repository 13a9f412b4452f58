"""A site in a folder of its own, with workers that can be started and killed: what the fault tests stand on."""

from __future__ import annotations

import io
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from api.wiring import Settings, Site, open_site
from catalog.model import Job, Options, Submission
from pipelines.steps.receive import receive
from standards.record import Dataset
from tests.faults.forked import ROOT, Forked, cradle  # noqa: F401 - ROOT for who starts processes beside a place

ENDS = {"published", "blocked", "failed", "rejected"}
PATIENCE_SECONDS = 240.0


class Place:
    """One site: on disk, or on the engines whose settings are given."""

    def __init__(self, folder: Path, engines: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.killed_at = folder / "killed"
        self.examined = folder / "examined"
        self.environment = {**embedded(folder), **(engines or {})}
        if not engines:  # to make one takes longer than some tests
            shutil.copytree(template(type(self)).name, folder, dirs_exist_ok=True)
            return
        self.make()

    def make(self) -> None:
        with self.site() as site:
            site.migrate()
            self.furnish(site)

    def furnish(self, site: Site) -> None:
        site.catalog.add_organisation(site.catalog.system(), code="H99", title={"vi": "Cơ quan thử"})

    def settings(self) -> Settings:
        return Settings(**{
            key.removeprefix("DATAMO_").lower(): value for key, value in self.environment.items() if key.startswith("DATAMO_")
        })

    @contextmanager
    def site(self) -> Iterator[Site]:
        site = open_site(self.settings())
        try:
            yield site
        finally:
            site.close()

    def worker(self, fault: str = "", times: int = 1) -> Forked:
        """Start a worker process; ``fault`` says where it kills itself, ``times`` how often over all starts."""
        words = [str(self.folder), fault, str(times)]
        return self.fork("faulty", words=words)

    def command(self, *words: str, **order: str) -> Forked:
        """Start a command of ``datamo`` as an operator does; ``out`` is where what it gives goes, else to the log."""
        return self.fork("command", words=words, **order)

    def fork(self, role: str, **order: Any) -> Forked:
        """Start a process in one of the roles of ``tests/faults/warm.py``."""
        log = Path(order.pop("log", self.folder / "worker.log"))
        log.touch(mode=0o600)  # somebody reads it before the process that is being forked has opened it
        return Forked(cradle(), cradle().fork(role, self.environment, log, **order))

    def draft(self, site: Site, title: str) -> str:
        about = Dataset(title={"vi": title})
        return site.catalog.draft(site.catalog.system(), "H99", about, slug=title).id

    def upload(self, site: Site, dataset: str, rows: int = 5, **options: str) -> Submission:
        content = "ma,ten\n" + "".join(f"{one:05d},Trường số {one}\n" for one in range(1, rows + 1))
        return receive(
            site.catalog, site.files, site.catalog.system(), dataset, io.BytesIO(content.encode()), "truong.csv",
            Options(**options), limit=10**9,  # type: ignore[arg-type]
        )

    def wait(self, site: Site, submissions: list[str], seconds: float = PATIENCE_SECONDS) -> list[str]:
        """Wait until each has come to its end; gives the states, in order."""
        until = time.monotonic() + seconds
        system = site.catalog.system()
        while True:
            states = [site.catalog.submission(system, one).state for one in submissions]
            if all(one in ENDS for one in states) or time.monotonic() > until:
                return states
            time.sleep(0.1)

    def wait_job(self, site: Site, submission: str, state: str, seconds: float = PATIENCE_SECONDS) -> Job | None:
        """Wait until the submission's job stands there."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            job = site.jobs.status(submission)
            if job is not None and job.state == state:
                found: Job = job
                return found
            time.sleep(0.1)
        return None

    def wait_worker(self, site: Site, seconds: float = PATIENCE_SECONDS) -> bool:
        """Wait until a worker is in its slot and has given a sign of life."""
        return eventually(site.jobs.workers, seconds)

    def wait_log(self, words: str, seconds: float = PATIENCE_SECONDS) -> bool:
        """Wait until a worker has said so."""
        return eventually(lambda: words in self.log(), seconds)

    def wait_indexed(self, site: Site, seconds: float = PATIENCE_SECONDS) -> bool:
        """Wait until search has followed every change."""
        until = time.monotonic() + seconds
        while site.catalog.follow("index") or site.catalog.follow("public-state"):
            if time.monotonic() > until:
                return False
            time.sleep(0.1)
        return True

    def examinations(self) -> list[str]:
        return self.examined.read_text().split() if self.examined.exists() else []

    def log(self) -> str:
        return (self.folder / "worker.log").read_text(errors="replace")[-6000:]


@cache
def template(kind: type[Place]) -> tempfile.TemporaryDirectory[str]:
    """An embedded site of this kind that nobody has used, to be copied: nothing in it says where it lies."""
    made = kind.__new__(kind)
    folder = tempfile.TemporaryDirectory(prefix="datamo-place-")
    made.folder, made.environment = Path(folder.name), embedded(Path(folder.name))
    made.make()
    return folder


def embedded(folder: Path) -> dict[str, str]:
    """The settings of a site that is all in one folder."""
    return {
        "DATAMO_DATABASE_URL": f"sqlite:///{folder}/datamo.db",
        "DATAMO_FILES_URL": f"file:{folder}/files",
        "DATAMO_SEARCH_URL": f"tantivy:{folder}/search",
        "DATAMO_WORK_DIR": f"{folder}/work",
        "DATAMO_ENVIRONMENT": "test",
    }


def eventually(look: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> bool:
    """Look again and again until there is something to see; False when the time is over."""
    until = time.monotonic() + seconds
    while not look():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def kill(process: subprocess.Popen[bytes] | Forked) -> None:
    """As the kernel does it when memory is short: no goodbye."""
    process.send_signal(signal.SIGKILL)
    process.wait()


def stop(process: subprocess.Popen[bytes] | Forked) -> int:
    """As an operator does it."""
    process.send_signal(signal.SIGTERM)
    return process.wait(PATIENCE_SECONDS)
