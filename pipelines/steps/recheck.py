"""Step: ask a published table again, under two states of a code list, which of its codes a release touches.

Runs in the child, over the Parcel that was published, with the checks of its standard; the verdicts differ only where
the list does. Nothing of a cell leaves but codes that the list itself publishes, and the numbers of rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as member
from datetime import date
from typing import TYPE_CHECKING

from pipelines.format import Unreadable
from pipelines.lists import Edition, standards_of
from pipelines.validation.uses import Bound, Plan, bind
from standards import late, registry
from standards.check import Remark, reference_day
from standards.codelist import Codelist
from standards.record import Text
from standards.registry import Standards
from standards.release import same_unit
from standards.standard import CheckUse, Field, TableStandard, match_columns

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq
else:
    pa = late.module("pyarrow")
    pc = late.module("pyarrow.compute")
    pq = late.module("pyarrow.parquet")

ID = "_id"
BATCH = 65_536
REMEMBERED = 200_000
EXAMPLES = 5
MOST_CODES = 50

CODED = frozenset({"code-valid-on", "name-matches-code", "parent-of", "leading-zero-lost"})
"""Checks whose verdict rests on a code list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is asked: a published table (Parquet), the list, its states before and after, and the day of undated rows.

    ``standard`` is the standard's id, or "" with ``meanings``: column → list, as the profile recognised them; such a
    table is asked as of ``seen`` only, the day that its data are of.
    """

    path: str
    codelist: str
    standard: str = ""
    meanings: Mapping[str, str] = member(default_factory=dict)
    before: tuple[Edition, ...] = ()
    after: tuple[Edition, ...] = ()
    today: date
    seen: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One code that is touched: what it was, since when not, what took its place, in how many rows it stands."""

    code: str
    name: str
    until: date | None = None
    successors: tuple[str, ...] = ()
    rows: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """One column: the check that objects now (``kind``: its verdict, or ``reused`` for a code that changed hands)."""

    field: str
    title: Text = member(default_factory=dict)
    check: str
    kind: str
    rows: int
    values: int
    examples: tuple[int, ...] = ()
    codes: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was found: the rows of the table, those touched (each once), and the columns."""

    rows: int = 0
    touched: int = 0
    columns: tuple[Touched, ...] = ()


def look(sought: Sought) -> Asked:
    """Ask the table. Raises Unreadable where it is none any more."""
    try:
        file = pq.ParquetFile(sought.path, memory_map=True)
    except (OSError, pa.ArrowException) as broken:
        raise Unreadable("base-unreadable") from broken
    before, after = standards_of(sought.before), standards_of(sought.after)
    labels = [one for one in file.schema_arrow.names if one != ID]
    pairs = _pairs(sought, labels, before, after)
    if not pairs:
        return Asked(rows=file.metadata.num_rows)
    count = _Count(before.codelist(sought.codelist), after.codelist(sought.codelist), pairs)
    needed = sorted({labels[index] for one, _ in pairs for index in one.columns})
    for batch in file.iter_batches(batch_size=BATCH, columns=[ID, *needed], use_threads=False):
        count.take(batch, labels)
    return count.done(file.metadata.num_rows)


Pair = tuple[Bound, Bound]
"""One check of one column, bound to the list before and after."""


def _pairs(sought: Sought, labels: Sequence[str], before: Standards, after: Standards) -> list[Pair]:
    """Bind the checks that rest on the list, once under each state of it."""
    standard = after.tables.get(sought.standard) if sought.standard else _seen(sought, labels)
    if standard is None:
        return []
    fields = match_columns(standard, labels) if sought.standard else _by_name(standard, labels)
    today = sought.today if sought.standard or sought.seen is None else sought.seen
    plan = Plan(
        standard=standard, labels=labels, fields=fields, codelists=before.codelist, check=registry.check, today=today
    )
    bound = zip(bind(plan), bind(replace(plan, codelists=after.codelist)), strict=True)
    return [(one, other) for one, other in bound if one.check.CODE in CODED and sought.codelist in _lists(one)]


def _lists(one: Bound) -> tuple[str, ...]:
    parents = one.use.args.get("parents", ())
    named = [parents] if isinstance(parents, str) else list(parents)
    return (str(one.use.args.get("list", "")), *map(str, named))


def _seen(sought: Sought, labels: Sequence[str]) -> TableStandard:
    """Make a standard of what the profile recognised: codes of the list in some columns, on no day of their own."""
    use = CheckUse(code="code-valid-on", severity="warning")
    found = [one for one in labels if sought.meanings.get(one) == sought.codelist]
    fields = tuple(Field(name=one, type="string", title={}, codelist=sought.codelist, checks=(use,)) for one in found)
    return TableStandard(
        id="", version="0", title={}, status="proposed", kind="dataset", basis=(), fields=fields
    )


def _by_name(standard: TableStandard, labels: Sequence[str]) -> dict[int, Field]:
    known = {one.name: one for one in standard.fields}
    return {index: known[label] for index, label in enumerate(labels) if label in known}


@dataclass(slots=True)
class _Sum:
    """What has been counted of one check of one column under one verdict."""

    rows: int = 0
    codes: Counter[str] = member(default_factory=Counter)
    examples: list[int] = member(default_factory=list)


class _Count:
    """Counts over batches: each distinct combination of cells is asked once."""

    def __init__(self, before: Codelist, after: Codelist, pairs: Sequence[Pair]) -> None:
        self._before, self._after, self._pairs = before, after, pairs
        self._known: list[dict[tuple[str, ...], str]] = [{} for _ in pairs]
        self._sums: dict[tuple[int, str], _Sum] = {}
        self.touched = 0

    def take(self, batch: pa.RecordBatch, labels: Sequence[str]) -> None:
        """Count one batch."""
        table = pa.table({name: _text(batch, name) for name in batch.schema.names})
        hit = pa.array([False] * batch.num_rows)
        for number, pair in enumerate(self._pairs):
            names = [labels[index] for index in pair[0].columns]
            for cells, rows, first in _combinations(table, names):
                kind = self._ask(number, cells)
                if kind:
                    self._add(number, kind, cells[0].strip(), rows, first)
                    hit = pc.or_(hit, _where(table, names, cells))
        self.touched += pc.sum(hit).as_py() or 0

    def _ask(self, number: int, cells: tuple[str, ...]) -> str:
        known = self._known[number]
        if cells not in known:
            if len(known) >= REMEMBERED:
                known.clear()
            known[cells] = self._verdict(self._pairs[number], cells)
        return known[cells]

    def _verdict(self, pair: Pair, cells: tuple[str, ...]) -> str:
        """Say what became of a combination: "" where the release changes nothing about it."""
        one, other = pair
        named = dict(zip(one.use.needs, cells, strict=True))
        was, now = one.check.look(named, one.use), other.check.look(named, other.use)
        if now is not None and was is None:
            return _kind(now)
        if now is None and one.check.CODE == "code-valid-on" and self._changed_hands(other, named, cells[0].strip()):
            return "reused"
        return ""

    def _changed_hands(self, bound: Bound, named: Mapping[str, str], code: str) -> bool:
        """A code may still be in force and mean another unit, which no check sees where no name stands beside it."""
        day = reference_day(named, bound.use)
        was, now = (self._before.on(code, day), self._after.on(code, day)) if day else (None, None)
        return was is not None and now is not None and was != now and not same_unit(was, now)

    def _add(self, number: int, kind: str, code: str, rows: int, first: int) -> None:
        one = self._sums.setdefault((number, kind), _Sum())
        one.rows += rows
        one.codes[code] += rows
        if len(one.examples) < EXAMPLES:
            one.examples.append(first)

    def done(self, rows: int) -> Asked:
        """Give what was counted, the most rows first."""
        columns = [self._column(number, kind, one) for (number, kind), one in self._sums.items()]
        columns.sort(key=lambda one: (-one.rows, one.field, one.check))
        return Asked(rows=rows, touched=self.touched, columns=tuple(columns))

    def _column(self, number: int, kind: str, one: _Sum) -> Touched:
        bound = self._pairs[number][1]
        known = [code for code, _ in one.codes.most_common() if code in self._after.entries]
        return Touched(
            field=bound.label, title=dict(bound.title), check=bound.check.CODE, kind=kind, rows=one.rows,
            values=len(one.codes), examples=tuple(sorted(one.examples)),
            codes=tuple(self._code(code, one.codes[code]) for code in known[:MOST_CODES]),
        )

    def _code(self, code: str, rows: int) -> Code:
        """Describe a code by the entry that the release ended, else by its last one."""
        old = self._before.entries.get(code, ())
        ended = [one for one in self._after.entries[code] if one.valid_to and one not in old]
        entry = (ended or list(self._after.entries[code]))[-1]
        return Code(code=code, name=entry.name, until=entry.valid_to, successors=entry.successors, rows=rows)


def _kind(remark: Remark) -> str:
    return str(remark.params.get("verdict") or remark.params.get("variant") or "differs")


def _text(batch: pa.RecordBatch, name: str) -> pa.Array:
    column = batch.column(batch.schema.get_field_index(name))
    if name == ID:
        return column
    return pc.fill_null(pc.cast(column, pa.string()), "")


def _combinations(table: pa.Table, names: Sequence[str]) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """Give the distinct combinations of some columns, in how many rows each stands, and in which first."""
    grouped = table.group_by(list(names), use_threads=False).aggregate([(ID, "count"), (ID, "min")])
    cells = zip(*(grouped.column(name).to_pylist() for name in names), strict=True)
    yield from zip(
        cells, grouped.column(f"{ID}_count").to_pylist(), grouped.column(f"{ID}_min").to_pylist(), strict=True
    )


def _where(table: pa.Table, names: Sequence[str], cells: Sequence[str]) -> pa.Array:
    """Mark the rows of one combination."""
    found = None
    for name, cell in zip(names, cells, strict=True):
        here = pc.equal(table.column(name).combine_chunks(), cell)
        found = here if found is None else pc.and_(found, here)
    return found
