"""Use cases of an upload's road: attach, check, settle, submit, approve, reject; publishing has its own room."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from catalog.catalog.base import Base, tombstone
from catalog.catalog.datasets import refuse_closed
from catalog.declaration import Declaration
from catalog.errors import Conflict, Gone, Invalid, NotAllowed, NotFound, Problem, Stale, TooLarge
from catalog.events import FileArrived
from catalog.members import check_options, refuse
from catalog.model import (
    Artefact,
    Caller,
    Entry,
    Options,
    Organisation,
    Outcome,
    Staged,
    Submission,
    TableOutcome,
)
from catalog.permit import may
from catalog.ports import Unit
from standards.finding import reason_of
from standards.repair import replayed

UNSETTLED = ("received", "checking", "blocked", "ready", "failed")
"""States in which the worker's outcome counts; afterwards people have decided."""

ATTACHED = "attached:"
"""Under which kept answers note the submission that was made under an Idempotency-Key."""

SET_ASIDE = "set-aside"
"""Why an upload stands at ``failed`` though nobody has read it: its check broke off by a fault of ours."""

CHUNK = 1024 * 1024


def with_recipe(unit: Unit, entry: Entry, options: Options) -> Options:
    """Take over what the resource's recipe says, beside what was asked; what was taken over is noted."""
    if not options.replay or options.sheet == "all" or entry.version is None:
        return options
    newest = unit.version(entry.id, entry.version)
    first = newest.first_table if newest else None
    resource = options.resource or (first.name if first else "")
    recipe = unit.recipe(entry.id, resource) if resource else None
    if recipe is None:
        return options
    again, anew = replayed(recipe.fixes)
    taken = {"version": recipe.version, "fixes": list(again), "anew": list(anew), "read": dict(recipe.read)}
    return replace(options, fixes=tuple(dict.fromkeys((*options.fixes, *again))),
                   read={**recipe.read, **options.read}, recipe=taken)


def _left(recipe: Mapping[str, Any], fixes: Sequence[str]) -> Mapping[str, Any]:
    """Say what is still taken over from a recipe when the acceptances change; its questions are answered then."""
    if not recipe:
        return recipe
    return {**recipe, "fixes": [one for one in recipe.get("fixes", ()) if one in fixes], "anew": []}


def arrived(unit: Unit, one: Submission, *, urgent: bool = True) -> FileArrived:
    """Say that a file has to be checked, whose it is and how large."""
    entry = unit.entry(one.dataset)
    whose = entry.organisation if entry else ""
    return FileArrived(submission=one.id, attempt=one.attempt, agency=whose, size=one.staged.bytes, urgent=urgent)


def is_set_aside(one: Submission) -> bool:
    """Tell whether the check broke off by a fault of ours, and may be taken up again."""
    return one.state == "failed" and (one.reason or {}).get("code") == SET_ASIDE


def unknown_upload(upload: str) -> Invalid:
    """Say that there is no such upload, or none that is the caller's."""
    return Invalid("unknown-upload", problems=[Problem("#/upload", "unknown-upload", {"upload": upload[:100]})],
                   upload=upload[:100])


class Submissions(Base):
    """Files on their way to the shelf."""

    def may_submit(self, caller: Caller, key: str) -> Entry:
        """Give the dataset, if the caller may upload to it; raises NotFound, NotAllowed, Gone, Conflict."""
        self._actor(caller)
        with self._records.read() as unit:
            return self._open_to(unit, caller, key)

    def _open_to(self, unit: Unit, caller: Caller, key: str) -> Entry:
        entry = self._entry(unit, caller, key)
        self._must(caller, "upload", organisation=entry.organisation)
        if entry.state == "withdrawn":
            raise Gone(**tombstone(entry))
        if entry.kind != "dataset":
            raise Conflict("series-holds-no-files")
        refuse_closed(self._organisation(unit, entry.organisation))
        return entry

    def attach(self, caller: Caller, key: str, staged: Staged, options: Options, *, upload: str = "",
               once: tuple[str, str] = ("", "")) -> Submission:
        """Record the upload and announce FileArrived in one transaction; after it, the upload is never lost.

        ``once`` is a key and what was asked for under it: asked again, the first submission is given again, also
        when the process died before it could answer.
        ``upload`` is the id of one that came in piece by piece: its bytes become the submission's, once.
        Raises NotFound, NotAllowed, Gone, Conflict, Invalid, TooLarge.
        """
        actor = self._actor(caller)
        if staged.bytes > self.upload_limit:
            raise TooLarge("too-large", limit=self.upload_limit)
        refuse(check_options(options))
        with self._records.begin() as unit:
            entry = self._open_to(unit, caller, key)
            if once[0] and (before := self._before(unit, *once)) is not None:
                return before
            if options.update != "replace" and entry.version is None:
                raise Invalid(problems=[Problem("#/update", "nothing-to-add-to")])
            if unit.erased([staged.sha256]):
                raise Conflict("erased-bytes")
            if upload and not unit.drop_upload(upload):
                raise unknown_upload(upload)
            options = with_recipe(unit, entry, options)
            one = Submission(
                id=self._new_id(), dataset=entry.id, state="received", staged=staged, options=options,
                by=caller.person.id if caller.person else "", created=self._now(),
                declaration=self._declared(caller, options.declaration) if options.declaration else None,
            )
            unit.add_submission(one)
            unit.announce(arrived(unit, one))
            unit.audit(actor, "attach", one.id, dataset=entry.id, sha256=staged.sha256, bytes=staged.bytes,
                       **({"recipe": dict(options.recipe)} if options.recipe else {}))
            if one.declaration is not None:
                unit.audit(actor, "declare", one.id, answer=one.declaration.answer, note="", sha256=staged.sha256)
            if once[0]:
                unit.remember(ATTACHED + once[0], once[1], one.id.encode())
        return one

    @staticmethod
    def _before(unit: Unit, key: str, asked: str) -> Submission | None:
        """Give the submission that was made under a key; Invalid when something else was asked for under it."""
        kept = unit.recall(ATTACHED + key)
        if kept is not None and kept[0] != asked:
            raise Invalid("idempotency-key-reused")
        return unit.submission(kept[1].decode()) if kept else None

    def _declared(self, caller: Caller, answer: str, note: str = "") -> Declaration:
        by = caller.person.id if caller.person else ""
        return Declaration(answer="contains" if answer == "contains" else "none", by=by, at=self._now(), note=note)

    def submission(self, caller: Caller, submission: str) -> Submission:
        """Find an upload; raises NotFound. With ``search_wait`` a published one is given when search finds it."""
        with self._records.read() as unit:
            one, entry = self._submission(unit, caller, submission)
        if one.state == "published":
            self._settled(caller, entry.sequence)
        return one

    def _submission(self, unit: Unit, caller: Caller, key: str) -> tuple[Submission, Entry]:
        """Find an upload and its dataset, for those who may see what the agency keeps to itself; raises NotFound."""
        one = unit.submission(key)
        entry = unit.entry(one.dataset) if one else None
        if one is None or entry is None or not may(caller, "see", organisation=entry.organisation):
            raise NotFound
        return one, entry

    def submissions(self, caller: Caller, *, dataset: str = "", states: Sequence[str] = (),
                    limit: int = 100) -> Sequence[Submission]:
        """List uploads that the caller may see, newest first; of one dataset (raises NotFound), or of all."""
        with self._records.read() as unit:
            if dataset:
                entry = self._entry(unit, caller, dataset)
                shown = may(caller, "see", organisation=entry.organisation)
                return unit.submissions(dataset=entry.id, states=states, limit=limit) if shown else []
            homes = [one for one in caller.roles if may(caller, "see", organisation=one)]
            everywhere = may(caller, "operate")
            return unit.submissions(organisations=None if everywhere else homes, states=states, limit=limit)

    # -- the worker ---------------------------------------------------------------------------------------------
    def begin_check(self, submission: str) -> Submission:
        """Note that the worker takes it: received → checking (idempotent); raises NotFound when it was removed.

        A check that was set aside begins again in the same way.
        """
        with self._records.begin() as unit:
            one = self._found(unit, submission)
            if one.state == "received" or is_set_aside(one):
                one = replace(one, state="checking", reason=None, finished=None)
                unit.save_submission(one)
        return one

    def set_aside(self, submission: str) -> Submission:
        """Note that its check broke off for good by a fault of ours: checking → failed; its file stays for a retry."""
        with self._records.begin() as unit:
            one = self._found(unit, submission)
            if one.state in ("received", "checking"):
                one = replace(one, state="failed", reason={"code": SET_ASIDE, "params": {}}, finished=self._now())
                unit.save_submission(one)
                unit.audit("system", "check-set-aside", one.id)
        return one

    @staticmethod
    def _found(unit: Unit, submission: str) -> Submission:
        one = unit.submission(submission)
        if one is None:
            raise NotFound
        return one

    def dataset_of(self, submission: str) -> Entry:
        """Give the dataset of an upload, for the worker; raises NotFound."""
        with self._records.read() as unit:
            entry = unit.entry(self._found(unit, submission).dataset)
            if entry is None:
                raise NotFound
            return entry

    def shelve(self, submission: str, artefact: Artefact) -> Artefact:
        """Put a file from the work folder as an object, claimed for the upload first; gives it with hash and size."""
        path = Path(artefact.path)
        digest = hashlib.sha256()
        with path.open("rb") as content:
            while chunk := content.read(CHUNK):
                digest.update(chunk)
        with self._records.begin() as unit:
            self._found(unit, submission)
            unit.claim(digest.hexdigest(), submission)
        with path.open("rb") as content:
            sha256, size = self._files.put(content)
        if sha256 != digest.hexdigest():
            raise Stale("file-changed", name=artefact.name)
        return replace(artefact, path="", sha256=sha256, bytes=size)

    def shelve_outcome(self, submission: str, outcome: Outcome) -> Outcome:
        """Put all files of an outcome that are still in the work folder as objects."""

        def put(one: Artefact | None) -> Artefact | None:
            return self.shelve(submission, one) if one is not None and one.path else one

        def table(one: TableOutcome) -> TableOutcome:
            return replace(one, artefacts=tuple(put(part) or part for part in one.artefacts))

        return replace(
            outcome, original=put(outcome.original), attachment=put(outcome.attachment),
            tables=tuple(table(one) for one in outcome.tables),
        )

    def settle(self, submission: str, outcome: Outcome) -> Submission:
        """Record what the check found: failed, blocked or ready; idempotent, and without effect after a decision."""
        with self._records.begin() as unit:
            one = self._found(unit, submission)
            if one.state not in UNSETTLED or (one.outcome == outcome and one.state not in ("received", "checking")):
                return one
            state, reason = _verdict(outcome)
            one = replace(
                one, state=state, outcome=outcome, reason=reason, finished=self._now(),  # type: ignore[arg-type]  # _verdict gives one of three
            )
            unit.save_submission(one)
            if state == "failed":
                unit.release_claims(one.id)
            unit.audit("system", f"check-{state}", one.id, reason=(reason or {}).get("code", ""))
        return one

    def may_publish_by_itself(self, submission: str) -> bool:
        """Tell whether nothing blocks, publishing was asked for and the agency's rule needs no second person."""
        with self._records.read() as unit:
            one = unit.submission(submission)
            entry = unit.entry(one.dataset) if one else None
            owner = unit.organisation(entry.organisation) if entry else None
            return one is not None and owner is not None and self._by_itself(unit, one, owner)

    def _by_itself(self, unit: Unit, one: Submission, owner: Organisation) -> bool:
        """Whoever uploaded must still be of the agency (or the site itself) when her file comes out.

        Where a recipe does not fit any more, or nobody answered what the agency asks, somebody has to look first.
        """
        asked = owner.declares or self._declaration == "required"
        if (one.declaration.answer == "contains") if one.declaration is not None else asked:
            return False
        if one.state != "ready" or not one.options.publish or owner.review != "none" or owner.state != "open":
            return False
        if one.outcome is not None and any(table.unfit for table in one.outcome.tables):
            return False
        if one.by == "system":
            return True
        person = unit.person(one.by)
        roles = {held.organisation: held.role for held in unit.memberships(person=one.by)}
        return person is not None and may(Caller(person=person, roles=roles), "publish", organisation=owner.id)

    # -- the desk -----------------------------------------------------------------------------------------------
    def recheck(self, caller: Caller, submission: str, *, fixes: Sequence[str] | None = None,
                read: Mapping[str, Any] | None = None, sheet: str | None = None,
                publish: bool | None = None, standard: str | None = None) -> Submission:
        """Have an upload checked again with repairs accepted, read in another way, or held against another standard.

        It may be blocked, or ready and not decided on; to be read otherwise also failed. Raises Conflict otherwise.
        """
        actor = self._actor(caller)
        with self._records.begin() as unit:
            one, entry = self._submission(unit, caller, submission)
            self._must(caller, "upload", organisation=entry.organisation)
            options = replace(
                one.options, fixes=one.options.fixes if fixes is None else tuple(dict.fromkeys(fixes)),
                read=one.options.read if read is None else dict(read),
                sheet=one.options.sheet if sheet is None else sheet,
                publish=one.options.publish if publish is None else publish,
                standard=one.options.standard if standard is None else standard,
            )
            if one.state in ("failed", "rejected"):
                self._still_there(one)
            states = ("blocked", "ready", "rejected", *(() if read is None and sheet is None else ("failed",)))
            one = self._again(unit, one, options, states)
            more = {"read": dict(options.read)} if options.read else {}
            unit.audit(actor, "recheck", one.id, fixes=list(options.fixes), **more)
        return one

    def _still_there(self, one: Submission) -> None:
        try:
            self._files.open_staged(one.staged.key).close()
        except (NotFound, OSError):
            raise Conflict("wrong-state", state=one.state) from None

    @staticmethod
    def _again(unit: Unit, one: Submission, options: Options, states: Sequence[str] = ("blocked",)) -> Submission:
        if one.state not in states:
            raise Conflict("wrong-state", state=one.state)
        one = replace(one, state="received", options=options, attempt=one.attempt + 1, outcome=None, reason=None,
                      finished=None, due=None, reviewer="")
        unit.save_submission(one)
        unit.announce(arrived(unit, one))
        return one

    def release_column(self, caller: Caller, submission: str, column: str, *, reason: str, basis: str) -> Submission:
        """Let a column held back as personal data pass: a second person, with reason and legal basis; checked again."""
        actor = self._actor(caller)
        with self._records.begin() as unit:
            one, entry = self._submission(unit, caller, submission)
            self._must(caller, "release-column", organisation=entry.organisation)
            self._second_person(caller, one)
            given = {"reason": reason, "basis": basis, "column": column}
            refuse(Problem(f"#/{member}", "required") for member, words in given.items() if not words.strip())
            one = self._again(unit, one, replace(one.options, released=(*one.options.released, column)))
            unit.audit(actor, "release-column", one.id, **given)
        return one

    @staticmethod
    def _second_person(caller: Caller, one: Submission) -> None:
        if caller.person is None or caller.person.id == one.by:
            raise NotAllowed("own-submission")

    def submit(self, caller: Caller, submission: str, note: str = "") -> Submission:
        """Hand a ready upload to a second person: ready → in_review. Raises NotAllowed, Conflict("wrong-state")."""
        return self._decide(caller, submission, "submit", ("ready",), state="in_review", review_note=note)

    def reject(self, caller: Caller, submission: str, reason: str) -> Submission:
        """Turn an upload down, with the reason. Raises NotAllowed, Invalid, Conflict("wrong-state")."""
        self._actor(caller)
        refuse([] if reason.strip() else [Problem("#/reason", "required")])
        return self._decide(
            caller, submission, "reject", ("ready", "in_review", "blocked"), state="rejected", review_note=reason,
            reason={"code": "rejected", "params": {"detail": reason}}, finished=self._now(),
            reviewer=caller.person.id if caller.person else "",
        )

    def _decide(self, caller: Caller, submission: str, act: str, states: Sequence[str], **members: Any) -> Submission:
        actor = self._actor(caller)
        with self._records.begin() as unit:
            one, entry = self._submission(unit, caller, submission)
            self._must(caller, act, organisation=entry.organisation)
            if one.state not in states:
                raise Conflict("wrong-state", state=one.state)
            one = replace(one, due=None, **members)
            unit.save_submission(one)
            if one.state == "rejected":
                unit.release_claims(one.id)
            unit.audit(actor, act, one.id, sha256=one.staged.sha256, note=one.review_note)
        return one


def _verdict(outcome: Outcome) -> tuple[str, Mapping[str, Any] | None]:
    """Give the state that an outcome means, with the first thing that failed or blocks."""
    if not outcome.readable:
        return "failed", outcome.reason or {"code": "unreadable", "params": {}}
    if outcome.valid:
        return "ready", None
    return "blocked", outcome.reason or _first_block(outcome)


def _first_block(outcome: Outcome) -> Mapping[str, Any]:
    for table in outcome.tables:
        for finding in table.findings:
            if finding.severity == "error":
                return reason_of(finding)
    return {"code": "not-valid", "params": {}}
