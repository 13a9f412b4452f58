"""The numbers of a chart: asked of the table in the words of the rows API, so that anybody can ask the same again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from typing import Any, Final, Literal

from api import deps
from api.dialects.html import sift
from api.dialects.html.charting.asked import Asked, Field
from pipelines.rowquery import read
from pipelines.serving import pages
from pipelines.tables import Plain

MOST_SERIES: Final = 5
MOST_BARS, MOST_GROUPS = 30, 10
MOST_PLACES: Final = 600
MOST_POINTS: Final = 1500
MOST_COLUMNS: Final = 60
ISO_YEAR, ISO_MONTH = 4, 7

Scale = Literal["year", "moment", "number", "category"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line, one colour of bars or of points: its name ("" where there is only one), values by place."""

    name: str = ""
    values: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What is drawn. ``labels`` are the words of categories by place; ``parts`` ask the rows API for the same numbers.

    ``left`` counts groups, series or points that were not drawn; ``years`` says that days are only years.
    """

    scale: Scale
    series: tuple[Series, ...] = ()
    labels: tuple[str, ...] = ()
    parts: dict[str, str] = field(default_factory=dict)
    left_groups: int = 0
    left_series: int = 0
    left_points: int = 0

    @property
    def places(self) -> list[float]:
        """Every place on the x axis that has a value, in order."""
        return sorted({x for one in self.series for x, _ in one.values})

    @property
    def highest(self) -> float:
        """The highest value."""
        return max((y for one in self.series for _, y in one.values), default=0.0)

    @property
    def lowest(self) -> float:
        """The lowest value."""
        return min((y for one in self.series for _, y in one.values), default=0.0)


class Asker:
    """Asks one table, with the conditions of the page."""

    def __init__(self, site: deps.Site, table: pages.Table, where: str) -> None:
        self._site, self._table, self.where = site, table, where

    def rows(self, parts: dict[str, str], limit: int) -> tuple[list[Sequence[Plain]], int]:
        """The rows of a query without the values of its keys, and how many there are. Raises Invalid."""
        asked = pages.asked(self._table, read.read(parts))
        told = pages.page(self._site.askers, asked, limit=limit)
        return [row[: len(asked.columns)] for row in told.rows], int(told.total or 0)

    def free(self, name: str) -> str:
        """A name that no column has."""
        while name in self._table.known:
            name += "_"
        return sift.named(name)

    def both(self, *conditions: str) -> str:
        """The page's conditions and others."""
        return " and ".join(one for one in (self.where, *conditions) if one)


def numbers(site: deps.Site, table: pages.Table, asked: Asked, x: Field) -> Numbers:
    """Ask for what a chart shows. Raises Invalid where the table does not hold it, or where it takes too long."""
    asker = Asker(site, table, sift.where(asked.conditions))
    if asked.form == "scatter":
        return _points(asker, asked)
    return _bars(asker, asked) if x.role == "category" else _lines(asker, asked, x)


def _value(asker: Asker, asked: Asked) -> str:
    """What is put together, with its name in the answer."""
    if not asked.y:
        return f"count(*) as {asker.free('n')}"
    return f"{asked.how}({sift.named(asked.y)}) as {asker.free(asked.how + '_' + asked.y)}"


def _split(asker: Asker, asked: Asked) -> tuple[list[str], int]:
    """The five most frequent values of the column that splits, and how many others there are."""
    by = sift.named(asked.by)
    parts = {"select": f"{by}, count(*) as {asker.free('n')}", "group_by": by,
             "where": asker.both(f"{by} is not null"), "order_by": f"{asker.free('n')} desc"}
    found, total = asker.rows(parts, MOST_SERIES)
    return [_word(row[0]) for row in found], max(total - len(found), 0)


def _in(column: str, values: Sequence[str]) -> str:
    return f"{sift.named(column)} in ({', '.join(map(sift.quoted, values))})"


# --- bars of categories -----------------------------------------------------------------------------------------------


def _bars(asker: Asker, asked: Asked) -> Numbers:
    x, value = sift.named(asked.x), _value(asker, asked)
    most = MOST_GROUPS if asked.by else MOST_BARS
    name = value.rpartition(" as ")[2]
    parts = {"select": f"{x}, {value}", "where": asker.both(f"{x} is not null"), "group_by": x,
             "order_by": f"{name} desc"}
    found, total = asker.rows(parts, most)
    labels = [_word(row[0]) for row in found]
    left = max(total - len(found), 0)
    if not asked.by or not labels:
        values = tuple((float(at), number) for at, row in enumerate(found) if (number := _number(row[1])) is not None)
        return Numbers(scale="category", series=(Series(values=values),), labels=tuple(labels), parts=_trim(parts),
                       left_groups=left)
    split, others = _split(asker, asked)
    parts = {**parts, "select": f"{x}, {sift.named(asked.by)}, {value}", "group_by": f"{x}, {sift.named(asked.by)}",
             "where": asker.both(_in(asked.x, labels), _in(asked.by, split))}
    rows, _ = asker.rows(parts, most * MOST_SERIES)
    place = {label: float(at) for at, label in enumerate(labels)}
    told = [(_word(row[1]), place[_word(row[0])], _number(row[2])) for row in rows if _word(row[0]) in place]
    return Numbers(scale="category", series=_series(told, split), labels=tuple(labels), parts=_trim(parts),
                   left_groups=left, left_series=others)


def _series(told: Sequence[tuple[str, float, float | None]], split: Sequence[str]) -> tuple[Series, ...]:
    """Values by series, in the order of the most frequent ones."""
    order = {name: at for at, name in enumerate(split)}
    kept = sorted((order[name], x, y) for name, x, y in told if name in order and y is not None)
    return tuple(Series(name=split[at], values=tuple((x, y) for _, x, y in group))
                 for at, group in groupby(kept, key=lambda one: one[0]))


# --- lines ------------------------------------------------------------------------------------------------------------


def _lines(asker: Asker, asked: Asked, x: Field) -> Numbers:
    value, column = _value(asker, asked), sift.named(asked.x)
    group = f"date_trunc({sift.quoted(asked.unit)}, {column})" if asked.unit else column
    shown = f"{group} as {asker.free(asked.unit)}" if asked.unit else column
    split, others = _split(asker, asked) if asked.by else ([], 0)
    by = [sift.named(asked.by)] if split else []
    where = asker.both(f"{column} is not null", *([_in(asked.by, split)] if split else []))
    parts = {"select": ", ".join([shown, *by, value]), "where": where, "group_by": ", ".join([group, *by]),
             "order_by": asker.free(asked.unit) if asked.unit else column}
    most = MOST_PLACES * max(len(split), 1)
    rows, total = asker.rows(parts, most)
    scale: Scale = "moment" if asked.unit and asked.unit != "year" else _scale(x, rows)
    told = [(_word(row[1]) if split else "", place, _number(row[-1])) for row in rows
            if (place := _place(row[0], scale)) is not None]
    return Numbers(scale=scale, series=_series(told, split or [""]), parts=_trim(parts),
                   left_groups=max(total - len(rows), 0), left_series=others)


def _scale(x: Field, rows: Sequence[Sequence[Plain]]) -> Scale:
    if x.role == "number":
        return "number"
    months = any(isinstance(row[0], str) and len(row[0]) == ISO_MONTH for row in rows[:1])
    return "moment" if months else "year"


def _place(cell: Plain, scale: Scale) -> float | None:
    """Where a cell stands on the axis: its number, its year, or its day counted from the year 1."""
    if scale == "number":
        return _number(cell)
    words = str(cell)
    try:
        if scale == "year":
            return float(words[:ISO_YEAR])
        return float(date.fromisoformat(words[:10] if len(words) > ISO_MONTH else f"{words}-01").toordinal())
    except ValueError:
        return None


# --- points -----------------------------------------------------------------------------------------------------------


def _points(asker: Asker, asked: Asked) -> Numbers:
    x, y = sift.named(asked.x), sift.named(asked.y)
    split, others = _split(asker, asked) if asked.by else ([], 0)
    by = [sift.named(asked.by)] if split else []
    where = asker.both(f"{x} is not null", f"{y} is not null", *([_in(asked.by, split)] if split else []))
    parts = {"select": ", ".join([x, y, *by]), "where": where}
    rows, total = asker.rows(parts, MOST_POINTS)
    told = [(_word(row[2]) if split else "", place, _number(row[1])) for row in rows
            if (place := _number(row[0])) is not None]
    return Numbers(scale="number", series=_series(told, split or [""]), parts=parts,
                   left_series=others, left_points=max(total - len(rows), 0))


def _number(cell: Plain) -> float | None:
    """A cell as a number; long ones come as text."""
    try:
        return None if cell is None or isinstance(cell, bool) else float(cell)
    except ValueError:
        return None


def _word(cell: Plain) -> str:
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def _trim(parts: dict[str, str]) -> dict[str, str]:
    return {name: words for name, words in parts.items() if words}


def stacked(one: Numbers) -> Numbers:
    """Each series on top of those before it; a place without a value adds nothing."""
    floor: dict[float, float] = dict.fromkeys(one.places, 0.0)
    made: list[Series] = []
    for series in one.series:
        held: dict[float, float] = dict(series.values)
        floor = {x: height + held.get(x, 0.0) for x, height in floor.items()}
        made.append(replace(series, values=tuple(floor.items())))
    return replace(one, series=tuple(made))


Cells = list[tuple[str, list[Any]]]
