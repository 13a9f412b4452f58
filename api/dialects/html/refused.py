"""Refusals and faults as pages: what happened, in the reader's words, and where to go on."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse

from api import deps, errors
from api.dialects.html import upkeep
from api.dialects.html.forms import FOREIGN, ours, packed, refills, same_origin, typed, unpacked
from api.dialects.html.view import CONTRASTS, SIZES, Reader, address, one_of, page
from api.messages import LANGUAGES, refusals
from catalog.errors import Gone, NotAllowed, NotFound, NotKnown, Refusal, TooLarge
from standards.text import fold

PROBE = 60
REFERER = 2000
HERE = re.compile(r"/(?![/\\])")
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
LATER = frozenset({423, 429, 500, 503})
"""Answers that may be others in a while."""

FAULTS = logging.getLogger("datamo.faults")


class PageRoute(APIRoute):
    """A route whose faults are shown as a page; refusals go on to the application's one table.

    What can be read can also be asked for with HEAD, as link checkers do (RFC 9110 §9.3.2).
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **chosen: Any) -> None:
        super().__init__(path, endpoint, **chosen)
        if self.methods and "GET" in self.methods:
            self.methods.add("HEAD")

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with a mistake of ours logged and answered calmly."""
        inner = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                if request.method not in deps.SAFE_METHODS and self.path not in upkeep.OPEN:
                    await run_in_threadpool(deps.site(request).catalog.refuse_read_only)
                return await inner(request)
            except NotKnown:
                if request.method == "POST":
                    request.state.typed = await _typed(request)
                raise
            except NotAllowed as refused:
                if request.method == "POST" and refused.code == FOREIGN and ours(request):
                    request.state.typed = await _typed(request)
                raise
            except (Refusal, RequestValidationError, HTTPException):
                raise
            except Exception:  # noqa: BLE001 - the last net: logged whole, shown as a page with its id
                request_id = str(getattr(request.state, "request_id", ""))
                FAULTS.exception("unexpected fault")
                return bug_page(request, request_id)

        return handler


async def _typed(request: Request) -> str:
    """What the form held that came when its session was over, packed to be given back."""
    try:
        same_origin(request)
    except NotAllowed:
        return ""
    form = getattr(request.state, "form", None)
    if form is None:
        form = await request.form()
    return packed(typed(form))


def plain_reader(request: Request) -> Reader:
    """The reader as far as she is known without asking the records: for pages that must appear when those are down."""
    kept: Reader | None = getattr(request.state, "reader", None)
    if kept is not None:
        return kept
    asked = (request.query_params.get("lang", ""), request.cookies.get(deps.LANGUAGE_COOKIE, ""))
    lang = next((one for one in (*asked, deps.site(request).language) if one in LANGUAGES), LANGUAGES[0])
    return Reader(lang=lang, size=one_of(request.cookies.get("size", ""), SIZES),
                  contrast=one_of(request.cookies.get("contrast", ""), CONTRASTS))


def error_page(request: Request, refusal: Refusal) -> Response:
    """The page of a refusal, with the status of the one table in ``api.errors``."""
    if isinstance(refusal, NotKnown) and request.method in ("GET", "HEAD") and "authorization" not in request.headers:
        back = request.url.path + ("?" + request.url.query if request.url.query else "")
        return RedirectResponse(address("/sign-in", next=back), status_code=303)
    refusal = _of_page(request, refusal)
    reader = plain_reader(request)
    if isinstance(refusal, NotKnown) and getattr(request.state, "typed", None) is not None:
        return page(request, reader, "sign_in.html", status=errors.status_of(refusal), onward=request.url.path, name="",
                    chosen=False, wrong=False, kept=request.state.typed, noindex=True,
                    headers=errors.headers_of(refusal))
    fields = unpacked(getattr(request.state, "typed", None) or "")
    if reader.csrf and fields and errors.code_of(refusal) == FOREIGN:  # she signed in anew, in another tab
        return page(request, reader, "resume.html", status=errors.status_of(refusal), onward=request.url.path,
                    fields=fields, csrf=reader.csrf, refills=refills(request.url.path), noindex=True)
    status = errors.status_of(refusal)
    code = errors.code_of(refusal)
    return page(
        request, reader, "error.html", status=status, headers=errors.headers_of(refusal), noindex=True,
        title=_title(reader, refusal, status), code=code, status_code=status, asked=_words_of(request),
        sentence="" if isinstance(refusal, NotFound) else refusals.sentence(
            code, refusal.params, reader.lang, status=status),
        tombstone=dict(refusal.params) if isinstance(refusal, Gone) else {}, bug="",
        problems=[] if isinstance(refusal, NotFound) else problems_said(reader, refusal), back=way_back(request),
        again=again(request, status),
    )


def _of_page(request: Request, refusal: Refusal) -> Refusal:
    """What the router refuses, as it is for a page: a place in the address that is none, a form that cannot be read."""
    if refusal.problems and all(one.pointer.startswith("path:") for one in refusal.problems):
        return NotFound()
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return TooLarge("form-unreadable") if refusal.code == "json-invalid" and sent in FORMS else refusal


def problems_said(reader: Reader, refusal: Refusal) -> list[tuple[str, str]]:
    """(member, sentence) for everything that a refusal names; the member as its JSON pointer has it."""
    return [(one.pointer.removeprefix("#/").partition("/")[0].lstrip("?"),
             refusals.sentence(one.code, one.params or {}, reader.lang, status=422)) for one in refusal.problems[:20]]


def bug_page(request: Request, request_id: str) -> Response:
    """A mistake of ours: nothing of it is shown but the id under which the log has it."""
    reader = plain_reader(request)
    return page(request, reader, "error.html", status=500, noindex=True, title=reader.say("Datamo gặp lỗi"),
                code="internal", status_code=500, asked="", sentence="", tombstone={}, bug=request_id,
                problems=[], back=way_back(request), again=again(request, 500))


def way_back(request: Request) -> str:
    """The page of ours that the reader came from, by its Referer; "" where that is another site's, or this one."""
    try:
        came = urlsplit(request.headers.get("referer", "")[:REFERER])
    except ValueError:
        return ""
    here = (request.url.path, request.url.query)
    if came.netloc != request.headers.get("host") or not HERE.match(came.path):
        return ""
    if request.method in deps.SAFE_METHODS and (came.path, came.query) == here:
        return ""
    return came.path + (f"?{came.query}" if came.query else "")


def again(request: Request, status: int) -> str:
    """The same address, where asking once more may help: what was only too much, too busy or our own fault."""
    if request.method not in deps.SAFE_METHODS or status not in LATER:
        return ""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _title(reader: Reader, refusal: Refusal, status: int) -> str:
    if isinstance(refusal, NotFound):
        return reader.say("Không có trang ở địa chỉ này")
    if isinstance(refusal, Gone):
        erased = refusal.params.get("erased")
        return reader.say("Đã xóa vì có dữ liệu cá nhân") if erased else reader.say("Đã gỡ khỏi trang")
    if isinstance(refusal, errors.MethodNotAllowed):
        return reader.say("Không làm được ở địa chỉ này")
    return refusals.title(status, reader.lang)


def _words_of(request: Request) -> str:
    """The last part of the address as words to search for: ``/datasets/danh-muc-xa`` → ``danh muc xa``."""
    last = request.url.path.rstrip("/").rsplit("/", 1)[-1]
    return " ".join(fold(last[:PROBE]).replace("-", " ").replace("_", " ").split())
