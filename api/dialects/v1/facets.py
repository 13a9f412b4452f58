"""Facet values with what they are called, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.deps import Site
from api.messages import pick
from catalog.model import Caller
from catalog.question import FacetValue
from standards import registry, vocabulary


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
    term = {"theme": vocabulary.THEMES, "licence": vocabulary.LICENCES}.get(name, {}).get(value)
    return (pick(term.title, language) if term else "") or value
