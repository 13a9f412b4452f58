"""Text tables as they lie in their files: the first records, also those above the header and below the data."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from pipelines.format import Table
from pipelines.formats.csv.dialect import Dialect
from pipelines.formats.csv.reading import slow
from pipelines.structure.cells import CELLS, ROWS, Tally
from standards.sheet import BLANK, TEXT, Sheet

NAME = "csv"


def look(path: Path, table: Table) -> Sheet:
    """Look at the first records under the encoding and dialect that were decided; a record is a row."""
    dialect = Dialect(delimiter=str(table.dialect["delimiter"]), quote=str(table.dialect["quote"]))
    most = max(1, min(ROWS, CELLS // max(1, len(table.labels))))
    read = list(islice(slow(path, table.encoding, dialect), most + 1))
    rows = read[:most]
    width = max(map(len, rows), default=0)
    breaks = Tally()
    for at, row in enumerate(rows):
        if any("\n" in cell or "\r" in cell for cell in row):
            breaks.add(at)
    filled = [(*row, *[""] * (width - len(row))) for row in rows]
    return Sheet(
        name="",
        format="csv",
        rows=tuple(filled),
        kinds=tuple("".join(TEXT if cell.strip() else BLANK for cell in row) for row in filled),
        total=len(read),
        whole=len(read) <= most,
        breaks=breaks.some(),
        encoding=table.encoding,
        delimiter=dialect.delimiter,
    )
