"""What is counted: how often a dataset is used, how good its versions were; what is searched in vain, for agencies."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.deps import TheCaller, TheSite
from api.dialects.v1 import shapes
from api.dialects.v1.datasets import REFUSALS, moved_to
from api.dialects.v1.door import Door, listed, listing, may, reply
from api.dialects.v1.shelf import is_public
from api.overtime import editions
from catalog.catalog.counting import LONGEST_DAYS
from catalog.model import Entry
from catalog.usage import KINDS, SHOWN_DAYS, Missed

router = APIRouter(prefix="/api/v1", tags=["counts"], route_class=Door)

Days = Annotated[int, Query(ge=1, le=LONGEST_DAYS, description="So many days, today included.")]
JSON: Any = {200: {"content": {"application/json": {}}}, **REFUSALS}


def _cache(entry: Entry) -> dict[str, str]:
    return {"Cache-Control": "public, max-age=60" if is_public(entry) else "private, no-store"}


@router.get("/datasets/{dataset}/usage", summary="How often it is used", openapi_extra=may("anyone"), responses=JSON)
def usage(request: Request, site: TheSite, caller: TheCaller, dataset: str, days: Days = SHOWN_DAYS) -> Response:
    """Views of its page, downloads of its files and calls of the API, day by day in Viet Nam's time.

    Programs that say that they look at everything are counted apart, as `robots`. Nothing of who asked is kept.
    """
    entry = site.catalog.dataset(caller, dataset)
    moved = moved_to(request, entry, dataset)
    if moved is not None:
        return moved
    found = site.catalog.usage(caller, entry.id, days=days)
    return reply({
        "since": found.since, "until": found.until,
        "totals": {kind: _counted(*found.totals.get(kind, (0, 0))) for kind in KINDS},
        "items": [
            {"day": one.day, "resource": one.resource or None, "kind": one.kind, **_counted(one.count, one.robots)}
            for one in found.days
        ],
    }, headers=_cache(entry))


def _counted(people: int, robots: int) -> dict[str, int]:
    return {"count": people, "robots": robots}


@router.get("/datasets/{dataset}/quality", summary="How good its versions were", openapi_extra=may("anyone"),
            responses=JSON)
def quality(request: Request, site: TheSite, caller: TheCaller, dataset: str) -> Response:
    """The newest 24 versions, oldest first, each as it was on the day it came out, and whether it came when promised.

    `due` is what the version before promised by its stated frequency; days on which the site was away are added.
    """
    entry = site.catalog.dataset(caller, dataset)
    moved = moved_to(request, entry, dataset)
    if moved is not None:
        return moved
    items = [
        {"version": one.number, "issued": one.issued, "kind": one.kind, "passed": one.passed, "items": one.items,
         "missing": list(one.missing), "rows": one.rows, "warnings": one.warnings, "standard": one.standard or None,
         "frequency": one.frequency or None, "due": one.due, "days_late": one.late}
        for one in editions(site, caller, entry, site.catalog.grace())
    ]
    return reply(listing(items), headers=_cache(entry))


@router.get("/searches", summary="What is searched in vain", openapi_extra=may("member"), responses=JSON)
def searches(request: Request, site: TheSite, caller: TheCaller) -> Response:
    """Searches without result that at least three readers made on a day, or somebody on three days; for publishers."""
    return listed(request, listing([_missed(one) for one in site.catalog.misses(caller)]))


@router.post("/searches/{search}/answer", summary="Say what was done about it", openapi_extra=may("editor"),
             responses=JSON)
def answer(site: TheSite, caller: TheCaller, search: str, given: shapes.SearchAnswerIn) -> Response:
    """Name the dataset or the request that answers it, or `none`; it is shown no more unless it is searched again."""
    return reply(_missed(site.catalog.answer_miss(caller, search, what=given.what, target=given.target)))


def _missed(one: Missed) -> dict[str, Any]:
    return {"id": one.id, "words": one.words, "first": one.first, "last": one.last, "asked": one.asked,
            "days": one.days, "readers": one.readers, "answer": one.answer or None}
