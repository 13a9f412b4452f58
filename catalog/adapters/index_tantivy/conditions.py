"""A Condition as tantivy's query objects."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Final

import tantivy

from catalog.adapters.index_tantivy.between import expression
from catalog.adapters.index_tantivy.schema import SORTS
from catalog.question import (
    AllOf,
    AnyOf,
    Between,
    Condition,
    During,
    Known,
    Near,
    Not,
    Pattern,
    Values,
    Weight,
    Wild,
    Words,
    clean_text,
)
from catalog.wording import TITLE_BONUS, terms

_MUST: Final = tantivy.Occur.Must
_SHOULD: Final = tantivy.Occur.Should
NAMES: Final = ("id", "name", "headline")
"""What every dataset has."""
_FOLDED: Final = {"text": "folded", "title": "title"}
_WILD: Final = {Wild.MANY: "(?s:.*)", Wild.ONE: "(?s:.)"}
_SPECIAL: Final = re.compile(r"([\\.+*?()|\[\]{}^$#&~-])")


def query(schema: Any, condition: Condition) -> Any:
    """Turn a condition into a query that matches the same datasets; how well they match means nothing."""
    match condition:
        case AllOf(parts):
            return _every([query(schema, part) for part in parts])
        case AnyOf(parts, least):
            if len(parts) < least or not parts:
                return tantivy.Query.empty_query()
            some = [(_SHOULD, query(schema, part)) for part in parts]
            return tantivy.Query.boolean_query(some, minimum_number_should_match=max(1, least))
        case Not(part):
            both = [(_MUST, tantivy.Query.all_query()), (tantivy.Occur.MustNot, query(schema, part))]
            return tantivy.Query.boolean_query(both)
        case _:
            return _leaf(schema, condition)


def weighing(schema: Any, weight: Weight) -> Any:
    """Turn a weight into a query whose score it is; words of all texts weigh as those of a question's text do."""
    match weight.condition:
        case Words(field, text, phrase):
            return tantivy.Query.boost_query(_weighed(schema, field, text, phrase=phrase), weight.boost)
        case other:
            return tantivy.Query.const_score_query(query(schema, other), weight.boost)


def _weighed(schema: Any, field: str, text: str, *, phrase: bool) -> Any:
    asked = terms(text)
    needed = [_term(schema, _FOLDED[field], word) for word in asked.folded]
    pairs = [_term(schema, "pairs", pair) for pair in asked.pairs] if phrase or field == "text" else []
    if not needed:
        return tantivy.Query.empty_query()
    clauses = [(_MUST, one) for one in needed] + [(_MUST if phrase else _SHOULD, one) for one in pairs]
    if field == "text":
        clauses += [(_SHOULD, _term(schema, "words", word)) for word in asked.words]
        clauses += [(_SHOULD, tantivy.Query.boost_query(_term(schema, "title", word), TITLE_BONUS))
                    for word in asked.folded]
    return tantivy.Query.boolean_query(clauses)


def _leaf(schema: Any, condition: Words | Values | Pattern | Between | Near | During | Known) -> Any:
    match condition:
        case During(field, start, end):
            return _during(schema, SORTS[field], start, end)
        case Known(field):
            if field == "extra":  # no fast field: nothing is counted or put in order by it
                return tantivy.Query.regex_query(schema, field, _WILD[Wild.MANY])
            return tantivy.Query.all_query() if field in NAMES else tantivy.Query.exists_query(field)
        case _:
            return _of_words(schema, condition)


def _of_words(schema: Any, condition: Words | Values | Pattern | Between | Near) -> Any:
    match condition:
        case Words(field, text, phrase):
            return _words(schema, _FOLDED[field], text, phrase=phrase)
        case Values(field, values):
            return tantivy.Query.term_set_query(schema, field, [clean_text(value) for value in values])
        case Pattern(field, parts):
            return tantivy.Query.regex_query(schema, _FOLDED.get(field, field), "".join(map(_expression, parts)))
        case Between(field, _, _):
            if (said := expression(condition)) is None:
                return tantivy.Query.empty_query()
            return tantivy.Query.regex_query(schema, _FOLDED.get(field, field), said)
        case Near(field, word, slips):
            return tantivy.Query.fuzzy_term_query(schema, _FOLDED.get(field, field), word, distance=slips)


def _words(schema: Any, field: str, text: str, *, phrase: bool) -> Any:
    asked = terms(text)
    every = [_term(schema, field, word) for word in asked.folded]
    return _every([*every, *(_term(schema, "pairs", pair) for pair in asked.pairs if phrase)])


def _term(schema: Any, field: str, word: str) -> Any:
    return tantivy.Query.term_query(schema, field, word, index_option="freq")


def _every(queries: list[Any]) -> Any:
    if not queries:
        return tantivy.Query.all_query()
    return queries[0] if len(queries) == 1 else tantivy.Query.boolean_query([(_MUST, one) for one in queries])


def _expression(part: str | Wild) -> str:
    return _WILD[part] if isinstance(part, Wild) else _SPECIAL.sub(r"\\\1", part)


def _during(schema: Any, field: str, start: datetime | None, end: datetime | None) -> Any:
    """A range over a key of order; tantivy's parser is the only way to one over text, and it sees only our stamps."""
    low, high = (bound.isoformat()[:19] if bound else "*" for bound in (start, end))
    return tantivy.Index(schema).parse_query(f"{field}:[{low} TO {high}}}", [field])
