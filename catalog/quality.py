"""How well a dataset is described and kept: items that hold or not, each one recomputable from what is published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Final

from catalog.model import Entry, Version

VIETNAM: Final = timezone(timedelta(hours=7))
DAYS: Final[Mapping[str, int]] = {
    "CONT": 1, "UPDATE_CONT": 1, "HOURLY": 1, "DAILY": 1, "DAILY_2": 1, "WEEKLY": 7, "WEEKLY_2": 7, "WEEKLY_3": 7,
    "BIWEEKLY": 14, "MONTHLY": 31, "MONTHLY_2": 31, "MONTHLY_3": 31, "BIMONTHLY": 62, "QUARTERLY": 92, "ANNUAL_3": 122,
    "ANNUAL_2": 184, "ANNUAL": 366, "BIENNIAL": 731, "TRIENNIAL": 1096, "QUINQUENNIAL": 1827, "DECENNIAL": 3653,
}
"""Most days between two updates that a promise (EU frequency code) allows."""

ENDED: Final = ("NEVER", "NOT_PLANNED")
UNPROMISED: Final = ("", "UNKNOWN", "OTHER")
LONG_ENOUGH: Final = 100
"""Characters of a description that says something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """``state``: on-time | late | on-change | ended | unpromised; ``due``: the next update is promised by that day."""

    state: str
    due: date | None = None
    days: int = 0
    elapsed: int = 0


def freshness(frequency: str, issued: datetime | None, day: date, grace: int = 0) -> Freshness:
    """How the newest version stands against the promised frequency (an EU code, as NĐ 194/2025 asks to state one).

    ``grace`` are days of the span in which the site itself was closed or away: they do not count against the agency.
    """
    if frequency in ENDED:
        return Freshness(state="ended")
    if frequency in UNPROMISED or issued is None:
        return Freshness(state="unpromised")
    if frequency not in DAYS:
        return Freshness(state="on-change")
    last = issued.astimezone(VIETNAM).date()
    span = DAYS[frequency] + grace
    due = last + timedelta(days=span)
    state = "on-time" if day <= due else "late"
    share = round(100 * min((day - last).days, span) / span)
    return Freshness(state=state, due=due, days=abs((due - day).days), elapsed=share)


def quality(entry: Entry, version: Version | None, day: date, grace: int = 0) -> tuple[tuple[str, bool], ...]:
    """(code, whether it holds) for every item; each can be recomputed from what is published.

    The items are those of data.gouv.fr's score that hold for a file we keep ourselves, and ours on columns and
    standards. ``grace``: as in ``freshness``.
    """
    about, table = entry.about, version.first_table if version else None
    described = max((len(words) for words in about.description.values()), default=0)
    state = freshness(about.frequency, version.issued if version else None, day, grace).state
    columns = table.columns if table else ()
    return (
        ("described", described >= LONG_ENOUGH),
        ("licence-stated", bool(about.licence)),
        ("themed", bool(about.themes)),
        ("tagged", bool(about.tags)),
        ("period-stated", about.temporal is not None),
        ("place-stated", bool(about.spatial)),
        ("frequency-stated", about.frequency not in UNPROMISED),
        ("updated-in-time", state in ("on-time", "on-change", "ended")),
        ("contact-stated", bool(about.contact and (about.contact.email or about.contact.url or about.contact.phone))),
        ("source-stated", bool(about.source or about.source_url)),
        ("open-format", any(file.role == "csv" for file in version.files) if version else False),
        ("standard-followed", bool(table and table.standard)),
        ("columns-described", bool(columns) and all(one.title for one in columns)),
        ("no-warnings", bool(table) and not (table.groups if table else ())),
    )
