"""How the site stands: what is counted of every public dataset, by agency and theme; each number is made here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from catalog.grace import NO_GRACE, Grace
from catalog.model import Entry, Version
from catalog.quality import VIETNAM, quality
from catalog.voice import Voice

Counts = dict[str, dict[str, int]]
"""Sheets of counts: ``{"fresh": {"late": 3}}``. Two of them are added number by number."""

ALL: Final = ""
"""The theme under which every dataset is counted once, whatever its themes."""

MOST_LATE: Final = 5
"""So many of an agency's datasets that are longest behind their promise are named."""

MADE: Final = ("original", "report", "changes")
"""Roles of files that are no format to download a table in."""

Shelved = Sequence[tuple[int, datetime, int]]
"""The versions that a dataset still has: number, moment of release, rows; oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """A dataset behind its promise by so many days; only its id, for it may be hidden by the time somebody reads it."""

    days: int
    dataset: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What was counted, when, and up to which number of the change sequence; ``seconds`` is the time it took.

    ``rows`` are sheets by (agency's id, theme), the theme ``ALL`` for all of them together.
    """

    made: datetime
    change: int = 0
    seconds: float = 0.0
    rows: Mapping[tuple[str, str], Counts] = field(default_factory=dict)
    late: Mapping[str, tuple[Late, ...]] = field(default_factory=dict)

    def of(self, theme: str = ALL) -> Mapping[str, Counts]:
        """Give the sheets of a theme by agency."""
        return {agency: counts for (agency, one), counts in self.rows.items() if one == theme}

    def whole(self, theme: str = ALL) -> Counts:
        """Give the sheets of a theme, all agencies together."""
        found: Counts = {}
        for counts in self.of(theme).values():
            merge(found, counts)
        return found

    def to_body(self) -> dict[str, Any]:
        """Give it as plain JSON values."""
        return {
            "made": self.made.isoformat(), "change": self.change, "seconds": self.seconds,
            "rows": [[agency, theme, counts] for (agency, theme), counts in self.rows.items()],
            "late": {agency: [[one.days, one.dataset] for one in many] for agency, many in self.late.items()},
        }


def from_body(body: Mapping[str, Any]) -> Standing:
    """Make it again from what ``to_body`` gave."""
    return Standing(
        made=datetime.fromisoformat(str(body["made"])), change=int(body["change"]), seconds=float(body["seconds"]),
        rows={(agency, theme): counts for agency, theme, counts in body["rows"]},
        late={agency: tuple(Late(days=days, dataset=one) for days, one in many)
              for agency, many in body["late"].items()},
    )


def merge(into: Counts, other: Mapping[str, Mapping[str, int]]) -> None:
    """Add the numbers of one to those of another."""
    for sheet, numbers in other.items():
        held = into.setdefault(sheet, {})
        for key, number in numbers.items():
            held[key] = held.get(key, 0) + number


class Tally:
    """Counts datasets and voices one after the other; what the site's outages took is ``grace``."""

    def __init__(self, day: date, grace: Grace = NO_GRACE) -> None:
        self.day = day
        self.grace = grace
        self.rows: dict[tuple[str, str], Counts] = {}
        self.late: dict[str, list[Late]] = {}
        self._themes: dict[str, tuple[str, ...]] = {}

    def dataset(self, entry: Entry, version: Version | None, shelved: Shelved,
                useful: tuple[int, int] = (0, 0)) -> None:
        """Count a public dataset with its newest version; ``useful`` is how many found it of use, and how many not."""
        told: Counts = {}
        for sheet, key, number in (*facts(entry, version, self.day, self.grace), *growth(shelved)):
            merge(told, {sheet: {key: number}})
        if any(useful):
            merge(told, {"useful": {"yes": useful[0], "no": useful[1]}})
        self._themes[entry.id] = entry.about.themes
        self._add(entry.organisation, entry.about.themes, told)
        fresh = self.grace.freshness(entry.about.frequency, version.issued if version else None, self.day)
        if fresh.state == "late":
            self._note(entry.organisation, Late(days=fresh.days, dataset=entry.id))

    def voice(self, one: Voice, now: datetime) -> None:
        """Count what a reader asked or reported; a theme's voices are those on its datasets."""
        if one.state == "refused":
            return
        month = month_of(one.created)
        self._add(one.organisation, self._themes.get(one.dataset, ()), {
            one.kind: {f"{month} {said}": 1 for said in how(one, now)},
        })

    def _add(self, agency: str, themes: Iterable[str], told: Mapping[str, Mapping[str, int]]) -> None:
        for theme in (ALL, *dict.fromkeys(themes)):
            merge(self.rows.setdefault((agency, theme), {}), told)

    def _note(self, agency: str, one: Late) -> None:
        many = self.late.setdefault(agency, [])
        many.append(one)
        many.sort(key=lambda each: (-each.days, each.dataset))
        del many[MOST_LATE:]

    def standing(self, made: datetime, change: int, seconds: float) -> Standing:
        """Give what was counted."""
        return Standing(made=made, change=change, seconds=round(seconds, 3), rows=self.rows,
                        late={agency: tuple(many) for agency, many in self.late.items()})


def month_of(moment: datetime) -> str:
    """Give the month of a moment in Vietnam: ``2026-11``."""
    return f"{moment.astimezone(VIETNAM):%Y-%m}"


def facts(entry: Entry, version: Version | None, day: date,
          grace: Grace = NO_GRACE) -> Iterator[tuple[str, str, int]]:
    """Give (sheet, key, number) for what holds of a dataset on a day."""
    yield "all", "datasets", 1
    resources = version.resources if version else ()
    tables = [one for one in resources if one.kind == "table"]
    yield "all", "rows", sum(one.rows or 0 for one in tables)
    yield "kind", "table" if tables else "file" if any(one.kind == "file" for one in resources) else "link", 1
    yield "standards", " ".join(sorted({one.standard.partition("@")[0] for one in tables if one.standard})), 1
    for each in sorted(set(_formats(version))):
        yield "formats", each, 1
    for file in version.files if version else ():
        yield "bytes", file.role, file.bytes
    issued = version.issued if version else None
    yield "fresh", grace.freshness(entry.about.frequency, issued, day).state, 1
    items = quality(entry, version, day, grace.days(entry.about.frequency, issued))
    yield "held", str(sum(holds for _, holds in items)), 1
    for code, holds in items:
        yield "items", code, int(holds)


def _formats(version: Version | None) -> Iterator[str]:
    for one in version.resources if version else ():
        if one.kind == "table":
            yield from (file.role for file in one.files if file.role not in MADE and file.public)
        elif one.format:
            yield one.format.lower().lstrip(".")[:20]


def growth(shelved: Shelved) -> Iterator[tuple[str, str, int]]:
    """Give what a dataset added to the site by month: itself, its versions, and rows more (or fewer) than before."""
    before = 0
    for place, (_, issued, rows) in enumerate(shelved):
        month = month_of(issued)
        if not place:
            yield "new-datasets", month, 1
        yield "new-versions", month, 1
        yield "new-rows", month, rows - before
        before = rows


def how(one: Voice, now: datetime) -> Iterator[str]:
    """Give how a voice stands: asked, and answered in time or late, or waiting in time or overdue."""
    yield "asked"
    if one.answered is not None:
        yield "answered"
        yield "in-time" if one.answered <= one.due else "late"
    else:
        yield "waiting"
        if one.due < now:
            yield "overdue"
