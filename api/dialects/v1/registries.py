"""Registries: table standards with their templates, and dated code lists."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.deps import Language, Site, TheSite
from api.dialects.v1 import shapes
from api.dialects.v1.datasets import REFUSALS
from api.dialects.v1.door import Door, listing, may
from api.dialects.v1.files import disposition
from api.dialects.v1.manners import unchanged
from api.dialects.v1.render import etag
from api.dialects.v1.shelf import VIETNAM
from api.dialects.v1.words import day
from catalog.errors import NotFound
from catalog.model import NOBODY
from pipelines.lists import Edition, shipped
from standards import template
from standards.codelist import Codelist, Entry
from standards.registry import Standards
from standards.standard import Field, TableStandard

router = APIRouter(prefix="/api/v1", tags=["registries"], route_class=Door)

CACHE: Final = "public, max-age=300"
SHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _answer(request: Request, content: Any, media_type: str = "application/json", **headers: str) -> Response:
    """Registry content with its ETag."""
    body = content if isinstance(content, bytes) else orjson.dumps(content)
    all_headers = {"Cache-Control": CACHE, "ETag": etag(body), **headers}
    if unchanged(request, all_headers["ETag"]):
        return Response(status_code=304, headers=all_headers)
    return Response(body, 200, all_headers, media_type)


def _asked(name: str, words: list[str], about: str) -> dict[str, Any]:
    """A parameter of some forms of an address alone, for the OpenAPI document."""
    schema = {"type": "string", **({"enum": words} if words else {})}
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": about}


@router.get("/standards", summary="Table standards", openapi_extra=may("anyone"),
            responses={200: {"model": shapes.ListOut}})
def standards(request: Request, site: TheSite) -> Response:
    """All table standards; ``status`` tells official ones from those proposed by the platform."""
    items = [_short(one, site.url) for one in site.standards.tables.values()]
    return _answer(request, {**listing(items), "counts": site.standards.counts()})


@router.get("/standards/{standard}", summary="One table standard", openapi_extra={**may("anyone"), "parameters": [
    _asked("labels", ["name", "title"], "What the columns of an empty file are called."),
    _asked("example", ["1"], "With a row that shows what each column may hold (CSV)."),
]},
            responses={200: {"content": {"application/json": {}, "text/csv": {}, SHEET: {}}}, **REFUSALS})
def standard(request: Request, site: TheSite, language: Language, standard: str) -> Response:
    """``{id}`` all of it; ``{id}.json`` its Table Schema; ``{id}.csv`` and ``{id}.xlsx`` an empty file to fill in.

    ``?labels=title`` names the columns by their titles, ``{id}.csv?example=1`` has a row that shows what each may hold.
    """
    standards = site.standards
    name, _, suffix = (standard, "", "") if standards.table(standard) else standard.rpartition(".")
    found = standards.table(name)
    if found is None or suffix not in ("", "json", "csv", "xlsx"):
        raise NotFound
    if suffix == "json":
        return _answer(request, found.table_schema(), "application/json")
    if suffix:
        return _template(request, standards, found, suffix, language)
    return _answer(request, {
        **_short(found, site.url),
        "description": dict(found.description),
        "notes": dict(found.notes),
        "fields": [_field(one) for one in found.fields],
        "primary_key": list(found.primary_key),
    })


def _template(request: Request, standards: Standards, found: TableStandard, suffix: str, language: str) -> Response:
    labels: template.Labels = "title" if request.query_params.get("labels") == "title" else "name"
    example = request.query_params.get("example") == "1"
    if suffix == "csv":
        body = template.csv_template(found, labels=labels, language=language, example=example)
    else:
        today = datetime.now(VIETNAM).date()
        body = template.xlsx_template(
            found, day=today, codelists=standards.codelist, language=language, labels=labels
        )
    media_type = "text/csv; charset=utf-8" if suffix == "csv" else SHEET
    name = disposition(f"{found.id}.{suffix}")
    return _answer(request, body, media_type, **{"Content-Disposition": name, "Content-Language": language})


def _short(one: TableStandard, site_url: str) -> dict[str, Any]:
    at = f"{site_url}/api/v1/standards/{one.id}"
    return {
        "id": one.id, "version": one.version, "title": dict(one.title), "status": one.status, "kind": one.kind,
        "country": one.country, "basis": list(one.basis), "adapted_from": one.adapted_from or None,
        "columns": len(one.fields),
        "links": {"self": at, "schema": f"{at}.json", "csv": f"{at}.csv", "xlsx": f"{at}.xlsx"},
    }


def _field(one: Field) -> dict[str, Any]:
    return {
        "name": one.name, "type": one.type, "format": one.format, "title": dict(one.title),
        "description": dict(one.description), "constraints": dict(one.constraints), "required": one.required,
        "codelist": one.codelist or None, "checks": [each.code for each in one.checks], "example": one.example or None,
        "source": one.source or None,
    }


@router.get("/codelists", summary="Code lists", openapi_extra=may("anyone"),
            responses={200: {"model": shapes.ListOut}})
def codelists(request: Request, site: TheSite) -> Response:
    """All code lists, without their entries."""
    return _answer(request, listing([_about(one, site.url) for one in site.standards.codelists.values()]))


@router.get("/codelists/{codelist}", summary="One code list", openapi_extra={**may("anyone"), "parameters": [
    _asked("digest", [], "The state of the list that a version pins (CSV)."),
]},
            responses={200: {"content": {"application/json": {}, "text/csv": {}}}, **REFUSALS})
def codelist(  # noqa: PLR0917 - query parameters
    request: Request, site: TheSite, codelist: str,
    on: Annotated[date | None, Query(description="Only entries in force on this day.")] = None,
    code: Annotated[str, Query(max_length=100, description="Only entries of this code.")] = "",
    parent: Annotated[str, Query(max_length=100, description="Only entries under this code.")] = "",
    limit: Annotated[int, Query(ge=1, le=100_000)] = 100_000,
    cursor: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """Entries with the days they were in force; a code may have several, since codes are used again.

    ``{id}.csv`` is the whole list in our one format; ``{id}.csv?digest=`` the state of it that a version pins.
    """
    if codelist.endswith(".csv"):
        return _edition(request, site, codelist.removesuffix(".csv"))
    found = site.standards.codelists.get(codelist)
    if found is None:
        raise NotFound
    chosen = [
        one for key, entries in found.entries.items() if code in ("", key) for one in entries
        if (on is None or one.valid_on(on)) and parent in ("", one.parent)
    ]
    after = str(cursor + limit) if cursor + limit < len(chosen) else None
    page = [_entry(one) for one in chosen[cursor : cursor + limit]]
    return _answer(request, {**_about(found, site.url), **listing(page, len(chosen), after)})


def _edition(request: Request, site: Site, list_id: str) -> Response:
    """The list as CSV in our one format: as it is now, or in the state of ``?digest=``, which versions pin."""
    if list_id not in site.standards.codelists:
        raise NotFound
    now, digest = site.bookcase.edition(list_id), request.query_params.get("digest", "")
    if digest and digest != now.digest:
        known = {shipped(list_id).digest}
        for one in site.catalog.releases(NOBODY, kind="codelist", subject=list_id):
            known |= {one.digest, one.base}
        if digest not in known:
            raise NotFound
        now = Edition(subject=list_id, digest=digest)
    name = disposition(f"{list_id}.csv")
    return _answer(request, site.bookcase.read(now), "text/csv; charset=utf-8", **{"Content-Disposition": name})


def _about(one: Codelist, site_url: str) -> dict[str, Any]:
    return {
        "id": one.id, "title": dict(one.title), "source": one.source, "licence": one.licence, "complete": one.complete,
        "digest": one.digest, "language": one.language, "note": one.note or None,
        "links": {
            "self": f"{site_url}/api/v1/codelists/{one.id}", "csv": f"{site_url}/api/v1/codelists/{one.id}.csv",
            "releases": f"{site_url}/api/v1/codelists/{one.id}/releases",
        },
    }


def _entry(one: Entry) -> dict[str, Any]:
    return {
        "code": one.code, "name": one.name, "parent": one.parent or None, "valid_from": day(one.valid_from),
        "valid_to": day(one.valid_to), "successors": list(one.successors), "names": dict(one.names),
        "basis": one.basis or None,
    }
