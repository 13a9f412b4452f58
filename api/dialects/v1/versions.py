"""Versions: a dataset's history, each with its manifest; an earlier one's content again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from api.deps import Site, TheCaller, TheSite
from api.dialects.v1 import render, shapes
from api.dialects.v1.datasets import REFUSALS, address, moved_to
from api.dialects.v1.door import Door, listed, listing, may, reply
from api.dialects.v1.manners import unchanged
from api.dialects.v1.shelf import end_of, is_public
from catalog.columns import ColumnChange, breaking_since
from catalog.model import Caller
from catalog.validity import Validity, published_before, validity

router = APIRouter(prefix="/api/v1", tags=["versions"], route_class=Door)

PublishedBy = Annotated[date | None, Query(description="Those published by the end of this day.")]
OfDay = Annotated[date | None, Query(description="Those whose data are of this day.")]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get("/datasets/{dataset}/versions", summary="History", openapi_extra=may("anyone"),
            responses={200: {"model": shapes.ListOut}, **REFUSALS})
def versions(  # noqa: PLR0917 - FastAPI gives them by name
    request: Request, site: TheSite, caller: TheCaller, dataset: str, as_of: PublishedBy = None, valid_on: OfDay = None,
) -> Response:
    """All versions, newest first; a withdrawn one as its tombstone. ``breaking``: columns that went or became other.

    ``issued`` is when a version was published, ``valid`` of which days its data are.
    """
    entry = site.catalog.dataset(caller, dataset)
    moved = moved_to(request, entry, dataset)
    if moved is not None:
        return moved
    found = site.catalog.versions(caller, entry.id)
    at = address(site, entry)
    broken = breaking_since(found)
    spans = {one.number: validity(one, entry) for one in found if one.state == "published"}
    shown = [one for one in published_before(found, end_of(as_of) if as_of else None)
             if valid_on is None or ((span := spans.get(one.number)) is not None and span.has(valid_on))]
    items = [
        render.withdrawn_version(one) if one.withdrawn
        else {**render.version(one, at), "breaking": _breaking(broken.get(one.number, {})),
              "valid": _valid(spans.get(one.number))}
        for one in shown
    ]
    cache = "public, no-cache" if is_public(entry) else "private, no-store"
    return listed(request, listing(items), **{"Cache-Control": cache})


def _valid(span: Validity | None) -> dict[str, Any] | None:
    return {"from": span.start, "to": span.end, "basis": span.basis} if span else None


def _breaking(tables: Mapping[str, Sequence[ColumnChange]]) -> list[dict[str, Any]]:
    return [
        {"resource": table, "name": one.name, "change": one.change, "from": one.before or None, "to": one.after or None}
        for table, changes in tables.items() for one in changes
    ]


@router.get("/datasets/{dataset}/versions/{number}", summary="One version", openapi_extra=may("anyone"),
            responses={200: {"model": shapes.VersionOut}, **REFUSALS})
def version(request: Request, site: TheSite, caller: TheCaller, dataset: str, number: Number) -> Response:
    """What was released then; 410 with a tombstone when it was withdrawn."""
    entry = site.catalog.dataset(caller, dataset)
    moved = moved_to(request, entry, dataset)
    if moved is not None:
        return moved
    found = site.catalog.version(caller, entry.id, number)
    cache = "public, no-cache" if is_public(entry) else "private, no-store"
    return reply(render.version(found, address(site, entry)), headers={"Cache-Control": cache})


@router.get("/datasets/{dataset}/versions/{number}/manifest", summary="Manifest", openapi_extra=may("anyone"),
            responses={200: {"content": {"application/json": {}}}, **REFUSALS})
def manifest(request: Request, dataset: str, number: Number) -> Response:
    """The bytes whose SHA-256 is the version's ``manifest_sha256``: every file with its hash, and what was pinned."""
    site: Site = request.app.state.site
    caller: Caller = request.state.visit[0]
    entry = site.catalog.dataset(caller, dataset)
    found = site.catalog.version(caller, entry.id, number)
    tag = f'"{found.manifest}"'
    headers = {
        "ETag": tag,
        "Cache-Control": "public, max-age=31536000, immutable" if is_public(entry) else "private, no-store",
    }
    if unchanged(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(site.catalog.manifest(caller, entry.id, number), 200, headers, "application/json")


@router.post("/datasets/{dataset}/versions/{number}/republish", status_code=201, summary="Publish a version again",
             openapi_extra=may("reviewer"), responses={201: {"model": shapes.VersionOut}, **REFUSALS})
def republish(
    site: TheSite, caller: TheCaller, dataset: str, number: Number, given: shapes.RepublishIn
) -> Response:
    """Make version ``number``'s content the newest version; the number goes on counting."""
    made = site.catalog.republish(caller, dataset, number, given.reason)
    at = address(site, site.catalog.dataset(caller, dataset))
    return reply(render.version(made, at), 201, {"Location": f"{at}/versions/{made.number}"})
