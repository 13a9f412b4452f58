"""The records of a text table in batches: Arrow's reader where it agrees with Python's, Python's where it does not."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa
import pyarrow.csv as pacsv

from pipelines import grid
from pipelines.format import Unreadable
from pipelines.formats.csv import dialect as dialects
from pipelines.formats.csv.dialect import Dialect
from pipelines.formats.csv.encoding import texts, unpacked
from pipelines.grid import Notes, Row

BLOCK = 4 << 20
MAX_CELL = 16 << 20


class Utf8(io.RawIOBase):
    """The text of a file as UTF-8 bytes, whatever it was encoded in."""

    def __init__(self, path: Path, encoding: str, newline: str = "") -> None:
        super().__init__()
        self._parts = texts(path, encoding)
        self._newline = newline
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        while not self._rest:
            text = next(self._parts, None)
            if text is None:
                return 0
            self._rest = memoryview((text.replace(self._newline, "\n") if self._newline else text).encode())
        size = min(len(view), len(self._rest))
        view[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def stream(path: Path, encoding: str, newline: str = "") -> BinaryIO:
    """Open a file as UTF-8 without its mark; ``newline`` ends records where no line end of ASCII does."""
    if encoding == "utf-8" and not newline:
        return unpacked(path)
    return cast("BinaryIO", io.BufferedReader(Utf8(path, encoding, newline), BLOCK))


def slow(path: Path, encoding: str, dialect: Dialect) -> Iterator[Row]:
    """Read records with Python's csv: for what Arrow cannot take, and to find a quote that is never closed."""
    csv.field_size_limit(MAX_CELL)
    with io.TextIOWrapper(stream(path, encoding, dialect.newline), encoding="utf-8", newline="") as text:
        number = 0
        try:
            for row in dialects.reader(text, dialect):
                number += 1
                yield row
        except csv.Error as wrong:
            raise Unreadable("cell-too-long", row=number + 1, limit=MAX_CELL) from wrong


def find_unclosed(path: Path, encoding: str, dialect: Dialect) -> None:
    """Refuse a file whose last record begins with a quote that nothing closes; stray quotes in words are harmless."""
    csv.field_size_limit(MAX_CELL)
    with io.TextIOWrapper(stream(path, encoding, dialect.newline), encoding="utf-8", newline="") as text:
        reader = dialects.reader(text, dialect)
        number, start, line, last = 0, 1, 1, False
        try:
            for row in reader:
                number, start, line = number + 1, line, reader.line_num + 1
                last = bool(row) and ("\n" in row[-1] or "\r" in row[-1])
        except csv.Error as wrong:
            raise Unreadable("unclosed-quote", row=number + 1, line=line) from wrong
        if last and row[-1][-1:] in "\r\n":
            raise Unreadable("unclosed-quote", row=number, line=start)


def fast(  # noqa: PLR0917 - what a reading is, in order
    path: Path, encoding: str, dialect: Dialect, width: int, header: int, notes: Notes
) -> Iterator[pa.RecordBatch]:
    """Read the records after record ``header`` with Arrow; where it gives up, Python's csv goes on from there."""
    done = header
    if dialect.backslash or dialect.spaced or not dialect.delimiter.isascii():
        yield from grid.batches(itertools.islice(slow(path, encoding, dialect), header, None), header + 1, width, notes)
        return
    try:
        for one in _arrow(path, encoding, dialect, width, notes):
            first = one.column(0)[0].as_py()
            part = one.slice(max(0, header + 1 - first))
            if part.num_rows:
                yield part
                done = part.column(0)[-1].as_py()
    except pa.ArrowInvalid:
        rows = slow(path, encoding, dialect)
        for _ in range(done):
            next(rows, None)
        yield from grid.batches(rows, done + 1, width, notes)


def _arrow(path: Path, encoding: str, dialect: Dialect, width: int, notes: Notes) -> Iterator[pa.RecordBatch]:
    """Give every record from the first on; records of another width, which Arrow hands out, are put back in place."""
    odd: list[tuple[int, str]] = []

    def keep(row: pacsv.InvalidRow) -> str:
        odd.append((row.number, row.text))
        return "skip"

    columns = grid.names(width)
    with stream(path, encoding, dialect.newline) as bytes_:
        reader = pacsv.open_csv(
            bytes_,
            read_options=pacsv.ReadOptions(use_threads=False, block_size=BLOCK, column_names=columns),
            parse_options=pacsv.ParseOptions(
                delimiter=dialect.delimiter,
                quote_char=dialect.quote or False,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=keep,
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=False
            ),
        )
        number = 1
        for one in reader:
            for part in _woven(one, number, width, odd, dialect, notes):
                number += part.num_rows
                yield part
        if odd:
            rows = [notes.fit(_parse(text, dialect), at, width) for at, text in odd]
            yield grid.batch(rows, number, width)


def _woven(  # noqa: PLR0917 - see fast
    one: pa.RecordBatch, number: int, width: int, odd: list[tuple[int, str]], dialect: Dialect, notes: Notes
) -> Iterator[pa.RecordBatch]:
    """Number the rows of a batch and weave the odd records between them."""
    start = 0
    while odd and odd[0][0] - number <= one.num_rows - start:
        good = odd[0][0] - number
        if good:
            yield _numbered(one.slice(start, good), number, width)
        number, start = number + good, start + good
        rows: list[Row] = []
        while odd and odd[0][0] == number + len(rows):
            at, text = odd.pop(0)
            rows.append(notes.fit(_parse(text, dialect), at, width))
        yield grid.batch(rows, number, width)
        number += len(rows)
    if start < one.num_rows:
        yield _numbered(one.slice(start), number, width)


def _numbered(one: pa.RecordBatch, number: int, width: int) -> pa.RecordBatch:
    numbers = pa.array(range(number, number + one.num_rows), pa.int64())
    return pa.record_batch([numbers, *one.columns], schema=grid.schema(width))


def _parse(text: str, dialect: Dialect) -> list[str]:
    return next(dialects.reader(io.StringIO(text, newline=""), dialect), [])
