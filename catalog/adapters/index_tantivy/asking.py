"""One question answered on one state of the index: hits, facets, next page, dropped words and a better spelling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from catalog.adapters.index_tantivy.aside import Aside, Task
from catalog.adapters.index_tantivy.orders import Orders
from catalog.adapters.index_tantivy.pages import Page, Pager
from catalog.adapters.index_tantivy.query import Asker, both
from catalog.adapters.index_tantivy.shelf import View
from catalog.adapters.index_tantivy.spelling import Speller
from catalog.indexed import shown
from catalog.question import Answer, Cursor, FacetValue, Hit, Question
from catalog.wording import RELAXED, Terms, as_typed, marked, terms

_FACET_LIMIT: Final = 1000
_DISTINCT: Final = 10_000
"""Different values per facet and segment up to which counts are exact."""

_SPARE: Final = 20
"""More values than asked for, so that ties at the end are cut by name and not by chance."""

_FEW: Final = 3
"""Hits up to which a better spelling is worth more than what was found."""


_MOST_NAMES: Final = 50_000

_Counted = dict[str, list[FacetValue]]


class Memory:
    """What one question may leave to the next: orders of whole answers, and ids by the numbers that stand for them.

    A number is a hash of the id, so a pair holds for ever; to read an id out of the store of documents takes longer
    than to find the hit.
    """

    def __init__(self) -> None:
        self.orders = Orders()
        self.aside = Aside()
        self._names: dict[int, str] = {}

    def ids(self, searcher: Any, addresses: Sequence[Any]) -> list[str]:
        """Give the ids of datasets at these addresses."""
        names, found = self._names, list[str]()
        numbers = searcher.fast_field_values("number", addresses) if addresses else []
        for number, address in zip(numbers, addresses, strict=True):
            name = names.get(number)
            if name is None:
                name = str(searcher.doc(address).get_first("id"))
                if len(names) < _MOST_NAMES:
                    names[number] = name
            found.append(name)
        return found


class Answering:
    """One question answered on one state of the index."""

    def __init__(self, view: View, question: Question, asked: Terms, cursor: Cursor | None,
                 memory: Memory | None = None) -> None:
        self.view = view
        self.memory = memory or Memory()
        self.searcher = view.searcher
        self.question = question
        self.asked = asked
        self.cursor = cursor
        self.asker = Asker(view.schema, question, asked, cursor.relaxed if cursor else 0)
        self.pager = self._pager()

    def answer(self) -> Answer:
        counting = self._count_aside()
        page = self._page()
        while not page.total and not self.cursor and self._relax():
            for task in counting:
                task.drop()
            counting = self._count_aside()
            page = self._page()
        hits = self._hits(page)
        unknown, suggestion = self._spelling(page, hits)
        return Answer(
            total=page.total,
            hits=hits,
            facets=self._facets(counting),
            next=self._next(page, hits),
            suggestion=suggestion,
            dropped=unknown,
        )

    def _page(self) -> Page:
        return self.pager.page(self.cursor)

    def _pager(self) -> Pager:
        return Pager(self.view, self.asker.scored(), self.question, self.memory.orders, self.memory.ids)

    def _relax(self) -> bool:
        """Ask for fewer of the words, if that makes a difference."""
        now = self.asked.least(self.asker.relaxed)
        for relaxed in range(self.asker.relaxed + 1, RELAXED):
            if self.asked.least(relaxed) < now:
                self.asker = Asker(self.view.schema, self.question, self.asked, relaxed)
                self.pager = self._pager()
                return True
        return False

    def _hits(self, page: Page) -> list[Hit]:
        addresses = [address for _, address in page.hits]
        scores = [key if isinstance(key, float) else 0.0 for key, _ in page.hits]
        if not (self.question.marks and self.asked.folded):
            ids = self.memory.ids(self.searcher, addresses)
            return [Hit(id=one, score=score) for one, score in zip(ids, scores, strict=True)]
        every = [self.searcher.doc(address) for address in addresses]
        return [
            Hit(id=one.get_first("id"), score=score,
                marked=marked(shown(bytes(one.get_first("document"))), self.asked))
            for score, one in zip(scores, every, strict=True)
        ]

    def _next(self, page: Page, hits: Sequence[Hit]) -> str:
        if not page.more:
            return ""
        last = hits[-1].id
        key = self.pager.key(page.hits[-1])
        return Cursor(page.offset + len(page.hits), last, key, self.asker.relaxed).write(self.question)

    # -- words that were not found ------------------------------------------------------------------------------

    def _spelling(self, page: Page, hits: Sequence[Hit]) -> tuple[tuple[str, ...], str]:
        """Words that nothing in sight holds, and a better spelling when little was found or words were left out."""
        if not self.asked.folded or self.cursor:
            return (), ""
        if hits and self.asked.least(self.asker.relaxed) == len(self.asked.folded):  # each of them holds every word
            return (), ""
        speller = Speller(self.searcher, self.asker)
        unknown = speller.unknown(self.asked.folded, [hit.id for hit in hits])
        if not unknown:
            return (), ""
        better = speller.suggestion(self.question.text, unknown)
        strict = page.total if self.asker.relaxed == 0 and page.total > _FEW else 0
        if better and self._matches(better) <= strict:
            better = ""
        return tuple(as_typed(self.question.text, unknown)), better

    def _matches(self, text: str) -> int:
        asker = Asker(self.view.schema, self.question, terms(text))
        return int(self.searcher.search(asker.matching(), 1).count)

    # -- facets -------------------------------------------------------------------------------------------------

    def _count_aside(self) -> list[Task[_Counted]]:
        """Begin to count each facet without its own filter, while the page is looked for on this thread.

        One pass counts all that are not filtered by; each that is takes a pass of its own.
        """
        asker, aside = self.asker, self.memory.aside
        narrowed = [name for name in self.question.facets if name in set(asker.narrowed())]
        wide = [name for name in self.question.facets if name not in narrowed]
        passes = [([name], name) for name in narrowed]
        if wide:
            passes.insert(0, (wide, ""))
        return [aside.begin(partial(self._counted, asker, names, without)) for names, without in passes]

    def _facets(self, counting: Sequence[Task[_Counted]]) -> dict[str, Sequence[FacetValue]]:
        counted: _Counted = {}
        for task in counting:
            counted |= task.result()
        return {name: self._with_chosen(name, counted[name]) for name in self.question.facets}

    def _counted(self, asker: Asker, names: Sequence[str], without: str) -> _Counted:
        size = min(self.question.facet_size, _FACET_LIMIT)
        if not names or size < 1:
            return {name: [] for name in names}
        terms_of = {
            name: {"terms": {"field": name, "size": size + _SPARE, "segment_size": _DISTINCT}} for name in names
        }
        found = self.searcher.aggregate(asker.matching(without), terms_of)
        return {name: _values(found[name]["buckets"], size) for name in names}

    def _with_chosen(self, name: str, values: list[FacetValue]) -> list[FacetValue]:
        """Add values that are filtered by but not among the most frequent ones: they must stay to be taken back."""
        chosen = self.question.filters.get(name, ())
        there = {value.value for value in values} if chosen else ()
        missing = [value for value in chosen if value not in there]
        return values + [FacetValue(value=value, count=self._count_of(name, value)) for value in missing]

    def _count_of(self, name: str, value: str) -> int:
        query = both([self.asker.matching(name), self.asker.any_of(name, [value])])
        return int(self.searcher.search(query, 1).count)


def _values(buckets: Sequence[Mapping[str, Any]], size: int) -> list[FacetValue]:
    """Most frequent first, then by name."""
    every = [(-bucket["doc_count"], bucket["key"]) for bucket in buckets]
    every.sort()
    return [FacetValue(value, -count) for count, value in every[:size]]
