"""Tables for the tests of validation: CSV text made into what the step before hands on."""

from __future__ import annotations

import csv
import io
from datetime import date

import pyarrow as pa

from catalog.model import Options
from pipelines.format import Table
from pipelines.step import Opened, Parcel
from standards.profile import Column, Profile


def cells_file(path, rows, *, first=2, batch=1000):
    """Write rows of text as an Arrow IPC file of cells; give its path."""
    width = max((len(row) for row in rows), default=1)
    schema = pa.schema([("row", pa.int64()), *((f"c{index}", pa.string()) for index in range(width))])
    with pa.ipc.new_file(str(path), schema) as writer:
        for start in range(0, len(rows), batch):
            part = rows[start : start + batch]
            columns = [
                pa.array([row[index] if index < len(row) else "" for row in part], pa.string())
                for index in range(width)
            ]
            numbers = pa.array(range(first + start, first + start + len(part)), pa.int64())
            writer.write_batch(pa.record_batch([numbers, *columns], schema=schema))
    return path


def column(name, values, kind="string", **more):
    filled = [value for value in values if value]
    return Column(name=name, kind=kind, missing=len(values) - len(filled), distinct=len(set(filled)), **more)


def parcel(
    tmp_path, text, *, standard="", schema=None, kinds=None, limit=1000, today=date(2026, 11, 1), made=False, first=2
):
    """Give a parcel with one table as profile leaves it. ``made`` gives the validator a CSV of the cells instead of the original."""
    original = tmp_path / "original"
    original.write_text(text, encoding="utf-8")
    records = list(csv.reader(io.StringIO(text)))
    labels, rows = records[0], records[1:]
    width = len(labels)
    fitted = [[*row[:width], *[""] * (width - len(row))] for row in rows]
    columns = tuple(
        column(label, [row[index] for row in fitted], **(kinds or {}).get(label, {}))
        for index, label in enumerate(labels)
    )
    blank = sum(1 for row in fitted if not any(row))
    table = Table(
        name="table",
        sheet=None,
        labels=tuple(labels),
        first_row=first,
        format="csv",
        encoding="utf-8",
        dialect={"delimiter": ",", "quote": '"', "header_row": 1},
        batches=iter(()),
        plain=not made,
    )
    opened = Opened(
        resource="table",
        table=table,
        csv=original if made else None,
        cells=cells_file(tmp_path / "cells.arrow", fitted, first=first),
        profile=Profile(rows=len(fitted) - blank, blank_rows=blank, columns=columns),
    )
    return Parcel(
        path=original,
        name="original.csv",
        work=tmp_path,
        options=Options(standard=standard, schema=schema),
        today=today,
        limit_errors=limit,
        tables=(opened,),
    )
