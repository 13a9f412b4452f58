"""A dated list of codes: what a code meant on a day, what it became, and what carries its number now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from standards.record import Text

Verdict = Literal["valid", "unknown", "not-yet", "closed", "reused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One code during one interval ``[valid_from, valid_to)``; None = open. A code may have several entries (reuse)."""

    code: str
    name: str
    parent: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    successors: tuple[str, ...] = ()
    names: Text = field(default_factory=dict)
    basis: str = ""

    def valid_on(self, day: date) -> bool:
        """Whether the entry is in force on that day (``valid_to`` is the first day it is not)."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class Codelist:
    """All entries of one list, by code; titles and source for people."""

    id: str
    title: Text
    entries: Mapping[str, tuple[Entry, ...]]
    source: str = ""
    licence: str = ""
    complete: bool = True
    digest: str = ""

    def on(self, code: str, day: date) -> Entry | None:
        """The entry of a code in force on a day, or None."""
        return next((entry for entry in self.entries.get(code, ()) if entry.valid_on(day)), None)

    def valid_on(self, day: date) -> Iterable[Entry]:
        """Every entry in force on a day, in order of code."""
        return (entry for entries in self.entries.values() for entry in entries if entry.valid_on(day))
