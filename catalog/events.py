"""Facts that the catalogue announces in the same transaction as the change; others react to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FileArrived:
    """An upload was recorded; its check has to be run. ``attempt`` counts checks asked for again, 0 = the first.

    ``agency`` and ``size`` (bytes) say whose turn it takes and how much of it; ``urgent``: somebody waits for it.
    """

    submission: str
    attempt: int = 0
    agency: str = ""
    size: int = 0
    urgent: bool = True


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseDrafted:
    """What a draft of a release touches has to be found out in the background; takes no number in the sequence."""

    release: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseAccepted:
    """A release is in force: published data are checked again. ``dataset`` names one only, for its ``version``.

    Takes no number in the sequence; each dataset that was checked again is announced as changed.
    """

    release: str
    dataset: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDue:
    """A source is to be harvested; takes no number in the sequence. ``attempt`` counts how far an earlier one came."""

    source: str
    run: str
    attempt: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PushDue:
    """A target is to be told of a dataset; takes no number in the sequence. ``attempt`` tells this time from others."""

    push: str
    attempt: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteReset:
    """Everything was emptied; whoever follows the change sequence starts again from nothing."""


Event = (
    FileArrived | VersionPublished | DatasetChanged | DatasetWithdrawn | ReleaseDrafted | ReleaseAccepted | SourceDue
    | PushDue | SiteReset
)

UNNUMBERED = (FileArrived, ReleaseDrafted, ReleaseAccepted, SourceDue, PushDue)
"""Events that change nothing a reader can see: they start flows and take no number in the change sequence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A flow that an event starts: its name, the queue it waits in and the key (a submission's id) it is run with.

    ``flow:key`` (``flow:key:attempt`` when it was asked for again) is the job's id, so that an event announced twice
    starts its flow once.

    ``agency`` is who takes turns with others in the queue and ``cost`` how much of her turns this takes; what is not
    ``urgent`` comes after all that is.
    """

    flow: str
    queue: str
    key: str
    attempt: int = 0
    agency: str = ""
    cost: int = 1
    urgent: bool = True

    @property
    def job(self) -> str:
        """The id of the job."""
        return f"{self.flow}:{self.key}" + (f":{self.attempt}" if self.attempt else "")


Starts = Callable[[Event], "Start | None"]
"""Which flow an event starts, if any; ``pipelines.flow`` has the one that is used."""
