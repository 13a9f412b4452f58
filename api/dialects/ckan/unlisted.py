"""Fields of search that stand among the extras: a package's type, tags of a vocabulary; they are counted one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from api.dialects.ckan import licensed, vocabularies
from api.dialects.ckan.action import Call
from catalog.errors import NotFound
from catalog.model import Caller
from catalog.question import (
    BEHIND_KEY,
    AllOf,
    AnyOf,
    Between,
    Condition,
    Not,
    Pattern,
    Question,
    Values,
    Wild,
)
from standards.kept import DATASET, LICENCE, TYPE, tagged

TYPES: Final = ("type", "dataset_type")
VOCABULARY: Final = "vocab_"
MOST: Final = 50
"""Types, or tags of a vocabulary, that one facet counts; each is a question."""

_BEGUN: Final = f"{TYPE}{BEHIND_KEY}"
_USUAL: Final = f"{_BEGUN}{DATASET}"
_OTHER: Final = Pattern("extra", (_BEGUN, Wild.MANY))
"""Whatever is no dataset as most are: those alone have a type in the index."""


def key(call: Call, field: str) -> str:
    """Give the extra that a field of Solr's is: by its key, as CKAN's index has it too."""
    if field in TYPES:
        return TYPE
    if field == licensed.FIELD:
        return LICENCE
    if field.startswith(VOCABULARY):
        try:
            return tagged(vocabularies.find(call, field.removeprefix(VOCABULARY)).id)
        except NotFound:
            return field
    return field.removeprefix("extras_")


def settled(one: Condition) -> Condition:
    """Let what is asked of types be true of datasets as most are, which say none."""
    match one:
        case AllOf(parts):
            return AllOf(tuple(settled(each) for each in parts))
        case AnyOf(parts, least):
            return AnyOf(tuple(settled(each) for each in parts), least)
        case Not(part):
            return Not(settled(part))
    return AnyOf((one, Not(_OTHER))) if _usual(one) else licensed.settled(one)


def _usual(one: Condition) -> bool:
    """Whether a condition on types holds of datasets as most are."""
    match one:
        case Values("extra", values):
            return _USUAL in values
        case Pattern("extra", (str(begun), *_) as parts):
            return begun == _BEGUN and bool(re.fullmatch("".join(map(_sign, parts)), _USUAL, re.DOTALL))
        case Between("extra", low):
            return str(low).startswith(_BEGUN) and one.holds(_USUAL)
    return False


def _sign(part: str | Wild) -> str:
    return re.escape(part) if isinstance(part, str) else ".*" if part is Wild.MANY else "."


# --- facets -----------------------------------------------------------------------------------------------------------


def facets(call: Call, caller: Caller, question: Question, fields: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Count these fields of those asked for, most frequent first, in as many questions as there are values."""
    found: dict[str, list[dict[str, Any]]] = {}
    size, least = question.facet_size, call.number("facet.mincount", 1) or 1
    for field in fields:
        if field in TYPES:
            counts = dict(_types(call, caller, question))
        elif field.startswith(VOCABULARY):
            counts = dict(_tags(call, caller, question, key(call, field)))
        else:
            continue
        every = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
        found[field] = [{"name": name, "display_name": name, "count": many}
                        for name, many in every[:size] if many >= least]
    return found


def _types(call: Call, caller: Caller, question: Question) -> Iterator[tuple[str, int]]:
    """Give types with their counts: whichever is found is counted and left out, until none is found any more."""
    yield DATASET, _count(call, caller, question, Not(_OTHER))
    seen: list[str] = []
    while len(seen) < MOST:
        left = (_OTHER, Not(Values("extra", tuple(seen)))) if seen else (_OTHER,)
        _, entries = call.site.catalog.search(caller, licensed.among(question, AllOf(left), 1))
        name = str(entries[0].about.more.get("type") or "") if entries else ""
        if not name or f"{_BEGUN}{name}" in seen:
            return
        seen.append(f"{_BEGUN}{name}")
        yield name, _count(call, caller, question, Values("extra", (seen[-1],)))


def _tags(call: Call, caller: Caller, question: Question, own: str) -> Iterator[tuple[str, int]]:
    """Give the tags of a vocabulary with their counts, the first so many."""
    one = call.site.catalog.mark(vocabularies.KIND, own.removeprefix(tagged("")))
    for name in list(one.body.get("tags", ()))[:MOST] if one else ():
        yield name, _count(call, caller, question, Values("extra", (f"{own}{BEHIND_KEY}{name}",)))


def _count(call: Call, caller: Caller, question: Question, more: Condition) -> int:
    return call.site.catalog.search(caller, licensed.among(question, more, 0))[0].total
