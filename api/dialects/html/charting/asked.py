"""What a chart's address asks, and which charts a table suggests by the kinds of its columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Literal
from urllib.parse import urlencode

from fastapi import Request

from api.dialects.html import sift
from api.dialects.html.sift import Condition
from api.dialects.html.view import address
from catalog.model import ColumnInfo, Resource
from pipelines import tables
from standards import profile
from standards.text import fold

Form = Literal["line", "bar", "area", "scatter"]
Role = Literal["time", "number", "category"]
FORMS: Final[tuple[Form, ...]] = ("line", "bar", "area", "scatter")
AGGREGATES: Final = ("sum", "avg", "median", "min", "max", "count")
UNITS: Final = ("year", "quarter", "month", "day")
MOMENTS: Final = frozenset({"date", "datetime"})
FIRST_YEAR, LAST_YEAR, MOST_YEARS = 1800, 2200, 300
FEW_DAYS, MANY_DAYS = 100, 4000
MOST_CATEGORIES: Final = 400
MOST_PARTS: Final = 12
MOST_SUGGESTIONS: Final = 4
RATE: Final = re.compile(
    r"ty[_ ]?le|ti[_ ]?le|phan[_ ]?tram|binh[_ ]?quan|trung[_ ]?binh|mat[_ ]?do|chi[_ ]?so|nhiet[_ ]?do|diem|gia\b|"
    r"rate|ratio|percent|average|mean|density|index|score|price|%"
)
"""Columns called so are not added up: a sum of shares says nothing."""
IDENTITY: Final = re.compile(r"(^|[_ ])(id|stt|ma|so[_ ]thu[_ ]tu|code|no)([_ ]|$)|ma[_ ]so")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A column as charts see it: what it may stand for; ``own``: each row has a value of its own, as names have.

    ``where``: a coordinate, which is a number for the map and for nothing that adds up.
    """

    name: str
    role: Role
    distinct: int = 0
    truncates: bool = False
    unit: str = "year"
    rate: bool = False
    own: bool = False
    where: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A chart: its form, its axes, how values are put together, what splits it. ``y`` is "" where rows are counted."""

    path: str
    resource: str = ""
    form: Form = "bar"
    x: str = ""
    y: str = ""
    how: str = "count"
    by: str = ""
    unit: str = ""
    conditions: tuple[Condition, ...] = ()

    def link(self, path: str = "", **changes: Any) -> str:
        """The address of the chart, with something changed or at another path."""
        new = replace(self, **changes)
        told = [("resource", new.resource), ("form", new.form), ("x", new.x), ("y", new.y),
                ("agg", new.how if new.y else ""), ("unit", new.unit), ("by", new.by)]
        query = urlencode([pair for pair in told if pair[1]] + sift.pairs(new.conditions))
        return f"{address(path or new.path)}?{query}"

    @property
    def rows(self) -> list[tuple[str, str]]:
        """What an address of the rows says of them."""
        return ([("resource", self.resource)] if self.resource else []) + sift.pairs(self.conditions)


def fields(resource: Resource) -> list[Field]:
    """The columns of a table that a chart can show, in their order."""
    seen = {one.name: one for one in resource.profile.columns} if resource.profile else {}
    where = tables.points([one.name for one in resource.columns]) or ()
    return [replace(_field(one, seen.get(one.name), resource.rows or 0), where=one.name in where)
            for one in resource.columns]


def _field(info: ColumnInfo, seen: profile.Column | None, rows: int) -> Field:
    said = fold(f"{info.name} {' '.join(info.title.values())}").lower()
    distinct, ends = (seen.distinct, (seen.minimum, seen.maximum)) if seen else (0, (None, None))
    if info.type in MOMENTS:
        return Field(name=info.name, role="time", distinct=distinct, truncates=True, unit=_unit(*ends))
    if info.type in ("year", "yearmonth") or (info.type == "integer" and _years(*ends, distinct)):
        return Field(name=info.name, role="time", distinct=distinct)
    number = info.type in ("integer", "number") and not info.meaning
    if number and not (IDENTITY.search(fold(info.name).lower()) and distinct >= rows):
        return Field(name=info.name, role="number", distinct=distinct, rate=bool(RATE.search(said)))
    return Field(name=info.name, role="category", distinct=distinct, own=distinct >= rows)


def _years(low: str | None, high: str | None, distinct: int) -> bool:
    """Whether whole numbers are years: all of them between 1800 and 2200, and not many."""
    try:
        return FIRST_YEAR <= int(low or "") <= int(high or "") <= LAST_YEAR and distinct <= MOST_YEARS
    except ValueError:
        return False


def _unit(low: str | None, high: str | None) -> str:
    """Years for a long time, days for a short one, months between."""
    try:
        days = (date.fromisoformat((high or "")[:10]) - date.fromisoformat((low or "")[:10])).days
    except ValueError:
        return "year"
    return "day" if days <= FEW_DAYS else "month" if days <= MANY_DAYS else "year"


# --- suggestions ------------------------------------------------------------------------------------------------------


def suggestions(path: str, resource: str, known: Sequence[Field],
                conditions: tuple[Condition, ...] = ()) -> list[Asked]:
    """The charts that the kinds of columns suggest, the best first: time × number, category × number, two numbers."""
    times, numbers, groups = (
        [one for one in known if one.role == role] for role in ("time", "number", "category"))
    groups = [one for one in groups if 1 < one.distinct <= MOST_CATEGORIES and not one.own]
    numbers = [one for one in numbers if not one.where]
    numbers = [one for one in numbers if one.distinct > 1] or numbers
    times = [one for one in times if one.distinct > 1]
    split = min((one for one in groups if one.distinct <= MOST_PARTS), key=lambda one: one.distinct, default=None)
    plain = Asked(path=path, resource=resource, conditions=conditions)
    first = _with(plain, numbers[0]) if numbers else plain
    found: list[Asked] = []
    for time in times[:1]:
        unit = time.unit if time.truncates else ""
        by = split.name if split else ""
        found += [replace(first, form="line", x=time.name, unit=unit, by=by)] if numbers else []
        if not numbers or time.truncates:
            found.append(replace(plain, form="line", x=time.name, unit=unit))
    for group in groups[:2]:
        found.append(replace(first, form="bar", x=group.name))
    found += [replace(plain, form="scatter", x=numbers[0].name, y=one.name, how="") for one in numbers[1:2]]
    return found[:MOST_SUGGESTIONS]


def _with(one: Asked, number: Field) -> Asked:
    return replace(one, y=number.name, how="avg" if number.rate else "sum")


# --- the address ------------------------------------------------------------------------------------------------------


def asked_of(request: Request, resource: Resource, path: str, *, named: bool) -> Asked | None:
    """Read a chart's address; what it leaves open is chosen as the table suggests. None: nothing can be drawn."""
    known = {one.name: one for one in fields(resource)}
    query = request.query_params
    conditions = sift.read(request, resource.columns)
    table = resource.name if named else ""
    offered = suggestions(path, table, list(known.values()), conditions)
    x = query.get("x", "")[:500]
    if x not in known:
        return offered[0] if offered else None
    y, by = (one if one in known else "" for one in (query.get("y", "")[:500], query.get("by", "")[:500]))
    form: Form = next((one for one in FORMS if one == query.get("form")), "bar")
    how = next((one for one in AGGREGATES if one == query.get("agg")), "avg" if y and known[y].rate else "sum")
    unit = next((one for one in UNITS if one == query.get("unit")), known[x].unit) if known[x].truncates else ""
    made = Asked(path=path, resource=table, form=form, x=x, y=y, how=how, by=by, unit=unit, conditions=conditions)
    return _settled(made, known)


def _settled(one: Asked, known: dict[str, Field]) -> Asked:
    """Put right what does not go together: a line needs an order, points need two numbers, counting needs no column."""
    x, y = known[one.x], known.get(one.y)
    if y is not None and y.role != "number" and one.how != "count":
        one = replace(one, y="", how="count")
    if one.form == "scatter":
        if x.role == "number" and y is not None and y.role == "number":
            return replace(one, how="", unit="")
        one = replace(one, form="line" if x.role != "category" else "bar")
    if one.how == "count":
        one = replace(one, y="")
    if one.form in ("line", "area") and x.role == "category":
        one = replace(one, form="bar")
    return replace(one, by="" if one.by == one.x else one.by, how=one.how if one.y else "count")
