"""The step that lets search follow: the changes since last time, as documents put into the index or dropped from it."""

from __future__ import annotations

from collections.abc import Mapping

from catalog.catalog import Catalog
from catalog.errors import Unavailable
from catalog.ports import Index

READER = "index"
RESET = "site-reset"
"""The kind of change after which nothing of before exists any more."""

BROKEN = frozenset({"search-missing", "search-outdated", "search-damaged"})


def follow(catalog: Catalog, index: Index, limit: int = 1000) -> int:
    """Bring the index up to date with the next batch of changes; returns how many changes that were.

    The reader's position moves only after the index has the documents, and the index ignores a document older than the
    one it holds, so that a batch may be done again at any time. An index that is broken is built anew.
    """
    changes = catalog.follow(READER, limit)
    if not changes:
        return 0
    if any(one.kind == RESET for one in changes):
        rebuild(catalog, index)
    else:
        _put(catalog, index, {one.dataset: one.sequence for one in changes if one.dataset})
    catalog.advance(READER, changes[-1].sequence)
    return len(changes)


def _put(catalog: Catalog, index: Index, latest: Mapping[str, int]) -> None:
    documents = catalog.documents(list(latest))
    wanted = list(documents.values())
    unwanted = [(dataset, sequence) for dataset, sequence in latest.items() if dataset not in documents]
    try:
        if wanted:
            index.put(wanted)
        if unwanted:
            index.drop(unwanted)
    except Unavailable as problem:
        if problem.code not in BROKEN:
            raise
        rebuild(catalog, index)


def mend(catalog: Catalog, index: Index) -> bool:
    """Build the index anew if it is missing or broken, or if an operator asked for that; returns whether it was."""
    if asked := catalog.reindex_asked():
        rebuild(catalog, index)
        catalog.reindex_done(asked)
        return True
    try:
        index.check()
    except Unavailable as problem:
        if problem.code not in BROKEN:
            raise
        rebuild(catalog, index)
        return True
    return False


def rebuild(catalog: Catalog, index: Index) -> int:
    """Build the index anew from the records; returns how many documents it holds. Readers never see it half-built."""
    return index.rebuild(catalog.every_document())


def renew(catalog: Catalog, index: Index) -> None:
    """Build the index anew: nothing deleted lies in it any more, nor in one that the engine keeps for going back."""
    for _ in range(2 if hasattr(index, "back") else 1):
        rebuild(catalog, index)

