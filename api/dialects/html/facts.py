"""What a page says about a dataset besides its own words: freshness against the promise, quality items, a card for lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from api.messages.pages import VIETNAM
from catalog.catalog import Catalog
from catalog.errors import Refusal
from catalog.model import Caller, Entry, Organisation, Version

DAYS: Mapping[str, int] = {
    "CONT": 1, "UPDATE_CONT": 1, "HOURLY": 1, "DAILY": 1, "DAILY_2": 1, "WEEKLY": 7, "WEEKLY_2": 7, "WEEKLY_3": 7,
    "BIWEEKLY": 14, "MONTHLY": 31, "MONTHLY_2": 31, "MONTHLY_3": 31, "BIMONTHLY": 62, "QUARTERLY": 92, "ANNUAL_3": 122,
    "ANNUAL_2": 184, "ANNUAL": 366, "BIENNIAL": 731, "TRIENNIAL": 1096, "QUINQUENNIAL": 1827, "DECENNIAL": 3653,
}
"""Most days between two updates that a promise (EU frequency code) allows."""

ENDED = ("NEVER", "NOT_PLANNED")
UNPROMISED = ("", "UNKNOWN", "OTHER")
LONG_ENOUGH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """``state``: on-time | late | on-change | ended | unpromised; ``due`` the day by which the next update is promised."""

    state: str
    due: date | None = None
    days: int = 0
    elapsed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A dataset in a list: counts and formats of its newest version, and how it stands."""

    rows: int = 0
    columns: int = 0
    resources: int = 0
    formats: tuple[str, ...] = ()
    issued: datetime | None = None
    fresh: Freshness = Freshness(state="unpromised")
    passed: int = 0
    items: int = 0


def today() -> date:
    """The day in Vietnam."""
    return datetime.now(VIETNAM).date()


def freshness(frequency: str, issued: datetime | None, day: date) -> Freshness:
    """How the newest version stands against the promised frequency (an EU code, as NĐ 194/2025 asks to state one)."""
    if frequency in ENDED:
        return Freshness(state="ended")
    if frequency in UNPROMISED or issued is None:
        return Freshness(state="unpromised")
    if frequency not in DAYS:
        return Freshness(state="on-change")
    last = issued.astimezone(VIETNAM).date()
    due = last + timedelta(days=DAYS[frequency])
    state = "on-time" if day <= due else "late"
    share = round(100 * min((day - last).days, DAYS[frequency]) / DAYS[frequency])
    return Freshness(state=state, due=due, days=abs((due - day).days), elapsed=share)


def quality(entry: Entry, version: Version | None, day: date) -> tuple[tuple[str, bool], ...]:
    """(code, whether it holds) for every item; each can be recomputed from what the page shows.

    The items are those of data.gouv.fr's score that hold for a file we keep ourselves, and ours on columns and standards.
    """
    about, table = entry.about, version.first_table if version else None
    described = max((len(words) for words in about.description.values()), default=0)
    state = freshness(about.frequency, version.issued if version else None, day).state
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


def card(entry: Entry, version: Version | None, day: date) -> Card:
    """The card of a dataset whose newest version is ``version``."""
    fresh = freshness(entry.about.frequency, version.issued if version else None, day)
    items = quality(entry, version, day)
    passed = sum(held for _, held in items)
    if version is None:
        return Card(fresh=fresh, passed=passed, items=len(items))
    tables = [one for one in version.resources if one.kind == "table"]
    roles = dict.fromkeys(file.role for file in version.files if file.role not in ("original", "report"))
    return Card(
        rows=sum(one.rows or 0 for one in tables), columns=len(tables[0].columns) if tables else 0,
        resources=len(version.resources), formats=tuple(ordered(roles)), issued=version.issued, fresh=fresh,
        passed=passed, items=len(items),
    )


FORMAT_ORDER = ("xlsx", "csv", "json", "geojson", "parquet")


def ordered(roles: Mapping[str, object] | Sequence[str]) -> list[str]:
    """Formats as people want them: the spreadsheet first."""
    known = [role for role in FORMAT_ORDER if role in roles]
    return known + [role for role in roles if role not in FORMAT_ORDER]


def latest(catalog: Catalog, caller: Caller, entry: Entry) -> Version | None:
    """The newest version, or None where none can be shown (draft, withdrawn)."""
    if entry.version is None:
        return None
    try:
        return catalog.version(caller, entry.id)
    except Refusal:
        return None


def by_id(organisations: Sequence[Organisation]) -> dict[str, Organisation]:
    """Agencies by our id, public id and slug, since filters may name any of them."""
    return {key: one for one in organisations for key in (one.id, one.public_id, one.slug) if key}
