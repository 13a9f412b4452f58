"""Whether the site stands: /healthz (the process), /readyz (its parts, named), /metrics (Prometheus text)."""

from __future__ import annotations

import orjson
from fastapi import APIRouter, Response

from api.deps import TheSite

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
    body = orjson.dumps({"status": worst, "parts": parts})
    return Response(body, 503 if down else 200, {"Cache-Control": "no-store"}, "application/json")


@router.get("/metrics", summary="Counters for Prometheus")
def metrics(site: TheSite) -> Response:
    """Count requests and durations of this process, and what the site holds."""
    counters = site.extras["counters"]
    holdings = {"holdings": site.catalog.statistics(), "submissions": site.catalog.queue_sizes()}
    text: str = counters.text(holdings)
    return Response(text, media_type="text/plain; version=0.0.4", headers={"Cache-Control": "no-store"})
