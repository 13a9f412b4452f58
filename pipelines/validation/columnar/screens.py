"""Screens over whole columns: they may only say "certainly no error"; every doubt goes to Frictionless's own reader.

The rules are ASCII only and never an engine's cast, because no engine's casts accept what Frictionless accepts
(a cast takes ``0x10`` or ``2020/01/05`` where Frictionless does not). Where a column has few distinct values, each of
them is read once by Frictionless's own cell reader, and no rule is needed at all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pac

from pipelines.validation.columnar.cells import DECIMAL, FLOAT, INTEGER, NONE, SERIAL, TEXT, Cells, Column
from pipelines.validation.columnar.moments import (
    date_rule,
    datetime_rule,
    serial_rule,
    time_rule,
    year_rule,
    yearmonth_rule,
)
from pipelines.validation.columnar.numbers import Bounded, float_rule, number_rule
from pipelines.validation.columnar.texts import Rule, Texts
from pipelines.validation.columnar.words import anything, string_rule

SAMPLE = 2_000
FEW = 400
MOST_REMEMBERED = 200_000
_MAKERS: dict[str, Callable[[Any, dict[str, Any]], Rule | None]] = {
    "string": string_rule,
    "any": lambda _field, constraints: None if constraints else anything,
    "integer": lambda field, constraints: number_rule(field, constraints, point=False),
    "number": lambda field, constraints: number_rule(field, constraints, point=True),
    "date": date_rule,
    "datetime": datetime_rule,
    "time": time_rule,
    "year": year_rule,
    "yearmonth": yearmonth_rule,
}


def missing_of(field: Any) -> tuple[str, ...]:
    """The missing values that Frictionless's reader uses for a field."""
    if not field.has_defined("missing_values") and field.schema:
        return tuple(field.schema.missing_values)
    return tuple(field.missing_values)


class Screen:
    """The screen of one column: by distinct values where there are few, by rule where there is one, else by reader."""

    def __init__(self, field: Any) -> None:
        self.missing = missing_of(field)
        self._reader = field.create_cell_reader()
        self._required = bool(field.constraints.get("required"))
        self._rule = rule_of(field)
        self._floats = floats_of(field)
        self._moments = serial_rule(field, _constraints(field)) if field.type in ("date", "datetime", "time") else None
        self._type = field.type
        self._known: dict[str, bool] = {}
        self._typed: dict[Any, bool] = {}
        self._few: bool | None = None

    def is_missing(self, column: Column) -> Any:
        """Which cells are missing values."""
        return self._missing_texts(column) if isinstance(column, Texts) else self._missing_cells(column)

    def _missing_cells(self, cells: Cells) -> Any:
        found = cells.kinds == NONE
        if TEXT in cells.present:
            found |= self._missing_texts(cells.texts) & (cells.kinds == TEXT)
        if any(self.missing) and cells.present - {NONE, TEXT}:
            where = np.flatnonzero((cells.kinds != NONE) & (cells.kinds != TEXT))
            said = np.fromiter((word in self.missing for word in cells.words(where)), dtype=bool, count=len(where))
            found[where[said]] = True
        return found

    def _missing_texts(self, texts: Texts) -> Any:
        if self.missing == ("",):
            return texts.lengths == 0
        if not self.missing:
            return np.zeros(len(texts.lengths), dtype=bool)
        found = pac.is_in(texts.array, value_set=pa.array(self.missing, pa.string()))
        return found.to_numpy(zero_copy_only=False)

    def certainly_good(self, column: Column, missing: Any) -> Any:
        """Which cells certainly bear no error."""
        if isinstance(column, Texts):
            return self._good_texts(column, missing)
        good = missing.copy() if not self._required else np.zeros(len(column), dtype=bool)
        for kind in column.present - {NONE}:
            of_kind = (column.kinds == kind) & ~missing
            if of_kind.any():
                good |= of_kind & self._good_kind(column, kind, missing, of_kind)
        return good

    def _good_kind(self, cells: Cells, kind: int, missing: Any, of_kind: Any) -> Any:  # noqa: PLR0911 - a line for each
        """Which cells of a kind certainly bear no error; cells of other kinds get any answer."""
        if kind == TEXT:
            return self._good_texts(cells.texts, missing)
        if self._rule is anything and self._type == "any":
            return of_kind
        if self._type == "string":
            return np.zeros(len(cells), dtype=bool)
        if kind == INTEGER and self._rule is not None and self._type in ("integer", "number", "year"):
            return self._rule(cells.digits)
        if kind in (FLOAT, DECIMAL) and self._floats is not None:
            return self._floats(cells.floats)
        if kind == SERIAL and self._moments is not None:
            sure = self._moments(cells)
            rest = of_kind & ~sure
            return sure | self._by_reading(cells, rest) if rest.any() else sure
        return self._by_reading(cells, of_kind)

    def _by_reading(self, cells: Cells, of_kind: Any) -> Any:
        """Frictionless's reader on every value of a kind for which there is no rule."""
        good = np.zeros(len(cells), dtype=bool)
        if len(self._typed) > MOST_REMEMBERED:
            self._typed.clear()
        where = np.flatnonzero(of_kind)
        classes = cells.distinct(where)
        if classes is None:
            good[where] = [self._read_well(cells, index) for index in where.tolist()]
        else:
            codes, first = classes
            good[where] = np.array([self._read_well(cells, index) for index in first.tolist()], dtype=bool)[codes]
        return good

    def _read_well(self, cells: Cells, index: int) -> bool:
        key = cells.memory(index)
        verdict = self._typed.get(key) if key is not None else None
        if verdict is None:
            verdict = self._reader(cells.value(index))[1] is None
            if key is not None:
                self._typed[key] = verdict
        return verdict

    def _good_texts(self, texts: Texts, missing: Any) -> Any:
        if self._few is None and len(texts.lengths):
            self._few = len(texts.array.slice(0, SAMPLE).unique()) <= min(FEW, max(16, len(texts.lengths) // 8))
        if self._rule is None or self._few:
            return self._by_value(texts)
        good = self._rule(texts) & ~missing
        return good if self._required else good | missing

    def _by_value(self, texts: Texts) -> Any:
        coded = texts.array.dictionary_encode()
        values = coded.dictionary.to_pylist()
        if self._rule is not None and len(values) > FEW * 8:
            self._few = False
        if len(self._known) > MOST_REMEMBERED:
            self._known.clear()
        verdicts = np.fromiter((self._good(value) for value in values), dtype=bool, count=len(values))
        return verdicts[coded.indices.to_numpy()] if len(values) else np.zeros(len(coded), dtype=bool)

    def _good(self, value: str) -> bool:
        verdict = self._known.get(value)
        if verdict is None:
            verdict = self._known[value] = self._reader(value)[1] is None
        return verdict


def rule_of(field: Any) -> Rule | None:
    """The rule that takes cells of a field which Frictionless certainly reads without a note; None if there is none."""
    make = _MAKERS.get(field.type)
    return make(field, _constraints(field)) if make else None


def floats_of(field: Any) -> Bounded | None:
    """The rule for numbers that are numbers already; None if there is none."""
    return float_rule(field, _constraints(field)) if field.type in ("number", "integer") else None


def _constraints(field: Any) -> dict[str, Any]:
    return {
        name: value
        for name, value in field.constraints.items()
        if name in field.supported_constraints and name != "required" and value is not None
    }
