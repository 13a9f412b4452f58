"""What passes between the worker, which fetches, and the child, which reads what was fetched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog.harvest import Found, Gathering, Institution, Somebody


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answer of a source as a file: where it lies, where it came from, and what the server called it."""

    path: Path
    url: str
    media_type: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the child reads: pages of one source. ``what`` is the phase, where a kind has several."""

    pages: tuple[Page, ...]
    language: str = "vi"
    what: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What the child made of it. ``total`` is what the source says it has, ``next`` the address of its next page.

    ``addresses`` are (address, modified) of further pages, as a sitemap lists them; ``rows`` how many entries stood on
    the page, whatever became of them.
    """

    found: tuple[Found, ...] = ()
    institutions: tuple[Institution, ...] = ()
    people: tuple[Somebody, ...] = ()
    groups: tuple[Gathering, ...] = ()
    problems: tuple[Mapping[str, Any], ...] = ()
    addresses: tuple[tuple[str, str], ...] = ()
    maps: tuple[str, ...] = ()
    next: str = ""
    total: int | None = None
    rows: int = 0
