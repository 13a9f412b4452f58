"""Where requests are counted: a table of fixed size in memory, which all web processes of a machine may share."""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from math import floor
from pathlib import Path
from typing import Final, NamedTuple

from limits.storage import MemoryStorage

SLOT: Final = struct.Struct("@QIIII")
"""Native, so that each member is written in one go: key, window, requests in it, in the one before, when it is over."""

ROW: Final = 8
"""Slots in which a key may stand; where all are other callers', the one with the fewest requests goes."""

ROWS: Final = 1 << 14
ROW_BYTES: Final = SLOT.size * ROW
HEAD: Final = 64
"""What stands before the rows: a key, so that nobody can choose tokens that fall into one row."""

KEY: Final = 16
TRIES: Final = 200
"""How often a row is tried in which another process counts; then it is counted all the same: nobody waits for long."""


class Window(NamedTuple):
    """What is known of a caller: where it stands, which window is now, requests in it and in the one before."""

    at: int
    number: int
    told: int
    before: int


class Counters(MemoryStorage):
    """Windows of up to 131,072 callers in 3 MB, as the sliding windows of ``limits`` ask for them.

    With a ``path`` they lie in a file that other processes of this machine may have open too; the first makes it. A row
    is locked while it is written, by a lock that ends with its process.
    """

    def __init__(self, path: Path | None = None, *, rows: int = ROWS, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._rows, self._clock, self._threads = rows, clock, threading.Lock()
        size = HEAD + rows * ROW_BYTES
        self._file = -1 if path is None else _opened(path, size)
        self._memory = mmap.mmap(self._file, size)
        if path is None:
            self._memory[:KEY] = os.urandom(KEY)
        self._key = bytes(self._memory[:KEY])

    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count ``amount`` requests, unless there are ``limit`` already."""
        mark, row = self._place(key)
        with self._alone(row):
            now = self._clock()
            found = self._found(mark, row, expiry, now)
            if floor(found.before * _left(now, expiry) / expiry + found.told) + amount > limit:
                return False
            over = (found.number + 2) * expiry
            SLOT.pack_into(self._memory, found.at, mark, found.number, found.told + amount, found.before, over)
        return True

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """Give the requests of the window before, for how long they count yet, and the same of this window."""
        now = self._clock()
        found, left = self._found(*self._place(key), expiry, now), _left(now, expiry)
        return found.before, left if found.before else 0.0, found.told, left + expiry

    def clear_sliding_window(self, key: str, expiry: int) -> None:
        """Forget a caller."""
        mark, row = self._place(key)
        with self._alone(row):
            SLOT.pack_into(self._memory, self._found(mark, row, expiry, self._clock()).at, 0, 0, 0, 0, 0)

    def _place(self, key: str) -> tuple[int, int]:
        """Give the mark of a caller, which is never 0, and where the row begins."""
        digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=12, key=self._key).digest()
        mark = int.from_bytes(digest[:8], "big") or 1
        return mark, HEAD + int.from_bytes(digest[8:], "big") % self._rows * ROW_BYTES

    def _found(self, mark: int, row: int, expiry: int, now: float) -> Window:
        """Find a caller in a row, or the slot that is to be hers."""
        number = int(now / expiry)
        best, least = row, -1
        for at in range(row, row + ROW_BYTES, SLOT.size):
            kept, window, count, before, over = SLOT.unpack_from(self._memory, at)
            if kept == mark:
                if window == number:
                    return Window(at, number, count, before)
                return Window(at, number, 0, count if window == number - 1 else 0)
            weight = 0 if over <= now else count + before
            if least < 0 or weight < least:
                best, least = at, weight
        return Window(best, number, 0, 0)

    @contextmanager
    def _alone(self, row: int) -> Iterator[None]:
        """Let nobody else count in a row meanwhile."""
        with self._threads:
            locked = self._file >= 0 and self._locked(row)
            try:
                yield
            finally:
                if locked:
                    fcntl.lockf(self._file, fcntl.LOCK_UN, ROW_BYTES, row)

    def _locked(self, row: int) -> bool:
        for _ in range(TRIES):
            with suppress(OSError):
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, ROW_BYTES, row)
                return True
            os.sched_yield()
        return False


def _opened(path: Path, size: int) -> int:
    """Open the file in which processes count together, or make it; nobody else may read who asks."""
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.lockf(file, fcntl.LOCK_EX, HEAD)
    try:
        if os.fstat(file).st_size < size:
            os.ftruncate(file, size)
            os.pwrite(file, os.urandom(KEY), 0)
    finally:
        fcntl.lockf(file, fcntl.LOCK_UN, HEAD)
    return file


def _left(now: float, expiry: int) -> float:
    """Give the seconds until this window ends, as long as the window before counts, ever less."""
    return (1 - now / expiry % 1) * expiry
