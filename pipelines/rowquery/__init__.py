"""What a reader asks of a table, as a tree: columns, conditions, groups, order. Pure: no file is opened here.

``read`` makes it from the words of an address, ``statement`` makes DuckDB's words and parameters of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Kind = str
"""string, integer, number, boolean, date, datetime, time or other."""

Comparison = Literal["=", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its name."""

    name: str


@dataclass(frozen=True, slots=True)
class Value:
    """Something that was written down: a text, a number, true or false."""

    value: str | Decimal | bool


@dataclass(frozen=True, slots=True)
class Call:
    """A function of its arguments; ``distinct`` only for ``count(distinct …)``."""

    name: str
    arguments: tuple[Expression, ...] = ()
    distinct: bool = False


Expression = Column | Value | Call


@dataclass(frozen=True, slots=True)
class Compare:
    """Two things compared; what is missing is neither equal nor unequal to anything (SQL's rule)."""

    op: Comparison
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class In:
    """One of several values."""

    item: Expression
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """From low to high, both included."""

    item: Expression
    low: Value
    high: Value


@dataclass(frozen=True, slots=True)
class Like:
    """A text with ``%`` for anything and ``_`` for one sign; ``any_case`` for ``ilike``."""

    item: Expression
    pattern: str
    any_case: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """``is null``."""

    item: Expression


@dataclass(frozen=True, slots=True)
class Search:
    """All of the words somewhere in the row, or in one column; marks count only where they were typed."""

    words: tuple[str, ...]
    column: Column | None = None


@dataclass(frozen=True, slots=True)
class Within:
    """Points by columns of latitude and longitude: inside a box (south, west, north, east) or a circle (metres)."""

    latitude: Column
    longitude: Column
    shape: Literal["box", "circle"]
    numbers: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """What does not hold."""

    item: Condition


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every one holds."""

    items: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one holds."""

    items: tuple[Condition, ...]


Condition = Compare | In | Between | Like | Missing | Search | Within | Not | AllOf | AnyOf


@dataclass(frozen=True, slots=True)
class Output:
    """One column of the answer, and what it is called there."""

    item: Expression
    name: str


@dataclass(frozen=True, slots=True)
class Order:
    """One key of the order; missing values come last either way."""

    item: Expression
    descending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked of a table: nothing named in ``select`` is every column."""

    select: tuple[Output, ...] = ()
    where: Condition | None = None
    group_by: tuple[Expression, ...] = ()
    having: Condition | None = None
    order_by: tuple[Order, ...] = ()

    @property
    def grouped(self) -> bool:
        """Whether rows are put together: by groups, or all of them by an aggregate."""
        return bool(self.group_by) or any(aggregates(one.item) for one in self.select)


AGGREGATES = frozenset({"count", "sum", "avg", "min", "max", "median", "percentile", "stddev"})
PARTS_OF_TIME = ("year", "quarter", "month", "week", "day", "hour")
FUNCTIONS = frozenset({"date_trunc", "year", "quarter", "month", "day", "lower", "upper", "length"})


def aggregates(item: Expression) -> bool:
    """Whether an expression puts rows together."""
    return isinstance(item, Call) and (item.name in AGGREGATES or any(map(aggregates, item.arguments)))
