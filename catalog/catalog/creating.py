"""Use case that makes a dataset with its first version in one go: of links, without any file."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import replace

from catalog import manifest
from catalog.catalog.datasets import Datasets
from catalog.catalog.publishing import TRIES, Plan
from catalog.catalog.versions import Versions
from catalog.errors import Stale
from catalog.events import VersionPublished
from catalog.model import Caller, Entry, Organisation, Resource, Version
from catalog.permit import publishing_act
from catalog.ports import Unit
from standards.record import Dataset


class Creating(Datasets, Versions):
    """What is complete when it is made: planned, sealed, and made visible in one transaction instead of four."""

    def create(self, caller: Caller, organisation: str, about: Dataset, links: Sequence[Resource], *, slug: str = "",
               visibility: str = "public") -> tuple[Entry, Version]:
        """Make a dataset and publish these links as its first version; who may not publish makes nothing.

        The manifest lies in the store before the version is visible. It names a dataset that nobody else can name, so
        no claim has to come before it: after a crash between the two it is an object that nobody knows, which the
        sweep notes and deletes a day later. Raises as ``draft`` and ``arrange`` do.
        """
        self._actor(caller)
        for _ in range(TRIES):
            with self._records.read() as unit:
                owner = self._organisation(unit, organisation, "#/organization")
                plan = self._complete(unit, caller, owner, self._draft_of(
                    unit, caller, owner, about, slug=slug, visibility=visibility), links)
            content = manifest.write(plan.entry, plan.version, plan.previous)
            self._files.put(io.BytesIO(content))
            done = self._appear(caller, plan, owner, hashlib.sha256(content).hexdigest())
            if done is not None:
                self._settled(caller, done[0].sequence)
                return done
        raise Stale("version-taken")

    def _complete(self, unit: Unit, caller: Caller, owner: Organisation, entry: Entry,
                  links: Sequence[Resource]) -> Plan:
        """Plan the first version of what is to be made; refused before anything is written."""
        self._must(caller, publishing_act(owner.review), organisation=owner.id)
        closed = self._maintained(unit)
        if closed is not None:
            raise closed.refusal(self._now())
        return self._next(unit, entry, owner, self._arranged(lambda _: links)(unit, entry, ()), act="arrange")

    def _appear(self, caller: Caller, plan: Plan, owner: Organisation, sealed: str) -> tuple[Entry, Version] | None:
        """Write all of it in one transaction; None when its agency or its address is not as it was planned."""
        version = replace(plan.version, manifest=sealed)
        actor, entry = self._actor(caller), plan.entry
        with self._records.begin() as unit:
            if unit.organisation(owner.id) != owner or unit.entry(entry.slug) is not None:
                return None
            number = unit.announce(VersionPublished(dataset=entry.id, number=version.number))
            shown = replace(entry, state="published", version=version.number, issued=version.issued,
                            modified=version.issued, sequence=number)
            unit.add_entry(shown)
            unit.add_version(version)
            if not unit.known(sealed):
                unit.adopt(sealed)
            unit.audit(actor, "draft", entry.id, slug=entry.slug, organisation=owner.id, visibility=entry.visibility)
            unit.audit(actor, plan.act, entry.id, version=version.number, manifest=sealed, submissions={}, note="")
        return shown, version
