"""Rows that are the same as one above them: suspected by a hash of all their cells, proven by the cells themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.repair.mending import Bench

_BETWEEN = "\x1f"


@dataclass(slots=True)
class Doubles:
    """Hashes of all rows that hold anything, batch by batch."""

    hashes: list[npt.NDArray[np.int64]] = field(default_factory=list)

    def see(self, bench: Bench) -> None:
        """Learn the rows of one batch."""
        texts = _texts(bench)
        self.hashes.append(np.fromiter(map(hash, texts.to_pylist()), np.int64, len(texts)))

    def suspects(self) -> npt.NDArray[np.int64]:
        """Give the hashes that more than one row has."""
        if not self.hashes:
            return np.empty(0, np.int64)
        values, counts = np.unique(np.concatenate(self.hashes), return_counts=True)
        return np.asarray(values[counts > 1], np.int64)

    def proven(self, benches: Iterable[Bench]) -> Mapping[int, int]:
        """Say which rows repeat which: record number → that of the first; blank rows are none."""
        suspects, first, found = self.suspects(), dict[str, int](), dict[int, int]()
        if not len(suspects):
            return {}
        for bench, hashes in zip(benches, self.hashes, strict=True):
            mask = pa.array(np.isin(hashes, suspects))
            rows, texts = bench.rows.filter(mask).to_pylist(), _texts(bench).filter(mask).to_pylist()
            for row, text in zip(rows, texts, strict=True):
                if text.replace(_BETWEEN, "").strip() and first.setdefault(text, row) != row:
                    found[row] = first[text]
        return found


def _texts(bench: Bench) -> pa.StringArray:
    columns = bench.columns
    return columns[0] if len(columns) == 1 else pc.binary_join_element_wise(*columns, _BETWEEN)
