"""A Question as Elasticsearch's query: built from terms, never parsed from text: nothing typed is a command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from catalog.adapters.index_elastic.conditions import query, weighing
from catalog.indexed import OPEN_END
from catalog.question import FACETS, Question, clean_text
from catalog.wording import SHORT, TITLE_BONUS, Terms

Query = dict[str, Any]

_FACET_LIMIT: Final = 1000
CHOSEN: Final = "chosen:"


class Asker:
    """Makes the queries of one question. ``relaxed`` is how far the least match was let down (wording.RELAXED)."""

    def __init__(self, question: Question, terms: Terms, relaxed: int = 0) -> None:
        self.question = question
        self.terms = terms
        self.relaxed = relaxed

    def body(self, *, named: bool = False) -> dict[str, Any]:
        """Give query, filter and counts of one request: facets are counted before the facets' filters cut the hits.

        ``named`` lets each hit tell which words it holds.
        """
        narrowing = {name: any_of(name, self.question.filters[name]) for name in self.narrowed()}
        counts = self._counts(narrowing)
        if not counts:  # nothing is counted: filters may cut first
            return {"query": self._scored(list(narrowing.values()), named=named)}
        body = {"query": self._scored([], named=named), "aggs": counts}
        return {**body, "post_filter": all_of(list(narrowing.values()))} if narrowing else body

    def matching(self) -> Query:
        """Which datasets match, for counting."""
        narrowing = [any_of(name, self.question.filters[name]) for name in self.narrowed()]
        return {"bool": {"filter": [*self._text(), *self._bounds(), *narrowing]}}

    def sight(self) -> Query:
        """Which datasets the reader may see at all."""
        return any_of("audience", self.question.audience)

    def narrowed(self) -> list[str]:
        """Facets that are filtered by."""
        return [name for name in FACETS if self.question.filters.get(name)]

    def needs_names(self) -> bool:
        """Whether a dataset may be found that does not hold every word."""
        return self.terms.least(self.relaxed) < len(self.terms.folded) or len(self.terms.folded) > SHORT

    # -- parts --------------------------------------------------------------------------------------------------

    def _scored(self, narrowing: Sequence[Query], *, named: bool) -> Query:
        bonus = [
            *(term("pairs", word) for word in self.terms.pairs),
            *(term("words", word) for word in self.terms.words),
            *(term("title", word, boost=TITLE_BONUS) for word in self.terms.folded),
            *(weighing(weight) for weight in self.question.weights),
        ]
        every: Query = {"filter": [*self._bounds(), *narrowing]}
        if self.terms.folded:
            every["must"] = self._text(named=named)
        if bonus:
            every |= {"should": bonus, "minimum_should_match": 0}
        return {"bool": every}

    def _text(self, *, named: bool = False) -> list[Query]:
        folded = self.terms.folded
        if not folded:
            return []
        words = [term("folded", word, **({"_name": word} if named else {})) for word in folded]
        return [{"bool": {"should": words, "minimum_should_match": self.terms.least(self.relaxed)}}]

    def _bounds(self) -> list[Query]:
        bounds = [self.sight()]
        if self.question.where is not None:
            bounds.append(query(self.question.where))
        if self.question.since or self.question.until:
            first = self.question.since.toordinal() if self.question.since else 0
            last = self.question.until.toordinal() if self.question.until else OPEN_END
            bounds += [{"range": {"until": {"gte": first}}}, {"range": {"since": {"lte": last}}}]
        return bounds

    def _counts(self, narrowing: Mapping[str, Query]) -> dict[str, Any]:
        """Count each facet without its own filter; those that are not filtered by share one filter.

        Values that are filtered by are counted on their own as well: they must stay, to be taken back.
        """
        size = min(self.question.facet_size, _FACET_LIMIT)
        free = [name for name in self.question.facets if name not in narrowing]
        counts: dict[str, Any] = {}
        if free and size > 0:
            counts["free"] = _within(list(narrowing.values()), {name: _values(name, size) for name in free})
        for name in self.question.facets:
            if name in narrowing:
                others = [one for other, one in narrowing.items() if other != name]
                chosen = [clean_text(value) for value in self.question.filters[name]]
                inner = {CHOSEN + name: {"terms": {"field": name, "include": chosen, "size": len(chosen)}}}
                counts[name] = _within(others, inner | ({name: _values(name, size)} if size > 0 else {}))
        return counts


def _values(name: str, size: int) -> dict[str, Any]:
    """The most frequent values, ties by name."""
    return {"terms": {"field": name, "size": size, "order": [{"_count": "desc"}, {"_key": "asc"}]}}


def _within(filters: Sequence[Query], counts: dict[str, Any]) -> dict[str, Any]:
    return {"filter": all_of(filters), "aggs": counts}


def term(field: str, word: str, **more: Any) -> Query:
    """One exact word of a field."""
    return {"term": {field: {"value": word, **more}}}


def any_of(field: str, values: Sequence[str]) -> Query:
    """One of several exact values; none given means nothing matches."""
    return {"terms": {field: [clean_text(value) for value in values]}} if values else {"match_none": {}}


def all_of(filters: Sequence[Query]) -> Query:
    """Every one of the filters; none given means everything matches."""
    return {"bool": {"filter": list(filters)}} if filters else {"match_all": {}}
