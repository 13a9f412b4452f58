"""Content-addressed objects, staging area and public-state records in one folder of this machine."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import io
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, cast

from catalog.errors import Busy, NotFound, Stale, TooLarge, Unavailable
from catalog.model import Offer

CHUNK = 1024 * 1024
HASH = re.compile(r"[0-9a-f]{64}")
KEY = re.compile(r"[0-9A-Za-z_-]{20,64}")
STATE = re.compile(r"[0-9a-z][0-9a-z._-]{0,127}(/[0-9a-z][0-9a-z._-]{0,127})?")
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Slice(io.RawIOBase):
    """A part of an open file, read as if it were all of it."""

    def __init__(self, file: BinaryIO, start: int, length: int) -> None:
        self._file = file
        self._file.seek(start)
        self._left = length

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed wants any buffer
        """Read into a buffer; returns how many bytes, 0 at the end."""
        got = self._file.readinto(memoryview(buffer)[: self._left])  # type: ignore[attr-defined]  # it is a FileIO
        self._left -= got
        return cast("int", got)

    def close(self) -> None:
        """Close the file too."""
        self._file.close()
        super().close()


class LocalFiles:
    """Objects under ``sha256/ab/abcd…``, made once, never changed; uploads in ``staging/``, records in ``state/``.

    What is written is synced to disk, file and folder, before a verb returns. A full disk raises
    Unavailable("storage-full") and leaves nothing half-written under a name that counts. ``sync`` is how an open file
    or folder is synced.
    """

    def __init__(self, root: str | Path, *, clock: Callable[[], float] = time.time,
                 sync: Callable[[int], None] = os.fsync) -> None:
        self._root = Path(root).absolute()
        self._objects, self._staging, self._states = (self._root / name for name in ("sha256", "staging", "state"))
        self._clock, self._sync = clock, sync
        with _outside():
            for folder in (self._objects, self._staging, self._states):
                folder.mkdir(parents=True, exist_ok=True)

    # -- staging ------------------------------------------------------------------------------------------------
    def stage(self, stream: BinaryIO, limit: int) -> tuple[str, int, str]:
        """Write a stream under a random key; returns key, bytes, sha256. Raises TooLarge and leaves nothing behind."""
        key = secrets.token_urlsafe(24)
        with _outside():
            size, sha256 = _write(self._staging / key, stream, self._sync, limit)
            self._sync_folder(self._staging)
        return key, size, sha256

    def open_staged(self, key: str) -> BinaryIO:
        """Give the bytes of an upload; raises NotFound."""
        return _open(self._staged(key))

    def local_staged(self, key: str) -> str | None:
        """Give the path of an upload on this machine."""
        path = self._staged(key)
        return str(path) if path.exists() else None

    def drop_staged(self, key: str) -> None:
        """Delete an upload, if it is there."""
        self._staged(key).unlink(missing_ok=True)

    def staged(self, older_than_hours: int) -> Iterator[str]:
        """Keys of uploads whose last byte came in before that time."""
        before = self._clock() - older_than_hours * 3600
        for path in sorted(self._staging.iterdir()):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime <= before:
                    yield path.name

    def begin(self) -> tuple[str, str]:
        """Begin an upload that comes piece by piece; returns its key, and no handle, for none is needed."""
        key = secrets.token_urlsafe(24)
        with _outside():
            os.close(os.open(self._staging / key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640))
            self._sync_folder(self._staging)
        return key, ""

    def held(self, key: str, handle: str) -> int:  # noqa: ARG002 - the port's shape
        """Count the bytes that are there; raises NotFound."""
        try:
            return self._staged(key).stat().st_size
        except FileNotFoundError:
            raise NotFound from None

    def grow(self, key: str, handle: str, at: int, stream: BinaryIO) -> int:  # noqa: ARG002 - the port's shape
        """Write a stream behind the first ``at`` bytes; returns how many are safe. Raises NotFound, Busy, Stale.

        One stream at a time: the lock goes with the process that holds it, however it ends.
        """
        with _outside(), _to_grow(self._staged(key)) as file:
            held = file.seek(0, os.SEEK_END)
            if held != at:
                raise Stale("upload-offset", offset=held)
            try:
                while chunk := stream.read(CHUNK):
                    _write_all(file, chunk)
                    held += len(chunk)
            finally:
                self._sync(file.fileno())
        return held

    def finish(self, key: str, handle: str) -> tuple[int, str]:  # noqa: ARG002 - the port's shape
        """Count and hash what is there; raises NotFound."""
        path = self._staged(key)
        try:
            return path.stat().st_size, _hash(path)
        except FileNotFoundError:
            raise NotFound from None

    def offer(self, size: int, sha256: str, seconds: int = 900) -> Offer | None:  # noqa: ARG002 - the port's shape
        """Give no address: a folder has none."""
        return None

    def accept(self, key: str, limit: int) -> tuple[str, int, str]:  # noqa: ARG002 - the port's shape
        """Refuse: nothing was offered."""
        raise NotFound

    def _staged(self, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise NotFound
        return self._staging / key

    # -- objects ------------------------------------------------------------------------------------------------
    def put(self, stream: BinaryIO) -> tuple[str, int]:
        """Store a stream under its own hash, unless it is there; re-read and re-hash. Returns hash and bytes."""
        draft = self._staging / secrets.token_urlsafe(24)
        with _outside():
            try:
                size, sha256 = _write(draft, stream, self._sync)
                place = self._object(sha256)
                if not self._holds(place, sha256):
                    self._settle(draft, place, sha256)
            finally:
                draft.unlink(missing_ok=True)
        return sha256, size

    def _settle(self, draft: Path, place: Path, sha256: str) -> None:
        """Give the draft its name, create-only, after reading it again; replaces an object that is damaged."""
        if _hash(draft) != sha256:
            raise Unavailable("storage-damaged", sha256=sha256)
        if not place.parent.exists():
            place.parent.mkdir(exist_ok=True)
            self._sync_folder(self._objects)
        draft.chmod(0o444)
        if place.exists():
            draft.replace(place)
        else:
            with suppress(FileExistsError):
                os.link(draft, place)
        self._sync_folder(place.parent)

    @staticmethod
    def _holds(place: Path, sha256: str) -> bool:
        return place.exists() and _hash(place) == sha256

    def open(self, sha256: str, start: int = 0, length: int | None = None) -> BinaryIO:
        """Give the bytes of an object, or ``length`` of them from ``start``; raises NotFound."""
        file = _open(self._object(sha256))
        size = os.fstat(file.fileno()).st_size
        if start == 0 and (length is None or length >= size):
            return file
        rest = max(size - start, 0)
        part = Slice(file, start, rest if length is None else min(length, rest))
        return cast("BinaryIO", io.BufferedReader(part, CHUNK))

    def size(self, sha256: str) -> int | None:
        """Give the size of an object, None where there is none."""
        try:
            return self._object(sha256).stat().st_size
        except (FileNotFoundError, NotFound):
            return None

    def url(self, sha256: str, seconds: int = 60, *, disposition: str = "", media_type: str = "",  # noqa: ARG002 - the port's shape
            head: bool = False) -> str | None:  # noqa: ARG002
        """Give no address: a folder has none."""
        return None

    def local(self, sha256: str) -> str | None:
        """Give the path of an object, for engines that read files in place."""
        path = self._object(sha256)
        return str(path) if path.exists() else None

    def distrust(self, sha256: str) -> bool:  # noqa: ARG002 - the port's shape
        """Tell that there are no better bytes elsewhere."""
        return False

    def delete(self, sha256: str) -> None:
        """Delete an object, if it is there."""
        with _outside():
            path = self._object(sha256)
            path.unlink(missing_ok=True)
            if path.parent.exists():
                self._sync_folder(path.parent)

    def hashes(self) -> Iterator[str]:
        """Hashes of all objects."""
        for folder in sorted(self._objects.iterdir()):
            yield from sorted(path.name for path in folder.iterdir() if HASH.fullmatch(path.name))

    def _object(self, sha256: str) -> Path:
        if not HASH.fullmatch(sha256):
            raise NotFound
        return self._objects / sha256[:2] / sha256

    # -- public-state records -----------------------------------------------------------------------------------
    def put_state(self, name: str, content: bytes) -> None:
        """Write a record under a name like ``<dataset>/<sequence>.json``; the same name again replaces it."""
        if not STATE.fullmatch(name):
            raise ValueError(f"not a name of a state record: {name!r}")
        place, draft = self._states / name, self._staging / secrets.token_urlsafe(24)
        with _outside():
            if not place.parent.exists():
                place.parent.mkdir(parents=True, exist_ok=True)
                self._sync_folder(self._states)
            try:
                _write(draft, io.BytesIO(content), self._sync)
                draft.replace(place)
                self._sync_folder(place.parent)
            finally:
                draft.unlink(missing_ok=True)

    def drop_older_states(self, name: str) -> None:
        """Leave all as it is: a folder keeps nothing of what was written over."""

    def keeps_states(self) -> bool:
        """Tell that a folder keeps nothing of what is deleted; snapshots of its disk are the operator's."""
        return False

    def states(self) -> Iterator[tuple[str, bytes]]:
        """Give all records with their names, in the order of the names."""
        for path in sorted(path for path in self._states.rglob("*") if path.is_file()):
            yield path.relative_to(self._states).as_posix(), path.read_bytes()

    def _sync_folder(self, folder: Path) -> None:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self._sync(handle)
        finally:
            os.close(handle)

    # -- the store ----------------------------------------------------------------------------------------------
    def check(self) -> None:
        """Raise Unavailable when nothing can be written."""
        probe = self._staging / f"probe-{secrets.token_urlsafe(24)}"
        with _outside():
            try:
                probe.write_bytes(b"datamo")
            finally:
                probe.unlink(missing_ok=True)

    def wipe(self) -> None:
        """Delete everything."""
        with _outside():
            for folder in (self._objects, self._staging, self._states):
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir(parents=True, exist_ok=True)


@contextmanager
def _outside() -> Iterator[None]:
    """Say in our words that the disk is full or cannot be used; a client that went away is not our disk's fault."""
    try:
        yield
    except (ConnectionError, TimeoutError):
        raise
    except OSError as wrong:
        raise Unavailable("storage-full" if wrong.errno in FULL else "storage-down") from wrong


def _write(path: Path, stream: BinaryIO, sync: Callable[[int], None], limit: int | None = None) -> tuple[int, str]:
    """Write a stream to a new file and sync it; returns bytes and hash. Whatever goes wrong, the file is not left."""
    digest, size = hashlib.sha256(), 0
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
    try:
        with os.fdopen(handle, "wb", buffering=0) as file:
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                _refuse_over(size, limit)
                digest.update(chunk)
                _write_all(file, chunk)
            sync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return size, digest.hexdigest()


@contextmanager
def _to_grow(path: Path) -> Iterator[io.FileIO]:
    """Open a file to write more of it, alone; raises NotFound, Busy."""
    try:
        file = path.open("r+b", buffering=0)
    except FileNotFoundError:
        raise NotFound from None
    with file:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy("upload-busy", retry_after=1) from None
        yield file


def _refuse_over(size: int, limit: int | None) -> None:
    if limit is not None and size > limit:
        raise TooLarge("too-large", limit=limit)


def _write_all(file: io.RawIOBase | io.FileIO, chunk: bytes) -> None:
    rest = memoryview(chunk)
    while rest:
        rest = rest[file.write(rest) or 0 :]


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound from None
    except OSError as wrong:
        raise Unavailable("storage-down") from wrong


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
