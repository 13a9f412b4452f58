"""Use cases of what is kept beside: ids that things had elsewhere, and what CKAN's words hang on them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from catalog.catalog.base import Base
from catalog.errors import Conflict, Invalid, NotFound, Problem
from catalog.model import AuditRow, Caller, Mark, Origin
from catalog.ports import Unit

LONGEST = 200
"""Characters that a source, an id of elsewhere or a mark's id may have."""

ALONE = frozenset({
    "draft", "amend", "add-link", "arrange", "remove-resource", "publish", "approve", "republish", "withdraw",
    "remove-draft", "save-table", "drop-table", "insert-rows", "upsert-rows", "update-rows", "delete-rows",
})
"""Deeds that change what is seen of the one dataset that they name, and nothing else."""

UNSEEN = frozenset({"sign-in", "add-token", "drop-token", "attach"})
"""Deeds that change nothing that is seen of any dataset."""

KINDS_OF_ONE = frozenset({"version-published", "dataset-withdrawn", "dataset-changed"})
MOST_TOUCHED = 200
MOST_FAR = 20_000
"""Rows that are looked through for what was written: since a moment ago, and since a process was here last."""


class Keeping(Base):
    """Ids of elsewhere lead to what is held here; they are never adopted, and never hide an id or address of ours."""

    def keep_origins(self, caller: Caller, origins: Sequence[Origin]) -> None:
        """Let ids that things had elsewhere lead to them, in one transaction.

        For datasets and resources whoever may describe the dataset may say so, for the others operators. Raises
        NotFound, NotAllowed, Invalid.
        """
        actor = self._actor(caller)
        wrong = [Problem(f"#/{at}", "too-long", {"limit": LONGEST}) for at, one in enumerate(origins)
                 if not 0 < len(one.remote) <= LONGEST or not 0 < len(one.source) <= LONGEST]
        if wrong:
            raise Invalid(problems=wrong)
        with self._records.begin() as unit:
            for one in origins:
                unit.save_origin(replace(one, target=self._target(unit, caller, one)))
            if origins:
                told = sorted({one.source for one in origins})
                unit.audit(actor, "keep-origins", origins[0].target, count=len(origins), sources=told[:10])

    def _target(self, unit: Unit, caller: Caller, one: Origin) -> str:
        """Give the id of what an id of elsewhere is to lead to; raises NotFound, NotAllowed."""
        if one.kind in ("dataset", "resource"):
            entry = self._entry(unit, caller, one.target)
            self._must(caller, "describe", organisation=entry.organisation)
            return entry.id
        self._must(caller, "restructure")
        if one.kind == "organisation":
            return self._organisation(unit, one.target).id
        if one.kind == "group":
            if unit.mark("group", one.target) is None:
                raise NotFound
            return one.target
        person = unit.person(one.target)
        if person is None:
            raise NotFound
        return person.id

    def origin(self, kind: str, remote: str, source: str = "") -> Origin | None:
        """Find where an id of elsewhere leads; whoever asks looks then whether she may see that."""
        with self._records.read() as unit:
            return unit.origin(kind, remote, source)

    def origins(self, *, kind: str = "", source: str = "", targets: Sequence[str] | None = None) -> Sequence[Origin]:
        """Give the ids of elsewhere: of a kind, of a source, of these things of ours (their ids)."""
        with self._records.read() as unit:
            return unit.origins(kind=kind, source=source, targets=targets)

    # -- what hangs on things -----------------------------------------------------------------------------------
    def keep_mark(self, caller: Caller, act: str, kind: str, key: str, *, organisation: str = "", subject: str = "",
                  person: str = "", body: Mapping[str, Any] | None = None, alone: bool = False) -> Mark:
        """Keep a mark in place of what it was; ``act`` on a thing of ``organisation`` is what the caller must may.

        Without an act it is the caller's own affair: anybody who is known may. With ``alone`` no other mark of the kind
        may be on the same subject. Raises NotKnown, NotAllowed, Invalid, Conflict("name-taken").
        """
        actor, now = self._actor(caller), self._now()
        if act:
            self._must(caller, act, organisation=organisation)
        if not 0 < len(key) <= LONGEST or len(subject) > LONGEST:
            raise Invalid(problems=[Problem("#/id", "too-long", {"limit": LONGEST})])
        with self._records.begin() as unit:
            before = unit.mark(kind, key)
            if alone and any(each.id != key for each in unit.marks(kind, subjects=[subject])):
                raise Conflict("name-taken")
            one = Mark(kind=kind, id=key, subject=subject, person=person, body=dict(body or {}),
                       created=before.created if before else now, modified=now)
            unit.save_mark(one)
            unit.audit(actor, f"keep-{kind}", subject or key, mark=key)
        return one

    def drop_mark(self, caller: Caller, act: str, kind: str, key: str, *, organisation: str = "",
                  whole: bool = False) -> None:
        """Forget a mark, with ``whole`` also what hangs on it and led to it. Raises NotKnown, NotAllowed, NotFound."""
        actor = self._actor(caller)
        if act:
            self._must(caller, act, organisation=organisation)
        with self._records.begin() as unit:
            found = unit.mark(kind, key)
            if found is None or not unit.drop_mark(kind, key):
                raise NotFound
            if whole:
                unit.drop_marks(key)
                unit.drop_origins(key)
            unit.audit(actor, f"drop-{kind}", found.subject or key, mark=key)

    def deeds(self, *, targets: Sequence[str] | None = None, actor: str = "", acts: Sequence[str] = (),
              after: datetime | None = None, before: datetime | None = None, sequence: int = 0,
              limit: int = 1000) -> Sequence[AuditRow]:
        """Give what was done, newest first; whoever asks shows of it only what the reader may know."""
        with self._records.read() as unit:
            return list(unit.deeds(targets=targets, actor=actor, acts=acts, after=after, before=before,
                                   sequence=sequence, limit=limit))

    def last_deeds(self) -> tuple[int, int, int]:
        """Give the newest numbers of the change sequence and of the audit chain, and how far search has followed.

        While they stand, nothing changes that anybody sees.
        """
        with self._records.read() as unit:
            return unit.last_change(), next((row.sequence for row in unit.deeds(limit=1)), 0), unit.position("index")

    def hash_of_deed(self, sequence: int) -> str:
        """Give the hash of a row of the audit chain, "" where there is none; it covers every row before."""
        with self._records.read() as unit:
            return next((row.hash for row in unit.audit_rows(sequence - 1, 1) if row.sequence == sequence), "")

    def touched(self, changes: int, deeds: int, most: int = MOST_TOUCHED) -> Collection[str] | None:
        """Give the datasets that were written since these numbers; None where more than single datasets changed.

        None also where there are ``most`` rows or more.
        """
        with self._records.read() as unit:
            rows = list(unit.audit_rows(deeds, most))
            moved = unit.changes(changes - 1, most)
        if not moved or moved[0].sequence != changes or any(one.kind not in KINDS_OF_ONE for one in moved):
            return None  # the site was emptied, or has just begun
        if max(len(rows), len(moved)) == most or any(row.act not in ALONE | UNSEEN for row in rows):
            return None
        return {one.dataset for one in moved[1:]} | {row.object for row in rows if row.act in ALONE}

    def mark(self, kind: str, key: str) -> Mark | None:
        """Find a mark; whoever asks looks then whether she may see what it hangs on."""
        with self._records.read() as unit:
            return unit.mark(kind, key)

    def marks(self, kind: str, *, subjects: Sequence[str] | None = None, person: str = "",
              limit: int = 10_000) -> Sequence[Mark]:
        """Give marks of a kind: on these subjects, of a person, or all."""
        with self._records.read() as unit:
            return unit.marks(kind, subjects=subjects, person=person, limit=limit)
