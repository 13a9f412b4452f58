"""Cells on their way in: what was given for a column, read as a value of its type; what cannot be is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from operator import itemgetter
from types import MappingProxyType
from typing import Any, Final

import orjson

from catalog.rows import Family, element, family
from standards.text import nfc

_NAMES: Final[Mapping[str, str]] = MappingProxyType({
    "int4": "integer", "int8": "bigint", "float8": "double precision", "bool": "boolean",
})
_TRUE: Final = frozenset({"true", "t", "yes", "y", "on", "1"})
_FALSE: Final = frozenset({"false", "f", "no", "n", "off", "0"})
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_BITS: Final[Mapping[str, int]] = MappingProxyType({"int4": 31, "int8": 63})
_MOST_DIGITS: Final = 1000
_SHOWN: Final = 200


class Wrong(ValueError):
    """A cell that cannot be read; ``row`` counts from 0."""

    def __init__(self, message: str, row: int = 0) -> None:
        self.message, self.row = message, row
        super().__init__(message)


def by_columns(records: Sequence[Mapping[str, Any]], names: Sequence[str]) -> list[Sequence[Any]]:
    """Give the cells of records column by column, None where a record has none; all have all of them as a rule."""
    if len(names) > 1 and records:
        try:
            return list(zip(*map(itemgetter(*names), records), strict=True))
        except KeyError:
            pass
    return [[one.get(name) for one in records] for name in names]


def column(kind: str, given: Sequence[Any]) -> list[Any]:
    """Read the cells of a column; an empty text is missing but in a column of texts. Raises Wrong."""
    what = family(kind)
    fits = _FITS.get(what)
    if fits is not None and set(map(type, given)) <= fits and (what != "int" or _small(kind, given)):
        return list(given)
    if what == "text" and set(map(type, given)) <= _TEXTS:
        return [one if one is None or one.isascii() else nfc(one) for one in given]
    read, cells = READERS[what], []
    known: dict[str, Any] = {}
    for at, value in enumerate(given):
        try:
            if type(value) is not str:
                cells.append(None if value is None else read(value, kind))
                continue
            if value not in known:  # dates and the like come again and again
                known[value] = None if value == "" and what != "text" else read(value, kind)
            cells.append(known[value])
        except Wrong as wrong:
            wrong.row = at
            raise
        except (ValueError, ArithmeticError, TypeError):
            raise Wrong(_said(kind, value), at) from None
    return cells


def cell(kind: str, value: Any) -> Any:
    """Read one cell. Raises Wrong."""
    return column(kind, [value])[0]


def _small(kind: str, given: Sequence[Any]) -> bool:
    numbers = [one for one in given if one is not None]
    most = 1 << _BITS[kind]
    return not numbers or (min(numbers) >= -most and max(numbers) < most)


def _said(kind: str, value: Any) -> str:
    shown = value if isinstance(value, str) else orjson.dumps(value, default=str).decode()
    return f'invalid input syntax for type {_NAMES.get(kind, kind)}: "{shown[:_SHOWN]}"'


def _text(value: Any, _kind: str) -> str:
    return nfc(value) if isinstance(value, str) else orjson.dumps(value).decode()


def _int(value: Any, kind: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str | float):
        raise TypeError
    if isinstance(value, str) and len(value) > _MOST_DIGITS:
        raise ValueError
    number = int(value)
    if isinstance(value, float) and number != value:
        raise ValueError
    if not -(1 << _BITS[kind]) <= number < 1 << _BITS[kind]:
        raise Wrong(f"{_NAMES[kind]} out of range")
    return number


def _float(value: Any, _kind: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError
    number = float(value)
    if number - number != 0:  # neither infinity nor "not a number" is one that JSON can say
        raise ValueError
    return number


def _numeric(value: Any, _kind: str) -> int | float | Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError
    if isinstance(value, str):
        try:
            number = Decimal(value.strip())
        except InvalidOperation:
            raise ValueError from None
        if not number.is_finite() or abs(number.adjusted()) > _MOST_DIGITS:
            raise ValueError
        return int(number) if number == number.to_integral_value() and "." not in value else number
    return value


def _bool(value: Any, _kind: str) -> bool:
    said = str(value).strip().lower()
    if said in _TRUE:
        return True
    if said in _FALSE:
        return False
    raise ValueError


def _date(value: Any, _kind: str) -> str:
    if not isinstance(value, str) or not _DAY.match(value):
        raise ValueError
    return date.fromisoformat(value).isoformat() if _DAY.fullmatch(value) else _moment(value).date().isoformat()


def _time(value: Any, _kind: str) -> str:
    if not isinstance(value, str):
        raise TypeError
    return time.fromisoformat(value.strip()).replace(tzinfo=None).isoformat()


def _moment(value: str) -> datetime:
    return datetime.fromisoformat(value.strip()).replace(tzinfo=None)


def _timestamp(value: Any, _kind: str) -> str:
    if not isinstance(value, str) or not _DAY.match(value.strip()):
        raise ValueError
    return _moment(value).isoformat()


def _json(value: Any, _kind: str) -> str:
    return orjson.dumps(orjson.loads(value) if isinstance(value, str) else value).decode()


def _array(value: Any, kind: str) -> list[Any]:
    found = orjson.loads(value) if isinstance(value, str) else value
    if not isinstance(found, list):
        raise TypeError
    return column(element(kind), found)


READERS: Final[Mapping[Family, Callable[[Any, str], Any]]] = MappingProxyType({
    "text": _text, "int": _int, "float": _float, "numeric": _numeric, "bool": _bool, "date": _date, "time": _time,
    "timestamp": _timestamp, "json": _json, "array": _array,
})
_NONE: Final = type(None)
_TEXTS: Final = frozenset({str, _NONE})
_FITS: Final[Mapping[Family, frozenset[type]]] = MappingProxyType({
    "int": frozenset({int, _NONE}), "float": frozenset({float, _NONE}), "numeric": frozenset({int, float, _NONE}),
    "bool": frozenset({bool, _NONE}),
})
"""Types of JSON that need no reading; texts are composed first (NFC)."""


def guess(value: Any) -> str:
    """Guess the type of a column by the first value of it."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int4" if -(2**31) <= value < 2**31 else "int8" if -(2**63) <= value < 2**63 else "numeric"
    if isinstance(value, float):
        return "numeric"
    if isinstance(value, list | dict):
        return "json"
    try:
        return "timestamp" if isinstance(value, str) and _timestamp(value, "timestamp") else "text"
    except ValueError:
        return "text"
