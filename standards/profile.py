"""What a table looks like: columns, kinds, counts and samples, as facts without judgement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "string", "integer", "number", "boolean", "date", "time", "datetime", "year", "yearmonth", "geojson", "any"
]
"""Table Schema field types that a column of text can be seen to hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column as its cells show it.

    ``minimum`` and ``maximum`` are canonical text (ISO 8601 dates, point as decimal mark); ``format`` is the strptime
    pattern of dates that are not ISO 8601; ``decimal`` and ``group`` are the marks found in numbers; ``top`` holds at
    most ten (value, count) pairs; ``meaning`` names a code list or identifier that the values follow (``vn-commune``).
    ``distinct`` is exact up to 100,000 values, an estimate (± 2 %) beyond, which ``approximate`` says; ``histogram``
    are counts of numbers in equal bins from minimum to maximum. ``absent`` are words that stand for a missing value
    in a column of another kind (``NA``, ``-``); ``missing`` counts their cells too.
    """

    name: str
    kind: Kind = "string"
    missing: int = 0
    distinct: int = 0
    minimum: str | None = None
    maximum: str | None = None
    top: tuple[tuple[str, int], ...] = ()
    meaning: str | None = None
    format: str = ""
    decimal: str = ""
    group: str = ""
    histogram: tuple[int, ...] = ()
    approximate: bool = False
    absent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A table at a glance: number of data rows (blank rows not counted), of blank rows, and its columns."""

    rows: int = 0
    blank_rows: int = 0
    columns: tuple[Column, ...] = ()
