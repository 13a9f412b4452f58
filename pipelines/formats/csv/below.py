"""What stands below a header and is no row of its table: comments, the header again, a second table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from pipelines import grid
from pipelines.grid import FIGURE, Notes

MOST_HELD = 200_000
"""How many records may follow where a second table seems to begin, before that is given up."""
GATHERED = 8_192
LEAST = 2
"""Records of a second table beside its header."""
MOSTLY = 0.9


def cleaned(stream: Iterator[pa.RecordBatch], labels: Sequence[str], notes: Notes) -> Iterator[pa.RecordBatch]:
    """Leave comments and repeated headers out, and stop where a second table begins; each is told in a remark."""
    yield from _without_second(_without_repeats(_gathered(stream), labels, notes), labels, notes)


def _gathered(stream: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Put small batches together: ragged records come in batches of their own."""
    held: list[pa.RecordBatch] = []
    rows = 0
    for one in stream:
        held.append(one)
        rows += one.num_rows
        if rows >= GATHERED:
            yield pa.concat_batches(held) if len(held) > 1 else held[0]
            held, rows = [], 0
    if held:
        yield pa.concat_batches(held) if len(held) > 1 else held[0]


def _without_repeats(stream: Iterator[pa.RecordBatch], labels: Sequence[str], notes: Notes) -> Iterator[pa.RecordBatch]:
    for one in stream:
        for number in _repeats(one, labels):
            notes.dropped.add(number)
            notes.remark("header-repeated", "warning", row=number, cell=labels[0])
        if notes.comment:
            _told_comments(one, notes)
        yield _kept(one, notes.dropped)


def _repeats(one: pa.RecordBatch, labels: Sequence[str]) -> list[int]:
    """Give the numbers of the records that hold the labels again, word by word."""
    if len(labels) < 2 or not any(labels):  # noqa: PLR2004 - one word may well be a value too
        return []
    same = pc.equal(one.column(1), labels[0])
    if not pc.any(same).as_py():
        return []
    rows = one.filter(same)
    for index, label in enumerate(labels[1:], 2):
        rows = rows.filter(pc.equal(rows.column(index), label))
    return [int(number) for number in rows.column(0).to_pylist()]


def _told_comments(one: pa.RecordBatch, notes: Notes) -> None:
    """Tell of records that only hold a comment; the first cell of each begins with its mark."""
    if not notes.dropped or not one.num_rows:
        return
    first, last = one.column(0)[0].as_py(), one.column(0)[-1].as_py()
    told = {said.place.row for said in notes.remarks if said.code in ("comment-skipped", "header-repeated")}
    for number in sorted(number for number in notes.dropped if first <= number <= last and number not in told):
        notes.remark("comment-skipped", "info", row=number)


def _kept(one: pa.RecordBatch, dropped: set[int]) -> pa.RecordBatch:
    if not dropped or not one.num_rows:
        return one
    mask = pc.is_in(one.column(0), value_set=pa.array(sorted(dropped), pa.int64()))
    return one.filter(pc.invert(mask)) if pc.any(mask).as_py() else one


# --- a second table ---------------------------------------------------------------------------------------------------


def _without_second(stream: Iterator[pa.RecordBatch], labels: Sequence[str], notes: Notes) -> Iterator[pa.RecordBatch]:
    figures: list[int] | None = None
    for one in stream:
        figures = _figures(one) if figures is None and one.num_rows else figures or []
        at = _second(one, figures, notes)
        if at is None:
            yield one
            continue
        held, rows = [one.slice(at)], one.num_rows - at
        for more in stream:
            held.append(more)
            rows += more.num_rows
            if rows > MOST_HELD:
                break
        start = int(one.column(0)[at].as_py())
        if rows > MOST_HELD or not _is_second(held, len(labels), notes):
            yield one
            yield from held[1:]
            continue
        yield one.slice(0, at)
        _tell(held, start, notes)


def _figures(one: pa.RecordBatch) -> list[int]:
    """Name the columns in which nearly all of the first records hold figures."""
    found = []
    head = one.slice(0, 200)
    for index in range(1, one.num_columns):
        said = [cell for cell in head.column(index).to_pylist() if cell and not cell.isspace()]
        if len(said) > 1 and sum(1 for cell in said if FIGURE.match(cell)) >= MOSTLY * len(said):
            found.append(index)
    return found


def _second(one: pa.RecordBatch, figures: Sequence[int], notes: Notes) -> int | None:
    """Find the index of the first record that may head a second table: after a blank one, worded like labels."""
    if one.num_rows < LEAST + 1:
        return None
    blank = pc.equal(one.column(1), "")
    if not pc.any(blank).as_py():
        return None
    blank = grid.is_blank(one)
    blanks = [at for at, empty in enumerate(blank.to_pylist()) if empty]
    for at in blanks:
        following = at + 1
        if following >= one.num_rows - LEAST or blank[following].as_py():
            continue
        for start in (following, following + 1):  # a title may stand over it
            if start < one.num_rows - LEAST and _heads(one, start, figures, notes):
                return following
    return None


def _row(one: pa.RecordBatch, at: int, notes: Notes) -> Sequence[str]:
    number = one.column(0)[at].as_py()
    return notes.ragged.get(number) or [str(column[at].as_py()) for column in one.columns[1:]]


def _heads(one: pa.RecordBatch, at: int, figures: Sequence[int], notes: Notes) -> bool:
    row, width = _row(one, at, notes), one.num_columns - 1
    said = [cell.strip() for cell in row]
    if len(said) < 2 or not all(said) or len(set(said)) < len(said) or any(FIGURE.match(cell) for cell in said):  # noqa: PLR2004
        return False
    below = [_row(one, at + offset, notes) for offset in range(1, LEAST + 1)]
    if len(row) != width:
        return all(len(other) == len(row) for other in below)
    return bool(figures) and any(FIGURE.match(other[index - 1]) for other in below for index in figures)


def _is_second(held: Sequence[pa.RecordBatch], width: int, notes: Notes) -> bool:
    """Whether everything from there to the end agrees with the second header rather than with the first."""
    rows = [_row(one, at, notes) for one in held for at in range(one.num_rows)]
    filled = [row for row in rows if grid.filled(row)]
    head = filled[0] if len(filled[0]) > 1 and grid.filled(filled[0]) > 1 else filled[1]
    if len(head) == width:
        return True
    same = sum(1 for row in filled if len(row) == len(head))
    first = sum(1 for row in filled if len(row) == width)
    return same > LEAST and (first == 0 or same >= MOSTLY * len(filled))


def _tell(held: Sequence[pa.RecordBatch], start: int, notes: Notes) -> None:
    rows = sum(one.num_rows for one in held)
    cell = ", ".join(cell for cell in _row(held[0], 0, notes) if cell.strip())[:200]
    notes.remarks[:] = [said for said in notes.remarks if said.place.row is None or said.place.row < start]
    for number in [number for number in notes.ragged if number >= start]:
        del notes.ragged[number]
    notes.remark("second-table", "error", row=start, cell=cell, rows=rows)
