"""Changes of columns that are announced before they come, by the agency."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import TheCaller, TheSite
from api.dialects.v1 import render, shapes
from api.dialects.v1.datasets import REFUSALS
from api.dialects.v1.door import Door, may, reply
from api.dialects.v1.words import text

router = APIRouter(prefix="/api/v1/datasets/{dataset}/notices", tags=["history"], route_class=Door)


@router.post("", status_code=201, summary="Announce a change of columns", openapi_extra=may("editor"),
             responses={201: {"content": {"application/json": {}}}, **REFUSALS})
def announce(site: TheSite, caller: TheCaller, dataset: str, given: shapes.NoticeIn) -> Response:
    """Readers see it on the page, under ``announced``, in the feed and by webhook.

    Before its day such a change is published with a stated reason only.
    """
    made = site.catalog.announce_change(
        caller, dataset, effective=given.effective, columns=given.columns, resource=given.resource,
        words=text(given.words, site.language),
    )
    return reply(render.notice(made), 201)


@router.delete("/{notice}", status_code=204, summary="Take an announcement back", openapi_extra=may("editor"),
               responses=REFUSALS)
def drop(site: TheSite, caller: TheCaller, dataset: str, notice: str) -> Response:
    """It is not shown any more."""
    site.catalog.drop_notice(caller, dataset, notice)
    return Response(status_code=204, headers={"Cache-Control": "no-store"})
