"""Use cases of how the site stands: counted a little at a time by the worker, kept with its time, read by everybody."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from catalog.catalog.appraising import KIND as USEFUL
from catalog.catalog.base import Base
from catalog.catalog.watching import outages_in
from catalog.grace import Grace, grace_of
from catalog.model import Entry, Mark
from catalog.ports import Records, Unit
from catalog.quality import VIETNAM
from catalog.standing import Standing, Tally, from_body

KIND: Final = "standing"
SITE: Final = "site"
AT_ONCE: Final = 100
"""Datasets looked at in one reading of the records."""

FEW: Final = 300
"""A site with no more datasets is counted when somebody asks, so that its page is never behind."""

REST: Final = 50.0
"""How many times as long as counting took nothing is counted again: a fiftieth of one worker at most."""

YOUNG: Final = 300.0
"""Seconds for which a count of a small site is given although a reader may have been answered since."""

LEAST_REST: Final = 60.0
OLD: Final = 600.0
"""Seconds after which it is counted again although no dataset changed: a day began, somebody was answered."""


class Standings(Base):
    """What ``/status`` shows. Nothing in it is anybody's secret: public datasets, and how many voices there were."""

    def standing(self) -> Standing | None:
        """Give what was counted last; of a small site what holds now. None where nothing was counted yet."""
        with self._records.read() as unit:
            kept = kept_in(unit)
            young = kept is not None and self._now() - kept.made < timedelta(seconds=YOUNG)
            if kept is not None and young and kept.change == unit.last_change():
                return kept
            if len(unit.entries(limit=FEW + 1)) > FEW:
                return kept
        return Census(self._records, self._now).whole()

    def behind_promise(self, found: Standing, agency: str) -> Sequence[tuple[Entry, int]]:
        """Give the datasets of an agency (its id) that are longest behind their promise, if they are still public."""
        named = found.late.get(agency, ())
        with self._records.read() as unit:
            entries = {one.id: one for one in unit.entries(ids=[each.dataset for each in named])}
        shown = ((entries.get(one.dataset), one.days) for one in named)
        return [(entry, days) for entry, days in shown
                if entry is not None and entry.state == "published" and entry.visibility == "public"]

    def census(self) -> Census:
        """Give what the worker counts with, a little at each step."""
        return Census(self._records, self._now)


def kept_in(unit: Unit) -> Standing | None:
    """Read what was counted last."""
    mark = unit.mark(KIND, SITE)
    return from_body(mark.body) if mark else None


class Census:
    """Walks over all datasets, then over all voices; what it counted is kept when it comes to the end."""

    def __init__(self, records: Records, now: Callable[[], datetime]) -> None:
        self._records, self._now = records, now
        self._last: Standing | None = None
        self._looked = False
        self._under: _Walk | None = None

    def step(self, seconds: float = 0.25) -> bool:
        """Count on for about so long where it is time to; tells whether there is more to count."""
        if self._under is None and not self._due():
            return False
        if self._under is None:
            self._under = self._begun()
        until = time.monotonic() + seconds
        while self._under.on(self._records):
            if time.monotonic() >= until:
                return True
        self._keep(self._under.standing())
        return False

    def whole(self) -> Standing:
        """Count everything now, and keep nothing."""
        walk = self._begun()
        while walk.on(self._records):
            pass
        return walk.standing()

    def _begun(self) -> _Walk:
        now = self._now()
        with self._records.read() as unit:
            return _Walk(now, unit.last_change(), grace_of(outages_in(unit, now), now))

    def _due(self) -> bool:
        with self._records.read() as unit:
            if not self._looked:
                self._last, self._looked = kept_in(unit), True
            change = unit.last_change()
        if self._last is None:
            return True
        age = (self._now() - self._last.made).total_seconds()
        if age < 0:
            return True  # the clock was put back
        return age >= max(LEAST_REST, REST * self._last.seconds) and (age >= OLD or change != self._last.change)

    def _keep(self, found: Standing) -> None:
        with self._records.begin() as unit:
            unit.save_mark(Mark(kind=KIND, id=SITE, subject=SITE, body=found.to_body(), created=found.made,
                                modified=found.made))
        self._last, self._under = found, None


class _Walk:
    """One count of the whole site under way."""

    def __init__(self, now: datetime, change: int, grace: Grace) -> None:
        self._now, self._change = now, change
        self._tally = Tally(now.astimezone(VIETNAM).date(), grace)
        self._after = ""
        self._took = 0.0

    def on(self, records: Records) -> bool:
        """Count the next datasets, and behind the last one all voices; False when everything was counted."""
        began = time.monotonic()
        with records.read() as unit:
            more = self._datasets(unit)
            if not more:
                self._voices(unit)
        self._took += time.monotonic() - began
        return more

    def _datasets(self, unit: Unit) -> bool:
        page = unit.entries(after=self._after, limit=AT_ONCE)
        if not page:
            return False
        self._after = page[-1].id
        shown = [one for one in page if one.state == "published" and one.visibility == "public"
                 and one.kind == "dataset" and one.version]
        self._count(unit, shown)
        return True

    def _count(self, unit: Unit, shown: Sequence[Entry]) -> None:
        ids = [one.id for one in shown]
        heads = unit.outlines(ids, files=True, groups=True)
        shelved = unit.shelved(ids)
        useful = {one.subject: (int(one.body.get("yes", 0)), int(one.body.get("no", 0)))
                  for one in unit.marks(USEFUL, subjects=ids)}
        for one in shown:
            head = heads.get(one.id)
            if head is not None and head.state == "published":
                self._tally.dataset(one, head, shelved.get(one.id, ()), useful.get(one.id, (0, 0)))

    def _voices(self, unit: Unit) -> None:
        """All of them in one reading: each newer one would move the others from page to page."""
        heard = 0
        while page := unit.voices(limit=AT_ONCE, offset=heard):
            for one in page:
                self._tally.voice(one, self._now)
            heard += len(page)

    def standing(self) -> Standing:
        """Give what was counted."""
        return self._tally.standing(self._now, self._change, self._took)
