"""Masking: cells of columns held back do not leave the sandbox; findings, profile, preview and report hide them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from standards.finding import Finding
from standards.profile import Profile
from standards.reading import Guess

STARS = "*"
_SHOWN = 3
_LONGEST = 24


def mask(cell: str) -> str:
    """Mask one cell: at most three characters stay, and never more than a quarter of them."""
    text = cell.strip()
    shows = min(_SHOWN, len(text) // 4)
    return text[:shows] + STARS * (min(len(text), _LONGEST) - shows)


def finding(one: Finding, columns: Collection[int]) -> Finding:
    """Mask the cell of a finding in a column that is held back, and drop what its sentence would repeat of it.

    The column's own name stays: it is no cell. A missing key shows cells of all its columns, ``columns`` of the params.
    """
    if columns and one.place.column is None and one.code in _REPEATS:
        return replace(one, params={key: value for key, value in one.params.items() if key in _OF_A_REFERENCE})
    places = {one.place.column, *(one.params.get("columns", ()) if one.code == "foreign-key" else ())}
    if one.place.column is None or one.code in _OURS or not any(place - 1 in columns for place in places):
        return one
    harmless = _HARMLESS | _OF_A_REFERENCE if one.code == "foreign-key" else _HARMLESS
    own = one.place.field
    kept = {key: value for key, value in one.params.items() if key in harmless or (own and value == own)}
    fix = replace(one.fix, after=None) if one.fix else None
    return replace(one, cell=None if one.cell is None else mask(one.cell), params=kept, fix=fix)


_REPEATS = frozenset({"foreign-key", "row-constraint", "deviated-value", "required-value"})
"""Errors of whole rows and tables whose sentence repeats values, of any column."""

_OF_A_REFERENCE = frozenset({"of", "table", "there"})
"""Names of columns and tables."""

_OURS = frozenset({"personal-data", "personal-data-asked"})
"""Findings whose cell is a masked sample already, and whose sentence repeats nothing."""

_HARMLESS = frozenset(
    {"variant", "type", "constraint", "format", "title", "wanted", "positions", "other", "kind", "names"}
)


def profile(one: Profile | None, columns: Collection[int]) -> Profile | None:
    """Leave out the values that a profile shows of columns held back; counts stay."""
    if one is None or not columns:
        return one
    return replace(
        one,
        columns=tuple(
            replace(each, minimum=None, maximum=None, top=(), histogram=()) if index in columns else each
            for index, each in enumerate(one.columns)
        ),
    )


def guess(one: Guess, columns: Collection[int]) -> Guess:
    """Leave out the cell that proves a guess where it may come from a column held back."""
    if not columns or (one.column is not None and one.column - 1 not in columns):
        return one
    return replace(one, params={key: value for key, value in one.params.items() if key != "cell"})


def rows(shown: Sequence[Sequence[str]], columns: Collection[int]) -> tuple[tuple[str, ...], ...]:
    """Mask the columns held back in rows that are shown."""
    return tuple(tuple(mask(cell) if index in columns else cell for index, cell in enumerate(row)) for row in shown)


def report(told: Mapping[str, Any], columns: Collection[int]) -> Mapping[str, Any]:
    """Mask the columns held back in the descriptor of a Frictionless report: cells, rows and notes that repeat."""
    if not columns:
        return told
    tasks = [{**task, "errors": [_error(one, columns) for one in task.get("errors", ())]} for task in told["tasks"]]
    return {**told, "tasks": tasks}


def _error(one: Mapping[str, Any], columns: Collection[int]) -> dict[str, Any]:
    masked = dict(one)
    cells = one.get("cells")
    secret: list[str] = []
    if cells is not None:
        secret = [cell for index, cell in enumerate(cells) if index in columns and cell]
        masked["cells"] = [mask(cell) if index in columns and cell else cell for index, cell in enumerate(cells)]
    if one.get("fieldNumber", 0) - 1 in columns and one.get("cell"):
        secret.append(str(one["cell"]))
        masked["cell"] = mask(str(one["cell"]))
    if secret and one.get("fieldCells"):
        # Values as they were read, of columns that have only names here: none of the row's is shown.
        secret += [str(cell) for cell in one["fieldCells"] if cell]
        masked["fieldCells"] = [mask(str(cell)) for cell in one["fieldCells"]]
    for member in ("note", "message"):
        for value in sorted(set(secret), key=len, reverse=True):
            masked[member] = str(masked.get(member, "")).replace(value, mask(value))
    return masked
