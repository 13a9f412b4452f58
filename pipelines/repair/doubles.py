"""Rows that are the same as one above them: suspected by a hash of all their cells, proven by the cells themselves."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.repair.mending import Bench

_BETWEEN = "\x1f"


@dataclass(slots=True)
class Doubles:
    """Hashes of all rows that hold anything, batch by batch."""

    hashes: list[pa.Int64Array] = field(default_factory=list)

    def see(self, bench: Bench) -> None:
        """Learn the rows of one batch."""
        held = array("q", map(hash, _texts(bench).to_pylist()))
        self.hashes.append(pa.Array.from_buffers(pa.int64(), len(held), [None, pa.py_buffer(held)]))

    def suspects(self) -> pa.Int64Array:
        """Give the hashes that more than one row has."""
        whole = pa.concat_arrays([pa.array([], pa.int64()), *self.hashes])
        ordered = whole.take(pc.array_sort_indices(whole))
        return pc.unique(ordered[1:].filter(pc.equal(ordered[1:], ordered[:-1])))

    def proven(self, benches: Iterable[Bench]) -> Mapping[int, int]:
        """Say which rows repeat which: record number → that of the first; blank rows are none."""
        suspects, first, found = self.suspects(), dict[str, int](), dict[int, int]()
        if not len(suspects):
            return {}
        for bench, hashes in zip(benches, self.hashes, strict=True):
            mask = pc.is_in(hashes, value_set=suspects)
            rows, texts = bench.rows.filter(mask).to_pylist(), _texts(bench).filter(mask).to_pylist()
            for row, text in zip(rows, texts, strict=True):
                if text.replace(_BETWEEN, "").strip() and first.setdefault(text, row) != row:
                    found[row] = first[text]
        return found


def _texts(bench: Bench) -> pa.StringArray:
    columns = bench.columns
    return columns[0] if len(columns) == 1 else pc.binary_join_element_wise(*columns, _BETWEEN)
