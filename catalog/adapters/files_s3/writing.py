"""Bytes on their way into a bucket: counted and hashed as they pass, large ones in parts that leave nothing behind."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any, BinaryIO, Final

from catalog.adapters.files_s3.bucket import FAULTS
from catalog.errors import TooLarge

PART: Final = 16 * 1024 * 1024
"""Bytes of one part; 10,000 parts is the most that S3 takes, so 160 GB is the largest object."""

AT_ONCE: Final = 3
"""Parts of one upload under way at the same time; with the one that is being read they are what is in memory."""

COPY_PART: Final = 1024**3
COPY_LIMIT: Final = 5 * 1024**3


class Tally:
    """How many bytes passed, and their hash; raises TooLarge once there are more than ``limit``."""

    def __init__(self, stream: BinaryIO, limit: int | None = None) -> None:
        self._stream, self._limit, self._digest = stream, limit, hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        """The hash of what has passed so far."""
        return self._digest.hexdigest()

    def part(self, most: int = PART) -> bytearray:
        """Give the next ``most`` bytes, fewer only at the end."""
        part = bytearray()
        while len(part) < most and (piece := self._stream.read(min(most - len(part), 1024 * 1024))):
            self._count(piece)
            part += piece
        return part

    def _count(self, piece: bytes) -> None:
        self.size += len(piece)
        if self._limit is not None and self.size > self._limit:
            raise TooLarge("too-large", limit=self._limit)
        self._digest.update(piece)


def send(client: Any, where: dict[str, str], stream: BinaryIO, *, limit: int | None = None,
         create_only: bool = True) -> Tally:
    """Write a stream to one key and return its tally; never more than four parts are in memory.

    Raises TooLarge, whatever the stream raises, and botocore's own errors (412 where ``create_only`` finds the key
    taken); then nothing is left, no unfinished upload either.
    """
    tally = Tally(stream, limit)
    first = tally.part()
    only = {"IfNoneMatch": "*"} if create_only else {}
    if len(first) < PART:
        client.put_object(**where, Body=first, **only)
        return tally
    with _parts(client, where, only) as (upload, done), ThreadPoolExecutor(AT_ONCE) as crew:
        under_way: deque[Future[dict[str, Any]]] = deque()
        number, part = 1, first
        del first
        while part:
            if len(under_way) >= AT_ONCE:
                done.append(under_way.popleft().result())
            under_way.append(crew.submit(send_part, client, where, upload, number, part))
            number, part = number + 1, tally.part()
        done.extend(one.result() for one in under_way)
    return tally


def send_part(client: Any, where: dict[str, str], upload: str, number: int, part: bytes | bytearray) -> dict[str, Any]:
    """Send one part; returns what finishing wants to know of it."""
    return receipt(number, client.upload_part(**where, UploadId=upload, PartNumber=number, Body=part))


def receipt(number: int, answer: Mapping[str, Any]) -> dict[str, Any]:
    """Give what finishing wants to know of a part, from what the store says of it."""
    sums = {name: answer[name] for name in ("ChecksumCRC32", "ChecksumCRC64NVME", "ChecksumCRC32C") if name in answer}
    return {"PartNumber": number, "ETag": answer["ETag"], **sums}


@contextmanager
def _parts(client: Any, where: dict[str, str], only: dict[str, str]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Begin an upload in parts and finish it, or give it up and leave nothing."""
    upload = client.create_multipart_upload(**where)["UploadId"]
    done: list[dict[str, Any]] = []
    try:
        yield upload, done
        client.complete_multipart_upload(**where, UploadId=upload, MultipartUpload={"Parts": done}, **only)
    except BaseException:
        with suppress(*FAULTS):
            client.abort_multipart_upload(**where, UploadId=upload)
        raise


def copy(client: Any, source: dict[str, str], where: dict[str, str], size: int, *, create_only: bool = True) -> None:
    """Copy an object inside the store, without its bytes passing through here; raises botocore's own errors."""
    only = {"IfNoneMatch": "*"} if create_only else {}
    if size < COPY_LIMIT:
        client.copy_object(**where, CopySource=source, **only)
        return
    with _parts(client, where, only) as (upload, done):
        for number, start in enumerate(range(0, size, COPY_PART), 1):
            end = min(start + COPY_PART, size) - 1
            answer = client.upload_part_copy(**where, UploadId=upload, PartNumber=number, CopySource=source,
                                             CopySourceRange=f"bytes={start}-{end}")
            done.append({"PartNumber": number, "ETag": answer["CopyPartResult"]["ETag"]})
