"""Agencies: the list of them, and the page of each with its datasets."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api import deps
from api.dialects.html import listing, results
from api.dialects.html.dataset import moved
from api.dialects.html.refused import PageRoute
from api.dialects.html.view import TheReader, page
from api.messages import pages
from catalog.question import Question
from standards.text import collation_key

router = APIRouter(route_class=PageRoute)
LIMIT = 50


@router.get("/organizations")
def organisations(request: Request, reader: TheReader) -> Response:
    """Every agency, in the order of the Vietnamese alphabet, with its number of public datasets."""
    catalog = deps.site(request).catalog
    answer, _ = catalog.search(reader.caller, Question(limit=1, facets=("org",), facet_size=10_000))
    counted = {one.value: one.count for one in answer.facets.get("org", ())}
    found = sorted(catalog.organisations(reader.caller),
                   key=lambda one: collation_key(pages.words(reader.lang, one.title)))
    lines = [(one, counted.get(one.public_id, 0)) for one in found]
    return page(request, reader, "organisations.html", lines=lines)


@router.get("/organizations/{key}")
def organisation(request: Request, reader: TheReader, key: str) -> Response:
    """The page of an agency; an address it had before leads on."""
    catalog = deps.site(request).catalog
    found = catalog.organisation(reader.caller, key)
    if found.state == "merged" and found.successor:
        found = catalog.organisation(reader.caller, found.successor)
    if key != found.slug:
        return moved(request, f"/organizations/{found.slug}")
    cursor = request.query_params.get("cursor", "")[:2000]
    asked = Question(filters={"org": (found.public_id,)}, sort="modified", limit=LIMIT, after=cursor)
    answer, entries = catalog.search(reader.caller, asked)
    items = [results.shown(reader, one) for one in listing.items(request, reader, entries, answer.hits)]
    return page(request, reader, "organisation.html", organisation=found, items=items, total=answer.total,
                following=answer.next, role=reader.caller.roles.get(found.id, ""), noindex=found.demo)


@router.get("/organization/{key}")
def ckan_address(request: Request, key: str) -> Response:
    """CKAN's address of an agency."""
    return moved(request, f"/organizations/{key}")
