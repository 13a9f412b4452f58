"""The native API asked from inside the process: what a tool shows is what the same caller would be shown there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, unquote, urlencode, urlsplit

import orjson
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Message

from api.deps import Site
from api.deps import site as site_of

INNER: Final = "mcp.inner"
MOST: Final = 8_000_000
"""Bytes of an answer that are held; more is refused."""
GOOD: Final = 200
MOVED: Final = 301
SECURE_PORT: Final = 443


class Refused(Exception):
    """The API does not do it: its problem document."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        super().__init__(problem.get("code"))
        self.problem = problem


class Inside:
    """The API as the caller of one request sees it; that request has passed limits, counters and the access line."""

    def __init__(self, request: Request, language: str) -> None:
        self.request = request
        self.language = language

    @property
    def site(self) -> Site:
        """The site that is asked."""
        return site_of(self.request)

    async def get(self, *path: str, **query: Any) -> Any:
        """The JSON at ``/api/v1/…``; empty parameters are left out. Raises Refused.

        A dataset that has moved is followed to its present address.
        """
        asked = urlencode([(name.rstrip("_"), value) for name, value in query.items() if value not in ("", None)])
        where = "/api/v1/" + "/".join(quote(one, safe="") for one in path)
        status, headers, body = await self._ask(where, asked)
        if status == MOVED:
            to = urlsplit(headers[b"location"].decode())
            status, headers, body = await self._ask(to.path, to.query)
        found = orjson.loads(body) if body else {}
        if status != GOOD:
            raise Refused(found if isinstance(found, dict) else {})
        return found

    async def _ask(self, path: str, query: str) -> tuple[int, dict[bytes, bytes], bytes]:
        """Pass one GET through the doors, below the middleware."""
        answer = _Answer()
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
            "path": unquote(path), "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
            "headers": [(b"accept", b"application/json"), (b"accept-language", self.language.encode()),
                        *((name, value) for name, value in self.request.scope["headers"] if name == b"user-agent")],
            "client": self.request.scope.get("client"), "server": ("127.0.0.1", SECURE_PORT), "app": self.request.app,
            "state": {name: self.request.scope["state"].get(name) for name in ("visit", "request_id")},
        }
        await _inner(self.request)(scope, _nothing, answer)
        return answer.status, answer.headers, bytes(answer.body)


class _Answer:
    """``send`` that holds what is said."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[bytes, bytes] = {}
        self.body = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = dict(message.get("headers", ()))
            return
        self.body += message.get("body", b"")
        if len(self.body) > MOST:
            raise Refused({"code": "too-large", "detail": "The answer is too large. Ask for less of it."})


def _inner(request: Request) -> ASGIApp:
    """The doors with their refusals, without the middleware."""
    kept = site_of(request).extras
    if INNER not in kept:
        app = request.app
        kept[INNER] = ExceptionMiddleware(AsyncExitStackMiddleware(app.router), handlers=app.exception_handlers)
    made: ASGIApp = kept[INNER]
    return made


async def _nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}
