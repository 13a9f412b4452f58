"""Signing in and out, and how pages are shown: the three forms that set cookies."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from api import deps
from api.dialects.html import forms
from api.dialects.html.refused import PageRoute
from api.dialects.html.view import CONTRASTS, SIZES, TheReader, keep, page
from catalog.errors import NotKnown

router = APIRouter(route_class=PageRoute)
LONGEST = 300


@router.get("/sign-in")
def sign_in_page(request: Request, reader: TheReader) -> Response:
    """The form; whoever is signed in already goes on to her desk."""
    onward = forms.local(request.query_params.get("next", "/desk"))
    if reader.caller.known:
        return RedirectResponse(onward, status_code=303)
    asked = request.query_params
    return page(request, reader, "sign_in.html", onward=onward, name=asked.get("name", "")[:LONGEST], wrong=False,
                kept="", chosen=bool(asked.get("chosen")), noindex=True)


@router.post("/sign-in")
def sign_in(request: Request, reader: TheReader, *, name: Annotated[str, Form()] = "",
            password: Annotated[str, Form()] = "", kept: Annotated[str, Form()] = "",
            next: Annotated[str, Form()] = "/desk") -> Response:  # noqa: A002 - the form's field
    """Take name and password; the answer to a wrong one does not say which of them was wrong.

    ``kept`` is what was typed into a form whose session was over: it is shown, to be sent again or gone on with.
    """
    forms.same_origin(request)
    onward, site = forms.local(next), deps.site(request)
    try:
        session = site.catalog.sign_in(name.strip()[:LONGEST], password[:LONGEST])
    except NotKnown:
        return page(request, reader, "sign_in.html", status=403, onward=onward, name=name[:LONGEST], wrong=True,
                    kept=kept, chosen=False, noindex=True)
    fields = forms.unpacked(kept)
    response: Response = RedirectResponse(onward, status_code=303)
    if fields:
        found = site.catalog.caller_of_session(session.secret)
        signed = replace(reader, caller=found[0], csrf=session.csrf) if found else reader
        response = page(request, signed, "resume.html", onward=onward, fields=fields, csrf=session.csrf,
                        refills=forms.refills(onward), noindex=True)
    # No Expires: the cookie ends with the browser, as shared desks need it; the records end the session by their clock.
    response.set_cookie(deps.SESSION_COOKIE, session.secret, path="/", httponly=True, samesite="lax",
                        secure=site.secure)
    return response


@router.post("/sign-out")
def sign_out(request: Request, reader: TheReader, csrf: Annotated[str, Form()] = "") -> Response:
    """End the session here and in the records."""
    if reader.caller.known:
        forms.with_token(request, reader, csrf)
        deps.site(request).catalog.sign_out(request.cookies.get(deps.SESSION_COOKIE, ""))
    response = RedirectResponse("/", status_code=303)
    response.delete_cookie(deps.SESSION_COOKIE, path="/")
    return response


@router.post("/display")
def display(request: Request, size: Annotated[str, Form()] = "", contrast: Annotated[str, Form()] = "",
            next: Annotated[str, Form()] = "/") -> Response:  # noqa: A002 - the contract's name
    """Letter size and contrast, kept for a year; then back to the page."""
    forms.same_origin(request)
    response = RedirectResponse(forms.local(next), status_code=303)
    if size in SIZES:
        keep(request, response, "size", size)
    if contrast in CONTRASTS:
        keep(request, response, "contrast", contrast)
    return response
