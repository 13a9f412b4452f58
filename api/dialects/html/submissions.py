"""The report page of a submission: what was found, what to do next; and the buttons of the review road."""

from __future__ import annotations

import time
from typing import Annotated

import anyio
from fastapi import APIRouter, Form, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from api import deps
from api.dialects.html import facts, forms, report
from api.dialects.html.reading import options_of
from api.dialects.html.refused import PageRoute
from api.dialects.html.repair import mends_of
from api.dialects.html.steps import following, steps_of
from api.dialects.html.view import Reader, TheReader, page
from api.dialects.html.wording import reason_said
from catalog.errors import Conflict, Gone, NotAllowed, NotFound
from catalog.model import Entry, Submission, Version
from catalog.quality import freshness

router = APIRouter(route_class=PageRoute)
WAITING = ("received", "checking")
REFRESH_SECONDS = 3
LONGEST_WAIT = 6.0
PULSE = 0.2
LONGEST_NOTE = 2000
DECIDERS = ("reviewer", "admin")
WRITERS = ("editor", "reviewer", "admin")
DONE = {"submit": "in_review", "approve": "published", "publish": "published", "reject": "rejected"}
"""What an act leads to: pressed twice, or in two windows, it is done once and its result is shown."""
ENDED = ("published", "rejected", "withdrawn")
"""States in which somebody, perhaps in another window, has decided already."""


@router.get("/submissions/{key}")
async def submission(request: Request, reader: TheReader, key: str) -> Response:
    """The report. ``?wait=1`` waits a little for the end of the check, so that most people never see it under way."""
    until = time.monotonic() + (LONGEST_WAIT if request.query_params.get("wait") else 0)
    while True:
        found, moving = await run_in_threadpool(_look, request, reader, key)
        if not moving or time.monotonic() > until or await request.is_disconnected():
            return await run_in_threadpool(_report, request, reader, found, moving=moving)
        await anyio.sleep(PULSE)


def _look(request: Request, reader: Reader, key: str) -> tuple[Submission, bool]:
    """The submission, and whether something will still happen to it by itself."""
    catalog = deps.site(request).catalog
    found = catalog.submission(reader.caller, key)
    return found, found.state in WAITING or (found.state == "ready" and catalog.may_publish_by_itself(found.id))


def _report(request: Request, reader: Reader, found: Submission, *, moving: bool, unsaid: bool = False,
            lost: bool = False, late: str = "") -> Response:
    catalog = deps.site(request).catalog
    entry = catalog.dataset(reader.caller, found.dataset)
    owner = catalog.organisation(reader.caller, entry.organisation)
    told = report.report_of(reader, found.outcome) if found.outcome and not moving else None
    return page(
        request, reader, "submission.html", mends=mends_of(reader, found), rereads=options_of(reader, found),
        status=422 if unsaid else 409 if lost or late else 200, unsaid=unsaid, lost=lost, late=late,
        submission=found, entry=entry, report=told, visible=report.visible,
        refresh=REFRESH_SECONDS if moving else 0, reason=reason_said(reader, found.reason),
        alone=owner.review == "none", asks=catalog.asks_declaration(owner),
        decides=may(reader, entry, DECIDERS), writes=may(reader, entry, WRITERS), noindex=True,
        own=bool(reader.caller.person and found.by == reader.caller.person.id), moving=moving,
        people=_people(request, reader, entry), headline=_headline(reader, found, told, moving=moving),
        steps=steps_of(reader, found, entry),
        onward=following(found, entry), issued=(issued := _issued(request, reader, found, entry)),
        next_due=freshness(entry.about.frequency, issued.issued, facts.today()).due if issued else None,
    )


def _people(request: Request, reader: Reader, entry: Entry) -> dict[str, str]:
    """What the people of the agency are called, by their ids."""
    try:
        found = deps.site(request).catalog.members(reader.caller, entry.organisation)
    except (NotAllowed, NotFound):
        return {}
    return {person.id: person.title or person.name for person, _ in found}


def _issued(request: Request, reader: Reader, found: Submission, entry: Entry) -> Version | None:
    """The version that the upload became, for the receipt; None before, and when it was withdrawn."""
    if found.state != "published" or not found.version:
        return None
    try:
        return deps.site(request).catalog.version(reader.caller, entry.id, found.version)
    except Gone:
        return None


def may(reader: Reader, entry: Entry, roles: tuple[str, ...]) -> bool:
    """Whether the reader has one of these roles in the dataset's agency, or runs the site."""
    person = reader.caller.person
    return bool(person and person.role == "operator") or reader.caller.roles.get(entry.organisation) in roles


def _headline(reader: Reader, found: Submission, told: report.Report | None, *, moving: bool) -> str:
    if moving:
        return reader.say("Đang kiểm tra tệp")
    decided = {
        "published": reader.say("Đã công bố phiên bản %(number)s", number=found.version or 0),
        "in_review": reader.say("Đã duyệt, chờ đến giờ hẹn" if found.due else "Tệp đạt, đang chờ người thứ hai duyệt"),
        "rejected": reader.say("Người duyệt đã trả lại tệp này"), "withdrawn": reader.say("Tệp này đã được gỡ"),
    }
    if found.state in decided:
        return decided[found.state]
    return told.headline if told else reader.say("Datamo chưa đọc được tệp này")


@router.post("/submissions/{key}/{act}")
def decide(request: Request, reader: TheReader, key: str, act: str, *, csrf: Annotated[str, Form()] = "",
           note: Annotated[str, Form()] = "", column: Annotated[str, Form()] = "",
           basis: Annotated[str, Form()] = "", answer: Annotated[str, Form()] = "") -> Response:
    """Submit for review, approve, send back, publish, declare or release a column; the catalogue says who may."""
    forms.with_token(request, reader, csrf)
    catalog, words = deps.site(request).catalog, note.strip()[:LONGEST_NOTE]
    if (done := _done(request, reader, key, act, words)) is not None:
        return done
    if act == "submit":
        catalog.submit(reader.caller, key, words)
    elif act == "approve":
        catalog.approve(reader.caller, key, words)
    elif act == "reject":
        if not words:
            return _report(request, reader, catalog.submission(reader.caller, key), moving=False, unsaid=True)
        catalog.reject(reader.caller, key, words)
    elif act == "again":
        return _again(request, reader, key)
    elif act == "publish":
        catalog.publish(reader.caller, [key], reason=words)
    elif act == "declare":
        catalog.declare(reader.caller, key, answer, words)
    elif act == "release-column":
        catalog.release_column(reader.caller, key, column, reason=words, basis=basis.strip()[:LONGEST_NOTE])
    else:
        raise NotFound
    return RedirectResponse(f"/submissions/{key}", status_code=303)


def _done(request: Request, reader: Reader, key: str, act: str, words: str) -> Response | None:
    """What comes of an act on a file that was decided on before; None where it can be done now."""
    now = deps.site(request).catalog.submission(reader.caller, key)
    if now.state == DONE.get(act):
        return RedirectResponse(f"/submissions/{key}", status_code=303)
    if act in DONE and now.state in ENDED:
        return _report(request, reader, now, moving=False, late=words or " ")
    return None


def _again(request: Request, reader: Reader, key: str) -> Response:
    """Check a returned file once more, as it was sent; or say that it is not kept any more."""
    catalog = deps.site(request).catalog
    try:
        catalog.recheck(reader.caller, key)
    except Conflict:
        found, moving = _look(request, reader, key)
        if found.state == "rejected":
            return _report(request, reader, found, moving=moving, lost=True)
    return RedirectResponse(f"/submissions/{key}?wait=1", status_code=303)
