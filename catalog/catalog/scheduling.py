"""Use cases ahead of publishing: the version that an upload would become, and uploads that come out at a set moment."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from catalog.catalog.publishing import RELEASED, Publishing
from catalog.errors import Conflict, Invalid, NotAllowed, Problem, Refusal, Unavailable
from catalog.model import Caller, Submission, Version
from catalog.ports import Unit
from catalog.release import changes_of, merge, resources_of

LOG = logging.getLogger("datamo.schedule")
FARTHEST = timedelta(days=366)
"""How far ahead a moment may be: beyond it nobody remembers what she decided."""


class Scheduling(Publishing):
    """What is decided now and becomes visible later."""

    def prospect(self, caller: Caller, submission: str) -> Version:
        """Give the version that a ready upload would become if it came out now; nothing changes.

        It has no manifest, for nothing is sealed. Raises NotFound, Gone, Conflict("wrong-state").
        """
        with self._records.read() as unit:
            one, entry = self._submission(unit, caller, submission)
            before = self._basis(unit, entry)
            owner = self._organisation(unit, entry.organisation)
            plan = self._next(unit, entry, owner, merge(before, resources_of(one, before)), act="publish")
        return replace(plan.version, note=one.options.note, changes=changes_of((one,)))

    def schedule(self, caller: Caller, submission: str, at: datetime) -> Submission:
        """Have a ready upload published at a moment to come, on the caller's word, who must be allowed to do it now.

        A new check or a decision takes the moment away. Raises NotFound, NotAllowed, Invalid,
        Conflict("wrong-state" | "declaration-missing" | "declared-protected").
        """
        actor = self._actor(caller)
        now = self._now()
        if not now < at <= now + FARTHEST:
            raise Invalid(problems=[Problem("#/at", "not-ahead", {"days": FARTHEST.days})])
        with self._records.begin() as unit:
            one, entry = self._submission(unit, caller, submission)
            owner = self._organisation(unit, entry.organisation)
            if caller.person is None:
                raise NotAllowed
            self._may_release(caller, owner, (one,), approve=one.state == "in_review")
            if one.state not in RELEASED:
                raise Conflict("wrong-state", state=one.state, submission=one.id)
            self._refuse_undeclared(owner, (one,))
            one = replace(one, due=at, due_by=caller.person.id, reason=None)
            unit.save_submission(one)
            unit.audit(actor, "schedule", one.id, at=at.isoformat(), sha256=one.staged.sha256)
        return one

    def unschedule(self, caller: Caller, submission: str) -> Submission:
        """Take the moment back: the upload waits for somebody again. Raises NotFound, NotAllowed, Conflict."""
        actor = self._actor(caller)
        with self._records.begin() as unit:
            one, entry = self._submission(unit, caller, submission)
            self._must(caller, "upload", organisation=entry.organisation)
            if one.due is None or one.state not in RELEASED:
                raise Conflict("wrong-state", state=one.state, submission=one.id)
            one = replace(one, due=None, due_by="")
            unit.save_submission(one)
            unit.audit(actor, "unschedule", one.id)
        return one

    def publish_due(self) -> int:
        """Publish what was to come out by now; for the worker. Returns how many versions that made.

        What is refused (the person left, the agency was closed) waits for somebody again, with the reason; what fails
        because something outside is down is tried at the next look.
        """
        with self._records.read() as unit:
            due = unit.due_submissions(self._now())
        return sum(self._come_out(one) for one in due)

    def _come_out(self, one: Submission) -> bool:
        with self._records.read() as unit:
            caller = _caller(unit, one.due_by)
        try:
            self.publish(caller, [one.id], approve=one.state == "in_review")
        except Unavailable as away:
            LOG.warning("%s comes out later: %s", one.id, away.code)
            return False
        except Refusal as refused:
            self._missed(one, {"code": refused.code, "params": {}})
            return False
        return True

    def _missed(self, one: Submission, reason: Mapping[str, Any]) -> None:
        """Note why an upload did not come out at its moment, unless somebody decided on it meanwhile."""
        with self._records.begin() as unit:
            now = self._found(unit, one.id)
            if now.state in RELEASED and now.due == one.due:
                unit.save_submission(replace(now, due=None, due_by="", reason=reason))
                unit.audit("system", "schedule-missed", one.id, reason=str(reason["code"]), by=one.due_by)


def _caller(unit: Unit, person: str) -> Caller:
    """Give the person as she stands today: with her roles, or nobody when she is gone."""
    found = unit.person(person)
    if found is None:
        return Caller()
    roles = {held.organisation: held.role for held in unit.memberships(person=person)}
    return Caller(person=found, roles=roles, via="token")
