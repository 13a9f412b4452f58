"""What the native API gives, as models: they describe OpenAPI, answers themselves are written as bytes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field


class Out(BaseModel):
    """Output, for the OpenAPI document; answers are written as bytes from plain values."""


class ProblemMember(Out):
    """One member that is wrong."""

    pointer: str = Field(description="Member of the body (#/title), parameter (#/limit), header:name or path:name.")
    code: str
    detail: str
    known: list[str] = Field([], description="Where only a few words are known: those.")


class Problem(Out):
    """RFC 9457 problem+json."""

    type: str
    title: str
    status: int
    code: str = Field(description="Stable; see docs/api.md.")
    detail: str = Field(description="A sentence in the reader's language.")
    id: str = Field("", description="The request, as X-Request-Id and the site's log name it.")
    errors: list[ProblemMember] = []


class Tombstone(Out):
    """What is left of something withdrawn; of something erased also the record of that, without a value."""

    state: Literal["withdrawn", "erased"]
    reason: str
    withdrawn: datetime
    erased: dict[str, object] | None = None


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


class UploadOut(Out):
    """A file on its way in, before it is a submission; `put` says where its sender puts it, for a direct one."""

    id: str
    name: str
    bytes: int = Field(description="How many were promised.")
    received: int = Field(0, description="How many are safe.")
    sha256: str | None
    direct: bool
    complete: bool = Field(description="All is here and was read again.")
    created: datetime
    expires: datetime
    put: dict[str, Any] | None = None
    links: dict[str, str]


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


class SuggestionsOut(Out):
    """Titles that begin like the words typed so far."""

    items: list[str]


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
    schema_: Annotated[dict[str, Any] | None, Field(alias="schema")] = None
    understood: list[dict[str, Any]]
    report_url: str
    version: int | None
    reason: dict[str, Any] | None
    declaration: dict[str, Any] | None
    created: datetime
    finished: datetime | None
