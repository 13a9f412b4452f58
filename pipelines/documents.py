"""Documents of rows, written by a process that asks tables: CSV, NDJSON, Arrow, Parquet, XLSX, GeoJSON."""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from pipelines import lines
from pipelines.tables import plain, points
from standards import late

if TYPE_CHECKING:
    import pyarrow.parquet as pq
    import xlsxwriter
else:  # what few documents need
    pq, xlsxwriter = late.module("pyarrow.parquet"), late.module("xlsxwriter")

BATCH: Final = 10_240
"""Rows that are written at once: five of the engine's own pieces."""
AT_WORK: Final = 2
"""Batches of a document that are written at the same time."""
SHEET_ROWS: Final = 100_000
HALF_TURN: Final = 180.0


def narrow(column: Any) -> Any:
    """A sum of whole numbers as a whole number where one holds it: DuckDB gives 128 bits, which few readers know."""
    if pa.types.is_decimal(column.type) and column.type.scale == 0:
        try:
            return pc.cast(column, pa.int64())
        except pa.ArrowInvalid:
            return column
    return column


Send = Callable[[bytes | memoryview], None]
Batches = Iterator[pa.RecordBatch]


class Pipe(io.RawIOBase):
    """A file that sends on what is written to it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._size = 0

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, piece: Any) -> int:
        """Send a piece."""
        size = len(piece)
        self._send(bytes(piece))
        self._size += size
        return size

    def tell(self) -> int:
        """Say how much went through."""
        return self._size


def _csv(batches: Batches, names: Sequence[str], send: Send) -> int:
    send(lines.head(names))
    rows, made = 0, lines.Lines()
    written: deque[Future[bytes | memoryview]] = deque()
    with ThreadPoolExecutor(AT_WORK) as pool:  # Arrow writes without the lock: the next rows come meanwhile
        for batch in batches:
            written.append(pool.submit(made.write, batch))
            rows += batch.num_rows
            if len(written) > AT_WORK:
                send(written.popleft().result())
        for one in written:
            send(one.result())
    return rows


def _ndjson(batches: Batches, names: Sequence[str], send: Send) -> int:
    rows = 0
    for batch in batches:
        cells = [_plainly(column) for column in batch.columns]
        send(b"".join(orjson.dumps(dict(zip(names, row, strict=True)), option=orjson.OPT_APPEND_NEWLINE)
                      for row in zip(*cells, strict=True)))
        rows += batch.num_rows
    return rows


def _plainly(column: Any) -> list[Any]:
    """The cells of a column as JSON holds them; what Arrow gives as it is, is not looked at one by one."""
    kind = column.type
    if pa.types.is_date(kind):
        return pc.cast(column, pa.string()).to_pylist()  # type: ignore[no-any-return]
    if pa.types.is_integer(kind):
        ends = pc.min_max(column).as_py()
        as_it_is = ends["min"] is None or max(-ends["min"], ends["max"]) <= 2**53
    else:  # what no JSON says of floats, orjson writes as null, as we do
        as_it_is = pa.types.is_string(kind) or pa.types.is_boolean(kind) or pa.types.is_floating(kind)
    found = column.to_pylist()
    return found if as_it_is else list(map(plain, found))


def _arrow(batches: Batches, names: Sequence[str], send: Send) -> int:
    rows, writer = 0, None
    for batch in batches:
        writer = writer or pa.ipc.new_stream(pa.PythonFile(Pipe(send), mode="w"), batch.schema)
        writer.write_batch(batch)
        rows += batch.num_rows
    if writer is None:
        schema = pa.schema([(one, pa.string()) for one in names])
        writer = pa.ipc.new_stream(pa.PythonFile(Pipe(send), mode="w"), schema)
    writer.close()
    return rows


def _parquet(batches: Batches, names: Sequence[str], send: Send) -> int:
    rows, writer = 0, None
    for batch in batches:
        writer = writer or pq.ParquetWriter(pa.PythonFile(Pipe(send), mode="w"), batch.schema, compression="zstd")
        writer.write_batch(batch)
        rows += batch.num_rows
    if writer is None:
        schema = pa.schema([(one, pa.string()) for one in names])
        writer = pq.ParquetWriter(pa.PythonFile(Pipe(send), mode="w"), schema, compression="zstd")
    writer.close()
    return rows


def _xlsx(batches: Batches, names: Sequence[str], send: Send) -> int:
    """One sheet, written row by row; texts stay texts, so that codes keep their zeros and nothing is a formula."""
    whole = io.BytesIO()
    book = xlsxwriter.Workbook(whole, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    for at, name in enumerate(names):
        sheet.write_string(0, at, name)
    rows = 0
    for batch in batches:
        if rows + batch.num_rows > SHEET_ROWS:
            return -1
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            rows += 1
            for at, cell in enumerate(map(plain, row)):
                if isinstance(cell, bool):
                    sheet.write_boolean(rows, at, cell)
                elif isinstance(cell, int | float):
                    sheet.write_number(rows, at, cell)
                elif cell is not None:
                    sheet.write_string(rows, at, cell[:32_767])
    book.close()
    send(whole.getbuffer())
    return rows


def _geojson(batches: Batches, names: Sequence[str], send: Send) -> int:
    """A FeatureCollection (RFC 7946): each row a point, or a feature without a place; [longitude, latitude]."""
    place = points(names)
    if place is None:
        return 0
    lat, lon = (list(names).index(one) for one in place)
    rest = [at for at in range(len(names)) if at not in (lat, lon)]
    rows = 0
    send(b'{"type":"FeatureCollection","features":[\n')
    for batch in batches:
        cells = [_plainly(column) for column in batch.columns]
        made = [orjson.dumps({
            "type": "Feature", "geometry": _point(row[lat], row[lon]),
            "properties": {names[at]: row[at] for at in rest},
        }) for row in zip(*cells, strict=True)]
        if made:
            send((b",\n" if rows else b"") + b",\n".join(made))
        rows += batch.num_rows
    send(b"\n]}\n")
    return rows


def _point(lat: Any, lon: Any) -> dict[str, Any] | None:
    try:
        here = [float(lon), float(lat)]
    except (TypeError, ValueError):
        return None
    there = abs(here[0]) <= HALF_TURN and abs(here[1]) <= HALF_TURN / 2
    return {"type": "Point", "coordinates": here} if there else None


WRITERS: Final[Mapping[str, Callable[[Batches, Sequence[str], Send], int]]] = {
    "csv": _csv, "ndjson": _ndjson, "arrow": _arrow, "parquet": _parquet, "xlsx": _xlsx, "geojson": _geojson,
}
