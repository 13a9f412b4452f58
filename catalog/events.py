"""Facts that the catalogue announces in the same transaction as the change; others react to them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FileArrived:
    """An upload was recorded; its check has to be run."""

    submission: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionPublished:
    """A version became visible."""

    dataset: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetChanged:
    """The describing members, visibility or address of a dataset changed without a new version."""

    dataset: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetWithdrawn:
    """A dataset, or one version of it, was withdrawn and leaves a tombstone."""

    dataset: str
    number: int | None = None


Event = FileArrived | VersionPublished | DatasetChanged | DatasetWithdrawn
