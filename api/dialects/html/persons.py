"""The step about personal data: which columns look like it and why, and what its publisher can do about each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from api import deps
from api.dialects.html import forms
from api.dialects.html.refused import PageRoute
from api.dialects.html.repair import Word, word_of
from api.dialects.html.report import personal_said
from api.dialects.html.steps import WAITING, following, steps_of
from api.dialects.html.submissions import DECIDERS, WRITERS, may
from api.dialects.html.view import Reader, TheReader, page
from catalog.model import Submission, TableOutcome
from standards.repair import KINDS, PRIVATE, read

router = APIRouter(route_class=PageRoute)

CHANGEABLE = ("blocked", "ready")
COARSER = ("birth-date", "home-address")
"""Kinds of personal data of which something stays when they are said more coarsely; all others can be masked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One thing that can be done about a column: the acceptance, what it is called and what it does."""

    word: str
    title: str
    does: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A column that looks like personal data: what is said of it, a masked sample, how it stands, what can be done."""

    name: str
    table: str
    said: str
    sample: str
    blocks: bool
    released: bool
    ways: tuple[Way, ...]


@router.get("/submissions/{key}/personal")
def personal(request: Request, reader: TheReader, key: str) -> Response:
    """Every column that looks like personal data, and the ways to go on; what was decided can be taken back."""
    catalog = deps.site(request).catalog
    one = catalog.submission(reader.caller, key)
    entry = catalog.dataset(reader.caller, one.dataset)
    if one.state in WAITING:
        return RedirectResponse(f"/submissions/{one.id}?wait=1", status_code=303)
    tables = one.outcome.tables if one.outcome else ()
    looked = tuple(each for table in tables for each in looked_at(reader, table, several=len(tables) > 1))
    open_ = one.state in CHANGEABLE
    return page(
        request, reader, "personal.html", noindex=True, submission=one, entry=entry, looked=looked,
        steps=steps_of(reader, one, entry), done=decided(reader, one), writes=open_ and may(reader, entry, WRITERS),
        columns=sum(len(table.columns) for table in tables), blocked=any(each.blocks for each in looked),
        decides=one.state == "blocked" and may(reader, entry, DECIDERS) and not _own(reader, one),
        onward=following(one, entry) if one.state == "ready" else f"/submissions/{one.id}",
    )


def _own(reader: Reader, one: Submission) -> bool:
    return bool(reader.caller.person and one.by == reader.caller.person.id)


def looked_at(reader: Reader, table: TableOutcome, *, several: bool) -> Iterator[Looked]:
    """The columns of a table that look like personal data, those that hold it back first."""
    kinds = {str(one.get("field", "")): one for one in table.personal_data}
    for one in sorted(personal_said(reader, table), key=lambda each: not each.blocks):
        yield Looked(
            name=one.name, table=(table.sheet or table.resource) if several else "", said=one.said, sample=one.sample,
            blocks=one.blocks, released=one.released, ways=ways(reader, kinds[one.name]),
        )


def ways(reader: Reader, told: Mapping[str, Any]) -> tuple[Way, ...]:
    """What can be done about a column: of prose and of a column without a name nothing but to leave it out."""
    name = str(told.get("field", ""))
    coarser = "generalise" if told.get("kind") in COARSER else "mask"
    kinds = ("leave-out",) if told.get("within") or name.startswith("#") else ("leave-out", coarser)
    return tuple(Way(word=f"{kind}#{name}", title=KINDS[kind].title[reader.lang], does=KINDS[kind].does[reader.lang])
                 for kind in kinds)


def decided(reader: Reader, one: Submission) -> Sequence[Word]:
    """What was decided about columns of this file before: it is why they are not among those that are looked at."""
    return [word_of(reader, word) for word in one.options.fixes if private(word)]


def private(word: str) -> bool:
    """Whether an acceptance takes personal data out of a column."""
    known = read(word)
    return known is not None and known.kind in PRIVATE


@router.post("/submissions/{key}/personal")
def decide(request: Request, reader: TheReader, key: str, *, csrf: Annotated[str, Form()] = "",
           way: Annotated[tuple[str, ...], Form()] = (), withdraw: Annotated[tuple[str, ...], Form()] = ()) -> Response:
    """Have columns left out, masked or said more coarsely, or take that back; the file is checked again."""
    forms.with_token(request, reader, csrf)
    catalog = deps.site(request).catalog
    before = catalog.submission(reader.caller, key).options.fixes
    words = [one for one in way if private(one)]
    fixes = [one for one in before if one not in withdraw or not private(one)] + words
    if fixes == list(before):
        return RedirectResponse(f"/submissions/{key}", status_code=303)
    catalog.recheck(reader.caller, key, fixes=list(dict.fromkeys(fixes)))
    return RedirectResponse(f"/submissions/{key}?wait=1", status_code=303)
