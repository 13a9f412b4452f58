"""Atom feeds (RFC 4287) that the pages' heads link to: what is new on the site, of an agency, of a dataset."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import Annotated
from urllib.parse import quote, urlencode
from xml.sax.saxutils import escape, quoteattr

from fastapi import APIRouter, Query, Request, Response

from api import deps
from api.dialects.html import labels, results
from api.dialects.html.front import unchanged
from api.dialects.html.refused import PageRoute
from api.dialects.html.view import Reader, TheReader
from api.messages import pages
from catalog.catalog.base import tombstone as tombstone_of
from catalog.columns import breaking_since
from catalog.errors import Gone, NotFound
from catalog.model import NOBODY, Entry, Organisation
from catalog.question import Question, clean_text
from standards.vocabulary import THEMES

router = APIRouter(route_class=PageRoute)
NEWEST = 40
"""So many versions stand in the feed of a dataset."""
PAGE = 20
MOST = 20
LAST_PAGE = 5_000
CKAN_FACETS = {"organization": "org", "groups": "theme", "tags": "tag", "res_format": "format", "license_id": "licence"}
"""What CKAN calls the filters of a search."""
Page = Annotated[int, Query(ge=1, le=LAST_PAGE)]
OLDEST = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One entry: where it leads, what it says, when it changed and first came, and whose it is."""

    address: str
    title: str
    changed: datetime
    summary: str
    published: datetime | None = None
    author: str = ""
    tags: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One page of a feed: its place among all, counted from 1, and its items."""

    items: Sequence[Item]
    number: int = 1
    last: int = 1


@router.get("/feeds/dataset.atom")
def newest(request: Request, reader: TheReader, page: Page = 1) -> Response:
    """The datasets that changed last."""
    leaf = _leaf(request, reader, Question(sort="modified"), page)
    return _feed(request, reader, "Datamo", "/feeds/dataset.atom", leaf)


@router.get("/feeds/organization/{key}.atom")
def of_organisation(request: Request, reader: TheReader, key: str, page: Page = 1) -> Response:
    """The datasets of an agency that changed last."""
    found = deps.site(request).catalog.organisation(reader.caller, key)
    leaf = _leaf(request, reader, Question(filters={"org": (found.public_id,)}, sort="modified"), page)
    title = pages.words(reader.lang, found.title)
    return _feed(request, reader, title, f"/feeds/organization/{found.slug}.atom", leaf)


@router.get("/feeds/tag/{tag}.atom")
def of_tag(request: Request, reader: TheReader, tag: str, page: Page = 1) -> Response:
    """The datasets with a keyword that changed last."""
    leaf = _leaf(request, reader, Question(filters={"tag": (tag,)}, sort="modified"), page)
    return _feed(request, reader, tag, request.url.path, leaf)


@router.get("/feeds/group/{name}.atom")
def of_group(request: Request, reader: TheReader, name: str, page: Page = 1) -> Response:
    """The datasets of a theme, or of a group that people made, that changed last."""
    code = _theme(name)
    leaf = _leaf(request, reader, Question(filters={"theme": (code,)}, sort="modified"), page)
    if not leaf.items and code not in THEMES and not deps.site(request).catalog.marks("group", subjects=[name]):
        raise NotFound
    return _feed(request, reader, labels.of(reader.lang, "theme", code), f"/feeds/group/{quote(name)}.atom", leaf)


@router.get("/feeds/custom.atom")
def of_words(request: Request, reader: TheReader, q: Annotated[str, Query(max_length=500)] = "",
             page: Page = 1) -> Response:
    """The datasets that a search finds, those that changed last first; filtered by CKAN's facets."""
    query, site = request.query_params, deps.site(request)
    given = {ours: tuple(query.getlist(theirs)[:MOST]) for theirs, ours in CKAN_FACETS.items() if query.getlist(theirs)}
    if "org" in given:
        given["org"] = tuple(site.catalog.organisation(reader.caller, one).public_id for one in given["org"])
    if "theme" in given:
        given["theme"] = tuple(map(_theme, given["theme"]))
    leaf = _leaf(request, reader, Question(text=clean_text(q), filters=given, sort="modified"), page)
    kept = urlencode([(name, one) for name, one in query.multi_items() if name == "q" or name in CKAN_FACETS])
    return _feed(request, reader, q or "Datamo", "/feeds/custom.atom" + (f"?{kept}" if kept else ""), leaf)


@router.get("/feeds/search.atom")
def of_search(request: Request, reader: TheReader, page: Page = 1) -> Response:
    """The same question as the results page asks at the same query, filters and all; those that changed last first."""
    asked = results.asked_of(request)
    question = dataclasses.replace(results.question(asked), sort="modified", facets=(), after="")
    title = reader.say("Tìm dữ liệu: %(text)s", text=asked.text) if asked.text else reader.say("Tìm dữ liệu")
    return _feed(request, reader, title, asked.feed, _leaf(request, reader, question, page))


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
        Item(address=f"/datasets/{entry.slug}/versions/{one.number}", changed=one.issued, published=one.issued,
             title=reader.say("%(title)s, phiên bản %(number)s", title=title, number=one.number),
             summary=f"{warned} {one.note}".strip() if one.number in broken else one.note)
        for one in known if one.state == "published"
    ]
    items += [
        Item(address=f"/datasets/{entry.slug}#{one.id}", changed=one.made, published=one.made,
             title=reader.say("%(title)s: sắp đổi cột từ %(day)s", title=title,
                              day=pages.day(reader.lang, one.effective)),
             summary=": ".join(filter(None, [", ".join(one.columns), pages.words(reader.lang, one.words)])))
        for one in entry.announced
    ]
    items.sort(key=lambda one: one.changed, reverse=True)
    return _feed(request, reader, title, f"/feeds/datasets/{entry.slug}.atom", Leaf(items=items[:NEWEST]))


def _theme(name: str) -> str:
    return next((one for one in THEMES if one.lower() == name.lower()), name)


def _leaf(request: Request, reader: Reader, asked: Question, number: int) -> Leaf:
    """Ask for one page of what a question finds among public datasets."""
    wanted = dataclasses.replace(asked, limit=PAGE, start=(number - 1) * PAGE)
    answer, entries = deps.site(request).catalog.search(NOBODY, wanted)
    owners = {one.id: one for one in deps.site(request).catalog.organisations(NOBODY)} if entries else {}
    return Leaf(items=[_item(reader, one, owners.get(one.organisation)) for one in entries], number=number,
                last=max(1, ceil(answer.total / PAGE)))


def _item(reader: Reader, entry: Entry, owner: Organisation | None) -> Item:
    about = entry.about
    return Item(
        address=f"/datasets/{entry.slug}", title=pages.words(reader.lang, about.title), changed=entry.modified,
        summary=pages.words(reader.lang, about.description), published=entry.issued, tags=about.tags,
        author=pages.words(reader.lang, owner.title) if owner else "",
    )


def _feed(request: Request, reader: Reader, title: str, path: str, leaf: Leaf) -> Response:
    site = deps.site(request).url
    updated = max((one.changed for one in leaf.items), default=OLDEST)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{reader.lang}">',
        f"<id>{escape(site + path)}</id><title>{escape(title)}</title><updated>{_stamp(updated)}</updated>",
        *_links(site, path, leaf),
        "<author><name>Datamo</name></author>",
        *(_entry(site, one) for one in leaf.items),
        "</feed>",
    ]
    body = "\n".join(lines)
    headers = {"Cache-Control": "max-age=60", "ETag": f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'}
    page = Response(body, media_type="application/atom+xml", headers=headers)
    return Response(status_code=304, headers=headers) if unchanged(request, page) else page


def _links(site: str, path: str, leaf: Leaf) -> Iterable[str]:
    """Link to the pages of a feed (RFC 5005 §3), and to the site that it is of."""
    at = {"self": leaf.number, "first": 1, "last": leaf.last}
    if leaf.number > 1:
        at["prev"] = leaf.number - 1
    if leaf.number < leaf.last:
        at["next"] = leaf.number + 1
    for rel, number in at.items():
        page = f"{'&' if '?' in path else '?'}page={number}" if number > 1 else ""
        yield f'<link rel="{rel}" href={quoteattr(site + path + page)}/>'
    yield f"<link href={quoteattr(site + '/')}/>"


def _entry(site: str, item: Item) -> str:
    address, stamp, slug = item.address, _stamp(item.changed), item.address.removeprefix("/datasets/")
    described = "" if "/" in slug or "#" in slug else (
        '<link rel="enclosure" type="application/json" '
        f"href={quoteattr(f'{site}/api/3/action/package_show?id={slug}')}/>")
    return (
        f"<entry><id>{escape(site + address)}#{stamp}</id><title>{escape(item.title)}</title><updated>{stamp}</updated>"
        f"{f'<published>{_stamp(item.published)}</published>' if item.published else ''}"
        f"{f'<author><name>{escape(item.author)}</name></author>' if item.author else ''}"
        f"<link href={quoteattr(site + address)}/>{described}"
        f"{''.join(f'<category term={quoteattr(tag)}/>' for tag in item.tags)}"
        f"<summary>{escape(item.summary)}</summary></entry>"
    )


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
