"""A Condition as Elasticsearch's query."""

from __future__ import annotations

import re
from typing import Any, Final

from catalog.adapters.index_elastic.mapping import SORTS
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

Query = dict[str, Any]
_FOLDED: Final = {"text": "folded", "title": "title"}
_SPECIAL: Final = re.compile(r"([*?\\])")
NAMES: Final = ("id", "name", "headline")
"""What every dataset has."""

LONGEST: Final = 100
"""Signs of a bound that count."""

_EXPANSIONS: Final = 1024
"""Words that a word with slips may stand for; the most that the server allows."""


def query(condition: Condition) -> Query:
    """Turn a condition into a query that matches the same datasets; how well they match means nothing."""
    match condition:
        case AllOf(parts):
            return {"bool": {"filter": [query(part) for part in parts]}} if parts else {"match_all": {}}
        case AnyOf(parts, least):
            if len(parts) < least or not parts:
                return {"match_none": {}}
            return {"bool": {"should": [query(part) for part in parts], "minimum_should_match": max(1, least)}}
        case Not(part):
            return {"bool": {"must_not": [query(part)]}}
        case _:
            return _leaf(condition)


def weighing(weight: Weight) -> Query:
    """Turn a weight into a query whose score it is; words of all texts weigh as those of a question's text do."""
    match weight.condition:
        case Words(field, text, phrase):
            return {"bool": {**_weighed(field, text, phrase=phrase), "boost": weight.boost}}
        case other:
            return {"constant_score": {"filter": query(other), "boost": weight.boost}}


def _weighed(field: str, text: str, *, phrase: bool) -> Query:
    asked = terms(text)
    needed = [_term(_FOLDED[field], word) for word in asked.folded]
    pairs = [_term("pairs", pair) for pair in asked.pairs] if phrase or field == "text" else []
    wished: list[Query] = [] if phrase else pairs
    if field == "text":
        wished = [*wished, *(_term("words", word) for word in asked.words)]
        wished += [{"term": {"title": {"value": word, "boost": TITLE_BONUS}}} for word in asked.folded]
    if not needed:
        return {"must_not": [{"match_all": {}}]}
    return {"must": [*needed, *(pairs if phrase else [])], "should": wished}


def _leaf(  # noqa: PLR0911 - one query for each kind
    condition: Words | Values | Pattern | Between | Near | During | Known,
) -> Query:
    match condition:
        case Words(field, text, phrase):
            asked = terms(text)
            every = [_term(_FOLDED[field], word) for word in asked.folded]
            return {"bool": {"filter": [*every, *(_term("pairs", pair) for pair in asked.pairs if phrase)]}}
        case Values(field, values):
            some = [clean_text(value) for value in values]
            return {"ids": {"values": some}} if field == "id" else {"terms": {field: some}}
        case Pattern(field, parts):
            return {"wildcard": {_FOLDED.get(field, field): {"value": "".join(map(_expression, parts))}}}
        case Near(field, word, slips):
            near = {"value": word, "fuzziness": slips, "max_expansions": _EXPANSIONS}
            return {"fuzzy": {_FOLDED.get(field, field): near}}
        case Between():
            return _between(condition)
        case During(field, start, end):
            bounds = {"gte": start, "lt": end}
            stamps = {how: bound.isoformat()[:19] for how, bound in bounds.items() if bound}
            return {"range": {SORTS[field]: stamps}}
        case Known(field):
            return {"match_all": {}} if field in NAMES else {"exists": {"field": field}}


def _between(wanted: Between) -> Query:
    bounds = {"gte" if wanted.with_low else "gt": wanted.low, "lte" if wanted.with_high else "lt": wanted.high}
    said = {how: clean_text(bound)[:LONGEST] for how, bound in bounds.items() if bound is not None}
    field = _FOLDED.get(wanted.field, wanted.field)
    return {"range": {field: said}} if said else {"exists": {"field": field}}


def _term(field: str, word: str) -> Query:
    return {"term": {field: {"value": word}}}


def _expression(part: str | Wild) -> str:
    return part.value if isinstance(part, Wild) else _SPECIAL.sub(r"\\\1", part)
