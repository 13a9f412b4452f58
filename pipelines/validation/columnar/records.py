"""The records of a CSV file in batches of string columns, with their numbers, and the ragged ones beside them."""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from pipelines.validation.columnar.plan import HandBack, Plan, open_text

BLOCK = 4 << 20
SNIFFED_LINES = 100
RECORDS = 20_000


@dataclass(frozen=True, slots=True)
class Batch:
    """Valid records of one block: ``numbers`` (int64) and string columns; ``ragged`` are (number, cells) among them."""

    numbers: Any
    columns: tuple[Any, ...]
    ragged: tuple[tuple[int, list[str]], ...]

    def cells(self, index: int) -> list[str]:
        """All cells of one record."""
        return [column[index].as_py() for column in self.columns]


@dataclass(slots=True)
class Digest:
    """md5, sha256 and size of the file, and signs of structure, gathered in a thread of its own."""

    plan: Plan
    md5: str = ""
    sha256: str = ""
    size: int = 0
    blank_lines: bool = False
    nul: bool = False
    carriage_return: bool = False
    error: BaseException | None = None
    _thread: threading.Thread | None = field(default=None, repr=False)

    def start(self) -> Digest:
        """Begin to read."""
        self._thread = threading.Thread(target=self._guarded, daemon=True)
        self._thread.start()
        return self

    def wait(self) -> None:
        """Until all is read; raises what the thread met."""
        if self._thread:
            self._thread.join()
        if self.error:
            raise self.error

    def _guarded(self) -> None:
        try:
            self._read()
        except OSError as error:
            self.error = error

    def _read(self) -> None:
        md5, sha256, tail = hashlib.md5(), hashlib.sha256(), b"\n"  # noqa: S324 - the report bears it
        with self.plan.path.open("rb") as raw:
            while chunk := raw.read(1 << 20):
                md5.update(chunk)
                sha256.update(chunk)
                self.size += len(chunk)
                self._look(tail + chunk)
                tail = chunk[-1:]
        self.md5, self.sha256 = md5.hexdigest(), sha256.hexdigest()

    def _look(self, chunk: bytes) -> None:
        self.nul = self.nul or b"\0" in chunk
        self.carriage_return = self.carriage_return or b"\r" in chunk
        if not self.blank_lines:
            # Two line ends in a row, whatever their kind; inside quotes it is a false alarm that costs only time.
            self.blank_lines = b"\n\n" in chunk or b"\n\r" in chunk or b"\r\r" in chunk


class _Transcoder(io.RawIOBase):
    """The data records of a file in another encoding, as UTF-8 bytes."""

    def __init__(self, plan: Plan) -> None:
        self._text = open_text(plan.path, plan.encoding)
        reader = csv.reader(iter(self._text), dialect=plan.dialect)
        for _ in range(plan.skip_records):
            if next(reader, None) is None:
                break
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._rest:
            self._rest = self._text.read(1 << 20).encode("utf-8")
        taken = self._rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)

    def close(self) -> None:
        self._text.close()
        super().close()


def _source(plan: Plan) -> Any:
    if plan.offset is None:
        return io.BufferedReader(_Transcoder(plan), 1 << 20)
    raw = plan.path.open("rb")
    raw.seek(plan.offset)
    return raw


def _exhausted(source: Any) -> bool:
    return not source.peek(1)


def read_batches(plan: Plan) -> Iterator[Batch]:
    """Every data record once, in order. Raises HandBack where pyarrow and the csv module may part."""
    if plan.slow:
        yield from _cut_by_csv(plan)
        return
    names = [f"c{index}" for index in range(plan.width)]
    ragged: deque[tuple[int, str]] = deque()

    def keep(row: Any) -> str:
        ragged.append((row.number, row.text))
        return "skip"

    with _source(plan) as source:
        if _exhausted(source):
            return
        try:
            stream = pacsv.open_csv(
                source,
                read_options=pacsv.ReadOptions(use_threads=False, block_size=BLOCK, column_names=names),
                parse_options=pacsv.ParseOptions(
                    delimiter=plan.dialect.delimiter,
                    quote_char=plan.dialect.quotechar,
                    double_quote=True,
                    newlines_in_values=True,
                    invalid_row_handler=keep,
                    ignore_empty_lines=False,
                ),
                convert_options=pacsv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
                ),
            )
            yield from _numbered(plan, stream, ragged)
        except (pa.ArrowInvalid, UnicodeError, csv.Error) as error:
            raise HandBack("parse") from error


def _cut_by_csv(plan: Plan) -> Iterator[Batch]:
    """Records as Python's csv module cuts them: for dialects with escapes or spaces after the delimiter."""
    with open_text(plan.path, plan.encoding) as text:
        records = enumerate(csv.reader(text, dialect=plan.dialect), start=1)
        content = itertools.islice(records, plan.skip_records, None)
        try:
            while block := list(itertools.islice(content, RECORDS)):
                yield _batch_of(plan, block)
        except (UnicodeError, csv.Error) as error:
            raise HandBack("parse") from error


def _batch_of(plan: Plan, block: list[tuple[int, list[str]]]) -> Batch:
    whole = [one for one in block if len(one[1]) == plan.width]
    ragged = tuple(one for one in block if len(one[1]) != plan.width)
    columns = zip(*(cells for _, cells in whole), strict=True) if whole else ([] for _ in range(plan.width))
    numbers = np.fromiter((number for number, _ in whole), dtype=np.int64, count=len(whole))
    return Batch(numbers, tuple(pa.array(column, pa.string()) for column in columns), ragged)


def _numbered(plan: Plan, stream: Any, ragged: deque[tuple[int, str]]) -> Iterator[Batch]:
    following = 1
    for block in stream:
        count = block.num_rows
        waiting = [number for number, _ in ragged]
        numbers = np.arange(following, following + count + len(waiting), dtype=np.int64)
        if waiting:
            numbers = numbers[~np.isin(numbers, waiting)]
        numbers = numbers[:count]
        last = int(numbers[-1]) if count else following - 1
        among = _among(plan, ragged, last)
        following = last + 1
        yield Batch(numbers + (plan.first_record - 1), tuple(block.columns), among)
    among = _among(plan, ragged, None)
    if among:
        empty = pa.array([], pa.string())
        yield Batch(np.empty(0, dtype=np.int64), (empty,) * plan.width, among)


def _among(plan: Plan, ragged: deque[tuple[int, str]], last: int | None) -> tuple[tuple[int, list[str]], ...]:
    """Take the ragged records up to ``last`` (all when None) and cut them as the csv module does."""
    found = []
    while ragged and (last is None or ragged[0][0] <= last):
        number, text = ragged.popleft()
        cells: list[str] = next(csv.reader(io.StringIO(text, newline=""), dialect=plan.dialect), [])
        found.append((number + plan.first_record - 1, cells))
    return tuple(found)


def blank_records(plan: Plan) -> frozenset[int]:
    """Numbers of the records that are physically empty lines: ``[]`` to the csv module, empty strings to pyarrow."""
    with open_text(plan.path, plan.encoding) as text:
        reader = csv.reader(text, dialect=plan.dialect)
        return frozenset(number for number, cells in enumerate(reader, start=1) if not cells)


def has_read_all(plan: Plan, number: int, sample: int) -> bool:
    """Whether reading record ``number`` (after a sample of records, after 100 lines) makes Frictionless meet the end.

    It reads 100 lines to guess the dialect, then ``sample`` records, then record by record; the end is met when it asks
    for a line that is not there, or when the last line has no line end (or one that could still become CR LF).
    """
    with open_text(plan.path, plan.encoding) as text:
        lines = list(itertools.islice(text, SNIFFED_LINES))
        if len(lines) < SNIFFED_LINES:
            return True
        reader = csv.reader(itertools.chain(lines, text), dialect=plan.dialect)
        wanted = max(sample, number)
        if sum(1 for _ in itertools.islice(reader, wanted)) < wanted:
            return True
        if next(reader, None) is not None:
            return False
    with plan.path.open("rb") as raw:
        raw.seek(-1, io.SEEK_END)
        return raw.read(1) != b"\n"
