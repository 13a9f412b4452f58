"""``kill -9`` of each kind of process at random moments while agencies publish (reliability R1); ``make faults`` kills thousands."""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field

import httpx
import psycopg
import pytest

from api.wiring import Site
from catalog.model import Submission
from infra.cluster.ports import free_ports
from tests.faults.place import Place, eventually
from tests.faults.siege import LONG, Warm, children, settle, tail, warm

KILLS = int(os.environ.get("DATAMO_KILLS", "60"))
FEWER = max(10, KILLS // 6)
"""Kills on production engines, whose processes start slower."""

SEED = int(os.environ.get("DATAMO_FAULT_SEED", "20261122"))
AGENCIES = 3
AHEAD = 3
"""Uploads of one agency that may be under way at once."""


@dataclass
class Town:
    """The processes under siege, and what the agencies keep of it themselves: what they sent, and what was acknowledged."""

    siege: Warm
    place: Place
    port: int
    token: str
    web: int = 0
    worker: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    taken: dict[str, tuple[str, str]] = field(default_factory=dict)
    tried: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    wrong: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def up(self) -> None:
        self.web = self.web or self.siege.start(self.place, "web", port=self.port)
        self.worker = self.worker or self.siege.start(self.place, "worker")

    def fell(self, kind: str, patience: float = 10) -> bool:
        """Kill one process of a kind, or cut one line to the database; False when there is none within so many seconds."""
        if kind == "line":
            return eventually(lambda: cut_line(self.place.environment["DATAMO_DATABASE_URL"]), patience)
        if kind in ("web", "worker"):
            self.siege.kill(getattr(self, kind))
            setattr(self, kind, 0)
            self.up()
            return True
        return eventually(lambda: self._shot(kind), patience)

    def _shot(self, kind: str) -> bool:
        mothers = children(self.worker)
        found = mothers if kind == "mother" else [one for mother in mothers for one in children(mother)]
        for one in found[:1]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, 9)
                return True
        return False

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=f"http://127.0.0.1:{self.port}", headers={"Authorization": f"Bearer {self.token}"},
                            timeout=30, trust_env=False)


def an_agency(town: Town, dataset: str, number: int) -> None:
    """Upload one file after the other, each under a key of its own, again until it is acknowledged."""
    mine: list[str] = []
    with town.client() as client:
        for file in range(100_000):
            while not town.over.is_set() and open_of(client, mine) >= AHEAD:
                time.sleep(0.1)
            if town.over.is_set():
                return
            content = f"ma,ten\n{number}{file:06d},Trường {number}-{file}\n".encode()
            upload(town, client, dataset, f"{number}-{file}", content, mine)


def open_of(client: httpx.Client, mine: list[str]) -> int:
    try:
        for one in list(mine):
            if client.get(f"/api/v1/submissions/{one}").json().get("state") in ("published", "failed", "blocked"):
                mine.remove(one)
    except (httpx.HTTPError, ValueError):
        pass
    return len(mine)


def upload(town: Town, client: httpx.Client, dataset: str, key: str, content: bytes, mine: list[str]) -> None:  # noqa: PLR0917 - one call
    town.tried[dataset].add(hashlib.sha256(content).hexdigest())
    while not town.over.is_set():
        try:
            said = client.post(f"/api/v1/datasets/{dataset}/submissions", files={"file": ("x.csv", content)},
                               headers={"Idempotency-Key": key})
        except httpx.HTTPError:
            time.sleep(0.05)
            continue
        if said.status_code == 202:
            mine.append(said.json()["id"])
            with town.lock:
                town.taken[said.json()["id"]] = (dataset, hashlib.sha256(content).hexdigest())
            return
        if said.status_code not in (409, 429, 503):
            town.wrong.append(f"{said.status_code} {said.text[:300]}")
            return
        time.sleep(0.05)


def cut_line(url: str) -> bool:
    """Have the server close one of the site's connections, whatever is under way on it."""
    with closing(psycopg.connect(url.replace("postgresql+psycopg", "postgresql"), autocommit=True)) as line:
        cut = line.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND "
                           "pid <> pg_backend_pid() AND backend_type = 'client backend' ORDER BY random() LIMIT 1").fetchone()
    return bool(cut and cut[0])


@pytest.fixture
def town(place: Place):
    with place.site() as site, warm() as siege:
        system = site.catalog.system()
        site.catalog.add_person(system, "editor")
        site.catalog.set_member(system, "H99", "editor", "editor")
        token = site.catalog.add_token(system, "editor").secret
        made = Town(siege, place, free_ports(1)[0], token)
        made.up()
        assert eventually(lambda: answers(made.port), LONG)
        yield made


def answers(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.timeout(900 + 15 * KILLS)
def test_kills_of_all_kinds_of_processes_lose_nothing_and_double_nothing(town: Town) -> None:
    """Sixty on the embedded engines; ten on PostgreSQL, S3 and Elasticsearch, where also lines to the database are cut."""
    production = town.place.environment["DATAMO_DATABASE_URL"].startswith("postgresql")
    besiege(town, FEWER if production else KILLS, ("web", "worker", "mother", "child", *(("line",) if production else ())))


def besiege(town: Town, kills: int, kinds: Sequence[str]) -> None:
    chance = random.Random(SEED)
    with town.place.site() as site:
        datasets = [town.place.draft(site, f"bo-{one}") for one in range(AGENCIES)]
    crew = [threading.Thread(target=an_agency, args=(town, one, number), daemon=True) for number, one in enumerate(datasets)]
    for one in crew:
        one.start()
    killed = dict.fromkeys(kinds, 0)
    for kind in kinds:  # each once at least, however long a killed worker takes to start and to have something to read
        assert town.fell(kind, LONG), f"no {kind} came\n{tail(town.place)}"
        killed[kind] += 1
    until = time.monotonic() + 300 + 10 * kills
    while sum(killed.values()) < kills and time.monotonic() < until:
        time.sleep(chance.uniform(0.05, 0.6))
        kind = chance.choice([*kinds, "child"])
        killed[kind] += town.fell(kind)
    assert eventually(lambda: len(town.taken) >= AGENCIES, LONG), tail(town.place)
    town.over.set()
    for one in crew:
        one.join(LONG)
    town.siege.kill(town.worker)
    assert town.wrong == []
    assert sum(killed.values()) == kills, killed
    with town.place.site() as site:
        taken = [one.id for one in under_way(site)]
    settle(town.siege, town.place, sorted({*town.taken, *taken}), excused="too-heavy")
    shown(town, datasets)


def under_way(site: Site) -> Sequence[Submission]:
    """Uploads that the site took, also those whose acknowledgement did not arrive."""
    with site.records.read() as unit:
        return unit.submissions(limit=100_000)


def shown(town: Town, datasets: list[str]) -> None:
    """What the agencies sent is what readers get: at most one version for each file, its bytes the ones that were sent.

    Each file differs from all others, so that one that was published twice is seen; one whose acknowledgement was lost
    may be there; one whose reading was killed twice (the file may be what kills) was refused with a report.
    """
    with town.place.site() as site:
        system = site.catalog.system()
        for dataset in datasets:
            sent = {sha256 for one, (to, sha256) in town.taken.items()
                    if to == dataset and site.catalog.submission(system, one).state == "published"}
            versions = site.catalog.versions(system, dataset)
            found = [file.sha256 for one in versions for file in one.files if file.role == "original"]
            assert len(set(found)) == len(found), "a file was published twice"
            assert sent <= set(found) <= town.tried[dataset], tail(town.place)
            assert [one.number for one in versions] == list(range(len(versions), 0, -1))
