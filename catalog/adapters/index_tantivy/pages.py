"""One page of hits, and the page after it, although the index may have changed in between."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import tantivy

from catalog.adapters.index_tantivy.orders import Orders, address
from catalog.adapters.index_tantivy.schema import NUMBERS, SORTS, number
from catalog.adapters.index_tantivy.shelf import View
from catalog.adapters.index_tantivy.ties import settled
from catalog.indexed import sort_keys, thaw
from catalog.question import Cursor, Question

_SLACK: Final = 200
"""How far around its old place a hit is looked for when the index has changed."""

_FAR: Final = 200
"""Hits before a page from which on the order of the whole answer may be worth to be kept."""

UNREAD: Final = ""
"""Stands for the sort key of a hit whose key was not looked up; no key is empty, each ends with an id."""


@dataclass(frozen=True, slots=True)
class Found:
    """Hits as (sort key or score, address), and how many match in all."""

    hits: Sequence[tuple[Any, Any]]
    count: int

    @classmethod
    def of(cls, found: Any) -> Found:
        """Take tantivy's."""
        return cls(found.hits, int(found.count))


@dataclass(frozen=True, slots=True)
class Page:
    """Hits as (sort key or score, address), how many there are in all, and the offset of the first one."""

    hits: Sequence[tuple[Any, Any]]
    total: int
    offset: int
    more: bool


Names = Callable[[Any, Sequence[Any]], Sequence[str]]
"""Gives the ids of datasets at addresses."""


class Pager:
    """Gives pages in the order of one question: of hits that are alike the newest comes first, so places are exact."""

    def __init__(self, view: View, query: Any, question: Question, orders: Orders, names: Names) -> None:
        self.names = names
        self.searcher = view.searcher
        self.stamp = view.stamp
        self.orders = orders
        self.query = query
        self.question = question
        sort = question.sort
        if sort == "relevance" and not question.weighs:
            sort = "modified"
        self.field = SORTS.get(sort)
        self.number = NUMBERS.get(sort)
        self.order = tantivy.Order.Asc if sort == "title" else tantivy.Order.Desc
        self.limit = question.limit
        self.start = min(question.start, self.searcher.num_docs)

    def page(self, cursor: Cursor | None) -> Page:
        """Give the hits after a cursor, or the first ones."""
        if cursor is None:
            found = self._search(self.start, self.limit + 1)
            return self._cut(found.hits, found.count, self.start)
        before = min(cursor.offset, self.searcher.num_docs) - 1
        found = self._search(max(before, 0), self.limit + 2)
        if found.hits and self._is(found.hits[0], cursor):
            return self._cut(found.hits[1:], found.count, before + 1)
        start = self._place(replace(cursor, offset=before + 1), found.count)
        found = self._search(start, self.limit + 1)
        return self._cut(found.hits, found.count, start)

    def _cut(self, hits: Sequence[tuple[Any, Any]], total: int, offset: int) -> Page:
        return Page(hits[: self.limit], total, offset, more=len(hits) > self.limit > 0)

    def key(self, hit: tuple[Any, Any]) -> Any:
        """Give a hit's sort key, or its score."""
        if hit[0] != UNREAD:
            return hit[0]
        return sort_keys(thaw(bytes(self.searcher.doc(hit[1]).get_first("document"))))[str(self.field)]

    def _search(self, offset: int, limit: int) -> Found:
        if not self.limit:  # what is only counted needs no order
            return Found.of(self.searcher.search(self.query, limit, offset=offset))
        if not self.field:
            return self._settled(offset, limit)
        return (self._kept(offset, limit) if offset >= _FAR else None) or self._ordered(offset, limit)

    def _ordered(self, offset: int, limit: int) -> Found:
        """Give hits by date or title; titles are texts with ids behind them, of which no two are the same."""
        if self.number:
            return self._settled(offset, limit)
        return Found.of(self.searcher.search(self.query, limit, offset=offset, order_by_field=self.field,
                                             order=self.order))

    def _settled(self, offset: int, limit: int) -> Found:
        """Give hits by score or by moments as numbers; what is alike in them is put in order by the rest."""
        order = {"order_by_field": self.number, "order": self.order} if self.number else {}
        count = 0

        def part(first: int, most: int) -> Sequence[tuple[Any, Any]]:
            nonlocal count
            found = self.searcher.search(self.query, most, offset=first, **order)
            count = int(found.count)
            return list(found.hits)

        def keys(some: Sequence[Any]) -> Sequence[Any]:
            if self.number:
                return self.names(self.searcher, some)
            moments = self.searcher.fast_field_values(NUMBERS["modified"], some)
            return list(zip(moments, self.names(self.searcher, some), strict=True))

        hits = settled(part, keys, offset, limit)
        return Found([(UNREAD, one) for _, one in hits] if self.number else hits, count)

    def _kept(self, offset: int, limit: int) -> Found | None:
        """Give hits by the order of the whole answer, without their keys; None where it is not kept."""
        if self.stamp is None:
            return None
        total = int(self.searcher.search(self.query, 1).count)
        asked = repr(replace(self.question, start=0, limit=0, after="", facets=(), facet_size=0, marks=False))
        places = self.orders.places((self.stamp, f"{self.field} {asked} {self.query!r}"), min(offset + limit, total),
                                    total, lambda: self._ordered(0, max(1, total)).hits)
        if places is None:
            return None
        return Found([(UNREAD, address(one)) for one in places[offset : offset + limit]], total)

    def _is(self, hit: tuple[Any, Any], cursor: Cursor) -> bool:
        """Whether a hit is the one that the cursor stands on."""
        return bool(self.searcher.fast_field_values("number", [hit[1]])[0] == number(cursor.id))

    def _place(self, cursor: Cursor, total: int) -> int:
        """Find where to go on after a change: behind the hit itself if it is near, else behind its sort key."""
        start = max(0, cursor.offset - _SLACK)
        near = self._search(start, 2 * _SLACK).hits
        numbers = self.searcher.fast_field_values("number", [address for _, address in near])
        if number(cursor.id) in numbers:
            return start + int(numbers.index(number(cursor.id))) + 1
        if self.field is None or not isinstance(cursor.key, str):  # scores move with every change: the place is kept
            return min(cursor.offset - 1, total)
        return _first(total, lambda at: self._is_after(self.key(self._search(at, 1).hits[0]), cursor.key))

    def _is_after(self, key: Any, last: Any) -> bool:
        return bool(key > last) if self.order == tantivy.Order.Asc else bool(key < last)


def _first(total: int, is_after: Callable[[int], bool]) -> int:
    """Bisect the first of ``total`` places for which ``is_after`` holds."""
    low, high = 0, total
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if is_after(middle) else (middle + 1, high)
    return low
