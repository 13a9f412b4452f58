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

from pipelines.validation.columnar.moments import date_rule, datetime_rule, time_rule, year_rule, yearmonth_rule
from pipelines.validation.columnar.numbers import number_rule
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
        self._known: dict[str, bool] = {}
        self._few: bool | None = None

    def is_missing(self, texts: Texts) -> Any:
        """Which cells are missing values."""
        if self.missing == ("",):
            return texts.lengths == 0
        if not self.missing:
            return np.zeros(len(texts.lengths), dtype=bool)
        found = pac.is_in(texts.array, value_set=pa.array(self.missing, pa.string()))
        return found.to_numpy(zero_copy_only=False)

    def certainly_good(self, texts: Texts, missing: Any) -> Any:
        """Which cells certainly bear no error."""
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
    constraints = {
        name: value
        for name, value in field.constraints.items()
        if name in field.supported_constraints and name != "required" and value is not None
    }
    make = _MAKERS.get(field.type)
    return make(field, constraints) if make else None
