"""A change of columns announced on a page: what is announced, a form for the next one, and how to take one back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from api import deps
from api.dialects.html import desk, facts, forms
from api.dialects.html.refused import PageRoute
from api.dialects.html.standard import day_of
from api.dialects.html.view import Reader, TheReader, page
from api.messages import pages, refusals
from catalog.errors import Conflict, Invalid, NotAllowed, NotKnown, Problem
from catalog.model import Entry

router = APIRouter(route_class=PageRoute)
WRITERS = ("editor", "reviewer", "admin")
LONGEST = 5000
USUAL = timedelta(days=90)


@router.get("/datasets/{slug}/announce")
def form(request: Request, reader: TheReader, slug: str) -> Response:
    """What is announced, and the form, for those who may."""
    return _form(request, reader, _entry(request, reader, slug))


def _entry(request: Request, reader: Reader, slug: str) -> Entry:
    if not reader.caller.known:
        raise NotKnown("credentials-needed")
    entry = deps.site(request).catalog.dataset(reader.caller, slug)
    if not desk.may(reader, entry.organisation, WRITERS):
        raise NotAllowed
    return entry


def _form(request: Request, reader: Reader, entry: Entry, *, wrong: str = "", words: str = "",
          day: str = "") -> Response:
    _, version = deps.site(request).catalog.latest(reader.caller, entry.id)
    return page(
        request, reader, "announce.html", status=422 if wrong else 200, entry=entry, wrong=wrong, words=words,
        table=version.first_table if version else None,
        effective=day or written(reader, facts.today() + USUAL), noindex=True,
    )


def written(reader: Reader, day: date) -> str:
    """A day as the reader would type it."""
    return pages.day(reader.lang, day) if reader.lang == "vi" else day.isoformat()


@router.post("/datasets/{slug}/announce")
def announce(
    request: Request, reader: TheReader, slug: str, *, csrf: Annotated[str, Form()] = "",
    words: Annotated[str, Form()] = "", effective: Annotated[str, Form()] = "",
    column: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Announce a change of the first table's columns; what is wrong is said in the form."""
    forms.with_token(request, reader, csrf)
    entry, words = _entry(request, reader, slug), words.strip()[:LONGEST]
    try:
        deps.site(request).catalog.announce_change(
            reader.caller, entry.id, effective=_day(effective), columns=column or (),
            words={reader.lang: words} if words else {},
        )
    except (Invalid, Conflict) as refused:
        first = next(iter(refused.problems), Problem("", refused.code, refused.params))
        said = refusals.sentence(first.code, first.params or {}, reader.lang, status=422)
        return _form(request, reader, entry, wrong=said, words=words, day=effective[:20])
    return RedirectResponse(f"/datasets/{entry.slug}/announce", status_code=303)


def _day(given: str) -> date:
    """``30/6/2027`` or ``2027-06-30``. Raises Invalid for anything else."""
    found = day_of(given)
    if found is None:
        raise Invalid(problems=[Problem("#/effective", "not-a-date")])
    return found


@router.post("/datasets/{slug}/announce/{notice}/remove")
def remove(request: Request, reader: TheReader, slug: str, notice: str,
           csrf: Annotated[str, Form()] = "") -> Response:
    """Take one back."""
    forms.with_token(request, reader, csrf)
    entry = _entry(request, reader, slug)
    deps.site(request).catalog.drop_notice(reader.caller, entry.id, notice)
    return RedirectResponse(f"/datasets/{entry.slug}/announce", status_code=303)
