"""An agency's people and its two rules, for its admins; each asked again of the catalogue, which says who may."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from api import deps
from api.dialects.html import desk, forms, labels
from api.dialects.html.refused import PageRoute
from api.dialects.html.view import Reader, TheReader, address, page
from api.messages import refusals
from catalog.errors import Conflict, Invalid, NotFound, NotKnown, Problem
from catalog.model import Organisation

router = APIRouter(route_class=PageRoute)
ADMINS = ("admin",)
LONGEST = 300


@router.get("/organizations/{key}/people")
def people(request: Request, reader: TheReader, key: str) -> Response:
    """Who works here in which role; forms for an admin."""
    if not reader.caller.known:
        raise NotKnown("credentials-needed")
    found = deps.site(request).catalog.organisation(reader.caller, key)
    if key != found.slug:
        return RedirectResponse(f"/organizations/{found.slug}/people", status_code=301)
    return _page(request, reader, found)


def _page(request: Request, reader: Reader, found: Organisation, *, name: str = "", wrong: str = "") -> Response:
    members = deps.site(request).catalog.members(reader.caller, found.id)
    order = list(labels.ROLES)
    return page(
        request, reader, "people.html", status=422 if wrong else 200, organisation=found, name=name, wrong=wrong,
        members=sorted(members, key=lambda one: (-order.index(one[1].role), one[0].name)), labels=labels,
        manages=desk.may(reader, found.id, ADMINS), noindex=True, done=request.query_params.get("done", ""),
        who=request.query_params.get("who", "")[:LONGEST],
        everywhere=not found.declares and deps.site(request).catalog.asks_declaration(found),
    )


@router.post("/organizations/{key}/people")
def set_member(request: Request, reader: TheReader, key: str, *, csrf: Annotated[str, Form()] = "",
               name: Annotated[str, Form()] = "", role: Annotated[str, Form()] = "",
               email: Annotated[str, Form()] = "") -> Response:
    """Give a person a role; with an empty role, take hers away; with a mailbox, invite her."""
    forms.with_token(request, reader, csrf)
    catalog, who = deps.site(request).catalog, name.strip()[:LONGEST]
    found = catalog.organisation(reader.caller, key)
    try:
        if role and email.strip():
            catalog.invite(reader.caller, found.id, name=who, email=email.strip()[:LONGEST], role=role)
        elif role:
            catalog.set_member(reader.caller, found.id, who, role)
        else:
            catalog.drop_member(reader.caller, found.id, who)
    except (NotFound, Conflict, Invalid) as refused:
        said = refusals.sentence(refused.code, refused.params, reader.lang, status=422)
        return _page(request, reader, found, name=who, wrong=said)
    done = "invited" if role and email.strip() else "kept" if role else "gone"
    return RedirectResponse(address(f"/organizations/{found.slug}/people", done=done, who=who), status_code=303)


@router.post("/organizations/{key}/review")
def review(request: Request, reader: TheReader, key: str, *, csrf: Annotated[str, Form()] = "",
           rule: Annotated[str, Form()] = "") -> Response:
    """Choose whether a second person has to approve before anything is published."""
    forms.with_token(request, reader, csrf)
    catalog = deps.site(request).catalog
    found = catalog.amend_organisation(reader.caller, key, review=rule)
    return RedirectResponse(f"/organizations/{found.slug}/people", status_code=303)


@router.post("/organizations/{key}/declares")
def declares(request: Request, reader: TheReader, key: str, *, csrf: Annotated[str, Form()] = "",
             rule: Annotated[str, Form()] = "") -> Response:
    """Choose whether publishers have to answer for each file whether it holds secrets."""
    forms.with_token(request, reader, csrf)
    if rule not in ("asked", "unasked"):
        raise Invalid(problems=[Problem("#/rule", "unknown-value", {"name": "rule", "value": rule[:LONGEST]})])
    found = deps.site(request).catalog.amend_organisation(reader.caller, key, declares=rule == "asked")
    return RedirectResponse(f"/organizations/{found.slug}/people", status_code=303)
