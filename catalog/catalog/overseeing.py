"""Use cases of overseeing: what operators look at (queues by agency, search, letters, orphans, the audit chain)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Literal

from catalog.catalog.operation import Operation
from catalog.model import AuditRow, Caller
from catalog.ports import Unit
from catalog.quality import VIETNAM
from catalog.webhook import Webhook

UNDER_WAY: Final = ("received", "checking")
MOST: Final = 10_000
REINDEX: Final = "reindex-asked"
"""The fact of the site under which it stands when somebody asked that search be built anew."""

GRACE_HOURS: Final = 24
MOST_THINGS: Final = 5000
"""So many datasets of an agency are looked for in the audit chain."""


MOST_HOOKS: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Failing:
    """A webhook that is not reached: whose it is (her sign-in name), and what its last attempt said."""

    hook: Webhook
    owner: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """What a row of the audit chain speaks of: what kind of thing, its name for people, and its key in addresses."""

    kind: Literal["dataset", "submission", "organisation", "person", "voice"]
    title: Mapping[str, str]
    key: str


class Overseeing(Operation):
    """Each verb is for operators; it raises NotAllowed, and NotKnown for nobody."""

    def workers(self, caller: Caller) -> Sequence[tuple[str, float]]:
        """Give the workers' slots with the seconds since the last sign of life of each."""
        self._must(caller, "see-jobs")
        return self._jobs.workers()

    def waiting_by_agency(self, caller: Caller) -> Mapping[str, Mapping[str, int]]:
        """Count uploads that wait for a worker or are at work, by the id of the agency."""
        self._must(caller, "see-jobs")
        with self._records.read() as unit:
            moving = unit.submissions(states=UNDER_WAY, limit=MOST)
            owners = {one.id: one.organisation for one in
                      unit.entries(ids=list({one.dataset for one in moving}), limit=MOST)}
        found: dict[str, dict[str, int]] = {}
        for one in moving:
            held = found.setdefault(owners.get(one.dataset, ""), dict.fromkeys(UNDER_WAY, 0))
            held[one.state] += 1
        return found

    def search_state(self, caller: Caller) -> Mapping[str, int]:
        """Tell how many documents search holds and how many changes it is behind. Raises Unavailable."""
        self._must(caller, "see-jobs")
        return {"documents": self._index.count(), "behind": self.behind()["index"]}

    def ask_reindex(self, caller: Caller) -> None:
        """Let the worker build search anew when it looks next, within half a minute; readers search on meanwhile."""
        actor = self._actor(caller)
        self._must(caller, "operate")
        with self._records.begin() as unit:
            unit.set_site(REINDEX, self._now().isoformat())
            unit.audit(actor, "ask-reindex", "")

    def reindex_asked(self) -> str:
        """Say when somebody asked that search be built anew, "" where nobody waits for that."""
        with self._records.read() as unit:
            return unit.site(REINDEX)

    def reindex_done(self, asked: str) -> None:
        """Note that search was built anew as it was asked; who asked again meanwhile still waits."""
        with self._records.begin() as unit:
            if unit.site(REINDEX) == asked:
                unit.set_site(REINDEX, "")

    def failing_webhooks(self, caller: Caller, limit: int = MOST_HOOKS) -> Sequence[Failing]:
        """Give the webhooks whose last deliveries failed, and those that were disabled for it; by age."""
        self._must(caller, "see-jobs")
        with self._records.read() as unit:
            found = [one for one in unit.webhooks(failing=True) if one.reason != "by-hand"][:limit]
            return [Failing(hook=replace(one, secret="", former=""), owner=_name(unit, one.person),
                            said=_said(unit, one.id)) for one in found]

    def letters_waiting(self, caller: Caller) -> int:
        """Count letters that are due and were not sent yet; a thousand stands for more."""
        self._must(caller, "see-jobs")
        with self._records.read() as unit:
            return len(unit.notices_to_send(self._now(), limit=1000))

    def orphans(self, caller: Caller, older_than_hours: int = GRACE_HOURS) -> int:
        """Count stored objects that nothing refers to any more and that the next sweep takes away."""
        self._must(caller, "see-jobs")
        with self._records.read() as unit:
            return sum(1 for _ in unit.unclaimed(older_than_hours))

    def schema(self, caller: Caller) -> str:
        """Name the version of the database's schema."""
        self._must(caller, "see-jobs")
        with self._records.read() as unit:
            return unit.revision()

    def history(self, caller: Caller, *, actor: str = "", act: str = "", agency: str = "", target: str = "",
                first: date | None = None, last: date | None = None, below: int = 0,
                limit: int = 100) -> Sequence[AuditRow]:
        """Give rows of the audit chain, newest first, those under the number ``below`` (0: all).

        By who did it, what was done, on what (a key of a dataset, or any id), for which agency (its key), on which
        days in Vietnam. Raises NotFound for an agency that there is not.
        """
        self._must(caller, "see-audit")
        wanted: dict[str, Any] = {"actor": actor, "acts": (act,) if act else (), "below": below, "limit": limit,
                                  "after": _start(first, -1), "before": _start(last, 1)}
        with self._records.read() as unit:
            return list(unit.deeds(targets=self._things(unit, agency, target), **wanted))

    def things(self, caller: Caller, keys: Iterable[str]) -> Mapping[str, Thing]:
        """Name what rows of the audit chain speak of, by what stands there; what is unknown or gone is left out."""
        self._must(caller, "see-audit")
        with self._records.read() as unit:
            found = {key: _thing(unit, key) for key in dict.fromkeys(keys) if key}
        return {key: one for key, one in found.items() if one is not None}

    def _things(self, unit: Unit, agency: str, target: str) -> Sequence[str] | None:
        if target:
            entry = unit.entry(target)
            return [target] if entry is None else [entry.id]
        if not agency:
            return None
        owner = self._organisation(unit, agency)
        return [owner.id, *_datasets(unit, owner.id)]

    def acts_lately(self, caller: Caller, limit: int = 2000) -> Sequence[str]:
        """Name the kinds of deeds of late, in the order of the alphabet."""
        self._must(caller, "see-audit")
        with self._records.read() as unit:
            return sorted({row.act for row in unit.deeds(limit=limit)})


def _thing(unit: Unit, key: str) -> Thing | None:
    """Find what has this id, or this number among voices."""
    if (entry := unit.entry(key)) is not None:
        return Thing(kind="dataset", title=entry.about.title, key=entry.slug)
    if (sent := unit.submission(key)) is not None:
        return Thing(kind="submission", title={"": sent.staged.name}, key=sent.id)
    if (agency := unit.organisation(key)) is not None:
        return Thing(kind="organisation", title=agency.title, key=agency.slug)
    if (person := unit.person(key)) is not None:
        return Thing(kind="person", title={"": person.title or person.name}, key=person.name)
    if (voice := unit.voice(key)) is not None:
        return Thing(kind="voice", title={"": voice.number}, key=voice.number)
    return None


def _name(unit: Unit, person: str) -> str:
    found = unit.person(person)
    return found.name if found else ""


def _said(unit: Unit, webhook: str) -> str:
    """Give what the last attempt at a webhook came to: a status of HTTP, or the reason why there was none."""
    tried = [one.attempts[-1] for one in unit.deliveries(webhook, 5) if one.attempts]
    last = max(tried, key=lambda one: one.at, default=None)
    return "" if last is None else last.error or str(last.status or "")


def _start(day: date | None, side: int) -> datetime | None:
    """Give the moment before a day begins (side -1), or at which the next one does (side 1), in Vietnam."""
    if day is None:
        return None
    begin = datetime.combine(day, time(), VIETNAM)
    return begin - timedelta(microseconds=1) if side < 0 else begin + timedelta(days=1)


def _datasets(unit: Unit, owner: str) -> Iterator[str]:
    yield from (one.id for one in unit.entries(organisation=owner, limit=MOST_THINGS))
