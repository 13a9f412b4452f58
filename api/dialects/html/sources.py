"""Sources that are harvested, for operators: what they are, how their runs went, and the question before much goes."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from api import deps
from api.dialects.html import forms
from api.dialects.html.refused import PageRoute
from api.dialects.html.view import Reader, TheReader, page
from api.messages import harvested, harvests, refusals
from catalog.catalog.harvesting import MOST_HOURS
from catalog.errors import Conflict, Invalid, NotFound, NotKnown, Refusal
from catalog.harvest import KINDS, Run, Source
from catalog.model import NOBODY

router = APIRouter(route_class=PageRoute)

HERE: Final = "/desk/harvest"
LONGEST: Final = 2000
SHOWN_RUNS: Final = 20
DIGITS: Final = 6
FIELDS: Final = ("name", "kind", "url", "title", "organization", "agencies", "hours")


@router.get(HERE)
def sources(request: Request, reader: TheReader) -> Response:
    """Every source with its newest run, and the form for another one."""
    _signed_in(reader)
    return _list(request, reader, {**dict.fromkeys(FIELDS, ""), "hours": "24"})


def _signed_in(reader: Reader) -> None:
    if not reader.caller.known:
        raise NotKnown("credentials-needed")


def _list(request: Request, reader: Reader, given: dict[str, str], wrong: str = "") -> Response:
    catalog = deps.site(request).catalog
    found = [(one, _newest(request, reader, one)) for one in catalog.sources(reader.caller)]
    return page(
        request, reader, "sources.html", status=422 if wrong else 200, sources=found, given=given, wrong=wrong,
        kinds=KINDS, why=harvests.why, noindex=True,
    )


def _newest(request: Request, reader: Reader, one: Source) -> Run | None:
    runs = deps.site(request).catalog.runs(reader.caller, one.id, 1)
    return runs[0] if runs else None


@router.post(HERE)
def add(  # noqa: PLR0917 - fields of a form
    request: Request, reader: TheReader, csrf: Annotated[str, Form()] = "", name: Annotated[str, Form()] = "",
    kind: Annotated[str, Form()] = "", url: Annotated[str, Form()] = "", title: Annotated[str, Form()] = "",
    organization: Annotated[str, Form()] = "", agencies: Annotated[str, Form()] = "",
    hours: Annotated[str, Form()] = "24",
) -> Response:
    """Keep a source; what is wrong is said above the form, which stays as it was filled in."""
    forms.with_token(request, reader, csrf)
    every = (name, kind, url, title, organization, agencies, hours)
    given = {field: value.strip()[:LONGEST] for field, value in zip(FIELDS, every, strict=True)}
    try:
        made = deps.site(request).catalog.add_source(
            reader.caller, name=given["name"], kind=given["kind"], url=given["url"], title=given["title"],
            organisation=given["organization"], agencies=bool(agencies), hours=_hours(hours),
        )
    except (Invalid, Conflict, NotFound) as refused:
        return _list(request, reader, given, wrong=_said(reader, refused))
    return RedirectResponse(f"{HERE}/{made.name}", status_code=303)


def _hours(said: str) -> int:
    """Give the hours that were typed; what is no number is one that the catalogue refuses."""
    said = said.strip()
    return int(said) if said.isascii() and said.isdecimal() and len(said) < DIGITS else MOST_HOURS + 1


def _said(reader: Reader, refused: Refusal) -> str:
    words = [refusals.sentence(one.code, one.params or {}, reader.lang, status=422) for one in refused.problems]
    return " ".join(words) or refusals.sentence(refused.code, refused.params, reader.lang, status=422)


@router.get(f"{HERE}/{{name}}")
def source(request: Request, reader: TheReader, name: str) -> Response:
    """One source: its runs with their reports, and what an operator may do with it."""
    _signed_in(reader)
    return _page(request, reader, name)


def _page(request: Request, reader: Reader, name: str, wrong: str = "") -> Response:
    catalog = deps.site(request).catalog
    one = catalog.source(reader.caller, name)
    runs = catalog.runs(reader.caller, one.id, SHOWN_RUNS)
    owner = catalog.organisation(NOBODY, one.organisation) if one.organisation else None
    return page(
        request, reader, "source.html", status=422 if wrong else 200, source=one, runs=runs, owner=owner, wrong=wrong,
        newest=runs[0] if runs else None, why=harvests.why, amiss=harvested.amiss, guessed=harvested.guessed,
        noindex=True,
    )


@router.post(f"{HERE}/{{name}}")
def amend(  # noqa: PLR0917 - fields of a form
    request: Request, reader: TheReader, name: str, csrf: Annotated[str, Form()] = "",
    url: Annotated[str, Form()] = "", title: Annotated[str, Form()] = "",
    organization: Annotated[str, Form()] = "", agencies: Annotated[str, Form()] = "",
    hours: Annotated[str, Form()] = "24",
) -> Response:
    """Change where it is, whose its datasets are, and how often it is read."""
    forms.with_token(request, reader, csrf)
    catalog = deps.site(request).catalog
    one = catalog.source(reader.caller, name)
    changes: dict[str, Any] = {"url": url.strip()[:LONGEST], "title": title.strip()[:LONGEST],
                               "hours": _hours(hours), "agencies": bool(agencies), "organisation": ""}
    try:
        if organization.strip():
            changes["organisation"] = catalog.organisation(NOBODY, organization.strip()[:LONGEST]).id
        catalog.amend_source(reader.caller, one.id, **changes)
    except NotFound:
        missing = refusals.sentence("organisation-not-found", {}, reader.lang, status=422)
        return _page(request, reader, name, wrong=missing)
    except (Invalid, Conflict) as refused:
        return _page(request, reader, name, wrong=_said(reader, refused))
    return RedirectResponse(f"{HERE}/{one.name}", status_code=303)


@router.post(f"{HERE}/{{name}}/{{act}}")
def deed(request: Request, reader: TheReader, name: str, act: str, *, csrf: Annotated[str, Form()] = "",
         sure: Annotated[str, Form()] = "") -> Response:
    """Run it now, look at everything, pause it, go on, confirm what goes, or forget it."""
    forms.with_token(request, reader, csrf)
    catalog = deps.site(request).catalog
    one = catalog.source(reader.caller, name)
    try:
        if act in ("run", "whole"):
            catalog.begin_run(reader.caller, one.id, whole=act == "whole")
        elif act in ("pause", "go-on"):
            catalog.amend_source(reader.caller, one.id, paused=act == "pause")
        elif act == "confirm":
            catalog.confirm_run(reader.caller, one.id)
        elif act == "forget":
            return _forgotten(request, reader, one, sure=bool(sure))
        else:
            raise NotFound
    except Conflict as refused:
        return _page(request, reader, name, wrong=_said(reader, refused))
    return RedirectResponse(f"{HERE}/{one.name}", status_code=303)


def _forgotten(request: Request, reader: Reader, one: Source, *, sure: bool) -> Response:
    if not sure:
        return _page(request, reader, one.name, wrong=reader.say("Đánh dấu vào ô xác nhận trước khi bỏ nguồn này."))
    deps.site(request).catalog.drop_source(reader.caller, one.id)
    return RedirectResponse(HERE, status_code=303)
