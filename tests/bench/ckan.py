"""CKAN's actions at one web process over many datasets: package_show, package_search with five facets, a harvester's
pages of 1,000, and package_create.

Beside them a bare FastAPI answer, asked in the same way in the same run. The asking program uses a core of its own: on a
crowded machine requests per CPU second of the server say more than the pace, and their ratio to the bare route says most.
A CKAN 2.12 with two processes on a machine of this kind gave 228, 49, 778 datasets and 14 a second.
"""

from __future__ import annotations

import http.client
import itertools
import json
import multiprocessing
import os
import socket
import tempfile
import time
from pathlib import Path

from fastapi import FastAPI

from tests.bench.http import await_port, bare_app, cpu, measure, our_app, server

DATASETS, QUICK_DATASETS = 16_000, 60
PAGE = 1000
FACETS = "%5B%22organization%22,%22groups%22,%22tags%22,%22res_format%22,%22license_id%22%5D"
PATHS = {
    "package_show": "/api/3/action/package_show?id=danh-sach-{number}",
    "package_search": f"/api/3/action/package_search?q=truong+hoc&rows=20&facet.field={FACETS}",
    "harvest": "/api/3/action/package_search?rows={page}&start={page}&sort=id+asc&facet=false",
}
TARGETS = {"package_show": 2300, "package_search": 490, "harvest": 5000, "package_create": 140}
"""A second, of a site with two processes on two cores of its own; of harvest, datasets."""


def run(quick: bool = False, size: int = DATASETS) -> dict:
    datasets, seconds = (QUICK_DATASETS, 0.4) if quick else (size, 5.0)
    page = 20 if quick else PAGE
    paths = {name: path.format(number=7, page=page) for name, path in PATHS.items()}
    with tempfile.TemporaryDirectory(prefix="datamo-bench-") as folder:
        bare = serving(bare_app, folder, 0, {"bare": "/datasets/x"}, seconds)["bare"]
        ours = serving(site_app, folder, datasets, paths, seconds)
    ours["harvest"] = {**ours["harvest"], "per_second": ours["harvest"]["per_second"] * page,
                       "cpu_ms": round(ours["harvest"]["cpu_ms"] / page, 4)}
    detail: dict = {"datasets": datasets, "load": round(os.getloadavg()[0], 1), "bare_per_cpu_second": round(1000 / bare["cpu_ms"])}
    for name, one in ours.items():
        pace = 1000 / max(one["cpu_ms"], 0.001)
        detail |= {f"{name}_per_second": one["per_second"], f"{name}_per_cpu_second": round(pace),
                   f"{name}_of_bare": round(bare["cpu_ms"] / max(one["cpu_ms"], 0.001), 3), f"{name}_target": TARGETS[name]}
    show = ours["package_show"]
    return {
        "name": "ckan", "unit": "package_show per CPU second of one process", "ours": round(1000 / show["cpu_ms"]),
        "peer": round(1000 / bare["cpu_ms"]), "ratio": round(bare["cpu_ms"] / show["cpu_ms"], 3),
        "peer_name": "a bare FastAPI route that answers bytes", "detail": detail,
    }


def site_app(folder: str, datasets: int) -> FastAPI:
    """The site of the other benchmark, with a token that may write."""
    where = Path(folder) / "site"
    where.mkdir()
    app = our_app(str(where), datasets)
    catalog = app.state.site.catalog
    token = catalog.add_token(catalog.system(), "editor").secret
    (Path(folder) / "token").write_text(token, encoding="ascii")
    return app


def serving(make, folder: str, datasets: int, paths: dict[str, str], seconds: float) -> dict[str, dict]:
    """Start an application in a process of its own, ask each path for some seconds, and let packages be made."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        process = multiprocessing.get_context("spawn").Process(target=server, args=(make, folder, datasets, listening), daemon=True)
        process.start()
        try:
            await_port(port, process)
            found = {name: measure(port, path, seconds, process.pid) for name, path in paths.items()}
            token = Path(folder) / "token"
            if token.exists():
                found["package_create"] = creating(port, token.read_text(encoding="ascii"), seconds, process.pid)
            return found
        finally:
            process.terminate()
            process.join(10)


def creating(port: int, token: str, seconds: float, pid: int) -> dict:
    """Make packages with a link on one connection."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    before, begun, made = cpu(pid), time.perf_counter(), 0
    for number in itertools.count():
        if time.perf_counter() - begun > seconds:
            break
        name = f"moi-{number}"
        given = {"name": name, "title": f"Bộ dữ liệu {number}", "owner_org": "H12", "notes": "Mô tả", "tags": [{"name": "ckan"}],
                 "resources": [{"url": "https://example.org/a.csv", "name": "Tệp"}]}
        line.request("POST", "/api/3/action/package_create", json.dumps(given), {"Authorization": token, "Content-Type": "application/json"})
        answer = line.getresponse()
        body = answer.read()
        assert answer.status == 200, body
        made += 1
    took = time.perf_counter() - begun
    return {"per_second": round(made / took), "cpu_ms": round((cpu(pid) - before) * 1000 / max(made, 1), 3)}
