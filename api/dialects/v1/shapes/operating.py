"""What the doors of operation take and give."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AwareDatetime, Field, StringConstraints

from api.dialects.v1.shapes.answers import Out
from api.dialects.v1.shapes.words import In


class ReadOnlyIn(In):
    """Why the site takes no changes, said on every page, and until when that is expected."""

    notice: Annotated[str, StringConstraints(max_length=2000, strip_whitespace=True)] = ""
    until: AwareDatetime | None = None


class SiteOut(Out):
    """How the machine behind the site does."""

    alarms: list[dict[str, Any]] = Field(description="What somebody has to look at, with the address of its runbook.")
    parts: dict[str, dict[str, str]]
    read_only: dict[str, Any] | None
    workers: list[dict[str, Any]]
    queues: list[dict[str, Any]]
    set_aside: list[dict[str, Any]]
    running: list[dict[str, Any]]
    waiting: list[dict[str, Any]] = Field(description="Uploads that wait or are at work, by agency.")
    followers: dict[str, int]
    search: dict[str, Any] | None
    webhooks: dict[str, int]
    failing_webhooks: list[dict[str, Any]] = Field(
        description="Webhooks that are not reached: the receiver's host, whose they are, since when, and what it said.")
    engines: dict[str, str] = Field(description="What keeps records, searches, and keeps files.")
    letters: int
    sources: list[dict[str, Any]]
    targets: list[dict[str, Any]]
    storage: dict[str, Any]
    disks: list[dict[str, Any]]
    holdings: dict[str, int]
    orphans: int | None
    schema_: str = Field(alias="schema")
