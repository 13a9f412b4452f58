"""Proofs that bytes still have their hash, made before anybody is given them and remembered for a short while."""

from __future__ import annotations

import hashlib
import io
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import BinaryIO, Final, cast

from catalog.errors import NotFound, Unavailable

AT_ONCE: Final = 1 << 20
"""Bytes up to which a file is read and proven in one piece, each time it is asked for."""

FIRST: Final = 64 << 20
"""Bytes up to which a file is proven before its first byte is given; a larger one proves itself at its last byte."""

KEPT_SECONDS: Final = 60.0
KEPT_LARGE_SECONDS: Final = 3600.0
MOST: Final = 10_000
CHUNK: Final = 1 << 20

Mark = tuple[int, int, int, int]
"""Device, number, size and time of change of a file on this machine: while they stay, a proof of it counts."""


class Proofs:
    """What was proven lately in this process; safe to ask from many threads. ``clock`` counts seconds, never back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[Mark, float]] = OrderedDict()

    def open(self, path: str, sha256: str) -> BinaryIO:
        """Open a file whose bytes are what they should be; raises NotFound, Unavailable("storage-damaged")."""
        try:
            file = open(path, "rb")  # noqa: PTH123, SIM115 - given to the caller
        except FileNotFoundError:
            raise NotFound from None
        except OSError as wrong:
            raise Unavailable("storage-down") from wrong
        try:
            return self._proven(file, sha256)
        except BaseException:
            file.close()
            raise

    def _proven(self, file: BinaryIO, sha256: str) -> BinaryIO:
        about = os.fstat(file.fileno())
        if about.st_size <= AT_ONCE:
            with file:
                content = file.read()
            if hashlib.sha256(content).hexdigest() != sha256:
                raise Unavailable("storage-damaged", sha256=sha256)
            return io.BytesIO(content)
        mark = (about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns)
        if not self._knows(sha256, mark):
            if hashlib.file_digest(cast("io.BufferedReader", file), "sha256").hexdigest() != sha256:
                raise Unavailable("storage-damaged", sha256=sha256)
            self._note(sha256, mark)
            file.seek(0)
        return file

    def _knows(self, sha256: str, mark: Mark) -> bool:
        kept = KEPT_SECONDS if mark[2] <= FIRST else KEPT_LARGE_SECONDS
        with self._lock:
            known = self._known.get(sha256)
        return known is not None and known[0] == mark and self._clock() - known[1] < kept

    def _note(self, sha256: str, mark: Mark) -> None:
        with self._lock:
            self._known[sha256] = (mark, self._clock())
            self._known.move_to_end(sha256)
            while len(self._known) > MOST:
                self._known.popitem(last=False)


class Proving(io.RawIOBase):
    """A whole object as a stream that gives its last byte only when the hash is right: a wrong one never looks whole.

    Raises Unavailable("storage-damaged") in place of its end.
    """

    def __init__(self, source: BinaryIO, sha256: str) -> None:
        self._source, self._sha256, self._digest = source, sha256, hashlib.sha256()
        self._held = b""
        self._ended = False

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed wants any buffer
        """Read into a buffer; returns how many bytes, 0 at the end."""
        if not self._ended:
            self._fetch(len(buffer))
        keep = 0 if self._ended else 1
        given = self._held[: max(0, min(len(buffer), len(self._held) - keep))]
        self._held = self._held[len(given) :]
        buffer[: len(given)] = given
        return len(given)

    def _fetch(self, most: int) -> None:
        """Have more than one byte in hand, or the proof."""
        while len(self._held) <= 1 and not self._ended:
            got = self._source.read(max(most, 2))
            self._digest.update(got)
            self._held += got
            if not got:
                if self._digest.hexdigest() != self._sha256:
                    raise Unavailable("storage-damaged", sha256=self._sha256)
                self._ended = True

    def close(self) -> None:
        """Close what is read too."""
        self._source.close()
        super().close()


def part(file: BinaryIO, start: int, length: int) -> BinaryIO:
    """Give a part of an open file as if it were all of it."""
    file.seek(start)
    return cast("BinaryIO", io.BufferedReader(Part(file, length), CHUNK))


def proving(source: BinaryIO, sha256: str) -> BinaryIO:
    """Give a stream that proves itself at its end."""
    return cast("BinaryIO", io.BufferedReader(Proving(source, sha256), CHUNK))


class Part(io.RawIOBase):
    """The next ``length`` bytes of an open file."""

    def __init__(self, file: BinaryIO, length: int) -> None:
        self._file, self._left = file, length

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed wants any buffer
        """Read into a buffer; returns how many bytes, 0 at the end."""
        got = self._file.read(min(len(buffer), self._left))
        buffer[: len(got)] = got
        self._left -= len(got)
        return len(got)

    def close(self) -> None:
        """Close the file too."""
        self._file.close()
        super().close()
