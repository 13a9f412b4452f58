"""Smallest, largest and spread of a column whose kind is known, from all of its cells."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.steps.profile.evidence import Reading, canonical, iso_dates

BINS = 20
IN_MEMORY = 1 << 20
"""Numbers of one column that are held; what is more lies in a temporary file: memory does not grow with rows."""


class Kept:
    """The finite numbers of a column, 8 bytes each: the latest in memory, the others in a temporary file."""

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        self.low, self.high = math.inf, -math.inf
        self._in_memory = in_memory
        self._parts: list[pa.DoubleArray] = []
        self._held = 0
        self._file: IO[bytes] | None = None

    def add(self, values: pa.DoubleArray) -> None:
        """Keep some."""
        values = values.filter(pc.is_finite(values))
        if not len(values):
            return
        ends = pc.min_max(values).as_py()
        self.low, self.high = min(self.low, ends["min"]), max(self.high, ends["max"])
        self._parts.append(values)
        self._held += len(values)
        if self._held >= self._in_memory:
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="datamo-spread-")  # noqa: SIM115 - lives as long as this
            for part in self._parts:
                self._file.write(part.buffers()[1].slice(8 * part.offset, 8 * len(part)))
            self._parts, self._held = [], 0

    def every(self) -> Iterator[pa.DoubleArray]:
        """Give all of them, in pieces of no order."""
        yield from self._parts
        if self._file is not None:
            self._file.seek(0)
            while chunk := self._file.read(8 * self._in_memory // 4):
                yield pa.Array.from_buffers(pa.float64(), len(chunk) // 8, [None, pa.py_buffer(chunk)])


def spread(
    pieces: Iterable[pa.StringArray], reading: Reading, absent: Sequence[str] = ()
) -> tuple[str | None, str | None, tuple[int, ...]]:
    """Give minimum and maximum as canonical text, and for numbers the counts in twenty equal bins."""
    if absent:
        gone = pa.array(absent, pa.string())
        pieces = (one.filter(pc.invert(pc.is_in(pc.ascii_trim_whitespace(one), value_set=gone))) for one in pieces)
    if reading.kind in ("integer", "number", "year"):
        return _numbers(pieces, reading)
    if reading.kind in ("date", "datetime", "yearmonth", "time"):
        return (*_days(pieces, reading), ())
    return None, None, ()


def commonest(top: Sequence[tuple[str, int]], reading: Reading | None) -> tuple[tuple[str, int], ...]:
    """Write the commonest values as minimum and maximum are written: a page shows them side by side."""
    if reading is None or reading.kind not in ("integer", "number", "year") or not top:
        return tuple(top)
    values = canonical(pa.array([value for value, _ in top], pa.string()), reading.decimal, reading.group)
    return tuple(zip(values.to_pylist(), (count for _, count in top), strict=True))


def _numbers(pieces: Iterable[pa.StringArray], reading: Reading) -> tuple[str | None, str | None, tuple[int, ...]]:
    kept = Kept()
    lowest = highest = ""
    for piece in pieces:
        said = canonical(piece, reading.decimal, reading.group)
        said = said.filter(pc.not_equal(said, ""))
        if not len(said):
            continue
        values = pc.cast(said, pa.float64())
        ends = pc.min_max(values)
        low, high = (str(said[pc.index(values, ends[name]).as_py()]) for name in ("min", "max"))
        lowest = low if not lowest or float(low) < float(lowest) else lowest
        highest = high if not highest or float(high) > float(highest) else highest
        kept.add(values)
    if not lowest:
        return None, None, ()
    return _plain(lowest), _plain(highest), histogram(kept)


def histogram(kept: Kept) -> tuple[int, ...]:
    """Count in equal bins; what cannot be divided (one value, or a span beyond measure) has no histogram."""
    low, high = kept.low, kept.high
    if not low < high or not math.isfinite(high - low) or (high - low) / BINS <= math.ulp(max(abs(low), abs(high))):
        return ()
    counts = [0] * BINS
    for values in kept.every():
        bins = pc.floor(pc.multiply(pc.divide(pc.subtract(values, low), high - low), float(BINS)))
        counted = pc.value_counts(pc.min_element_wise(bins, float(BINS - 1)))
        for one, count in zip(*(part.to_pylist() for part in counted.flatten()), strict=True):
            counts[int(one)] += count
    return tuple(counts)


def _plain(said: str) -> str:
    return format(Decimal(said), "f") if "e" in said.lower() and abs(Decimal(said).adjusted()) < 40 else said  # noqa: PLR2004


def _days(pieces: Iterable[pa.StringArray], reading: Reading) -> tuple[str | None, str | None]:
    """Compare days and moments as ISO 8601 text."""
    lowest: str | None = None
    highest: str | None = None
    for piece in pieces:
        said = pc.ascii_trim_whitespace(piece)
        said = said.filter(pc.not_equal(said, ""))
        if not len(said):
            continue
        if reading.kind in ("date", "datetime") and reading.format:
            said = iso_dates(said, reading.format)
        span = pc.min_max(said).as_py()
        lowest = span["min"] if lowest is None else min(lowest, span["min"])
        highest = span["max"] if highest is None else max(highest, span["max"])
    return lowest, highest
