"""Packages made before anybody asks: one web process of a machine makes those that lie nowhere yet, a few at a time."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import asynccontextmanager
from itertools import islice
from typing import Final

from fastapi.concurrency import run_in_threadpool

from api.deps import Site
from api.dialects.ckan import options
from api.dialects.ckan.action import Call
from api.dialects.ckan.kept import kept_of
from api.dialects.ckan.shown import Shown
from catalog.catalog.keeping import MOST_FAR
from catalog.errors import Refusal
from catalog.model import NOBODY, Listed

LOG: Final = logging.getLogger("datamo.ahead")
FIRST: Final = 1.0
"""Seconds for which a process serves before it looks."""

LOOKS: Final = 5.0
"""Seconds between two looks for something to make, or whether the process that makes is gone."""

SETTLES: Final = 2.0
"""Seconds after everything was forgotten until it is made again: such deeds seldom come alone."""

CALM: Final = 0.5
"""Seconds to wait while something is written: what is made meanwhile could not be put down."""

REST, GIVES_WAY = 2.0, 15.0
"""How many times as long as a piece took nothing is made; and so while this process answers readers."""

BUSY: Final = 0.02
"""The share of a core that a process uses between two pieces when it answers readers."""

FAILED: Final = 60.0
LONGEST: Final = 1.0
PIECE: Final = 20
LOOKED_THROUGH: Final = 500
"""Datasets that are made, and looked for in the file, at once."""


class Ahead:
    """What is still to be made: datasets that were written, and behind them a walk over all where that is not known."""

    def __init__(self, site: Site, clock: Callable[[], float] = time.monotonic,
                 used: Callable[[], float] = time.process_time) -> None:
        self._site, self._kept, self._clock, self._used = site, kept_of(site), clock, used
        self._before = clock(), used()
        self._known = (-1, -1)
        self._todo: dict[str, None] = {}
        self._walk: Iterator[Listed] | None = None
        self._from = 0.0

    def step(self) -> float:
        """Make a few packages, if this process is the one that does; gives the seconds until the next step."""
        if not self._kept.alone():
            return LOOKS
        begun, rest = self._clock(), self._how_long()
        if self._learn():
            return CALM
        if begun < self._from:
            return SETTLES
        if not self._todo:
            self._look_on()
        some = list(islice(self._todo, PIECE))
        if some:
            self._make(some)
        self._before = self._clock(), self._used()
        return min(LONGEST, rest * (self._before[0] - begun)) if some or self._walk is not None else LOOKS

    def _how_long(self) -> float:
        """Tell how many times as long as it takes to rest: longer where the process did other things meanwhile."""
        since, used = self._before
        return GIVES_WAY if self._used() - used > BUSY * (self._clock() - since) else REST

    def _learn(self) -> bool:
        """Learn what was written since, if anything was; where that is not known all are looked through."""
        mark = self._kept.look(self._site)[:2]
        if mark == self._known:
            return False
        written: Collection[str] | None = None
        if self._known >= (0, 0):
            written = self._site.catalog.touched(*self._known, MOST_FAR)
        if written is None:
            self._todo, self._walk, self._from = {}, self._site.catalog.listed(), self._clock() + SETTLES
        else:
            self._todo |= dict.fromkeys(written)
        self._known = mark
        return True

    def _look_on(self) -> None:
        """Walk on until something is found that lies nowhere yet, some hundred datasets at most."""
        if self._walk is None:
            return
        page = [one.id for one in islice(self._walk, LOOKED_THROUGH)]
        if not page:
            self._walk = None
        there = self._kept.there(page)
        self._todo = {one: None for one in page if one not in there}

    def _make(self, some: list[str]) -> None:
        """Make these. What cannot be put down as something was written meanwhile stays to be made."""
        mark = self._kept.look(self._site)
        call = Call(site=self._site, caller=NOBODY, given={}, options=options.held(self._site))
        made = Shown(call).made(some)
        if not made or self._kept.share(mark, made):
            for one in some:
                self._todo.pop(one, None)
        elif mark[:2] == self._site.catalog.last_deeds()[:2]:  # the file is full, or of no use
            self._todo, self._walk = {}, None

    def run(self, stop: threading.Event) -> None:
        """Make what there is to make until ``stop`` is set."""
        wait = FIRST
        while not stop.wait(wait):
            try:
                wait = self.step()
            except Refusal as refused:
                LOG.info("packages are not made ahead now: %s", refused.code)
                wait = FAILED
            except Exception:
                LOG.exception("packages could not be made ahead")
                wait = FAILED


@asynccontextmanager
async def made_ahead(site: Site) -> AsyncIterator[None]:
    """Make packages ahead while the process serves, where there is a folder to share them in."""
    stop, maker = threading.Event(), None
    if site.extras.get("rooms", {}).get("work") is not None:
        maker = threading.Thread(target=lambda: Ahead(site).run(stop), name="packages-ahead", daemon=True)
        maker.start()
    try:
        yield
    finally:
        stop.set()
        if maker is not None:
            await run_in_threadpool(maker.join)
