"""What the native API takes about webhooks, and about changes that are announced."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from api.dialects.v1.shapes.words import Address, In, Name, Short, Texts

Subject = Annotated[str, StringConstraints(max_length=2000)]


class WebhookIn(In):
    """A new webhook: which address is told of what."""

    url: Address = Field(description="Where deliveries are sent by POST.")
    scope: Literal["site", "organization", "dataset", "search"] = "site"
    subject: Subject = Field(
        default="", description="Agency or dataset (id or slug), or the query string of a search.")
    title: Short = ""


class WebhookPatch(In):
    """Changes of a webhook; ``disabled`` stops it, ``active`` lets it go on from where it stopped."""

    url: Address | None = None
    title: Short | None = None
    state: Literal["active", "disabled"] | None = None


class NoticeIn(In):
    """A change of columns that is coming: from which day on, which columns of which table, in which words."""

    effective: date
    resource: Annotated[str, StringConstraints(max_length=200)] = ""
    columns: Annotated[list[Name], Field(max_length=500)] = []  # noqa: RUF012 - copied by pydantic
    words: Texts | None = None
