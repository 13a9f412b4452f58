"""A person's own account: her tokens for programs, each shown once; and a new password."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from api import deps
from api.dialects.html import forms
from api.dialects.html.refused import PageRoute
from api.dialects.html.view import Reader, TheReader, page
from api.middleware.limits import READS, WRITES
from catalog.errors import Invalid, NotKnown
from catalog.members import PASSWORD_LEAST
from catalog.model import Person

router = APIRouter(route_class=PageRoute)
LASTS = {"30": 30, "90": 90, "365": 365}
LONGEST = 300


@router.get("/account")
def account(request: Request, reader: TheReader) -> Response:
    """Her tokens without their secrets, and the forms."""
    return _page(request, reader, _person(reader))


def _person(reader: Reader) -> Person:
    if reader.caller.person is None:
        raise NotKnown("credentials-needed")
    return reader.caller.person


def _page(request: Request, reader: Reader, person: Person, *, secret: str = "", wrong: str = "") -> Response:
    site = deps.site(request)
    tokens = site.catalog.tokens(reader.caller)
    return page(
        request, reader, "account.html", status=422 if wrong else 200, person=person, secret=secret, wrong=wrong,
        tokens=sorted(tokens, key=lambda one: one.created, reverse=True), lasts=LASTS, least=PASSWORD_LEAST,
        limits={"reads": READS.amount, "writes": WRITES.amount} if site.extras.get("rate_limits") else None,
        noindex=True, headers={"Cache-Control": "no-store"},
    )


@router.post("/account/tokens")
def add_token(request: Request, reader: TheReader, *, csrf: Annotated[str, Form()] = "",
              name: Annotated[str, Form()] = "", days: Annotated[str, Form()] = "") -> Response:
    """Make a token; this answer alone shows its secret."""
    person = _person(reader)
    forms.with_token(request, reader, csrf)
    lasts = timedelta(days=LASTS.get(days, LASTS["90"]))
    made = deps.site(request).catalog.add_token(reader.caller, person.id, name=name.strip()[:LONGEST], expires=lasts)
    return _page(request, reader, person, secret=made.secret)


@router.post("/account/tokens/{key}/revoke")
def drop_token(request: Request, reader: TheReader, key: str, csrf: Annotated[str, Form()] = "") -> Response:
    """End one of her tokens at once."""
    _person(reader)
    forms.with_token(request, reader, csrf)
    deps.site(request).catalog.drop_token(reader.caller, key)
    return RedirectResponse("/account", status_code=303)


@router.post("/account/password")
def new_password(request: Request, reader: TheReader, *, csrf: Annotated[str, Form()] = "",
                 old: Annotated[str, Form()] = "", password: Annotated[str, Form()] = "") -> Response:
    """Change the password, given the one that holds; every session ends, this one too."""
    person = _person(reader)
    forms.with_token(request, reader, csrf)
    catalog = deps.site(request).catalog
    try:
        catalog.sign_out(catalog.sign_in(person.name, old[:LONGEST]).secret)
    except NotKnown:
        return _page(request, reader, person, wrong=reader.say("Mật khẩu đang dùng chưa đúng."))
    try:
        catalog.amend_person(reader.caller, person.id, password=password)
    except Invalid:
        return _page(request, reader, person,
                     wrong=reader.say("Mật khẩu mới cần ít nhất %(least)s ký tự.", least=PASSWORD_LEAST))
    response = RedirectResponse("/sign-in?next=/account", status_code=303)
    response.delete_cookie(deps.SESSION_COOKIE, path="/")
    return response


@router.post("/account/letters")
def letters(request: Request, reader: TheReader, *, csrf: Annotated[str, Form()] = "",
            email: Annotated[str, Form()] = "", language: Annotated[str, Form()] = "") -> Response:
    """Say where her letters go, and in which language."""
    person = _person(reader)
    forms.with_token(request, reader, csrf)
    try:
        deps.site(request).catalog.amend_person(
            reader.caller, person.id, email=email.strip()[:LONGEST], language=language)
    except Invalid:
        return _page(request, reader, person, wrong=reader.say("Địa chỉ thư điện tử chưa đúng."))
    return RedirectResponse("/account", status_code=303)
