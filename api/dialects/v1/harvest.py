"""Harvesting for operators: sources, their runs with reports, and the question before much goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.deps import Site, TheCaller, TheSite
from api.dialects.v1 import shapes
from api.dialects.v1.datasets import REFUSALS
from api.dialects.v1.door import Door, listing, may, reply
from api.dialects.v1.words import stamp
from catalog.errors import NotFound
from catalog.harvest import Run, Source
from catalog.model import NOBODY, Caller
from standards.portable import to_json

router = APIRouter(prefix="/api/v1/harvest", tags=["harvest"], route_class=Door)

ONE: Final[dict[int | str, dict[str, Any]]] = {200: {"model": shapes.SourceOut}, **REFUSALS}
MOST: Final = 50


@router.get("/sources", summary="Sources", openapi_extra=may("operator"),
            responses={200: {"model": shapes.ListOut}, **REFUSALS})
def many(site: TheSite, caller: TheCaller) -> Response:
    """Every source with its newest run, in the order of their making."""
    found = site.catalog.sources(caller)
    return reply(listing([told(site, caller, one) for one in found]))


@router.post("/sources", status_code=201, summary="Keep a source", openapi_extra=may("operator"),
             responses={201: {"model": shapes.SourceOut}, **REFUSALS})
def add(site: TheSite, caller: TheCaller, given: shapes.SourceIn) -> Response:
    """Its first run is due at once, unless it is run by hand. Private and local addresses are never asked."""
    members = given.model_dump()
    made = site.catalog.add_source(caller, organisation=members.pop("organization"), **members)
    return reply(told(site, caller, made), 201, {"Location": _at(site, made)})


@router.get("/sources/{name}", summary="One source", openapi_extra=may("operator"), responses=ONE)
def one(site: TheSite, caller: TheCaller, name: str) -> Response:
    """A source with its newest run."""
    return reply(told(site, caller, site.catalog.source(caller, name)))


@router.patch("/sources/{name}", summary="Change or pause a source", openapi_extra=may("operator"), responses=ONE)
def amend(site: TheSite, caller: TheCaller, name: str, given: shapes.SourcePatch) -> Response:
    """Only what is named changes. After another address everything is looked at."""
    changes = changed(site, given.model_dump(exclude_none=True))
    return reply(told(site, caller, site.catalog.amend_source(caller, name, **changes)))


def changed(site: Site, members: Mapping[str, Any]) -> dict[str, Any]:
    """Give members in the catalogue's words, an agency by its id. Raises NotFound."""
    changes = dict(members)
    if "organization" in changes:
        key = changes.pop("organization")
        try:
            changes["organisation"] = site.catalog.organisation(NOBODY, key).id
        except NotFound:
            raise NotFound("organisation-not-found", pointer="#/organization") from None
    return changes


@router.delete("/sources/{name}", status_code=204, summary="Forget a source", openapi_extra=may("operator"),
               responses=REFUSALS)
def drop(site: TheSite, caller: TheCaller, name: str) -> Response:
    """What came from it stays with its agencies."""
    site.catalog.drop_source(caller, name)
    return Response(status_code=204)


@router.post("/sources/{name}/run", status_code=202, summary="Run a source now", openapi_extra=may("operator"),
             responses={202: {"model": shapes.RunOut}, **REFUSALS})
def run(site: TheSite, caller: TheCaller, name: str, given: shapes.RunIn | None = None) -> Response:
    """The worker does it; a run that is under way is given instead of a second one."""
    begun = site.catalog.begin_run(caller, name, whole=bool(given and given.whole))
    where = f"{_at(site, site.catalog.source(caller, name))}/runs/{begun.id}"
    return reply(run_told(begun), 202, {"Location": where})


@router.get("/sources/{name}/runs", summary="Runs of a source", openapi_extra=may("operator"),
            responses={200: {"model": shapes.ListOut}, **REFUSALS})
def runs(site: TheSite, caller: TheCaller, name: str, limit: Annotated[int, Query(ge=1, le=MOST)] = 20) -> Response:
    """Reports, the newest first; fifty are kept."""
    return reply(listing([run_told(each) for each in site.catalog.runs(caller, name, limit)]))


@router.get("/sources/{name}/runs/{key}", summary="One run", openapi_extra=may("operator"),
            responses={200: {"model": shapes.RunOut}, **REFUSALS})
def one_run(site: TheSite, caller: TheCaller, name: str, key: str) -> Response:
    """How far it is, or how it ended."""
    found = next((each for each in site.catalog.runs(caller, name, MOST) if each.id == key), None)
    if found is None:
        raise NotFound
    return reply(run_told(found))


@router.post("/sources/{name}/confirm", summary="Let go what is gone", openapi_extra=may("operator"),
             responses={200: {"model": shapes.RunOut}, **REFUSALS})
def confirm(site: TheSite, caller: TheCaller, name: str) -> Response:
    """Where the last run ``asks``: what it did not find is withdrawn, although it is more than a tenth."""
    return reply(run_told(site.catalog.confirm_run(caller, name)))


def told(site: Site, caller: Caller, source: Source) -> dict[str, Any]:
    """Give a source as JSON."""
    runs = site.catalog.runs(caller, source.id, 1)
    owner = site.catalog.organisation(NOBODY, source.organisation) if source.organisation else None
    return {
        "name": source.name, "kind": source.kind, "url": source.url, "title": source.title,
        "organization": owner.slug if owner else None, "agencies": source.agencies, "moved": source.moved,
        "hours": source.hours, "language": source.language, "paused": source.paused, "created": stamp(source.created),
        "due": stamp(source.due), "datasets": source.count, "run": run_told(runs[0]) if runs else None,
        "links": {"self": _at(site, source), "runs": f"{_at(site, source)}/runs"},
    }


def run_told(one: Run) -> dict[str, Any]:
    """Give a run as JSON."""
    return {
        "id": one.id, "state": one.state, "whole": one.whole, "since": one.since or None, "started": stamp(one.started),
        "finished": stamp(one.finished), "counts": dict(one.counts), "going": one.going, "reason": one.reason or None,
        "problems": [to_json(dict(each)) for each in one.problems],
        "guesses": {"counts": dict(one.guesses), "datasets": [to_json(dict(each)) for each in one.guessed]},
    }


def _at(site: Site, source: Source) -> str:
    return f"{site.url}/api/v1/harvest/sources/{source.name}"
