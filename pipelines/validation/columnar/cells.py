"""Columns of Python values, as formats with types of their own give them: what kind each cell is, and rules by kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from pipelines.validation.columnar.texts import Texts

NONE, TEXT, INTEGER, FLOAT, DECIMAL, OTHER, BOOLEAN, SERIAL, SPAN = range(9)
"""Kinds of cells; the last three only in worksheets: there they are numbers that stand for something else."""


class _Kinds(dict[type, int]):
    """The kind of each exact type; what is not known here is read by Frictionless, value by value."""

    def __missing__(self, one: type) -> int:
        return OTHER


KINDS = _Kinds({type(None): NONE, str: TEXT, int: INTEGER, float: FLOAT, Decimal: DECIMAL})
REMEMBERED = frozenset({bool, int, date, datetime, time})
"""Types whose values are told apart by type and equality: the verdict on one may be kept."""


@dataclass(frozen=True)
class Cells:
    """One column: Python values, their kinds (uint8), and views of them that rules look at."""

    values: Sequence[Any]
    kinds: Any
    lengths: Any = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lengths", np.ones(len(self.values), dtype=np.int8))

    @classmethod
    def of(cls, values: Sequence[Any]) -> Cells:
        """Sort a column of values into kinds."""
        kinds = np.fromiter(map(KINDS.__getitem__, map(type, values)), dtype=np.uint8, count=len(values))
        return cls(values, kinds)

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def present(self) -> frozenset[int]:
        """The kinds that occur."""
        return frozenset(np.flatnonzero(np.bincount(self.kinds, minlength=SPAN + 1)).tolist())

    @cached_property
    def texts(self) -> Texts:
        """The text cells; other cells are empty texts."""
        cells = self.values if self.present <= {TEXT} else [one if type(one) is str else "" for one in self.values]
        return Texts.of(pa.array(cells, pa.string()))

    @cached_property
    def digits(self) -> Texts:
        """The whole numbers as Python writes them; other cells are empty texts."""
        cells = [str(one) if type(one) is int else "" for one in self.values]
        return Texts.of(pa.array(cells, pa.string()))

    @cached_property
    def floats(self) -> Any:
        """Numbers with a point as doubles; other cells are not numbers."""
        if self.present <= {FLOAT}:
            return np.array(self.values, dtype=np.float64)
        wanted = (FLOAT, DECIMAL)
        numbers = [float(one) if kind in wanted else np.nan for one, kind in zip(self.values, self.kinds, strict=True)]
        return np.array(numbers, dtype=np.float64)

    def value(self, index: int) -> Any:
        """One value."""
        return self.values[index]

    def distinct(self, where: Any) -> tuple[Any, Any] | None:  # noqa: ARG002 - worksheets know
        """Of cells of one kind: the class of each and an index for each class; None where this is not known at once."""
        return None

    def memory(self, index: int) -> Any:
        """What a verdict on a cell may be kept under; None where it may not."""
        value = self.values[index]
        return (type(value), value) if type(value) in REMEMBERED else None

    def words(self, where: Any) -> list[str]:
        """What Python's ``str`` makes of the cells at some indices: Frictionless compares it with missing values."""
        return [str(self.values[index]) for index in where.tolist()]

    def take(self, taken: Any) -> Cells:
        """Only the cells at some indices (arrow integers)."""
        where = taken.to_numpy()
        return Cells([self.values[index] for index in where.tolist()], self.kinds[where])

    def to_pylist(self) -> list[Any]:
        """All values."""
        return list(self.values)


Column = Texts | Cells


def laid(column: Any) -> Column:
    """A batch's column as screens and keys look at it."""
    return column if isinstance(column, Cells) else Texts.of(column)


def told_apart(column: Column) -> list[Any]:
    """The values of a column as keys of a memory: 1, 1.0 and True are not the same there."""
    if isinstance(column, Texts):
        return list(column.array.to_pylist())
    return [(type(one), one) for one in column.values]


def plain(column: Column) -> list[Any]:
    """The values of a column."""
    return list(column.array.to_pylist()) if isinstance(column, Texts) else list(column.values)
