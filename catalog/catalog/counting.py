"""Use cases of counting: how often data are used, day by day; what is searched in vain, and what became of it."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, NamedTuple

from catalog.catalog.voicing import Voicing
from catalog.errors import NotAllowed, NotFound, Problem
from catalog.members import refuse
from catalog.model import Caller, Entry
from catalog.permit import may
from catalog.ports import Unit
from catalog.quality import VIETNAM
from catalog.usage import (
    KEPT_DAYS,
    KINDS,
    MISSED_DAYS,
    MOST_SEEN,
    MOST_WORDS,
    RARE_DAYS,
    SHOWN_DAYS,
    WORDS_LIMIT,
    Missed,
    Use,
    UseKind,
)
from standards.mentions import mentioned
from standards.namesake import names_somebody
from standards.text import fold

LONGEST_DAYS: Final = 366
SIGNS: Final = 4
FEWEST_LETTERS: Final = 2
ANSWERS: Final = ("none", "dataset", "request")
NUMBERS: Final = re.compile(r"(?:[0-9][ .\-/]*){7,}|@")
"""Long numbers and mailboxes are nobody's subject but their owner's."""


class Used(NamedTuple):
    """What a door saw used: a dataset by any of its keys; ``part`` is a resource's name, or a file's if ``by_file``.

    One is made for every answer that counts: a tuple costs a third of a frozen dataclass.
    """

    kind: UseKind
    key: str
    part: str = ""
    by_file: bool = False
    robot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What was counted of a dataset since a day: totals by kind (people, robots), and by day and resource."""

    since: date
    until: date
    totals: Mapping[str, tuple[int, int]]
    days: Sequence[Use] = ()

    def people(self, kind: str) -> int:
        """Give how often people did this."""
        return self.totals.get(kind, (0, 0))[0]


class Counting(Voicing):
    """Counts know a dataset, a resource, a day and a kind of use; no address, person, session or time of day."""

    # -- from the doors ---------------------------------------------------------------------------------------------
    def note_uses(self, seen: Mapping[Used, int]) -> int:
        """Add what a door saw, in one transaction; returns how many of the keys led to a dataset that is shown."""
        day = self.today_here().isoformat()
        with self._records.begin() as unit:
            found: dict[Use, tuple[int, int]] = {}
            entries = {key: unit.entry(key) for key in {one.key for one in seen}}
            files = self._files_of(unit, [entry for entry in entries.values() if entry])
            for one, times in seen.items():
                entry = entries[one.key]
                if entry is None or entry.version is None:
                    continue
                part = files.get((entry.id, one.part), "") if one.by_file else one.part[:200]
                use = Use(dataset=entry.id, day=day, resource=part, kind=one.kind)
                people, robots = found.get(use, (0, 0))
                found[use] = (people, robots + times) if one.robot else (people + times, robots)
            unit.add_uses([replace(use, count=people, robots=robots) for use, (people, robots) in found.items()])
        return len(found)

    @staticmethod
    def _files_of(unit: Unit, entries: Sequence[Entry]) -> Mapping[tuple[str, str], str]:
        shown = unit.outlines([one.id for one in entries], files=True)
        return {(dataset, file.name): part.name for dataset, version in shown.items()
                for part in version.resources for file in part.files}

    def note_misses(self, seen: Mapping[str, Collection[str]], times: Mapping[str, int]) -> int:
        """Count searches without result: folded words, the signs of who asked; returns how many agencies may see now.

        Words stay out until enough asked: before that a keyed hash stands for them.
        """
        day = self.today_here().isoformat()
        shown = 0
        key = self._voices_key()
        with self._records.begin() as unit:
            for words, signs in seen.items():
                told = hmac.new(key.encode(), words.encode(), hashlib.sha256).hexdigest()
                one = _asked(unit.missed(told) or Missed(id=told, first=day, last=day), day, signs, times.get(words, 1))
                if one.often and not one.words:
                    one = replace(one, words=words)
                    shown += 1
                unit.save_missed(one)
        return shown

    def sign_of(self, mark: str) -> str:
        """Give two bytes that tell a reader's second question of a day from another's first, and nobody from all."""
        day = self.today_here().isoformat()
        return hashlib.sha256(f"{day} {mark}".encode()).hexdigest()[:SIGNS] if mark else ""

    def today_here(self) -> date:
        """Give the day in Viet Nam."""
        return self._now().astimezone(VIETNAM).date()

    def forget_counts(self) -> int:
        """Forget what was kept long enough; returns how many counts."""
        today = self.today_here()

        def before(days: int) -> str:
            return (today - timedelta(days=days)).isoformat()

        with self._records.begin() as unit:
            return unit.drop_uses(before(KEPT_DAYS)) + unit.drop_misses(before(RARE_DAYS), before(MISSED_DAYS))

    # -- what is told of it -----------------------------------------------------------------------------------------
    def usage(self, caller: Caller, key: str, *, days: int = SHOWN_DAYS) -> Usage:
        """Give what was counted of a dataset in the last days, today included. Raises NotFound."""
        until = self.today_here()
        since = until - timedelta(days=max(1, min(days, LONGEST_DAYS)) - 1)
        with self._records.read() as unit:
            entry = self._entry(unit, caller, key)
            found = unit.uses(entry.id, since.isoformat())
        return Usage(since=since, until=until, totals=_totals(found), days=found)

    def usage_of(self, caller: Caller, datasets: Sequence[str], *, days: int = SHOWN_DAYS) -> Mapping[str, Usage]:
        """Give the totals of many datasets (ids); those that the caller may not see are left out."""
        until = self.today_here()
        since = until - timedelta(days=days - 1)
        with self._records.read() as unit:
            entries = unit.entries(ids=datasets, limit=max(1, len(datasets)))
            seen = [one.id for one in entries if self._sees(caller, one)]
            found = unit.use_totals(seen, since.isoformat())
        return {one: Usage(since=since, until=until, totals=found.get(one, {})) for one in seen}

    def misses(self, caller: Caller, limit: int = 50) -> Sequence[Missed]:
        """Give what many searched in vain, to people who publish for an agency. Raises NotKnown, NotAllowed."""
        self._must_publish(caller)
        with self._records.read() as unit:
            return [replace(one, seen=()) for one in unit.misses(limit=limit)]

    def answer_miss(self, caller: Caller, key: str, *, what: str, target: str = "") -> Missed:
        """Say what was done about a search: ``dataset`` or ``request`` (a target that is there), or ``none``.

        Raises NotKnown, NotAllowed, NotFound, Invalid. It is no work any more then; the deed is audited without words.
        """
        actor = self._actor(caller)
        self._must_publish(caller)
        refuse([] if what in ANSWERS else [Problem("#/what", "unknown-value", {"name": "what", "value": what[:100]})])
        with self._records.begin() as unit:
            one = unit.missed(key)
            if one is None or not one.words:
                raise NotFound
            done = f"{what}:{self._what_answers(unit, caller, what, target)}".rstrip(":")
            one = replace(one, answer=done, answered_by=actor, answered=self.today_here().isoformat(), seen=())
            unit.save_missed(one)
            unit.audit(actor, "answer-search", key[:64], answer=done)
        return one

    def _what_answers(self, unit: Unit, caller: Caller, what: str, target: str) -> str:
        if what == "dataset":
            return self._entry(unit, caller, target.strip()).slug
        if what == "request":
            found = self._voice_found(unit, caller, target)
            refuse([] if found.kind == "request" else [Problem("#/target", "not-a-request")])
            return found.number
        return ""

    def _must_publish(self, caller: Caller) -> None:
        self._actor(caller)
        if not may(caller, "operate") and not any(may(caller, "publish", organisation=one) for one in caller.roles):
            raise NotAllowed(act="publish")


def _totals(uses: Iterable[Use]) -> Mapping[str, tuple[int, int]]:
    found = dict.fromkeys(KINDS, (0, 0))
    for one in uses:
        people, robots = found[one.kind]
        found[one.kind] = (people + one.count, robots + one.robots)
    return found


def _asked(one: Missed, day: str, signs: Collection[str], times: int) -> Missed:
    """Count questions of a day more; an answered one that is asked again in vain is work again after its day."""
    fresh = one.last != day or not one.asked
    seen = sorted({*(() if fresh else one.seen), *signs})[:MOST_SEEN]
    again = one.answer and one.answered < day
    return replace(
        one, last=day, seen=tuple(seen), asked=one.asked + times, readers=max(one.readers, len(seen)),
        days=one.days + (1 if fresh and one.asked else 0),
        **({"answer": "", "answered_by": "", "answered": ""} if again else {}),
    )


def subject_of(text: str) -> str:
    """Give the folded words of a search if they may be counted, "" if they are too long, too short or somebody's."""
    if mentioned(text) is not None or NUMBERS.search(text):
        return ""
    words = re.findall(r"\w+", fold(text))
    said = " ".join(words)
    letters = sum(one.isalpha() for one in said)
    long = len(words) > MOST_WORDS or len(said) > WORDS_LIMIT
    return "" if letters < FEWEST_LETTERS or long or names_somebody(text) else said


__all__ = ["Counting", "Usage", "Used", "subject_of"]
