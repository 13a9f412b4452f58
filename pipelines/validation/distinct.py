"""Our checks over cells: each check is asked once for each distinct combination of the cells it needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.flat import Numbers, arrow, flat, np
from pipelines.validation.findings import CELL, EXAMPLES, Tally
from pipelines.validation.grouped import look_at_groups
from pipelines.validation.screens import ROW_SCREENS, SCREENS, TEXT, Screen, unclean
from pipelines.validation.uses import Bound
from standards.check import Remark
from standards.finding import Finding, Group, Place

REMEMBERED = 200_000
"""How many distinct combinations a check remembers before it begins anew."""
COLUMN_VALUES = 5_000
"""How many distinct suspicious values of a column its column check is shown."""
LINES = 20
"""How many rows of a group a finding names."""


def run_checks(cells: Path, bound: Sequence[Bound], *, limit: int = 1000, sheet: str | None = None) -> Tally:
    """Ask every bound check about a table; ``cells`` is an Arrow IPC file of text columns.

    The findings are in row order up to ``limit`` (0 = all); the groups count all of them. Memory is bounded by one
    batch and what a check remembers (scope group: by numbers of the rows, and the cells of one piece of them);
    ``look`` is called once per distinct combination of cells.
    """
    tally = Tally(limit=limit)
    rows = [_CellCheck(one) for one in bound if one.check.SCOPE in {"cell", "row"}]
    columns = [_ColumnCheck(one) for one in bound if one.check.SCOPE == "column"]
    with pa.memory_map(str(cells)) as source, pa.ipc.open_file(source) as reader:
        for number in range(reader.num_record_batches):
            batch = _Batch(reader.get_batch(number))
            for column in columns:
                column.see(batch)
            _tell(batch, [found for one in rows if (found := one.look(batch)) is not None], tally, sheet)
    for column in columns:
        if (finding := column.judge(sheet)) is not None:
            tally.add(finding)
    for one in bound:
        if one.check.SCOPE == "group":
            for remark, cell, lines in look_at_groups(cells, one):
                tally.add(finding_of_remark(one, remark, cell, row=lines[0], sheet=sheet, lines=lines))
    return tally


class _Batch:
    """A record batch whose columns are dictionary-encoded once, however many checks ask for them."""

    def __init__(self, batch: pa.RecordBatch) -> None:
        self.rows: pa.Int64Array = batch.column(0)
        self._batch = batch
        self._encoded: dict[int, tuple[pa.Array, list[str]]] = {}
        self._unclean: dict[int, tuple[pa.Array, pa.StringArray]] = {}
        self._combined: dict[tuple[int, ...], tuple[Numbers, list[tuple[str, ...]]]] = {}

    def column(self, index: int) -> pa.StringArray:
        """Give a column of cells by its index in the table."""
        return cast("pa.StringArray", self._batch.column(index + 1))

    def encoded(self, index: int) -> tuple[pa.Array, list[str]]:
        """Give a column as numbers and the distinct values they stand for."""
        if index not in self._encoded:
            self._encoded[index] = _encode(self.column(index))
        return self._encoded[index]

    def combined(self, columns: tuple[int, ...]) -> tuple[Numbers, list[tuple[str, ...]]]:
        """Give the distinct combinations of several columns, and the number of the one in each row."""
        if columns not in self._combined:
            self._combined[columns] = _combine([self.encoded(one) for one in columns])
        return self._combined[columns]

    def screened(self, bound: Bound) -> tuple[pa.Array, Any, list[tuple[str, ...]]]:
        """Give the rows that a screen over several columns suspects: places, combination of each, combinations."""
        named = dict(zip(bound.use.needs, (self.column(one) for one in bound.columns), strict=True))
        mask = ROW_SCREENS[bound.check.CODE](named, bound.use)
        places = pc.indices_nonzero(mask)
        if not len(places):
            return places, places, []
        keys, combinations = _combine([_encode(one.filter(mask)) for one in named.values()])
        return places, keys, combinations

    def suspicious(self, code: str, index: int) -> tuple[pa.Array, pa.StringArray]:
        """Give the places and cells of a column that a check's screen suspects."""
        cells = self.column(index)
        if code not in TEXT:
            return _filtered(SCREENS[code], cells)
        if index not in self._unclean:
            self._unclean[index] = _filtered(unclean, cells)
        places, cells = self._unclean[index]
        if not len(cells):
            return places, cells
        among, cells = _filtered(SCREENS[code], cells)
        return places.take(among), cells


def _encode(cells: pa.StringArray) -> tuple[pa.Array, list[str]]:
    encoded = cells.dictionary_encode()
    return encoded.indices, cast("list[str]", encoded.dictionary.to_pylist())


def _filtered(screen: Screen, cells: pa.StringArray) -> tuple[pa.Array, pa.StringArray]:
    places = pc.indices_nonzero(screen(cells))
    return places, cells.take(places)


def _combine(encoded: Sequence[tuple[pa.Array, list[str]]]) -> tuple[Numbers, list[tuple[str, ...]]]:
    """Number the distinct combinations of encoded columns, by hashing, in order of first occurrence."""
    parts = [(flat(numbers).astype(np.int64), values) for numbers, values in encoded]
    keys = parts[0][0]
    for numbers, values in parts[1:]:
        joined = arrow(keys * (len(values) + 1) + numbers).dictionary_encode()
        keys = flat(joined.indices).astype(np.int64)
    places: Numbers = np.empty(int(keys.max()) + 1 if len(keys) else 0, dtype=np.int64)
    places[keys[::-1]] = np.arange(len(keys))[::-1]
    columns = [[values[number] for number in numbers[places]] for numbers, values in parts]
    return keys, list(zip(*columns, strict=True))


@dataclass(slots=True)
class _Found:
    """What one check found in one batch: places in the batch, and for each the number of its remark."""

    bound: Bound
    places: Numbers
    which: Numbers
    remarks: list[Remark | None]
    cells: list[str]


@dataclass(slots=True)
class _CellCheck:
    """A check of cells, with what it has already answered."""

    bound: Bound
    known: dict[tuple[str, ...], Remark | None] = field(default_factory=dict)

    def look(self, batch: _Batch) -> _Found | None:
        """Answer for every row of a batch, asking only about combinations that are new."""
        places, keys, combinations = self._combinations(batch)
        remarks = [self._ask(one) for one in combinations]
        if all(one is None for one in remarks):
            return None
        keys = keys if isinstance(keys, np.ndarray) else flat(keys)
        hit = np.fromiter((one is not None for one in remarks), dtype=bool, count=len(remarks))[keys]
        at = np.flatnonzero(hit) if places is None else flat(places)[hit].astype(np.int64)
        which = keys[hit].astype(np.int64)
        return _Found(self.bound, at, which, remarks, [one[0] for one in combinations])

    def _combinations(self, batch: _Batch) -> tuple[pa.Array | None, Any, list[tuple[str, ...]]]:
        """Give the distinct combinations, the number of the one in each row, and which rows these are (None: all)."""
        columns, code = self.bound.columns, self.bound.check.CODE
        if code in ROW_SCREENS:
            return batch.screened(self.bound)
        if len(columns) > 1:
            keys, combinations = batch.combined(columns)
            return None, keys, combinations
        places = None
        if code in SCREENS:
            places, cells = batch.suspicious(code, columns[0])
            keys, values = _encode(cells)
        else:
            keys, values = batch.encoded(columns[0])
        return places, keys, [(value,) for value in values]

    def _ask(self, cells: tuple[str, ...]) -> Remark | None:
        if cells not in self.known:
            if len(self.known) >= REMEMBERED:
                self.known.clear()
            named = dict(zip(self.bound.use.needs, cells, strict=True))
            self.known[cells] = self.bound.check.look(named, self.bound.use)
        return self.known[cells]


def _tell(batch: _Batch, found: list[_Found], tally: Tally, sheet: str | None) -> None:
    """Count what a batch's checks found, and keep its first findings in row order."""
    for one in found:
        _count(batch, one, tally, sheet)
    if tally.full or not found:
        return
    room = tally.limit - len(tally.findings) if tally.limit else None
    at = np.concatenate([one.places for one in found])
    who = np.repeat(np.arange(len(found)), [len(one.places) for one in found])
    which = np.concatenate([one.which for one in found])
    order = np.lexsort((who, at))[:room]
    rows = flat(batch.rows)
    tally.findings += [_finding(found[who[place]], int(which[place]), int(rows[at[place]]), sheet) for place in order]


def _count(batch: _Batch, found: _Found, tally: Tally, sheet: str | None) -> None:
    """Add one check's findings in one batch to the groups, apart by severity."""
    counts, rows = np.bincount(found.which, minlength=len(found.remarks)), flat(batch.rows)
    by_severity: dict[str, list[int]] = {}
    for number in np.flatnonzero(counts):
        remark = found.remarks[number]
        assert remark is not None
        by_severity.setdefault(_severity(found.bound, remark), []).append(int(number))
    for severity, numbers in by_severity.items():
        places = found.places[np.isin(found.which, numbers)]
        safe = [one for one in numbers if _is_safe(found.remarks[one])]
        tally.count(
            Group(
                code=found.bound.check.CODE,
                severity=severity,  # type: ignore[arg-type]
                field=found.bound.label,
                count=len(places),
                examples=tuple(int(row) for row in rows[places[:EXAMPLES]]),
                fixable=int(counts[safe].sum()),
                sheet=sheet,
            )
        )


def _is_safe(remark: Remark | None) -> bool:
    return bool(remark and remark.fix and remark.fix.safe)


def _severity(bound: Bound, remark: Remark) -> str:
    return bound.use.severity or remark.severity or bound.check.SEVERITY


def _finding(found: _Found, number: int, row: int, sheet: str | None) -> Finding:
    remark = found.remarks[number]
    assert remark is not None
    return finding_of_remark(found.bound, remark, found.cells[number], row=row, sheet=sheet)


def finding_of_remark(
    bound: Bound,
    remark: Remark,
    cell: str | None,
    *,
    row: int | None = None,
    sheet: str | None = None,
    count: int = 1,
    lines: Sequence[int] = (),
) -> Finding:
    """Make a finding of what a check remarked; the cell is cut, and the remark's own (masked) cell goes before it.

    ``lines`` are the record numbers of all rows that a remark on a group is about; they count as one finding.
    """
    shown = remark.cell if remark.cell is not None else cell
    params: dict[str, Any] = {name: _titled(name, value, bound) for name, value in remark.params.items()}
    if len(lines) > 1:
        params["lines"] = [str(one) for one in lines[:LINES]]
    if bound.title:
        params["title"] = dict(bound.title)
    return Finding(
        code=bound.check.CODE,
        severity=_severity(bound, remark),  # type: ignore[arg-type]
        place=Place(
            sheet=sheet,
            row=row,
            column=bound.columns[0] + 1 if bound.columns else None,
            field=bound.label or None,
        ),
        cell=None if shown is None else shown[:CELL],
        params=params,
        basis=remark.basis or bound.check.BASIS,
        fix=remark.fix,
        count=count,
    )


def _titled(name: str, value: Any, bound: Bound) -> Any:
    """Call the columns in a parameter ``…_field`` what people call them."""
    if not name.endswith("_field"):
        return value
    names = [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]
    titles = [bound.titles.get(one) or {"vi": one, "en": one} for one in names]
    return {lang: ", ".join(one.get(lang) or next(iter(one.values())) for one in titles) for lang in ("vi", "en")}


@dataclass(slots=True)
class _ColumnCheck:
    """A check of a whole column: collects its distinct suspicious values and judges at the end."""

    bound: Bound
    values: dict[str, None] = field(default_factory=dict)
    count: int = 0
    first: int | None = None

    def see(self, batch: _Batch) -> None:
        """Collect the suspicious values of one batch (all values where the check has no screen)."""
        cells, rows, code = batch.column(self.bound.columns[0]), batch.rows, self.bound.check.CODE
        if code in SCREENS:
            places, cells = batch.suspicious(code, self.bound.columns[0])
            rows = rows.take(places)
        if not len(cells):
            return
        self.count += len(cells)
        self.first = rows[0].as_py() if self.first is None else self.first
        room = COLUMN_VALUES - len(self.values)
        fresh = cast("list[str]", pc.unique(cells).to_pylist())
        self.values.update(dict.fromkeys(fresh[: max(room, 0)]))

    def judge(self, sheet: str | None) -> Finding | None:
        """Give one finding for the column, with the number of its suspicious cells, or None."""
        seen: Mapping[str, list[str]] = {self.bound.use.field: list(self.values)}
        remark = self.bound.check.look(seen, self.bound.use)
        if remark is None:
            return None
        return finding_of_remark(self.bound, remark, None, row=self.first, sheet=sheet, count=max(self.count, 1))
