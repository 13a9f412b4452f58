"""Forms that carry a file: read as a stream with a limit, so that no body grows beyond what the site takes."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from api import deps
from catalog.errors import Invalid, Problem, TooLarge

ROOM = 1_000_000
"""Bytes that a form may have besides its file."""

MOST_FIELDS = 40


async def _limited(request: Request, limit: int) -> AsyncGenerator[bytes, None]:
    taken = 0
    async for block in request.stream():
        taken += len(block)
        if taken > limit + ROOM:
            raise TooLarge(limit=limit)
        yield block


async def form_of(request: Request) -> AsyncGenerator[FormData, None]:
    """The form of a request, its files closed afterwards. Raises TooLarge, and Invalid for what is no such form."""
    limit = deps.site(request).upload_limit
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > limit + ROOM:
        raise TooLarge(limit=limit)
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Invalid("multipart-needed")
    parser = MultiPartParser(request.headers, _limited(request, limit), max_files=2, max_fields=MOST_FIELDS)
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise Invalid("multipart-invalid") from error
    request.state.form = form
    try:
        yield form
    finally:
        await form.close()


TheForm = Annotated[FormData, Depends(form_of)]


def field(form: FormData, name: str, longest: int = 20_000) -> str:
    """A field's words, without blanks at the ends; "" when it is not there."""
    value = form.get(name)
    return value.strip()[:longest] if isinstance(value, str) else ""


def file_of(form: FormData, name: str = "file") -> UploadFile | None:
    """The file of a form, or None when none was chosen."""
    value = form.get(name)
    return value if isinstance(value, UploadFile) and value.filename else None


def words_of(form: FormData, name: str, longest: int) -> str:
    """The text of a file that a form carries beside its data, "" for none. Raises Invalid: too long, no UTF-8."""
    given = file_of(form, name)
    content = given.file.read(longest + 1) if given else b""
    if len(content) > longest:
        raise Invalid(problems=[Problem(f"#/{name}", "too-long", {"limit": longest})])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid(problems=[Problem(f"#/{name}", "not-accepted", {"name": name})]) from None
