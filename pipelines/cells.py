"""Cells at rest: an Arrow IPC file of record numbers and text, and the canonical CSV that is written from it."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.flat import Numbers, flat, np
from standards import late

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.compute as pc
else:
    pa = late.module("pyarrow")
    pc = late.module("pyarrow.compute")

CHUNK_ROWS = 262_144
CHUNK_BYTES = 48 << 20


def write(path: Path, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Write batches to an IPC file and hand them on in larger pieces."""
    waiting: list[pa.RecordBatch] = []
    rows = size = 0
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
        for one in batches:
            writer.write_batch(one)
            waiting.append(one)
            rows, size = rows + one.num_rows, size + one.nbytes
            if rows >= CHUNK_ROWS or size >= CHUNK_BYTES:
                yield _joined(waiting)
                waiting, rows, size = [], 0, 0
    if waiting:
        yield _joined(waiting)


def _joined(parts: Sequence[pa.RecordBatch]) -> pa.RecordBatch:
    return parts[0] if len(parts) == 1 else pa.concat_batches(parts)


def read(path: Path, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
    """Give the batches of an IPC file, mapped into memory."""
    with pa.memory_map(str(path)) as source:
        reader = pa.ipc.open_file(source)
        for index in range(reader.num_record_batches):
            one = reader.get_batch(index)
            yield one if columns is None else one.select(list(columns))


def column(path: Path, index: int) -> pa.ChunkedArray:
    """Give all cells of one column, mapped into memory."""
    return pa.chunked_array([one.column(index + 1) for one in read(path)], pa.string())


def numbers(path: Path) -> Numbers:
    """Give the record numbers of all rows."""
    parts = [flat(one.column(0)) for one in read(path)]
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)


def width(path: Path) -> int:
    """Give the number of columns of cells."""
    with pa.memory_map(str(path)) as source:
        return len(pa.ipc.open_file(source).schema) - 1


def write_csv(
    path: Path,
    labels: Sequence[str],
    batches: Iterable[pa.RecordBatch],
    ragged: Mapping[int, Sequence[str]] | None = None,
) -> int:
    """Write a UTF-8 CSV (comma, LF, quotes only where needed); ``ragged`` records are written as they stand.

    Batches hold record numbers and text. Gives the number of records written below the header.
    """
    ragged = dict(ragged or {})
    rows = 0
    with path.open("wb") as file:
        file.write(line(labels))
        for one in batches:
            rows += one.num_rows
            for part in _around(one, ragged):
                file.write(part if isinstance(part, bytes) else lines(part))
    return rows


def _around(one: pa.RecordBatch, ragged: Mapping[int, Sequence[str]]) -> Iterator[pa.RecordBatch | bytes]:
    """Cut a batch around the ragged records in it."""
    if not ragged or not one.num_rows:
        yield one
        return
    numbers, start = flat(one.column(0)), 0
    for at in np.flatnonzero(np.isin(numbers, np.fromiter(ragged, np.int64, len(ragged)))).tolist():
        if at > start:
            yield one.slice(start, at - start)
        yield line(ragged[int(numbers[at])])
        start = at + 1
    if start < one.num_rows:
        yield one.slice(start)


def line(row: Sequence[str]) -> bytes:
    """Write one record."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerow(row)
    return text.getvalue().encode()


def lines(one: pa.RecordBatch) -> bytes:
    """Write the records of a batch (without their numbers) as CSV, by whole columns."""
    if not one.num_rows:
        return b""
    quoted = [_quoted(one.column(index)) for index in range(1, one.num_columns)]
    if len(quoted) == 1:
        quoted = [pc.if_else(pc.equal(quoted[0], ""), '""', quoted[0])]
    text = pc.binary_join_element_wise(*quoted, ",") if len(quoted) > 1 else quoted[0]
    ended = pc.binary_join_element_wise(text, "\n", "")
    return (
        bytes(pc.binary_join(pa.array([ended.to_pylist()]), "")[0].as_py().encode()) if ended.offset else _bytes(ended)
    )


def _bytes(array: pa.StringArray) -> bytes:
    """Give the letters of all strings of an array that begins at its buffers' start."""
    offsets = array.buffers()[1]
    end = int.from_bytes(offsets[len(array) * 4 : len(array) * 4 + 4].to_pybytes(), "little")
    return bytes(array.buffers()[2][:end].to_pybytes()) if end else b""


def _quoted(cells: pa.StringArray) -> pa.StringArray:
    special = pc.match_substring_regex(cells, '[",\r\n]')
    if not pc.any(special).as_py():
        return cells
    marked = pc.binary_join_element_wise('"', pc.replace_substring(cells, '"', '""'), '"', "")
    return pc.if_else(special, marked, cells)


def column_names(labels: Sequence[str]) -> tuple[str, ...]:
    """Give the names under which columns are published: labels composed (NFC) with single spaces, made unique."""
    seen: dict[str, int] = {}
    found = []
    for index, label in enumerate(labels, 1):
        bare = " ".join(unicodedata.normalize("NFC", label).replace("\ufeff", "").split()) or f"column_{index}"
        seen[bare] = seen.get(bare, 0) + 1
        name = bare if seen[bare] == 1 else f"{bare}_{seen[bare]}"
        found.append(name)
    return tuple(found)


def filled(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Leave blank rows out."""
    for one in batches:
        kept = one
        blank = None
        for index in range(1, one.num_columns):
            empty = pc.equal(one.column(index), "")
            blank = empty if blank is None else pc.and_(blank, empty)
            if not pc.any(blank).as_py():
                blank = None
                break
        if blank is not None:
            kept = one.filter(pc.invert(blank))
        if kept.num_rows:
            yield kept
