"""Bytes of published files: whole or in part, with the hash as strong ETag, forever the same at a version's address."""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Annotated, BinaryIO, Final
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from api.deps import Site
from api.dialects.v1.datasets import REFUSALS, moved_to
from api.dialects.v1.door import Door, may
from api.dialects.v1.manners import unchanged
from api.dialects.v1.shelf import is_public
from catalog.model import Caller, Entry, File

router = APIRouter(prefix="/api/v1", tags=["files"], route_class=Door)

CHUNK: Final = 256 * 1024
BOM: Final = b"\xef\xbb\xbf"
RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
CSP: Final = "default-src 'none'; sandbox; frame-ancestors 'none'"
BYTES: Final = {"description": "The bytes", "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}
"""A file is of its own kind."""

Bom = Annotated[bool, Query(description="CSV with a byte order mark, as Excel wants it.")]
Redirect = Annotated[bool, Query(description="Answer with a presigned address where the store has such.")]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get("/datasets/{dataset}/files/{name}", summary="A file of the newest version",
            openapi_extra=may("anyone"), response_class=Response, responses={200: BYTES, 206: BYTES, **REFUSALS})
def newest(request: Request, dataset: str, name: str, bom: Bom = False, redirect: Redirect = False) -> Response:
    """The file by its name; Range, HEAD and If-None-Match work."""
    return _file(request, dataset, name, None, bom=bom, redirect=redirect)


@router.get("/datasets/{dataset}/versions/{number}/files/{name}", summary="A file of a version",
            openapi_extra=may("anyone"), response_class=Response, responses={200: BYTES, 206: BYTES, **REFUSALS})
def of_version(  # noqa: PLR0917 - FastAPI gives them by name
    request: Request, dataset: str, number: Number, name: str, bom: Bom = False, redirect: Redirect = False
) -> Response:
    """The same bytes for ever, or 410 with a tombstone."""
    return _file(request, dataset, name, number, bom=bom, redirect=redirect)


def _file(request: Request, dataset: str, name: str, number: int | None, *, bom: bool, redirect: bool) -> Response:
    site: Site = request.app.state.site
    caller: Caller = request.state.visit[0]
    entry = site.catalog.dataset(caller, dataset)
    moved = moved_to(request, entry, dataset)
    if moved is not None:
        return moved
    file = site.catalog.file(caller, entry.id, name, number)
    open_to_all = is_public(entry) and file.public
    if redirect and open_to_all and not bom and (url := _elsewhere(request, file)) is not None:
        return RedirectResponse(url, 302, {"Cache-Control": "no-store"})
    offer = Offer(site, caller, file, bom=bom and file.role == "csv")
    headers = {**offer.headers(), **_caching(entry, number, open_to_all=open_to_all)}
    if unchanged(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return offer.answer(request, headers)


def _elsewhere(request: Request, file: File) -> str | None:
    """Give the store's own address of a file, under which it has its name and type; None where there is none.

    It is signed for the verb of the request: readers by ranges ask with HEAD first, and follow.
    """
    site: Site = request.app.state.site
    if site.catalog.is_damaged(file.sha256):
        return None
    head = bool(getattr(request.state, "head", False))
    return site.files.url(file.sha256, disposition=disposition(file.name), media_type=_media_type(file), head=head)


def _caching(entry: Entry, number: int | None, *, open_to_all: bool) -> dict[str, str]:
    last = {"Last-Modified": format_datetime(entry.modified, usegmt=True)} if number is None else {}
    if not open_to_all:
        return {"Cache-Control": "private, no-store", **last}
    return {"Cache-Control": "public, no-cache" if number is None else "public, max-age=31536000, immutable", **last}


def disposition(name: str) -> str:
    """Content-Disposition as RFC 6266 says: the name in UTF-8, and an ASCII one for old clients."""
    plain = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    ascii_name = re.sub(r'[^\x20-\x7e]|["\\%]', "", plain).strip() or "file"
    return f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe='')}"


@dataclass(frozen=True, slots=True)
class Offer:
    """One file as it is offered; with ``bom`` three bytes go before it."""

    site: Site
    caller: Caller
    file: File
    bom: bool

    @property
    def size(self) -> int:
        return self.file.bytes + (len(BOM) if self.bom else 0)

    def headers(self) -> dict[str, str]:
        return {
            "ETag": f'"{self.file.sha256}-bom"' if self.bom else f'"{self.file.sha256}"',
            "Accept-Ranges": "bytes",
            **({} if self.bom else {"Repr-Digest": _digest(self.file)}),
            "Content-Disposition": disposition(self.file.name),
            "Content-Type": _media_type(self.file),
            "Content-Security-Policy": CSP,
        }

    def answer(self, request: Request, headers: dict[str, str]) -> Response:
        """The bytes, or that part of them which is asked for; several ranges at once are answered with the whole."""
        span = self._span(request, headers["ETag"])
        if span is None:
            return self._send(request, 0, self.size, 200, headers)
        start, end = span
        if start >= end:
            return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{self.size}"})
        part = {**headers, "Content-Range": f"bytes {start}-{end - 1}/{self.size}"}
        return self._send(request, start, end, 206, part)

    def _span(self, request: Request, etag: str) -> tuple[int, int] | None:
        asked = RANGE.fullmatch(request.headers.get("range", "").replace(" ", ""))
        if asked is None or request.headers.get("if-range", etag) != etag or not (asked[1] or asked[2]):
            return None
        if not asked[1]:
            return max(self.size - int(asked[2]), 0) if int(asked[2]) else self.size, self.size
        start = int(asked[1])
        end = min(int(asked[2]) + 1, self.size) if asked[2] else self.size
        return None if asked[2] and int(asked[2]) < start else (min(start, self.size), end)

    def _send(self, request: Request, start: int, end: int, status: int, headers: dict[str, str]) -> Response:
        headers = {**headers, "Content-Length": str(end - start)}
        if getattr(request.state, "head", False):
            return Response(status_code=status, headers=headers)
        before = len(BOM) if self.bom else 0
        first, length = max(start - before, 0), end - max(start, before)
        # Opened before the answer begins: what cannot be given as it was published is refused, not broken off.
        stream = self.site.catalog.open_file(self.caller, self.file, first, length) if length > 0 else None
        return StreamingResponse(_pieces(BOM[start:min(end, before)], stream, length), status, headers)


def _pieces(mark: bytes, stream: BinaryIO | None, length: int) -> Iterator[bytes]:
    if mark:
        yield mark
    if stream is not None:
        yield from _read(stream, length)


def _read(stream: BinaryIO, length: int) -> Iterator[bytes]:
    with stream:
        while length > 0 and (piece := stream.read(min(CHUNK, length))):
            length -= len(piece)
            yield piece


def _digest(file: File) -> str:
    """The hash of the whole file as RFC 9530 writes it: whoever fetches parts can prove what she has put together."""
    return f"sha-256=:{base64.b64encode(bytes.fromhex(file.sha256)).decode('ascii')}:"


def _media_type(file: File) -> str:
    kind = file.media_type or "application/octet-stream"
    if kind in ("text/csv", "application/json", "application/geo+json") and file.role != "original":
        return f"{kind}; charset=utf-8"
    return kind
