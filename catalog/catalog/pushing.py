"""Use cases of targets: portals elsewhere that our datasets are published at too, so that nobody publishes twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from catalog.catalog.base import Base
from catalog.errors import Conflict, NotFound, Problem
from catalog.events import PushDue
from catalog.members import SLUG, check_url, refuse
from catalog.model import Caller, Entry, Mark
from catalog.permit import may
from catalog.ports import Unit
from catalog.push import Push, Target
from standards.portable import from_json, to_json

TARGET, PUSH = "push-target", "push"
READER = "push"
PAGE = 500


class Pushing(Base):
    """Targets, and how datasets stand there."""

    def add_target(self, caller: Caller, *, name: str, url: str, organisation: str, owner: str = "",
                   prefix: str = "") -> Target:
        """Keep a target; what the agency has published goes there at once. Operators alone may.

        Raises NotAllowed, NotFound, Invalid, Conflict("source-taken").
        """
        actor, now = self._actor(caller), self._now()
        self._must(caller, "harvest")
        refuse([*([] if SLUG.fullmatch(name) else [Problem("#/name", "not-a-slug")]),
                *check_url("#/url", url or "none"),
                *([] if not prefix or SLUG.fullmatch(prefix + "x") else [Problem("#/prefix", "not-a-slug")])])
        with self._records.begin() as unit:
            if unit.mark(TARGET, name) is not None:
                raise Conflict("source-taken", problems=[Problem("#/name", "source-taken")])
            agency = self._organisation(unit, organisation, "#/organization")
            one = Target(name=name, url=url, organisation=agency.id, owner=owner, prefix=prefix, created=now)
            unit.save_mark(Mark(kind=TARGET, id=name, subject=agency.id, body=to_json(one), created=now, modified=now))
            unit.audit(actor, "add-target", agency.id, name=name, url=url)
            self._push_all(unit, one)
        return one

    def _push_all(self, unit: Unit, target: Target) -> None:
        after = ""
        while page := unit.entries(organisation=target.organisation, after=after, limit=PAGE):
            after = page[-1].id
            for entry in page:
                if entry.version is not None:
                    self._wait(unit, target, entry)

    def drop_target(self, caller: Caller, name: str) -> None:
        """Forget a target; what stands there stays there. Raises NotAllowed, NotFound."""
        actor = self._actor(caller)
        self._must(caller, "harvest")
        with self._records.begin() as unit:
            if not unit.drop_mark(TARGET, name):
                raise NotFound("source-not-found")
            unit.audit(actor, "drop-target", name)

    def targets(self, caller: Caller) -> Sequence[Target]:
        """Give all targets. Raises NotAllowed."""
        self._must(caller, "harvest")
        with self._records.read() as unit:
            return _targets(unit)

    def pushes(self, caller: Caller, dataset: str = "") -> Sequence[Push]:
        """Tell how a dataset stands at each target, to people of its agency; or all datasets, to operators."""
        with self._records.read() as unit:
            if not dataset:
                self._must(caller, "harvest")
                return [from_json(Push, one.body) for one in unit.marks(PUSH)]
            entry = self._entry(unit, caller, dataset)
            if not may(caller, "see", organisation=entry.organisation):
                return []
            return [from_json(Push, one.body) for one in unit.marks(PUSH, subjects=[entry.id])]

    def push_again(self, caller: Caller, target: str) -> int:
        """Try again what failed at a target; returns how many. Raises NotAllowed, NotFound."""
        self._must(caller, "harvest")
        with self._records.begin() as unit:
            found = next((one for one in _targets(unit) if one.name == target), None)
            if found is None:
                raise NotFound("source-not-found")
            failed = [one for one in _pushes(unit) if one.target == target and one.state == "failed"]
            for one in failed:
                entry = unit.entry(one.dataset)
                if entry is not None:
                    self._wait(unit, found, entry)
        return len(failed)

    # -- for the worker -----------------------------------------------------------------------------------------
    def follow_pushes(self, limit: int = 200) -> int:
        """Let the targets of changed datasets be told, along the change sequence; returns how many changes."""
        with self._records.read() as unit:
            changes = unit.changes(unit.position(READER), limit)
        if not changes:
            return 0
        with self._records.begin() as unit:
            targets = _targets(unit)
            for dataset in dict.fromkeys(one.dataset for one in changes if one.dataset) if targets else ():
                entry = unit.entry(dataset)
                for target in targets:
                    if entry is not None and target.organisation == entry.organisation:
                        self._wait(unit, target, entry)
            unit.advance(READER, changes[-1].sequence)
        return len(changes)

    def _wait(self, unit: Unit, target: Target, entry: Entry) -> None:
        before = unit.mark(PUSH, f"{target.name}.{entry.id}")
        kept = from_json(Push, before.body) if before else None
        if kept is None and not _shown(entry):
            return
        now = self._now()
        one = replace(kept or Push(target=target.name, dataset=entry.id, at=now), state="waiting", tries=0)
        self._save_push(unit, one)
        unit.announce(PushDue(push=one.key, attempt=int(now.timestamp() * 1000)))

    def _save_push(self, unit: Unit, one: Push) -> None:
        now = self._now()
        unit.save_mark(Mark(kind=PUSH, id=one.key, subject=one.dataset, body=to_json(one), created=now, modified=now))

    def at_push(self, key: str) -> tuple[Target, Push, bool]:
        """Give a push with its target, and whether everybody may see the dataset now. Raises NotFound."""
        with self._records.read() as unit:
            found = unit.mark(PUSH, key)
            one = from_json(Push, found.body) if found else None
            target = next((each for each in _targets(unit) if one and each.name == one.target), None)
            if one is None or target is None:
                raise NotFound
            entry = unit.entry(one.dataset)
            return target, one, entry is not None and _shown(entry)

    def note_push(self, one: Push) -> Push:
        """Keep how a dataset stands at a target now."""
        kept = replace(one, at=self._now())
        with self._records.begin() as unit:
            if unit.entry(one.dataset) is not None:
                self._save_push(unit, kept)
        return kept


def _targets(unit: Unit) -> list[Target]:
    return [from_json(Target, one.body) for one in unit.marks(TARGET)]


def _pushes(unit: Unit) -> list[Push]:
    return [from_json(Push, one.body) for one in unit.marks(PUSH)]


def _shown(entry: Entry) -> bool:
    return entry.visibility == "public" and entry.state == "published" and entry.version is not None
