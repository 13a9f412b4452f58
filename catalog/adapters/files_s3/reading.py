"""The bytes of one object as a stream that takes up again where a connection broke, and that knows its hash."""

from __future__ import annotations

import hashlib
import io
from typing import Any, Final, cast

from botocore.exceptions import ClientError

from catalog.adapters.files_s3.bucket import FAULTS, outside
from catalog.errors import Unavailable

BROKEN: Final = 5
BUFFER: Final = 256 * 1024


class Body(io.RawIOBase):
    """``length`` bytes of an object from ``start`` on (None: to its end).

    A connection that breaks is made again at the byte it broke at, five times without a byte between. With ``sha256``
    the whole object is expected, and its last byte is given only when the hash is right: a flipped byte ends in
    Unavailable("storage-damaged"), never in a file that looks whole. Raises NotFound when there is no such object.
    """

    def __init__(self, client: Any, where: dict[str, str], start: int = 0, length: int | None = None, *,
                 sha256: str = "") -> None:
        self._client, self._where = client, where
        self._at, self._sha256, self._digest = start, sha256, hashlib.sha256()
        self._stream: Any = None
        self._end = start if length == 0 else self._begin(length)

    def _begin(self, length: int | None) -> int:
        """Open the first connection; returns where the part ends."""
        try:
            with outside():
                answer = self._ask(None if length is None else self._at + length)
        except Unavailable as refused:
            if _is_past_the_end(refused.__cause__):
                return self._at
            raise
        return self._at + int(answer["ContentLength"])

    def _ask(self, end: int | None) -> Any:
        part = {} if self._at == 0 and end is None else {"Range": f"bytes={self._at}-{'' if end is None else end - 1}"}
        answer = self._client.get_object(**self._where, **part)
        self._stream = answer["Body"]
        return answer

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed wants any buffer
        """Read into a buffer; returns how many bytes, 0 at the end."""
        if self._at >= self._end:
            self._prove()
            return 0
        got = self._next(min(len(buffer), self._end - self._at))
        if self._sha256:
            self._digest.update(got)
        self._at += len(got)
        if self._at >= self._end:
            self._prove()
        buffer[: len(got)] = got
        return len(got)

    def _prove(self) -> None:
        if self._sha256 and self._digest.hexdigest() != self._sha256:
            raise Unavailable("storage-damaged", sha256=self._sha256)

    def _next(self, most: int) -> bytes:
        """Give the next bytes, at least one, over a new connection where the old one broke."""
        for left in reversed(range(BROKEN)):
            try:
                if self._stream is None:
                    self._ask(self._end)
                if got := self._stream.read(most):
                    return cast("bytes", got)
            except FAULTS:
                if not left:
                    break
            self._hang_up()
        raise Unavailable("storage-down")

    def _hang_up(self) -> None:
        if self._stream is not None:
            self._stream.close()
        self._stream = None

    def close(self) -> None:
        """Close the connection too."""
        self._hang_up()
        super().close()


class Reader(io.BufferedReader):
    """A body, buffered; ``staged`` is the key of the upload that it is, "" for other objects."""

    def __init__(self, body: Body, staged: str = "") -> None:
        super().__init__(body, BUFFER)
        self.staged = staged


def _is_past_the_end(wrong: BaseException | None) -> bool:
    return isinstance(wrong, ClientError) and wrong.response.get("Error", {}).get("Code") in {"InvalidRange", "416"}
