"""Webhooks: addresses that are told of changes, by the people who keep them; each secret is shown once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query
from starlette.responses import Response

from api.deps import TheCaller, TheSite
from api.dialects.v1 import shapes
from api.dialects.v1.datasets import REFUSALS
from api.dialects.v1.door import Door, listing, may, reply
from api.dialects.v1.once import ShownOnce
from api.dialects.v1.words import stamp
from api.fetched import refuse_unreachable
from catalog.errors import NotKnown
from catalog.webhook import Attempt, Delivery, Webhook

router = APIRouter(prefix="/api/v1/webhooks", tags=["webhooks"], route_class=Door)
JSON: Mapping[int | str, dict[str, Any]] = {200: {"content": {"application/json": {}}}, **REFUSALS}


@router.get("", summary="Webhooks", openapi_extra=may("signed-in"),
            responses={200: {"model": shapes.ListOut}, **REFUSALS})
def many(site: TheSite, caller: TheCaller, user: str = "") -> Response:
    """The caller's own, or for an operator those of ``?user=``; never their secrets."""
    if not caller.known:
        raise NotKnown("credentials-needed")
    return reply(listing([_hook(one) for one in site.catalog.webhooks(caller, user)]))


@router.post("", status_code=201, summary="Add a webhook", openapi_extra=may("signed-in"),
             responses={201: {"content": {"application/json": {}}}, **REFUSALS})
def add(site: TheSite, caller: TheCaller, given: shapes.WebhookIn) -> Response:
    """It is told of what changes from now on. The secret is in this answer and never shown again."""
    refuse_unreachable(site.fetcher, given.url)
    made = site.catalog.add_webhook(caller, url=given.url, scope=given.scope, subject=given.subject, title=given.title)
    return _with_secret(made, 201, f"{site.url}/api/v1/webhooks/{made.id}")


@router.get("/{webhook}", summary="One webhook", openapi_extra=may("signed-in"), responses=dict(JSON))
def one(site: TheSite, caller: TheCaller, webhook: str) -> Response:
    """How it stands: since when it fails, when it is tried next, why it was disabled."""
    return reply(_hook(site.catalog.webhook(caller, webhook)))


@router.patch("/{webhook}", summary="Change a webhook", openapi_extra=may("signed-in"), responses=dict(JSON))
def amend(site: TheSite, caller: TheCaller, webhook: str, given: shapes.WebhookPatch) -> Response:
    """Address, title, or stopped and let go on: then it is told of all that it missed."""
    if given.url is not None:
        refuse_unreachable(site.fetcher, given.url)
    active = None if given.state is None else given.state == "active"
    return reply(_hook(site.catalog.amend_webhook(caller, webhook, url=given.url, title=given.title, active=active)))


@router.delete("/{webhook}", status_code=204, summary="Remove a webhook", openapi_extra=may("signed-in"),
               responses=REFUSALS)
def drop(site: TheSite, caller: TheCaller, webhook: str) -> Response:
    """With the log of what was sent."""
    site.catalog.drop_webhook(caller, webhook)
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


@router.post("/{webhook}/secret", summary="Give a new secret", openapi_extra=may("signed-in"), responses=dict(JSON))
def rotate(site: TheSite, caller: TheCaller, webhook: str) -> Response:
    """In this answer alone. For a day deliveries are signed with both, so that a receiver can change in peace."""
    return _with_secret(site.catalog.rotate_webhook(caller, webhook), 200)


@router.post("/{webhook}/ping", status_code=202, summary="Send a ping", openapi_extra=may("signed-in"),
             responses={202: {"content": {"application/json": {}}}, **REFUSALS})
def ping(site: TheSite, caller: TheCaller, webhook: str) -> Response:
    """One delivery of the type ``webhook.ping``, tried once; its log says what came of it."""
    return reply(_delivery(site.catalog.ping_webhook(caller, webhook)), 202)


@router.get("/{webhook}/deliveries", summary="What was sent", openapi_extra=may("signed-in"),
            responses={200: {"model": shapes.ListOut}, **REFUSALS})
def deliveries(site: TheSite, caller: TheCaller, webhook: str,
               limit: Annotated[int, Query(ge=1, le=100)] = 50) -> Response:
    """Newest first, the last hundred: each with its attempts, their status, time and first letters of the answer."""
    return reply(listing([_delivery(each) for each in site.catalog.webhook_deliveries(caller, webhook, limit)]))


@router.post("/{webhook}/deliveries/{delivery}/redeliver", status_code=202, summary="Send something again",
             openapi_extra=may("signed-in"), responses={202: {"content": {"application/json": {}}}, **REFUSALS})
def redeliver(site: TheSite, caller: TheCaller, webhook: str, delivery: str) -> Response:
    """Under the id it had, once; with what may be seen of its datasets now."""
    return reply(_delivery(site.catalog.redeliver(caller, webhook, delivery)), 202)


def _with_secret(made: Webhook, status: int, location: str = "") -> Response:
    headers = {"Cache-Control": "no-store", **({"Location": location} if location else {})}
    response = ShownOnce(orjson.dumps({**_hook(made), "secret": made.secret}), status, headers, "application/json")
    response.kept = orjson.dumps({**_hook(made), "secret": None})
    return response


def _hook(one: Webhook) -> dict[str, Any]:
    return {
        "id": one.id, "url": one.url, "title": one.title, "scope": one.scope, "subject": one.subject or None,
        "state": one.state, "reason": one.reason or None, "created": stamp(one.created), "sequence": one.position,
        "failing_since": stamp(one.failing_since), "next": stamp(one.due) if one.state == "active" else None,
    }


def _delivery(one: Delivery) -> dict[str, Any]:
    return {
        "id": one.id, "kind": one.kind, "state": one.state, "tries": one.tries, "created": stamp(one.created),
        "changes": one.changes, "attempts": [_attempt(each) for each in one.attempts],
    }


def _attempt(one: Attempt) -> dict[str, Any]:
    return {"at": stamp(one.at), "status": one.status, "error": one.error or None, "answer": one.answer,
            "milliseconds": one.milliseconds}
