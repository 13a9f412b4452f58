"""A whole site that runs: a real server on a port of its own, a real worker process, and people with tokens."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from api.app import create_app
from api.dialects.html.kept import Room
from api.wiring import Site
from tests.faults.forked import Forked
from tests.faults.place import Place, stop

PATIENCE = 240


@dataclass
class Running:
    """The site, its address, its worker and the tokens of its people."""

    place: Place
    site: Site
    url: str
    worker: Forked
    tokens: dict[str, str] = field(default_factory=dict)

    def client(self, who: str = "editor", language: str = "vi") -> httpx.Client:
        headers = {"Accept-Language": language, **({"Authorization": f"Bearer {self.tokens[who]}"} if who else {})}
        return httpx.Client(base_url=self.url, headers=headers, timeout=PATIENCE, trust_env=False)

    def draft(self, title: str) -> str:
        with self.client() as client:
            made = client.post("/api/v1/datasets", json={"organization": "H99", "title": title})
            assert made.status_code == 201, made.text
            return str(made.json()["slug"])

    def upload(self, slug: str, content: Any, name: str = "a.csv", data: Mapping[str, str] | None = None,
               **headers: str) -> httpx.Response:
        with self.client() as client:
            return client.post(
                f"/api/v1/datasets/{slug}/submissions", files={"file": (name, content)}, data=data or {}, headers=headers
            )

    def end(self, submission: str, language: str = "vi") -> dict[str, Any]:
        """The submission when nothing more happens to it."""
        until = time.monotonic() + PATIENCE
        with self.client(language=language) as client:
            while True:
                found = client.get(f"/api/v1/submissions/{submission}?wait=30").json()
                if found["state"] not in ("received", "checking", "ready") or time.monotonic() > until:
                    return dict(found)

    def staged(self) -> set[str]:
        return set(self.site.files.staged(-1))


@contextmanager
def running(where: Path | Place, upload_limit: int = 400_000_000) -> Iterator[Running]:
    """Start a site in a folder, or at a place that is there, and stop it."""
    place = where if isinstance(where, Place) else Place(where)
    with place.site() as site, socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        site.catalog.upload_limit = upload_limit
        (held := place.folder / "held").mkdir(exist_ok=True)
        app = create_app(site.catalog, site.files, site_url=url, environment="test", upload_limit=upload_limit,
                         extras={"html.held": Room(within=held)})
        with served(app, listening):
            worker = place.worker()
            try:
                yield Running(place, site, url, worker, people(site))
            finally:
                if worker.poll() is None:
                    stop(worker)


@contextmanager
def served(app: Any, listening: socket.socket) -> Iterator[None]:
    """Serve an app by the server that a site runs on, at a socket that is bound."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(20)


def people(site: Site) -> dict[str, str]:
    catalog, system = site.catalog, site.catalog.system()
    catalog.add_organisation(system, code="H98", title={"vi": "Cơ quan khác"})
    tokens = {}
    for name, agency in (("editor", "H99"), ("reviewer", "H99"), ("stranger", "H98")):
        catalog.add_person(system, name)
        catalog.set_member(system, agency, name, "reviewer" if name == "reviewer" else "editor")
        tokens[name] = catalog.add_token(system, name).secret
    return tokens
