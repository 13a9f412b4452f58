"""Columns of rows become lines of CSV by Arrow: quotation marks where a cell needs them, bytes as by Python's own."""

from __future__ import annotations

import contextlib
import csv
import ctypes
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from standards import late

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.csv as pacsv
else:
    pa, pc = late.module("pyarrow"), late.module("pyarrow.compute")
    pacsv = late.module("pyarrow.csv")

FOUR_DIGITS: Final = (-30_610_224_000, 253_402_300_800)
"""Seconds between which a year has four digits."""

TINY: Final = 1e-4
LARGE: Final = 1e10
"""Between these Python and Arrow write a number without an exponent."""
HUGE: Final = 1e15
"""Up to here Python does so too."""

_SHAPED: Final = b',\t"\r\n'
_VEIL: Final = b"\x01\x02\x03\x04\x05"
_VEILED, _UNVEILED = bytes.maketrans(_SHAPED, _VEIL), bytes.maketrans(_VEIL, _SHAPED)


def head(names: Sequence[str], sign: str = ",") -> bytes:
    """Write the line of the columns' names."""
    out = io.StringIO()
    csv.writer(out, delimiter=sign, lineterminator="\n").writerow(names)
    return out.getvalue().encode()


def give_back() -> None:
    """Give memory back to the machine in which lines were made: Arrow's, and what the C library holds."""
    pa.default_memory_pool().release_unused()
    with contextlib.suppress(AttributeError, OSError):  # only glibc has it
        ctypes.CDLL(None).malloc_trim(0)


class Lines:
    """Writes batch after batch; where one had cells that need quotation marks, the next is expected to have some too.

    Several threads may use it: what it remembers is a guess. Arrow writes texts without quotation marks and refuses a
    cell that needs some; such cells are given theirs here, and go past Arrow with signs that no cell has for commas,
    quotation marks and ends of lines.
    """

    def __init__(self, sign: str = ",") -> None:
        self._sign, self._odd = sign, False

    def write(self, batch: pa.RecordBatch) -> bytes | memoryview:
        """Give the lines of a batch."""
        if not batch.num_rows:
            return b""
        columns = [_said(one) for one in batch.columns]
        if len(columns) > 1 and not self._odd:
            try:
                return memoryview(self._written(columns))
            except pa.ArrowInvalid:
                self._odd = True
        return self._with_marks(columns if len(columns) > 1 else [pc.fill_null(pc.cast(columns[0], pa.string()), "")])

    def _written(self, columns: Sequence[Any]) -> pa.Buffer:
        out = pa.BufferOutputStream()
        rows = len(columns[0])  # all in one go: Arrow takes a third longer for a thousand at a time
        pacsv.write_csv(
            pa.RecordBatch.from_arrays(columns, names=list(map(str, range(len(columns))))), out,
            pacsv.WriteOptions(include_header=False, quoting_style="none", batch_size=rows, delimiter=self._sign))
        return out.getvalue()

    def _with_marks(self, columns: Sequence[Any]) -> bytes | memoryview:
        marked = [_quoted(one, self._sign) if pa.types.is_string(one.type) else one for one in columns]
        if len(columns) == 1:  # an empty text stands in quotation marks there, so that it is a line of its own
            marked = [pc.if_else(pc.equal(columns[0], ""), '""', marked[0])]
        self._odd = any(one is not other for one, other in zip(marked, columns, strict=True))
        if not self._odd:
            return memoryview(self._written(marked))
        veiled = [_veiled(one) if pa.types.is_string(one.type) else one for one in marked]
        if any(one is None for one in veiled):
            return _joined(marked, self._sign)
        return bytes(self._written(veiled).to_pybytes().translate(_UNVEILED))


def _veiled(cells: pa.StringArray) -> pa.StringArray | None:
    """Put other signs for those of which lines are made; None where a cell has one of these others.

    Each is one byte, as each of those is, so all cells stay where they are.
    """
    whole = pa.concat_arrays([cells]) if cells.offset else cells
    present, offsets, letters = whole.buffers()
    held = letters.to_pybytes() if letters is not None else b""
    if held.translate(None, _VEIL) != held:
        return None
    return pa.StringArray.from_buffers(len(whole), offsets, pa.py_buffer(held.translate(_VEILED)), present)


def _joined(columns: Sequence[Any], sign: str) -> bytes:
    """Put lines together cell by cell, of cells that have their quotation marks."""
    texts = [one if pa.types.is_string(one.type) else pc.cast(one, pa.string()) for one in columns]
    if len(texts) > 1:
        texts = [pc.binary_join_element_wise(*texts, sign, null_handling="replace", null_replacement="")]
    every = pc.binary_join(pa.ListArray.from_arrays([0, len(texts[0])], texts[0]), "\n")
    return (every[0].as_py() + "\n").encode()  # type: ignore[no-any-return]


def _quoted(cells: pa.StringArray, sign: str) -> pa.StringArray:
    """Put quotation marks round the cells that need them; the same array where none does."""
    wrong = pc.match_substring_regex(cells, f'[{sign}"\\r\\n]')
    if not pc.any(wrong).as_py():
        return cells
    marked = pc.binary_join_element_wise('"', pc.replace_substring(cells, '"', '""'), '"', "")
    return pc.if_else(wrong, marked, cells)


def _said(column: Any) -> Any:
    """A moment as ISO 8601 has it; whatever else Arrow writes as we do."""
    return moments(column) if pa.types.is_timestamp(column.type) else column


def moments(column: Any) -> Any:
    """Write moments; between the years 1000 and 9999 by their plain text, which takes a tenth of the time."""
    zone = column.type.tz
    try:
        seconds = pc.cast(column, pa.timestamp("s", zone))
    except pa.ArrowInvalid:  # parts of seconds
        seconds = pc.cast(pc.floor_temporal(column, unit="second"), pa.timestamp("s", zone))
    ends = pc.min_max(pc.cast(seconds, pa.int64())).as_py()
    usual = ends["min"] is not None and FOUR_DIGITS[0] <= ends["min"] <= ends["max"] < FOUR_DIGITS[1]
    if not usual or zone not in (None, "UTC"):
        return pc.strftime(seconds, "%Y-%m-%dT%H:%M:%SZ" if zone else "%Y-%m-%dT%H:%M:%S")
    plainly = pc.utf8_replace_slice(pc.cast(pc.cast(seconds, pa.timestamp("s")), pa.string()), 10, 11, "T")
    return pc.binary_join_element_wise(plainly, "Z", "") if zone else plainly


# --- columns as a table that changes gives them ---------------------------------------------------------------


def texts(joined: str, sign: str) -> Any:
    """Give the cells that stand in one text."""
    return pc.split_pattern(pa.array([joined], pa.string()), sign).values


def numbers(cells: Sequence[Any]) -> Any:
    """Give numbers as Python writes them; None where they are not all such as Arrow holds."""
    kinds = set(map(type, cells)) - {type(None)}
    try:
        if kinds <= {int}:
            return pa.array(cells, pa.int64())
        if kinds == {float}:
            return _floats(pa.array(cells, pa.float64()), whole=".0")
        if kinds == {int, float} and not any(one.is_integer() for one in cells if type(one) is float):
            return _floats(pa.array(cells, pa.float64()), whole="")
    except (pa.ArrowInvalid, OverflowError):  # more than 64 bits, or more digits than a float has
        pass
    return None


def _floats(cells: pa.Array, whole: str) -> pa.Array:
    """Write floats as Python does: Arrow finds the same digits, and differs in whole, in tiny and in large ones."""
    size, integral = pc.abs(cells), pc.equal(pc.floor(cells), cells)
    large = pc.greater_equal(size, LARGE)
    strange = pc.or_(pc.and_(pc.less(size, TINY), pc.not_equal(size, 0.0)),
                     pc.and_(large, pc.invert(pc.and_(integral, pc.less(size, HUGE)))))
    said = pc.cast(cells, pa.string())
    if pc.any(large).as_py():
        plainly = pc.cast(pc.cast(pc.if_else(pc.less(size, HUGE), cells, 0.0), pa.int64(), safe=False), pa.string())
        said = pc.if_else(large, plainly, said)
    if whole:
        said = pc.if_else(integral, pc.binary_join_element_wise(said, whole, ""), said)
    if pc.any(strange).as_py():
        apart = [_said_of(one, whole) for one in cells.filter(strange).to_pylist()]
        said = pc.replace_with_mask(said, pc.fill_null(strange, fill_value=False), pa.array(apart, pa.string()))
    return said


def _said_of(number: float, whole: str) -> str:
    return repr(number) if whole or not number.is_integer() else str(int(number))
