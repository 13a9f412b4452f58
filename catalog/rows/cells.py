"""Cells on their way in: what was given for a column, read as a value of its type; what cannot be is refused."""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import chain
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
READ: Final = 8192
"""Different days and moments that are remembered: a table is loaded in many batches, which have most of them alike."""


class Wrong(ValueError):
    """A cell that cannot be read; ``row`` counts from 0."""

    def __init__(self, message: str, row: int = 0) -> None:
        self.message, self.row = message, row
        super().__init__(message)


class Records:
    """Records as a call gives them, seen by columns; each column is made once, whoever asks for it."""

    def __init__(self, records: Sequence[Mapping[str, Any]]) -> None:
        self._records = records
        self._columns: dict[str, Sequence[Any]] = {}
        self.names: Sequence[str] = tuple(records[0]) if records else ()
        self.alike = self._are_alike()
        """Whether every record has the same columns: then ``names`` are all there are."""
        if not self.alike:
            self.names = tuple(dict.fromkeys(chain.from_iterable(dict.fromkeys(map(tuple, records)))))

    def _are_alike(self) -> bool:
        """Look through the cells, which is needed anyway: records of one length with all of these have no others."""
        if not self.names:
            return set(map(len, self._records)) <= {0}
        try:
            rows = map(itemgetter(*self.names), self._records)
            columns = [tuple(rows)] if len(self.names) == 1 else zip(*rows, strict=True)
        except KeyError:
            return False
        self._columns = dict(zip(self.names, columns, strict=True))
        return set(map(len, self._records)) <= {len(self.names)}

    def __len__(self) -> int:
        return len(self._records)

    def column(self, name: str) -> Sequence[Any]:
        """Give the cells of a column, None where a record has none."""
        if name not in self._columns:
            self._columns[name] = [None] * len(self) if self.alike else [one.get(name) for one in self._records]
        return self._columns[name]

    def stranger(self, known: Collection[str]) -> tuple[int, str]:
        """Give the first row that has columns beside the known ones, and those; -1 where none has."""
        if set(self.names) <= set(known):
            return -1, ""
        for at, one in enumerate(self._records):
            if extra := one.keys() - known:
                return at, ", ".join(sorted(extra))
        return -1, ""


def column(kind: str, given: Sequence[Any]) -> Sequence[Any]:
    """Read the cells of a column; an empty text is missing but in a column of texts. Raises Wrong."""
    what, types = family(kind), set(map(type, given))
    fits = _FITS.get(what)
    if fits is not None and types <= fits and (what != "int" or _small(kind, given)):
        return given
    if what == "text" and types <= _TEXTS:
        return given if _composed(given) else [one if one is None else nfc(one) for one in given]
    if what in _REPEATED and types <= _TEXTS:
        try:
            known = {one: READERS[what](one, kind) if one else None for one in set(given)}
            as_it_is = all(one == made for one, made in known.items())
            return given if as_it_is else list(map(known.__getitem__, given))
        except (Wrong, ValueError, ArithmeticError, TypeError):
            pass  # which row it was is looked for below
    return _one_by_one(kind, given)


def _composed(given: Sequence[str | None]) -> bool:
    """Whether all texts are in NFC: asked of all of them put together, which nothing composes across a NUL."""
    return unicodedata.is_normalized("NFC", "\0".join(filter(None, given)))


def _one_by_one(kind: str, given: Sequence[Any]) -> list[Any]:
    read, cells = READERS[family(kind)], []
    for at, value in enumerate(given):
        try:
            missing = value is None or (value == "" and family(kind) != "text")
            cells.append(None if missing else read(value, kind))
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


@lru_cache(maxsize=READ)
def _date(value: Any, _kind: str) -> str:
    if not isinstance(value, str) or not _DAY.match(value):
        raise ValueError
    return date.fromisoformat(value).isoformat() if _DAY.fullmatch(value) else _moment(value).date().isoformat()


@lru_cache(maxsize=READ)
def _time(value: Any, _kind: str) -> str:
    if not isinstance(value, str):
        raise TypeError
    return time.fromisoformat(value.strip()).replace(tzinfo=None).isoformat()


def _moment(value: str) -> datetime:
    return datetime.fromisoformat(value.strip()).replace(tzinfo=None)


@lru_cache(maxsize=READ)
def _timestamp(value: Any, _kind: str) -> str:
    if not isinstance(value, str) or not _DAY.match(value.strip()):
        raise ValueError
    return _moment(value).isoformat()


def _json(value: Any, _kind: str) -> str:
    """Give JSON: a text that is an object or a list as that, any other text as the text that it is."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        with contextlib.suppress(orjson.JSONDecodeError):
            value = orjson.loads(value)
    return orjson.dumps(value).decode()


def _array(value: Any, kind: str) -> list[Any]:
    found = orjson.loads(value) if isinstance(value, str) else value
    if not isinstance(found, list):
        raise TypeError
    return list(column(element(kind), found))


READERS: Final[Mapping[Family, Callable[[Any, str], Any]]] = MappingProxyType({
    "text": _text, "int": _int, "float": _float, "numeric": _numeric, "bool": _bool, "date": _date, "time": _time,
    "timestamp": _timestamp, "json": _json, "array": _array,
})
_NONE: Final = type(None)
_TEXTS: Final = frozenset({str, _NONE})
_REPEATED: Final = frozenset({"date", "time", "timestamp"})
"""Cells that come again and again as texts: each different one is read once."""
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
