"""Datasets that belong beside a dataset, each with the reason: its standard, its code lists, its theme, its agency."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from fastapi import Request

from api import deps
from api.dialects.html import facts, labels
from api.dialects.html.view import Reader, fragments
from catalog.catalog import Catalog
from catalog.errors import Refusal
from catalog.model import NOBODY, Entry, Version
from catalog.question import Question
from standards.record import Text

SECONDS: Final = 300
"""For so long what belongs together is not asked again."""
MOST, CANDIDATES = 4, 8
WEIGHTS: Final = {"standard": 4, "codelist": 3, "theme": 2, "org": 1}


@dataclass(slots=True)
class Related:
    """A dataset, and why it stands here: pairs of a kind and what is shared."""

    slug: str
    title: Text
    why: list[tuple[str, str]] = field(default_factory=list)

    @property
    def weight(self) -> int:
        """How much it has in common."""
        return sum(WEIGHTS[kind] for kind, _ in self.why)


def period() -> int:
    """The span of time for which the answer holds."""
    return int(time.monotonic() / SECONDS)


def related(request: Request, entry: Entry, version: Version | None, org: str) -> Sequence[Related]:
    """The public datasets that have most in common with this one, at most four."""
    def ask() -> Sequence[Related]:
        return _found(deps.site(request).catalog, entry, version, org)

    found: Sequence[Related] = fragments(request).get(("related", entry.id, entry.sequence, period()), ask)
    return found


def _found(catalog: Catalog, entry: Entry, version: Version | None, org: str) -> Sequence[Related]:
    standards = {one.standard.partition("@")[0] for one in version.resources if one.standard} if version else set()
    shared = {"standard": tuple(sorted(standards)), "theme": tuple(entry.about.themes), "org": (org,) if org else ()}
    held: dict[str, Related] = {}
    entries: dict[str, Entry] = {}
    for kind, values in shared.items():
        for other in _asked(catalog, kind, values):
            if other.id == entry.id or (other.id not in held and len(held) >= CANDIDATES):
                continue
            one = held.setdefault(other.id, Related(slug=other.slug, title=other.about.title))
            entries[other.id] = other
            common = [code for code in values if kind != "theme" or code in other.about.themes]
            one.why.append((kind, (common or [""])[0]))
    lists = _lists(version)
    for key, one in held.items() if lists else ():
        shared_lists = sorted(lists & _lists(facts.latest(catalog, NOBODY, entries[key])))
        if shared_lists:
            one.why.append(("codelist", shared_lists[0]))
    return sorted(held.values(), key=lambda one: -one.weight)[:MOST]


def _asked(catalog: Catalog, kind: str, values: tuple[str, ...]) -> Sequence[Entry]:
    if not values:
        return ()
    question = Question(filters={kind: values}, sort="modified", limit=CANDIDATES, facets=(), marks=False)
    try:
        return catalog.search(NOBODY, question)[1]
    except Refusal:  # search is away: the page goes on without
        return ()


def _lists(version: Version | None) -> set[str]:
    """The code lists that the columns of a version follow."""
    columns = [column for one in version.resources for column in one.columns] if version else []
    return {column.meaning for column in columns if column.meaning}


def reasons(reader: Reader, one: Related) -> str:
    """Why a dataset stands here, in words."""
    said: Mapping[str, str] = {
        "standard": reader.say("cùng tiêu chuẩn"), "codelist": reader.say("cùng danh mục mã"),
        "theme": reader.say("cùng chủ đề"), "org": reader.say("cùng cơ quan"),
    }
    told = [(said[kind], _name(reader, kind, value)) for kind, value in one.why]
    return "; ".join(f"{words} ({name})" if name else words for words, name in told)


def _name(reader: Reader, kind: str, value: str) -> str:
    if kind == "theme":
        return labels.of(reader.lang, "theme", value)
    return "" if kind == "org" else value
