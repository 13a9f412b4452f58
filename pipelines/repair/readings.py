"""In which ways a column of dates or numbers can be read: the styles that every one of its values allows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

Style = Callable[[str], str | None]
"""A value read in one way and written in canonical form; None when it cannot be read so."""

_DAY = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})\2(\d{4})(?: 0{1,2}:00(?::00)?)?", re.ASCII)
_YEAR = re.compile(r"(\d{4})([/.\-])(\d{1,2})\2(\d{1,2})(?: 0{1,2}:00(?::00)?)?", re.ASCII)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _iso(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def year_first(text: str) -> str | None:
    """Read ``2025/7/1``: nobody writes a year before day and month."""
    found = _YEAR.fullmatch(text)
    return _iso(found[1], found[3], found[4]) if found else None


def day_first(text: str) -> str | None:
    """Read ``1/7/2025`` as the first of July."""
    found = _DAY.fullmatch(text)
    return _iso(found[4], found[3], found[1]) if found else year_first(text)


def month_first(text: str) -> str | None:
    """Read ``1/7/2025`` as the seventh of January."""
    found = _DAY.fullmatch(text)
    return _iso(found[4], found[1], found[3]) if found else year_first(text)


def _number(group: str, decimal: str, whole: bool) -> Style:
    groups = rf"[1-9]\d{{0,2}}(?:{re.escape(group)}\d{{3}})+|[1-9]\d{{0,2}}(?: \d{{3}})+|\d+"
    tail = "" if whole else rf"(?:{re.escape(decimal)}(\d+))?"
    shape = re.compile(rf"([+-]?)({groups}){tail}", re.ASCII)

    def read(text: str) -> str | None:
        found = shape.fullmatch(text)
        if found is None:
            return None
        digits = found[2].replace(group, "").replace(" ", "")
        rest = "" if whole or found[3] is None else f".{found[3]}"
        return f"{found[1]}{digits}{rest}"

    return read


DATE_STYLES: Mapping[str, Style] = {"date-day-first": day_first, "date-month-first": month_first}
NUMBER_STYLES: Mapping[str, Style] = {
    "number-comma-decimal": _number(".", ",", whole=False),
    "number-point-decimal": _number(",", ".", whole=False),
}
INTEGER_STYLES: Mapping[str, Style] = {
    "number-comma-decimal": _number(".", ",", whole=True),
    "number-point-decimal": _number(",", ".", whole=True),
}
_PLAIN = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
_PLAIN_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_LIKE_A_NUMBER = re.compile(r"[+-]?\d[\d., ]*", re.ASCII)


@dataclass(slots=True)
class Readings:
    """The ways in which all values of a column can be read, narrowed value by value.

    ``wanted`` is ``date``, ``number`` or ``integer``. Values that look like nothing of the kind (``không có``) say
    nothing. A column has one reading when a single style is left that some value proves, or when those left agree.
    """

    wanted: str
    left: set[str] = field(default_factory=set)
    differ: bool = False
    dirty: bool = False
    proven: bool = False

    def __post_init__(self) -> None:
        self.left = set(self.styles)

    @property
    def styles(self) -> Mapping[str, Style]:
        """The styles of this kind of value, by the kind of repair that decides for them."""
        if self.wanted == "date":
            return DATE_STYLES
        return INTEGER_STYLES if self.wanted == "integer" else NUMBER_STYLES

    def is_plain(self, text: str) -> bool:
        """Whether a value stands in canonical form already."""
        plain = _ISO if self.wanted == "date" else _PLAIN_INTEGER if self.wanted == "integer" else _PLAIN
        return plain.fullmatch(text) is not None

    def see(self, text: str) -> None:
        """Learn from one value."""
        read = {name: said for name, style in self.styles.items() if (said := style(text)) is not None}
        if self.wanted == "date":
            self._see_date(text, read)
        else:
            self._see_number(text, read)

    def _see_date(self, text: str, read: Mapping[str, str]) -> None:
        if self.is_plain(text) or (not read and _DAY.fullmatch(text) is None):
            return
        self.left &= read.keys()
        self.dirty = self.dirty or bool(read)
        self.proven = self.proven or len(read) == 1
        self.differ = self.differ or len(set(read.values())) > 1

    def _see_number(self, text: str, read: Mapping[str, str]) -> None:
        if not read and (_LIKE_A_NUMBER.fullmatch(text) is None or self.is_plain(text)):
            self._plain_only(text)
            return
        self.left &= read.keys()
        self.dirty = self.dirty or not self.is_plain(text)
        marks = sum(text.count(one) for one in ".,")
        # "1.234" is an integer only in one style, yet it may be a decimal that does not belong here.
        self.proven = self.proven or (len(read) == 1 and (self.wanted == "number" or marks > 1))
        self.differ = self.differ or len(set(read.values())) > 1

    def _plain_only(self, text: str) -> None:
        """A decimal with an exponent, or in an integer column, has a decimal point."""
        if "." in text and _PLAIN.fullmatch(text):
            self.left.discard("number-comma-decimal")

    def kinds(self) -> Mapping[str, Style]:
        """Which repairs the column allows: the safe kind with its style, or those that need a decision."""
        if not self.left or not self.dirty:
            return {}
        safe = "date" if self.wanted == "date" else "number"
        if (len(self.left) == 1 and self.proven) or (not self.differ and len(self.left) > 1):
            return {safe: self.styles[min(self.left)]}
        return {name: self.styles[name] for name in sorted(self.left)}
