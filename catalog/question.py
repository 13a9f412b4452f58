"""The search language: a Question in, an Answer out; pure structure, no engine, no network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from standards.record import Text

FACETS = ("org", "theme", "tag", "format", "licence", "standard", "year")
"""The facets, by the names of their query parameters."""

Sort = Literal["relevance", "modified", "issued", "title"]
PUBLIC = "public"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What somebody asks the catalogue.

    ``filters`` maps a facet name to the values of which a dataset must have one (OR inside a facet, AND between
    facets); ``since``/``until`` cut by temporal coverage; ``audience`` are the labels of which a document must bear one
    (``public``, ``org:<id>``, ``person:<id>``), never taken from user input; ``after`` is the opaque cursor of the page before.
    """

    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    since: date | None = None
    until: date | None = None
    sort: Sort = "relevance"
    facets: tuple[str, ...] = FACETS
    facet_size: int = 50
    limit: int = 20
    after: str = ""
    audience: tuple[str, ...] = (PUBLIC,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What the index knows of one dataset. ``sequence`` is the change sequence: an older one never wins.

    ``title``, ``description`` are per language; ``columns`` are names and titles of columns; ``formats`` are the formats
    of originals in small letters; ``years`` every year the data cover; ``audience`` who may see it.
    """

    id: str
    sequence: int
    slug: str
    title: Text
    description: Text = field(default_factory=dict)
    org: str = ""
    org_title: Text = field(default_factory=dict)
    themes: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    licence: str = ""
    standard: str = ""
    years: tuple[int, ...] = ()
    since: date | None = None
    until: date | None = None
    columns: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    issued: str = ""
    modified: str = ""
    audience: tuple[str, ...] = (PUBLIC,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One dataset found: its id, its score and the passages with ``<mark>`` around found words (text already escaped)."""

    id: str
    score: float = 0.0
    marked: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetValue:
    """One value of a facet and how many datasets have it when the facet's own filter is left out (sticky facets)."""

    value: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the index answers. ``next`` is "" on the last page; ``suggestion`` a better spelling when little was found."""

    total: int = 0
    hits: Sequence[Hit] = ()
    facets: Mapping[str, Sequence[FacetValue]] = field(default_factory=dict)
    next: str = ""
    suggestion: str = ""
    degraded: bool = False
