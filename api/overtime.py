"""A dataset over time: how good each version was on the day it came out, what was found in it, and whether it was due.

Everything is read from what a version sealed: its manifest says how the dataset was described then. So a number here
can be made again by anybody who has the version.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from api.deps import Site
from catalog.errors import Refusal
from catalog.grace import Grace
from catalog.model import Caller, Entry, Version
from catalog.quality import VIETNAM, quality
from standards.portable import from_json
from standards.record import Dataset

MOST: Final = 24
"""Versions of a dataset that are looked at, the newest."""

MONTHS: Final = 12
MOST_DATASETS: Final = 100
"""Datasets of an agency that its months are made of, those that changed last."""

KEPT: Final = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One version as it was on the day it came out. ``warnings`` are cells or rows that checks remark.

    ``due`` is the day that the version before had promised (days on which the site was closed are added), ``late``
    how many days after it this one came.
    """

    number: int
    issued: date
    kind: str
    passed: int
    items: int
    missing: tuple[str, ...]
    rows: int
    warnings: int
    standard: str
    frequency: str
    due: date | None = None
    late: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """An agency's public datasets at the end of a month (or today), by the versions that were current then."""

    end: date
    datasets: int
    passed: int
    items: int
    clean: int
    standard: int
    promised: int
    on_time: int

    @property
    def share(self) -> int | None:
        """Per cent of the items of quality that held."""
        return round(100 * self.passed / self.items) if self.items else None


def editions(site: Site, caller: Caller, entry: Entry, grace: Grace) -> Sequence[Edition]:
    """Give the published versions of a dataset, the oldest first. Raises NotFound."""
    versions = [one for one in site.catalog.versions(caller, entry.id) if one.state == "published"][:MOST]
    found: list[Edition] = []
    for version in reversed(versions):
        one = _edition(site, caller, entry, version)
        found.append(_timed(found[-1], one, grace) if found else one)
    return found


def _edition(site: Site, caller: Caller, entry: Entry, version: Version) -> Edition:
    kept: dict[tuple[str, str], Edition] = site.extras.setdefault("overtime.editions", {})
    key = (entry.id, version.manifest)
    if entry.held:  # what is hidden now must not be told from what was counted before
        return _seen(site, caller, entry, version)
    if key not in kept:
        if len(kept) >= KEPT:
            kept.clear()
        kept[key] = _seen(site, caller, entry, version)
    return kept[key]


def _seen(site: Site, caller: Caller, entry: Entry, version: Version) -> Edition:
    about, issued = described_then(site, caller, entry, version), version.issued.astimezone(VIETNAM).date()
    held = quality(replace(entry, about=about), version, issued)
    table = version.first_table
    return Edition(
        number=version.number, issued=issued, kind=version.kind, passed=sum(good for _, good in held), items=len(held),
        missing=tuple(code for code, good in held if not good), rows=sum(one.rows or 0 for one in version.resources),
        warnings=sum(group.count for one in version.resources for group in one.groups),
        standard=(table.pins.get("standard") or table.standard) if table else "", frequency=about.frequency,
    )


def described_then(site: Site, caller: Caller, entry: Entry, version: Version) -> Dataset:
    """Give how a dataset was described when a version was sealed; as it is now where the store does not answer."""
    try:
        content = json.loads(site.catalog.manifest(caller, entry.id, version.number))
    except Refusal:
        return entry.about
    return from_json(Dataset, content["dataset"]["about"])


def _timed(before: Edition, one: Edition, grace: Grace) -> Edition:
    due = due_of(before, grace)
    return replace(one, due=due, late=max(0, (one.issued - due).days) if due else 0)


def due_of(one: Edition, grace: Grace) -> date | None:
    """Give the day by which the next version was promised; days on which the site was closed do not count."""
    return grace.promised(one.frequency, datetime.combine(one.issued, time(12), VIETNAM))


def months(site: Site, caller: Caller, entries: Sequence[Entry], today: date) -> Sequence[Month]:
    """Give the last twelve months of an agency's datasets, the oldest first, today last."""
    shown = sorted((one for one in entries if one.state == "published" and one.version), key=lambda one: one.modified)
    grace = site.catalog.grace()
    told = [editions(site, caller, one, grace) for one in shown[-MOST_DATASETS:]]
    return [month for end in ends(today) if (month := _month(told, end, grace)).datasets]


def ends(today: date) -> Sequence[date]:
    """Give the last days of the months before this one, and today."""
    found, first = [today], today.replace(day=1)
    while len(found) < MONTHS:
        found.append(first - timedelta(days=1))
        first = found[-1].replace(day=1)
    return found[::-1]


def _month(told: Sequence[Sequence[Edition]], end: date, grace: Grace) -> Month:
    current = [shown[-1] for one in told if (shown := [each for each in one if each.issued <= end])]
    dues = [due for one in current if (due := due_of(one, grace)) is not None]
    return Month(
        end=end, datasets=len(current), passed=sum(one.passed for one in current),
        items=sum(one.items for one in current), clean=sum(not one.warnings for one in current),
        standard=sum(bool(one.standard) for one in current), promised=len(dues),
        on_time=sum(due >= end for due in dues),
    )
