"""Answers kept under an Idempotency-Key: the same request twice is done once."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Coroutine
from typing import Any, Final

import orjson
from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from api.deps import Site, site
from catalog.catalog import Catalog
from catalog.errors import Conflict, Invalid, Problem
from catalog.model import Caller

HEADER: Final = "idempotency-key"
VALID: Final = re.compile(r"[\x21-\x7e]{1,255}")
BOUNDARY: Final = re.compile(r'boundary="?([^";,\s]+)')
RETRY_SECONDS: Final = 2
ERRORS: Final = 400
KEPT_HEADERS: Final = ("location", "content-type", "cache-control")


def key_of(request: Request) -> str:
    """The Idempotency-Key of a request, "" without one; Invalid when it is not one."""
    given = request.headers.get(HEADER)
    if given is None:
        return ""
    if not VALID.fullmatch(given):
        code = "idempotency-key-invalid"
        raise Invalid(code, problems=[Problem(f"header:{HEADER}", code)])
    return given


class ShownOnce(Response):
    """An answer with a secret in it; ``kept`` is what a replay gives instead."""

    kept: bytes = b""


class Keeper:
    """One key of one caller: held while the first request is under way, kept with its answer afterwards."""

    def __init__(self, running: set[str], catalog: Catalog, caller: Caller, key: str) -> None:
        assert caller.person is not None
        self.running = running
        self.catalog = catalog
        self.key = hashlib.sha256(f"{caller.person.id} {key}".encode()).hexdigest()
        self.mine = False
        self.held = False

    def hold(self) -> tuple[str, Response] | None:
        """Take the key; the fingerprint and the answer kept under it, if it was used. Conflict while it is in use."""
        if self.key in self.running:
            raise Conflict("request-under-way", retry_after=RETRY_SECONDS)
        self.running.add(self.key)
        self.mine = True
        kept = self.catalog.claim_answer(self.key)
        if kept is None:
            self.held = True
            return None
        fingerprint, answer = kept
        if not answer:
            raise Conflict("request-under-way", retry_after=RETRY_SECONDS)
        return fingerprint, _unpack(answer)

    def keep(self, fingerprint: str, response: Response) -> None:
        """Keep a good answer."""
        if response.status_code < ERRORS:
            self.catalog.keep_answer(self.key, fingerprint, _pack(response))
            self.held = False

    def release(self) -> None:
        """Let go of the key; what came to nothing is forgotten, so that the request may be sent again."""
        if self.held:
            self.catalog.drop_answer(self.key)
        if self.mine:
            self.running.discard(self.key)


def keeper(request: Request, caller: Caller) -> Keeper | None:
    """The keeper of this request's key, or None without a key."""
    key = key_of(request)
    here: Site = site(request)
    running: set[str] = here.extras.setdefault("running", set())
    return Keeper(running, here.catalog, caller, key) if key else None


def same(kept: tuple[str, Response], fingerprint: str) -> Response:
    """The kept answer, if the request is the same as the first; Invalid when it is another."""
    if kept[0] != fingerprint:
        raise Invalid("idempotency-key-reused")
    return kept[1]


async def replayed(
    request: Request, caller: Caller, handler: Callable[[Request], Coroutine[Any, Any, Response]]
) -> Response:
    """Do a request whose body is read already, or give the answer that it got before."""
    keep = keeper(request, caller)
    if keep is None:
        return await handler(request)
    members = _members(await request.body(), request.headers.get("content-type", ""))
    fingerprint = fingerprint_of(request.method, request.url.path, request.url.query, members)
    try:
        kept = await run_in_threadpool(keep.hold)
        if kept is not None:
            return same(kept, fingerprint)
        response = await handler(request)
        await run_in_threadpool(keep.keep, fingerprint, response)
        return response
    finally:
        await run_in_threadpool(keep.release)


def fingerprint_of(method: str, path: str, query: str, members: object) -> str:
    """What makes two requests the same: verb, address and members, not the bytes on the wire."""
    text = orjson.dumps([method, path, query, members], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(text).hexdigest()


def _members(body: bytes, media_type: str) -> object:
    """The members of a JSON body; of a form all its bytes but the boundary, which is another each time."""
    found = BOUNDARY.search(media_type)
    if found and media_type.startswith("multipart/"):
        body = body.replace(found[1].encode(), b"")
    try:
        return orjson.loads(body) if body else None
    except orjson.JSONDecodeError:
        return hashlib.sha256(body).hexdigest()


def _pack(response: Response) -> bytes:
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    shown = response.kept if isinstance(response, ShownOnce) else bytes(response.body)
    body = base64.b64encode(shown).decode()
    return orjson.dumps({"status": response.status_code, "headers": headers, "body": body})


def _unpack(answer: bytes) -> Response:
    kept: dict[str, Any] = orjson.loads(answer)
    headers = {**kept["headers"], "Idempotency-Replayed": "true"}
    return Response(base64.b64decode(kept["body"]), kept["status"], headers)
