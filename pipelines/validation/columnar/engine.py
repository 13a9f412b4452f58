"""The row loop of Frictionless's ``Resource.validate`` over screened columns: same errors, same order, same stats."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from frictionless import Checklist, FrictionlessException, Report, errors, helpers

from pipelines.validation.columnar.digest import Digest
from pipelines.validation.columnar.integrity import integrity_of
from pipelines.validation.columnar.plan import HandBack, make_plan
from pipelines.validation.columnar.records import Batch, Signs, blank_records, ends_open, has_read_all, read_batches
from pipelines.validation.columnar.screens import Screen
from pipelines.validation.columnar.texts import Texts

MOST_SUSPECTS = 300_000
MOST_TO_COUNT = 8 << 20
"""Bytes up to which the records are counted again to know how far Frictionless had read when a limit stopped it."""
LARGEST_SAMPLE = 1_000
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
    if limit_rows:
        raise HandBack("limit-rows")
    checklist = checklist or Checklist()
    if checklist.checks:
        raise HandBack("checks")
    if resource.hash and helpers.parse_resource_hash_v1(resource.hash)[0] not in ("md5", "sha256"):
        raise HandBack("hash")
    try:
        resource.to_descriptor(validate=True)
        copy = resource.to_copy()
        copy.open()
    except FrictionlessException as error:
        raise HandBack("open") from error
    except Exception as error:  # a reader, over the rows that a foreign key refers to
        raise HandBack("raised") from error
    with closing(copy):
        try:
            return _Run(copy, checklist, limit_errors, timer, block).report()
        except HandBack:
            raise
        except Exception as error:
            raise HandBack("raised") from error


@dataclass(slots=True)
class _Suspect:
    number: int
    row: Any


@dataclass(slots=True)
class _Found:
    """What the first pass leaves: suspicious rows in order, how many rows there are, and where it stopped."""

    suspects: list[_Suspect] = field(default_factory=list)
    rows: int = 0
    stopped: bool = False


class _Run:
    """One validation: first pass (screens, hashes), second pass (only where keys repeat), then the errors in order."""

    def __init__(self, resource: Any, checklist: Any, limit: int, timer: Any, block: int) -> None:
        self.resource, self.limit, self.timer = resource, limit, timer
        self.checks = checklist.connect(resource)
        self.scope = frozenset(checklist.scope)
        self.plan = make_plan(resource, block)
        self.screens = [Screen(one) for one in self.plan.fields]
        self.keys = integrity_of(resource, self.plan)
        self.digest = Digest(self.plan.path)
        self.signs = Signs()
        self.blank: frozenset[int] | None = None
        self.starting: list[Any] = []
        self.last_number = 0

    def matches(self, error: Any) -> bool:
        """Whether the checklist wants an error; Frictionless builds its scope anew for every one."""
        return not isinstance(error, errors.DataError) or error.type in self.scope

    def report(self) -> Any:
        """The whole run."""
        for check in self.checks:
            for error in check.validate_start():
                if error.type == "check-error":
                    raise HandBack("check-error")
                if self.matches(error):
                    self.starting.append(error)
        if self.limit and len(self.starting) >= self.limit:
            raise HandBack("limit-in-header")
        with self.digest:
            found = self.first_pass()
            if self.signs.nul or (self.signs.carriage_return and self.resource.format == "tsv"):
                raise HandBack("structure")
            self.second_pass(found)
            return self.finish(found)

    # -- first pass -------------------------------------------------------------------------------------------------

    def first_pass(self) -> _Found:
        """Screen every record until the limit is reached; repeated keys are known only to the second pass."""
        found, count, last = _Found(), len(self.starting), None
        for batch in read_batches(self.plan, self.signs):
            for suspect in self.suspects_of(batch):
                found.suspects.append(suspect)
                if self.limit:
                    count += sum(self.matches(error) for error in suspect.row.errors)
                    if count >= self.limit:
                        self.last_number = max([suspect.number, *batch.numbers[-1:].tolist()])
                        found.rows = suspect.number - self.plan.first_record + 1
                        found.stopped = True
                        return found
                if len(found.suspects) > MOST_SUSPECTS:
                    raise HandBack("too-many-errors")
            found.rows += len(batch.numbers) + len(batch.ragged)
            last = batch
        if last and ends_open(self.plan, last.last_cells(), self.signs.last_line(self.plan.block)):
            raise HandBack("open-quote")
        self.last_number = found.rows + self.plan.first_record - 1
        return found

    def suspects_of(self, batch: Batch) -> Iterator[_Suspect]:
        """Read the rows of a batch that may bear an error."""
        indices = self.screen(batch) if len(batch.numbers) else []
        rows = [(int(batch.numbers[index]), batch.cells(index), True) for index in indices]
        rows += [(number, cells, False) for number, cells in batch.ragged]
        rows.sort(key=lambda one: one[0])
        for number, cells, whole in rows:
            physically_blank = whole and not any(cells) and self.is_blank_line(number)
            row = self.keys.read(number, [] if physically_blank else cells, {})
            if not whole:
                self.note_ragged(row)
            yield _Suspect(number, row)

    def screen(self, batch: Batch) -> Sequence[int]:
        """Indices of the rows that are not certainly free of errors; notes the batch's keys."""
        if self.plan.whole_rows:
            if self.keys.repeating or self.keys.foreign:
                raise HandBack("keys-and-labels")
            return range(len(batch.numbers))
        texts = [Texts.of(column) for column in batch.columns]
        missing = [screen.is_missing(one) for screen, one in zip(self.screens, texts, strict=True)]
        good = ~np.logical_and.reduce(missing)
        good &= np.add.reduce([one.lengths for one in texts]) > 0
        for screen, one, absent in zip(self.screens, texts, missing, strict=True):
            good &= screen.certainly_good(one, absent)
        for foreign in self.keys.foreign:
            good &= foreign.certainly_good(texts)
        for key in self.keys.repeating:
            hashes, empty = key.hashes(texts, missing)
            key.note(hashes, empty)
            if key.primary:
                good &= ~empty
        return [int(index) for index in np.flatnonzero(~good)]

    def is_blank_line(self, number: int) -> bool:
        """Whether nothing at all stands on a record's line."""
        if self.blank is None:
            self.blank = blank_records(self.plan) if self.signs.blank_lines else frozenset()
        return number in self.blank

    def note_ragged(self, row: Any) -> None:
        """Keep the keys of a record that is in no column."""
        for key in self.keys.repeating:
            value = self.keys.values(key, row)
            if set(value) != {None}:
                key.note_one(value)

    # -- second pass ------------------------------------------------------------------------------------------------

    def second_pass(self, found: _Found) -> None:
        """Read the rows whose key was there before again, knowing where, so that their errors come in order."""
        repeated = {key.name: key.repeated() for key in self.keys.repeating}
        if not any(len(hashes) for hashes in repeated.values()):
            return
        last_row = found.rows + self.plan.first_record - 1
        known = {suspect.number: suspect for suspect in found.suspects}
        last: dict[tuple[str, Any], int] = {}
        before: dict[tuple[str, int], int] = {}
        for batch in read_batches(self.plan, Signs()):
            for number, cells in self.candidates(batch, repeated, known):
                if number > last_row:
                    break
                row = known[number].row if number in known else self.keys.read(number, cells, {})
                if self.compare(row, last, before):
                    known[number] = _Suspect(number, self.keys.read(number, row.cells, before))
            if len(known) > MOST_SUSPECTS:
                raise HandBack("too-many-errors")
            if len(batch.numbers) and int(batch.numbers[-1]) > last_row:
                break
        found.suspects[:] = [known[number] for number in sorted(known)]

    def candidates(self, batch: Batch, repeated: dict[str, Any], known: dict[int, Any]) -> list[tuple[int, list[str]]]:
        """The records of a batch whose key may occur elsewhere, and all ragged ones."""
        chosen = np.zeros(len(batch.numbers), dtype=bool)
        if len(batch.numbers):
            texts = [Texts.of(column) for column in batch.columns]
            missing = [screen.is_missing(one) for screen, one in zip(self.screens, texts, strict=True)]
            for key in self.keys.repeating:
                hashes, empty = key.hashes(texts, missing)
                chosen |= np.isin(hashes, repeated[key.name]) & ~empty
        rows = []
        for index in np.flatnonzero(chosen):
            number = int(batch.numbers[index])
            rows.append((number, [] if number in known else batch.cells(int(index))))
        return sorted([*rows, *batch.ragged], key=lambda one: one[0])

    def compare(self, row: Any, last: dict[tuple[str, Any], int], before: dict[tuple[str, int], int]) -> bool:
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

    def finish(self, found: _Found) -> Any:
        """Count what the checklist wants up to the limit, and write the report."""
        found_errors, warnings, partial = list(self.starting), [], False
        stats = self.resource.stats
        stats.rows = found.rows
        for suspect in found.suspects:
            for check in self.checks:
                found_errors += [error for error in check.validate_row(suspect.row) if self.matches(error)]
            if self.limit and len(found_errors) >= self.limit:
                found_errors = found_errors[: self.limit]
                warnings.append(f"reached error limit: {self.limit}")
                partial = True
                stats.rows = suspect.number - self.plan.first_record + 1
                break
        stats.md5 = stats.sha256 = None
        stats.bytes = self.plan.path.stat().st_size
        if not partial or self.reached_end(stats.rows + self.plan.first_record - 1):
            stats.bytes, stats.md5, stats.sha256 = self.digest.result()
        if not partial:
            for check in self.checks:
                found_errors += [error for error in check.validate_end() if self.matches(error)]
        return Report.from_validation_task(
            self.resource, time=self.timer.time, labels=self.resource.labels, errors=found_errors, warnings=warnings
        )

    def reached_end(self, number: int) -> bool:
        """Whether Frictionless, stopping at a record, had met the end of the file already (then it knows hashes)."""
        if self.plan.path.stat().st_size > MOST_TO_COUNT:
            if number >= LARGEST_SAMPLE and number >= self.last_number:
                raise HandBack("limit-at-the-end")
            return False
        return has_read_all(self.plan, number, self.resource.detector.sample_size)
