"""The reference page of this API, drawn from its OpenAPI document; no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

router = APIRouter()

VERBS: Final = ("get", "post", "patch", "put", "delete")
HEAD: Final = (
    "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>API – Datamo</title>"
    "<meta name='viewport' content='width=device-width, initial-scale=1'>"
    "<link rel='stylesheet' href='/static/datamo.css'></head><body><main id='main' class='wrap'>"
)


@router.get("/api/docs", include_in_schema=False)
def docs(request: Request) -> Response:
    """Every call with who may make it, its parameters, its body and its answers."""
    kept = request.app.state.site.extras
    if "v1.reference" not in kept:
        kept["v1.reference"] = page(request.app.openapi())
    return HTMLResponse(kept["v1.reference"], headers={"Cache-Control": "public, max-age=300"})


def page(openapi: Mapping[str, Any]) -> str:
    """The page as HTML."""
    parts = [HEAD, "<h1>API</h1>", _opening(openapi)]
    for tag, calls in _by_tag(openapi).items():
        parts.append(f"<h2 id='{escape(tag)}'>{escape(tag.capitalize())}</h2>")
        parts.extend(_call(verb, path, operation, openapi) for verb, path, operation in calls)
    return "".join([*parts, "</main></body></html>"])


def _opening(openapi: Mapping[str, Any]) -> str:
    return (
        f"<p>Version {escape(openapi['info']['version'])}. Machine-readable: "
        "<a href='/api/v1/openapi.json'>OpenAPI 3.1</a>. Send a token as <code>Authorization: Bearer …</code>; reading "
        "what is public needs none. Errors are <code>application/problem+json</code> (RFC 9457) with a stable "
        "<code>code</code>.</p>"
    )


def _by_tag(openapi: Mapping[str, Any]) -> dict[str, list[tuple[str, str, Mapping[str, Any]]]]:
    found: dict[str, list[tuple[str, str, Mapping[str, Any]]]] = {}
    for path, operations in openapi["paths"].items():
        for verb in VERBS:
            if verb in operations:
                tag = (operations[verb].get("tags") or ["other"])[0]
                found.setdefault(tag, []).append((verb, path, operations[verb]))
    return found


def _call(verb: str, path: str, operation: Mapping[str, Any], openapi: Mapping[str, Any]) -> str:
    who = operation.get("x-who", "anyone")
    rows = [*_parameters(operation), *_members(operation, openapi)]
    titles = "".join(f"<th scope='col'>{title}</th>" for title in ("Name", "Where", "Type", "Meaning"))
    table = f"<table><thead><tr>{titles}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    answers = ", ".join(escape(status) for status in operation.get("responses", {}))
    return (
        f"<section><h3><code>{verb.upper()} {escape(path)}</code></h3>"
        f"<p><strong>{escape(operation.get('summary', ''))}.</strong> {escape(operation.get('description', ''))}</p>"
        f"{table if rows else ''}"
        f"<p>Who may: {escape(who)}. Answers: {answers}.</p></section>"
    )


def _parameters(operation: Mapping[str, Any]) -> Iterator[str]:
    for one in operation.get("parameters", ()):
        meaning, needed = one.get("description", ""), one.get("required")
        yield _row(one["name"], one["in"], one.get("schema", {}), meaning, needed=needed)


def _members(operation: Mapping[str, Any], openapi: Mapping[str, Any]) -> Iterator[str]:
    for content in operation.get("requestBody", {}).get("content", {}).values():
        schema = _object(content.get("schema", {}), openapi)
        needed = schema.get("required", ())
        for name, member in schema.get("properties", {}).items():
            yield _row(name, "body", member, member.get("description", ""), needed=name in needed)


def _object(schema: Mapping[str, Any], openapi: Mapping[str, Any]) -> Mapping[str, Any]:
    """The object that a body is, behind references and "or null"."""
    for choice in schema.get("anyOf", ()):
        if "$ref" in choice:
            return _object(choice, openapi)
    reference = schema.get("$ref", "")
    if not reference:
        return schema
    found: Mapping[str, Any] = openapi["components"]["schemas"][reference.rsplit("/", 1)[-1]]
    return found


def _row(name: str, where: str, schema: Mapping[str, Any], meaning: str, *, needed: Any) -> str:
    mark = " *" if needed else ""
    cells = (f"<code>{escape(name)}</code>{mark}", where, escape(kind(schema)), escape(meaning))
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def kind(schema: Mapping[str, Any]) -> str:
    """A schema in a few words: ``string``, ``a | b``, ``list of string``."""
    if "enum" in schema or "const" in schema:
        return " | ".join(str(one) for one in schema.get("enum", [schema.get("const")]))
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(kind(one) for one in schema["anyOf"] if one.get("type") != "null"))
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if schema.get("type") == "array":
        return f"list of {kind(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type", "any"))
