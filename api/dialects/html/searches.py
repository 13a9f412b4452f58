"""What readers search in vain, on the desk: what agencies do about each, in one click."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from api import deps
from api.dialects.html import forms
from api.dialects.html.refused import PageRoute
from api.dialects.html.view import Reader, TheReader
from catalog.errors import Invalid, NotFound, Refusal
from catalog.question import Question
from catalog.usage import Missed

router = APIRouter(route_class=PageRoute)
MOST = 8
NUMBER = re.compile(r"[2-9A-Z]{6}-[2-9A-Z]{6}")
"""The reference number of a request; a dataset's address looks otherwise."""

Short = Annotated[str, Form(max_length=300)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A search in vain as the desk shows it; ``found`` datasets answer it by now."""

    one: Missed
    found: int


def wanted(request: Request, reader: Reader) -> Sequence[Wanted]:
    """The searches that wait for an answer, the most asked first; each asked again, as data may have come since."""
    catalog = deps.site(request).catalog
    try:
        every = catalog.misses(reader.caller, MOST)
    except Refusal:
        return ()
    return [Wanted(one=one, found=_found(request, reader, one)) for one in every]


def _found(request: Request, reader: Reader, one: Missed) -> int:
    answer, _ = deps.site(request).catalog.search(reader.caller, Question(text=one.words, limit=1))
    return 0 if answer.degraded or 2 * len(answer.dropped) >= len(one.words.split()) else answer.total


@router.post("/desk/searches/{key}")
def answer(request: Request, reader: TheReader, key: str, *, csrf: Short = "", what: Short = "",
           target: Short = "") -> Response:
    """Say what was done: a dataset or a request answers it, or nothing will."""
    forms.with_token(request, reader, csrf)
    try:
        deps.site(request).catalog.answer_miss(reader.caller, key, what=_what(what, target), target=target)
    except (NotFound, Invalid):
        return RedirectResponse(f"/desk?search={key[:64]}#tim", status_code=303)
    return RedirectResponse("/desk#tim", status_code=303)


def _what(what: str, target: str) -> str:
    """What a button says; one field takes the address of a dataset or the number of a request."""
    if what != "link":
        return what
    return "request" if NUMBER.fullmatch(target.strip().upper()) else "dataset"
