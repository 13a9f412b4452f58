"""A catalogue of many datasets in a database of records, written row by row beside the use cases: it is not what is measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import insert

from catalog.adapters.sql import schema
from catalog.adapters.sql.records import SqlRecords
from catalog.catalog import Catalog
from catalog.model import ColumnInfo, Entry, File, Organisation, Resource, Version
from catalog.question import Document
from standards.portable import to_json
from standards.profile import Column, Profile
from standards.record import Dataset
from tests.fakes import a_stand

START = datetime(2025, 1, 1, tzinfo=UTC)
AGENCIES = 120
_CHUNK = 5_000
_COLUMNS = ("ma_xa", "ten_xa", "ngay", "so_luong", "don_gia", "thanh_tien", "ghi_chu", "nam")
_PREVIEW = 20


def site(folder: Path, documents: Iterable[Document]) -> Catalog:
    """A catalogue on SQLite that holds the dataset of each document with one version, as if it had been published."""
    records = SqlRecords(f"sqlite:///{folder}/records.db")
    records.migrate()
    with records.begin() as unit:
        for number in range(AGENCIES):
            unit.add_organisation(Organisation(id=f"agency-{number}", slug=f"h{number}", code=f"H{number}", title={"vi": f"Sở số {number}"},
                                               created=START, modified=START))
    rows = _Rows()
    source = iter(documents)
    while some := list(islice(source, _CHUNK)):
        with records.begin() as unit:
            for table, make in ((schema.datasets, rows.dataset), (schema.versions, rows.version)):
                unit.connection.execute(insert(table), [make(one) for one in some])
    return a_stand(records=records).catalog


def kilobytes(folder: Path, size: int) -> float:
    """What one dataset takes in the database."""
    return round(sum(one.stat().st_size for one in folder.glob("records.db*")) / 1000 / size, 1)


class _Rows:
    """Makes rows from JSON that was written once: only what differs is put in."""

    def __init__(self) -> None:
        self._entry: dict[str, Any] = to_json(Entry(
            id="", slug="", organisation="", about=Dataset(title={}), state="published", version=1, created=START, issued=START, modified=START))
        self._before, self._after = orjson.dumps(to_json(_version())).decode().split('"format":"csv"')

    def dataset(self, one: Document) -> dict[str, Any]:
        at = START + timedelta(minutes=one.sequence)
        stamp, owner = at.isoformat().replace("+00:00", "Z"), f"agency-{one.org[1:]}"
        about = {**self._entry["about"], "title": one.title, "description": one.description, "themes": one.themes, "tags": one.tags, "licence": one.licence}
        body = {**self._entry, "id": one.id, "slug": one.slug, "organisation": owner, "sequence": one.sequence, "issued": stamp, "modified": stamp,
                "about": about}
        return {"id": one.id, "slug": one.slug, "organisation": owner, "kind": "dataset", "state": "published", "visibility": "public",
                "version": 1, "sequence": one.sequence, "modified": at, "body": orjson.dumps(body).decode()}

    def version(self, one: Document) -> dict[str, Any]:
        form = one.formats[0] if one.formats else ""
        return {"dataset": one.id, "number": 1, "state": "published", "issued": START, "manifest": "0" * 64, "rows": 5000,
                "body": f'{self._before}"format":"{form}"{self._after}'}


def _version() -> Version:
    """A version as the worker leaves it: a table of eight columns with its profile, its first rows and five files."""
    name = "bang-so-lieu"
    columns = tuple(ColumnInfo(name=one, title={"vi": one.replace("_", " ")}) for one in _COLUMNS)
    profile = Profile(rows=5000, columns=tuple(
        Column(name=one, distinct=900, minimum="1", maximum="999", top=tuple((f"{one} {at}", 90 - at) for at in range(10)), histogram=tuple(range(20)))
        for one in _COLUMNS
    ))
    files = tuple(File(resource=name, name=f"{name}.{role}", role=role, media_type=f"application/{role}", bytes=123_456, sha256=f"{at:064x}", rows=5000)
                  for at, role in enumerate(("original", "csv", "parquet", "json", "xlsx")))
    table = Resource(
        name=name, title={"vi": "Bảng số liệu"}, rows=5000, columns=columns, files=files, profile=profile, format="csv", periods=("2024-01-01/2024-12-31",),
        preview=tuple(tuple(_cells(row)) for row in range(_PREVIEW)), pins={"standard": "", "codelists": {}, "checker": "1"},
    )
    return Version(dataset="", number=1, issued=START, resources=(table,), manifest="0" * 64, publisher={"title": {"vi": "Sở"}}, changes={"added": 5000})


def _cells(row: int) -> Iterator[str]:
    return (f"giá trị {row} {one}" for one in range(len(_COLUMNS)))
