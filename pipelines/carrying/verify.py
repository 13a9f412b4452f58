"""Verifying a whole site: what the catalogue promises, and what only this floor sees: Parquet rows, work folders."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from catalog.catalog import Catalog
from catalog.errors import Unavailable
from catalog.model import Version

LEFT_SECONDS = 3600.0
"""How long a work folder may outlive the check that it was made for."""


def verify(catalog: Catalog, work: Path, *, deep: bool = False) -> Sequence[str]:
    """Give the broken promises as sentences (``Catalog.verify``); ``deep`` also counts the rows of every Parquet."""
    found = [*catalog.verify(deep=deep), *_left_over(catalog, work)]
    return [*found, *_rows(catalog)] if deep else found


def _rows(catalog: Catalog) -> Iterator[str]:
    system = catalog.system()
    for entry in catalog.all_datasets(system):
        for version in catalog.versions(system, entry.id):
            if version.state == "published":
                where = f"{entry.slug} version {version.number}"
                yield from (f"I1: {where}: {one}" for one in _miscounted(catalog, version))


def _miscounted(catalog: Catalog, version: Version) -> Iterator[str]:
    for file in version.files:
        if file.role != "parquet" or file.rows is None:
            continue
        try:
            path = catalog.local_file(catalog.system(), file)
            rows = pq.read_metadata(path).num_rows if path else file.rows
        except Unavailable:  # damaged: I6 tells of it
            continue
        except pa.ArrowInvalid:
            yield f"file {file.name} is no Parquet"
            continue
        if rows != file.rows:
            yield f"file {file.name} has {rows} rows, not {file.rows}"


def _left_over(catalog: Catalog, work: Path) -> Iterator[str]:
    """Work folders older than an hour whose upload is not being checked."""
    if not work.is_dir():
        return
    at_work = {one.key for one in catalog.jobs(catalog.system(), states=("waiting", "running"))}
    for path in sorted(work.iterdir()):
        if path.is_dir() and path.name not in at_work and time.time() - path.stat().st_mtime > LEFT_SECONDS:
            yield f"I11: work folder {path.name} was left over"
