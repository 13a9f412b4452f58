"""Manners of every answer: request id, security headers, CORS on reads, an access line, a 500 that tells nothing."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.deps import READ_BY_POST, only_reads
from api.watch.logs import ACCESS as NAME
from api.watch.logs import bound

ACCESS: Final = logging.getLogger(NAME)
FAULTS: Final = logging.getLogger("datamo.faults")
CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
FIXED: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
STRICT_TRANSPORT: Final = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
CORS: Final = (
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        (
            b"Accept-Ranges, Content-Disposition, Content-Length, Content-Range, Dataset-Version, Deprecation, ETag, "
            b"Last-Modified, Link, Location, RateLimit, RateLimit-Policy, Repr-Digest, "
            b"Retry-After, Sunset, X-Request-Id"
        ),
    ),
)
PREFLIGHT: Final = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": (
        "Accept, Accept-Language, Authorization, If-Modified-Since, If-None-Match, If-Range, Range"
    ),
    "Access-Control-Max-Age": "86400",
}
POSTS: Final = PREFLIGHT | {
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": (
        "Accept, Accept-Language, Authorization, Content-Type, Mcp-Method, Mcp-Name, Mcp-Protocol-Version, "
        "Mcp-Session-Id"
    ),
}
REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")

Changed = Callable[[], None]
"""Called before the answer to a write goes out."""

Faulted = Callable[[Request, str], Response]
"""Draws the answer to a bug, given the request and its id."""

Observe = Callable[[str, str, int, float, int], None]
"""Called after each answer with method, route, status, seconds and bytes."""


Used = Callable[[Scope, str, int], None]
"""Called after each answer with the request's scope, its route and the status: what is used is counted."""


class Manners:
    """The outermost room; ``observe`` is told of every answer (counters), ``used`` too."""

    def __init__(self, app: ASGIApp, *, secure: bool, faulted: Faulted, observe: Observe,
                 changed: Changed, used: Used | None = None) -> None:
        self.app = app
        self.fixed = (*FIXED, STRICT_TRANSPORT) if secure else FIXED
        self.faulted = faulted
        self.observe = observe
        self.changed = changed
        self.used = used

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = time.perf_counter()
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        head = scope["method"] == "HEAD"
        polite = _Polite(send, self.fixed, request_id, silent=head,
                         changed=None if only_reads(scope) else self.changed)
        if head:  # every address that can be read answers HEAD; a door that streams looks at this mark
            # a copy: the server keeps its own scope to know that no body follows, else it cuts the connection
            scope = {**scope, "method": "GET"}
            scope["state"]["head"] = True
        with bound(request=request_id):
            await self._pass(scope, receive, polite, begun)

    async def _pass(self, scope: Scope, receive: Receive, polite: _Polite, begun: float) -> None:
        try:
            if scope["method"] == "OPTIONS" and _is_preflight(scope):
                allowed = POSTS if scope["path"] in READ_BY_POST else PREFLIGHT
                await Response(status_code=204, headers=allowed)(scope, receive, polite)
            else:
                await self.app(scope, receive, polite)
        except Exception:
            FAULTS.exception("unexpected fault")
            if polite.status:
                raise
            await self.faulted(Request(scope), polite.request_id)(scope, receive, polite)
        finally:
            self._told(scope, polite, time.perf_counter() - begun)

    def _told(self, scope: Scope, polite: _Polite, seconds: float) -> None:
        """Count the answer and write its line: the route, never the address with keys and query."""
        route = getattr(scope.get("route"), "path", "")
        method = "HEAD" if polite.silent else scope["method"]
        self.observe(method, route, polite.status, seconds, polite.bytes)
        if self.used is not None:
            self.used(scope, route, polite.status)
        if ACCESS.isEnabledFor(logging.INFO):
            ACCESS.info("request", extra={
                "method": method[:16], "route": route or "unknown", "status": polite.status,
                "ms": round(seconds * 1000, 1), "bytes": polite.bytes, "caller": _caller_kind(scope),
            })


class _Polite:
    """``send`` with our headers added to the start of the answer, unless the answer has its own."""

    def __init__(self, send: Send, fixed: tuple[tuple[bytes, bytes], ...], request_id: str, *, silent: bool,
                 changed: Changed | None) -> None:
        self.send = send
        self.fixed = fixed
        self.request_id = request_id
        self.changed = changed
        self.silent = silent
        self.status = 0
        self.bytes = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            if self.changed is not None:
                self.changed()
            headers = message["headers"] = list(message.get("headers", ()))
            there = {name for name, _ in headers}
            headers.extend(self.fixed)
            headers.append((b"x-request-id", self.request_id.encode()))
            if b"content-security-policy" not in there:
                headers.append((b"content-security-policy", CSP.encode()))
            if self.changed is None and b"access-control-allow-origin" not in there:
                headers.extend(CORS)
        else:
            if self.silent:
                message["body"] = b""
            self.bytes += len(message.get("body", b""))
        await self.send(message)


def _request_id(scope: Scope) -> str:
    given = Headers(scope=scope).get("x-request-id", "")
    return given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def _caller_kind(scope: Scope) -> str:
    """Tell how the caller showed who she is, never who: token, session, nobody, or unknown (not asked, or refused)."""
    visit = scope.get("state", {}).get("visit")
    if visit is not None:
        return "nobody" if visit[0].person is None else "session" if visit[1] is not None else "token"
    headers = Headers(scope=scope)
    return "unknown" if "authorization" in headers or "cookie" in headers else "nobody"


def _is_preflight(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return "origin" in headers and "access-control-request-method" in headers


__all__ = ["CSP", "Manners"]
