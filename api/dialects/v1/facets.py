"""Facet values with what they are called, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from api.deps import Site
from api.messages import pick
from catalog.model import Caller
from catalog.question import FacetValue
from standards import registry

LISTS: Final = {"theme": "eu-data-theme", "licence": "open-licence"}
"""The code list that names a facet's values."""


def titled(
    site: Site, caller: Caller, names: Sequence[str], facets: Mapping[str, Sequence[FacetValue]], language: str
) -> dict[str, list[dict[str, Any]]]:
    """Every facet that was asked for, an empty list where it has no values."""
    agencies = {key: one.title for one in site.catalog.organisations(caller) for key in (one.id, one.code) if key}
    return {
        name: [
            {"value": one.value, "title": _title(name, one.value, agencies, language), "count": one.count}
            for one in facets.get(name, ())
        ]
        for name in names
    }


def _title(name: str, value: str, agencies: Mapping[str, Mapping[str, str]], language: str) -> str:
    if name == "org":
        return pick(agencies.get(value, {}), language) or value
    if name == "standard" and value in registry.TABLES:
        return pick(registry.TABLES[value].title, language) or value
    return _named(LISTS.get(name, ""), value, language) or value


def _named(list_id: str, code: str, language: str) -> str:
    """What a code list calls a code, "" when it does not know it."""
    if list_id not in registry.CODELISTS:
        return ""
    entries = registry.CODELISTS[list_id].entries.get(code, ())
    return pick({**entries[-1].names, registry.CODELISTS[list_id].language: entries[-1].name}, language) if entries else ""
