"""Erasing personal data as two people do it on pages: what would go, the reason, and the second person's decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from api import deps
from api.dialects.html import desk, forms
from api.dialects.html.refused import PageRoute
from api.dialects.html.submissions import DECIDERS, LONGEST_NOTE, WRITERS
from api.dialects.html.view import Reader, TheReader, page
from api.messages import refusals
from catalog.catalog.base import tombstone as tombstone_of
from catalog.erasure import BASIS, Erasure
from catalog.errors import Conflict, Gone, Invalid, NotAllowed, NotFound, NotKnown
from catalog.model import Entry

router = APIRouter(route_class=PageRoute)
SHARING = ("", "include", "keep")
MOST_VERSIONS = 1000
DIGITS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was filled in. ``versions``: none means the whole dataset, where ``what`` says so too."""

    what: str = ""
    versions: tuple[int, ...] = ()
    reason: str = ""
    basis: str = BASIS
    sharing: Any = ""


@router.get("/datasets/{slug}/erase")
def erase_form(request: Request, reader: TheReader, slug: str) -> Response:
    """The form, for those who may ask; ``?version=`` chooses one version."""
    entry = _entry(request, reader, slug)
    chosen = _numbers([request.query_params.get("version", "")])
    return _form(request, reader, entry, Asked(what="versions", versions=chosen))


@router.post("/datasets/{slug}/erase")
def ask(  # noqa: PLR0917 - fields of a form
    request: Request, reader: TheReader, slug: str, csrf: Annotated[str, Form()] = "",
    what: Annotated[str, Form()] = "", version: Annotated[tuple[str, ...], Form()] = (),
    reason: Annotated[str, Form()] = "", basis: Annotated[str, Form()] = BASIS,
    sharing: Annotated[str, Form()] = "", step: Annotated[str, Form()] = "look",
) -> Response:
    """First say what would go; only with ``step=ask``, on the page that says it, ask for it."""
    forms.with_token(request, reader, csrf)
    entry = _entry(request, reader, slug)
    asked = Asked(
        what=what, versions=() if what == "whole" else _numbers(version), reason=reason.strip()[:LONGEST_NOTE],
        basis=basis.strip()[:LONGEST_NOTE] or BASIS, sharing=sharing if sharing in SHARING else "",
    )
    if what != "whole" and not asked.versions:
        return _form(request, reader, entry, asked, wrong=("what", reader.say("Chọn phần cần xóa.")))
    if not asked.reason:
        unsaid = reader.say("Ghi lý do, không nêu giá trị nào trong tệp.")
        return _form(request, reader, entry, asked, wrong=("reason", unsaid))
    catalog = deps.site(request).catalog
    wanted: dict[str, Any] = {"versions": asked.versions, "reason": asked.reason, "basis": asked.basis,
                              "sharing": asked.sharing}
    try:
        if step == "ask":
            one = catalog.ask_erasure(reader.caller, entry.id, **wanted)
            return RedirectResponse(f"/erasures/{one.id}", status_code=303)
        plan = catalog.plan_erasure(reader.caller, entry.id, **wanted)
    except Conflict as refused:
        shared = dict(refused.params) if refused.code == "erasure-shared" else {}
        return _form(request, reader, entry, asked, shared=shared, status=409, wrong=("what", _said(reader, refused)))
    except Invalid as refused:
        said = [refusals.sentence(one.code, one.params or {}, reader.lang, status=422) for one in refused.problems]
        return _form(request, reader, entry, asked, wrong=("reason", " ".join(said) or _said(reader, refused)))
    return _form(request, reader, entry, asked, plan=plan)


@router.get("/erasures/{key}")
def erasure(request: Request, reader: TheReader, key: str) -> Response:
    """One erasure: what goes, who asked, and for whoever may the buttons of the second person."""
    if not reader.caller.known:
        raise NotKnown("credentials-needed")
    return _page(request, reader, deps.site(request).catalog.erasure(reader.caller, key))


@router.post("/erasures/{key}/{act}")
def decide(request: Request, reader: TheReader, key: str, act: str, *, csrf: Annotated[str, Form()] = "") -> Response:
    """Confirm somebody else's request, turn it down or take one's own back; the catalogue says who may."""
    forms.with_token(request, reader, csrf)
    catalog = deps.site(request).catalog
    if act not in ("confirm", "refuse"):
        raise NotFound
    try:
        (catalog.confirm_erasure if act == "confirm" else catalog.refuse_erasure)(reader.caller, key)
    except Conflict as refused:  # the records moved on meanwhile: said on the page that shows how they stand now
        return _page(request, reader, catalog.erasure(reader.caller, key), wrong=_said(reader, refused))
    return RedirectResponse(f"/erasures/{key}", status_code=303)


def _own(reader: Reader, one: Erasure) -> bool:
    return bool(reader.caller.person and one.asked_by == reader.caller.person.name)


def _page(request: Request, reader: Reader, one: Erasure, *, wrong: str = "") -> Response:
    return page(
        request, reader, "erasure.html", status=409 if wrong else 200, one=one, wrong=wrong, own=_own(reader, one),
        decides=desk.may(reader, one.organisation, DECIDERS), others=_others(request, reader, one), noindex=True,
    )


def _form(  # noqa: PLR0917 - what a page shows
    request: Request, reader: Reader, entry: Entry, asked: Asked, plan: Erasure | None = None,
    shared: dict[str, Any] | None = None, wrong: tuple[str, str] | None = None, status: int = 0,
) -> Response:
    every = deps.site(request).catalog.versions(reader.caller, entry.id) if entry.version else ()
    return page(
        request, reader, "erase.html", status=status or (422 if wrong else 200), entry=entry, asked=asked, plan=plan,
        shared=shared or {}, wrong=wrong, versions=[one for one in every if not one.erased][:MOST_VERSIONS],
        others=_others(request, reader, plan) if plan else [], noindex=True,
    )


def _others(request: Request, reader: Reader, one: Erasure) -> list[tuple[str, int]]:
    """Versions of other datasets that go too, by the names that the reader may know."""
    found = deps.site(request).catalog.datasets(reader.caller, [dataset for dataset, _ in one.others])
    names = {entry.id: entry.slug for entry in found}
    return [(names.get(dataset, ""), number) for dataset, number in one.others]


def _said(reader: Reader, refused: Conflict | Invalid) -> str:
    return refusals.sentence(refused.code, refused.params, reader.lang, status=409)


def _entry(request: Request, reader: Reader, slug: str) -> Entry:
    if not reader.caller.known:
        raise NotKnown("credentials-needed")
    entry = deps.site(request).catalog.dataset(reader.caller, slug)
    if not desk.may(reader, entry.organisation, WRITERS):
        raise NotAllowed(act="ask-erasure")
    if entry.erased:
        raise Gone(**tombstone_of(entry))
    return entry


def _numbers(words: tuple[str, ...] | list[str]) -> tuple[int, ...]:
    """The numbers of versions that a form or an address names."""
    good = {int(one) for one in words[:MOST_VERSIONS] if one.isascii() and one.isdecimal() and len(one) < DIGITS}
    return tuple(sorted(good - {0}))
