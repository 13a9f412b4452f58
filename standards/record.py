"""DCAT's nouns in neutral words: what a catalogue says about a dataset, whatever language it is written in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

Text = Mapping[str, str]
"""One sentence in several languages: BCP 47 tag → words (``{"vi": "…", "en": "…"}``)."""

NO_TEXT: Text = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A span of days, both ends included; an open end is None (dcterms:PeriodOfTime)."""

    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom a reader may ask (vcard:Kind as used by dcat:contactPoint)."""

    name: str = ""
    email: str = ""
    phone: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A publisher: its public code (QĐ 20/2020 identifier where it has one) and its name (foaf:Agent)."""

    code: str = ""
    slug: str = ""
    title: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """One way to get the data (dcat:Distribution): an address with its format, size and hash."""

    name: str
    url: str
    title: Text = field(default_factory=dict)
    media_type: str = ""
    format: str = ""
    bytes: int | None = None
    sha256: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """The describing members of a dataset (dcat:Dataset); everything a publisher may write by hand.

    ``licence`` is a code of vocabulary.LICENCES, ``themes`` codes of vocabulary.THEMES, ``frequency`` of
    vocabulary.FREQUENCIES, ``spatial`` administrative unit codes; an empty string or tuple means "not stated".
    ``more`` are members that came in another language's words and have none of ours, kept to be given back.
    """

    title: Text
    description: Text = field(default_factory=dict)
    licence: str = ""
    themes: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    language: tuple[str, ...] = ("vi",)
    frequency: str = ""
    spatial: tuple[str, ...] = ()
    temporal: Period | None = None
    contact: Contact | None = None
    standard: str = ""
    source: Text = field(default_factory=dict)
    source_url: str = ""
    notice: Text = field(default_factory=dict)
    publisher: Agent | None = None
    issued: str = ""
    modified: str = ""
    distributions: tuple[Distribution, ...] = field(default=())
    more: Mapping[str, Any] = field(default_factory=dict)
