"""What we hold: agencies, people, datasets, versions, files, submissions; identity, state, history as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from catalog.declaration import Declaration
from standards.finding import Finding, Group
from standards.profile import Profile
from standards.reading import Guess
from standards.record import Dataset, Text
from standards.repair import Repair

Role = Literal["reader", "editor", "reviewer", "admin"]
SiteRole = Literal["person", "steward", "operator"]
Review = Literal["none", "second_person"]
Visibility = Literal["public", "private"]
EntryState = Literal["draft", "published", "withdrawn"]
SubmissionState = Literal[
    "received", "checking", "blocked", "ready", "in_review", "published", "rejected", "failed", "withdrawn"
]
Update = Literal["replace", "append", "correct"]
ResourceKind = Literal["table", "file", "link"]
FileRole = Literal["original", "csv", "parquet", "json", "xlsx", "geojson", "report", "changes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """An agency. ``id`` is ours (UUIDv7); ``code`` its public QĐ 20/2020 identifier, shown as ``id`` at the doors.

    ``state``: open | closed | merged; ``successor`` is the organisation that an address now leads to; ``history`` holds
    dated acts ``{"act": "rename|merge|split|close", "date", "basis", "from", "to"}``; ``declares``: asks about secrets.
    """

    id: str
    slug: str
    title: Text
    code: str = ""
    description: Text = field(default_factory=dict)
    review: Review = "none"
    state: Literal["open", "closed", "merged"] = "open"
    successor: str | None = None
    demo: bool = False
    declares: bool = False
    history: tuple[Mapping[str, Any], ...] = ()
    created: datetime
    modified: datetime

    @property
    def public_id(self) -> str:
        """What the doors call ``id``: the public code where there is one, else our own id."""
        return self.code or self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an account. ``name`` is the sign-in name; the password hash never leaves the records."""

    id: str
    name: str
    title: str = ""
    email: str = ""
    role: SiteRole = "person"
    disabled: bool = False
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A person's role in an agency."""

    organisation: str
    person: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks: a person with her roles by organisation id, or nobody (``person`` is None)."""

    person: Person | None = None
    roles: Mapping[str, Role] = field(default_factory=dict)
    via: Literal["", "token", "session", "system"] = ""
    token: str = ""

    @property
    def known(self) -> bool:
        """Whether the caller has shown valid credentials."""
        return self.person is not None


NOBODY = Caller()


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """An API token; only its hash is kept. ``secret`` is set once, in the answer that makes it."""

    id: str
    person: str
    name: str = ""
    created: datetime
    expires: datetime | None = None
    last_used: datetime | None = None
    secret: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser session; only its hash is kept. ``csrf`` binds forms to it."""

    id: str
    person: str
    csrf: str
    expires: datetime
    secret: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One content-addressed object of a resource. ``public`` is False for an original that must stay private."""

    resource: str
    name: str
    role: FileRole
    media_type: str
    bytes: int
    sha256: str
    rows: int | None = None
    public: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnInfo:
    """A published column: physical name, title per language, Table Schema type, meaning."""

    name: str
    title: Text = field(default_factory=dict)
    type: str = "string"
    meaning: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One part of a version: a table, an attachment or a link, with what it pins.

    ``pins``: ``{"standard": "id@version", "codelists": {id: digest}, "checker": version}``; ``quality`` and ``profile``
    describe the table; ``preview`` are its first rows (at most 100) as lists of text, in column order.
    """

    name: str
    title: Text = field(default_factory=dict)
    kind: ResourceKind = "table"
    standard: str = ""
    rows: int | None = None
    columns: tuple[ColumnInfo, ...] = ()
    files: tuple[File, ...] = ()
    url: str = ""
    profile: Profile | None = None
    groups: tuple[Group, ...] = ()
    preview: tuple[tuple[str, ...], ...] = ()
    periods: tuple[str, ...] = ()
    pins: Mapping[str, Any] = field(default_factory=dict)
    format: str = ""
    submission: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One atomic release of 0..n resources. Its bytes never change; withdrawal leaves a tombstone.

    ``publisher`` is what the publisher was called when it was released; ``changes`` are counts added/removed/changed.
    """

    dataset: str
    number: int
    state: Literal["published", "withdrawn"] = "published"
    kind: Literal["update", "correction"] = "update"
    issued: datetime
    note: str = ""
    erratum: str = ""
    resources: tuple[Resource, ...] = ()
    manifest: str = ""
    publisher: Mapping[str, Any] = field(default_factory=dict)
    approver: str = ""
    changes: Mapping[str, int] | None = None
    republishes: int | None = None
    reason: str = ""
    withdrawn: datetime | None = None
    declarations: tuple[Mapping[str, Any], ...] = ()

    @property
    def files(self) -> tuple[File, ...]:
        """All files of all resources, in order."""
        return tuple(file for resource in self.resources for file in resource.files)

    @property
    def first_table(self) -> Resource | None:
        """The table that ``/rows``, ``columns`` and ``standard`` at the top mean."""
        return next((one for one in self.resources if one.kind == "table"), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A dataset as the catalogue holds it: identity, owner, description, state and its newest version's number.

    ``about`` are the describing members; ``series`` is the id of the series (an Entry of kind series) it belongs to;
    ``aliases`` are addresses it had before. ``sequence`` is the change sequence of its last change.
    """

    id: str
    slug: str
    organisation: str
    about: Dataset
    visibility: Visibility = "public"
    state: EntryState = "draft"
    version: int | None = None
    series: str | None = None
    kind: Literal["dataset", "series"] = "dataset"
    created: datetime
    modified: datetime
    issued: datetime | None = None
    reason: str = ""
    withdrawn: datetime | None = None
    sequence: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """Bytes in the staging area under a random key of ours. ``name`` is the cleaned client name, shown, never a key."""

    key: str
    name: str
    bytes: int
    sha256: str
    media_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked for with an upload. ``recipe`` says what was taken over from the dataset's, ``replay`` if it may.

    ``read`` are members of ``standards.reading.Overrides`` as plain JSON, ``schema`` a Table Schema rebuilt from known
    members; ``fixes`` kinds of repair ("safe" for all that are), ``released`` columns let pass as personal data.
    """

    resource: str = ""
    sheet: str = ""
    standard: str = ""
    update: Update = "replace"
    period: str = ""
    kind: Literal["update", "correction"] = "update"
    note: str = ""
    publish: bool = True
    fixes: tuple[str, ...] = ()
    released: tuple[str, ...] = ()
    read: Mapping[str, Any] = field(default_factory=dict)
    schema: Mapping[str, Any] | None = None
    recipe: Mapping[str, Any] = field(default_factory=dict)
    replay: bool = True
    declaration: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact:
    """A file that the sandbox made or kept: a path in the work area, or (after ``Files.put``) an object's hash."""

    resource: str
    name: str
    role: FileRole
    media_type: str
    path: str = ""
    bytes: int = 0
    sha256: str = ""
    rows: int | None = None
    public: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOutcome:
    """One table: what was found, ``understood``; ``fixes`` can be made, ``repaired`` were, ``unfit`` are asked anew."""

    resource: str
    sheet: str | None = None
    standard: str = ""
    valid: bool = True
    profile: Profile | None = None
    findings: tuple[Finding, ...] = ()
    groups: tuple[Group, ...] = ()
    columns: tuple[ColumnInfo, ...] = ()
    preview: tuple[tuple[str, ...], ...] = ()
    stats: Mapping[str, Any] = field(default_factory=dict)
    personal_data: tuple[Mapping[str, Any], ...] = ()
    artefacts: tuple[Artefact, ...] = ()
    pins: Mapping[str, Any] = field(default_factory=dict)
    periods: tuple[str, ...] = ()
    changes: Mapping[str, int] | None = None
    fixes: tuple[Repair, ...] = ()
    repaired: tuple[Repair, ...] = ()
    understood: tuple[Guess, ...] = ()
    unfit: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The end of a check: either ``reason`` (unreadable: state failed) or tables (or one attachment).

    ``file``: ``{"format","encoding","dialect","sheet","sheets"}``; ``reason``: ``{"code": …, "params": {…}}``, of the
    first thing that failed or blocks; ``base`` is the number of the version that an append or correction was built on.
    """

    readable: bool = True
    reason: Mapping[str, Any] | None = None
    file: Mapping[str, Any] = field(default_factory=dict)
    tables: tuple[TableOutcome, ...] = ()
    attachment: Artefact | None = None
    original: Artefact | None = None
    base: int | None = None

    @property
    def valid(self) -> bool:
        """Whether nothing blocks publication."""
        return self.readable and self.reason is None and all(table.valid for table in self.tables)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One file on its way; ``attempt`` counts the checks asked for again (repairs accepted, a column released)."""

    id: str
    dataset: str
    state: SubmissionState
    staged: Staged
    options: Options = Options()
    by: str = ""
    outcome: Outcome | None = None
    reason: Mapping[str, Any] | None = None
    version: int | None = None
    reviewer: str = ""
    review_note: str = ""
    attempt: int = 0
    created: datetime
    finished: datetime | None = None
    declaration: Declaration | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of the change sequence: number, when, what kind, which dataset."""

    sequence: int
    at: datetime
    kind: str
    dataset: str
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One row of the audit chain: ``hash`` covers the row and the hash before it."""

    sequence: int
    at: datetime
    actor: str
    act: str
    object: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Work under way or set aside, as ``datamo jobs`` shows it."""

    id: str
    flow: str
    key: str
    state: str
    created: datetime | None = None
    updated: datetime | None = None
    error: str = ""
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """An operator's act on an agency: what, from which day, on which legal basis, into what."""

    act: Literal["rename", "merge", "split", "close"]
    day: date
    basis: str
    into: tuple[str, ...] = ()
    title: Text = field(default_factory=dict)
    slug: str = ""
    code: str = ""
    datasets: Mapping[str, str] = field(default_factory=dict)
