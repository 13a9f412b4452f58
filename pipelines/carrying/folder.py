"""A backup as a folder: content-addressed objects, and ``backup.json``, written last, that names every one of them."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

from catalog.errors import Conflict, Invalid, NotFound, Unavailable
from catalog.ports import Files

SHAPE = "datamo-backup-1"
NAME = "backup.json"
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list kept as an object of one JSON document a line."""

    sha256: str
    bytes: int
    lines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What ``backup.json`` says.

    ``tables`` are rows by table, ``objects`` lines ``[hash, bytes, named]`` (``named`` is false for what is an upload's
    only); ``uploads`` lead from staging keys to hashes; ``audit`` is the head of the chain; ``lost`` says what the site
    itself had lost; ``rows`` are the tables of rows that change, by their ids.
    """

    made: str
    revision: str
    last_change: int
    audit: tuple[int, str]
    tables: Mapping[str, Listing]
    objects: Listing
    uploads: Mapping[str, str] = field(default_factory=dict)
    lost: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, Listing] = field(default_factory=dict)

    @property
    def seal(self) -> str:
        """The hash of everything the backup says."""
        return hashlib.sha256(_text(self.said()).encode()).hexdigest()

    def said(self) -> dict[str, Any]:
        """Give what is written down; a site without such tables says it as backups did before there were any."""
        said = asdict(self)
        return said if self.rows else {name: value for name, value in said.items() if name != "rows"}


def write(folder: Path, backup: Backup) -> None:
    """Make the folder this backup, in one step."""
    draft = folder / f".{NAME}.{os.getpid()}"
    content = _text({"shape": SHAPE, "seal": backup.seal, **backup.said()}) + "\n"
    with draft.open("w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / NAME)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read(folder: Path) -> Backup:
    """Read what a folder is a backup of; raises Invalid for one that holds no whole backup."""
    try:
        said = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Invalid("backup-missing", folder=str(folder)) from None
    except ValueError:
        raise Invalid("backup-damaged", what=NAME) from None
    if not isinstance(said, dict) or said.pop("shape", "") != SHAPE:
        raise Invalid("backup-unknown", folder=str(folder))
    seal = said.pop("seal", "")
    try:
        for many in ("tables", "rows"):
            said[many] = {name: Listing(**one) for name, one in said.get(many, {}).items()}
        said["objects"], said["audit"] = Listing(**said["objects"]), tuple(said["audit"])
        backup = Backup(**said)
    except (KeyError, TypeError, AttributeError):
        raise Invalid("backup-damaged", what=NAME) from None
    if backup.seal != seal:
        raise Invalid("backup-damaged", what=NAME)
    return backup


def prove(store: Files, backup: Backup) -> dict[str, tuple[int, bool]]:
    """Read and hash everything that the backup names; gives its objects: size, and whether the records name it.

    Raises Invalid with the first that is wrong.
    """
    for listing in (backup.objects, *backup.tables.values(), *backup.rows.values()):
        _prove(store, listing.sha256, listing.bytes)
    objects = {sha256: (size, named) for sha256, size, named in lines(store, backup.objects)}
    for sha256, (size, _) in objects.items():
        _prove(store, sha256, size)
    return objects


def _prove(store: Files, sha256: str, size: int) -> None:
    digest = hashlib.sha256()
    held = store.size(sha256)
    if held is not None:
        try:
            with store.open(sha256) as stream:
                while chunk := stream.read(CHUNK):
                    digest.update(chunk)
        except (NotFound, Unavailable):
            held = -1
    if held != size or digest.hexdigest() != sha256:
        code = "backup-incomplete" if held is None else "backup-damaged"
        raise Invalid(code, what=f"sha256/{sha256[:2]}/{sha256}")


def keep_lines(store: Files, rows: Iterable[Any]) -> Listing:
    """Keep rows as an object of the backup, one a line."""
    count = 0
    with tempfile.TemporaryFile() as whole:
        for row in rows:
            whole.write(_text(row).encode() + b"\n")
            count += 1
        whole.seek(0)
        sha256, size = store.put(cast("BinaryIO", whole))
    return Listing(sha256=sha256, bytes=size, lines=count)


def lines(store: Files, listing: Listing) -> Iterator[Any]:
    """Give the rows of a list again."""
    with store.open(listing.sha256) as stream:
        for line in stream:
            yield json.loads(line)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keep everybody else from writing into the folder; raises Conflict when somebody does."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict("backup-running", folder=str(folder)) from None
        yield
    finally:
        os.close(handle)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
