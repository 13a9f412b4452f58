"""The step that matches a file's columns with a table standard: what fits, what is proposed, what is beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from api import deps
from api.dialects.html import forms, labels, shelf
from api.dialects.html.refused import PageRoute
from api.dialects.html.steps import steps_of
from api.dialects.html.submissions import WRITERS, may
from api.dialects.html.view import Reader, TheReader, page
from api.messages import pages
from catalog.errors import Invalid, Problem
from catalog.model import Submission, TableOutcome
from standards.repair import read
from standards.standard import TableStandard, match_columns, suggest_columns

router = APIRouter(route_class=PageRoute)

MOST_SUGGESTED = 3
FEWEST_MATCHED = 2
LEAST_SHARE = 0.4
"""From this share of a standard's columns on, a file is likely to be meant for it."""

CHANGEABLE = ("blocked", "ready")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One column of the file: what it is in the standard, or could be; ``word`` accepts a proposal."""

    name: str
    kind: str
    state: Literal["matched", "proposed", "beside"]
    field: str = ""
    title: str = ""
    word: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A table of the file beside its standard; ``missing`` are columns that the standard wants and nobody brought."""

    name: str
    standard: str
    title: str
    lines: tuple[Line, ...]
    missing: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A standard that the file may be meant for: so many of its columns are there."""

    id: str
    title: str
    matched: int
    fields: int


@router.get("/submissions/{key}/columns")
def columns(request: Request, reader: TheReader, key: str) -> Response:
    """Every column of the file and what it is; suggestions are shown as such, nothing is taken without asking."""
    catalog = deps.site(request).catalog
    one = catalog.submission(reader.caller, key)
    entry = catalog.dataset(reader.caller, one.dataset)
    tables = one.outcome.tables if one.outcome else ()
    parts = tuple(_part(reader, each) for each in tables)
    return page(
        request, reader, "columns.html", noindex=True, submission=one, entry=entry, parts=parts,
        steps=steps_of(reader, one, entry), suggested=suggestions(reader, one), standards=shelf.choices(reader),
        changes=may(reader, entry, WRITERS) and one.state in CHANGEABLE, chosen=one.options.standard,
    )


def _labels(table: TableOutcome) -> Sequence[str]:
    return [one.name for one in table.profile.columns] if table.profile else [one.name for one in table.columns]


def _part(reader: Reader, table: TableOutcome) -> Part:
    names, standard = _labels(table), shelf.standard(reader, table.standard) if table.standard else None
    kinds = {one.name: one.kind for one in table.profile.columns} if table.profile else {}
    meanings = {at: one.meaning for at, one in enumerate(table.profile.columns) if one.meaning} if table.profile else {}
    known = match_columns(standard, names) if standard else {}
    offered = suggest_columns(standard, names, meanings) if standard else {}
    lines = []
    for at, name in enumerate(names):
        found = known.get(at) or offered.get(at)
        state: Literal["matched", "proposed", "beside"] = (
            "matched" if at in known else "proposed" if at in offered else "beside")
        lines.append(Line(
            name=name, kind=labels.kind(reader.lang, kinds.get(name, "string")), state=state,
            field=found.name if found else "", title=pages.words(reader.lang, found.title) if found else "",
            word=f"rename#{name}={found.name}" if found and at in offered else "",
        ))
    return Part(
        name=table.sheet or table.resource, standard=standard.id if standard else "",
        title=pages.words(reader.lang, standard.title) if standard else "", lines=tuple(lines),
        missing=_missing(reader, standard, {one.name for one in known.values()}),
    )


def _missing(reader: Reader, standard: TableStandard | None, there: set[str]) -> tuple[tuple[str, str], ...]:
    """The columns that the standard wants and the file does not have: name and title."""
    wanted = standard.fields if standard else ()
    return tuple((one.name, pages.words(reader.lang, one.title))
                 for one in wanted if one.required and one.name not in there)


def suggestions(reader: Reader, one: Submission) -> tuple[Suggestion, ...]:
    """Standards that the first table may be meant for, when none was chosen; the one that fits most first."""
    tables = one.outcome.tables if one.outcome else ()
    if not tables or tables[0].standard:
        return ()
    names = _labels(tables[0])
    found = []
    for each in shelf.standards(reader).values():
        matched = len(match_columns(each, names)) if each.kind == "dataset" else 0
        share = matched / max(min(len(each.fields), len(names)), 1)
        if matched >= FEWEST_MATCHED and share >= LEAST_SHARE:
            found.append(Suggestion(id=each.id, title=pages.words(reader.lang, each.title), matched=matched,
                                    fields=len(each.fields)))
    return tuple(sorted(found, key=lambda each: (-each.matched, each.fields))[:MOST_SUGGESTED])


@router.post("/submissions/{key}/columns")
def match(request: Request, reader: TheReader, key: str, *, csrf: Annotated[str, Form()] = "",
          standard: Annotated[str, Form()] = "", kind: Annotated[tuple[str, ...], Form()] = ()) -> Response:
    """Have the file held against a standard, with the proposals that were accepted; it is checked again."""
    forms.with_token(request, reader, csrf)
    if standard and standard not in shelf.standards(reader):
        raise Invalid(problems=[Problem("#/standard", "unknown-value", {"value": standard[:100], "name": "standard"})])
    catalog = deps.site(request).catalog
    before = catalog.submission(reader.caller, key)
    words = [one for one in kind if (known := read(one)) is not None and known.kind == "rename"]
    if not words and standard in ("", before.options.standard):
        return RedirectResponse(f"/submissions/{key}", status_code=303)
    catalog.recheck(reader.caller, key, fixes=[*before.options.fixes, *words], standard=standard or None)
    return RedirectResponse(f"/submissions/{key}?wait=1", status_code=303)
