"""What was erased stays erased: the record of erasures lies beside backups, applied before anything is served."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from catalog.catalog import Catalog
from catalog.catalog.erasing import bury
from catalog.erasure import LEDGER, Erasure
from catalog.errors import Invalid
from catalog.ports import Files, Unit
from pipelines.steps import erase

Ledger = Mapping[str, Erasure]


def write_beside(folder: Path, catalog: Catalog) -> None:
    """Keep the record of erasures in a backup's folder, where an older backup's restoring finds it."""
    draft = folder / f".{LEDGER}.{os.getpid()}"
    draft.write_bytes(erase.ledger(catalog))
    draft.replace(folder / LEDGER)


def gathered(files: Files, folder: Path | None = None, more: Sequence[Path] = ()) -> Ledger:
    """Give every erasure that the store, the backup, the backups beside it and the files named know of.

    Raises Invalid("erasures-damaged") for a file that is no such record: what was erased must not come back unnoticed.
    """
    found = dict(erase.in_store(files))
    beside = sorted(folder.absolute().parent.glob(f"*/{LEDGER}")) if folder is not None else []
    for path in (*beside, *more):
        try:
            found.update(erase.read_ledger(path.read_bytes()))
        except (ValueError, KeyError, TypeError):
            raise Invalid("erasures-damaged", what=str(path)) from None
    return found


def hashes_of(ledger: Ledger) -> set[str]:
    """Give every hash that may not come back."""
    return {sha256 for one in ledger.values() for sha256 in one.hashes}


def apply_again(unit: Unit, ledger: Ledger) -> int:
    """Take out of records that were just filled what was erased since; in the same transaction. How many erasures."""
    count = 0
    for one in ledger.values():
        known = unit.erasure(one.id)
        if known is None or known.state not in ("confirmed", "done"):
            bury(unit, replace(one, state="confirmed", staged=()), "system", again=True)
            count += 1
    return count
