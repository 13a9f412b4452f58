"""What became of a table's columns from one version to another, and whether that breaks what readers built on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from catalog.model import ColumnInfo

ColumnChangeKind = Literal["added", "removed", "type", "meaning", "moved"]

WIDER: Final = frozenset({("integer", "number"), ("year", "integer"), ("date", "datetime")})
"""Types that hold all that the one before held, in the same words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnChange:
    """One column that came, went, or means or is something else; ``breaking``: who reads it by name is disturbed."""

    name: str
    change: ColumnChangeKind
    before: str = ""
    after: str = ""
    breaking: bool = False


def column_changes(before: Sequence[ColumnInfo], after: Sequence[ColumnInfo]) -> tuple[ColumnChange, ...]:
    """Compare the columns of two versions of a table by name. A renamed column is one that went and one that came.

    Breaking: a column went; its type holds less than before or other values; its codes are of another list. Not
    breaking: a column came, or stands in another place (readers take columns by name).
    """
    return tuple(_changes({one.name: one for one in before}, {one.name: one for one in after}))


def _changes(before: dict[str, ColumnInfo], after: dict[str, ColumnInfo]) -> Iterator[ColumnChange]:
    for name, one in before.items():
        if name not in after:
            yield ColumnChange(name=name, change="removed", before=one.type, breaking=True)
    kept_before = [name for name in before if name in after]
    kept_after = [name for name in after if name in before]
    for name, one in after.items():
        was = before.get(name)
        if was is None:
            yield ColumnChange(name=name, change="added", after=one.type)
            continue
        if was.type != one.type:
            yield ColumnChange(name=name, change="type", before=was.type, after=one.type,
                               breaking=(was.type, one.type) not in WIDER)
        if (was.meaning or "") != (one.meaning or ""):
            yield ColumnChange(name=name, change="meaning", before=was.meaning or "", after=one.meaning or "",
                               breaking=bool(was.meaning))
        if kept_before.index(name) != kept_after.index(name):
            yield ColumnChange(name=name, change="moved", before=str(kept_before.index(name) + 1),
                               after=str(kept_after.index(name) + 1))


def breaks(changes: Sequence[ColumnChange]) -> bool:
    """Whether any of them disturbs readers."""
    return any(one.breaking for one in changes)
