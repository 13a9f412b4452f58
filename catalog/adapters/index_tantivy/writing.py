"""Changes written into an index: the newest sequence of each dataset wins, a drop leaves a tombstone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

import tantivy

from catalog.adapters.index_tantivy import schema as fields
from catalog.adapters.index_tantivy.shelf import View
from catalog.indexed import thaw
from catalog.question import Document

_CHUNK: Final = 500

Change = tuple[str, int, Document | None]
"""A dataset's id, the change sequence, and what to know of it; None drops it."""


class Writing:
    """Changes on their way into one commit; ``view`` is the state of the index that the commit builds on."""

    def __init__(self, writer: Any, view: View) -> None:
        self.writer = writer
        self.view = view
        self.done: dict[int, int] = {}

    def apply(self, changes: Iterable[Change]) -> int:
        """Write the changes that are not older than what is held; return how many datasets were touched."""
        source = iter(changes)
        while chunk := list(islice(source, _CHUNK)):
            held = self._held(chunk)
            for change in chunk:
                self._one(change, held)
        return len(self.done)

    def _one(self, change: Change, held: dict[int, int]) -> None:
        dataset, sequence, document = change
        number = fields.number(dataset)
        before = self.done.get(number, held.get(number))
        if before is not None:
            if sequence < before:
                return
            self.writer.delete_documents_by_term("id", dataset)
        made = fields.record(self.view.schema, document) if document else None
        self.writer.add_document(made or fields.tombstone(self.view.schema, dataset, sequence))
        self.done[number] = sequence

    def _held(self, chunk: Sequence[Change]) -> dict[int, int]:
        """Look up the sequences of datasets that the index holds, by the ids' numbers."""
        searcher = self.view.searcher
        if not searcher.num_docs:
            return {}
        ids = list({dataset for dataset, _, _ in chunk})
        hits = searcher.search(tantivy.Query.term_set_query(self.view.schema, "id", ids), len(ids)).hits
        addresses = [address for _, address in hits]
        numbers = searcher.fast_field_values("number", addresses)
        return dict(zip(numbers, searcher.fast_field_values("sequence", addresses), strict=True))


def live(view: View) -> Any:
    """Datasets that were not dropped."""
    return tantivy.Query.term_query(view.schema, "state", fields.LIVE, index_option="basic")


def newest_sequence(view: View) -> int:
    """Give the highest sequence held, 0 in an empty index."""
    found = view.searcher.search(tantivy.Query.all_query(), 1, order_by_field="sequence").hits
    return int(found[0][0]) if found else 0


def newer(view: View, floor: int) -> Iterator[Change]:
    """Give what the index holds with a sequence above ``floor``, dropped datasets too."""
    query = tantivy.Query.range_query(view.schema, "sequence", tantivy.FieldType.Unsigned, floor + 1, None)
    for _, address in view.searcher.search(query, max(1, view.searcher.num_docs)).hits:
        held = view.searcher.doc(address)
        content = held.get_first("document")
        sequence = view.searcher.fast_field_values("sequence", [address])[0]
        yield held.get_first("id"), int(sequence), thaw(bytes(content)) if content else None


def sequences(view: View) -> Iterator[tuple[str, int]]:
    """Give the id and sequence of each dataset that was not dropped."""
    searcher = view.searcher
    addresses = [address for _, address in searcher.search(live(view), max(1, searcher.num_docs)).hits]
    found = searcher.fast_field_values("sequence", addresses)
    for address, sequence in zip(addresses, found, strict=True):
        yield searcher.doc(address).get_first("id"), int(sequence)
