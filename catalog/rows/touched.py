"""Which rows of a table changed, as ranges of ids: too many is allowed, too few never."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from catalog.rows import Range, Table

WHOLE: Final[Sequence[Range]] = ((0, 2**63 - 1),)
"""Every row there is or was."""
MOST: Final = 200
"""Ranges that are noted of one change; ids that lie apart are put together until there are no more."""
KEPT: Final = 400
"""Revisions of which it is noted."""
WIDER: Final = 8


def of_ids(ids: Iterable[int]) -> list[Range]:
    """Give ranges that hold these ids."""
    return joined((one, one) for one in ids)


def told(table: Table, added: Sequence[Range]) -> Table:
    """Tell where the rows are that were added: new ids are larger than all that were."""
    return replace(table, first=added[0][0], last=added[-1][1]) if added else table


def joined(ranges: Iterable[Range], most: int = MOST) -> list[Range]:
    """Put ranges in order and together where they touch, and those that lie close where they are too many."""
    found, gap = _close(sorted(one for one in ranges if one[0] <= one[1]), 1), 1
    while len(found) > most:
        gap *= WIDER
        found = _close(found, gap)
    return found


def _close(ranges: Sequence[Range], gap: int) -> list[Range]:
    """Put together the ranges, in their order, between which no more than ``gap`` lies."""
    made: list[Range] = []
    for low, high in ranges:
        if made and low <= made[-1][1] + gap:
            made[-1] = (made[-1][0], max(high, made[-1][1]))
        else:
            made.append((low, high))
    return made


def since(noted: Iterable[tuple[int, int, int]], first: int, last: int) -> list[Range] | None:
    """Give what changed behind revision ``first`` up to ``last``, of rows (revision, low, high); None: not known.

    Each revision notes something, also that nothing changed: one without a note was of a program that made none.
    """
    found = [one for one in noted if first < one[0] <= last]
    whole = any((low, high) in WHOLE for _, low, high in found)
    if whole or len({revision for revision, _, _ in found}) != last - first:
        return None
    return joined(((low, high) for _, low, high in found), MOST * 10)
