"""Repairs on a submission's page: what can be mended with cells before and after, what was, and the form to accept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from api import deps
from api.dialects.html import forms
from api.dialects.html.refused import PageRoute
from api.dialects.html.view import Reader, TheReader
from catalog.errors import Invalid, Problem
from catalog.model import Submission
from standards.repair import KINDS, SAFE, Change, Repair, together

router = APIRouter(route_class=PageRoute)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mend:
    """One kind of repair in the reader's words."""

    kind: str
    title: str
    does: str
    safe: bool
    count: int
    fields: str
    examples: tuple[Change, ...]
    preview: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mends:
    """What can be mended, safe kinds first, how many places those are, and what was mended."""

    open: tuple[Mend, ...]
    safe: int
    done: tuple[Mend, ...]


def mends_of(reader: Reader, submission: Submission) -> Mends:
    """Put the repairs of a submission into words; nothing is open once it was decided on."""
    tables = submission.outcome.tables if submission.outcome else ()
    waiting = submission.state in ("blocked", "ready")
    found = _said(reader, (each for one in tables for each in one.fixes)) if waiting else ()
    return Mends(
        open=tuple(sorted(found, key=lambda one: not one.safe)), safe=sum(one.count for one in found if one.safe),
        done=_said(reader, (each for one in tables for each in one.repaired)),
    )


def _said(reader: Reader, repairs: Iterable[Repair]) -> tuple[Mend, ...]:
    return tuple(
        Mend(
            kind=one.kind, title=KINDS[one.kind].title[reader.lang], does=KINDS[one.kind].does[reader.lang],
            safe=one.safe, count=one.count, fields=", ".join(one.fields),
            examples=() if one.preview else tuple(each for each in one.examples if each.before != each.after),
            preview=one.preview,
        )
        for one in together(repairs)
    )


@router.post("/submissions/{key}/fixes")
def accept(request: Request, reader: TheReader, key: str, *, csrf: Annotated[str, Form()] = "",
           safe: Annotated[str, Form()] = "", kind: Annotated[tuple[str, ...], Form()] = ()) -> Response:
    """Accept all safe repairs, or the kinds that were ticked; the file is checked again with them made."""
    forms.with_token(request, reader, csrf)
    catalog = deps.site(request).catalog
    given = [SAFE] if safe else [one for one in kind if one in KINDS]
    if not given:
        raise Invalid(problems=[Problem("#/kind", "required")])
    before = catalog.submission(reader.caller, key).options.fixes
    catalog.recheck(reader.caller, key, fixes=[*before, *given])
    return RedirectResponse(f"/submissions/{key}?wait=1", status_code=303)
