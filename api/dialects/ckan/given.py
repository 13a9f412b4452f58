"""What a call gives, in CKAN's five forms: JSON, JSON as a form's only key, form fields, multipart, query string."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_plus

import orjson
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from api.dialects.ckan.action import Sent
from catalog.errors import TooLarge
from catalog.question import clean_text
from standards.portable import said_twice

MOST: Final = 10_000_000
"""Bytes of a body without files: a package with some thousand resources."""

SMALL: Final = 200_000
"""Bytes of JSON that are always read a second time to see that no key is said twice; rows, where keys do not add up."""

COLONS: Final = ((b'":', 1), (b'" :', 1), (b'\\":', -1), (b'\\" :', -1))
"""What stands behind a key, and what only looks like it within a text."""

FIELDS: Final = 10_000
DEPTH: Final = 20
SHORT: Final = 200
"""Signs of what somebody sent that are said back."""
NESTED: Final = frozenset({dict, list})
NUL: Final = rb"\u0000"
"""How JSON says NUL: the sign itself may not stand in a text."""


class Unread(Exception):
    """A request that cannot be read; its words go into the JSON string of a 400."""


async def read(request: Request, *, reads: bool, files: int) -> tuple[dict[str, Any], dict[str, Sent]]:
    """Give the members and the files of a request; ``files`` are the bytes that a multipart body may have.

    Raises Unread and TooLarge.
    """
    if request.method == "GET":
        if not reads:
            raise Unread("JSON Error: Invalid request. Please use POST method for your request")
        return _asked(request), {}
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _parts(request, files)
    body = await _body(request)
    if not body.strip():
        return (_asked(request) if reads else {}), {}
    if kind == "application/x-www-form-urlencoded":
        return _form(body), {}
    return _object(body), {}


def _asked(request: Request) -> dict[str, Any]:
    return {name: value for name, value in mixed(request.query_params.multi_items()).items() if name != "callback"}


def mixed(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Give a value for each key, a list where it is said several times."""
    found: dict[str, list[Any]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return {clean_text(name): cleaned(values[0] if len(values) == 1 else values) for name, values in found.items()}


async def _body(request: Request) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > MOST:
            raise TooLarge(limit=MOST)
        parts.append(part)
    return b"".join(parts)


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError as wrong:
        raise Unread(f"JSON Error: Error decoding JSON data. Error: {wrong}") from None
    if not isinstance(found, dict):
        said = repr(found)[:SHORT]
        raise Unread(f"JSON Error: Request data JSON decoded to {said} but it needs to be a dictionary.")
    keys = -1 if NUL in body else _sound(found)
    if len(body) <= SMALL or keys != sum(sign * body.count(text) for text, sign in COLONS):
        _said_once(body)
    return found if keys >= 0 else {clean_text(name): cleaned(one) for name, one in found.items()}


def _said_once(body: bytes) -> None:
    """Refuse JSON in which a key is said twice."""
    if name := said_twice(body):
        raise Unread(f"JSON Error: Error decoding JSON data. Error: the key {name} is said twice")


def _sound(found: dict[str, Any]) -> int:
    """Count the keys of JSON that holds no NUL (its reader lets no half of a surrogate pair in); refuse it too deep.

    To copy fifty thousand cells takes longer than to read them, and so does to look at them one by one.
    """
    level: list[Any] = [found]
    keys = len(found)
    for _ in range(DEPTH + 1):
        if not set(map(type, _within(level))) & NESTED:
            return keys
        level = [one for one in _within(level) if type(one) in NESTED]
        keys += sum(len(one) for one in level if type(one) is dict)
    if not any(level):
        return keys
    raise Unread("JSON Error: Error decoding JSON data. Error: nested too deeply")


def _within(every: Sequence[Any]) -> Iterator[Any]:
    """Give the members of lists and dictionaries, one after the other."""
    kinds = set(map(type, every))
    if kinds == {dict}:  # rows
        return chain.from_iterable(map(dict.values, every))
    return chain.from_iterable(one.values() if type(one) is dict else one for one in every)


def cleaned(value: Any, depth: int = 0) -> Any:
    """Give JSON without what no store can hold (NUL, halves of surrogate pairs); raises Unread where it is too deep."""
    if depth > DEPTH:
        raise Unread("JSON Error: Error decoding JSON data. Error: nested too deeply")
    if isinstance(value, dict):
        return {clean_text(name): cleaned(one, depth + 1) for name, one in value.items()}
    if isinstance(value, list):
        return [cleaned(one, depth + 1) for one in value]
    return clean_text(value) if isinstance(value, str) else value


def _form(body: bytes) -> dict[str, Any]:
    """Read a form; one whose only key is JSON text (what ``curl -d '{…}'`` sends) is that object."""
    text = body.decode("utf-8", "replace")
    plain = text.strip().removesuffix("=1").removesuffix("=")
    for whole in (plain, unquote_plus(plain)):
        if whole.startswith("{"):
            try:
                found = orjson.loads(whole)
            except orjson.JSONDecodeError:
                continue
            if isinstance(found, dict):
                _said_once(whole.encode())
                return {clean_text(name): cleaned(one) for name, one in found.items()}
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS)
    except ValueError:
        raise Unread("JSON Error: too many form fields") from None
    if len(pairs) == 1 and pairs[0][1] in ("", "1"):
        return _object(pairs[0][0].encode())
    return mixed(pairs)


async def _parts(request: Request, most: int) -> tuple[dict[str, Any], dict[str, Sent]]:
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > most:
        raise TooLarge(limit=most)
    try:
        form = await request.form(max_files=20, max_fields=1000, max_part_size=MOST)
    except (MultiPartException, HTTPException) as wrong:
        raise Unread(f"JSON Error: {getattr(wrong, 'detail', wrong)}") from None
    pairs = form.multi_items()
    members = mixed((name, value) for name, value in pairs if not isinstance(value, UploadFile))
    return members, _files(pairs)


def _files(pairs: Iterable[tuple[str, Any]]) -> dict[str, Sent]:
    return {
        name: Sent(value.file, value.filename or "", value.content_type or "")
        for name, value in pairs if isinstance(value, UploadFile)
    }
