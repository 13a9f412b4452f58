"""The use cases of the catalogue: people and agencies, draft, attach, settle, review, publish, withdraw, search."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import BinaryIO

from catalog.model import (
    AuditRow,
    Caller,
    Change,
    Closing,
    Entry,
    File,
    Job,
    Membership,
    Options,
    Organisation,
    Outcome,
    Person,
    Session,
    Staged,
    Submission,
    Token,
    Version,
)
from catalog.ports import Files, Index, Jobs, Records
from catalog.question import Answer, Document, Question
from standards.record import Dataset, Text


class Catalog:
    """Everything the doors and the pipelines may ask of the catalogue. Every verb takes the Caller first.

    What a caller may not see raises NotFound exactly as if it did not exist; what she may see but not do, NotAllowed.
    Keys of datasets are id or slug, of organisations id, public code or slug, of people id or name.
    """

    def __init__(self, *, records: Records, files: Files, index: Index, jobs: Jobs, now: Callable[[], datetime],
                 upload_limit: int, review_default: str, search_wait: bool) -> None: ...

    # -- people -------------------------------------------------------------------------------------------------
    def add_person(self, caller: Caller, name: str, *, title: str = "", email: str = "", role: str = "person",
                   password: str = "") -> Person: ...
    def amend_person(self, caller: Caller, key: str, *, title: str | None = None, email: str | None = None,
                     disabled: bool | None = None, password: str | None = None) -> Person: ...
    def person(self, caller: Caller, key: str) -> Person: ...
    def people(self, caller: Caller) -> Sequence[Person]: ...
    def add_token(self, caller: Caller, person: str, *, name: str = "", expires: datetime | timedelta | None = None) -> Token: ...
    def tokens(self, caller: Caller, person: str = "") -> Sequence[Token]: ...
    def drop_token(self, caller: Caller, token: str) -> None: ...
    def caller_of_token(self, secret: str) -> Caller:
        """Raises NotKnown for a wrong, expired or revoked token."""
    def sign_in(self, name: str, password: str) -> Session:
        """Raises NotKnown; the same answer and time whether the name exists or not."""
    def caller_of_session(self, secret: str) -> tuple[Caller, Session] | None: ...
    def sign_out(self, secret: str) -> None: ...
    def system(self) -> Caller:
        """The caller that the site itself is (worker, command line on the machine)."""

    # -- agencies -----------------------------------------------------------------------------------------------
    def add_organisation(self, caller: Caller, *, code: str = "", slug: str = "", title: Text, description: Text | None = None,
                         demo: bool = False) -> Organisation: ...
    def amend_organisation(self, caller: Caller, key: str, *, title: Text | None = None, description: Text | None = None,
                           review: str | None = None) -> Organisation: ...
    def restructure(self, caller: Caller, key: str, closing: Closing) -> Organisation:
        """Operator: rename, merge, split or close with date and legal basis; datasets move, old addresses redirect."""
    def organisation(self, caller: Caller, key: str) -> Organisation: ...
    def organisations(self, caller: Caller) -> Sequence[Organisation]: ...
    def set_member(self, caller: Caller, organisation: str, person: str, role: str) -> Membership: ...
    def drop_member(self, caller: Caller, organisation: str, person: str) -> None: ...
    def members(self, caller: Caller, organisation: str) -> Sequence[tuple[Person, Membership]]: ...

    # -- datasets -----------------------------------------------------------------------------------------------
    def draft(self, caller: Caller, organisation: str, about: Dataset, *, slug: str = "", visibility: str = "public",
              series: str | None = None, kind: str = "dataset") -> Entry: ...
    def amend(self, caller: Caller, key: str, *, about: Dataset | None = None, slug: str | None = None,
              visibility: str | None = None, series: str | None = None) -> Entry: ...
    def remove_draft(self, caller: Caller, key: str) -> None:
        """Only what was never published; else Conflict('withdraw-instead')."""
    def dataset(self, caller: Caller, key: str) -> Entry:
        """Also a withdrawn one (its state says so). Raises NotFound."""
    def datasets(self, caller: Caller, ids: Sequence[str]) -> Sequence[Entry]:
        """Those of the ids that the caller may see, in the order asked."""
    def datasets_of(self, caller: Caller, organisation: str, *, limit: int = 1000) -> Sequence[Entry]: ...
    def version(self, caller: Caller, key: str, number: int | None = None) -> Version:
        """None = the latest; raises Gone for a withdrawn one, NotFound where there is none."""
    def versions(self, caller: Caller, key: str) -> Sequence[Version]: ...
    def file(self, caller: Caller, key: str, name: str, number: int | None = None) -> File: ...
    def open_file(self, caller: Caller, file: File, start: int = 0, length: int | None = None) -> BinaryIO: ...
    def manifest(self, caller: Caller, key: str, number: int) -> bytes: ...

    # -- submissions --------------------------------------------------------------------------------------------
    def may_submit(self, caller: Caller, key: str) -> Entry:
        """The dataset, if the caller may upload to it: asked before the bytes are taken."""
    def attach(self, caller: Caller, key: str, staged: Staged, options: Options) -> Submission:
        """Record the upload and announce FileArrived in one transaction; after it, the upload is never lost."""
    def submission(self, caller: Caller, submission: str) -> Submission: ...
    def submissions(self, caller: Caller, *, dataset: str = "", states: Sequence[str] = (), limit: int = 100) -> Sequence[Submission]: ...
    def begin_check(self, submission: str) -> Submission:
        """The worker takes it: received → checking (idempotent)."""
    def settle(self, submission: str, outcome: Outcome) -> Submission:
        """The worker hands the outcome in (artefacts already put as objects): failed, blocked or ready; idempotent."""
    def may_publish_by_itself(self, submission: str) -> bool:
        """Whether nothing blocks, publishing was asked for and the agency's rule needs no second person."""
    def submit(self, caller: Caller, submission: str, note: str = "") -> Submission: ...
    def approve(self, caller: Caller, submission: str, note: str = "") -> Submission: ...
    def reject(self, caller: Caller, submission: str, reason: str) -> Submission: ...
    def publish(self, caller: Caller, submissions: Sequence[str], *, manifest: bytes | None = None) -> Version:
        """Release ready submissions of one dataset together as its next version: the only switch of visibility."""

    # -- versions -----------------------------------------------------------------------------------------------
    def add_link(self, caller: Caller, key: str, *, name: str, title: Text, url: str) -> Version: ...
    def remove_resource(self, caller: Caller, key: str, name: str) -> Version: ...
    def republish(self, caller: Caller, key: str, number: int, reason: str) -> Version: ...
    def withdraw(self, caller: Caller, key: str, reason: str, number: int | None = None) -> Mapping[str, object]:
        """Returns the tombstone ``{"state": "withdrawn", "reason", "withdrawn"}``."""

    # -- finding ------------------------------------------------------------------------------------------------
    def search(self, caller: Caller, question: Question) -> tuple[Answer, Sequence[Entry]]:
        """The answer and the entries of its hits, in order; the audience is set here from the caller."""
    def suggest(self, caller: Caller, text: str) -> Sequence[str]: ...
    def document(self, dataset: str) -> Document | None:
        """What the index should know of a dataset now, or None when it should not know it."""
    def changes(self, caller: Caller, after: int = 0, limit: int = 1000) -> Sequence[Change]: ...
    def follow(self, reader: str, limit: int = 1000) -> Sequence[Change]: ...
    def advance(self, reader: str, sequence: int) -> None: ...
    def wait_until_searchable(self, sequence: int, seconds: float = 10.0) -> None: ...

    # -- operation ----------------------------------------------------------------------------------------------
    def audit(self, caller: Caller, after: int = 0, limit: int = 1000) -> Sequence[AuditRow]: ...
    def jobs(self, caller: Caller, states: Sequence[str] = ()) -> Sequence[Job]: ...
    def health(self) -> Mapping[str, Mapping[str, str]]:
        """Parts by name with ``state`` ok | degraded | down."""
    def verify(self, *, deep: bool = False) -> Sequence[str]:
        """Broken promises of the publish protocol, as sentences; empty when all hold."""
    def sweep(self, *, older_than_hours: int = 24) -> int:
        """Delete objects without claim or reference, and old staging files; returns how many."""
    def reset(self) -> None: ...
    def statistics(self) -> Mapping[str, int]:
        """True numbers for the home page: datasets, versions, rows, organisations."""


__all__ = ["Catalog", "date"]
