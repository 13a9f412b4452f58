"""Use cases of erasure: personal data published by mistake goes, when one person asked for it and another confirmed."""

from __future__ import annotations

import base64
import json
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Literal

from catalog.catalog.base import Base
from catalog.erasure import BASIS, Erasure, betrays
from catalog.errors import Conflict, Gone, NotAllowed, NotFound, Problem, Stale
from catalog.events import DatasetWithdrawn
from catalog.members import TEXT_LIMIT, TITLE_LIMIT, check_words, refuse
from catalog.model import Caller, Entry, Options, Submission, Version
from catalog.permit import may
from catalog.ports import Unit
from standards.record import Dataset

ALL = 1_000_000
OPEN = ("asked",)
WAITING = ("ready", "in_review")
"""Uploads whose objects are stored already, and that no version names yet."""
Sharing = Literal["", "include", "keep"]


@dataclass(slots=True)
class Scope:
    """What goes, as far as it is resolved: versions, uploads and the hashes that both name."""

    versions: dict[tuple[str, int], Version] = field(default_factory=dict)
    uploads: dict[str, Submission] = field(default_factory=dict)
    hashes: set[str] = field(default_factory=set)

    def take_version(self, one: Version) -> None:
        """Add a version with everything that it names."""
        self.versions[one.dataset, one.number] = one
        self.hashes |= {file.sha256 for file in one.files} | ({one.manifest} if one.manifest else set())

    def take_upload(self, one: Submission) -> None:
        """Add an upload with everything that it names."""
        self.uploads[one.id] = one
        self.hashes |= {one.staged.sha256, *_made_of(one)}


class Erasing(Base):
    """Two people, one scope, and a record without values. Works also while the site is read-only."""

    def plan_erasure(self, caller: Caller, dataset: str, *, versions: Sequence[int] = (), upload: str = "",
                     reason: str = "", basis: str = BASIS, sharing: Sharing = "") -> Erasure:
        """Say what an erasure would take away, without asking for it; raises what ``ask_erasure`` raises."""
        with self._raw.read() as unit:
            return self._planned(unit, caller, dataset, versions, upload, reason, basis, sharing)

    def ask_erasure(self, caller: Caller, dataset: str, *, versions: Sequence[int] = (), upload: str = "",
                    reason: str, basis: str = BASIS, sharing: Sharing = "") -> Erasure:
        """Ask for an erasure: of a whole dataset, of versions of it, or of an upload with the versions made of it.

        ``sharing`` decides where others refer to the same bytes: ``include`` them or ``keep`` the bytes. Raises
        NotFound, NotAllowed, Invalid (also where the reason holds personal data),
        Conflict("erasure-shared" | "erasure-open").
        """
        actor = self._a_person(caller)
        wrong = [Problem("#/reason", "required")] if not reason.strip() else []
        refuse([*wrong, *check_words("#/reason", reason, TEXT_LIMIT), *check_words("#/basis", basis, TITLE_LIMIT)])
        with self._raw.begin() as unit:
            one = self._planned(unit, caller, dataset, versions, upload, reason, basis, sharing)
            if any((other.dataset, other.versions, other.upload) == (one.dataset, one.versions, one.upload)
                   for other in unit.erasures(states=OPEN)):
                raise Conflict("erasure-open")
            one = replace(one, id=self._new_id(), asked_by=actor)
            unit.save_erasure(one)
            unit.audit(actor, "ask-erasure", one.dataset, erasure=one.id, erased=list(one.versions), whole=one.whole,
                       upload=one.upload, objects=len(one.hashes), reason=one.reason, basis=one.basis)
        return one

    def confirm_erasure(self, caller: Caller, erasure: str) -> Erasure:
        """Confirm somebody else's request: from this commit on the addresses answer Gone, and the bytes leave.

        Raises NotFound, NotAllowed (also "own-erasure"), Conflict("wrong-state"), Stale("erasure-changed") when what
        would go is not any more what was asked for.
        """
        actor = self._a_person(caller)
        with self._raw.begin() as unit:
            one = self._erasure(unit, caller, erasure)
            for organisation in self._owners(unit, one):
                self._must(caller, "erase", organisation=organisation)
            if one.asked_by == actor:
                raise NotAllowed("own-erasure")
            if one.state in ("confirmed", "done"):
                return one
            if one.state != "asked":
                raise Conflict("wrong-state", state=one.state)
            now = self._planned(unit, self.system(), one.dataset, one.versions, one.upload, one.reason, one.basis,
                                one.sharing, whole=one.whole)
            if (set(now.hashes), set(now.scope)) != (set(one.hashes), set(one.scope)):
                raise Stale("erasure-changed")
            at = self._now()
            one = replace(now, id=one.id, asked=one.asked, asked_by=one.asked_by, confirmed_by=actor, confirmed=at,
                          state="confirmed", backups_until=at + timedelta(days=self.backup_days))
            sequence = bury(unit, one, actor)
        if one.whole:
            self._drop_tables(one.dataset)
        self._settled(caller, sequence)
        return one

    def refuse_erasure(self, caller: Caller, erasure: str) -> Erasure:
        """Turn a request down, or take one's own back. Raises NotFound, NotAllowed, Conflict("wrong-state")."""
        actor = self._a_person(caller)
        with self._raw.begin() as unit:
            one = self._erasure(unit, caller, erasure)
            if one.asked_by != actor:
                self._must(caller, "erase", organisation=one.organisation)
            if one.state != "asked":
                raise Conflict("wrong-state", state=one.state)
            one = replace(one, state="refused", finished=self._now())
            unit.save_erasure(one)
            unit.audit(actor, "refuse-erasure", one.dataset, erasure=one.id)
        return one

    def erasure(self, caller: Caller, erasure: str) -> Erasure:
        """Find an erasure, for the people of its agency; raises NotFound."""
        with self._raw.read() as unit:
            return self._erasure(unit, caller, erasure)

    def erasures(self, caller: Caller, *, states: Sequence[str] = ()) -> Sequence[Erasure]:
        """List the erasures of the caller's agencies (an operator: all), oldest first; raises NotKnown."""
        self._actor(caller)
        homes = [one for one in caller.roles if may(caller, "see", organisation=one)]
        with self._raw.read() as unit:
            return unit.erasures(states=states, organisations=None if may(caller, "operate") else homes)

    # -- the worker ---------------------------------------------------------------------------------------------
    def finish_erasure(self, erasure: str, *, store_keeps: bool = False) -> None:
        """Note that nothing is left: confirmed → done; idempotent. ``store_keeps`` says where that is not sure."""
        with self._raw.read() as unit:
            one = unit.erasure(erasure)
        if one is not None and one.whole:  # again: who confirmed it may have been killed before this
            self._drop_tables(one.dataset)
        with self._raw.begin() as unit:
            one = unit.erasure(erasure)
            if one is not None and one.state == "confirmed":
                unit.save_erasure(replace(one, state="done", finished=self._now(), staged=(), store_keeps=store_keeps))
                for sha256 in one.hashes:
                    unit.forget(sha256)
                unit.audit("system", "erased", one.dataset, erasure=one.id, objects=len(one.hashes),
                           store_keeps=store_keeps)

    def known_erasures(self) -> Sequence[Erasure]:
        """Every erasure that was confirmed, for the record that survives this database."""
        with self._raw.read() as unit:
            return unit.erasures(states=("confirmed", "done"))

    def erased_hashes(self, hashes: Sequence[str] | None = None) -> Sequence[str]:
        """Those of the hashes (or all there are) that may never come back."""
        with self._raw.read() as unit:
            return unit.erased(hashes)

    def caller_named(self, name: str) -> Caller:
        """Give a person as a caller, for the command line of whoever runs the machine; raises NotFound."""
        with self._raw.read() as unit:
            person = unit.person(name)
            if person is None or person.disabled:
                raise NotFound("person-not-found", name=name)
            roles = {one.organisation: one.role for one in unit.memberships(person=person.id)}
        return Caller(person=person, roles=roles, via="token")

    # -- the plan -----------------------------------------------------------------------------------------------
    def _a_person(self, caller: Caller) -> str:
        """Give the name of somebody who is not the site itself: an erasure takes two people."""
        actor = self._actor(caller)
        if caller.via == "system":
            raise NotAllowed("erasure-needs-people")
        return actor

    def _erasure(self, unit: Unit, caller: Caller, erasure: str) -> Erasure:
        one = unit.erasure(erasure)
        if one is None or not may(caller, "see", organisation=one.organisation):
            raise NotFound
        return one

    def _owners(self, unit: Unit, one: Erasure) -> set[str]:
        entries = [unit.entry(dataset) for dataset in {dataset for dataset, _ in one.scope} | {one.dataset}]
        return {entry.organisation for entry in entries if entry is not None}

    def _planned(  # noqa: PLR0917 - by position in the order of the verbs above
        self, unit: Unit, caller: Caller, key: str, versions: Sequence[int], upload: str, reason: str, basis: str,
        sharing: Sharing, *, whole: bool | None = None,
    ) -> Erasure:
        entry = self._entry(unit, caller, key)
        self._must(caller, "ask-erasure", organisation=entry.organisation)
        whole = not versions and not upload if whole is None else whole
        scope = self._scope(unit, entry, () if whole else versions, upload, whole=whole)
        others, kept = self._shared(unit, caller, scope, sharing)
        if reason and betrays(reason, _values(scope)):
            refuse([Problem("#/reason", "reason-betrays")])
        return Erasure(
            id="", dataset=entry.id, slug=entry.slug, organisation=entry.organisation, whole=whole, upload=upload,
            versions=tuple(sorted(number for dataset, number in scope.versions if dataset == entry.id)),
            uploads=tuple(sorted(scope.uploads)), others=tuple(sorted(others)), kept=tuple(sorted(kept)),
            hashes=tuple(sorted(scope.hashes - kept)), sharing=sharing,
            staged=tuple(sorted(one.staged.key for one in scope.uploads.values())),
            reason=reason.strip(), basis=basis.strip() or BASIS, asked=self._now(),
        )

    def _scope(self, unit: Unit, entry: Entry, versions: Sequence[int], upload: str, *, whole: bool) -> Scope:
        scope, every = Scope(), unit.versions(entry.id)
        uploads = unit.submissions(dataset=entry.id, limit=ALL)
        if upload and all(one.id != upload for one in uploads):
            raise NotFound
        if missing := set(versions) - {one.number for one in every}:
            raise NotFound("version-not-found", number=min(missing))
        for one in every:
            if whole or one.number in versions or (upload and any(part.submission == upload for part in one.resources)):
                if one.erased and not whole:
                    raise Gone(state="erased", reason=one.reason, withdrawn=one.withdrawn, erased=one.erased)
                scope.take_version(one)
        numbers = {number for _, number in scope.versions}
        chosen = [sent for sent in uploads if whole or sent.id == upload or sent.version in numbers]
        same = {sent.staged.sha256 for sent in chosen}
        for sent in uploads:
            if sent in chosen or sent.staged.sha256 in same:
                scope.take_upload(sent)
        return scope

    def _shared(self, unit: Unit, caller: Caller, scope: Scope,
                sharing: Sharing) -> tuple[set[tuple[str, int]], set[str]]:
        """Look who else refers to the same bytes: included with all that they name, or the bytes are kept."""
        others: set[tuple[str, int]] = set()
        home = {dataset for dataset, _ in scope.versions}
        while True:
            found = {(sha256, one) for sha256 in scope.hashes for one in unit.referers(sha256)}
            shared = {(sha256, one) for sha256, one in found if one not in scope.versions and _lives(unit, one)}
            waiting = _waiting(unit, scope.hashes, scope.uploads)
            if sharing == "keep" or not (shared or waiting):
                return others, {sha256 for sha256, _ in (*shared, *waiting)}
            if sharing != "include":
                raise self._asks_about(unit, caller, {one for _, one in shared}, {one.dataset for _, one in waiting})
            for _, sent in waiting:
                entry = unit.entry(sent.dataset)
                self._must(caller, "ask-erasure", organisation=entry.organisation if entry else "")
                scope.take_upload(sent)
            for dataset, number in sorted({one for _, one in shared}):
                entry, version = unit.entry(dataset), unit.version(dataset, number)
                if entry is None or version is None:
                    continue
                self._must(caller, "ask-erasure", organisation=entry.organisation)
                scope.take_version(version)
                if dataset not in home:
                    others.add((dataset, number))
                for upload in unit.submissions(dataset=dataset, limit=ALL):
                    if upload.version == number:
                        scope.take_upload(upload)

    def _asks_about(self, unit: Unit, caller: Caller, shared: set[tuple[str, int]], waiting: set[str]) -> Conflict:
        """Say which versions hold the same bytes, and where an upload waits that does, as far as she may know."""
        seen, hidden = [], 0
        for dataset, number in sorted(shared):
            entry = unit.entry(dataset)
            if entry is not None and self._sees(caller, entry):
                seen.append({"dataset": entry.slug, "version": number})
            else:
                hidden += 1
        homes = [unit.entry(dataset) for dataset in sorted(waiting)]
        known = [one.slug for one in homes if one and may(caller, "see", organisation=one.organisation)]
        return Conflict("erasure-shared", many=len(shared) + len(homes), versions=seen, waiting=known,
                        hidden=hidden + len(homes) - len(known))


def bury(unit: Unit, one: Erasure, actor: str, *, again: bool = False) -> int:
    """Take everything of an erasure out of the records in this transaction; gives the newest change.

    What is left of a version says only that it was erased, when and on which basis. May be done again, on records that
    do not know of it yet: then also versions that name an erased hash and were not known at that time go.
    """
    for sha256 in one.hashes:
        unit.mark_erased(sha256, one.id)
    named = {each for sha256 in one.hashes for each in unit.referers(sha256)} if again else set()
    sequence = 0
    for dataset in sorted({dataset for dataset, _ in {*one.scope, *named}} | {one.dataset}):
        numbers = {number for owner, number in {*one.scope, *named} if owner == dataset}
        sequence = max(sequence, _bury_dataset(unit, one, dataset, numbers, actor))
    late = {sent.id for _, sent in _waiting(unit, one.hashes, one.uploads)} if again else set()
    for key in (*one.uploads, *sorted(late)):
        _bury_upload(unit, one, key)
    _forget_answers(unit, (one.slug, one.dataset, *one.uploads))
    unit.save_erasure(replace(one, staged=tuple(sorted({*one.staged, *_on_their_way(unit, one)}))))
    return sequence


def _on_their_way(unit: Unit, one: Erasure) -> Iterator[str]:
    """Forget uploads of the same bytes that are no submissions yet; gives the keys of what was staged of them."""
    for upload in unit.uploads():
        if {upload.sha256, upload.wanted} & set(one.hashes) and unit.drop_upload(upload.id):
            yield upload.key


def _bury_dataset(unit: Unit, one: Erasure, dataset: str, numbers: set[int], actor: str) -> int:
    entry = unit.entry(dataset)
    if entry is None:
        return 0
    at, left, sequence = one.confirmed or one.asked, one.public(), entry.sequence
    whole = one.whole and dataset == one.dataset
    gone = [version for version in unit.versions(dataset) if version.number in numbers or whole]
    for version in gone:
        unit.save_version(Version(
            dataset=dataset, number=version.number, state="withdrawn", kind=version.kind, issued=version.issued,
            manifest=version.manifest, publisher=version.publisher, reason=one.reason, withdrawn=at, erased=left,
        ))
        unit.drop_files(dataset, version.number)
        sequence = unit.announce(DatasetWithdrawn(dataset=dataset, number=version.number))
    for recipe in unit.recipes(dataset):
        if whole or recipe.version in numbers:
            unit.drop_recipe(dataset, recipe.resource)
    unit.drop_rechecks(dataset)
    if whole:  # what readers wrote on it may repeat what is to go
        unit.drop_voices(dataset)
    if whole and entry.version:
        sequence = unit.announce(DatasetWithdrawn(dataset=dataset))
        entry = replace(entry, state="withdrawn", about=Dataset(title={"vi": entry.slug}), reason=one.reason,
                        withdrawn=at, erased=left)
    unit.save_entry(replace(entry, sequence=sequence))
    unit.audit(actor, "erase", dataset, erasure=one.id, erased=[version.number for version in gone], whole=whole,
               uploads=list(one.uploads), hashes=list(one.hashes), objects=len(one.hashes), asked_by=one.asked_by,
               asked=one.asked, confirmed_by=one.confirmed_by, reason=one.reason, basis=one.basis)
    return sequence


def _bury_upload(unit: Unit, one: Erasure, key: str) -> None:
    found = unit.submission(key)
    if found is None:
        return
    unit.release_claims(key)
    unit.save_submission(Submission(
        id=key, dataset=found.dataset, state="withdrawn", by=found.by, version=found.version, attempt=found.attempt,
        staged=replace(found.staged, name="", media_type=""), options=Options(publish=False), created=found.created,
        finished=found.finished or one.confirmed, reviewer=found.reviewer,
        reason={"code": "erased", "params": {"detail": one.reason}},
    ))


def _forget_answers(unit: Unit, words: Sequence[str]) -> None:
    """Forget the kept answers that speak of what was erased."""
    needles = [one.encode() for one in words if one]
    for key, answer in list(unit.answers()):
        said = _unpacked(answer)
        if any(one in said for one in needles):
            unit.forget_answer(key)


def _unpacked(answer: bytes) -> bytes:
    """Give an answer with its body readable; doors keep it as base64 in JSON."""
    try:
        kept: Mapping[str, Any] = json.loads(answer)
        return answer + base64.b64decode(kept["body"])
    except (ValueError, KeyError, TypeError):
        return answer


def _waiting(unit: Unit, hashes: Iterable[str], but: Container[str]) -> list[tuple[str, Submission]]:
    """Give the other uploads that wait for people and hold some of these bytes, each with a hash of them."""
    held = ((sha256, unit.submission(one)) for sha256 in hashes for one in unit.claimants(sha256) if one not in but)
    return [(sha256, sent) for sha256, sent in held if sent is not None and sent.state in WAITING]


def _lives(unit: Unit, one: tuple[str, int]) -> bool:
    version = unit.version(*one)
    return version is not None and not version.erased


def _made_of(one: Submission) -> Iterator[str]:
    if one.outcome is None:
        return
    tables = (made for table in one.outcome.tables for made in table.artefacts)
    for made in (one.outcome.original, one.outcome.attachment, *tables):
        if made is not None and made.sha256:
            yield made.sha256


def _values(scope: Scope) -> Iterator[str]:
    """Give the cells that the records themselves show of what goes: previews, most frequent values, findings."""
    for version in scope.versions.values():
        for part in version.resources:
            yield from (cell for row in part.preview for cell in row)
            yield from _frequent(part.profile)
    for upload in scope.uploads.values():
        for table in upload.outcome.tables if upload.outcome else ():
            yield from (cell for row in table.preview for cell in row)
            yield from (finding.cell for finding in table.findings if isinstance(finding.cell, str))
            yield from _frequent(table.profile)


def _frequent(profile: Any) -> Iterator[str]:
    for column in profile.columns if profile else ():
        yield from (str(value) for value, *_ in column.top)
