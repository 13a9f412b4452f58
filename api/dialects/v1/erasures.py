"""Erasures: personal data published by mistake is taken away everywhere; one person asks, a second one confirms."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.deps import Site, TheCaller, TheSite
from api.dialects.v1 import shapes
from api.dialects.v1.datasets import REFUSALS
from api.dialects.v1.door import Door, listing, may, reply
from catalog.erasure import Erasure
from catalog.model import Caller

router = APIRouter(prefix="/api/v1", tags=["erasures"], route_class=Door)


@router.post("/erasures", status_code=201, summary="Ask for an erasure", openapi_extra=may("editor"),
             responses={201: {"model": shapes.ErasureOut}, **REFUSALS})
def ask(site: TheSite, caller: TheCaller, given: shapes.ErasureIn,
        dry_run: Annotated[bool, Query(description="Only say what would go.")] = False) -> Response:
    """Ask that a dataset, versions of it or an upload be erased; nothing goes before a second person confirms.

    409 `erasure-shared` names other versions with the same bytes: `sharing` is then `include` or `keep`.
    """
    catalog = site.catalog
    wanted: dict[str, Any] = {"versions": given.versions, "upload": given.upload, "sharing": given.sharing,
                              "reason": given.reason, "basis": given.basis}
    if dry_run:
        return reply(drawn(site, caller, catalog.plan_erasure(caller, given.dataset, **wanted)))
    one = catalog.ask_erasure(caller, given.dataset, **wanted)
    return reply(drawn(site, caller, one), 201, {"Location": f"{site.url}/api/v1/erasures/{one.id}"})


@router.get("/erasures", summary="Erasures of my agencies", openapi_extra=may("member"),
            responses={200: {"model": shapes.ListOut}, **REFUSALS})
def every(site: TheSite, caller: TheCaller) -> Response:
    """Those asked for, under way and done, oldest first."""
    return reply(listing([drawn(site, caller, one) for one in site.catalog.erasures(caller)]))


@router.get("/erasures/{erasure}", summary="One erasure", openapi_extra=may("member"),
            responses={200: {"model": shapes.ErasureOut}, **REFUSALS})
def show(site: TheSite, caller: TheCaller, erasure: str) -> Response:
    """What it takes away, who asked and who confirmed; `done` when nothing is left anywhere."""
    return reply(drawn(site, caller, site.catalog.erasure(caller, erasure)))


@router.post("/erasures/{erasure}/confirm", summary="Confirm an erasure", openapi_extra=may("reviewer"),
             responses={200: {"model": shapes.ErasureOut}, **REFUSALS})
def confirm(site: TheSite, caller: TheCaller, erasure: str) -> Response:
    """Confirm what somebody else asked for: addresses answer 410 from now on, the bytes leave within seconds."""
    return reply(drawn(site, caller, site.catalog.confirm_erasure(caller, erasure)))


@router.post("/erasures/{erasure}/refuse", summary="Refuse an erasure", openapi_extra=may("editor"),
             responses={200: {"model": shapes.ErasureOut}, **REFUSALS})
def refuse(site: TheSite, caller: TheCaller, erasure: str) -> Response:
    """Turn a request down, or take one's own back."""
    return reply(drawn(site, caller, site.catalog.refuse_erasure(caller, erasure)))


def drawn(site: Site, caller: Caller, one: Erasure) -> dict[str, Any]:
    """The JSON of an erasure."""
    names = {entry.id: entry.slug for entry in site.catalog.datasets(caller, [dataset for dataset, _ in one.others])}
    return {
        "id": one.id, "state": one.state, "dataset": one.slug, "versions": list(one.versions), "whole": one.whole,
        "uploads": list(one.uploads),
        "others": [{"dataset": names.get(dataset), "version": number} for dataset, number in one.others],
        "reason": one.reason, "basis": one.basis, "asked_by": one.asked_by, "asked": one.asked,
        "confirmed_by": one.confirmed_by or None, "confirmed": one.confirmed, "finished": one.finished,
        "objects": len(one.hashes), "hashes": list(one.hashes), "kept": list(one.kept),
        "backups_until": one.backups_until, "store_keeps": one.store_keeps,
    }
