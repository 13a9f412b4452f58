"""Rows of a published table, page by page; a cursor stays on the version it began with."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Final, Literal

import orjson
from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api.deps import Site, TheCaller, TheSite
from api.dialects.v1 import shapes
from api.dialects.v1.datasets import REFUSALS, moved_to, unchanged
from api.dialects.v1.door import Door, listed, may
from api.dialects.v1.shelf import VIETNAM, is_public
from catalog.errors import Invalid, NotFound, Problem, Unavailable
from catalog.model import Caller, Entry, File, Resource, Version
from pipelines import tables

router = APIRouter(prefix="/api/v1", tags=["rows"], route_class=Door)

CURSOR_LIMIT: Final = 200
KINDS: Final = {"csv": "text/csv; charset=utf-8", "ndjson": "application/x-ndjson"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a table."""

    select: tuple[str, ...]
    limit: int
    cursor: str
    format: str
    version: int | None
    as_of: date | None


async def _asked(  # noqa: PLR0917 - FastAPI gives them by name
    request: Request,
    select: Annotated[str, Query(max_length=5000, description="Names of columns, with commas; default: all.")] = "",
    limit: Annotated[int, Query(ge=1, le=tables.ROWS_LIMIT)] = 100,
    cursor: Annotated[str, Query(max_length=CURSOR_LIMIT, description="`next` of the page before.")] = "",
    format: Annotated[Literal["json", "csv", "ndjson"], Query()] = "json",  # noqa: A002 - the contract's word
    version: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    as_of: Annotated[date | None, Query(description="The version that was the newest at the end of this day.")] = None,
) -> Asked:
    """Read the query; what a later version will understand is refused, never silently left out."""
    ignored = [name for name in ("where", "group_by", "order_by", "having") if request.query_params.get(name)]
    if ignored:
        problems = [Problem(f"#/{one}", "not-supported", {"name": one}) for one in ignored]
        raise Invalid("not-supported", problems=problems)
    names = next(csv.reader([select]), []) if select.strip() else []
    return Asked(tuple(one.strip() for one in names if one.strip()), limit, cursor, format, version, as_of)


TheAsked = Annotated[Asked, Depends(_asked)]


@router.get("/datasets/{dataset}/rows", summary="Rows of the first table", openapi_extra=may("anyone"),
            responses={200: {"model": shapes.ListOut}, **REFUSALS})
def first_table(request: Request, site: TheSite, caller: TheCaller, dataset: str, asked: TheAsked) -> Response:
    """Rows of the newest version, or of ``?version=`` or ``?as_of=``."""
    return _rows(request, site, caller, dataset, "", asked)


@router.get("/datasets/{dataset}/resources/{name}/rows", summary="Rows of a table", openapi_extra=may("anyone"),
            responses={200: {"model": shapes.ListOut}, **REFUSALS})
def of_resource(  # noqa: PLR0917 - FastAPI gives them by name
    request: Request, site: TheSite, caller: TheCaller, dataset: str, name: str, asked: TheAsked
) -> Response:
    """The same, of one resource."""
    return _rows(request, site, caller, dataset, name, asked)


def _rows(request: Request, site: Site, caller: Caller, dataset: str, name: str, asked: Asked) -> Response:  # noqa: PLR0917
    entry = site.catalog.dataset(caller, dataset)
    moved = moved_to(request, entry, dataset)
    if moved is not None:
        return moved
    number, start = _place(asked.cursor)
    version = _version(site, caller, entry, asked, number)
    resource, parquet = _table(version, name)
    headers = {
        "ETag": f'"{parquet.sha256[:32]}-{hash_of(request.url.query)}"',
        "Cache-Control": "public, no-cache" if is_public(entry) else "private, no-store",
        "Dataset-Version": str(version.number),
    }
    if unchanged(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    path = site.catalog.local_file(caller, parquet)
    if path is None:
        raise Unavailable("storage-down")
    names = asked.select or tuple(one.name for one in tables.schema(path) if one.name != tables.ID)
    page = tables.preview(path, start, asked.limit, names)
    after = _cursor(version.number, page.next) if page.next else None
    return _written(request, asked, page, names, {"after": after, "resource": resource.name, "headers": headers})


def hash_of(query: str) -> str:
    """A short mark of the query, so that each page has an ETag of its own."""
    return hashlib.sha256(query.encode()).hexdigest()[:12]


def _written(
    request: Request, asked: Asked, page: tables.TablePage, names: tuple[str, ...], more: dict[str, Any]
) -> Response:
    places = [next(at for at, one in enumerate(page.columns) if one.name == name) for name in names]
    rows = [tuple(row[at] for at in places) for row in page.rows]
    if asked.format == "json":
        items = [dict(zip(names, row, strict=True)) for row in rows]
        content = {"items": items, "total": page.total, "next": more["after"], "resource": more["resource"]}
        return listed(request, content, **more["headers"])
    body = _csv(names, rows) if asked.format == "csv" else _ndjson(names, rows)
    headers = dict(more["headers"])
    if more["after"]:
        query = request.url.include_query_params(cursor=more["after"]).query
        headers["Link"] = f'<{request.app.state.site.url}{request.url.path}?{query}>; rel="next"'
    return Response(body, 200, {**headers, "Content-Type": KINDS[asked.format]})


def _csv(names: tuple[str, ...], rows: list[tuple[tables.Plain, ...]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(["" if cell is None else _text(cell) for cell in row] for row in rows)
    return out.getvalue().encode()


def _text(cell: tables.Plain) -> str:
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def _ndjson(names: tuple[str, ...], rows: list[tuple[tables.Plain, ...]]) -> bytes:
    return b"".join(orjson.dumps(dict(zip(names, row, strict=True)), option=orjson.OPT_APPEND_NEWLINE) for row in rows)


def _version(site: Site, caller: Caller, entry: Entry, asked: Asked, number: int | None) -> Version:
    wanted = number or asked.version
    if wanted is None and asked.as_of is not None:
        end = datetime.combine(asked.as_of + timedelta(days=1), time(), VIETNAM)
        wanted = next((one.number for one in site.catalog.versions(caller, entry.id) if one.issued < end), None)
        if wanted is None:
            raise NotFound
    return site.catalog.version(caller, entry.id, wanted)


def _table(version: Version, name: str) -> tuple[Resource, File]:
    found = next((one for one in version.resources if one.name == name), None) if name else version.first_table
    parquet = next((one for one in found.files if one.role == "parquet"), None) if found else None
    if found is None or parquet is None:
        raise NotFound
    return found, parquet


def _cursor(number: int, start: int) -> str:
    return base64.urlsafe_b64encode(f"{number}.{start}".encode()).decode().rstrip("=")


def _place(cursor: str) -> tuple[int | None, int]:
    """The version and the ``_id`` to go on from; Invalid for a cursor that is not ours."""
    if not cursor:
        return None, 1
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode()
        number, _, start = text.partition(".")
        place = int(number), int(start)
    except ValueError:
        place = (0, 0)
    if min(place) < 1 or max(place) > 2**60:
        raise Invalid("cursor", problems=[Problem("#/cursor", "cursor")])
    return place
