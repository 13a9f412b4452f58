"""Axes: round ticks for numbers, years and days, and what is written at them in the reader's language."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from api.dialects.html.view import Reader
from api.messages import pages

ROUND: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
UNITS: Final = ((1e9, "tỷ"), (1e6, "triệu"))
MONTHS: Final = (1, 2, 3, 6)
DAYS: Final = (1, 2, 7, 14)
FAR: Final = 0.5
"""A line whose lowest value is above this share of the highest need not begin at nought."""
MONTH_DAYS, YEAR_DAYS = 30.4, 365.25
MONTHS_EN: Final = pages.MONTHS_EN


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """From ``low`` to ``high``, with ticks and their words; ``unit`` is what the words are to be multiplied by."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    unit: str = ""

    def share(self, value: float) -> float:
        """Where a value stands, from 0 to 1."""
        return (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5


def values(reader: Reader, lowest: float, highest: float, *, nought: bool, most: int = 6) -> Axis:
    """The axis of values; from nought where lengths or areas are compared."""
    if nought or not 0 < lowest >= highest * FAR:
        lowest, highest = min(lowest, 0.0), max(highest, 0.0)
    return _round(reader, lowest, highest, most)


def _round(reader: Reader, lowest: float, highest: float, most: int) -> Axis:
    if highest <= lowest:
        lowest, highest = lowest - 1, highest + 1
    step = _step((highest - lowest) / (most - 1))
    low, high = math.floor(lowest / step + 1e-9) * step, math.ceil(highest / step - 1e-9) * step
    many = round((high - low) / step)
    factor, unit = next(((by, word) for by, word in UNITS if max(abs(low), abs(high)) >= by), (1.0, ""))
    places = max(0, -math.floor(math.log10(step / factor) + 1e-9) + (1 if _digits(step) else 0))
    ticks = tuple((at, number(reader, at / factor, places)) for at in (low + place * step for place in range(many + 1)))
    return Axis(low=low, high=high, ticks=ticks, unit=reader.say(unit) if unit else "")


def _step(least: float) -> float:
    power = 10.0 ** math.floor(math.log10(least))
    return next(one * power for one in ROUND if one * power >= least * (1 - 1e-9))


def _digits(step: float) -> bool:
    """Whether a step has a second digit: 2.5, 25."""
    return round(step / 10.0 ** math.floor(math.log10(step) + 1e-9), 6) == ROUND[2]


def number(reader: Reader, value: float, places: int) -> str:
    """A number with so many decimals, as the language writes it."""
    text = f"{round(value, places) + 0.0:,.{places}f}"
    return text if reader.lang == "en" else text.translate(str.maketrans(",.", ".,"))


def plain(reader: Reader, value: float) -> str:
    """A value for the table: whole numbers whole, others with at most four digits behind the mark."""
    if value == int(value) and abs(value) < 1e15:  # noqa: PLR2004 - what a float holds exactly
        return number(reader, value, 0)
    places = 2 if abs(value) >= 1 else 4
    text = number(reader, value, places).rstrip("0")
    return text.rstrip(",.")


def along(reader: Reader, scale: str, places: Sequence[float], most: int) -> Axis:
    """The axis along which time or a number runs, from the first place to the last."""
    low, high = (places[0], places[-1]) if places else (0.0, 1.0)
    if scale == "number":
        return _round(reader, low, high, most)
    ticks = _years(low, high, most) if scale == "year" else _days(reader, low, high, most)
    return Axis(low=low, high=high, ticks=tuple(ticks))


def _years(low: float, high: float, most: int) -> list[tuple[float, str]]:
    step = max(1, math.ceil(_step(max((high - low) / most, 1.0))))
    first = math.ceil(low / step) * step
    return [(float(year), str(year)) for year in range(first, int(high) + 1, step)]


def _days(reader: Reader, low: float, high: float, most: int) -> list[tuple[float, str]]:
    days = max(high - low, 1.0)
    if days / YEAR_DAYS >= most / 2:
        years = _years(date.fromordinal(int(low)).year, date.fromordinal(int(high)).year, most)
        found = [(float(date(int(year), 1, 1).toordinal()), name) for year, name in years]
    elif days / MONTH_DAYS >= 2:  # noqa: PLR2004 - at least two months
        step = next((one for one in MONTHS if days / MONTH_DAYS / one <= most), 12)
        months = range(date.fromordinal(int(low)).year * 12, date.fromordinal(int(high)).year * 12 + 13, step)
        firsts = [date(one // 12, one % 12 + 1, 1) for one in months]
        found = [(float(day.toordinal()), month(reader, day)) for day in firsts]
    else:
        step = next((one for one in DAYS if days / one <= most), 30)
        found = [(float(at), _short(reader, date.fromordinal(at))) for at in range(int(low), int(high) + 1, step)]
    return [(at, name) for at, name in found if low <= at <= high]


def month(reader: Reader, day: date) -> str:
    """``7/2025``, ``Jul 2025``."""
    return f"{MONTHS_EN[day.month - 1]} {day.year}" if reader.lang == "en" else f"{day.month}/{day.year}"


def _short(reader: Reader, day: date) -> str:
    return f"{day.day} {MONTHS_EN[day.month - 1]}" if reader.lang == "en" else f"{day.day:02}/{day.month}"


def place(reader: Reader, scale: str, unit: str, value: float, labels: Sequence[str]) -> str:
    """What a place on the axis is called in the table and beside points."""
    if scale == "category":
        return labels[int(value)]
    if scale == "year":
        return str(int(value))
    if scale == "number":
        return plain(reader, value)
    day = date.fromordinal(int(value))
    if unit == "quarter":
        return reader.say("quý %(quarter)s", quarter=str((day.month + 2) // 3)) + f"/{day.year}"
    return pages.day(reader.lang, day) if unit == "day" else month(reader, day)
