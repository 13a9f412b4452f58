"""The site itself: emptying it, where that is allowed."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import TheCaller, TheSite
from api.dialects.v1.datasets import REFUSALS
from api.dialects.v1.door import Door, may, reply
from catalog.errors import NotAllowed, NotFound

router = APIRouter(prefix="/api/v1", tags=["operations"], route_class=Door)


@router.post("/reset", summary="Empty the site", openapi_extra=may("operator"),
             responses={200: {"content": {"application/json": {}}}, **REFUSALS})
def reset(site: TheSite, caller: TheCaller) -> Response:
    """What ``datamo reset --yes`` does, on the running site; only in environment ``test``."""
    if site.environment != "test":
        raise NotFound
    if caller.person is None or caller.person.role != "operator":
        raise NotAllowed
    site.catalog.reset()
    return reply({"status": "empty"})
