"""Days of grace: time in which the site itself was away is added to what an agency promised; pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from catalog.outage import Outage
from catalog.quality import VIETNAM, Freshness, freshness

PARTS: Final = ("worker", "database", "files", "changes")
"""Without these nobody could publish; search alone stops nobody."""

SHORTEST: Final = timedelta(hours=1)
"""An outage that nobody could have missed a day by is none."""

DAY: Final = timedelta(days=1)

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Grace:
    """The times in which the site was away, oldest first, none touching another; a promise is put off by them."""

    spans: tuple[Span, ...] = ()

    @property
    def mark(self) -> tuple[int, int]:
        """What a page that shows due days is kept under: it changes when the grace of some promise does."""
        return len(self.spans), math.ceil(sum((end - begin for begin, end in self.spans), timedelta()) / DAY)

    def between(self, first: date, last: date) -> int:
        """Give the days that were lost in a span of days: times in it put together, begun days counted whole."""
        begin, end = (datetime.combine(one, time(), VIETNAM) for one in (first, last + DAY))
        lost = sum((max(timedelta(), min(until, end) - max(since, begin)) for since, until in self.spans), timedelta())
        return math.ceil(lost / DAY)

    def days(self, frequency: str, issued: datetime | None) -> int:
        """Give by how many days the promise of a version is put off; days lost while it is put off count too."""
        if not self.spans or issued is None:
            return 0
        first = issued.astimezone(VIETNAM).date()
        due = freshness(frequency, issued, first).due
        if due is None:
            return 0
        lost, more = 0, self.between(first, due)
        while more > lost:
            lost, more = more, self.between(first, due + timedelta(days=more))
        return lost

    def promised(self, frequency: str, issued: datetime) -> date | None:
        """Give the day by which the next version was promised; None where no day was."""
        return self.freshness(frequency, issued, issued.astimezone(VIETNAM).date()).due

    def freshness(self, frequency: str, issued: datetime | None, day: date) -> Freshness:
        """How the newest version stands on a day against the promised frequency, with its days of grace."""
        return freshness(frequency, issued, day, self.days(frequency, issued))


NO_GRACE: Final = Grace()


def grace_of(outages: Iterable[Outage], now: datetime) -> Grace:
    """Give the grace of outages as it is ``now``: what lasts has taken no more time than until now."""
    return Grace(tuple(_joined(sorted(_spans(outages, now)))))


def _spans(outages: Iterable[Outage], now: datetime) -> Iterator[Span]:
    for one in outages:
        until = one.until or now
        if one.part in PARTS and until - one.since >= SHORTEST:
            yield one.since, until


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    """Put spans together that meet."""
    held: Span | None = None
    for since, until in spans:
        if held is not None and since <= held[1]:
            held = held[0], max(held[1], until)
            continue
        if held is not None:
            yield held
        held = since, until
    if held is not None:
        yield held
