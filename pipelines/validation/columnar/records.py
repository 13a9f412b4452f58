"""The records of a CSV file in batches of string columns, with their numbers, and the ragged ones beside them."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from itertools import repeat
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from pipelines.validation.columnar.plan import HandBack, Plan

SNIFFED_LINES = 100
RECORDS = 20_000


Record = tuple[int, list[Any], bytes | None]
"""Number, cells, and a byte for each field whose cell need not be read; nothing where nobody knows, None if ragged."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Valid records of one block: ``numbers`` (int64) and string columns; ``ragged`` are (number, cells) among them.

    ``sure`` (bool, a row a record, a column a field) says which cells need not be read; None where nobody knows.
    """

    numbers: Any
    columns: tuple[Any, ...]
    ragged: tuple[tuple[int, list[Any]], ...]
    sure: Any = None

    def __len__(self) -> int:
        return len(self.numbers) + len(self.ragged)

    def all_numbers(self) -> Any:
        """The numbers of all records, ragged ones behind."""
        return np.concatenate([self.numbers, np.array([number for number, _ in self.ragged], dtype=np.int64)])

    def chosen(self, indices: Any, sure: Any = None, *, ragged: bool = True) -> Batch:
        """Only some of the valid records, copied, with the ragged ones or without."""
        taken = pa.array(indices, pa.int64())
        columns = tuple(column.take(taken) for column in self.columns)
        return Batch(self.numbers[indices], columns, self.ragged if ragged else (), sure)

    def records(self) -> Iterator[Record]:
        """Number, cells and surety of every record in order."""
        cells = zip(*(column.to_pylist() for column in self.columns), strict=True)
        sure = map(bytes, self.sure.astype(np.uint8)) if self.sure is not None else repeat(b"")
        valid: Iterator[Record] = (
            (number, list(row), known) for number, row, known in zip(self.numbers.tolist(), cells, sure, strict=False)
        )
        ragged: Iterator[Record] = ((number, row, None) for number, row in self.ragged)
        return merge(valid, ragged, key=lambda one: one[0]) if self.ragged else valid

    def cells(self, index: int) -> list[str]:
        """All cells of one valid record."""
        return [column[index].as_py() for column in self.columns]

    def last_cells(self) -> list[str]:
        """All cells of the last record, ragged or not."""
        if self.ragged and (not len(self.numbers) or self.ragged[-1][0] > self.numbers[-1]):
            return self.ragged[-1][1]
        return self.cells(len(self.numbers) - 1)


@dataclass(slots=True)
class Signs:
    """Signs of structure in what was read so far; inside quotes they are false alarms that cost only time."""

    blank_lines: bool = False
    nul: bool = False
    carriage_return: bool = False
    _tail: bytes = b"\n"
    _latest: tuple[bytes, bytes] = (b"", b"")

    def look(self, chunk: bytes) -> None:
        """Note what stands in the next bytes of the UTF-8 text."""
        self.nul = self.nul or b"\0" in chunk
        self.carriage_return = self.carriage_return or b"\r" in chunk
        if not self.blank_lines and chunk:
            # Two line ends in a row, whatever their kind.
            seam = self._tail + chunk[:1]
            pairs = (b"\n\n", b"\n\r", b"\r\r") if self.carriage_return else (b"\n\n",)
            self.blank_lines = any(pair in seam or pair in chunk for pair in pairs)
        if chunk:
            self._tail = chunk[-1:]
            self._latest = (self._latest[1], chunk)

    def last_line(self, most: int) -> str | None:
        """The last line of what was read, without its end; None when it is longer than ``most`` bytes."""
        text = b"".join(self._latest)[-most:].removesuffix(b"\n").removesuffix(b"\r")
        start = max(text.rfind(b"\n"), text.rfind(b"\r")) + 1
        return None if start == 0 and len(text) > most - 3 else text[start:].decode("utf-8", "replace")


class _Source(io.RawIOBase):
    """The data records of a file as UTF-8 bytes, looked at on their way."""

    def __init__(self, plan: Plan, signs: Signs) -> None:
        self._signs, self._block = signs, plan.block
        self._raw: Any = None
        self._text: Any = None
        self._rest = b""
        self._first: bytes | None = None
        if plan.offset is not None:
            self._raw = plan.open_bytes()
            self._raw.seek(plan.offset)
        else:
            self._text = plan.open_text()
            reader = csv.reader(iter(self._text.readline, ""), dialect=plan.dialect)
            for _ in range(plan.skip_records):
                if next(reader, None) is None:
                    break

    def readable(self) -> bool:
        return True

    def exhausted(self) -> bool:
        """Whether nothing follows; to be asked before the first read. pyarrow would drop a mark that is a cell's."""
        self._first = self._next(self._block)
        if self._first.startswith(codecs.BOM_UTF8):
            raise HandBack("structure")
        return not self._first

    def read(self, size: int = -1) -> bytes:
        """The next bytes, about ``size`` of them; none at the end."""
        if self._first is not None:
            chunk, self._first = self._first, None
            return chunk
        return self._next(self._block if size is None or size < 0 else size)

    def _next(self, size: int) -> bytes:
        if self._raw is not None:
            chunk: bytes = self._raw.read(size)
            self._refuse_other_bytes(chunk)
        else:
            chunk = self._text.read(max(1, size // 4)).encode("utf-8")
        self._signs.look(chunk)
        return chunk

    def _refuse_other_bytes(self, chunk: bytes) -> None:
        """Hand back what is not UTF-8: pyarrow would lose a ragged record whose text it cannot decode."""
        text = self._rest + chunk
        whole = _whole_characters(text) if chunk else len(text)
        self._rest = text[whole:]
        bounds = pa.py_buffer(np.array([0, whole], dtype=np.int32).tobytes())
        try:
            pa.Array.from_buffers(pa.string(), 1, [None, bounds, pa.py_buffer(text)]).validate(full=True)
        except pa.ArrowInvalid as error:
            raise HandBack("parse") from error

    def close(self) -> None:
        for one in (self._raw, self._text):
            if one is not None:
                one.close()
        super().close()


def _whole_characters(text: bytes) -> int:
    """The length of a UTF-8 text without a character that is cut at its end."""
    for back in range(1, min(3, len(text)) + 1):
        byte = text[-back]
        if byte >= 0xC0:  # noqa: PLR2004 - the first byte of several
            needed = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4  # noqa: PLR2004
            return len(text) - back if needed > back else len(text)
    return len(text)


def read_batches(plan: Plan, signs: Signs) -> Iterator[Batch]:
    """Every data record once, in order. Raises HandBack where pyarrow and the csv module may part."""
    if plan.slow:
        yield from _cut_by_csv(plan)
        return
    names = [f"c{index}" for index in range(plan.width)]
    ragged: deque[tuple[int, str]] = deque()

    def keep(row: Any) -> str:
        ragged.append((row.number, row.text))
        return "skip"

    with _Source(plan, signs) as source:
        if source.exhausted():
            return
        try:
            stream = pacsv.open_csv(
                source,
                read_options=pacsv.ReadOptions(use_threads=False, block_size=plan.block, column_names=names),
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
    with plan.open_text() as text:
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
    with plan.open_text() as text:
        reader = csv.reader(text, dialect=plan.dialect)
        return frozenset(number for number, cells in enumerate(reader, start=1) if not cells)


def has_read_all(plan: Plan, number: int, sample: int) -> bool:
    """Whether reading record ``number`` (after a sample of records, after 100 lines) makes Frictionless meet the end.

    It reads 100 lines to guess the dialect, then ``sample`` records, then record by record; the end is met when it asks
    for a line that is not there, or when the last line has no line end (or one that could still become CR LF).
    """
    with plan.open_text() as text:
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


def ends_open(plan: Plan, cells: list[str], line: str | None) -> bool:
    """Whether the text may end inside quotes, where pyarrow drops the last line end and the csv module keeps it."""
    if line is None or any("\n" in cell or "\r" in cell for cell in cells):
        with plan.open_text() as text:
            last = deque(csv.reader(text, dialect=plan.dialect), maxlen=1)
        return not last or last[0] != cells
    try:
        list(csv.reader([line], dialect=plan.dialect, strict=True))
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False
