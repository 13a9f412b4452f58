"""One writer at a time on SQLite, among the threads of a process and among processes: whoever waits goes on at once.

SQLite lets a writer that finds another one at work sleep, longer each time, up to a tenth of a second: two processes
that write all the time wait for each other more than they write. A lock on the database's folder is looked at every
millisecond. Whoever does not know of it (the queue's own tables) waits as SQLite does, and nothing is lost.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

LOOK_SECONDS: Final = 0.001
PATIENCE: Final = 30.0
"""Seconds after which SQLite itself is asked, and says in its own way that another one is at work."""


class Turn:
    """The right to write, taken by one thread of one process after the other."""

    def __init__(self, database: Path, patience: float = PATIENCE) -> None:
        self._folder = database.parent
        self._patience = patience
        self._threads = threading.Lock()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold the turn; the system gives it back when the process dies."""
        with self._threads:
            handle = self._opened()
            try:
                self._wait(handle)
                yield
            finally:
                if handle >= 0:
                    fcntl.flock(handle, fcntl.LOCK_UN)  # also where a child that was forked meanwhile holds it too
                    os.close(handle)

    def _opened(self) -> int:
        try:
            return os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:  # it went: what is written next says so
            return -1

    def _wait(self, handle: int) -> None:
        end = time.monotonic() + self._patience
        while handle >= 0 and not _locked(handle) and time.monotonic() < end:
            time.sleep(LOOK_SECONDS)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without such locks: SQLite's own way is left
        return True
    return True
