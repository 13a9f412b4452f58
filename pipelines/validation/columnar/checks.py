"""Frictionless's built-in checks over columns: which rows they certainly say nothing about, and what they remember.

Each is watched by an object of its own. What a suspicious row gets is still said by Frictionless's check, reading its
own ``Row``; only checks with a memory over rows (duplicates, sequences) are told here: they would see too few rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow.compute as pac
from frictionless import errors

from pipelines.validation.columnar.cells import Cells, Column
from pipelines.validation.columnar.keys import UNHASHABLE
from pipelines.validation.columnar.plan import HandBack, Plan
from pipelines.validation.columnar.rowkey import ROWS
from pipelines.validation.columnar.values import Reading, holds

ASCII = 128
TRUNCATED_LENGTH = 255
TRUNCATED = "[^0-9+-]|18446744073709551616|9223372036854775807|4294967295|2147483647|2097152|65535|32767"
"""An integer in plain digits that equals a cut-off value holds its digits; any other notation is suspicious."""
LONG_CELL = 5_000
"""Cells up to this length never deviate (``deviated-cell``)."""
MOST_DEVIATED = 3_000_000
"""Values that are kept to find those that deviate from all: beyond, Frictionless's own run needs no more memory."""

Ragged = Sequence[tuple[int, list[Any]]]


class Watch:
    """What one check needs: nothing, unless a subclass says so."""

    columns: frozenset[int] = frozenset()
    """Fields whose values the check wants to see on suspicious rows."""

    def __init__(self, check: Any, plan: Plan) -> None:
        self.check, self.plan = check, plan

    def certainly_good(self, columns: Sequence[Column]) -> Any:  # noqa: ARG002 - for subclasses
        """Which rows of a batch the check certainly says nothing about (a mask, or True for all)."""
        return True

    def feed(self, numbers: Any, columns: Sequence[Column], ragged: Ragged) -> None:
        """Remember what the check would of a batch, in the order of its rows."""

    def told(self, row: Any) -> Iterable[Any]:
        """The errors of a suspicious row."""
        found: Iterable[Any] = self.check.validate_row(row)
        return found

    def finish(self) -> None:
        """Give the check what it needs for the end of the table; may raise HandBack."""


class _Silent(Watch):
    """A check that says nothing about single rows."""

    def told(self, row: Any) -> Iterable[Any]:  # noqa: ARG002 - nothing to look at
        """Nothing."""
        return ()


class _Ascii(Watch):
    """ascii-value: fields of text."""

    def __init__(self, check: Any, plan: Plan) -> None:
        super().__init__(check, plan)
        self.columns = frozenset(index for index, one in enumerate(plan.fields) if one.type == "string")

    def certainly_good(self, columns: Sequence[Column]) -> Any:
        good: Any = True
        for index in self.columns:
            column = columns[index]
            texts = column.texts if isinstance(column, Cells) else column
            if texts.data.max(initial=0) >= ASCII:
                good = good & ~holds(texts, texts.data >= ASCII)
        return good


class _Truncated(Watch):
    """truncated-value: texts of 255 characters, whole numbers at the end of a type's range."""

    def __init__(self, check: Any, plan: Plan) -> None:
        super().__init__(check, plan)
        kinds = {index: one.type for index, one in enumerate(plan.fields)}
        self._texts = [index for index, kind in kinds.items() if kind in ("string", "any")]
        self._numbers = [index for index, kind in kinds.items() if kind == "integer"]
        # A cell that is left as text must not be taken for a text of that length.
        self.columns = frozenset(kinds)

    def certainly_good(self, columns: Sequence[Column]) -> Any:
        good: Any = True
        for index in (*self._texts, *self._numbers):
            column = columns[index]
            if isinstance(column, Cells):
                good = good & np.fromiter(map(_untruncated, column.values), dtype=bool, count=len(column))
            elif index in self._numbers:
                good = good & ~_numpy(pac.match_substring_regex(column.array, TRUNCATED))
            elif int(column.lengths.max(initial=0)) >= TRUNCATED_LENGTH:
                good = good & ~_numpy(pac.equal(pac.utf8_length(column.array), TRUNCATED_LENGTH))
        return good


def _untruncated(value: Any) -> bool:
    """Whether a typed cell is certainly none of the suspicious ones, as what it is or as text."""
    text = str(value)
    return len(text) != TRUNCATED_LENGTH and not any(one in text for one in _ENDS)


_ENDS = tuple(TRUNCATED.split("|")[1:])


class _OfField(Watch):
    """A check of one field, whose values it reads."""

    def __init__(self, check: Any, plan: Plan) -> None:
        super().__init__(check, plan)
        names = [one.name for one in plan.fields]
        if check.field_name not in names:
            raise HandBack("check-field")
        self.index = names.index(check.field_name)
        self.columns = frozenset({self.index})
        self.reading = Reading(plan.fields[self.index])

    def values(self, numbers: Any, columns: Sequence[Column], ragged: Ragged) -> Iterator[tuple[int, Any]]:
        """Number and value of every row of a batch, in order."""
        found = list(zip(numbers.tolist(), self.reading.column(columns[self.index]), strict=True)) if columns else []
        if ragged:
            found += [(number, self.reading.one(_cell(cells, self.index))) for number, cells in ragged]
            found.sort(key=lambda one: one[0])
        return iter(found)


def _cell(cells: list[Any], index: int) -> Any:
    return cells[index] if index < len(cells) else None


class _Forbidden(_OfField):
    """forbidden-value: rows with one of some values."""

    def certainly_good(self, columns: Sequence[Column]) -> Any:
        values, which = self.reading.distinct(columns[self.index])
        good = np.fromiter((one not in self.check.values for one in values), dtype=bool, count=len(values))
        return good[which]


class _Required(_OfField, _Silent):
    """required-value: some values that have to occur."""

    def __init__(self, check: Any, plan: Plan) -> None:
        super().__init__(check, plan)
        if plan.fields[self.index].type in UNHASHABLE:
            raise HandBack("unhashable-value")

    def feed(self, numbers: Any, columns: Sequence[Column], ragged: Ragged) -> None:  # noqa: ARG002 - of the shape
        values = self.reading.distinct(columns[self.index])[0] if columns else []
        values = [*values, *(self.reading.one(_cell(cells, self.index)) for _, cells in ragged)]
        found = self.check._required_value__required_values_in_cell  # noqa: SLF001 - what the check itself would note
        found.update(one for one in values if one in self.check.values)


class Sequential(_OfField):
    """sequential-value: the first row that breaks the sequence; afterwards the check is silent."""

    def __init__(self, check: Any, plan: Plan) -> None:
        super().__init__(check, plan)
        self._cursor: Any = None
        self._broken: int | None = None

    def feed(self, numbers: Any, columns: Sequence[Column], ragged: Ragged) -> None:
        if self._broken is not None:
            return
        for number, value in self.values(numbers, columns, ragged):
            try:
                self._cursor = self._cursor or value
                fits = self._cursor == value
                self._cursor += 1
            except Exception:  # noqa: BLE001 - as in Frictionless: whatever has no successor breaks the sequence
                fits = False
            if not fits:
                self._broken = number
                return

    def suspicious(self, numbers: Any) -> Any:
        """A mask of the row that breaks the sequence."""
        return numbers == (-1 if self._broken is None else self._broken)

    def told(self, row: Any) -> Iterable[Any]:
        if row.row_number == self._broken:
            note = "the value is not sequential"
            yield errors.SequentialValueError.from_row(row, note=note, field_name=self.check.field_name)


class _DeviatedValue(_OfField, _Silent):
    """deviated-value: all values of a field, for Frictionless's own arithmetic at the end."""

    def feed(self, numbers: Any, columns: Sequence[Column], ragged: Ragged) -> None:
        cells = self.check._deviated_value__cells  # noqa: SLF001 - the check's own memory
        rows = self.check._deviated_value__row_numbers  # noqa: SLF001
        if len(cells) > MOST_DEVIATED:
            raise HandBack("many-values")
        for number, value in self.values(numbers, columns, ragged):
            if value is not None:
                cells.append(value)
                rows.append(number)


class _DeviatedCell(_Silent):
    """deviated-cell: only cells longer than 5,000 characters ever deviate; where there are any, lengths are needed."""

    def __init__(self, check: Any, plan: Plan) -> None:
        super().__init__(check, plan)
        if not isinstance(check.interval, int | float):
            raise HandBack("check-argument")
        ignored = check.ignore_fields or ()
        self._fields = [
            index for index, one in enumerate(plan.fields) if one.type == "string" and one.name not in ignored
        ]
        self._long = False

    def feed(self, numbers: Any, columns: Sequence[Column], ragged: Ragged) -> None:  # noqa: ARG002 - of the shape
        for index in self._fields if columns else ():
            column = columns[index]
            texts = column.texts if isinstance(column, Cells) else column
            self._long = self._long or int(texts.lengths.max(initial=0)) > LONG_CELL
        self._long = self._long or any(len(str(cell)) > LONG_CELL for _, cells in ragged for cell in cells)

    def finish(self) -> None:
        if self._long:
            raise HandBack("long-cells")


class Duplicates(Watch):
    """duplicate-row: found like a repeated key, by hashes of whole rows."""

    def __init__(self, check: Any, plan: Plan) -> None:
        super().__init__(check, plan)
        self.before: Mapping[tuple[str, int], int] = {}

    def told(self, row: Any) -> Iterable[Any]:
        match = self.before.get((ROWS, row.row_number))
        if match:
            yield errors.DuplicateRowError.from_row(row, note=f'the same as row at position "{match}"')


def _numpy(array: Any) -> Any:
    return array.to_numpy(zero_copy_only=False)


_WATCHES: dict[str, type[Watch]] = {
    "baseline": Watch,
    "ascii-value": _Ascii,
    "truncated-value": _Truncated,
    "forbidden-value": _Forbidden,
    "required-value": _Required,
    "sequential-value": Sequential,
    "deviated-value": _DeviatedValue,
    "deviated-cell": _DeviatedCell,
    "duplicate-row": Duplicates,
    "table-dimensions": _Silent,
}


def watch_of(check: Any, plan: Plan) -> Watch:
    """The watch of a connected check; HandBack where none is sound.

    ``row-constraint`` is an expression in Python over all values of a row: no rule over columns can say beforehand
    what it gives, so every row has to be read. A check that somebody else wrote may be anything.
    """
    if check.type == "row-constraint":
        raise HandBack("row-constraint")
    if check.type not in _WATCHES or not type(check).__module__.startswith("frictionless.checks."):
        raise HandBack("checks")
    return _WATCHES[check.type](check, plan)
