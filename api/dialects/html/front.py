"""The front of the pages: what was drawn for everybody is given again at once, while nothing was written."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Receive, Scope, Send

from api import deps
from catalog.errors import Refusal

PULSE: Final = 0.05
"""Seconds between two looks at the records: a change that another process made is seen so much later at most."""

LASTS: Final = 10.0
"""Seconds for which a page is given again: what a page shows and takes no number (today's date) is seen then."""

MOST: Final = 4096
ROOM: Final = 32_000_000
"""Pages, and their bytes, that one process keeps here."""

Mark = tuple[int, int, int]
"""The newest change, the newest row of the audit chain, how far search has followed."""

Key = tuple[str, bytes, str, str, str, bool]
"""Path, query, language, letter size, contrast, and whether the answer is packed."""


@dataclass(frozen=True, slots=True)
class Held:
    """A page with the answer that it has not changed, its route, and until when it may be given."""

    page: Response
    same: Response
    etag: str
    route: Any
    until: float


class Front:
    """Whole pages as anybody sees them, by address and display.

    They hold while neither the change sequence nor the audit chain grows nor search follows. That is looked up every
    ``pulse`` seconds, and at once after a write of this process.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, pulse: float = PULSE) -> None:
        self._clock, self._pulse, self._lock = clock, pulse, threading.Lock()
        self._held: OrderedDict[Key, Held] = OrderedDict()
        self._room = ROOM
        self.seen: Mark = (-1, -1, -1)
        self._fresh_until = 0.0
        self._sure = False
        self._doubts = 0

    def at_hand(self, key: Key) -> Held | None:
        """Give a page without a look, if it may be; one caller in PULSE seconds is sent to look."""
        now = self._clock()
        if not self._sure:
            return None
        if now >= self._fresh_until:
            self._fresh_until = now + self._pulse
            return None
        return self.held(key)

    def held(self, key: Key) -> Held | None:
        """Give a page, right after a look."""
        found = self._held.get(key)
        return found if found is not None and self._clock() < found.until else None

    def look(self, site: deps.Site) -> Mark:
        """Forget everything if something was written; gives the mark under which to remember. Raises Refusal."""
        doubts = self._doubts
        last = site.catalog.last_deeds()
        with self._lock:
            if last != self.seen:
                self._forget()
                self.seen = last
                site.extras.pop("html.maintenance", None)
            if doubts == self._doubts:
                self._sure, self._fresh_until = True, self._clock() + self._pulse
        return last

    def doubt(self) -> None:
        """Something may have been written: look before anything is given again."""
        with self._lock:
            self._doubts += 1
            self._sure = False

    def remember(self, key: Key, mark: Mark, route: Any, page: Response) -> None:
        """Keep a page that was begun under a mark, unless something was written meanwhile."""
        held = Held(page, same(page), page.headers["ETag"], route, self._clock() + LASTS)
        with self._lock:
            if mark != self.seen or len(page.body) > ROOM // 8:
                return
            self._drop(key)
            self._held[key] = held
            self._room -= len(page.body)
            while self._room < 0 or len(self._held) > MOST:
                self._drop(next(iter(self._held)))

    def _drop(self, key: Key) -> None:
        gone = self._held.pop(key, None)
        self._room += len(gone.page.body) if gone else 0

    def _forget(self) -> None:
        self._held.clear()
        self._room = ROOM


TOLD: Final = ("ETag", "Vary", "Cache-Control", "Content-Language")
"""What an answer without a body says of the page (RFC 9110 §15.4.5)."""


def front_of(site: deps.Site) -> Front:
    """The site's pages at hand."""
    kept: Front | None = site.extras.get("html.front")
    if kept is None:
        pulse = 0.0 if site.environment == "test" else PULSE  # tests write behind the doors, and look at once
        kept = site.extras.setdefault("html.front", Front(pulse=pulse))
    return kept


def doubt(site: deps.Site) -> None:
    """Say that something may have been written."""
    front_of(site).doubt()


def mark_of(request: Request) -> Mark:
    """How far the site and its search had come when this request began. Raises Refusal."""
    begun: tuple[Key, Mark] | None = getattr(request.state, "front", None)
    return begun[1] if begun else deps.site(request).catalog.last_deeds()


def remember(request: Request, page: Response) -> None:
    """Give a page that anybody may see to whoever asks the same next."""
    begun: tuple[Key, Mark] | None = getattr(request.state, "front", None)
    if begun is not None:
        front_of(deps.site(request)).remember(*begun, request.scope.get("route"), page)


def same(page: Response) -> Response:
    """The answer to a browser that has the page."""
    return Response(status_code=304, headers={name: page.headers[name] for name in TOLD if name in page.headers})


def unchanged(request: Request, page: Response) -> bool:
    """Whether the browser has this page (If-None-Match; RFC 9110 §13.1.2)."""
    return page.headers.get("ETag", "-") in request.headers.get("if-none-match", "")


class Straight:
    """Gives pages at hand before hundreds of routes are looked through; everything else goes on to the doors."""

    def __init__(self, app: ASGIApp, *, site: deps.Site) -> None:
        self.app, self.site, self.front = app, site, front_of(site)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = key_of(scope)
        if key is None:
            await self.app(scope, receive, send)
            return
        found = self.front.at_hand(key)
        if found is None:
            try:
                mark = await run_in_threadpool(self.front.look, self.site)
            except Refusal:  # the records are away: the doors say so
                await self.app(scope, receive, send)
                return
            found = self.front.held(key)
            if found is None:
                scope.setdefault("state", {})["front"] = (key, mark)
                await self.app(scope, receive, send)
                return
        scope["route"] = found.route
        answer = found.same if found.etag in Headers(scope=scope).get("if-none-match", "") else found.page
        await answer(scope, receive, send)


def key_of(scope: Scope) -> Key | None:
    """What makes two requests the same page; None where it is not one of ours, or the reader has one of her own."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    path: str = scope["path"]
    if path != "/" and not path.startswith("/datasets"):
        return None
    headers, query = Headers(scope=scope), scope["query_string"]
    cookies = cookie_parser(headers["cookie"]) if "cookie" in headers else {}
    if deps.SESSION_COOKIE in cookies or "authorization" in headers or b"lang=" in query:
        return None
    shown = (cookies.get(deps.LANGUAGE_COOKIE, ""), cookies.get("size", ""), cookies.get("contrast", ""))
    if sum(map(len, shown)) > LONGEST or len(path) + len(query) > LONGEST:
        return None
    return path, query, *shown, "gzip" in headers.get("accept-encoding", "").lower()


LONGEST: Final = 2000
"""Signs of an address that is worth to be kept."""
