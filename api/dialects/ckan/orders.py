"""The order of a search as Solr's clients say it: several keys with commas, of which search knows one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Final

from api.dialects.ckan.action import Refused
from catalog.indexed import title_key
from catalog.model import Entry
from catalog.question import Question, Sort

MOST: Final = 20
"""Keys of an order that count."""
TIED_MOST: Final = 1000
"""Datasets that are the same by the first key, on either side of a page, among which the further keys still decide."""

SORTS: Final[Mapping[str, tuple[Sort, bool]]] = {
    "score": ("relevance", False), "rank": ("relevance", False), "relevance": ("relevance", False),
    "metadata_modified": ("modified", False), "last_modified": ("modified", False),
    "metadata_created": ("issued", False),
    "id": ("issued", False), "title_string": ("title", True), "title": ("title", True), "name": ("title", True),
    "views_recent": ("modified", False), "views_total": ("modified", False), "popularity": ("modified", False),
}
"""Orders of ours and whether each rises; ids rise as datasets are made, names as titles."""

VALUES: Final[Mapping[Sort, Callable[[Entry], Any]]] = {
    "title": lambda one: title_key(one.about.title),
    "modified": lambda one: one.modified,
    "issued": lambda one: one.issued or one.created,
}


@dataclass(frozen=True, slots=True)
class Key:
    """One key of an order, and whether it goes the other way than search has it."""

    sort: Sort
    turned: bool

    @property
    def falls(self) -> bool:
        """Whether the greatest comes first."""
        return (self.sort != "title") != self.turned


def keys_of(order: str, *, weighed: bool) -> tuple[Key, ...]:
    """Read an order; raises Refused for what is none.

    How well words fit decides, and of what fits alike the newest comes first; where nothing weighs the next key counts.
    """
    found: list[Key] = []
    for part in [one for one in order.split(",") if one.strip()][:MOST]:
        name, _, direction = part.strip().partition(" ")
        ways = ("asc", "desc", "") if name in SORTS else ("asc", "desc")
        if direction.strip().lower() not in ways:
            raise Refused(400, "Search Query Error", 'Invalid "sort" parameter')
        if name not in SORTS:  # an extra, as far as CKAN knows: what nobody has puts nothing in order
            continue
        sort, rises = SORTS[name]
        if sort == "relevance":
            if weighed and not found:
                found.append(Key("relevance", turned=False))
        elif all(one.sort not in (sort, "relevance") for one in found):
            found.append(Key(sort, (direction.strip().lower() != "desc") != rises))
    return tuple(found) or (Key("modified", turned=False),)


Page = Callable[[Question], Sequence[Entry]]
"""Gives a page of a question, in the order of its first key."""


def untied(entries: Sequence[Entry], question: Question, keys: Sequence[Key], page: Page) -> list[Entry]:
    """Give a page anew: what is the same by the first key is put in order by the others, over the page's borders."""
    if not entries or not keys[1:]:
        return list(entries)
    same = VALUES[keys[0].sort]
    before = _before(entries[0], question, page, same)
    behind = _behind(entries[-1], replace(question, start=question.start + len(entries)), page, same)
    every: list[Entry] = []
    for _, group in groupby([*before, *entries, *behind], same):
        tied = list(group)
        for key in reversed(keys[1:]):
            tied.sort(key=VALUES[key.sort], reverse=key.falls)
        every += tied
    return every[len(before) : len(before) + len(entries)]


def _before(first: Entry, question: Question, page: Page, same: Callable[[Entry], Any]) -> list[Entry]:
    """Give what is before a page and the same as its first."""
    found: list[Entry] = []
    start = question.start
    while start > 0 and len(found) < TIED_MOST:
        size = min(start, 10 if not found else TIED_MOST)
        start -= size
        some = list(page(replace(question, start=start, limit=size, facets=())))
        tied = [one for one in some if same(one) == same(first)]
        found = tied + found
        if not tied or len(tied) < len(some):
            break
    return found


def _behind(last: Entry, question: Question, page: Page, same: Callable[[Entry], Any]) -> list[Entry]:
    """Give what is behind a page and the same as its last."""
    found: list[Entry] = []
    while len(found) < TIED_MOST:
        some = page(replace(question, start=question.start + len(found), limit=TIED_MOST if found else 10, facets=()))
        tied = [one for one in some if same(one) == same(last)]
        found += tied
        if not tied or len(tied) < len(some):
            break
    return found
