"""Columns of a worksheet: texts and numbers as they stand in the XML, which become openpyxl's values where wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pac
from openpyxl.utils.datetime import from_excel
from openpyxl.worksheet import _reader as openpyxl_reader

from pipelines.validation.columnar.cells import BOOLEAN, FLOAT, INTEGER, NONE, SERIAL, SPAN, TEXT, Cells
from pipelines.validation.columnar.texts import Texts
from pipelines.validation.columnar.xlsx import scan

cast_number: Callable[[str], int | float] = vars(openpyxl_reader)["_cast_number"]
"""openpyxl's own way from a number's text to a number."""
POINTED = r"^-?[0-9]{1,17}(?:\.[0-9]{1,20})?(?:[eE][+-]?[0-9]{1,3})?\z"


@dataclass(frozen=True, slots=True)
class Styles:
    """What a workbook says about its cells beside their text: shared strings, which formats are dates, and day 0."""

    strings: Sequence[str]
    array: Any
    dates: Any
    spans: Any
    epoch: datetime

    def is_date(self, style: Any) -> Any:
        """Which formats show a number as a date or a time."""
        return self.dates[np.minimum(style, len(self.dates) - 1)]

    def is_span(self, style: Any) -> Any:
        """Which formats show a number as a span of time."""
        return self.spans[np.minimum(style, len(self.spans) - 1)]


class SheetCells(Cells):
    """A column of a worksheet: ``raw`` is an arrow array of what stands in the cells, ``kinds`` says how to read it."""

    def __init__(self, raw: Any, kinds: Any, shared: Any, styles: Styles) -> None:
        object.__setattr__(self, "kinds", kinds)
        object.__setattr__(self, "lengths", np.ones(len(kinds), dtype=np.int8))
        self.__dict__.update(raw=raw, shared=shared, styles=styles)

    raw: Any
    shared: Any
    styles: Styles

    @cached_property
    def values(self) -> Sequence[Any]:
        """All values, as openpyxl gives them."""
        rows = zip(self.kinds.tolist(), self.raw.to_pylist(), self.shared.tolist(), strict=True)
        return [self._read(*one) for one in rows]

    def __len__(self) -> int:
        return len(self.kinds)

    @cached_property
    def texts(self) -> Texts:
        """The text cells; other cells are empty texts."""
        is_text = self.kinds == TEXT
        shared = self.shared & is_text
        if shared.all():
            return Texts.of(self._strings(self.raw))
        own = self.raw if is_text.all() else pac.if_else(pa.array(is_text), self.raw, "")
        if not shared.any():
            return Texts.of(own)
        where = pa.array(np.flatnonzero(shared))
        return Texts.of(pac.replace_with_mask(own, pa.array(shared), self._strings(self.raw.take(where))))

    def _strings(self, indices: Any) -> Any:
        return self.styles.array.take(pac.cast(indices, pa.int32()))

    @cached_property
    def digits(self) -> Texts:
        """The whole numbers as Python writes them; other cells are empty texts."""
        is_whole = self.kinds == INTEGER
        return Texts.of(self.raw if is_whole.all() else pac.if_else(pa.array(is_whole), self.raw, ""))

    @cached_property
    def floats(self) -> Any:
        """Numbers with a point, and those that stand for moments, as doubles; other cells are not numbers."""
        wanted = (self.kinds == FLOAT) | (self.kinds == SERIAL)
        cells = self.raw if wanted.all() else pac.if_else(pa.array(wanted), self.raw, "nan")
        return pac.cast(cells, pa.float64()).to_numpy(zero_copy_only=False)

    @property
    def epoch(self) -> datetime:
        """The day that serial number 0 stands for."""
        return self.styles.epoch

    def value(self, index: int) -> Any:
        """One value, as openpyxl's parser of worksheets reads it."""
        return self._read(int(self.kinds[index]), self.raw[index].as_py(), bool(self.shared[index]))

    def _read(self, kind: int, said: str, shared: bool) -> Any:
        if kind == NONE:
            return None
        if kind == TEXT:
            return self.styles.strings[int(said)] if shared else said
        if kind == BOOLEAN:
            return bool(int(said))
        number = cast_number(said)
        if kind in (INTEGER, FLOAT):
            return number
        return from_excel(number, self.styles.epoch, timedelta=kind == SPAN)

    def distinct(self, where: Any) -> tuple[Any, Any]:
        """Cells that say the same, by the text in the XML."""
        codes = self.raw.take(pa.array(where)).dictionary_encode().indices.to_numpy()
        _, first = np.unique(codes, return_index=True)
        return codes, where[first]

    def memory(self, index: int) -> Any:
        """What a verdict on a cell may be kept under."""
        return int(self.kinds[index]), self.raw[index].as_py()

    def words(self, where: Any) -> list[str]:
        """What Python's ``str`` makes of the cells at some indices."""
        return [str(self.value(index)) for index in where.tolist()]

    def part(self, where: Any) -> SheetCells:
        """Only the cells at some indices (numpy integers)."""
        return SheetCells(self.raw.take(pa.array(where)), self.kinds[where], self.shared[where], self.styles)

    def take(self, taken: Any) -> Cells:
        """Only the cells at some indices (arrow integers), as values."""
        return Cells.of(self.part(taken.to_numpy()).values)


def column_of(raw: Any, found: scan.Scanned, index: int, styles: Styles) -> tuple[SheetCells, Any]:
    """One column of scanned rows, and which of its cells are not what they say: their rows have to be parsed."""
    form, kind, style = found.form[:, index], found.kind[:, index], found.style[:, index]
    filled = form != scan.EMPTY
    shared = filled & (kind == scan.SHARED)
    numeric = filled & (kind == scan.NUMBER)
    kinds = np.where(filled, TEXT, NONE).astype(np.uint8)
    odd = np.zeros(len(kinds), dtype=bool)
    if shared.any():
        odd |= shared & ~_known_string(raw, shared, len(styles.strings))
    flags = filled & (kind == scan.BOOLEAN)
    if flags.any():
        kinds[flags] = BOOLEAN
        odd |= flags & ~_in(raw, ["0", "1"])
    if numeric.any():
        whole, pointed = _numbers(raw, numeric)
        date = styles.is_date(style)
        kinds[numeric & whole] = INTEGER
        kinds[numeric & pointed] = FLOAT
        kinds[numeric & date] = SERIAL
        kinds[numeric & date & styles.is_span(style)] = SPAN
        odd |= numeric & ~whole & ~pointed
        odd |= numeric & date & ~_on_calendar(raw, numeric & date & ~odd)
    return SheetCells(raw, kinds, shared, styles), odd


def _in(raw: Any, words: Sequence[str]) -> Any:
    return pac.is_in(raw, value_set=pa.array(words, pa.string())).to_numpy(zero_copy_only=False)


def _known_string(raw: Any, shared: Any, count: int) -> Any:
    texts = Texts.of(raw)
    good = (texts.lengths > 0) & (texts.lengths < 9)  # noqa: PLR2004 - so that it is an int32
    good &= _digits_only(texts)
    where = np.flatnonzero(shared & good)
    index = pac.cast(raw.take(pa.array(where)), pa.int32()).to_numpy(zero_copy_only=False)
    good[where] = index < count
    return good


def _digits_only(texts: Texts) -> Any:
    good = np.ones(len(texts.lengths), dtype=bool)
    odd = np.flatnonzero((texts.data < ord("0")) | (texts.data > ord("9")))
    if len(odd):
        good[texts.cell_of(odd)] = False
    return good


def _numbers(raw: Any, numeric: Any) -> tuple[Any, Any]:
    """Which cells are whole numbers as Python writes them, and which are numbers with a point or an exponent."""
    texts = Texts.of(raw)
    lengths, starts, data = texts.lengths, texts.starts, texts.data
    padded = np.append(data, np.zeros(2, dtype=np.uint8))
    first, second = padded[starts], padded[starts + 1]
    minus = (first == ord("-")) & (lengths > 1)
    digits = lengths - minus
    whole = (digits > 0) & (digits <= 18)  # noqa: PLR2004 - so that it is an int64
    odd = np.flatnonzero((data < ord("0")) | (data > ord("9")))
    if len(odd):
        cells = texts.cell_of(odd)
        signs = (odd == starts[cells]) & minus[cells]
        whole[cells[~signs]] = False
    leading = np.where(minus, second, first) == ord("0")
    whole &= ~leading | ((digits == 1) & ~minus)
    rest = np.flatnonzero(numeric & ~whole)
    pointed = np.zeros(len(lengths), dtype=bool)
    if len(rest):
        said = raw.take(pa.array(rest))
        fits = pac.and_(pac.match_substring_regex(said, POINTED), pac.match_substring_regex(said, "[.eE]"))
        pointed[rest] = fits.to_numpy(zero_copy_only=False)
    return whole, pointed


def _on_calendar(raw: Any, dated: Any) -> Any:
    """Which serial numbers certainly name a moment: from 0 to the end of the year 9990."""
    good = np.zeros(len(dated), dtype=bool)
    where = np.flatnonzero(dated)
    days = pac.cast(raw.take(pa.array(where)), pa.float64()).to_numpy(zero_copy_only=False)
    good[where] = (days >= 0) & (days < 2_950_000)  # noqa: PLR2004
    return good
