"""What the readers of raw sheets share: how much is looked at closely, and how rows of cells are gathered."""

from __future__ import annotations

from dataclasses import dataclass, field

from standards.sheet import BLANK, Look, Some

ROWS = 2_000
"""So many rows of a sheet are looked at cell by cell; what lies below them is counted."""
CELLS = 200_000
"""And so many cells: of very wide sheets fewer rows."""
PLACES = 50
"""Of things of one kind so many places are kept."""
LOOKS = 50_000
LONGEST = 32_767
"""A spreadsheet's cell holds no more characters."""


@dataclass(slots=True)
class Tally:
    """Things of one kind: counted, the first places kept."""

    count: int = 0
    places: list[tuple[int, int]] = field(default_factory=list)

    def add(self, row: int, column: int = -1, count: int = 1) -> None:
        """Count one more, at a place."""
        self.count += count
        if len(self.places) < PLACES:
            self.places.append((row, column))

    def some(self) -> Some:
        """Give what was counted."""
        return Some(count=self.count, places=tuple(self.places))


@dataclass(slots=True)
class Gathered:
    """Cells gathered by row and column, with signs and looks."""

    rows: list[dict[int, tuple[str, str]]] = field(default_factory=list)
    looks: dict[tuple[int, int], Look] = field(default_factory=dict)
    cells: int = 0
    last: int = -1
    cut: bool = False

    def wants(self, row: int) -> bool:
        """Whether a row is still looked at closely."""
        return row < ROWS and self.cells < CELLS

    def put(self, row: int, column: int, text: str, kind: str) -> None:
        """Keep one cell."""
        if not text:
            return
        while len(self.rows) <= row:
            self.rows.append({})
        self.rows[row][column] = (text, kind)
        self.cells += 1
        self.last = max(self.last, row)

    def grid(self) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
        """Give the rows as text and as signs, all as wide as the widest."""
        width = max((max(row) + 1 for row in self.rows if row), default=0)
        none = ("", BLANK)
        texts = tuple(tuple(row.get(at, none)[0] for at in range(width)) for row in self.rows)
        kinds = tuple("".join(row.get(at, none)[1] for at in range(width)) for row in self.rows)
        return texts, kinds
