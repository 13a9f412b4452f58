"""Look-ups for repairs: what a code of a confirmed reference day is called on another day; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from standards.codelist import Codelist, Entry
from standards.release import same_unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Recoding:
    """What a code of one day is on a later day: ``codes`` whole successors first; empty when the trail is lost.

    ``same`` says that the code still means the same unit; ``certain`` that there is exactly one code to put.
    """

    code: str
    codes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    same: bool = False

    @property
    def certain(self) -> bool:
        """Whether exactly one code takes the place."""
        return len(self.codes) == 1


def recode(codes: Codelist, code: str, reference: date, to: date) -> Recoding | None:
    """Say what a code that was in force on the reference day is called on another, later day.

    None when the code was not in force on the reference day: then nothing can be said about the data. Pure; whoever
    recodes needs a confirmed reference day, since a code by itself does not say whose it is.
    """
    was = codes.on(code, reference)
    if was is None:
        return None
    if was.valid_on(to):
        return Recoding(code=code, codes=(code,), names=(was.name,), same=True)
    heirs = tuple(dict.fromkeys(_heirs(codes, was, to, frozenset())))
    named = [next(one for one in codes.entries[each] if one.valid_on(to)) for each in heirs]
    same = heirs == (code,) and same_unit(was, named[0])
    return Recoding(code=code, codes=heirs, names=tuple(one.name for one in named), same=same)


def _heirs(codes: Codelist, ended: Entry, to: date, seen: frozenset[tuple[str, date | None]]) -> Iterator[str]:
    for code in dict.fromkeys(ended.successors):
        born = codes.on(code, ended.valid_to) if ended.valid_to else None
        if born is None or (code, born.valid_from) in seen:
            continue
        if born.valid_on(to):
            yield code
        elif born.valid_to is not None and born.valid_to <= to:
            yield from _heirs(codes, born, to, seen | {(code, born.valid_from)})
