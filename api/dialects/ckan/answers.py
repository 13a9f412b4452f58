"""Answers in CKAN's shapes: the envelope, the errors with their ``__type``, the JSON strings, and JSONP."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import orjson
from starlette.responses import Response

from api.dialects.ckan.action import Refused, Wrong
from api.errors import headers_of, status_of
from api.messages import refusals
from catalog.errors import Conflict, Gone, Invalid, NotAllowed, NotFound, Problem, Refusal

JSON: Final = "application/json;charset=utf-8"
CALLBACK: Final = re.compile(r"[A-Za-z_$][\w$.]{0,99}", re.ASCII)
MEMBERS: Final[Mapping[str, str]] = {
    "slug": "name", "description": "notes", "licence": "license_id", "organization": "owner_org", "themes": "groups",
    "source_url": "url", "contact": "maintainer", "visibility": "private", "role": "role", "user": "username",
}
"""Our members by the names that CKAN has for them."""

SENTENCES: Final[Mapping[str, str]] = {
    "slug-taken": "That URL is already in use.", "required": "Missing value", "not-an-address": "Not a valid URL",
    "not-a-slug": "Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_",
    "organisation-not-found": "Organization does not exist", "not-an-email": "Email is not a valid format",
    "name-taken": "The provided username is not available",
    "search-down": "Search is away at the moment: nothing can be said about what would be found. Ask again in a while",
}
"""The sentences of CKAN that its clients look for, by our codes."""


def told(name: str, site: str, result: Any, changed: Iterable[str] = ()) -> dict[str, Any]:
    """Put a result in its envelope; ``changed`` are the packages that a write touched."""
    envelope = {"help": helping(name, site), "success": True, "result": result}
    ids = list(dict.fromkeys(changed))
    return {**envelope, "changed_entities": {"packages": ids}} if ids else envelope


def helping(name: str, site: str) -> str:
    """Give the address of an action's help."""
    return f"{site}/api/3/action/help_show?name={name}"


def reply(content: Any, status: int = 200, callback: str = "", headers: Mapping[str, str] | None = None) -> Response:
    """Answer with JSON, or with a call of ``callback`` around it."""
    body = orjson.dumps(content, option=orjson.OPT_NON_STR_KEYS, default=str)
    kept = {"Cache-Control": "no-store", **(headers or {})}
    if callback and status == 200 and CALLBACK.fullmatch(callback):  # noqa: PLR2004 - CKAN wraps no errors
        called = callback.encode() + b"(" + body + b");"
        return Response(called, status, {**kept, "Content-Type": "application/javascript;charset=utf-8"})
    return Response(body, status, {**kept, "Content-Type": JSON})


def raw(body: bytes) -> Response:
    """Answer with JSON that was written before."""
    return Response(body, 200, {"Cache-Control": "no-store", "Content-Type": JSON})


def bad(words: str) -> Response:
    """Answer 400 with a JSON string, as CKAN does where the request itself cannot be read."""
    return reply(f"Bad request: {words}", 400)


def failed(name: str, site: str, error: Exception, who: str = "") -> Response:
    """Answer a refusal in the envelope of a failure."""
    status, members = shape(error, who)
    headers = headers_of(error) if isinstance(error, Refusal) and not isinstance(error, NotAllowed) else {}
    return reply({"help": helping(name, site), "success": False, "error": members}, status, headers=headers)


def shape(error: Exception, who: str = "") -> tuple[int, dict[str, Any]]:
    """Give the status and the error's members."""
    if isinstance(error, Wrong):
        return 409, {**error.errors, "__type": "Validation Error"}
    if isinstance(error, Refused):
        return error.status, {"__type": error.kind, "message": error.message, **error.more}
    if isinstance(error, Refusal):
        return _refusal(error, who)
    return 500, {"__type": "Internal Server Error", "message": "Internal Server Error"}


def _refusal(error: Refusal, who: str) -> tuple[int, dict[str, Any]]:
    if isinstance(error, NotFound) and error.params.get("pointer"):
        return 409, {**_validation([Problem(str(error.params["pointer"]), error.code)]), "__type": "Validation Error"}
    if isinstance(error, NotFound | Gone):
        return 404, {"__type": "Not Found Error", "message": "Not found"}
    if isinstance(error, NotAllowed):
        words = f"Access denied: User {who} not authorized to do this" if who else "Access denied"
        return 403, {"__type": "Authorization Error", "message": words}
    if isinstance(error, Invalid | Conflict):
        return 409, {**(_validation(error.problems) or {"message": [sentence(error.code, error.params)]}),
                     "__type": "Validation Error"}
    status = status_of(error)
    kind = "Search Connection Error" if error.code == "search-down" else "Service Error"
    return status, {"__type": kind, "message": sentence(error.code, error.params, status)}


def _validation(problems: Iterable[Problem]) -> dict[str, list[str]]:
    """Name each member as CKAN does, with its sentences."""
    errors: dict[str, list[str]] = {}
    for one in problems:
        where = one.pointer.removeprefix("#/")
        name = "maintainer_email" if where == "contact/email" else where.partition("/")[0]
        errors.setdefault(MEMBERS.get(name, name), []).append(sentence(one.code, one.params or {}))
    return errors


def sentence(code: str, params: Mapping[str, Any], status: int = 409) -> str:
    """Say a code in CKAN's sentence where it has one, else in our English one."""
    return SENTENCES.get(code) or refusals.sentence(code, params, "en", status=status)
