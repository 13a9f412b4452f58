"""CKAN's DataStore over HTTP: rows loaded, filtered, grouped, sorted and dumped, on SQLite, beside figures of a CKAN.

``ours`` is rows loaded per second of CPU by ``datastore_upsert`` in batches of 5,000; ``peer`` is what a true CKAN 2.12 did on
a machine of this kind (rows per second, quiet). ``detail`` holds the medians in milliseconds of questions to the snapshot,
seconds of making it, and MB/s of dumps; ``*_cpu`` are seconds of CPU of this process and its children that ended.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from catalog.adapters.tables_sqlite import SqliteTables
from tests.site import make_town

ROWS, QUICK_ROWS, BATCH, RUNS = 1_000_000, 25_000, 5_000, 7
CKAN = {"load": 5054, "filter_ms": 218, "sort_ms": 219, "group_ms": 184, "dump_mb_s": 56}
KINDS = {"ma": "text", "ten": "text", "xa": "text", "so": "int", "tien": "numeric", "ti_le": "float", "ngay": "date", "luc": "timestamp",
         "dung": "bool", "loai": "text", "nam": "int", "ghi_chu": "text"}


def rows(start: int, many: int) -> list[dict[str, Any]]:
    return [{
        "ma": f"m{at:08d}", "ten": f"Trường Tiểu học số {at % 977}", "xa": f"{at * 7919 % 10_000:05d}", "so": at * 31 % 100_003,
        "tien": at * 17 % 1_000_000 / 100, "ti_le": at % 1000 / 1000, "ngay": f"20{at % 26:02d}-0{at % 9 + 1}-1{at % 10}",
        "luc": f"2026-01-{at % 28 + 1:02d}T03:04:05", "dung": at % 3 == 0, "loai": "abcdefgh"[at % 8], "nam": 2000 + at % 26,
        "ghi_chu": f"Ghi chú {at % 10_007} của tỉnh {at % 34}",
    } for at in range(start, start + many)]


def run(quick: bool = False) -> dict[str, Any]:
    many = QUICK_ROWS if quick else ROWS
    with tempfile.TemporaryDirectory(prefix="datamo-bench-") as name:
        town = make_town(Path(name), tables=SqliteTables(Path(name) / "tables"))
        head = {**town.head("editor"), "Content-Type": "application/json"}

        def call(action: str, **given: Any) -> Any:
            answer = town.client.post(f"/api/3/action/{action}", content=orjson.dumps(given), headers=head)
            assert answer.status_code == 200, answer.text[:500]
            return orjson.loads(answer.content)["result"]

        call("package_create", name="to", owner_org="H12")
        fields = [{"id": name, "type": kind} for name, kind in KINDS.items()]
        key = call("datastore_create", resource={"package_id": "to"}, fields=fields)["resource_id"]
        bodies = (orjson.dumps({"resource_id": key, "method": "insert", "records": rows(at, min(BATCH, many - at))})
                  for at in range(0, many, BATCH))
        wall = cpu = 0.0
        for body in bodies:
            began, spent = time.perf_counter(), time.process_time()
            assert town.client.post("/api/3/action/datastore_upsert", content=body, headers=head).status_code == 200
            wall, cpu = wall + time.perf_counter() - began, cpu + time.process_time() - spent
        detail = {"load_rows_s_wall": round(many / wall), **asked(call, key, many)}
        began, size = time.perf_counter(), 0
        with town.client.stream("GET", f"/datastore/dump/{key}?format=csv") as answer:
            size = sum(map(len, answer.iter_bytes()))
        detail["dump_mb_s"] = round(size / 1e6 / (time.perf_counter() - began), 1)
    return {"name": "datastore", "unit": "rows loaded per s", "ours": round(many / cpu), "peer": CKAN["load"],
            "ratio": round(many / cpu / CKAN["load"], 1), "detail": {**detail, "rows": many, "ckan": CKAN, "load": round(os.getloadavg()[0], 1)}}


def asked(call: Callable[..., Any], key: str, many: int) -> dict[str, Any]:
    began = time.perf_counter()
    call("datastore_search", resource_id=key, q="truong so 7", limit=1)
    made = time.perf_counter() - began
    questions: dict[str, Callable[[], Any]] = {
        "plain": lambda: call("datastore_search", resource_id=key, limit=100),
        "filter": lambda: call("datastore_search", resource_id=key, filters={"xa": "00042"}, limit=100),
        "sort": lambda: call("datastore_search", resource_id=key, sort="so desc", limit=100),
        "words": lambda: call("datastore_search", resource_id=key, q="truong 976", limit=100),
        "group": lambda: call("datastore_search_sql", sql=f'SELECT loai, count(*) AS n, avg(tien) AS tb FROM "{key}" GROUP BY loai'),
    }
    assert call("datastore_search", resource_id=key, limit=0)["total"] == many
    return {"snapshot_s": round(made, 2), **{f"{name}_ms": took(one) for name, one in questions.items()}}


def took(one: Callable[[], Any]) -> float:
    one()
    spans = []
    for _ in range(RUNS):
        began = time.perf_counter()
        one()
        spans.append(time.perf_counter() - began)
    return round(statistics.median(spans) * 1000, 1)
