"""The rows that a dialect leaves out, comments and blank ones, taken out of batches as Frictionless takes them out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow.compute as pac

from pipelines.validation.columnar.records import Batch


@dataclass(frozen=True, slots=True)
class RowFilter:
    """What is left out: rows whose first cell begins with ``comment``, rows by number, and blank ones."""

    comment: str
    numbers: tuple[int, ...]
    blank: bool
    keeps: Any
    """Frictionless's own answer for one row: (number, cells) → whether it stays."""

    @property
    def idle(self) -> bool:
        """Whether every row stays."""
        return not (self.comment or self.numbers or self.blank)

    def kept(self, batch: Batch) -> Batch:
        """A batch without the rows that are left out; its columns are text."""
        if self.idle:
            return batch
        ragged = tuple((number, cells) for number, cells in batch.ragged if self.keeps(number, cells))
        stays = np.ones(len(batch.numbers), dtype=bool)
        if self.comment:
            stays &= ~pac.starts_with(batch.columns[0], self.comment).to_numpy(zero_copy_only=False)
        if self.numbers:
            stays &= ~np.isin(batch.numbers, self.numbers)
        if self.blank:
            filled = [pac.not_equal(column, "").to_numpy(zero_copy_only=False) for column in batch.columns]
            stays &= np.logical_or.reduce(filled)
        chosen = batch.chosen(np.flatnonzero(stays)) if not stays.all() else batch
        return Batch(chosen.numbers, chosen.columns, ragged, batch.sure)


def filter_of(dialect: Any) -> RowFilter:
    """The filter of Frictionless's dialect."""
    comment, blank = dialect.create_comment_filter(), dialect.create_blank_filter()

    def keeps(number: int, cells: list[Any]) -> bool:
        return (comment is None or comment(number, cells)) and (blank is None or blank(cells))

    numbers = tuple(dialect.comment_rows or ())
    return RowFilter(dialect.comment_char or "", numbers, bool(dialect.skip_blank_rows), keeps)
