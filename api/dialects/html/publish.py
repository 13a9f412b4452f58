"""The first step of publishing: for which dataset, and the file; sent, pasted or fetched; then comes its check."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse

from api import deps
from api.dialects.html import desk, forms, kept, shelf
from api.dialects.html.pressed import mark_of, once
from api.dialects.html.refused import PageRoute, problems_said
from api.dialects.html.submissions import WRITERS
from api.dialects.html.upload import TheForm, field, file_of, words_of
from api.dialects.html.view import Reader, TheReader, page
from api.fetched import fetched, name_of
from api.messages import harvests, refusals
from catalog.errors import Conflict, Invalid, NotKnown, Refusal, TooLarge
from catalog.model import Entry, Options, Organisation, Submission
from pipelines.fetch import Unfetched
from pipelines.steps.receive import clean_name, receive, refuse_beside_standard, schema_of, take_over
from pipelines.validation.taken import MOST_BYTES
from standards.record import Dataset

router = APIRouter(route_class=PageRoute)
FIELDS = ("dataset", "organisation", "title", "standard", "sheet", "update", "period", "note", "declaration", "upload",
          "filename", "pasted", "address", "checked", "once")
NEVER_GIVEN = ("declaration", "upload", "filename", "pasted", "address", "once")
MEANT = (*FIELDS, "schema")
FIELD_OF = {"upload": "file", "organization": "organisation", "resource": "file", "kind": "update"}
UPDATES = ("replace", "append", "correct")
ANSWERS = ("none", "contains")
SHORTEST_TITLE = 5
LONGEST_PASTE = 1_000_000
UNFINISHED = ("received", "checking", "blocked", "ready", "failed", "rejected")
MOST_UNFINISHED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the form offers: agencies where the reader may write, and their datasets."""

    agencies: tuple[Organisation, ...]
    entries: tuple[Entry, ...]


@router.get("/publish")
def publish_form(request: Request, reader: TheReader) -> Response:
    """The form, with what the address says already chosen."""
    if not reader.caller.known:
        raise NotKnown("credentials-needed")
    query = request.query_params
    given = {name: query.get(name, "")[:300] for name in FIELDS}
    given |= dict.fromkeys(NEVER_GIVEN, "")  # a link answers for nobody
    return _form(request, reader, given, [])


def _form(request: Request, reader: Reader, given: Mapping[str, str], wrong: list[dict[str, str]]) -> Response:
    offered = choices(request, reader)
    held = _held(request, given)
    if held is not None and not wrong and not given["standard"]:
        given = {**given, "standard": held.options.standard}
    chosen = next((one for one in offered.entries if given["dataset"] and given["dataset"] in (one.slug, one.id)), None)
    return page(
        request, reader, "publish.html", status=422 if wrong else 200, given=given, wrong=wrong, noindex=True,
        bad={one["field"]: one["said"] for one in wrong}, agencies=offered.agencies, entries=offered.entries,
        chosen=chosen, fetches=deps.site(request).fetcher is not None, asking=asking(request, offered),
        standards=shelf.choices(reader), held=held.found.name if held else "",
        once=given["once"] or secrets.token_urlsafe(16),
        limit=deps.site(request).upload_limit, unfinished=unfinished(request, reader, offered),
    )


def unfinished(request: Request, reader: Reader, offered: Choices) -> list[tuple[Submission, Entry]]:
    """What the reader herself has begun and not brought to its end, the newest first."""
    me = reader.caller.person.id if reader.caller.person else ""
    found = {one.id: one for one in offered.entries}
    moving = deps.site(request).catalog.submissions(reader.caller, states=UNFINISHED, limit=desk.MOST)
    newest = desk.newest([one for one in moving if one.by == me and one.dataset in found])
    return [(one, found[one.dataset]) for one in newest[:MOST_UNFINISHED]]


def choices(request: Request, reader: Reader) -> Choices:
    """Agencies and datasets that the reader may upload to."""
    catalog = deps.site(request).catalog
    agencies = tuple(one for one in desk.agencies(catalog, reader)
                     if one.state == "open" and desk.may(reader, one.id, WRITERS))
    entries = tuple(entry for one in agencies for entry in catalog.datasets_of(reader.caller, one.id)
                    if entry.state != "withdrawn" and entry.kind == "dataset")
    return Choices(agencies=agencies, entries=entries)


@router.post("/publish")
def publish(request: Request, reader: TheReader, form: TheForm) -> Response:
    """Take the file; a refusal of the form keeps everything but the file, which no browser gives back."""
    if not reader.caller.known:
        raise NotKnown("credentials-needed")
    forms.with_token(request, reader, field(form, "csrf"))
    given = {name: field(form, name, LONGEST_PASTE if name == "pasted" else 20_000) for name in FIELDS}
    if field(form, "again"):
        return _form(request, reader, given, [])
    wrong = mistakes(reader, given, form, held=bool(_held_name(request, given))) + unanswered(request, reader, given)
    if wrong:
        return _form(request, reader, given, wrong)
    try:
        found = _once(request, reader, given, form)
    except TooLarge:
        raise
    except Unfetched as why:
        return _form(request, reader, given, [{"field": "address", "said": harvests.why(why.code, reader.lang)}])
    except (Invalid, Conflict) as refused:
        given["upload"] = "" if refused.code in ("unknown-upload", "upload-damaged") else given["upload"]
        return _form(request, reader, given, refused_said(reader, refused))
    return RedirectResponse(f"/submissions/{found}?wait=1", status_code=303)


def _once(request: Request, reader: Reader, given: dict[str, str], form: FormData) -> str:
    """Take the file and give the submission's id; the same form pressed twice, also without scripts, makes one."""
    def take() -> str:
        return _taken(request, reader, given, form).id

    if not given["once"]:
        return take()
    upload, person = file_of(form), reader.caller.person
    mark = mark_of(person.id if person else "", given["once"], given, upload.file if upload else None)
    return once(deps.site(request).catalog, mark, take)


def _taken(request: Request, reader: Reader, given: dict[str, str], form: FormData) -> Submission:
    """Draft the dataset if it is new, and take the file for it; a draft once made is the one that is tried again."""
    site, upload = deps.site(request), file_of(form)
    held = None if upload else _held(request, given)
    if upload is None and not given["pasted"] and held is None and given["address"] and site.fetcher:
        with fetched(site.fetcher, given["address"], site.upload_limit) as found:  # nothing there: no draft is made
            asked = _aimed(request, reader, given, form)
            return receive(site.catalog, site.files, reader.caller, given["dataset"], found.stream, found.name, asked,
                           limit=site.upload_limit, media_type=found.media_type)
    asked = _aimed(request, reader, given, form)
    if upload is None and given["pasted"]:
        return receive(site.catalog, site.files, reader.caller, given["dataset"], BytesIO(given["pasted"].encode()),
                       pasted_name(reader, given["pasted"]), asked, limit=site.upload_limit, media_type="text/plain")
    if held is not None:
        with held.file.open("rb") as stream:
            return receive(site.catalog, site.files, reader.caller, given["dataset"], stream, held.found.name,
                           replace(asked, fixes=held.options.fixes, read=held.options.read), limit=site.upload_limit)
    if upload is None:
        return take_over(site.catalog, reader.caller, given["dataset"], given["upload"], asked)
    return receive(
        site.catalog, site.files, reader.caller, given["dataset"], upload.file, upload.filename or "file",
        asked, limit=site.upload_limit, media_type=(upload.content_type or "")[:200],
    )


def _aimed(request: Request, reader: Reader, given: dict[str, str], form: FormData) -> Options:
    """Say how the file is to be taken, and for which dataset: drafted now if it is new. Raises Invalid, NotAllowed."""
    catalog, upload = deps.site(request).catalog, file_of(form)
    asked = replace(options(given), schema=schema_of(words_of(form, "schema", MOST_BYTES)))
    named = given["filename"] or _held_name(request, given) or name_of(given["address"])
    named = upload.filename or "" if upload else named
    given["dataset"] = given["dataset"] or _draft(request, reader, given, named).slug
    refuse_beside_standard(catalog, asked, catalog.may_submit(reader.caller, given["dataset"]))
    return asked


def _held(request: Request, given: Mapping[str, str]) -> kept.Held | None:
    """A file that was checked a while ago without an account; None when none is meant or it is over."""
    return kept.held(kept.room_of(deps.site(request).extras), given["checked"]) if given["checked"] else None


def _held_name(request: Request, given: Mapping[str, str]) -> str:
    """What that file is called."""
    held = _held(request, given)
    return held.found.name if held else ""


def refused_said(reader: Reader, refused: Refusal) -> list[dict[str, str]]:
    """What the catalogue refuses, each at the field that it names, else at the file."""
    said = problems_said(reader, refused) or [
        ("", refusals.sentence(refused.code, refused.params, reader.lang, status=422))]
    return [{"field": FIELD_OF.get(member, member if member in MEANT else "file"), "said": words}
            for member, words in said]


def mistakes(reader: Reader, given: Mapping[str, str], form: FormData, *, held: bool = False) -> list[dict[str, str]]:
    """What is missing, in the order of the form; that a question was not answered is told after it."""
    found: list[dict[str, str]] = []
    if not given["dataset"] and not given["organisation"]:
        found.append({"field": "organisation", "said": reader.say("Chọn cơ quan công bố.")})
    if not given["dataset"] and 0 < len(given["title"]) < SHORTEST_TITLE:
        found.append({"field": "title", "said": reader.say("Tên quá ngắn; nói đây là gì, ở đâu, lúc nào.")})
    if file_of(form) is None and not any(given[name] for name in ("upload", "pasted", "address")):
        if given["checked"] and not held:
            found.append({"field": "file", "said": reader.say("Tệp đã kiểm tra không còn được giữ; hãy chọn lại.")})
        elif not given["checked"]:
            found.append({"field": "file", "said": reader.say("Chưa chọn tệp nào.")})
    if given["update"] in ("append", "correct") and not given["period"]:
        found.append({"field": "period", "said": reader.say("Ghi kỳ của dữ liệu, ví dụ 2025-Q1.")})
    if given["standard"] and given["standard"] not in shelf.standards(reader):
        found.append({"field": "standard", "said": reader.say("Chọn một tiêu chuẩn trong danh sách.")})
    return found


def asking(request: Request, offered: Choices) -> tuple[Organisation, ...]:
    """Those of the agencies that ask of every file whether it holds state secrets or data that may not be opened."""
    catalog = deps.site(request).catalog
    return tuple(one for one in offered.agencies if catalog.asks_declaration(one))


def unanswered(request: Request, reader: Reader, given: Mapping[str, str]) -> list[dict[str, str]]:
    """Say that the agency's question about secrets was not answered."""
    offered = choices(request, reader)
    entry = next((one for one in offered.entries if given["dataset"] in (one.slug, one.id)), None)
    key = entry.organisation if entry else given["organisation"]
    asked = any(key in (one.id, one.slug, one.code) for one in asking(request, offered))
    if not asked or given["declaration"] in ANSWERS:
        return []
    said = reader.say("Trả lời câu hỏi về bí mật nhà nước và dữ liệu không được mở.")
    return [{"field": "declaration", "said": said}]


def _draft(request: Request, reader: Reader, given: Mapping[str, str], file: str) -> Entry:
    """Make the dataset: called as its agency says, else as its file; what it answered last time is filled in."""
    offered = choices(request, reader)
    agency = next((one for one in offered.agencies if given["organisation"] in (one.id, one.slug, one.code)), None)
    last = last_answers(offered, agency.id) if agency else None
    about = Dataset(
        title={reader.lang: given["title"] or title_of(reader, file)}, standard=given["standard"],
        licence=last.licence if last else "", frequency=last.frequency if last else "",
        contact=last.contact if last else None,
    )
    return deps.site(request).catalog.draft(reader.caller, given["organisation"], about)


def last_answers(offered: Choices, agency: str) -> Dataset | None:
    """What the agency said of the dataset that it published last: most of it holds of the next one too."""
    theirs = [one for one in offered.entries if one.organisation == agency and one.state == "published"]
    return max(theirs, key=lambda one: one.modified).about if theirs else None


def title_of(reader: Reader, file: str) -> str:
    """A title made of a file's name, until somebody writes a better one: ``dan_so-2025.csv`` → ``Dan so 2025``."""
    words = " ".join(re.sub(r"[\W_]+", " ", PurePosixPath(clean_name(file)).stem).split()) if file else ""
    if len(words) < SHORTEST_TITLE:
        words = f"{reader.say('Bộ dữ liệu mới')} {words}".strip()
    return words[:1].upper() + words[1:200]


def pasted_name(reader: Reader, pasted: str) -> str:
    """What pasted rows are called as a file: those of a spreadsheet come with tabs between the cells."""
    return reader.say("bảng-dán") + (".tsv" if "\t" in pasted.partition("\n")[0] else ".csv")


def options(given: Mapping[str, str]) -> Options:
    """What was asked for with the file; nothing of it comes out before somebody has seen what will be public."""
    update: Any = given["update"] if given["update"] in UPDATES else "replace"
    return Options(sheet=given["sheet"], standard=given["standard"], update=update, period=given["period"],
                   note=given["note"], declaration=given["declaration"], publish=False,
                   kind="correction" if update == "correct" else "update")
