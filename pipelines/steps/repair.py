"""Step: make the repairs that were accepted before anything else looks at the cells, and say which others are open."""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from catalog.model import Artefact, TableOutcome
from pipelines import cells, grid
from pipelines.format import Table
from pipelines.repair import form
from pipelines.repair.columns import asked
from pipelines.repair.private import touched
from pipelines.repair.table import Mended, Sheet, mend, plan
from pipelines.step import Opened, Parcel
from pipelines.validation.personal import hides
from standards.finding import Finding
from standards.repair import DATED, KINDS, PRIVATE, Change, Repair, accepted, answers, read
from standards.standard import suggest_columns

BOM = "utf-8-sig"


def run(parcel: Parcel) -> Parcel:
    """Make the accepted repairs: each table's cells are those after it, the original is never touched.

    An original from which a repair took something that had a name is not for the public.
    """
    kinds = accepted(parcel.options.fixes)
    if not kinds or (parcel.options.standard and parcel.options.standard not in parcel.standards.tables):
        return parcel
    done = [_mended(parcel, one, number, kinds) for number, one in enumerate(parcel.tables)]
    original = parcel.original
    if original is not None and any(removed for _, removed in done):
        original = dataclasses.replace(original, public=False)
    return dataclasses.replace(parcel, tables=tuple(one for one, _ in done), original=original)


def _mended(parcel: Parcel, one: Opened, number: int, kinds: frozenset[str]) -> tuple[Opened, bool]:
    """Mend one table; a report form becomes a table first, and what stood around it is no longer for the public."""
    made = form.formed(one.table, one.sheet) if form.KIND in kinds else None
    if made is None:
        return _of_cells(parcel, one, number, kinds)
    table = dataclasses.replace(one, table=made.table, sheet=made.sheet)
    mended, _ = _of_cells(parcel, table, number, kinds)
    if mended.log is not None:
        form.log(mended.log, made.trail)
    return dataclasses.replace(mended, repaired=(made.repair, *mended.repaired)), True


def _of_cells(parcel: Parcel, one: Opened, number: int, kinds: frozenset[str]) -> tuple[Opened, bool]:
    came, out, log = (parcel.work / f"{name}-{number}" for name in ("read.arrow", "mended.arrow", "changes.csv"))
    table, renamed = _renamed(one.table, answers(parcel.options.fixes, "rename"))
    for _ in cells.write(came, table.batches, grid.schema(len(table.labels))):
        pass  # written as it is read
    sheet = dataclasses.replace(_sheet(parcel, table, came), renamed=renamed)
    made = mend(sheet, kinds, out, log)
    came.unlink()
    mended = dataclasses.replace(one, table=_table(table, made, out), repaired=made.repairs, log=log)
    return mended, made.removed


def _renamed(table: Table, asked_for: Mapping[str, str]) -> tuple[Table, Mapping[str, str]]:
    """Give columns their accepted names, and say new → old; a name that another column bears already is not given."""
    labels, renamed = list(table.labels), {}
    for index, label in enumerate(table.labels):
        wanted = asked_for.get(label, "")
        if wanted and wanted not in labels:
            labels[index] = wanted
            renamed[wanted] = label
    return (dataclasses.replace(table, labels=tuple(labels)), renamed) if renamed else (table, {})


def _sheet(parcel: Parcel, table: Table, path: Path) -> Sheet:
    delimiter = str(table.dialect.get("delimiter") or "") if table.format == "csv" else ""
    return Sheet(
        cells=path,
        labels=table.labels,
        asked=asked(table.labels, parcel.options, parcel.today, parcel.standards),
        header=table.first_row - 1,
        ragged=table.ragged,
        bom=table.encoding == BOM,
        encoding="" if table.encoding in (BOM, "utf-8") else table.encoding,
        delimiter="" if delimiter == "," else delimiter,
        successors=answers(parcel.options.fixes, "successor"),
        dated=answers(parcel.options.fixes, "as-of"),
    )


def _table(table: Table, made: Mended, out: Path) -> Table:
    """Give the table that stands where the repaired one stood; no validator reads the original in its place."""
    kinds = {one.kind for one in made.repairs}
    return dataclasses.replace(
        table,
        labels=made.labels,
        batches=_batches(out),
        kinds={
            **{new: table.kinds[old] for new, old in enumerate(made.kept) if old in table.kinds},
            **dict.fromkeys(range(len(made.kept), len(made.labels)), "string"),
        },
        ragged=made.ragged,
        remarks=tuple(said for said in table.remarks if not _is_mended(said, kinds, made.ragged)),
        encoding="utf-8" if table.encoding else "",
        dialect={**table.dialect, **({"delimiter": ","} if table.dialect.get("delimiter") else {})},
        plain=False,
    )


def _batches(path: Path) -> Iterator[pa.RecordBatch]:
    yield from cells.read(path)


def _is_mended(said: Finding, kinds: Collection[str], ragged: Mapping[int, tuple[str, ...]]) -> bool:
    if said.code == "blank-row":
        return "drop-row" in kinds
    return said.code == "extra-cell" and "drop-cell" in kinds and said.place.row not in ragged


def propose(parcel: Parcel) -> Parcel:
    """Add to each table's outcome what was repaired, and what could be where anything was found."""
    tables = tuple(_proposed(parcel, one, number) for number, one in enumerate(parcel.tables))
    return dataclasses.replace(parcel, tables=tables)


def _proposed(parcel: Parcel, one: Opened, number: int) -> Opened:
    found = one.outcome or TableOutcome(resource=one.resource, sheet=one.table.sheet)
    fixes = plan(_sheet(parcel, one.table, one.cells)) if found.groups and one.cells is not None else ()
    offered = form.offered(one.sheet) if all(each.kind != form.KIND for each in one.repaired) else None
    others = (each for each in fixes if each.kind not in _done(one))
    fixes = (*([offered] if offered else []), *_suggested(parcel, one), *others)
    held = frozenset(str(told["field"]) for told in found.personal_data if hides(told))
    held |= touched(accepted(parcel.options.fixes))
    fixes, repaired = _hidden(fixes, held), _hidden(one.repaired, held)
    pins = dict(found.pins)
    if parcel.options.fixes:
        pins["repairs"] = {done.kind: done.count for done in one.repaired}
    artefacts = (*found.artefacts, *_artefacts(parcel, one, number, held), *_rows(parcel, one, number))
    return dataclasses.replace(
        one, outcome=dataclasses.replace(
            found, fixes=fixes, repaired=repaired, pins=pins, artefacts=artefacts,
            unfit=tuple(_unfit(parcel, one, fixes)),
        )
    )


def _unfit(parcel: Parcel, one: Opened, fixes: Sequence[Repair]) -> Iterator[str]:
    """Name what a recipe says and this table does not bear: days, columns that are gone, columns read otherwise."""
    yield from parcel.options.recipe.get("anew", ())
    made = frozenset(f"{each.kind}#{label}" for each in one.repaired for label in each.fields)
    open_ = frozenset(label for each in fixes if not each.safe for label in each.fields)
    for word in parcel.options.recipe.get("fixes", ()):
        said = read(str(word))
        if said is None or not said.column or KINDS[said.kind].safe or f"{said.kind}#{said.column}" in made:
            continue
        if said.column in open_ or (said.column not in one.table.labels and said.answer not in one.table.labels):
            yield str(word)


def _done(one: Opened) -> frozenset[str]:
    """Name the kinds that are not offered again: a column of successors is there already, the day was confirmed."""
    return frozenset(each.kind for each in one.repaired) & DATED


def _suggested(parcel: Parcel, one: Opened) -> Iterator[Repair]:
    """Propose fields of the standard for columns that bear none of its names."""
    standard = parcel.standards.tables.get(parcel.options.standard)
    if standard is None:
        return
    columns = one.profile.columns if one.profile else ()
    meanings = {index: column.meaning for index, column in enumerate(columns) if column.meaning}
    labels = one.table.labels
    found = suggest_columns(standard, labels, meanings)
    changes = tuple(
        Change(row=one.table.first_row - 1, field=labels[index], before=labels[index], after=known.name)
        for index, known in found.items()
    )
    if changes:
        named = tuple(each.before for each in changes)
        yield Repair(kind="rename", safe=False, count=len(changes), fields=named, examples=changes)


def _hidden(repairs: Iterable[Repair], held: Collection[str]) -> tuple[Repair, ...]:
    """Show no cells of columns that are held back as personal data."""
    if not held:
        return tuple(repairs)
    nameless = any(name.startswith("#") for name in held)

    def told(each: Change) -> bool:
        return each.field not in held and not (nameless and each.field == "")

    def shown(one: Repair) -> tuple[Change, ...]:
        if one.kind in PRIVATE:
            return tuple(each if each.before == each.field else dataclasses.replace(each, before=_MASK)
                         for each in one.examples)
        return () if one.preview else tuple(filter(told, one.examples))

    return tuple(dataclasses.replace(one, examples=shown(one), preview={}) for one in repairs)


def _artefacts(parcel: Parcel, one: Opened, number: int, held: Collection[str]) -> Iterator[Artefact]:
    """Keep the log with the version, never for the public; for a check that keeps nothing, give the repaired file."""
    if one.log is None or one.cells is None:
        return
    log = parcel.work / f"{one.resource}.changes.csv"
    _mask(one.log, log, _personal(parcel, one, held))
    yield Artefact(
        resource=one.resource,
        name=log.name,
        role="changes",
        media_type="text/csv",
        path=str(log),
        bytes=log.stat().st_size,
        public=False,
    )
    if not parcel.keep:
        path = parcel.work / f"fixed-{number}.csv"
        rows = cells.write_csv(path, one.table.labels, cells.read(one.cells), one.table.ragged)
        yield Artefact(
            resource=one.resource,
            name=path.name,
            role="csv",
            media_type="text/csv",
            path=str(path),
            bytes=path.stat().st_size,
            rows=rows,
        )


def _rows(parcel: Parcel, one: Opened, number: int) -> Iterator[Artefact]:
    """Give the table as it was checked with the record number in front of each row, to a check that keeps nothing."""
    if parcel.keep or not parcel.extras.get("rows") or one.cells is None:
        return
    path = parcel.work / f"rows-{number}.csv"
    header = one.table.first_row - 1
    ragged = {row: (str(row), *told) for row, told in one.table.ragged.items()}
    rows = cells.write_csv(path, (str(header), *one.table.labels), map(_numbered, cells.read(one.cells)), ragged)
    yield Artefact(resource=one.resource, name=path.name, role="report", media_type="text/csv", path=str(path),
                   bytes=path.stat().st_size, rows=rows, public=False)


def _numbered(one: pa.RecordBatch) -> pa.RecordBatch:
    """Put the record numbers among the cells."""
    numbers = pa.array(map(str, one.column(0).to_pylist()), pa.string())
    names = ["row", "number", *grid.names(one.num_columns - 1)]
    return pa.record_batch([one.column(0), numbers, *one.columns[1:]], names=names)


def _personal(parcel: Parcel, one: Opened, held: Collection[str]) -> frozenset[str]:
    """Name the columns whose cells the log does not show: those held back, and those that may hold persons' numbers."""
    labels = one.table.labels
    told = asked(labels, parcel.options, parcel.today, parcel.standards)
    nameless = {"" for name in held if name.startswith("#")}
    return frozenset({*held, *nameless, *(each.label for each in told if each.personal)})


def _mask(log: Path, target: Path, secret: frozenset[str]) -> None:
    """Move the log, without the values of columns that hold personal data."""
    if not secret:
        log.rename(target)
        return
    with log.open(encoding="utf-8", newline="") as came, target.open("wb") as told:
        for number, (row, column, kind, before, after) in enumerate(csv.reader(came)):
            hidden = number and column in secret and kind not in ("rename", "drop-column", "leave-out")
            new = after if kind in PRIVATE or not after else _MASK
            shown = (_MASK if before else "", new) if hidden else (before, after)
            told.write(cells.line((row, column, kind, *shown)))
    log.unlink()


_MASK = "***"
