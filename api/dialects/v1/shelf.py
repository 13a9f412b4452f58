"""Datasets as bytes, rendered once per change: a public dataset's JSON is asked far more often than it changes."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Final

import orjson

from api import graced
from api.deps import Site
from api.dialects.v1 import render
from catalog.errors import NotFound
from catalog.grace import Grace
from catalog.model import NOBODY, Caller, Entry, Version

VIETNAM: Final = timezone(timedelta(hours=7))
KEPT: Final = 4096
"""Rendered datasets that one process keeps; about 5 kB each."""

PULSE: Final = 0.05


def end_of(day: date) -> datetime:
    """Give the moment at which a day of Viet Nam is over."""
    return datetime(day.year, day.month, day.day, tzinfo=VIETNAM) + timedelta(days=1)



@dataclass(frozen=True, slots=True)
class Rendered:
    """A dataset's JSON with the headers that belong to these bytes."""

    body: bytes
    headers: dict[str, str]
    modified: datetime


class Shelf:
    """Rendered public datasets, by id, change sequence and day (quality depends on the day), and by the keys asked.

    What a key gave is given again while the change sequence stands still; that is looked up every PULSE seconds, and at
    once after a write of this process. So a change made by another process is seen PULSE seconds later at most.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._held: OrderedDict[tuple[object, ...], Rendered] = OrderedDict()
        self._by_key: dict[str, Rendered] = {}
        self._seen: tuple[int, ...] = ()
        self._fresh_until = 0.0
        self._doubt = 0

    def at_hand(self, key: str) -> Rendered | None:
        """What the key gave, if nothing has changed since; one caller in PULSE seconds goes and looks."""
        now = self._clock()
        if now >= self._fresh_until:
            self._fresh_until = now + PULSE
            return None
        return self._by_key.get(key)

    def doubt(self) -> None:
        """Something was written: whatever was at hand has to be asked again."""
        with self._lock:
            self._doubt += 1
            self._by_key.clear()
            self._seen = ()

    def look(self, site: Site) -> int:
        """Compare the change sequence and the outages with those of what is at hand; gives a mark for ``remember``."""
        mark = self._doubt
        try:
            last = (site.catalog.last_change(), *graced.grace(site).mark)
        except BaseException:
            self.doubt()
            raise
        with self._lock:
            if last != self._seen and mark == self._doubt:
                self._doubt += 1
                mark = self._doubt
                self._by_key.clear()
                self._seen = last
        return mark

    def remember(self, key: str, made: Rendered, mark: int) -> None:
        """Have it at hand, unless something changed since the look."""
        with self._lock:
            if mark == self._doubt and len(self._by_key) < KEPT:
                self._by_key[key] = made

    def get(self, site: Site, caller: Caller, entry: Entry) -> Rendered:
        """The dataset as the caller may see it; raises Gone where its newest version was withdrawn."""
        today = datetime.now(VIETNAM).date()
        grace = graced.grace(site)
        key = (entry.id, entry.sequence, today, *grace.mark)
        if not entry.sequence or not is_public(entry):
            return _render(site, caller, entry, today, grace)
        found = self._held.get(key)
        if found is None:
            found = _render(site, NOBODY, entry, today, grace)
            with self._lock:
                self._held[key] = found
                while len(self._held) > KEPT:
                    self._held.popitem(last=False)
        return found


def shelf_of(site: Site) -> Shelf:
    """The site's rendered datasets."""
    kept: Shelf = site.extras.setdefault("v1.shelf", Shelf())
    return kept


def doubt(site: Site) -> None:
    """Say that something was written."""
    shelf_of(site).doubt()


def is_public(entry: Entry) -> bool:
    """Whether everybody may see it."""
    return entry.state == "published" and entry.visibility == "public"


def newest(site: Site, caller: Caller, entry: Entry) -> Version | None:
    """The newest version, None for a draft; raises Gone for a withdrawn one."""
    if entry.version is None and entry.state == "draft":
        return None
    try:
        return site.catalog.version(caller, entry.id)
    except NotFound:
        return None


def _render(site: Site, caller: Caller, entry: Entry, today: date, grace: Grace) -> Rendered:
    version = newest(site, caller, entry)
    organisation = site.catalog.organisation(caller, entry.organisation)
    body = orjson.dumps(render.dataset(entry, version, organisation, site.url, today, grace=grace))
    headers = {
        "Cache-Control": "public, no-cache" if is_public(entry) else "private, no-store",
        "ETag": render.etag(body),
        "Last-Modified": format_datetime(entry.modified, usegmt=True),
    }
    return Rendered(body, headers, entry.modified)
