"""Step: look at every cell once: write the cells down for the steps that follow, and describe each column."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from catalog.model import TableOutcome
from pipelines import cells, grid
from pipelines.step import Merged, Opened, Parcel
from pipelines.steps.profile.evidence import EXACT, Evidence, Reading
from pipelines.steps.profile.guesses import of_column
from pipelines.steps.profile.meaning import meaning
from pipelines.steps.profile.merge import merge
from pipelines.steps.profile.numbers import commonest, spread
from standards.finding import Finding, Place
from standards.profile import Column, Profile
from standards.reading import Guess, Overrides, overrides
from standards.registry import SHIPPED, Standards
from standards.text import fold

_YEARS = re.compile(r"(^|[^a-z])(nam|year|annee|nien do|fy)([^a-z]|$)|年")


def profile(parcel: Parcel) -> Parcel:
    """Write each table's cells to an Arrow file and describe them; an append or correction is merged with its base."""
    tables = tuple(_profiled(parcel, one, number) for number, one in enumerate(parcel.tables))
    return dataclasses.replace(parcel, tables=tables)


run = profile


def _profiled(parcel: Parcel, one: Opened, number: int) -> Opened:
    table = one.table
    path = parcel.work / f"cells-{number}.arrow"
    said = overrides(parcel.options.read)
    guesses: list[Guess] = []
    seen = describe(path, table.labels, table.batches, table.kinds, said, parcel.standards, guesses)
    remarks = tuple(dataclasses.replace(each, place=_in_sheet(each, table.sheet)) for each in table.remarks)
    made = None
    if not table.plain or any(each.code in grid.CHANGED for each in remarks):
        made = parcel.work / f"records-{number}.csv"
        cells.write_csv(made, table.labels, cells.read(path), table.ragged)
    merged, more = _merged(parcel, one, seen, path, number, said)
    outcome = dataclasses.replace(
        one.outcome or TableOutcome(resource=one.resource, sheet=table.sheet), understood=(*table.understood, *guesses)
    )
    return dataclasses.replace(
        one, cells=path, profile=seen, csv=made, remarks=(*remarks, *more), merged=merged, outcome=outcome
    )


def _in_sheet(said: Finding, sheet: str | None) -> Place:
    return dataclasses.replace(said.place, sheet=sheet)


def _merged(  # noqa: PLR0917 - one call, one place
    parcel: Parcel, one: Opened, seen: Profile, path: Path, number: int, said: Overrides
) -> tuple[Merged | None, Sequence[Finding]]:
    """Put the rows of an append or correction together with those they build on, and describe the whole."""
    base = parcel.base.get(one.resource)
    if parcel.options.update == "replace" or base is None:
        return None, ()
    whole = parcel.work / f"merged-{number}.arrow"
    joined = merge(parcel, one, seen, path, base)
    if joined.batches is None:
        return None, joined.remarks
    labels, kinds = one.table.labels, one.table.kinds
    described = describe(whole, labels, joined.batches(), kinds, said, parcel.standards)
    return Merged(cells=whole, profile=described, periods=joined.periods, changes=joined.changes), joined.remarks


def describe(  # noqa: PLR0917 - as profile knows them
    path: Path,
    labels: Sequence[str],
    batches: Iterable[pa.RecordBatch],
    kinds: Mapping[int, str],
    said: Overrides,
    standards: Standards = SHIPPED,
    guesses: list[Guess] | None = None,
) -> Profile:
    """Write cells to ``path`` and give their profile: kinds by evidence from every cell, counts, spread.

    What was guessed of the columns is added to ``guesses``.
    """
    width = len(labels)
    limit = max(1_000, min(EXACT, 4_000_000 // width))
    columns = [Evidence(limit=limit, said=said.of(label)) for label in labels]
    rows = blank_rows = 0
    for one in cells.write(path, batches, grid.schema(width)):
        blank = grid.is_blank(one)
        blanks = pc.sum(blank).as_py() or 0
        kept = one.filter(pc.invert(blank)) if blanks else one
        rows, blank_rows = rows + kept.num_rows, blank_rows + blanks
        for index, column in enumerate(columns):
            column.add(kept.column(index + 1))
    described = tuple(
        _column(path, index, label, columns[index], kinds.get(index) or "", standards)
        for index, label in enumerate(labels)
    )
    if guesses is not None:
        guesses += (one for index, column in enumerate(described) for one in of_column(index, column, columns[index]))
    return Profile(rows=rows, blank_rows=blank_rows, columns=described)


def _column(  # noqa: PLR0917 - one call, one place
    path: Path, index: int, label: str, seen: Evidence, declared: str, standards: Standards
) -> Column:
    reading = seen.verdict(declared)
    if declared == "geojson":
        reading = Reading(kind="geojson", pattern="")
    if reading is not None and reading.kind == "integer" and _is_year(label, seen):
        reading = dataclasses.replace(reading, kind="year")
    absent = tuple(seen.absent) if reading else ()
    low, high, counts = spread(_pieces(path, index), reading, absent) if reading else (None, None, ())
    texts = reading is None or reading.kind in ("integer", "year")
    return Column(
        name=label,
        kind=reading.kind if reading else "string",
        missing=seen.missing + (sum(seen.absent.values()) if reading else 0),
        distinct=max(seen.distinct.count(seen.rows - seen.missing) - len(absent), 0),
        minimum=low,
        maximum=high,
        top=commonest(seen.distinct.top(), reading),
        meaning=meaning(label, seen.distinct.values.slice(0, 2_000).to_pylist(), standards) if texts else None,
        format=reading.format if reading else "",
        decimal=reading.decimal if reading else "",
        group=reading.group if reading else "",
        histogram=counts,
        approximate=not seen.distinct.exact,
        absent=absent,
    )


def _is_year(label: str, seen: Evidence) -> bool:
    """Whether whole numbers are years: the label says so and all of them lie between 1500 and 2199."""
    if not _YEARS.search(fold(label)) or not seen.distinct.exact:
        return False
    values = seen.distinct.values
    return bool(len(values)) and bool(
        pc.all(pc.match_substring_regex(values, r"^\s*(1[5-9]|2[01])[0-9]{2}\s*$")).as_py()
    )


def _pieces(path: Path, index: int) -> Iterator[pa.StringArray]:
    for one in cells.read(path):
        yield one.column(index + 1)
