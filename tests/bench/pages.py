"""The pages that people meet first, asked of one web process: how many a second, and how long the slowest twentieth takes.

The site holds ``--size`` datasets and two tables that a worker published, one of 1,000,000 × 12 and one of 10. ``kept`` pages are
asked again and again, ``drawn`` ones for the first time: each question of the search differs, each filter names another value, and a
``drawn`` dataset page bears another address each time.
``cpu_ms`` is what one answer costs the process; on a crowded machine it says more than the clock.
"""

from __future__ import annotations

import asyncio
import http.client
import os
import tempfile
import time
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import quote_plus

from api.wiring import open_site
from tests.bench._site import Served, addresses, copied, cpu, served
from tests.bench.http import ask
from tests.bench.publish import send, settle, write
from tests.bench.rows import family
from tests.bench.search import questions

SIZE, QUICK_SIZE = 100_000, 200
ROWS, QUICK_ROWS, FEW_ROWS = 1_000_000, 25_000, 10
TIMES, SECONDS = 200, 5.0
TARGETS = {"dataset_page_per_second": 300, "dataset_page_p95_ms": 40, "search_page_p95_ms": 80, "filter_p95_ms": 300}
PATIENCE = 300.0


def run(quick: bool = False, size: int = 0) -> dict:
    size, rows = size or (QUICK_SIZE if quick else SIZE), QUICK_ROWS if quick else ROWS
    with copied(size) as folder:
        (folder / "log").touch()
        found = measured(folder, rows, 0.3 if quick else SECONDS, 10 if quick else TIMES)
    detail = {**found, "datasets": size, "rows": rows, "targets": TARGETS, "load": round(os.getloadavg()[0], 1)}
    ours = found["dataset_page_per_second"]
    return {"name": "pages", "unit": "dataset pages per second, one process", "ours": ours, "peer": TARGETS["dataset_page_per_second"],
            "ratio": round(ours / TARGETS["dataset_page_per_second"], 2), "peer_name": "our own bar", "detail": detail}


def measured(folder: Path, rows: int, seconds: float, times: int) -> dict[str, Any]:
    """Publish the tables and ask for every page."""
    with served(folder, processes=1, worker=True, upload_limit="10GB") as site:
        publish(folder, rows)
        kept = {"home": "/", "dataset_page": "/datasets/it", "large_page": "/datasets/bang", "search_kept": f"/datasets?q={quote_plus(questions()[0])}"}
        found: dict[str, Any] = {}
        for name, path in kept.items():
            drawn = spans(site.port, [path])
            found[f"{name}_first_ms"] = round(drawn[0], 1)
            found |= told(name, site, [path] * times)
            asyncio.run(ask(site.port, path, seconds / 5))
            before = cpu(site.process.pid)
            count, size = asyncio.run(ask(site.port, path, seconds))
            found |= {f"{name}_per_second": round(count / seconds), f"{name}_pace_cpu_ms": round((cpu(site.process.pid) - before) * 1000 / max(count, 1), 2),
                      f"{name}_bytes": size}
        for name, path in (("dataset_page_drawn", "/datasets/it"), ("large_page_drawn", "/datasets/bang")):
            found |= told(name, site, [f"{path}?asked={at}" for at in range(min(times, 50))])
        found |= told("search_page", site, [f"/datasets?q={quote_plus(words)}" for words in questions()])
        found |= filters(site, folder, min(times, 20))
        return found


def publish(folder: Path, rows: int) -> None:
    with tempfile.TemporaryDirectory(prefix="datamo-bench-") as name:
        here, many = open_site(**addresses(folder)), Path(name)
        try:
            here.catalog.amend_organisation(here.catalog.system(), "H99", review="none")
            for slug, length in (("it", FEW_ROWS), ("bang", rows)):
                write(many / f"{slug}.csv", length)
                (many / "worker.log").write_bytes((folder / "log").read_bytes())
                settle(here, [send(here, many / f"{slug}.csv", slug)], many)
            until = time.monotonic() + PATIENCE
            while here.catalog.lag("index") and time.monotonic() < until:
                time.sleep(0.1)
        finally:
            here.close()


def filters(site: Served, shelf: Path, times: int) -> dict[str, Any]:
    """Filters of the preview, each asked for with another value; the first questions make the serving file, and are not counted."""
    def path(op: str, column: str, value: object) -> str:
        return f"/datasets/bang?column={column}&op={op}&value={quote_plus(str(value))}"

    spans(site.port, [path("eq", "ma_xa", "00001")])
    until = time.monotonic() + PATIENCE
    while not list(shelf.glob("**/*.duckdb")) and time.monotonic() < until:
        time.sleep(0.2)
    kinds = {
        "equals": [path("eq", "ma_xa", f"{301 + 3 * at:05}") for at in range(times)],
        "contains": [path("contains", "ten", word) for word in ("thi binh", "van an", "Cường", "hoang c", "dat") * times][:times],
        "contains_many": [path("contains", "kinh_do", f"{105 + at / 100:.2f}") for at in range(times)],
        "contains_one": [path("contains", "thanh_tien", 1_234_567 + at) for at in range(times)],
    }
    return {key: value for name, paths in kinds.items() for key, value in told(f"filter_{name}", site, paths).items()}


def told(name: str, site: Served, paths: list[str]) -> dict[str, Any]:
    before, found = sum(map(cpu, family(site))), spans(site.port, paths)
    cost = (sum(map(cpu, family(site))) - before) * 1000 / len(paths)
    cuts = quantiles(found, n=20, method="inclusive") if len(found) > 1 else found * 19
    return {f"{name}_p50_ms": round(cuts[9], 1), f"{name}_p95_ms": round(cuts[18], 1), f"{name}_cpu_ms": round(cost, 1)}


def spans(port: int, paths: list[str]) -> list[float]:
    """Milliseconds of each page, asked one after the other as a browser asks: packed."""
    line, found = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE), []
    for path in paths:
        begun = time.perf_counter()
        line.request("GET", path, headers={"Accept-Encoding": "gzip"})
        answer = line.getresponse()
        body = answer.read()
        found.append((time.perf_counter() - begun) * 1000)
        assert answer.status == 200, (path, answer.status, body[:300])
    line.close()
    return found
