"""The three engines of a production site as plain processes on loopback, their data kept in a folder."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import boto3

from infra.cluster import seaweed
from infra.cluster.ports import free_ports
from infra.cluster.postgres import Postgres

SCRIPT = Path(__file__).resolve().parent.parent / "elasticsearch" / "es.sh"
BUCKET = "datamo"
BESIDE = 100
"""Elasticsearch's nodes would talk to each other at a port so far above."""


@contextmanager
def engines(folder: Path) -> Iterator[dict[str, str]]:
    """Start PostgreSQL, SeaweedFS and Elasticsearch; gives the settings of a site on them, and stops them at the end."""
    with ExitStack() as stack:
        database = stack.enter_context(postgres(folder / "postgres"))
        store = stack.enter_context(seaweed.serve(folder / "seaweedfs"))
        _make_bucket(store)
        search = stack.enter_context(elasticsearch(folder / "elasticsearch"))
        yield {
            "DATAMO_DATABASE_URL": database,
            "DATAMO_FILES_URL": store.address(BUCKET, "site"),
            "DATAMO_SEARCH_URL": f"{search}/datamo",
            **seaweed.credentials(),
        }


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A server of its own; gives the address of its database."""
    server = Postgres(folder)
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()


def _make_bucket(store: seaweed.Seaweed) -> None:
    client = boto3.client("s3", endpoint_url=store.endpoint, aws_access_key_id=seaweed.ACCESS,
                          aws_secret_access_key=seaweed.SECRET, region_name="us-east-1")
    if BUCKET not in {one["Name"] for one in client.list_buckets()["Buckets"]}:
        client.create_bucket(Bucket=BUCKET)


@contextmanager
def elasticsearch(folder: Path) -> Iterator[str]:
    """One node, fetched the first time; gives its address."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    [port] = free_ports(1, beside=BESIDE)
    environment = {**os.environ, "ES_DIR": str(folder), "ES_PORT": str(port), "ES_WAIT": "280"}
    _script("start", environment)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        _script("stop", environment)


def _script(verb: str, environment: Mapping[str, str]) -> None:
    done = subprocess.run([SCRIPT, verb], env=dict(environment), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip()[-2000:])
