"""What the foreign keys of a publisher's schema refer to on this site: found for her, and laid out for the sandbox."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from catalog.catalog import Catalog
from catalog.errors import Gone, NotFound
from catalog.model import Entry, File, Resource, Version
from catalog.ports import Files
from pipelines.referred import Reference

MOST = 20
"""How many other tables the schema of one file may refer to."""
MOST_BYTES = 128 << 20
"""Tables with more bytes are not looked into; the publisher is told."""

_BLOCK = 1 << 20
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,199}")


def lay_out(
    catalog: Catalog, files: Files, mine: Entry, schema: Mapping[str, Any] | None, work: Path
) -> tuple[Reference, ...]:
    """Find what a schema of the dataset ``mine`` refers to, and put the rows into the folder under names of ours."""
    asked = dict.fromkeys(_asked(schema or {}))
    return tuple(
        _laid_out(catalog, files, mine, package, resource, work / f"reference-{number}")
        if number < MOST
        else Reference(package=package, resource=resource, state="large")
        for number, (package, resource) in enumerate(asked)
    )


def _asked(schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Name what is referred to; what has no sense is left out here and refused by the check."""
    keys = schema.get("foreignKeys")
    for one in keys if isinstance(keys, list | tuple) else ():
        reference = one.get("reference") if isinstance(one, Mapping) else None
        if not isinstance(reference, Mapping):
            continue
        package, resource = reference.get("package") or "", reference.get("resource") or ""
        if isinstance(package, str) and isinstance(resource, str) and (package or resource):
            yield package, resource


def _laid_out(  # noqa: PLR0917 - one call, one place
    catalog: Catalog, files: Files, mine: Entry, package: str, resource: str, place: Path
) -> Reference:
    nothing = Reference(package=package, resource=resource)
    entry, version = _found(catalog, mine, package)
    if entry is None or version is None:
        return nothing
    table = _table(version, resource)
    file = _rows(table, own=entry.organisation == mine.organisation) if table else None
    if table is None or file is None:
        return nothing
    if file.bytes > MOST_BYTES:
        return Reference(package=package, resource=resource, state="large")
    return Reference(
        package=package,
        resource=resource,
        state="found",
        path=_copy(files, file, place.with_suffix(f".{file.role}")),
        slug=entry.slug,
        table=table.name,
        dataset=entry.id,
        version=version.number,
        sha256=file.sha256,
        pinned=entry.visibility == "public" or entry.id == mine.id,
        profile=table.profile,
    )


def _found(catalog: Catalog, mine: Entry, package: str) -> tuple[Entry | None, Version | None]:
    """Give a dataset and its newest version, where it is published and public or of the same agency."""
    if package and not _KEY.fullmatch(package):
        return None, None
    system = catalog.system()
    try:
        entry = catalog.dataset(system, package or mine.id)
        version = catalog.version(system, entry.id)
    except (NotFound, Gone):
        return None, None
    seen = entry.organisation == mine.organisation or (entry.visibility == "public" and entry.state == "published")
    return (entry, version) if seen and version.state == "published" else (None, None)


def _table(version: Version, resource: str) -> Resource | None:
    if not resource:
        return version.first_table
    return next((one for one in version.resources if one.kind == "table" and one.name == resource), None)


def _rows(table: Resource, *, own: bool) -> File | None:
    roles = {one.role: one for one in table.files if own or one.public}
    return roles.get("csv") or roles.get("parquet")


def _copy(files: Files, file: File, path: Path) -> Path:
    """Give the bytes in the work folder: where they lie on this machine, else a copy."""
    if local := files.local(file.sha256):
        path.symlink_to(local)
        return path
    with files.open(file.sha256) as stream, path.open("wb") as copy:
        shutil.copyfileobj(stream, copy, _BLOCK)
    return path
