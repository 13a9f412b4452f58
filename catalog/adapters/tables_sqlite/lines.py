"""Connections to the files of tables, kept open between deeds: to open one and end its log costs more than a question.

A connection that rests holds no lock. One whose file went, or has another in its place, is not used again.
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from catalog.adapters.tables_sqlite.tongue import teach

PRAGMAS: Final = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=60000", "cache_size=-16000")
MOST: Final = 6
"""Connections that rest in a process, each with its file open."""

Stamp = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Line:
    """A connection, and which file it is to."""

    path: Path
    stamp: Stamp
    connection: sqlite3.Connection

    def end(self) -> None:
        """End it, whatever it says."""
        with suppress(sqlite3.Error):
            self.connection.close()


class Lines:
    """The connections that rest, the one used last at the end."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._resting: list[Line] = []
        self._lock = threading.Lock()

    def take(self, path: Path) -> Line:
        """Give a line that nobody else has; ``give`` or its ``end`` comes after. Raises sqlite3.Error, OSError."""
        stamp = _stamp(path)
        with self._lock:
            ours = [one for one in self._resting if one.path == path]
            gone = [one for one in ours if one.stamp != stamp]
            found = ours[-1] if ours and ours[-1] not in gone else None
            self._resting = [one for one in self._resting if one is not found and one not in gone]
        for one in gone:
            one.end()
        return found or _opened(path)

    def give(self, line: Line) -> None:
        """Let a line rest that is in no transaction; what it remembers of the file is given back."""
        with suppress(sqlite3.Error):
            line.connection.execute("PRAGMA shrink_memory").close()
        with self._lock:
            every = [*self._resting, line]
            over, self._resting = every[: -self._most], every[-self._most :]
        for one in over:
            one.end()

    def close(self) -> None:
        """End every line that rests."""
        with self._lock:
            gone, self._resting = self._resting, []
        for one in gone:
            one.end()


def _opened(path: Path) -> Line:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").close()
        teach(connection)
        stamp = _stamp(path)
    except BaseException:
        connection.close()
        raise
    return Line(path, stamp or (0, 0), connection)


def _stamp(path: Path) -> Stamp | None:
    """Say which file lies at a path; None for none."""
    try:
        about = path.stat()
    except FileNotFoundError:
        return None
    return about.st_dev, about.st_ino
