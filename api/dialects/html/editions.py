"""Versions of table standards: a steward sends one, looks at what it says, and lets it be in force."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from api import deps
from api.dialects.html import forms, shelf
from api.dialects.html.refused import PageRoute
from api.dialects.html.releases import office, said
from api.dialects.html.standard import listed
from api.dialects.html.upload import TheForm, field, file_of
from api.dialects.html.view import Reader, TheReader, page
from catalog.errors import Conflict, Invalid, NotFound
from catalog.installed import Release
from pipelines import releases

router = APIRouter(route_class=PageRoute)

NOTE = 2000


@router.post("/standards")
def add(request: Request, reader: TheReader, form: TheForm) -> Response:
    """Keep a draft of a version and go on to its page."""
    forms.with_token(request, reader, field(form, "csrf"))
    note, sent = field(form, "note", NOTE), file_of(form)
    content = sent.file.read(releases.LARGEST + 1) if sent else b""
    try:
        made = releases.draft_standard(office(request), reader.caller, content, basis="", note=note)
    except (Invalid, Conflict) as refused:
        return listed(request, reader, note=note, wrong=said(reader, refused))
    return RedirectResponse(f"/standards/drafts/{made.id}", status_code=303)


@router.get("/standards/drafts/{release}")
def one(request: Request, reader: TheReader, release: str) -> Response:
    """Show what a draft is, beside the version that is in force."""
    found = _draft(request, reader, release)
    now = shelf.standards(reader).get(found.subject)
    return page(request, reader, "edition.html", release=found, now=now, noindex=True)


def _draft(request: Request, reader: Reader, release: str) -> Release:
    """Find a draft, which is there for stewards only."""
    found = deps.site(request).catalog.release(reader.caller, release)
    if found.kind != "table" or found.number:
        raise NotFound
    return found


@router.post("/standards/drafts/{release}/accept")
def accept(request: Request, reader: TheReader, release: str, *, csrf: Annotated[str, Form()] = "",
           digest: Annotated[str, Form()] = "") -> Response:
    """Let the draft that was looked at be in force."""
    forms.with_token(request, reader, csrf)
    site = deps.site(request)
    made = site.catalog.accept_release(reader.caller, _draft(request, reader, release).id, digest=digest or "-")
    site.bookcase.fresh()
    return RedirectResponse(f"/standards/{made.subject}", status_code=303)


@router.post("/standards/drafts/{release}/drop")
def drop(request: Request, reader: TheReader, release: str, *, csrf: Annotated[str, Form()] = "") -> Response:
    """Throw a draft away."""
    forms.with_token(request, reader, csrf)
    deps.site(request).catalog.drop_release(reader.caller, _draft(request, reader, release).id)
    return RedirectResponse("/standards", status_code=303)
