"""The OpenAPI document: FastAPI's own, with our problem shape in place of its default 422, and our ways to sign in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.routing import BaseRoute

VERBS: Final = ("get", "post", "patch", "put", "delete")
PROBLEM: Final[dict[str, Any]] = {
    "description": "What is wrong, with pointers",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
FOREIGN: Final = ("HTTPValidationError", "ValidationError")
DESCRIPTION: Final = (
    "Open government data: describe, upload, check, publish, find. Times are RFC 3339 UTC; lists are "
    '`{"items", "total", "next"}`; an `Idempotency-Key` on a write makes it safe to send again.'
)


def documented(app: FastAPI, routes: Sequence[BaseRoute]) -> Callable[[], dict[str, Any]]:
    """Give ``app.openapi`` of these routes: made once, then kept."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _amended(get_openapi(
                title=app.title, version=app.version, routes=routes, description=DESCRIPTION,
                openapi_version="3.1.0",
            ))
        return app.openapi_schema

    return openapi


def _amended(document: dict[str, Any]) -> dict[str, Any]:
    components = document.setdefault("components", {})
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "An API token."},
        "session": {"type": "apiKey", "in": "cookie", "name": "session"},
    }
    for operations in document["paths"].values():
        for verb in VERBS:
            if verb in operations:
                _amend(operations[verb], writes=verb != "get")
    schemas = components.get("schemas", {})
    for name in FOREIGN:
        schemas.pop(name, None)
    return document


def _amend(operation: dict[str, Any], *, writes: bool) -> None:
    for status, response in operation["responses"].items():
        kinds = response.get("content", {})
        refused = any(one.get("schema", {}).get("$ref", "").endswith("/Problem") for one in kinds.values())
        if status == "422" or refused or "application/problem+json" in kinds:
            said = response.get("description") or PROBLEM["description"]
            operation["responses"][status] = {**PROBLEM, "description": said}
    if writes:
        operation["security"] = [{"token": []}, {"session": []}]
        operation.setdefault("parameters", []).append({
            "name": "Idempotency-Key", "in": "header", "required": False,
            "schema": {"type": "string", "maxLength": 255},
            "description": "Sent again with the same key and content, the request gives its first answer again.",
        })
    elif operation.get("x-who", "anyone") != "anyone":
        operation["security"] = [{"token": []}, {"session": []}]
    else:
        operation["security"] = [{}, {"token": []}, {"session": []}]
