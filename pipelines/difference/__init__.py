"""What changed between two versions of a table, row by row: the shapes; ``statement`` asks, ``keeping`` keeps.

Two rows are the same row when they agree in the key (the standard's, or one that the reader names); without a key,
rows are compared whole, each as often as it occurs. Only columns that both versions have are compared: a column that
came or went is told by ``catalog/columns.py`` and makes no row a changed one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

Change = Literal["changed", "added", "removed"]
CHANGES: Final[tuple[Change, ...]] = ("changed", "added", "removed")
"""In the order in which a difference tells them; their numbers in a file of pairs are their places here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One version of a table: its Parquet file, the file's hash, and the types of its published columns by name."""

    path: str
    sha256: str
    types: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two versions of a table to be compared: by ``key``, or whole rows without one; ``columns`` are those of both."""

    old: Side
    new: Side
    key: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are compared, in the order of the newer version."""
        return tuple(name for name in self.new.types if name in self.old.types)

    @property
    def loose(self) -> frozenset[str]:
        """Columns whose type is another now: they are compared by what they say, 5 and 5.0 being alike."""
        return frozenset(name for name in self.columns if self.old.types[name] != self.new.types[name])


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many rows changed, came and went; of those that changed, in how many each column did."""

    changed: int = 0
    added: int = 0
    removed: int = 0
    columns: Mapping[str, int]

    def of(self, wanted: str) -> int:
        """How many there are of one kind of change, of all for ""."""
        return {"changed": self.changed, "added": self.added, "removed": self.removed}.get(
            wanted, self.changed + self.added + self.removed)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """One row that changed: its number in the old and in the new table, its cells there, and the columns that differ.

    ``place`` is its place in the whole difference, from 1.
    """

    place: int
    change: Change
    old_row: int | None
    new_row: int | None
    old: Mapping[str, Any]
    new: Mapping[str, Any]
    differs: Sequence[str] = ()
