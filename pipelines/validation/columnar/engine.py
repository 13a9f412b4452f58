"""The row loop of Frictionless's ``Resource.validate`` over screened columns: same errors, same order, same stats."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from heapq import merge
from itertools import chain
from typing import Any

import numpy as np
from frictionless import Checklist, FrictionlessException, Report, errors, helpers

from pipelines.validation.columnar.cells import laid
from pipelines.validation.columnar.integrity import integrity_of
from pipelines.validation.columnar.plan import HandBack, make_plan
from pipelines.validation.columnar.records import Batch
from pipelines.validation.columnar.screens import Screen
from pipelines.validation.columnar.sources import source_of
from pipelines.validation.columnar.xlsx.workbook import swift_copy

MOST_SUSPECTS, MOST_REPEATS = 1_000_000, 300_000
BLOCK = 4 << 20


def validate_columnar(
    resource: Any,
    checklist: Any = None,
    *,
    limit_errors: int = 1000,
    limit_rows: int | None = None,
    block: int = BLOCK,
) -> Any:
    """Frictionless's report of a resource (``frictionless.Report``), or HandBack where Frictionless has to do it.

    ``block`` is the number of bytes screened at a time. Works on a copy, so that a resource handed back is as it came.
    What a reader raises hands back as well, with the reason ``raised``: Frictionless raises it itself, unless a limit
    stops it before.
    """
    timer: Any = helpers.Timer()  # type: ignore[no-untyped-call]
    copy, checklist = _opened(resource, checklist, limit_rows)
    with closing(copy):
        try:
            run = Run(copy, checklist, limit_errors, block)
            with run.source:
                return run.report(timer)
        except HandBack:
            raise
        except Exception as error:
            raise HandBack("raised") from error


def errors_columnar(resource: Any, *, block: int = BLOCK) -> Iterator[Any]:
    """Every error of the baseline checks in order, none of them kept; HandBack comes before the first error.

    What a reader raises while errors are given is raised.
    """
    copy, checklist = _opened(resource, None, None)
    with closing(copy):
        try:
            run = Run(copy, checklist, 0, block)
            found = run.found()
        except HandBack:
            raise
        except Exception as error:
            raise HandBack("raised") from error
        yield from run.starting
        for row in run.rows(found):
            yield from run.wanted(row)


def _opened(resource: Any, checklist: Any, limit_rows: int | None) -> tuple[Any, Any]:
    """An open copy of the resource, and the checklist; raises HandBack."""
    if limit_rows:
        raise HandBack("limit-rows")
    checklist = checklist or Checklist()
    if checklist.checks:
        raise HandBack("checks")
    if resource.hash and helpers.parse_resource_hash_v1(resource.hash)[0] not in ("md5", "sha256"):
        raise HandBack("hash")
    try:
        resource.to_descriptor(validate=True)
        copy = swift_copy(resource.to_copy())
        if resource.has_defined("schema") and resource.schema:
            # A copy is made from a descriptor, which knows Frictionless's fields only: a field of ours goes along.
            fields = zip(resource.schema.fields, copy.schema.fields, strict=True)
            copy.schema.fields = [copied if type(copied) is type(one) else one for one, copied in fields]
        copy.open()
    except FrictionlessException as error:
        raise HandBack("open") from error
    except Exception as error:  # a reader, over the rows that a foreign key refers to
        raise HandBack("raised") from error
    return copy, checklist


@dataclass(slots=True)
class Found:
    """What the passes leave: suspicious records, those that only repeat a key, and how many rows there are.

    ``last`` is the number of the last record that was looked at; ``cut`` says that reading ended because repeated keys
    alone will reach the limit; ``before`` is as in ``Integrity``.
    """

    parts: list[Batch] = field(default_factory=list)
    repeats: list[Batch] = field(default_factory=list)
    rows: int = 0
    last: int = 0
    cut: bool = False
    before: dict[tuple[str, int], int] = field(default_factory=dict)


class Run:
    """One validation: first pass (screens, hashes), second pass (only where keys repeat), then the errors in order."""

    def __init__(self, resource: Any, checklist: Any, limit: int, block: int) -> None:
        self.resource, self.limit = resource, limit
        self.checks = checklist.connect(resource)
        self.scope = frozenset(checklist.scope)
        self.plan = make_plan(resource, block)
        self.screens = [Screen(one) for one in self.plan.fields]
        self.keys = integrity_of(resource, self.plan)
        self.source = source_of(resource, self.plan)
        self.starting: list[Any] = []

    def matches(self, error: Any) -> bool:
        """Whether the checklist wants an error; Frictionless builds its scope anew for every one."""
        return not isinstance(error, errors.DataError) or error.type in self.scope

    def wanted(self, row: Any) -> Iterator[Any]:
        """The errors of a row that the checklist wants."""
        for check in self.checks:
            yield from (error for error in check.validate_row(row) if self.matches(error))

    def found(self) -> Found:
        """Both passes."""
        for check in self.checks:
            for error in check.validate_start():
                if error.type == "check-error":
                    raise HandBack("check-error")
                if self.matches(error):
                    self.starting.append(error)
        if self.limit and len(self.starting) >= self.limit:
            raise HandBack("limit-in-header")
        found = self.first_pass()
        self.second_pass(found)
        return found

    # -- first pass -------------------------------------------------------------------------------------------------

    def first_pass(self) -> Found:
        """Screen every record until the limit is reached; repeated keys are known only to the second pass."""
        found, count, suspects, batches, latest = Found(), len(self.starting), 0, 0, None
        for batch in self.source.batches():
            part = batch.chosen(*self.screen(batch)) if len(batch.numbers) else batch
            self.note_ragged(batch)
            if len(part):
                found.parts.append(part)
                suspects += len(part)
            if suspects > MOST_SUSPECTS:
                raise HandBack("too-many-errors")
            if self.limit:
                for number, cells, sure in self.records(part):
                    count += sum(1 for _ in self.wanted(self.keys.read(number, cells, {}, sure)))
                    if count >= self.limit:
                        found.rows = number - self.plan.first_record + 1
                        found.last = max([number, *batch.numbers[-1:].tolist()])
                        self.source.judge(None)
                        return found
            found.rows += len(batch)
            latest, batches = batch, batches + 1
            if self.limit and batches & (batches - 1) == 0 and self.keys_reach_limit():
                found.cut = True
                break
        self.source.judge(None if found.cut else latest)
        found.last = found.rows + self.plan.first_record - 1
        return found

    def screen(self, batch: Batch) -> tuple[Any, Any]:
        """Indices of the rows that are not certainly free of errors, their cells that are; notes the batch's keys."""
        if self.plan.whole_rows:
            if self.keys.repeating or self.keys.foreign:
                raise HandBack("keys-and-labels")
            return np.arange(len(batch.numbers)), None
        texts = [laid(column) for column in batch.columns]
        missing = [screen.is_missing(one) for screen, one in zip(self.screens, texts, strict=True)]
        good = ~np.logical_and.reduce(missing)
        good &= np.add.reduce([one.lengths for one in texts]) > 0
        cells = [
            screen.certainly_good(one, absent) for screen, one, absent in zip(self.screens, texts, missing, strict=True)
        ]
        good &= np.logical_and.reduce(cells)
        for foreign in self.keys.foreign:
            good &= foreign.certainly_good(texts)
        for key in self.keys.repeating:
            hashes, empty = key.hashes(texts, missing)
            key.note(hashes, empty)
            if key.primary:
                good &= ~empty
        chosen = np.flatnonzero(~good)
        sure = np.zeros((len(chosen), len(cells)), dtype=bool)
        for index in set(range(len(cells))) - self.keys.columns:  # of keys the values are wanted
            sure[:, index] = cells[index][chosen] & ~missing[index][chosen]
        return chosen, sure

    def records(self, part: Batch) -> Iterator[tuple[int, list[Any], bytes]]:
        """The records of a batch in order, with the cells that the csv module gives them."""
        for number, cells, sure in part.records():
            if sure is not None and not any(cells) and self.source.is_blank(number):
                yield number, [], b""
            else:
                yield number, cells, sure or b""

    def keys_reach_limit(self) -> bool:
        """Whether the repeated keys so far are errors enough (asked at batch 1, 2, 4, 8 …)."""
        wanted = [
            key for key in self.keys.repeating if ("primary-key" if key.primary else "unique-error") in self.scope
        ]
        return any(key.seen.surplus() >= self.limit for key in wanted)

    def note_ragged(self, batch: Batch) -> None:
        """Keep the keys of records that are in no column."""
        if not self.keys.repeating:
            return
        for number, cells in batch.ragged:
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
        until = found.rows + self.plan.first_record - 1
        last: dict[tuple[str, Any], int] = {}
        for batch in self.source.again():
            part = batch.chosen(self.candidates(batch, repeated))
            hits = [
                number
                for number, cells, _ in self.records(part)
                if number <= until and self.repeats(self.keys.row(number, cells), last, found.before)
            ]
            fresh = np.setdiff1d(hits, known)
            if len(fresh):
                found.repeats.append(part.chosen(np.flatnonzero(np.isin(part.numbers, fresh)), ragged=False))
            if len(found.before) > MOST_REPEATS:
                raise HandBack("too-many-repeats")
            if len(batch.numbers) and int(batch.numbers[-1]) > until:
                break

    def candidates(self, batch: Batch, repeated: dict[str, Any]) -> Any:
        """Indices of the records of a batch whose key may occur elsewhere."""
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
        """Frictionless's report: what the checklist wants, up to the limit."""
        found = self.found()
        listed, warnings, partial = list(self.starting), [], False
        stats = self.resource.stats
        stats.rows = found.rows
        for row in self.rows(found):
            listed += self.wanted(row)
            if self.limit and len(listed) >= self.limit:
                found.cut = False
                listed = listed[: self.limit]
                warnings.append(f"reached error limit: {self.limit}")
                partial = True
                stats.rows = row.row_number - self.plan.first_record + 1
                break
        if found.cut:
            raise HandBack("equal-hashes")
        self.source.settle(stats, stats.rows + self.plan.first_record - 1 if partial else None, found.last)
        if not partial:
            for check in self.checks:
                listed += [error for error in check.validate_end() if self.matches(error)]
        return Report.from_validation_task(
            self.resource, time=timer.time, labels=self.resource.labels, errors=listed, warnings=warnings
        )
