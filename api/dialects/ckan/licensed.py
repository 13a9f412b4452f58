"""Licences by the ids that packages show: the one that was given, else ours; asked for and counted so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from api.dialects.ckan.action import Call
from api.dialects.ckan.kept import kept_of
from catalog.model import NOBODY, Caller
from catalog.question import (
    BEHIND_KEY,
    AllOf,
    AnyOf,
    Between,
    Condition,
    FacetValue,
    Known,
    Not,
    Pattern,
    Question,
    Values,
    Wild,
    Words,
)
from catalog.wording import terms
from standards.kept import LICENCE
from standards.metadata import ckan
from standards.register import LICENCES as REGISTER
from standards.vocabulary import LICENCES

FIELD: Final = "license_id"
MOST: Final = 50
"""Ids without a licence of ours that are counted; each is a question."""

_BEGUN: Final = f"{LICENCE}{BEHIND_KEY}"
_GIVEN: Final = Pattern("extra", (_BEGUN, Wild.MANY))
"""Whatever shows another id than that of the licence it has."""

_ANY: Final = Question(where=_GIVEN, limit=0, facets=(), marks=False)
_CALLED: Final = MappingProxyType({code: given for given in REGISTER if (code := ckan.licence_of(given))})
"""What else a licence of ours is called at CKAN."""


def settled(one: Condition) -> Condition:
    """Let what is asked of ids that were given be asked of our own, too, where a dataset shows those."""
    own = _of_ours(one)
    return one if own is None else AnyOf((one, AllOf((own, Not(_GIVEN)))))


def _of_ours(one: Condition) -> Condition | None:
    match one:
        case Values("extra", values):
            codes = tuple(code for code in (each.removeprefix(_BEGUN) for each in values) if code in LICENCES)
            return Values("licence", codes) if codes and values[0].startswith(_BEGUN) else None
        case Pattern("extra", (str(begun), *rest)) if begun == _BEGUN:
            return Known("licence") if rest == [Wild.MANY] else Pattern("licence", tuple(rest))
        case Between("extra", low, high) if str(low).startswith(_BEGUN):
            ends = str(high).removeprefix(_BEGUN) if str(high).startswith(_BEGUN) else None
            return replace(one, field="licence", low=str(low).removeprefix(_BEGUN) or None, high=ends)
    return None


def counts(call: Call, caller: Caller, question: Question, ours: Sequence[FacetValue]) -> list[FacetValue]:
    """Give how many datasets show which id, most frequent first, from how many have which licence of ours."""
    found = dict(ours)
    search, kept = call.site.catalog.search, kept_of(call.site)
    if caller is NOBODY and not kept.given(call.site, lambda: search(NOBODY, _ANY)[0].total > 0):
        return list(ours)
    given, _ = search(caller, among(question, _GIVEN, 0, ("licence",)))
    if "licence" not in given.facets:  # search is away
        return list(ours)
    for code, many in given.facets.get("licence", ()):
        called = _CALLED.get(code, code)
        found[code] = found.get(code, 0) - many
        found[called] = found.get(called, 0) + many
    if given.total > sum(many for _, many in given.facets.get("licence", ())):
        found |= dict(_others(call, caller, question))
    return sorted((FacetValue(name, many) for name, many in found.items() if many > 0),
                  key=lambda one: (-one.count, one.value))


def _others(call: Call, caller: Caller, question: Question) -> Iterator[tuple[str, int]]:
    """Give ids that mean no licence of ours: whichever is found is counted and left out, until none is found."""
    seen: list[str] = []
    while len(seen) < MOST:
        left = AllOf((_GIVEN, Not(Known("licence")), Not(Values("extra", tuple(seen)))))
        _, entries = call.site.catalog.search(caller, among(question, left, 1))
        name = str(entries[0].about.more.get(FIELD) or "") if entries else ""
        if not name or f"{_BEGUN}{name}" in seen:
            return
        seen.append(f"{_BEGUN}{name}")
        here = AllOf((Values("extra", (seen[-1],)), Not(Known("licence"))))
        yield name, call.site.catalog.search(caller, among(question, here, 0))[0].total


def among(question: Question, more: Condition, limit: int, facets: tuple[str, ...] = ()) -> Question:
    """Ask for some of what a question finds, its words as conditions: nothing is let down, spelled or put in order."""
    asked = terms(question.text, question.least)
    words = AnyOf(tuple(Words("text", one) for one in asked.folded), asked.least())
    parts = [one for one in (words if asked.folded else None, question.where, more) if one is not None]
    return Question(where=AllOf(tuple(parts)), limit=limit, facets=facets, facet_size=question.facet_size, marks=False)


def named(call: Call, given: str) -> tuple[str, str]:
    """Give an id and what packages that show it call the licence."""
    ours = LICENCES.get(given) or (LICENCES.get(ckan.licence_of(given)) if call.site.language != "en" else None)
    if ours is not None:
        return given, call.words(ours.title)
    return given, REGISTER[given].title if given in REGISTER else given
