"""Use cases that make versions without a new file, and that withdraw: links, removal, republishing, tombstones."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from catalog.catalog.base import tombstone
from catalog.catalog.publishing import Plan, Planner, Publishing
from catalog.errors import Conflict, Gone, NotFound, Problem
from catalog.events import DatasetWithdrawn
from catalog.members import MORE_LIMIT, RESOURCE, TITLE_LIMIT, check_text, check_url, refuse
from catalog.model import Caller, Entry, Resource, Version
from catalog.permit import publishing_act
from catalog.ports import Unit
from catalog.release import merge, name_files
from standards.portable import to_json
from standards.record import Text

Change = Callable[[Unit, Entry, tuple[Resource, ...]], tuple[Resource, ...]]
Arrangement = Callable[[Sequence[Resource]], Sequence[Resource]]
RESOURCES_LIMIT = 5000
ADDRESSES = ("http://", "https://", "ftp://", "ftps://")


class Versions(Publishing):
    """Versions that differ from the one before by a decision, not by a file."""

    def add_link(self, caller: Caller, key: str, *, name: str, title: Text, url: str) -> Version:
        """Make a new version with a link as one of its resources. Raises NotFound, NotAllowed, Gone, Invalid."""
        self._actor(caller)
        refuse(_link_problems(name, title, url))
        link = Resource(name=name, title=dict(title), kind="link", url=url)
        return self._changed(caller, key, "add-link", lambda _unit, _entry, before: merge(before, [link]))

    def arrange(self, caller: Caller, key: str, change: Arrangement) -> Version | None:
        """Make a new version whose resources are what ``change`` makes of those before; None when it changes nothing.

        Links may be added, changed and taken away; of tables and files only title and ``more`` may change, or they go.
        A draft without resources is published too. Raises NotFound, NotAllowed, Gone, Invalid.
        """
        entry, version = self._records_of(caller, key)
        if version is not None and arranged_as(version.resources, tuple(change(version.resources))):
            self._must(caller, "describe", organisation=entry.organisation)
            return None
        return self._changed(caller, key, "arrange", self._arranged(change))

    @staticmethod
    def _arranged(change: Arrangement) -> Change:
        def arranged(_unit: Unit, _entry: Entry, before: tuple[Resource, ...]) -> tuple[Resource, ...]:
            after = tuple(change(before))
            refuse(_arrangement_problems(before, after))
            return name_files(after)

        return arranged

    def _records_of(self, caller: Caller, key: str) -> tuple[Entry, Version | None]:
        with self._records.read() as unit:
            entry = self._entry(unit, caller, key)
            if entry.state == "withdrawn":
                raise Gone(**tombstone(entry))
            version = unit.version(entry.id, entry.version) if entry.version else None
            return entry, version if version is not None and version.state == "published" else None

    def remove_resource(self, caller: Caller, key: str, name: str) -> Version:
        """Make a new version without a resource. Raises NotFound, NotAllowed, Gone."""

        def without(_unit: Unit, _entry: Entry, before: tuple[Resource, ...]) -> tuple[Resource, ...]:
            if all(one.name != name for one in before):
                raise NotFound("resource-not-found", resource=name)
            return name_files([one for one in before if one.name != name])

        return self._changed(caller, key, "remove-resource", without)

    def republish(self, caller: Caller, key: str, number: int, reason: str) -> Version:
        """Make version ``number``'s content the newest version again. Raises NotFound, NotAllowed, Gone, Invalid."""
        self._actor(caller)
        refuse([] if reason.strip() else [Problem("#/reason", "required")])

        def again(unit: Unit, entry: Entry, _before: tuple[Resource, ...]) -> tuple[Resource, ...]:
            return self._version(unit, entry, number).resources

        return self._changed(caller, key, "republish", again, note=reason, republishes=number)

    def _changed(self, caller: Caller, key: str, act: str, change: Change, *, note: str = "",
                 republishes: int | None = None) -> Version:
        self._actor(caller)
        return self._release(caller, self._planner_of(caller, key, act, change, note=note, republishes=republishes))

    def _planner_of(self, caller: Caller, key: str, act: str, change: Change, *, note: str = "",
                    republishes: int | None = None) -> Planner:
        def plan(unit: Unit) -> Plan:
            entry = self._entry(unit, caller, key)
            owner = self._organisation(unit, entry.organisation)
            self._must(caller, publishing_act(owner.review), organisation=owner.id)
            if entry.kind != "dataset":
                raise Conflict("series-holds-no-files")
            made = self._next(unit, entry, owner, change(unit, entry, self._basis(unit, entry)), act=act)
            return replace(made, version=replace(made.version, note=note, republishes=republishes))

        return plan

    # -- withdrawal ---------------------------------------------------------------------------------------------
    def withdraw(self, caller: Caller, key: str, reason: str, number: int | None = None) -> Mapping[str, object]:
        """Withdraw a dataset, or one version of it; returns the tombstone ``{"state", "reason", "withdrawn"}``.

        "Latest" answers Gone until a newer version is published; withdrawing what is withdrawn gives its tombstone
        again. Raises NotFound, NotAllowed, Invalid, Conflict("never-published").
        """
        actor, now = self._actor(caller), self._now()
        with self._records.begin() as unit:
            entry = self._entry(unit, caller, key)
            self._must(caller, "withdraw", organisation=entry.organisation)
            refuse([] if reason.strip() else [Problem("#/reason", "required")])
            if entry.version is None:
                raise Conflict("never-published")
            if entry.state == "withdrawn":
                return tombstone(entry)
            gone = self._going(unit, entry, number)
            done = unit.version(entry.id, number) if number and not gone else None
            if done is not None:
                return tombstone(done)
            sequence = unit.announce(DatasetWithdrawn(dataset=entry.id, number=number))
            for one in gone:
                self._bury(unit, replace(one, state="withdrawn", reason=reason, withdrawn=now))
            entry = replace(entry, sequence=sequence, modified=now)
            if number is None:
                entry = replace(entry, state="withdrawn", reason=reason, withdrawn=now)
            unit.save_entry(entry)
            unit.audit(actor, "withdraw", entry.id, version=number, reason=reason)
        self._settled(caller, sequence)
        return {"state": "withdrawn", "reason": reason, "withdrawn": now}

    @staticmethod
    def _going(unit: Unit, entry: Entry, number: int | None) -> list[Version]:
        """Give the versions that are withdrawn now; raises NotFound for a number that was never published."""
        found = [one for one in unit.versions(entry.id) if number is None or one.number == number]
        if not found:
            raise NotFound
        return [one for one in found if one.state == "published"]

    @staticmethod
    def _bury(unit: Unit, version: Version) -> None:
        """Record a tombstone, on the version and on the uploads that it came from."""
        unit.save_version(version)
        for key in {one.submission for one in version.resources if one.submission}:
            one = unit.submission(key)
            if one is not None and one.version == version.number and one.state == "published":
                unit.save_submission(replace(
                    one, state="withdrawn", reason={"code": "withdrawn", "params": {"detail": version.reason}},
                ))


def arranged_as(before: tuple[Resource, ...], after: tuple[Resource, ...]) -> bool:
    """Tell whether an arrangement changes nothing."""
    return bool(to_json(before) == to_json(after))


def _arrangement_problems(before: Sequence[Resource], after: Sequence[Resource]) -> Iterator[Problem]:
    if len(after) > RESOURCES_LIMIT:
        yield Problem("#/resources", "too-many", {"limit": RESOURCES_LIMIT})
    held = {one.name: one for one in before}
    for at, one in enumerate(after):
        found = resource_problems(one)
        yield from (Problem(f"#/resources/{at}{each.pointer[1:]}", each.code, each.params) for each in found)
        if one.kind != "link" and (one.name not in held or _bytes_of(held[one.name]) != _bytes_of(one)):
            yield Problem(f"#/resources/{at}/url", "unknown-value", {"value": one.name})
    if len({one.name for one in after}) < len(after):
        yield Problem("#/resources", "resource-twice", {"resource": ""})


def _bytes_of(one: Resource) -> Resource:
    """Give what a new version may not change: all but title and ``more``."""
    return replace(one, title={}, more={}, files=())


def resource_problems(one: Resource) -> Iterator[Problem]:
    """Say what is wrong with what is said of a resource."""
    if not RESOURCE.fullmatch(one.name):
        yield Problem("#/name", "not-a-slug")
    yield from check_text("#/name", one.title, limit=TITLE_LIMIT)
    if one.more and len(json.dumps(to_json(one.more))) > MORE_LIMIT:
        yield Problem("#/extras", "too-long", {"limit": MORE_LIMIT})
    if one.kind == "link":
        yield from () if one.url else (Problem("#/url", "required"),)
        if one.url:
            web = one.url.lower().startswith(ADDRESSES)
            yield from check_url("#/url", re.sub("^ftp", "http", one.url, flags=re.IGNORECASE) if web else "no address")


def _link_problems(name: str, title: Text, url: str) -> Iterator[Problem]:
    if not RESOURCE.fullmatch(name):
        yield Problem("#/name", "not-a-slug")
    yield from check_text("#/title", title, limit=TITLE_LIMIT)
    if not url:
        yield Problem("#/url", "required")
    yield from check_url("#/url", url)


