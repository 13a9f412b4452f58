"""Croissant 1.0 (MLCommons): JSON-LD from which machine-learning tools load the rows of every table."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from standards import vocabulary
from standards.language import Column, Copy, Described, Part

NAME: Final = "croissant"
FORMS: Final[Mapping[str, str]] = MappingProxyType({"croissant.json": "application/ld+json"})
CONFORMS: Final = "http://mlcommons.org/croissant/1.0"

CONTEXT: Final[Mapping[str, Any]] = MappingProxyType({
    "@language": "vi", "@vocab": "https://schema.org/", "citeAs": "cr:citeAs", "column": "cr:column",
    "conformsTo": "dct:conformsTo", "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"}, "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"}, "extract": "cr:extract", "field": "cr:field",
    "fileObject": "cr:fileObject", "fileProperty": "cr:fileProperty", "fileSet": "cr:fileSet", "format": "cr:format",
    "equivalentProperty": "cr:equivalentProperty",
    "includes": "cr:includes", "isLiveDataset": "cr:isLiveDataset", "jsonPath": "cr:jsonPath", "key": "cr:key",
    "md5": "cr:md5", "parentField": "cr:parentField", "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/", "recordSet": "cr:recordSet", "references": "cr:references",
    "regex": "cr:regex", "repeated": "cr:repeated", "replace": "cr:replace", "samplingRate": "cr:samplingRate", "sc": "https://schema.org/",
    "separator": "cr:separator", "source": "cr:source", "subField": "cr:subField", "transform": "cr:transform",
})
"""The context that the specification asks every document to carry."""

TYPES: Final = {
    "integer": "sc:Integer", "number": "sc:Float", "boolean": "sc:Boolean", "date": "sc:Date",
    "datetime": "sc:DateTime",
}


def write(one: Described, form: str = "croissant.json") -> bytes:  # noqa: ARG001 - there is one form
    """Say the dataset."""
    return json.dumps(told(one), ensure_ascii=False, separators=(",", ":")).encode()


def told(one: Described) -> dict[str, Any]:
    """The document: the Parquet of each table as a file object, and its columns as a record set.

    Not the CSV: readers guess the types of its columns, and the code 00123 became the number 123.
    """
    about = one.about
    tables = [(part, copy) for part in one.parts for copy in part.copies if copy.role == "parquet"]
    licence = vocabulary.LICENCES.get(about.licence)
    said: dict[str, Any] = {
        "@context": {**CONTEXT, "@language": about.language[0] if about.language else "vi"}, "@type": "sc:Dataset",
        "conformsTo": CONFORMS, "name": _word(one.page.rpartition("/")[2]), "@id": one.uri, "url": one.page,
        "description": one.words(about.description) or one.words(about.title),
        "alternateName": one.words(about.title), "license": licence.uri if licence else "",
        "version": f"{one.version}.0.0", "keywords": list(about.tags), "inLanguage": list(about.language),
        "datePublished": one.issued.date().isoformat() if one.issued else "",
        "dateModified": one.modified.date().isoformat() if one.modified else "",
        "citeAs": _cited(one),
        "creator": {"@type": "sc:Organization", "name": one.words(one.publisher.title), "url": one.publisher_url},
        "distribution": [_file(part, copy) for part, copy in tables],
        "recordSet": [_records(part, one) for part, _ in tables],
    }
    return {key: value for key, value in said.items() if value not in ("", [], None)}


def _cited(one: Described) -> str:
    year = one.modified.year if one.modified else ""
    return f"{one.words(one.publisher.title)} ({year}). {one.words(one.about.title)}. {one.version_url or one.uri}"


def _file(part: Part, copy: Copy) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject", "@id": f"{_word(part.name)}-parquet", "name": copy.name, "contentUrl": copy.url,
        "contentSize": f"{copy.bytes} B", "encodingFormat": "application/x-parquet", "sha256": copy.sha256,
    }


def _records(part: Part, one: Described) -> dict[str, Any]:
    here = _word(part.name)
    names = _names(part.columns)
    return {
        "@type": "cr:RecordSet", "@id": here, "name": here, "description": one.words(part.title) or part.name,
        "field": [_field(here, name, column, one) for name, column in zip(names, part.columns, strict=True)],
    }


def _field(here: str, name: str, column: Column, one: Described) -> dict[str, Any]:
    return {
        "@type": "cr:Field", "@id": f"{here}/{name}", "name": name,
        "description": one.words(column.title) or column.name, "dataType": TYPES.get(column.type, "sc:Text"),
        "source": {"fileObject": {"@id": f"{here}-parquet"}, "extract": {"column": column.name}},
    }


def _names(columns: tuple[Column, ...]) -> Iterator[str]:
    """An id for each column: letters and digits, never twice the same."""
    taken: set[str] = set()
    for number, column in enumerate(columns, 1):
        name = _word(column.name)
        name = name if name not in taken else f"{name}-{number}"
        taken.add(name)
        yield name


def _word(text: str) -> str:
    return re.sub(r"[^\w-]+", "_", text).strip("_") or "data"
