"""Dumps of the whole public catalogue: one address for each form, with Range, HEAD and ETag like any other file."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.deps import Site
from api.dialects.v1.datasets import REFUSALS
from api.dialects.v1.door import Door, may
from api.dialects.v1.files import BYTES, Offer
from api.dialects.v1.manners import unchanged
from catalog.catalog.dumping import NOT_NOW
from catalog.errors import NotFound, Unavailable
from catalog.model import NOBODY

router = APIRouter(tags=["files"], route_class=Door)

CACHE: Final = "public, no-cache"


@router.get("/catalog.jsonl.gz", summary="The whole catalogue as lines", openapi_extra=may("anyone"),
            response_class=Response, responses={200: BYTES, 206: BYTES, **REFUSALS})
def lines(request: Request) -> Response:
    """Every public dataset as JSON, as ``/api/v1/datasets/{dataset}`` shows it, one a line, gzip; made anew daily."""
    return _dump(request, "catalog.jsonl.gz")


@router.get("/catalog.parquet", summary="The whole catalogue as a table", openapi_extra=may("anyone"),
            response_class=Response, responses={200: BYTES, 206: BYTES, **REFUSALS})
def table(request: Request) -> Response:
    """A row for each public dataset, with its columns and files as lists; made anew daily."""
    return _dump(request, "catalog.parquet")


def _dump(request: Request, name: str) -> Response:
    site: Site = request.app.state.site
    offer = Offer(site, NOBODY, site.catalog.dump(name), bom=False)
    headers = {**offer.headers(), "Cache-Control": CACHE}
    if unchanged(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    try:
        return offer.answer(request, headers)
    except NotFound as gone:  # the store does not have it (any more), as after a restore: the worker makes it anew
        raise Unavailable(NOT_NOW) from gone
