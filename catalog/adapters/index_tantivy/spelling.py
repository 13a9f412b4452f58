"""What the reader may have meant: spellings and completions from the index's own words, within what she may see."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, product
from typing import Any, Final

import tantivy

from catalog.adapters.index_tantivy.query import Asker, both
from catalog.indexed import thaw
from catalog.question import Document, clean_text
from catalog.respelling import PER_WORD, WORDS_LIMIT, completing, likeliest, written
from catalog.wording import TERMS_LIMIT, spellings, splits, texts_of
from standards.text import fold, runs, syllables

_SHORTLIST: Final = 12
_COMPLETIONS: Final = 60
_LOOKED_AT: Final = 5
"""Hits in which words are looked for before they are counted: the best ones hold nearly always all that are known."""


class Speller:
    """Answers about words, for one reader and one state of the index."""

    def __init__(self, searcher: Any, asker: Asker) -> None:
        self.searcher = searcher
        self.asker = asker

    def holds(self, field: str, *terms: str) -> int:
        """In how many datasets in sight all of these words stand."""
        every = [self.asker.term(field, term) for term in terms]
        return int(self.searcher.search(both([*every, self.asker.sight()]), 1).count)

    def unknown(self, folded: Sequence[str], seen: Sequence[str] = ()) -> list[str]:
        """Give the words that no dataset in sight holds; ``seen`` are ids of datasets in sight that hold most of them.

        To count a word's datasets takes as long as a whole question, to look for it in one dataset next to nothing.
        """
        indexed = left = [term for term in folded if self.searcher.doc_freq("folded", term)]
        for dataset in seen[:_LOOKED_AT]:
            left = [term for term in left if not self._stands(term, dataset)]
        return [term for term in folded if term not in indexed or (term in left and not self.holds("folded", term))]

    def _stands(self, term: str, dataset: str) -> bool:
        query = both([self.asker.any_of("id", [dataset]), self.asker.term("folded", term)])
        return bool(self.searcher.search(query, 1, count=False).hits)

    def suggestion(self, text: str, unknown: Sequence[str]) -> str:
        """Spell the question better, as datasets in sight write it; "" when nothing better is known."""
        words = runs(fold(text))
        if not unknown or len(words) > WORDS_LIMIT or not set(unknown) <= set(words):
            return ""
        choices = [self._better(word) if word in unknown else [word] for word in words]
        if not all(choices):
            return ""
        ways = sorted(product(*choices), key=lambda way: self._weight(" ".join(way).split()), reverse=True)
        best = " ".join(ways[0]).split()
        return self._written(best)

    def _better(self, word: str) -> list[str]:
        """Give the best spellings of a word that is not known; one that reads as two words is written with a space."""
        frequency = {near: self.searcher.doc_freq("folded", near) for near in spellings(word)}
        likely = likeliest(word, frequency)
        apart = sorted(
            ((self.searcher.doc_freq("pairs", f"{left}_{right}"), left, right) for left, right in splits(word)),
            reverse=True,
        )
        found = [f"{left} {right}" for count, left, right in apart[:PER_WORD] if count and self._pair(left, right)]
        found += [near for near in likely[:_SHORTLIST] if self.holds("folded", near)][:PER_WORD]
        return found[:PER_WORD]

    def _pair(self, left: str, right: str) -> int:
        return self.holds("pairs", f"{left}_{right}")

    def _weight(self, words: Sequence[str]) -> tuple[int, int]:
        """Prefer spellings whose words stand beside each other in datasets, then those that are frequent."""
        pairs = sum(1 for left, right in pairwise(words) if self._pair(left, right))
        return pairs, min(self.holds("folded", word) for word in words)

    def _written(self, words: Sequence[str]) -> str:
        """Give folded words as they stand in datasets: the whole in a row if somewhere, else piece by piece."""
        texts = [text for document in self._documents(words) for text in texts_of(document)]
        return written(words, texts)

    def _documents(self, words: Sequence[str], limit: int = 20) -> list[Document]:
        any_word = [(tantivy.Occur.Should, self.asker.term("folded", word)) for word in words]
        any_word += [(tantivy.Occur.Should, self.asker.term("pairs", f"{a}_{b}")) for a, b in pairwise(words)]
        query = both([tantivy.Query.boolean_query(any_word), self.asker.sight()])
        return documents(self.searcher, [address for _, address in self.searcher.search(query, limit).hits])

    def completions(self, text: str, limit: int) -> list[str]:
        """Give titles that hold the words typed so far, the last of which may be unfinished; best beginnings first."""
        words = syllables(clean_text(text))[:TERMS_LIMIT]
        if not words or limit < 1:
            return []
        ends = [term for term, _ in self.searcher.terms_with_prefix("title", words[-1], limit=_COMPLETIONS)]
        if not ends:
            return []
        last = tantivy.Query.term_set_query(self.asker.schema, "title", ends)
        query = both([*(self.asker.term("title", word) for word in words[:-1]), last, self.asker.sight()])
        addresses = [address for _, address in self.searcher.search(query, limit * 5).hits]
        every = [title for one in documents(self.searcher, addresses) for title in one.title.values()]
        return completing(every, words, limit)


def documents(searcher: Any, addresses: Sequence[Any]) -> list[Document]:
    """Read the Documents at some addresses."""
    return [thaw(bytes(searcher.doc(address).get_first("document"))) for address in addresses]
