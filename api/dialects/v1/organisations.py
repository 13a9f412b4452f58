"""Agencies: their names and states, the people who work for them, and what an operator does to them."""

from __future__ import annotations

from typing import Final, Literal
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.deps import Site, TheCaller, TheSite
from api.dialects.v1 import render, shapes
from api.dialects.v1.datasets import IF_MATCH, REFUSALS
from api.dialects.v1.door import Door, listing, may, reply
from api.dialects.v1.manners import IfMatch, matches
from api.dialects.v1.words import text
from catalog.errors import Outdated, Refusal
from catalog.model import Caller, Closing, Organisation
from catalog.permit import may as permits

router = APIRouter(prefix="/api/v1", tags=["organizations"], route_class=Door)

PUBLIC: Final = {"Cache-Control": "public, no-cache"}


@router.get("/organizations", summary="Agencies", openapi_extra=may("anyone"),
            responses={200: {"model": shapes.ListOut}})
def many(site: TheSite, caller: TheCaller) -> Response:
    """All agencies, closed and merged ones too, with their state."""
    return reply(listing([render.agency(one) for one in site.catalog.organisations(caller)]), headers=PUBLIC)


@router.get("/organizations/{organization}", summary="One agency", openapi_extra=may("anyone"),
            responses={200: {"content": {"application/json": {}}}, **REFUSALS})
def one(request: Request, site: TheSite, caller: TheCaller, organization: str) -> Response:
    """By its id, code or slug; an address that it had before leads to the present one."""
    found = site.catalog.organisation(caller, organization)
    if organization not in (found.id, found.code, found.slug):
        return RedirectResponse(f"{site.url}{request.url.path.rpartition('/')[0]}/{quote(found.slug)}", 301)
    return _shown(site, caller, found, headers=PUBLIC)


def _shown(
    site: Site, caller: Caller, found: Organisation, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    return reply(render.agency(found, _successor(site, caller, found)), status, headers)


def _refuse_other(condition: str, now: Response) -> None:
    if not matches(condition, render.etag(bytes(now.body))):
        raise Outdated


def _successor(site: Site, caller: Caller, found: Organisation) -> Organisation | None:
    if not found.successor:
        return None
    try:
        return site.catalog.organisation(caller, found.successor)
    except Refusal:
        return None


@router.post("/organizations", status_code=201, summary="Add an agency", openapi_extra=may("operator"),
             responses={201: {"content": {"application/json": {}}}, **REFUSALS})
def add(site: TheSite, caller: TheCaller, given: shapes.OrganizationIn) -> Response:
    """``id`` is its public code (QĐ 20/2020/QĐ-TTg) where it has one."""
    made = site.catalog.add_organisation(
        caller, code=given.id or "", slug=given.slug or "", title=text(given.title, site.language),
        description=text(given.description, site.language),
    )
    return _shown(site, caller, made, 201, {"Location": f"{site.url}/api/v1/organizations/{quote(made.slug)}"})


@router.patch("/organizations/{organization}", summary="Describe an agency", openapi_extra=may("admin"),
              responses={200: {"content": {"application/json": {}}}, **IF_MATCH, **REFUSALS})
def amend(site: TheSite, caller: TheCaller, organization: str, given: shapes.OrganizationPatch,
          if_match: IfMatch = "") -> Response:
    """``review``: whether publishing needs a second person; ``declares``: whether it asks about secrets.

    `If-Match` guards what somebody else changed.
    """
    named = given.model_fields_set
    seen = site.catalog.organisation(caller, organization) if if_match else None
    if seen is not None and permits(caller, "manage-agency", organisation=seen.id):
        _refuse_other(if_match, _shown(site, caller, seen))
    changed = site.catalog.amend_organisation(
        caller, organization, review=given.review, declares=given.declares, seen=seen,
        title=text(given.title, site.language) if "title" in named else None,
        description=text(given.description, site.language) if "description" in named else None,
    )
    return _shown(site, caller, changed)


@router.get("/organizations/{organization}/members", summary="Its people", openapi_extra=may("member"),
            responses={200: {"model": shapes.ListOut}, **REFUSALS})
def members(site: TheSite, caller: TheCaller, organization: str) -> Response:
    """Who works for the agency, and as what."""
    found = site.catalog.members(caller, organization)
    return reply(listing([render.member(who, membership) for who, membership in found]))


@router.post("/organizations/{organization}/members", status_code=201, summary="Give a person a role",
             openapi_extra=may("admin"), responses={201: {"content": {"application/json": {}}}, **REFUSALS})
def set_member(site: TheSite, caller: TheCaller, organization: str, given: shapes.MemberIn) -> Response:
    """Add a person, or change her role."""
    made = site.catalog.set_member(caller, organization, given.user, given.role)
    return reply({"user": given.user, "role": made.role}, 201)


@router.delete("/organizations/{organization}/members/{user}", status_code=204, summary="Take a role away",
               openapi_extra=may("admin"), responses=REFUSALS)
def drop_member(site: TheSite, caller: TheCaller, organization: str, user: str) -> Response:
    """Refused when the agency would be left without an admin."""
    site.catalog.drop_member(caller, organization, user)
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


@router.post("/organizations/{organization}/{act}", summary="Rename, merge, split or close",
             openapi_extra=may("operator"), responses={200: {"content": {"application/json": {}}}, **REFUSALS})
def restructure(
    site: TheSite, caller: TheCaller, organization: str, act: Literal["rename", "merge", "split", "close"],
    given: shapes.RestructureIn,
) -> Response:
    """With day and legal basis: datasets move, old addresses redirect, past versions keep the publisher they had."""
    closing = Closing(
        act=act, day=given.date, basis=given.basis, into=tuple(given.into), title=text(given.title, site.language),
        slug=given.slug or "", code=given.id or "", datasets=given.datasets,
    )
    return _shown(site, caller, site.catalog.restructure(caller, organization, closing))
