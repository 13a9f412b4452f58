"""Requests per second of one web process over 1,000 datasets on SQLite and tantivy: a dataset's JSON and page, and search.

Beside it a bare FastAPI answer of the same size, asked in the same way in the same run. The asking program uses a core of
its own: on a crowded machine ``cpu_ms`` (what one answer costs the server) says more than the pace.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import socket
import tempfile
import time
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Response

from catalog.adapters.index_tantivy import TantivyIndex
from standards.record import Dataset
from tests.site import SCHOOLS, make_town

WORDS = ["trường", "học", "giáo", "dục", "y", "tế", "giao", "thông", "ngân", "sách", "xã", "phường", "bệnh", "viện", "đất", "đai", "môi", "trường", "số", "liệu", "năm", "danh", "mục"]
CONNECTIONS = 16
SLUG = "truong-hoc-2025"
DATASETS, QUICK_DATASETS = 1_000, 30
PATHS = {
    "dataset_json": f"/api/v1/datasets/{SLUG}", "dataset_page": f"/datasets/{SLUG}",
    "search_json": "/api/v1/datasets?q=truong+hoc&theme=EDUC", "search_page": "/datasets?q=truong+hoc&theme=EDUC",
}
TARGETS = {"dataset_json": 1500, "dataset_page": 300}


def run(quick: bool = False) -> dict:
    seconds = 0.5 if quick else 5.0
    with tempfile.TemporaryDirectory(prefix="datamo-bench-") as folder:
        ours = serve(our_app, folder, QUICK_DATASETS if quick else DATASETS, list(PATHS.values()), seconds)
        peer = serve(bare_app, folder, 0, ["/datasets/x"], seconds)
    measured = dict(zip(PATHS, ours, strict=True))
    detail = {
        "connections": CONNECTIONS, "seconds": seconds, "load": round(os.getloadavg()[0], 1),
        **{f"{name}_{key}": one[key] for name, one in measured.items() for key in ("per_second", "cpu_ms", "bytes")},
        **{f"{name}_target": target for name, target in TARGETS.items()}, "datasets": DATASETS, "peer_cpu_ms": peer[0]["cpu_ms"],
    }
    per_second = measured["dataset_json"]["per_second"]
    return {
        "name": "http", "unit": "dataset JSON answers per second, one process", "ours": per_second,
        "peer": peer[0]["per_second"], "ratio": round(per_second / peer[0]["per_second"], 2),
        "peer_name": "a bare FastAPI route that answers bytes", "detail": detail,
    }


def our_app(folder: str, datasets: int) -> FastAPI:
    """A site with one table as pages show it and many datasets around it, each with one version."""
    index = TantivyIndex(Path(folder) / "search", writer=True)
    index.rebuild(())
    town = make_town(Path(folder), index=index)
    ids = [town.published(content=SCHOOLS, themes=["EDUC"])["id"]]
    system, chance = town.catalog.system(), random.Random(1)
    for number in range(1, datasets):
        words = " ".join(chance.choices(WORDS, k=6))
        about = Dataset(
            title={"vi": f"Danh sách {words} {number}"}, description={"vi": " ".join(chance.choices(WORDS, k=40))},
            themes=(chance.choice(("EDUC", "HEAL", "TRAN")),), tags=(chance.choice(WORDS),), licence="CC-BY-4.0",
        )
        entry = town.catalog.draft(system, chance.choice(("H12", "H13")), about, slug=f"danh-sach-{number}")
        town.catalog.add_link(system, entry.id, name="tep", title={"vi": "Tệp"}, url="https://example.gov.vn/tep.csv")
        ids.append(entry.id)
    index.rebuild(town.catalog.document(one) for one in ids)
    return town.client.app


def bare_app(_folder: str, _datasets: int) -> FastAPI:
    app, body = FastAPI(), b"x" * 4000

    @app.get("/datasets/{key}")
    async def show(key: str) -> Response:
        return Response(body, media_type="application/json")

    return app


def server(make, folder: str, datasets: int, listening: socket.socket) -> None:
    uvicorn.Server(uvicorn.Config(make(folder, datasets), log_level="error", access_log=False)).run(sockets=[listening])


def serve(make, folder: str, datasets: int, paths: list[str], seconds: float) -> list[dict]:
    """Start an application in a process of its own and ask each path for some seconds."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        process = multiprocessing.get_context("spawn").Process(target=server, args=(make, folder, datasets, listening), daemon=True)
        process.start()
        try:
            await_port(port, process)
            return [measure(port, path, seconds, process.pid) for path in paths]
        finally:
            process.terminate()
            process.join(10)


def await_port(port: int, process: multiprocessing.process.BaseProcess) -> None:
    until = time.monotonic() + 300
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > until or not process.is_alive():
                raise
            time.sleep(0.05)
        else:
            return


def measure(port: int, path: str, seconds: float, pid: int) -> dict:
    asyncio.run(ask(port, path, seconds / 5))
    before = cpu(pid)
    begun = time.perf_counter()
    count, size = asyncio.run(ask(port, path, seconds))
    took = time.perf_counter() - begun
    return {
        "per_second": round(count / took), "cpu_ms": round((cpu(pid) - before) * 1000 / max(count, 1), 3), "bytes": size,
    }


def cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def ask(port: int, path: str, seconds: float) -> tuple[int, int]:
    """Answers that came back whole, and the size of one."""
    until = time.perf_counter() + seconds
    found = await asyncio.gather(*(one_connection(port, path, until) for _ in range(CONNECTIONS)))
    return sum(count for count, _ in found), max(size for _, size in found)


async def one_connection(port: int, path: str, until: float) -> tuple[int, int]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    count = size = 0
    while time.perf_counter() < until:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        size = int(next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")).split(b":")[1])
        await reader.readexactly(size)
        count += 1
    writer.close()
    return count, size
