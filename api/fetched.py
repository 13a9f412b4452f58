"""A file taken from an address that a publisher gives: through the guarded client, streamed, never kept in memory."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO, cast
from urllib.parse import unquote, urlsplit

from catalog.errors import Invalid, Problem
from pipelines.fetch import Fetcher, Limits, Unfetched

OK = 200
SECONDS, IDLE = 120.0, 20.0
"""A reader waits at the form meanwhile; a file that takes longer is sent from a disk, piece by piece."""


class Pieces(io.RawIOBase):
    """Pieces of bytes read as a file is."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._pieces = pieces
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = piece
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What an address gives: the bytes, what the file is called, and what the server says that it is."""

    stream: BinaryIO
    name: str
    media_type: str


@contextmanager
def fetched(fetcher: Fetcher, address: str, limit: int) -> Iterator[Fetched]:
    """Open the file at an address, at most ``limit`` bytes of it. Raises Unfetched, also while it is read."""
    limits = Limits(seconds=SECONDS, idle=IDLE, size=limit)
    with fetcher.stream(address.strip(), limits=limits) as answer:
        if answer.status != OK:
            raise Unfetched(f"http-{answer.status}")
        stream = cast("BinaryIO", io.BufferedReader(Pieces(answer.pieces)))
        media_type = answer.headers.get("content-type", "").partition(";")[0].strip()[:200]
        yield Fetched(stream=stream, name=name_of(answer.url), media_type=media_type)


def refuse_unreachable(fetcher: Fetcher | None, address: str, pointer: str = "#/url") -> None:
    """Raise Invalid for an address to be called later that says by itself that it never will be.

    That is one with a number for a host, in whatever spelling, or on a port that is not allowed; where a name leads is
    looked at when it is called. What is no address at all is for the catalogue to refuse.
    """
    code = fetcher.objection(address) if fetcher is not None else ""
    if code == "address-not-allowed":
        raise Invalid(problems=[Problem(pointer, code)])


def name_of(address: str) -> str:
    """What a file is called after its address; it is shown and never used as a key."""
    return PurePosixPath(unquote(urlsplit(address).path)).name[:200] or "file"
