"""Suggestions while somebody types: titles of public datasets that begin like the words typed so far."""

from __future__ import annotations

from typing import Annotated

import orjson
from fastapi import APIRouter, Query
from starlette.responses import Response

from api.deps import TheCaller, TheSite
from api.dialects.v1 import shapes
from api.dialects.v1.datasets import REFUSALS
from api.dialects.v1.door import Door, may
from catalog.question import clean_text

router = APIRouter(prefix="/api/v1", tags=["datasets"], route_class=Door)
LONGEST = 100
MOST = 8


@router.get("/suggestions", summary="Titles that begin like this", openapi_extra=may("anyone"),
            responses={200: {"model": shapes.SuggestionsOut}, **REFUSALS})
def suggestions(
    site: TheSite, caller: TheCaller,
    q: Annotated[str, Query(max_length=LONGEST, description="The letters typed so far, with or without marks.")] = "",
) -> Response:
    """At most eight titles, the likeliest first; none while search is down: it is a help, never needed."""
    asked = clean_text(q)
    found = list(site.catalog.suggest(caller, asked))[:MOST] if asked else []
    return Response(orjson.dumps({"items": found}), 200, {"Cache-Control": "public, max-age=60"}, "application/json")
