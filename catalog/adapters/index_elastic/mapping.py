"""What Elasticsearch holds of a dataset: the mapping, its format, and a Document turned into what is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from catalog.indexed import facet_values, freeze, names, sort_keys, span, thaw
from catalog.question import FACETS, Document, clean_text
from catalog.wording import bag
from standards.text import syllables

FORMAT: Final = 3
"""Raised whenever the fields or the making of words change. It is part of the alias's name, so that two versions of
Datamo read side by side, each an index that it understands."""

LIVE: Final = "live"
GONE: Final = "gone"
SORTS: Final = {"modified": "by_modified", "issued": "by_issued", "title": "by_title"}
_LONGEST: Final = 8191
"""Characters of a keyword that Lucene surely takes (32,766 bytes)."""

_BEGIN: Final = 200

_KEYWORD: Final = {"type": "keyword", "ignore_above": _LONGEST}
_SOUGHT: Final = {**_KEYWORD, "doc_values": False}
"""What is only looked for: nothing sorts by it or counts it."""

_SORTED: Final = {**_KEYWORD, "index": False}
"""What is only sorted by; each dataset has another value, so that a list of all of them would cost most."""

_DAY: Final = {"type": "integer"}
_WORDS: Final = {"type": "text", "analyzer": "whitespace", "index_options": "freqs"}
"""Words come split from Python; counts are kept, positions are not (pairs replace them)."""

BUILDING: Final[Mapping[str, Any]] = {
    "number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": "-1", "translog.durability": "async",
}
"""One shard: facet counts are exact, and it is enough for far more datasets than a country has. What is being built is
on disk when it is whole, not with every request: when the server dies meanwhile, it is built again."""

IN_USE: Final[Mapping[str, Any]] = {
    "auto_expand_replicas": "0-1", "refresh_interval": "1s", "translog.durability": "request",
}
"""Where there is a second node it gets a copy; a single node is green without."""


def mappings(form: int) -> dict[str, Any]:
    """Give the mapping.

    What is sent is kept as it came, although the document alone would do: where parts are left out, Elasticsearch
    cuts them out of every dataset's text and keeps the whole beside it until segments are merged.
    """
    return {
        "dynamic": "strict",
        "_meta": {"datamo": {"format": form}},
        "properties": {
            "id": _SORTED,
            "sequence": {"type": "long"},
            "document": {"type": "keyword", "index": False, "doc_values": False},
            **dict.fromkeys(("state", "audience", "begins", "name", "headline", "extra"), _SOUGHT),
            **dict.fromkeys((*FACETS, SORTS["modified"], SORTS["issued"]), _KEYWORD),
            SORTS["title"]: _SORTED,
            **dict.fromkeys(("words", "folded", "pairs", "title"), _WORDS),
            **dict.fromkeys(("since", "until"), _DAY),
        },
    }


def record(document: Document) -> dict[str, Any]:
    """Turn a Document into what is sent."""
    words = bag(document)
    begins = [" ".join(syllables(clean_text(title)[:_BEGIN])) for title in document.title.values()]
    cleaned = {"audience": document.audience, "begins": begins, **facet_values(document)}
    return {
        "id": document.id,
        "sequence": document.sequence,
        "state": LIVE,
        "document": freeze(document).decode(),
        "words": " ".join(words.words),
        "folded": " ".join(words.folded),
        "pairs": " ".join(words.pairs),
        "title": " ".join(words.title),
        **names(document),
        **{name: clean_text(key) for name, key in sort_keys(document).items()},
        **span(document),
        **{name: [clean_text(value) for value in values] for name, values in cleaned.items() if values},
    }


def bare(document: Document) -> dict[str, Any]:
    """What is left of a Document that the engine refuses as it is: found by its address, in its place by date."""
    whole = record(Document(id=document.id, sequence=document.sequence, slug=document.slug, title={"": document.slug},
                            modified=document.modified, issued=document.issued, audience=document.audience))
    return {**whole, "document": freeze(document).decode()}


def tombstone(dataset: str, sequence: int) -> dict[str, Any]:
    """Remember that a dataset was dropped: a late, older document does not bring it back. It has no audience."""
    return {"id": dataset, "sequence": sequence, "state": GONE}


def document_of(source: Mapping[str, Any]) -> Document | None:
    """Read a Document from what is kept; None for a tombstone."""
    content = source.get("document")
    return thaw(content) if content else None
