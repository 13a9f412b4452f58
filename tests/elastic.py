"""A real Elasticsearch for tests: started on a free port by infra/elasticsearch/es.sh, stopped by its own process id."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from catalog.adapters.index_elastic import ElasticIndex, mapping
from catalog.adapters.index_elastic.address import read
from catalog.adapters.index_elastic.server import Patience
from infra.cluster.ports import free_ports

SCRIPT = Path(__file__).resolve().parent.parent / "infra" / "elasticsearch" / "es.sh"
SECRET = "a secret that seals places in tests"
QUICK = Patience(read=20.0, write=30.0, tries=3.0, pause=0.2)


class CannotStart(Exception):
    """Why there is no Elasticsearch here."""


class Node:
    """One server with its data, on ports of its own; or the one that ES_DIR, ES_PORT and ES_DATA say, which is left running."""

    def __init__(self, heap: str = "512m", options: str = "-XX:TieredStopAtLevel=1", *, memory: bool = True) -> None:
        self.kept = "ES_DIR" in os.environ
        if self.kept:
            self.port = int(os.environ["ES_PORT"])
            self.data = Path(os.environ.get("ES_DATA") or Path(os.environ["ES_DIR"]) / "data")
            self.environment = dict(os.environ)
            return
        self.folder = Path(tempfile.mkdtemp(prefix="datamo-es-"))
        self.folder.chmod(0o755)
        shared = Path("/dev/shm")
        in_memory = memory and os.access(shared, os.W_OK)
        self.data = Path(tempfile.mkdtemp(prefix="datamo-es-", dir=shared)) if in_memory else self.folder / "data"
        [self.port] = free_ports(1, beside=100)  # where nodes would talk to each other
        self.environment = {
            **os.environ, "ES_DIR": str(self.folder / "es"), "ES_DATA": str(self.data), "ES_PORT": str(self.port), "ES_HEAP": heap,
            "ES_OPTS": options, "ES_WAIT": "280",
        }

    @classmethod
    def at(cls, environment: dict[str, str]) -> Node:
        """One that another process of tests has started, by what it said of it."""
        node = cls.__new__(cls)
        node.kept, node.environment, node.port = False, {**os.environ, **environment}, int(environment["ES_PORT"])
        node.data, node.folder = Path(environment["ES_DATA"]), Path(environment["ES_DIR"]).parent
        return node

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def run(self, verb: str) -> None:
        done = subprocess.run([SCRIPT, verb], env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CannotStart(done.stderr.strip()[-2000:])

    def start(self) -> None:
        self.run("start")

    def stop(self) -> None:
        self.run("stop")

    def kill(self) -> None:
        self.run("kill")

    def wipe(self) -> None:
        if self.kept:
            return
        self.run("kill")  # data that go away need no goodbye
        self.run("wipe")
        shutil.rmtree(self.folder, ignore_errors=True)

    def fresh(self, prefix: str, **more) -> ElasticIndex:
        """An index that is empty and in use, made in one call: a rebuild takes ten."""
        made = self.index(prefix, **more)
        shelf = made._shelf
        content, name = mapping.mappings(shelf.form), f"{shelf.alias}.{time.time_ns():x}-{prefix}"
        made._server.tell(lambda client: client.options(ignore_status=400).indices.create(  # 400: a try that was not answered made it
            index=name, mappings=content, aliases={shelf.alias: {}},
            settings={**mapping.BUILDING, "refresh_interval": "1s", "translog.durability": "request"}))
        return made

    def index(self, prefix: str, **more) -> ElasticIndex:
        return ElasticIndex(read(f"{self.url}/{prefix}"), SECRET, **{"patience": QUICK, **more})


@contextmanager
def shared(folder: Path) -> Iterator[Node]:
    """The one server of all processes of tests that know the folder: the first starts it, the last one wipes it.

    A server takes half a gigabyte and half a minute of a core to start. Raises CannotStart, in each of them.
    """
    if "ES_DIR" in os.environ:
        node = Node()
        node.start()
        yield node
        return
    with _register(folder / "elasticsearch.json") as told:
        if not told.get("users") and not told.get("cannot"):
            told.update(_started())
        if told.get("cannot"):
            raise CannotStart(told["cannot"])
        told["users"] = [*told.get("users", ()), os.getpid()]
        node = Node.at(told["environment"])
    try:
        yield node
    finally:
        with _register(folder / "elasticsearch.json") as told:
            told["users"] = [one for one in told["users"] if one != os.getpid() and Path(f"/proc/{one}").exists()]
            if not told["users"]:
                node.wipe()


def _started() -> dict[str, Any]:
    node = Node()
    try:
        node.start()
    except CannotStart as why:
        node.wipe()
        return {"cannot": str(why)}
    return {"environment": {name: value for name, value in node.environment.items() if name.startswith("ES_")}}


@contextmanager
def _register(path: Path) -> Iterator[dict[str, Any]]:
    """What the processes tell each other, for one of them at a time."""
    with path.open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        told = json.loads(file.read() or "{}")
        try:
            yield told
        finally:
            file.seek(0)
            file.truncate()
            json.dump(told, file)
