"""What the doors of erasure take and give."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from api.dialects.v1.shapes.answers import Out
from api.dialects.v1.shapes.words import In, Name
from catalog.erasure import BASIS


class ErasureIn(In):
    """What is to be erased: a whole dataset, versions of it, or an upload; in words that hold no personal data."""

    dataset: Name
    versions: Annotated[list[Annotated[int, Field(ge=1)]], Field(max_length=1000)] = Field(default_factory=list)
    upload: Annotated[str, StringConstraints(max_length=64)] = ""
    reason: Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]
    basis: Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)] = BASIS
    sharing: Literal["", "include", "keep"] = ""


class ErasureOut(Out):
    """An erasure: its scope, who asked and who confirmed, and the hashes of what goes; never a value."""

    id: str
    state: Literal["asked", "confirmed", "done", "refused"]
    dataset: str
    versions: list[int]
    whole: bool
    uploads: list[str]
    others: list[dict[str, object]]
    reason: str
    basis: str
    asked_by: str
    asked: str
    confirmed_by: str | None
    confirmed: str | None
    finished: str | None
    objects: int
    hashes: list[str]
    kept: list[str]
    backups_until: str | None
    store_keeps: bool
