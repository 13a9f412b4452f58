"""People and their tokens: made by operators, kept by the person herself; a token is shown once."""

from __future__ import annotations

import orjson
from fastapi import APIRouter
from starlette.responses import Response

from api.deps import TheCaller, TheSite
from api.dialects.v1 import render, shapes
from api.dialects.v1.datasets import REFUSALS
from api.dialects.v1.door import Door, listing, may, reply
from api.dialects.v1.once import ShownOnce
from api.dialects.v1.words import expiry, stamp
from catalog.errors import NotKnown

router = APIRouter(prefix="/api/v1", tags=["people"], route_class=Door)


@router.get("/users", summary="People", openapi_extra=may("operator"),
            responses={200: {"model": shapes.ListOut}, **REFUSALS})
def many(site: TheSite, caller: TheCaller) -> Response:
    """Everybody with an account."""
    return reply(listing([render.person(one) for one in site.catalog.people(caller)]))


@router.post("/users", status_code=201, summary="Add a person", openapi_extra=may("operator"),
             responses={201: {"content": {"application/json": {}}}, **REFUSALS})
def add(site: TheSite, caller: TheCaller, given: shapes.UserIn) -> Response:
    """Without a password she signs in by token only."""
    made = site.catalog.add_person(
        caller, given.name, title=given.title, email=given.email, password=given.password or ""
    )
    return reply(render.person(made), 201, {"Location": f"{site.url}/api/v1/users/{made.name}"})


@router.get("/users/me", summary="Who am I", openapi_extra=may("signed-in"),
            responses={200: {"content": {"application/json": {}}}, **REFUSALS})
def me(site: TheSite, caller: TheCaller) -> Response:
    """The caller and her roles by agency."""
    if caller.person is None:
        raise NotKnown("credentials-needed")
    names = {one.id: one for one in site.catalog.organisations(caller)}
    roles = [
        {"organization": render.agency_short(names[key]), "role": role}
        for key, role in caller.roles.items() if key in names
    ]
    return reply({**render.person(caller.person), "roles": roles, "via": caller.via})


@router.get("/users/{user}", summary="One person", openapi_extra=may("signed-in"),
            responses={200: {"content": {"application/json": {}}}, **REFUSALS})
def one(site: TheSite, caller: TheCaller, user: str) -> Response:
    """Herself, or for an operator."""
    return reply(render.person(site.catalog.person(caller, user)))


@router.patch("/users/{user}", summary="Change a person", openapi_extra=may("signed-in"),
              responses={200: {"content": {"application/json": {}}}, **REFUSALS})
def amend(site: TheSite, caller: TheCaller, user: str, given: shapes.UserPatch) -> Response:
    """``disabled`` revokes tokens and sessions; refused when an agency would be left without an admin."""
    changed = site.catalog.amend_person(
        caller, user, title=given.title, email=given.email, disabled=given.disabled, password=given.password
    )
    return reply(render.person(changed))


@router.get("/tokens", summary="Tokens", openapi_extra=may("signed-in"),
            responses={200: {"model": shapes.ListOut}, **REFUSALS})
def tokens(site: TheSite, caller: TheCaller, user: str = "") -> Response:
    """The caller's own tokens, or for an operator those of ``?user=``; never their secrets."""
    if caller.person is None:
        raise NotKnown("credentials-needed")
    found = site.catalog.tokens(caller, user)
    return reply(listing([render.token(one, user or caller.person.name) for one in found]))


@router.post("/tokens", status_code=201, summary="Make a token", openapi_extra=may("signed-in"),
             responses={201: {"content": {"application/json": {}}}, **REFUSALS})
def add_token(site: TheSite, caller: TheCaller, given: shapes.TokenIn) -> Response:
    """For herself, or by an operator; the token is in this answer and never shown again, not in a replay either."""
    assert caller.person is not None
    user = given.user or caller.person.name
    made = site.catalog.add_token(caller, user, name=given.name, expires=expiry(given.expires))
    shown = {"id": made.id, "token": made.secret, "user": user, "name": made.name, "expires": stamp(made.expires)}
    response = ShownOnce(orjson.dumps(shown), 201, {"Cache-Control": "no-store"}, "application/json")
    response.kept = orjson.dumps({**shown, "token": None})
    return response


@router.delete("/tokens/{token}", status_code=204, summary="Revoke a token", openapi_extra=may("signed-in"),
               responses=REFUSALS)
def drop_token(site: TheSite, caller: TheCaller, token: str) -> Response:
    """One's own, or by an operator."""
    site.catalog.drop_token(caller, token)
    return Response(status_code=204, headers={"Cache-Control": "no-store"})
