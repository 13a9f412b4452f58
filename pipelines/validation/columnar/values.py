"""The values that Frictionless reads from a column, each distinct text read once; for checks that look at values."""

from __future__ import annotations

from typing import Any

import numpy as np

from pipelines.validation.columnar.cells import REMEMBERED, Cells, Column
from pipelines.validation.columnar.numbers import number_rule
from pipelines.validation.columnar.screens import MOST_REMEMBERED, missing_of
from pipelines.validation.columnar.texts import Texts


class Reading:
    """Reads cells of one field as Frictionless does, and remembers what it read."""

    def __init__(self, field: Any) -> None:
        self.field = field
        self.missing = missing_of(field)
        self._verbatim = field.type in ("string", "any") and field.format == "default"
        self._reader = field.create_cell_reader()
        self._plain = number_rule(field, {}, point=False) if field.type == "integer" else None
        self._known: dict[Any, Any] = {}

    def one(self, cell: Any) -> Any:
        """The value of one cell."""
        return self._reader(cell)[0]

    def column(self, column: Column) -> list[Any]:
        """The value of every cell, in order."""
        if isinstance(column, Cells):
            return [self._remembered((type(one), one), one) for one in column.values]
        if self._plain is not None and not any(self.missing) and self._plain(column).all():
            return list(map(int, column.array.to_pylist()))
        return [self._remembered(one, one) for one in column.array.to_pylist()]

    def distinct(self, column: Column) -> tuple[list[Any], Any]:
        """The distinct values, and for each cell the index of its own; of typed cells every cell is its own."""
        if isinstance(column, Cells):
            return self.column(column), np.arange(len(column))
        coded = column.array.dictionary_encode()
        values = [self._remembered(one, one) for one in coded.dictionary.to_pylist()]
        return values, coded.indices.to_numpy(zero_copy_only=False)

    def _remembered(self, key: Any, cell: Any) -> Any:
        if self._verbatim and type(cell) is str:
            return None if cell in self.missing else cell
        if type(cell) is not str and type(cell) not in REMEMBERED:
            return self._reader(cell)[0]
        if key not in self._known:
            if len(self._known) > MOST_REMEMBERED:
                self._known.clear()
            self._known[key] = self._reader(cell)[0]
        return self._known[key]


def holds(texts: Texts, mask: Any) -> Any:
    """Which cells have any of the bytes in a mask over the column's bytes."""
    found = np.zeros(len(texts.lengths), dtype=bool)
    found[texts.cell_of(np.flatnonzero(mask))] = True
    return found
