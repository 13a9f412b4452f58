"""Points in time as Solr's clients write them: whole or cut short, NOW, and arithmetic such as ``NOW/DAY-2MONTHS``."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta
from typing import Final

_STAMP: Final = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d)(?::(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?)?)?)?)?(?:Z|\+00:00)?", re.ASCII
)
_STEP: Final = re.compile(r"(?:([+-])(\d{1,6})|/)(YEAR|MONTH|DAY|DATE|HOUR|MINUTE|SECOND)S?", re.ASCII)
_STEPS_LIMIT: Final = 10
_SECONDS: Final = {"DAY": 86_400, "HOUR": 3600, "MINUTE": 60, "SECOND": 1}
_UNITS: Final = ("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND")
_FIRST: Final = (1, 1, 1, 0, 0, 0)


class Outside(ValueError):
    """What is no point in time, or one outside of the calendar."""


def reach(text: str, now: datetime) -> tuple[datetime, datetime]:
    """Give the first second of what is said and the one after its last, in UTC: ``2024`` is a year, a stamp a second.

    ``now`` must be in UTC. Arithmetic is Solr's: ``+2MONTHS``, ``-1DAY``, ``/HOUR`` rounds down. Raises Outside.
    """
    if text.startswith("NOW"):
        first, unit, rest = now.replace(microsecond=0), "SECOND", text[3:]
    else:
        first, unit, rest = _stamp(text)
    try:
        at = 0
        for _ in range(_STEPS_LIMIT):
            if not (step := _STEP.match(rest, at)):
                break
            first = _moved(first, step)
            unit, at = "SECOND", step.end()
        if at != len(rest):
            raise Outside
        return first, _plus(first, unit, 1)
    except (ValueError, OverflowError):
        raise Outside from None


def _stamp(text: str) -> tuple[datetime, str, str]:
    """Read a point in time from the beginning of a text: it, its unit, and the rest."""
    hit = _STAMP.match(text)
    if not hit:
        raise Outside
    given = [int(part) for part in hit.groups() if part is not None]
    try:
        first = datetime(*given, *_FIRST[len(given) :], tzinfo=UTC)  # type: ignore[misc, arg-type]
    except ValueError:
        raise Outside from None
    return first, _UNITS[len(given) - 1], text[hit.end() :]


def _moved(when: datetime, step: re.Match[str]) -> datetime:
    unit = "DAY" if step[3] == "DATE" else step[3]
    if step[1]:
        return _plus(when, unit, int(step[1] + step[2]))
    kept = _UNITS.index(unit) + 1
    given = (when.year, when.month, when.day, when.hour, when.minute, when.second)[:kept]
    return datetime(*given, *_FIRST[kept:], tzinfo=UTC)  # type: ignore[misc, arg-type]


def _plus(when: datetime, unit: str, count: int) -> datetime:
    """Add units; a day that a month lacks becomes its last."""
    if unit in _SECONDS:
        return when + timedelta(seconds=count * _SECONDS[unit])
    months = when.year * 12 + when.month - 1 + count * (12 if unit == "YEAR" else 1)
    year, month = divmod(months, 12)
    if not 1 <= year <= 9999:  # noqa: PLR2004 - the calendar of datetime
        raise Outside
    return when.replace(year=year, month=month + 1, day=min(when.day, monthrange(year, month + 1)[1]))
