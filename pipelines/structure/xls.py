"""Sheets of old Excel workbooks as they lie there: cells and merged areas; looks and hidden parts are not read."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from pipelines import workbook, written
from pipelines.structure.cells import CELLS, ROWS, Gathered
from standards.sheet import NUMBER, TEXT, Sheet

NAME = "xls"


def look(path: Path, name: str, others: tuple[str, ...] = ()) -> Sheet:
    """Look at one sheet."""
    sheet = workbook.book(path).get_sheet_by_name(name)
    found = Gathered()
    rows = min(ROWS, CELLS // max(1, sheet.width))
    for at, row in enumerate(islice(sheet.iter_rows(), rows)):
        for column, cell in enumerate(row):
            found.put(at, column, written.text(cell), TEXT if isinstance(cell, str) else NUMBER)
    texts, kinds = found.grid()
    spans = sheet.merged_cell_ranges or []
    return Sheet(
        name=name,
        format="xls",
        rows=texts,
        kinds=kinds,
        total=sheet.total_height,
        whole=sheet.total_height <= rows,
        merges=tuple((a[0], a[1], b[0], b[1]) for a, b in spans[:ROWS]),
        merged=len(spans),
        others=tuple(one for one in others if one != name),
    )
