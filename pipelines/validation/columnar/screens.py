"""Screens over whole columns: they may only say "certainly no error"; every doubt goes to Frictionless's own reader.

The rules are ASCII only and never an engine's cast, because no engine's casts accept what Frictionless accepts
(a cast takes ``0x10`` or ``2020/01/05`` where Frictionless does not). Where a column has few distinct values, each of
them is read once by Frictionless's own cell reader, and no rule is needed at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pac

from pipelines.validation.columnar.texts import Texts

Rule = Callable[[Texts], Any]
"""Texts → boolean numpy array: True where the cell certainly is read without a note."""

ZERO, NINE = ord("0"), ord("9")
BOUNDS = {
    "minimum": np.greater_equal,
    "maximum": np.less_equal,
    "exclusiveMinimum": np.greater,
    "exclusiveMaximum": np.less,
}
SAMPLE = 2_000
FEW = 400
MOST_REMEMBERED = 200_000
# Syntax that Python's re and RE2 read alike, without alternation (Frictionless anchors ``^p$`` around it unbracketed).
PLAIN_PATTERN = re.compile(r"(?:\[[A-Za-z0-9\- ]+\]|[A-Za-z0-9 _,/-]|\\[.\-/]|\{\d+(?:,\d*)?\}|[?+*])+")
DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


def missing_of(field: Any) -> tuple[str, ...]:
    """The missing values that Frictionless's reader uses for a field."""
    if not field.has_defined("missing_values") and field.schema:
        return tuple(field.schema.missing_values)
    return tuple(field.missing_values)


class Screen:
    """The screen of one column: by distinct values where there are few, by rule where there is one, else by reader."""

    def __init__(self, field: Any) -> None:
        self.missing = missing_of(field)
        self._reader = field.create_cell_reader()
        self._required = bool(field.constraints.get("required"))
        self._rule = _rule_of(field)
        self._known: dict[str, bool] = {}
        self._few: bool | None = None

    def is_missing(self, texts: Texts) -> Any:
        """Which cells are missing values."""
        if self.missing == ("",):
            return texts.lengths == 0
        if not self.missing:
            return np.zeros(len(texts.lengths), dtype=bool)
        found = pac.is_in(texts.array, value_set=pa.array(self.missing, pa.string()))
        return found.to_numpy(zero_copy_only=False)

    def certainly_good(self, texts: Texts, missing: Any) -> Any:
        """Which cells certainly bear no error."""
        if self._few is None and len(texts.lengths):
            self._few = len(texts.array.slice(0, SAMPLE).unique()) <= min(FEW, max(16, len(texts.lengths) // 8))
        if self._rule is None or self._few:
            return self._by_value(texts)
        good = self._rule(texts) & ~missing
        return good if self._required else good | missing

    def _by_value(self, texts: Texts) -> Any:
        coded = texts.array.dictionary_encode()
        values = coded.dictionary.to_pylist()
        if self._rule is not None and len(values) > FEW * 8:
            self._few = False
        if len(self._known) > MOST_REMEMBERED:
            self._known.clear()
        verdicts = np.fromiter((self._good(value) for value in values), dtype=bool, count=len(values))
        return verdicts[coded.indices.to_numpy()] if len(values) else np.zeros(len(coded), dtype=bool)

    def _good(self, value: str) -> bool:
        verdict = self._known.get(value)
        if verdict is None:
            verdict = self._known[value] = self._reader(value)[1] is None
        return verdict


def _rule_of(field: Any) -> Rule | None:
    constraints = {
        name: value
        for name, value in field.constraints.items()
        if name in field.supported_constraints and name != "required" and value is not None
    }
    make = _MAKERS.get(field.type)
    return make(field, constraints) if make else None


def _both(*rules: Rule) -> Rule:
    def rule(texts: Texts) -> Any:
        good = rules[0](texts)
        for one in rules[1:]:
            good = good & one(texts)
        return good

    return rule


# -- text ---------------------------------------------------------------------------------------------------------


def _string(field: Any, constraints: dict[str, Any]) -> Rule | None:
    if field.format == "uuid":
        return None if constraints else _uuid
    if field.format in _FORMATS:
        return None if constraints else _matching(_FORMATS[field.format])
    if field.format in ("binary", "wkt"):
        return None
    rules: list[Rule] = []
    for name, value in constraints.items():
        rule = _string_rule(name, value)
        if rule is None:
            return None
        rules.append(rule)
    return _both(*rules) if rules else _anything


def _anything(texts: Texts) -> Any:
    return np.ones(len(texts.lengths), dtype=bool)


def _string_rule(name: str, value: Any) -> Rule | None:
    if name == "enum":
        if not all(isinstance(one, str) for one in value):
            return None
        return lambda texts: _numpy(pac.is_in(texts.array, value_set=pa.array(value, pa.string())))
    if name == "minLength" and isinstance(value, int):
        return lambda texts: _numpy(pac.greater_equal(pac.utf8_length(texts.array), value))
    if name == "maxLength" and isinstance(value, int):
        return lambda texts: _at_most(texts, value)
    if name == "pattern" and isinstance(value, str) and PLAIN_PATTERN.fullmatch(value):
        return _pattern(value)
    return None


def _at_most(texts: Texts, value: int) -> Any:
    if int(texts.lengths.max(initial=0)) <= value:  # bytes are at least as many as characters
        return np.ones(len(texts.lengths), dtype=bool)
    return _numpy(pac.less_equal(pac.utf8_length(texts.array), value))


def _numpy(array: Any) -> Any:
    return array.to_numpy(zero_copy_only=False)


def _matching(pattern: str) -> Rule:
    return lambda texts: _numpy(pac.match_substring_regex(texts.array, rf"^(?:{pattern})\z"))


def _pattern(value: str) -> Rule | None:
    fixed = re.fullmatch(r"(?:[A-Z0-9\-]|\[0-9\]\{\d{1,2}\}|\[A-Z\]\{\d{1,2}\})+", value)
    if not fixed:
        return _matching(value)
    ranges: list[tuple[int, int]] = []
    for token in re.findall(r"\[0-9\]\{\d+\}|\[A-Z\]\{\d+\}|.", value):
        if token[0] == "[":
            ranges += [(ord(token[1]), ord(token[3]))] * int(token[6:-1])
        else:
            ranges.append((ord(token), ord(token)))
    low = np.array([low for low, _ in ranges], dtype=np.uint8)
    high = np.array([high for _, high in ranges], dtype=np.uint8)
    return lambda texts: _shaped(texts, len(ranges), lambda cells: ((cells >= low) & (cells <= high)).all(axis=1))


_FORMATS = {
    # Narrow on purpose: what they do not take is read by Frictionless.
    "email": r"[a-z0-9]{1,20}(?:[._][a-z0-9]{1,20}){0,2}@[a-z0-9]{2,20}(?:\.[a-z0-9]{2,20}){0,3}\.(?:vn|com|org|net|jp|sg)",
    "uri": r"https?://[a-z0-9]{1,30}(?:\.[a-z0-9]{1,30}){1,5}(?:/[A-Za-z0-9._~-]{1,100}){0,10}/?",
}


def _uuid(texts: Texts) -> Any:
    def look(cells: Any) -> Any:
        dash = np.zeros(36, dtype=bool)
        dash[[8, 13, 18, 23]] = True
        hexa = ((cells >= ZERO) & (cells <= NINE)) | ((cells >= ord("a")) & (cells <= ord("f")))
        return np.where(dash, cells == ord("-"), hexa).all(axis=1) & (cells[:, 14] == ord("4"))

    return _shaped(texts, 36, look)


def _shaped(texts: Texts, length: int, look: Callable[[Any], Any]) -> Any:
    """True where a cell has this length and ``look`` (bytes of shape (n, length) → bool) takes it."""
    good = np.zeros(len(texts.lengths), dtype=bool)
    where, cells = texts.square(length)
    if len(where):
        good[where] = look(cells)
    return good


# -- numbers ------------------------------------------------------------------------------------------------------


def _digits_with(texts: Texts, *, point: bool) -> Any:
    """``[+-]?d{1,15}`` or, with ``point``, ``[+-]?d{1,15}(.d{0,15})?`` (integers without it: up to 18 digits)."""
    lengths = texts.lengths
    good = (lengths > 0) & (lengths <= (16 if point else 18))
    odd = np.flatnonzero((texts.data < ZERO) | (texts.data > NINE))
    if not len(odd):
        return good & (lengths <= (15 if point else 18))
    cells = texts.cell_of(odd)
    marks = texts.data[odd]
    first = odd == texts.starts[cells]
    sign = first & ((marks == ord("-")) | (marks == ord("+"))) & (lengths[cells] > 1)
    allowed = sign
    if point:
        dot = (marks == ord(".")) & ~first
        again = np.zeros(len(dot), dtype=bool)
        dots = np.flatnonzero(dot)
        again[dots[1:]] = cells[dots[1:]] == cells[dots[:-1]]
        before = texts.data[odd - 1]
        dot = dot & ~again & (before >= ZERO) & (before <= NINE)
        allowed = sign | dot
    good[cells[~allowed]] = False
    return good


def _number_rule(field: Any, constraints: dict[str, Any], *, point: bool) -> Rule | None:
    if "enum" in constraints or any(
        name in field.list_defined() for name in ("group_char", "decimal_char", "bare_number")
    ):
        return None
    read = field.create_value_reader()
    bounds: list[tuple[Any, Any]] = []
    for name, value in constraints.items():
        limit = read(value)
        if name not in BOUNDS or limit is None or limit != limit:  # noqa: PLR0124 - NaN
            return None
        bounds.append((BOUNDS[name], _limit(name, limit, point=point)))
    if any(limit is None for _, limit in bounds):
        return None

    def rule(texts: Texts) -> Any:
        good = _digits_with(texts, point=point)
        return _within(texts, good, bounds, point=point) if bounds else good

    return rule


def _limit(name: str, limit: Any, *, point: bool) -> Any:
    """The bound as the cast column is compared with it; doubles keep a margin, for Frictionless compares decimals."""
    if not point:
        return int(limit) if abs(limit) < 10**18 and limit == int(limit) else None
    value = float(Decimal(str(limit)))
    if value in (float("inf"), float("-inf")):
        return None
    margin = abs(value) * 1e-12 + 1e-12
    return value + margin if name in ("minimum", "exclusiveMinimum") else value - margin


def _within(texts: Texts, good: Any, bounds: Sequence[tuple[Any, Any]], *, point: bool) -> Any:
    where = np.flatnonzero(good)
    if not len(where):
        return good
    kept = texts.array if len(where) == len(good) else texts.array.take(pa.array(where))
    try:
        values = pac.cast(_without_plus(kept), pa.float64() if point else pa.int64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        return np.zeros(len(good), dtype=bool)
    inside = np.ones(len(values), dtype=bool)
    for compare, limit in bounds:
        inside &= compare(values, limit)
    good = good.copy()
    good[where] = inside
    return good


def _without_plus(array: Any) -> Any:
    laid = Texts.of(array)
    return pac.utf8_ltrim(array, "+") if (laid.data == ord("+")).any() else array


# -- dates and times ----------------------------------------------------------------------------------------------


def _two(cells: Any, at: int) -> Any:
    return (cells[:, at].astype(np.int32) - ZERO) * 10 + (cells[:, at + 1] - ZERO)


def _all_digits(cells: Any, places: Sequence[int]) -> Any:
    part = cells[:, list(places)]
    return ((part >= ZERO) & (part <= NINE)).all(axis=1)


def _calendar(cells: Any) -> Any:
    """``YYYY-MM-DD`` with a day that exists, years 1000 to 9999."""
    good = _all_digits(cells, (0, 1, 2, 3, 5, 6, 8, 9)) & (cells[:, 4] == ord("-")) & (cells[:, 7] == ord("-"))
    year = _two(cells, 0) * 100 + _two(cells, 2)
    month, day = _two(cells, 5), _two(cells, 8)
    good &= (year >= 1000) & (month >= 1) & (month <= 12) & (day >= 1)
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    longest = DAYS[np.clip(month, 0, 12)] + ((month == 2) & leap)
    return good & (day <= longest)


def _clock(cells: Any, at: int) -> Any:
    """``HH:MM:SS`` from ``at`` on, 00:00:00 to 23:59:59."""
    good = _all_digits(cells, (at, at + 1, at + 3, at + 4, at + 6, at + 7))
    good &= (cells[:, at + 2] == ord(":")) & (cells[:, at + 5] == ord(":"))
    return good & (_two(cells, at) <= 23) & (_two(cells, at + 3) <= 59) & (_two(cells, at + 6) <= 59)


def _date(field: Any, constraints: dict[str, Any]) -> Rule | None:
    if field.format not in ("default", "%Y-%m-%d") or not set(constraints) <= set(BOUNDS):
        return None
    bounds = _day_bounds(field, constraints)
    if bounds is None:
        return None

    def look(cells: Any) -> Any:
        good = _calendar(cells)
        if bounds:
            number = (_two(cells, 0) * 100 + _two(cells, 2)) * 10_000 + _two(cells, 5) * 100 + _two(cells, 8)
            for compare, limit in bounds:
                good &= compare(number, limit)
        return good

    return lambda texts: _shaped(texts, 10, look)


def _day_bounds(field: Any, constraints: dict[str, Any]) -> list[tuple[Any, int]] | None:
    read = field.create_value_reader()
    bounds = []
    for name, value in constraints.items():
        limit = read(value)
        if limit is None:
            return None
        bounds.append((BOUNDS[name], limit.year * 10_000 + limit.month * 100 + limit.day))
    return bounds


def _datetime(field: Any, constraints: dict[str, Any]) -> Rule | None:
    if field.format != "default" or constraints:
        return None

    def look_utc(cells: Any) -> Any:
        return look(cells) & (cells[:, 19] == ord("Z"))

    def look(cells: Any) -> Any:
        return _calendar(cells) & (cells[:, 10] == ord("T")) & _clock(cells, 11)

    return lambda texts: _shaped(texts, 20, look_utc) | _shaped(texts, 19, look)


def _time(field: Any, constraints: dict[str, Any]) -> Rule | None:
    if field.format != "default" or constraints:
        return None
    return lambda texts: _shaped(texts, 8, lambda cells: _clock(cells, 0))


def _year(_: Any, constraints: dict[str, Any]) -> Rule | None:
    if constraints:
        return None
    return lambda texts: _shaped(texts, 4, lambda cells: _all_digits(cells, (0, 1, 2, 3)))


def _yearmonth(_: Any, constraints: dict[str, Any]) -> Rule | None:
    if constraints:
        return None

    def look(cells: Any) -> Any:
        good = _all_digits(cells, (0, 1, 2, 3, 5, 6)) & (cells[:, 4] == ord("-"))
        return good & (_two(cells, 5) >= 1) & (_two(cells, 5) <= 12)

    return lambda texts: _shaped(texts, 7, look)


_MAKERS: dict[str, Callable[[Any, dict[str, Any]], Rule | None]] = {
    "string": _string,
    "any": lambda field, constraints: None if constraints else _anything,
    "integer": lambda field, constraints: _number_rule(field, constraints, point=False),
    "number": lambda field, constraints: _number_rule(field, constraints, point=True),
    "date": _date,
    "datetime": _datetime,
    "time": _time,
    "year": _year,
    "yearmonth": _yearmonth,
}
