"""Use cases that free names: what was withdrawn keeps its tombstone under its id, its address may be taken again."""

from __future__ import annotations

from dataclasses import replace

from catalog.catalog.agencies import Agencies
from catalog.catalog.datasets import Datasets
from catalog.catalog.versions import Versions
from catalog.errors import Conflict
from catalog.model import Caller, Closing, Role
from catalog.permit import may
from catalog.ports import Unit


class Purging(Agencies, Datasets, Versions):
    """Purging is for operators: it withdraws, forgets addresses and what hung on the thing, and erases no bytes."""

    def purge(self, caller: Caller, key: str, reason: str) -> str:
        """Take a dataset away for good and free its address; returns its id. Raises NotFound, NotAllowed."""
        actor = self._actor(caller)
        self._must(caller, "operate")
        with self._records.read() as unit:
            entry = self._entry(unit, caller, key)
        if entry.version is None and entry.kind == "dataset":
            self.remove_draft(caller, entry.id)
            return entry.id
        self.withdraw(caller, entry.id, reason)
        with self._records.begin() as unit:
            entry = self._entry(unit, caller, entry.id)
            unit.save_entry(replace(entry, slug=entry.id))
            self._forget(unit, "dataset", entry.id)
            unit.audit(actor, "purge", entry.id, slug=entry.slug)
        return entry.id

    def purge_organisation(self, caller: Caller, key: str, closing: Closing) -> str:
        """Close an agency that has no datasets any more and free its address and code; returns its id.

        Raises NotFound, NotAllowed, Conflict("organisation-not-empty").
        """
        actor = self._actor(caller)
        self._must(caller, "restructure")
        with self._records.read() as unit:
            one = self._organisation(unit, key)
            after = ""
            while page := unit.entries(organisation=one.id, after=after):
                if any(entry.state != "withdrawn" for entry in page):
                    raise Conflict("organisation-not-empty", organisation=one.public_id)
                after = page[-1].id
        if one.state == "open":
            self.restructure(caller, one.id, closing)
        with self._records.begin() as unit:
            one = self._organisation(unit, one.id)
            unit.save_organisation(replace(one, slug=one.id, code=""))
            self._forget(unit, "organisation", one.id)
            unit.audit(actor, "purge-organisation", one.id, slug=one.slug, code=one.code)
        return one.id

    @staticmethod
    def _forget(unit: Unit, kind: str, target: str) -> None:
        for alias in unit.aliases(kind, target):
            unit.drop_alias(kind, alias)
        unit.drop_origins(target)
        unit.drop_marks(target)

    def shared(self, caller: Caller, key: str) -> Caller:
        """Give the caller with what she may do as a collaborator of one dataset; only for acts on that dataset.

        Her capacity counts as a role in its agency while she acts on it; whoever has a role there keeps her own.
        """
        if caller.person is None or may(caller, "operate"):
            return caller
        with self._records.read() as unit:
            entry = unit.entry(key)
            mark = unit.mark("collaborator", f"{entry.id}:{caller.person.id}") if entry else None
        if entry is None or mark is None or entry.organisation in caller.roles:
            return caller
        role: Role = "reader" if mark.body.get("capacity") == "member" else "editor"
        return replace(caller, roles={**caller.roles, entry.organisation: role})
