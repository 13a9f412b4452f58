"""What the catalogue writes down of itself: the change sequence, the audit chain, and work under way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


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


@dataclass(frozen=True, slots=True)
class JobCount:
    """How many jobs of a queue stand in a state, and how long ago (in seconds) the oldest of them was made."""

    queue: str
    state: str
    number: int
    oldest_seconds: float
