"""Conditions: what a language of operators says of a dataset, without its signs; pure structure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

FACETS = ("org", "theme", "tag", "format", "licence", "standard", "year")
"""The facets, by the names of their query parameters."""

TEXTS = ("text", "title")
"""Fields of words: all that a dataset says of itself, and its titles."""

TIMES = ("modified", "issued")
EXACT = (*FACETS, "id", "name", "headline", "extra")
"""Fields whose values are compared as they are; ``name`` ends a dataset's address, ``headline`` is its main title, each
``extra`` a key and a text with BEHIND_KEY between."""

BEHIND_KEY = "\x1f"


@dataclass(frozen=True, slots=True)
class Words:
    """All of these words stand in a field of TEXTS, with marks or without; as a ``phrase`` side by side."""

    field: str
    text: str
    phrase: bool = False


@dataclass(frozen=True, slots=True)
class Values:
    """A field of EXACT has one of these values."""

    field: str
    values: tuple[str, ...]


class Wild(Enum):
    """A place in a pattern that anything fits: any signs, none too, or exactly one."""

    MANY = "*"
    ONE = "?"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A word (TEXTS) or value (EXACT) fits: texts in a row with MANY and ONE signs between them."""

    field: str
    parts: tuple[str | Wild, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """A word (TEXTS) or value (EXACT) lies between two, by the signs' numbers; None leaves a side open."""

    field: str
    low: str | None
    high: str | None
    with_low: bool = True
    with_high: bool = True

    def holds(self, text: str) -> bool:
        """Tell whether a text lies between."""
        above = self.low is None or self.low < text or (self.with_low and self.low == text)
        return above and (self.high is None or text < self.high or (self.with_high and text == self.high))


@dataclass(frozen=True, slots=True)
class Near:
    """A word (TEXTS) or value (EXACT) is at most ``slips`` (1 or 2) letters away."""

    field: str
    word: str
    slips: int


@dataclass(frozen=True, slots=True)
class During:
    """A field of TIMES lies at or after ``start`` and before ``end``, whole seconds in UTC; None leaves a side open."""

    field: str
    start: datetime | None
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Known:
    """A field of EXACT has any value at all."""

    field: str


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds; without parts it always does."""

    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of the parts holds, or ``least`` of them; without parts it never does."""

    parts: tuple[Condition, ...] = ()
    least: int = 1


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition


Condition = Words | Values | Pattern | Between | Near | During | Known | AllOf | AnyOf | Not


@dataclass(frozen=True, slots=True)
class Weight:
    """How much it raises a dataset that a condition holds: words by how well they fit, all else by the same for all."""

    condition: Condition
    boost: float = 1.0
