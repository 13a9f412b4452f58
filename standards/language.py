"""The shape of a metadata language: a described dataset in, a document out; and back, where others write it too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from standards.record import Agent, Dataset, Period, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column as a program has to know it to read the canonical CSV (Table Schema field).

    ``format`` is the strptime pattern of dates that are not ISO 8601; ``decimal`` and ``group`` are the marks in
    numbers; ``absent`` are words that stand for a missing value; ``standard`` is the address of its code list.
    """

    name: str
    title: Text = field(default_factory=dict)
    type: str = "string"
    format: str = ""
    decimal: str = ""
    group: str = ""
    absent: tuple[str, ...] = ()
    standard: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One way to get a part of the data (dcat:Distribution): a file of ours, or an address elsewhere.

    ``role`` is original, csv, parquet, json, xlsx or link. ``url`` names the version and never gives other bytes.
    """

    name: str
    url: str
    role: str
    title: Text = field(default_factory=dict)
    media_type: str = ""
    bytes: int | None = None
    sha256: str = ""
    rows: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One resource of the newest version: a table, an attachment or a link, with every way to get it."""

    name: str
    kind: str
    title: Text = field(default_factory=dict)
    standard: str = ""
    rows: int | None = None
    columns: tuple[Column, ...] = ()
    copies: tuple[Copy, ...] = ()
    rows_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the data are from: an administrative code with its name, and its address where it has one."""

    code: str
    title: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A dataset as the world hears of it.

    ``id`` is a UUID of ours that no renaming changes; ``uri`` the address made of it, which leads to ``page``;
    ``about`` the describing members; ``version`` the newest number, 0 for none; ``issued`` when the first version
    came out, ``modified`` when the newest did.
    """

    id: str
    uri: str
    page: str
    about: Dataset
    publisher: Agent
    publisher_url: str = ""
    version: int = 0
    version_url: str = ""
    issued: datetime | None = None
    modified: datetime | None = None
    note: str = ""
    places: tuple[Place, ...] = ()
    parts: tuple[Part, ...] = ()

    @property
    def copies(self) -> tuple[Copy, ...]:
        """Every way to get any part."""
        return tuple(copy for part in self.parts for copy in part.copies)

    def words(self, text: Text) -> str:
        """Say it in the dataset's first language, else in any."""
        return text.get(spoken(text, self.about.language), "")


def spoken(text: Text, languages: Sequence[str]) -> str:
    """Tell in which language a text is shown: the first of these that it has, else any; "" for no text."""
    if not text:
        return ""
    if languages and text.get(languages[0]):  # nearly every text
        return languages[0]
    return next((tag for tag in (*languages, "vi", "en", *text) if text.get(tag)), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """One page of a catalogue: its datasets, how many there are in all, and the addresses of its neighbours."""

    uri: str
    page: str
    title: Text
    description: Text
    publisher: Agent
    total: int
    size: int
    here: str
    first: str
    last: str = ""
    before: str = ""
    after: str = ""
    modified: datetime | None = None
    language: tuple[str, ...] = ("vi",)
    datasets: Sequence[Described] = ()


class Language(Protocol):
    """What every module of the corridor has. ``FORMS``: suffix of the address → media type."""

    NAME: str
    FORMS: Mapping[str, str]

    def write(self, one: Described, form: str) -> bytes:
        """Say the dataset in one of the forms."""


def span(period: Period | None) -> str:
    """A period as schema.org and DataCite write it: ISO 8601, ``..`` for an open end; "" for none."""
    if period is None:
        return ""
    return f"{period.start.isoformat() if period.start else '..'}/{period.end.isoformat() if period.end else '..'}"
