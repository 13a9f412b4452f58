"""A person's webhooks: addresses that are told of changes, what was sent there, and what to do when one fails."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from api import deps
from api.dialects.html import forms
from api.dialects.html.refused import PageRoute
from api.dialects.html.view import Reader, TheReader, page
from api.fetched import refuse_unreachable
from api.messages import refusals
from catalog.errors import Conflict, Invalid, NotFound, NotKnown, Refusal
from catalog.webhook import Webhook

router = APIRouter(route_class=PageRoute)
HERE = "/account/webhooks"
LONGEST = 2000
FIELDS = ("url", "scope", "subject", "title")


@router.get(HERE)
def webhooks(request: Request, reader: TheReader, *, scope: str = "site", subject: str = "") -> Response:
    """All of hers, and a form to add one; another page may have filled in what it is about."""
    return _all(request, reader, given={"scope": scope, "subject": subject[:LONGEST]})


def _all(request: Request, reader: Reader, *, given: dict[str, str], field: str = "", wrong: str = "") -> Response:
    if reader.caller.person is None:
        raise NotKnown("credentials-needed")
    return page(
        request, reader, "webhooks.html", status=422 if wrong else 200, field=field, wrong=wrong,
        given={"scope": "site", **dict.fromkeys(("url", "subject", "title"), ""), **given},
        hooks=deps.site(request).catalog.webhooks(reader.caller), noindex=True, headers={"Cache-Control": "no-store"},
    )


@router.post(HERE)
def add(request: Request, reader: TheReader, *, csrf: Annotated[str, Form()] = "", url: Annotated[str, Form()] = "",
        scope: Annotated[str, Form()] = "site", subject: Annotated[str, Form()] = "",
        title: Annotated[str, Form()] = "") -> Response:
    """Make one; this answer alone shows its secret. What is wrong is said in the form."""
    forms.with_token(request, reader, csrf)
    given = {"url": url.strip()[:LONGEST], "scope": scope, "title": title[:LONGEST],
             "subject": "" if scope == "site" else _meant(subject.strip()[:LONGEST])}
    site = deps.site(request)
    try:
        refuse_unreachable(site.fetcher, given["url"])
        made = site.catalog.add_webhook(reader.caller, **given)
    except (Invalid, NotFound, Conflict) as refused:
        field, said = _said(refused, reader)
        return _all(request, reader, given=given, field=field, wrong=said)
    return _one(request, reader, made)


def _meant(subject: str) -> str:
    """Take the address of a page of ours for what it shows: people copy addresses."""
    for mark in ("/datasets?", "/datasets/", "/organizations/"):
        if mark in subject:
            return subject.partition(mark)[2].partition("#")[0].rstrip("/")
    return subject


def _said(refused: Refusal, reader: Reader) -> tuple[str, str]:
    """Give the field and the sentence of what was wrong."""
    for one in refused.problems:
        name = one.pointer.removeprefix("#/")
        return (name if name in FIELDS else "subject",
                refusals.sentence(one.code, one.params or {}, reader.lang, status=422))
    return "subject", refusals.sentence(refused.code, refused.params, reader.lang, status=422)


@router.get(HERE + "/{key}")
def webhook(request: Request, reader: TheReader, key: str) -> Response:
    """How one stands, and the log of what was sent."""
    return _one(request, reader, deps.site(request).catalog.webhook(reader.caller, key))


def _one(request: Request, reader: Reader, hook: Webhook) -> Response:
    sent = deps.site(request).catalog.webhook_deliveries(reader.caller, hook.id, 20)
    return page(request, reader, "webhook.html", hook=hook, sent=sent, secret=hook.secret, noindex=True,
                headers={"Cache-Control": "no-store"})


@router.post(HERE + "/{key}/{act}")
def act(request: Request, reader: TheReader, key: str, act: str, csrf: Annotated[str, Form()] = "") -> Response:
    """Try it, stop it, let it go on, give it a new secret, or remove it."""
    forms.with_token(request, reader, csrf)
    catalog = deps.site(request).catalog
    if act == "secret":
        return _one(request, reader, catalog.rotate_webhook(reader.caller, key))
    if act == "remove":
        catalog.drop_webhook(reader.caller, key)
        return RedirectResponse(HERE, status_code=303)
    if act == "ping":
        catalog.ping_webhook(reader.caller, key)
    elif act in ("stop", "go-on"):
        catalog.amend_webhook(reader.caller, key, active=act == "go-on")
    else:
        raise NotFound
    return RedirectResponse(f"{HERE}/{key}", status_code=303)


@router.post(HERE + "/{key}/deliveries/{delivery}")
def again(request: Request, reader: TheReader, key: str, delivery: str,
          csrf: Annotated[str, Form()] = "") -> Response:
    """Send something once more."""
    forms.with_token(request, reader, csrf)
    deps.site(request).catalog.redeliver(reader.caller, key, delivery)
    return RedirectResponse(f"{HERE}/{key}", status_code=303)
