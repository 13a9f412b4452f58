"""Whole rows as Frictionless's ``duplicate-row`` compares them: by the text of their values, joined with commas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pac

from pipelines.validation.columnar.cells import Cells, Column
from pipelines.validation.columnar.keys import Hashes
from pipelines.validation.columnar.moments import date_rule, time_rule
from pipelines.validation.columnar.numbers import number_rule
from pipelines.validation.columnar.texts import Texts
from pipelines.validation.columnar.values import Reading

ROWS = "\0row"
INTEGER = r"^(?:0|-?[1-9][0-9]{0,17})\z"
NUMBER = r"^-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,6})?\z"
"""Numbers whose value, written by Python, is the text itself."""


class RowKey:
    """A key of which every row has one; it has the shape of ``keys.Key``."""

    name = ROWS
    columns: tuple[int, ...] = ()
    primary = False

    def __init__(self, fields: Sequence[Any]) -> None:
        self.seen = Hashes()
        self._texts = [_RowText(one) for one in fields]

    def hashes(self, texts: Sequence[Column], missing: Sequence[Any]) -> tuple[Any, Any]:
        """Hashes of a batch's rows; none of them is empty."""
        parts = [one.of(column, absent) for one, column, absent in zip(self._texts, texts, missing, strict=True)]
        joined = pac.binary_join_element_wise(*parts, ",").to_pylist() if len(parts) > 1 else parts[0].to_pylist()
        hashes = np.fromiter(map(hash, joined), dtype=np.int64, count=len(joined))
        return hashes, np.zeros(len(joined), dtype=bool)

    def note(self, hashes: Any, empty: Any) -> None:  # noqa: ARG002 - the shape of a key
        """Keep a batch's hashes."""
        self.seen.add(hashes)

    def note_one(self, value: Any) -> None:
        """Keep the hash of one row."""
        self.seen.add(np.array([hash(value[0])], dtype=np.int64))

    def repeated(self) -> Any:
        """The hashes that occurred more than once."""
        return self.seen.repeated()

    @staticmethod
    def values(row: Any) -> tuple[str]:
        """What rows are compared by."""
        return (",".join(map(str, row.values())),)


class _RowText:
    """One column as the text of its values."""

    def __init__(self, field: Any) -> None:
        self._reading = Reading(field)
        self._is_own_text = _own_text(field)

    def of(self, column: Column, missing: Any) -> Any:
        """An arrow array of text."""
        if isinstance(column, Cells):
            return pa.array([str(one) for one in self._reading.column(column)], pa.string())
        if self._is_own_text is None:
            values, which = self._reading.distinct(column)
            return pa.array([str(one) for one in values], pa.string()).take(pa.array(which))
        own = self._is_own_text(column) & ~missing
        if own.all():
            return column.array
        rest = Texts.of(column.array.filter(pa.array(~own)))
        values, which = self._reading.distinct(rest)
        others = pa.array([str(one) for one in values], pa.string()).take(pa.array(which))
        return pac.replace_with_mask(column.array, pa.array(~own), others)


def _own_text(field: Any) -> Callable[[Texts], Any] | None:
    """Which cells are the text of their own value; None where no rule says so."""
    if field.type in ("string", "any"):
        return (lambda texts: np.ones(len(texts.lengths), dtype=bool)) if field.format == "default" else None
    if field.type == "date":
        return date_rule(field, {})
    if field.type == "time":
        return time_rule(field, {})
    point = field.type == "number"
    if field.type in ("integer", "number") and number_rule(field, {}, point=point) and not _is_float(field):
        pattern = NUMBER if point else INTEGER
        return lambda texts: pac.match_substring_regex(texts.array, pattern).to_numpy(zero_copy_only=False)
    return None


def _is_float(field: Any) -> bool:
    return field.type == "number" and bool(field.float_number)
