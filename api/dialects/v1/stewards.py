"""Stewards' work: dated releases of code lists, versions of table standards, and what they touch."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, BinaryIO, Final

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from api.deps import Site, TheCaller, TheSite
from api.dialects.v1.datasets import REFUSALS
from api.dialects.v1.door import Door, listing, may, reply
from api.dialects.v1.form import Form
from api.dialects.v1.shelf import VIETNAM
from api.dialects.v1.words import day
from catalog.catalog.rechecking import Work
from catalog.errors import Invalid, NotFound, Problem
from catalog.installed import Release
from catalog.model import Caller
from pipelines import releases
from pipelines.releases import Given, Office

router = APIRouter(prefix="/api/v1", tags=["stewards"], route_class=Door)

FIELDS: Final = ("effective", "basis", "source", "nature", "reason", "note")
NATURES: Final = ("release", "correction")
EXPLORE_SECONDS: Final = 15.0
"""How long a dry run is waited for; what is left is found out in the background."""

TAKES: Final = {**may("steward"), "x-limit": releases.LARGEST + 100_000}
FORM: Final = {"requestBody": {"required": True, "content": {
    "multipart/form-data": {"schema": {"type": "object", "required": ["file", "effective", "basis", "source"],
                                       "properties": {"file": {"type": "string", "format": "binary"}, **{
                                           name: {"type": "string"} for name in FIELDS}}}},
    "application/json": {"schema": {"type": "object", "required": ["csv", "effective", "basis", "source"],
                                    "properties": {name: {"type": "string"} for name in ("csv", *FIELDS)}}},
}}}
STANDARD: Final = {"requestBody": {"required": True, "content": {
    "application/json": {"schema": {"type": "object"}}, "application/yaml": {"schema": {"type": "object"}}}}}
JSON: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"application/json": {}}}}


def office(site: Site) -> Office:
    """What stewards' work needs of a site."""
    return Office(catalog=site.catalog, files=site.files, bookcase=site.bookcase, today=today)


def today() -> date:
    """The day in Viet Nam."""
    return datetime.now(VIETNAM).date()


# --- code lists -------------------------------------------------------------------------------------------------------


@router.get("/codelists/{codelist}/releases", summary="Releases of a code list", openapi_extra=may("anyone"),
            responses={**JSON, **REFUSALS})
def many(site: TheSite, caller: TheCaller, codelist: str) -> Response:
    """Accepted releases, newest first, each with its legal basis; stewards see their drafts too."""
    if codelist not in site.standards.codelists:
        raise NotFound
    found = site.catalog.releases(caller, kind="codelist", subject=codelist)
    return reply(listing([told(one, site.url) for one in reversed(found)]), headers={"Cache-Control": "no-cache"})


@router.get("/codelists/{codelist}/releases/{release}", summary="One release", openapi_extra=may("anyone"),
            responses={**JSON, **REFUSALS})
def one(site: TheSite, caller: TheCaller, codelist: str, release: str) -> Response:
    """By its id or number: what it changes; for stewards also what it touches."""
    return reply(whole(site, caller, _found(site, caller, codelist, release)), headers={"Cache-Control": "no-cache"})


@router.post("/codelists/{codelist}/releases", status_code=201, summary="Release a code list",
             openapi_extra={**TAKES, **FORM},
             responses={201: {"content": {"application/json": {}}}, **JSON, **REFUSALS})
async def add(
    request: Request, site: TheSite, caller: TheCaller, codelist: str,
    dry_run: Annotated[bool, Query(description="Only say what it changes and touches; kept as a draft.")] = False,
) -> Response:
    """Dated rows in our one format, with the legal basis. Published data are checked again when it is in force."""
    given = _given(codelist, request.headers.get("content-type", ""), await request.body())
    return await run_in_threadpool(_add, site, caller, given, dry_run)


def _add(site: Site, caller: Caller, given: Given, dry_run: bool) -> Response:
    place = office(site)
    made = releases.draft(place, caller, given)
    if dry_run:
        made = releases.explore(place, made, EXPLORE_SECONDS)
        if made.report and made.report["state"] != "complete":
            site.catalog.explore_later(made.id)
        return reply(whole(site, caller, made))
    made = site.catalog.accept_release(caller, made.id)
    site.bookcase.fresh()
    return reply(whole(site, caller, made), 201, {"Location": _at(made, site.url)})


@router.post("/codelists/{codelist}/releases/{release}/accept", summary="Let a draft be in force",
             openapi_extra=may("steward"), responses={**JSON, **REFUSALS})
def accept(site: TheSite, caller: TheCaller, codelist: str, release: str, given: dict[str, Any]) -> Response:
    """``{"digest": …}`` binds the acceptance to what the dry run showed; the same again is nothing."""
    site.catalog.steward(caller)
    found = _found(site, caller, codelist, release)
    made = site.catalog.accept_release(caller, found.id, digest=str(_only(given, ("digest",)).get("digest") or ""))
    site.bookcase.fresh()
    return reply(whole(site, caller, made))


@router.delete("/codelists/{codelist}/releases/{release}", status_code=204, summary="Drop a draft",
               openapi_extra=may("steward"), responses=REFUSALS)
def drop(site: TheSite, caller: TheCaller, codelist: str, release: str) -> Response:
    """Throw a draft away."""
    site.catalog.steward(caller)
    site.catalog.drop_release(caller, _found(site, caller, codelist, release).id)
    return Response(status_code=204)


def _found(site: Site, caller: Caller, codelist: str, key: str) -> Release:
    every = site.catalog.releases(caller, kind="codelist", subject=codelist)
    for each in every:
        if key == each.id or (each.number and key == str(each.number)):
            return each
    raise NotFound


def _given(codelist: str, media_type: str, body: bytes) -> Given:
    members = _json(body) if media_type.startswith("application/json") else _form(media_type, body)
    content = members.pop("file", b"")
    nature = members.get("nature") or "release"
    if nature not in NATURES:
        raise Invalid(problems=[Problem("#/nature", "unknown-value", {"name": "nature", "value": str(nature)[:100]})])
    effective = _day(str(members.get("effective") or ""))
    words = {name: str(members.get(name) or "") for name in ("basis", "source", "reason", "note")}
    return Given(
        codelist=codelist, content=content, effective=effective, **words,
        nature="correction" if nature == "correction" else "release",
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        params = {"name": "effective", "value": text[:100]}
        raise Invalid(problems=[Problem("#/effective", "unknown-value", params)]) from None


def _json(body: bytes) -> dict[str, Any]:
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Invalid("json-invalid", problems=[Problem("#", "json-invalid")]) from None
    members = _only(given, ("csv", *FIELDS))
    wrong = [name for name, value in members.items() if value is not None and not isinstance(value, str)]
    if wrong:
        raise Invalid(problems=[Problem(f"#/{name}", "unknown-value", {"name": name, "value": ""}) for name in wrong])
    return {**members, "file": (members.pop("csv", "") or "").encode()}


def _only(given: Any, known: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise Invalid("json-invalid", problems=[Problem("#", "json-invalid")])
    unknown = [name for name in given if name not in known]
    if unknown:
        raise Invalid(problems=[Problem(f"#/{name}", "unknown-member", {"name": name}) for name in unknown])
    return dict(given)


def _form(media_type: str, body: bytes) -> dict[str, Any]:
    held = io.BytesIO(body)
    taken: dict[str, Any] = {}

    def take(stream: BinaryIO, _name: str, _media_type: str) -> None:
        taken["file"] = stream.read()

    form = Form(media_type, FIELDS, lambda: held.read(1 << 16))
    return {**form.read(take, lambda _name, _value: None), **taken}


# --- table standards ------------------------------------------------------------------------------------------------


@router.post("/standards", status_code=201, summary="A new version of a table standard",
             openapi_extra={**TAKES, **STANDARD},
             responses={201: {"content": {"application/json": {}}}, **JSON, **REFUSALS})
async def add_standard(
    request: Request, site: TheSite, caller: TheCaller,
    dry_run: Annotated[bool, Query(description="Only say what it would be; kept as a draft.")] = False,
) -> Response:
    """The standard in our one format, YAML or JSON. Earlier versions stay at ``/standards/{id}@{version}``."""
    return await run_in_threadpool(_add_standard, site, caller, await request.body(), dry_run)


def _add_standard(site: Site, caller: Caller, body: bytes, dry_run: bool) -> Response:
    made = releases.draft_standard(office(site), caller, body, basis="")
    if dry_run:
        return reply(told(made, site.url))
    made = site.catalog.accept_release(caller, made.id)
    site.bookcase.fresh()
    return reply(told(made, site.url), 201, {"Location": f"{site.url}/api/v1/standards/{made.subject}"})


@router.get("/standards/{standard}/versions", summary="Versions of a table standard", openapi_extra=may("anyone"),
            responses={**JSON, **REFUSALS})
def versions(site: TheSite, caller: TheCaller, standard: str) -> Response:
    """Those that stewards released here, newest first; the package's own stands at the end."""
    if site.standards.table(standard) is None:
        raise NotFound
    found = [each for each in site.catalog.releases(caller, kind="table", subject=standard) if each.number]
    return reply(listing([told(each, site.url) for each in reversed(found)]), headers={"Cache-Control": "no-cache"})


# --- what becomes of published data ---------------------------------------------------------------------------------


@router.get("/work", summary="What releases put on my desk", openapi_extra=may("signed-in"),
            responses={**JSON, **REFUSALS})
def work(site: TheSite, caller: TheCaller) -> Response:
    """Published datasets of the caller's agencies that a release touches, until something is done about it."""
    return reply(listing([checked(each, site.url) for each in site.catalog.work(caller)]))


@router.get("/datasets/{dataset}/rechecks", summary="When a dataset was checked again",
            openapi_extra=may("anyone"), responses={**JSON, **REFUSALS})
def rechecks(site: TheSite, caller: TheCaller, dataset: str) -> Response:
    """What each release of a code list found in the published dataset; its bytes never change by it."""
    found = site.catalog.rechecks_of(caller, dataset)
    return reply(listing([checked(each, site.url) for each in found]), headers={"Cache-Control": "no-cache"})


@router.post("/datasets/{dataset}/rechecks/{release}/keep", summary="Decide that data stay as of a day",
             openapi_extra=may("editor"), responses={**JSON, **REFUSALS})
def keep(site: TheSite, caller: TheCaller, dataset: str, release: str, given: dict[str, Any]) -> Response:
    """``{"reason", "reference"}``: the data are of that day, and right for it. For those who may publish; audited."""
    members = _only(given, ("reason", "reference"))
    text = str(members.get("reference") or "")
    try:
        reference = date.fromisoformat(text) if text else None
    except ValueError:
        params = {"name": "reference", "value": text[:100]}
        raise Invalid(problems=[Problem("#/reference", "unknown-value", params)]) from None
    reason = str(members.get("reason") or "")
    site.catalog.keep(caller, release, dataset, reason=reason, reference=reference)
    found = site.catalog.rechecks_of(caller, dataset)
    return reply(next(checked(each, site.url) for each in found if each.release.id == release))


# --- as JSON ----------------------------------------------------------------------------------------------------------


def _at(one: Release, url: str) -> str:
    if one.kind == "table":
        return f"{url}/api/v1/standards/{one.subject}@{one.version}"
    return f"{url}/api/v1/codelists/{one.subject}/releases/{one.number or one.id}"


def told(one: Release, url: str) -> dict[str, Any]:
    """A release as JSON, without what it changes and touches."""
    body: dict[str, Any] = {
        "id": one.id, "number": one.number or None, "state": one.state, "basis": one.basis, "note": one.note or None,
        "digest": one.digest, "created": one.created, "accepted": one.accepted,
        "author": one.author, "links": {"self": _at(one, url)},
    }
    if one.kind == "table":
        return {**body, "standard": one.subject, "version": one.version, **{
            name: one.summary.get(name) for name in ("status", "fields", "title")}}
    body["links"]["csv"] = f"{url}/api/v1/codelists/{one.subject}.csv?digest={one.digest}"
    return {
        **body, "codelist": one.subject, "nature": one.nature, "effective": day(one.effective), "source": one.source,
        "reason": one.reason or None, "base": one.base, "counts": one.summary.get("counts", {}),
        "rechecked": one.rechecked,
    }


def whole(site: Site, caller: Caller, one: Release) -> dict[str, Any]:
    """A release with what it changes and, for stewards, what it touches."""
    body = {**told(one, site.url), "changes": list(one.summary.get("differences", ())),
            "changes_total": one.summary.get("total", 0)}
    if not site.catalog.may_keep_standards(caller):
        return body
    if one.state == "draft":
        body["links"]["accept"] = f"{_at(one, site.url)}/accept"
    return {**body, "touches": _touches(site, caller, one)}


def _touches(site: Site, caller: Caller, one: Release) -> Mapping[str, Any] | None:
    if one.report is None:
        return None
    agencies = {each.id: each for each in site.catalog.organisations(caller)}
    items = [
        {**item, "organization": {"id": home.public_id, "slug": home.slug, "title": dict(home.title)}}
        for item in one.report["items"] if (home := agencies.get(str(item["organisation"]))) is not None
    ]
    for item in items:
        item.pop("organisation")
    rest = {name: one.report[name] for name in ("state", "concerned", "touched", "rows")}
    return {**rest, "organizations": len({item["organization"]["id"] for item in items}), "items": items}


def checked(one: Work, url: str) -> dict[str, Any]:
    """What checking a dataset again found, as JSON."""
    found = one.recheck
    return {
        "dataset": one.entry.slug, "version": found.version, "state": found.state, "checked": found.created,
        "release": told(one.release, url), "rows": found.result.get("rows", 0),
        "resources": found.result.get("resources", []), "reason": found.reason or None,
        "reference": day(found.reference), "closed": found.closed, "resolved_by": found.resolved_by,
    }
