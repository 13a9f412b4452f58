"""Refusal → status: the one table, and RFC 9457 problem+json made from it; pages draw the same table themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import orjson
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.messages import refusals
from catalog.errors import (
    Busy,
    Conflict,
    Gone,
    Invalid,
    NotAllowed,
    NotFound,
    NotKnown,
    Outdated,
    Problem,
    Refusal,
    Stale,
    TooLarge,
    TooMany,
    Unavailable,
)

METHOD_NOT_ALLOWED: Final = 405
PRECONDITION_FAILED: Final = 412
UNSUPPORTED_MEDIA_TYPE: Final = 415
LOCKED: Final = 423
CHECKSUM_MISMATCH: Final = 460
"""Of tus 1.0, the protocol of resumable uploads."""


class MethodNotAllowed(Refusal):
    """The address is there, but not for this verb."""

    code = "method-not-allowed"


class WrongProtocol(Refusal):
    """A version of a protocol that we do not speak."""

    code = "wrong-protocol"


class WrongMedia(Refusal):
    """A body of another kind than this address takes."""

    code = "wrong-media"


class Damaged(Refusal):
    """Bytes that do not have the checksum that came with them; none of them were kept."""

    code = "checksum-mismatch"


STATUS: Final[Mapping[type[Refusal], int]] = {
    Refusal: 400,
    NotFound: 404,
    NotAllowed: 403,
    NotKnown: 401,
    Conflict: 409,
    Stale: 409,
    Outdated: PRECONDITION_FAILED,
    Busy: LOCKED,
    Gone: 410,
    Invalid: 422,
    TooLarge: 413,
    TooMany: 429,
    Unavailable: 503,
    MethodNotAllowed: METHOD_NOT_ALLOWED,
    WrongProtocol: PRECONDITION_FAILED,
    WrongMedia: UNSUPPORTED_MEDIA_TYPE,
    Damaged: CHECKSUM_MISMATCH,
}

JSON: Final = orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS
MEDIA_TYPE: Final = "application/problem+json"
RETRY_SECONDS: Final = 10


def status_of(refusal: Refusal) -> int:
    """Look up the HTTP status of a refusal: that of its class, or of the nearest class above it."""
    return next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)


def of_member(refusal: Refusal) -> Refusal:
    """Turn "what a member names is not there" into Invalid; a NotFound of the address itself stays one."""
    pointer = refusal.params.get("pointer") if isinstance(refusal, NotFound) else None
    return Invalid(problems=[Problem(str(pointer), refusal.code)]) if pointer else refusal


def code_of(refusal: Refusal) -> str:
    """Give the public code; every NotFound bears the same one, so that nothing hidden shines through."""
    return NotFound.code if isinstance(refusal, NotFound) else refusal.code


def headers_of(refusal: Refusal) -> dict[str, str]:
    """Headers that belong to the status: how to sign in, when to come back."""
    if isinstance(refusal, NotKnown):
        return {"WWW-Authenticate": 'Bearer realm="datamo"'}
    wait = refusal.params.get("retry_after")
    if wait is None and isinstance(refusal, Unavailable):
        wait = RETRY_SECONDS
    return {} if wait is None else {"Retry-After": str(max(1, round(float(wait))))}


def document(refusal: Refusal, language: str) -> dict[str, Any]:
    """Write the problem as RFC 9457 says it: type, title, status, detail, code, and errors[] with pointers."""
    code = code_of(refusal)
    params: Mapping[str, Any] = {} if isinstance(refusal, NotFound) else refusal.params
    status = status_of(refusal)
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": refusals.title(status, language),
        "status": status,
        "code": code,
        "detail": refusals.sentence(code, params, language, status=status),
    }
    if isinstance(refusal, Gone):
        body.update({name: refusal.params.get(name) for name in ("state", "reason", "withdrawn")})
        body["state"] = body["state"] or "withdrawn"
        if refusal.params.get("erased"):
            body["erased"] = refusal.params["erased"]
    if code == "read-only":
        body.update({name: params.get(name) or None for name in ("notice", "until")})
    if refusal.problems and not isinstance(refusal, NotFound):
        body["errors"] = [_member(one, language) for one in refusal.problems]
    return body


def _member(problem: Problem, language: str) -> dict[str, Any]:
    params = {"name": _last_name(problem.pointer), **(problem.params or {})}
    sentence = refusals.sentence(problem.code, params, language, status=422)
    said = {"pointer": problem.pointer, "code": problem.code, "detail": sentence}
    return {**said, "known": list(params["known"])} if params.get("known") else said


def _last_name(pointer: str) -> str:
    """Name the member that a pointer leads to (``#/tags/3`` is about tags): who refuses need not say it twice."""
    return next((part for part in reversed(pointer.split("/")) if part != "#" and not part.isdigit()), "")


def answer(refusal: Refusal, language: str, request_id: str = "") -> Response:
    """Answer with the refusal as a problem+json response; ``id`` is what the log knows the request by."""
    problem = {**document(refusal, language), **({"id": request_id} if request_id else {})}
    body = orjson.dumps(problem, default=str, option=JSON)
    headers = {"Cache-Control": "no-store", "Content-Language": language, **headers_of(refusal)}
    return Response(body, status_of(refusal), headers, MEDIA_TYPE)


def from_validation(error: RequestValidationError) -> Refusal:
    """Turn what FastAPI found wrong with a request into our own refusal with JSON pointers."""
    problems = [_problem(one) for one in error.errors()]
    if any(one.code == "json-invalid" for one in problems):
        return Invalid("json-invalid", problems=problems)
    return Invalid(problems=problems)


KINDS: Final[Mapping[str, str]] = {
    "extra_forbidden": "unknown-member",
    "missing": "missing",
    "json_invalid": "json-invalid",
    "json_type": "json-invalid",
}


def _problem(error: Mapping[str, Any]) -> Problem:
    kind = str(error.get("type", ""))
    code = KINDS.get(kind, _shape(kind))
    at = () if code == "json-invalid" else error.get("loc", ())  # the place in a broken text names no member
    return Problem(_pointer(at), code, _params(error))


def _shape(kind: str) -> str:
    if kind.endswith(("_type", "_parsing", "_from_datetime_parsing")):
        return "wrong-type"
    if kind.startswith(("string_too", "too_long", "too_short", "greater", "less")):
        return "out-of-range"
    return "not-accepted"


def _params(error: Mapping[str, Any]) -> dict[str, Any]:
    context = error.get("ctx") or {}
    return {"name": str((error.get("loc") or ("",))[-1]), "expected": str(context.get("expected", ""))}


def _pointer(loc: Any) -> str:
    parts = [str(part) for part in loc]
    if parts and parts[0] in {"path", "header", "cookie"}:
        return f"{parts[0]}:{parts[-1]}"
    inner = parts[1:] if parts and parts[0] in {"body", "query"} else parts
    return "#" + "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in inner)


def from_http(error: HTTPException) -> Refusal:
    """Turn what the router itself refuses into ours: no such address, no such method, no readable body."""
    if error.status_code == STATUS[NotFound]:
        return NotFound()
    if error.status_code == STATUS[Refusal]:  # a body that FastAPI could not parse at all
        return Invalid("json-invalid")
    if error.status_code == METHOD_NOT_ALLOWED:
        return MethodNotAllowed()
    return Refusal("bad-request")


def bug(request_id: str, language: str) -> Response:
    """Answer to a bug: nothing of it is shown but the id under which the log has it."""
    body = {
        "type": "about:blank",
        "title": refusals.title(500, language),
        "status": 500,
        "code": "internal",
        "detail": refusals.sentence("internal", {"id": request_id}, language, status=500),
        "id": request_id,
    }
    return Response(orjson.dumps(body), 500, {"Cache-Control": "no-store"}, MEDIA_TYPE)
