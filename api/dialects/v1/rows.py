"""Rows of a published table: page by page, by a query, as a whole document; a cursor stays on its version."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final, Literal
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response, StreamingResponse

from api.deps import Site, TheCaller, TheSite
from api.dialects.v1 import shapes
from api.dialects.v1.datasets import REFUSALS, moved_to
from api.dialects.v1.door import Door, listed, may
from api.dialects.v1.manners import unchanged
from api.dialects.v1.shelf import end_of, is_public
from catalog.errors import Invalid, NotFound, Problem, Unavailable
from catalog.model import Caller, Entry, File, Resource, Version
from catalog.validity import chosen
from pipelines import rowquery, tables
from pipelines.rowquery import read
from pipelines.serving import pages

router = APIRouter(prefix="/api/v1", tags=["rows"], route_class=Door)

CURSOR_LIMIT: Final = 4000
KINDS: Final = {
    "csv": "text/csv; charset=utf-8",
    "ndjson": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.stream",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
}
WHOLE: Final = frozenset({"parquet", "arrow", "xlsx", "geojson"})
"""Formats that come as one document, without a limit unless one is named."""
ENDINGS: Final = {"arrow": "arrows"}


Parts = Annotated[str, Query(max_length=read.LONGEST)]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a table; ``limit`` None is every row, as a document."""

    parts: Mapping[str, str]
    limit: int | None
    cursor: str
    format: str
    version: int | None
    as_of: date | None
    valid_on: date | None = None


async def _asked(  # noqa: PLR0917 - FastAPI gives them by name
    select: Annotated[str, Query(max_length=read.LONGEST, description="Columns and functions of them, with commas "
                                 "and `as`: `huyen, count(*) as n`; default: all columns.")] = "",
    where: Annotated[str, Query(max_length=read.LONGEST, description="`dan_so > 1000 and (ten like 'A%' or "
                                "search('ha noi'))`; also in, between, is null, within_box, within_distance.")] = "",
    group_by: Annotated[str, Query(max_length=read.LONGEST, description="Columns, or date_trunc('year', ngay).")] = "",
    having: Annotated[str, Query(max_length=read.LONGEST, description="A condition on groups: `n > 5`.")] = "",
    order_by: Annotated[str, Query(max_length=read.LONGEST, description="`dan_so desc, ten` or `-dan_so`.")] = "",
    limit: Annotated[str, Query(pattern="^([1-9][0-9]{0,3}|all)?$",
                                description="1 to 1000, or `all` (not json).")] = "",
    cursor: Annotated[str, Query(max_length=CURSOR_LIMIT, description="`next` of the page before.")] = "",
    format: Annotated[Literal["json", "csv", "ndjson", "parquet", "arrow", "xlsx", "geojson"], Query()] = "json",  # noqa: A002 - the contract's word
    version: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    as_of: Annotated[date | None, Query(description="The version that was the newest at the end of this day.")] = None,
    valid_on: Annotated[date | None, Query(description="The version whose data are of this day; with `as_of`, as was "
                                           "known then.")] = None,
) -> Asked:
    """Read the query."""
    parts = {"select": select, "where": where, "group_by": group_by, "having": having, "order_by": order_by}
    return Asked(parts, _many(limit, format), cursor, format, version, as_of, valid_on)


def _named(parts: Mapping[str, str], known: Collection[str]) -> tuple[str, ...] | None:
    """Names of columns and nothing else, as a line of CSV, which asks nothing of an engine; None for anything more."""
    if any(text for part, text in parts.items() if part != "select"):
        return None
    names = next(csv.reader([parts["select"]]), []) if parts["select"].strip() else []
    names = list(dict.fromkeys(one.strip() for one in names if one.strip()))
    return tuple(names) if all(one in known for one in names) else None


def _many(limit: str, form: str) -> int | None:
    if limit == "all" or (not limit and form in WHOLE):
        if form == "json":
            raise Invalid("query", problems=[Problem("#/limit", "limit-all")])
        return None
    if limit and int(limit) > tables.ROWS_LIMIT:
        raise Invalid(problems=[Problem("#/limit", "out-of-range", {"name": "limit"})])
    return int(limit or 100)


TheAsked = Annotated[Asked, Depends(_asked)]


@router.get("/datasets/{dataset}/rows", summary="Rows of the first table", openapi_extra=may("anyone"),
            responses={200: {"model": shapes.ListOut}, **REFUSALS})
def first_table(request: Request, site: TheSite, caller: TheCaller, dataset: str, asked: TheAsked) -> Response:
    """Rows of the newest version, or of ``?version=``, ``?as_of=`` (published) or ``?valid_on=`` (of which day)."""
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
    number, place = _place(asked.cursor)
    version = _version(site, caller, entry, asked, number)
    resource, parquet = table_of(version, name)
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
    table = pages.table(path, parquet.sha256, site.shelf)
    named = _named(asked.parts, table.known)
    outputs = tuple(rowquery.Output(rowquery.Column(one), one) for one in named or ())
    query = read.read(asked.parts) if named is None else rowquery.Query(select=outputs)
    found = Found(request, site, asked, version.number, resource.name, headers, pages.asked(table, query))
    if asked.limit is None or asked.format in WHOLE:
        return _document(found)
    if named is not None and not isinstance(place, Behind):
        return _plain(found, named, place)
    return _queried(found, place)


@dataclass(frozen=True, slots=True)
class Found:
    """A table that was found, and what is asked of it."""

    request: Request
    site: Site
    asked: Asked
    version: int
    resource: str
    headers: dict[str, str]
    query: pages.Asked

    @property
    def mark(self) -> str:
        """What a cursor belongs to: the same query of the same table, whatever the size of the page."""
        return hash_of(f"{self.resource} {self.query.plain!r}")


def _plain(found: Found, wanted: tuple[str, ...], start: int) -> Response:
    """A page by number: only the row groups that hold it are read."""
    table, limit = found.query.table, found.asked.limit or 0
    names = wanted or tuple(one for one in table.known if one != tables.ID)
    page = pages.plain(found.site.askers, table, names, start, limit)
    after = start + limit
    rows = [tuple(row) for row in page.rows]
    return _written(found, names, rows, table.rows, _cursor(found.version, after) if after <= table.rows else None)


def _queried(found: Found, place: int | Behind) -> Response:
    """A page of a query: asked of a process that is killed when it takes too long."""
    one, limit = found.query, found.asked.limit or 0
    behind = place if isinstance(place, Behind) else Behind(0, "", None, ())
    if behind.mark not in ("", found.mark):
        raise Invalid("cursor", problems=[Problem("#/cursor", "cursor")])
    told = pages.page(found.site.askers, one, limit=limit + 1, after=behind.keys, counted=behind.total is None)
    total = int((told.total if behind.total is None else behind.total) or 0)
    names = tuple(name for name, _ in one.columns)
    rows = [tuple(row[: len(names)]) for row in told.rows[:limit]]
    after = None
    if len(told.rows) > limit:
        after = _behind(Behind(found.version, found.mark, total, tuple(told.rows[limit - 1][len(names):])))
    return _written(found, names, rows, total, after)


def _document(found: Found) -> Response:
    """Every row of a query as a file, streamed while it is made."""
    form = found.asked.format
    if form == "geojson" and tables.points([name for name, _ in found.query.columns]) is None:
        raise Invalid("query", problems=[Problem("#/format", "no-coordinates")])
    pieces = pages.document(found.site.askers, found.query, form, found.asked.limit)
    headers = {
        **found.headers, "Content-Type": KINDS[form],
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.resource)}.{ENDINGS.get(form, form)}",
    }
    return StreamingResponse(pieces, 200, headers)


def hash_of(query: str) -> str:
    """A short mark of the query, so that each page has an ETag of its own."""
    return hashlib.sha256(query.encode()).hexdigest()[:12]


def _written(
    found: Found, names: tuple[str, ...], rows: list[tuple[tables.Plain, ...]], total: int, after: str | None
) -> Response:
    form, request = found.asked.format, found.request
    if form == "json":
        items = [dict(zip(names, row, strict=True)) for row in rows]
        content = {"items": items, "total": total, "next": after, "resource": found.resource}
        return listed(request, content, **found.headers)
    body = csv_of(names, rows) if form == "csv" else ndjson_of(names, rows)
    headers = dict(found.headers)
    if after:
        query = request.url.include_query_params(cursor=after).query
        headers["Link"] = f'<{found.site.url}{request.url.path}?{query}>; rel="next"'
    return Response(body, 200, {**headers, "Content-Type": KINDS[form]})


def csv_of(names: tuple[str, ...], rows: list[tuple[tables.Plain, ...]]) -> bytes:
    """Rows as CSV: missing cells are empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(["" if cell is None else _text(cell) for cell in row] for row in rows)
    return out.getvalue().encode()


def _text(cell: tables.Plain) -> str:
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def ndjson_of(names: tuple[str, ...], rows: list[tuple[tables.Plain, ...]]) -> bytes:
    """Rows as JSON, each on a line of its own."""
    return b"".join(orjson.dumps(dict(zip(names, row, strict=True)), option=orjson.OPT_APPEND_NEWLINE) for row in rows)


def _version(site: Site, caller: Caller, entry: Entry, asked: Asked, number: int | None) -> Version:
    wanted = number or asked.version
    if asked.version is not None and (asked.as_of is not None or asked.valid_on is not None):
        name = "as_of" if asked.as_of is not None else "valid_on"
        raise Invalid(problems=[Problem(f"#/{name}", "version-chosen", {"name": name})])
    if wanted is None and (asked.as_of is not None or asked.valid_on is not None):
        versions = site.catalog.versions(caller, entry.id)
        found = chosen(versions, entry, end_of(asked.as_of) if asked.as_of else None, asked.valid_on)
        if found is None:
            raise NotFound
        wanted = found.number
    return site.catalog.version(caller, entry.id, wanted)


def table_of(version: Version, name: str) -> tuple[Resource, File]:
    """Give a table of a version (the first one for "") and its Parquet file. Raises NotFound."""
    found = next((one for one in version.resources if one.name == name), None) if name else version.first_table
    parquet = next((one for one in found.files if one.role == "parquet"), None) if found else None
    if found is None or parquet is None:
        raise NotFound
    return found, parquet


def _cursor(number: int, start: int) -> str:
    return base64.urlsafe_b64encode(f"{number}.{start}".encode()).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Behind:
    """Where a page of a query ended: on which version, of which query, of how many rows, behind which keys."""

    version: int
    mark: str
    total: int | None
    keys: tuple[str | int | float | bool | None, ...]


def _behind(one: Behind) -> str:
    told = orjson.dumps([one.version, one.mark, one.total, one.keys])
    return base64.urlsafe_b64encode(told).decode().rstrip("=")


def _place(cursor: str) -> tuple[int | None, int | Behind]:
    """The version, and where to go on: an ``_id`` or behind a row; Invalid for a cursor that is not ours."""
    if not cursor:
        return None, 1
    try:
        told = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
        if told.startswith(b"["):
            version, mark, total, keys = orjson.loads(told)
            place = Behind(int(version), str(mark), int(total), tuple(keys))
            plain = all(isinstance(one, str | int | float | bool | None) for one in keys)
            return (place.version, place) if plain and 1 <= place.version < 2**31 else _place("!")
        number, _, start = told.decode().partition(".")
        found = int(number), int(start)
    except (ValueError, TypeError):
        found = (0, 0)
    if min(found) < 1 or max(found) > 2**60:
        raise Invalid("cursor", problems=[Problem("#/cursor", "cursor")])
    return found
