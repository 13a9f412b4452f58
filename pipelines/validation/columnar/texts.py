"""Arrow string columns as bytes: lengths and positions in numpy, without a Python object per cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

ZERO, NINE = ord("0"), ord("9")


@dataclass(frozen=True, slots=True)
class Texts:
    """A string column laid open: ``data`` all bytes (uint8), cell i is ``data[starts[i]:starts[i] + lengths[i]]``."""

    array: Any
    data: Any
    starts: Any
    lengths: Any

    @classmethod
    def of(cls, array: Any) -> Texts:
        """Lay open a pyarrow StringArray without nulls."""
        _, offsets, data = array.buffers()
        bounds = np.frombuffer(offsets, dtype=np.int32)[array.offset : array.offset + len(array) + 1]
        first, last = int(bounds[0]), int(bounds[-1])
        raw = np.frombuffer(data, dtype=np.uint8)[first:last] if data is not None else np.empty(0, np.uint8)
        starts = bounds[:-1] - first
        return cls(array, raw, starts, np.diff(bounds))

    def cell_of(self, positions: Any) -> Any:
        """The index of the cell in which each byte position lies."""
        return np.searchsorted(self.starts + self.lengths, positions, side="right")

    def square(self, length: int) -> tuple[Any, Any]:
        """Indices of the cells of that length, and their bytes as an array of shape (n, length)."""
        where = np.flatnonzero(self.lengths == length)
        if len(where) * length == len(self.data):  # all other cells are empty: the bytes lie side by side already
            return where, self.data.reshape(len(where), length)
        taken = self.array.take(pa.array(where))
        laid = Texts.of(taken)
        return where, laid.data.reshape(len(where), length)


Rule = Callable[[Texts], Any]
"""Texts → boolean numpy array: True where the cell certainly is read without a note."""


def both(*rules: Rule) -> Rule:
    """Give the rule that takes what all of these take."""

    def rule(texts: Texts) -> Any:
        good = rules[0](texts)
        for one in rules[1:]:
            good = good & one(texts)
        return good

    return rule


def shaped(texts: Texts, length: int, look: Callable[[Any], Any]) -> Any:
    """True where a cell has this length and ``look`` (bytes of shape (n, length) → bool) takes it."""
    good = np.zeros(len(texts.lengths), dtype=bool)
    where, cells = texts.square(length)
    if len(where):
        good[where] = look(cells)
    return good
