"""Sheets as they lie in their files, before anything reads them as tables; only called inside the sandbox."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipelines.format import Table, Unreadable
from pipelines.structure import ods, plain, xls, xlsx
from standards.sheet import Sheet


def sheet_of(path: Path, table: Table, others: Sequence[str] = ()) -> Sheet | None:
    """Look at the sheet that a table was opened from; None for formats that have no sheets (JSON, Parquet …).

    ``others`` are the names of the workbook's further sheets with data. A file that the readers of tables took is not
    refused here: what cannot be looked at is None.
    """
    try:
        if table.format == xlsx.NAME:
            return xlsx.look(path, table.sheet or "", tuple(others))
        if table.format == ods.NAME:
            return ods.look(path, table.sheet or "", tuple(others))
        if table.format == xls.NAME:
            return xls.look(path, table.sheet or "", tuple(others))
        if table.format == plain.NAME:
            return plain.look(path, table)
    except Unreadable:
        return None
    return None
