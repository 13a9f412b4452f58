"""Use cases of announcing: a change of columns that breaks what readers built is said before it comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from catalog.catalog.datasets import Datasets
from catalog.columns import VIETNAM
from catalog.errors import Conflict, NotFound, Problem
from catalog.members import TEXT_LIMIT, check_text, refuse
from catalog.model import Caller, Entry, Notice
from standards.record import Text

MOST = 20


class Announcing(Datasets):
    """Announcements stand with their dataset: on its page, in the API, in its feed, and webhooks are told."""

    def announce_change(self, caller: Caller, key: str, *, effective: date, columns: Sequence[str] = (),
                        resource: str = "", words: Text | None = None) -> Notice:
        """Announce that columns of a table (the first one for "") change from a day on; no columns: any of them.

        Raises NotFound, NotAllowed, Invalid, Conflict("notices-too-many" | "never-published").
        """
        actor, now = self._actor(caller), self._now()
        with self._records.begin() as unit:
            entry = self._entry(unit, caller, key)
            self._must(caller, "describe", organisation=entry.organisation)
            if entry.version is None or entry.state != "published":
                raise Conflict("never-published")
            if len(entry.notices) >= MOST:
                raise Conflict("notices-too-many", most=MOST)
            version = self._version(unit, entry, None)
            tables = {one.name: one for one in version.resources if one.kind == "table"}
            table = tables.get(resource) if resource else version.first_table
            known = {one.name for one in table.columns} if table else set()
            refuse([
                *([] if table else [Problem("#/resource", "unknown-value", {"value": resource})]),
                *(Problem(f"#/columns/{at}", "unknown-column", {"column": one})
                  for at, one in enumerate(columns) if table and one not in known),
                *([] if effective > now.astimezone(VIETNAM).date() else [Problem("#/effective", "in-the-past")]),
                *check_text("#/words", words or {}, limit=TEXT_LIMIT),
            ])
            assert table is not None
            made = Notice(id=self._new_id(), resource=table.name, columns=tuple(dict.fromkeys(columns)),
                          effective=effective, words=dict(words or {}), made=now, by=actor)
            told = self._tell(unit, replace(entry, notices=(*entry.notices, made), modified=now))
            unit.audit(actor, "announce-change", entry.id, resource=made.resource, columns=list(made.columns),
                       effective=effective.isoformat())
        self._settled(caller, told.sequence)
        return made

    def drop_notice(self, caller: Caller, key: str, notice: str) -> Entry:
        """Take an announcement back. Raises NotFound, NotAllowed."""
        actor = self._actor(caller)
        with self._records.begin() as unit:
            entry = self._entry(unit, caller, key)
            self._must(caller, "describe", organisation=entry.organisation)
            left = tuple(one for one in entry.notices if one.id != notice)
            if len(left) == len(entry.notices):
                raise NotFound
            told = self._tell(unit, replace(entry, notices=left, modified=self._now()))
            unit.audit(actor, "drop-notice", entry.id, notice=notice)
        self._settled(caller, told.sequence)
        return told
