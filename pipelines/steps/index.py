"""The step that lets search follow: the changes since last time, as documents put into the index or dropped from it."""

from __future__ import annotations

from catalog.catalog import Catalog
from catalog.ports import Index
from catalog.question import Document

READER = "index"


def follow(catalog: Catalog, index: Index, limit: int = 1000) -> int:
    """Bring the index up to date with the next batch of changes; returns how many changes that were.

    The reader's position moves only after the index has the documents, and the index ignores a document older than the
    one it holds, so that a batch may be done again at any time.
    """
    changes = catalog.follow(READER, limit)
    if not changes:
        return 0
    latest = {one.dataset: one.sequence for one in changes if one.dataset}
    documents = {dataset: catalog.document(dataset) for dataset in latest}
    wanted: list[Document] = [one for one in documents.values() if one is not None]
    unwanted = [(dataset, latest[dataset]) for dataset, one in documents.items() if one is None]
    if wanted:
        index.put(wanted)
    if unwanted:
        index.drop(unwanted)
    catalog.advance(READER, changes[-1].sequence)
    return len(changes)


def rebuild(catalog: Catalog, index: Index) -> int:
    """Build the index anew from the records; returns how many documents it holds. Readers never see it half-built."""
    seen = catalog.changes(catalog.system(), after=0, limit=1_000_000)
    datasets = dict.fromkeys(one.dataset for one in seen if one.dataset)
    return index.rebuild(document for one in datasets if (document := catalog.document(one)) is not None)
