"""What the native API takes and gives, as models: they check the shape of input and describe OpenAPI.

An unknown member is refused here; what a member may hold is the catalogue's to say.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

Short = Annotated[str, StringConstraints(max_length=300)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Prose = Annotated[str, StringConstraints(max_length=20_000)]
LanguageTag = Annotated[str, StringConstraints(min_length=2, max_length=35)]
Texts = Annotated[str, StringConstraints(max_length=20_000)] | dict[LanguageTag, Prose]
"""Words in one language (the site's) or in several, by tag."""
Address = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Slug = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Email = Annotated[str, StringConstraints(max_length=300)]
Password = Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class In(BaseModel):
    """Input: a member that the contract does not name is refused."""

    model_config = ConfigDict(extra="forbid")


class PeriodIn(In):
    """A span of days, both ends included; an open end is null."""

    start: date | None = None
    end: date | None = None


class ContactIn(In):
    """Whom a reader may ask."""

    name: Short = ""
    email: Email = ""
    phone: Short = ""
    url: Short = ""


class Describing(In):
    """The describing members of a dataset; all optional, so that PATCH names only what it changes."""

    title: Texts | None = None
    description: Texts | None = None
    standard: Short | None = None
    licence: Short | None = None
    themes: Annotated[list[Word], Field(max_length=50)] | None = None
    tags: Annotated[list[Word], Field(max_length=100)] | None = None
    language: Annotated[list[LanguageTag], Field(max_length=20)] | None = None
    frequency: Short | None = None
    spatial: Annotated[list[Word], Field(max_length=500)] | None = None
    temporal: PeriodIn | None = None
    contact: ContactIn | None = None
    source: Texts | None = None
    source_url: Annotated[str, StringConstraints(max_length=2000)] | None = None
    notice: Texts | None = None
    visibility: Literal["public", "private"] | None = None
    slug: Slug | None = None
    series: Short | None = None


class DatasetIn(Describing):
    """A new dataset: its organisation and title are needed, the slug is made from the title when absent."""

    organization: Name
    title: Texts


class DatasetPatch(Describing):
    """Changes of a dataset: only the members that are named change."""


class WithdrawIn(In):
    """Why a dataset, or one version of it, is withdrawn."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]
    version: Annotated[int, Field(ge=1)] | None = None


class ReleaseIn(In):
    """Submissions that stand at ``ready`` and become one version together."""

    submissions: Annotated[list[Name], Field(min_length=1, max_length=100)]


class LinkIn(In):
    """A resource that is an address elsewhere."""

    name: Slug
    title: Texts | None = None
    kind: Literal["link"] = "link"
    url: Address


class RepublishIn(In):
    """Why an earlier version's content becomes the newest again."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]


class NoteIn(In):
    """A note to whoever reads the decision."""

    note: Annotated[str, StringConstraints(max_length=2000)] = ""


class SuccessorIn(In):
    """New codes in a column of their own: the day of the data, confirmed; ``until`` today; ``column`` all of codes."""

    day: date
    until: date | None = None
    column: Short = ""


class FixesIn(In):
    """``accept``: ``kind`` or ``kind#column``; ``safe``: all such; ``columns``: label → field; ``withdraw``: back."""

    accept: Annotated[list[Short], Field(max_length=100)] = []
    safe: bool = False
    columns: Annotated[dict[Short, Word], Field(max_length=500)] = {}
    successor: SuccessorIn | None = None
    withdraw: Annotated[list[Short], Field(max_length=100)] = []


class ReadingIn(In):
    """How a file is read where a guess is wrong: the members of ``reading``, and the sheet.

    ``reading`` replaces all that was said before; an empty object leaves everything to be guessed again.
    """

    reading: dict[str, Any]
    sheet: Annotated[str, Field(max_length=200)] | None = None


class RecipeIn(In):
    """What a resource's recipe is to be: words of acceptance, and options of reading where they change."""

    fixes: Annotated[list[Short], Field(max_length=200)]
    read: dict[Word, Any] | None = None


class RecipeOut(BaseModel):
    """A recipe: what is replayed at the next upload of a resource."""

    resource: str
    fixes: list[str]
    columns: dict[str, str]
    read: dict[str, Any]
    standard: str | None
    version: int | None
    modified: str | None
    links: dict[str, str]


class RejectIn(In):
    """Why a submission is rejected."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]


class ColumnReleaseIn(In):
    """Which column held back as personal data may be published, why, and what law says so."""

    column: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    reason: Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]
    basis: Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]


class OrganizationIn(In):
    """A new agency; ``id`` is its public code (QĐ 20/2020/QĐ-TTg) where it has one."""

    id: Word | None = None
    slug: Slug | None = None
    title: Texts
    description: Texts | None = None


class OrganizationPatch(In):
    """Changes of an agency by its admin."""

    title: Texts | None = None
    description: Texts | None = None
    review: Literal["none", "second_person"] | None = None
    declares: bool | None = None


def several(given: Any) -> Any:
    """One name alone means a list of it: an agency is mostly merged into one other."""
    return [given] if isinstance(given, str) else given


class RestructureIn(In):
    """An operator's act on an agency: day, legal basis, and into what."""

    date: date
    basis: Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]
    into: Annotated[list[Name], Field(max_length=50), BeforeValidator(several)] = []
    title: Texts | None = None
    slug: Slug | None = None
    id: Word | None = None
    datasets: dict[Name, Name] = {}


class MemberIn(In):
    """A person's role in an agency."""

    user: Name
    role: Literal["reader", "editor", "reviewer", "admin"]


class UserIn(In):
    """A new person; without a password she can sign in only by token."""

    name: Name
    title: Short = ""
    email: Email = ""
    password: Password | None = None


class UserPatch(In):
    """Changes of a person; ``disabled`` revokes her tokens and sessions."""

    title: Short | None = None
    email: Email | None = None
    disabled: bool | None = None
    password: Password | None = None


class TokenIn(In):
    """A new token: whose, what for, until when (RFC 3339, or a span like ``30d``)."""

    user: Name | None = None
    name: Short = ""
    expires: Annotated[str, StringConstraints(max_length=40)] | None = None


class Out(BaseModel):
    """Output, for the OpenAPI document; answers are written as bytes from plain values."""


class ProblemMember(Out):
    """One member that is wrong."""

    pointer: str = Field(description="JSON pointer (#/title), query parameter (?limit) or header (header:name).")
    code: str
    detail: str


class Problem(Out):
    """RFC 9457 problem+json."""

    type: str
    title: str
    status: int
    code: str = Field(description="Stable; see docs/api.md.")
    detail: str = Field(description="A sentence in the reader's language.")
    errors: list[ProblemMember] = []


class Tombstone(Problem):
    """What is left of something withdrawn."""

    state: Literal["withdrawn"]
    reason: str
    withdrawn: datetime


class FileOut(Out):
    """One file of a version; ``url`` names the version."""

    resource: str
    name: str
    role: str
    media_type: str
    bytes: int
    sha256: str
    rows: int | None
    url: str


class ColumnOut(Out):
    """A column of a table."""

    name: str
    title: dict[str, str]
    type: str
    meaning: str | None


class ResourceOut(Out):
    """A table, an attachment or a link."""

    name: str
    title: dict[str, str]
    kind: Literal["table", "file", "link"]
    standard: str | None
    rows: int | None
    columns: list[ColumnOut]
    files: list[FileOut]
    url: str | None


class DatasetOut(Out):
    """A dataset with its newest version."""

    id: str
    slug: str
    title: dict[str, str]
    description: dict[str, str]
    organization: dict[str, Any]
    standard: str | None
    licence: str | None
    themes: list[str]
    tags: list[str]
    language: list[str]
    frequency: str | None
    spatial: list[str]
    temporal: dict[str, str | None] | None
    contact: dict[str, str] | None
    source: dict[str, str]
    source_url: str | None
    notice: dict[str, str]
    visibility: Literal["public", "private"]
    state: Literal["draft", "published", "withdrawn"]
    version: int | None
    issued: datetime | None
    modified: datetime
    series: str | None
    resources: list[ResourceOut]
    files: list[FileOut]
    columns: list[ColumnOut]
    quality: dict[str, Any]
    links: dict[str, str]


class ListOut(Out):
    """A list: its items, how many there are, and the cursor of the next page."""

    items: list[dict[str, Any]]
    total: int
    next: str | None


class DatasetListOut(ListOut):
    """Datasets found, with facets; ``degraded`` when search is down or behind, so that something may be missing."""

    items: list[DatasetOut]  # type: ignore[assignment]
    facets: dict[str, list[dict[str, Any]]]
    degraded: bool = False


class VersionOut(Out):
    """One version."""

    number: int
    state: Literal["published", "withdrawn"]
    kind: Literal["update", "correction"]
    issued: datetime
    note: str
    rows: int | None
    columns: int | None
    files: list[FileOut]
    manifest_sha256: str
    standard: str | None
    changes: dict[str, int] | None


class SubmissionOut(Out):
    """A file on its way."""

    id: str
    state: str
    dataset: str
    file: dict[str, Any]
    standard: str | None
    groups: list[dict[str, Any]]
    findings: list[dict[str, Any]]
    profile: dict[str, Any] | None
    personal_data: list[dict[str, Any]]
    fixes: list[dict[str, Any]]
    recipe: dict[str, Any] | None = None
    unfit: list[str] = []
    repaired: list[dict[str, Any]]
    accepted: list[str]
    reading: dict[str, Any]
    understood: list[dict[str, Any]]
    report_url: str
    version: int | None
    reason: dict[str, Any] | None
    declaration: dict[str, Any] | None
    created: datetime
    finished: datetime | None
