"""Where the header of a text table stands, how deep it is, what the columns are called, and whether there is one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipelines import grid
from pipelines.format import ReadOptions, Unreadable
from pipelines.grid import FIGURE
from standards.heading import JOINT, Span, clean, find_heading
from standards.mentions import concealed
from standards.reading import Guess

Rows = Sequence[Sequence[str]]

YEARS = range(1900, 2101)
ENOUGH = 4
"""A table of fewer records proves nothing about a header that is not there."""
MOST = 0.9
BODY = 60
_DATE = re.compile(r"^\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ].*)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """``labels``; ``last`` is the record number before the first record of data, ``row`` that of the labels (0: none).

    ``plain`` says that a reader who is told ``row`` finds the same labels and the same first record of data.
    """

    labels: tuple[str, ...]
    last: int
    row: int
    depth: int = 1
    plain: bool = True
    missing: bool = False
    guess: Guess


def find(rows: Rows, skip: int, options: ReadOptions) -> Header:
    """Find the header among the first records; ``skip`` of them are no part of the table at all."""
    if options.header_row is not None:
        return _asked(rows, options)
    found = grid.find_header(rows[skip:])
    if found is None:
        raise Unreadable("empty-file")
    at = skip + found
    if options.header_rows is None and _is_data(rows, at):
        cell = concealed(JOINT.join(clean(one) for one in rows[at][:3]))
        guess = _guess(0, str(at + 1), "no-header", sure="likely", cell=cell)
        return _none(rows, at, guess)
    if options.header_rows is not None:
        return _deep(rows, _top(rows, skip, at, options.header_rows), options.header_rows)
    deep = _deeper(rows, skip, at)
    return deep or _single(rows, skip, at)


def _single(rows: Rows, skip: int, at: int) -> Header:
    above = [row for row in rows[skip:at] if grid.filled(row)]
    if above:
        cell = concealed(JOINT.join(clean(one) for one in above[0] if one.strip()))
        guess = _guess(at + 1, str(skip + 1), "below", sure="likely", rows=at - skip, cell=cell)
    else:
        guess = _guess(at + 1, "0", "first", sure="certain")
    labels = _fitted(rows[at], rows[at + 1 :])
    numbered = _numbered(rows, at)
    return Header(
        labels=labels, last=at + 1 + numbered, row=at + 1, plain=labels == tuple(rows[at]) and not numbered, guess=guess
    )


def _numbered(rows: Rows, at: int) -> bool:
    """Whether the record under the labels only numbers the columns, as forms do: A, B, 1, 2, 3=2/1."""
    seen = find_heading(list(rows[at : at + BODY]))
    return seen is not None and seen.first == 0 and seen.depth == 1 and seen.numbers


def _asked(rows: Rows, options: ReadOptions) -> Header:
    row = options.header_row or 0
    if row == 0:
        at = next((index for index, one in enumerate(rows) if grid.filled(one)), None)
        if at is None:
            raise Unreadable("empty-file")
        return _none(rows, at, _guess(0, "", "asked", sure="certain", overridden=True))
    if row > len(rows) or not rows[row - 1]:
        raise Unreadable("no-header", row=row)
    if (options.header_rows or 1) > 1:
        return _deep(rows, row - (options.header_rows or 1), options.header_rows or 1)
    guess = _guess(row, "", "asked", sure="certain", overridden=True)
    return Header(labels=tuple(rows[row - 1]), last=row, row=row, guess=guess)


def _none(rows: Rows, at: int, guess: Guess) -> Header:
    width = _width(rows[at:])
    labels = tuple(f"column_{number}" for number in range(1, width + 1))
    return Header(labels=labels, last=at, row=0, depth=0, plain=False, missing=True, guess=guess)


def _width(rows: Rows) -> int:
    widths = Counter(len(row) for row in rows if grid.filled(row))
    return max(widths, key=lambda one: (widths[one], one)) if widths else 1


# --- several rows -----------------------------------------------------------------------------------------------------


def _deeper(rows: Rows, skip: int, at: int) -> Header | None:
    """Join labels from several rows where those of one row are not enough, and columns of figures stand under them."""
    labels = [clean(one) for one in rows[at]]
    following = [clean(one) for one in rows[at + 1]] if at + 1 < len(rows) else []
    if all(labels) and len(set(labels)) == len(labels):
        return None
    seen = find_heading(rows[skip:], _across(rows[skip:], at - skip))
    if seen is None or seen.depth < 2 or not seen.first <= at - skip < seen.first + seen.depth:  # noqa: PLR2004
        return None
    first, last = skip + seen.first, skip + seen.body
    if not _is_above_figures(rows, first, skip + seen.first + seen.depth, last) or not following:
        return None
    width = _width(rows[last:])
    names = [*seen.labels, *[""] * (width - len(seen.labels))]
    guess = _guess(skip + seen.first + seen.depth, str(at + 1), "several", sure="likely", rows=seen.depth)
    return Header(
        labels=tuple(names), last=last, row=skip + seen.first + seen.depth, depth=seen.depth, plain=False, guess=guess
    )


def _across(rows: Rows, at: int) -> list[Span]:
    """Say over which columns the words of all but the last row above the figures stand: up to the next word."""
    start = at
    while start > 0 and grid.filled(rows[start - 1]) > 1:
        start -= 1
    end = next((index for index in range(at, len(rows)) if any(FIGURE.match(cell) for cell in rows[index])), at)
    found = []
    for index in range(start, end - 1):
        words = [column for column, cell in enumerate(rows[index]) if cell.strip()]
        for column, following in zip(words, [*words[1:], len(rows[index])], strict=True):
            if following - column > 1:
                found.append((index, column, index, following - 1))
    return found


def _is_above_figures(rows: Rows, first: int, end: int, body: int) -> bool:
    """Whether some column holds figures in nearly all records below, and words in the rows of the header."""
    below = [row for row in rows[body : body + BODY] if grid.filled(row) > 1]
    if len(below) < 2:  # noqa: PLR2004 - one record proves nothing
        return False
    for column in range(max(map(len, below))):
        cells = [row[column] for row in below if column < len(row) and row[column].strip()]
        heads = [row[column] for row in rows[first:end] if column < len(row) and row[column].strip()]
        if not cells or not heads or any(FIGURE.match(one) for one in heads):
            continue
        if sum(1 for one in cells if FIGURE.match(one)) >= MOST * len(cells):
            return True
    return False


def _top(rows: Rows, skip: int, at: int, depth: int) -> int:
    """Say where a header of so many rows begins when one of its rows stands at ``at``: rows above it may belong."""
    first = at
    while first > skip and at - first + 1 < depth and grid.filled(rows[first - 1]) > 1:
        first -= 1
    return first


def _deep(rows: Rows, first: int, depth: int) -> Header:
    """Join the labels of so many rows, the words of a group carried on to the right."""
    last = first + depth - 1
    if first < 0 or last >= len(rows):
        raise Unreadable("no-header", row=last + 1)
    width = max(map(len, rows[first : last + 1]))
    block = [[*row, *[""] * (width - len(row))] for row in rows[first : last + 1]]
    for number, row in enumerate(block):
        for column in range(1, width if number + 1 < depth else 0):
            fresh = any(above[column] != above[column - 1] for above in block[:number])
            if not row[column].strip() and not fresh:
                row[column] = row[column - 1]
    labels = tuple(
        JOINT.join(dict.fromkeys(clean(row[column]) for row in block if row[column].strip())) for column in range(width)
    )
    guess = _guess(last + 1, "", "asked", sure="certain", overridden=True, rows=depth)
    return Header(labels=labels, last=last + 1, row=last + 1, depth=depth, plain=depth == 1, guess=guess)


# --- none at all ------------------------------------------------------------------------------------------------------


def _is_data(rows: Rows, at: int) -> bool:
    """Whether the record that would be the header is one of data: every column of figures holds one there too.

    Years are what columns of figures are called by, so a record whose figures are years is a header; so is one whose
    words stand above figures. Two columns of figures, or one beside a repeated word, have to say so.
    """
    head, below = rows[at], [row for row in rows[at + 1 : at + BODY] if grid.filled(row)]
    width = _width(below)
    below = [row for row in below if len(row) == width]
    if len(below) < ENOUGH or len(head) != width:
        return False
    kinds = [_kind([row[column] for row in below]) for column in range(width)]
    typed = [column for column, kind in enumerate(kinds) if kind]
    if not typed or any(_kind([head[column]]) != kinds[column] for column in typed if head[column].strip()):
        return False
    said = [column for column in typed if head[column].strip()]
    if not said or all(_is_year(head[column]) for column in said):
        return False
    if _in_steps([head[column] for column in said]):
        return False
    repeated = sum(1 for column in range(width) if not kinds[column] and head[column].strip() in _few(below, column))
    return len(said) + repeated > 1 and len(said) >= 0.7 * len(typed)


def _few(below: Rows, column: int) -> set[str]:
    """Give the words of a column that come more than once."""
    counts = Counter(row[column].strip() for row in below)
    return {word for word, count in counts.items() if count > 1 and word}


def _kind(cells: Sequence[str]) -> str:
    said = [cell for cell in cells if cell.strip()]
    if not said:
        return ""
    if sum(1 for cell in said if _DATE.match(cell)) >= MOST * len(said):
        return "date"
    return "figure" if sum(1 for cell in said if FIGURE.match(cell)) >= MOST * len(said) else ""


def _is_year(cell: str) -> bool:
    return cell.strip().isascii() and cell.strip().isdigit() and int(cell) in YEARS


def _in_steps(cells: Sequence[str]) -> bool:
    """Whether figures count on by equal steps (1, 2, 3; 0, 5, 10): columns are called so, rows rarely hold that."""
    numbers = [int(cell) for cell in cells if cell.strip().isascii() and cell.strip().isdigit()]
    if len(numbers) < 3 or len(numbers) < len(cells):  # noqa: PLR2004 - two make no series
        return False
    return len({later - one for one, later in pairwise(numbers)}) == 1 and numbers[0] < numbers[1]


# --- trailing delimiters ----------------------------------------------------------------------------------------------


def _fitted(head: Sequence[str], below: Rows) -> tuple[str, ...]:
    """Make the labels as many as the cells of most records where only blank ones at the end make the difference.

    A column of row numbers whose label was left away (as R writes tables) gets a blank label before the others.
    """
    labels, body = list(head), [row for row in below if grid.filled(row)]
    width = _width(body) if body else len(labels)
    same = [row for row in body if len(row) == width]
    if not body or width == len(labels) or len(same) < max(2, MOST * len(body)):
        return tuple(labels)
    if width > len(labels):
        if not any(cell.strip() for row in same for cell in row[len(labels) :]):
            return (*labels, *[""] * (width - len(labels)))
        if width == len(labels) + 1 and [row[0] for row in same[:9]] == [str(n) for n in range(1, len(same[:9]) + 1)]:
            return ("", *labels)
        return tuple(labels)
    return tuple(labels[:width]) if not any(cell.strip() for cell in labels[width:]) else tuple(labels)


def _guess(row: int, other: str, evidence: str, *, sure: str, overridden: bool = False, **params: object) -> Guess:
    return Guess(
        what="header",
        chosen=str(row),
        option="header_row",
        alternatives=(other,) if other else (),
        sure="certain" if sure == "certain" else "likely",
        evidence=evidence,
        params=params,
        overridden=overridden,
    )
