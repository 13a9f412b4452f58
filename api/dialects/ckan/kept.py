"""Public packages at hand: rendered once, given again while nothing changes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Final

import orjson

from api.deps import Site

MOST: Final = 20_000
"""Packages that one process keeps; about 6 kB each."""

ANSWERS: Final = 4096
PULSE: Final = 0.05


class Kept:
    """Packages as anybody sees them, and answers of ``package_show``, by what was asked.

    They are good while neither the change sequence nor the audit chain grows. That is looked up every PULSE seconds,
    and at once after a write of this process: a change made by another process is seen PULSE seconds later at most.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._packages: dict[str, orjson.Fragment] = {}
        self._answers: dict[str, bytes] = {}
        self._seen = (-1, -1)
        self._fresh_until = 0.0
        self._sure = self._due = False
        self._doubts = 0

    def answer(self, key: str) -> bytes | None:
        """Give what was answered, without a look at the database; one caller in PULSE seconds is sent to look."""
        now = self._clock()
        if not self._sure:
            return None
        if now >= self._fresh_until:
            self._fresh_until, self._due = now + PULSE, True
            return None
        return self._answers.get(key)

    def again(self, site: Site, key: str) -> tuple[bytes | None, tuple[int, int]]:
        """Give what was answered if a look finds nothing written since, and the mark under which to remember."""
        mark = self.look(site)
        return self._answers.get(key), mark

    def doubt(self) -> None:
        """Something may have been written: look before anything is given again."""
        with self._lock:
            self._doubts += 1
            self._sure = False

    def look(self, site: Site) -> tuple[int, int]:
        """Forget everything where something was written; gives a mark under which to remember."""
        if self._sure and not self._due and self._clock() < self._fresh_until:
            return self._seen
        doubts, self._due = self._doubts, False
        last = site.catalog.last_deeds()
        with self._lock:
            if last != self._seen:
                self._packages, self._answers, self._seen = {}, {}, last
            if doubts == self._doubts:
                self._sure, self._fresh_until = True, self._clock() + PULSE
        return last

    def package(self, key: str) -> orjson.Fragment | None:
        """Give a public package as JSON."""
        return self._packages.get(key)

    def remember(self, mark: tuple[int, int], key: str, shown: dict[str, Any]) -> orjson.Fragment:
        """Keep a public package, unless something was written meanwhile."""
        made = orjson.Fragment(orjson.dumps(shown))
        with self._lock:
            if mark == self._seen and len(self._packages) < MOST:
                self._packages[key] = made
        return made

    def remember_answer(self, mark: tuple[int, int], key: str, body: bytes) -> None:
        """Keep an answer, unless something was written meanwhile."""
        with self._lock:
            if mark == self._seen and len(self._answers) < ANSWERS:
                self._answers[key] = body


def kept_of(site: Site) -> Kept:
    """The site's packages at hand."""
    found: Kept = site.extras.setdefault("ckan.kept", Kept())
    return found


def doubt(site: Site) -> None:
    """Say that something may have been written."""
    kept_of(site).doubt()
