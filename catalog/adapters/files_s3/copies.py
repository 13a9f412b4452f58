"""Copies on this machine of objects that lie elsewhere, for engines that read files in place; the oldest go first."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from catalog.errors import Unavailable

SPARE: Final = 3600.0
"""Seconds for which a copy that somebody asked for is not taken away."""


class Copies:
    """A folder of copies named by their hashes, held below ``limit`` bytes where that is possible.

    Several threads and processes may share one folder. Copies are thrown away freely: the store has the original.
    """

    def __init__(self, folder: Path, limit: int, *, clock: Callable[[], float] = time.time) -> None:
        self._folder, self._limit, self._clock = folder, limit, clock

    def find(self, sha256: str) -> Path | None:
        """Give the copy, if it is here, and note that it was wanted."""
        path = self._folder / sha256[:2] / sha256
        now = self._clock()
        try:
            os.utime(path, (now, now))
        except FileNotFoundError:
            return None
        return path

    def make(self, sha256: str, open_: Callable[[], BinaryIO]) -> Path:
        """Fetch a copy, once even when several ask at the same time; raises what ``open_`` raises."""
        path = self._folder / sha256[:2] / sha256
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._alone(sha256[:2]):
                if self.find(sha256) is None:
                    self._fetch(path, open_)
        except OSError as wrong:
            raise Unavailable("storage-full") from wrong
        self._make_room()
        return path

    def _fetch(self, path: Path, open_: Callable[[], BinaryIO]) -> None:
        draft = path.with_name(f".{secrets.token_hex(8)}")
        try:
            with open_() as source, draft.open("xb") as copy:
                shutil.copyfileobj(source, copy, 1024 * 1024)
            now = self._clock()
            os.utime(draft, (now, now))
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)

    @contextmanager
    def _alone(self, shard: str) -> Iterator[None]:
        with (self._folder / f"{shard}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def drop(self, sha256: str) -> None:
        """Throw a copy away, if it is here."""
        (self._folder / sha256[:2] / sha256).unlink(missing_ok=True)

    def clear(self) -> None:
        """Throw all copies away."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _make_room(self) -> None:
        held = []
        for path in self._folder.glob("??/*"):
            with suppress(FileNotFoundError):
                about = path.stat()
                held.append((about.st_atime, about.st_size, path))
        over = sum(size for _, size, _ in held) - self._limit
        for wanted, size, path in sorted(held):
            if over <= 0 or wanted > self._clock() - SPARE:
                return
            path.unlink(missing_ok=True)
            over -= size
