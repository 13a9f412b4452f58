"""Repairs on a submission's page: what can be mended with cells before and after, what was, and the form to accept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from api import deps
from api.dialects.html import facts, forms
from api.dialects.html.refused import PageRoute
from api.dialects.html.view import Reader, TheReader
from api.messages import pages
from catalog.errors import Invalid, Problem
from catalog.model import Options, Outcome, Submission
from standards.repair import KINDS, SAFE, Accepted, Change, Repair, day, days, read, together, without

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
    columns: tuple[str, ...] = ()
    asks: Mapping[str, str] = field(default_factory=dict)
    ends: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One acceptance: the word itself, and what it means in the reader's language."""

    word: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mends:
    """What can be mended, safe kinds first, how many places those are, and what was mended.

    ``idle`` are acceptances that found nothing to do, ``anew`` those of a recipe that do not fit this file; ``recipe``
    is the version out of which acceptances were taken over, 0 for none.
    """

    open: tuple[Mend, ...]
    safe: int
    done: tuple[Mend, ...]
    idle: tuple[Word, ...] = ()
    anew: tuple[Word, ...] = ()
    recipe: int = 0
    replayed: tuple[Word, ...] = ()
    reading: bool = False


def mends_of(reader: Reader, submission: Submission) -> Mends:
    """Put the repairs of a submission into words; nothing is open once it was decided on."""
    return mends_for(reader, submission.outcome, submission.options, waiting=submission.state in ("blocked", "ready"))


def mends_for(reader: Reader, outcome: Outcome | None, options: Options, *, waiting: bool) -> Mends:
    """Say what can be and what was mended in a file; ``waiting`` whether anything can still be accepted."""
    recipe = options.recipe
    plan = plan_of(reader, outcome) if outcome and waiting else Mends(open=(), safe=0, done=())
    tables = outcome.tables if outcome else ()
    made = frozenset(each.kind for one in tables for each in one.repaired)
    words = [one for one in options.fixes if one != SAFE] if outcome and waiting else []
    return replace(
        plan, done=said_of(reader, (each for one in tables for each in one.repaired)),
        idle=tuple(word_of(reader, one) for one in words if (known := read(one)) is None or known.kind not in made),
        anew=tuple(word_of(reader, one) for table in tables for one in table.unfit) if waiting else (),
        recipe=int(recipe.get("version") or 0), replayed=tuple(word_of(reader, one) for one in recipe.get("fixes", ())),
        reading=bool(recipe.get("read")),
    )


def plan_of(reader: Reader, outcome: Outcome) -> Mends:
    """Say what could be mended in a file that was checked."""
    found = said_of(reader, (each for one in outcome.tables for each in one.fixes))
    safe = sum(one.count for one in found if one.safe)
    return Mends(open=tuple(sorted(found, key=lambda one: not one.safe)), safe=safe, done=())


def said_of(reader: Reader, repairs: Iterable[Repair]) -> tuple[Mend, ...]:
    """Put repairs into the reader's words, one entry for each kind."""
    return tuple(
        Mend(
            kind=one.kind, title=KINDS[one.kind].title[reader.lang], does=KINDS[one.kind].does[reader.lang],
            safe=one.safe, count=one.count, fields=", ".join(one.fields), columns=one.fields, asks=one.asks,
            examples=() if one.preview else tuple(each for each in one.examples if each.before != each.after),
            preview=one.preview,
            ends=ends_said(reader, one.ends),
        )
        for one in together(repairs)
    )


def ends_said(reader: Reader, ends: Mapping[str, int]) -> str:
    """Say what became of codes: how many have one successor, several, none."""
    words = {
        "one": "%(n)s ô có đúng một mã thay thế", "several": "%(n)s ô có nhiều mã thay thế, để trống",
        "none": "%(n)s ô không có mã thay thế, để trống", "same": "%(n)s ô mang mã vẫn còn hiệu lực",
        "unknown": "%(n)s ô có mã không đúng với ngày hoặc tên, để trống",
    }
    return "; ".join(reader.say(said, n=ends[end]) for end, said in words.items() if ends.get(end))


def word_of(reader: Reader, word: str) -> Word:
    """Say what an acceptance means."""
    if word == SAFE:
        return Word(word=word, said=reader.say("Mọi cách sửa an toàn"))
    one = read(word)
    if one is None:
        return Word(word=word, said=word)
    said = KINDS[one.kind].title[reader.lang]
    said += f" ({reader.say('cột')} “{one.column}”)" if one.column else ""
    interval = days(one.answer)
    if interval:
        said += f": {pages.day(reader.lang, interval[0])} → {pages.day(reader.lang, interval[1])}"
    if one.kind == "as-of":
        said += f": {pages.day(reader.lang, day(one.answer))}"
    return Word(word=word, said=said + (f": {one.answer}" if one.kind == "rename" else ""))


@router.post("/submissions/{key}/fixes")
def accept(request: Request, reader: TheReader, key: str, *, csrf: Annotated[str, Form()] = "",
           safe: Annotated[str, Form()] = "", kind: Annotated[tuple[str, ...], Form()] = (),
           withdraw: Annotated[tuple[str, ...], Form()] = (), first: Annotated[str, Form(alias="day")] = "",
           until: Annotated[str, Form()] = "", asof: Annotated[str, Form()] = "",
           dated: Annotated[str, Form()] = "") -> Response:
    """Accept all safe repairs, or what was ticked, or take acceptances back; the file is checked again.

    ``asof`` is the day that all rows are of, for the column ``dated``: to write it down is to accept it.
    """
    forms.with_token(request, reader, csrf)
    catalog = deps.site(request).catalog
    before = catalog.submission(reader.caller, key).options.fixes
    asked = Asked(safe=bool(safe), kinds=kind, withdrawn=withdraw, day=first, until=until, asof=asof, dated=dated)
    catalog.recheck(reader.caller, key, fixes=accepted(before, asked))
    return RedirectResponse(f"/submissions/{key}?wait=1", status_code=303)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the form of repairs sent: all safe ones, those ticked, those taken back, and the days that were written."""

    safe: bool = False
    kinds: Sequence[str] = ()
    withdrawn: Sequence[str] = ()
    day: str = ""
    until: str = ""
    asof: str = ""
    dated: str = ""


def accepted(before: Sequence[str], asked: Asked) -> list[str]:
    """All acceptances after those before and what was asked for. Raises Invalid where nothing was."""
    given = [SAFE] if asked.safe else [_dated(one, asked.day, asked.until) for one in asked.kinds]
    if asked.asof.strip() and not asked.safe:
        given.append(str(Accepted(kind="as-of", column=asked.dated, answer=day_said(asked.asof))))
    words = [] if asked.withdrawn else [one for one in given if one == SAFE or read(one) is not None]
    if not words and not asked.withdrawn:
        raise Invalid(problems=[_unread(asked.kinds, asked.asof)])
    return [*without(before, asked.withdrawn), *words]


def _unread(kind: Sequence[str], asof: str) -> Problem:
    """What is missing where nothing was accepted: a day that can be read, else a tick."""
    if asof.strip():
        return Problem("#/asof", "not-a-day")
    return Problem("#/day" if "successor" in kind else "#/kind", "required")


def _dated(kind: str, day: str, until: str) -> str:
    """Put the confirmed day to the acceptance of successors: as people write it, or as data do."""
    if kind != "successor":
        return kind
    first, last = (day_said(one) for one in (day, until))
    return str(Accepted(kind=kind, answer=f"{first}/{last or facts.today().isoformat()}"))


def day_said(text: str) -> str:
    """A day as data write it, from what people write (31/12/2025); other words stay as they are."""
    found = _WRITTEN.fullmatch(text.strip())
    return f"{found[3]}-{int(found[2]):02d}-{int(found[1]):02d}" if found else text.strip()


_WRITTEN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
