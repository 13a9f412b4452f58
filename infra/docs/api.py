"""Write docs/api.md and tests/golden/openapi.json from the application's own OpenAPI document (`make docs`)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from api.app import create_app
from api.dialects.v1.reference import kind
from api.errors import STATUS
from api.messages import refusals

ROOT = Path(__file__).parents[2]
VERBS = ("get", "post", "patch", "put", "delete")


def document() -> dict[str, Any]:
    """The OpenAPI document; no site is needed to describe one."""
    return create_app(None, None).openapi()  # type: ignore[arg-type]


def page() -> str:
    openapi = document()
    lines = [
        "# HTTP API", "",
        "Printed by `make docs` from the OpenAPI document that every site serves at",
        "`/api/v1/openapi.json` (a page to read: `/api/docs`).", "",
        *calls(openapi), "## Refusals", "",
        "Every refusal is `application/problem+json` (RFC 9457): `type`, `title`, `status`, `code`, `detail` and `errors[]` with",
        "`pointer`, `code`, `detail`. Codes are stable.", "", "| class | status |", "|---|---|",
        *(f"| {one.__name__} | {status} |" for one, status in STATUS.items()), "",
        "| code | Tiếng Việt | English |", "|---|---|---|",
        *(f"| `{code}` | {words['vi']} | {words['en']} |" for code, words in sorted(refusals.SENTENCES.items())), "",
    ]
    return "\n".join(lines)


def calls(openapi: Mapping[str, Any]) -> Iterator[str]:
    tags: dict[str, list[str]] = {}
    for path, operations in openapi["paths"].items():
        for verb in VERBS:
            if verb in operations:
                tags.setdefault((operations[verb].get("tags") or ["other"])[0], []).append(row(verb, path, operations[verb]))
    for tag, rows in tags.items():
        yield from (f"## {tag.capitalize()}", "", "| call | who may | what it does | parameters |", "|---|---|---|---|", *rows, "")


def row(verb: str, path: str, operation: Mapping[str, Any]) -> str:
    named = [one for one in operation.get("parameters", ()) if one["in"] == "query"]
    parameters = ", ".join(f"`{one['name']}` ({kind(one.get('schema', {}))})".replace("|", "\\|") for one in named)
    words = f"**{operation.get('summary', '')}.** {operation.get('description', '')}".replace("\n", " ").replace("|", "\\|")
    return f"| `{verb.upper()} {path}` | {operation.get('x-who', 'anyone')} | {words} | {parameters} |"


def also() -> None:
    """Keep the OpenAPI document beside the page, so that a change of interface is seen in review."""
    text = json.dumps(document(), ensure_ascii=False, indent=1, sort_keys=True)
    (ROOT / "tests" / "golden" / "openapi.json").write_text(text + "\n", encoding="utf-8")
