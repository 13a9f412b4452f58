"""Whether the site stands: /healthz (the process), /readyz (its parts, named), /metrics (Prometheus text)."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from starlette.responses import PlainTextResponse

from api.deps import TheSite
from api.errors import JSON
from api.watch.gauges import gauges
from api.watch.meters import Meters
from catalog.errors import NotFound, Unavailable

router = APIRouter(tags=["operations"])


@router.get("/healthz", summary="The process answers")
async def healthz() -> Response:
    """Say that this process is alive; nothing else is asked."""
    return Response(b'{"status":"ok"}', media_type="application/json", headers={"Cache-Control": "no-store"})


@router.get("/readyz", summary="The parts, named")
def readyz(site: TheSite) -> Response:
    """200 when the process can serve (database and files reachable), else 503; an absent worker or index degrades."""
    parts = site.catalog.health()
    states = {name: part.get("state", "down") for name, part in parts.items()}
    down = any(states.get(name) == "down" for name in ("database", "files"))
    worst = "down" if down else "ok" if all(state == "ok" for state in states.values()) else "degraded"
    said = {"status": worst, "parts": parts, "read_only": _read_only(site)}
    body = orjson.dumps(said, option=JSON)
    return Response(body, 503 if down else 200, {"Cache-Control": "no-store"}, "application/json")


def _read_only(site: TheSite) -> dict[str, Any] | None:
    """Say that the site takes no changes, with the notice and until when; None while it takes them."""
    try:
        found = site.catalog.maintenance()
    except Unavailable:
        return None
    return {"notice": found.notice, "until": found.until} if found else None


@router.get("/metrics", summary="Counters for Prometheus", response_class=PlainTextResponse)
def metrics(site: TheSite, request: Request) -> Response:
    """Count requests and their durations, refusals, search and storage; look up queue, followers and parts.

    Only for who asks this process itself: there is nothing here for a request that a proxy hands on from outside.
    """
    if "x-forwarded-for" in request.headers or "forwarded" in request.headers:
        raise NotFound
    meters: Meters = site.extras["meters"]
    text = meters.text(gauges(site.catalog, site.extras["rooms"]))
    return Response(text, media_type="text/plain; version=0.0.4", headers={"Cache-Control": "no-store"})
