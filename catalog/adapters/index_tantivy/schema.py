"""What tantivy holds of a dataset: its fields, and a Document turned into them and back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date
from hashlib import blake2b
from typing import Any, Final

import tantivy

from catalog.question import FACETS, Document, clean_text
from catalog.wording import bag
from standards.text import collation_key

FORMAT: Final = 1
"""Raised whenever the fields or the making of words change: an index of another format has to be rebuilt."""

TOKENS: Final = "tokens"
LIVE: Final = "live"
GONE: Final = "gone"
OPEN_END: Final = date.max.toordinal()
_KEY_LIMIT: Final = 200

SORTS: Final = {"modified": "by_modified", "issued": "by_issued", "title": "by_title"}
"""The fast field behind each order; each value is unique, because it ends with the dataset's id."""


def build() -> Any:
    """Build the schema. Words come split from Python; counts are kept, positions are not (pairs replace them)."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("number", indexed=False, fast=True)
    builder.add_unsigned_field("sequence", indexed=True, fast=True)
    builder.add_bytes_field("document", stored=True)
    for name in ("state", "audience"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("words", "folded", "pairs", "title"):
        builder.add_text_field(name, tokenizer_name=TOKENS, index_option="freq")
    for name in (*FACETS, *SORTS.values()):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in ("since", "until"):
        builder.add_integer_field(name, indexed=False, fast=True)
    return builder.build()


def open_index(schema: Any, path: str) -> Any:
    """Open (or begin) the index in a folder, with our tokenizer and without a thread that watches it."""
    index = tantivy.Index(schema, path=path)
    index.register_tokenizer(TOKENS, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    index.config_reader("manual", 0)
    return index


def number(dataset: str) -> int:
    """Give an id as a number, for what tantivy can read quickly (64 bits of a hash)."""
    return int.from_bytes(blake2b(dataset.encode("utf-8", "ignore"), digest_size=8).digest(), "big")


def record(schema: Any, document: Document) -> Any:
    """Turn a Document into tantivy's."""
    words = bag(document)
    content: dict[str, Any] = {
        "id": document.id,
        "number": number(document.id),
        "sequence": document.sequence,
        "state": LIVE,
        "document": freeze(document),
        "audience": list(document.audience),
        "words": " ".join(words.words),
        "folded": " ".join(words.folded),
        "pairs": " ".join(words.pairs),
        "title": " ".join(words.title),
        **_sort_keys(document),
        **_span(document),
        **{name: [clean_text(value) for value in values] for name, values in facet_values(document).items() if values},
    }
    return tantivy.Document.from_dict(content, schema)


def tombstone(schema: Any, dataset: str, sequence: int) -> Any:
    """Remember that a dataset was dropped: a late, older document does not bring it back. It has no audience."""
    content = {"id": dataset, "number": number(dataset), "sequence": sequence, "state": GONE}
    return tantivy.Document.from_dict(content, schema)


def facet_values(document: Document) -> Mapping[str, tuple[str, ...]]:
    """Give the values of each facet, by the facet's name, each once."""
    values: dict[str, Iterable[str]] = {
        "org": (document.org,),
        "theme": document.themes,
        "tag": document.tags,
        "format": document.formats,
        "licence": (document.licence,),
        "standard": (document.standard,),
        "year": (str(year) for year in document.years),
    }
    return {name: tuple(dict.fromkeys(value for value in every if value)) for name, every in values.items()}


def _sort_keys(document: Document) -> dict[str, str]:
    title = document.title.get("vi") or next(iter(document.title.values()), "")
    key = "\x01".join(collation_key(clean_text(title)[:_KEY_LIMIT]))
    return {
        "by_title": f"{key}\x01{document.id}",
        "by_modified": f"{document.modified}\x01{document.id}",
        "by_issued": f"{document.issued}\x01{document.id}",
    }


def _span(document: Document) -> dict[str, int]:
    """Days that the data cover as ordinals; an open end reaches to the end of time, none at all is no field."""
    if document.since is None and document.until is None:
        return {}
    return {
        "since": document.since.toordinal() if document.since else 0,
        "until": document.until.toordinal() if document.until else OPEN_END,
    }


# --- a Document as bytes, kept to show found words in and to copy from ------------------------------------------------

_DATES: Final = ("since", "until")
_TEXTS: Final = tuple(one.name for one in fields(Document) if one.type == "Text")
_TUPLES: Final = tuple(one.name for one in fields(Document) if str(one.type).startswith("tuple"))


def freeze(document: Document) -> bytes:
    """Write a Document as JSON."""
    content = {one.name: getattr(document, one.name) for one in fields(Document)}
    content |= {name: content[name].isoformat() for name in _DATES if content[name]}
    content |= {name: dict(content[name]) for name in _TEXTS}
    return json.dumps(content).encode()


def thaw(content: bytes) -> Document:
    """Read it back."""
    members = json.loads(content)
    members |= {name: date.fromisoformat(members[name]) for name in _DATES if members[name]}
    members |= {name: tuple(members[name]) for name in _TUPLES}
    return Document(**members)
