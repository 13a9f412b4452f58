"""How often one caller may ask, by token where one is shown, else by address; all processes count, headers tell."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.deps import best_language, credential, only_reads
from api.errors import answer
from api.middleware.counters import Counters
from catalog.errors import TooMany

READS: Final = RateLimitItemPerMinute(1200)
WRITES: Final = RateLimitItemPerMinute(120)
FAILED: Final = RateLimitItemPerMinute(30)
"""Wrong credentials from one address: whoever guesses tokens or passwords is slowed down."""

UNLIMITED: Final = ("/healthz", "/readyz", "/metrics", "/static/")
UNKNOWN: Final = 401
UNKNOWN_TOKENS: Final = "unknown tokens"
"""Where a wrong token is nobody (CKAN's way), showing another one each time must not begin to count anew."""


class Limits:
    """Asks the counters before the doors are asked. A principal is the hash of the token shown, else the address.

    ``shared`` is the file in which the web processes of this machine count together.
    """

    def __init__(self, app: ASGIApp, *, language: str, shared: Path | None = None) -> None:
        self.app = app
        self.language = language
        self.counter = SlidingWindowCounterRateLimiter(Counters(shared))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(UNLIMITED):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        address = (scope.get("client") or ("",))[0]
        name, item = ("reads", READS) if only_reads(scope) else ("writes", WRITES)
        token = credential(headers)
        principal = _principal(token, address)
        shut = not self.counter.test(FAILED, "failed", address) or (
            token and not self.counter.test(item, UNKNOWN_TOKENS, address))
        if shut or not self.counter.hit(item, name, principal):
            refusal = TooMany(retry_after=self._wait(item, name, principal))
            response = answer(refusal, best_language(headers.get("accept-language", ""), self.language))
            response.headers.update(self._told(item, name, principal))
            await response(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        await self.app(scope, receive, self._noting(send, item, name, principal, address, state if token else {}))

    def _noting(  # noqa: PLR0917 - who it is, in order
        self, send: Send, item: RateLimitItem, name: str, principal: str, address: str, state: Mapping[str, Any]
    ) -> Send:
        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                if message["status"] == UNKNOWN:
                    self.counter.hit(FAILED, "failed", address)
                elif (visit := state.get("visit")) is not None and not visit[0].known:
                    self.counter.hit(item, UNKNOWN_TOKENS, address)
                told = self._told(item, name, principal)
                headers = [(key.lower().encode(), value.encode()) for key, value in told.items()]
                message["headers"] = [*message.get("headers", ()), *headers]
            await send(message)

        return noting

    def _told(self, item: RateLimitItem, name: str, principal: str) -> dict[str, str]:
        """The headers of the IETF draft: what the policy is, and what is left of it."""
        left = self.counter.get_window_stats(item, name, principal)
        seconds = max(0 if left.remaining else 1, round(left.reset_time - time.time()))  # as Retry-After says
        return {
            "RateLimit-Policy": f'"{name}";q={item.amount};w={item.get_expiry()}',
            "RateLimit": f'"{name}";r={left.remaining};t={seconds}',
        }

    def _wait(self, item: RateLimitItem, name: str, principal: str) -> int:
        return max(1, round(self.counter.get_window_stats(item, name, principal).reset_time - time.time()))


def _principal(token: str, address: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()[:32] if token else address
