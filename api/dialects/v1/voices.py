"""What readers ask and report, without an account; and what agencies do with it: moderate, answer, show again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.deps import Language, Site, TheCaller, ThePage, TheSite
from api.dialects.v1 import shapes
from api.dialects.v1.datasets import REFUSALS
from api.dialects.v1.door import Door, listed, listing, may, reply
from catalog.errors import Invalid, NotFound, Problem
from catalog.model import Caller
from catalog.voice import Voice

router = APIRouter(prefix="/api/v1", tags=["voices"], route_class=Door)
OPEN: dict[str, Any] = {**may("anyone"), "x-open": True}
"""A write that takes no account; what one address may say in a day is limited."""

MADE: dict[int | str, dict[str, Any]] = {201: {"model": shapes.VoiceOut}, **REFUSALS}
SHOWN: dict[int | str, dict[str, Any]] = {200: {"model": shapes.VoiceOut}, **REFUSALS}
LISTED: dict[int | str, dict[str, Any]] = {200: {"model": shapes.ListOut}, **REFUSALS}
Dataset = Annotated[str, Query(max_length=200, description="Those on a dataset.")]
State = Annotated[Literal["", "waiting", "open", "answered"], Query(description="Those in a state.")]


@router.post("/requests", status_code=201, summary="Ask for a dataset", openapi_extra=OPEN, responses=MADE)
def ask(request: Request, site: TheSite, caller: TheCaller, language: Language, given: shapes.RequestIn) -> Response:
    """Ask that data be opened. It is public once a moderator looked; 201 tells its reference number and due day."""
    return _said(site, caller, site.catalog.speak(
        caller, "request", title=given.title, text=given.text, organisation=given.organization,
        contact=given.contact, language=language, mark=_mark(request, site)))


@router.get("/requests", summary="Requests for data", openapi_extra=may("anyone"), responses=LISTED)
def requests(request: Request, caller: TheCaller, page: ThePage, state: State = "") -> Response:
    """Public ones, newest first, with the agency's answer and how many want the same."""
    return _list(request, caller, page, kind="request", states=[state] if state else [])


@router.post("/questions", status_code=201, summary="Ask about a dataset", openapi_extra=OPEN, responses=MADE)
def question(request: Request, site: TheSite, caller: TheCaller, language: Language,
             given: shapes.QuestionIn) -> Response:
    """Ask its agency a question."""
    return _said(site, caller, site.catalog.speak(
        caller, "question", dataset=given.dataset, text=given.text, contact=given.contact, language=language,
        mark=_mark(request, site)))


@router.get("/questions", summary="Questions with answers", openapi_extra=may("anyone"), responses=LISTED)
def questions(request: Request, caller: TheCaller, page: ThePage, dataset: Dataset = "",
              state: State = "") -> Response:
    """Public ones, newest first."""
    return _list(request, caller, page, kind="question", dataset=dataset, states=[state] if state else [])


@router.post("/corrections", status_code=201, summary="Report a mistake", openapi_extra=OPEN, responses=MADE)
def report(request: Request, site: TheSite, caller: TheCaller, language: Language,
           given: shapes.CorrectionIn) -> Response:
    """Report a mistake. Personal data hides its part everywhere at once; it takes a place and a sentence."""
    return _said(site, caller, site.catalog.speak(
        caller, "mistake", dataset=given.dataset, resource=given.resource, place=given.place, text=given.text,
        personal=given.personal_data, contact=given.contact, language=language, mark=_mark(request, site)))


@router.get("/corrections", summary="Mistakes that were reported", openapi_extra=may("anyone"), responses=LISTED)
def corrections(request: Request, caller: TheCaller, page: ThePage, dataset: Dataset = "",
                state: State = "") -> Response:
    """Public ones, newest first."""
    return _list(request, caller, page, kind="mistake", dataset=dataset, states=[state] if state else [])


@router.get("/voices", summary="What waits for my answer", openapi_extra=may("member"), responses=LISTED)
def waiting(site: TheSite, caller: TheCaller) -> Response:
    """What readers asked and reported and my agencies owe an answer to: personal data first, then what is due."""
    return reply(listing(drawn(site, caller, site.catalog.voices_to_answer(caller))))


@router.get("/voices/{voice}", summary="One voice", openapi_extra=may("anyone"), responses=SHOWN)
def show(site: TheSite, caller: TheCaller, voice: str) -> Response:
    """By its reference number, which is known to whoever spoke."""
    return _one(site, caller, site.catalog.voice(caller, voice))


@router.post("/voices/{voice}/support", summary="Want the same", openapi_extra=OPEN, responses=SHOWN)
def support(request: Request, site: TheSite, caller: TheCaller, voice: str) -> Response:
    """Count one more who wants a public request; an address counts once."""
    return _one(site, caller, site.catalog.support_voice(caller, voice, _mark(request, site)))


@router.post("/voices/{voice}/moderate", summary="Let everybody see it, or not", openapi_extra=may("editor"),
             responses=SHOWN)
def moderate(site: TheSite, caller: TheCaller, voice: str, given: shapes.ModerateIn) -> Response:
    """Make it public; names of persons are taken out of its words first, and that is told."""
    return _one(site, caller, site.catalog.moderate(
        caller, voice, public=given.public, text=given.text, title=given.title))


@router.post("/voices/{voice}/answer", summary="Answer", openapi_extra=may("editor"), responses=SHOWN)
def answer(site: TheSite, caller: TheCaller, voice: str, given: shapes.AnswerIn) -> Response:
    """Answer; 409 `voice-held` while what it reported is still hidden."""
    return _one(site, caller, site.catalog.answer_voice(caller, voice, answer=given.answer, outcome=given.outcome))


@router.post("/voices/{voice}/correction", summary="Answer by a correction", openapi_extra=may("editor"),
             responses=SHOWN)
def mend(site: TheSite, caller: TheCaller, voice: str, given: shapes.MendIn) -> Response:
    """Bind a report to the upload that mends it: it is answered in the moment in which the correction is public.

    The upload is one of kind `correction` to the same dataset; 409 `not-a-correction` for any other.
    """
    return _one(site, caller, site.catalog.bind_correction(caller, voice, given.submission, given.answer))


@router.post("/voices/{voice}/refuse", summary="Turn down", openapi_extra=may("editor"), responses=SHOWN)
def refuse(site: TheSite, caller: TheCaller, voice: str, given: shapes.ReasonIn) -> Response:
    """Turn down advertising and abuse; whoever spoke reads why. What it hid is shown again (a reviewer may)."""
    return _one(site, caller, site.catalog.refuse_voice(caller, voice, reason=given.reason))


@router.post("/voices/{voice}/lift", summary="Show what was hidden", openapi_extra=may("reviewer"), responses=SHOWN)
def lift(site: TheSite, caller: TheCaller, voice: str, given: shapes.ReasonIn) -> Response:
    """Show again what a report of personal data hid: somebody looked."""
    return _one(site, caller, site.catalog.lift_hold(caller, voice, reason=given.reason))


@router.post("/voices/{voice}/assign", summary="Say who answers", openapi_extra=may("editor"), responses=SHOWN)
def assign(site: TheSite, caller: TheCaller, voice: str, given: shapes.AssignIn) -> Response:
    """Hand a request to the agency that has the data."""
    return _one(site, caller, site.catalog.assign_voice(caller, voice, given.organization))


def _mark(request: Request, site: Site) -> str:
    return site.catalog.voice_mark(request.client.host if request.client else "")


def _said(site: Site, caller: Caller, one: Voice) -> Response:
    return reply(drawn(site, caller, [one])[0], 201, {"Location": f"{site.url}/api/v1/voices/{one.number}"})


def _one(site: Site, caller: Caller, one: Voice) -> Response:
    return reply(drawn(site, caller, [one])[0])


def _list(request: Request, caller: Caller, page: ThePage, **wanted: Any) -> Response:
    site: Site = request.app.state.site
    offset = _offset(page.cursor)
    found, total = site.catalog.voices(caller, limit=page.limit, offset=offset, **wanted)
    after = offset + page.limit
    return listed(request, listing(drawn(site, caller, found), total, str(after) if after < total else None))


def _offset(cursor: str) -> int:
    if cursor and not (cursor.isascii() and cursor.isdecimal() and len(cursor) < len("1000000000")):
        raise Invalid("cursor-invalid", problems=[Problem("?cursor", "cursor-invalid")])
    return int(cursor or 0)


def drawn(site: Site, caller: Caller, voices: Sequence[Voice]) -> list[dict[str, Any]]:
    """The JSON of voices; the dataset is named only where the caller may see it."""
    entries = {one.id: one for one in site.catalog.datasets(caller, [one.dataset for one in voices if one.dataset])}
    now = datetime.now(UTC)
    return [
        {
            "number": one.number, "kind": one.kind, "state": one.state,
            "organization": _agency(site, caller, one.organisation),
            "dataset": entries[one.dataset].slug if one.dataset in entries else None,
            "resource": one.resource or None, "place": one.place, "title": one.title, "text": one.text,
            "edited": one.edited, "personal_data": one.personal, "public": one.public,
            "hidden": one.held is not None and one.lifted is None,
            "answer": one.answer, "outcome": one.outcome or None, "answered": one.answered, "supports": one.supports,
            "due": one.due, "overdue": not one.over and one.due < now, "created": one.created,
            "url": f"{site.url}/voices/{one.number}",
        }
        for one in voices
    ]


def _agency(site: Site, caller: Caller, organisation: str) -> str | None:
    try:
        return site.catalog.organisation(caller, organisation).slug if organisation else None
    except NotFound:
        return None
