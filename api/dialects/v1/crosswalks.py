"""A table harmonised to the areas of another day: a new column of codes, or whole areas put together."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from starlette.responses import Response, StreamingResponse

from api import harmonised
from api.deps import TheCaller, TheSite
from api.dialects.v1 import shapes
from api.dialects.v1.datasets import REFUSALS, moved_to
from api.dialects.v1.door import Door, listed, may
from api.dialects.v1.shelf import is_public
from pipelines import tables

router = APIRouter(prefix="/api/v1", tags=["history"], route_class=Door)


@router.get("/datasets/{dataset}/resources/{name}/crosswalk", summary="Areas of another day",
            openapi_extra=may("anyone"), responses={200: {"model": shapes.ListOut}, **REFUSALS})
def crosswalk(  # noqa: PLR0917 - FastAPI gives them by name
    request: Request, site: TheSite, caller: TheCaller, dataset: str, name: str,
    first: Annotated[date | None, Query(alias="from", description="A day on which the table's codes were in force; it "
                                        "has to be said.")] = None,
    last: Annotated[date | None, Query(alias="to", description="The day whose areas are wanted; it has to be said.")]
    = None,
    column: Annotated[str, Query(max_length=500, description="The column of codes; default: the only one that is of "
                                 "a list of areas.")] = "",
    codelist: Annotated[str, Query(alias="list", max_length=100, description="The list that the codes are of; default: "
                                   "what is known of the column.")] = "",
    sums: Annotated[str, Query(alias="sum", max_length=2000, description="Columns to be added up by area of the later "
                               "day, with commas; without it rows are given with the new column.")] = "",
    by: Annotated[str, Query(max_length=2000, description="With `sum`: columns within whose values areas are put "
                             "together, a year for example.")] = "",
    version: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    format: Annotated[Literal["json", "csv"], Query(description="`csv` gives everything in one file.")] = "json",  # noqa: A002 - as for rows
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[str, Query(pattern="^[0-9]{0,12}$", description="`next` of the page before.")] = "",
) -> Response:
    """What merged whole is put together; what was split is marked with where its parts went, never guessed."""
    entry = site.catalog.dataset(caller, dataset)
    moved = moved_to(request, entry, dataset)
    if moved is not None:
        return moved
    found = site.catalog.version(caller, entry.id, version)
    resource, path = harmonised.table_of(site, caller, found, name)
    wanted = harmonised.wanted(site, resource, path, (first, last), column, codelist)
    headers = {"Cache-Control": "public, no-cache" if is_public(entry) else "private, no-store",
               "Dataset-Version": str(found.number)}
    added, apart = harmonised.names(wanted, sums, "sum", harmonised.NUMBERS), harmonised.names(wanted, by, "by")
    made = harmonised.together(site, wanted, added, apart) if added else None
    if format == "csv":
        headers |= {"Content-Type": "text/csv; charset=utf-8", "Content-Disposition":
                    f"attachment; filename*=UTF-8''{quote(name)}-{wanted.last.isoformat()}.csv"}
        if made is None:
            return StreamingResponse(harmonised.as_csv(wanted), 200, headers)
        return Response(harmonised.together_csv(wanted, made, added, apart), 200, headers)
    return listed(request, _page(wanted, found.number, made, int(cursor or 0), limit), **headers)


def _page(
    wanted: harmonised.Wanted, version: int, made: list[dict[str, Any]] | None, start: int, limit: int
) -> dict[str, Any]:
    told = {"column": wanted.column, "list": wanted.codes.id, "from": wanted.first.isoformat(),
            "to": wanted.last.isoformat(), "version": version, "added": wanted.label}
    if made is not None:
        more = start + limit < len(made)
        return {**told, "items": made[start : start + limit], "total": len(made),
                "next": str(start + limit) if more else None}
    page = tables.preview(wanted.path, start + 1, limit)
    return {**told, "items": harmonised.rows(wanted, page), "total": page.total,
            "next": str(page.next - 1) if page.next else None}
