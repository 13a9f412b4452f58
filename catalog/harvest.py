"""Harvesting as values: sources that are read again and again, their runs, and what is found there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, Protocol

from catalog.model import Resource
from standards.record import Dataset, Text

SourceKind = Literal["ckan", "dcat", "datapackage", "csv", "sitemap"]
RunState = Literal["running", "done", "failed", "asks"]
KINDS: tuple[SourceKind, ...] = ("ckan", "dcat", "datapackage", "csv", "sitemap")
COUNTS = ("seen", "new", "changed", "same", "refused", "kept", "busy", "gone")
"""What a run counts: ``kept`` was taken off this site by people and stays away, ``busy`` was changed meanwhile."""

LONGEST_ID = 200
MOST_PROBLEMS = 100
MOST_GUESSED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A catalogue elsewhere. ``organisation`` (an id) owns what comes from it, unless its ``agencies`` come along.

    ``hours`` between two runs, 0: by hand only. ``moved``: that catalogue moves here, so its ids and addresses are
    shown and lead here; otherwise they are kept beside ours and never shown. ``hints`` are what the next run needs
    (ETag, since when); ``count`` is how many datasets the last whole run left.
    """

    id: str
    name: str
    kind: SourceKind
    url: str
    title: str = ""
    organisation: str = ""
    agencies: bool = False
    moved: bool = False
    hours: int = 24
    language: str = "vi"
    paused: bool = False
    created: datetime
    by: str = ""
    due: datetime | None = None
    run: str = ""
    count: int = 0
    whole: datetime | None = None
    hints: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One reading of a source. ``cursor`` is how far it is; a run that was interrupted goes on from there.

    ``whole``: everything is looked at, so what is not there any more is told; else only what changed ``since``.
    ``asks``: more than a tenth would go, so an operator is asked first. ``problems`` are the first hundred.
    ``guesses`` counts by code what was guessed or left out of datasets that were read and taken; ``guessed`` are the
    first hundred of these.
    """

    id: str
    source: str
    state: RunState = "running"
    whole: bool = True
    since: str = ""
    started: datetime
    finished: datetime | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[Mapping[str, Any], ...] = ()
    guesses: Mapping[str, int] = field(default_factory=dict)
    guessed: tuple[Mapping[str, Any], ...] = ()
    reason: str = ""
    cursor: Mapping[str, Any] = field(default_factory=dict)
    going: int = 0
    confirmed: bool = False

    def counted(self, more: Mapping[str, int], problems: tuple[Mapping[str, Any], ...] = ()) -> Run:
        """Add to the counts and problems."""
        counts = {name: self.counts.get(name, 0) + more.get(name, 0) for name in COUNTS}
        return replace(self, counts=counts, problems=(*self.problems, *problems)[:MOST_PROBLEMS])

    def noted(self, ones: Iterable[Found]) -> Run:
        """Add what was guessed of these."""
        counts, guessed = dict(self.guesses), list(self.guessed)
        for one in ones:
            for code in one.guesses:
                counts[code] = counts.get(code, 0) + 1
            if one.guesses and len(guessed) < MOST_GUESSED:
                guessed.append({"remote": one.remote[:LONGEST_ID], "name": one.name[:LONGEST_ID],
                                "codes": list(one.guesses)})
        return replace(self, guesses=counts, guessed=tuple(guessed))


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvested:
    """What a source's dataset is here: its id there, ours, a digest of what was said of it, the run that saw it."""

    source: str
    remote: str
    dataset: str
    digest: str
    run: str
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A dataset as a source tells of it. ``parts`` are the ids there of its resources, "" where one has none.

    ``name`` is the last part of its address there, ``agency`` the id there of its publisher. ``guesses`` are codes of
    what was guessed, or left out as nobody could read it: they are told of the reading and are no part of the digest.
    """

    remote: str
    about: Dataset
    resources: tuple[Resource, ...] = ()
    parts: tuple[str, ...] = ()
    name: str = ""
    agency: str = ""
    created: str = ""
    modified: str = ""
    private: bool = False
    digest: str = ""
    guesses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Institution:
    """An agency as a source tells of it; ``people`` are (name, role)."""

    remote: str
    name: str
    title: Text = field(default_factory=dict)
    description: Text = field(default_factory=dict)
    image: str = ""
    extras: tuple[tuple[str, str], ...] = ()
    people: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """A group of datasets as a source tells of it, none of our themes; ``people`` are (name, capacity)."""

    remote: str
    name: str
    title: str = ""
    description: str = ""
    image: str = ""
    extras: tuple[tuple[str, str], ...] = ()
    people: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody:
    """A person as a source tells of her: never a password, a key or an address of mail."""

    remote: str
    name: str
    title: str = ""


def key_of(remote: str) -> str:
    """Give an id of elsewhere in a form that fits: a long one keeps its beginning and gets its hash."""
    if len(remote) <= LONGEST_ID:
        return remote
    return f"{remote[:130]}#{hashlib.sha256(remote.encode()).hexdigest()}"


class HarvestUnit(Protocol):
    """The part of a unit of work that knows where datasets come from."""

    def save_source(self, one: Source) -> None: ...
    def source(self, key: str) -> Source | None:
        """By id or name."""
    def sources(self, due: datetime | None = None) -> Sequence[Source]:
        """In the order of their making: all, or those that are due at a moment and not paused."""
    def drop_source(self, source: str) -> None:
        """Forget a source with its runs and what is noted of its datasets; the datasets stay."""
    def save_run(self, one: Run) -> None: ...
    def run(self, run: str) -> Run | None: ...
    def runs(self, source: str, limit: int = 20) -> Sequence[Run]:
        """Newest first."""
    def drop_runs(self, source: str, keep: int) -> None:
        """Forget all but the newest runs."""
    def harvested(self, source: str, remotes: Sequence[str]) -> Sequence[Harvested]:
        """What is held of these ids of a source."""
    def save_harvested(self, ones: Sequence[Harvested]) -> None: ...
    def mark_seen(self, source: str, remotes: Sequence[str], run: str) -> int:
        """Note that a run saw these; returns how many of them are held and not gone."""
    def count_harvested(self, source: str) -> int:
        """How many datasets of a source are held and not gone."""
    def unseen(self, source: str, run: str, limit: int = 100_000) -> Sequence[Harvested]:
        """What is held of a source, not gone, and was not seen by a run."""
    def source_of(self, dataset: str) -> Harvested | None:
        """Where a dataset of ours is harvested from."""
