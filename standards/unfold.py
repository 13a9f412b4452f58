"""A form made a table by its plan: long where it was a crosstab, each row with its place in the numbering, its unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from standards.form import NAMES, SIGN, Form
from standards.heading import clean
from standards.numbering import Mark, marks_of, unbulleted
from standards.page import Page, left_out
from standards.sheet import address

PREVIEW = 20
"""So many rows are shown before and after."""

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfolded:
    """A form as a table: names of columns, rows, and what became of each cell of the sheet.

    ``trail`` has one member for each cell that said something: its row on the sheet (from 1), its column's name (or its
    address, outside the table), what it says, and where it is now: "B7 #12 #13" (records of the table, header = 1),
    "B5 header" (in names of columns), "" (not in the table).
    """

    labels: Row
    rows: tuple[Row, ...]
    trail: tuple[tuple[int, str, str, str], ...]


def unfold(form: Form, page: Page) -> Unfolded:
    """Make the table that a plan says."""
    return _Work(form, page).done()


class _Work:
    """Walks down the rows of a form and writes those of the table."""

    def __init__(self, form: Form, page: Page) -> None:
        self.form, self.page, self.names = form, page, NAMES[form.language]
        found = marks_of(page) if form.numbering is not None else None
        self.marks: dict[int, Mark] = dict(found.marks) if found else {}
        self.cells = _filled(page, form)
        self.signs = any(SIGN.match(self.cells[row][one]) for row in range(*form.body) for one in form.measures)
        self.rows: list[Row] = []
        self.homes: dict[tuple[int, int], list[int]] = {}

    def done(self) -> Unfolded:
        group, skipped = "", {*self.form.dropped, *self.page.gaps}
        for row in range(*self.form.body):
            if row in self.form.groups:
                group = clean(next(cell for cell in self.cells[row] if cell.strip()))
            elif row not in skipped:
                self._row(row, group)
        return Unfolded(labels=_distinct(self._labels()), rows=tuple(self.rows), trail=tuple(self._trail()))

    def _labels(self) -> list[str]:
        form, names = self.form, self.names
        found = [names["group"]] * bool(form.groups)
        found += [names[key] for key in ("code", "level", "above", "upper")] * bool(self.marks)
        found += [self.page.labels[one] or f"#{one + 1}" for one in form.stubs]
        found += [names["sum"]] * self._sums()
        if not form.long:
            return [*found, *(self.page.labels[one] for one in form.measures), *[names["unit"]] * self._unit()]
        found += [names[key] for key in form.dimensions]
        return [*found, names["value"], *[names["unit"]] * self._unit(), *[names["sign"]] * self.signs]

    def _sums(self) -> bool:
        return bool(set(self.form.sums) - set(self.form.dropped))

    def _unit(self) -> bool:
        return self.form.unit_column is None and any(self.form.units)

    def _row(self, row: int, group: str) -> None:
        form = self.form
        before = [group] * bool(form.groups) + self._place(row)
        before += [self._stub(row, one) for one in form.stubs]
        before += ["true" if row in form.sums else "false"] * self._sums()
        if not form.long:
            self._wide(row, before)
            return
        for at, column in enumerate(form.measures):
            cell = self.cells[row][column].strip()
            if not cell:
                continue
            sign = bool(SIGN.match(cell))
            after = ["" if sign else cell, *[form.units[at]] * self._unit(), *[cell if sign else ""] * self.signs]
            self.rows.append((*before, *form.members[at], *after))
            self._home(row, column)
            for one in self._described():
                self._home(row, one)

    def _wide(self, row: int, before: list[str]) -> None:
        cells = [self.cells[row][one].strip() for one in self.form.measures]
        if not any(cells) and self.marks:
            return
        own = dict.fromkeys(one for one in self.form.units if one)
        self.rows.append((*before, *cells, *["; ".join(own)] * self._unit()))
        for one in (*self._described(), *self.form.measures):
            self._home(row, one)

    def _described(self) -> Sequence[int]:
        return self.form.stubs if self.form.numbering is None else (self.form.numbering, *self.form.stubs)

    def _home(self, row: int, column: int) -> None:
        self.homes.setdefault((row, column), []).append(len(self.rows) + 1)

    def _stub(self, row: int, column: int) -> str:
        text = clean(self.cells[row][column])
        return unbulleted(text) if self.marks else text

    def _place(self, row: int) -> list[str]:
        """Give code, level, upper code and upper name of a numbered row."""
        if not self.marks:
            return []
        mark = self.marks.get(row)
        if mark is None:
            return ["", "", "", ""]
        above = self.marks.get(mark.above) if mark.above is not None else None
        name = self._stub(above.row, self.form.stubs[0]) if above and self.form.stubs else ""
        return [mark.code, str(mark.level), above.code if above else "", name]

    def _trail(self) -> list[tuple[int, str, str, str]]:
        found = []
        first, depth = self.form.header
        for at, row in enumerate(self.page.sheet.rows):
            for column, cell in enumerate(row):
                if cell.strip():
                    found.append(self._fate(at, column, cell, names=first <= at < first + depth))
        return found

    def _fate(self, row: int, column: int, cell: str, *, names: bool) -> tuple[int, str, str, str]:
        where = address(row, column)
        homes = [f"#{one}" for one in self.homes.get((row, column), ())[:PREVIEW]]
        label = self.page.labels[column] if homes and column < len(self.page.labels) else where
        now = f"{where} header" if names else " ".join((where, *homes)) if homes else ""
        return row + 1, label or where, clean(cell), now


def _filled(page: Page, form: Form) -> list[list[str]]:
    """Give the rows with what merged cells of describing columns hold written into each row that they cover."""
    cells = [list(row) for row in page.sheet.rows]
    for top, left, bottom, right in page.sheet.merges:
        if form.body[0] <= top and bottom < form.body[1] and left == right and left in form.stubs:
            for row in range(top + 1, bottom + 1):
                cells[row][left] = cells[top][left]
    first = next((one for one in page.columns if one.said), None)
    if first is not None and first.index in form.stubs and form.numbering is None:
        for row, column in left_out(page, first):
            if row not in form.sums:
                cells[row][column] = cells[row - 1][column]
    return cells


def _distinct(labels: Sequence[str]) -> Row:
    """Give columns names of their own: the second of a name is numbered."""
    found: list[str] = []
    for label in labels:
        name, count = label, 1
        while name in found:
            count += 1
            name = f"{label} {count}"
        found.append(name)
    return tuple(found)
