"""Rows that change: a table's definition, what is asked of its rows and what was found, as plain values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal

ID: Final = "_id"
MOST_FIELDS: Final = 1000
LONGEST_NAME: Final = 63
"""Bytes of a column's name: what PostgreSQL keeps of one."""

SEPARATOR: Final = "\x1f"
Columns = Sequence[str | Sequence[Any]]
"""Some rows by columns, each as its cells, or as one text of them with ``SEPARATOR`` between (missing ones empty)."""
_LENGTH: Final = re.compile(r"\s?\([0-9]{1,4}(, ?[0-9]{1,4})?\)$")

Family = Literal["text", "int", "float", "numeric", "bool", "date", "time", "timestamp", "json", "array"]

_SAME: Final[Mapping[str, tuple[Family, str]]] = MappingProxyType({
    "text": ("text", "text"), "varchar": ("text", "text"), "string": ("text", "text"), "char": ("text", "text"),
    "character": ("text", "text"), "character varying": ("text", "text"), "uuid": ("text", "text"),
    "int": ("int", "int4"), "int2": ("int", "int4"), "int4": ("int", "int4"), "integer": ("int", "int4"),
    "smallint": ("int", "int4"), "int8": ("int", "int8"), "bigint": ("int", "int8"),
    "float": ("float", "float8"), "float4": ("float", "float8"), "float8": ("float", "float8"),
    "double precision": ("float", "float8"), "real": ("float", "float8"),
    "numeric": ("numeric", "numeric"), "decimal": ("numeric", "numeric"),
    "bool": ("bool", "bool"), "boolean": ("bool", "bool"), "date": ("date", "date"), "time": ("time", "time"),
    "timestamp": ("timestamp", "timestamp"), "timestamptz": ("timestamp", "timestamp"),
    "timestamp without time zone": ("timestamp", "timestamp"), "timestamp with time zone": ("timestamp", "timestamp"),
    "time without time zone": ("time", "time"),
    "json": ("json", "json"), "jsonb": ("json", "json"), "nested": ("json", "json"),
})
"""The names of types that are taken, what they are to us, and what PostgreSQL calls them."""


def known(kind: str) -> bool:
    """Whether there is a type of this name; ``_text`` and ``text[]`` are lists of texts."""
    return _plain(kind) in _SAME


def _plain(kind: str) -> str:
    """Give the name of a type alone: ``numeric(10,2)`` is one of numbers, and nobody counts their digits."""
    return _LENGTH.sub("", kind.strip().lower().removesuffix("[]").removeprefix("_"))


def is_list(kind: str) -> bool:
    """Whether a type is that of lists."""
    return kind.strip().startswith("_") or kind.strip().endswith("[]")


def family(kind: str) -> Family:
    """Give what a type is to us. Raises KeyError for one that is not known."""
    return "array" if is_list(kind) else _SAME[_plain(kind)][0]


def element(kind: str) -> str:
    """Give the type of a list's members."""
    return _plain(kind)


def native(kind: str) -> str:
    """Give PostgreSQL's name of a type, as CKAN shows it."""
    return ("_" if is_list(kind) else "") + _SAME[_plain(kind)][1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A column: its name, its type in PostgreSQL's words, and what else its maker says of it."""

    id: str
    type: str
    info: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of rows that change: one resource of a dataset. Its rows have ``_id`` 1, 2, 3 … besides its fields.

    ``mark`` tells it from another that had its id before. ``count`` and ``revision`` (one more with each change of rows
    or definition) are the store's to say; so is ``exact``: columns in which numbers may be that no float holds.
    ``first`` and ``last`` are told once, by what added rows: between them are the ids of those and of no others.
    """

    id: str
    dataset: str
    resource: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    aliases: tuple[str, ...] = ()
    mark: str = ""
    count: int = 0
    revision: int = 0
    exact: tuple[str, ...] = field(default=(), compare=False)
    first: int = field(default=1, compare=False)
    last: int = field(default=0, compare=False)

    def types(self) -> dict[str, str]:
        """Give the type of each column, ``_id`` first."""
        return {ID: "int8", **{one.id: one.type for one in self.fields}}


# --- what is asked ----------------------------------------------------------------------------------------------------

Op = Literal["eq", "in", "gt", "gte", "lt", "lte"]
OPS: Final = ("eq", "in", "gt", "gte", "lt", "lte")


@dataclass(frozen=True, slots=True)
class Is:
    """A column compared with a value of its type; ``in`` with a tuple of them, ``eq`` with None is what is missing."""

    column: str
    op: Op
    value: Any


@dataclass(frozen=True, slots=True)
class All:
    """Every one holds; none at all is true."""

    items: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one holds; none at all is false."""

    items: tuple[Condition, ...]


Condition = Is | All | Either


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it was typed (NFC, lower case), or the beginning of one; without marks it finds those with marks."""

    text: str
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Every:
    """Every one of these is in the text."""

    items: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of these is in the text."""

    items: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """It is not in the text."""

    item: Wanted


Wanted = Word | Every | Some | Without


@dataclass(frozen=True, slots=True)
class Text:
    """Words looked for in a column, or ("") in all columns of a row together."""

    wanted: Wanted
    column: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """One key of the order."""

    column: str
    descending: bool = False
    nulls_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is asked of a table: no columns named are all of them, with ``_id``.

    With ``texts`` and ``ranked`` each row ends with how well it fits each of them; with ``order`` empty the best comes
    first, else the first ``_id``. ``total`` counts all rows that are found.
    """

    columns: tuple[str, ...] = ()
    where: Condition = All(())
    texts: tuple[Text, ...] = ()
    ranked: bool = True
    order: tuple[Order, ...] = ()
    distinct: bool = False
    limit: int | None = 100
    offset: int = 0
    total: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """Rows in the order of the columns asked for, ranks behind them; the total where it was asked for."""

    rows: Sequence[Sequence[Any]]
    total: int | None = None


Method = Literal["insert", "upsert", "update"]
Batch = tuple[Sequence[str], Sequence[Sequence[Any]]]
"""Names of columns, and rows of their cells."""
Range = tuple[int, int]
"""Ids from the one to the other, both among them; none where the first is the larger one."""
Changed = tuple[Table, Sequence[Range] | None, Iterator[Sequence[Sequence[Any]]]]
"""One state of a table, the ranges in order among which all ids are that changed, and the rows that are there now.

An id in them that has no row was deleted. None where it is not known what changed: then all rows come."""
