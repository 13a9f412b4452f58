"""How the site stands: standards, freshness, quality, growth, answers and outages, as JSON or CSV, for everybody."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from api import standing
from api.deps import Language, Site, TheSite
from api.dialects.v1 import shapes
from api.dialects.v1.datasets import REFUSALS
from api.dialects.v1.door import Door, may, reply
from catalog.errors import Unavailable

router = APIRouter(prefix="/api/v1/status", tags=["status"], route_class=Door)

HEADERS: Final = {"Cache-Control": "public, max-age=60"}
Theme = Annotated[str, Query(max_length=40, description="Only datasets of this theme (`AGRI`).")]
Period = Annotated[str, Query(max_length=10, description="`12` (months, the default), `24`, `all`, or a year: for what "
                              "happens month by month.")]


@router.get("", summary="How the site stands", openapi_extra=may("anyone"),
            responses={200: {"model": shapes.StatusOut}, **REFUSALS})
def whole(site: TheSite, theme: Theme = "", period: Period = "") -> Response:
    """Every section of the dashboards at once. ``at`` is when it was counted; a share needs twenty answers or dates."""
    found = _ground(site, theme, period)
    sections = {name: list(standing.section(found, name).rows) for name in standing.SECTIONS}
    return reply(_head(found) | {"sections": sections}, headers=HEADERS)


@router.get("/{section}", summary="One section", openapi_extra=may("anyone"),
            responses={200: {"model": shapes.StatusSectionOut, "content": {"text/csv": {}}}, **REFUSALS})
def one(  # noqa: PLR0917 - FastAPI gives them by name
    site: TheSite, language: Language, section: str, theme: Theme = "", period: Period = "",
    format: Annotated[Literal["json", "csv"], Query()] = "json",  # noqa: A002 - as for rows
) -> Response:
    """Give the rows that the page of that name shows.

    ``standards``, ``freshness``, ``quality``, ``items``, ``formats``, ``readability``, ``growth``, ``satisfaction``,
    ``answers`` or ``outages``.
    """
    found = _ground(site, theme, period)
    made = standing.section(found, section)
    if format == "csv":
        name = {"Content-Disposition": f'attachment; filename="status-{section}.csv"'}
        return Response(standing.as_csv(made, language), 200, {**HEADERS, **name}, "text/csv; charset=utf-8")
    head = _head(found) | {"section": made.name, "columns": list(made.columns)}
    return reply(head | {"items": list(made.rows), "total": len(made.rows), "next": None}, headers=HEADERS)


def _ground(site: Site, theme: str, period: str) -> standing.Ground:
    found = standing.ground(site, standing.asked(theme, period))
    if found is None:
        raise Unavailable("not-counted-yet", retry_after=60.0)
    return found


def _head(found: standing.Ground) -> dict[str, Any]:
    watched = found.watched
    return {
        "at": found.standing.made.isoformat(timespec="seconds"), "theme": found.asked.theme or None,
        "period": found.asked.period, "watched_since": watched.isoformat(timespec="seconds") if watched else None,
    }
