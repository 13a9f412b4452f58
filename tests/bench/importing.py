"""A CKAN site moved here by ``datamo import ckan``: datasets with two links each from a CKAN-speaking server of ours.

What counts is datasets a second and per CPU second of the importing process; the server answers from a process of its own.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import orjson

from tests.bench._site import ROOT, addresses
from tests.portals import Portal, a_package

DATASETS, QUICK_DATASETS, TARGET = 2_000, 20, 50
AGENCY = {"id": "org-1", "name": "so-giao-duc", "title": "Sở Giáo dục", "state": "active"}


def run(quick: bool = False, size: int = 0) -> dict:
    size = size or (QUICK_DATASETS if quick else DATASETS)
    with tempfile.TemporaryDirectory(prefix="datamo-bench-") as name, portal(size) as url:
        first = importing(Path(name), url)
        again = importing(Path(name), url)
    assert first["counts"]["new"] == size, first
    ours = round(size / first["wall"], 1)
    detail = {"datasets": size, "per_cpu_second": round(size / first["cpu"], 1), "again_seconds": round(again["wall"], 1),
              "target": TARGET, "load": round(os.getloadavg()[0], 1)}
    return {"name": "importing", "unit": "datasets imported per s", "ours": ours, "peer": TARGET, "ratio": round(ours / TARGET, 1),
            "peer_name": "the bar", "detail": detail}


def importing(folder: Path, url: str) -> dict[str, Any]:
    """Run the command; seconds of the clock and of the CPU, and what it counted."""
    told = {**addresses(folder), "fetch_networks": "127.0.0.0/8", "fetch_ports": url.rpartition(":")[2], "language": "en"}
    given = {**os.environ, **{f"DATAMO_{name.upper()}": str(value) for name, value in told.items()}, "PYTHONPATH": str(ROOT)}
    before, begun = spent(), time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "api.cli", "--json", "import", "ckan", url], cwd=ROOT, env=given, capture_output=True, check=False)
    took = time.perf_counter() - begun
    assert done.returncode == 0, (done.stdout + done.stderr).decode()[-3000:]
    return {"wall": took, "cpu": spent() - before, "counts": orjson.loads(done.stdout)["counts"]}


def spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextlib.contextmanager
def portal(size: int) -> Iterator[str]:
    """The address of a CKAN-speaking server that holds so many packages."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(size, theirs), daemon=True)
    process.start()
    try:
        yield str(ours.recv())
    finally:
        ours.send("stop")
        process.join(30)


def serve(size: int, line: Connection) -> None:
    one = Portal([a_package(number) for number in range(size)])
    one.organisations = [AGENCY]
    line.send(one.url)
    line.recv()
    one.close()
