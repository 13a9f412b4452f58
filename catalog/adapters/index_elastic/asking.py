"""One question answered: hits, facets, next page, dropped words and a better spelling, mostly in one request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from catalog.adapters.index_elastic.pages import WINDOW, Page, Pager, Place
from catalog.adapters.index_elastic.query import CHOSEN, Asker
from catalog.adapters.index_elastic.server import Server
from catalog.adapters.index_elastic.spelling import Speller
from catalog.indexed import shown
from catalog.question import Answer, Cursor, FacetValue, Hit, Question
from catalog.wording import RELAXED, Terms, as_typed, marked, terms

_FEW: Final = 3
"""Hits up to which a better spelling is worth more than what was found."""


@dataclass(frozen=True, slots=True)
class Where:
    """What is asked: the server, our alias there, the secret that seals places, and how far the server counts."""

    server: Server
    alias: str
    secret: bytes
    window: int = WINDOW


class Answering:
    """One question answered."""

    def __init__(self, where: Where, question: Question, asked: Terms, cursor: Cursor | None) -> None:
        self.where = where
        self.question = question
        self.asked = asked
        self.cursor = cursor
        self.place = Place.unseal(where.secret, cursor) if cursor else None
        self.asker = Asker(question, asked, cursor.relaxed if cursor else 0)
        self.pager = Pager(where.server, where.alias, question, where.window)

    def answer(self) -> Answer:
        page = self._page()
        while not page.total and not self.cursor and self._relax():
            page = self._page()
        unknown, suggestion = self._spelling(page)
        return Answer(
            total=page.total,
            hits=[self._hit(hit) for hit in page.hits],
            facets={name: self._facet(name, page.counted) for name in self.question.facets},
            next=self._next(page),
            suggestion=suggestion,
            dropped=unknown,
        )

    def _page(self) -> Page:
        named = not self.cursor and self.asker.needs_names()
        marks = self.question.marks and bool(self.asked.folded)
        body = {**self.asker.body(named=named), "source": ["document"] if marks else False}
        return self.pager.page(body, self.cursor, self.place)

    def _relax(self) -> bool:
        """Ask for fewer of the words, if that makes a difference."""
        now = self.asked.least(self.asker.relaxed)
        for relaxed in range(self.asker.relaxed + 1, RELAXED):
            if self.asked.least(relaxed) < now:
                self.asker = Asker(self.question, self.asked, relaxed)
                return True
        return False

    def _hit(self, hit: Mapping[str, Any]) -> Hit:
        score = hit["sort"][0] if self.pager.scored else 0.0
        content = hit.get("_source", {}).get("document")
        return Hit(id=hit["_id"], score=float(score), marked=marked(shown(content), self.asked) if content else {})

    def _next(self, page: Page) -> str:
        if not page.more:
            return ""
        last = page.hits[-1]["_id"]
        key = page.next().seal(self.where.secret, last)
        return Cursor(page.offset + len(page.hits), last, key, self.asker.relaxed).write(self.question)

    # -- words that were not found ------------------------------------------------------------------------------

    def _spelling(self, page: Page) -> tuple[tuple[str, ...], str]:
        """Words that nothing in sight holds, and a better spelling when little was found or words were left out."""
        doubtful = self._doubtful(page)
        if not doubtful:
            return (), ""
        speller = Speller(self.where.server, self.where.alias, self.asker)
        unknown = speller.unknown(doubtful)
        if not unknown:
            return (), ""
        better = speller.suggestion(self.question.text, unknown)
        strict = page.total if self.asker.relaxed == 0 and page.total > _FEW else 0
        if better and speller.count(Asker(self.question, terms(better)).matching()) <= strict:
            better = ""
        return tuple(as_typed(self.question.text, unknown)), better

    def _doubtful(self, page: Page) -> list[str]:
        """Give the words that no hit of the first page holds."""
        if self.cursor or not self.asked.folded:
            return []
        if page.hits and not self.asker.needs_names():
            return []
        held = {word for hit in page.hits for word in hit.get("matched_queries", ())}
        return [word for word in self.asked.folded if word not in held]

    # -- facets -------------------------------------------------------------------------------------------------

    def _facet(self, name: str, counted: Mapping[str, Any]) -> Sequence[FacetValue]:
        """Read the counts of one facet; values that are filtered by are added where they are not among the first."""
        of_this = counted.get(name, counted.get("free", {}))
        values = [FacetValue(one["key"], one["doc_count"]) for one in of_this.get(name, {}).get("buckets", ())]
        if not (filtered := self.question.filters.get(name)):
            return values
        there = {value.value for value in values}
        apart = {one["key"]: one["doc_count"] for one in of_this.get(CHOSEN + name, {}).get("buckets", ())}
        return values + [FacetValue(value, apart.get(value, 0)) for value in filtered if value not in there]
