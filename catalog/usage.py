"""What is counted of readers: how often data are looked at, taken and asked, and what is searched in vain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

UseKind = Literal["view", "download", "call"]
KINDS: Final = ("view", "download", "call")

SHOWN_DAYS: Final = 30
"""The period of the number that pages show."""

KEPT_DAYS: Final = 730
"""How long the counts of a day are kept."""

READERS: Final = 3
"""Readers on one day, or days, on which words were searched in vain before they are kept and shown to agencies."""

RARE_DAYS: Final = 30
MISSED_DAYS: Final = 180
"""How long a search that few made is counted (a keyed hash, no words), and one that agencies are shown."""

MOST_SEEN: Final = 50
"""Signs of readers kept of a search on its day; more are not needed to know that they are three."""

WORDS_LIMIT: Final = 100
MOST_WORDS: Final = 12
"""Longer questions are somebody's own and counted for nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """How often a dataset (its id), or a resource of it, was used on a day (ISO, in Viet Nam), by people and robots."""

    dataset: str
    day: str
    resource: str = ""
    kind: UseKind
    count: int = 0
    robots: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A search without result. ``id`` is a keyed hash of its folded words; ``words`` stay "" until enough asked.

    ``days`` on which it was asked; ``readers``: most on one of them; ``seen``: signs of those of the ``last`` day.
    ``answer``: what an agency did about it (``dataset:slug``, ``request:number``, ``none``), "" while nobody did.
    """

    id: str
    words: str = ""
    first: str
    last: str
    days: int = 1
    readers: int = 0
    asked: int = 0
    seen: Sequence[str] = ()
    answer: str = ""
    answered_by: str = ""
    answered: str = ""

    @property
    def often(self) -> bool:
        """Whether so many asked that the words are nobody's own."""
        return self.days >= READERS or self.readers >= READERS


class UsageUnit(Protocol):
    """The part of a unit of work that keeps counts."""

    def add_uses(self, uses: Sequence[Use]) -> None:
        """Add to what is counted; datasets that are not there (any more) are left out."""
    def uses(self, dataset: str, since: str) -> Sequence[Use]:
        """What was counted of a dataset from a day on, the oldest day first."""
    def use_totals(self, datasets: Sequence[str], since: str) -> Mapping[str, Mapping[str, tuple[int, int]]]:
        """By dataset and kind: the counts (people, robots) from a day on."""
    def drop_uses(self, before: str) -> int:
        """Forget the counts of days before this one."""
    def save_missed(self, one: Missed) -> None: ...
    def missed(self, key: str) -> Missed | None: ...
    def misses(self, *, limit: int = 50) -> Sequence[Missed]:
        """Those that enough asked and nobody answered, the most asked first."""
    def drop_misses(self, rare: str, often: str) -> int:
        """Forget rare ones last asked before ``rare``, and the others last asked before ``often``."""


__all__ = ["KINDS", "Missed", "UsageUnit", "Use", "UseKind"]
