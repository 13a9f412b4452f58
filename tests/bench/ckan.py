"""CKAN's actions over 16,000 datasets, of two web processes as ``datamo serve --workers 2`` runs them, asked over HTTP.

A harvester's very first walk over all pages of 1,000: once the site itself has made them ahead, and of one that has just started at
an address that it never had; the same pages again; package_show of any
dataset; package_search with five facets (each question once: by eight readers at once, by four, by one alone; and the same ones
again); package_create beside a worker. What counts is requests per CPU second of the web processes, doubled for
the two cores that a site with two processes has for itself: on a crowded machine the pace says little. The asking program's own
CPU stands beside. A CKAN 2.12 with two processes on a machine of this kind gave 228, 49, 778 datasets and 14 a second.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import random
import resource
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import quote_plus

from tests.bench._site import Served, copied, cpu, served
from tests.bench.search import Words

DATASETS, QUICK_DATASETS = 16_000, 60
PAGE = 1000
CORES = 2
CONNECTIONS = 8
PATIENCE = 20.0
"""Seconds without any new package after which no more are waited for."""

LONGEST = 90.0
"""Seconds after which a question is asked no more, on a machine that is too busy."""

FACETS = "%5B%22organization%22,%22groups%22,%22tags%22,%22res_format%22,%22license_id%22%5D"
CKAN = {"package_show": 228, "package_search": 49, "package_search_again": 49, "package_search_four": 49, "harvest": 778,
        "harvest_first": 778, "harvest_ahead": 778, "package_create": 14}
CKAN_ALONE = {"p50_ms": 32, "p95_ms": 41}
TARGETS = {"package_show": 2300, "package_search": 490, "package_search_again": 490, "harvest": 5000, "harvest_first": 5000, "harvest_ahead": 5000, "package_create": 140}
"""A second, of a site with two processes on two cores of its own; of harvests, datasets."""

SLOWEST = {"package_search_alone": 50, "package_search_four": 50}
"""Milliseconds that the slowest twentieth may take, also with 100,000 datasets."""

Asked = Iterator[bytes]
Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def run(quick: bool = False, size: int = 0) -> dict:
    size, part = size or (QUICK_DATASETS if quick else DATASETS), 40 if quick else 1
    page = 20 if quick else PAGE
    new = searches()
    with copied(size) as folder:
        with served(folder, site_url="http://ahead.example") as site:
            waited = made_ahead(folder, size)
            ahead = asking(site, harvest(size, page), size // page, first=True)
        with served(folder) as site:
            found = {
                "harvest_ahead": ahead,
                "harvest_first": asking(site, harvest(size, page), size // page, first=True),
                "harvest": asking(site, harvest(size, page), 2 * size // page),
                "package_show": asking(site, shows(size), 4000 // part),
                "package_search": asking(site, new, 800 // part),
                "package_search_four": asking(site, new, 400 // part, connections=4),
                "package_search_alone": asking(site, new, 400 // part, connections=1),
                "package_search_again": asking(site, searches(again=20), 2000 // part),
            }
            memory = site.memory()
        with served(folder, worker=True) as site:
            site.calm()
            before = sum(map(cpu, site.worker))
            found["package_create"] = asking(site, creates(site.token), 400 // part)
            spent_by_worker = round(sum(map(cpu, site.worker)) - before, 1)
    detail: dict[str, Any] = {"datasets": size, "megabytes_of_two": round(memory), "worker_cpu_s": spent_by_worker, "ahead_after_s": waited, "load": round(os.getloadavg()[0], 1)}
    for name, one in found.items():
        many = page if name.startswith("harvest") else 1
        detail |= {f"{name}_of_two_cores": round(CORES * many * one["per_cpu"]), f"{name}_per_second": round(many * one["per_second"]),
                   f"{name}_p50_ms": one["p50_ms"], f"{name}_p95_ms": one["p95_ms"], f"{name}_asker_cpu": one["asker"]}
        detail |= {f"{name}_target": TARGETS[name]} if name in TARGETS else {f"{name}_p95_ms_target": SLOWEST[name]}
    ours = round(CORES * found["package_search"]["per_cpu"])
    return {"name": "ckan", "unit": "package_search with five facets a second, by the CPU of two cores", "ours": ours,
            "peer": CKAN["package_search"], "ratio": round(ours / CKAN["package_search"], 1),
            "peer_name": "CKAN 2.12 measured elsewhere", "detail": {**detail, "ckan": CKAN, "ckan_package_search_alone": CKAN_ALONE}}


def made_ahead(folder: Path, size: int) -> float:
    """Wait until all packages lie ready that nobody asked for, or no more come; gives the seconds."""
    begun = came = time.perf_counter()
    there = -1
    while there < size and time.perf_counter() - came < PATIENCE:
        time.sleep(0.5)
        for one in (folder / "work" / "packages").glob("*.db"):
            with contextlib.closing(sqlite3.connect(f"file:{one}?mode=ro", uri=True)) as file:
                now = file.execute("SELECT count(*) FROM made").fetchone()[0]
            there, came = (now, time.perf_counter()) if now != there else (there, came)
    return round(time.perf_counter() - begun, 1)


# --- what is asked ----------------------------------------------------------------------------------------------------


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def shows(size: int) -> Asked:
    chance = random.Random(2)
    while True:
        yield get(f"/api/3/action/package_show?id=danh-sach-{chance.randrange(size) + 1}")


def searches(again: int = 0) -> Asked:
    """Questions of two words; each another one, or some again and again."""
    chance, words = random.Random(3), Words().vi[:200]
    every = ((one, other) for one, other in itertools.permutations(words, 2))
    pairs = list(every)
    chance.shuffle(pairs)
    for one, other in itertools.cycle(pairs[:again]) if again else iter(pairs):
        yield get(f"/api/3/action/package_search?q={quote_plus(f'{one} {other}')}&rows=20&facet.field={FACETS}")


def harvest(size: int, page: int) -> Asked:
    for start in itertools.cycle(range(0, size, page)):
        yield get(f"/api/3/action/package_search?rows={page}&start={start}&sort=id+asc&facet=false")


def creates(token: str) -> Asked:
    for number in itertools.count():
        given = {"name": f"moi-{number}", "title": f"Bộ dữ liệu {number}", "owner_org": "H12", "notes": "Mô tả", "tags": [{"name": "ckan"}],
                 "resources": [{"url": "https://example.org/a.csv", "name": "Tệp"}]}
        body = json.dumps(given).encode()
        head = f"Authorization: {token}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        yield b"POST /api/3/action/package_create HTTP/1.1\r\nHost: 127.0.0.1\r\n" + head.encode() + body


# --- asking -----------------------------------------------------------------------------------------------------------


def asking(site: Served, asked: Asked, most: int, *, connections: int = CONNECTIONS, first: bool = False) -> dict[str, Any]:
    """Ask so many times on several connections, unless ``first`` a few times before; what the web processes and this one used meanwhile."""
    if not first:
        asyncio.run(several(site.port, asked, max(most // 10, 2 * CONNECTIONS), connections))
    before, own, begun = site.seconds(), spent(), time.perf_counter()
    walls = asyncio.run(several(site.port, asked, most, connections))
    took, used = time.perf_counter() - begun, max(site.seconds() - before, 0.01)
    last = quantiles(walls, n=20, method="inclusive")[18]
    return {"per_second": len(walls) / took, "per_cpu": len(walls) / used, "p50_ms": round(median(walls) * 1000, 1),
            "p95_ms": round(last * 1000, 1), "asker": round(spent() - own, 2)}


def spent() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def several(port: int, asked: Asked, most: int, connections: int) -> list[float]:
    walls, until, begun = list[float](), time.perf_counter() + LONGEST, itertools.count(1)

    def goes_on() -> bool:
        return time.perf_counter() < until and next(begun) <= most

    lines = [await connected(port) for _ in range(connections)]
    await asyncio.gather(*(one_way(line, asked, walls, goes_on) for line in lines))
    return walls


async def connected(port: int) -> Line:
    """Connect, and be answered once: clients do not come in the same millisecond, when one process may take them all."""
    line = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    await answer(line, get("/healthz"))
    return line


async def one_way(line: Line, asked: Asked, walls: list[float], goes_on: Callable[[], bool]) -> None:
    """Ask one after the other on one connection."""
    while goes_on():
        begun = time.perf_counter()
        await answer(line, next(asked))
        walls.append(time.perf_counter() - begun)
    line[1].close()


async def answer(line: Line, asked: bytes) -> None:
    reader, writer = line
    writer.write(asked)
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(next(each for each in head.lower().split(b"\r\n") if each.startswith(b"content-length")).split(b":")[1])
    body = await reader.readexactly(length)
    assert head.split(b" ", 2)[1] == b"200", body[:500]
