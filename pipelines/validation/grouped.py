"""Checks over rows that belong together: rows are numbered by key in whole columns, and only groups are looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.cells import column, numbers
from pipelines.flat import Numbers, arrow, flat, np
from pipelines.validation.uses import Bound
from standards.check import Remark

PIECE = 100_000
"""So many rows of groups become Python text at once (a group is never cut)."""

Told = tuple[Remark, str, tuple[int, ...]]
"""A remark on a group, the cell that bears it, and the record numbers of the rows it is about."""


def look_at_groups(cells: Path, bound: Bound) -> Iterator[Told]:
    """Ask a check of scope group about every group of rows that is large enough to matter, in row order of the groups.

    Where a column that makes the groups is not in the table the check is not asked.
    """
    check, use = bound.check, bound.use
    by = [str(one) for one in use.args.get("by", ())]
    if not set(by) <= set(use.needs):
        return
    places = dict(zip(use.needs, bound.columns, strict=True))
    chosen = _chosen(cells, bound, [places[one] for one in by])
    rows = numbers(cells)
    for part, starts in _pieces(*chosen):
        texts = [column(cells, one).take(arrow(part)).to_pylist() for one in bound.columns]
        for begin, end in zip(starts, [*starts[1:], len(part)], strict=True):
            group = {name: text[begin:end] for name, text in zip(use.needs, texts, strict=True)}
            remark = check.look(group, use)
            if remark is not None:
                at = [begin + one for one in remark.rows] or [begin]
                yield remark, texts[0][at[0]], tuple(int(rows[part[one]]) for one in at)


def group_sizes(cells: Path, columns: Sequence[int]) -> Numbers:
    """Count the rows of each combination of the columns' cells; rows in which all of them are blank are left out."""
    keys = _keys(cells, columns)
    filled = np.zeros(len(keys), dtype=bool)
    for one in columns:
        filled |= flat(pc.not_equal(column(cells, one), "").combine_chunks())
    return np.unique(keys[filled], return_counts=True)[1].astype(np.int64)


def _chosen(cells: Path, bound: Bound, by: Sequence[int]) -> tuple[Numbers, Numbers]:
    """Give the rows of groups large enough, group by group and in row order within, and the group of each."""
    check = bound.check
    keys = _keys(cells, by)
    if getattr(check, "FOLDED", False):
        keys = _joined([keys, _numbered(folded(column(cells, bound.columns[0])))])
    if getattr(check, "DISTINCT", False):
        whole = _joined([keys, _keys(cells, bound.columns)])
        _, first = np.unique(whole, return_index=True)
        rows = np.sort(first).astype(np.int64)
    else:
        rows = np.arange(len(keys), dtype=np.int64)
    if not len(rows):
        return rows, rows
    kept = keys[rows]
    least = int(getattr(check, "LEAST", 2))
    large = np.bincount(kept)[kept] >= least
    rows, kept = rows[large], kept[large]
    order = np.argsort(kept, kind="stable")
    return rows[order], kept[order]


def _pieces(rows: Numbers, keys: Numbers) -> Iterator[tuple[Numbers, list[int]]]:
    """Cut ordered rows into pieces of whole groups; with each piece where its groups begin."""
    if not len(rows):
        return
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    begin = 0
    while begin < len(starts):
        end = max(begin + 1, int(np.searchsorted(starts, starts[begin] + PIECE)))
        stop = int(starts[end]) if end < len(starts) else len(rows)
        yield rows[starts[begin] : stop], [int(one - starts[begin]) for one in starts[begin:end]]
        begin = end


def _keys(cells: Path, columns: Sequence[int]) -> Numbers:
    """Number the rows by the combination of their cells; without columns all rows are one group."""
    if not columns:
        return np.zeros(len(numbers(cells)), dtype=np.int64)
    return _joined([_numbered(column(cells, one)) for one in columns])


def _joined(parts: Sequence[Numbers]) -> Numbers:
    keys = parts[0]
    for more in parts[1:]:
        width = int(more.max()) + 1 if len(more) else 1
        keys = _numbered(pa.chunked_array([arrow(keys * width + more)]))
    return keys


def _numbered(values: pa.ChunkedArray) -> Numbers:
    """Number values in order of first occurrence, all chunks alike."""
    encoded = values.dictionary_encode()
    parts = [flat(one.indices).astype(np.int64) for one in encoded.chunks]
    return cast("Numbers", np.concatenate(parts)) if parts else np.empty(0, dtype=np.int64)


def folded(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Write cells without marks, case and punctuation: coarser than ``standards.text.fold``, never finer."""
    text = pc.utf8_lower(pc.call_function("utf8_normalize", [cells], pc.Utf8NormalizeOptions("NFKD")))
    return pc.replace_substring_regex(pc.replace_substring(text, "đ", "d"), r"[^\p{L}\p{N}]+", "")
