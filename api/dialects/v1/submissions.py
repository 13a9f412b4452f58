"""Submissions: their report, awaited if wished, and the review road."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Annotated, Final, Literal

import anyio
from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import StringConstraints
from starlette.responses import Response

from api.deps import Language, Site, TheCaller, TheSite, language
from api.dialects.v1 import shapes
from api.dialects.v1.datasets import REFUSALS
from api.dialects.v1.door import Door, listing, may, reply
from api.dialects.v1.reports import submission as rendered
from api.dialects.v1.shelf import VIETNAM, doubt
from api.dialects.v1.words import reading_of
from catalog.errors import Invalid, Problem
from catalog.model import Caller, Submission
from standards.repair import SAFE, Accepted, read, without

router = APIRouter(prefix="/api/v1", tags=["submissions"], route_class=Door)

LONGEST_WAIT: Final = 60
PULSE: Final = 0.15
"""Seconds between two looks while somebody waits."""

ON_THE_WAY: Final = ("received", "checking")
State = Literal[
    "received", "checking", "blocked", "ready", "in_review", "published", "rejected", "failed", "withdrawn"
]


class DeclarationIn(shapes.In):
    """Whether the file holds state secrets, or important or core data (QĐ 20/2025/QĐ-TTg)."""

    answer: Literal["none", "contains"]
    note: Annotated[str, StringConstraints(max_length=2000, strip_whitespace=True)] = ""


@router.get("/submissions", summary="Submissions in sight", openapi_extra=may("signed-in"),
            responses={200: {"model": shapes.ListOut}, **REFUSALS})
def many(  # noqa: PLR0917 - FastAPI gives them by name
    site: TheSite, caller: TheCaller, lang: Language,
    dataset: Annotated[str, Query(max_length=300)] = "",
    state: Annotated[list[State], Query()] = [],  # noqa: B006 - FastAPI copies it
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Response:
    """The submissions of the agencies that the caller works for, newest first; without their findings."""
    found = site.catalog.submissions(caller, dataset=dataset, states=state, limit=limit)
    slugs = {one.id: one.slug for one in site.catalog.datasets(caller, list({each.dataset for each in found}))}
    items = [rendered(one, slugs.get(one.dataset, ""), site.url, lang) for one in found]
    heavy = ("findings", "profile", "personal_data", "fixes", "repaired", "understood", "schema")
    return reply(listing([{name: value for name, value in one.items() if name not in heavy} for one in items]))


@router.get("/submissions/{submission}", summary="One submission", openapi_extra=may("member"),
            responses={200: {"model": shapes.SubmissionOut}, **REFUSALS})
async def one(
    request: Request, submission: str,
    wait: Annotated[float, Query(ge=0, le=3600, description="Seconds to wait for the end, at most 60.")] = 0,
) -> Response:
    """The submission and its report; ``?wait=30`` answers when the check is over, or after so many seconds."""
    site: Site = request.app.state.site
    caller: Caller = request.state.visit[0]
    until = time.monotonic() + min(wait, LONGEST_WAIT)
    found = await run_in_threadpool(site.catalog.submission, caller, submission)
    while time.monotonic() < until and not await run_in_threadpool(_settled, site, found):
        if await request.is_disconnected():
            break
        await anyio.sleep(PULSE)
        found = await run_in_threadpool(site.catalog.submission, caller, submission)
    return await run_in_threadpool(_report, site, caller, found, language(request))


def _settled(site: Site, one: Submission) -> bool:
    """Whether nothing more happens by itself."""
    if one.state in ON_THE_WAY:
        return False
    return one.state != "ready" or not site.catalog.may_publish_by_itself(one.id)


def _report(site: Site, caller: Caller, one: Submission, lang: str) -> Response:
    if one.state == "published":
        doubt(site)  # a worker published it: what this process holds of the dataset may be older
    slug = site.catalog.dataset(caller, one.dataset).slug
    return reply(rendered(one, slug, site.url, lang))


@router.post("/submissions/{submission}/fixes", summary="Accept repairs", openapi_extra=may("editor"), status_code=202,
             responses={202: {"model": shapes.SubmissionOut}, **REFUSALS})
def fixes(site: TheSite, caller: TheCaller, lang: Language, submission: str, given: shapes.FixesIn) -> Response:
    """Have the file checked again with repairs made or taken back; the file itself stays as it came.

    ``fixes`` of the submission lists the kinds that can be accepted, ``accepted`` the words of what was. A decision may
    name its column (``date-day-first#Ngày cấp``). Which repairs were made is told in ``repaired``, and by the published
    version in ``pins``.
    """
    before = without(site.catalog.submission(caller, submission).options.fixes, given.withdraw)
    unknown = [Problem(f"#/accept/{at}", "unknown-value", {"value": word, "name": "accept"})
               for at, word in enumerate(given.accept) if read(word) is None]
    more = [*given.accept, *(str(Accepted(kind="rename", column=label, answer=name))
                             for label, name in given.columns.items())]
    if given.successor is not None:
        asked = given.successor
        until = asked.until or datetime.now(VIETNAM).date()
        more.append(str(Accepted(kind="successor", column=asked.column, answer=f"{asked.day}/{until}")))
        unknown += [] if read(more[-1]) else [Problem("#/successor", "not-a-period")]
    if unknown or not (more or given.safe or given.withdraw):
        raise Invalid(problems=unknown or [Problem("#/accept", "required")])
    found = site.catalog.recheck(caller, submission, fixes=[*before, *more, *([SAFE] if given.safe else [])])
    answer = _report(site, caller, found, lang)
    return reply(answer.body, 202, {"Location": f"{site.url}/api/v1/submissions/{found.id}"})


@router.post("/submissions/{submission}/reading", summary="Read it differently", openapi_extra=may("editor"),
             status_code=202, responses={202: {"model": shapes.SubmissionOut}, **REFUSALS})
def reading(site: TheSite, caller: TheCaller, lang: Language, submission: str, given: shapes.ReadingIn) -> Response:
    """Have the same upload read in another way and checked again; it need not be sent again.

    ``understood`` of the submission says what was guessed, and which option overrides each guess.
    """
    found = site.catalog.recheck(caller, submission, read=reading_of(given.reading), sheet=given.sheet)
    answer = _report(site, caller, found, lang)
    return reply(answer.body, 202, {"Location": f"{site.url}/api/v1/submissions/{found.id}"})


@router.post("/submissions/{submission}/submit", summary="Ask for review", openapi_extra=may("editor"),
             responses={200: {"model": shapes.SubmissionOut}, **REFUSALS})
def submit(
    site: TheSite, caller: TheCaller, lang: Language, submission: str, given: shapes.NoteIn | None = None
) -> Response:
    """Hand a ready submission to the agency's reviewers."""
    return _report(site, caller, site.catalog.submit(caller, submission, given.note if given else ""), lang)


@router.post("/submissions/{submission}/approve", summary="Approve and publish", openapi_extra=may("reviewer"),
             responses={200: {"model": shapes.SubmissionOut}, **REFUSALS})
def approve(
    site: TheSite, caller: TheCaller, lang: Language, submission: str, given: shapes.NoteIn | None = None
) -> Response:
    """Publish what another person submitted; bound to the file's hash."""
    return _report(site, caller, site.catalog.approve(caller, submission, given.note if given else ""), lang)


@router.post("/submissions/{submission}/reject", summary="Reject", openapi_extra=may("reviewer"),
             responses={200: {"model": shapes.SubmissionOut}, **REFUSALS})
def reject(site: TheSite, caller: TheCaller, lang: Language, submission: str, given: shapes.RejectIn) -> Response:
    """Send a submission back with a reason."""
    return _report(site, caller, site.catalog.reject(caller, submission, given.reason), lang)


@router.post("/submissions/{submission}/release-column", summary="Release a column", openapi_extra=may("reviewer"),
             responses={200: {"model": shapes.SubmissionOut}, **REFUSALS})
def release_column(
    site: TheSite, caller: TheCaller, lang: Language, submission: str, given: shapes.ColumnReleaseIn
) -> Response:
    """Let a column held back as personal data pass: a second person, with reason and legal basis; checked again."""
    found = site.catalog.release_column(
        caller, submission, given.column, reason=given.reason, basis=given.basis
    )
    return _report(site, caller, found, lang)


@router.post("/submissions/{submission}/declaration", summary="Declare secrets", openapi_extra=may("editor"),
             responses={200: {"model": shapes.SubmissionOut}, **REFUSALS})
def declaration(
    site: TheSite, caller: TheCaller, lang: Language, submission: str, given: DeclarationIn
) -> Response:
    """Answer whether the file holds state secrets, or important or core data (QĐ 20/2025/QĐ-TTg).

    ``contains`` keeps it from being published; where the agency asks the question, so does no answer.
    """
    return _report(site, caller, site.catalog.declare(caller, submission, given.answer, given.note), lang)


@router.post("/submissions/{submission}/publish", summary="Publish", openapi_extra=may("editor"),
             responses={200: {"model": shapes.SubmissionOut}, **REFUSALS})
def publish(site: TheSite, caller: TheCaller, lang: Language, submission: str,
            given: shapes.EarlyIn | None = None) -> Response:
    """Publish a ready submission as its dataset's next version.

    A ``reason`` is needed where columns change before the day that was announced.
    """
    site.catalog.publish(caller, [submission], reason=given.reason if given else "")
    return _report(site, caller, site.catalog.submission(caller, submission), lang)


