"""A real S3 server: SeaweedFS on loopback, in a folder that stays, or in one that goes away with it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from infra.cluster.ports import free_ports

ACCESS, SECRET = "datamo-tests", "a-key-for-tests-only"
READER, READER_SECRET = "datamo-reader", "another-key-for-tests-only"
ALL = ["Admin", "Read", "Write", "List", "Tagging"]


@dataclass(frozen=True, slots=True)
class Seaweed:
    """Where the server listens, which keys it takes, and its process id."""

    endpoint: str
    pid: int

    def address(self, bucket: str, prefix: str = "") -> str:
        """What DATAMO_FILES_URL says of a bucket of this server."""
        return f"s3://{bucket}/{prefix}?endpoint={self.endpoint}"


def binary() -> Path:
    """Where the package that carries the server put it; raises FileNotFoundError."""
    for folder in (Path(sys.executable).parent, Path(shutil.which("weed") or "/nowhere").parent):
        if (folder / "weed").exists():
            return folder / "weed"
    raise FileNotFoundError("weed")


@contextmanager
def serve(kept: Path | None = None) -> Iterator[Seaweed]:
    """Start the server, wait until it answers, and stop it by its own process id; its data stay where they are ``kept``."""
    with ExitStack() as stack:
        folder = kept or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="datamo-s3-", ignore_cleanup_errors=True)))
        (folder / "data").mkdir(parents=True, exist_ok=True)
        (folder / "s3.json").write_text(json.dumps({"identities": [
            {"name": "owner", "credentials": [{"accessKey": ACCESS, "secretKey": SECRET}], "actions": ALL},
            {"name": "reader", "credentials": [{"accessKey": READER, "secretKey": READER_SECRET}], "actions": ["Read", "List"]},
            {"name": "anonymous", "actions": ["Read:open", "List:open"]},
        ]}))
        ports = free_ports(8)
        log = stack.enter_context((folder / "log").open("wb"))
        server = subprocess.Popen(_command(folder, ports), stdout=log, stderr=log, cwd=folder, start_new_session=bool(kept))
        try:
            endpoint = f"http://127.0.0.1:{ports[6]}"
            _wait(endpoint, server, folder / "log")
            yield Seaweed(endpoint, server.pid)
        finally:
            _stop(server, patient=kept is not None)


def _stop(server: subprocess.Popen[bytes], *, patient: bool) -> None:
    """Data that go away with the server need no goodbye, which takes it twenty seconds."""
    if patient:
        server.terminate()
        with suppress(subprocess.TimeoutExpired):
            server.wait(40)
    server.kill()
    server.wait()


def _command(folder: Path, ports: list[int]) -> list[str]:
    names = ("master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc", "s3.port",
             "s3.port.grpc")
    return [
        str(binary()), "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={folder / 'data'}", "-filer", "-s3",
        f"-s3.config={folder / 's3.json'}", "-master.volumeSizeLimitMB=256", "-volume.max=50",
        "-s3.port.iceberg=0", "-s3.port.lance=0",  # they have fixed ports, which two servers on one machine would both want
        *(f"-{name}={port}" for name, port in zip(names, ports, strict=True)),
    ]


def _wait(endpoint: str, server: subprocess.Popen[bytes], log: Path, seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{endpoint}/status", timeout=2).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"SeaweedFS did not start: {log.read_text(errors='replace')[-600:]}")


def credentials() -> dict[str, str]:
    """What a process has to find in its environment to use the server."""
    return {"AWS_ACCESS_KEY_ID": ACCESS, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
