"""Restoring: an empty site is filled with a backup, whatever engines the one or the other stands on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from catalog.errors import Conflict, Unavailable
from catalog.maintenance import FACT
from catalog.ports import Files
from pipelines.carrying import folder as folders
from pipelines.carrying import rows as changing
from pipelines.carrying.erased import Ledger, apply_again, gathered, hashes_of
from pipelines.carrying.folder import Backup
from pipelines.carrying.house import MARK, House, copy_object, finish, marked, refuse_held, refuse_worker, resume


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What a site was filled with: rows by table, objects, uploads enqueued again, promises that do not hold."""

    rows: Mapping[str, int]
    objects: int
    resumed: int
    broken: Sequence[str]


def restore(house: House, store: Files, folder: Path, *, accept_losses: bool = False,
            erasures: Sequence[Path] = ()) -> Filled:
    """Fill an empty site with the backup in a folder, everything proved before the first byte is written.

    What was erased since the backup was made does not come back (``erasures`` are records of such beside those that lie
    about). A try that broke off is taken up again. Raises Invalid("backup-…", "erasures-damaged"),
    Conflict("site-not-empty", "files-not-empty", "backup-newer", "backup-lost", "worker-running").
    """
    refuse_worker(house)
    backup = folders.read(folder)
    if backup.lost and not accept_losses:
        first = next(iter(backup.lost))
        raise Conflict("backup-lost", many=len(backup.lost), first=first)
    objects = folders.prove(store, backup)
    rows = {name: listing.lines for name, listing in backup.tables.items()}
    if backup.rows:
        rows[changing.DATASTORE] = sum(one.lines - 1 for one in backup.rows.values())
    if marked(house) == backup.seal:
        return Filled(rows=rows, objects=len(objects), resumed=0, broken=finish(house))
    with house.records.read() as unit:
        if not unit.knows(backup.revision):
            raise Conflict("backup-newer", revision=backup.revision)
    refuse_held(house, objects)
    ledger = gathered(house.files, folder, erasures)
    gone = hashes_of(ledger)
    _copy(store, house.files, [one for one, (_, named) in objects.items() if named and one not in gone])
    keys = {
        key: _stage(store, house.files, sha256, objects[sha256][0])
        for key, sha256 in backup.uploads.items() if sha256 not in gone
    }
    changing.filled(house.tables, store, backup.rows, {one.dataset for one in ledger.values() if one.whole})
    resumed = _fill(house, store, backup, keys, ledger)
    return Filled(rows=rows, objects=len(objects), resumed=resumed, broken=finish(house))


def _copy(store: Files, files: Files, objects: Sequence[str]) -> None:
    for sha256 in objects:
        if copy_object(store, files, sha256):
            raise Unavailable("storage-damaged", sha256=sha256)


def _stage(store: Files, files: Files, sha256: str, size: int) -> str:
    with store.open(sha256) as stream:
        key, _, got = files.stage(stream, size)
    if got != sha256:
        raise Unavailable("storage-damaged", sha256=sha256)
    return key


def _fill(house: House, store: Files, backup: Backup, keys: Mapping[str, str], ledger: Ledger) -> int:
    """Fill the records and enqueue what waits, in one transaction: before it the site is empty, after it whole."""
    with house.records.begin() as unit:
        unit.load((name, folders.lines(store, listing)) for name, listing in backup.tables.items())
        unit.set_site(MARK, backup.seal)
        unit.set_site(FACT, "")  # a backup of a site under maintenance fills one that is not
        again = apply_again(unit, ledger)
        resumed = resume(unit, keys)
        unit.audit("system", "restore", "", made=backup.made, seal=backup.seal, erasures=again)
    return resumed
