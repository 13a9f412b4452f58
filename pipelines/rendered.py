"""Answers made of the records, in a file that the processes of a machine share: true to a mark, and gone at any time.

Only what anybody may see goes in. Nothing here is ever missed: what is not there is made of the records again.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

FOLDER: Final = "packages"
ENDING: Final = ".db"
LOCK: Final = ".lock"
"""How the file ends on which the process that makes ahead has its lock: it is gone with the process."""

LIMIT: Final = 400_000_000
"""Bytes that a file may take; what comes then is not kept."""

PAGE: Final = 8192
WAITS: Final = 0.25
"""Seconds for which a process waits until another one has written."""

OLD: Final = 86_400.0
"""Seconds after which a file that another setting or another code made is taken away."""

BETWEEN, BEHIND = b"\x1f", b"\x1e"
"""Signs that no JSON holds: a name from its text, and one text from the next."""

TABLES: Final = """
CREATE TABLE IF NOT EXISTS mark
  (change INTEGER NOT NULL, deed INTEGER NOT NULL, hash TEXT NOT NULL, era INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS made
  (id TEXT PRIMARY KEY, name TEXT NOT NULL, era INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS named ON made (name);
CREATE INDEX IF NOT EXISTS old ON made (era);
"""
"""An era ends when everything is forgotten at once: what was made in it is given no more, and is swept out."""

JOINED: Final = "SELECT CAST(group_concat(id || char(31) || body, char(30)) AS BLOB) FROM made WHERE "
HELD: Final = "+era = (SELECT era FROM mark WHERE change >= :change AND deed >= :deed) AND "
"""With a plus before it a column is not looked up by its index."""

IDS: Final = "made.id IN (SELECT value FROM json_each(:ids))"
BY_ID: Final = JOINED + HELD + IDS
THERE: Final = "SELECT CAST(group_concat(id, char(30)) AS BLOB) FROM made WHERE " + HELD + IDS  # noqa: S608 - same
BY_NAME: Final = JOINED + HELD + "(id = :key OR name = :key)"
PUT: Final = "INSERT OR REPLACE INTO made SELECT ?, ?, era, ? FROM mark"
SWEPT: Final = 200
PAUSE: Final = 0.01
"""Rows that are taken out at once, and seconds until the next."""

SWEEP: Final = "DELETE FROM made WHERE id IN (SELECT id FROM made WHERE era < (SELECT era FROM mark) LIMIT ?)"

log = logging.getLogger(__name__)


class Mark(NamedTuple):
    """A state of the records: the newest change, the newest row of the audit chain, and that row's hash.

    The hash covers all rows before, so that records which were put back and went another way are told apart.
    """

    change: int
    deed: int
    hash: str


class Known(NamedTuple):
    """What the records say of themselves: which datasets were written since two numbers, and the hash of a row."""

    touched: Callable[[int, int], Collection[str] | None]
    hash: Callable[[int], str]


class Made(NamedTuple):
    """A dataset's id, its name and the JSON that was made of it."""

    id: str
    name: str
    body: bytes


class Rendered:
    """JSON by the ids of datasets, under one mark. What was written since is taken out before the mark moves.

    A file that cannot be used holds nothing; one that is damaged is taken away, once.
    """

    def __init__(self, path: Path, *, limit: int = LIMIT) -> None:
        self._path, self._limit, self._lock = path, limit, threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._away = False
        self._turn: int | None = None

    def follow(self, mark: Mark, known: Known) -> bool:
        """Take out what was written until this mark; everything where that is not known, or of another history.

        Tells whether that was done; what is asked for under this mark is not given before.
        """
        with self._using() as file:
            if file is not None and _mark(file) != mark:
                with _writing(file):
                    ended = self._moved(file, mark, known)
                if ended:
                    threading.Thread(target=self.sweep, name="packages", daemon=True).start()
            return file is not None
        return False

    @staticmethod
    def _moved(file: sqlite3.Connection, mark: Mark, known: Known) -> bool:
        """Move the mark on, unless another process has seen more of the same history; tells whether an era ended."""
        last = _mark(file)
        same = last is not None and known.hash(last.deed) == last.hash
        if same and last is not None and last.change >= mark.change and last.deed >= mark.deed:
            return False
        touched = known.touched(last.change, last.deed) if same and last is not None else None
        file.executemany("DELETE FROM made WHERE id = ?", [(one,) for one in touched or ()])
        era = file.execute("SELECT coalesce(max(era), 0) FROM mark").fetchone()[0]
        file.execute("DELETE FROM mark")
        file.execute("INSERT INTO mark VALUES (?, ?, ?, ?)", (*mark, era + (touched is None)))
        return touched is None and last is not None

    def sweep(self) -> None:
        """Take out what was made in eras that ended, a little at a time: readers come between."""
        while self._swept():
            time.sleep(PAUSE)
        with self._using() as file:
            if file is not None:
                file.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _swept(self) -> bool:
        with self._using() as file:
            return file is not None and file.execute(SWEEP, (SWEPT,)).rowcount > 0
        return False

    def some(self, change: int, deed: int, ids: Sequence[str]) -> Mapping[str, bytes]:
        """Give those of the datasets that are there and hold at least until these numbers."""
        return self._asked(BY_ID, change, deed, ids=json.dumps(list(ids))) if ids else {}

    def named(self, change: int, deed: int, key: str) -> tuple[str, bytes] | None:
        """Give the id and JSON of the dataset with this id or name."""
        return next(iter(self._asked(BY_NAME, change, deed, key=key).items()), None)

    def _asked(self, statement: str, change: int, deed: int, **asked: str) -> dict[str, bytes]:
        with self._using() as file:  # one row for all: each row that is read lets another thread go first
            row = file.execute(statement, {"change": change, "deed": deed, **asked}).fetchone() if file else None
            parts = (one.partition(BETWEEN) for one in row[0].split(BEHIND)) if row and row[0] else ()
            return {key.decode(): body for key, _, body in parts}
        return {}

    def there(self, change: int, deed: int, ids: Sequence[str]) -> Collection[str]:
        """Name those of the datasets that are there and hold at least until these numbers."""
        with self._using() as file:
            asked = {"change": change, "deed": deed, "ids": json.dumps(list(ids))}
            row = file.execute(THERE, asked).fetchone() if file and ids else None
            return set(row[0].decode().split(BEHIND.decode())) if row and row[0] else ()
        return ()

    def alone(self) -> bool:
        """Tell whether this process is the one of all that use the file that makes ahead; so it is until it ends."""
        with self._lock:
            if self._turn is None:
                self._turn = _locked(self._path.with_suffix(LOCK))
            return self._turn is not None

    def keep(self, change: int, deed: int, every: Sequence[Made]) -> bool:
        """Keep what was made under these numbers, unless the mark is another one by now or the file is full.

        Tells whether it is kept.
        """
        rows = [(one.id, one.name, one.body.decode()) for one in every]
        with self._using() as file:
            if file is None or not rows:
                return False
            with _writing(file):
                last = _mark(file)
                full = file.execute("PRAGMA page_count").fetchone()[0] * PAGE >= self._limit
                if last is None or last[:2] != (change, deed) or full:
                    return False
                file.executemany(PUT, rows)
            return True
        return False

    def clear(self) -> None:
        """Forget everything, and let nothing of it stay in the file or beside it."""
        with self._using() as file:
            if file is not None:
                with _writing(file):
                    file.execute("DELETE FROM made")
                    file.execute("DELETE FROM mark")
                file.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._close()
            if self._turn is not None:
                os.close(self._turn)
                self._turn = None

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @contextlib.contextmanager
    def _using(self) -> Iterator[sqlite3.Connection | None]:
        """Give the file to one thread; None where it cannot be used. What fails inside is as if it were not there."""
        with self._lock:
            try:
                file = None if self._away else self._opened()
            except (sqlite3.Error, OSError) as wrong:
                self._failed(wrong)
                file = None
            try:
                yield file
            except sqlite3.Error as wrong:
                self._failed(wrong)

    def _failed(self, wrong: Exception) -> None:
        """Go on without the file: for now where another one writes for long or the disk is full, else for good."""
        self._close()
        if isinstance(wrong, sqlite3.OperationalError):
            log.info("packages that were made are not shared now: %s", wrong)
            return
        log.warning("packages that were made are shared no more: %s", wrong)
        self._away = True
        _taken_away(self._path)

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = sqlite3.connect(self._path, timeout=WAITS, isolation_level=None, check_same_thread=False)
            file.execute(f"PRAGMA page_size = {PAGE}")
            file.execute("PRAGMA journal_mode = WAL")
            file.execute("PRAGMA synchronous = NORMAL")
            file.execute("PRAGMA secure_delete = ON")
            file.executescript(TABLES)
            self._connection = file
        return self._connection


def place(work: Path, key: str) -> Rendered:
    """Give the file of a working folder for what is made in one way; those of ways of before are taken away in time."""
    folder = work / FOLDER
    with contextlib.suppress(OSError):
        for one in folder.glob(f"*{ENDING}"):
            if one.stem != key and one.stat().st_mtime < time.time() - OLD:
                _taken_away(one)
                one.with_suffix(LOCK).unlink(missing_ok=True)
    return Rendered(folder / f"{key}{ENDING}")


def erase(work: Path) -> None:
    """Let nothing of what was made stay in a working folder: something of it was erased."""
    for one in sorted((work / FOLDER).glob(f"*{ENDING}")):
        file = Rendered(one)
        file.clear()
        file.close()


def _mark(file: sqlite3.Connection) -> Mark | None:
    row = file.execute("SELECT change, deed, hash FROM mark").fetchone()
    return Mark(*row) if row else None


def _locked(path: Path) -> int | None:
    """Take the lock on a file until the process ends or lets it go; None where another one has it or none can be."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


@contextlib.contextmanager
def _writing(file: sqlite3.Connection) -> Iterator[None]:
    file.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        file.execute("ROLLBACK")
        raise
    file.execute("COMMIT")


def _taken_away(path: Path) -> None:
    for one in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        with contextlib.suppress(OSError):
            one.unlink(missing_ok=True)
