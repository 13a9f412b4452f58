"""schema.org Dataset as JSON-LD, for the head of a page: what search engines of datasets read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from standards import vocabulary
from standards.language import Copy, Described, Place, span

NAME: Final = "schema_org"
FORMS: Final[Mapping[str, str]] = MappingProxyType({"schema.json": "application/ld+json"})
MOST_COLUMNS: Final = 100


def write(one: Described, form: str = "schema.json") -> bytes:  # noqa: ARG001 - there is one form
    """Say the dataset."""
    return json.dumps(told(one), ensure_ascii=False, separators=(",", ":")).encode()


def told(one: Described) -> dict[str, Any]:
    """The document; only what is stated is said, no licence is made up."""
    about = one.about
    said: dict[str, Any] = {
        "@context": "https://schema.org", "@type": "Dataset", "@id": one.uri, "url": one.page,
        "name": one.words(about.title), "alternateName": _others(one), "description": one.words(about.description),
        "identifier": f"urn:uuid:{one.id}", "keywords": list(about.tags), "inLanguage": list(about.language),
        "isAccessibleForFree": True, "license": _licence(about.licence), "isBasedOn": about.source_url,
        "temporalCoverage": span(about.temporal),
        "spatialCoverage": [_place(one, place) for place in one.places],
        "includedInDataCatalog": {"@type": "DataCatalog", "name": "Datamo", "url": _root(one.page)},
        "version": str(one.version) if one.version else "",
        "datePublished": one.issued.isoformat() if one.issued else "",
        "dateModified": one.modified.isoformat() if one.modified else "",
        "variableMeasured": _columns(one),
        "distribution": [_download(copy) for copy in one.copies if copy.role != "link"],
    }
    if one.publisher.title:
        said["creator"] = said["publisher"] = {
            "@type": "Organization", "name": one.words(one.publisher.title), "url": one.publisher_url,
        }
    return {key: value for key, value in said.items() if value not in ("", [], None)}


def _place(one: Described, place: Place) -> dict[str, Any]:
    named = {"name": one.words(place.title)} if place.title else {}
    return {"@type": "Place", "identifier": place.code, **named}


def _others(one: Described) -> list[str]:
    first = one.words(one.about.title)
    return [words for words in one.about.title.values() if words and words != first]


def _licence(code: str) -> str:
    return vocabulary.LICENCES[code].uri if code in vocabulary.LICENCES else ""


def _root(page: str) -> str:
    return page.partition("/datasets/")[0] + "/"


def _columns(one: Described) -> list[str]:
    table = next((part for part in one.parts if part.kind == "table"), None)
    return [column.name for column in table.columns[:MOST_COLUMNS]] if table else []


def _download(copy: Copy) -> dict[str, Any]:
    return {
        "@type": "DataDownload", "name": copy.name, "encodingFormat": copy.media_type, "contentUrl": copy.url,
        "contentSize": f"{copy.bytes} B", "sha256": copy.sha256,
    }
