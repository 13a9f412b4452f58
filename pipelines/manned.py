"""What a worker works at: the bench that gives it jobs, locks that die with it, and how often it tries a step."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from catalog.model import Job


class Bench(Protocol):
    """What a worker needs of the jobs: signs of life, and the work of slots whose worker is gone."""

    def asked(self) -> AbstractContextManager[None]:
        """Say in our words, as Unavailable, what goes wrong with the database inside."""

    def beat(self, slot: str) -> None: ...
    def leave(self, slot: str) -> None: ...
    def running_slots(self) -> Sequence[str]: ...
    def orphans(self, slot: str) -> Sequence[str]: ...
    def take_over(self, slot: str, jobs: Sequence[str] | None = None) -> int: ...
    def adopt(self) -> int: ...
    def given_up(self) -> Sequence[Job]: ...
    def waiting(self, queues: Sequence[str]) -> bool: ...


class Locks(Protocol):
    """Locks that die with their process."""

    def take(self, name: str) -> bool: ...
    def keep(self) -> None:
        """Find out which locks are lost, as the database was away; they may be taken again."""

    def release(self, name: str) -> None: ...
    def release_all(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often a step is tried, how long the first pause is (seconds) and by what it grows each time."""

    attempts: int = 6
    seconds: float = 1.0
    growth: float = 3.0
    outage: float = 6 * 3600.0
    """How long (seconds) a step waits for the database or the store of files to come back before that is a failure."""
