"""The route class of the native API: who asks, who may write, and answers kept under an Idempotency-Key."""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final, Literal

import orjson
from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute
from starlette.responses import Response

from api.deps import SAFE_METHODS, site, visit
from api.dialects.v1.manners import known_names, marked, refuse_unknown
from api.dialects.v1.once import replayed
from api.errors import JSON
from catalog.errors import Invalid, NotAllowed, NotFound, NotKnown, Problem, TooLarge
from standards.portable import said_twice

MAX_BODY: Final = 1_000_000
"""Bytes of a JSON body; files go through the upload door, which streams."""

Who = Literal["anyone", "signed-in", "member", "editor", "reviewer", "admin", "steward", "operator"]
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def may(who: Who) -> dict[str, Any]:
    """``openapi_extra`` of a route: the least role that may call it (of the agency it concerns, or of the site)."""
    return {"x-who": who}


class Door(APIRoute):
    """A route of the native API. Wrong credentials are 401 on every call; a write needs some, whatever it names.

    Only one that is open to all (``x-open``) takes none; one that is ``x-still`` goes on while the site is read-only.
    """

    def get_route_handler(self) -> Handler:
        """Wrap FastAPI's handler with our manners."""
        inner = super().get_route_handler()
        streams = bool((self.openapi_extra or {}).get("x-streams"))
        open_to_all = bool((self.openapi_extra or {}).get("x-open"))
        still = bool((self.openapi_extra or {}).get("x-still"))
        names = known_names(self.dependant, self.openapi_extra or {})

        async def handle(request: Request) -> Response:
            caller, session = await visit(request)
            if request.method not in SAFE_METHODS:
                if not caller.known and not open_to_all:
                    raise NotKnown("credentials-needed")
                if session is not None:
                    _from_our_page(request, session.csrf)
                if not still:
                    await run_in_threadpool(site(request).catalog.refuse_read_only)
            if any(unicodedata.category(sign) == "Cc" for part in request.path_params.values() for sign in str(part)):
                raise NotFound
            refuse_unknown(request, names)
            if request.method in SAFE_METHODS:
                return marked(request, await inner(request))
            if streams:
                return await inner(request)
            await body_within(request, int((self.openapi_extra or {}).get("x-limit", MAX_BODY)))
            await _said_once(request)
            return await (replayed(request, caller, inner) if caller.known else inner(request))

        return handle


def _from_our_page(request: Request, csrf: str) -> None:
    """A session alone writes nothing: its token must come along in ``X-CSRF-Token``."""
    shown = request.headers.get("x-csrf-token", "")
    if not csrf or not hmac.compare_digest(shown.encode(), csrf.encode()):
        raise NotAllowed("csrf")


async def body_within(request: Request, limit: int = MAX_BODY) -> None:
    """Read the whole body and keep it with the request; raises TooLarge as soon as it is larger than the limit."""
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > limit:
        raise TooLarge(limit=limit)
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise TooLarge(limit=limit)
        parts.append(part)
    request._body = b"".join(parts)  # noqa: SLF001 - where Starlette itself keeps a body that was read


async def _said_once(request: Request) -> None:
    """Refuse JSON that says a member twice: whoever checked it may have read the other one."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not kind.startswith("multipart/"):
        said_once(await request.body())


def said_once(body: bytes | str, pointer: str = "#") -> None:
    """Raise Invalid for JSON that says a member twice."""
    if body and (name := said_twice(body)):
        raise Invalid("json-invalid", problems=[Problem(pointer, "said-twice", {"name": name})])


def reply(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """JSON as explicit bytes; never stored by caches unless the headers say otherwise."""
    body = content if isinstance(content, bytes) else orjson.dumps(content, option=JSON)
    return Response(body, status, {"Cache-Control": "no-store", **(headers or {})}, "application/json")


def listing(items: list[Any], total: int | None = None, cursor: str | None = None) -> dict[str, Any]:
    """A list as all of ours are: items, total, next."""
    return {"items": items, "total": len(items) if total is None else total, "next": cursor or None}


def listed(request: Request, content: Mapping[str, Any], **extra: str) -> Response:
    """A list with its ``Link: rel="next"``."""
    cursor = content.get("next")
    headers = dict(extra)
    if cursor:
        headers["Link"] = f'<{_address(request, str(cursor))}>; rel="next"'
    return reply(content, headers=headers)


def _address(request: Request, cursor: str) -> str:
    base = request.app.state.site.url + request.url.path
    return f"{base}?{request.url.include_query_params(cursor=cursor).query}"
