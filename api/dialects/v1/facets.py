"""Facet values with what they are called, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.deps import Site
from api.messages import pick
from catalog.model import Caller
from catalog.question import FacetValue
from standards import vocabulary


def titled(
    site: Site, caller: Caller, names: Sequence[str], facets: Mapping[str, Sequence[FacetValue]], language: str
) -> dict[str, list[dict[str, Any]]]:
    """Every facet that was asked for, an empty list where it has no values."""
    agencies = {key: one.title for one in site.catalog.organisations(caller) for key in (one.id, one.code) if key}
    standards = {key: one.title for key, one in site.standards.tables.items()} if "standard" in names else {}
    titles = {"org": agencies, "standard": standards}
    return {
        name: [
            {"value": one.value, "title": _title(name, one.value, titles, language), "count": one.count}
            for one in facets.get(name, ())
        ]
        for name in names
    }


def _title(name: str, value: str, titles: Mapping[str, Mapping[str, Mapping[str, str]]], language: str) -> str:
    if name in titles:
        return pick(titles[name].get(value, {}), language) or value
    term = {"theme": vocabulary.THEMES, "licence": vocabulary.LICENCES}.get(name, {}).get(value)
    return (pick(term.title, language) if term else "") or value
