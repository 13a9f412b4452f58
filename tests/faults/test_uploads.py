"""A web process killed in the middle of a large upload: the command goes on where the bytes are safe."""

from __future__ import annotations

import random
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from api.cli import sending
from api.cli.remote import RemoteSite
from infra.cluster.ports import free_ports
from tests.faults.forked import Forked
from tests.faults.place import Place, kill
from tests.running import people

SIZE = sending.LARGE + 6_000_000


class Web:
    """A site's web process on a port of its own."""

    def __init__(self, place: Place, port: int) -> None:
        self.place, self.url = place, f"http://127.0.0.1:{port}"
        self.port = port
        self.process = self.start()

    def start(self) -> Forked:
        process = self.place.command("serve", "--port", str(self.port), log=str(self.place.folder / "web.log"))
        until = time.monotonic() + 120
        while time.monotonic() < until and process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.url}/healthz", timeout=5).close()
            except OSError:
                time.sleep(0.1)
            else:
                return process
        raise AssertionError((self.place.folder / "web.log").read_text())


@pytest.mark.parametrize("store", ["folder", "bucket"])
def test_a_large_file_arrives_whole_although_the_web_process_was_killed_in_the_middle(
    tmp_path: Path, store: str, request: pytest.FixtureRequest
) -> None:
    engines = {"DATAMO_UPLOAD_LIMIT": "200MB"}
    if store == "bucket":
        s3 = request.getfixturevalue("s3")
        engines |= {"DATAMO_FILES_URL": s3.address("datamo", tmp_path.name), "DATAMO_COPIES_DIR": str(tmp_path / "copies")}
    place = Place(tmp_path / "site", engines)
    with place.site() as site:
        tokens = people(site)
        dataset = place.draft(site, "lon")
        file = tmp_path / "lon.csv"
        file.write_bytes(random.Random(7).randbytes(SIZE))
        web = Web(place, free_ports(1)[0])
        door = Killing(web, tokens["editor"])
        try:
            told: list[int] = []
            found = door.upload(dataset, file, {}, True, told.append)
        finally:
            kill(web.process)
        assert door.kills == 1
        assert sum(told) == SIZE
        assert len([one for one in told if one]) > 1  # it went on where the bytes were safe
        one = site.catalog.submission(site.catalog.system(), found["id"])
        assert (one.staged.sha256, one.staged.bytes) == (sending.hash_of(file), SIZE)


class Killing(RemoteSite):
    """A door whose web process is killed once, in the middle of a piece, and started again."""

    def __init__(self, web: Web, token: str) -> None:
        super().__init__(web.url, token, "vi")
        self.web, self.kills = web, 0

    def _ask(self, method: str, path: str, body: Any = None, headers: Any = None) -> Any:
        if method == "PATCH" and not self.kills:
            body = self._cut(body)
        return super()._ask(method, path, body, headers)

    def _cut(self, body: Any) -> Any:
        for number, block in enumerate(body):
            yield block
            if number == 30:  # more than one part of a bucket was sent
                self._wait_until_some_are_safe()
                self.kills += 1
                kill(self.web.process)
                self.web.process = self.web.start()

    def _wait_until_some_are_safe(self) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            (one,) = super()._ask("GET", "/api/v1/uploads")[1]["items"]
            if super()._ask("GET", f"/api/v1/uploads/{one['id']}")[1]["received"] > 0:
                return
            time.sleep(0.1)
