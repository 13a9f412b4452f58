"""Croissant 1.0 and 1.1 (MLCommons): JSON-LD from which machine-learning tools load the rows of every table."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote

from standards import vocabulary
from standards.language import Column, Copy, Described, Part
from standards.record import Text

NAME: Final = "croissant"
FIRST: Final = "http://mlcommons.org/croissant/1.0"
SECOND: Final = "http://mlcommons.org/croissant/1.1"
CONFORMS: Final[Mapping[str, str]] = MappingProxyType({"croissant.json": FIRST, "croissant-1.1.json": SECOND})
"""Form → the specification that it follows: programs that were written for one may not read the other."""

FORMS: Final[Mapping[str, str]] = MappingProxyType(
    {form: f'application/ld+json; profile="{said}"' for form, said in CONFORMS.items()}
)

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

CONTEXT_1_1: Final[Mapping[str, Any]] = MappingProxyType({
    **CONTEXT, "annotation": "cr:annotation", "arrayShape": "cr:arrayShape", "containedIn": "cr:containedIn",
    "description": {"@container": "@language"}, "excludes": "cr:excludes", "isArray": "cr:isArray",
    "name": {"@container": "@language"}, "prov": "http://www.w3.org/ns/prov#", "readLines": "cr:readLines",
    "sdVersion": "cr:sdVersion", "unArchive": "cr:unArchive", "value": "cr:value",
})
"""The context of 1.1: terms that came, words in several languages, and where data are from (PROV-O)."""

TYPES: Final = {
    "integer": "sc:Integer", "number": "sc:Float", "boolean": "sc:Boolean", "date": "sc:Date",
    "datetime": "sc:DateTime",
}


def write(one: Described, form: str = "croissant.json") -> bytes:
    """Say the dataset."""
    return json.dumps(told(one, form), ensure_ascii=False, separators=(",", ":")).encode()


def told(one: Described, form: str = "croissant.json") -> dict[str, Any]:
    """The document: the Parquet of each table as a file object, and its columns as a record set.

    Not the CSV: readers guess the types of its columns, and the code 00123 became the number 123. In 1.1 words stand
    in every language that they are known in, files name their other forms, and it is said where the data are from.
    """
    about, newer = one.about, CONFORMS[form] == SECOND
    tables = [(part, copy) for part in one.parts for copy in part.copies if copy.role == "parquet"]
    licence = vocabulary.LICENCES.get(about.licence)
    described = about.description if any(about.description.values()) else about.title
    agency = {"@type": "sc:Organization", "name": one.words(one.publisher.title), "url": one.publisher_url}
    said: dict[str, Any] = {
        "@context": {**(CONTEXT_1_1 if newer else CONTEXT), "@language": about.language[0] if about.language else "vi"},
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS[form], "name": _word(one.page.rpartition("/")[2]), "@id": one.uri, "url": one.page,
        "description": _words(one, described, newer=newer),
        "alternateName": one.words(about.title), "license": licence.uri if licence else "",
        "version": f"{one.version}.0.0", "keywords": list(about.tags), "inLanguage": list(about.language),
        "datePublished": one.issued.date().isoformat() if one.issued else "",
        "dateModified": one.modified.date().isoformat() if one.modified else "",
        "citeAs": _cited(one), "creator": agency, **(_from(one, agency) if newer else {}),
        "distribution": [_file(part, copy, newer=newer) for part, copy in tables],
        "recordSet": [_records(part, one, newer=newer) for part, _ in tables],
    }
    return {key: value for key, value in said.items() if value not in ("", [], None)}


def _from(one: Described, agency: Mapping[str, str]) -> dict[str, Any]:
    """Where the data are from: who answers for them, and what they were made of where that is known."""
    web = one.about.source_url.startswith(("http://", "https://"))
    source = {"@id": quote(one.about.source_url, safe="%/:=&?~#+!$,;'@()*[]")} if web else None
    return {
        "publisher": dict(agency), "sameAs": one.version_url, "isLiveDataset": False,
        "prov:wasAttributedTo": {"@type": "prov:Organization", "prov:label": agency["name"]},
        "prov:wasDerivedFrom": source,
    }


def _words(one: Described, text: Text, *, newer: bool, other: str = "") -> str | dict[str, str]:
    """Words as 1.0 has them, in one language; or as 1.1 may have them, in all."""
    every = {tag: words for tag, words in text.items() if words}
    return every if newer and len(every) > 1 else one.words(text) or other


def _cited(one: Described) -> str:
    year = one.modified.year if one.modified else ""
    return f"{one.words(one.publisher.title)} ({year}). {one.words(one.about.title)}. {one.version_url or one.uri}"


def _file(part: Part, copy: Copy, *, newer: bool) -> dict[str, Any]:
    others = [one.url for one in part.copies if one is not copy and one.role != "link"] if newer else []
    return {
        "@type": "cr:FileObject", "@id": f"{_word(part.name)}-parquet", "name": copy.name, "contentUrl": copy.url,
        "contentSize": f"{copy.bytes} B", "encodingFormat": "application/x-parquet", "sha256": copy.sha256,
        **({"sameAs": others} if others else {}),
    }


def _records(part: Part, one: Described, *, newer: bool) -> dict[str, Any]:
    here = _word(part.name)
    names = _names(part.columns)
    return {
        "@type": "cr:RecordSet", "@id": here, "name": here,
        "description": _words(one, part.title, newer=newer, other=part.name),
        "field": [_field(here, name, column, _words(one, column.title, newer=newer, other=column.name))
                  for name, column in zip(names, part.columns, strict=True)],
    }


def _field(here: str, name: str, column: Column, words: str | dict[str, str]) -> dict[str, Any]:
    return {
        "@type": "cr:Field", "@id": f"{here}/{name}", "name": name, "description": words,
        "dataType": TYPES.get(column.type, "sc:Text"),
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
