"""Files that somebody had checked without an account: held half an hour under an address of their own, then gone."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi.concurrency import run_in_threadpool

from api.dialects.html import brief
from catalog.model import Options
from pipelines.check import Checked
from standards.portable import NotPortable, from_json, to_json

MINUTES = 30
"""For how long a file and everything made of it is held after it was sent; no act of anybody makes it longer."""

SWEPT_EVERY = 15.0
"""Seconds between two looks at what is over: so much later at most its bytes are gone."""

ABOUT = "about.json"
FILE = "file"

_OURS = re.compile(r"datamo-held-([0-9a-f]{40})-([0-9]{1,12})")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Where they lie; bytes that one with what was made of it may take (a larger one is not held), and all of them."""

    within: Path = field(default_factory=lambda: Path(tempfile.gettempdir()))
    each: int = 64_000_000
    all: int = 512_000_000


def room_of(extras: dict[str, Any]) -> Room:
    """The room of a site: in its working folder, which web processes in several containers share, where it has one."""
    found: Room | None = extras.get("html.held")
    if found is None:
        work = extras.get("rooms", {}).get("work")
        found = extras.setdefault("html.held", _within(work / "checked") if work else Room())
    return found


def _within(folder: Path) -> Room:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:  # nothing can be written there: readyz says so
        return Room()
    return Room(within=folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is written down beside a held file: what was asked for and what was found."""

    options: Options
    found: Checked


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A held file: its folder, until when it stays, what was asked for and what was found."""

    token: str
    folder: Path
    until: datetime
    options: Options
    found: Checked

    @property
    def file(self) -> Path:
        """The file as it was sent."""
        return self.folder / FILE


def hold(folder: Path, found: Checked, options: Options, room: Room, now: float | None = None) -> str:
    """Hold a folder with a checked file in it; gives the token of its address, "" where it takes too much room.

    Only a hash of the token is written down, so that nobody who sees the folders can open what lies in them.
    """
    _write(folder, found, options)
    if _bytes(folder) > room.each:
        return ""
    token, until = secrets.token_urlsafe(24), int(time.time() if now is None else now) + MINUTES * 60
    folder.rename(room.within / f"datamo-held-{_digest(token)}-{until}")
    _make_room(room)
    return token


def held(room: Room, token: str, now: float | None = None) -> Held | None:
    """Give what is held under a token; None when it is over, was erased or never was."""
    found = _folder(room, token)
    if found is None or found[1] <= (time.time() if now is None else now):
        return None
    folder, until = found
    try:
        about = from_json(About, json.loads((folder / ABOUT).read_text(encoding="utf-8")))
    except (OSError, ValueError, NotPortable):  # erased while it was read
        return None
    rows = tuple(folder / one.name for one in about.found.rows)
    return Held(token=token, folder=folder, until=datetime.fromtimestamp(until, UTC), options=about.options,
                found=replace(about.found, rows=rows))


def again(one: Held, found: Checked, options: Options) -> None:
    """Put a new look at a held file in the place of the one before; how long it is held does not change."""
    with contextlib.suppress(OSError):  # it was erased meanwhile
        for made in found.rows:
            made.replace(one.folder / made.name)
        _write(one.folder, found, options)


def erase(room: Room, token: str) -> None:
    """Remove what is held under a token, now."""
    found = _folder(room, token)
    if found is not None:
        shutil.rmtree(found[0], ignore_errors=True)


def sweep(room: Room, now: float | None = None) -> int:
    """Remove what is over, of whichever process, and what was left half made; say how many of the first those were."""
    brief.sweep(room.within, now, foreign=True)
    gone = [path for path, until in _all(room.within) if until <= (time.time() if now is None else now)]
    for path in gone:
        shutil.rmtree(path, ignore_errors=True)
    return len(gone)


@asynccontextmanager
async def swept(room: Room) -> AsyncIterator[None]:
    """Remove what is over every some seconds while the process serves."""
    stop = threading.Event()
    broom = threading.Thread(target=_keep_sweeping, args=(stop, room), name="held", daemon=True)
    broom.start()
    try:
        yield
    finally:
        stop.set()
        await run_in_threadpool(broom.join)


def _keep_sweeping(stop: threading.Event, room: Room) -> None:
    while not stop.wait(SWEPT_EVERY):
        sweep(room)


def _write(folder: Path, found: Checked, options: Options) -> None:
    about = About(options=options, found=replace(found, written=(), rows=tuple(Path(one.name) for one in found.rows)))
    beside = folder / f"{ABOUT}.{secrets.token_hex(4)}"
    beside.write_text(json.dumps(to_json(about), ensure_ascii=False), encoding="utf-8")
    beside.replace(folder / ABOUT)


def _make_room(room: Room) -> None:
    """Let the oldest go until all of them fit."""
    left = room.all
    for path, _ in sorted(_all(room.within), key=lambda one: -one[1]):
        left -= _bytes(path)
        if left < 0:
            shutil.rmtree(path, ignore_errors=True)


def _all(within: Path) -> Iterator[tuple[Path, int]]:
    for path in within.glob("datamo-held-*"):
        if known := _OURS.fullmatch(path.name):
            yield path, int(known[2])


def _folder(room: Room, token: str) -> tuple[Path, int] | None:
    if not _TOKEN.fullmatch(token):
        return None
    wanted = _digest(token)
    return next((one for one in _all(room.within) if f"-{wanted}-" in one[0].name), None)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()[:40]


def _bytes(folder: Path) -> int:
    with contextlib.suppress(OSError):  # it goes meanwhile
        return sum(one.stat().st_size for one in os.scandir(folder) if one.is_file())
    return 0
