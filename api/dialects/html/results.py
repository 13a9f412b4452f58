"""Search results: what was asked, facets that stay, chips, marked hits, did-you-mean, and paging by cursor."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from api import deps
from api.dialects.html import facts, labels, listing, shelf
from api.dialects.html.refused import PageRoute
from api.dialects.html.view import Reader, TheReader, address, kept_page, page, tide
from api.messages import pages
from api.watch.tally import in_vain, tell_missed
from catalog.model import Organisation
from catalog.question import Answer, FacetValue, Question, Sort
from standards.record import Text

router = APIRouter(route_class=PageRoute)

SHOWN = ("org", "theme", "format", "standard", "licence", "year", "tag")
SORTS: tuple[Sort, ...] = ("relevance", "modified", "title")
FEW = 5
LIMIT = 20
YEAR = re.compile(r"[12][0-9]{3}")
SUMMARY = 240
MARKS = re.compile(r"<(?!/?mark>)[^>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value of a facet as the reader sees it."""

    value: str
    name: str
    count: int
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """A facet: its name, the values shown, and where all of them are shown."""

    code: str
    name: str
    values: tuple[Value, ...]
    more: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The question as the address says it."""

    text: str
    filters: Mapping[str, tuple[str, ...]]
    since: str
    until: str
    sort: Sort
    cursor: str
    all_of: str

    def link(self, **changes: Any) -> str:
        """The address of the same question with something changed; a change always begins at the first page."""
        members: dict[str, Any] = {"q": self.text, **self.filters, "from": self.since, "to": self.until,
                                   "sort": "" if self.sort == "relevance" else self.sort}
        return address("/datasets", **{**members, **changes})

    @property
    def feed(self) -> str:
        """The address of the question's feed: who follows it hears of new data that fit."""
        return "/feeds/search.atom" + self.link(sort="").removeprefix("/datasets")

    def without(self, facet: str, value: str) -> str:
        """The address without one value of one facet."""
        return self.link(**{facet: tuple(one for one in self.filters.get(facet, ()) if one != value)})


def asked_of(request: Request) -> Asked:
    """Read the address; what cannot be understood is left out rather than refused."""
    query = request.query_params
    sort = query.get("sort", "")
    return Asked(
        text=query.get("q", "").strip()[:500],
        filters={name: tuple(dict.fromkeys(query.getlist(name)))[:20] for name in SHOWN if query.getlist(name)},
        since=_year(query.get("from", "")), until=_year(query.get("to", "")),
        sort=next((one for one in SORTS if one == sort), "relevance" if query.get("q") else "modified"),
        cursor=query.get("cursor", "")[:2000], all_of=query.get("all", ""),
    )


def _year(given: str) -> str:
    found = YEAR.search(given)
    return found.group() if found else ""


@router.get("/datasets")
def results(request: Request, reader: TheReader) -> Response:
    """The results page, also without words: then it is the list of all datasets. Drawn anew after every change."""
    key = ("results", facts.today(), *tide(request))
    return kept_page(request, reader, key, lambda: _drawn(request, reader))


def _drawn(request: Request, reader: Reader) -> Response:
    asked = asked_of(request)
    answer, entries = deps.site(request).catalog.search(reader.caller, question(asked))
    organisations = listing.publishers(request, reader)
    lines = listing.items(request, reader, entries, answer.hits)
    drawn = page(
        request, reader, "results.html", asked=asked, answer=answer, items=[shown(reader, one) for one in lines],
        facets=facets(reader, asked, answer, organisations), chips=chips(reader, asked, organisations),
        sorts=[(one, labels.sort(reader.lang, one), asked.link(sort=one)) for one in SORTS
               if asked.text or one != "relevance"],
        more=asked.link(cursor=answer.next) if answer.next else "",
        api="/api/v1" + asked.link(), noindex=bool(asked.cursor or asked.filters),
    )
    if answer.degraded:  # nobody keeps it: the next one may be whole
        drawn.headers["Cache-Control"] = "no-store"
    elif wished(asked, answer):  # drawn for each reader, as each is counted
        drawn.headers["Cache-Control"] = "no-store"
        tell_missed(request, asked.text)
    return drawn


def wished(asked: Asked, answer: Answer) -> bool:
    """Whether it is a first page without filters that was asked in vain."""
    narrowed = asked.filters or asked.since or asked.until or asked.cursor
    return not narrowed and in_vain(asked.text, answer)


def question(asked: Asked) -> Question:
    """The question for the catalogue."""
    return Question(
        text=asked.text, filters=asked.filters, sort=asked.sort, limit=LIMIT, after=asked.cursor, facets=SHOWN,
        since=date(int(asked.since), 1, 1) if asked.since else None,
        until=date(int(asked.until), 12, 31) if asked.until else None,
    )


def facets(reader: Reader, asked: Asked, answer: Answer, organisations: Mapping[str, Organisation]) -> list[Facet]:
    """Every facet that narrows what was found: at most five values of each, the chosen ones always among them."""
    found = []
    for code in SHOWN:
        given: Sequence[FacetValue] = answer.facets.get(code, ())
        chosen = asked.filters.get(code, ())
        values = [Value(value=one.value, name=name_of(reader, code, one.value, organisations), count=one.count,
                        on=one.value in chosen) for one in given]
        values += [Value(value=one, name=name_of(reader, code, one, organisations), count=0, on=True)
                   for one in chosen if one not in {value.value for value in values}]
        if not values:
            continue
        if not chosen and len(values) == 1 and values[0].count == answer.total:
            continue  # all of them have it: it narrows nothing
        whole = asked.all_of == code or len(values) <= FEW + 1
        kept = values if whole else [one for place, one in enumerate(values) if place < FEW or one.on]
        found.append(Facet(code=code, name=labels.facet(reader.lang, code), values=tuple(kept),
                           more="" if whole else asked.link(all=code)))
    return found


def chips(reader: Reader, asked: Asked, organisations: Mapping[str, Organisation]) -> list[tuple[str, str]]:
    """What the list is filtered by, each with the address without it."""
    found = [
        (f"{labels.facet(reader.lang, code)}: {name_of(reader, code, one, organisations)}", asked.without(code, one))
        for code, values in asked.filters.items() for one in values
    ]
    if asked.since:
        found.append((reader.say("Từ năm %(year)s", year=asked.since), asked.link(**{"from": ""})))
    if asked.until:
        found.append((reader.say("Đến năm %(year)s", year=asked.until), asked.link(to="")))
    return found


def name_of(reader: Reader, facet: str, value: str, organisations: Mapping[str, Organisation]) -> str:
    """What the reader calls a value of a facet."""
    if facet == "org":
        return pages.words(reader.lang, organisations[value].title) if value in organisations else value
    if facet == "standard":
        return shelf.title(reader, value)
    return labels.of(reader.lang, facet, value)


def shown(reader: Reader, line: listing.Item) -> dict[str, Any]:
    """A line of a list in the reader's language, found words marked."""
    about, marked = line.entry.about, line.hit.marked
    return {
        "line": line, "entry": line.entry, "until": about.temporal.end if about.temporal else None,
        "title": _marked(marked, "title", reader.lang, about.title) or pages.words(reader.lang, about.title),
        "summary": (_marked(marked, "description", reader.lang, about.description)
                    or cut(pages.words(reader.lang, about.description))),
    }


def _marked(marked: Text, member: str, lang: str, text: Text) -> Markup | None:
    """A passage from the index in the language shown; anything but its own ``<mark>`` is taken out once more."""
    words = marked.get(f"{member}.{pages.tongue(lang, text)}")
    return Markup(MARKS.sub("", words)) if words else None  # noqa: S704 - escaped by the index, other tags removed


def cut(words: str, length: int = SUMMARY) -> str:
    """The beginning of a text, cut between words."""
    line = " ".join(words.split())
    return line if len(line) <= length else line[:length].rsplit(" ", 1)[0] + "…"
