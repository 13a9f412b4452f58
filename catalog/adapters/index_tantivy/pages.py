"""One page of hits, and the page after it, although the index may have changed in between."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import tantivy

from catalog.adapters.index_tantivy.schema import SORTS, number
from catalog.question import Cursor, Question

_SLACK: Final = 200
"""How far around its old place a hit is looked for when the index has changed."""


@dataclass(frozen=True, slots=True)
class Page:
    """Hits as (sort key or score, address), how many there are in all, and the offset of the first one."""

    hits: Sequence[tuple[Any, Any]]
    total: int
    offset: int
    more: bool


class Pager:
    """Gives pages in the order of one question. Keys of every order but relevance are unique, so places are exact."""

    def __init__(self, searcher: Any, query: Any, question: Question) -> None:
        self.searcher = searcher
        self.query = query
        sort = question.sort
        if sort == "relevance" and not question.text.strip():
            sort = "modified"
        self.field = SORTS.get(sort)
        self.order = tantivy.Order.Asc if sort == "title" else tantivy.Order.Desc
        self.limit = question.limit
        self.start = min(question.start, searcher.num_docs)

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

    def _search(self, offset: int, limit: int) -> Any:
        order = {"order_by_field": self.field, "order": self.order} if self.field else {}
        return self.searcher.search(self.query, limit, offset=offset, **order)

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
        return _first(total, lambda at: self._is_after(self._search(at, 1).hits[0][0], cursor.key))

    def _is_after(self, key: Any, last: Any) -> bool:
        return bool(key > last) if self.order == tantivy.Order.Asc else bool(key < last)


def _first(total: int, is_after: Callable[[int], bool]) -> int:
    """Bisect the first of ``total`` places for which ``is_after`` holds."""
    low, high = 0, total
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if is_after(middle) else (middle + 1, high)
    return low
