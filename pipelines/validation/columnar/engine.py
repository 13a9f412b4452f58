"""The row loop of Frictionless's ``Resource.validate`` over screened columns: same errors, same order, same stats."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from frictionless import Checklist, FrictionlessException, Report, errors, helpers
from frictionless.table.row import Row

from pipelines.validation.columnar.keys import UNHASHABLE, ForeignKey, Key, KeyColumn
from pipelines.validation.columnar.plan import HandBack, Plan, make_plan
from pipelines.validation.columnar.records import Batch, Digest, blank_records, has_read_all, read_batches
from pipelines.validation.columnar.screens import Screen
from pipelines.validation.columnar.texts import Texts

MOST_SUSPECTS = 300_000
MOST_TO_COUNT = 8 << 20
"""Bytes up to which the records are counted again to know how far Frictionless had read when a limit stopped it."""
LARGEST_SAMPLE = 1_000


def validate_columnar(
    resource: Any, checklist: Any = None, *, limit_errors: int = 1000, limit_rows: int | None = None
) -> Any:
    """Frictionless's report of a resource (``frictionless.Report``), or HandBack where Frictionless has to do it.

    Works on a copy, so that a resource handed back is as it came. What Frictionless raises is raised.
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
    try:
        return _Run(copy, checklist, limit_errors, timer).report()
    finally:
        copy.close()


@dataclass(slots=True)
class _Keys:
    unique: list[Key]
    primary: Key | None
    foreign: list[ForeignKey]
    groups: list[dict[str, Any]]

    @property
    def repeating(self) -> list[Key]:
        return [*self.unique, *([self.primary] if self.primary else [])]


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

    def __init__(self, resource: Any, checklist: Any, limit: int, timer: Any) -> None:
        self.resource, self.limit, self.timer = resource, limit, timer
        self.checks = checklist.connect(resource)
        self.scope = frozenset(checklist.scope)
        self.plan = make_plan(resource)
        self.screens = [Screen(one) for one in self.plan.fields]
        self.keys = _keys_of(resource, self.plan)
        self.digest = Digest(self.plan)
        self.blank: frozenset[int] | None = None
        self.starting: list[Any] = []
        self.last_number = 0

    def matches(self, error: Any) -> bool:
        return not isinstance(error, errors.DataError) or error.type in self.scope

    def report(self) -> Any:
        self.digest.start()
        for check in self.checks:
            for error in check.validate_start():
                if error.type == "check-error":
                    raise HandBack("check-error")
                if self.matches(error):
                    self.starting.append(error)
        if self.limit and len(self.starting) >= self.limit:
            raise HandBack("limit-in-header")
        found = self.first_pass()
        repeats = self.second_pass(found)
        self.digest.wait()
        if self.digest.nul or (self.digest.carriage_return and self.resource.format == "tsv"):
            raise HandBack("structure")
        return self.finish(found, repeats)

    # -- first pass -------------------------------------------------------------------------------------------------

    def first_pass(self) -> _Found:
        found, count = _Found(), len(self.starting)
        for batch in read_batches(self.plan):
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
        self.last_number = found.rows + self.plan.first_record - 1
        return found

    def suspects_of(self, batch: Batch) -> Iterator[_Suspect]:
        indices = self.screen(batch) if len(batch.numbers) else []
        rows = [(int(batch.numbers[index]), batch.cells(index), True) for index in indices]
        rows += [(number, cells, False) for number, cells in batch.ragged]
        rows.sort(key=lambda one: one[0])
        for number, cells, whole in rows:
            physically_blank = whole and not any(cells) and self.is_blank_line(number)
            row = self.read(number, [] if physically_blank else cells)
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
        if self.blank is None:
            self.digest.wait()
            self.blank = blank_records(self.plan) if self.digest.blank_lines else frozenset()
        return number in self.blank

    def read(self, number: int, cells: list[str]) -> Any:
        """Frictionless's own Row, read in Frictionless's order: unique fields first."""
        row = Row(cells, handlers=self.plan.handlers, row_number=number)
        for key in self.keys.unique:
            _ = row[key.name]
        if self.keys.primary:
            self.resource.primary_key_cells(row, self.resource.dialect.header_case)
        for group in self.keys.groups:
            _ = [row[name] for name in group["targetKey"]]
        return row

    def values(self, key: Key, row: Any) -> tuple[Any, ...]:
        if key.primary:
            cells: tuple[Any, ...] = self.resource.primary_key_cells(row, self.resource.dialect.header_case)
            return cells
        return (row[key.name],)

    def note_ragged(self, row: Any) -> None:
        for key in self.keys.repeating:
            value = self.values(key, row)
            if set(value) != {None}:
                key.note_one(value)

    # -- second pass ------------------------------------------------------------------------------------------------

    def second_pass(self, found: _Found) -> dict[tuple[str, int], int]:
        """(key, row number) → the row before it with the same key; adds those rows to the suspects."""
        repeated = {key.name: key.repeated() for key in self.keys.repeating}
        if not any(len(hashes) for hashes in repeated.values()):
            return {}
        last_row = found.rows + self.plan.first_record - 1
        known = {suspect.number: suspect for suspect in found.suspects}
        last: dict[tuple[str, Any], int] = {}
        before: dict[tuple[str, int], int] = {}
        for batch in read_batches(self.plan):
            for number, cells in self.candidates(batch, repeated, known):
                if number > last_row:
                    break
                row = known[number].row if number in known else self.read(number, cells)
                if self.compare(row, last, before) and number not in known:
                    known[number] = _Suspect(number, row)
            if len(known) > MOST_SUSPECTS:
                raise HandBack("too-many-errors")
            if len(batch.numbers) and int(batch.numbers[-1]) > last_row:
                break
        found.suspects[:] = [known[number] for number in sorted(known)]
        return before

    def candidates(self, batch: Batch, repeated: dict[str, Any], known: dict[int, Any]) -> list[tuple[int, list[str]]]:
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
            value = self.values(key, row)
            if set(value) == {None}:
                continue
            match = last.get((key.name, value))
            last[key.name, value] = row.row_number
            if match:
                before[key.name, row.row_number] = match
                hit = True
        return hit

    # -- the errors, in order ---------------------------------------------------------------------------------------

    def finish(self, found: _Found, before: dict[tuple[str, int], int]) -> Any:
        found_errors, warnings, partial = list(self.starting), [], False
        stats = self.resource.stats
        stats.rows = found.rows
        for suspect in found.suspects:
            self.add_key_errors(suspect.row, before)
            for check in self.checks:
                found_errors += [error for error in check.validate_row(suspect.row) if self.matches(error)]
            if self.limit and len(found_errors) >= self.limit:
                found_errors = found_errors[: self.limit]
                warnings.append(f"reached error limit: {self.limit}")
                partial = True
                stats.rows = suspect.number - self.plan.first_record + 1
                break
        stats.md5 = stats.sha256 = None
        stats.bytes = self.digest.size
        if not partial or self.reached_end(stats.rows + self.plan.first_record - 1):
            stats.md5, stats.sha256 = self.digest.md5, self.digest.sha256
        if not partial:
            for check in self.checks:
                found_errors += [error for error in check.validate_end() if self.matches(error)]
        return Report.from_validation_task(
            self.resource, time=self.timer.time, labels=self.resource.labels, errors=found_errors, warnings=warnings
        )

    def reached_end(self, number: int) -> bool:
        """Whether Frictionless, stopping at a record, had met the end of the file already (then it knows hashes)."""
        if self.digest.size > MOST_TO_COUNT:
            if number >= LARGEST_SAMPLE and number >= self.last_number:
                raise HandBack("limit-at-the-end")
            return False
        return has_read_all(self.plan, number, self.resource.detector.sample_size)

    def add_key_errors(self, row: Any, before: dict[tuple[str, int], int]) -> None:
        """Unique, primary key and foreign key errors of one row, in the order in which Frictionless appends them."""
        for key in self.keys.unique:
            match = before.get((key.name, row.row_number))
            if match:
                note = f"the same as in the row at position {match}"
                row.errors.append(errors.UniqueError.from_row(row, note=note, field_name=key.name))
        if self.keys.primary:
            cells = self.values(self.keys.primary, row)
            match = before.get((self.keys.primary.name, row.row_number))
            if set(cells) == {None}:
                note = 'cells composing the primary keys are all "None"'
                row.errors.append(errors.PrimaryKeyError.from_row(row, note=note))
            elif match:
                note = f"the same as in the row at position {match}"
                row.errors.append(errors.PrimaryKeyError.from_row(row, note=note))
        for group in self.keys.groups:
            _add_foreign_error(row, group, self.resource.lookup)


def _add_foreign_error(row: Any, group: dict[str, Any], lookup: Any) -> None:
    known = lookup.get(group["sourceName"])
    cells = tuple(row[name] for name in group["targetKey"])
    if not known or set(cells) == {None} or cells in known.get(group["sourceKey"], set()):
        return
    note = 'for "{}": values "{}" not found in the lookup table "{}" as "{}"'.format(
        ", ".join(group["targetKey"]),
        ", ".join(str(cell) for cell in cells),
        group["sourceName"],
        ", ".join(group["sourceKey"]),
    )
    row.errors.append(
        errors.ForeignKeyError.from_row(
            row,
            note=note,
            field_names=list(group["targetKey"]),
            field_values=list(cells),
            reference_name=group["sourceName"],
            reference_field_names=list(group["sourceKey"]),
        )
    )


def _keys_of(resource: Any, plan: Plan) -> _Keys:
    by_name = {one.name: index for index, one in enumerate(plan.fields)}
    unique = [
        _key(plan, one.name, (index,), primary=False)
        for index, one in enumerate(plan.fields)
        if one.constraints.get("unique")
    ]
    primary = None
    names = list(resource.schema.primary_key)
    if names and set(names) <= set(by_name):
        probe = Row([], handlers=plan.handlers, row_number=1)
        labels = resource.primary_key_labels(probe, resource.dialect.header_case)
        if not labels or any(label not in by_name for label in labels):
            raise HandBack("primary-key")
        primary = _key(plan, "\0primary", tuple(by_name[label] for label in labels), primary=True)
    foreign, groups = _foreign_keys(resource, plan, by_name)
    return _Keys(unique, primary, foreign, groups)


def _key(plan: Plan, name: str, columns: tuple[int, ...], *, primary: bool) -> Key:
    if any(plan.fields[index].type in UNHASHABLE for index in columns):
        raise HandBack("unhashable-key")
    return Key(name, columns, tuple(KeyColumn(plan.fields[index]) for index in columns), primary)


def _foreign_keys(resource: Any, plan: Plan, by_name: dict[str, int]) -> tuple[list[ForeignKey], list[dict[str, Any]]]:
    foreign: list[ForeignKey] = []
    groups: list[dict[str, Any]] = []
    if not resource.lookup:
        return foreign, groups
    for one in resource.schema.foreign_keys:
        target = tuple(one["fields"])
        if not set(target) <= set(by_name):
            continue
        group = {
            "sourceName": one["reference"]["resource"],
            "sourceKey": tuple(one["reference"]["fields"]),
            "targetKey": target,
        }
        groups.append(group)
        known = resource.lookup.get(group["sourceName"])
        if known:
            columns = tuple(by_name[name] for name in target)
            if any(plan.fields[index].type in UNHASHABLE for index in columns):
                raise HandBack("unhashable-key")
            readers = tuple(plan.fields[index].create_cell_reader() for index in columns)
            foreign.append(ForeignKey(columns, readers, known.get(group["sourceKey"], set())))
    return foreign, groups
