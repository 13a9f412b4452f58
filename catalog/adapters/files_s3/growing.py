"""An upload that comes piece by piece, in a bucket: parts of one size, and beside them the tail that fills none yet."""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, BinaryIO, Final, cast

from botocore.exceptions import ClientError

from catalog.adapters.files_s3 import writing
from catalog.adapters.files_s3.bucket import MISSING, code_of
from catalog.errors import NotFound, Stale

AT: Final = "at"
"""Under this name the tail's metadata say behind how many bytes it belongs; any other place makes it stale."""

AHEAD: Final = 2
"""Parts of one upload that are sent at the same time."""


class Growing:
    """One upload in parts. The store alone knows how far it is, so that any process can go on with it.

    Parts have a fixed size and so a fixed place: whoever sends a part again, or two at the same time, sends the same
    bytes. ``where`` is the object, ``tail`` the object beside it, ``upload`` the store's name of the upload in parts.
    """

    def __init__(self, client: Any, where: dict[str, str], tail: dict[str, str], upload: str) -> None:
        self._client, self._where, self._tail_at, self._upload = client, where, tail, upload

    def held(self) -> int:
        """Count the bytes that are safe; raises NotFound."""
        try:
            parts = self._parts()
        except ClientError as wrong:
            if code_of(wrong) not in MISSING | {"NoSuchUpload"}:
                raise
            return self._finished()
        whole = len(parts) * writing.PART
        return whole + len(self._tail(whole))

    def _finished(self) -> int:
        try:
            return int(self._client.head_object(**self._where)["ContentLength"])
        except ClientError as wrong:
            if code_of(wrong) in MISSING:
                raise NotFound from None
            raise

    def _parts(self) -> list[dict[str, Any]]:
        """Give the whole parts from the first on, without a gap."""
        pages = self._client.get_paginator("list_parts").paginate(**self._where, UploadId=self._upload)
        found = {one["PartNumber"]: one for page in pages for one in page.get("Parts", ())}
        parts: list[dict[str, Any]] = []
        while (one := found.get(len(parts) + 1)) is not None and one["Size"] == writing.PART:
            parts.append(one)
        return parts

    def _tail(self, whole: int) -> bytes:
        """Give the bytes behind the whole parts."""
        try:
            answer = self._client.get_object(**self._tail_at)
        except ClientError as wrong:
            if code_of(wrong) in MISSING:
                return b""
            raise
        with answer["Body"] as body:
            return bytes(body.read()) if answer["Metadata"].get(AT) == str(whole) else b""

    def grow(self, at: int, stream: BinaryIO) -> int:
        """Write a stream behind the first ``at`` bytes; returns how many are safe. Raises NotFound, Stale."""
        try:
            parts = self._parts()
        except ClientError as wrong:
            if code_of(wrong) in MISSING | {"NoSuchUpload"}:
                raise NotFound from None
            raise
        whole = len(parts) * writing.PART
        tail = self._tail(whole)
        if at != whole + len(tail):
            raise Stale("upload-offset", offset=whole + len(tail))
        sent, rest = self._send(len(parts), writing.Tally(cast("BinaryIO", _Joined(tail, stream))))
        whole += sent * writing.PART
        if rest and rest != tail:
            self._client.put_object(**self._tail_at, Body=rest, Metadata={AT: str(whole)})
        return self.held() if sent else whole + len(rest)  # a part that came out of turn before may count now

    def _send(self, number: int, source: writing.Tally) -> tuple[int, bytes]:
        """Send whole parts as they fill; returns how many, and what did not fill one."""
        sent = 0
        with ThreadPoolExecutor(AHEAD) as crew:
            under_way: deque[Future[Any]] = deque()
            while len(part := source.part()) == writing.PART:
                sent += 1
                if len(under_way) >= AHEAD:
                    under_way.popleft().result()
                under_way.append(crew.submit(writing.send_part, self._client, self._where, self._upload,
                                             number + sent, part))
            for one in under_way:
                one.result()
        return sent, bytes(part)

    def finish(self) -> None:
        """Make one object of it; raises NotFound when there is nothing. Does nothing where that was done before."""
        try:
            parts = self._parts()
        except ClientError as wrong:
            if code_of(wrong) not in MISSING | {"NoSuchUpload"}:
                raise
            self._finished()
        else:
            self._join(parts)
        self._client.delete_object(**self._tail_at)

    def _join(self, parts: list[dict[str, Any]]) -> None:
        tail = self._tail(len(parts) * writing.PART)
        if not parts:
            self._client.put_object(**self._where, Body=tail)
            with suppress(ClientError):
                self._client.abort_multipart_upload(**self._where, UploadId=self._upload)
            return
        done = [writing.receipt(one["PartNumber"], one) for one in parts]
        if tail:
            done.append(writing.send_part(self._client, self._where, self._upload, len(done) + 1, tail))
        self._unless_joined(lambda: self._client.complete_multipart_upload(
            **self._where, UploadId=self._upload, MultipartUpload={"Parts": done}))

    def _unless_joined(self, join: Callable[[], Any]) -> None:
        """Join; where the answer to our own first try got lost, the object is there."""
        try:
            join()
        except ClientError as wrong:
            if code_of(wrong) not in MISSING | {"NoSuchUpload"}:
                raise
            self._finished()


class _Joined(io.RawIOBase):
    """The tail, then the stream."""

    def __init__(self, tail: bytes, stream: BinaryIO) -> None:
        self._tail, self._stream = tail, stream

    def read(self, size: int = -1) -> bytes:
        """Give at most so many bytes; b"" at the end."""
        if not self._tail:
            return self._stream.read(size)
        piece, self._tail = self._tail[:size], self._tail[size:]
        return piece
