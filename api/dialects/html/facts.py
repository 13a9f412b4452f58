"""What a list says about a dataset besides its own words: counts, formats, freshness and quality, on a card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from api.messages.pages import VIETNAM
from catalog.catalog import Catalog
from catalog.errors import Refusal
from catalog.grace import Grace
from catalog.model import Caller, Entry, Organisation, Version
from catalog.quality import Freshness, freshness, quality

UNPROMISED = Freshness(state="unpromised")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A dataset in a list: counts and formats of its newest version, and how it stands."""

    rows: int = 0
    columns: int = 0
    resources: int = 0
    formats: tuple[str, ...] = ()
    issued: datetime | None = None
    fresh: Freshness = UNPROMISED
    passed: int = 0
    items: int = 0


def today() -> date:
    """The day in Vietnam."""
    return datetime.now(VIETNAM).date()


def card(entry: Entry, version: Version | None, day: date) -> Card:
    """The card of a dataset whose newest version is ``version``."""
    fresh = freshness(entry.about.frequency, version.issued if version else None, day)
    items = quality(entry, version, day)
    passed = sum(held for _, held in items)
    if version is None:
        return Card(fresh=fresh, passed=passed, items=len(items))
    tables = [one for one in version.resources if one.kind == "table"]
    roles: dict[str, None] = dict.fromkeys(
        file.role for file in version.files if file.role not in ("original", "report"))
    return Card(
        rows=sum(one.rows or 0 for one in tables), columns=len(tables[0].columns) if tables else 0,
        resources=len(version.resources), formats=tuple(ordered(roles)), issued=version.issued, fresh=fresh,
        passed=passed, items=len(items),
    )


def graced(entry: Entry, one: Card, grace: Grace, day: date) -> Card:
    """The card with the day of its promise put off by the days on which the site itself was away."""
    if not grace.spans or one.fresh.due is None:
        return one
    fresh = grace.freshness(entry.about.frequency, one.issued, day)
    kept = one.fresh.state == "late" and fresh.state == "on-time"  # then an item of quality holds as well
    return replace(one, fresh=fresh, passed=one.passed + kept)


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
