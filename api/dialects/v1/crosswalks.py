"""A table harmonised to the areas of another day: a new column of codes, or whole areas put together."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.compared import file_of
from api.deps import Site, TheCaller, TheSite
from api.dialects.v1 import shapes
from api.dialects.v1.datasets import REFUSALS, moved_to
from api.dialects.v1.door import Door, listed, may
from api.dialects.v1.shelf import is_public
from catalog.errors import Invalid, NotFound, Problem, Unavailable
from catalog.model import Resource
from pipelines import tables
from pipelines.difference.statement import quoted
from standards.codelist import Codelist
from standards.crosswalk import Area, Given, Made, Number, Parts, area, parts, put_together

router = APIRouter(prefix="/api/v1", tags=["history"], route_class=Door)

MOST_GROUPS: Final = 50_000
MOST_KEPT: Final = 16
NUMBERS: Final = frozenset({"integer", "number"})
AREAS: Final = ("vn-commune", "vn-district", "vn-province")
"""Lists whose codes are areas, of which one may be made of several others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The table, its column of areas, the list that the codes are of, and the two days."""

    path: str
    column: str
    kinds: Mapping[str, str]
    codes: Codelist
    first: date
    last: date

    @property
    def label(self) -> str:
        """What the new column is called."""
        return f"{self.column} ({self.last.isoformat()})"


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
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[str, Query(pattern="^[0-9]{0,12}$", description="`next` of the page before.")] = "",
) -> Response:
    """What merged whole is put together; what was split is marked with where its parts went, never guessed."""
    entry = site.catalog.dataset(caller, dataset)
    moved = moved_to(request, entry, dataset)
    if moved is not None:
        return moved
    found = site.catalog.version(caller, entry.id, version)
    resource = next((one for one in found.resources if one.name == name), None)
    if resource is None:
        raise NotFound
    path = site.catalog.local_file(caller, file_of(resource, "parquet"))
    if path is None:
        raise Unavailable("storage-down")
    wanted = _wanted(site, resource, path, (first, last), column, codelist)
    headers = {"Cache-Control": "public, no-cache" if is_public(entry) else "private, no-store",
               "Dataset-Version": str(found.number)}
    start = int(cursor or 0)
    told = {"column": wanted.column, "list": wanted.codes.id, "from": wanted.first.isoformat(),
            "to": wanted.last.isoformat(), "version": found.number, "added": wanted.label}
    if sums:
        made = _put_together(site, wanted, _names(wanted, sums, "sum", NUMBERS), _names(wanted, by, "by"))
        more = start + limit < len(made)
        content = {**told, "items": made[start : start + limit], "total": len(made),
                   "next": str(start + limit) if more else None}
    else:
        page = tables.preview(path, start + 1, limit)
        content = {**told, "items": _rows(wanted, page), "total": page.total,
                   "next": str(page.next - 1) if page.next else None}
    return listed(request, content, **headers)


def _wanted(  # noqa: PLR0917 - what the address says, in its order
    site: Site, resource: Resource, path: str, days: tuple[date | None, date | None], column: str, codelist: str
) -> Wanted:
    first, last = days
    for said, named in ((first, "from"), (last, "to")):
        if said is None:
            raise Invalid(problems=[Problem(f"#/{named}", "missing", {"name": named})])
    assert first is not None
    assert last is not None
    if last < first:
        raise Invalid(problems=[Problem("#/to", "ends-before-start", {"name": "to"})])
    meanings = {one.name: one.meaning or "" for one in resource.columns}
    if not column:
        areas = [one for one, meaning in meanings.items() if meaning in AREAS]
        column = areas[0] if len(areas) == 1 else ""
    kinds = {one.name: one.kind for one in tables.schema(path) if one.name in meanings}
    if kinds.get(column) != "string":
        raise Invalid("query", problems=[Problem("#/column", "unknown-column", {"column": column})])
    codelist = codelist or meanings[column]
    if codelist not in AREAS:
        raise Invalid(problems=[Problem("#/list", "unknown-value", {"name": "list", "value": codelist})])
    codes = site.standards.codelist(codelist)
    return Wanted(path=path, column=column, kinds=kinds, codes=codes, first=first, last=last)


def _names(wanted: Wanted, said: str, part: str, kinds: frozenset[str] | None = None) -> list[str]:
    names = list(dict.fromkeys(one.strip() for one in next(csv.reader([said]), []) if one.strip()))
    for one in names:
        if one not in wanted.kinds or one == wanted.column or (kinds and wanted.kinds[one] not in kinds):
            raise Invalid("query", problems=[Problem(f"#/{part}", "unknown-column", {"column": one})])
    return names


# -- rows -----------------------------------------------------------------------------------------------------------
def _rows(wanted: Wanted, page: tables.TablePage) -> list[dict[str, Any]]:
    names = [one.name for one in page.columns]
    known: dict[str, Area] = {}
    found = []
    for row in page.rows:
        told = {name: cell for name, cell in zip(names, row, strict=True) if name in wanted.kinds}
        code = str(told[wanted.column] or "").strip()
        if code not in known:
            known[code] = area(wanted.codes, code, wanted.first, wanted.last)
        one = known[code]
        found.append({**told, wanted.label: one.code or None, f"{wanted.label} name": one.name or None,
                      f"{wanted.label} status": one.status, **({f"{wanted.label} parts": list(one.heirs)} if one.heirs
                                                               else {})})
    return found


# -- put together ---------------------------------------------------------------------------------------------------
def _put_together(site: Site, wanted: Wanted, sums: Sequence[str], by: Sequence[str]) -> list[dict[str, Any]]:
    groups = ", ".join(quoted(one) for one in (*by, wanted.column))
    added = ", ".join(f"sum({quoted(one)})" for one in sums)
    told = site.askers.ask({
        "form": "page", "count": "", "count_values": (), "values": [wanted.path, MOST_GROUPS + 1],
        "sql": f"SELECT {groups}, count(*), {added} FROM read_parquet(?) GROUP BY {groups} LIMIT ?",  # noqa: S608
        "kinds": [*("" for _ in by), "", "integer", *(wanted.kinds[one] for one in sums)],
    })["rows"]
    if len(told) > MOST_GROUPS:
        raise Invalid("query-too-heavy")
    given = [
        Given(group=tuple(row[: len(by)]), code=str(row[len(by)] or "").strip(), rows=int(row[len(by) + 1]),
              sums=tuple(map(_number, row[len(by) + 2 :])))
        for row in told
    ]
    days = (wanted.first, wanted.last)
    return [_made(wanted, one, sums, by) for one in put_together(wanted.codes, given, days, _parts(site, wanted))]


def _parts(site: Site, wanted: Wanted) -> Mapping[str, Parts]:
    """Of which areas those of the later day are made; the last few are kept, for a list of communes takes a second."""
    kept: dict[tuple[str, date, date], Mapping[str, Parts]] = site.extras.setdefault("crosswalk.parts", {})
    key = (wanted.codes.digest, wanted.first, wanted.last)
    if key not in kept:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[key] = parts(wanted.codes, wanted.first, wanted.last)
    return kept[key]


def _number(cell: Any) -> Number | None:
    return Decimal(cell) if isinstance(cell, str) else cell


def _made(wanted: Wanted, one: Made, sums: Sequence[str], by: Sequence[str]) -> dict[str, Any]:
    values = one.sums if one.sums is not None else (None,) * len(sums)
    return {
        **dict(zip(by, one.group, strict=True)),
        wanted.label: one.code or None, f"{wanted.label} name": one.name or None, "status": one.wholeness,
        **({"why": one.why} if one.why else {}), "made_of": list(one.made_of), "missing": list(one.missing),
        "split": list(one.split), "rows": one.rows,
        "sums": {name: tables.plain(value) for name, value in zip(sums, values, strict=True)},
    }
