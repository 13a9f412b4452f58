"""HEAD on a real server: no body, the connection stays, and the server has nothing to complain of."""

from __future__ import annotations

import socket
from pathlib import Path

import httpx
import pytest

from tests.running import served
from tests.site import make_town


def test_a_connection_goes_on_after_head(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A server that is not told of HEAD waits for a body of the announced length, and cuts the connection."""
    town = make_town(tmp_path)
    slug = town.published()["slug"]
    paths = (f"/api/v1/datasets/{slug}", f"/api/v1/datasets/{slug}/files/{slug}.csv", f"/datasets/{slug}", "/healthz")
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with (
            served(town.client.app, listening),
            httpx.Client(base_url=url, trust_env=False, limits=httpx.Limits(max_connections=1)) as client,
        ):
            for path in paths:
                head = client.head(path)
                whole = client.get(path)
                assert head.status_code == whole.status_code == 200
                assert not head.content
                assert head.headers["content-length"] == whole.headers["content-length"]
    assert not [line for line in caplog.records if line.levelname == "ERROR"]
