"""Where records come from: batches of columns with their numbers, and what only their format knows about them."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Any, Protocol, Self

from pipelines.validation.columnar.digest import Digest
from pipelines.validation.columnar.filters import filter_of
from pipelines.validation.columnar.plan import HandBack, Plan
from pipelines.validation.columnar.records import Batch, Signs, blank_records, ends_open, has_read_all, read_batches

MOST_TO_COUNT = 8 << 20
"""Bytes up to which the records are counted again to know how far Frictionless had read when a limit stopped it."""
LARGEST_SAMPLE = 1_000


class Source(Protocol):
    """The records of one opened resource, in order, as often as they are asked for.

    A batch's columns are arrow strings where the format knows text only, ``Cells`` where it knows types.
    """

    def __enter__(self) -> Self:
        """Begin what runs beside the screens, such as hashing."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of what was opened."""
        ...

    def batches(self) -> Iterator[Batch]:
        """Every data record once. Raises HandBack where the reading may part from Frictionless's."""
        ...

    def again(self) -> Iterator[Batch]:
        """Every data record once more."""
        ...

    def judge(self, latest: Batch | None) -> None:
        """Raise HandBack if what was read cannot be trusted; ``latest`` is the last batch where the end was met."""
        ...

    def is_blank(self, number: int) -> bool:
        """Whether nothing at all stands where a record of empty cells was read."""
        ...

    def settle(self, stats: Any, stopped: int | None, last: int) -> None:
        """Set bytes and hashes as Frictionless has them after all records, or where record ``stopped`` ended the run.

        ``last`` is the number of the last record that was looked at.
        """
        ...


class CsvSource:
    """Records of a CSV file."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._signs = Signs()
        self._digest = Digest(plan.path)
        self._filter = filter_of(plan.resource.dialect)
        self._latest: Batch | None = None
        self._blank: frozenset[int] | None = None

    def __enter__(self) -> Self:
        """Begin hashing the file."""
        if not self._plan.packed:
            self._digest.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop hashing the file."""
        if not self._plan.packed:
            self._digest.__exit__(kind, error, trace)

    def batches(self) -> Iterator[Batch]:
        """Every data record that the dialect keeps, with the signs of odd structure noted."""
        for batch in read_batches(self._plan, self._signs):
            self._latest = batch
            yield self._filter.kept(batch)

    def again(self) -> Iterator[Batch]:
        """Every data record once more."""
        return map(self._filter.kept, read_batches(self._plan, Signs()))

    def judge(self, latest: Batch | None) -> None:
        """Hand back NUL bytes, lone carriage returns in TSV, and a quote that stays open."""
        if self._signs.nul or (self._signs.carriage_return and self._plan.resource.format == "tsv"):
            raise HandBack("structure")
        last = self._latest if latest is not None else None
        if last and ends_open(self._plan, last.last_cells(), self._signs.last_line(self._plan.block)):
            raise HandBack("open-quote")

    def is_blank(self, number: int) -> bool:
        """Whether nothing at all stands on a record's line."""
        if self._blank is None and self._signs.blank_lines:
            self._blank = blank_records(self._plan)
        return self._blank is not None and number in self._blank

    def settle(self, stats: Any, stopped: int | None, last: int) -> None:
        """Set size and hashes; a run that was stopped knows hashes only where it had met the end."""
        if self._plan.packed:  # Frictionless has hashed the packed file when it opened it, whatever it reads of it
            return
        stats.md5 = stats.sha256 = None
        stats.bytes = self._plan.path.stat().st_size
        if stopped is None or self._reached_end(stopped, last):
            stats.bytes, stats.md5, stats.sha256 = self._digest.result()

    def _reached_end(self, number: int, last: int) -> bool:
        """Whether Frictionless, stopping at a record, had met the end of the file already (then it knows hashes)."""
        if self._plan.path.stat().st_size > MOST_TO_COUNT:
            if number >= LARGEST_SAMPLE and number >= last:
                raise HandBack("limit-at-the-end")
            return False
        return has_read_all(self._plan, number, self._plan.resource.detector.sample_size)
