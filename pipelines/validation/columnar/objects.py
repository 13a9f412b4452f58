"""Records as Frictionless's own parser gives them, in batches of columns: any format whose cells are Python values."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import Any, Self

import numpy as np

from pipelines.validation.columnar.cells import Cells
from pipelines.validation.columnar.plan import Plan
from pipelines.validation.columnar.records import Batch

CELLS, FEWEST, MOST = 100_000, 64, 10_000
"""How many cells a batch aims at, and how few and how many records it may have."""


class ObjectSource:
    """Records of an open resource, read by its own parser; Frictionless counts and hashes the bytes meanwhile.

    The values are those that Frictionless would have judged; only its row loop is replaced.
    """

    def __init__(self, resource: Any, plan: Plan) -> None:
        self._resource, self._plan = resource, plan
        self._hashed_at: int | None = None
        self._copies: list[Any] = []

    def __enter__(self) -> Self:
        """Nothing runs beside."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close what was opened again."""
        for copy in self._copies:
            copy.close()

    def batches(self) -> Iterator[Batch]:
        """Every data record, while it is noted where the reader met the end."""
        return batches_of(self._noting(records_of(self._resource)), self._plan.width)

    def again(self) -> Iterator[Batch]:
        """Every data record once more, from a copy of the resource."""
        copy = self._resource.to_copy()
        copy.schema.foreign_keys = []
        self._copies.append(copy)
        copy.open()
        return batches_of(records_of(copy), self._plan.width)

    def judge(self, latest: Batch | None) -> None:
        """Nothing can be wrong that the parser did not say."""

    def is_blank(self, number: int) -> bool:  # noqa: ARG002 - the protocol's signature
        """Cells are what they are."""
        return False

    def settle(self, stats: Any, stopped: int | None, last: int) -> None:  # noqa: ARG002 - the protocol's signature
        """Forget the hashes where Frictionless would have stopped before it knew them."""
        if stopped is not None and (self._hashed_at is None or stopped < self._hashed_at):
            stats.md5 = stats.sha256 = None

    def _noting(self, records: Iterable[tuple[int, Any]]) -> Iterator[tuple[int, Any]]:
        stats = self._resource.stats
        for number, cells in records:
            if self._hashed_at is None and stats.sha256 is not None:
                self._hashed_at = number
            yield number, cells


def records_of(resource: Any) -> Iterator[tuple[int, Any]]:
    """The records of an open resource with their numbers, as its row stream would take them."""
    stream: Iterator[tuple[int, Any]] = resource.dialect.read_enumerated_content_stream(resource.cell_stream)
    return stream


def batches_of(records: Iterator[tuple[int, Sequence[Any]]], width: int) -> Iterator[Batch]:
    """Cut numbered records into batches; those of another width than the table's stand beside the columns."""
    size = max(FEWEST, min(MOST, CELLS // max(1, width)))
    while block := list(itertools.islice(records, size)):
        whole = [one for one in block if len(one[1]) == width]
        ragged = tuple((number, list(cells)) for number, cells in block if len(cells) != width)
        columns = zip(*(cells for _, cells in whole), strict=True) if whole else ((),) * width
        numbers = np.fromiter((number for number, _ in whole), dtype=np.int64, count=len(whole))
        yield Batch(numbers, tuple(Cells.of(column) for column in columns), ragged)
