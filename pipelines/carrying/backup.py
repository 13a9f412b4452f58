"""Backing a site up while it runs: records of one moment, then every object and upload that they name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from catalog.errors import NotFound
from catalog.ports import Files
from pipelines.carrying import folder as folders
from pipelines.carrying import rows
from pipelines.carrying.erased import write_beside
from pipelines.carrying.folder import Backup, Listing
from pipelines.carrying.house import House, Needs, copy_object, in_order, kept, needs_of

TRIES = 10
"""How often the records are read again because something that they named went away meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One reading of the records, kept, and what of it could be copied."""

    revision: str
    tables: Mapping[str, Listing]
    needs: Needs
    objects: Mapping[str, tuple[int, bool]]
    uploads: Mapping[str, str]
    lost: Mapping[str, str]
    rows: Mapping[str, Listing]


def back_up(house: House, store: Files, folder: Path, *, now: datetime, deep: bool = False) -> Backup:
    """Make the folder a backup of the site as it is; what it was a backup of before counts until the last moment.

    ``store`` keeps the objects of ``folder``; those that are there are compared by size, ``deep`` hashes them again.
    What ended while it was copied is read again from newer records; what the site itself has lost is named in
    ``lost``. Raises Conflict("backup-running").
    """
    with folders.held(folder):
        before: Mapping[str, str] = {}
        for _ in range(TRIES):
            done = _round(house, store, deep=deep)
            if not done.lost or done.lost == before:
                break
            before, deep = done.lost, False
        objects = folders.keep_lines(store, ((one, *about) for one, about in sorted(done.objects.items())))
        backup = Backup(
            made=now.isoformat(), revision=done.revision, last_change=done.needs.last_change, audit=done.needs.audit,
            tables=done.tables, objects=objects, uploads=done.uploads, lost=done.lost,
            rows=done.rows,
        )
        write_beside(folder, house.catalog)
        folders.write(folder, backup)
        listings = (objects, *done.tables.values(), *done.rows.values())
        _prune(store, {*(one.sha256 for one in listings), *done.objects})
    return backup


def _round(house: House, store: Files, *, deep: bool) -> Round:
    with house.records.read() as unit:
        tables = {name: folders.keep_lines(store, lines) for name, lines in unit.dump()}
        needs, revision = needs_of(unit), unit.revision()
    kept_rows = rows.kept(house.tables, store)  # after the records: a dataset that they know has its table here
    lost: dict[str, str] = {}
    uploads: dict[str, str] = {}
    for one in needs.uploads:  # first: they are the first to go
        if _keep_upload(house.files, store, one.staged.key, one.staged.sha256):
            uploads[one.staged.key] = one.staged.sha256
        else:
            lost[one.staged.sha256] = "missing"
    found: set[str] = set()
    for sha256, must in in_order(needs.objects):
        wrong = copy_object(house.files, store, sha256, deep=deep)
        if not wrong:
            found.add(sha256)
        elif must:
            lost[sha256] = wrong
    objects = {sha256: (store.size(sha256) or 0, sha256 in found) for sha256 in found | set(uploads.values())}
    return Round(
        revision=revision, tables=tables, needs=needs, objects=objects, uploads=uploads, lost=lost, rows=kept_rows,
    )


def _keep_upload(source: Files, store: Files, key: str, sha256: str) -> bool:
    try:
        with source.open_staged(key) as stream:
            return kept(store, stream, sha256)
    except NotFound:
        return False


def _prune(store: Files, named: set[str]) -> None:
    """Delete what this backup does not name any more: what was erased on the site leaves its backup too."""
    for sha256 in list(store.hashes()):
        if sha256 not in named:
            store.delete(sha256)
    for key in list(store.staged(-1)):
        store.drop_staged(key)
