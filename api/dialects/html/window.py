"""Which of a dataset's many files its page shows: some at a time, so that a hundred weigh no more than a few."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from catalog.model import Resource, Version

MOST: Final = 20
"""Tables, files and links that a page names at a time."""
LONGEST: Final = 6
COPIES: Final = 25
"""Files that a page's head names for search engines of datasets; what describes the dataset to machines names all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Some of the parts of a version, from number ``first`` on (1-based); 0 stands for no such page."""

    parts: Sequence[Resource] = ()
    first: int = 1
    total: int = 0

    @property
    def before(self) -> int:
        """Where the parts before these begin."""
        return max(self.first - MOST, 1) if self.first > 1 else 0

    @property
    def following(self) -> int:
        """Where the parts behind these begin."""
        end = self.first + len(self.parts)
        return end if self.parts and end <= self.total else 0


def window(wanted: str, version: Version | None, shown: Resource | None) -> Window:
    """Look where the address says, else where the table is that the page shows."""
    if version is None:
        return Window()
    every = version.resources
    first = int(wanted) if wanted.isdecimal() and wanted.isascii() and len(wanted) <= LONGEST else 0
    if not 1 <= first <= len(every):
        place = next((at for at, one in enumerate(every) if shown is not None and one.name == shown.name), 0)
        first = place // MOST * MOST + 1
    return Window(parts=every[first - 1 : first - 1 + MOST], first=first, total=len(every))


def fewer(told: Mapping[str, Any]) -> dict[str, Any]:
    """The description in a page's head with so many files at most."""
    copies = told.get("distribution", ())
    return {**told, **({"distribution": list(copies[:COPIES])} if copies else {})}
