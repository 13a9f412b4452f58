"""The home page: search first, true numbers, a chart of real codes, what is new, themes and agencies."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Request, Response

from api import deps
from api.dialects.html import facts, labels, listing, shelf
from api.dialects.html.refused import PageRoute
from api.dialects.html.view import Reader, TheReader, fragments, kept_page, page, tide
from api.messages import pages
from catalog.question import Question
from standards.codelist import Codelist

router = APIRouter(route_class=PageRoute)
NEWEST = 6
AGENCIES = 12
BRIEF = 120
SENTENCE = re.compile(r"(?<=[.!?])\s|\n")
WARDS = ("Phường", "Đặc khu")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Provinces by number of communes, most first: ``rural`` and ``urban`` are SVG paths in a 100 × 100 box."""

    communes: int
    provinces: int
    most: tuple[str, int]
    least: tuple[str, int]
    rural: str
    urban: str


@router.get("/", include_in_schema=False)
def home(request: Request, reader: TheReader) -> Response:
    """The home page, drawn anew after every change."""
    day = facts.today()
    return kept_page(request, reader, ("home", day, *tide(request)), lambda: _drawn(request, reader, day))


def _drawn(request: Request, reader: Reader, day: date) -> Response:
    catalog = deps.site(request).catalog
    newest = Question(sort="modified", limit=NEWEST, facets=("theme", "org"))
    answer, entries = catalog.search(reader.caller, newest)
    mark = reader.standards.codelist("vn-commune").digest
    bars = fragments(request).get(("bars", day, mark), lambda: communes(reader, day))
    themes = {one.value: one.count for one in answer.facets.get("theme", ())}
    organisations = listing.publishers(request, reader)
    agencies = [(organisations[one.value], one.count) for one in answer.facets.get("org", ())
                if one.value in organisations][:AGENCIES]
    items = listing.items(request, reader, entries)
    return page(
        request, reader, "home.html", numbers=catalog.statistics(), items=items, many=len(agencies) > 1,
        briefs={one.entry.id: brief(pages.words(reader.lang, one.entry.about.description)) for one in items},
        total=answer.total, themes=labels.themes(reader.lang, themes), agencies=agencies, bars=bars,
        standards=shelf.counts(reader), rules=len(shelf.checks()),
        any_demo=any(one.demo for one in organisations.values()),
    )


def brief(words: str) -> str:
    """The first sentence of a description where it is short, else its beginning, cut between words."""
    first = SENTENCE.split(words.strip(), maxsplit=1)[0]
    line = " ".join(first.split())
    return line if len(line) <= BRIEF else line[:BRIEF].rsplit(" ", 1)[0] + "…"


def communes(reader: Reader, day: date) -> Bars | None:
    """The chart of the home page, counted from our own dated lists of provinces and communes."""
    lists = shelf.codelists(reader)
    if "vn-commune" not in lists or "vn-province" not in lists:
        return None
    return bars_of(lists["vn-province"], lists["vn-commune"], day)


def bars_of(provinces: Codelist, communes_: Codelist, day: date) -> Bars | None:
    """Count communes in force on a day by province, and draw them."""
    names = {one.code: one.name for one in provinces.valid_on(day)}
    every: Counter[str] = Counter()
    wards: Counter[str] = Counter()
    for one in communes_.valid_on(day):
        every[one.parent] += 1
        wards[one.parent] += one.name.startswith(WARDS)
    ranked = [(code, count) for code, count in every.most_common() if code in names]
    if not ranked:
        return None
    rural, urban = _paths(ranked, wards)
    (first, most), (last, least) = ranked[0], ranked[-1]
    return Bars(communes=sum(count for _, count in ranked), provinces=len(ranked), most=(short(names[first]), most),
                least=(short(names[last]), least), rural=rural, urban=urban)


def _paths(ranked: list[tuple[str, int]], wards: Mapping[str, int]) -> tuple[str, str]:
    top, step = ranked[0][1], 100 / len(ranked)
    width = step * 0.78
    lower, upper = [], []
    for place, (code, count) in enumerate(ranked):
        x, rural, whole = 0.3 + place * step, 100 * (count - wards[code]) / top, 100 * count / top
        lower.append(f"M{x:.4g} 100v{-rural:.4g}h{width:.3g}V100")
        upper.append(f"M{x:.4g} {100 - rural:.4g}V{100 - whole:.4g}h{width:.3g}V{100 - rural:.4g}")
    return "".join(lower), "".join(upper)


def short(name: str) -> str:
    """``Tỉnh Lai Châu`` → ``Lai Châu``."""
    for kind in ("Thành phố ", "Tỉnh "):
        if name.startswith(kind):
            return name.removeprefix(kind)
    return name
