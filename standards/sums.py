"""Sums in a form: whether what is called a total is the sum of what stands over, under or below it in the numbering."""

from __future__ import annotations

import re
from collections.abc import Sequence

from standards.numbering import Mark, marks_of
from standards.page import Page
from standards.text import fold

_PARTLY = re.compile(r"^\W*(trong do|bao gom|gom|of which|including)\b|内訳|うち")

Difference = tuple[int, int, float, float]
"""A sum that does not add up: row and column from 0, what stands there, what its parts add up to."""


def number(text: str) -> float | None:
    """Read a figure as a form writes it: spaces and points apart thousands, brackets for a minus, or give None."""
    bare = text.strip().replace("\u00a0", "").replace(" ", "").replace("\u2212", "-")
    minus = bare.startswith("(") and bare.endswith(")")
    bare = bare.strip("()")
    if re.fullmatch(r"[-+]?\d{1,3}(\.\d{3})+(,\d+)?", bare):
        bare = bare.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?", bare):
        bare = bare.replace(",", "")
    elif re.fullmatch(r"[-+]?\d+,\d+", bare):
        bare = bare.replace(",", ".")
    try:
        return -float(bare) if minus else float(bare)
    except ValueError:
        return None


def differences(
    page: Page, measures: Sequence[int], sums: Sequence[int], groups: Sequence[int] = ()
) -> list[Difference]:
    """Give the sums of a flat form that do not add up: row, column, what stands there, what its parts add up to.

    A sum may stand over its parts or under them, for the whole table or for its group; shares are not added. It
    differs only where no such reading adds up.
    """
    rows, (start, end) = page.sheet.rows, page.body
    others = set(sums) | set(groups)
    found = []
    for row in sums:
        for column in measures:
            told = number(rows[row][column])
            if told is None:
                continue
            ways = _ways(row, start, end, others)
            added = [_added(rows, way, column) for way in ways if way]
            if added and not any(_same(told, total, count) for total, count in added if count):
                found.append((row, column, told, added[0][0]))
    return found


def _ways(row: int, start: int, end: int, others: set[int]) -> list[list[int]]:
    """List the runs of rows that a sum may be of: all, those up to the sum before it, those up to the sum after it."""
    plain = [one for one in range(start, end) if one not in others]
    over = max((one for one in others if one < row), default=start - 1)
    under = min((one for one in others if one > row), default=end)
    before = [one for one in plain if over < one < row]
    after = [one for one in plain if row < one < under]
    over_all, under_all = [one for one in plain if one < row], [one for one in plain if one > row]
    return [one for one in (plain, before, after, over_all, under_all) if one]


def _added(rows: Sequence[Sequence[str]], way: Sequence[int], column: int) -> tuple[float, int]:
    parts = [part for one in way if (part := number(rows[one][column])) is not None]
    return sum(parts), len(parts)


def _same(told: float, total: float, count: int) -> bool:
    """Whether a sum is right within what rounding of its parts allows."""
    step = 0.5 if told == int(told) else 0.05
    return abs(told - total) <= max(step * (count + 1) if total != int(total) else 0.0, abs(told) * 1e-9)


def below(page: Page, measures: Sequence[int]) -> list[Difference]:
    """Give the rows of a numbered form that differ from the sum of the rows right below them in the numbering.

    Only where every one of at least two such rows has a figure, and none is called "of which".
    """
    found = marks_of(page)
    if found is None:
        return []
    marks = found.marks
    parts: dict[int, list[Mark]] = {}
    for one in marks.values():
        if one.above is not None:
            parts.setdefault(one.above, []).append(one)
    totals = [row for row, one in marks.items() if one.level == 0]
    for at, row in enumerate(totals):
        end = totals[at + 1] if at + 1 < len(totals) else page.body[1]
        parts[row] = [one for one in marks.values() if one.level == 1 and row < one.row < end]
    return [each for row, some in parts.items() for each in _against(page, row, [one.row for one in some], measures)]


def _against(page: Page, row: int, parts: Sequence[int], measures: Sequence[int]) -> list[Difference]:
    rows = page.sheet.rows
    said = [fold(cell) for part in (row, *parts) for cell in rows[part][:4]]
    if len(parts) < 2 or any(_PARTLY.search(word) for word in said):  # noqa: PLR2004 - one part is no sum
        return []
    found = []
    for column in measures:
        told = number(rows[row][column])
        total, count = _added(rows, parts, column)
        if told is not None and count == len(parts) and not _same(told, total, count):
            found.append((row, column, told, total))
    return found
