"""Use cases against bit rot: a slow lap over every object that is referred to, and what is known to be damaged."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, BinaryIO, Final

from catalog.catalog.base import Base
from catalog.errors import NotFound, Unavailable
from catalog.ports import Files, Records
from standards.portable import to_json

FACT: Final = "scrub"
SWEPT: Final = "swept"
LAP: Final = timedelta(days=7)
"""How long it takes from the beginning of one lap to that of the next."""

DAY: Final = timedelta(days=1)
AT_ONCE: Final = 200
CHUNK: Final = 1 << 20
MOST_DAMAGED: Final = 1000
"""Damaged objects that are kept by name; beyond that the store as a whole is lost."""


class Scrubbing(Base):
    """What the worker does at night, and what people see of it."""

    def scrubber(self) -> Scrubber:
        """Give what walks the laps; one process at a time."""
        return Scrubber(self._records, self._files, self._now)

    def scrub_state(self) -> Mapping[str, Any]:
        """Tell of the laps: ``laps`` finished, ``began``, ``finished``, ``checked`` objects, ``bytes``, ``damaged``."""
        with self._records.read() as unit:
            return _read(unit.site(FACT))

    def report_damage(self, sha256: str) -> None:
        """Note that an object was found damaged, unless it is known; a database that is away is no reason to fail."""
        with suppress(Unavailable):
            if sha256 not in self.scrub_state()["damaged"]:
                note(self._records, self._now, {sha256: "does not have its hash"})

    def is_damaged(self, sha256: str) -> bool:
        """Tell whether an object is known to be damaged or missing."""
        return sha256 in self.scrub_state()["damaged"]

    def sweep_is_due(self) -> bool:
        """Tell, once a day, that the sweep is due; the first time a day after the site began."""
        with self._records.begin() as unit:
            now, said = self._now(), unit.site(SWEPT)
            last = datetime.fromisoformat(said) if said else None
            due = last is not None and not timedelta(0) <= now - last < DAY
            if last is None or due:
                unit.set_site(SWEPT, now.isoformat())
            return due


def _read(said: str) -> dict[str, Any]:
    nothing = {"laps": 0, "began": "", "finished": "", "after": "", "checked": 0, "bytes": 0, "damaged": {}}
    return {**nothing, **(json.loads(said) if said else {})}


def note(records: Records, now: Callable[[], datetime], wrong: Mapping[str, str], right: tuple[str, ...] = (),
         **lap: object) -> None:
    """Write down what was found: what is wrong (hash → how), what is right again, and where the lap stands."""
    with records.begin() as unit:
        state = _read(unit.site(FACT))
        damaged = {one: about for one, about in state["damaged"].items() if one not in right}
        for one, how in wrong.items():
            if one in damaged or len(damaged) < MOST_DAMAGED:
                damaged[one] = damaged.get(one) or {"problem": how, "since": to_json(now())}
        unit.set_site(FACT, json.dumps({**state, **lap, "damaged": damaged}, sort_keys=True))


@dataclass(slots=True)
class Under:
    """The object that is being read: its stream, and what was hashed of it."""

    sha256: str
    stream: BinaryIO
    digest: Any = field(default_factory=hashlib.sha256)
    size: int = 0


class Scrubber:
    """Reads every object that is referred to once a week, a little at a time; where it stands is in the records.

    An object that broke off with the process is read again from its beginning.
    """

    def __init__(self, records: Records, files: Files, now: Callable[[], datetime]) -> None:
        self._records, self._files, self._now = records, files, now
        self._under: Under | None = None

    def step(self, seconds: float = 0.25) -> int:
        """Go on for about so long, if a lap is due or under way; returns how many objects were looked at."""
        with self._records.read() as unit:
            state = _read(unit.site(FACT))
            if not self._due(state):
                return 0
            after = "" if state["finished"] else state["after"]
            ahead = list(unit.needed_from(after, AT_ONCE))
        fresh = bool(state["finished"]) or not state["began"]
        wrong, right, size = self._look(ahead, time.monotonic() + seconds)
        looked = len(wrong) + len(right)
        lap = {
            "began": to_json(self._now()) if fresh else state["began"],
            "checked": looked + (0 if fresh else state["checked"]), "bytes": size + (0 if fresh else state["bytes"]),
            "after": ahead[looked - 1] if looked else after, "finished": "",
        }
        if looked == len(ahead) < AT_ONCE:
            lap |= {"finished": to_json(self._now()), "laps": state["laps"] + 1, "after": ""}
        if looked or lap["finished"]:
            note(self._records, self._now, wrong, right, **lap)
        return looked

    def _due(self, state: Mapping[str, Any]) -> bool:
        """A lap under way goes on; the next begins a week after this one did, or when the clock has gone back."""
        if not state["finished"]:
            return True
        return not timedelta(0) <= self._now() - datetime.fromisoformat(state["began"]) < LAP

    def _look(self, ahead: list[str], until: float) -> tuple[dict[str, str], tuple[str, ...], int]:
        wrong: dict[str, str] = {}
        right: list[str] = []
        size = 0
        for sha256 in ahead:
            said = self._read_on(sha256, until)
            if said is None:
                break
            problem, read = said
            size += read
            if problem:
                wrong[sha256] = problem
            else:
                right.append(sha256)
            if time.monotonic() > until:
                break
        return wrong, tuple(right), size

    def _read_on(self, sha256: str, until: float) -> tuple[str, int] | None:
        """Read on in an object; None when the time is over first. What is wrong with it ("" nothing), and its bytes."""
        try:
            under = self._take(sha256)
            while chunk := under.stream.read(CHUNK):
                under.digest.update(chunk)
                under.size += len(chunk)
                if time.monotonic() > until:
                    return None
        except NotFound:
            return "is missing", 0
        except Unavailable as refused:
            self._drop()
            if refused.code != "storage-damaged":
                raise
            return "does not have its hash", 0
        self._drop()
        return ("" if under.digest.hexdigest() == sha256 else "does not have its hash"), under.size

    def _take(self, sha256: str) -> Under:
        if self._under is None or self._under.sha256 != sha256:
            self._drop()
            self._under = Under(sha256, self._files.open(sha256))
        return self._under

    def _drop(self) -> None:
        if self._under is not None:
            self._under.stream.close()
        self._under = None
