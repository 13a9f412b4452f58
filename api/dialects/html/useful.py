"""Was this of use? One click on a dataset's page, without an account; a few words if the reader likes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from api import deps
from api.dialects.html import forms
from api.dialects.html.refused import PageRoute
from api.dialects.html.view import TheReader
from catalog.catalog.appraising import WORDS_LIMIT

router = APIRouter(route_class=PageRoute)

Short = Annotated[str, Form(max_length=200)]
Words = Annotated[str, Form(max_length=4 * WORDS_LIMIT)]


@router.post("/datasets/{slug}/useful")
def appraise(request: Request, reader: TheReader, slug: str, *, csrf: Short = "", answer: Short = "",
             text: Words = "") -> Response:
    """Count the answer and thank; whoever is signed in shows her session's token too."""
    if reader.caller.known:
        forms.with_token(request, reader, csrf)
    else:
        forms.same_origin(request)
    catalog = deps.site(request).catalog
    entry = catalog.dataset(reader.caller, slug)
    mark = catalog.voice_mark(request.client.host if request.client else "")
    if answer in ("yes", "no"):
        catalog.appraise(reader.caller, entry.id, useful=answer == "yes", text=text, mark=mark)
    return RedirectResponse(f"/datasets/{entry.slug}?thanks=1#huu-ich", status_code=303)
