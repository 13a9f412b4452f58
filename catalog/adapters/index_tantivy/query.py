"""A Question as tantivy's query objects: built from terms, never parsed from text: nothing typed is a command."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import tantivy

from catalog.adapters.index_tantivy.conditions import query, weighing
from catalog.indexed import OPEN_END
from catalog.question import FACETS, Question, clean_text
from catalog.wording import TITLE_BONUS, Terms

_MUST: Final = tantivy.Occur.Must
_SHOULD: Final = tantivy.Occur.Should
_EXACT: Final = 1.0
_PAIRS: Final = 1.0


class Asker:
    """Makes the queries of one question. ``relaxed`` is how far the least match was let down (wording.RELAXED)."""

    def __init__(self, schema: Any, question: Question, terms: Terms, relaxed: int = 0) -> None:
        self.schema = schema
        self.question = question
        self.terms = terms
        self.relaxed = relaxed

    def scored(self) -> Any:
        """Everything: which datasets match, and how well."""
        bonus = [
            *(self._boosted("pairs", term, _PAIRS) for term in self.terms.pairs),
            *(self._boosted("words", term, _EXACT) for term in self.terms.words),
            *(self._boosted("title", term, TITLE_BONUS) for term in self.terms.folded),
            *(weighing(self.schema, weight) for weight in self.question.weights),
        ]
        clauses = [(_MUST, query) for query in self._text()]
        clauses += [(_MUST, tantivy.Query.const_score_query(query, 0.0)) for query in self._bounds()]
        return tantivy.Query.boolean_query([*clauses, *((_SHOULD, query) for query in bonus)])

    def matching(self, without: str = "") -> Any:
        """Which datasets match, for counting; ``without`` leaves out one facet's own filter."""
        return both([*self._text(), *self._bounds(without)])

    def sight(self) -> Any:
        """Which datasets the reader may see at all."""
        return self.any_of("audience", self.question.audience)

    def narrowed(self) -> list[str]:
        """Facets that are filtered by."""
        return [name for name in FACETS if self.question.filters.get(name)]

    def any_of(self, field: str, values: Sequence[str]) -> Any:
        """One of several exact values; none given means nothing matches."""
        values = [clean_text(value) for value in values]
        if len(values) == 1:
            return tantivy.Query.term_query(self.schema, field, values[0], index_option="basic")
        return tantivy.Query.term_set_query(self.schema, field, values) if values else tantivy.Query.empty_query()

    def term(self, field: str, term: str) -> Any:
        """One word of a text field."""
        return tantivy.Query.term_query(self.schema, field, term, index_option="freq")

    def _boosted(self, field: str, term: str, weight: float) -> Any:
        return tantivy.Query.boost_query(self.term(field, term), weight)

    def _text(self) -> Iterator[Any]:
        folded = self.terms.folded
        if not folded:
            return
        least = self.terms.least(self.relaxed)
        words = [(_SHOULD, self.term("folded", term)) for term in folded]
        yield tantivy.Query.boolean_query(words, minimum_number_should_match=least)

    def _bounds(self, without: str = "") -> Iterator[Any]:
        yield self.sight()
        for name in self.narrowed():
            if name != without:
                yield self.any_of(name, self.question.filters[name])
        if self.question.where is not None:
            yield query(self.schema, self.question.where)
        if self.question.since or self.question.until:
            first = self.question.since.toordinal() if self.question.since else 0
            last = self.question.until.toordinal() if self.question.until else OPEN_END
            yield self._range("until", first, None)
            yield self._range("since", None, last)

    def _range(self, field: str, low: int | None, high: int | None) -> Any:
        return tantivy.Query.range_query(self.schema, field, tantivy.FieldType.Integer, low, high)


def both(queries: Sequence[Any]) -> Any:
    """Documents that match every one of the queries."""
    return queries[0] if len(queries) == 1 else tantivy.Query.boolean_query([(_MUST, query) for query in queries])
