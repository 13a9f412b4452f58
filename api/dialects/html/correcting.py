"""Correcting a mistake in one form: the corrected file, what was wrong, and the answer to whoever reported it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from api import deps
from api.dialects.html import forms
from api.dialects.html.refused import PageRoute
from api.dialects.html.submissions import WRITERS, may
from api.dialects.html.upload import TheForm, field, file_of
from api.dialects.html.view import Reader, TheReader, page
from api.dialects.html.voices import parts_of
from api.messages import refusals
from catalog.errors import Conflict, Invalid, NotAllowed, NotFound, NotKnown
from catalog.model import Entry, Options, Submission
from catalog.voice import Voice
from pipelines.steps.receive import receive

router = APIRouter(route_class=PageRoute)
FIELDS = ("voice", "resource", "scope", "period", "erratum", "answer", "declaration")
SCOPES = ("all", "period")
FIELD_OF = {"note": "erratum", "upload": "file", "resource": "resource", "period": "period", "answer": "answer"}


@router.get("/datasets/{slug}/correct")
def form(request: Request, reader: TheReader, slug: str) -> Response:
    """The form; ``?voice=`` names the report that it mends."""
    entry = _entry(request, reader, slug)
    given = {name: request.query_params.get(name, "")[:200] for name in FIELDS}
    voice = _voice(request, reader, entry, given["voice"])
    if voice is not None:
        given |= {"resource": given["resource"] or voice.resource}
    return _form(request, reader, entry, voice, given)


def _entry(request: Request, reader: Reader, slug: str) -> Entry:
    """The dataset, for people who may write in it. Raises NotKnown, NotFound, NotAllowed."""
    if not reader.caller.known:
        raise NotKnown("credentials-needed")
    entry = deps.site(request).catalog.dataset(reader.caller, slug)
    if not may(reader, entry, WRITERS):
        raise NotAllowed(act="upload")
    if entry.version is None or entry.state != "published":
        raise NotFound
    return entry


def _voice(request: Request, reader: Reader, entry: Entry, number: str) -> Voice | None:
    """The report that is to be answered, if it is an open one on this dataset."""
    try:
        found = deps.site(request).catalog.voice(reader.caller, number) if number else None
    except NotFound:
        return None
    return found if found and found.dataset == entry.id and found.kind == "mistake" and not found.over else None


def _form(request: Request, reader: Reader, entry: Entry, voice: Voice | None, given: Mapping[str, str], *,
          wrong: Sequence[Mapping[str, str]] = ()) -> Response:
    catalog = deps.site(request).catalog
    owner = catalog.organisation(reader.caller, entry.organisation)
    return page(
        request, reader, "correct.html", status=422 if wrong else 200, entry=entry, voice=voice, given=given,
        wrong=wrong, bad={one["field"]: one["said"] for one in wrong}, noindex=True,
        tables=[one for one in parts_of(request, reader, entry) if one.kind == "table"],
        asks=catalog.asks_declaration(owner), alone=owner.review == "none",
        hidden=bool(voice and voice.held is not None and not voice.lifted),
    )


@router.post("/datasets/{slug}/correct")
def correct(request: Request, reader: TheReader, slug: str, form: TheForm) -> Response:
    """Take the file as a correction and bind the report to it; both go on by themselves from here."""
    entry = _entry(request, reader, slug)
    forms.with_token(request, reader, field(form, "csrf"))
    given = {name: field(form, name) for name in FIELDS}
    voice = _voice(request, reader, entry, given["voice"])
    tables = [one.name for one in parts_of(request, reader, entry) if one.kind == "table"]
    wrong = _missing(reader, given, voice, named=file_of(form) is not None, tables=tables,
                     asks=_asks(request, reader, entry))
    if wrong:
        return _form(request, reader, entry, voice, given, wrong=wrong)
    try:
        one = _taken(request, reader, entry, given, form)
        if voice is not None:
            deps.site(request).catalog.bind_correction(reader.caller, voice.number, one.id, given["answer"])
    except (Invalid, Conflict) as refused:
        return _form(request, reader, entry, voice, given, wrong=_said(reader, refused))
    return RedirectResponse(f"/submissions/{one.id}?wait=1", status_code=303)


def _asks(request: Request, reader: Reader, entry: Entry) -> bool:
    catalog = deps.site(request).catalog
    return catalog.asks_declaration(catalog.organisation(reader.caller, entry.organisation))


def _missing(reader: Reader, given: Mapping[str, str], voice: Voice | None, *, named: bool, tables: Sequence[str],
             asks: bool) -> list[dict[str, str]]:
    """What is missing, in the order of the form."""
    found = [
        ("file", not named, reader.say("Chưa chọn tệp nào.")),
        ("resource", len(tables) > 1 and given["resource"] not in tables, reader.say("Chọn bảng được sửa.")),
        ("period", given["scope"] == "period" and not given["period"],
         reader.say("Ghi kỳ của dữ liệu, ví dụ 2025-Q1.")),
        ("erratum", not given["erratum"], reader.say("Viết một câu: sai ở đâu, đã sửa thành gì.")),
        ("answer", voice is not None and not given["answer"], reader.say("Viết câu trả lời.")),
        ("declaration", asks and given["declaration"] not in ("none", "contains"),
         reader.say("Trả lời câu hỏi về bí mật nhà nước và dữ liệu không được mở.")),
    ]
    return [{"field": name, "said": said} for name, lacks, said in found if lacks]


def _taken(request: Request, reader: Reader, entry: Entry, given: Mapping[str, str], form: Any) -> Submission:
    """Take the file: the whole table anew, or one period of it; published by itself where nothing stands in the way."""
    site, upload = deps.site(request), file_of(form)
    assert upload is not None
    part = given["scope"] == "period"
    asked = Options(
        resource=given["resource"], update="correct" if part else "replace", period=given["period"] if part else "",
        kind="correction", note=given["erratum"], declaration=given["declaration"], publish=True,
    )
    return receive(site.catalog, site.files, reader.caller, entry.id, upload.file, upload.filename or "file", asked,
                   limit=site.upload_limit, media_type=(upload.content_type or "")[:200])


def _said(reader: Reader, refused: Invalid | Conflict) -> list[dict[str, str]]:
    """What the catalogue refuses, each at its field, else at the file."""
    told = [{"field": FIELD_OF.get(one.pointer.removeprefix("#/"), "file"),
             "said": refusals.sentence(one.code, one.params or {}, reader.lang, status=422)}
            for one in refused.problems]
    return told or [{"field": "file", "said": refusals.sentence(refused.code, refused.params, reader.lang, status=409)}]
