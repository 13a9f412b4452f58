"""What a table holds, at a glance: how many rows have each of the most frequent values of a column, as lying bars.

Drawn from what was counted when the version was published, so it costs a page no question. The bars stand in a table
of the same numbers; codes are shown as they are, for their names depend on a day.
"""

from __future__ import annotations

from dataclasses import dataclass

from api.dialects.html.charting import words
from api.dialects.html.charting.asked import MOST_CATEGORIES, Asked
from api.dialects.html.view import Reader
from catalog.model import Resource
from standards.profile import Column

MOST_BARS = 8
LONGEST = 60


@dataclass(frozen=True, slots=True)
class Bar:
    """A value, the number of its rows, and its length in percent of the longest."""

    value: str
    rows: int
    share: float


@dataclass(frozen=True, slots=True)
class Glance:
    """The picture: what it is called, where it is drawn in full, its bars, and how many values are not shown."""

    title: str
    link: str
    bars: tuple[Bar, ...]
    left: int


def of(reader: Reader, shown: Resource, path: str, resource: str = "") -> Glance | None:
    """The picture of the first column that says something by its counts; None where there is none."""
    seen = {one.name: one for one in shown.profile.columns} if shown.profile else {}
    named = [one for one in shown.columns if one.type == "string" and one.name in seen]
    told = next((one for one in sorted(named, key=lambda one: bool(one.meaning))
                 if _speaks(seen[one.name], shown.rows or 0)), None)
    if told is None:
        return None
    column = seen[told.name]
    most = column.top[0][1]
    bars = tuple(Bar(value[:LONGEST], rows, round(100 * rows / most, 1)) for value, rows in column.top[:MOST_BARS])
    asked = Asked(path=path, resource=resource, x=told.name)
    return Glance(words.title(reader, shown, asked), asked.link(), bars, max(column.distinct - len(bars), 0))


def _speaks(one: Column, rows: int) -> bool:
    """Whether the counts of its values say something: several values, some of them in many rows."""
    counts = [count for _, count in one.top]
    return (1 < one.distinct <= MOST_CATEGORIES and one.distinct * 2 <= rows
            and len(counts) > 1 and counts[0] > max(counts[min(len(counts), MOST_BARS) - 1], 1))
