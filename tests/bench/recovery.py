"""How soon a site is itself again: web process ready, uploads of a worker that was killed at their end, search caught up.

``ours`` are the seconds from the moment a killed Elasticsearch answers again until it holds every one of the datasets that were
published while it was away; ``peer`` are the 60 seconds that are promised. The other two: from the start of the command to the first
``/readyz`` with 200 (promised: 10 s), and from the start of a new worker, after ``kill -9`` of one with uploads under way and waiting,
until every acknowledged upload has come to its end (120 s). Beside each stands what it took in CPU seconds, which hold on a busy machine too.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from api.wiring import Site
from infra.cluster.ports import free_ports
from tests.bench._engines import told
from tests.bench.publish import cpu_of
from tests.elastic import Node
from tests.faults.place import Place

DATASETS, UPLOADS = 1_000, 20
PROMISED = {"search": 60.0, "ready": 10.0, "uploads": 120.0}
LIMIT_SECONDS = 900.0


def run(quick: bool = False) -> dict:
    datasets, uploads = (20, 3) if quick else (DATASETS, UPLOADS)
    node = Node()
    node.start()
    try:
        with tempfile.TemporaryDirectory(prefix="datamo-bench-") as folder:
            place = Place(Path(folder), {"DATAMO_SEARCH_URL": f"{node.url}/recovery"})
            with place.site() as site:
                found = {**told(ready(place)), **told(taken_over(place, site, uploads)), **told(caught_up(place, site, node, datasets))}
    finally:
        node.wipe()
    return {
        "name": "recovery", "unit": "seconds until search has caught up", "ours": found["search_seconds"], "peer": PROMISED["search"],
        "ratio": round(PROMISED["search"] / found["search_seconds"], 1), "peer_name": "what is promised",
        "detail": {"datasets": datasets, "uploads": uploads, **found, "load": round(os.getloadavg()[0], 1)},
    }


def ready(place: Place) -> dict[str, float]:
    """Start a web process as an operator does, twice, the first to warm the disk; gives the second's figures."""
    for _ in range(2):
        port, start = free_ports(1)[0], time.perf_counter()
        web = place.command("serve", "--port", str(port))
        try:
            wait(lambda port=port: _ready(port))  # type: ignore[misc]
            told = {"ready_seconds": round(time.perf_counter() - start, 2), "ready_cpu": round(cpu_of(web.pid), 2)}
        finally:
            _end(web, signal.SIGTERM)
    return told


def _ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def taken_over(place: Place, site: Site, uploads: int) -> dict[str, float]:
    """Kill a worker as soon as one of the uploads is being checked, and let another one end them."""
    worker = place.command("work")
    wait(site.jobs.workers)
    sent = [place.upload(site, place.draft(site, f"bo-{one}")).id for one in range(uploads)]
    states = lambda: {site.catalog.submission(site.catalog.system(), one).state for one in sent}  # noqa: E731
    wait(lambda: states() & {"checking", "ready", "published"})
    _end(worker, signal.SIGKILL)
    start = time.perf_counter()
    worker = place.command("work")
    try:
        wait(lambda: states() == {"published"})
        return {"uploads_seconds": round(time.perf_counter() - start, 1), "uploads_cpu": round(cpu_of(worker.pid), 1)}
    finally:
        _end(worker, signal.SIGTERM)


def caught_up(place: Place, site: Site, node: Node, datasets: int) -> dict[str, float]:
    """Publish while the server is away, let it come back, and count how long the worker needs."""
    system = site.catalog.system()
    worker = place.command("work")
    try:
        wait(lambda: not site.catalog.follow("index"))
        node.kill()
        for one in range(datasets):
            link = {"name": "trang", "title": {"vi": "Trang"}, "url": f"https://example.vn/{one}"}
            site.catalog.add_link(system, place.draft(site, f"cho-{one}"), **link)
        before = cpu_of(worker.pid)
        node.start()
        start = time.perf_counter()
        wait(lambda: not site.catalog.follow("index"))
        held = sum(1 for _ in site.index.sequences())
        took = {"search_seconds": round(time.perf_counter() - start, 1), "search_cpu": round(cpu_of(worker.pid) - before, 1)}
        if held < datasets:
            raise AssertionError(f"search holds {held} of {datasets} datasets")
        return took
    finally:
        _end(worker, signal.SIGTERM)


def wait(look: Callable[[], object]) -> None:
    """Wait until there is something to see."""
    until = time.monotonic() + LIMIT_SECONDS
    while not look():
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(0.1)


def _end(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    """End a process that we started, and wait for it."""
    process.send_signal(how)
    process.wait(60)
