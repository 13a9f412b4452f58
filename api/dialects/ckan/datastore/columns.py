"""A whole table that changes as lines of CSV or TSV, of rows that come by columns: as ``shown.lines`` does."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from api.dialects.ckan.datastore import shown
from catalog.rows import SEPARATOR, Columns, Table, family
from pipelines import lines
from standards import late

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.compute as pc
else:
    pa, pc = late.module("pyarrow"), late.module("pyarrow.compute")

AT_WORK: Final = 2
"""Pages that wait until they are written: neither the store nor Arrow holds up the other meanwhile."""
SECOND: Final = len("2026-01-01T00:00:00")


def document(table: Table, pages: Iterator[Columns], sign: str) -> Iterator[bytes]:
    """Give the lines piece by piece."""
    types = table.types()
    yield lines.head(list(types), sign)
    made, kinds = lines.Lines(sign), list(types.values())
    written: deque[Future[bytes]] = deque()
    try:
        with ThreadPoolExecutor(1) as pool:
            for page in pages:
                written.append(pool.submit(_written, made, kinds, page))
                if len(written) > AT_WORK:
                    yield written.popleft().result()
            while written:
                yield written.popleft().result()
    finally:
        lines.give_back()


def _written(made: lines.Lines, kinds: Sequence[str], page: Columns) -> bytes:
    cells = [_column(kind, one) for kind, one in zip(kinds, page, strict=True)]
    return bytes(made.write(pa.RecordBatch.from_arrays(cells, names=list(map(str, range(len(cells)))))))


def _column(kind: str, given: str | Sequence[Any]) -> Any:
    if not isinstance(given, str):
        found = lines.numbers(given) if family(kind) in ("float", "numeric", "int") else None
        return pa.array(shown.texts(kind, given), pa.string()) if found is None else found
    cells = lines.texts(given, SEPARATOR)
    if family(kind) == "timestamp" and (pc.max(pc.utf8_length(cells)).as_py() or 0) > SECOND:
        return pc.utf8_slice_codeunits(cells, 0, SECOND)
    return cells
