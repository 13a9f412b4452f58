"""Rules for numbers: plain ASCII digits, with bounds compared on the cast column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pac

from pipelines.validation.columnar.texts import NINE, ZERO, Rule, Texts

BOUNDS = {
    "minimum": np.greater_equal,
    "maximum": np.less_equal,
    "exclusiveMinimum": np.greater,
    "exclusiveMaximum": np.less,
}


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


def number_rule(field: Any, constraints: dict[str, Any], *, point: bool) -> Rule | None:
    """Rule for an integer, or with ``point`` for a decimal number, in plain notation."""
    if any(name in field.list_defined() for name in ("group_char", "decimal_char", "bare_number")):
        return None
    bounds = _bounds_of(field, constraints, point=point)
    if bounds is None:
        return None

    def rule(texts: Texts) -> Any:
        good = _digits_with(texts, point=point)
        return _within(texts, good, bounds, point=point) if bounds else good

    return rule


def _bounds_of(field: Any, constraints: dict[str, Any], *, point: bool) -> list[tuple[Any, Any]] | None:
    """Comparisons that a value has to pass; None where a constraint is none of bounds, or its bound cannot be held."""
    read = field.create_value_reader()
    bounds: list[tuple[Any, Any]] = []
    for name, value in constraints.items():
        limit = read(value) if name in BOUNDS else None
        if limit is None or limit != limit:  # noqa: PLR0124 - NaN
            return None
        bounds.append((BOUNDS[name], _limit(name, limit, point=point)))
    return None if any(limit is None for _, limit in bounds) else bounds


Bounded = Callable[[Any], Any]
"""Doubles → boolean numpy array: True where a value that is a number certainly is read without a note."""
MOST_EXACT = 2.0**53


def float_rule(field: Any, constraints: dict[str, Any]) -> Bounded | None:
    """Rule for finite floats and decimals; in a field of whole numbers for those without a fraction."""
    whole = field.type == "integer"
    bounds = _bounds_of(field, constraints, point=True)
    if bounds is None:
        return None

    def rule(values: Any) -> Any:
        good = np.isfinite(values)
        if whole:
            good &= (np.abs(values) < MOST_EXACT) & (np.floor(values) == values)
        for compare, limit in bounds:
            good &= compare(values, limit)
        return good

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
        values = pac.cast(without_plus(kept), pa.float64() if point else pa.int64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        return np.zeros(len(good), dtype=bool)
    inside = np.ones(len(values), dtype=bool)
    for compare, limit in bounds:
        inside &= compare(values, limit)
    good = good.copy()
    good[where] = inside
    return good


def without_plus(array: Any) -> Any:
    """Strip the plus signs, which casts do not take."""
    laid = Texts.of(array)
    return pac.utf8_ltrim(array, "+") if (laid.data == ord("+")).any() else array
