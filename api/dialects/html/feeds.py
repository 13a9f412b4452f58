"""Atom feeds (RFC 4287) that the pages' heads link to: what is new on the site, of an agency, of a dataset."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from fastapi import APIRouter, Query, Request, Response

from api import deps
from api.dialects.html import labels, results
from api.dialects.html.refused import PageRoute
from api.dialects.html.view import Reader, TheReader
from api.messages import pages
from catalog.catalog.base import tombstone as tombstone_of
from catalog.columns import breaking_since
from catalog.errors import Gone, NotFound
from catalog.model import Entry
from catalog.question import Question, clean_text
from standards.vocabulary import THEMES

router = APIRouter(route_class=PageRoute)
NEWEST = 40
OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
Item = tuple[str, str, datetime, str]
"""Address, title, time of change, summary."""


@router.get("/feeds/dataset.atom")
def newest(request: Request, reader: TheReader) -> Response:
    """The datasets that changed last."""
    asked = Question(sort="modified", limit=NEWEST)
    return _feed(request, reader, "Datamo", "/feeds/dataset.atom", _items(request, reader, asked))


@router.get("/feeds/organization/{key}.atom")
def of_organisation(request: Request, reader: TheReader, key: str) -> Response:
    """The datasets of an agency that changed last."""
    found = deps.site(request).catalog.organisation(reader.caller, key)
    asked = Question(filters={"org": (found.public_id,)}, sort="modified", limit=NEWEST)
    title = pages.words(reader.lang, found.title)
    return _feed(request, reader, title, f"/feeds/organization/{found.slug}.atom", _items(request, reader, asked))


@router.get("/feeds/tag/{tag}.atom")
def of_tag(request: Request, reader: TheReader, tag: str) -> Response:
    """The datasets with a keyword that changed last."""
    asked = Question(filters={"tag": (tag,)}, sort="modified", limit=NEWEST)
    return _feed(request, reader, tag, request.url.path, _items(request, reader, asked))


@router.get("/feeds/group/{name}.atom")
def of_group(request: Request, reader: TheReader, name: str) -> Response:
    """The datasets of a theme, or of a group that people made, that changed last."""
    code = next((one for one in THEMES if one.lower() == name.lower()), name)
    asked = Question(filters={"theme": (code,)}, sort="modified", limit=NEWEST)
    items = _items(request, reader, asked)
    if not items and code not in THEMES and not deps.site(request).catalog.marks("group", subjects=[name]):
        raise NotFound
    return _feed(request, reader, labels.of(reader.lang, "theme", code), f"/feeds/group/{quote(name)}.atom", items)


@router.get("/feeds/custom.atom")
def of_words(request: Request, reader: TheReader, q: Annotated[str, Query(max_length=500)] = "") -> Response:
    """The datasets that a search finds, those that changed last first."""
    asked = Question(text=clean_text(q), sort="modified", limit=NEWEST)
    query = f"?q={quote(q)}" if q else ""
    return _feed(request, reader, q or "Datamo", f"/feeds/custom.atom{query}", _items(request, reader, asked))


@router.get("/feeds/search.atom")
def of_search(request: Request, reader: TheReader) -> Response:
    """The same question as the results page asks at the same query, filters and all; those that changed last first."""
    asked = results.asked_of(request)
    question = dataclasses.replace(results.question(asked), sort="modified", limit=NEWEST, facets=(), after="")
    title = reader.say("Tìm dữ liệu: %(text)s", text=asked.text) if asked.text else reader.say("Tìm dữ liệu")
    return _feed(request, reader, title, asked.feed, _items(request, reader, question))


@router.get("/feeds/datasets/{slug}.atom")
def of_dataset(request: Request, reader: TheReader, slug: str) -> Response:
    """The versions of a dataset, newest first."""
    catalog = deps.site(request).catalog
    entry = catalog.dataset(reader.caller, slug)
    if entry.state == "withdrawn":
        raise Gone(**tombstone_of(entry))
    title = pages.words(reader.lang, entry.about.title)
    known = catalog.versions(reader.caller, entry.id) if entry.version else ()
    broken = breaking_since(known[: NEWEST + 1])
    warned = reader.say("Phiên bản này đổi cấu trúc bảng.")
    items = [
        (f"/datasets/{entry.slug}/versions/{one.number}",
         reader.say("%(title)s, phiên bản %(number)s", title=title, number=one.number), one.issued,
         f"{warned} {one.note}".strip() if one.number in broken else one.note)
        for one in known if one.state == "published"
    ]
    items += [
        (f"/datasets/{entry.slug}#{one.id}",
         reader.say("%(title)s: sắp đổi cột từ %(day)s", title=title, day=pages.day(reader.lang, one.effective)),
         one.made,
         " ".join(filter(None, [", ".join(one.columns), pages.words(reader.lang, one.words)])))
        for one in entry.notices
    ]
    items.sort(key=lambda one: one[2], reverse=True)
    return _feed(request, reader, title, f"/feeds/datasets/{entry.slug}.atom", items[:NEWEST])


def _items(request: Request, reader: Reader, asked: Question) -> list[Item]:
    _, entries = deps.site(request).catalog.search(reader.caller, asked)
    return [_item(reader, one) for one in entries if one.visibility == "public"]


def _item(reader: Reader, entry: Entry) -> Item:
    about = entry.about
    return (f"/datasets/{entry.slug}", pages.words(reader.lang, about.title), entry.modified,
            pages.words(reader.lang, about.description))


def _feed(request: Request, reader: Reader, title: str, path: str, items: Iterable[Item]) -> Response:
    site, listed = deps.site(request).url, list(items)
    updated = max((one[2] for one in listed), default=OLDEST)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{reader.lang}">',
        f"<id>{escape(site + path)}</id><title>{escape(title)}</title><updated>{_stamp(updated)}</updated>",
        f'<link rel="self" href={quoteattr(site + path)}/><link href={quoteattr(site + "/")}/>',
        "<author><name>Datamo</name></author>",
        *(_entry(site, one) for one in listed),
        "</feed>",
    ]
    return Response("\n".join(lines), media_type="application/atom+xml", headers={"Cache-Control": "max-age=60"})


def _entry(site: str, item: Item) -> str:
    address, title, changed, summary = item
    stamp = _stamp(changed)
    return (
        f"<entry><id>{escape(site + address)}#{stamp}</id><title>{escape(title)}</title><updated>{stamp}</updated>"
        f"<link href={quoteattr(site + address)}/><summary>{escape(summary)}</summary></entry>"
    )


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
