"""What tantivy holds of a dataset: its fields, and a Document turned into them."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any, Final

import tantivy

from catalog.indexed import facet_values, freeze, names, sort_keys, span, stamp_number
from catalog.question import FACETS, Document, clean_text
from catalog.wording import bag

FORMAT: Final = 2
"""Raised whenever the fields or the making of words change: an index of another format has to be rebuilt."""

TOKENS: Final = "tokens"
LIVE: Final = "live"
GONE: Final = "gone"

SORTS: Final = {"modified": "by_modified", "issued": "by_issued", "title": "by_title"}
"""The fast field behind each order; each value is unique, because it ends with the dataset's id."""

NUMBERS: Final = {"modified": "at_modified", "issued": "at_issued"}
"""The same moments as numbers, which are not unique: to put texts in order takes a hundred times longer."""


def build() -> Any:
    """Build the schema. Words come split from Python; counts are kept, positions are not (pairs replace them)."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("number", indexed=False, fast=True)
    builder.add_unsigned_field("sequence", indexed=True, fast=True)
    builder.add_bytes_field("document", stored=True)
    for name in NUMBERS.values():
        builder.add_unsigned_field(name, indexed=False, fast=True)
    for name in ("state", "audience", "name", "headline", "extra"):
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
        **names(document),
        **sort_keys(document),
        NUMBERS["modified"]: stamp_number(document.modified),
        NUMBERS["issued"]: stamp_number(document.issued),
        **span(document),
        **{name: [clean_text(value) for value in values] for name, values in facet_values(document).items() if values},
    }
    return tantivy.Document.from_dict(content, schema)


def tombstone(schema: Any, dataset: str, sequence: int) -> Any:
    """Remember that a dataset was dropped: a late, older document does not bring it back. It has no audience."""
    content = {"id": dataset, "number": number(dataset), "sequence": sequence, "state": GONE}
    return tantivy.Document.from_dict(content, schema)
