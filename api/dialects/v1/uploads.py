"""Uploads before they are submissions: resumable ones (tus 1.0), and addresses to put a file into the store."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Annotated, Any, BinaryIO, Final, Literal, cast

import anyio
import anyio.from_thread
import anyio.to_thread
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import Field, StringConstraints, ValidationError
from starlette.responses import Response
from starlette.types import Message

from api import errors
from api.deps import Site, TheCaller, TheSite, language
from api.dialects.v1 import shapes
from api.dialects.v1.datasets import REFUSALS
from api.dialects.v1.door import Door, body_within, listing, may, reply, said_once
from api.dialects.v1.form import Bytes
from api.dialects.v1.upload import AT_ONCE, Refused
from catalog.errors import Invalid, Problem, Refusal, TooLarge
from catalog.model import Caller, Offer, Upload
from pipelines.steps.receive import clean_name

router = APIRouter(prefix="/api/v1", tags=["uploads"], route_class=Door)

VERSION: Final = "1.0.0"
SUMS: Final = ("sha256", "sha1")
EXTENSIONS: Final = "creation,termination,checksum,expiration"
CHUNK_TYPE: Final = "application/offset+octet-stream"
SHA256: Final = re.compile(r"[0-9a-f]{64}")
LONGEST_METADATA: Final = 4096
PATIENCE: Final = 60.0
"""Seconds for which a sender may be silent in the middle of a piece; then what has come is kept."""

BLOCK: Final = 1024 * 1024


class DirectIn(shapes.In):
    """A file that its sender puts into the store himself: its exact size and hash, which the address is bound to."""

    direct: Literal[True]
    size: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    name: Annotated[str, StringConstraints(max_length=1000)] = ""
    media_type: Annotated[str, StringConstraints(max_length=200)] = ""


@router.options("/uploads", include_in_schema=False, openapi_extra={**may("anyone"), "x-streams": True})
def spoken(site: TheSite) -> Response:
    """Say which protocol is spoken here, as tus asks."""
    return Response(status_code=204, headers={
        "Tus-Resumable": VERSION, "Tus-Version": VERSION, "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(site.upload_limit), "Tus-Checksum-Algorithm": ",".join(SUMS),
    })


@router.post("/uploads", status_code=201, summary="Begin an upload", openapi_extra={**may("editor"), "requestBody": {
    "description": "Empty for a resumable upload (tus 1.0: `Upload-Length`, `Upload-Metadata` with `filename`, "
    "`filetype` and `sha256`).",
    "content": {"application/json": {"schema": DirectIn.model_json_schema()}}}}, responses={
        201: {"model": shapes.UploadOut}, 412: {"model": shapes.Problem}, 413: {"model": shapes.Problem},
        429: {"model": shapes.Problem}, **REFUSALS})
async def begin(request: Request) -> Response:
    """Begin a resumable upload (tus 1.0), or with `{"direct": true}` ask for an address to put the file to.

    An upload is known only to the person who began it, and kept for a day after its last piece.
    """
    site: Site = request.app.state.site
    caller: Caller = request.state.visit[0]
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json":
        await body_within(request)
        given = _direct(await request.body())
        one, offer = await run_in_threadpool(
            site.catalog.offer_upload, caller, size=given.size, name=clean_name(given.name or "file"),
            sha256=given.sha256, media_type=given.media_type)
        return _made(one, offer, site.url)
    _spoken_here(request)
    told = _metadata(request.headers.get("upload-metadata", ""))
    sha256 = told.get("sha256", "").lower()
    if sha256 and not SHA256.fullmatch(sha256):
        raise Invalid(problems=[Problem("header:upload-metadata", "not-accepted", {"name": "sha256"})])
    one = await run_in_threadpool(
        site.catalog.begin_upload, caller, size=_length(request), sha256=sha256,
        name=clean_name(told.get("filename") or told.get("name") or "file"),
        media_type=(told.get("filetype") or told.get("type") or "")[:200])
    return _made(one, None, site.url)


def _made(one: Upload, offer: Offer | None, site_url: str) -> Response:
    # the header is a path: whoever sends a file piece by piece goes on at the door that she came through
    body = rendered(one, 0, site_url, offer)
    return reply(body, 201, {"Location": f"/api/v1/uploads/{one.id}", **_marks(one)})


@router.get("/uploads", summary="Uploads under way", openapi_extra=may("signed-in"),
            responses={200: {"model": shapes.ListOut}, **REFUSALS})
def many(site: TheSite, caller: TheCaller) -> Response:
    """The caller's own uploads that are not submissions yet; how far each is stands at its address."""
    return reply(listing([rendered(one, None, site.url) for one in site.catalog.uploads(caller)]))


@router.get("/uploads/{upload}", summary="How far an upload is", openapi_extra=may("signed-in"),
            responses={200: {"model": shapes.UploadOut}, **REFUSALS})
def one(site: TheSite, caller: TheCaller, upload: str) -> Response:
    """How many bytes are safe (`HEAD` says it in `Upload-Offset`)."""
    found, held = site.catalog.upload(caller, upload)
    marks = {"Upload-Offset": str(held), "Upload-Length": str(found.bytes)}
    return reply(rendered(found, held, site.url), headers={**marks, **_marks(found)})


@router.delete("/uploads/{upload}", status_code=204, summary="Give an upload up", openapi_extra=may("signed-in"),
               responses={204: {}, **REFUSALS})
def drop(site: TheSite, caller: TheCaller, upload: str) -> Response:
    """Forget the upload and its bytes."""
    site.catalog.drop_upload(caller, upload)
    return Response(status_code=204, headers={"Tus-Resumable": VERSION})


@router.patch("/uploads/{upload}", status_code=204, summary="Send a piece", openapi_extra={
    **may("signed-in"), "x-streams": True, "requestBody": {
        "required": True, "content": {CHUNK_TYPE: {"schema": {"type": "string", "format": "binary"}}}}},
    responses={204: {}, 412: {"model": shapes.Problem}, 413: {"model": shapes.Problem},
               415: {"model": shapes.Problem}, 423: {"model": shapes.Problem}, 460: {"model": shapes.Problem},
               **REFUSALS})
async def grow(request: Request, upload: str) -> Response:
    """Send bytes behind `Upload-Offset`; what came before a connection was cut is kept.

    With the last piece the whole is read again and held against the `sha256` that was announced.
    """
    site: Site = request.app.state.site
    limiter = site.extras.setdefault("v1.uploads", anyio.CapacityLimiter(AT_ONCE))
    piece = _Piece(request, site, request.state.visit[0], upload)
    try:
        return await anyio.to_thread.run_sync(piece.answer, limiter=limiter)
    except Refusal as refusal:
        plain = errors.answer(refusal, language(request))
        headers = {**dict(plain.headers), "Connection": "close", "Tus-Resumable": VERSION}
        return Refused(bytes(plain.body), plain.status_code, headers)


class _Piece:
    """One piece of an upload, in a thread of its own; a sender who goes away ends the stream, no more."""

    def __init__(self, request: Request, site: Site, caller: Caller, upload: str) -> None:
        self.request, self.site, self.caller, self.upload = request, site, caller, upload
        self.ended = False

    def answer(self) -> Response:
        """Write the piece; the last one ends with the whole read again."""
        _spoken_here(self.request)
        if self.request.headers.get("content-type", "").partition(";")[0].strip() != CHUNK_TYPE:
            raise errors.WrongMedia("wrong-media", expected=CHUNK_TYPE)
        at = _number(self.request, "upload-offset")
        found, held = self.site.catalog.upload(self.caller, self.upload)
        self._fits(found, at)
        with tempfile.TemporaryFile() as spool:
            found, held = self.site.catalog.grow_upload(self.caller, self.upload, at, self._body(found, at, spool))
        if held == found.bytes:
            self._finished()
        return Response(status_code=204, headers={"Upload-Offset": str(held), **_marks(found)})

    def _fits(self, found: Upload, at: int) -> None:
        length = self.request.headers.get("content-length", "")
        if found.direct or (length.isdigit() and at + int(length) > found.bytes):
            raise TooLarge("more-than-promised", limit=found.bytes)

    def _finished(self) -> None:
        try:
            self.site.catalog.finish_upload(self.caller, self.upload)
        except Invalid as refused:
            if refused.code == "upload-damaged":
                raise errors.Damaged("upload-damaged") from None
            raise

    def _body(self, found: Upload, at: int, spool: BinaryIO) -> BinaryIO:
        """Give the bytes as they come; those with a checksum when all of them are here and have it."""
        stream = cast("BinaryIO", Bytes(iter(self._more, b"")))
        said = self.request.headers.get("upload-checksum", "")
        if not said:
            return stream
        kind, digest = _checksum(said)
        found_digest, left = hashlib.new(kind, usedforsecurity=False), found.bytes - at
        while left and (block := stream.read(min(BLOCK, left))):
            found_digest.update(block)
            spool.write(block)
            left -= len(block)
        if found_digest.digest() != digest:
            raise errors.Damaged
        spool.seek(0)
        return spool

    def _more(self) -> bytes:
        """Give the next bytes; b"" at the end, however often it is asked."""
        body = b""
        while not (body or self.ended):
            message = anyio.from_thread.run(self._receive)
            body = cast("bytes", message.get("body", b""))
            self.ended = self.request.state.body_ended = not message.get("more_body", False)
        return body

    async def _receive(self) -> Message:
        with anyio.move_on_after(PATIENCE):
            return await self.request.receive()
        return {"type": "http.disconnect"}


def _spoken_here(request: Request) -> None:
    if request.headers.get("tus-resumable") != VERSION:
        raise errors.WrongProtocol("wrong-protocol", expected=f"Tus-Resumable: {VERSION}")


def _number(request: Request, name: str) -> int:
    given = request.headers.get(name, "")
    if not (given.isascii() and given.isdigit() and len(given) <= len(str(2**63))):
        raise Invalid(problems=[Problem(f"header:{name}", "not-accepted", {"name": name})])
    return int(given)


def _length(request: Request) -> int:
    return _number(request, "upload-length")


def _checksum(said: str) -> tuple[str, bytes]:
    kind, _, digest = said.strip().partition(" ")
    if kind not in SUMS:
        raise Refusal("bad-request")  # 400, as tus says
    try:
        return kind, base64.b64decode(digest, validate=True)
    except binascii.Error:
        raise Refusal("bad-request") from None


def _metadata(header: str) -> dict[str, str]:
    """Read ``name base64,name base64``; raises Invalid."""
    wrong = Invalid(problems=[Problem("header:upload-metadata", "not-accepted", {"name": "Upload-Metadata"})])
    if len(header) > LONGEST_METADATA:
        raise wrong
    found = {}
    for pair in filter(None, header.split(",")):
        name, _, value = pair.strip().partition(" ")
        try:
            found[name] = base64.b64decode(value, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            raise wrong from None
    return found


def _direct(body: bytes) -> DirectIn:
    said_once(body)
    try:
        return DirectIn.model_validate_json(body)
    except ValidationError as error:
        raise Invalid(problems=[
            Problem("#/" + "/".join(map(str, one["loc"])), "not-accepted", {"name": ".".join(map(str, one["loc"]))})
            for one in error.errors()]) from None


def _marks(one: Upload) -> Mapping[str, str]:
    return {"Tus-Resumable": VERSION, "Upload-Expires": format_datetime(one.expires.astimezone(UTC), usegmt=True)}


def rendered(one: Upload, held: int | None, site_url: str, offer: Offer | None = None) -> dict[str, Any]:
    """An upload as JSON; ``received`` is left out where it was not looked up."""
    said: dict[str, Any] = {
        "id": one.id, "name": one.name, "bytes": one.bytes, "sha256": one.sha256 or one.wanted or None,
        "direct": one.direct, "complete": bool(one.sha256), "created": one.created, "expires": one.expires,
        "links": {"self": f"{site_url}/api/v1/uploads/{one.id}"},
    }
    if held is not None:
        said["received"] = held
    if offer is not None:
        until = datetime.fromtimestamp(one.created.timestamp() + offer.seconds, UTC)
        said["put"] = {"method": "PUT", "url": offer.url, "headers": dict(offer.headers), "expires": until}
    return said

