"""Rules for days, times and their parts: fixed shapes of ASCII digits that name a moment that exists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pipelines.validation.columnar.numbers import BOUNDS
from pipelines.validation.columnar.texts import NINE, ZERO, Rule, shaped

DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
FIRST_YEAR, MONTHS, FEBRUARY = 1000, 12, 2
LAST_HOUR, LAST_MINUTE = 23, 59


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
    good &= (year >= FIRST_YEAR) & (month >= 1) & (month <= MONTHS) & (day >= 1)
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    longest = DAYS[np.clip(month, 0, 12)] + ((month == FEBRUARY) & leap)
    return good & (day <= longest)


def _clock(cells: Any, at: int) -> Any:
    """``HH:MM:SS`` from ``at`` on, 00:00:00 to 23:59:59."""
    good = _all_digits(cells, (at, at + 1, at + 3, at + 4, at + 6, at + 7))
    good &= (cells[:, at + 2] == ord(":")) & (cells[:, at + 5] == ord(":"))
    return (
        good
        & (_two(cells, at) <= LAST_HOUR)
        & (_two(cells, at + 3) <= LAST_MINUTE)
        & (_two(cells, at + 6) <= LAST_MINUTE)
    )


def date_rule(field: Any, constraints: dict[str, Any]) -> Rule | None:
    """Rule for a date in ISO form, with bounds."""
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

    return lambda texts: shaped(texts, 10, look)


def _day_bounds(field: Any, constraints: dict[str, Any]) -> list[tuple[Any, int]] | None:
    read = field.create_value_reader()
    bounds = []
    for name, value in constraints.items():
        limit = read(value)
        if limit is None:
            return None
        bounds.append((BOUNDS[name], limit.year * 10_000 + limit.month * 100 + limit.day))
    return bounds


def datetime_rule(field: Any, constraints: dict[str, Any]) -> Rule | None:
    """Rule for a date and time in ISO form, with Z or nothing behind."""
    if field.format != "default" or constraints:
        return None

    def look_utc(cells: Any) -> Any:
        return look(cells) & (cells[:, 19] == ord("Z"))

    def look(cells: Any) -> Any:
        return _calendar(cells) & (cells[:, 10] == ord("T")) & _clock(cells, 11)

    return lambda texts: shaped(texts, 20, look_utc) | shaped(texts, 19, look)


def time_rule(field: Any, constraints: dict[str, Any]) -> Rule | None:
    """Rule for ``HH:MM:SS``."""
    if field.format != "default" or constraints:
        return None
    return lambda texts: shaped(texts, 8, lambda cells: _clock(cells, 0))


def year_rule(_: Any, constraints: dict[str, Any]) -> Rule | None:
    """Rule for four digits."""
    if constraints:
        return None
    return lambda texts: shaped(texts, 4, lambda cells: _all_digits(cells, (0, 1, 2, 3)))


def yearmonth_rule(_: Any, constraints: dict[str, Any]) -> Rule | None:
    """Rule for ``YYYY-MM``."""
    if constraints:
        return None

    def look(cells: Any) -> Any:
        good = _all_digits(cells, (0, 1, 2, 3, 5, 6)) & (cells[:, 4] == ord("-"))
        return good & (_two(cells, 5) >= 1) & (_two(cells, 5) <= MONTHS)

    return lambda texts: shaped(texts, 7, look)


FIRST_SURE, LAST_SURE, BEFORE_MIDNIGHT = 61, 2_900_000, 0.9999


def serial_rule(field: Any, constraints: dict[str, Any]) -> Callable[[Any], Any] | None:
    """Rule for worksheet cells that are days since an epoch; None where there are constraints other than of days.

    Takes cells with ``floats`` and ``epoch``. A whole number of days is midnight of a day that exists, a fraction alone
    is a time; near the borders (before March 1900, in the last seconds of a day) nothing is certain.
    """
    if field.type == "date":
        return _serial_days(field, constraints)
    if constraints:
        return None
    if field.type == "time":
        return lambda cells: (cells.floats >= 0) & (cells.floats < BEFORE_MIDNIGHT)
    return lambda cells: (cells.floats >= FIRST_SURE) & (cells.floats < LAST_SURE)


def _serial_days(field: Any, constraints: dict[str, Any]) -> Callable[[Any], Any] | None:
    read = field.create_value_reader()
    if not set(constraints) <= set(BOUNDS):
        return None
    limits = [(BOUNDS[name], read(value)) for name, value in constraints.items()]
    if any(limit is None for _, limit in limits):
        return None

    def rule(cells: Any) -> Any:
        days = cells.floats
        good = (days >= FIRST_SURE) & (days < LAST_SURE) & (np.floor(days) == days)
        for compare, limit in limits:
            good &= compare(days, (limit - cells.epoch.date()).days)
        return good

    return rule
