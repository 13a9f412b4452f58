"""Small files through one worker and through two, in turn: files per second, and what one costs in CPU seconds.

``ours`` are the files per second that two workers publish, ``peer`` those of one, over as many files of one site each
(datasets of several agencies, one sandbox child per file), from the first upload to the last publication. A round begins when the workers are warm: each has checked
a file and has its nursery. The CPU seconds are those of the workers with all that lives below them, so that they hold
on a busy machine too, where files per second do not. Between the rounds the workers are stopped; rounds alternate, and the
best of each is told. ``idle`` is what one worker costs per second with nothing to do.

One worker spreads its checks over every core that it may use, so that a second one on the same machine has nothing left to
take. ``confined`` therefore holds one worker on one core against two workers on a core each: what a second machine brings.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from api.wiring import Settings, Site, open_site
from catalog.model import Options
from pipelines.steps.receive import receive
from standards.record import Dataset
from tests.bench.publish import ENDS, cpu_of, environment, write

FILES, ROWS, ROUNDS, AGENCIES = 60, 100, 2, 4
IDLE_SECONDS = 5.0
LIMIT_SECONDS = 600.0


def run(quick: bool = False) -> dict:
    files, rounds = (6, 1) if quick else (FILES, ROUNDS)
    told: dict[int, list[dict[str, float]]] = {1: [], 2: []}
    confined: dict[int, list[dict[str, float]]] = {1: [], 2: []}
    with tempfile.TemporaryDirectory(prefix="datamo-bench-") as name:
        folder = Path(name)
        write(folder / "small.csv", ROWS)
        with _site(folder) as site:
            for turn in range(rounds):
                for many in (1, 2):
                    told[many].append(_round(site, folder, many, files, f"{turn}-{many}"))
                    confined[many].append(_round(site, folder, many, files, f"{turn}-{many}-core", confine=True))
    one, two = (max(told[many], key=lambda each: each["files_per_second"]) for many in (1, 2))
    alone, beside = (max(each["files_per_second"] for each in confined[many]) for many in (1, 2))
    return {
        "name": "throughput", "unit": f"files per second of {ROWS} x 12, two workers against one",
        "ours": two["files_per_second"], "peer": one["files_per_second"],
        "ratio": round(two["files_per_second"] / one["files_per_second"], 2),
        "detail": {"files": files, "cores": len(os.sched_getaffinity(0)),
                   "cpu_seconds_per_file_one": min(each["cpu_seconds_per_file"] for each in told[1]),
                   "cpu_seconds_per_file_two": min(each["cpu_seconds_per_file"] for each in told[2]),
                   "idle_cpu": min(each["idle_cpu"] for each in told[1]),
                   "confined_one": alone, "confined_two": beside, "confined_ratio": round(beside / alone, 2)},
    }


@contextmanager
def _site(folder: Path) -> Iterator[Site]:
    site = open_site(Settings(
        database_url=f"sqlite:///{folder}/datamo.db", files_url=f"file:{folder}/files", search_url=f"tantivy:{folder}/search",
        work_dir=folder / "work", environment="test",
    ))
    try:
        site.migrate()
        for number in range(AGENCIES):
            site.catalog.add_organisation(site.catalog.system(), code=f"H{number}", title={"vi": f"Cơ quan {number}"})
        yield site
    finally:
        site.close()


def _round(site: Site, folder: Path, many: int, files: int, name: str, *, confine: bool = False) -> dict[str, float]:
    """Start so many workers, each on a core of its own if wished, let them warm up, look what they cost idle, then hand in the files."""
    command = [sys.executable, "-m", "api.cli", "work"]
    with (folder / "worker.log").open("ab") as log:
        workers = [
            subprocess.Popen(command, env={**os.environ, **environment(site.settings)}, stdout=log, stderr=log)
            for _ in range(many)
        ]
    if confine:
        for worker, core in zip(workers, sorted(os.sched_getaffinity(0)), strict=False):
            os.sched_setaffinity(worker.pid, {core})
    try:
        _until(lambda: len(site.jobs.workers()) >= many, folder)
        _settle(site, _send(site, folder, f"{name}-warm", 4 * many), folder)
        idle = _cost(workers)
        time.sleep(IDLE_SECONDS)
        idle = (_cost(workers) - idle) / IDLE_SECONDS / many
        used, start = _cost(workers), time.perf_counter()
        _settle(site, _send(site, folder, name, files), folder)
        took = time.perf_counter() - start
        return {
            "files_per_second": round(files / took, 2), "idle_cpu": round(idle, 3),
            "cpu_seconds_per_file": round((_cost(workers) - used) / files, 3),
        }
    finally:
        for one in workers:
            one.send_signal(signal.SIGTERM)
        for one in workers:
            one.wait()


def _send(site: Site, folder: Path, name: str, files: int) -> list[str]:
    system, sent = site.catalog.system(), []
    for number in range(files):
        slug = f"{name}-{number}"
        dataset = site.catalog.draft(system, f"H{number % AGENCIES}", Dataset(title={"vi": slug}), slug=slug).id
        with (folder / "small.csv").open("rb") as stream:
            sent.append(receive(site.catalog, site.files, system, dataset, stream, "small.csv", Options(), limit=10**9).id)
    return sent


def _settle(site: Site, submissions: list[str], folder: Path) -> None:
    for one in submissions:
        _until(lambda key=one: site.catalog.submission(site.catalog.system(), key).state in ENDS, folder)  # type: ignore[misc]
        assert site.catalog.submission(site.catalog.system(), one).state == "published"


def _until(look: Callable[[], bool], folder: Path) -> None:
    until = time.monotonic() + LIMIT_SECONDS
    while not look():
        assert time.monotonic() < until, (folder / "worker.log").read_text(errors="replace")[-3000:]
        time.sleep(0.05)


def _cost(workers: list[subprocess.Popen[bytes]]) -> float:
    return sum(cpu_of(one.pid) for one in workers)
