"""The rows that findings speak of, cut out of the cells, so that a report can show each cell in its place."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipelines import cells
from pipelines.validation import masking
from standards.finding import Finding

ROWS = 120
CELL = 60
"""So many letters of a cell are shown."""


def excerpt(path: Path, findings: Sequence[Finding], secret: Collection[int]) -> Mapping[str, Sequence[str]]:
    """Give the first rows with findings: record number (as text, as JSON wants it) → cells, cut; ``secret`` masked."""
    wanted = list(dict.fromkeys(one.place.row for one in findings if one.place.row))[:ROWS]
    if not wanted:
        return {}
    found: dict[str, Sequence[str]] = {}
    numbers = pa.array(wanted, pa.int64())
    for one in cells.read(path):
        picked = one.filter(pc.is_in(one.column(0), numbers))
        columns = [column.to_pylist() for column in picked.columns]
        numbered = zip(columns[0], masking.rows(list(zip(*columns[1:], strict=True)), secret), strict=True)
        found |= {str(number): tuple(cell[:CELL] for cell in row) for number, row in numbered}
    return found
