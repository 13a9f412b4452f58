"""Data Package 2.0: datapackage.json, from which Frictionless and its kin read the tables at our address."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from standards import vocabulary
from standards.language import Column, Copy, Described, Part

NAME: Final = "datapackage"
FORMS: Final[Mapping[str, str]] = MappingProxyType({"datapackage.json": "application/json"})
PROFILE: Final = "https://datapackage.org/profiles/2.0/datapackage.json"
TYPES: Final = frozenset({
    "string", "integer", "number", "boolean", "date", "time", "datetime", "year", "yearmonth", "geojson", "any",
})


def write(one: Described, form: str = "datapackage.json") -> bytes:  # noqa: ARG001 - there is one form
    """Say the dataset."""
    return json.dumps(told(one), ensure_ascii=False, separators=(",", ":")).encode()


def told(one: Described) -> dict[str, Any]:
    """The descriptor: every table as canonical CSV with its schema, attachments and links by their addresses."""
    about = one.about
    licence = vocabulary.LICENCES.get(about.licence)
    resources = [resource for part in one.parts if not _itself(part) and (resource := _resource(part, one))]
    said: dict[str, Any] = {
        "$schema": PROFILE, "name": _name(one.page.rpartition("/")[2]), "id": f"urn:uuid:{one.id}",
        "title": one.words(about.title), "description": one.words(about.description), "homepage": one.page,
        "version": f"{one.version}.0.0" if one.version else "", "keywords": list(about.tags),
        "created": one.modified.isoformat(timespec="seconds").replace("+00:00", "Z") if one.modified else "",
        "licenses": [{"name": licence.code, "path": licence.uri, "title": licence.title["en"]}] if licence else [],
        "contributors": [{"title": one.words(one.publisher.title), "path": one.publisher_url, "role": "publisher"}],
        "sources": _sources(one),
        "resources": resources,
    }
    return {key: value for key, value in said.items() if value not in ("", [], None)}


def _itself(part: Part) -> bool:
    """Tell whether a part is the link to this descriptor, which a dataset published by Frictionless has."""
    return part.kind == "link" and part.name == "datapackage.json"


def _sources(one: Described) -> list[dict[str, str]]:
    words, address = one.words(one.about.source), one.about.source_url
    return [{"title": words or address, **({"path": address} if address else {})}] if words or address else []


def _resource(part: Part, one: Described) -> dict[str, Any]:
    chosen = _chosen(part)
    if chosen is None:
        return {}
    said: dict[str, Any] = {
        "name": _name(part.name), "title": one.words(part.title), "path": chosen.url,
        "mediatype": chosen.media_type, "bytes": chosen.bytes,
        "hash": f"sha256:{chosen.sha256}" if chosen.sha256 else "",
    }
    if part.kind == "table" and chosen.role == "csv":
        said |= {"type": "table", "format": "csv", "encoding": "utf-8", "dialect": {"delimiter": ","},
                 "schema": schema(part, one)}
    return {key: value for key, value in said.items() if value not in ("", None)}


def _chosen(part: Part) -> Copy | None:
    """A table's canonical CSV; of anything else its only copy."""
    by_role = {copy.role: copy for copy in part.copies}
    return by_role.get("csv") or by_role.get("original") or by_role.get("link")


def schema(part: Part, one: Described) -> dict[str, Any]:
    """The Table Schema of the canonical CSV: its cells stand as the publisher wrote them."""
    absent = sorted({word for column in part.columns for word in column.absent})
    said: dict[str, Any] = {"fields": [_field(column, one) for column in part.columns]}
    if absent:
        said["missingValues"] = ["", *absent]
    return said


def _field(column: Column, one: Described) -> dict[str, Any]:
    kind = column.type if column.type in TYPES else "string"
    said: dict[str, Any] = {"name": column.name, "type": kind, "title": one.words(column.title)}
    if column.format and kind in ("date", "datetime", "time"):
        said["format"] = column.format
    if kind == "number":
        said |= {"decimalChar": column.decimal if column.decimal != "." else "", "groupChar": column.group}
    elif kind == "integer" and column.group:
        said |= {"type": "number", "groupChar": column.group}  # Table Schema 1 has no groupChar for integers
    return {key: value for key, value in said.items() if value != ""}


def _name(text: str) -> str:
    """A name as Data Package wants it: small letters, digits, and ``-_.``."""
    return re.sub(r"[^a-z0-9._-]+", "-", text.lower()).strip("-") or "data"
