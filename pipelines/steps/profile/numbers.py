"""Smallest, largest and spread of a column whose kind is known, from all of its cells."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.steps.profile.evidence import Reading, canonical, iso_dates

BINS = 20


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
    parts: list[pa.DoubleArray] = []
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
        parts.append(values)
    if not parts:
        return None, None, ()
    values = pa.concat_arrays(parts)
    counts = _histogram(values.filter(pc.is_finite(values)))
    return _plain(lowest), _plain(highest), counts


def _histogram(values: pa.DoubleArray) -> tuple[int, ...]:
    """Count in equal bins; what cannot be divided (one value, or a span beyond measure) has no histogram."""
    if not len(values):
        return ()
    low, high = pc.min_max(values).as_py().values()
    if not low < high or not math.isfinite(high - low) or (high - low) / BINS <= math.ulp(max(abs(low), abs(high))):
        return ()
    bins = pc.floor(pc.multiply(pc.divide(pc.subtract(values, low), high - low), float(BINS)))
    counted = pc.value_counts(pc.min_element_wise(bins, float(BINS - 1)))
    counts = {int(one): count for one, count in zip(*(part.to_pylist() for part in counted.flatten()), strict=True)}
    return tuple(counts.get(one, 0) for one in range(BINS))


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
