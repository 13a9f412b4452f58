"""Rows of a version that was published, read again: by an append or correction that builds on it, or a foreign key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from pipelines import grid
from pipelines.format import ReadOptions, Unreadable
from pipelines.formats import parquet
from pipelines.formats.csv.dialect import Dialect
from pipelines.formats.csv.reading import fast, slow
from pipelines.grid import Notes


def stored(path: Path) -> tuple[Sequence[str], Callable[[], Iterator[pa.RecordBatch]]]:
    """Give labels and cells of the version built on: its canonical CSV, or its Parquet without ``_id``."""
    with path.open("rb") as file:
        marked = file.read(4) == b"PAR1"
    if marked:
        table = parquet.open(path, ReadOptions())
        keep = [index for index, name in enumerate(table.labels) if name != "_id"]
        names = ["_id" if table.labels[index] == "_id_original" else table.labels[index] for index in keep]
        return names, lambda: (picked(one, keep) for one in parquet.open(path, ReadOptions()).batches)
    labels = next(slow(path, "utf-8", Dialect()), None)
    if not labels:
        raise Unreadable("base-unreadable")
    return labels, lambda: fast(path, "utf-8", Dialect(), len(labels), 1, Notes())


def picked(one: pa.RecordBatch, order: Sequence[int]) -> pa.RecordBatch:
    """Give these columns of a batch, in this order."""
    columns = [one.column(0), *(one.column(index + 1) for index in order)]
    return pa.record_batch(columns, schema=grid.schema(len(order)))
