"""An append or a correction put together with the rows that it builds on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipelines import cells, grid
from pipelines.flat import np
from pipelines.step import Opened, Parcel
from pipelines.steps.profile.evidence import hashes, iso_dates
from pipelines.stored import picked, stored
from standards.finding import Finding
from standards.period import Span, gap, span, within
from standards.profile import Column, Profile

PERIODIC = frozenset({"year", "yearmonth", "date", "datetime", "string"})
MANY = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """What came of it: the rows of the coming version (None when something blocks), its periods, counts and remarks."""

    batches: Callable[[], Iterator[pa.RecordBatch]] | None = None
    periods: tuple[str, ...] = ()
    changes: Mapping[str, int] = field(default_factory=dict)
    remarks: tuple[Finding, ...] = ()


def merge(parcel: Parcel, one: Opened, seen: Profile, new: Path, base: Path) -> Joined:
    """Append the new rows after the base's, or let them take the place of the base's rows of the same period."""
    labels, old = stored(base)
    order = _order(labels, one.table.labels)
    if order is None:
        return Joined(remarks=(_differ(labels, one.table.labels),))
    correct = parcel.options.update == "correct"
    wanted = span(parcel.options.period) if parcel.options.period else None
    known = tuple(parcel.base_periods.get(one.resource, ()))
    if wanted is None and (correct or parcel.options.period):
        return _refused("period-unknown", period=parcel.options.period)
    column = _period_column(seen, new, wanted) if wanted else None
    if correct and column is None:
        return _refused("no-period-column", period=parcel.options.period)
    tests = _test(seen.columns[column], wanted) if column is not None and wanted else None
    source = _Base(old, order, column, tests)
    if not correct and wanted and (parcel.options.period in known or source.touched()):
        return _refused("period-exists", period=parcel.options.period)
    warnings = []
    if wanted and gap(known or source.periods(), wanted):
        warnings.append(Finding(code="period-gap", severity="warning", params={"period": parcel.options.period}))
    changes = _changes(source, new, seen) if correct else {"added": seen.rows, "removed": 0, "changed": 0}
    periods = tuple(dict.fromkeys([*known, *([parcel.options.period] if wanted else [])]))
    return Joined(batches=lambda: _renumbered(source, new), periods=periods, changes=changes, remarks=tuple(warnings))


def _refused(code: str, **params: str) -> Joined:
    return Joined(remarks=(Finding(code=code, params=params),))


def _differ(old: Sequence[str], new: Sequence[str]) -> Finding:
    before, now = cells.column_names(old), cells.column_names(new)
    missing = [name for name in before if name not in now]
    extra = [name for name in now if name not in before]
    return Finding(code="columns-differ", params={"missing": ", ".join(missing), "extra": ", ".join(extra)})


def _order(old: Sequence[str], new: Sequence[str]) -> Sequence[int] | None:
    """Say where each new column stands in the base, or None when the columns are not the same."""
    places = {name: index for index, name in enumerate(cells.column_names(old))}
    wanted = cells.column_names(new)
    return [places[name] for name in wanted] if set(wanted) == set(places) else None


def _said(values: pa.Array, column: Column) -> list[str]:
    bare = pc.ascii_trim_whitespace(values)
    if column.kind in ("date", "datetime"):
        bare = iso_dates(bare, column.format)
    return [str(one) for one in bare.to_pylist()]


def _distinct(pieces: Iterator[pa.Array]) -> pa.Array:
    found = pa.array([], pa.string())
    for one in pieces:
        found = pc.unique(pa.concat_arrays([found, pc.unique(one)]))
        if len(found) > MANY:
            break
    return found


def _period_column(seen: Profile, new: Path, wanted: Span) -> int | None:
    """Find the column that carries the period: filled in every row, and every value within it."""
    for index, column in enumerate(seen.columns):
        if column.kind not in PERIODIC or column.missing or not 0 < column.distinct <= MANY:
            continue
        values = _distinct(one.column(index + 1).filter(pc.invert(grid.is_blank(one))) for one in cells.read(new))
        if all(within(one, wanted) for one in _said(values, column)):
            return index
    return None


def _test(column: Column, wanted: Span) -> Callable[[pa.Array], pa.Array]:
    """Make the test that says of each cell whether it belongs to the period."""

    def test(values: pa.Array) -> pa.Array:
        kinds = pc.unique(values)
        inside = [
            value for value, one in zip(kinds.to_pylist(), _said(kinds, column), strict=True) if within(one, wanted)
        ]
        return pc.is_in(values, value_set=pa.array(inside, pa.string()))

    return test


class _Base:
    """The rows built on, in the order of the new columns, without those of the period that is corrected."""

    def __init__(
        self,
        rows: Callable[[], Iterator[pa.RecordBatch]],
        order: Sequence[int],
        column: int | None,
        test: Callable[[pa.Array], pa.Array] | None,
    ) -> None:
        self._rows, self._order, self._column, self._test = rows, order, column, test

    def _parts(self, *, inside: bool) -> Iterator[pa.RecordBatch]:
        for one in self._rows():
            part = picked(one, self._order)
            if self._column is None or self._test is None:
                if not inside:
                    yield part
                continue
            mask = self._test(part.column(self._column + 1))
            yield part.filter(mask if inside else pc.invert(mask))

    def kept(self) -> Iterator[pa.RecordBatch]:
        return self._parts(inside=False)

    def replaced(self) -> Iterator[pa.RecordBatch]:
        return self._parts(inside=True)

    def touched(self) -> bool:
        return any(one.num_rows for one in self.replaced())

    def periods(self) -> Sequence[str]:
        """Give the different values of the period's column, when they are few."""
        if self._column is None:
            return ()
        index = self._column + 1
        values = _distinct(one.column(index) for one in self.kept())
        return [] if len(values) > MANY else [str(one) for one in values.to_pylist()]


def _renumbered(source: _Base, new: Path) -> Iterator[pa.RecordBatch]:
    number = 2
    for stream in (source.kept(), _full(new)):
        for one in stream:
            numbers = pa.array(range(number, number + one.num_rows), pa.int64())
            yield pa.record_batch([numbers, *one.columns[1:]], schema=one.schema)
            number += one.num_rows


def _full(new: Path) -> Iterator[pa.RecordBatch]:
    for one in cells.read(new):
        yield one.filter(pc.invert(grid.is_blank(one)))


def _changes(source: _Base, new: Path, seen: Profile) -> Mapping[str, int]:
    """Count rows added, removed and changed; rows under the same key in a column without repeats have changed."""
    unique = (index for index, one in enumerate(seen.columns) if one.distinct == seen.rows and not one.approximate)
    key = next(unique, None)
    old, fresh = _rows(source.replaced(), key), _rows(_full(new), key)
    gone, came = old - fresh, fresh - old
    changed = 0
    if key is not None:
        changed = len({one for _, one in gone} & {one for _, one in came})
    return {"added": came.total() - changed, "removed": gone.total() - changed, "changed": changed}


def _rows(stream: Iterator[pa.RecordBatch], key: int | None) -> Counter[tuple[int, int]]:
    """Count rows by a hash of all their cells and one of their key."""
    found: Counter[tuple[int, int]] = Counter()
    for one in stream:
        columns = [hashes(one.column(index)) for index in range(1, one.num_columns)]
        whole = np.zeros(one.num_rows, np.uint64)
        with np.errstate(over="ignore"):
            for column in columns:
                whole = whole * np.uint64(0x9E3779B97F4A7C15) + column
        keys = columns[key] if key is not None else np.zeros(one.num_rows, np.uint64)
        found.update(zip(whole.tolist(), keys.tolist(), strict=True))
    return found
