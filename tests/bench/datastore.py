"""CKAN's DataStore over HTTP: rows loaded, filtered, grouped, sorted and dumped, on SQLite, beside figures of a CKAN.

A site with two web processes and a worker, as ``datamo serve --workers 2 --with-worker`` runs it; one client asks, one call after
the other. ``ours`` is rows loaded a second by ``datastore_upsert`` in batches of 5,000; ``peer`` is what a true CKAN 2.12 did on
a machine of this kind, with two processes as well. ``load_of_a_core`` is rows for each second of CPU of the web processes. Medians in
milliseconds are of questions to the snapshot once it and its serving file are there; ``dump`` is the table of rows that change,
``dump_published`` a published table of as many rows (``first``: while its serving file is made).
"""

from __future__ import annotations

import http.client
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from api.wiring import open_site
from pipelines.serving.shelf import ENDING, LEAST_ROWS
from tests.bench._site import Served, addresses, build, children, pss, served
from tests.bench.publish import send, settle, write

ROWS, QUICK_ROWS, BATCH, RUNS = 1_000_000, 25_000, 5_000, 9
PATIENCE = 300.0
CKAN = {"load": 5054, "filter_ms": 218, "sort_ms": 219, "group_ms": 184, "dump_mb_s": 56}
TARGETS = {"load": 50_000, "filter_ms": 20, "sort_ms": 120, "group_ms": 20, "dump_published_mb_s": 100, "megabytes": 700}
KINDS = {"ma": "text", "ten": "text", "xa": "text", "so": "int", "tien": "numeric", "ti_le": "float", "ngay": "date", "luc": "timestamp",
         "dung": "bool", "loai": "text", "nam": "int", "ghi_chu": "text"}


def rows(start: int, many: int) -> list[dict[str, Any]]:
    return [{
        "ma": f"m{at:08d}", "ten": f"Trường Tiểu học số {at % 977}", "xa": f"{at * 7919 % 10_000:05d}", "so": at * 31 % 100_003,
        "tien": at * 17 % 1_000_000 / 100, "ti_le": at % 1000 / 1000, "ngay": f"20{at % 26:02d}-0{at % 9 + 1}-1{at % 10}",
        "luc": f"2026-01-{at % 28 + 1:02d}T03:04:05", "dung": at % 3 == 0, "loai": "abcdefgh"[at % 8], "nam": 2000 + at % 26,
        "ghi_chu": f"Ghi chú {at % 10_007} của tỉnh {at % 34}",
    } for at in range(start, start + many)]


class Client:
    """One client on one connection, with the administrator's token."""

    def __init__(self, site: Served) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", site.port, timeout=300)
        self._head = {"Authorization": site.token, "Content-Type": "application/json"}

    def send(self, action: str, body: bytes) -> bytes:
        self._line.request("POST", f"/api/3/action/{action}", body, self._head)
        answer = self._line.getresponse()
        content = answer.read()
        assert answer.status == 200, content[:500]
        return content

    def call(self, action: str, **given: Any) -> Any:
        return orjson.loads(self.send(action, orjson.dumps(given)))["result"]

    def taken(self, address: str) -> tuple[float, float]:
        """Take a document; MB a second, and megabytes that it is."""
        begun, size = time.perf_counter(), 0
        self._line.request("GET", address, headers=self._head)
        answer = self._line.getresponse()
        assert answer.status == 200
        while part := answer.read(1 << 20):
            size += len(part)
        return round(size / 1e6 / (time.perf_counter() - begun), 1), round(size / 1e6)


def run(quick: bool = False) -> dict[str, Any]:
    many = QUICK_ROWS if quick else ROWS
    with tempfile.TemporaryDirectory(prefix="datamo-bench-") as name:
        folder = Path(name)
        write(folder / "bang.csv", many)
        build(folder / "site", 20)
        with served(folder / "site", worker=True, upload_limit="10GB") as site:
            (folder / "site" / "log").rename(folder / "worker.log")  # where ``settle`` looks when it fails
            client, published = Client(site), publish(folder)
            detail = loaded(site, client, folder, many) | dumped(client, folder, published, many)
            detail["megabytes"] = round(site.memory() + sum(pss(pid) for pid in askers(site)))
            detail["megabytes_of_two"] = round(site.memory())
    detail |= {"rows": many, "ckan": CKAN, "targets": TARGETS, "load": round(os.getloadavg()[0], 1)}
    ours = detail["load_rows_s"]
    return {"name": "datastore", "unit": "rows loaded per s", "ours": ours, "peer": CKAN["load"], "ratio": round(ours / CKAN["load"], 1), "detail": detail}


def askers(site: Served) -> list[int]:
    """The processes that ask tables for the web processes."""
    return [pid for web in site.web for pid in children(web)]


def publish(folder: Path) -> str:
    """Publish a table of as many rows through the worker; gives its resource's id."""
    here = open_site(**addresses(folder / "site"))
    try:
        here.catalog.amend_organisation(here.catalog.system(), "H99", review="none")
        settle(here, [send(here, folder / "bang.csv", "bang")], folder)
    finally:
        here.close()
    return "bang"


def loaded(site: Served, client: Client, folder: Path, many: int) -> dict[str, Any]:
    """Fill a table, and ask it."""
    client.call("package_create", name="to", owner_org="H12")
    fields = [{"id": name, "type": kind} for name, kind in KINDS.items()]
    key = client.call("datastore_create", resource={"package_id": "to"}, fields=fields)["resource_id"]
    wall, used = 0.0, site.seconds()
    for at in range(0, many, BATCH):
        body = orjson.dumps({"resource_id": key, "method": "insert", "records": rows(at, min(BATCH, many - at))})
        begun = time.perf_counter()
        client.send("datastore_upsert", body)
        wall += time.perf_counter() - begun
    told = {"load_rows_s": round(many / wall), "load_of_a_core": round(many / max(site.seconds() - used, 0.01))}
    return told | asked(client, folder, key, many) | dict(zip(("dump_mb_s", "dump_mb"), client.taken(f"/datastore/dump/{key}?format=csv"), strict=True))


def asked(client: Client, folder: Path, key: str, many: int) -> dict[str, Any]:
    """Ask a table that is large and still: of its snapshot's serving file, as soon as there is one in each process."""
    begun = time.perf_counter()
    client.call("datastore_search", resource_id=key, q="truong so 7", limit=1)
    made = time.perf_counter() - begun
    questions: dict[str, Callable[[], Any]] = {
        "plain": lambda: client.call("datastore_search", resource_id=key, limit=100),
        "filter": lambda: client.call("datastore_search", resource_id=key, filters={"xa": "00042"}, limit=100),
        "sort": lambda: client.call("datastore_search", resource_id=key, sort="so desc", limit=100),
        "words": lambda: client.call("datastore_search", resource_id=key, q="truong 976", limit=100),
        "group": lambda: client.call("datastore_search_sql", sql=f'SELECT loai, count(*) AS n, avg(tien) AS tb FROM "{key}" GROUP BY loai'),
    }
    assert client.call("datastore_search", resource_id=key, limit=0)["total"] == many
    return {"snapshot_s": round(made, 2), "served_s": ready(folder / "site" / "work" / "snapshots", many), **{f"{name}_ms": took(one) for name, one in questions.items()}}


def ready(shelf: Path, many: int) -> float:
    """Wait for the serving file that a first question wished for; seconds it took."""
    begun = time.perf_counter()
    while many >= LEAST_ROWS and not any(shelf.rglob(f"*{ENDING}")):
        time.sleep(0.1)
        assert time.perf_counter() - begun < PATIENCE
    return round(time.perf_counter() - begun, 1)


def dumped(client: Client, folder: Path, published: str, many: int) -> dict[str, Any]:
    """Dump the published table: while its serving file is made of which the first question wished, and once it is there."""
    key = client.call("package_show", id=published)["resources"][0]["id"]
    client.call("datastore_search", resource_id=key, limit=1)
    address = f"/datastore/dump/{key}?format=csv"
    first, _ = client.taken(address)
    ready(folder / "site" / "copies", many)
    speed, size = client.taken(address)
    return {"dump_published_first_mb_s": first, "dump_published_mb_s": speed, "dump_published_mb": size}


def took(one: Callable[[], Any]) -> float:
    """Give the median of several times in milliseconds, after it was asked once of each process."""
    for _ in range(4):
        one()
    spans = []
    for _ in range(RUNS):
        began = time.perf_counter()
        one()
        spans.append(time.perf_counter() - began)
    return round(statistics.median(spans) * 1000, 1)
