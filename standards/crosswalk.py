"""Crosswalk: areas of one day as areas of another, whole ones put together, parts marked and never guessed; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from standards.codelist import Codelist
from standards.recoding import recode

Status = Literal["same", "merged", "split", "ended", "unknown", "empty"]
Wholeness = Literal["whole", "incomplete", "partial", "unassigned"]
Number = int | float | Decimal
Key = tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """What became of one area: ``code`` and ``name`` where the whole of it is in one area of the later day.

    ``same``: it goes on unchanged; ``merged``: the whole of it lies in that area now, which may hold others too;
    ``split``: parts went into ``heirs``; ``ended``: nothing is known to come after it; ``unknown``: the code was not in
    force on the first day.
    """

    status: Status
    code: str = ""
    name: str = ""
    heirs: tuple[str, ...] = ()


def area(codes: Codelist, code: str, first: date, last: date) -> Area:
    """Say where the area that bore ``code`` on the first day lies on the last one (not before the first)."""
    if not code:
        return Area(status="empty")
    found = recode(codes, code, first, last)
    if found is None:
        return Area(status="unknown")
    if found.certain:
        was = codes.on(code, first)
        goes_on = was is not None and was.valid_on(last)  # one that took others in bears its number and name on
        return Area(status="same" if goes_on else "merged", code=found.codes[0], name=found.names[0])
    return Area(status="split" if found.codes else "ended", heirs=found.codes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Of which areas of the first day an area of the last day is made: those whole in it, and those partly."""

    whole: frozenset[str] = frozenset()
    partly: frozenset[str] = frozenset()


def parts(codes: Codelist, first: date, last: date) -> Mapping[str, Parts]:
    """Say of every area of the last day of which areas of the first day it is made."""
    whole: defaultdict[str, set[str]] = defaultdict(set)
    partly: defaultdict[str, set[str]] = defaultdict(set)
    for entry in codes.valid_on(first):
        found = area(codes, entry.code, first, last)
        if found.code:
            whole[found.code].add(entry.code)
        for heir in found.heirs:
            partly[heir].add(entry.code)
    return {code: Parts(whole=frozenset(whole[code]), partly=frozenset(partly[code])) for code in {*whole, *partly}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a table says of one area of the first day, in one group (a year, say): rows and sums of its columns."""

    group: Key
    code: str
    rows: int
    sums: tuple[Number | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One area of the last day in one group, put together.

    ``whole``: it is made of whole areas, and the table has all of them. ``incomplete``: the table lacks ``missing``;
    the sums are of what it has. ``partial``: part of ``split`` lies in it, so there are no sums. ``unassigned``: the
    rest, one area of the first day each, with its own sums and why (``why``); with them nothing is lost.
    """

    group: Key
    wholeness: Wholeness
    code: str = ""
    name: str = ""
    made_of: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    split: tuple[str, ...] = ()
    rows: int = 0
    sums: tuple[Number | None, ...] | None = None
    why: Status | None = None


@dataclass(slots=True)
class _Pile:
    name: str
    codes: set[str] = field(default_factory=set)
    rows: int = 0
    sums: list[Number | None] = field(default_factory=list)


def put_together(
    codes: Codelist, given: Iterable[Given], days: tuple[date, date], made_of: Mapping[str, Parts]
) -> Iterator[Made]:
    """Put whole areas together by group and area of the last day, in order of both; the unassigned ones last.

    ``made_of`` is what ``parts`` says of these days; making it takes a while, so that one may keep it.
    """
    first, last = days
    piles: dict[tuple[Key, str], _Pile] = {}
    left: list[Made] = []
    for one in given:
        found = area(codes, one.code, first, last)
        if not found.code:
            left.append(Made(group=one.group, wholeness="unassigned", made_of=(one.code,), rows=one.rows,
                             sums=one.sums, split=found.heirs, why=found.status))
            continue
        pile = piles.setdefault((one.group, found.code), _Pile(name=found.name, sums=[None] * len(one.sums)))
        pile.codes.add(one.code)
        pile.rows += one.rows
        pile.sums = [_plus(before, more) for before, more in zip(pile.sums, one.sums, strict=True)]
    for (group, code), pile in sorted(piles.items(), key=lambda pair: (_order(pair[0][0]), pair[0][1])):
        yield _made(group, code, pile, made_of[code])
    yield from sorted(left, key=lambda one: (_order(one.group), one.made_of))


def _made(group: Key, code: str, pile: _Pile, of: Parts) -> Made:
    missing, split = tuple(sorted(of.whole - pile.codes)), tuple(sorted(of.partly))
    wholeness: Wholeness = "partial" if split else "incomplete" if missing else "whole"
    return Made(
        group=group, wholeness=wholeness, code=code, name=pile.name, made_of=tuple(sorted(pile.codes)),
        missing=missing, split=split, rows=pile.rows, sums=None if split else tuple(pile.sums),
    )


def _plus(before: Number | None, more: Number | None) -> Number | None:
    if before is None or more is None:
        return before if more is None else more
    if isinstance(before, float) or isinstance(more, float):
        return float(before) + float(more)
    return before + more


def _order(group: Sequence[object]) -> tuple[str, ...]:
    return tuple("" if one is None else str(one) for one in group)
