"""How the site stands, as tables that pages and the API show alike: one section for each question."""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from api import deps
from catalog.catalog.appraising import FEWEST
from catalog.errors import Invalid, NotFound, Problem
from catalog.model import NOBODY, Organisation
from catalog.outage import Outage
from catalog.standing import ALL, Counts, Standing, month_of
from catalog.voice import KINDS
from standards.registry import Standards

Row = Mapping[str, Any]

SECONDS: Final = 30.0
"""For how long a process gives what it read; counting is kept with its own time, which is shown."""

PERIODS: Final = ("12", "24", "all")
"""The last so many months, or all; a year (``2026``) is a period too."""

YEAR: Final = re.compile(r"20\d\d")
GOOD, MIDDLE = 11, 7
"""Of the fourteen items of quality: from so many on a dataset counts as good, as middling."""

FRESH: Final = ("on-time", "late", "on-change", "ended", "unpromised")
NOTHING: Final[Mapping[str, int]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which part of the whole is wanted: one theme ("" for all), and a period."""

    theme: str = ALL
    period: str = PERIODS[0]

    def holds(self, month: str, now: str) -> bool:
        """Whether a month (``2026-11``) is in the period, seen from the month ``now``."""
        if self.period == "all":
            return True
        if self.period in PERIODS:
            return 0 <= _months(now) - _months(month) < int(self.period)
        return month.startswith(self.period)


def _months(month: str) -> int:
    year, _, number = month.partition("-")
    return int(year) * 12 + int(number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What every section is made of: what was counted, who the agencies are, which standards are official.

    ``now`` is when it was counted: periods are seen from there.
    """

    standing: Standing
    agencies: Mapping[str, Organisation]
    standards: Standards
    outages: Sequence[Outage]
    watched: datetime | None
    now: datetime
    asked: Asked = field(default_factory=Asked)

    @property
    def month(self) -> str:
        """The month it is now."""
        return month_of(self.now)

    def by_agency(self, sheet: str = "all") -> Iterator[tuple[dict[str, Any], Counts]]:
        """Give each agency that has something on a sheet, in the order of how many datasets it has."""
        found = [(self.agencies[one], counts) for one, counts in self.standing.of(self.asked.theme).items()
                 if one in self.agencies and sheet in counts]
        for one, counts in sorted(found, key=lambda each: (-_datasets(each[1]), each[0].slug)):
            yield {"organization": one.slug, "title": dict(one.title)}, counts


def _datasets(counts: Counts) -> int:
    return counts.get("all", {}).get("datasets", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One question: its columns by name, its rows; whether a theme and a period change the answer."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    themes: bool = True
    periods: bool = False


# --- what each section shows ------------------------------------------------------------------------------------------


def _standards(ground: Ground) -> Iterator[Row]:
    """Datasets by agency that follow an official standard, one that the platform proposes, or none: never one sum."""
    for agency, counts in ground.by_agency():
        told = {"official": 0, "proposed": 0, "none": 0}
        for combination, number in counts.get("standards", NOTHING).items():
            told[_status(ground.standards, combination)] += number
        yield agency | {"datasets": _datasets(counts)} | told


def _status(standards: Standards, combination: str) -> str:
    known = {found.status for one in combination.split() if (found := standards.tables.get(one)) is not None}
    return "official" if "official" in known else "proposed" if known else "none"


def _freshness(ground: Ground) -> Iterator[Row]:
    """Datasets by agency against their own promise; ``share`` is of those that promise a day, from twenty on."""
    for agency, counts in ground.by_agency():
        told = counts.get("fresh", {})
        dated = told.get("on-time", 0) + told.get("late", 0)
        share = round(100 * told.get("on-time", 0) / dated) if dated >= FEWEST else None
        yield agency | {"datasets": _datasets(counts)} | {one.replace("-", "_"): told.get(one, 0) for one in FRESH} | {
            "share": share}


def _formats(ground: Ground) -> Iterator[Row]:
    """Datasets by format in which they can be downloaded."""
    told = ground.standing.whole(ground.asked.theme).get("formats", {})
    for name, number in sorted(told.items(), key=lambda each: (-each[1], each[0])):
        yield {"format": name, "datasets": number}


def _readability(ground: Ground) -> Iterator[Row]:
    """Datasets by agency with a table that machines read, with documents only, with addresses elsewhere only."""
    for agency, counts in ground.by_agency():
        told = counts.get("kind", {})
        yield agency | {"datasets": _datasets(counts)} | {
            "tables": told.get("table", 0), "documents": told.get("file", 0), "links": told.get("link", 0)}


def _growth(ground: Ground) -> Iterator[Row]:
    """Month by month: what came, and what there was at its end, of what is public today."""
    told = ground.standing.whole(ground.asked.theme)
    new = [told.get(f"new-{one}", {}) for one in ("datasets", "versions", "rows")]
    known = sorted({month for sheet in new for month in sheet})
    whole = [0, 0, 0]
    for month in _every(known[0], ground.month) if known else ():
        came = [sheet.get(month, 0) for sheet in new]
        whole = [before + more for before, more in zip(whole, came, strict=True)]
        if ground.asked.holds(month, ground.month):
            yield {"month": month, "new_datasets": came[0], "new_versions": came[1], "datasets": whole[0],
                   "versions": whole[1], "rows": whole[2]}


def _every(first: str, last: str) -> Iterator[str]:
    """Give every month from the first to the last."""
    for at in range(_months(first) - 1, _months(last)):
        yield f"{at // 12:04}-{at % 12 + 1:02}"


def _quality(ground: Ground) -> Iterator[Row]:
    """Datasets by agency and grade: how many of the fourteen items hold; ``items`` is how many do on average."""
    for agency, counts in ground.by_agency():
        held = {int(one): number for one, number in counts.get("held", NOTHING).items()}
        many = sum(held.values())
        yield agency | {
            "datasets": many, "good": sum(number for one, number in held.items() if one >= GOOD),
            "middle": sum(number for one, number in held.items() if MIDDLE <= one < GOOD),
            "poor": sum(number for one, number in held.items() if one < MIDDLE),
            "items": round(sum(one * number for one, number in held.items()) / many, 1) if many else None,
        }


def _items(ground: Ground) -> Iterator[Row]:
    """Each item of quality: in how many datasets it holds, and in how many it does not; those that lack most first."""
    told = ground.standing.whole(ground.asked.theme)
    many = _datasets(told)
    for item, number in sorted(told.get("items", {}).items(), key=lambda each: (each[1], each[0])):
        yield {"item": item, "datasets": many, "held": number, "missing": many - number}


def _satisfaction(ground: Ground) -> Iterator[Row]:
    """How many readers said that a dataset was of use; a share is given from twenty answers on."""
    for agency, counts in ground.by_agency("useful"):
        yes, no = (counts["useful"].get(one, 0) for one in ("yes", "no"))
        share = round(100 * yes / (yes + no)) if yes + no >= FEWEST else None
        yield agency | {"answers": yes + no, "share": share}


def _answers(ground: Ground) -> Iterator[Row]:
    """Requests, questions and mistakes that readers sent in the period, by agency, and what became of them."""
    found = ground.standing.of(ground.asked.theme)
    slugs = {one: ground.agencies[one].slug if one in ground.agencies else "" for one in found}
    for one in sorted(found, key=lambda each: (not slugs[each], slugs[each])):
        agency = ground.agencies.get(one)
        for kind in KINDS:
            told = _heard(ground, found[one].get(kind, {}))
            if told["asked"]:
                yield {"organization": agency.slug if agency else "", "title": dict(agency.title) if agency else {},
                       "kind": kind} | told


def _heard(ground: Ground, sheet: Mapping[str, int]) -> dict[str, int]:
    told = dict.fromkeys(("asked", "answered", "in_time", "late", "waiting", "overdue"), 0)
    for key, number in sheet.items():
        month, _, how = key.partition(" ")
        if ground.asked.holds(month, ground.month):
            told[how.replace("-", "_")] += number
    return told


def _outages(ground: Ground) -> Iterator[Row]:
    """When which part did not work; the parts are seen from inside, every minute."""
    for one in ground.outages:
        if ground.asked.holds(month_of(one.since), ground.month):
            yield {"part": one.part, "planned": one.planned, "since": one.since.isoformat(timespec="seconds"),
                   "until": one.until.isoformat(timespec="seconds") if one.until else None,
                   "minutes": one.minutes(ground.now)}


AGENCY: Final = ("organization", "title")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How a section is made."""

    columns: tuple[str, ...]
    rows: Callable[[Ground], Iterator[Row]]
    themes: bool = True
    periods: bool = False


SECTIONS: Final[Mapping[str, Kind]] = {
    "standards": Kind(columns=(*AGENCY, "datasets", "official", "proposed", "none"), rows=_standards),
    "freshness": Kind(columns=(*AGENCY, "datasets", "on_time", "late", "on_change", "ended", "unpromised", "share"),
                      rows=_freshness),
    "quality": Kind(columns=(*AGENCY, "datasets", "good", "middle", "poor", "items"), rows=_quality),
    "items": Kind(columns=("item", "datasets", "held", "missing"), rows=_items),
    "formats": Kind(columns=("format", "datasets"), rows=_formats),
    "readability": Kind(columns=(*AGENCY, "datasets", "tables", "documents", "links"), rows=_readability),
    "growth": Kind(columns=("month", "new_datasets", "new_versions", "datasets", "versions", "rows"), rows=_growth,
                   periods=True),
    "satisfaction": Kind(columns=(*AGENCY, "answers", "share"), rows=_satisfaction),
    "answers": Kind(columns=(*AGENCY, "kind", "asked", "answered", "in_time", "late", "waiting", "overdue"),
                    rows=_answers, periods=True),
    "outages": Kind(columns=("part", "planned", "since", "until", "minutes"), rows=_outages, themes=False,
                    periods=True),
}


def section(ground: Ground, name: str) -> Section:
    """Give a section of the dashboards. Raises NotFound."""
    kind = SECTIONS.get(name)
    if kind is None:
        raise NotFound
    return Section(name=name, columns=kind.columns, rows=tuple(kind.rows(ground)), themes=kind.themes,
                   periods=kind.periods)


# --- where it is read -------------------------------------------------------------------------------------------------


def asked(theme: str, period: str) -> Asked:
    """Read what an address asks for. Raises Invalid for a period that is none; a theme without data has no rows."""
    period = period.strip() or PERIODS[0]
    if period not in PERIODS and not YEAR.fullmatch(period):
        raise Invalid(problems=[Problem("#/period", "unknown-value", {"name": "period", "value": period[:20]})])
    return Asked(theme=theme.strip()[:40], period=period)


def ground(site: deps.Site, wanted: Asked) -> Ground | None:
    """Read what was counted, as of half a minute ago at most; None where nothing was counted yet."""
    kept: dict[str, Any] = site.extras.setdefault("standing", {"at": None, "change": None, "found": None})
    now, change = time.monotonic(), site.catalog.last_change()
    if kept["at"] is None or now - kept["at"] > SECONDS or kept["change"] != change:
        site.extras["standing"] = kept = {"at": now, "change": change, "found": _read(site)}
    found: Ground | None = kept["found"]
    if found is None:
        return None
    return replace(found, asked=wanted, standards=site.standards)


def _read(site: deps.Site) -> Ground | None:
    catalog = site.catalog
    standing = catalog.standing()
    if standing is None:
        return None
    return Ground(
        standing=standing, agencies={one.id: one for one in catalog.organisations(NOBODY)}, standards=site.standards,
        outages=catalog.outages(), watched=catalog.watched_since(), now=standing.made,
    )


def as_csv(found: Section, lang: str) -> bytes:
    """Give a section as CSV, with its columns' names and a byte order mark for spreadsheets."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(found.columns)
    for row in found.rows:
        writer.writerow([_cell(row[one], lang) for one in found.columns])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _cell(value: Any, lang: str) -> Any:
    if isinstance(value, Mapping):
        value = value.get(lang) or next(iter(value.values()), "")
    if isinstance(value, str) and value[:1] in "=+-@\t\r":
        return f"'{value}"
    return "" if value is None else value
