"""Published data checked again under a release: what is due, what was found, and the decision that data stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from catalog.catalog.base import Base
from catalog.errors import Conflict, NotFound, Problem
from catalog.events import DatasetChanged, ReleaseAccepted
from catalog.installed import Recheck, Release
from catalog.members import refuse
from catalog.model import Caller, Entry, Version
from catalog.permit import may, publishing_act
from catalog.ports import Unit

LONGEST_REASON = 2000
MOST_WORK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A recheck with what it is about: for the desk and the dataset page."""

    recheck: Recheck
    release: Release
    entry: Entry


def due(unit: Unit, version: Version) -> list[ReleaseAccepted]:
    """Say under which releases a version that has just become visible must be checked again.

    Those whose work is open, which it may have done; and the newest release of a list of which the version was checked
    under another state: a file may have waited for its second person meanwhile.
    """
    before = unit.rechecks(dataset=version.dataset, states=("open", "kept", "unread")) if version.number > 1 else ()
    open_ones = {one.release: None for one in before}
    pinned = {
        name: digest for one in version.resources for name, digest in dict(one.pins.get("codelists", {})).items()
    }
    for name, digest in pinned.items():
        accepted = unit.releases(kind="codelist", subject=name, state="accepted")
        if accepted and accepted[-1].digest != digest:
            open_ones[accepted[-1].id] = None
    return [ReleaseAccepted(release=one, dataset=version.dataset, version=version.number) for one in open_ones]


class Rechecking(Base):
    """What became of published data when a list changed."""

    def published_after(self, after: str, limit: int = 100) -> Sequence[tuple[Entry, Version | None]]:
        """Give the datasets behind an id with the newest version of each that is published, for the worker."""
        with self._records.read() as unit:
            found = unit.entries(after=after, limit=limit)
            return [(one, _newest(unit, one)) for one in found]

    def newest_published(self, dataset: str) -> tuple[Entry, Version | None]:
        """Give one dataset with its newest version if that is published, for the worker; raises NotFound."""
        with self._records.read() as unit:
            entry = unit.entry(dataset)
            if entry is None:
                raise NotFound
            return entry, _newest(unit, entry)

    def has_recheck(self, release: str, dataset: str) -> bool:
        """Tell whether a dataset was checked again under a release, for the worker."""
        with self._records.read() as unit:
            return unit.recheck(release, dataset) is not None

    def record_recheck(self, release: Release, dataset: str, version: int, result: Mapping[str, Any], *,
                       unread: str = "") -> Recheck:
        """Keep what checking a version again found; the same again is nothing, a version that passes ends the work."""
        with self._records.begin() as unit:
            entry = unit.entry(dataset)
            if entry is None or unit.release(release.id) is None:
                raise NotFound
            before = unit.recheck(release.id, dataset)
            if before and before.version >= version and before.state != "unread":
                return before
            one = self._outcome(release, before, version, result, unread)
            one = replace(one, dataset=entry.id)
            unit.save_recheck(one)
            unit.save_entry(replace(entry, sequence=unit.announce(DatasetChanged(dataset=dataset))))
            unit.audit("system", f"recheck-{one.state}", dataset, release=release.id, codelist=release.subject,
                       number=release.number, version=version, rows=result.get("rows", 0))
        return one

    def _outcome(self, release: Release, before: Recheck | None, version: int, result: Mapping[str, Any],
                 unread: str) -> Recheck:
        touched = bool(result.get("rows"))
        was_work = before is not None and before.state in ("open", "kept", "resolved")
        state = "unread" if unread else "open" if touched else "resolved" if was_work else "clean"
        now = self._now()
        return Recheck(
            release=release.id, dataset="", codelist=release.subject, version=version, created=now,
            state=state,  # type: ignore[arg-type]  # one of four words above
            result=result, reason=unread, closed=now if state == "resolved" else None,
            resolved_by=version if state == "resolved" else None,
        )

    def rechecked(self, release: str) -> Release:
        """Note that all published data were checked again under a release; raises NotFound."""
        with self._records.begin() as unit:
            one = unit.release(release)
            if one is None:
                raise NotFound
            if one.rechecked is None:
                one = replace(one, rechecked=self._now())
                unit.save_release(one)
                found = unit.rechecks(release=release, limit=10**9)
                unit.audit("system", "recheck-done", release, codelist=one.subject, number=one.number,
                           datasets=len(found), work=sum(each.state == "open" for each in found))
        return one

    # -- for people -----------------------------------------------------------------------------------------------
    def rechecks_of(self, caller: Caller, key: str) -> Sequence[Work]:
        """What checking a dataset again found, newest first, for everybody who may see it; raises NotFound."""
        with self._records.read() as unit:
            entry = self._entry(unit, caller, key)
            return self._work(unit, unit.rechecks(dataset=entry.id))

    def work(self, caller: Caller, states: Sequence[str] = ("open",)) -> Sequence[Work]:
        """What releases put on the desks of the caller's agencies (a site's operator sees all), newest first."""
        homes = [one for one in caller.roles if may(caller, "see", organisation=one)]
        with self._records.read() as unit:
            whose = None if may(caller, "operate") else homes
            found = self._work(unit, unit.rechecks(organisations=whose, states=states, limit=MOST_WORK))
            return [one for one in found if one.entry.state == "published"]

    def rechecks_under(self, caller: Caller, release: str, limit: int = 1000) -> Sequence[Work]:
        """What a release found in all data, for stewards; raises NotAllowed, NotFound."""
        self._must(caller, "keep-standards")
        with self._records.read() as unit:
            if unit.release(release) is None:
                raise NotFound
            return self._work(unit, unit.rechecks(release=release, limit=limit))

    @staticmethod
    def _work(unit: Unit, found: Sequence[Recheck]) -> list[Work]:
        releases = {one: unit.release(one) for one in {each.release for each in found}}
        entries = {one.id: one for one in unit.entries(ids=sorted({each.dataset for each in found}))}
        return [
            Work(recheck=one, release=release, entry=entries[one.dataset])
            for one in found if (release := releases[one.release]) is not None and one.dataset in entries
        ]

    def keep(self, caller: Caller, release: str, dataset: str, *, reason: str, reference: date | None) -> Recheck:
        """Decide that published data stay as they are, as of a reference day, with a reason; audited.

        For those who may publish for the agency. Raises NotFound, NotAllowed, Invalid, Conflict("wrong-state").
        """
        actor = self._actor(caller)
        with self._records.begin() as unit:
            entry = self._entry(unit, caller, dataset)
            one = unit.recheck(release, entry.id)
            if one is None or not may(caller, "see", organisation=entry.organisation):
                raise NotFound
            owner = self._organisation(unit, entry.organisation)
            self._must(caller, publishing_act(owner.review), organisation=entry.organisation)
            refuse(_decision(reason, reference))
            if one.state != "open":
                raise Conflict("wrong-state", state=one.state)
            one = replace(one, state="kept", reason=reason.strip(), reference=reference, by=actor, closed=self._now())
            unit.save_recheck(one)
            unit.save_entry(replace(entry, sequence=unit.announce(DatasetChanged(dataset=entry.id))))
            unit.audit(actor, "keep-as-of", entry.id, release=release, version=one.version, reason=one.reason,
                       reference=reference.isoformat() if reference else "")
        return one


def _decision(reason: str, reference: date | None) -> list[Problem]:
    found = [] if reason.strip() else [Problem("#/reason", "required")]
    found += [Problem("#/reason", "too-long", {"limit": LONGEST_REASON})] if len(reason) > LONGEST_REASON else []
    return found if reference else [*found, Problem("#/reference", "required")]


def _newest(unit: Unit, entry: Entry) -> Version | None:
    """The newest version, where dataset and version are there to be seen."""
    if entry.kind != "dataset" or entry.state != "published" or not entry.version:
        return None
    found = unit.version(entry.id, entry.version)
    return found if found is not None and found.state == "published" else None
