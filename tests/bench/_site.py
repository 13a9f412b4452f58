"""A built site that real processes serve: thousands of datasets with links, made in bulk and kept as a template.

The template stays in the system's folder for temporary files while the code that shapes it is the same: the second run
of a session copies it in a second.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from api.wiring import open_site
from catalog.adapters.sql import schema
from catalog.model import Entry, Resource, Version
from infra.cluster.ports import free_ports
from standards.record import Dataset
from standards.vocabulary import THEMES
from tests.bench.search import Words

ROOT = Path(__file__).resolve().parents[2]
START = datetime(2025, 1, 1, tzinfo=UTC)
AGENCIES = 120
CHUNK = 1000
READERS = ("index", "public-state")
TAGS = 300
FORMATS = ("csv", "xlsx", "json", "pdf", "zip", "geojson")
LICENCES = ("CC-BY-4.0", "CC0-1.0", "ODbL-1.0")
PATIENCE = 300.0
CALM = 0.15
"""Seconds of CPU in one second below which a worker has come to rest."""
STARTING = ("tests/bench/_site.py", "tests/bench/search.py", "infra/migrations", "catalog/model", "catalog/adapters/sql/schema.py",
            "catalog/adapters/index_tantivy")


def addresses(folder: Path) -> dict[str, Any]:
    """The settings of a site in a folder."""
    return {"database_url": f"sqlite:///{folder}/records.db", "files_url": f"file:{folder}/files", "search_url": f"tantivy:{folder}/search",
            "work_dir": str(folder / "work"), "copies_dir": str(folder / "copies"), "rate_limits": "off", "environment": "production"}


@contextlib.contextmanager
def copied(size: int) -> Iterator[Path]:
    """A copy of the built site, which may be written to; its administrator's token lies in the file ``token``."""
    kept = Path(tempfile.gettempdir()) / f"datamo-bench-site-{os.getuid()}-{size}-{stamp()}"
    if not (kept / "done").exists():
        shutil.rmtree(kept, ignore_errors=True)
        build(kept, size)
    with tempfile.TemporaryDirectory(prefix="datamo-bench-") as name:
        folder = Path(name) / "site"
        shutil.copytree(kept, folder)
        yield folder


def stamp() -> str:
    """A name for the code that made the site: another one makes it anew."""
    every = hashlib.sha256()
    for start in STARTING:
        path = ROOT / start
        for one in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            every.update(one.read_bytes())
    return every.hexdigest()[:12]


def build(folder: Path, size: int) -> None:
    """Make the site: people and agencies by the catalogue's verbs, datasets in bulk by those of its records, the index in one go.

    What a dataset leaves besides (its manifest, rows of the audit chain, finished jobs) is not there: nothing here asks for it.
    """
    folder.mkdir(parents=True)
    site = open_site(writer=True, **addresses(folder))
    try:
        site.migrate()
        catalog, chance, words = site.catalog, random.Random(1), Words()
        system = catalog.system()
        owners = [catalog.add_organisation(system, code=f"H{at}", slug=f"so-{at}", title={"vi": f"Sở số {at}"}).id for at in range(AGENCIES)]
        catalog.add_person(system, "may-do", role="operator")
        (folder / "token").write_text(catalog.add_token(system, "may-do", expires=timedelta(days=3)).secret, encoding="ascii")
        numbers = range(1, size + 1)
        while some := numbers[:CHUNK]:
            numbers = numbers[CHUNK:]
            with site.records.begin() as unit:
                for at in some:
                    entry, version = dataset(owners[int(chance.paretovariate(0.6)) % AGENCIES], at, chance, words)
                    unit.add_entry(entry)
                    unit.add_version(version)
                unit.connection.execute(insert(schema.changes), [
                    {"sequence": at, "at": moment(at), "kind": "version-published", "dataset": str(uuid.UUID(int=at)), "version": 1} for at in some])
        site.index.rebuild(catalog.every_document())
        for reader in READERS:
            catalog.advance(reader, size)
    finally:
        site.close()
    (folder / "done").touch()


def moment(at: int) -> datetime:
    return START + timedelta(minutes=at)


def dataset(owner: str, at: int, chance: random.Random, words: Words) -> tuple[Entry, Version]:
    """One dataset with one to three links."""
    key = str(uuid.UUID(int=at))
    about = Dataset(
        title={"vi": words.some(chance, "vi", 8)}, description={"vi": words.some(chance, "vi", 40)},
        themes=(chance.choice(tuple(THEMES)),), tags=tuple({f"nhãn {int(chance.paretovariate(0.5)) % TAGS}" for _ in range(3)}), licence=chance.choice(LICENCES),
    )
    links = tuple(Resource(
        name=f"tep-{one}", kind="link", title={"vi": f"Tệp {one}"}, url=f"https://so.example.gov.vn/{at}/tep-{one}.{kind}", format=kind,
        more={"format": kind.upper(), "name": f"Tệp {one}"},
    ) for one, kind in enumerate(chance.choices(FORMATS, k=1 + at % 3)))
    entry = Entry(id=key, slug=f"danh-sach-{at}", organisation=owner, about=about, state="published", version=1, sequence=at,
                  created=moment(at), issued=moment(at), modified=moment(at))
    version = Version(dataset=key, number=1, issued=moment(at), resources=links, manifest=f"{at:064x}", publisher={"title": {"vi": "Sở"}})
    return entry, version


# --- processes --------------------------------------------------------------------------------------------------------


@dataclass
class Served:
    """A site that processes of its own serve; ``web`` are those that answer."""

    port: int
    token: str
    process: subprocess.Popen[bytes]
    web: list[int] = field(default_factory=list)
    worker: list[int] = field(default_factory=list)

    def seconds(self) -> float:
        """CPU seconds that the web processes used."""
        return sum(map(cpu, self.web))

    def calm(self, seconds: float = 60.0) -> None:
        """Wait until the worker has started: that takes two seconds of CPU, which belong to no question."""
        until, before = time.monotonic() + seconds, -1.0
        while time.monotonic() < until and (now := sum(map(cpu, self.worker))) - before > CALM:
            before = now
            time.sleep(1)

    def memory(self) -> float:
        """Megabytes that the web processes hold for themselves (USS) or share (their part of it): PSS."""
        return sum(map(pss, self.web))


@contextlib.contextmanager
def served(folder: Path, *, processes: int = 2, worker: bool = False, **settings: str) -> Iterator[Served]:
    """Serve a site as ``datamo serve`` does it, in processes of their own."""
    (port,) = free_ports(1)
    told = {**addresses(folder), "site_url": f"http://127.0.0.1:{port}", **settings}
    given = {f"DATAMO_{name.upper()}": str(value) for name, value in told.items()}
    command = [sys.executable, "-m", "api.cli", "serve", "--port", str(port), "--workers", str(processes), *(["--with-worker"] if worker else [])]
    token = (folder / "token").read_text(encoding="ascii")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **given, "PYTHONPATH": str(ROOT)}, stdout=log, stderr=log)
        try:
            answers(port, process, folder)
            one = Served(port, token, process)
            one.web = web_of(process.pid, processes)
            one.worker = [pid for pid in children(process.pid) if b"work" in arguments(pid).split(b"\0")]
            yield one
        finally:
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(60)
            if process.poll() is None:
                process.kill()
                process.wait()


def answers(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    """Wait until the site answers."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            line.request("GET", "/healthz")
            if line.getresponse().status == 200:
                return
        except OSError:
            pass
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError((folder / "log").read_text(encoding="utf-8", errors="replace")[-4000:])
        time.sleep(0.1)


def web_of(parent: int, processes: int) -> list[int]:
    """The processes that answer: the one itself, or those that it started for it."""
    if processes == 1:
        return [parent]
    until = time.monotonic() + PATIENCE
    while len(found := [pid for pid in children(parent) if b"spawn_main" in arguments(pid)]) < processes and time.monotonic() < until:
        time.sleep(0.1)
    return found


def children(parent: int) -> list[int]:
    return [int(one) for task in Path(f"/proc/{parent}/task").iterdir() for one in (task / "children").read_text(encoding="ascii").split()]


def arguments(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def pss(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1000
    return 0.0
