"""Periods as people write them: 2025, 2025-03, 2025-Q1, Quý I/2025, 01/03/2025: the days from first to last."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from datetime import date, timedelta

Span = tuple[date, date]

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_FORMS = (
    re.compile(r"^(?P<year>[12]\d{3})$"),
    re.compile(r"^(?P<year>[12]\d{3})[-/](?P<month>0?[1-9]|1[0-2])$"),
    re.compile(r"^(?:tháng\s*)?(?P<month>0?[1-9]|1[0-2])\s*(?:[-/]|năm)\s*(?P<year>[12]\d{3})$", re.IGNORECASE),
    re.compile(r"^(?P<year>[12]\d{3})[-/ ]?Q(?P<quarter>[1-4])$", re.IGNORECASE),
    re.compile(r"^(?:Q|quý)\s*(?P<quarter>[1-4]|iv|i{1,3})\s*(?:[-/ ]|năm)\s*(?P<year>[12]\d{3})$", re.IGNORECASE),
    re.compile(r"^(?P<year>[12]\d{3})[-/ ]?H(?P<half>[12])$", re.IGNORECASE),
    re.compile(r"^(?P<year>[12]\d{3})-(?P<month>\d{2})-(?P<day>\d{2})(?:[T ].*)?$"),
)


def span(text: str) -> Span | None:
    """Give the first and last day of a period (``a/b``: from a's first to b's last), or None when there is none."""
    text = text.strip()
    if text.count("/") == 1 and all(len(part) > 4 for part in text.split("/")):  # noqa: PLR2004 - longer than a year
        first, last = (span(part) for part in text.split("/"))
        return (first[0], last[1]) if first and last and first[0] <= last[1] else None
    for form in _FORMS:
        if match := form.match(text):
            try:
                return _days(match.groupdict())
            except ValueError:
                return None
    return None


def _days(said: dict[str, str | None]) -> Span:
    year = int(said["year"] or 0)
    if (day := said.get("day")) and (month := said.get("month")):
        one = date(year, int(month), int(day))
        return one, one
    first, last = 1, 12
    if month := said.get("month"):
        first = last = int(month)
    elif quarter := said.get("quarter"):
        number = _ROMAN.get(quarter.lower()) or int(quarter)
        first, last = 3 * number - 2, 3 * number
    elif half := said.get("half"):
        first, last = 6 * int(half) - 5, 6 * int(half)
    return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])


def within(text: str, period: Span) -> bool:
    """Whether what a cell names lies in a period."""
    said = span(text)
    return said is not None and period[0] <= said[0] and said[1] <= period[1]


def gap(known: Sequence[str], period: Span) -> bool:
    """Whether days lie between the last known period before this one and its first day."""
    before = [one[1] for one in map(span, known) if one and one[1] < period[0]]
    return bool(before) and max(before) + timedelta(days=1) < period[0]
