"""Releases of code lists: their history with legal basis, a steward's import and dry run, and the work they make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from api import deps
from api.dialects.html import facts, forms, labels, shelf, submissions
from api.dialects.html.refused import PageRoute
from api.dialects.html.standard import day_of
from api.dialects.html.upload import TheForm, field, file_of
from api.dialects.html.view import Reader, TheReader, page
from api.messages import refusals
from catalog.catalog.rechecking import Work
from catalog.errors import Conflict, Invalid, NotAllowed, NotFound, NotKnown, Problem
from catalog.installed import Release
from pipelines import releases
from pipelines.releases import Given, Office
from standards.codelist import Codelist

router = APIRouter(route_class=PageRoute)

FIELDS = ("effective", "basis", "source", "nature", "reason", "note")
EXPLORE_SECONDS = 5.0
REFRESH_SECONDS = 5
SHOWN = 200
MOST_FLAWS = 50
SEES = ("reader", *submissions.WRITERS)


@router.get("/codelists/{key}/releases")
def many(request: Request, reader: TheReader, key: str) -> Response:
    """The history of a list: each release with its basis; for stewards the drafts and the form."""
    return _history(request, reader, key, dict.fromkeys(FIELDS, ""), [])


def _history(
    request: Request, reader: Reader, key: str, given: Mapping[str, str], wrong: list[dict[str, str]]
) -> Response:
    found = _list(reader, key)
    catalog = deps.site(request).catalog
    every = catalog.releases(reader.caller, kind="codelist", subject=key)
    return page(
        request, reader, "releases.html", status=422 if wrong else 200, codelist=found, given=given, wrong=wrong,
        releases=[one for one in reversed(every) if one.number], drafts=[one for one in every if not one.number],
        steward=catalog.may_keep_standards(reader.caller), noindex=bool(wrong),
    )


def _list(reader: Reader, key: str) -> Codelist:
    found = shelf.codelists(reader).get(key)
    if found is None:
        raise NotFound
    return found


@router.post("/codelists/{key}/releases")
def add(request: Request, reader: TheReader, key: str, form: TheForm) -> Response:
    """Keep a draft, begin to find out what it touches, and go on to its page."""
    forms.with_token(request, reader, field(form, "csrf"))
    given = {name: field(form, name, 2000) for name in FIELDS}
    _list(reader, key)
    place, sent = office(request), file_of(form)
    try:
        made = releases.draft(place, reader.caller, Given(
            codelist=key, content=sent.file.read(releases.LARGEST + 1) if sent else b"",
            effective=day_of(given["effective"]), nature="correction" if given["nature"] == "correction" else "release",
            basis=given["basis"], source=given["source"], reason=given["reason"], note=given["note"],
        ))
    except (Invalid, Conflict) as refused:
        return _history(request, reader, key, given, said(reader, refused))
    made = releases.explore(place, made, EXPLORE_SECONDS)
    if made.report and made.report["state"] != "complete":
        place.catalog.explore_later(made.id)
    return RedirectResponse(f"/codelists/{key}/releases/{made.id}", status_code=303)


def office(request: Request) -> Office:
    """What stewards' work needs of a site."""
    site = deps.site(request)
    return Office(catalog=site.catalog, files=site.files, bookcase=site.bookcase, today=facts.today)


def said(reader: Reader, refused: Invalid | Conflict) -> list[dict[str, str]]:
    """Say what is wrong, beside the field it is about; rows of the file by their number."""
    problems = refused.problems or (Problem("#/file", refused.code, refused.params),)
    return [
        {
            "field": one.pointer.removeprefix("#/").partition("/")[0],
            "said": refusals.sentence(one.code, one.params or {}, reader.lang, status=422),
        }
        for one in problems[:MOST_FLAWS]
    ]


@router.get("/codelists/{key}/releases/{release}")
def one(request: Request, reader: TheReader, key: str, release: str) -> Response:
    """One release: its basis and what it changes; of a draft also what it touches, with the form to accept it."""
    codelist, found = _list(reader, key), _found(request, reader, key, release)
    catalog = deps.site(request).catalog
    steward = catalog.may_keep_standards(reader.caller)
    working = found.state == "draft" and (found.report or {}).get("state") != "complete"
    work = catalog.rechecks_under(reader.caller, found.id) if steward and found.number else ()
    return page(
        request, reader, "release.html", codelist=codelist, release=found, steward=steward, work=work, labels=labels,
        agencies={each.id: each for each in catalog.organisations(reader.caller)} if steward else {},
        changes=list(found.summary.get("differences", ()))[:SHOWN], report=found.report, noindex=not found.number,
        refresh=REFRESH_SECONDS if working and steward else 0,
    )


def _found(request: Request, reader: Reader, key: str, release: str) -> Release:
    for each in deps.site(request).catalog.releases(reader.caller, kind="codelist", subject=key):
        if release == each.id or (each.number and release == str(each.number)):
            return each
    raise NotFound


@router.post("/codelists/{key}/releases/{release}/accept")
def accept(request: Request, reader: TheReader, key: str, release: str, *, csrf: Annotated[str, Form()] = "",
           digest: Annotated[str, Form()] = "") -> Response:
    """Let the draft that was looked at be in force."""
    forms.with_token(request, reader, csrf)
    site = deps.site(request)
    made = site.catalog.accept_release(reader.caller, _found(request, reader, key, release).id, digest=digest or "-")
    site.bookcase.fresh()
    return RedirectResponse(f"/codelists/{key}/releases/{made.number}", status_code=303)


@router.post("/codelists/{key}/releases/{release}/drop")
def drop(request: Request, reader: TheReader, key: str, release: str, *,
         csrf: Annotated[str, Form()] = "") -> Response:
    """Throw a draft away."""
    forms.with_token(request, reader, csrf)
    deps.site(request).catalog.drop_release(reader.caller, _found(request, reader, key, release).id)
    return RedirectResponse(f"/codelists/{key}/releases", status_code=303)


@router.get("/desk/codelist")
def chosen(reader: TheReader, list: str = "") -> Response:  # noqa: A002 - what the form calls it
    """Lead a steward from her desk to the list that she chose."""
    return RedirectResponse(f"/codelists/{_list(reader, list).id}/releases", status_code=303)


# --- the work that a release makes -----------------------------------------------------------------------------------


@router.get("/datasets/{slug}/rechecks/{release}")
def work(request: Request, reader: TheReader, slug: str, release: str) -> Response:
    """What a release found in one dataset, what can be done about it, and the decision that the data stay."""
    return _work(request, reader, _one(request, reader, slug, release), {"reason": "", "reference": ""}, [])


def _one(request: Request, reader: Reader, slug: str, release: str) -> Work:
    if not reader.caller.known:
        raise NotKnown("credentials-needed")
    for each in deps.site(request).catalog.rechecks_of(reader.caller, slug):
        if each.release.id == release:
            if not submissions.may(reader, each.entry, SEES):
                raise NotAllowed(act="see")
            return each
    raise NotFound


def _work(
    request: Request, reader: Reader, one: Work, given: Mapping[str, str], wrong: list[dict[str, str]]
) -> Response:
    return page(
        request, reader, "recheck.html", status=422 if wrong else 200, one=one, given=given, wrong=wrong, noindex=True,
        bad={each["field"]: each["said"] for each in wrong},
        writes=submissions.may(reader, one.entry, submissions.WRITERS),
    )


@router.post("/datasets/{slug}/rechecks/{release}/keep")
def keep(request: Request, reader: TheReader, slug: str, release: str, *, csrf: Annotated[str, Form()] = "",
         reason: Annotated[str, Form()] = "", reference: Annotated[str, Form()] = "") -> Response:
    """Decide that the data stay as of a day."""
    forms.with_token(request, reader, csrf)
    one = _one(request, reader, slug, release)
    try:
        deps.site(request).catalog.keep(
            reader.caller, release, one.entry.id, reason=reason, reference=day_of(reference)
        )
    except Invalid as refused:
        given: dict[str, Any] = {"reason": reason[:2000], "reference": reference[:40]}
        return _work(request, reader, one, given, said(reader, refused))
    return RedirectResponse(f"/datasets/{one.entry.slug}/rechecks/{release}", status_code=303)
