"""DCAT-AP 3.0.1 as Turtle, JSON-LD and RDF/XML: a dataset, or a page of the catalogue with hydra's paging.

What builds the graph loads rdflib, and is loaded with the first document (``dcat/graph.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from standards import late

if TYPE_CHECKING:
    from standards.language import Described, Shelf
    from standards.metadata.dcat import graph
else:
    graph = late.module("standards.metadata.dcat.graph")

NAME: Final = "dcat"
FORMS: Final[Mapping[str, str]] = MappingProxyType(
    {"ttl": "text/turtle", "jsonld": "application/ld+json", "rdf": "application/rdf+xml"}
)


def write(one: Described, form: str) -> bytes:
    """Say one dataset; ``form`` is ttl, jsonld or rdf."""
    return graph.write(one, form)


def write_shelf(shelf: Shelf, form: str) -> bytes:
    """Say a page of the catalogue: the catalogue, its datasets on this page, and the way to the others (hydra)."""
    return graph.write_shelf(shelf, form)
