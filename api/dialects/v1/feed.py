"""The change feed: what became visible, changed or went, in the order of one sequence."""

from __future__ import annotations

from typing import Annotated

import orjson
from fastapi import APIRouter, Query
from starlette.responses import Response

from api.deps import TheCaller, TheSite
from api.dialects.v1.datasets import REFUSALS
from api.dialects.v1.door import Door, may
from api.dialects.v1.words import stamp

router = APIRouter(prefix="/api/v1", tags=["changes"], route_class=Door)


@router.get("/changes", summary="Change feed", openapi_extra=may("anyone"),
            responses={200: {"content": {"application/x-ndjson": {}}}, **REFUSALS})
def changes(
    site: TheSite, caller: TheCaller,
    since: Annotated[int, Query(ge=0, le=2**63 - 1, description="The last `sequence` that was seen.")] = 0,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
) -> Response:
    """One JSON object per line, oldest first; ask again with the last line's ``sequence``."""
    found = site.catalog.changes(caller, since, limit)
    lines = [
        orjson.dumps({
            "sequence": one.sequence, "at": stamp(one.at), "kind": one.kind, "dataset": one.dataset or None,
            "version": one.version,
        }, option=orjson.OPT_APPEND_NEWLINE)
        for one in found
    ]
    headers = {"Cache-Control": "no-store"}
    if found:
        headers["Link"] = f'<{site.url}/api/v1/changes?since={found[-1].sequence}>; rel="next"'
    return Response(b"".join(lines), 200, headers, "application/x-ndjson")
