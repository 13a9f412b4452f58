"""Datasets: searching, describing, withdrawing, and releases of what is in them."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any, Final
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api.deps import Language, Site, TheCaller, TheSite
from api.dialects.v1 import render, shapes
from api.dialects.v1.door import Door, listed, may, reply
from api.dialects.v1.facets import titled
from api.dialects.v1.manners import IfMatch, matches, unchanged
from api.dialects.v1.shelf import Rendered, is_public, shelf_of
from api.dialects.v1.words import described, text
from api.watch.tally import in_vain, tell_missed
from catalog import question as questions
from catalog.errors import Gone, NotFound, Outdated
from catalog.model import Caller, Entry, Version
from catalog.permit import may as permits

router = APIRouter(prefix="/api/v1", tags=["datasets"], route_class=Door)

REFUSALS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"model": shapes.Problem, "content": {"application/problem+json": {}}}
    for status in (401, 403, 404, 409, 410, 422, 429, 503)
}
IF_MATCH: Final[dict[int | str, dict[str, Any]]] = {412: REFUSALS[409]}
"""The refusal of what is changed only if nobody else did."""


def shown(site: Site, caller: Caller, entry: Entry) -> Rendered:
    """The JSON of one dataset."""
    return shelf_of(site).get(site, caller, entry)


@router.get("/datasets", summary="Search datasets", openapi_extra=may("anyone"),
            responses={200: {"model": shapes.DatasetListOut}})
def search(  # noqa: PLR0917 - they document the query string; the catalogue's own reader reads it
    request: Request, site: TheSite, caller: TheCaller, language: Language,
    q: Annotated[str, Query(description="Words, with or without marks.")] = "",
    org: Annotated[list[str], Query(description="Agency id; repeat for OR.")] = [],  # noqa: B006 - FastAPI copies it
    theme: Annotated[list[str], Query()] = [],  # noqa: B006
    tag: Annotated[list[str], Query()] = [],  # noqa: B006
    format: Annotated[list[str], Query()] = [],  # noqa: A002, B006
    licence: Annotated[list[str], Query()] = [],  # noqa: B006
    standard: Annotated[list[str], Query()] = [],  # noqa: B006
    year: Annotated[list[str], Query()] = [],  # noqa: B006
    since: Annotated[str, Query(alias="from", description="Year, month or day that the data reach.")] = "",
    until: Annotated[str, Query(alias="to")] = "",
    sort: Annotated[str, Query(description="relevance, modified, issued or title")] = "",
    limit: Annotated[str, Query(description="At most 100; default 20.")] = "",
    cursor: Annotated[str, Query(description="`next` of the page before.")] = "",
) -> Response:
    """Find datasets; facets count what each value would give with its own filter left out."""
    del q, org, theme, tag, format, licence, standard, year, since, until, sort, limit, cursor
    question = dataclasses.replace(questions.read(request.query_params.multi_items()), marks=False)
    answer, entries = site.catalog.search(caller, question)
    if wished(question) and in_vain(question.text, answer):
        tell_missed(request, question.text)
    items = [orjson.Fragment(body) for body in _bodies(site, caller, entries)]
    content = {
        "items": items, "total": answer.total, "next": answer.next or None,
        "facets": titled(site, caller, question.facets, answer.facets, language),
        "suggestion": answer.suggestion or None, "degraded": answer.degraded,
    }
    cache = "private, no-store" if caller.known else "public, no-cache"
    return listed(request, content, **{"Cache-Control": cache, "Vary": "Accept-Language, Cookie, Authorization"})


def wished(question: questions.Question) -> bool:
    """Whether words alone were asked for, from the first page on."""
    return not (question.filters or question.since or question.until or question.after)


def _bodies(site: Site, caller: Caller, entries: Any) -> list[bytes]:
    bodies = []
    for entry in entries:
        try:
            bodies.append(shown(site, caller, entry).body)
        except Gone:  # withdrawn between the search and now: the index follows
            continue
    return bodies


@router.post("/datasets", status_code=201, summary="Draft a dataset", openapi_extra=may("editor"),
             responses={201: {"model": shapes.DatasetOut}, **REFUSALS})
def create(site: TheSite, caller: TheCaller, given: shapes.DatasetIn) -> Response:
    """Make a draft; it becomes visible with its first version."""
    entry = site.catalog.draft(
        caller, given.organization, described(given, site), slug=given.slug or "",
        visibility=given.visibility or "public", series=given.series,
    )
    made = shown(site, caller, entry)
    return reply(made.body, 201, {**made.headers, "Location": address(site, entry)})


def address(site: Site, entry: Entry) -> str:
    """The dataset's address in this API."""
    return f"{site.url}/api/v1/datasets/{quote(entry.slug)}"


@router.get("/datasets/{dataset}", summary="One dataset", openapi_extra=may("anyone"),
            responses={200: {"model": shapes.DatasetOut}, 304: {"description": "Not changed"}, **REFUSALS})
async def show(request: Request, dataset: str) -> Response:
    """The dataset with its newest version; 410 with a tombstone when it was withdrawn."""
    site: Site = request.app.state.site
    caller: Caller = request.state.visit[0]
    found = None if caller.known else shelf_of(site).at_hand(dataset)
    if found is not None:
        return _sent(request, found)
    return await run_in_threadpool(_shown_anew, request, site, caller, dataset)


def _shown_anew(request: Request, site: Site, caller: Caller, key: str) -> Response:
    shelf = shelf_of(site)
    mark = shelf.look(site)
    entry = site.catalog.dataset(caller, key)
    moved = moved_to(request, entry, key)
    if moved is not None:
        return moved
    made = shelf.get(site, caller, entry)
    if is_public(entry):
        shelf.remember(key, made, mark)
    return _sent(request, made)


def _sent(request: Request, made: Rendered) -> Response:
    if unchanged(request, made.headers["ETag"], made.modified):
        return Response(status_code=304, headers=made.headers)
    return Response(made.body, 200, made.headers, "application/json")


def moved_to(request: Request, entry: Entry, key: str) -> Response | None:
    """Where an address that the dataset had before leads; None when the address is the present one."""
    if key in (entry.slug, entry.id):
        return None
    path = request.url.path.replace(f"/datasets/{key}", f"/datasets/{entry.slug}", 1)
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(request.app.state.site.url + quote(path) + query, 301)


@router.patch("/datasets/{dataset}", summary="Describe a dataset", openapi_extra=may("editor"),
              responses={200: {"model": shapes.DatasetOut}, **IF_MATCH, **REFUSALS})
def amend(site: TheSite, caller: TheCaller, dataset: str, given: shapes.DatasetPatch,
          if_match: IfMatch = "") -> Response:
    """Change the members that are named; makes no new version. `If-Match` guards what somebody else changed."""
    before = site.catalog.dataset(caller, dataset)
    seen = _seen(site, caller, before, if_match, "describe")
    about = described(given, site, before.about)
    entry = site.catalog.amend(
        caller, before.id, about=about if about != before.about else None, slug=given.slug,
        visibility=given.visibility, series=given.series, seen=seen,
    )
    made = shown(site, caller, entry)
    return reply(made.body, 200, made.headers)


def _seen(site: Site, caller: Caller, entry: Entry, condition: str, act: str) -> Entry | None:
    """Give the dataset that has to stand yet, None where nothing is asked; raises Outdated where it is gone already.

    Who may not do it at all hears that first, from the catalogue.
    """
    if not condition:
        return None
    if permits(caller, act, organisation=entry.organisation):
        try:
            mark = shown(site, caller, entry).headers["ETag"]
        except Gone as gone:
            raise Outdated from gone
        if not matches(condition, mark):
            raise Outdated
    return entry


@router.delete("/datasets/{dataset}", status_code=204, summary="Remove a draft", openapi_extra=may("editor"),
               responses={**IF_MATCH, **REFUSALS})
def remove(site: TheSite, caller: TheCaller, dataset: str, if_match: IfMatch = "") -> Response:
    """Remove a dataset that was never published; else 409 ``withdraw-instead``. `If-Match` as for a change."""
    seen = _seen(site, caller, site.catalog.dataset(caller, dataset), if_match, "remove-draft") if if_match else None
    site.catalog.remove_draft(caller, dataset, seen)
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


@router.post("/datasets/{dataset}/withdraw", summary="Withdraw a dataset or a version", openapi_extra=may("reviewer"),
             responses={200: {"model": shapes.Tombstone}, **REFUSALS})
def withdraw(site: TheSite, caller: TheCaller, dataset: str, given: shapes.WithdrawIn) -> Response:
    """Leave a tombstone in its place; it goes from search and feeds."""
    left = site.catalog.withdraw(caller, dataset, given.reason, given.version)
    return reply(left)


@router.post("/datasets/{dataset}/release", summary="Release ready submissions together",
             openapi_extra=may("editor"), responses={200: {"model": shapes.VersionOut}, **REFUSALS})
def release(site: TheSite, caller: TheCaller, dataset: str, given: shapes.ReleaseIn) -> Response:
    """Make one version of several submissions that stand at ``ready``."""
    entry = site.catalog.dataset(caller, dataset)
    version = site.catalog.publish(caller, _of(site, caller, entry, given.submissions), reason=given.reason)
    return _released(site, entry, version)


def _of(site: Site, caller: Caller, entry: Entry, submissions: list[str]) -> list[str]:
    """Those submissions, each of them of this dataset and within sight; else NotFound."""
    for one in submissions:
        if site.catalog.submission(caller, one).dataset != entry.id:
            raise NotFound
    return submissions


def _released(site: Site, entry: Entry, version: Version) -> Response:
    return reply(render.version(version, address(site, entry)), 200)


@router.post("/datasets/{dataset}/resources", status_code=201, summary="Add a link", openapi_extra=may("editor"),
             responses={201: {"model": shapes.VersionOut}, **REFUSALS})
def add_link(site: TheSite, caller: TheCaller, dataset: str, given: shapes.LinkIn) -> Response:
    """Make a new version that has one more resource: an address elsewhere."""
    title = text(given.title, site.language)
    version = site.catalog.add_link(caller, dataset, name=given.name, title=title, url=given.url)
    entry = site.catalog.dataset(caller, dataset)
    return reply(render.version(version, address(site, entry)), 201, {"Location": address(site, entry)})


@router.delete("/datasets/{dataset}/resources/{name}", summary="Remove a resource", openapi_extra=may("editor"),
               responses={200: {"model": shapes.VersionOut}, **REFUSALS})
def remove_resource(site: TheSite, caller: TheCaller, dataset: str, name: str) -> Response:
    """Make a new version without this resource; older versions keep it."""
    version = site.catalog.remove_resource(caller, dataset, name)
    return _released(site, site.catalog.dataset(caller, dataset), version)
