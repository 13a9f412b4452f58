"""What the catalogue holds, as a dataset described for the world: made once, for every metadata language."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast
from urllib.parse import quote

from catalog.catalog import Catalog
from catalog.errors import Gone, NotFound
from catalog.model import NOBODY, ColumnInfo, Entry, File, Organisation, Resource, Version
from standards.codelist import Codelist
from standards.language import Column, Copy, Described, Part, Place
from standards.metadata import ckan
from standards.profile import Column as Seen
from standards.record import Agent, Text

PROVINCES: Final = "vn-province"
VIET_NAM: Final[Text] = {"vi": "Việt Nam", "en": "Viet Nam"}


def described(
    site: str, entry: Entry, version: Version | None, publisher: Organisation | None, codelists: Mapping[str, Codelist],
) -> Described:
    """Put an entry, its newest version and its agency together; only what anybody may have is in it."""
    page = f"{site}/datasets/{entry.slug}"
    return Described(
        id=entry.id,
        uri=f"{site}/id/{entry.id}",
        page=page,
        about=entry.about,
        publisher=_agent(publisher),
        publisher_url=f"{site}/organizations/{publisher.slug}" if publisher else "",
        version=version.number if version else 0,
        version_url=f"{site}/id/{entry.id}/{version.number}" if version else "",
        issued=entry.issued,
        modified=version.issued if version else entry.modified,
        note=(version.erratum or version.note) if version else "",
        places=tuple(_places(entry, codelists)),
        parts=tuple(_parts(site, entry, version)) if version else (),
    )


def package_of(catalog: Catalog, site: str, dataset: str) -> Mapping[str, Any] | None:
    """Give the dictionary of CKAN's words for a dataset that everybody may see, None for any other."""
    try:
        entry = catalog.dataset(NOBODY, dataset)
        version = catalog.version(NOBODY, dataset)
    except (NotFound, Gone):
        return None
    publisher = catalog.organisation(NOBODY, entry.organisation)
    told = ckan.write(described(site, entry, version, publisher, {}), "ckan.json")
    return cast("Mapping[str, Any]", json.loads(told))


def _agent(publisher: Organisation | None) -> Agent:
    if publisher is None:
        return Agent()
    return Agent(code=publisher.public_id, slug=publisher.slug, title=publisher.title)


def _places(entry: Entry, codelists: Mapping[str, Codelist]) -> Iterator[Place]:
    provinces = codelists[PROVINCES].entries if PROVINCES in codelists else {}
    for code in entry.about.spatial:
        if code.upper() == "VN":
            yield Place(code="VN", title=VIET_NAM)
        else:
            known = provinces.get(code, ())
            yield Place(code=code, title={"vi": known[-1].name, **known[-1].names} if known else {})


def _parts(site: str, entry: Entry, version: Version) -> Iterator[Part]:
    address = f"{site}/api/v1/datasets/{entry.slug}"
    files_at = f"{address}/versions/{version.number}/files/"
    for one in version.resources:
        yield Part(
            name=one.name,
            kind=one.kind,
            title=one.title,
            standard=f"{site}/standards/{one.standard}" if one.standard else "",
            rows=one.rows,
            columns=tuple(_columns(one)),
            copies=tuple(_copies(one, files_at)),
            rows_url=f"{address}/resources/{quote(one.name, safe='')}/rows" if one.kind == "table" else "",
        )


def _copies(one: Resource, files_at: str) -> Iterator[Copy]:
    for file in one.files:
        if file.public:
            yield _copy(file, files_at)
    if one.url:
        yield Copy(name=one.name, url=one.url, role="link", title=one.title)


def _copy(file: File, files_at: str) -> Copy:
    return Copy(
        name=file.name, url=files_at + quote(file.name, safe=""), role=file.role, media_type=file.media_type,
        bytes=file.bytes, sha256=file.sha256, rows=file.rows,
    )


def _columns(one: Resource) -> Iterator[Column]:
    seen = {column.name: column for column in one.profile.columns} if one.profile else {}
    for info in one.columns:
        yield _column(info, seen.get(info.name))


def _column(info: ColumnInfo, seen: Seen | None) -> Column:
    if seen is None:
        return Column(name=info.name, title=info.title, type=info.type)
    return Column(
        name=info.name, title=info.title, type=info.type, format=seen.format, decimal=seen.decimal, group=seen.group,
        absent=seen.absent,
    )
