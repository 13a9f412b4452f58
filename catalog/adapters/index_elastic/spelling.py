"""What the reader may have meant: spellings and completions from the index's own words, within what she may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise, product
from typing import Any, Final

from catalog.adapters.index_elastic.mapping import document_of
from catalog.adapters.index_elastic.query import Asker, Query, term
from catalog.adapters.index_elastic.server import Server
from catalog.question import Document, Question, clean_text
from catalog.respelling import PER_WORD, WORDS_LIMIT, completing, likeliest, written
from catalog.wording import TERMS_LIMIT, Terms, spellings, splits, texts_of
from standards.text import fold, runs, syllables

_AT_ONCE: Final = 1000
_DOCUMENTS: Final = 20

Word = tuple[str, str]
"""A field and a word in it."""


class Speller:
    """Answers about words, for one reader. Many words are counted in one request."""

    def __init__(self, server: Server, alias: str, asker: Asker) -> None:
        self.server = server
        self.alias = alias
        self.asker = asker

    def counts(self, every: Iterable[Word]) -> Mapping[Word, int]:
        """In how many datasets in sight each word stands; those in none are left out."""
        words = list(dict.fromkeys(every))
        found: dict[Word, int] = {}
        for start in range(0, len(words), _AT_ONCE):
            some = words[start : start + _AT_ONCE]
            filters = {str(at): term(field, word) for at, (field, word) in enumerate(some)}
            said = self._search(size=0, aggs={"words": {"filters": {"filters": filters}}})
            buckets = said["aggregations"]["words"]["buckets"]
            counted = ((one, buckets[str(at)]["doc_count"]) for at, one in enumerate(some))
            found |= {one: count for one, count in counted if count}
        return found

    def count(self, query: Query) -> int:
        """Count what matches a query."""
        return int(self.server.ask(lambda client: client.count(index=self.alias, query=query))["count"])

    def unknown(self, folded: Sequence[str]) -> list[str]:
        """Give the words that no dataset in sight holds."""
        known = self.counts(("folded", word) for word in folded)
        return [word for word in folded if ("folded", word) not in known]

    def suggestion(self, text: str, unknown: Sequence[str]) -> str:
        """Spell the question better, as datasets in sight write it; "" when nothing better is known."""
        words = runs(fold(text))
        if not unknown or len(words) > WORDS_LIMIT or not set(unknown) <= set(words):
            return ""
        known = self.counts(_candidates(words, unknown))
        choices = [_better(word, known) if word in unknown else [word] for word in words]
        if not all(choices):
            return ""
        ways = [" ".join(way).split() for way in product(*choices)]
        beside = self.counts(("pairs", f"{left}_{right}") for way in ways for left, right in pairwise(way))
        known = {**known, **self.counts(("folded", word) for way in ways for word in way)}
        best = max(ways, key=lambda way: _weight(way, known, beside))
        return written(best, [text for one in self._documents(best) for text in texts_of(one)])

    def _documents(self, words: Sequence[str]) -> list[Document]:
        """Give some datasets in sight that hold the words, those that hold most of them side by side first."""
        near = [*(term("folded", word) for word in words), *(term("pairs", f"{a}_{b}") for a, b in pairwise(words))]
        return self._read({"should": near, "minimum_should_match": 1}, _DOCUMENTS)

    def completions(self, text: str, limit: int) -> list[str]:
        """Give titles that hold the words typed so far, the last of which may be unfinished; best beginnings first."""
        words = syllables(clean_text(text))[:TERMS_LIMIT]
        if not words or limit < 1:
            return []
        whole = [term("title", word) for word in words[:-1]]
        unfinished = {"prefix": {"title": {"value": words[-1]}}}
        first = {"constant_score": {"filter": {"prefix": {"begins": {"value": " ".join(words)}}}}}
        found = self._read({"must": [*whole, unfinished], "should": [first]}, limit * 5)
        return completing((title for one in found for title in one.title.values()), words, limit)

    def _read(self, wanted: Mapping[str, Any], limit: int) -> list[Document]:
        said = self._search(size=limit, source=["document"], wanted=wanted)
        return [one for hit in said["hits"]["hits"] if (one := document_of(hit["_source"])) is not None]

    def _search(self, *, wanted: Mapping[str, Any] | None = None, **more: Any) -> Any:
        query = {"bool": {**(wanted or {}), "filter": [self.asker.sight()]}}
        return self.server.ask(
            lambda client: client.search(index=self.alias, query=query, allow_partial_search_results=False, **more).body
        )


def for_the_public(server: Server, alias: str) -> Speller:
    """Give one that sees what everybody sees."""
    return Speller(server, alias, Asker(Question(), Terms()))


def _candidates(words: Sequence[str], unknown: Sequence[str]) -> Iterable[Word]:
    for word in words:
        if word in unknown:
            yield from (("folded", near) for near in spellings(word))
            yield from (("pairs", f"{left}_{right}") for left, right in splits(word))


def _better(word: str, known: Mapping[Word, int]) -> list[str]:
    """Give the best spellings of a word that is not known; one that reads as two words is written with a space."""
    apart = [(known.get(("pairs", f"{left}_{right}"), 0), f"{left} {right}") for left, right in splits(word)]
    found = [two for count, two in sorted(apart, reverse=True)[:PER_WORD] if count]
    found += likeliest(word, {near: known.get(("folded", near), 0) for near in spellings(word)})
    return found[:PER_WORD]


def _weight(way: Sequence[str], known: Mapping[Word, int], beside: Mapping[Word, int]) -> tuple[int, int]:
    """Prefer spellings whose words stand beside each other in datasets, then those that are frequent."""
    pairs = sum(1 for left, right in pairwise(way) if ("pairs", f"{left}_{right}") in beside)
    return pairs, min(known.get(("folded", word), 0) for word in way)
