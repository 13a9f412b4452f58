"""A reader's own SQL on published tables: one SELECT; each table is found as for any other request of the caller."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.deps import Site, TheCaller, TheSite
from api.dialects.v1 import shapes
from api.dialects.v1.datasets import REFUSALS
from api.dialects.v1.door import Door, may, reply
from api.dialects.v1.manners import unchanged
from api.dialects.v1.rows import KINDS, csv_of, hash_of, ndjson_of, table_of
from api.dialects.v1.shelf import is_public
from catalog.errors import Invalid, NotFound, Problem, Unavailable
from catalog.model import Caller
from pipelines.guardedsql import ask
from pipelines.guardedsql.work import LONGEST
from pipelines.rowquery.folding import folded_names
from pipelines.serving import pages

router = APIRouter(prefix="/api/v1", tags=["rows"], route_class=Door)

MOST_TABLES: Final = 8
LIMIT: Final = 10_000
NAMED: Final = re.compile(r"(?P<dataset>[^/@]{1,200})(?:/(?P<resource>[^@]{1,200}))?(?:@(?P<version>[1-9][0-9]{0,8}))?")
"""A table's name: the dataset's, with ``/resource`` for a table that is not its first, ``@3`` for a version."""


@router.get("/sql", summary="One SELECT on published tables", openapi_extra=may("anyone"),
            responses={200: {"model": shapes.ListOut}, **REFUSALS})
def select(  # noqa: PLR0917 - FastAPI gives them by name
    request: Request, site: TheSite, caller: TheCaller,
    sql: Annotated[str, Query(min_length=1, max_length=LONGEST, description="Exactly one SELECT (DuckDB's words). "
                              'Tables stand in double quotes: `"truong-hoc"`, `"truong-hoc/lop"`, `"truong-hoc@3"`.')],
    limit: Annotated[int, Query(ge=1, le=LIMIT, description="Rows at most; `truncated` tells of more.")] = 1000,
    format: Annotated[Literal["json", "csv", "ndjson"], Query()] = "json",  # noqa: A002 - the contract's word
) -> Response:
    """Answer from the newest versions, or from those that the names say; ``tables`` tells which."""
    names = ask.wanted(site.askers, sql)
    if len(names) > MOST_TABLES:
        raise Invalid("query", problems=[Problem("#/sql", "sql-many-tables", {"limit": MOST_TABLES})])
    found = [_place(site, caller, name) for name in names]
    public = all(one.public for one in found)
    mark = "-".join([hash_of("".join(one.sha256 for one in found)), hash_of(f"{format} {limit} {sql}")])
    headers = {"ETag": f'"{mark}"', "Cache-Control": "public, no-cache" if public else "private, no-store"}
    if not _tells_time(sql) and unchanged(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    answer = _answered(site, sql, dict(zip(names, found, strict=True)), limit)
    columns = tuple(name for name, _ in answer.columns)
    if format != "json":
        write = csv_of if format == "csv" else ndjson_of
        return Response(write(columns, list(answer.rows)), 200,
                        {**headers, "Content-Type": KINDS[format], "Truncated": str(answer.truncated).lower()})
    content: dict[str, Any] = {
        "items": [dict(zip(columns, row, strict=True)) for row in answer.rows], "total": len(answer.rows), "next": None,
        "columns": [{"name": name, "type": kind} for name, kind in answer.columns], "truncated": answer.truncated,
        "tables": [{"name": name, "version": one.version} for name, one in zip(names, found, strict=True)],
    }
    return reply(content, headers=headers)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A table that the caller may read: its file, its serving file where there is one, its version, its hash."""

    file: ask.Place
    served: ask.Place
    version: int
    sha256: str
    public: bool


def _answered(site: Site, sql: str, found: Mapping[str, _Found], limit: int) -> ask.Rows:
    try:
        return ask.rows(site.askers, sql, {name: one.served for name, one in found.items()}, limit)
    except Invalid as refused:
        if refused.code != pages.OFF_SHELF:
            raise
    return ask.rows(site.askers, sql, {name: one.file for name, one in found.items()}, limit)


def _place(site: Site, caller: Caller, name: str) -> _Found:
    """Find a table by its name. Raises NotFound for what is not there, or not for this caller; Gone."""
    told = NAMED.fullmatch(name)
    if told is None:
        raise NotFound
    entry = site.catalog.dataset(caller, told["dataset"])
    version = site.catalog.version(caller, entry.id, int(told["version"]) if told["version"] else None)
    _, parquet = table_of(version, told["resource"] or "")
    path = site.catalog.local_file(caller, parquet)
    if path is None:
        raise Unavailable("storage-down")
    table, place = pages.table(path, parquet.sha256, site.shelf), ask.Place(path)
    served = ask.Place(table.shelf, "rows", tuple(folded_names(table.known).values())) if table.shelf else place
    return _Found(file=place, served=served, version=version.number, sha256=parquet.sha256, public=is_public(entry))


def _tells_time(sql: str) -> bool:
    """Whether an answer may differ tomorrow though the tables do not: then no cache's copy is good."""
    return any(word in sql.lower() for word in ("current", "now", "today", "random", "sample", "age", "timestamp"))
