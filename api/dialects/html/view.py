"""How a page is made: the reader's language and display, the template, the headers, kept parts."""

from __future__ import annotations

import gzip
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from threading import Lock
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import Depends, Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from api import deps
from api.dialects.html import front, upkeep
from api.messages import LANGUAGES, lookalike, pages
from catalog.model import NOBODY, Caller
from pipelines.lists import Bookcase
from standards.registry import SHIPPED, Standards

TEMPLATES = Path(__file__).parents[2] / "templates"
STATIC = Path(__file__).parents[2] / "static"
SIZES = ("normal", "large", "larger")
CONTRASTS = ("normal", "more")
PACKING = 4
HTTP_OK = 200
LISTS_SECONDS = 30
YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads a page and how: language, letter size, contrast, and the token that her forms carry."""

    lang: str = "vi"
    size: str = "normal"
    contrast: str = "normal"
    caller: Caller = NOBODY
    csrf: str = ""
    chosen: bool = False
    bookcase: Bookcase | None = None

    @property
    def standards(self) -> Standards:
        """The table standards and code lists that hold on this site."""
        return self.bookcase.now() if self.bookcase else SHIPPED

    def say(self, sentence: str, **params: Any) -> str:
        """A sentence of the pages in the reader's language."""
        return pages.say(self.lang, sentence, **params)


@dataclass(slots=True)
class Fragments:
    """The most recently used rendered parts, by key; hot dataset pages are answered from here."""

    capacity: int = 512
    held: OrderedDict[object, Any] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def get(self, key: object, make: Callable[[], Any]) -> Any:
        """The part under ``key``, made now if it is not held."""
        with self.lock:
            if key in self.held:
                self.held.move_to_end(key)
                return self.held[key]
        made = make()
        with self.lock:
            self.held[key] = made
            while len(self.held) > self.capacity:
                self.held.popitem(last=False)
        return made

    def peek(self, key: object) -> Any:
        """The part under ``key`` if it is held, else None."""
        return self.held.get(key)

    def drop(self, key: object) -> None:
        """Forget the part under ``key``."""
        with self.lock:
            self.held.pop(key, None)


def fragments(request: Request) -> Fragments:
    """The site's store of rendered parts."""
    kept: Fragments = deps.site(request).extras.setdefault("html.fragments", Fragments())
    return kept


async def reader_of(request: Request) -> Reader:
    """Language from ``?lang=``, then the cookie, then the site; display from cookies; the caller from her session.

    Accept-Language does not choose the pages' language: browsers often bear the language of their maker, and the
    other language is one click away on every page.
    """
    asked = request.query_params.get("lang", "")
    kept = request.cookies.get(deps.LANGUAGE_COOKIE, "")
    site = deps.site(request)
    caller, session = await deps.visit(request)
    reader = Reader(
        lang=next((one for one in (asked, kept, site.language) if one in LANGUAGES), LANGUAGES[0]),
        size=one_of(request.cookies.get("size", ""), SIZES),
        contrast=one_of(request.cookies.get("contrast", ""), CONTRASTS),
        caller=caller,
        csrf=session.csrf if session else "",
        chosen=asked in LANGUAGES and asked != kept,
        bookcase=site.bookcase,
    )
    request.state.reader = reader
    return reader


TheReader = Annotated[Reader, Depends(reader_of)]


def one_of(value: str, allowed: tuple[str, ...]) -> str:
    """The value if it is allowed, else the first that is."""
    return value if value in allowed else allowed[0]


@cache
def environment(lang: str) -> Environment:
    """Jinja with everything escaped, missing values refused, and the words of one language at hand."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, auto_reload=False,
    )
    made.globals.update(
        lang=lang, _=partial(pages.say, lang), _h=partial(pages.markup, lang), num=partial(pages.number, lang),
        day=partial(pages.day, lang), moment=partial(pages.moment, lang), size_of=partial(pages.size, lang),
        text=partial(pages.words, lang), bdi=partial(pages.bdi, lang), foreign=partial(pages.foreign, lang),
        static=static, address=address, alike=partial(lookalike.said, lang),
    )
    return made


@cache
def static(name: str) -> str:
    """The address of a static file, with a mark of its content so that browsers may keep it for a year."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"


def address(path: str, **query: Any) -> str:
    """A path with its query, empty members left out, lists repeated."""
    pairs = [
        (key, one)
        for key, value in query.items()
        for one in (value if isinstance(value, (list, tuple)) else (value,))
        if one not in ("", None)
    ]
    return quote(path, safe="/:@!$&'()*+,;=~-._") + ("?" + urlencode(pairs) if pairs else "")


def page(request: Request, reader: Reader, template: str, *, status: int = 200,
         headers: Mapping[str, str] | None = None, **values: Any) -> Response:
    """A whole page: the template inside the frame, with the headers that every page bears."""
    closed = upkeep.maintenance(request)
    body = environment(reader.lang).get_template(template).render(
        closed=closed, reader=reader, here=request.url.path, other=_other_language(request, reader),
        site=deps.site(request).url, query=request.query_params.get("q", ""), refresh=values.pop("refresh", 0),
        noindex=values.pop("noindex", False), next_here=_next_here(request), **values,
    )
    response = _packed(request, upkeep.held(body) if closed else body, status, headers or {})
    response.headers["Content-Language"] = reader.lang
    response.headers["Vary"] = "Cookie, Accept-Encoding"
    response.headers.setdefault("Cache-Control", "private, no-cache")
    if reader.chosen:
        keep(request, response, deps.LANGUAGE_COOKIE, reader.lang)
    return response


def kept_page(request: Request, reader: Reader, key: object, make: Callable[[], Response]) -> Response:
    """A page that is the same for everybody who is not signed in: drawn once for each key, display and address.

    The key must change with everything that the page shows. Whoever is signed in has a page of her own. A browser that
    has the page is told so.
    """
    if reader.caller.known or reader.chosen or request.method != "GET":
        return make()
    display = (reader.lang, reader.size, reader.contrast, takes_gzip(request))
    whole = ("page", key, upkeep.maintenance(request), display, request.url.path, request.url.query)
    response: Response = fragments(request).get(whole, lambda: _marked(make()))
    if response.status_code != HTTP_OK or response.headers.get("Cache-Control") == "no-store":
        fragments(request).drop(whole)
        return response
    front.remember(request, response)
    return front.same(response) if front.unchanged(request, response) else response


def _marked(response: Response) -> Response:
    """The page with the mark of its bytes."""
    response.headers["ETag"] = f'W/"{hashlib.sha256(response.body).hexdigest()[:20]}"'
    return response


def tide(request: Request) -> tuple[int, int, int]:
    """How far the site and its search have come: while this stands still, lists of public data stay as they are.

    What takes no number in the change sequence (the words of an agency) is seen within half a minute.
    """
    change, _, followed = front.mark_of(request)
    return change, change - followed, int(time.monotonic() / LISTS_SECONDS)


def takes_gzip(request: Request) -> bool:
    """Whether the browser takes compressed answers."""
    return "gzip" in request.headers.get("accept-encoding", "").lower()


def _packed(request: Request, body: str, status: int, headers: Mapping[str, str]) -> Response:
    """The page's bytes, with gzip where the browser takes it: a third of the bytes for readers far from the city."""
    raw = body.encode()
    if not takes_gzip(request):
        return HTMLResponse(raw, status_code=status, headers=dict(headers))
    packed = gzip.compress(raw, compresslevel=PACKING, mtime=0)
    return HTMLResponse(packed, status_code=status, headers={**headers, "Content-Encoding": "gzip"})


def keep(request: Request, response: Response, name: str, value: str) -> None:
    """Remember a display choice for a year."""
    response.set_cookie(name, value, max_age=YEAR, path="/", samesite="lax", httponly=True,
                        secure=deps.site(request).secure)


def _other_language(request: Request, reader: Reader) -> str:
    other = "en" if reader.lang == "vi" else "vi"
    kept = [(key, value) for key, value in request.query_params.multi_items() if key != "lang"]
    path = request.url.path if request.method in ("GET", "HEAD") else "/"
    return quote(path) + "?" + urlencode([*kept, ("lang", other)])


def _next_here(request: Request) -> str:
    """Where the Display form leads back: this page, without ``lang`` so that a choice made before stays."""
    if request.method not in ("GET", "HEAD"):
        return "/"
    kept = [(key, value) for key, value in request.query_params.multi_items() if key != "lang"]
    return quote(request.url.path) + ("?" + urlencode(kept) if kept else "")
