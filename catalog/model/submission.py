"""A file on its way: what was asked for with it, what its check found, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from catalog.declaration import Declaration
from catalog.model.outcome import Options, Outcome

SubmissionState = Literal[
    "received", "checking", "blocked", "ready", "in_review", "published", "rejected", "failed", "withdrawn"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """Bytes in the staging area under a random key of ours. ``name`` is the cleaned client name, shown, never a key."""

    key: str
    name: str
    bytes: int
    sha256: str
    media_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One file on its way; ``attempt`` counts the checks asked for again (repairs accepted, a column released).

    ``due`` is when it is to be published without anybody pressing a button, ``due_by`` the id of who decided that.
    """

    id: str
    dataset: str
    state: SubmissionState
    staged: Staged
    options: Options = Options()  # noqa: RUF009 - frozen, so it may be shared
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
    due: datetime | None = None
    due_by: str = ""
