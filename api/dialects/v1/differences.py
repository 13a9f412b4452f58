"""What changed between two versions of a table: columns, and rows one by one, in pages."""

from __future__ import annotations

import base64
import csv
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response, StreamingResponse

from api.compared import Compared, canonical, compared, states, versions_of
from api.deps import TheCaller, TheSite
from api.dialects.v1 import shapes
from api.dialects.v1.datasets import REFUSALS, moved_to
from api.dialects.v1.door import Door, listed, may
from api.dialects.v1.manners import unchanged
from api.dialects.v1.rows import hash_of
from api.dialects.v1.shelf import is_public
from api.dialects.v1.versions import Number
from api.dialects.v1.words import stamp
from catalog.columns import ColumnChange, breaks
from catalog.errors import Invalid, Problem
from catalog.model import Version
from pipelines.difference import Counts, RowChange, delta

router = APIRouter(prefix="/api/v1", tags=["history"], route_class=Door)

CURSOR_LIMIT: Final = 200


@router.get("/datasets/{dataset}/versions/{number}/diff", summary="What changed", openapi_extra=may("anyone"),
            responses={200: {"model": shapes.ListOut}, **REFUSALS})
def diff(  # noqa: PLR0917 - FastAPI gives them by name
    request: Request, site: TheSite, caller: TheCaller, dataset: str, number: Number,
    other: Annotated[int | None, Query(alias="with", ge=1, le=2**31 - 1, description="The version to compare with; "
                                       "default: the one published before.")] = None,
    resource: Annotated[str, Query(max_length=200, description="Which table; default: the first.")] = "",
    change: Annotated[Literal["", "changed", "added", "removed"], Query(description="Only rows of this kind.")] = "",
    key: Annotated[str, Query(max_length=2000, description="Columns that make two rows the same, with commas; default: "
                              "the key of the table's standard, else whole rows are compared.")] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[str, Query(max_length=CURSOR_LIMIT, description="`next` of the page before.")] = "",
) -> Response:
    """Columns that came, went or changed (``breaking`` says which disturb readers), and every row that did."""
    entry = site.catalog.dataset(caller, dataset)
    moved = moved_to(request, entry, dataset)
    if moved is not None:
        return moved
    found = compared(site, caller, versions_of(site, caller, entry, number, other), resource, _names(key))
    mark = hash_of(f"{found.pair.old.sha256}{found.pair.new.sha256}{found.pair.key}{change}")
    headers = {
        "ETag": f'"{mark}-{hash_of(request.url.query)}"',
        "Cache-Control": "public, no-cache" if is_public(entry) else "private, no-store",
        "Dataset-Version": str(found.new.number),
    }
    if unchanged(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    after = _place(cursor, mark)
    counts = site.differences.counts(found.pair)
    rows = site.differences.page(found.pair, change, after, limit)
    last = rows[-1].place if rows else 0
    more = bool(rows) and bool(site.differences.page(found.pair, change, last, 1))
    content = {
        **_told(found, counts), "items": [_row(found, one) for one in rows], "total": counts.of(change),
        "next": _cursor(mark, last) if more else None,
    }
    return listed(request, content, **headers)


@router.get("/datasets/{dataset}/resources/{name}/changes", summary="Delta between two versions",
            openapi_extra=may("anyone"), responses={200: {"content": {"application/x-ndjson": {}}}, **REFUSALS})
def changes(  # noqa: PLR0917 - FastAPI gives them by name
    request: Request, site: TheSite, caller: TheCaller, dataset: str, name: str,
    begin: Annotated[int | None, Query(alias="from", ge=1, le=2**31 - 1, description="The version that the client "
                                       "holds; it has to be said.")] = None,
    to: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="The version wanted; default: the newest.")] = None,
) -> Response:
    """Lines (NDJSON) that make the newer version's canonical CSV, to its hash, out of the older one's."""
    entry = site.catalog.dataset(caller, dataset)
    moved = moved_to(request, entry, dataset)
    if moved is not None:
        return moved
    new = site.catalog.version(caller, entry.id, to)
    if begin is None:
        raise Invalid(problems=[Problem("#/from", "missing", {"name": "from"})])
    found = compared(site, caller, (site.catalog.version(caller, entry.id, begin), new), name)
    old_file, new_file = canonical(site, caller, found)
    headers = {
        "ETag": f'"delta-{hash_of(f"{old_file.sha256}{new_file.sha256}{found.pair.key}")}"',
        "Cache-Control": "public, no-cache" if is_public(entry) else "private, no-store",
        "Dataset-Version": str(new.number), "Content-Type": "application/x-ndjson",
    }
    if unchanged(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return StreamingResponse(delta.lines(site.askers, old_file, new_file, found.pair.key), 200, headers)


def _names(key: str) -> list[str]:
    return list(dict.fromkeys(one.strip() for one in next(csv.reader([key]), []) if one.strip()))


def _told(found: Compared, counts: Counts) -> dict[str, Any]:
    return {
        "from": _version(found.old), "to": _version(found.new), "resource": found.after.name, "by": found.by,
        "key": list(found.pair.key), "compared": list(found.pair.columns), "breaking": breaks(found.columns),
        "columns": [column(one) for one in found.columns],
        "counts": {"changed": counts.changed, "added": counts.added, "removed": counts.removed,
                   "columns": dict(counts.columns)},
        "resources": states(found.old, found.new),
    }


def _version(one: Version) -> dict[str, Any]:
    return {"version": one.number, "issued": stamp(one.issued), "kind": one.kind, "note": one.note}


def column(one: ColumnChange) -> dict[str, Any]:
    """One column that came, went or changed."""
    return {"name": one.name, "change": one.change, "from": one.before or None, "to": one.after or None,
            "breaking": one.breaking}


def _row(found: Compared, one: RowChange) -> dict[str, Any]:
    told: dict[str, Any] = {"change": one.change, "from_row": one.old_row, "to_row": one.new_row}
    if one.change == "changed":
        told["key"] = {name: one.new.get(name) for name in found.pair.key}
        told["cells"] = {name: {"from": one.old.get(name), "to": one.new.get(name)} for name in one.differs}
    else:
        told["row"] = dict(one.new or one.old)
    return told


def _cursor(mark: str, place: int) -> str:
    return base64.urlsafe_b64encode(f"{mark}.{place}".encode()).decode().rstrip("=")


def _place(cursor: str, mark: str) -> int:
    if not cursor:
        return 0
    try:
        told = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode()
        whose, _, place = told.partition(".")
        if whose == mark and place.isascii() and place.isdecimal() and len(place) <= 15:  # noqa: PLR2004
            return int(place)
    except ValueError:
        pass
    raise Invalid("cursor", problems=[Problem("#/cursor", "cursor")])
