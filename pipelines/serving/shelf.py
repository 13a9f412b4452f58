"""The shelf of serving files on this machine: made when a table is first asked, gone when its source is gone.

A file is named by the hash of the Parquet file that it was made of, and by the recipe. It may be thrown away at any
time; what has it no more is answered from the Parquet file.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import queue
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, cast

from catalog.errors import Refusal
from catalog.ports import Files
from pipelines import sandbox
from pipelines.format import Unreadable

RECIPE: Final = "3"
ENDING: Final = ".duckdb"
LEAST_ROWS: Final = 20_000
"""Smaller tables are answered from their Parquet file as quickly."""
SWEEP_SECONDS: Final = 60.0
AGAIN_SECONDS: Final = 900.0
"""After a file could not be made."""
SPARE: Final = 600.0
"""Seconds for which a file that somebody asked for is not taken away to make room."""

log = logging.getLogger(__name__)


class Shelf:
    """A folder of serving files, held below ``limit`` bytes where that is possible; several processes may share it.

    ``holds`` says whether the store of files (still) has an object: what it has no more is taken off the shelf.
    ``left`` is called after a file went that may be open somewhere: a file that is open is not gone. ``maker`` is what
    the sandbox's child does.
    """

    def __init__(self, folder: Path, limit: int, *, holds: Callable[[str], bool], least_rows: int = LEAST_ROWS,
                 maker: str = "pipelines.serving.work:make") -> None:
        self.left: Callable[[], None] = lambda: None
        self._maker = maker
        self._folder, self._limit, self._holds, self._least = folder, limit, holds, least_rows
        self._wanted: queue.Queue[tuple[str, str]] = queue.Queue()
        self._known: dict[str, float] = {}
        self._given: set[Path] = set()
        self._keeper: threading.Thread | None = None
        self._lock = threading.Lock()

    def find(self, sha256: str, rows: int, parquet: str) -> str | None:
        """Give the serving file of a table; None while there is none: then one is made for a table that needs it."""
        if rows < self._least:
            return None
        path = self.place(sha256)
        try:
            os.utime(path)
        except OSError:
            self._want(sha256, parquet)
            return None
        self._given.add(path)
        return str(path)

    def place(self, sha256: str) -> Path:
        """Give the path that the serving file of an object has, or would have."""
        return self._folder / sha256[:2] / f"{sha256}-{RECIPE}{ENDING}"

    def drop(self, sha256: str) -> None:
        """Take everything off the shelf that was made of an object."""
        for path in self._folder.glob(f"{sha256[:2]}/{sha256}-*"):
            path.unlink(missing_ok=True)

    def clear(self) -> None:
        """Take everything off the shelf."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def make(self, sha256: str, parquet: str) -> bool:
        """Make the serving file of a table, unless another process is at it; whether it is there now."""
        path = self.place(sha256)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._alone() as alone:
                if alone and not path.exists():
                    self._made(parquet, draft)
                    draft.replace(path)
        except (OSError, Unreadable) as wrong:
            log.warning("no serving file of %s: %s", sha256[:12], type(wrong).__name__)
        finally:
            for rest in (draft, draft.with_name(f"{draft.name}.wal")):
                rest.unlink(missing_ok=True)
        if not self._still(sha256):  # erased while it was made
            self.drop(sha256)
        self._make_room()
        return path.exists()

    def _made(self, parquet: str, draft: Path) -> None:
        size = Path(parquet).stat().st_size
        limits = sandbox.DEFAULT.scaled(8 * size)
        sandbox.call(self._maker, {"parquet": parquet, "path": str(draft)}, int, limits=limits)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[bool]:
        """One file is made at a time on a machine: the rest of it belongs to readers."""
        with (self._folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                yield False
            else:
                yield True

    # -- the keeper -------------------------------------------------------------------------------------------

    def keep(self) -> None:
        """Begin to make what is wanted and to take away what is gone, in a thread that ends with the process."""
        with self._lock:
            if self._keeper is None:
                self._keeper = threading.Thread(target=self._work, name="serving", daemon=True)
                self._keeper.start()

    def _want(self, sha256: str, parquet: str) -> None:
        now = time.monotonic()
        with self._lock:
            if self._known.get(sha256, 0.0) > now:
                return
            self._known[sha256] = now + AGAIN_SECONDS
        self._wanted.put((sha256, parquet))
        self.keep()

    def _work(self) -> None:
        swept = time.monotonic()
        while True:
            with contextlib.suppress(queue.Empty):
                sha256, parquet = self._wanted.get(timeout=SWEEP_SECONDS)
                if self.make(sha256, parquet):
                    self._known.pop(sha256, None)
            if time.monotonic() - swept >= SWEEP_SECONDS:
                self.sweep()
                swept = time.monotonic()

    def sweep(self) -> int:
        """Take away what was made of objects that the store has no more; gives how many files went."""
        gone = 0
        for path in self._folder.glob(f"??/*{ENDING}*"):
            if not self._still(path.name[:64]):
                path.unlink(missing_ok=True)
                gone += 1
        away = {path for path in self._given if not path.exists()}
        self._given -= away
        if away:  # by us, or by another process
            self.left()
        return gone

    def _still(self, sha256: str) -> bool:
        try:
            return self._holds(sha256)
        except Refusal:  # the store is away: nothing is known of it
            return True

    def _make_room(self) -> None:
        held = []
        for path in self._folder.glob(f"??/*{ENDING}"):
            with contextlib.suppress(FileNotFoundError):
                about = path.stat()
                held.append((about.st_mtime, about.st_size, path))
        over = sum(size for _, size, _ in held) - self._limit
        for wanted, size, path in sorted(held):
            if over <= 0 or wanted > time.time() - SPARE:
                return
            path.unlink(missing_ok=True)
            over -= size


class _Shelved:
    """A store of files with a shelf beside it: what leaves the one leaves the other at once."""

    def __init__(self, files: Files, shelf: Shelf) -> None:
        self._files, self._shelf = files, shelf

    def __getattr__(self, name: str) -> Any:
        return getattr(self._files, name)

    def delete(self, sha256: str) -> None:
        """Delete an object and what was made of it here."""
        self._files.delete(sha256)
        self._shelf.drop(sha256)

    def wipe(self) -> None:
        """Delete everything."""
        self._files.wipe()
        self._shelf.clear()


def with_shelf(files: Files, folder: Path, limit: int) -> tuple[Files, Shelf]:
    """Put a shelf beside a store of files; give both."""
    shelf = Shelf(folder, limit, holds=lambda sha256: files.size(sha256) is not None)
    return shelved(files, shelf), shelf


def shelved(files: Files, shelf: Shelf) -> Files:
    """Give the same store, which takes off the shelf of this machine what is deleted from it."""
    return cast("Files", _Shelved(files, shelf))
