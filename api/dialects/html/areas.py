"""A table in the areas of another day, as a page: which column, which days, the first rows, and the whole as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from api import deps, harmonised
from api.dialects.html import chart
from api.dialects.html.refused import PageRoute
from api.dialects.html.standard import day_of
from api.dialects.html.view import Reader, TheReader, address, page
from api.messages import pages
from catalog.model import Resource
from pipelines import tables

router = APIRouter(route_class=PageRoute)
ROWS: Final = 20
FIELDS: Final = ("column", "list", "from", "to", "sum", "by")
TURN: Final = date(2025, 7, 1)
"""The day on which the units of Viet Nam changed last: proposed as the later day, never taken silently."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What came of the question: the columns and rows on the page, how many there are, and where the whole file is."""

    label: str
    columns: Sequence[str]
    rows: Sequence[Mapping[str, Any]]
    total: int
    file: str
    together: bool = False


def columns_of(table: Resource) -> dict[str, str]:
    """Name the columns that hold codes of areas, each with its list ("" where nobody said which)."""
    return {one.name: one.meaning if one.meaning in harmonised.AREAS else ""
            for one in table.columns if one.type == "string"}


@router.get("/datasets/{slug}/areas")
def areas(request: Request, reader: TheReader, slug: str) -> Response:
    """The form, and with both days the table in the areas of the later one."""
    found = chart.place(request, reader, slug, None)
    if isinstance(found, Response):
        return found
    given = {name: request.query_params.get(name, "").strip()[:300] for name in FIELDS}
    known = columns_of(found.shown)
    given["column"] = given["column"] or next((name for name, codes in known.items() if codes), "")
    given["list"] = given["list"] or known.get(given["column"], "")
    asked = bool(given["from"] or given["to"])
    wrong = mistakes(reader, given, known) if asked else []
    shown = None if wrong or not asked else _shown(request, reader, found, given)
    return page(
        request, reader, "areas.html", status=422 if wrong else 200, **chart.about(reader, found), given=given,
        wrong=wrong, bad={one["field"]: one["said"] for one in wrong}, result=shown, turn=TURN,
        columns=[(name, name) for name in known], lists=[
            (one, pages.words(reader.lang, reader.standards.codelists[one].title))
            for one in harmonised.AREAS if one in reader.standards.codelists],
        numbers=[one.name for one in found.shown.columns if one.type in harmonised.NUMBERS], noindex=True,
    )


def mistakes(reader: Reader, given: Mapping[str, str], known: Mapping[str, str]) -> list[dict[str, str]]:
    """Say what is missing or cannot be: a code means something only with its list and its day."""
    found = []
    if given["column"] not in known:
        found.append({"field": "column", "said": reader.say("Chọn cột chứa mã đơn vị hành chính.")})
    if given["list"] not in harmonised.AREAS:
        found.append({"field": "list", "said": reader.say("Chọn danh mục của các mã này.")})
    days = {name: day_of(given[name]) for name in ("from", "to")}
    found += [{"field": name, "said": reader.say("Viết ngày/tháng/năm, ví dụ 30/6/2025.")}
              for name, day in days.items() if day is None]
    if days["from"] and days["to"] and days["to"] < days["from"]:
        found.append({"field": "to", "said": reader.say("Ngày sau đứng trước ngày của dữ liệu.")})
    return found


def _shown(request: Request, reader: Reader, found: chart.Place, given: Mapping[str, str]) -> Shown:
    site = deps.site(request)
    resource, path = harmonised.table_of(site, reader.caller, found.version, found.shown.name)
    days = (day_of(given["from"]), day_of(given["to"]))
    table = harmonised.wanted(site, resource, path, days, given["column"], given["list"])
    sums = harmonised.names(table, given["sum"], "sum", harmonised.NUMBERS)
    apart = harmonised.names(table, given["by"], "by") if sums else []
    file = address(
        f"/api/v1/datasets/{found.entry.slug}/resources/{resource.name}/crosswalk", format="csv",
        **{**given, "from": table.first.isoformat(), "to": table.last.isoformat(), "by": given["by"] if sums else ""})
    label = table.label
    if sums:
        made = harmonised.together(site, table, sums, apart)
        lines = [{**one, **one["sums"], "made_of": ", ".join(one["made_of"]),
                  "open": ", ".join((*one["missing"], *one["split"])) or one.get("why", "")} for one in made[:ROWS]]
        columns = [*apart, label, f"{label} name", "status", "made_of", "open", *sums]
        return Shown(label=label, columns=columns, rows=lines, total=len(made), file=file, together=True)
    shown = tables.preview(path, 1, ROWS)
    rows = [{**one, f"{label} parts": ", ".join(one.get(f"{label} parts", ()))}
            for one in harmonised.rows(table, shown)]
    columns = [table.column, label, f"{label} name", f"{label} status", f"{label} parts",
               *(name for name in table.kinds if name != table.column)]
    return Shown(label=label, columns=columns[:ROWS], rows=rows, total=shown.total, file=file)
