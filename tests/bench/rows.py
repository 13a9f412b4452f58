"""Rows of a published table of 1 M x 12 asked over HTTP of one web process, beside PostgreSQL's plain table in the same run.

A page in the middle, a filter by a code, a group-by, and the whole table as CSV, once its serving file is made (the first
question wishes for it; until then the Parquet file answers). The server's own CPU stands beside the clock:
``cpu_ms`` is what one answer costs the web process and those that ask tables for it. PostgreSQL is asked through psycopg, which
gives rows and no JSON.
"""

from __future__ import annotations

import http.client
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import urlencode

import psycopg

from api.wiring import open_site
from infra.cluster.postgres import Postgres
from pipelines.serving.shelf import ENDING, LEAST_ROWS
from tests.bench._site import Served, addresses, build, children, cpu, pss, served
from tests.bench.publish import send, settle, write

ROWS, QUICK_ROWS, TIMES = 1_000_000, 5_000, 30
PATIENCE = 300.0
TARGETS = {"page_p95_ms": 30, "filter_p95_ms": 30, "group_p50_ms": 60, "csv_mb_s": 50, "csv_megabytes": 350}
QUESTIONS = {
    "page": {"limit": "100", "order_by": "id", "where": "id > {middle}"},
    "filter": {"limit": "100", "where": "ma_xa = '00301'"},
    "group": {"select": "nam, trang_thai, count(*) as n, avg(so_luong) as tb", "group_by": "nam, trang_thai"},
}
PLAIN = {
    "page": "SELECT * FROM t WHERE id > {middle} ORDER BY id LIMIT 100",
    "filter": "SELECT * FROM t WHERE ma_xa = '00301' LIMIT 100",
    "group": "SELECT nam, trang_thai, count(*), avg(so_luong) FROM t GROUP BY nam, trang_thai",
}
TABLE = ("CREATE TABLE t (id integer PRIMARY KEY, ma_xa text, ten text, ngay date, so_luong integer, don_gia integer, thanh_tien bigint, "
         "ghi_chu text, nam integer, trang_thai text, kinh_do double precision, vi_do double precision)")


def run(quick: bool = False, size: int = 0) -> dict:
    rows = size or (QUICK_ROWS if quick else ROWS)
    with tempfile.TemporaryDirectory(prefix="datamo-bench-") as name:
        folder = Path(name)
        write(folder / "bang.csv", rows)
        build(folder / "site", 20)
        ours = published(folder, rows)
        peer = plainly(folder, rows)
    detail = {**ours, **{f"peer_{key}": value for key, value in peer.items()}, "rows": rows, "targets": TARGETS, "load": round(os.getloadavg()[0], 1)}
    return {"name": "rows", "unit": "ms at p50, a group-by", "ours": ours["group_p50_ms"], "peer": peer["group_p50_ms"],
            "ratio": round(peer["group_p50_ms"] / ours["group_p50_ms"], 2), "peer_name": "PostgreSQL's plain table", "detail": detail}


# --- ours -------------------------------------------------------------------------------------------------------------


def published(folder: Path, rows: int) -> dict[str, Any]:
    """Publish the table through a worker, and ask for its rows."""
    with served(folder / "site", processes=1, worker=True, upload_limit="10GB") as site:
        (folder / "site" / "log").rename(folder / "worker.log")  # where ``settle`` looks when it fails
        here = open_site(**addresses(folder / "site"))
        try:
            begun = time.perf_counter()
            here.catalog.amend_organisation(here.catalog.system(), "H99", review="none")
            settle(here, [send(here, folder / "bang.csv", "bang")], folder)
            took = time.perf_counter() - begun
        finally:
            here.close()
        line = http.client.HTTPConnection("127.0.0.1", site.port, timeout=300)
        ask(line, "limit=1")
        found: dict[str, Any] = {"published_s": round(took, 1), "served_s": ready(folder / "site" / "copies", rows)}
        for name, asked in QUESTIONS.items():
            query = urlencode({key: value.format(middle=rows // 2) for key, value in asked.items()})
            ask(line, query)
            before, spans = used(site), spans_of(lambda query=query: ask(line, query))  # type: ignore[misc]
            found |= {**told(name, spans), f"{name}_cpu_ms": round((used(site) - before) * 1000 / TIMES, 1)}
        return {**found, **exported(site, line)}


def ask(line: http.client.HTTPConnection, query: str) -> bytes:
    line.request("GET", f"/api/v1/datasets/bang/rows?{query}")
    answer = line.getresponse()
    body = answer.read()
    assert answer.status == 200, body[:500]
    return body


def ready(copies: Path, rows: int) -> float:
    """Wait for the serving file that the first question wished for; seconds it took, 0 where the table is too small for one."""
    begun = time.perf_counter()
    while rows >= LEAST_ROWS and not any(copies.rglob(f"*{ENDING}")):
        time.sleep(0.1)
        assert time.perf_counter() - begun < PATIENCE
    return round(time.perf_counter() - begun, 1)


def exported(site: Served, line: http.client.HTTPConnection) -> dict[str, Any]:
    """Take the whole table as CSV, and see how much memory the site's process and its askers hold."""
    before, begun, size, most = used(site), time.perf_counter(), 0, 0.0
    line.request("GET", "/api/v1/datasets/bang/rows?format=csv&limit=all")
    answer = line.getresponse()
    assert answer.status == 200
    while part := answer.read(1 << 20):
        size += len(part)
        if (size >> 20) % 8 == 0:
            most = max(most, sum(map(pss, family(site))))
    return {"csv_mb_s": round(size / 1e6 / (time.perf_counter() - begun), 1), "csv_mb_per_cpu_s": round(size / 1e6 / max(used(site) - before, 0.01), 1),
            "csv_megabytes": round(max(most, sum(map(pss, family(site)))))}


def family(site: Served) -> list[int]:
    """The web process and the processes that ask tables for it; not the worker's."""
    return [*site.web, *(pid for pid in children(site.process.pid) if pid not in site.worker)]


def used(site: Served) -> float:
    return sum(map(cpu, family(site)))


# --- PostgreSQL -------------------------------------------------------------------------------------------------------


def plainly(folder: Path, rows: int) -> dict[str, Any]:
    """The same in a plain table: a primary key, an index on the code, nothing else."""
    server = Postgres(folder / "pg", delete=True)
    with server, psycopg.connect(server.get_uri(), autocommit=True) as there:
        there.execute(TABLE)
        with (folder / "bang.csv").open("rb") as file, there.cursor().copy("COPY t FROM STDIN (FORMAT csv, HEADER)") as copy:
            while part := file.read(1 << 20):
                copy.write(part)
        there.execute("CREATE INDEX ON t (ma_xa)")
        there.execute("VACUUM ANALYZE t")
        found: dict[str, Any] = {}
        for name, words in PLAIN.items():
            text = words.format(middle=rows // 2)
            found |= told(name, spans_of(lambda text=text: there.execute(text).fetchall()))  # type: ignore[misc]
        begun, size = time.perf_counter(), 0
        with there.cursor().copy("COPY t TO STDOUT (FORMAT csv, HEADER)") as copy:
            for some in copy:
                size += len(some)
        return {**found, "csv_mb_s": round(size / 1e6 / (time.perf_counter() - begun), 1)}


def spans_of(deed: Callable[[], object]) -> list[float]:
    spans = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        deed()
        spans.append((time.perf_counter() - begun) * 1000)
    return spans


def told(name: str, spans: list[float]) -> dict[str, float]:
    cuts = quantiles(spans, n=20, method="inclusive")
    return {f"{name}_p50_ms": round(cuts[9], 1), f"{name}_p95_ms": round(cuts[18], 1)}
