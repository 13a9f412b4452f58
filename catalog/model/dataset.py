"""A dataset as the catalogue holds it: its entry, its versions, and the resources and files of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from catalog.model.outcome import ColumnInfo, FileRole
from standards.finding import Group
from standards.profile import Profile
from standards.record import Dataset, Period, Text

Visibility = Literal["public", "private"]
EntryState = Literal["draft", "published", "withdrawn"]
ResourceKind = Literal["table", "file", "link"]


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One content-addressed object of a resource. ``public`` is False for an original that must stay private."""

    resource: str
    name: str
    role: FileRole
    media_type: str
    bytes: int
    sha256: str
    rows: int | None = None
    public: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One part of a version: a table, an attachment or a link, with what it pins.

    ``pins``: ``{"standard": "id@version", "codelists": {id: digest}, "checker": version}``; ``quality`` and ``profile``
    describe the table; ``preview`` are its first rows (at most 100) as lists of text, in column order. ``more`` are
    members that came in another language's words, kept to be given back.
    """

    name: str
    title: Text = field(default_factory=dict)
    kind: ResourceKind = "table"
    standard: str = ""
    rows: int | None = None
    columns: tuple[ColumnInfo, ...] = ()
    files: tuple[File, ...] = ()
    url: str = ""
    profile: Profile | None = None
    groups: tuple[Group, ...] = ()
    preview: tuple[tuple[str, ...], ...] = ()
    periods: tuple[str, ...] = ()
    pins: Mapping[str, Any] = field(default_factory=dict)
    format: str = ""
    submission: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A change of a table's columns that its agency announced: from which day on, which columns, in which words.

    Without ``columns`` any of them may change.
    """

    id: str
    resource: str
    columns: tuple[str, ...] = ()
    effective: date
    words: Text = field(default_factory=dict)
    made: datetime
    by: str = ""

    def covers(self, resource: str, column: str) -> bool:
        """Whether a change of a column of a table is what was announced."""
        return self.resource == resource and (not self.columns or column in self.columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One atomic release of 0..n resources. Its bytes never change; withdrawal leaves a tombstone.

    ``publisher`` is what the publisher was called when it was released; ``changes`` are counts added/removed/changed.
    ``temporal`` is what was stated of the dataset when it was released: of which days the data are.
    ``early`` is why columns were changed before the day that was announced.
    """

    dataset: str
    number: int
    state: Literal["published", "withdrawn"] = "published"
    kind: Literal["update", "correction"] = "update"
    issued: datetime
    note: str = ""
    erratum: str = ""
    resources: tuple[Resource, ...] = ()
    manifest: str = ""
    publisher: Mapping[str, Any] = field(default_factory=dict)
    approver: str = ""
    changes: Mapping[str, int] | None = None
    republishes: int | None = None
    reason: str = ""
    withdrawn: datetime | None = None
    declarations: tuple[Mapping[str, Any], ...] = ()
    erased: Mapping[str, Any] | None = None
    temporal: Period | None = None
    early: str = ""

    @property
    def files(self) -> tuple[File, ...]:
        """All files of all resources, in order."""
        return tuple(file for resource in self.resources for file in resource.files)

    @property
    def first_table(self) -> Resource | None:
        """The table that ``/rows``, ``columns`` and ``standard`` at the top mean."""
        return next((one for one in self.resources if one.kind == "table"), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A dataset as the catalogue holds it: identity, owner, description, state and its newest version's number.

    ``about`` are the describing members; ``series`` is the id of the series (an Entry of kind series) it belongs to;
    ``aliases`` are addresses it had before. ``sequence`` is the change sequence of its last change. ``held``
    are parts (names of resources, "" for the whole) hidden until somebody looked, each with the report that hid it.
    ``notices`` are changes of columns that were announced.
    """

    id: str
    slug: str
    organisation: str
    about: Dataset
    visibility: Visibility = "public"
    state: EntryState = "draft"
    version: int | None = None
    series: str | None = None
    kind: Literal["dataset", "series"] = "dataset"
    created: datetime
    modified: datetime
    issued: datetime | None = None
    reason: str = ""
    withdrawn: datetime | None = None
    sequence: int = 0
    erased: Mapping[str, Any] | None = None
    held: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()

    @property
    def announced(self) -> tuple[Notice, ...]:
        """The announcements that everybody may read: none that speaks of columns of a part that is held back."""
        return self.notices if not self.held else tuple(
            one for one in self.notices if one.resource and one.resource not in self.held)


class Listed(NamedTuple):
    """A published dataset in a long list; ``version`` is the number shown now, None where that was withdrawn."""

    id: str
    slug: str
    organisation: str
    modified: datetime
    version: int | None
