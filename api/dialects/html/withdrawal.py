"""Taking a dataset or one version off the site: what will happen, the reason, and then the tombstone."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from api import deps
from api.dialects.html import desk, forms
from api.dialects.html.refused import PageRoute
from api.dialects.html.submissions import DECIDERS, LONGEST_NOTE
from api.dialects.html.view import Reader, TheReader, page
from catalog.catalog.base import tombstone as tombstone_of
from catalog.errors import Gone, NotAllowed, NotKnown
from catalog.model import Entry

router = APIRouter(route_class=PageRoute)


@router.get("/datasets/{slug}/withdraw")
def withdraw_form(request: Request, reader: TheReader, slug: str) -> Response:
    """The form, for those who may; ``?version=`` chooses one version."""
    entry = _entry(request, reader, slug)
    return _form(request, reader, entry, request.query_params.get("version", ""), wrong=False)


@router.post("/datasets/{slug}/withdraw")
def withdraw(request: Request, reader: TheReader, slug: str, *, csrf: Annotated[str, Form()] = "",
             reason: Annotated[str, Form()] = "", version: Annotated[str, Form()] = "") -> Response:
    """Withdraw with a reason that readers will see; afterwards the address tells it."""
    forms.with_token(request, reader, csrf)
    entry, words = _entry(request, reader, slug), reason.strip()[:LONGEST_NOTE]
    if not words:
        return _form(request, reader, entry, version, wrong=True)
    number = int(version) if version.isascii() and version.isdecimal() and len(version) < len("100000000") else None
    deps.site(request).catalog.withdraw(reader.caller, entry.id, words, number)
    onward = f"/datasets/{entry.slug}" + (f"/versions/{number}" if number else "")
    return RedirectResponse(onward, status_code=303)


def _entry(request: Request, reader: Reader, slug: str) -> Entry:
    if not reader.caller.known:
        raise NotKnown("credentials-needed")
    entry = deps.site(request).catalog.dataset(reader.caller, slug)
    if not desk.may(reader, entry.organisation, DECIDERS):
        raise NotAllowed(act="withdraw")
    if entry.state == "withdrawn":
        raise Gone(**tombstone_of(entry))
    return entry


def _form(request: Request, reader: Reader, entry: Entry, chosen: str, *, wrong: bool) -> Response:
    every = deps.site(request).catalog.versions(reader.caller, entry.id) if entry.version else ()
    return page(
        request, reader, "withdraw.html", status=422 if wrong else 200, entry=entry, chosen=chosen, wrong=wrong,
        versions=[one for one in every if one.state == "published"], noindex=True,
    )
