"""The last steps before data are public: compared with what is, looked at as readers will see it, and confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from api import deps
from api.compared import Compared, compared
from api.dialects.html import beside, dataset, facts, forms, history, labels
from api.dialects.html.describing import day_of, prospect
from api.dialects.html.reading import options_of, reads_of
from api.dialects.html.refused import PageRoute, problems_said
from api.dialects.html.repair import mends_of
from api.dialects.html.report import visible
from api.dialects.html.steps import steps_of
from api.dialects.html.submissions import DECIDERS, WRITERS, may
from api.dialects.html.view import Reader, TheReader, address, page
from catalog.columns import breaks, column_changes
from catalog.errors import Gone, Invalid, NotFound, Problem
from catalog.members import refuse
from catalog.model import Entry, Submission, Version
from catalog.quality import VIETNAM, freshness, quality
from pipelines.difference import CHANGES

router = APIRouter(route_class=PageRoute)

ROWS = 50
MOST_DIGITS = 9
MOST_COLUMNS = 60
SHOWN_COLUMNS, SHOWN_ROWS = 20, 5
Words = Annotated[str, Form()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the pages of these steps know: the upload, its dataset, what it would become and what is public now."""

    one: Submission
    entry: Entry
    version: Version | None
    current: Version | None


def _shown(request: Request, reader: Reader, key: str) -> Shown:
    catalog = deps.site(request).catalog
    one = catalog.submission(reader.caller, key)
    entry = catalog.dataset(reader.caller, one.dataset)
    return Shown(one=one, entry=entry, version=prospect(request, reader, one),
                 current=_current(request, reader, one, entry))


def _current(request: Request, reader: Reader, one: Submission, entry: Entry) -> Version | None:
    """What is public now, before this upload; None for the first version."""
    if entry.version is None or entry.state == "withdrawn" or one.version:
        return None
    try:
        return deps.site(request).catalog.version(reader.caller, entry.id)
    except (Gone, NotFound):
        return None


# -- how it was read ---------------------------------------------------------------------------------------------
@router.get("/submissions/{key}/understood")
def understood(request: Request, reader: TheReader, key: str) -> Response:
    """How the file was read, with its first rows; each guess can be set right without sending the file again."""
    catalog = deps.site(request).catalog
    one = catalog.submission(reader.caller, key)
    entry = catalog.dataset(reader.caller, one.dataset)
    return page(
        request, reader, "understood.html", noindex=True, submission=one, entry=entry,
        steps=steps_of(reader, one, entry), tables=one.outcome.tables if one.outcome else (),
        reads=reads_of(reader, one.outcome), rereads=options_of(reader, one), writes=may(reader, entry, WRITERS),
        visible=visible, most=SHOWN_COLUMNS, first=SHOWN_ROWS,
    )


# -- compare ----------------------------------------------------------------------------------------------------
@router.get("/submissions/{key}/compare")
def compare(request: Request, reader: TheReader, key: str) -> Response:
    """What would change for readers: columns, counts, and every row that changes, page by page."""
    shown = _shown(request, reader, key)
    if shown.version is None or shown.current is None:
        return RedirectResponse(f"/submissions/{shown.one.id}", status_code=303)
    tables = [each.name for each in shown.version.resources if each.submission == shown.one.id and each.kind == "table"]
    wanted = request.query_params.get("resource", "")[:200]
    name = wanted if wanted in tables else next(iter(tables), "")
    found = _compared(request, reader, shown, name)
    values: dict[str, Any] = {"found": found, "lines": [], "counts": None, "columns": [], "breaking": False}
    change = next((each for each in CHANGES if each == request.query_params.get("change")), "")
    after = _whole(request.query_params.get("after", ""))
    path = f"/submissions/{shown.one.id}/compare"
    following = ""
    if found is not None:
        differences = deps.site(request).differences
        rows = differences.page(found.pair, change, after, ROWS + 1)
        values |= {
            "counts": differences.counts(found.pair), "lines": [history.line(found, each) for each in rows[:ROWS]],
            "names": history.names(found), "columns": [history.said(reader, each) for each in found.columns],
            "breaking": breaks(found.columns),
        }
        if len(rows) > ROWS:
            following = address(path, resource=wanted, change=change, after=rows[ROWS - 1].place)
    return page(
        request, reader, "compare.html", noindex=True, submission=shown.one, entry=shown.entry, current=shown.current,
        version=shown.version, steps=steps_of(reader, shown.one, shown.entry), tables=tables, resource=name,
        change=change, after=after, path=path, following=following, **values,
        described=beside.differences(request, reader, shown.entry, shown.current),
        decides=shown.one.state == "in_review" and may(reader, shown.entry, DECIDERS),
        own=bool(reader.caller.person and shown.one.by == reader.caller.person.id),
    )


def _compared(request: Request, reader: Reader, shown: Shown, name: str) -> Compared | None:
    """The two tables; None where the public version has no such table."""
    if shown.version is None or shown.current is None:
        return None
    try:
        return compared(deps.site(request), reader.caller, (shown.current, shown.version), name)
    except NotFound:
        return None


def _whole(given: str) -> int:
    return int(given) if given.isascii() and given.isdecimal() and len(given) <= MOST_DIGITS else 0


# -- preview ----------------------------------------------------------------------------------------------------
@router.get("/submissions/{key}/preview")
def preview(request: Request, reader: TheReader, key: str) -> Response:
    """The public page as it would be, for people of the agency alone."""
    shown = _shown(request, reader, key)
    if shown.version is None or shown.one.version:
        return RedirectResponse(f"/submissions/{shown.one.id}", status_code=303)
    return dataset.preview(request, reader, shown.entry, shown.version, f"/submissions/{shown.one.id}")


# -- answers ----------------------------------------------------------------------------------------------------
@router.get("/submissions/{key}/answers")
def answers(request: Request, reader: TheReader, key: str) -> Response:
    """What will be public, named before it is; and the buttons that do it."""
    return _answers(request, reader, _shown(request, reader, key), {}, [])


def _answers(request: Request, reader: Reader, shown: Shown, given: dict[str, str],
             wrong: list[dict[str, str]]) -> Response:
    one, entry, catalog = shown.one, shown.entry, deps.site(request).catalog
    owner = catalog.organisation(reader.caller, entry.organisation)
    day = facts.today()
    items = quality(entry, shown.version, day)
    decides, writes = may(reader, entry, DECIDERS), may(reader, entry, WRITERS)
    own = bool(reader.caller.person and one.by == reader.caller.person.id)
    alone = owner.review == "none"
    undeclared = catalog.asks_declaration(owner) and one.declaration is None
    return page(
        request, reader, "answers.html", status=422 if wrong else 200, noindex=True, submission=one, entry=entry,
        version=shown.version, current=shown.current, owner=owner, steps=steps_of(reader, one, entry),
        passed=sum(held for _, held in items), all=len(items),
        missing=[labels.quality(reader.lang, code) for code, held in items if not held],
        changes=_changed(reader, shown), writes=writes, decides=decides, own=own, alone=alone, labels=labels,
        releases=alone or (decides and not own), undeclared=undeclared,
        declared=one.declaration.answer if one.declaration else "", mends=mends_of(reader, one),
        due=one.due.astimezone(VIETNAM) if one.due else None, wrong=wrong,
        bad={each["field"]: each["said"] for each in wrong},
        given={"day": "", "hour": "08:00", **given}, tomorrow=day + timedelta(days=1), most=MOST_COLUMNS,
        next_due=freshness(entry.about.frequency, datetime.now(VIETNAM), day).due,
    )


def _changed(reader: Reader, shown: Shown) -> Sequence[tuple[str, bool]]:
    """What becomes of the columns of the public tables: as sentences, and whether that breaks what readers built."""
    if shown.version is None or shown.current is None:
        return ()
    before = {one.name: one for one in shown.current.resources}
    return tuple(
        (f"{change.name}: {said}", change.breaking)
        for one in shown.version.resources if one.name in before and one.submission == shown.one.id
        for change, said in (history.said(reader, each)
                             for each in column_changes(before[one.name].columns, one.columns))
    )


@router.post("/submissions/{key}/schedule")
def schedule(request: Request, reader: TheReader, key: str, *, csrf: Words = "", day: Words = "", hour: Words = "",
             drop: Words = "") -> Response:
    """Set the moment at which it comes out, in Vietnam's time, or take it back."""
    forms.with_token(request, reader, csrf)
    catalog = deps.site(request).catalog
    if drop:
        catalog.unschedule(reader.caller, key)
        return RedirectResponse(f"/submissions/{key}/answers", status_code=303)
    at = moment_of(day, hour)
    try:
        refuse([] if at else [Problem("#/at", "not-a-moment")])
        catalog.schedule(reader.caller, key, at or datetime.now(VIETNAM))
    except Invalid as refused:
        wrong = [{"field": "day", "said": said} for _, said in problems_said(reader, refused)]
        return _answers(request, reader, _shown(request, reader, key), {"day": day[:40], "hour": hour[:40]}, wrong)
    return RedirectResponse(f"/submissions/{key}/answers", status_code=303)


def moment_of(day: str, hour: str) -> datetime | None:
    """A day as people write it and an hour (``8``, ``8:30``, ``8h30``) as a moment in Vietnam; None for other words."""
    found = day_of(day)
    parts = hour.strip().lower().replace("h", ":").strip(":").split(":")
    if found is None or not all(one.isascii() and one.isdecimal() for one in parts):
        return None
    try:
        return datetime.combine(found, time(int(parts[0]), int(parts[1]) if parts[1:] else 0), VIETNAM)
    except ValueError:
        return None


