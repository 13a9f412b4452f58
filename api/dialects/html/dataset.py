"""The dataset page and the pages of its versions: how fresh, how good, its files, rows, columns and history."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter, Request, Response
from markupsafe import Markup
from starlette.responses import RedirectResponse

from api import deps, graced
from api.described import described
from api.dialects.html import (
    calls,
    charts,
    dictionary,
    facts,
    front,
    glance,
    jsonld,
    labels,
    related,
    rows,
    shelf,
    submissions,
    window,
)
from api.dialects.html.charting import asked as asking
from api.dialects.html.charting import words
from api.dialects.html.charting.located import located
from api.dialects.html.refused import PageRoute, error_page
from api.dialects.html.view import Reader, TheReader, address, fragments, kept_page, page
from api.messages import pages
from catalog.catalog.base import tombstone as tombstone_of
from catalog.columns import breaking_since, coming
from catalog.errors import Gone, NotFound, Refusal
from catalog.grace import Grace
from catalog.model import ColumnInfo, Entry, File, Organisation, Resource, Version
from catalog.quality import quality
from catalog.validity import validity
from standards.metadata import schema_org
from standards.profile import Column

router = APIRouter(route_class=PageRoute)

BOM = 3
ROWS_ASKED = ("from", "column", "op", "value", "sort", "cols", "resource", "files", "thanks")
PUBLISHER_SECONDS = 5
CHECKED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """One button: what it is called, where it leads, how many bytes come."""

    name: str
    url: str
    bytes: int
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnView:
    """One column as the strip shows it."""

    info: ColumnInfo
    seen: Column | None
    picture: Markup


@router.get("/datasets/{slug}")
def dataset(request: Request, reader: TheReader, slug: str) -> Response:
    """The page of a dataset: its newest version, whole on one page."""
    catalog = deps.site(request).catalog
    entry = catalog.dataset(reader.caller, slug)
    if slug != entry.slug:
        return moved(request, f"/datasets/{entry.slug}")
    if entry.state == "withdrawn":
        return tombstone(request, entry)
    return _page_of(request, reader, entry, None)


@router.get("/datasets/{slug}/versions/{number}")
def version_page(request: Request, reader: TheReader, slug: str, number: int) -> Response:
    """The page of one version: the same page, with its own rows and files; a withdrawn one leaves a tombstone."""
    catalog = deps.site(request).catalog
    entry = catalog.dataset(reader.caller, slug)
    if slug != entry.slug:
        return moved(request, f"/datasets/{entry.slug}/versions/{number}")
    if entry.state == "withdrawn":
        return tombstone(request, entry)
    return _page_of(request, reader, entry, number)


@router.get("/dataset/{slug}")
def ckan_address(request: Request, slug: str) -> Response:
    """CKAN's address of a dataset."""
    return moved(request, f"/datasets/{slug}")


def moved(request: Request, path: str) -> Response:
    """Send the reader to the address that holds now, with her query."""
    query = request.url.query
    return RedirectResponse(path + (f"?{query}" if query else ""), status_code=301,
                            headers={"Cache-Control": "max-age=300"})


def tombstone(request: Request, entry: Entry) -> Response:
    """What is left of a withdrawn dataset: the reason and the day."""
    return error_page(request, Gone(**tombstone_of(entry)))


def _page_of(request: Request, reader: Reader, entry: Entry, number: int | None) -> Response:
    publisher = _publisher(request, reader, entry)
    key = ("dataset", entry.id, entry.sequence, entry.version, number, reader.lang, facts.today(),
           publisher.modified if publisher else None, related.period(), graced.grace(deps.site(request)).mark)
    return kept_page(request, reader, key, lambda: _drawn(request, reader, entry, number, publisher))


def preview(request: Request, reader: Reader, entry: Entry, version: Version, back: str) -> Response:
    """The page as it would be with a version that is not public yet; ``back`` leads to where it is decided on."""
    publisher = _publisher(request, reader, entry)
    return _drawn(request, reader, replace(entry, version=version.number), None, publisher, ahead=version, back=back)


def _drawn(request: Request, reader: Reader, entry: Entry, number: int | None,
           publisher: Organisation | None, *, ahead: Version | None = None, back: str = "") -> Response:
    catalog = deps.site(request).catalog
    version = ahead or version_of(request, reader, entry, number)
    if number is not None and version is None:
        raise NotFound
    values = _values(reader, entry, version, publisher, graced.grace(deps.site(request)))
    table = _table(request, reader, entry, version, number, path=f"{back}/preview" if back else "")
    if back:
        table |= {"charts": [], "map": "", "glance": None}  # they are drawn from what is public
    history = catalog.versions(reader.caller, entry.id) if entry.version else ()
    shown = version.number if version else 0
    earlier = [one for one in history if one.state == "published" and one.number <= shown]
    broken = shown in breaking_since(earlier[:2])
    checked = catalog.rechecks_of(reader.caller, entry.id) if entry.version else ()
    site = deps.site(request)
    told = schema_org.told(described(site.url, entry, version, publisher, site.standards.codelists))
    linked = jsonld.script(window.fewer(told))
    files = window.window(request.query_params.get("files", ""), version, table["shown"])
    hidden = bool(publisher and publisher.demo) or entry.visibility != "public" or entry.state != "published"
    seen = entry.state == "published" and entry.visibility == "public" and not back
    others = related.related(request, entry, version, publisher.public_id if publisher else "") if seen else ()
    return page(
        request, reader, "preview.html" if back else "dataset.html", status=_status(table), **values, **table,
        history=history, broken=broken, back=back, window=files,
        files_path=f"{back}/preview" if back else _path(entry, number),
        downloads=[(one, downloads(reader, entry, version, one)) for one in files.parts] if version else [],
        announced=coming(entry.announced, facts.today()),
        spans={one.number: validity(one, entry) for one in history},
        others=[(one, related.reasons(reader, one)) for one in others],
        checked=[one for one in checked if version and one.recheck.version == version.number][:CHECKED],
        older=number is not None, jsonld=linked if entry.state == "published" else "",
        told=entry.state == "published" and entry.visibility == "public" and version is not None,
        title=pages.words(reader.lang, entry.about.title),
        summary=pages.words(reader.lang, entry.about.description)[:300], number=number,
        used=catalog.usage_of(reader.caller, [entry.id]).get(entry.id) if version and not back else None,
        pushes=catalog.pushes(reader.caller, entry.id) if reader.caller.known else (),
        thanks=request.query_params.get("thanks") == "1", asks=seen and version is not None,
        appraisal=catalog.appraisal(reader.caller, entry.id) if catalog.sees_appraisal(reader.caller, entry) else None,
        noindex=hidden or bool(back) or any(name in request.query_params for name in ROWS_ASKED),
    )


def _status(table: Mapping[str, Any]) -> int:
    """503 where the rows took too long, so that nobody keeps that page."""
    return 503 if table["preview"] is not None and table["preview"].trouble else 200


def _path(entry: Entry, number: int | None) -> str:
    return f"/datasets/{entry.slug}" + (f"/versions/{number}" if number is not None else "")


def _table(request: Request, reader: Reader, entry: Entry, version: Version | None,
           number: int | None, *, path: str = "") -> dict[str, Any]:
    """The table that the address names, or the first: its columns, the rows that are asked for, the calls for them."""
    shown = shown_of(version, request.query_params.get("resource", "")[:200])
    if version is None or shown is None:
        return {"shown": None, "columns": [], "preview": None, "standard": None, "calls": None, "charts": [],
                "map": "", "glance": None}
    asked = rows.asked_of(request, shown, path or _path(entry, number), named=shown is not version.first_table)
    preview = rows.shown(request, reader, shown, asked)
    table = calls.table(deps.site(request).url, entry, version, shown, pinned=number is not None)
    suggested = asking.suggestions(f"{_path(entry, number)}/chart", preview.asked.resource, asking.fields(shown),
                                   preview.asked.conditions) if table.roles & {"parquet"} else []
    told = calls.calls(reader, table, preview.asked.parts, preview.asked.sql)
    standard = shelf.standard(reader, shown.pins.get("standard") or shown.standard) if shown.standard else None
    return {
        "shown": shown, "columns": columns(shown, asked), "preview": preview, "calls": told,
        "charts": [(words.title(reader, shown, one), one) for one in suggested], "forms": words.FORMS,
        "glance": glance.of(reader, shown, f"{_path(entry, number)}/chart", preview.asked.resource)
        if suggested and not preview.asked.conditions else None,
        "map": address(f"{_path(entry, number)}/map", resource=asked.resource) if located(shown) else "",
        "standard": standard, "absent": dictionary.absent(shown, standard), "lists": reader.standards.codelists,
        "meanings": dictionary.rows(reader, shown, rows.columns(shown, asked), standard),
    }


def _sees_drafts(reader: Reader, entry: Entry) -> bool:
    person = reader.caller.person
    return entry.organisation in reader.caller.roles or bool(person and person.role == "operator")


def _publisher(request: Request, reader: Reader, entry: Entry) -> Organisation | None:
    """The agency, asked again after some seconds: it is the same for every reader and changes rarely."""
    def ask() -> Organisation | None:
        try:
            return deps.site(request).catalog.organisation(reader.caller, entry.organisation)
        except Refusal:
            return None

    seen = front.front_of(deps.site(request)).seen
    key = ("publisher", entry.organisation, int(time.monotonic() / PUBLISHER_SECONDS), seen)
    found: Organisation | None = fragments(request).get(key, ask)
    return found


def version_of(request: Request, reader: Reader, entry: Entry, number: int | None) -> Version | None:
    """The version that an address names, or the newest; None for a dataset without one."""
    if entry.version is None:
        return None
    return deps.site(request).catalog.version(reader.caller, entry.id, number)


def _values(reader: Reader, entry: Entry, version: Version | None, publisher: Organisation | None,
            grace: Grace) -> dict[str, Any]:
    day, issued = facts.today(), version.issued if version else None
    items = quality(entry, version, day, grace.days(entry.about.frequency, issued))
    return {
        "entry": entry, "about": entry.about, "version": version, "publisher": publisher,
        "fresh": grace.freshness(entry.about.frequency, issued, day),
        "passed": sum(held for _, held in items),
        "items": [(labels.quality(reader.lang, code), held) for code, held in items],
        "reuse": dictionary.reuse(reader, entry.about.licence or ""),
        "labels": labels, "sees_drafts": _sees_drafts(reader, entry),
        "writes": submissions.may(reader, entry, submissions.WRITERS),
        "decides": submissions.may(reader, entry, submissions.DECIDERS),
    }


def shown_of(version: Version | None, wanted: str) -> Resource | None:
    """The table of that name, or the first; None where there is none."""
    if version is None:
        return None
    tables = [one for one in version.resources if one.kind == "table"]
    return next((one for one in tables if one.name == wanted), tables[0] if tables else None)


def columns(resource: Resource, asked: rows.Asked) -> list[ColumnView]:
    """The columns that the page shows of a table, with their pictures."""
    seen = {one.name: one for one in resource.profile.columns} if resource.profile else {}
    return [
        ColumnView(info=one, seen=seen.get(one.name),
                   picture=charts.column(seen[one.name], resource.rows or 0) if one.name in seen else Markup())
        for one in rows.columns(resource, asked)
    ]


def downloads(reader: Reader, entry: Entry, version: Version, resource: Resource) -> list[Download]:
    """The files of a resource, the spreadsheet first; the CSV also with a BOM, as Excel wants it."""
    base = f"/api/v1/datasets/{entry.slug}/versions/{version.number}/files/"
    found: list[Download] = []
    for file in resource.files:
        if file.public and file.role != "report":
            found.extend(_buttons(reader, base, file, grown=len(resource.periods) > 1))
    return sorted(found, key=lambda one: one.rank)


def _buttons(reader: Reader, base: str, file: File, *, grown: bool) -> Sequence[Download]:
    url = base + file.name
    if file.role == "original":
        ending = file.name.rsplit(".", 1)[-1].upper()[:8]
        # A table that grew by periods keeps the original of the newest period only.
        name = (reader.say("Tệp gốc của kỳ mới nhất (%(name)s)", name=ending) if grown
                else reader.say("Tệp gốc (%(name)s)", name=ending))
        return (Download(name=name, url=url, bytes=file.bytes, rank=9),)
    rank = facts.FORMAT_ORDER.index(file.role) * 2 if file.role in facts.FORMAT_ORDER else 8
    plain = Download(name=labels.of(reader.lang, "format", file.role), url=url, bytes=file.bytes, rank=rank)
    if file.role != "csv":
        return (plain,)
    excel = Download(name=reader.say("CSV cho Excel"), url=url + "?bom=1", bytes=file.bytes + BOM, rank=rank - 1)
    return (excel, plain)
