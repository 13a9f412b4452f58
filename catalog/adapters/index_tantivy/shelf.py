"""The index on disk: one folder per generation, a file that names the current one, locks for writers."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Final
from uuid import uuid4

from catalog.adapters.index_tantivy import schema as fields
from catalog.errors import Unavailable

_CURRENT: Final = "current.json"
_META: Final = "meta.json"
_TRIES: Final = 5
_PAUSE: Final = 0.01


@dataclass(frozen=True, slots=True)
class View:
    """One state of the index: its schema, a searcher that keeps seeing this state, and what tells it from others."""

    schema: Any
    searcher: Any
    stamp: object = None


class Shelf:
    """A folder of generations. Many processes read; one at a time writes, the others wait ``patience`` seconds.

    ``current.json`` names the generation and the format it was made in, and is replaced in one rename: a reader sees
    the old index or the new one. Readers that still hold the old files keep them until they let go.
    """

    def __init__(self, folder: Path, *, patience: float) -> None:
        self.folder = folder
        self.patience = patience
        self.schema = fields.build()
        self._lock = Lock()
        self._index: Any = None
        self._seen: tuple[object, object] | None = None
        self._read: tuple[object, str] | None = None

    # -- reading ------------------------------------------------------------------------------------------------

    def view(self) -> View:
        """Give the newest committed state. Raises Unavailable (search-missing, search-outdated, search-damaged)."""
        for _ in range(_TRIES):
            try:
                with self._lock:
                    return self._newest()
            except (OSError, ValueError):
                time.sleep(_PAUSE)  # the generation may just have been swapped away
        raise Unavailable("search-damaged")

    def _newest(self) -> View:
        generation = self._now()
        seen = (generation, _stamp(f"{self.folder}/{generation}/{_META}"))
        if self._index is None or self._seen is None or self._seen[0] != generation:
            self._index = fields.open_index(self.schema, str(self.folder / generation))
            self._index.reload()
        elif self._seen != seen:
            self._index.reload()
        self._seen = seen
        return View(self.schema, self._index.searcher(), seen)

    def _now(self) -> str:
        """Give the current generation's folder name; the file that names it is read again once it is another one."""
        try:
            stamp = _stamp(f"{self.folder}/{_CURRENT}")
        except FileNotFoundError:
            raise Unavailable("search-missing") from None
        if self._read is None or self._read[0] != stamp:
            self._read = (stamp, self._named())
        return self._read[1]

    def view_of(self, generation: str) -> View:
        """Give the committed state of a generation that is not the current one (yet)."""
        index = fields.open_index(self.schema, str(self.folder / generation))
        index.reload()
        return View(self.schema, index.searcher())

    def generation(self) -> str:
        """Give the current generation's folder name."""
        generation = self._named()
        if not (self.folder / generation / _META).exists():
            raise FileNotFoundError(generation)
        return generation

    def _named(self) -> str:
        try:
            generation, made = self._current()
        except FileNotFoundError:
            raise Unavailable("search-missing") from None
        except (ValueError, KeyError, TypeError):
            raise Unavailable("search-damaged") from None
        if made != fields.FORMAT:
            raise Unavailable("search-outdated")
        return generation

    def exists(self) -> bool:
        """Whether an index was ever made here, in whatever state it is."""
        return (self.folder / _CURRENT).exists()

    def _current(self) -> tuple[str, object]:
        current = json.loads((self.folder / _CURRENT).read_bytes())
        return str(current["generation"]), current["format"]

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            self._index = self._seen = self._read = None

    # -- writing ------------------------------------------------------------------------------------------------

    @contextmanager
    def alone(self, name: str = "writer") -> Iterator[None]:
        """Hold the right to write; the system frees it when the process dies. Raises Unavailable('search-busy')."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / f"{name}.lock").open("wb") as handle:
            end = time.monotonic() + self.patience
            while not _locked(handle.fileno()):
                if time.monotonic() >= end:
                    raise Unavailable("search-busy")
                time.sleep(_PAUSE)
            yield

    def begin(self) -> str:
        """Make an empty generation that nobody reads yet, and give its name."""
        name = f"{time.time_ns():x}-{uuid4().hex[:8]}"
        path = self.folder / name
        path.mkdir(parents=True)
        fields.open_index(self.schema, str(path))
        return name

    def swap(self, generation: str) -> None:
        """Make a generation the current one."""
        draft = self.folder / f"{_CURRENT}.{generation}"
        with draft.open("wb") as handle:
            handle.write(json.dumps({"generation": generation, "format": fields.FORMAT}).encode())
            handle.flush()
            os.fsync(handle.fileno())
        draft.replace(self.folder / _CURRENT)
        _sync_folder(self.folder)

    def sweep(self) -> None:
        """Remove all but the current generation: replaced and half-built ones. Only while rebuilding alone."""
        keep = self._current()[0] if self.exists() else ""
        for path in self.folder.iterdir():
            if path.is_dir() and path.name != keep:
                shutil.rmtree(path, ignore_errors=True)

    @contextmanager
    def writer(self, generation: str, heap: int) -> Iterator[Any]:
        """Give tantivy's writer on a generation and commit in the end; when the block fails, nothing of it is kept."""
        writer = fields.open_index(self.schema, str(self.folder / generation)).writer(heap, 1)
        try:
            yield writer
            writer.commit()
        except BaseException:
            writer.rollback()
            raise
        finally:
            writer.wait_merging_threads()


def _stamp(path: str) -> tuple[int, int, int]:
    """Tell one commit from the next: tantivy replaces its meta.json, we the file that names the generation."""
    stat = os.stat(path)  # noqa: PTH116 - with every question: a Path takes ten times as long
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
