"""The upload door: a form streams into staging, and becomes a submission in one transaction at its end."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, Any, BinaryIO, Final, cast

import anyio
import anyio.from_thread
import anyio.to_thread
from fastapi import APIRouter, Query, Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from api import errors
from api.deps import Site, language
from api.dialects.v1 import shapes
from api.dialects.v1.datasets import REFUSALS
from api.dialects.v1.door import Door, may, reply
from api.dialects.v1.form import Cut, Form
from api.dialects.v1.once import Keeper, fingerprint_of, keeper, same
from api.dialects.v1.reports import submission as rendered
from api.dialects.v1.words import known_standard, reading_part
from api.fetched import fetched
from api.messages.addresses import code_of
from catalog.errors import Invalid, Problem, Refusal, TooLarge
from catalog.model import Caller, Entry, Options, Staged, Submission
from pipelines.fetch import Unfetched
from pipelines.steps.receive import clean_name, refuse_beside_standard, schema_of, take_over
from pipelines.validation.taken import MOST_BYTES

router = APIRouter(prefix="/api/v1", tags=["submissions"], route_class=Door)

FIELDS: Final = ("resource", "sheet", "standard", "update", "period", "kind", "note", "recipe", "upload", "reading",
                 "declaration", "schema", "address")
CHOICES: Final = {
    "update": ("replace", "append", "correct"), "kind": ("update", "correction"), "recipe": ("use", "off"),
    "declaration": ("none", "contains"),
}
FORM_ROOM: Final = 2_000_000
"""Bytes that a form may have besides its file."""

AT_ONCE: Final = 64
"""Uploads that stream in at the same time in one process; more wait for their turn."""

DRAIN_SECONDS: Final = 2.0
DRAIN_BYTES: Final = 16_000_000
FORM_SCHEMA: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {"multipart/form-data": {"schema": {
            "type": "object",
            "description": "One of `file`, `upload` and `address`.",
            "additionalProperties": False,
            "properties": {
                "file": {"type": "string", "format": "binary"},
                "upload": {"type": "string", "description": "Id of an upload made before (`/api/v1/uploads`)."},
                "address": {"type": "string", "format": "uri", "maxLength": 4096, "description": "Where the file lies: "
                            "fetched once, now, within the site's limits, never from a private network."},
                "resource": {"type": "string", "description": "Which resource it is for; default: the first table."},
                "sheet": {"type": "string", "description": "Name of a sheet, or `all`."},
                "standard": {"type": "string", "description": "Id of a table standard."},
                "update": {"enum": list(CHOICES["update"]), "default": "replace"},
                "period": {"type": "string", "description": "ISO 8601 or `2025-Q1`; for `append` and `correct`."},
                "kind": {"enum": list(CHOICES["kind"]), "default": "update"},
                "note": {"type": "string"},
                "recipe": {"enum": list(CHOICES["recipe"]), "default": "use",
                           "description": "`off`: replay nothing of the resource's recipe."},
                "declaration": {"enum": list(CHOICES["declaration"]), "description": "Whether the file holds state "
                                "secrets, or important or core data (QĐ 20/2025/QĐ-TTg)."},
                "schema": {"type": "string", "description": "Table Schema (JSON, at most 1,000,000 bytes) of the "
                           "publisher's own, for a table without a standard: types, constraints, keys. `foreignKeys` "
                           "may refer to a published dataset (`reference.package`: its slug or id)."},
                "reading": {"type": "string", "description": "JSON object: how the file is to be read where a guess "
                            "would be wrong (encoding, delimiter, quote, escape, comment, header_row, header_rows, "
                            "skip_footer, decimal, thousands, date_order, missing, columns)."},
            },
        }}},
    }
}


@dataclass(slots=True)
class Taken:
    """What a form brought: its file in staging, its fields checked."""

    staged: Staged | None = None
    upload: str = ""
    address: str = ""
    options: Options = field(default_factory=Options)


class Refused(Response):
    """A refusal in the middle of an upload: it is sent whole, then a little more is read so that it arrives.

    Where the upload was read to its end (``state.body_ended``) nothing more comes, and nobody waits for it.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("state", {}).get("body_ended"):
            await super().__call__(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": True})
        with anyio.move_on_after(DRAIN_SECONDS):
            drained = 0
            while drained < DRAIN_BYTES and (message := await receive()).get("more_body", False):
                drained += len(message.get("body", b""))
        await send({"type": "http.response.body", "body": b"", "more_body": False})


@router.post("/datasets/{dataset}/submissions", status_code=202, summary="Upload a file",
             openapi_extra={**may("editor"), "x-streams": True, **FORM_SCHEMA},
             responses={202: {"model": shapes.SubmissionOut}, 413: {"model": shapes.Problem}, **REFUSALS})
async def upload(
    request: Request, dataset: str,
    publish: Annotated[bool, Query(description="`false` stops it at `ready`.")] = True,
) -> Response:
    """Take one file for checking; it publishes by itself when nothing blocks it and no second person is needed."""
    site: Site = request.app.state.site
    caller: Caller = request.state.visit[0]
    limiter = site.extras.setdefault("v1.uploads", anyio.CapacityLimiter(AT_ONCE))
    visit = _Visit(request, site, caller, dataset, publish=publish)
    try:
        return await anyio.to_thread.run_sync(visit.answer, limiter=limiter)
    except Refusal as refusal:
        plain = errors.answer(errors.of_member(refusal), language(request))
        headers = {**dict(plain.headers), "Connection": "close"}
        return Refused(bytes(plain.body), plain.status_code, headers)


class _Visit:
    """One upload, in a thread of its own; the body is pulled from the event loop, so a slow disk slows the sender."""

    def __init__(self, request: Request, site: Site, caller: Caller, dataset: str, *, publish: bool) -> None:
        self.request = request
        self.site = site
        self.caller = caller
        self.dataset = dataset
        self.publish = publish
        self.taken = Taken()

    def answer(self) -> Response:
        """Everything from the right to upload to the recorded submission; whatever goes wrong, nothing is left."""
        entry = self.site.catalog.may_submit(self.caller, self.dataset)
        self._not_too_long()
        keep = keeper(self.request, self.caller)
        try:
            kept = keep.hold() if keep else None
            self._take()
            refuse_beside_standard(self.site.catalog, self.taken.options, entry)
            mark = self._fingerprint(entry)
            if kept is not None:
                return same(kept, mark)
            self._fetch()
            return self._record(entry, keep, mark)
        finally:
            if self.taken.staged is not None:
                self.site.files.drop_staged(self.taken.staged.key)
            if keep is not None:
                keep.release()

    def _not_too_long(self) -> None:
        length = self.request.headers.get("content-length", "")
        if length.isdigit() and int(length) > self.site.upload_limit + FORM_ROOM:
            raise TooLarge(limit=self.site.upload_limit)

    def _take(self) -> None:
        form = Form(self.request.headers.get("content-type", ""), FIELDS, self._more, {"schema": MOST_BYTES})
        fields = form.read(self._stage, partial(check_field, self.site))
        self.taken.upload, self.taken.address = fields.get("upload", ""), fields.get("address", "")
        ways = [name for name, given in (("file", self.taken.staged), ("upload", self.taken.upload),
                                         ("address", self.taken.address)) if given]
        if len(ways) > 1:
            last = ways[-1]
            raise Invalid("two-files", problems=[Problem(f"#/{last}", "two-files", {"name": last})], name=last)
        if not ways:
            raise Invalid("file-missing", problems=[Problem("#/file", "file-missing", {"name": "file"})])
        self.taken.options = options(fields, publish=self.publish)

    def _stage(self, stream: BinaryIO, name: str, media_type: str) -> None:
        key, count, sha256 = self.site.files.stage(stream, self.site.upload_limit)
        self.taken.staged = Staged(
            key=key, name=clean_name(name), bytes=count, sha256=sha256, media_type=media_type[:200]
        )

    def _fetch(self) -> None:
        """Take the file from the address that was given, as from a form; what cannot be fetched is refused."""
        if not self.taken.address:
            return
        if self.site.fetcher is None:
            raise Invalid(problems=[Problem("#/address", "fetch-off")])
        try:
            with fetched(self.site.fetcher, self.taken.address, self.site.upload_limit) as found:
                self._stage(found.stream, found.name, found.media_type)
        except Unfetched as why:
            code, params = code_of(why.code)
            raise Invalid(problems=[Problem("#/address", code, params)]) from None

    def _more(self) -> bytes:
        while True:
            message = anyio.from_thread.run(self._receive)
            if message["type"] == "http.disconnect":
                raise Cut
            body = cast("bytes", message.get("body", b""))
            if body or not message.get("more_body", False):
                return body

    async def _receive(self) -> Message:
        message = await self.request.receive()
        self.request.state.body_ended = not message.get("more_body", False)
        return message

    def _fingerprint(self, entry: Entry) -> str:
        asked, staged = self.taken.options, self.taken.staged
        named = {"upload": self.taken.upload} if self.taken.upload else {"address": self.taken.address}
        which = named if staged is None else {"sha256": staged.sha256, "name": staged.name}
        members: dict[str, Any] = {
            **which, "resource": asked.resource, "sheet": asked.sheet,
            "standard": asked.standard, "update": asked.update, "period": asked.period, "kind": asked.kind,
            "note": asked.note, "publish": asked.publish,
        }
        if not asked.replay:
            members["recipe"] = "off"
        if asked.declaration:
            members["declaration"] = asked.declaration
        if asked.schema is not None:
            members["schema"] = dict(asked.schema)
        if asked.read:
            members["reading"] = dict(asked.read)
        return fingerprint_of("POST", f"/datasets/{entry.id}/submissions", "", members)

    def _record(self, entry: Entry, keep: Keeper | None, mark: str) -> Response:
        one = self._attached(entry, (keep.key, mark) if keep is not None else ("", ""))
        body = rendered(one, entry.slug, self.site.url, language(self.request))
        response = reply(body, 202, {"Location": body["links"]["self"]})
        if keep is not None:
            keep.keep(mark, response)
        return response


    def _attached(self, entry: Entry, once: tuple[str, str]) -> Submission:
        staged, options = self.taken.staged, self.taken.options
        if staged is None:
            return take_over(self.site.catalog, self.caller, entry.id, self.taken.upload, options, once=once)
        one = self.site.catalog.attach(self.caller, entry.id, staged, options, once=once)
        if one.staged.key == staged.key:
            self.taken.staged = None  # it belongs to the submission now
        return one


def check_field(site: Site, name: str, value: str) -> None:
    """Refuse a choice that is none, as soon as it is read."""
    choices = CHOICES.get(name)
    if choices and value and value not in choices:
        raise Invalid(problems=[Problem(f"#/{name}", "unknown-value", {"name": name, "value": value[:100]})])
    if name == "standard":
        known_standard(site.standards, value)
    if name == "reading":
        reading_part(value)
    if name == "schema":
        schema_of(value)


def options(fields: dict[str, str], *, publish: bool) -> Options:
    """Collect what was asked for with a file."""
    return Options(
        resource=fields.get("resource", ""), sheet=fields.get("sheet", ""), standard=fields.get("standard", ""),
        update=cast("Any", fields.get("update") or "replace"), period=fields.get("period", ""),
        kind=cast("Any", fields.get("kind") or "update"), note=fields.get("note", ""), publish=publish,
        read=reading_part(fields.get("reading", "")), replay=fields.get("recipe", "") != "off",
        declaration=fields.get("declaration", ""), schema=schema_of(fields.get("schema", "")),
    )
