"""What a repair is: its kinds with what they do, which of them need a decision, and how acceptance is written down.

An acceptance is a word: ``trim`` (the kind, in every column), ``date-day-first#Ngày cấp`` (in one column), and for the
kinds of ASKING with what was answered: ``rename#Tên trường=school_name``, ``as-of#Ngày=2025-06-30`` (the day that all
rows are of), ``successor=2025-06-30/2025-07-01`` (that day, and the day whose codes are wanted). The kinds of PRIVATE
are said of one column. ``safe`` stands for every kind that needs no decision.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from standards.mended import KINDS, Kind

__all__ = [
    "ASKING", "DATED", "EXAMPLES", "KINDS", "PRIVATE", "SAFE", "SAFE_KINDS", "Accepted", "Change", "Kind", "Repair",
    "accepted", "answers", "day", "days", "kept", "read", "replayed", "takes", "together", "without",
]

EXAMPLES = 3
"""A repair shows so many changes."""

SAFE = "safe"
"""Accepted in place of a kind, it stands for every kind that needs no decision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One cell before and after; ``row`` is the record number in the original (header = 1)."""

    row: int | None = None
    field: str | None = None
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """All changes of one kind: how many, in which columns, and the first few; ``safe`` needs no decision.

    ``asks`` is what has to be answered with the acceptance, each with a proposal (``{"day": "2025-06-30"}``); ``ends``
    counts what became of codes: ``one`` successor, ``several``, ``none``, ``same`` (still in force), ``unknown``.
    ``preview`` shows a repair of the whole sheet: ``before`` and ``after`` (rows of cells, the second with its names of
    columns first), ``plan`` and ``rows``, how many there will be.
    """

    kind: str
    safe: bool
    count: int
    fields: tuple[str, ...] = ()
    examples: tuple[Change, ...] = ()
    asks: Mapping[str, str] = field(default_factory=dict)
    ends: Mapping[str, int] = field(default_factory=dict)
    preview: Mapping[str, Any] = field(default_factory=dict)


SAFE_KINDS = frozenset(name for name, one in KINDS.items() if one.safe)
ASKING = frozenset({"rename", "as-of", "successor"})
"""Kinds whose acceptance holds an answer."""

PRIVATE = frozenset({"generalise", "mask", "leave-out"})
"""Kinds that take personal data out of one column, which is named: nobody accepts them for all."""


DATED = frozenset({"as-of", "successor"})
"""Kinds whose answer is a day: it counts for one file only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """One acceptance taken apart: the kind, the column ("" = every one) and the answer."""

    kind: str
    column: str = ""
    answer: str = ""

    def __str__(self) -> str:
        """Write it as one word."""
        return self.kind + (f"#{self.column}" if self.column else "") + (f"={self.answer}" if self.answer else "")


def read(word: str) -> Accepted | None:
    """Take an acceptance apart; None for a kind that is not there or an answer that is missing or makes no sense."""
    kind, _, rest = word.partition("#")
    answer = ""
    if kind.partition("=")[0] in ASKING and not rest:
        kind, _, answer = kind.partition("=")
    elif kind in ASKING:
        rest, _, answer = rest.rpartition("=")
    whole = {"rename": bool(rest and answer), "as-of": bool(rest) and day(answer) is not None,
             "successor": days(answer) is not None}
    if kind not in KINDS or not whole.get(kind, bool(rest) or kind not in PRIVATE):
        return None
    return Accepted(kind=kind, column=rest, answer=answer)


def day(words: str) -> date | None:
    """Read ``2025-06-30``; None for other words."""
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None


def days(interval: str) -> tuple[date, date] | None:
    """Read ``2025-06-30/2025-07-01``: the day that the data are of and a later one whose codes are wanted."""
    first, _, last = interval.partition("/")
    found = day(first), day(last)
    return (found[0], found[1]) if found[0] and found[1] and found[0] < found[1] else None


def accepted(given: Iterable[str]) -> frozenset[str]:
    """Give what was accepted: kinds, or kinds in a column (``kind#column``); all safe ones where ``safe`` was said."""
    words = frozenset(given)
    taken = (read(one) for one in words)
    named = frozenset(one.kind + (f"#{one.column}" if one.column else "") for one in taken if one is not None)
    return named | (SAFE_KINDS if SAFE in words else frozenset())


def takes(taken: Collection[str], kind: str, column: str) -> bool:
    """Whether a kind was accepted for a column, by itself or for all."""
    return kind in taken or f"{kind}#{column}" in taken


def answers(given: Iterable[str], kind: str) -> Mapping[str, str]:
    """Give the answers that were accepted with a kind, by column ("" = every one)."""
    taken = (read(one) for one in given)
    return {one.column: one.answer for one in taken if one is not None and one.kind == kind}


def without(given: Iterable[str], withdrawn: Collection[str]) -> tuple[str, ...]:
    """Take acceptances back: the words themselves, whole kinds, and one kind out of ``safe``."""
    left: list[str] = []
    for word in given:
        if word == SAFE and SAFE not in withdrawn and not SAFE_KINDS.isdisjoint(withdrawn):
            left += [kind for kind in KINDS if kind in SAFE_KINDS and kind not in withdrawn]
            continue
        one = read(word)
        if word not in withdrawn and (one is None or one.kind not in withdrawn):
            left.append(word)
    return tuple(dict.fromkeys(left))


def kept(given: Iterable[str], made: Iterable[Repair]) -> tuple[str, ...]:
    """Give what a recipe keeps of acceptances: a decision counts for the columns in which it was made, no others."""
    columns: dict[str, dict[str, None]] = {}
    for each in made:
        columns.setdefault(each.kind, {}).update(dict.fromkeys(each.fields))
    words: list[str] = []
    for word in given:
        one = read(word)
        if one is None or one.column or KINDS[one.kind].safe or not columns.get(one.kind):
            words.append(word)
        else:
            words += [str(replace(one, column=column)) for column in columns[one.kind]]
    return tuple(dict.fromkeys(words))


def replayed(given: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Part a recipe's acceptances: those made again, and those asked anew, as a day counts for one file only."""
    words = tuple(given)
    anew = tuple(word for word in words if (one := read(word)) is not None and one.kind in DATED)
    return tuple(word for word in words if word not in anew), anew


def together(repairs: Iterable[Repair]) -> tuple[Repair, ...]:
    """Add up the repairs of several tables by kind, in the order of KINDS."""
    found: dict[str, Repair] = {}
    for one in repairs:
        was = found.get(one.kind)
        found[one.kind] = one if was is None else _added(was, one)
    return tuple(found[kind] for kind in KINDS if kind in found)


def _added(was: Repair, one: Repair) -> Repair:
    shown = (*was.examples, *one.examples)
    return replace(
        was,
        count=was.count + one.count,
        fields=tuple(dict.fromkeys((*was.fields, *one.fields))),
        examples=shown if was.kind == "rename" else shown[:EXAMPLES],
        asks={**one.asks, **was.asks},
        ends=dict(Counter(was.ends) + Counter(one.ends)),
    )
