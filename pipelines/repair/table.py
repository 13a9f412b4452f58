"""A table planned and mended: what the whole of it shows first, then its rules batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from pipelines import cells, grid
from pipelines.flat import flat, np
from pipelines.repair import private
from pipelines.repair.columns import Asked
from pipelines.repair.doubles import Doubles
from pipelines.repair.mending import LOG, Bench, Tally, apply
from pipelines.repair.readings import Readings
from pipelines.repair.rules import (
    Evidence,
    Rule,
    day_rules,
    name_rules,
    old_font,
    old_text,
    read_rules,
    text_rules,
    zero_rules,
)
from pipelines.repair.successor import Column, Proposal, coded, wanted
from standards.repair import PRIVATE, SAFE_KINDS, Change, Repair
from standards.text import telltales, vni_pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table as it lies in cells, with what the reading of its file left beside them.

    ``cells`` is an Arrow IPC file (``row`` and text columns); ``header`` the record number of the labels; ``ragged``
    the rows that do not fit, as they stand, by record number; ``bom`` whether the file began with a byte order mark;
    ``encoding`` what the file was read with, where that was not UTF-8, ``delimiter`` likewise where it was no comma.
    ``renamed`` are labels that have been changed already: new → as it came. ``successors`` are the columns of codes
    whose successors are wanted (label, "" = all → ``first day/last day``), ``dated`` the columns of dates that get one
    day in every row (label → day).
    """

    cells: Path
    labels: tuple[str, ...]
    asked: tuple[Asked, ...]
    header: int = 1
    ragged: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    bom: bool = False
    encoding: str = ""
    delimiter: str = ""
    renamed: Mapping[str, str] = field(default_factory=dict)
    successors: Mapping[str, str] = field(default_factory=dict)
    dated: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """A table after its repair: new labels and ragged rows, the columns that stayed, and what was done.

    Behind the columns that stayed stand those that were added. ``removed`` says that something that held values or a
    name was taken out (a column, a repeated row): the original then stays private.
    """

    labels: tuple[str, ...]
    kept: tuple[int, ...]
    ragged: Mapping[int, tuple[str, ...]]
    repairs: tuple[Repair, ...]
    removed: bool = False


def plan(sheet: Sheet) -> tuple[Repair, ...]:
    """Say what can be mended: safe kinds as if all were accepted, the others as they would then be proposed."""
    tally, doubles = Tally(), Doubles()
    evidence = _study(sheet, SAFE_KINDS)
    rules = _rules(sheet, evidence)
    codes = [Proposal(index=at, bound=bound, labels=sheet.labels) for at, bound in coded(sheet.asked)]
    for one in cells.read(sheet.cells):
        bench = _worked(one, rules, sheet, SAFE_KINDS, tally)
        _count_blank(bench, _blank(bench, sheet), tally)
        doubles.see(bench)
        for each in codes:
            each.see(bench)
    for each in codes:
        each.tell(tally)
    _count_doubles(doubles.proven(_benches(sheet, rules, SAFE_KINDS)), tally)
    _around(sheet, evidence, tally)
    return tally.repairs()


def mend(sheet: Sheet, accepted: frozenset[str], out: Path, log: Path) -> Mended:
    """Write the mended cells to ``out`` and every change to ``log`` (CSV: row, column, kind, before, after).

    The cells that are given are not touched. A log line's row is the record number in the original; a column that was
    taken out is told in the line of the header.
    """
    evidence = _study(sheet, accepted)
    rules, done = [*_rules(sheet, evidence), *private.rules(sheet.labels, accepted)], Tally()
    left_out = private.left_out(sheet.labels, accepted)
    dropped = _dropped(sheet, evidence, accepted) - left_out
    dropped = dropped if len(dropped) + len(left_out) < len(sheet.labels) else frozenset()
    kept = tuple(index for index in range(len(sheet.labels)) if index not in dropped | left_out)
    labels, added = _labels(sheet, evidence, accepted), wanted(sheet.asked, dict(sheet.successors))
    repeated = _repeated(sheet, rules, accepted)
    schema, left = grid.schema(len(kept) + len(added)), _ragged(sheet, accepted)
    ragged: dict[int, tuple[str, ...]] = {}
    with (
        pa.OSFile(str(out), "wb") as sink,
        pa.ipc.new_file(sink, schema) as writer,
        log.open("wb") as told,
    ):
        told.write(cells.line(LOG.names))
        out_of_it = dict.fromkeys(dropped, "drop-column") | dict.fromkeys(left_out, private.LEFT_OUT)
        for line in _header_lines(sheet, evidence, labels, out_of_it):
            told.write(cells.line(line))
        for one in cells.read(sheet.cells):
            bench = _worked(one, rules, sheet, accepted, done)
            gone = _gone(bench, sheet, accepted, repeated, done)
            more = [each.make(bench, done) for each in added]
            ragged |= _refitted(bench, left, kept, more)
            _log(told, bench)
            mended = pa.record_batch([bench.rows, *(bench.columns[index] for index in kept), *more], schema=schema)
            writer.write_batch(mended.filter(pc.invert(gone)))
        for number in sorted(sheet.ragged.keys() - left.keys()):
            told.write(cells.line((str(number), "", "drop-cell", _extra(sheet, number), "")))
    _around(sheet, evidence, done)
    for index in sorted(left_out):
        label = sheet.labels[index]
        done.add(private.LEFT_OUT, 1, label, [Change(row=sheet.header, field=label, before=label)])
    _read_otherwise(sheet, done, added)
    repairs = tuple(one for one in done.repairs() if _was_made(one, accepted))
    removed = any(sheet.labels[index].strip() for index in dropped) or bool(repeated)
    removed = removed or any(one.kind in PRIVATE for one in repairs)
    labels = (*(labels[index] for index in kept), *(each.added for each in added))
    return Mended(labels=labels, kept=kept, ragged=ragged, repairs=repairs, removed=removed)


def _was_made(one: Repair, accepted: frozenset[str]) -> bool:
    if one.kind in PRIVATE:
        return True  # nothing of the kind is done where it was not asked for
    return one.kind in accepted or any(f"{one.kind}#{label}" in accepted for label in one.fields)


def _read_otherwise(sheet: Sheet, done: Tally, added: Sequence[Column]) -> None:
    """Count what the reading of the file changed already: encoding, delimiter, names of columns."""
    if sheet.encoding:
        done.add("encoding", 1, "", [Change(before=sheet.encoding, after="utf-8")])
    if sheet.delimiter:
        done.add("delimiter", 1, "", [Change(before=sheet.delimiter, after=",")])
    for label, before in sheet.renamed.items():
        done.add("rename", 1, before, [Change(row=sheet.header, field=before, before=before, after=label)])
    for each in added:
        done.ends.update(each.ends)


# --- the whole first -------------------------------------------------------------------------------------------------


def _study(sheet: Sheet, accepted: frozenset[str]) -> list[Evidence]:
    """Look at all cells once: old fonts, emptiness, and the readings of columns that want dates or numbers."""
    evidence = [Evidence(readings=Readings(wanted=one.wants) if one.wants else None) for one in sheet.asked]
    text = [list(text_rules(index, one)) if one.wants else [] for index, one in enumerate(sheet.asked)]
    for one in cells.read(sheet.cells):
        bench = Bench(rows=one.column(0), columns=list(one.columns[1:]))
        for index, seen in enumerate(evidence):
            came = bench.columns[index]
            for rule in text[index]:
                apply(bench, rule, sheet.asked, accepted, Tally())
            seen.see(came, bench.columns[index])
            bench.log.clear()
    return evidence


def _rules(sheet: Sheet, evidence: Sequence[Evidence]) -> list[Rule]:
    """List all rules in the order in which they are applied: text before readings, codes last."""
    found: list[Rule] = []
    for index, one in enumerate(sheet.asked):
        found += old_font(index, evidence[index])
        found += text_rules(index, one, old=evidence[index].font == "tcvn3")
        found += read_rules(index, evidence[index])
    for index, one in enumerate(sheet.asked):
        found += day_rules(index, sheet.dated.get(one.label, ""))
    for one in sheet.asked:
        found += zero_rules(one)
    for one in sheet.asked:
        found += name_rules(one)
    return found


def _benches(
    sheet: Sheet, rules: Sequence[Rule], accepted: frozenset[str]
) -> Iterator[Bench]:
    for one in cells.read(sheet.cells):
        yield _worked(one, rules, sheet, accepted, Tally())


def _worked(one: pa.RecordBatch, rules: Sequence[Rule], sheet: Sheet, accepted: frozenset[str], tally: Tally) -> Bench:
    bench = Bench(rows=one.column(0), columns=list(one.columns[1:]))
    for rule in rules:
        apply(bench, rule, sheet.asked, accepted, tally)
    return bench


# --- rows, columns and what stands beside the cells ------------------------------------------------------------------


def _repeated(sheet: Sheet, rules: Sequence[Rule], accepted: frozenset[str]) -> Mapping[int, int]:
    """Find the rows that repeat another once they are mended, where it was accepted that they go."""
    if "duplicate-row" not in accepted:
        return {}
    doubles = Doubles()
    for bench in _benches(sheet, rules, accepted):
        doubles.see(bench)
    return doubles.proven(_benches(sheet, rules, accepted))


def _gone(
    bench: Bench, sheet: Sheet, accepted: frozenset[str], repeated: Mapping[int, int], done: Tally
) -> pa.BooleanArray:
    """Say of each row whether it is taken out: blank, or a repetition; count and log those."""
    gone = pc.and_(_blank(bench, sheet), "drop-row" in accepted)
    if "drop-row" in accepted:
        _count_blank(bench, gone, done, log=True)
    if not repeated:
        return gone
    again = pc.is_in(bench.rows, pa.array(list(repeated), pa.int64()))
    rows = bench.rows.filter(again)
    _count_doubles({row: repeated[row] for row in rows.to_pylist()}, done)
    if len(rows):
        first = pa.array([str(repeated[row]) for row in rows.to_pylist()], pa.string())
        bench.log.append((rows, "", "duplicate-row", first, pa.array([""] * len(rows), pa.string())))
    return pc.or_(gone, again)


def _count_doubles(repeated: Mapping[int, int], tally: Tally) -> None:
    if repeated:
        shown = [Change(row=row, before=str(first)) for row, first in list(repeated.items())[:3]]
        tally.add("duplicate-row", len(repeated), "", shown)


def _blank(bench: Bench, sheet: Sheet) -> pa.BooleanArray:
    """Say of each row whether it holds nothing, beyond the last column too."""
    names = grid.names(len(bench.columns))
    blank = grid.is_blank(pa.record_batch([bench.rows, *bench.columns], names=["row", *names]))
    full = [number for number, row in sheet.ragged.items() if any(cell.strip() for cell in row)]
    return pc.and_not(blank, pc.is_in(bench.rows, pa.array(full, pa.int64()))) if full else blank


def _refitted(
    bench: Bench, ragged: Mapping[int, tuple[str, ...]], kept: Sequence[int], more: Sequence[pa.StringArray]
) -> Mapping[int, tuple[str, ...]]:
    """Put the mended cells into the rows that do not fit; what stands beyond the last column stays."""
    if not ragged or not len(bench.rows):
        return {}
    numbers, width = flat(bench.rows), len(bench.columns)
    found = {}
    for number in ragged.keys() & set(range(int(numbers[0]), int(numbers[-1]) + 1)):
        at = int(np.searchsorted(numbers, number))
        if numbers[at] == number:
            row = ragged[number]
            mended = [bench.columns[index][at].as_py() for index in kept if index < len(row)]
            added = [one[at].as_py() for one in more] if len(row) >= width else []
            found[number] = (*mended, *added, *row[width:])
    return found


def _count_blank(bench: Bench, blank: pa.BooleanArray, tally: Tally, *, log: bool = False) -> None:
    rows = bench.rows.filter(blank)
    if not len(rows):
        return
    tally.add("drop-row", len(rows), "", [Change(row=row.as_py()) for row in rows[:3]])
    if log:
        nothing = pa.array([""] * len(rows), pa.string())
        bench.log.append((rows, "", "drop-row", nothing, nothing))


def _around(sheet: Sheet, evidence: Sequence[Evidence], tally: Tally) -> None:
    """Count the repairs of what is not a cell: the mark before the file, columns, cells beyond the last column."""
    if sheet.bom:
        tally.add("bom", 1, "", [])
    for index in _dropped(sheet, evidence, frozenset({"drop-column"})):
        label = sheet.labels[index]
        tally.add("drop-column", 1, label, [Change(row=sheet.header, field=label, before=label)])
    for number in sheet.ragged.keys() - _ragged(sheet, frozenset({"drop-cell"})).keys():
        tally.add("drop-cell", 1, "", [Change(row=number, before=_extra(sheet, number))])


def _dropped(sheet: Sheet, evidence: Sequence[Evidence], accepted: frozenset[str]) -> frozenset[int]:
    """Find the columns without any value that nobody asks for; a table keeps one column at least."""
    if "drop-column" not in accepted or not any(one.num_rows for one in cells.read(sheet.cells)):
        return frozenset()
    empty = frozenset(index for index, one in enumerate(sheet.asked) if evidence[index].empty and not one.known)
    return empty if len(empty) < len(sheet.labels) else frozenset()


def _ragged(sheet: Sheet, accepted: frozenset[str]) -> Mapping[int, tuple[str, ...]]:
    """Keep the rows that still do not fit when blank cells beyond the last column are gone."""
    if "drop-cell" not in accepted:
        return sheet.ragged
    width = len(sheet.labels)
    return {
        number: row
        for number, row in sheet.ragged.items()
        if len(row) <= width or any(cell.strip() for cell in row[width:])
    }


def _extra(sheet: Sheet, number: int) -> str:
    return ",".join(sheet.ragged[number][len(sheet.labels) :])


def _labels(sheet: Sheet, evidence: Sequence[Evidence], accepted: frozenset[str]) -> tuple[str, ...]:
    """Rewrite labels in an old font where the cells of the table were, and the labels show its signs themselves."""
    old = [one for one in evidence if one.font]
    fonts = {one.font for one in old}
    if len(fonts) != 1 or not fonts <= accepted or any(one.mixed for one in old):
        return sheet.labels
    if not (vni_pairs(sheet.labels) if "vni" in fonts else telltales(sheet.labels)):
        return sheet.labels
    return tuple(old_text(label, *fonts) or label for label in sheet.labels)


def _header_lines(
    sheet: Sheet, evidence: Sequence[Evidence], labels: Sequence[str], out: Mapping[int, str]
) -> Iterator[Sequence[str]]:
    header = str(sheet.header)
    font = next((one.font for one in evidence if one.font), "")
    for index, (before, after) in enumerate(zip(sheet.labels, labels, strict=True)):
        if before in sheet.renamed:
            yield header, sheet.renamed[before], "rename", sheet.renamed[before], before
        if before != after:
            yield header, before, font, before, after
        if index in out:
            yield header, after, out[index], after, ""


def _log(told: BinaryIO, bench: Bench) -> None:
    if not bench.log:
        return
    table = bench.logged()
    for one in table.combine_chunks().to_batches():
        first = pa.array([0] * one.num_rows, pa.int64())
        told.write(cells.lines(pa.record_batch([first, *one.columns], names=["", *LOG.names])))
