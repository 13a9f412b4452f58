"""Conditions on rows as an address says them: a column, a way to compare, a value; read, said, linked, asked."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from fastapi import Request

from api.dialects.html.view import Reader
from catalog.model import ColumnInfo
from standards.text import fold, nfc

MOST: Final = 5
"""Conditions at a time: each is looked at for every row."""
LONGEST: Final = 500
MOST_WORDS: Final = 10
OPERATIONS: Final[Mapping[str, str]] = {
    "contains": "có chứa", "eq": "đúng bằng", "ne": "khác", "ge": "từ", "le": "đến", "empty": "bỏ trống",
    "filled": "có giá trị",
}
ALONE: Final = frozenset({"empty", "filled"})
"""Ways to compare that need no value."""
SIGNS: Final = {"eq": "=", "ne": "!=", "ge": ">=", "le": "<="}
NUMBERS: Final = frozenset({"integer", "number", "year"})
MOMENTS: Final = frozenset({"date", "datetime"})
KEYWORDS: Final = frozenset({
    "and", "or", "not", "in", "is", "null", "between", "like", "ilike", "true", "false", "as", "asc", "desc",
    "distinct",
})
TRUE, FALSE = frozenset({"true", "đúng", "có", "yes", "1"}), frozenset({"false", "sai", "không", "no", "0"})
_BARE: Final = re.compile(r"[^\W\d]\w*")
_ISO: Final = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_LOCAL: Final = re.compile(r"(?:(?:(\d{1,2})[/.-])?(\d{1,2})[/.-])?(\d{4})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition; ``low`` and ``high`` are what the value means in the column, None where it means nothing there.

    A day, a month or a year of a column of days is the span from its first to its last day.
    """

    column: str
    op: str = "contains"
    value: str = ""
    kind: str = "string"
    low: str | None = None
    high: str | None = None

    @property
    def readable(self) -> bool:
        """Whether the value means something in the column: a word does not in a column of numbers."""
        return self.op in ALONE or self.op == "contains" or self.low is not None

    @property
    def where(self) -> str:
        """The condition in the words of the rows' query language."""
        name = named(self.column)
        if self.op in ALONE:
            return f"{name} is {'not ' if self.op == 'filled' else ''}null"
        if self.op == "contains":
            return f"search({name}, {quoted(' '.join(self.value.split()[:MOST_WORDS]))})"
        low, high = self.literal(self.low or ""), self.literal(self.high or "")
        if low != high and self.op in ("eq", "ne"):
            return f"{name} {'not ' if self.op == 'ne' else ''}between {low} and {high}"
        return f"{name} {SIGNS[self.op]} {high if self.op == 'le' else low}"

    @property
    def sql(self) -> str:
        """The condition in DuckDB's own words, for whoever asks the Parquet file."""
        name = '"' + self.column.replace('"', '""') + '"'
        if self.op != "contains":
            return self.where.replace(named(self.column), name, 1)
        text = name if self.kind == "string" else f"CAST({name} AS VARCHAR)"
        return " AND ".join(_held(text, nfc(word).lower()) for word in self.value.split()[:MOST_WORDS])

    def literal(self, value: str) -> str:
        """A value as the query language writes it: numbers bare where the column holds numbers."""
        return value if self.kind in ("integer", "number", "boolean") else quoted(value)


def _held(text: str, word: str) -> str:
    if fold(word) == word:
        return f"contains(replace(strip_accents(lower({text})), 'đ', 'd'), {quoted(word)})"
    return f"contains(lower({text}), {quoted(word)})"


def named(column: str) -> str:
    """A column's name as the query language writes it."""
    bare = _BARE.fullmatch(column) and column.lower() not in KEYWORDS
    return column if bare else '"' + column.replace('"', '""') + '"'


def quoted(value: str) -> str:
    """A text as the query language writes it."""
    return "'" + value.replace("'", "''") + "'"


def read(request: Request, columns: Sequence[ColumnInfo]) -> tuple[Condition, ...]:
    """Read the conditions of an address; what the table does not have, or what asks nothing, is left out."""
    query = request.query_params
    names, ops, values = (query.getlist(name) for name in ("column", "op", "value"))
    kinds = {one.name: one.type for one in columns}
    found: dict[tuple[str, str, str], Condition] = {}
    for at, name in enumerate(names[: MOST + 1]):
        op = ops[at] if at < len(ops) and ops[at] in OPERATIONS else "contains"
        value = " ".join(values[at].split())[:LONGEST] if at < len(values) and op not in ALONE else ""
        if name in kinds and (value or op in ALONE):
            found[name, op, value] = condition(name, op, value, kinds[name])
    return tuple(found.values())[:MOST]


def condition(column: str, op: str, value: str, kind: str) -> Condition:
    """A condition with what its value means in a column of this kind."""
    low, high = meant(value, kind) or (None, None)
    return Condition(column=column, op=op, value=value, kind=kind, low=low, high=high)


def pairs(conditions: Sequence[Condition]) -> list[tuple[str, str]]:
    """The conditions as members of an address, in their order."""
    return [pair for one in conditions for pair in (("column", one.column), ("op", one.op), ("value", one.value))]


def where(conditions: Sequence[Condition]) -> str:
    """All of them in the words of the rows' query language."""
    return " and ".join(one.where for one in conditions)


def said(reader: Reader, op: str) -> str:
    """What a way to compare is called."""
    return reader.say(OPERATIONS[op])


def misread(reader: Reader, conditions: Sequence[Condition]) -> list[str]:
    """A sentence for each value that means nothing in its column."""
    return [
        reader.say("Cột %(column)s chứa số; “%(value)s” không đọc được thành số. Ví dụ: 1500 hoặc 2.5.",
                   column=one.column, value=one.value) if one.kind in NUMBERS
        else reader.say("Cột %(column)s chứa ngày; “%(value)s” không đọc được thành ngày. Ví dụ: 2025, 7/2025 hoặc "
                        "01/7/2025.", column=one.column, value=one.value) if one.kind in MOMENTS
        else reader.say("Cột %(column)s chỉ có đúng hoặc sai; “%(value)s” không phải là một trong hai.",
                        column=one.column, value=one.value)
        for one in conditions if not one.readable
    ]


# --- what a value means -----------------------------------------------------------------------------------------------


def meant(value: str, kind: str) -> tuple[str, str] | None:
    """The span that a value stands for in a column of this kind; None where it stands for nothing."""
    if kind in NUMBERS:
        number = _number(value)
        return (number, number) if number is not None else None
    if kind in MOMENTS:
        return _days(value, kind)
    if kind == "boolean":
        word = value.lower()
        told = "true" if word in TRUE else "false" if word in FALSE else None
        return (told, told) if told else None
    return nfc(value), nfc(value)


def _number(value: str) -> str | None:
    """A number as programs write it, or as people do in Vietnam where the other way says nothing (``1.234,5``)."""
    for form in (value, value.replace(" ", "").replace(".", "").replace(",", ".")):
        try:
            number = Decimal(form)
        except InvalidOperation:
            continue
        if number.is_finite() and abs(number.adjusted()) < LONGEST:
            return format(number, "f")
    return None


def _days(value: str, kind: str) -> tuple[str, str] | None:
    """The first and last day of a day, a month or a year; ISO's order or the one of Vietnam."""
    if iso := _ISO.fullmatch(value):
        year, month, day = (int(part or 0) for part in iso.groups())
    elif local := _LOCAL.fullmatch(value):
        day, month, year = (int(part or 0) for part in local.groups())
    else:
        return None
    try:
        low = date(year, month or 1, day or 1)
        high = date(year, month or 12, day or calendar.monthrange(year, month or 12)[1])
    except ValueError:
        return None
    if kind == "date":
        return low.isoformat(), high.isoformat()
    return f"{low}T00:00:00+07:00", f"{high}T23:59:59.999999+07:00"
