"""Use cases of appraising: whether a dataset was of use, said by anybody in one click, with a few words or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from catalog.catalog.base import Base
from catalog.errors import NotFound, TooMany
from catalog.model import Caller, Entry, Mark
from catalog.permit import may
from catalog.ports import Unit

KIND: Final = "useful"
WORDS_LIMIT: Final = 500
MOST_WORDS: Final = 50
"""So many of the newest remarks are kept."""
MOST_A_DAY: Final = 200
SIGNS: Final = 4
FEWEST: Final = 20
"""A share of fewer answers says nothing, and is not shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appraisal:
    """How many found a dataset of use and how many did not, and what they wrote, newest first: for its agency."""

    yes: int = 0
    no: int = 0
    words: tuple[Mapping[str, Any], ...] = ()

    @property
    def share(self) -> int | None:
        """Per cent who found it of use; None below twenty answers."""
        total = self.yes + self.no
        return round(100 * self.yes / total) if total >= FEWEST else None


class Appraising(Base):
    """One mark beside each dataset holds its counts; of who answered a day stays two bytes of a keyed hash, no more.

    One in 65,536 addresses has the same two bytes: they tell a second click from the first, and nobody from anybody.
    """

    def appraise(self, caller: Caller, dataset: str, *, useful: bool, text: str = "", mark: str = "") -> bool:
        """Count an answer; whether it was new: one from each address a day is. Raises NotFound, TooMany."""
        with self._records.begin() as unit:
            entry = self._public(unit, caller, dataset)
            now, before = self._now(), unit.mark(KIND, entry.id)
            body = dict(before.body) if before else {}
            day = now.date().isoformat()
            seen = list(body.get("seen", ())) if body.get("day") == day else []
            short = mark[:SIGNS]
            if short and short in seen:
                return False
            if len(seen) >= MOST_A_DAY:
                raise TooMany(retry_after=3600)
            counted = "yes" if useful else "no"
            words = [{"useful": useful, "day": day, "text": text.strip()[:WORDS_LIMIT]}] if text.strip() else []
            body |= {counted: int(body.get(counted, 0)) + 1, "day": day, "seen": [*seen, short],
                     "words": [*words, *body.get("words", ())][:MOST_WORDS]}
            unit.save_mark(Mark(kind=KIND, id=entry.id, subject=entry.id, body=body,
                                created=before.created if before else now, modified=now))
        return True

    def _public(self, unit: Unit, caller: Caller, dataset: str) -> Entry:
        entry = self._entry(unit, caller, dataset)
        if entry.state != "published" or entry.visibility != "public":
            raise NotFound
        return entry

    def appraisal(self, caller: Caller, dataset: str) -> Appraisal:
        """Give the counts and remarks to the people of the dataset's agency. Raises NotFound, NotAllowed, NotKnown."""
        self._actor(caller)
        with self._records.read() as unit:
            entry = self._entry(unit, caller, dataset)
            self._must(caller, "describe", organisation=entry.organisation)
            kept = unit.mark(KIND, entry.id)
        body = kept.body if kept else {}
        return Appraisal(yes=int(body.get("yes", 0)), no=int(body.get("no", 0)), words=tuple(body.get("words", ())))

    def sees_appraisal(self, caller: Caller, entry: Entry) -> bool:
        """Whether the caller is shown what readers answered."""
        return caller.known and may(caller, "describe", organisation=entry.organisation)
