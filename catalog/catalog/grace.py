"""Days of grace: time in which the site itself was away is added to what an agency promised; pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from catalog.outage import Outage
from catalog.quality import VIETNAM, freshness

PARTS: Final = ("worker", "database", "files", "changes")
"""Without these nobody could publish; search alone stops nobody."""

SHORTEST: Final = timedelta(hours=1)
"""An outage that nobody could have missed a day by is none."""


def days_lost(outages: Iterable[Outage], first: date, last: date) -> int:
    """Give the days that outages took from a span of days: their time in it put together, begun days counted whole."""
    begin, end = (datetime.combine(one, time(), VIETNAM) for one in (first, last + timedelta(days=1)))
    lost, behind = timedelta(), begin
    for since, until in sorted(_spans(outages, end)):
        start = max(since, behind)
        if until > start and since < end:
            lost += min(until, end) - start
            behind = min(until, end)
    return math.ceil(lost / timedelta(days=1))


def _spans(outages: Iterable[Outage], end: datetime) -> Iterable[tuple[datetime, datetime]]:
    for one in outages:
        until = one.until or end
        if one.part in PARTS and until - one.since >= SHORTEST:
            yield one.since, until


def promised(frequency: str, issued: datetime, outages: Sequence[Outage]) -> date | None:
    """Give the day by which an agency promised the next version; days on which the site was away do not count."""
    day = issued.astimezone(VIETNAM).date()
    due = freshness(frequency, issued, day).due
    return due + timedelta(days=days_lost(outages, day, due)) if due else None
