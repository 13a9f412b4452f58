"""The publish protocol: a version is sealed by its manifest first, and one transaction makes it visible."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from catalog import manifest
from catalog.catalog.agencies import names
from catalog.catalog.base import tombstone
from catalog.catalog.correcting import answer_bound
from catalog.catalog.datasets import refuse_closed
from catalog.catalog.declaring import Declaring, told
from catalog.catalog.rechecking import due
from catalog.catalog.recipes import remember
from catalog.columns import VIETNAM, hurried, outstanding
from catalog.errors import Conflict, Gone, Invalid, NotAllowed, NotFound, Problem, Stale
from catalog.events import VersionPublished
from catalog.model import Caller, Entry, Organisation, Resource, Submission, Version
from catalog.permit import publishing_act
from catalog.ports import Unit
from catalog.release import changes_of, merge, resources_of

TRIES = 20
"""How often a release is built again because another one was faster."""

RELEASED = ("ready", "in_review")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A release built from one state of the records: the version without its manifest, and what it rests on."""

    entry: Entry
    version: Version
    previous: str
    act: str
    submissions: tuple[Submission, ...] = ()


Planner = Callable[[Unit], "Plan | Version"]
"""Builds a plan inside a unit of work, or gives the version that was made from the same submissions before."""


class Publishing(Declaring):
    """What turns ready uploads into versions."""

    def publish(self, caller: Caller, submissions: Sequence[str], *, approve: bool = False, note: str = "",
                reason: str = "") -> Version:
        """Release ready submissions of one dataset together as its next version: the only switch of visibility.

        Idempotent: submissions that were released together give their version again. Where the agency asks for a
        second person, the caller must not be the one who uploaded. Raises NotFound, NotAllowed, Gone, Invalid,
        Conflict("wrong-state" | "resource-twice" | "several-datasets" | "declaration-missing" | "declared-protected"),
        "change-announced" where columns change before the day that was announced, unless a ``reason`` is given, and
        Stale when the version that an appended
        or corrected table was built on is not the newest any more.
        """
        self._actor(caller)
        wanted = tuple(dict.fromkeys(submissions))
        refused = [] if wanted else [Problem("#/submissions", "required")]
        if refused:
            raise Invalid(problems=refused)
        return self._release(caller, lambda unit: self._plan(
            unit, caller, wanted, approve=approve, note=note, reason=reason.strip()))

    def approve(self, caller: Caller, submission: str, note: str = "", *, sha256: str = "") -> Submission:
        """Publish an upload of somebody else: in_review (or ready) → published, bound to the file's hash.

        With ``sha256`` the approval counts for that file only (Stale otherwise). Raises NotFound, NotAllowed (also
        "own-submission"), Conflict("wrong-state").
        """
        self._actor(caller)
        with self._records.read() as unit:
            one, entry = self._submission(unit, caller, submission)
            self._must(caller, "approve", organisation=entry.organisation)
            self._second_person(caller, one)
            if sha256 and sha256 != one.staged.sha256:
                raise Stale("file-changed")
        self.publish(caller, [submission], approve=True, note=note, reason=note)
        return self.submission(caller, submission)

    # -- the plan -----------------------------------------------------------------------------------------------
    def _plan(self, unit: Unit, caller: Caller, keys: Sequence[str], *, approve: bool, note: str,
              reason: str) -> Plan | Version:
        found = [self._submission(unit, caller, key) for key in keys]
        entry, ones = found[0][1], tuple(one for one, _ in found)
        if any(other.id != entry.id for _, other in found):
            raise Conflict("several-datasets")
        owner = self._organisation(unit, entry.organisation)
        self._may_release(caller, owner, ones, approve=approve)
        numbers = {one.version for one in ones if one.state in ("published", "withdrawn")}
        if numbers and len(numbers) == 1 and all(one.version for one in ones):
            number = numbers.pop()
            done = unit.version(entry.id, number) if number else None
            if done is not None:
                return done
        for one in ones:
            if one.state not in RELEASED:
                raise Conflict("wrong-state", state=one.state, submission=one.id)
        self._refuse_undeclared(owner, ones)
        before = self._basis(unit, entry)
        self._refuse_moved(ones, entry, before)
        correction = next((one for one in ones if one.options.kind == "correction"), None)
        words = note or " ".join(dict.fromkeys(one.options.note for one in ones if one.options.note))
        reviewed = approve or owner.review == "second_person" or any(one.state == "in_review" for one in ones)
        plan = self._next(
            unit, entry, owner, merge(before, [made for one in ones for made in resources_of(one, before)]),
            act="approve" if approve else "publish",
        )
        early = hurried(entry, before, plan.version.resources, self._now().astimezone(VIETNAM).date())
        if early is not None and not reason:
            raise Conflict("change-announced", resource=early.resource, effective=early.effective.isoformat())
        entry = replace(entry, notices=outstanding(entry, before, plan.version.resources))
        return replace(plan, entry=entry, submissions=ones, version=replace(
            plan.version, note=words, early=reason if early else "", kind="correction" if correction else "update",
            erratum=correction.options.note or words if correction else "", changes=changes_of(ones),
            approver=self._actor(caller) if reviewed and caller.via != "system" else "", declarations=told(ones),
        ))

    def _may_release(self, caller: Caller, owner: Organisation, ones: Sequence[Submission], *, approve: bool) -> None:
        if caller.via == "system":
            if owner.review != "none" and any(one.state != "published" for one in ones):
                raise NotAllowed("second-person")
            return
        self._must(caller, "approve" if approve else publishing_act(owner.review), organisation=owner.id)
        if approve or owner.review == "second_person":
            for one in ones:
                if one.state != "published":
                    self._second_person(caller, one)

    @staticmethod
    def _refuse_moved(ones: Sequence[Submission], entry: Entry, before: Sequence[Resource]) -> None:
        """Raise Stale when a table was built on a version that is not the newest any more."""
        for one in ones:
            base = one.outcome.base if one.outcome else None
            if base is not None and (base != entry.version or not before):
                raise Stale("base-moved", base=base, version=entry.version)

    @staticmethod
    def _basis(unit: Unit, entry: Entry) -> tuple[Resource, ...]:
        """Give the resources that carry over: those of the newest version that was not withdrawn."""
        if entry.version:
            newest = unit.version(entry.id, entry.version)
            if newest is not None and newest.state == "published":
                return newest.resources
            return next((one.resources for one in unit.versions(entry.id) if one.state == "published"), ())
        return ()

    def _next(self, unit: Unit, entry: Entry, owner: Organisation, resources: tuple[Resource, ...], *,
              act: str) -> Plan:
        """Plan a version with these resources on top of the newest one."""
        refuse_closed(owner)
        if entry.state == "withdrawn":
            raise Gone(**tombstone(entry))
        last = unit.version(entry.id, entry.version) if entry.version else None
        version = Version(
            dataset=entry.id, number=(entry.version or 0) + 1, issued=self._now(), resources=resources,
            publisher=names(owner), temporal=entry.about.temporal,
        )
        return Plan(entry=entry, version=version, previous=last.manifest if last else "", act=act)

    # -- sealing and switching ----------------------------------------------------------------------------------
    def _release(self, caller: Caller, planner: Planner) -> Version:
        """Plan, seal, switch; built again when another release of the dataset was faster."""
        for _ in range(TRIES):
            with self._records.read() as unit:
                plan = planner(unit)
            if isinstance(plan, Version):
                return plan
            content = manifest.write(plan.entry, plan.version, plan.previous)
            self._seal(plan.entry, content)
            done = self._switch(caller, plan, hashlib.sha256(content).hexdigest(), planner)
            if done is not None:
                return done
        raise Stale("version-taken")

    def _seal(self, entry: Entry, content: bytes) -> None:
        """Put the manifest, claimed first: a crash after this leaves an object that the sweep finds."""
        with self._records.begin() as unit:
            unit.claim(hashlib.sha256(content).hexdigest(), holder(entry))
        self._files.put(io.BytesIO(content))

    def _switch(self, caller: Caller, plan: Plan, sealed: str, planner: Planner) -> Version | None:
        """Make the version visible in one transaction; None when the records have moved on since the plan."""
        with self._records.begin() as unit:
            again = planner(unit)
            if isinstance(again, Version):
                unit.release_claims(holder(plan.entry))
                return again
            if not _same(plan, again):
                return None
            version = replace(plan.version, manifest=sealed)
            unit.add_version(version)
            entry = self._show(unit, plan.entry, version)
            for one in plan.submissions:
                unit.save_submission(replace(
                    one, state="published", version=version.number, finished=version.issued, reason=None,
                    reviewer=self._reviewer(caller, version) or one.reviewer,
                ))
                unit.release_claims(one.id)
                remember(unit, one, version)
                answer_bound(unit, one, entry, self._actor(caller), version.issued)
            self._mark_corrected(unit, version)
            unit.release_claims(holder(entry))
            for event in due(unit, version):
                unit.announce(event)
            unit.audit(
                self._actor(caller), plan.act, entry.id, version=version.number, manifest=sealed,
                submissions={one.id: one.staged.sha256 for one in plan.submissions}, note=version.note,
            )
        self._settled(caller, entry.sequence)
        return version

    @staticmethod
    def _reviewer(caller: Caller, version: Version) -> str:
        return caller.person.id if version.approver and caller.person else ""

    @staticmethod
    def _show(unit: Unit, entry: Entry, version: Version) -> Entry:
        number = unit.announce(VersionPublished(dataset=entry.id, number=version.number))
        shown = replace(
            entry, state="published", version=version.number, issued=entry.issued or version.issued,
            modified=version.issued, sequence=number,
        )
        unit.save_entry(shown)
        return shown

    @staticmethod
    def _mark_corrected(unit: Unit, version: Version) -> None:
        """Let the version that is corrected show its erratum too."""
        if version.kind == "correction" and version.number > 1:
            corrected = unit.version(version.dataset, version.number - 1)
            if corrected is None:
                raise NotFound
            if corrected.state == "published":
                unit.save_version(replace(corrected, erratum=version.erratum))


def holder(entry: Entry) -> str:
    """Give the name under which a release claims its manifest."""
    return f"dataset:{entry.id}"


def _same(one: Plan, other: Plan) -> bool:
    """Tell whether two plans would make the same version, but for the moment."""
    return one.entry == other.entry and one.previous == other.previous and one.submissions == other.submissions and (
        replace(one.version, issued=other.version.issued) == other.version
    )
