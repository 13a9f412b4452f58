"""Notices on the desk, read and unread; and a new password by a letter, without an operator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from api import deps
from api.dialects.html import forms
from api.dialects.html.refused import PageRoute
from api.dialects.html.view import Reader, TheReader, address, page
from api.messages.notices import sentence
from catalog.errors import Invalid, NotFound
from catalog.members import PASSWORD_LEAST
from catalog.notice import KEPT_DAYS, Notice

router = APIRouter(route_class=PageRoute)
LONGEST = 300
UNKEPT = {"Cache-Control": "no-store"}


@router.get("/desk/notices")
def every(request: Request, reader: TheReader) -> Response:
    """The reader's own notices, newest first."""
    found = deps.site(request).catalog.notices(reader.caller, limit=100)
    return page(request, reader, "notices.html", items=told(reader, found), unread=any(not one.read for one in found),
                kept_days=KEPT_DAYS, noindex=True)


@router.post("/desk/notices/read")
def read(request: Request, reader: TheReader, csrf: Annotated[str, Form()] = "") -> Response:
    """Note that she has read them all."""
    forms.with_token(request, reader, csrf)
    deps.site(request).catalog.read_notices(reader.caller)
    return RedirectResponse("/desk/notices", status_code=303)


def told(reader: Reader, found: Sequence[Notice]) -> list[dict[str, Any]]:
    """Notices with their sentences."""
    return [{"one": one, "said": sentence(one, reader.lang)} for one in found]


@router.get("/forgot-password")
def forgot(request: Request, reader: TheReader) -> Response:
    """The form that asks for a letter."""
    return page(request, reader, "forgot.html", asked=False, noindex=True)


@router.post("/forgot-password")
def ask(request: Request, reader: TheReader, name: Annotated[str, Form()] = "") -> Response:
    """Let a letter go out, if there is anybody of that name; the answer is the same either way."""
    forms.same_origin(request)
    deps.site(request).catalog.ask_reset(name.strip()[:LONGEST])
    return page(request, reader, "forgot.html", asked=True, noindex=True)


@router.get("/new-password")
def choose_form(request: Request, reader: TheReader) -> Response:
    """The form that a letter leads to; a key that is over is told before anything is typed."""
    key = request.query_params.get("key", "")[:LONGEST]
    opens = deps.site(request).catalog.key_opens(key)
    return page(request, reader, "new_password.html", key=key if opens else "", wrong="", least=PASSWORD_LEAST,
                status=200 if opens else 404, noindex=True, headers=UNKEPT)


@router.post("/new-password")
def choose(request: Request, reader: TheReader, key: Annotated[str, Form()] = "",
           password: Annotated[str, Form()] = "") -> Response:
    """Set the password; the key opens nothing any more."""
    forms.same_origin(request)
    wrong, status = "", 422
    try:
        person = deps.site(request).catalog.choose_password(key[:LONGEST], password)
    except Invalid:
        wrong = reader.say("Mật khẩu mới cần ít nhất %(least)s ký tự.", least=PASSWORD_LEAST)
    except NotFound:
        key, status = "", 404
    else:
        return RedirectResponse(address("/sign-in", name=person.name, chosen=1), status_code=303)
    return page(request, reader, "new_password.html", key=key, wrong=wrong, least=PASSWORD_LEAST, status=status,
                noindex=True, headers=UNKEPT)
