"""What the catalogue needs from outside: Records, Files, Index, Jobs and Tables, as shapes that adapters fill."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, BinaryIO, Protocol

from catalog.erasure import Erasure
from catalog.events import Event
from catalog.harvest import HarvestUnit
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
    Staged,
    Submission,
    Token,
    Upload,
    Version,
)
from catalog.notice import NoticeUnit
from catalog.question import Answer, Document, Question
from catalog.recipe import Recipe
from catalog.rows import Ask, Batch, Changed, Columns, Condition, Found, Method, Table
from catalog.usage import UsageUnit
from catalog.voice import VoiceUnit
from catalog.webhook import HookUnit


class Unit(HarvestUnit, HookUnit, VoiceUnit, NoticeUnit, UsageUnit, Protocol):
    """One transaction on the records. Leaving the block commits; an exception rolls everything back, jobs included."""

    def add_organisation(self, one: Organisation) -> None: ...
    def save_organisation(self, one: Organisation) -> None: ...
    def organisation(self, key: str) -> Organisation | None:
        """By id, public code, slug, a slug it had before or an id it had elsewhere."""
    def organisations(self) -> Sequence[Organisation]: ...
    def add_alias(self, kind: str, alias: str, target: str) -> None:
        """Let an old address of a ``dataset`` or ``organisation`` lead to ``target`` (an id)."""
    def drop_alias(self, kind: str, alias: str) -> None: ...
    def aliases(self, kind: str, target: str) -> Sequence[str]: ...
    def every_alias(self, kind: str) -> Mapping[str, Sequence[str]]:
        """The old addresses of all that have some, by what they lead to."""
    def save_origin(self, one: Origin) -> None:
        """Let an id of elsewhere lead to a thing of ours, in place of where it led."""
    def origin(self, kind: str, remote: str, source: str = "") -> Origin | None:
        """Where an id of elsewhere leads: that of a source, else of the one that said it first."""
    def origins(self, *, kind: str = "", source: str = "", targets: Sequence[str] | None = None) -> Sequence[Origin]:
        """In the order of source, kind and id."""
    def drop_origins(self, target: str, part: str | None = None) -> None:
        """Forget the ids that lead to a thing of ours, or to one resource of it."""
    def save_mark(self, one: Mark) -> None:
        """Keep a mark in place of what it was."""
    def mark(self, kind: str, key: str) -> Mark | None: ...
    def marks(
        self, kind: str, *, subjects: Sequence[str] | None = None, person: str = "", limit: int = 10_000
    ) -> Sequence[Mark]:
        """Of a kind, in the order of their ids (page by page of subjects): on these subjects, of a person, or all."""
    def drop_mark(self, kind: str, key: str) -> bool:
        """Forget a mark; tells whether it was there."""
    def drop_marks(self, subject: str) -> None:
        """Forget everything that hangs on a thing."""

    def add_person(self, one: Person, password_hash: str = "") -> None: ...
    def save_person(self, one: Person) -> None: ...
    def person(self, key: str) -> Person | None:
        """By id, sign-in name or an id of elsewhere."""
    def people(self) -> Sequence[Person]: ...
    def password_hash(self, person: str) -> str: ...
    def set_password_hash(self, person: str, password_hash: str) -> None: ...
    def set_membership(self, one: Membership) -> None: ...
    def drop_membership(self, organisation: str, person: str) -> None: ...
    def memberships(self, *, organisation: str = "", person: str = "") -> Sequence[Membership]: ...
    def add_token(self, one: Token, secret_hash: str) -> None: ...
    def token(self, secret_hash: str) -> Token | None: ...
    def tokens(self, person: str) -> Sequence[Token]: ...
    def drop_tokens(self, *, person: str = "", token: str = "") -> int: ...
    def add_session(self, one: Session, secret_hash: str) -> None: ...
    def session(self, secret_hash: str) -> Session | None: ...
    def drop_sessions(self, *, person: str = "", secret_hash: str = "") -> int: ...

    def add_entry(self, one: Entry) -> None: ...
    def save_entry(self, one: Entry) -> None: ...
    def drop_entry(self, dataset: str) -> None: ...
    def entry(self, key: str) -> Entry | None:
        """By id, slug, an address it had before or an id it had elsewhere."""
    def entries(self, *, ids: Sequence[str] | None = None, organisation: str = "", after: str = "",
                limit: int = 1000) -> Sequence[Entry]:
        """In the order of their ids (the order of making), those after the id ``after``."""
    def listed(self, *, after: str = "", limit: int = 1000) -> Sequence[Listed]:
        """Published public datasets, no series, by what the columns know; in the order of their ids."""
    def add_version(self, one: Version) -> None:
        """Refuses (Stale) a number that is not the next one."""
    def save_version(self, one: Version) -> None: ...
    def version(self, dataset: str, number: int) -> Version | None: ...
    def versions(self, dataset: str) -> Sequence[Version]:
        """Newest first."""
    def outlines(self, datasets: Sequence[str], *, files: bool = False, groups: bool = False,
                 holding: Sequence[str] = ()) -> Mapping[str, Version]:
        """Versions that datasets (ids) show, less what is long and not asked; where all words ``holding`` may be."""
    def shelved(self, datasets: Sequence[str]) -> Mapping[str, Sequence[tuple[int, datetime, int]]]:
        """(number, moment of release, rows) of the versions that datasets still have, oldest first."""
    def file(self, sha256: str) -> File | None: ...

    def add_submission(self, one: Submission) -> None: ...
    def save_submission(self, one: Submission) -> None: ...
    def submission(self, submission: str) -> Submission | None: ...
    def submissions(
        self, *, dataset: str = "", organisations: Sequence[str] | None = None, states: Sequence[str] = (),
        limit: int = 100,
    ) -> Sequence[Submission]:
        """Newest first; of a dataset, of the datasets of these organisations (ids), or all."""
    def due_submissions(self, moment: datetime) -> Sequence[Submission]:
        """Those that wait for a decision and are to be published by this moment, the earliest first."""

    def add_upload(self, one: Upload) -> None: ...
    def save_upload(self, one: Upload) -> None: ...
    def upload(self, upload: str) -> Upload | None: ...
    def uploads(self, *, person: str = "", before: datetime | None = None) -> Sequence[Upload]:
        """In the order of their making: of a person (an id), those that expire before a moment, or all."""
    def drop_upload(self, upload: str) -> bool:
        """Forget an upload; tells whether it was there: who is told so may have its bytes."""

    def add_release(self, one: Release) -> None:
        """Record a release; raises Stale for a number that the subject has already."""
    def save_release(self, one: Release) -> None:
        """Record what became of a release; raises Stale for a number that the subject has already."""
    def drop_release(self, release: str) -> None: ...
    def release(self, release: str) -> Release | None: ...
    def releases(self, *, kind: str = "", subject: str = "", state: str = "") -> Sequence[Release]:
        """In the order of their acceptance, drafts (in the order of their making) last."""
    def installed_mark(self) -> str:
        """Give a mark that changes whenever a release is accepted."""
    def save_recheck(self, one: Recheck) -> None:
        """Record what checking a dataset again under a release found, in place of what was found before."""
    def recheck(self, release: str, dataset: str) -> Recheck | None: ...
    def rechecks(
        self, *, release: str = "", dataset: str = "", organisations: Sequence[str] | None = None,
        states: Sequence[str] = (), limit: int = 1000,
    ) -> Sequence[Recheck]:
        """Newest first; under a release, of a dataset, of the datasets of these organisations (ids)."""
    def save_recipe(self, one: Recipe) -> None:
        """Keep a recipe in place of the one that the resource had."""
    def recipe(self, dataset: str, resource: str) -> Recipe | None: ...
    def recipes(self, dataset: str) -> Sequence[Recipe]:
        """In the order of their resources' names."""
    def drop_recipe(self, dataset: str, resource: str) -> None: ...

    def save_erasure(self, one: Erasure) -> None: ...
    def erasure(self, erasure: str) -> Erasure | None: ...
    def erasures(
        self, *, states: Sequence[str] = (), organisations: Sequence[str] | None = None
    ) -> Sequence[Erasure]:
        """Oldest first."""
    def mark_erased(self, sha256: str, erasure: str) -> None:
        """Remember for good that bytes with this hash were erased."""
    def erased(self, hashes: Sequence[str] | None = None) -> Sequence[str]:
        """Those of the hashes (or all there are) that were erased."""
    def referers(self, sha256: str) -> Sequence[tuple[str, int]]:
        """The versions (dataset, number) that refer to an object, in whatever state."""
    def claimants(self, sha256: str) -> Sequence[str]:
        """Who has claimed an object."""
    def drop_files(self, dataset: str, number: int) -> None:
        """Forget which files a version had."""
    def drop_rechecks(self, dataset: str) -> None: ...
    def answers(self) -> Iterator[tuple[str, bytes]]:
        """The answers kept under Idempotency-Keys, with their keys."""

    def claim(self, sha256: str, holder: str) -> None:
        """Note that ``holder`` (a submission's id, ``dataset:<id>``) is about to put this object: no sweep takes it."""
    def release_claims(self, holder: str) -> None: ...
    def release_stale_claims(self, older_than_hours: int) -> int:
        """Drop older claims of those who need nothing any more: finished submissions, interrupted releases."""
    def adopt(self, sha256: str) -> None:
        """Note an object found in the store that the records do not know; its grace begins now."""
    def unclaimed(self, older_than_hours: int) -> Iterator[str]:
        """Hashes noted before that time that neither a claim nor a version nor a release refers to."""
    def known(self, sha256: str) -> bool:
        """Whether an object was ever claimed, adopted or referred to."""
    def forget(self, sha256: str) -> None: ...

    def audit(self, actor: str, act: str, target: str, **detail: object) -> AuditRow: ...
    def audit_rows(self, after: int = 0, limit: int = 1000) -> Sequence[AuditRow]: ...
    def deeds(self, *, targets: Sequence[str] | None = None, actor: str = "", acts: Sequence[str] = (),
              after: datetime | None = None, before: datetime | None = None, sequence: int = 0,
              below: int = 0, limit: int = 1000) -> Iterator[AuditRow]:
        """Rows of the audit chain, newest first: on these things, by whom, of which acts, when, under a number."""
    def announce(self, event: Event) -> int:
        """Give the event a number in the change sequence and enqueue the flows that react to it, in this transaction.

        Returns the number; 0 for those that change nothing that a reader can see (``events.UNNUMBERED``).
        """
    def last_change(self) -> int:
        """Give the newest number of the change sequence."""
    def changes(self, after: int = 0, limit: int = 1000) -> Sequence[Change]: ...
    def position(self, reader: str) -> int:
        """How far a reader (``index``, ``public-state``) has followed the change sequence."""
    def advance(self, reader: str, sequence: int) -> None: ...
    def recall(self, key: str) -> tuple[str, bytes] | None:
        """Give the answer kept under an Idempotency-Key: fingerprint of the request, answer.

        An empty answer means that the first request is still under way; such a mark is forgotten after a minute, an
        answer after a day.
        """
    def remember(self, key: str, fingerprint: str, answer: bytes) -> None: ...
    def forget_answer(self, key: str) -> None: ...
    def totals(self) -> Mapping[str, int]:
        """``datasets``, ``versions``, ``rows``, ``organisations`` of what the public can see."""
    def dump(self) -> Iterator[tuple[str, Iterator[Mapping[str, Any]]]]:
        """Give the tables in the order in which they can be filled again, each with its rows as plain JSON values.

        Sessions, kept answers and the readers' positions are left out; passwords and tokens go as hashes.
        """
    def load(self, tables: Iterable[tuple[str, Iterable[Mapping[str, Any]]]]) -> None:
        """Fill the records with what ``dump`` gave; raises Conflict("site-not-empty") where something is held."""
    def revision(self) -> str:
        """Give the name of the schema's version."""
    def knows(self, revision: str) -> bool:
        """Whether rows of a schema of that version can be loaded."""
    def is_empty(self) -> bool:
        """Whether nothing is held: no agency, person, dataset or deed."""
    def needed(self) -> Iterator[tuple[str, bool]]:
        """Hashes of the objects that the records name; False: it may be missing (withdrawn, or only claimed)."""
    def needed_from(self, after: str, limit: int) -> Sequence[str]:
        """Hashes of objects that must be there, in their order, those behind ``after``."""
    def resume_changes(self, after: int) -> None:
        """Let the change sequence of an empty site go on behind this number."""
    def site(self, name: str) -> str:
        """Give a fact about the site itself (secret, first start), "" when not set."""
    def set_site(self, name: str, value: str) -> None: ...


class Records(Protocol):
    """The database of record."""

    def begin(self) -> AbstractContextManager[Unit]:
        """Give a writing unit of work (SQLite: BEGIN IMMEDIATE)."""
    def read(self) -> AbstractContextManager[Unit]:
        """Give a reading one, that sees one state of the records."""
    def migrate(self) -> None:
        """Bring the schema to this version (Alembic); refuses a database from a newer Datamo (Unavailable)."""
    def wipe(self, keep_person: str = "") -> None:
        """Empty all tables (``datamo reset``) but the site's facts and one person with her password and tokens.

        The change sequence goes on counting and says ``site-reset``.
        """
    def scrub(self) -> None:
        """Write the tables anew, so that what was deleted from them is nowhere in the database's own files.

        Raises Unavailable while somebody still reads the old state; it may be done again.
        """
    def close(self) -> None: ...


class Files(Protocol):
    """Content-addressed objects and a staging area. Every hash is sha256 in lower-case hex."""

    def stage(self, stream: BinaryIO, limit: int) -> tuple[str, int, str]:
        """Write a stream under a random key; return key, bytes, sha256. Raises TooLarge and leaves nothing behind."""
    def open_staged(self, key: str) -> BinaryIO: ...
    def drop_staged(self, key: str) -> None: ...
    def staged(self, older_than_hours: int) -> Iterator[str]: ...
    def begin(self) -> tuple[str, str]:
        """Begin an upload that comes piece by piece; return its key and the handle to go on with."""
    def held(self, key: str, handle: str) -> int:
        """Count the bytes of it that are safe; raises NotFound."""
    def grow(self, key: str, handle: str, at: int, stream: BinaryIO) -> int:
        """Write a stream behind the first ``at`` bytes; return how many are safe now.

        A stream that ends early, or a process that ends, leaves what came before. Raises NotFound, Busy while another
        stream is being written, and Stale("upload-offset", offset=…) where other than ``at`` bytes are held.
        """
    def finish(self, key: str, handle: str) -> tuple[int, str]:
        """Close it, read it again; return bytes and sha256. Idempotent; from now on it is staged like any other."""
    def offer(self, size: int, sha256: str, seconds: int = 900) -> Offer | None:
        """Give an address to which exactly these bytes may be put, where the store has such, else None."""
    def accept(self, key: str, limit: int) -> tuple[str, int, str]:
        """Take what a client put out of his reach: new key, bytes, sha256. Raises NotFound, TooLarge (deleted then)."""
    def put(self, stream: BinaryIO) -> tuple[str, int]:
        """Store create-only under the stream's own hash, re-read and re-hash; return hash, bytes. Idempotent."""
    def open(self, sha256: str, start: int = 0, length: int | None = None) -> BinaryIO:
        """Bytes of an object; raises NotFound."""
    def size(self, sha256: str) -> int | None: ...
    def url(self, sha256: str, seconds: int = 60, *, disposition: str = "", media_type: str = "",
            head: bool = False) -> str | None:
        """Give a presigned address for GET (or HEAD), answered with these headers; None where the store has none."""
    def local(self, sha256: str) -> str | None:
        """Give a path on this machine for engines that read files in place; a store elsewhere makes a copy here."""
    def distrust(self, sha256: str) -> bool:
        """Throw away the copy on this machine, which proved wrong; whether the store itself may have better bytes."""
    def delete(self, sha256: str) -> None: ...
    def hashes(self) -> Iterator[str]: ...
    def put_state(self, name: str, content: bytes) -> None:
        """Write a public-state record (sequenced, rebuild source)."""
    def drop_older_states(self, name: str) -> None:
        """Delete every older state that the store kept of a public-state record; the one that holds stays."""
    def keeps_states(self) -> bool:
        """Whether the store keeps older states of what is deleted, and would not let us take them away."""
    def states(self) -> Iterator[tuple[str, bytes]]: ...
    def check(self) -> None:
        """Raise Unavailable when the store cannot be used."""
    def wipe(self) -> None: ...


class Index(Protocol):
    """The search engine; derived, it can be rebuilt at any time. Only the worker writes."""

    def put(self, documents: Iterable[Document]) -> None:
        """Add or replace; a document with an older sequence than the one held is ignored. Visible on return."""
    def drop(self, ids: Iterable[tuple[str, int]]) -> None:
        """Remove (id, sequence)."""
    def ask(self, question: Question) -> Answer: ...
    def suggest(self, text: str, limit: int = 8) -> Sequence[str]:
        """Titles that begin like the words typed so far."""
    def rebuild(self, documents: Iterable[Document]) -> int:
        """Build beside, then swap; readers never see a half-built index. Returns how many were indexed."""
    def count(self) -> int: ...
    def sequences(self) -> Iterator[tuple[str, int]]:
        """(id, sequence) of every dataset that may be found, whoever may see it; in no order."""
    def check(self) -> None: ...
    def close(self) -> None: ...


class Jobs(Protocol):
    """Durable work. ``enqueue`` happens inside ``Unit.announce``; these verbs are for people."""

    def jobs(self, *, states: Sequence[str] = (), limit: int = 100) -> Sequence[Job]: ...
    def status(self, job: str) -> Job | None: ...
    def cancel(self, job: str) -> None: ...
    def retry(self, job: str) -> None: ...
    def workers(self) -> Sequence[tuple[str, float]]:
        """(slot, seconds since its last sign of life)."""
    def counts(self) -> Sequence[JobCount]:
        """Count what waits, runs or was set aside, by queue."""
    def forget(self, key: str) -> None:
        """Stop and forget the work on one key, errors and all."""
    def wipe(self) -> None:
        """Forget all work, under way or done (``datamo reset``)."""


class Tables(Protocol):
    """Rows that change (CKAN's DataStore): tables by the ids of their resources. Cells come read (``rows.cells``).

    Every verb is one transaction: it happens as a whole or not at all, and a question is answered from one state.
    """

    def table(self, key: str) -> Table | None:
        """Find a table by its id or an alias."""
    def there(self, keys: Collection[str]) -> Collection[str]:
        """Give those of the ids that are tables."""
    def tables(self, dataset: str = "") -> Sequence[Table]:
        """Give all tables, or those of a dataset, by their ids."""
    def save(self, table: Table, names: Sequence[str] = (), rows: Sequence[Sequence[Any]] = ()) -> Table:
        """Make a table, or bring it to this form, with rows. Raises Conflict (alias-taken, rows-not-unique)."""
    def drop(self, key: str) -> None:
        """Take a table away with its rows. Raises NotFound."""
    def write(self, key: str, batches: Sequence[Batch], method: Method, *, dry_run: bool = False) -> Table:
        """Put rows in, batch by batch, and give the table afterwards: ``upsert`` is ``update`` or ``insert``.

        By primary key or ``_id``. Raises Conflict(rows-not-unique), NotFound (row-not-found, its ``row`` from 0).
        """
    def delete(self, key: str, where: Condition, *, give: bool = False) -> tuple[Table, Found]:
        """Delete the rows that a condition holds of, giving them if that is wished; ``total`` says how many."""
    def ask(self, key: str, ask: Ask, seconds: float = 0) -> tuple[Table, Found]:
        """Answer a question, in so many seconds (0: any). Raises NotFound, Invalid("query-too-heavy")."""
    def pages(self, key: str, size: int = 20_000) -> tuple[Table, Iterator[Sequence[Sequence[Any]]]]:
        """Give one state of the table and all its rows, ``_id`` first and in its order, so many at a time."""
    def changed(self, key: str, since: int, size: int = 20_000) -> Changed:
        """Give what changed behind a revision. Raises NotFound."""
    def door(self) -> tuple[str, str] | None:
        """Tell how another process of ours opens the same store: a class ("module:name"), and what it is given."""
    def texts(self, key: str) -> tuple[Table, Iterator[Columns]] | None: ...  # as pages, by columns; None: use those
    def sizes(self, key: str) -> tuple[int, int]: ...  # bytes that the table takes, and its indexes
    def wipe(self) -> None: ...  # takes every table away (datamo reset)
    def close(self) -> None: ...


class Stager(Protocol):
    """The part of Files a door needs to take an upload."""

    def stage(self, stream: BinaryIO, limit: int) -> tuple[str, int, str]: ...


__all__ = ["Files", "Index", "Jobs", "Records", "Staged", "Stager", "Tables", "Unit"]
