"""Rows of a table that changes as lines of CSV or TSV, written by columns: with the bytes of ``shown.lines``."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from decimal import Decimal
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
DIGITS: Final = 15
"""Digits of a decimal number that any float keeps."""
SECOND: Final = len("2026-01-01T00:00:00")


def document(table: Table, pages: Iterator[Columns], sign: str) -> Iterator[bytes]:
    """Give the lines of a whole table, piece by piece."""
    types = table.types()
    return _lines(list(types), list(types.values()), pages, sign)


def of_rows(names: Sequence[str], kinds: Sequence[str], pages: Iterator[Sequence[Sequence[Any]]],
            sign: str) -> Iterator[bytes]:
    """Give the lines of rows that were found, piece by piece."""
    return _lines(names, kinds, (list(zip(*page, strict=True)) for page in pages), sign)


def _lines(names: Sequence[str], kinds: Sequence[str], pages: Iterator[Columns], sign: str) -> Iterator[bytes]:
    yield lines.head(names, sign)
    made = lines.Lines(sign)
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
    what = family(kind)
    if isinstance(given, str):
        return _shortened(what, lines.texts(given, SEPARATOR))
    types = set(map(type, given)) - {type(None)}
    if what in ("text", "date", "time", "timestamp") and types <= {str}:
        return _shortened(what, pa.array(given, pa.string()))
    if what == "bool" and types <= {bool}:
        return pa.array(given, pa.bool_())
    found = lines.numbers(_plainly(given, types)) if what in ("float", "numeric", "int") else None
    return pa.array(shown.texts(kind, given), pa.string()) if found is None else found


def _shortened(what: str, cells: Any) -> Any:
    """Give moments to the second."""
    if what == "timestamp" and (pc.max(pc.utf8_length(cells)).as_py() or 0) > SECOND:
        return pc.utf8_slice_codeunits(cells, 0, SECOND)
    return cells


def _plainly(given: Sequence[Any], types: set[type]) -> Sequence[Any]:
    """Give numbers of few digits as floats, which are written with the same ones."""
    if Decimal not in types or any(len(str(one)) > DIGITS for one in given if type(one) is Decimal):
        return given
    return [float(one) if type(one) is Decimal else one for one in given]
