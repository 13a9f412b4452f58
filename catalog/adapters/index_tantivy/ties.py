"""Hits that are alike in what they are put in order by: a further key decides, over the borders of a page too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

SPARE: Final = 16
"""Hits behind a page that are looked at for being like its last."""

WIDER: Final = 8
MOST: Final = 20_000
"""Hits alike on either side of a page up to which the further key decides; behind that the engine's own order does."""

Hit = tuple[Any, Any]
Part = Callable[[int, int], Sequence[Hit]]
"""Gives so many hits behind so many, as (key, address), by the first key alone."""

Keys = Callable[[Sequence[Any]], Sequence[Any]]
"""Gives the further keys of addresses, greatest first."""


def settled(part: Part, keys: Keys, offset: int, limit: int) -> list[Hit]:
    """Give hits behind so many in their whole order."""
    first, last, step = max(0, offset - 1), offset + limit + SPARE, SPARE
    hits = part(first, last - first)
    while step < MOST:
        step *= WIDER
        before = first > 0 and _alike(hits, 0, offset - first)
        behind = len(hits) == last - first and _alike(hits, offset + limit - 1 - first, len(hits) - 1)
        if not before and not behind:
            break
        first, last = max(0, first - step) if before else first, last + step if behind else last
        hits = part(first, last - first)
    ordered: list[Hit] = []
    for _, group in groupby(hits, key=itemgetter(0)):
        some = list(group)
        at = first + len(ordered)
        inside = at < offset + limit and at + len(some) > offset
        ordered += _by_keys(some, keys) if inside and len(some) > 1 else some
    return ordered[offset - first : offset - first + limit]


def _alike(hits: Sequence[Hit], one: int, other: int) -> bool:
    """Whether two hits are alike, if both are there."""
    return 0 <= one < len(hits) and 0 <= other < len(hits) and bool(hits[one][0] == hits[other][0])


def _by_keys(some: list[Hit], keys: Keys) -> list[Hit]:
    every = list(zip(keys([one[1] for one in some]), some, strict=True))
    every.sort(key=itemgetter(0), reverse=True)
    return [one for _, one in every]
