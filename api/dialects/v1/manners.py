"""What every call of the native API is held to beside its own words: names that it knows, a mark to ask again by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Annotated, Any, Final

from fastapi import Header, Request
from fastapi.dependencies.models import Dependant
from starlette.responses import Response

from api.dialects.v1.render import etag
from catalog.errors import Invalid, Problem

EVERYWHERE: Final = frozenset({"lang", "_"})
"""The reader's language, and what scripts put behind an address so that nothing old is given."""

OK: Final = 200

IfMatch = Annotated[str, Header(alias="If-Match", description=(
    "Only if it is still what had this `ETag`, else 412 `changed-since`; `*`: only if there is one."))]
"""What a caller has seen of a thing that she is about to change."""


def known_names(dependant: Dependant, extra: Mapping[str, Any]) -> frozenset[str]:
    """Name the parameters of a query that a route takes, those that it declares by hand in its OpenAPI too."""
    own = {one.alias for one in dependant.query_params}
    below = (known_names(one, {}) for one in dependant.dependencies)
    declared = {str(one["name"]) for one in extra.get("parameters", ()) if one.get("in") == "query"}
    return EVERYWHERE.union(own, declared, *below)


def refuse_unknown(request: Request, known: frozenset[str]) -> None:
    """Refuse a parameter that nobody reads: a filter that was mistyped would silently give everything."""
    strange = [name for name in request.query_params if name not in known]
    if strange:
        names = tuple(sorted(known - EVERYWHERE))
        raise Invalid(problems=[Problem(f"#/{one[:100]}", "unknown-member", {"name": one[:100], "known": names})
                                for one in strange[:10]])


def unchanged(request: Request, mark: str, modified: datetime | None = None) -> bool:
    """Whether the client holds these very bytes (RFC 9110 §13.1: If-None-Match goes before If-Modified-Since)."""
    matches = request.headers.get("if-none-match")
    if matches is not None:
        tags = {one.strip().removeprefix("W/") for one in matches.split(",")}
        return "*" in tags or mark in tags
    since = request.headers.get("if-modified-since")
    if since is None or modified is None:
        return False
    try:
        return modified.replace(microsecond=0) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False


def matches(condition: str, mark: str) -> bool:
    """Whether If-Match names these very bytes (strong comparison: a weak mark never does; RFC 9110 §13.1.1)."""
    return condition.strip() == "*" or mark in {one.strip() for one in condition.split(",")}


def marked(request: Request, answer: Response) -> Response:
    """Give a whole answer that caches may keep a mark of its bytes, and 304 to who holds them already."""
    body = getattr(answer, "body", b"")
    public = answer.headers.get("cache-control", "").startswith("public")
    if answer.status_code != OK or not body or not public or "etag" in answer.headers:
        return answer
    mark = etag(bytes(body))
    answer.headers["ETag"] = mark
    if not unchanged(request, mark):
        return answer
    kept = {name: value for name, value in answer.headers.items() if name not in ("content-length", "content-type")}
    return Response(status_code=304, headers=kept)
