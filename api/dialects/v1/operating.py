"""How the machine behind the site does, for operators: the report, acts on jobs, read-only mode, the audit chain."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from api import operating
from api.deps import TheCaller, TheSite
from api.dialects.v1 import shapes
from api.dialects.v1.datasets import REFUSALS
from api.dialects.v1.door import Door, listing, may, reply

router = APIRouter(prefix="/api/v1/site", tags=["operations"], route_class=Door)

OPERATOR: dict[str, Any] = may("operator")
STILL: dict[str, Any] = {**OPERATOR, "x-still": True}
"""A write that goes on while the site is read-only: to end that, or to change its notice."""

DONE: dict[int | str, dict[str, Any]] = {204: {"description": "Done."}, **REFUSALS}
MOST_CSV = 100_000


@router.get("", summary="How the machine does", openapi_extra=OPERATOR,
            responses={200: {"model": shapes.SiteOut}, **REFUSALS})
def whole(site: TheSite, caller: TheCaller, orphans: Annotated[bool, Query(
        description="Count the stored objects that wait for the sweep, too.")] = False) -> Response:
    """Parts, queues, jobs, workers, followers, search, webhooks, letters, sources, targets, storage, disks, alarms."""
    return reply(operating.report(site, caller, orphans=orphans))


@router.post("/jobs/{job}/retry", status_code=204, summary="Run a job once more", openapi_extra=OPERATOR,
             responses=DONE)
def retry(site: TheSite, caller: TheCaller, job: str) -> Response:
    """From its first step; one that was set aside or cancelled."""
    site.catalog.retry_job(caller, job)
    return Response(status_code=204)


@router.post("/jobs/{job}/cancel", status_code=204, summary="Stop a job", openapi_extra=OPERATOR, responses=DONE)
def cancel(site: TheSite, caller: TheCaller, job: str) -> Response:
    """Stop it before its next step."""
    site.catalog.cancel_job(caller, job)
    return Response(status_code=204)


@router.post("/search/rebuild", status_code=202, response_class=Response, summary="Build search anew",
             openapi_extra=OPERATOR,
             responses={202: {"description": "A worker does it within half a minute; searching goes on."}, **REFUSALS})
def rebuild(site: TheSite, caller: TheCaller) -> Response:
    """What ``datamo reindex`` does, by the worker."""
    site.catalog.ask_reindex(caller)
    return Response(status_code=202)


@router.put("/read-only", status_code=204, summary="Take no changes", openapi_extra=STILL, responses=DONE)
def close(site: TheSite, caller: TheCaller, given: shapes.ReadOnlyIn) -> Response:
    """Readers go on reading; every page bears the notice. Again, to change it."""
    site.catalog.make_read_only(caller, given.notice, given.until)
    return Response(status_code=204)


@router.delete("/read-only", status_code=204, summary="Take changes again", openapi_extra=STILL, responses=DONE)
def open_again(site: TheSite, caller: TheCaller) -> Response:
    """Without effect where the site takes changes; a setting that says so stays."""
    site.catalog.make_writable(caller)
    return Response(status_code=204)


@router.get("/audit", summary="The audit chain", openapi_extra=OPERATOR,
            responses={200: {"model": shapes.ListOut, "content": {"text/csv": {}}}, **REFUSALS})
def audit(  # noqa: PLR0917 - FastAPI gives them by name
    site: TheSite, caller: TheCaller,
    actor: Annotated[str, Query(max_length=120, description="Done by this person.")] = "",
    act: Annotated[str, Query(max_length=64, description="Deeds of this kind.")] = "",
    organization: Annotated[str, Query(max_length=120, description="On an agency and its datasets.")] = "",
    target: Annotated[str, Query(max_length=200, description="On this thing: a dataset, or any id.")] = "",
    first: Annotated[date | None, Query(alias="from", description="From this day on, in Vietnam.")] = None,
    last: Annotated[date | None, Query(alias="to", description="To this day.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[str, Query(pattern="^[0-9]{0,18}$", description="`next` of the page before.")] = "",
    format: Annotated[Literal["json", "csv"], Query(description="`csv` gives up to 100,000 rows.")] = "json",  # noqa: A002 - as for rows
) -> Response:
    """Who did what on which thing, newest first; each row with the hash that chains it to the row before."""
    rows = site.catalog.history(
        caller, actor=actor, act=act, agency=organization, target=target, first=first, last=last,
        below=int(cursor or 0), limit=MOST_CSV if format == "csv" else limit)
    told = [operating.deed_told(row) for row in rows]
    if format == "csv":
        name = {"Content-Disposition": 'attachment; filename="audit.csv"', "Cache-Control": "no-store"}
        return Response(_csv(told), 200, name, "text/csv; charset=utf-8")
    return reply(listing(told, cursor=str(rows[-1].sequence) if len(rows) == limit else None))


def _csv(rows: list[dict[str, Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("sequence", "at", "actor", "act", "object", "detail", "hash"))
    for row in rows:
        detail = json.dumps(row["detail"], ensure_ascii=False, sort_keys=True)
        cells = (row["sequence"], row["at"], row["actor"], row["act"], row["object"], detail, row["hash"])
        writer.writerow([f"'{one}" if isinstance(one, str) and one[:1] in "=+-@\t\r" else one for one in cells])
    return b"\xef\xbb\xbf" + out.getvalue().encode()
