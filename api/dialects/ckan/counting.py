"""Facets of package_search: which are asked for, the values of each as CKAN names them, in both of its shapes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from operator import itemgetter
from typing import Any, Final

import orjson

from api.dialects.ckan import groups, licensed, unlisted
from api.dialects.ckan.action import Call, Wrong
from api.dialects.ckan.kept import kept_of
from catalog.errors import NotFound
from catalog.model import NOBODY, Caller
from catalog.question import Answer, FacetValue, Question
from standards.metadata import ckan
from standards.vocabulary import THEMES

MOST: Final = 1000
"""Values of a facet."""

NAMES_MOST: Final = 50
"""Facets, or members of ``fl``, that one search may ask for."""

_display_name: Final = itemgetter("display_name")
FACETS: Final[Mapping[str, str]] = {
    "organization": "org", "owner_org": "org", "groups": "theme", "tags": "tag", "res_format": "format",
    "license_id": "licence", "standard": "standard", "year": "year",
}

Items = dict[str, list[dict[str, Any]]]


def listed(call: Call, name: str) -> list[Any]:
    """Give a parameter that is a list, JSON text of one, or one value. Raises Wrong."""
    value = call.given.get(name) or []
    if isinstance(value, str):
        try:
            value = orjson.loads(value) if value.lstrip().startswith("[") else [value]
        except orjson.JSONDecodeError:
            raise Wrong({name: ["Could not parse as valid JSON"]}) from None
    return value if isinstance(value, list) else [value]


def asked(call: Call) -> tuple[str, ...]:
    """Give the facets of ours that are asked for."""
    return tuple(dict.fromkeys(FACETS[name] for name in facet_fields(call) if name in FACETS))


def most(call: Call) -> int:
    """Give how many values are to be looked for: licences are told apart before they are cut."""
    size = facet_size(call)
    return max(size, licensed.MOST) if size and licensed.FIELD in facet_fields(call) else size


def told(facets: Items) -> dict[str, Any]:
    """Give facets in both of CKAN's shapes."""
    return {
        "facets": {name: {one["name"]: one["count"] for one in items} for name, items in facets.items()},
        "search_facets": {
            name: {"title": name, "items": sorted(items, key=_display_name, reverse=True)}
            for name, items in facets.items()
        },
    }


def facet_fields(call: Call) -> list[str]:
    """Give the facets asked for: a list, JSON text, or one name."""
    if not call.flag("facet", default=True):
        return []
    return list(dict.fromkeys(str(one) for one in listed(call, "facet.field")[:NAMES_MOST]))


def facet_size(call: Call) -> int:
    """Give how many values a facet has at most."""
    value = call.given.get("facet.limit")
    if isinstance(value, int | str) and str(value).strip().startswith("-"):
        return MOST
    size = call.number("facet.limit", 50)
    return min(MOST, 50 if size is None else size)


def counted(call: Call, caller: Caller, question: Question, answer: Answer) -> Items:
    """Give the values of each facet that was asked for, most frequent first, as CKAN names them.

    From none on also those that others have of what the caller may find.
    """
    said = call.number("facet.mincount", 1)
    least, size = 1 if said is None else said, facet_size(call)
    whole = Question(limit=0, facets=question.facets, facet_size=MOST, marks=False)
    every = call.site.catalog.search(caller, whole)[0] if not least and size and question.facets else Answer()
    found: Items = {}
    for name in facet_fields(call):
        values, rest = (list(one.facets.get(FACETS.get(name, ""), ())) for one in (answer, every))
        if name == licensed.FIELD:
            values = licensed.counts(call, caller, question, values) if size and answer.total else []
            rest = licensed.counts(call, caller, whole, rest) if size and not least else []
        there = {one.value for one in values}
        values += sorted(FacetValue(one.value, 0) for one in rest if one.value not in there)
        named = naming(call, name) if values else _as_it_is
        items = found[name] = []
        for one in values[:size]:
            if one.count >= least:
                called, shown = named(one.value)
                items.append({"name": called, "display_name": shown, "count": one.count})
    return found | unlisted.facets(call, caller, replace(question, facet_size=size), facet_fields(call))


Naming = Callable[[str], tuple[str, str]]
"""Gives the name and the shown name of a facet's value."""


def naming(call: Call, facet: str) -> Naming:
    """Give what names the values of a facet."""
    if facet in ("organization", "owner_org"):
        agencies = kept_of(call.site).agencies(call.site, call.words)
        return lambda value: agencies.get(value) or _agency_named(call, value)
    if facet == "groups":
        return partial(_group_named, call)
    if facet == "license_id":
        return partial(licensed.named, call)
    return _in_capitals if facet == "res_format" else _as_it_is


def _as_it_is(value: str) -> tuple[str, str]:
    return value, value


def _in_capitals(value: str) -> tuple[str, str]:
    return value.upper(), value.upper()


def _group_named(call: Call, value: str) -> tuple[str, str]:
    if value in THEMES:
        return ckan.group_name(value), call.words(THEMES[value].title)
    made = next(iter(call.site.catalog.marks(groups.KIND, subjects=[value])), None)
    return value, str(made.body.get("title") or value) if made else value


def _agency_named(call: Call, key: str) -> tuple[str, str]:
    try:
        one = call.site.catalog.organisation(NOBODY, key)
    except NotFound:
        return key, key
    return one.slug, call.words(one.title)
