"""Voices on pages: asking for data, questions, mistakes, without an account; following one; agencies' answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from api import deps
from api.dialects.html import forms
from api.dialects.html.refused import PageRoute
from api.dialects.html.view import Reader, TheReader, page
from api.messages import refusals
from api.messages.voices import KIND, OUTCOME, STATE
from catalog.errors import Conflict, Invalid, NotFound
from catalog.model import Entry, Organisation, Resource
from catalog.permit import may
from catalog.voice import DAYS, KEPT_DAYS, OUTCOMES, PLACE_LIMIT, TITLE_LIMIT, WORDS_LIMIT, Voice

router = APIRouter(route_class=PageRoute)
PAGE = 20
LONGEST = 100
Words = Annotated[str, Form(max_length=20 * WORDS_LIMIT)]
"""Far beyond what is taken: what is too long is said at its field, and what was typed stays."""

Short = Words
WORDS: dict[str, Any] = {"kinds": KIND, "states": STATE, "outcomes": OUTCOME, "days": DAYS,
                         "kept_days": KEPT_DAYS}


@router.get("/requests")
def requests(request: Request, reader: TheReader) -> Response:
    """What readers asked for, with the agencies' answers, newest first."""
    return _list(request, reader, "request", None)


def _spoken_of(request: Request, reader: Reader, slug: str) -> Entry:
    """Find the dataset that is spoken of; raises NotFound, and Gone for one that was withdrawn."""
    catalog = deps.site(request).catalog
    catalog.tombstone(reader.caller, slug)
    return catalog.dataset(reader.caller, slug)


@router.get("/datasets/{slug}/voices")
def of_dataset(request: Request, reader: TheReader, slug: str) -> Response:
    """Questions on a dataset and mistakes that were reported, with answers."""
    return _list(request, reader, "", _spoken_of(request, reader, slug))


def _list(request: Request, reader: Reader, kind: str, entry: Entry | None) -> Response:
    catalog = deps.site(request).catalog
    asked = request.query_params.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdecimal() and 0 < len(asked) < len("10000") else 1
    number = max(1, number)
    found, total = catalog.voices(reader.caller, kind=kind, dataset=entry.id if entry else "", limit=PAGE,
                                  offset=(number - 1) * PAGE)
    return page(request, reader, "voices.html", kind=kind, entry=entry, voices=_told(request, reader, found),
                total=total, number=number, more=number * PAGE < total, **WORDS)


@router.get("/voices")
def follow(request: Request, reader: TheReader) -> Response:
    """The form that leads from a reference number to what became of it."""
    number = request.query_params.get("number", "").strip()[:LONGEST]
    try:
        found = deps.site(request).catalog.voice(reader.caller, number) if number else None
    except NotFound:
        found = None
    if found is not None:
        return RedirectResponse(f"/voices/{found.number}", status_code=303)
    return page(request, reader, "voice_find.html", asked=number, status=404 if number else 200, noindex=True)


@router.get("/voices/{number}")
def voice(request: Request, reader: TheReader, number: str) -> Response:
    """One voice: who owes the answer, until when, and the answer; its agency's people find their forms here."""
    return _voice(request, reader, deps.site(request).catalog.voice(reader.caller, number))


def _voice(request: Request, reader: Reader, one: Voice, *, wrong: str = "", field: str = "",
           given: dict[str, str] | None = None) -> Response:
    told = _told(request, reader, [one])[0]
    answers = may(reader.caller, "answer-voices", organisation=one.organisation)
    return page(
        request, reader, "voice.html", status=422 if wrong else 200, one=one, told=told, wrong=wrong, field=field,
        answers=answers, lifts=may(reader.caller, "lift-hold", organisation=one.organisation),
        agencies=_agencies(request, reader) if answers and not one.dataset else [], given=given or {},
        choices=OUTCOMES[one.kind], new=request.query_params.get("new") == "1", noindex=True, **WORDS,
        headers={"Cache-Control": "no-store"},
    )


# -- speaking ------------------------------------------------------------------------------------------------------
@router.get("/requests/new")
def ask_form(request: Request, reader: TheReader) -> Response:
    """The form that asks for data; words of a search may come along."""
    given = {"title": request.query_params.get("q", "")[:TITLE_LIMIT]}
    return _form(request, reader, "request", None, given)


@router.get("/datasets/{slug}/ask")
def question_form(request: Request, reader: TheReader, slug: str) -> Response:
    """The form for a question."""
    return _form(request, reader, "question", _spoken_of(request, reader, slug), {})


@router.get("/datasets/{slug}/report")
def report_form(request: Request, reader: TheReader, slug: str) -> Response:
    """The form for a mistake; ``?resource=`` and ``?place=`` say where."""
    given = {name: request.query_params.get(name, "")[:PLACE_LIMIT] for name in ("resource", "place")}
    return _form(request, reader, "mistake", _spoken_of(request, reader, slug), given)


def _form(request: Request, reader: Reader, kind: str, entry: Entry | None, given: dict[str, str], *,
          wrong: Sequence[dict[str, str]] = ()) -> Response:
    return page(
        request, reader, "voice_form.html", status=422 if wrong else 200, kind=kind, entry=entry, given=given,
        wrong=wrong, bad={one["field"]: one["said"] for one in wrong},
        agencies=_agencies(request, reader) if kind == "request" else [], parts=parts_of(request, reader, entry),
        noindex=kind != "request", **WORDS,
    )


@router.post("/requests/new")
def ask(request: Request, reader: TheReader, *, csrf: Short = "", title: Short = "", text: Words = "",
        organisation: Short = "", contact: Short = "") -> Response:
    """Send a request."""
    return _speak(request, reader, "request", None, csrf,
                  given={"title": title, "text": text, "organisation": organisation, "contact": contact})


@router.post("/datasets/{slug}/ask")
def question(request: Request, reader: TheReader, slug: str, *, csrf: Short = "", text: Words = "",
             contact: Short = "") -> Response:
    """Send a question."""
    entry = _spoken_of(request, reader, slug)
    return _speak(request, reader, "question", entry, csrf, given={"text": text, "contact": contact})


@router.post("/datasets/{slug}/report")
def report(request: Request, reader: TheReader, slug: str, *, csrf: Short = "", text: Words = "", place: Short = "",
           resource: Short = "", personal: Short = "", contact: Short = "") -> Response:
    """Send a report; personal data is hidden before the answer comes."""
    entry = _spoken_of(request, reader, slug)
    return _speak(request, reader, "mistake", entry, csrf, given={
        "text": text, "place": place, "resource": resource, "contact": contact, "personal": personal})


def _speak(request: Request, reader: Reader, kind: str, entry: Entry | None, csrf: str, *,
           given: dict[str, str]) -> Response:
    """Let somebody speak; what was typed stays in the form when something is missing."""
    _ours(request, reader, csrf)
    catalog = deps.site(request).catalog
    wanted: dict[str, Any] = {**given, "personal": given.get("personal") == "yes"}
    try:
        made = catalog.speak(
            reader.caller, kind, dataset=entry.id if entry else "", language=reader.lang,
            mark=catalog.voice_mark(request.client.host if request.client else ""), **wanted)
    except (Invalid, NotFound) as refused:
        return _form(request, reader, kind, entry, given, wrong=_wrong(reader, refused))
    return RedirectResponse(f"/voices/{made.number}?new=1", status_code=303)


def _ours(request: Request, reader: Reader, csrf: str) -> None:
    """Refuse a form of another site; whoever is signed in shows her session's token too."""
    if reader.caller.known:
        forms.with_token(request, reader, csrf)
    else:
        forms.same_origin(request)


def _wrong(reader: Reader, refused: Invalid | NotFound) -> list[dict[str, str]]:
    pointer = refused.params.get("pointer")
    if isinstance(refused, NotFound):
        return [{"field": str(pointer or "#/text")[2:], "said": reader.say("Không có mục này nữa. Chọn lại.")}]
    return [{"field": one.pointer[2:], "said": _missing(reader, one.pointer) if one.code == "required"
             else refusals.sentence(one.code, one.params or {}, reader.lang, status=422)} for one in refused.problems]


def _missing(reader: Reader, pointer: str) -> str:
    said = {
        "#/title": "Ghi tên dữ liệu bạn cần.", "#/text": "Viết một câu.", "#/place": "Ghi cột, dòng hoặc chỗ bạn thấy.",
        "#/answer": "Viết câu trả lời.", "#/reason": "Ghi lý do.",
    }
    return reader.say(said.get(pointer, "Chọn một mục."))


# -- what agencies do ----------------------------------------------------------------------------------------------
@router.post("/voices/{number}/support")
def support(request: Request, reader: TheReader, number: str, csrf: Short = "") -> Response:
    """Count one more who wants the same."""
    _ours(request, reader, csrf)
    catalog = deps.site(request).catalog
    one = catalog.support_voice(
        reader.caller, number, catalog.voice_mark(request.client.host if request.client else ""))
    return RedirectResponse(f"/voices/{one.number}", status_code=303)


@router.post("/voices/{number}/{act}")
def act_on(request: Request, reader: TheReader, number: str, act: str, *, csrf: Short = "", text: Words = "",
           title: Short = "", answer: Words = "", outcome: Short = "", reason: Words = "",
           organisation: Short = "") -> Response:
    """Moderate, answer, refuse, show again or hand on; the catalogue says who may."""
    forms.with_token(request, reader, csrf)
    catalog, caller = deps.site(request).catalog, reader.caller
    one = catalog.voice(caller, number)
    acts = {
        "show": lambda: catalog.moderate(caller, number, public=True, text=text, title=title or one.title),
        "hide": lambda: catalog.moderate(caller, number, public=False),
        "answer": lambda: catalog.answer_voice(caller, number, answer=answer, outcome=outcome),
        "refuse": lambda: catalog.refuse_voice(caller, number, reason=reason),
        "lift": lambda: catalog.lift_hold(caller, number, reason=reason),
        "assign": lambda: catalog.assign_voice(caller, number, organisation),
    }
    if act not in acts:
        raise NotFound
    given = {"text": text, "answer": answer, "outcome": outcome, f"{act}-reason": reason}
    try:
        acts[act]()
    except Invalid as refused:
        first = _wrong(reader, refused)[0]
        field = f"{act}-reason" if first["field"] == "reason" else first["field"]
        return _voice(request, reader, one, wrong=first["said"], field=field, given=given)
    except Conflict as refused:
        said = refusals.sentence(refused.code, refused.params, reader.lang, status=409)
        return _voice(request, reader, one, wrong=said, field="h", given=given)
    return RedirectResponse(f"/voices/{number}", status_code=303)


# -- what pages show of it -----------------------------------------------------------------------------------------
def _told(request: Request, reader: Reader, voices: Sequence[Voice]) -> list[dict[str, Any]]:
    catalog = deps.site(request).catalog
    entries = {one.id: one for one in catalog.datasets(reader.caller, [one.dataset for one in voices if one.dataset])}
    owners = {key: _agency(request, reader, key) for key in {one.organisation for one in voices}}
    return [{"one": one, "entry": entries.get(one.dataset), "agency": owners[one.organisation]} for one in voices]


def _agency(request: Request, reader: Reader, key: str) -> Organisation | None:
    try:
        return deps.site(request).catalog.organisation(reader.caller, key) if key else None
    except NotFound:
        return None


def _agencies(request: Request, reader: Reader) -> list[Organisation]:
    every = deps.site(request).catalog.organisations(reader.caller)
    return sorted((one for one in every if one.state == "open"), key=lambda one: one.slug)


def parts_of(request: Request, reader: Reader, entry: Entry | None) -> list[Resource]:
    """The parts of the newest version that the reader may see."""
    if entry is None or entry.version is None:
        return []
    version = deps.site(request).catalog.latest(reader.caller, entry.id)[1]
    return list(version.resources) if version else []



