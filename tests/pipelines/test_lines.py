"""Lines of CSV that Arrow writes are the bytes that Python's own writer gives, whatever stands in the cells."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import lines

NASTY = ["", " ", ",", '"', '""', "a,b", 'x"y', "\n", "\r", "a\r\nb", "\t", "\x01", "\x02,", "\x05\n", 'đ,ê"\n', "=1+1", "'", "\\", "\\N", ";", "\x00", " ", None]


class Rows:
    """Python's writer, told that the sign of old ends of lines needs quotation marks too, as every RFC says."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def write(self, line: str) -> None:
        self.said.append(line[:-2] + "\n")


def by_hand(columns: Sequence[Sequence[Any]], sign: str = ",") -> bytes:
    out = Rows()
    csv.writer(out, delimiter=sign, lineterminator="\r\n").writerows(zip(*columns, strict=True))
    return "".join(out.said).encode()


def written(columns: Sequence[Sequence[str | None]], sign: str = ",", made: lines.Lines | None = None) -> bytes:
    batch = pa.RecordBatch.from_arrays([pa.array(one, pa.string()) for one in columns], names=list(map(str, range(len(columns)))))
    return bytes((made or lines.Lines(sign)).write(batch))


@pytest.mark.parametrize("sign", [",", "\t"])
def test_each_nasty_cell_alone_beside_others_and_behind_others(sign: str) -> None:
    made = lines.Lines(sign)
    plain = [f"x{at}" for at in range(len(NASTY))]
    for columns in ([NASTY], [plain], [NASTY, plain], [plain, NASTY, NASTY[::-1]], [plain, plain]):
        assert written(columns, sign, made) == by_hand(columns, sign)
    for one in NASTY:
        assert written([[one], ["1"]], sign) == by_hand([[one], ["1"]], sign)
        assert written([[one]], sign) == by_hand([[one]], sign)


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 4).flatmap(lambda wide: st.lists(st.lists(
    st.none() | st.text(st.sampled_from('a,\t"\n\r\x01\x02\x03\x04\x05đ ') | st.characters(exclude_categories=["Cs"]), max_size=6),
    min_size=wide, max_size=wide), min_size=1, max_size=8)), st.sampled_from(",\t"), st.integers(0, 3))
def test_any_cells_are_written_as_by_hand(rows: list[list[str | None]], sign: str, off: int) -> None:
    """Also those of a slice, whose letters do not begin where its buffers do."""
    columns = list(zip(*rows, strict=True))
    assert written(columns, sign) == by_hand(columns, sign)
    batch = pa.RecordBatch.from_arrays([pa.array(one, pa.string()) for one in columns], names=list(map(str, range(len(columns)))))
    off = min(off, len(rows))
    assert bytes(lines.Lines(sign).write(batch.slice(off))) == by_hand([one[off:] for one in columns], sign)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.floats(-1e5, 1e5) | st.sampled_from(
    [0.0, -0.0, 1.0, 1e-4, 9.9999e-5, 1e-5, 1e15, 1e16, 999999999999999.9, 123456789012345.6, 5e-324, 1.7976931348623157e308, 0.1, 1e22, 2.0**53]),
    min_size=1, max_size=20))
def test_floats_are_written_as_python_writes_them(cells: list[float | None]) -> None:
    found = lines.numbers(cells)
    told = [None if one is None else repr(one) for one in cells]
    assert pc.cast(found, pa.string()).to_pylist() == told if any(one is not None for one in cells) else found.null_count == len(cells)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.none() | st.integers(-(2**70), 2**70) | st.integers(-1000, 1000) | st.floats(-1e16, 1e16), min_size=1, max_size=20))
def test_whole_numbers_among_others_keep_their_form_or_are_left_to_others(cells: list[float | None]) -> None:
    found = lines.numbers(cells)
    if found is not None:
        assert pc.cast(found, pa.string()).to_pylist() == [None if one is None else str(one) for one in cells]
    else:
        assert any((isinstance(one, int) and abs(one) > 2**53) or (isinstance(one, float) and one.is_integer()) for one in cells)


def test_a_text_of_cells_is_cut_into_them() -> None:
    assert lines.texts("a\x1f\x1fđ", "\x1f").to_pylist() == ["a", "", "đ"]
    assert lines.texts("", "\x1f").to_pylist() == [""]
