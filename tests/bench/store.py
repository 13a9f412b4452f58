"""An upload to a real S3 server through our store, which hashes and counts, and by boto3's own transfer, in turns."""

from __future__ import annotations

import io
import multiprocessing
import os
import resource
import statistics
import tempfile
import time
from pathlib import Path

import boto3

from catalog.adapters.files_s3 import S3Files, address_of
from tests import seaweed

ROUNDS = 3
MB = 1024 * 1024


class Endless(io.RawIOBase):
    """So many bytes that nobody had to keep: a block again and again, each time with another number in front."""

    def __init__(self, size: int) -> None:
        self._left, self._block, self._number = size, os.urandom(MB), 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        size = min(len(buffer), self._left, MB)
        buffer[:size] = self._block[:size]
        self._number += 1
        head = self._number.to_bytes(8, "big")[:size]
        buffer[: len(head)] = head
        self._left -= size
        return size


def ours(endpoint: str, size: int, folder: str) -> None:
    files = S3Files(address_of(f"//datamo/bench?endpoint={endpoint}"), Path(folder))
    key, _, _ = files.stage(Endless(size), size)
    files.drop_staged(key)


def theirs(endpoint: str, size: int, _folder: str) -> None:
    client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
    client.upload_fileobj(Endless(size), "datamo", "bench/theirs")
    client.delete_object(Bucket="datamo", Key="bench/theirs")


def _timed(work, said, *arguments) -> None:
    begun = time.perf_counter()
    work(*arguments)
    said.put((time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def measure(work, *arguments) -> tuple[float, float]:
    """Seconds and megabytes of one upload in a process of its own."""
    context = multiprocessing.get_context("spawn")
    said = context.SimpleQueue()
    process = context.Process(target=_timed, args=(work, said, *arguments))
    process.start()
    process.join()
    return said.get()


def run(*, quick: bool = False) -> dict:
    size = (64 if quick else 5 * 1024) * MB
    os.environ.update(seaweed.credentials())
    with seaweed.serve() as server, tempfile.TemporaryDirectory() as folder:
        boto3.client("s3", endpoint_url=server.endpoint, region_name="us-east-1").create_bucket(Bucket="datamo")
        runs = [(measure(ours, server.endpoint, size, folder), measure(theirs, server.endpoint, size, folder))
                for _ in range(1 if quick else ROUNDS)]
    ratios = [their[0] / our[0] for our, their in runs]
    return {
        "name": "store",
        "ours": round(size / MB / statistics.median(our[0] for our, _ in runs), 1),
        "peer": round(size / MB / statistics.median(their[0] for _, their in runs), 1),
        "unit": "MB/s",
        "ratio": round(statistics.median(ratios), 2),
        "detail": {
            "size": f"{size // MB} MB",
            "our memory": f"{max(our[1] for our, _ in runs):.0f} MB",
            "boto3's memory": f"{max(their[1] for _, their in runs):.0f} MB",
            "ratios": " ".join(f"{one:.2f}" for one in ratios),
        },
    }
