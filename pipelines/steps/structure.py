"""Step: look at each table's sheet as it lies in its file, before anything is repaired or read as a table."""

from __future__ import annotations

import dataclasses

from pipelines.step import Parcel
from pipelines.structure import sheet_of


def run(parcel: Parcel) -> Parcel:
    """Give each table its raw sheet, where its format has sheets."""
    names = tuple(parcel.file.get("sheets") or ())
    tables = tuple(
        dataclasses.replace(one, sheet=sheet_of(parcel.path, one.table, names)) for one in parcel.tables
    )
    return dataclasses.replace(parcel, tables=tables)
