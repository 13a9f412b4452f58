"""The OpenAPI document of one dataset: the rows of its tables with their columns and types, and its files."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.deps import Language, Site, TheCaller, TheSite
from api.dialects.v1.datasets import REFUSALS, moved_to
from api.dialects.v1.door import Door, may
from api.dialects.v1.manners import unchanged
from api.dialects.v1.render import etag
from api.dialects.v1.rows import KINDS
from api.dialects.v1.shelf import is_public
from catalog.errors import Unavailable
from catalog.model import Caller, Entry, File, Resource, Version
from pipelines import tables
from standards.vocabulary import LICENCES

router = APIRouter(prefix="/api/v1", tags=["rows"], route_class=Door)

ROWS: Final = "/api/v1/datasets/{dataset}/resources/{name}/rows"
MOST: Final = 50
"""Tables and files that one document tells of."""
TYPES: Final[Mapping[str, Mapping[str, Any]]] = {
    "integer": {"type": ["integer", "null"]},
    "number": {"type": ["number", "string", "null"], "description": "Text where a double would lose digits."},
    "boolean": {"type": ["boolean", "null"]},
    "date": {"type": ["string", "null"], "format": "date"},
    "datetime": {"type": ["string", "null"], "format": "date-time"},
    "string": {"type": ["string", "null"]},
}
JSON = dict[str, Any]


@router.get("/datasets/{dataset}/openapi.json", summary="OpenAPI of one dataset", openapi_extra=may("anyone"),
            responses={200: {"content": {"application/json": {}}}, **REFUSALS})
def openapi(  # noqa: PLR0917 - FastAPI gives them by name
    request: Request, site: TheSite, caller: TheCaller, language: Language, dataset: str,
    version: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="Pin the document to a version.")] = None,
) -> Response:
    """Give what a client is generated from: an operation per table, with its columns as they are published."""
    entry = site.catalog.dataset(caller, dataset)
    moved = moved_to(request, entry, dataset)
    if moved is not None:
        return moved
    found = site.catalog.version(caller, entry.id, version)
    general = request.app.openapi()
    body = orjson.dumps(_document(site, caller, general, entry, found, language, pinned=version is not None))
    headers = {
        "ETag": etag(body), "Cache-Control": "public, no-cache" if is_public(entry) else "private, no-store",
        "Vary": "Accept-Language, Cookie, Authorization",
    }
    if unchanged(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(body, 200, headers, "application/json")


def _document(  # noqa: PLR0917 - in the order in which they are found
    site: Site, caller: Caller, general: JSON, entry: Entry, version: Version, language: str, *, pinned: bool
) -> JSON:
    at = f"/api/v1/datasets/{quote(entry.slug)}"
    paths: JSON = {}
    schemas: JSON = {"Problem": general["components"]["schemas"]["Problem"], **_used(general)}
    for number, (one, parquet) in enumerate(_tables(version)):
        name = f"Row{number + 1}"
        schemas[name] = _row(one, _kinds(site, caller, parquet), language)
        where = f"{at}/resources/{quote(one.name, safe='')}/rows"
        paths[where] = {"get": _rows(general, one, name, version if pinned else None, language)}
    for file in [each for each in version.files if each.public][:MOST]:
        inside = f"/versions/{version.number}/files/" if pinned else "/files/"
        paths[f"{at}{inside}{quote(file.name, safe='')}"] = {"get": _download(file)}
    return {
        "openapi": "3.1.0", "info": _about(site, entry, version, language), "servers": [{"url": site.url}],
        "paths": paths,
        "externalDocs": {"url": f"{site.url}/datasets/{entry.slug}"},
        "components": {"schemas": schemas, "securitySchemes": general["components"]["securitySchemes"]},
        "security": [{}, {"token": []}],
    }


def _tables(version: Version) -> Iterator[tuple[Resource, File]]:
    for one in version.resources[:MOST]:
        parquet = next((file for file in one.files if file.role == "parquet"), None)
        if one.kind == "table" and parquet is not None:
            yield one, parquet


def _kinds(site: Site, caller: Caller, parquet: File) -> Mapping[str, str]:
    """The columns as they are in the published file, whatever was meant."""
    path = site.catalog.local_file(caller, parquet)
    if path is None:
        raise Unavailable("storage-down")
    return {one.name: one.kind for one in tables.schema(path)}


def _about(site: Site, entry: Entry, version: Version, language: str) -> JSON:
    """The title, and whose it is."""
    about = entry.about
    licence = LICENCES.get(about.licence or "")
    info: JSON = {
        "title": _said(about.title, language) or entry.slug, "version": str(version.number),
        "description": _said(about.description, language) or _said(about.title, language) or entry.slug,
        "x-dataset": entry.id, "x-manifest-sha256": version.manifest,
    }
    if licence is not None:
        info["license"] = {"name": _said(licence.title, language), "url": licence.uri}
    if about.contact is not None:
        contact = {"name": about.contact.name, "url": about.contact.url or f"{site.url}/datasets/{entry.slug}"}
        info["contact"] = {name: value for name, value in contact.items() if value}
    return info


def _said(text: Mapping[str, str], language: str) -> str:
    """The words in this language, else in whichever there are."""
    return text.get(language) or next(iter(text.values()), "")


def _row(one: Resource, kinds: Mapping[str, str], language: str) -> JSON:
    """A row with all columns; a query may choose, rename and compute others."""
    told = {column.name: column for column in one.columns}
    properties: JSON = {}
    for name, kind in kinds.items():
        if name == tables.ID:
            continue
        column = told.get(name)
        title = _said(column.title, language) if column else ""
        meaning = {"x-meaning": column.meaning} if column and column.meaning else {}
        properties[name] = {**TYPES.get(kind, TYPES["string"]), **({"title": title} if title else {}), **meaning}
    return {"type": "object", "title": _said(one.title, language) or one.name, "properties": properties}


def _rows(general: JSON, one: Resource, schema: str, version: Version | None, language: str) -> JSON:
    """The operation of the site's own document, with this table's name and columns in it."""
    like = copy.deepcopy(general["paths"][ROWS]["get"])
    kept = [each for each in like["parameters"] if each["in"] == "query"]
    for each in kept:
        if each["name"] == "version" and version is not None:
            each["schema"]["default"] = version.number
    answer = {
        "type": "object", "required": ["items", "total", "next", "resource"],
        "properties": {
            "items": {"type": "array", "items": {"$ref": f"#/components/schemas/{schema}"}},
            "total": {"type": "integer"}, "next": {"type": ["string", "null"]}, "resource": {"type": "string"},
        },
    }
    kinds: JSON = {media.partition(";")[0]: {} for media in KINDS.values()}
    good = {"description": "Rows", "content": {"application/json": {"schema": answer}, **kinds}}
    return {
        "operationId": f"rows_{schema.lower()}", "summary": _said(one.title, language) or one.name, "parameters": kept,
        "responses": {**like["responses"], "200": good},
    }


def _download(file: File) -> JSON:
    """A file as it is."""
    media = file.media_type or "application/octet-stream"
    return {
        "operationId": f"file_{file.sha256[:12]}_{file.role}", "summary": file.name,
        "responses": {"200": {"description": f"{file.bytes} bytes, sha256 {file.sha256}", "content": {media: {}}}},
    }


def _used(general: JSON) -> JSON:
    """Shapes that the problem document refers to."""
    schemas, found, left = general["components"]["schemas"], {}, ["Problem"]
    while left:
        text = orjson.dumps(schemas[left.pop()]).decode()
        for name in schemas:
            if f'"#/components/schemas/{name}"' in text and name not in found:
                found[name] = schemas[name]
                left.append(name)
    return found
