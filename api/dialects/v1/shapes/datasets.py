"""What the native API takes of datasets and their versions: describing, linking, releasing, withdrawing."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from api.dialects.v1.shapes.words import Address, Email, In, LanguageTag, Name, Short, Slug, Texts, Word


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
    reason: Annotated[str, StringConstraints(max_length=2000)] = ""


class LinkIn(In):
    """A resource that is an address elsewhere."""

    name: Slug
    title: Texts | None = None
    kind: Literal["link"] = "link"
    url: Address


class RepublishIn(In):
    """Why an earlier version's content becomes the newest again."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]
