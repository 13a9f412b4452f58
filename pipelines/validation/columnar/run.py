"""The row loop of Frictionless's ``Resource.validate`` over screened columns: same errors, same order, same stats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import merge
from itertools import chain
from typing import Any

import numpy as np
from frictionless import Report, errors

from pipelines.validation.columnar.cells import laid
from pipelines.validation.columnar.checks import Duplicates, Sequential, Watch, watch_of
from pipelines.validation.columnar.integrity import integrity_of
from pipelines.validation.columnar.plan import HandBack, make_plan
from pipelines.validation.columnar.records import Batch
from pipelines.validation.columnar.rowkey import ROWS
from pipelines.validation.columnar.screens import Screen
from pipelines.validation.columnar.sources import source_of

MOST_SUSPECTS, MOST_REPEATS = 1_000_000, 300_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a run stops: after so many errors, after so many rows; 0 is never."""

    errors: int = 0
    rows: int = 0


@dataclass(slots=True)
class Found:
    """What the passes leave: suspicious records, those that only repeat a key, and how many rows there are.

    ``until`` is the number of the last row that counts, ``last`` that of the last record that was looked at; ``cut``
    says that reading ended because repeated keys alone will reach the limit; ``before`` is as in ``Integrity``.
    """

    parts: list[Batch] = field(default_factory=list)
    repeats: list[Batch] = field(default_factory=list)
    rows: int = 0
    until: int = 0
    last: int = 0
    cut: bool = False
    before: dict[tuple[str, int], int] = field(default_factory=dict)


class Places:
    """How many rows there are up to a record, where the dialect leaves records out."""

    def __init__(self, first: int) -> None:
        self._first = self._following = first
        self._left_out: list[Any] = []

    def add(self, numbers: Any) -> None:
        """Note the numbers of a batch's rows, in order."""
        if not len(numbers):
            return
        following = int(numbers[-1]) + 1
        if following - self._following != len(numbers):
            every = np.arange(self._following, following, dtype=np.int64)
            self._left_out.append(np.setdiff1d(every, numbers, assume_unique=True))
        self._following = following

    def rows(self, number: int) -> int:
        """The number of rows up to a record."""
        before = sum(int(np.searchsorted(part, number, side="right")) for part in self._left_out)
        return number - self._first + 1 - before


class Run:
    """One validation: first pass (screens, hashes), second pass (only where keys repeat), then the errors in order."""

    def __init__(self, resource: Any, checklist: Any, limits: Limits, block: int) -> None:
        self.resource, self.limits = resource, limits
        self.checks = checklist.connect(resource)
        self.scope = frozenset(checklist.scope)
        self.plan = make_plan(resource, block)
        self.screens = [Screen(one) for one in self.plan.fields]
        self.watches = [watch_of(one, self.plan) for one in self.checks]
        compared = any(isinstance(one, Duplicates) for one in self.watches)
        self.keys = integrity_of(resource, self.plan, rows=compared)
        self.source = source_of(resource, self.plan)
        self.places = Places(self.plan.first_record)
        self.starting: list[Any] = []
        self.warnings: list[str] = []
        self.looks = any(type(one) is not Watch for one in self.watches)
        # A line with nothing on it holds no cells, which is not the same as empty ones where those are values.
        self.picky = self.looks and any("" not in one.missing for one in self.screens)

    def matches(self, error: Any) -> bool:
        """Whether the checklist wants an error; Frictionless builds its scope anew for every one."""
        return not isinstance(error, errors.DataError) or error.type in self.scope

    def wanted(self, row: Any) -> Iterator[Any]:
        """The errors of a row that the checklist wants."""
        for watch in self.watches:
            yield from (error for error in watch.told(row) if self.matches(error))

    def found(self) -> Found:
        """Both passes."""
        for check in self.checks:
            for error in check.validate_start():
                if error.type == "check-error":
                    raise HandBack("check-error")
                if self.matches(error):
                    self.starting.append(error)
        found = self.first_pass()
        self.second_pass(found)
        for watch in self.watches:
            if isinstance(watch, Duplicates):
                watch.before = found.before
        return found

    @property
    def header_fills(self) -> bool:
        """Whether the errors of the header alone reach the limit: then Frictionless stops after the first row."""
        return bool(self.limits.errors) and len(self.starting) >= self.limits.errors

    @property
    def most_rows(self) -> int:
        """The number of rows after which no more is read; 0 is never."""
        return 1 if self.header_fills else self.limits.rows

    # -- first pass -------------------------------------------------------------------------------------------------

    def first_pass(self) -> Found:
        """Screen every record until a limit is reached; repeated keys are known only to the second pass."""
        found, count, batches, latest = Found(), len(self.starting), 0, None
        for whole in self.source.batches():
            batch = self.within(whole, found.rows)
            part = self.look(batch)
            numbers = np.sort(batch.all_numbers()) if batch.ragged else batch.numbers
            self.places.add(numbers)
            found.last = max([found.last, *whole.all_numbers()[-1:].tolist(), *whole.numbers[-1:].tolist()])
            count = self.keep(part, found, count)
            if found.until:
                self.source.judge(None)
                return found
            found.rows += len(batch)
            latest, batches = whole, batches + 1
            if self.most_rows and found.rows >= self.most_rows:
                found.until, latest = int(numbers[-1]), None
                break
            if self.limits.errors and batches & (batches - 1) == 0 and self.keys_reach_limit():
                found.cut = True
                break
        self.source.judge(None if found.cut else latest)
        found.until = found.until or max(found.last, self.plan.first_record - 1)
        return found

    def within(self, batch: Batch, rows: int) -> Batch:
        """A batch up to the limit of rows."""
        room = self.most_rows - rows
        if not self.most_rows or len(batch) <= room:
            return batch
        last = int(np.sort(batch.all_numbers())[room - 1])
        chosen = batch.chosen(np.flatnonzero(batch.numbers <= last), ragged=False)
        ragged = tuple(one for one in batch.ragged if one[0] <= last)
        return Batch(chosen.numbers, chosen.columns, ragged)

    def keep(self, part: Batch, found: Found, count: int) -> int:
        """Keep suspicious rows and count their errors; the row that reaches the limit is the last one that counts."""
        if len(part):
            found.parts.append(part)
        if sum(map(len, found.parts)) > MOST_SUSPECTS:
            raise HandBack("too-many-errors")
        if self.limits.errors and not self.header_fills:
            for number, cells, sure in self.records(part):
                count += sum(1 for _ in self.wanted(self.keys.read(number, cells, {}, sure)))
                if count >= self.limits.errors:
                    found.rows, found.until = self.places.rows(number), number
                    found.last = max(found.last, number)
                    break
        return count

    def look(self, batch: Batch) -> Batch:
        """The suspicious rows of a batch, with what is sure of their cells; keys and checks note what they need."""
        ragged = [(number, cells) for number, cells, _ in self.records(batch)] if self.plan.whole_rows else batch.ragged
        texts = [] if self.plan.whole_rows else [laid(column) for column in batch.columns]
        if self.looks:
            numbers = batch.numbers[:0] if self.plan.whole_rows else batch.numbers
            for watch in self.watches:
                watch.feed(numbers, texts, ragged)
        self.note_rows(ragged)
        if self.plan.whole_rows or not len(batch.numbers):
            return batch
        if self.picky:
            self.refuse_blank_lines(batch, texts)
        return batch.chosen(*self.screen(batch, texts))

    def screen(self, batch: Batch, texts: list[Any]) -> tuple[Any, Any]:
        """Indices of the rows that are not certainly free of errors, their cells that are; notes the batch's keys."""
        missing = [screen.is_missing(one) for screen, one in zip(self.screens, texts, strict=True)]
        good = ~np.logical_and.reduce(missing)
        good &= np.add.reduce([one.lengths for one in texts]) > 0
        cells = [
            screen.certainly_good(one, absent) for screen, one, absent in zip(self.screens, texts, missing, strict=True)
        ]
        good &= np.logical_and.reduce(cells)
        for watch in self.watches:
            good &= watch.certainly_good(texts)
            if isinstance(watch, Sequential):
                good &= ~watch.suspicious(batch.numbers)
        for foreign in self.keys.foreign:
            good &= foreign.certainly_good(texts)
        for key in self.keys.repeating:
            hashes, empty = key.hashes(texts, missing)
            key.note(hashes, empty)
            if key.primary:
                good &= ~empty
        chosen = np.flatnonzero(~good)
        sure = np.zeros((len(chosen), len(cells)), dtype=bool)
        wanted = self.keys.columns.union(*(one.columns for one in self.watches))
        for index in set(range(len(cells))) - wanted:  # of keys and checks the values are wanted
            sure[:, index] = cells[index][chosen] & ~missing[index][chosen]
        return chosen, sure

    def refuse_blank_lines(self, batch: Batch, texts: list[Any]) -> None:
        """Hand back where a line with nothing on it would be taken for one of empty texts."""
        empty = np.flatnonzero(np.add.reduce([one.lengths for one in texts]) == 0)
        if any(self.source.is_blank(number) for number in batch.numbers[empty].tolist()):
            raise HandBack("blank-lines")

    def records(self, part: Batch) -> Iterator[tuple[int, list[Any], bytes]]:
        """The records of a batch in order, with the cells that the csv module gives them."""
        for number, cells, sure in part.records():
            if sure is not None and not any(cells) and self.source.is_blank(number):
                yield number, [], b""
            else:
                yield number, cells, sure or b""

    def keys_reach_limit(self) -> bool:
        """Whether the repeated keys so far are errors enough (asked at batch 1, 2, 4, 8 …)."""
        kinds = {ROWS: "duplicate-row"}
        wanted = [
            key
            for key in self.keys.repeating
            if kinds.get(key.name, "primary-key" if key.primary else "unique-error") in self.scope
        ]
        return any(key.seen.surplus() >= self.limits.errors for key in wanted)

    def note_rows(self, rows: Any) -> None:
        """Keep the keys of records that are in no column."""
        if not self.keys.repeating:
            return
        for number, cells in rows:
            row = self.keys.row(number, cells)
            for key in self.keys.repeating:
                value = self.keys.values(key, row)
                if set(value) != {None}:
                    key.note_one(value)

    # -- second pass ------------------------------------------------------------------------------------------------

    def second_pass(self, found: Found) -> None:
        """Find the rows whose key was there before; they become suspicious, if they were not."""
        repeated = {key.name: key.repeated() for key in self.keys.repeating}
        if not any(len(hashes) for hashes in repeated.values()):
            return
        known = np.concatenate([part.all_numbers() for part in found.parts] or [np.empty(0, dtype=np.int64)])
        last: dict[tuple[str, Any], int] = {}
        for batch in self.source.again():
            part = batch.chosen(self.candidates(batch, repeated))
            hits = [
                number
                for number, cells, _ in self.records(part)
                if number <= found.until and self.repeats(self.keys.row(number, cells), last, found.before)
            ]
            fresh = np.setdiff1d(hits, known)
            if len(fresh):
                found.repeats.append(part.chosen(np.flatnonzero(np.isin(part.numbers, fresh)), ragged=False))
            if len(found.before) > MOST_REPEATS:
                raise HandBack("too-many-repeats")
            if len(batch.numbers) and int(batch.numbers[-1]) > found.until:
                break

    def candidates(self, batch: Batch, repeated: dict[str, Any]) -> Any:
        """Indices of the records of a batch whose key may occur elsewhere."""
        if self.plan.whole_rows:
            return np.arange(len(batch.numbers))
        chosen = np.zeros(len(batch.numbers), dtype=bool)
        if len(batch.numbers):
            texts = [laid(column) for column in batch.columns]
            missing = [screen.is_missing(one) for screen, one in zip(self.screens, texts, strict=True)]
            for key in self.keys.repeating:
                if len(repeated[key.name]):
                    hashes, empty = key.hashes(texts, missing)
                    chosen |= np.isin(hashes, repeated[key.name]) & ~empty
        return np.flatnonzero(chosen)

    def repeats(self, row: Any, last: dict[tuple[str, Any], int], before: dict[tuple[str, int], int]) -> bool:
        """Whether a row repeats a key that was seen; notes in ``before`` where it was seen last."""
        hit = False
        for key in self.keys.repeating:
            value = self.keys.values(key, row)
            if set(value) == {None}:
                continue
            match = last.get((key.name, value))
            last[key.name, value] = row.row_number
            if match:
                before[key.name, row.row_number] = match
                hit = True
        return hit

    # -- the errors, in order ---------------------------------------------------------------------------------------

    def rows(self, found: Found) -> Iterator[Any]:
        """The suspicious rows in order, read by Frictionless's Row with their key errors."""
        first, second = (chain.from_iterable(map(self.records, parts)) for parts in (found.parts, found.repeats))
        for number, cells, sure in merge(first, second, key=lambda one: one[0]):
            yield self.keys.read(number, cells, found.before, sure)

    def report(self, timer: Any) -> Any:
        """Frictionless's report: what the checklist wants, up to the limits."""
        found = self.found()
        listed, stopped = self.listed(found)
        stats = self.resource.stats
        stats.rows = found.rows if stopped is None else self.places.rows(stopped)
        self.source.settle(stats, stopped, found.last)
        if stopped is None:
            for watch in self.watches:
                watch.finish()
            for check in self.checks:
                listed += [error for error in check.validate_end() if self.matches(error)]
        return Report.from_validation_task(
            self.resource, time=timer.time, labels=self.resource.labels, errors=listed, warnings=self.warnings
        )

    def listed(self, found: Found) -> tuple[list[Any], int | None]:
        """The errors up to the limits, with a warning where one was reached, and the record at which it was."""
        listed, most = list(self.starting), self.limits.errors
        for row in self.rows(found):
            listed += self.wanted(row)
            if most and len(listed) >= most and not self._fills(row.row_number):
                self.warnings.append(f"reached error limit: {most}")
                return listed[:most], row.row_number
        if found.cut:
            raise HandBack("equal-hashes")
        if self.limits.rows and found.rows >= self.limits.rows:
            self.warnings.append(f"reached row limit: {self.limits.rows}")
            return listed, found.until
        if self.header_fills and found.rows:
            self.warnings.append(f"reached error limit: {most}")
            return listed[:most], found.until
        return listed, None

    def _fills(self, number: int) -> bool:
        """Whether the rows up to a record reach their limit, which Frictionless looks at before that of errors."""
        return bool(self.limits.rows) and self.places.rows(number) >= self.limits.rows
