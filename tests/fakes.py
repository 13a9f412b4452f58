"""One honest fake per port: everything in memory, the same promises as the real adapters (tests/ports holds them to it)."""

from __future__ import annotations

import hashlib
import io
import secrets
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO

from catalog.catalog import Catalog
from catalog.chain import link
from catalog.erasure import Erasure
from catalog.errors import Conflict, NotFound, Stale, TooLarge, Unavailable
from catalog.events import (
    UNNUMBERED,
    DatasetChanged,
    DatasetWithdrawn,
    Event,
    FileArrived,
    SiteReset,
    VersionPublished,
)
from catalog.harvest import Harvested, Run, Source
from catalog.installed import Recheck, Release
from catalog.model import (
    AuditRow,
    Change,
    Entry,
    File,
    Job,
    JobCount,
    Listed,
    Mark,
    Membership,
    Offer,
    Organisation,
    Origin,
    Person,
    Session,
    Submission,
    Token,
    Upload,
    Version,
)
from catalog.notice import Notice
from catalog.recipe import Recipe
from catalog.usage import Missed, Use
from catalog.voice import Voice
from catalog.webhook import Delivery, Webhook
from standards.portable import to_json
from tests.fakes_harvest import FakeHarvest
from tests.fakes_index import FakeIndex
from tests.fakes_notices import FakeNotices
from tests.fakes_tables import FakeTables
from tests.fakes_usage import FakeUsage
from tests.fakes_voices import FakeVoices
from tests.fakes_webhooks import FakeWebhooks

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
FINISHED = ("published", "rejected", "failed", "withdrawn")


class Clock:
    """A clock that moves a second each time it is asked, and as far as it is told."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at

    def forward(self, **span: float) -> None:
        self.at += timedelta(**span)


@dataclass
class Shelf:
    """All that FakeRecords hold; values are frozen, so that copying the tables is a transaction."""

    organisations: dict[str, Organisation] = field(default_factory=dict)
    aliases: dict[tuple[str, str], str] = field(default_factory=dict)
    origins: dict[tuple[str, str, str], Origin] = field(default_factory=dict)
    marks: dict[tuple[str, str], Mark] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    memberships: dict[tuple[str, str], Membership] = field(default_factory=dict)
    tokens: dict[str, tuple[Token, str]] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    versions: dict[tuple[str, int], Version] = field(default_factory=dict)
    submissions: dict[str, Submission] = field(default_factory=dict)
    releases: dict[str, Release] = field(default_factory=dict)
    rechecks: dict[tuple[str, str], Recheck] = field(default_factory=dict)
    recipes: dict[tuple[str, str], Recipe] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    objects: dict[str, datetime] = field(default_factory=dict)
    erasures: dict[str, Erasure] = field(default_factory=dict)
    erased: dict[str, str] = field(default_factory=dict)
    claims: dict[tuple[str, str], datetime] = field(default_factory=dict)
    audit: dict[int, AuditRow] = field(default_factory=dict)
    changes: dict[int, Change] = field(default_factory=dict)
    positions: dict[str, int] = field(default_factory=dict)
    answers: dict[str, tuple[str, bytes, datetime]] = field(default_factory=dict)
    site: dict[str, str] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    harvested: dict[tuple[str, str], Harvested] = field(default_factory=dict)
    webhooks: dict[str, Webhook] = field(default_factory=dict)
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    voices: dict[str, Voice] = field(default_factory=dict)
    supports: dict[tuple[str, str], bool] = field(default_factory=dict)
    notices: dict[str, Notice] = field(default_factory=dict)
    letter_keys: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    uses: dict[tuple[str, str, str, str], Use] = field(default_factory=dict)
    misses: dict[str, Missed] = field(default_factory=dict)

    def copy(self) -> Shelf:
        return Shelf(**{one.name: dict(getattr(self, one.name)) for one in fields(self)})


class FakeUnit(FakeHarvest, FakeWebhooks, FakeVoices, FakeNotices, FakeUsage):
    """One transaction on a copy of the shelf."""

    def __init__(self, shelf: Shelf, now: Callable[[], datetime], enqueue: Callable[[Event], None]) -> None:
        self.shelf, self._now, self._enqueue = shelf, now, enqueue

    # -- people
    def add_organisation(self, one: Organisation) -> None:
        self.shelf.organisations[one.id] = one

    save_organisation = add_organisation

    def organisation(self, key: str) -> Organisation | None:
        for one in self.shelf.organisations.values():
            if key and key in (one.id, one.slug, one.code):
                return one
        return self.shelf.organisations.get(self._led("organisation", key))

    def _led(self, kind: str, key: str) -> str:
        found = self.origin(kind, key)
        return self.shelf.aliases.get((kind, key), found.target if found else "")

    def organisations(self) -> Sequence[Organisation]:
        return [self.shelf.organisations[key] for key in sorted(self.shelf.organisations)]

    def add_alias(self, kind: str, alias: str, target: str) -> None:
        self.shelf.aliases[kind, alias] = target

    def drop_alias(self, kind: str, alias: str) -> None:
        self.shelf.aliases.pop((kind, alias), None)

    def aliases(self, kind: str, target: str) -> Sequence[str]:
        return sorted(alias for (of, alias), to in self.shelf.aliases.items() if (of, to) == (kind, target))

    def every_alias(self, kind: str) -> Mapping[str, Sequence[str]]:
        return {to: self.aliases(kind, to) for (of, _), to in self.shelf.aliases.items() if of == kind}

    def save_origin(self, one: Origin) -> None:
        self.shelf.origins[one.source, one.kind, one.remote] = one

    def origin(self, kind: str, remote: str, source: str = "") -> Origin | None:
        return next((one for one in self.shelf.origins.values()
                     if (one.kind, one.remote) == (kind, remote) and source in ("", one.source)), None)

    def origins(self, *, kind: str = "", source: str = "", targets: Sequence[str] | None = None) -> Sequence[Origin]:
        return [one for _, one in sorted(self.shelf.origins.items()) if kind in ("", one.kind)
                and source in ("", one.source) and (targets is None or one.target in targets)]

    def drop_origins(self, target: str, part: str | None = None) -> None:
        _drop(self.shelf.origins, lambda _, one: one.target == target and part in (None, one.part))

    def save_mark(self, one: Mark) -> None:
        self.shelf.marks[one.kind, one.id] = one

    def mark(self, kind: str, key: str) -> Mark | None:
        return self.shelf.marks.get((kind, key))

    def marks(
        self, kind: str, *, subjects: Sequence[str] | None = None, person: str = "", limit: int = 10_000
    ) -> Sequence[Mark]:
        return [one for _, one in sorted(self.shelf.marks.items()) if one.kind == kind
                and person in ("", one.person) and (subjects is None or one.subject in subjects)][:limit]

    def drop_mark(self, kind: str, key: str) -> bool:
        return self.shelf.marks.pop((kind, key), None) is not None

    def drop_marks(self, subject: str) -> None:
        _drop(self.shelf.marks, lambda _, one: one.subject == subject)

    def add_person(self, one: Person, password_hash: str = "") -> None:
        self.shelf.people[one.id] = one
        self.shelf.passwords[one.id] = password_hash

    def save_person(self, one: Person) -> None:
        self.shelf.people[one.id] = one

    def person(self, key: str) -> Person | None:
        found = next((one for one in self.shelf.people.values() if key in (one.id, one.name)), None)
        return found or self.shelf.people.get(self._led("person", key))

    def people(self) -> Sequence[Person]:
        return [self.shelf.people[key] for key in sorted(self.shelf.people)]

    def password_hash(self, person: str) -> str:
        return self.shelf.passwords.get(person, "")

    def set_password_hash(self, person: str, password_hash: str) -> None:
        self.shelf.passwords[person] = password_hash

    def set_membership(self, one: Membership) -> None:
        self.shelf.memberships[one.organisation, one.person] = one

    def drop_membership(self, organisation: str, person: str) -> None:
        self.shelf.memberships.pop((organisation, person), None)

    def memberships(self, *, organisation: str = "", person: str = "") -> Sequence[Membership]:
        return [
            one for key, one in sorted(self.shelf.memberships.items())
            if organisation in ("", one.organisation) and person in ("", one.person)
        ]

    def add_token(self, one: Token, secret_hash: str) -> None:
        self.shelf.tokens[one.id] = (one, secret_hash)

    def token(self, secret_hash: str) -> Token | None:
        return next((one for one, kept in self.shelf.tokens.values() if kept == secret_hash), None)

    def tokens(self, person: str) -> Sequence[Token]:
        return [one for _, (one, _) in sorted(self.shelf.tokens.items()) if one.person == person]

    def drop_tokens(self, *, person: str = "", token: str = "") -> int:
        return _drop(self.shelf.tokens, lambda key, one: key == token if token else one[0].person == person)

    def add_session(self, one: Session, secret_hash: str) -> None:
        self.shelf.sessions[secret_hash] = one

    def session(self, secret_hash: str) -> Session | None:
        return self.shelf.sessions.get(secret_hash)

    def drop_sessions(self, *, person: str = "", secret_hash: str = "") -> int:
        return _drop(
            self.shelf.sessions, lambda key, one: key == secret_hash if secret_hash else one.person == person
        )

    # -- shelf
    def add_entry(self, one: Entry) -> None:
        self.shelf.entries[one.id] = one

    save_entry = add_entry

    def drop_entry(self, dataset: str) -> None:
        for one in self.submissions(dataset=dataset, limit=10**9):
            self.release_claims(one.id)
            del self.shelf.submissions[one.id]
        _drop(self.shelf.recipes, lambda key, _: key[0] == dataset)
        _drop(self.shelf.uses, lambda key, _: key[0] == dataset)
        _drop(self.shelf.aliases, lambda key, to: key[0] == "dataset" and to == dataset)
        self.drop_origins(dataset)
        self.drop_marks(dataset)
        del self.shelf.entries[dataset]

    def entry(self, key: str) -> Entry | None:
        for one in self.shelf.entries.values():
            if key in (one.id, one.slug):
                return one
        return self.shelf.entries.get(self._led("dataset", key))

    def entries(
        self, *, ids: Sequence[str] | None = None, organisation: str = "", after: str = "", limit: int = 1000
    ) -> Sequence[Entry]:
        found = [
            one for key, one in sorted(self.shelf.entries.items())
            if key > after and (ids is None or key in ids) and organisation in ("", one.organisation)
        ]
        return found[:limit]

    def listed(self, *, after: str = "", limit: int = 1000) -> Sequence[Listed]:
        shown = [one for one in self.entries(after=after, limit=10**9) if (one.state, one.visibility, one.kind) == ("published", "public", "dataset")]
        heads = {one.id: self.version(one.id, one.version or 0) for one in shown}
        return [Listed(one.id, one.slug, one.organisation, one.modified, head.number if head and head.state != "withdrawn" else None)
                for one in shown for head in (heads[one.id],)][:limit]

    def add_version(self, one: Version) -> None:
        last = max((number for dataset, number in self.shelf.versions if dataset == one.dataset), default=0)
        if one.number != last + 1:
            raise Stale("version-taken", number=one.number)
        self.shelf.versions[one.dataset, one.number] = one

    def save_version(self, one: Version) -> None:
        self.shelf.versions[one.dataset, one.number] = one

    def version(self, dataset: str, number: int) -> Version | None:
        return self.shelf.versions.get((dataset, number))

    def versions(self, dataset: str) -> Sequence[Version]:
        return [one for key, one in sorted(self.shelf.versions.items(), reverse=True) if key[0] == dataset]

    def outlines(self, datasets: Sequence[str], *, files: bool = False, groups: bool = False, holding: Sequence[str] = ()) -> Mapping[str, Version]:
        shown = {one: self.version(one, self.shelf.entries[one].version or 0) for one in datasets if one in self.shelf.entries}
        return {
            dataset: replace(one, resources=tuple(replace(part, profile=None, groups=part.groups if groups else (), preview=(), files=part.files if files else ()) for part in one.resources))
            for dataset, one in shown.items() if one is not None and all(word in str(to_json(one)).lower() for word in holding)
        }

    def shelved(self, datasets: Sequence[str]) -> Mapping[str, Sequence[tuple[int, datetime, int]]]:
        told = {dataset: [(one.number, one.issued, sum(part.rows or 0 for part in one.resources))
                          for one in reversed(self.versions(dataset)) if one.state == "published"] for dataset in datasets}
        return {dataset: many for dataset, many in told.items() if many}

    def file(self, sha256: str) -> File | None:
        found = [file for one in self.shelf.versions.values() for file in one.files if file.sha256 == sha256]
        return max(found, key=lambda file: file.public, default=None)

    def add_upload(self, one: Upload) -> None:
        self.shelf.uploads[one.id] = one

    def save_upload(self, one: Upload) -> None:
        if one.id in self.shelf.uploads:
            self.shelf.uploads[one.id] = one

    def upload(self, upload: str) -> Upload | None:
        return self.shelf.uploads.get(upload)

    def uploads(self, *, person: str = "", before: datetime | None = None) -> Sequence[Upload]:
        return [one for _, one in sorted(self.shelf.uploads.items())
                if person in ("", one.person) and (before is None or one.expires < before)]

    def drop_upload(self, upload: str) -> bool:
        return self.shelf.uploads.pop(upload, None) is not None

    def save_recipe(self, one: Recipe) -> None:
        self.shelf.recipes[one.dataset, one.resource] = one

    def recipe(self, dataset: str, resource: str) -> Recipe | None:
        return self.shelf.recipes.get((dataset, resource))

    def recipes(self, dataset: str) -> Sequence[Recipe]:
        return [one for key, one in sorted(self.shelf.recipes.items()) if key[0] == dataset]

    def drop_recipe(self, dataset: str, resource: str) -> None:
        self.shelf.recipes.pop((dataset, resource), None)

    def add_submission(self, one: Submission) -> None:
        self.shelf.submissions[one.id] = one

    save_submission = add_submission

    def submission(self, submission: str) -> Submission | None:
        return self.shelf.submissions.get(submission)

    def due_submissions(self, moment: datetime) -> Sequence[Submission]:
        waiting = [one for one in self.shelf.submissions.values() if one.due and one.due <= moment and one.state in ("ready", "in_review")]
        return sorted(waiting, key=lambda one: (one.due, one.id))

    def submissions(
        self, *, dataset: str = "", organisations: Sequence[str] | None = None, states: Sequence[str] = (),
        limit: int = 100,
    ) -> Sequence[Submission]:
        found = [
            one for _, one in sorted(self.shelf.submissions.items(), reverse=True)
            if dataset in ("", one.dataset) and (not states or one.state in states)
            and (organisations is None or self.shelf.entries[one.dataset].organisation in organisations)
        ]
        return found[:limit]

    def add_release(self, one: Release) -> None:
        others = (each for each in self.shelf.releases.values() if each.id != one.id)
        if one.number and any((each.kind, each.subject, each.number) == (one.kind, one.subject, one.number) for each in others):
            raise Stale("release-taken")
        self.shelf.releases[one.id] = one

    save_release = add_release

    def drop_release(self, release: str) -> None:
        self.shelf.releases.pop(release, None)
        _drop(self.shelf.rechecks, lambda key, _: key[0] == release)

    def release(self, release: str) -> Release | None:
        return self.shelf.releases.get(release)

    def releases(self, *, kind: str = "", subject: str = "", state: str = "") -> Sequence[Release]:
        found = [
            one for one in self.shelf.releases.values()
            if kind in ("", one.kind) and subject in ("", one.subject) and state in ("", one.state)
        ]
        return sorted(found, key=lambda one: (one.accepted is None, one.accepted or one.created, one.id))

    def installed_mark(self) -> str:
        accepted = [one.id for one in self.shelf.releases.values() if one.state == "accepted"]
        return f"{len(accepted)}:{max(accepted)}" if accepted else ""

    def save_recheck(self, one: Recheck) -> None:
        self.shelf.rechecks[one.release, one.dataset] = one

    def recheck(self, release: str, dataset: str) -> Recheck | None:
        return self.shelf.rechecks.get((release, dataset))

    def rechecks(
        self, *, release: str = "", dataset: str = "", organisations: Sequence[str] | None = None,
        states: Sequence[str] = (), limit: int = 1000,
    ) -> Sequence[Recheck]:
        found = [
            one for one in self.shelf.rechecks.values()
            if release in ("", one.release) and dataset in ("", one.dataset) and (not states or one.state in states)
            and (organisations is None or self.shelf.entries[one.dataset].organisation in organisations)
        ]
        return sorted(found, key=lambda one: (one.created, one.release, one.dataset), reverse=True)[:limit]

    def save_erasure(self, one: Erasure) -> None:
        self.shelf.erasures[one.id] = one

    def erasure(self, erasure: str) -> Erasure | None:
        return self.shelf.erasures.get(erasure)

    def erasures(self, *, states: Sequence[str] = (), organisations: Sequence[str] | None = None) -> Sequence[Erasure]:
        return [one for _, one in sorted(self.shelf.erasures.items())
                if (not states or one.state in states) and (organisations is None or one.organisation in organisations)]

    def mark_erased(self, sha256: str, erasure: str) -> None:
        self.shelf.erased[sha256] = erasure

    def erased(self, hashes: Sequence[str] | None = None) -> Sequence[str]:
        return [one for one in sorted(self.shelf.erased) if hashes is None or one in hashes]

    def referers(self, sha256: str) -> Sequence[tuple[str, int]]:
        return sorted(key for key, one in self.shelf.versions.items()
                      if one.manifest == sha256 or any(file.sha256 == sha256 for file in one.files))

    def claimants(self, sha256: str) -> Sequence[str]:
        return sorted(holder for named, holder in self.shelf.claims if named == sha256)

    def drop_files(self, dataset: str, number: int) -> None:
        """The files of a version stand in the version itself here."""

    def drop_rechecks(self, dataset: str) -> None:
        _drop(self.shelf.rechecks, lambda key, _: key[1] == dataset)

    def answers(self) -> Iterator[tuple[str, bytes]]:
        yield from [(key, answer) for key, (_, answer, _) in self.shelf.answers.items()]

    def claim(self, sha256: str, holder: str) -> None:
        self.shelf.objects[sha256] = self.shelf.claims[sha256, holder] = self._now()

    def release_claims(self, holder: str) -> None:
        _drop(self.shelf.claims, lambda key, _: key[1] == holder)

    def release_stale_claims(self, older_than_hours: int) -> int:
        before = self._now() - timedelta(hours=older_than_hours)

        def stale(key: tuple[str, str], noted: datetime) -> bool:
            holder = self.shelf.submissions.get(key[1])
            return noted <= before and (holder is None or holder.state in FINISHED)

        return _drop(self.shelf.claims, stale)

    def adopt(self, sha256: str) -> None:
        self.shelf.objects[sha256] = self._now()

    def known(self, sha256: str) -> bool:
        return sha256 in self.shelf.objects

    def unclaimed(self, older_than_hours: int) -> Iterator[str]:
        before = self._now() - timedelta(hours=older_than_hours)
        needed = {sha256 for sha256, _ in self.shelf.claims} | {one.manifest for one in self.shelf.versions.values()}
        needed |= {file.sha256 for one in self.shelf.versions.values() for file in one.files}
        needed |= {each for one in self.shelf.releases.values() for each in (one.content, one.digest, one.base)}
        yield from [key for key, noted in self.shelf.objects.items() if noted <= before and key not in needed]

    def forget(self, sha256: str) -> None:
        self.shelf.objects.pop(sha256, None)

    def needed_from(self, after: str, limit: int) -> Sequence[str]:
        shown = [one for one in self.shelf.versions.values() if one.state == "published"]
        needed = {one.manifest for one in shown} | {file.sha256 for one in shown for file in one.files}
        needed |= {each for one in self.shelf.releases.values() for each in (one.content, one.digest, one.base)}
        return sorted(one for one in needed if one > after)[:limit]

    def totals(self) -> Mapping[str, int]:
        shown = [
            one for one in self.shelf.entries.values()
            if (one.state, one.visibility, one.kind) == ("published", "public", "dataset")
        ]
        newest = [(one, self.version(one.id, one.version or 0)) for one in shown]
        held = [(one, version) for one, version in newest if version and version.state == "published"]
        return {
            "datasets": len(held),
            "organisations": len({one.organisation for one, _ in held}),
            "rows": sum(part.rows or 0 for _, version in held for part in version.resources),
            "versions": sum(v.state == "published" for one in shown for v in self.versions(one.id)),
        }

    # -- log
    def audit(self, actor: str, act: str, target: str, **detail: object) -> AuditRow:
        last = self.shelf.audit.get(len(self.shelf.audit))
        row = link(AuditRow(
            sequence=len(self.shelf.audit) + 1, at=self._now(), actor=actor, act=act, object=target,
            detail=to_json(detail),
        ), last.hash if last else "")
        self.shelf.audit[row.sequence] = row
        return row

    def audit_rows(self, after: int = 0, limit: int = 1000) -> Sequence[AuditRow]:
        return [one for key, one in sorted(self.shelf.audit.items()) if key > after][:limit]

    def deeds(self, *, targets: Sequence[str] | None = None, actor: str = "", acts: Sequence[str] = (),
              after: datetime | None = None, before: datetime | None = None, sequence: int = 0,
              below: int = 0, limit: int = 1000) -> Iterator[AuditRow]:
        found = [row for _, row in sorted(self.shelf.audit.items(), reverse=True)
                 if (targets is None or row.object in targets) and actor in ("", row.actor) and (not acts or row.act in acts)
                 and (after is None or row.at > after) and (before is None or row.at < before)
                 and sequence in (0, row.sequence) and (not below or row.sequence < below)]
        yield from found[:limit]

    def announce(self, event: Event) -> int:
        number = 0
        if not isinstance(event, UNNUMBERED):
            number = self.last_change() + 1
            self.shelf.changes[number] = _change(event, number, self._now())
        self._enqueue(event)
        return number

    def last_change(self) -> int:
        return max(self.shelf.changes, default=0)

    def changes(self, after: int = 0, limit: int = 1000) -> Sequence[Change]:
        return [one for key, one in sorted(self.shelf.changes.items()) if key > after][:limit]

    def position(self, reader: str) -> int:
        return self.shelf.positions.get(reader, 0)

    def advance(self, reader: str, sequence: int) -> None:
        self.shelf.positions[reader] = max(sequence, self.position(reader))

    def recall(self, key: str) -> tuple[str, bytes] | None:
        fingerprint, answer, at = self.shelf.answers.get(key, ("", b"", START - timedelta(days=9999)))
        if at < self._now() - (timedelta(days=1) if answer else timedelta(minutes=1)):
            return None
        return fingerprint, answer

    def remember(self, key: str, fingerprint: str, answer: bytes) -> None:
        self.shelf.answers[key] = (fingerprint, answer, self._now())

    def forget_answer(self, key: str) -> None:
        self.shelf.answers.pop(key, None)

    def site(self, name: str) -> str:
        return self.shelf.site.get(name, "")

    def set_site(self, name: str, value: str) -> None:
        self.shelf.site[name] = value


def _drop(table: dict[Any, Any], which: Callable[[Any, Any], bool]) -> int:
    gone = [key for key, one in table.items() if which(key, one)]
    for key in gone:
        del table[key]
    return len(gone)


def _change(event: Event, number: int, at: datetime) -> Change:
    match event:
        case VersionPublished():
            return Change(sequence=number, at=at, kind="version-published", dataset=event.dataset, version=event.number)
        case DatasetWithdrawn():
            return Change(sequence=number, at=at, kind="dataset-withdrawn", dataset=event.dataset, version=event.number)
        case DatasetChanged():
            return Change(sequence=number, at=at, kind="dataset-changed", dataset=event.dataset)
        case _:
            return Change(sequence=number, at=at, kind="site-reset", dataset="")


class FakeRecords:
    """Records in memory. ``enqueue`` hears of events when their unit of work has committed."""

    def __init__(self, *, enqueue: Callable[[Event], None] = lambda event: None, now: Callable[[], datetime] | None = None) -> None:
        self.shelf = Shelf()
        self._now = now or Clock()
        self._enqueue = enqueue
        self._turn = threading.Lock()

    @contextmanager
    def begin(self) -> Iterator[FakeUnit]:
        with self._turn:
            events: list[Event] = []
            unit = FakeUnit(self.shelf.copy(), self._now, events.append)
            yield unit
            self.shelf = unit.shelf
        for event in events:
            self._enqueue(event)

    @contextmanager
    def read(self) -> Iterator[FakeUnit]:
        yield FakeUnit(self.shelf, self._now, lambda event: None)

    def migrate(self) -> None:
        """Nothing to bring up."""

    def scrub(self) -> None:
        """Nothing is kept here of what was deleted."""

    def wipe(self, keep_person: str = "") -> None:
        with self.begin() as unit:
            old, last = unit.shelf, unit.last_change()
            unit.shelf = Shelf(site=old.site, positions=old.positions)
            if keep_person:
                unit.shelf.people = {keep_person: old.people[keep_person]}
                unit.shelf.passwords = {keep_person: old.passwords[keep_person]}
                unit.shelf.tokens = {key: one for key, one in old.tokens.items() if one[0].person == keep_person}
            unit.shelf.changes[last] = _change(SiteReset(), last, self._now())
            unit.announce(SiteReset())

    def close(self) -> None:
        """Nothing to give back."""


class FakeFiles:
    """Objects, uploads and state records in memory. ``broken`` makes every verb fail as if the store were away."""

    def __init__(self, *, now: Callable[[], datetime] | None = None) -> None:
        self.objects: dict[str, bytes] = {}
        self.uploads: dict[str, tuple[bytes, datetime]] = {}
        self.records: dict[str, bytes] = {}
        self.broken = False
        self._now = now or Clock()

    def check(self) -> None:
        if self.broken:
            raise Unavailable("storage-down")

    def stage(self, stream: BinaryIO, limit: int) -> tuple[str, int, str]:
        self.check()
        content = stream.read(limit + 1)
        if len(content) > limit:
            raise TooLarge("too-large", limit=limit)
        key = secrets.token_urlsafe(24)
        self.uploads[key] = (content, self._now())
        return key, len(content), hashlib.sha256(content).hexdigest()

    def open_staged(self, key: str) -> BinaryIO:
        if key not in self.uploads:
            raise NotFound
        return io.BytesIO(self.uploads[key][0])

    def drop_staged(self, key: str) -> None:
        self.uploads.pop(key, None)

    def staged(self, older_than_hours: int) -> Iterator[str]:
        before = self._now() - timedelta(hours=older_than_hours)
        yield from [key for key, (_, at) in self.uploads.items() if at <= before]

    def begin(self) -> tuple[str, str]:
        self.check()
        key = secrets.token_urlsafe(24)
        self.uploads[key] = (b"", self._now())
        return key, ""

    def held(self, key: str, handle: str) -> int:
        return len(self.open_staged(key).read())

    def grow(self, key: str, handle: str, at: int, stream: BinaryIO) -> int:
        self.check()
        if self.held(key, handle) != at:
            raise Stale("upload-offset", offset=self.held(key, handle))
        while piece := stream.read(1000):
            self.uploads[key] = (self.uploads[key][0] + piece, self._now())
        return self.held(key, handle)

    def finish(self, key: str, handle: str) -> tuple[int, str]:
        content = self.open_staged(key).read()
        return len(content), hashlib.sha256(content).hexdigest()

    def offer(self, size: int, sha256: str, seconds: int = 900) -> Offer | None:
        return None

    def accept(self, key: str, limit: int) -> tuple[str, int, str]:
        raise NotFound

    def put(self, stream: BinaryIO) -> tuple[str, int]:
        self.check()
        content = stream.read()
        sha256 = hashlib.sha256(content).hexdigest()
        self.objects[sha256] = content
        return sha256, len(content)

    def open(self, sha256: str, start: int = 0, length: int | None = None) -> BinaryIO:
        self.check()
        if sha256 not in self.objects:
            raise NotFound
        content = self.objects[sha256]
        return io.BytesIO(content[start:] if length is None else content[start : start + length])

    def size(self, sha256: str) -> int | None:
        return len(self.objects[sha256]) if sha256 in self.objects else None

    def url(self, sha256: str, seconds: int = 60, *, disposition: str = "", media_type: str = "",
            head: bool = False) -> str | None:
        return None

    def local(self, sha256: str) -> str | None:
        return None

    def distrust(self, sha256: str) -> bool:
        return False

    def delete(self, sha256: str) -> None:
        self.objects.pop(sha256, None)

    def hashes(self) -> Iterator[str]:
        yield from sorted(self.objects)

    def put_state(self, name: str, content: bytes) -> None:
        self.check()
        self.records[name] = content

    def drop_older_states(self, name: str) -> None:
        """Nothing is kept of what was written over."""

    def keeps_states(self) -> bool:
        return False

    def states(self) -> Iterator[tuple[str, bytes]]:
        yield from sorted(self.records.items())

    def wipe(self) -> None:
        for table in (self.objects, self.uploads, self.records):
            table.clear()


class FakeJobs:
    """Jobs in a list: ``enqueue`` is what FakeRecords tell; a test takes them with ``take``."""

    def __init__(self) -> None:
        self.work: dict[str, Job] = {}
        self.events: list[Event] = []
        self.silent = 0.0

    def enqueue(self, event: Event) -> None:
        self.events.append(event)
        if isinstance(event, FileArrived):
            key = f"check:{event.submission}:{event.attempt}"
            self.work[key] = Job(id=key, flow="check", key=event.submission, state="waiting")

    def take(self) -> list[str]:
        """Give the uploads that wait to be checked, and count them as done."""
        waiting = [one for one in self.work.values() if one.state == "waiting"]
        for one in waiting:
            self.work[one.id] = replace(one, state="done")
        return [one.key for one in waiting]

    def jobs(self, *, states: Sequence[str] = (), limit: int = 100) -> Sequence[Job]:
        return [one for one in self.work.values() if not states or one.state in states][:limit]

    def status(self, job: str) -> Job | None:
        return self.work.get(job)

    def _must(self, job: str) -> Job:
        if job not in self.work:
            raise NotFound("job-not-found", job=job)
        return self.work[job]

    def cancel(self, job: str) -> None:
        self.work[job] = replace(self._must(job), state="cancelled")

    def retry(self, job: str) -> None:
        if self._must(job).state == "done":
            raise Conflict("job-done", job=job)
        self.work[job] = replace(self.work[job], state="waiting")

    def forget(self, key: str) -> None:
        self.work = {name: one for name, one in self.work.items() if one.key != key}

    def workers(self) -> Sequence[tuple[str, float]]:
        return [("worker-0", self.silent)]

    def counts(self) -> Sequence[JobCount]:
        numbers = Counter(one.state for one in self.work.values() if one.state in ("waiting", "running", "set-aside"))
        return [JobCount(queue="checks", state=state, number=number, oldest_seconds=0.0) for state, number in numbers.items()]

    def wipe(self) -> None:
        self.work.clear()


class PlainHasher:
    """Passwords kept with a quick hash: for tests only."""

    def hash(self, password: str) -> str:
        return "plain:" + hashlib.sha256(password.encode()).hexdigest()

    def fits(self, kept: str, password: str) -> bool:
        return kept == self.hash(password)


@dataclass
class Stand:
    """A Catalog with the ports and the clock it stands on."""

    catalog: Catalog
    records: Any
    files: Any
    index: Any
    jobs: FakeJobs
    clock: Clock

    def follow(self) -> None:
        """Let the index follow the change sequence, as the worker does."""
        while changes := self.catalog.follow("index"):
            for change in changes:
                if change.kind == "site-reset":
                    self.index.rebuild(())
                elif (document := self.catalog.document(change.dataset)) is not None:
                    self.index.put([document])
                else:
                    self.index.drop([(change.dataset, change.sequence)])
            self.catalog.advance("index", changes[-1].sequence)


def a_stand(*, records: Any = None, files: Any = None, index: Any = None, review: str = "none",
            search_wait: bool = False, upload_limit: int = 10_000_000, tables: Any = None) -> Stand:
    """Make a Catalog on fakes; any port may be a real one."""
    clock, jobs = Clock(), FakeJobs()
    held = records or FakeRecords(enqueue=jobs.enqueue, now=clock)
    store = files or FakeFiles(now=clock)
    search = index or FakeIndex()
    catalog = Catalog(
        records=held, files=store, index=search, jobs=jobs, now=clock, upload_limit=upload_limit,
        review_default=review, search_wait=search_wait, hasher=PlainHasher(), tables=tables or FakeTables(),
    )
    return Stand(catalog=catalog, records=held, files=store, index=search, jobs=jobs, clock=clock)


def a_catalog(**chosen: Any) -> Catalog:
    """Make a Catalog on fakes, alone."""
    return a_stand(**chosen).catalog
