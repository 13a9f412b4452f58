"""Datasets as bytes, rendered once per change: a public dataset's JSON is asked far more often than it changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Final

import orjson

from api.deps import Site
from api.dialects.v1 import render
from catalog.errors import NotFound
from catalog.model import NOBODY, Caller, Entry, Version

VIETNAM: Final = timezone(timedelta(hours=7))
KEPT: Final = 4096
"""Rendered datasets that one process keeps; about 5 kB each."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A dataset's JSON with the headers that belong to these bytes."""

    body: bytes
    headers: dict[str, str]


@dataclass(slots=True)
class Shelf:
    """The most recently asked public datasets, by id, change sequence and day (quality depends on the day)."""

    held: OrderedDict[tuple[str, int, date], Rendered] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, site: Site, caller: Caller, entry: Entry) -> Rendered:
        """The dataset as the caller may see it; raises Gone where its newest version was withdrawn."""
        today = datetime.now(VIETNAM).date()
        key = (entry.id, entry.sequence, today)
        if entry.sequence and is_public(entry):
            found = self.held.get(key)
            if found is not None:
                return found
            made = _render(site, NOBODY, entry, today)
            self._keep(key, made)
            return made
        return _render(site, caller, entry, today)

    def _keep(self, key: tuple[str, int, date], made: Rendered) -> None:
        with self.lock:
            self.held[key] = made
            while len(self.held) > KEPT:
                self.held.popitem(last=False)


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


def _render(site: Site, caller: Caller, entry: Entry, today: date) -> Rendered:
    version = newest(site, caller, entry)
    organisation = site.catalog.organisation(caller, entry.organisation)
    body = orjson.dumps(render.dataset(entry, version, organisation, site.url, today))
    headers = {
        "Cache-Control": "public, no-cache" if is_public(entry) else "private, no-store",
        "ETag": render.etag(body),
        "Last-Modified": format_datetime(entry.modified, usegmt=True),
    }
    return Rendered(body, headers)
