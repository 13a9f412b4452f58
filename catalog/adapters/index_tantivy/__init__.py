"""The Index port on tantivy: search inside the process, an index folder that one process at a time writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from catalog.adapters.index_tantivy.asking import Answering, Memory
from catalog.adapters.index_tantivy.query import Asker
from catalog.adapters.index_tantivy.shelf import Shelf
from catalog.adapters.index_tantivy.spelling import Speller
from catalog.adapters.index_tantivy.writing import Change, Writing, live, newer, newest_sequence, sequences
from catalog.errors import Unavailable
from catalog.question import Answer, Cursor, Document, Question
from catalog.wording import Terms, terms

_PUT_HEAP: Final = 20_000_000
_REBUILD_HEAP: Final = 64_000_000
"""Bytes that tantivy may gather before it writes a segment."""


class TantivyIndex:
    """An Index in a folder. Every process may read, and write in turns unless made with ``writer=False``.

    A put is one commit, on disk when it returns and seen by every process with its next question. A writer that finds
    another one busy for ``patience`` seconds is refused (``search-busy``). An index that is missing, damaged or of
    another format answers empty and ``degraded``; ``check`` says why, ``rebuild`` mends it.
    """

    def __init__(self, path: str | Path, *, writer: bool = True, patience: float = 10.0) -> None:
        self._shelf = Shelf(Path(path), patience=patience)
        self._writer = writer
        self._memory = Memory()

    # -- asking -------------------------------------------------------------------------------------------------

    def ask(self, question: Question) -> Answer:
        """Answer a question. Raises Invalid('cursor') for a cursor that is not this question's."""
        cursor = Cursor.read(question) if question.after else None
        asked = terms(question.text, question.least)
        try:
            view = self._shelf.view()
        except Unavailable:
            return Answer(degraded=True)
        if question.text.strip() and not asked.folded:
            return Answer(facets=dict.fromkeys(question.facets, ()))
        try:
            return Answering(view, question, asked, cursor, self._memory).answer()
        except ValueError as wrong:
            if "corrupt" in str(wrong):  # tantivy opens a segment's parts late
                return Answer(degraded=True)
            raise

    def suggest(self, text: str, limit: int = 8) -> Sequence[str]:
        """Give public titles that hold the words typed so far."""
        try:
            view = self._shelf.view()
        except Unavailable:
            return []
        return Speller(view.searcher, Asker(view.schema, Question(), Terms())).completions(text, limit)

    def count(self) -> int:
        """Count the datasets held, whoever may see them."""
        view = self._shelf.view()
        return int(view.searcher.search(live(view), 1).count)

    def sequences(self) -> Iterator[tuple[str, int]]:
        """Give (id, sequence) of every dataset that may be found."""
        return sequences(self._shelf.view())

    def check(self) -> None:
        """Raise Unavailable (search-missing, search-outdated, search-damaged) when the index has to be rebuilt."""
        self._shelf.view()
        if self.ask(Question(text="a", limit=1)).degraded:
            raise Unavailable("search-damaged")

    def close(self) -> None:
        """Let go of the files and of the threads."""
        self._memory.aside.close()
        self._shelf.close()

    # -- writing ------------------------------------------------------------------------------------------------

    def put(self, documents: Iterable[Document]) -> None:
        """Add or replace in one commit; documents older than those held are ignored.

        Raises Unavailable: where there is no index, a few documents in a new one would look like all there are.
        """
        self._write((one.id, one.sequence, one) for one in documents)

    def drop(self, ids: Iterable[tuple[str, int]]) -> None:
        """Remove in one commit; a tombstone keeps late, older documents out."""
        self._write((dataset, sequence, None) for dataset, sequence in ids)

    def rebuild(self, documents: Iterable[Document]) -> int:
        """Build beside, take over what was put meanwhile, swap. Readers go on with the old index until then."""
        self._may_write()
        with self._shelf.alone("rebuild"):
            floor = self._newest_sequence()
            generation = self._shelf.begin()
            try:
                count = self._fill(generation, documents)
                with self._shelf.alone():
                    self._take_over(generation, floor)
                    self._shelf.swap(generation)
            finally:
                self._shelf.sweep()
        return count

    def _may_write(self) -> None:
        if not self._writer:
            raise Unavailable("search-read-only")

    def _write(self, changes: Iterable[Change]) -> None:
        self._may_write()
        with self._shelf.alone():
            view = self._shelf.view()
            with self._shelf.writer(self._shelf.generation(), _PUT_HEAP) as writer:
                Writing(writer, view).apply(changes)

    def _fill(self, generation: str, every: Iterable[Document]) -> int:
        with self._shelf.writer(generation, _REBUILD_HEAP) as writer:
            return Writing(writer, self._shelf.view_of(generation)).apply((one.id, one.sequence, one) for one in every)

    def _newest_sequence(self) -> int:
        """Give the highest sequence held; what cannot be read counts as empty."""
        try:
            return newest_sequence(self._shelf.view())
        except Unavailable:
            return -1

    def _take_over(self, generation: str, floor: int) -> None:
        """Bring what was put into the old index while the new one was built."""
        try:
            late = newer(self._shelf.view(), floor)
        except Unavailable:
            return
        with self._shelf.writer(generation, _PUT_HEAP) as writer:
            Writing(writer, self._shelf.view_of(generation)).apply(late)
