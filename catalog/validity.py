"""Of which days a version's data are: *valid on* a day is another thing than *published on* a day; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from catalog.model import Entry, Version
from standards.period import span
from standards.record import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """The days that data are of, both included, an open end being None; ``basis``: how that is known.

    ``periods``: the periods that its tables were handed in for; ``stated``: what its publisher said of the dataset
    when it was published.
    """

    start: date | None
    end: date | None
    basis: Literal["periods", "stated"]

    def has(self, day: date) -> bool:
        """Whether a day is one of them."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


def validity(version: Version, entry: Entry) -> Validity | None:
    """Say of which days a version's data are; None where nobody has said.

    What is stated of a dataset now holds for its newest version, where nothing was kept with the version itself.
    """
    spans = [found for one in version.resources for period in one.periods if (found := span(period))]
    if spans:
        return Validity(start=min(one for one, _ in spans), end=max(one for _, one in spans), basis="periods")
    stated = version.temporal or (entry.about.temporal if version.number == entry.version else None)
    return _stated(stated)


def _stated(stated: Period | None) -> Validity | None:
    if stated is None or (stated.start is None and stated.end is None):
        return None
    return Validity(start=stated.start, end=stated.end, basis="stated")


def published_before(versions: Iterable[Version], end: datetime | None) -> Sequence[Version]:
    """Give those that were published before a moment, or all, in their order."""
    return [one for one in versions if end is None or one.issued < end]


def chosen(versions: Sequence[Version], entry: Entry, known: datetime | None, day: date | None) -> Version | None:
    """Give the version that was the newest before a moment, or of those published by then the one of a day."""
    found = published_before(versions, known)
    return valid_on(found, entry, day) if day else next(iter(found), None)


def valid_on(versions: Sequence[Version], entry: Entry, day: date) -> Version | None:
    """Give the version whose data are of a day: of several the one published last, as it may correct the others.

    ``versions`` come newest first; withdrawn ones say nothing.
    """
    for one in versions:
        found = validity(one, entry) if one.state == "published" else None
        if found is not None and found.has(day):
            return one
    return None
