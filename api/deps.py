"""What a route may ask for: the site, the caller, the language and the page, as typed names for signatures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

from fastapi import Depends, Query, Request
from fastapi.concurrency import run_in_threadpool

from api.messages import LANGUAGES
from catalog.catalog import Catalog
from catalog.errors import NotKnown
from catalog.model import NOBODY, Caller, Session
from catalog.ports import Files
from pipelines.askers import Askers
from pipelines.difference.keeping import Differences
from pipelines.fetch import Fetcher
from pipelines.lists import Bookcase
from pipelines.rowstore.snapshots import Snapshots
from pipelines.serving.shelf import Shelf
from standards.registry import Standards

SESSION_COOKIE: Final = "session"
LANGUAGE_COOKIE: Final = "lang"
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
READ_BY_POST: Final = frozenset({"/mcp"})
"""Addresses at which a POST changes nothing, and a browser's session counts for nothing."""
MAX_KEY: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The running site: its catalogue, its files and the few plain values of the settings that doors need.

    ``url`` is the public address without a slash at its end: every absolute address is made from it, never from the
    Host header. ``upload_limit`` is in bytes. ``extras`` hold what a door keeps for itself (templates, caches).
    """

    catalog: Catalog
    files: Files
    url: str = "http://127.0.0.1:8000"
    language: str = "vi"
    environment: str = "production"
    upload_limit: int = 500_000_000
    search_wait: bool = False
    extras: dict[str, Any] = field(default_factory=dict)
    shelf: Shelf | None = None
    fetcher: Fetcher | None = None
    bookcase: Bookcase = field(init=False)
    askers: Askers = field(init=False)
    differences: Differences = field(init=False)
    snapshots: Snapshots = field(init=False)

    def __post_init__(self) -> None:
        """Keep the standards that hold on this site at hand, and those who ask tables."""
        object.__setattr__(self, "bookcase", Bookcase(self.catalog, self.files))
        object.__setattr__(self, "askers", Askers())
        object.__setattr__(self, "differences", Differences(self.askers))
        if self.shelf is not None:
            self.shelf.left = self.askers.renew
        work = self.extras.get("rooms", {}).get("work")
        object.__setattr__(self, "snapshots", Snapshots(
            work / "snapshots" if work else None,
            living=lambda: self.catalog.every_table(),  # noqa: PLW0108 - there is no catalogue where pages are printed
            door=lambda: self.catalog.rows_door(),  # noqa: PLW0108
        ))
        self.snapshots.shelf.left = self.askers.renew

    @property
    def standards(self) -> Standards:
        """The table standards and code lists that hold on this site: the package's, and what stewards installed."""
        return self.bookcase.now()

    @property
    def secure(self) -> bool:
        """Whether the public address is https, so that cookies may be Secure."""
        return self.url.startswith("https:")


def site(request: Request) -> Site:
    """Give the site that this process serves."""
    found: Site = request.app.state.site
    return found


def only_reads(scope: Mapping[str, Any]) -> bool:
    """Whether this request (an ASGI scope) changes nothing, by its method or its address."""
    return scope["method"] in SAFE_METHODS or scope["path"] in READ_BY_POST


def best_language(accepted: str, default: str) -> str:
    """Choose the language of ours that an Accept-Language header likes best (RFC 9110 §12.5.4)."""
    wishes: list[tuple[float, int, str]] = []
    for place, part in enumerate(accepted[:1000].split(",")):
        tag, _, weight = part.strip().partition(";")
        wishes.append((-_weight(weight), place, tag.strip().lower().partition("-")[0]))
    for negative, _, tag in sorted(wishes):
        if negative < 0 and tag in LANGUAGES:
            return tag
    return default


def _weight(text: str) -> float:
    name, _, value = text.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0


def language(request: Request) -> str:
    """``?lang=``, else the cookie ``lang``, else Accept-Language, else the site's language."""
    for wish in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if wish in LANGUAGES:
            return wish
    return best_language(request.headers.get("accept-language", ""), site(request).language)


def credential(headers: Mapping[str, str]) -> str:
    """Read the API token of a request: ``Bearer TOKEN`` or the raw token alone; "" when none is shown."""
    raw = headers.get("authorization", "").strip()
    scheme, _, rest = raw.partition(" ")
    return rest.strip() if rest and scheme.lower() == "bearer" else raw


async def visit(request: Request) -> tuple[Caller, Session | None]:
    """Who asks, and her browser session if that is how she is known. Raises NotKnown for a wrong token."""
    known: tuple[Caller, Session | None] | None = getattr(request.state, "visit", None)
    if known is None:
        known = await _look(request)
        request.state.visit = known
    return known


async def _look(request: Request) -> tuple[Caller, Session | None]:
    catalog = site(request).catalog
    if "authorization" in request.headers:
        token = credential(request.headers)
        if not token or len(token) > MAX_KEY:
            raise NotKnown
        return await run_in_threadpool(catalog.caller_of_token, token), None
    cookie = request.cookies.get(SESSION_COOKIE)
    if not cookie or len(cookie) > MAX_KEY:
        return NOBODY, None
    found = await run_in_threadpool(catalog.caller_of_session, cookie)
    return found or (NOBODY, None)


async def _caller(request: Request) -> Caller:
    return (await visit(request))[0]


async def _language(request: Request) -> str:
    return language(request)


async def _site(request: Request) -> Site:
    return site(request)


async def _catalog(request: Request) -> Catalog:
    return site(request).catalog


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is asked for: at most ``limit`` items after the opaque ``cursor``."""

    limit: int
    cursor: str


async def _page(
    limit: Annotated[int, Query(ge=1, le=1000, description="At most so many items.")] = 20,
    cursor: Annotated[str, Query(max_length=2000, description="`next` of the page before.")] = "",
) -> Page:
    return Page(limit, cursor)


TheSite = Annotated[Site, Depends(_site)]
TheCatalog = Annotated[Catalog, Depends(_catalog)]
TheCaller = Annotated[Caller, Depends(_caller)]
Visit = Annotated[tuple[Caller, Session | None], Depends(visit)]
Language = Annotated[str, Depends(_language)]
ThePage = Annotated[Page, Depends(_page)]
