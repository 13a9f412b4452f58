"""Personal data among rows that somebody writes (CKAN's DataStore): looked for as in files, before they are taken.

A part of the rows is looked at first; only where it speaks are all of them. A few rows prove little by themselves, so
they are judged together with rows that are there already.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final

from pipelines.validation.harmless import harmless
from standards import late
from standards.screening import Held

if TYPE_CHECKING:
    import pyarrow as pa

    from pipelines.validation import personal
    from standards import registry
else:
    pa = late.module("pyarrow")
    personal = late.module("pipelines.validation.personal")
    registry = late.module("standards.registry")

SAMPLE: Final = 1_000
"""Rows of a batch that are looked at first, at even distances."""

FEW: Final = 200
"""So few rows are judged together with ``BEFORE`` that are there."""

BEFORE: Final = 300
Columns = Mapping[str, Sequence[Any]]


def held_back(columns: Columns, before: Columns) -> tuple[Held, ...]:
    """Give the columns that hold personal data beyond doubt: what keeps a file from being published.

    ``columns`` are the cells that are written, by their columns' names; ``before`` such that are there already.
    """
    size = max((len(cells) for cells in columns.values()), default=0)
    if not size:
        return ()
    step = max(1, size // SAMPLE)
    first = {name: [*cells[::step], *before.get(name, ())] for name, cells in columns.items()}
    held = _screened(first)
    if held and step > 1:
        held = _screened(columns)
    return tuple(one for one in held if one.verdict == "block")


def _screened(columns: Columns) -> tuple[Held, ...]:
    texts = {name: _texts(cells) for name, cells in columns.items()}
    quiet = {at for at, (name, cells) in enumerate(texts.items()) if harmless(name, set(cells), registry.PERSONAL)}
    if len(quiet) == len(texts):
        return ()
    most = max(map(len, texts.values()))
    made = [pa.nulls(most, pa.string()) if at in quiet else
            pa.array([*cells, *[""] * (most - len(cells))], pa.string()) for at, cells in enumerate(texts.values())]
    numbers = pa.array(range(1, most + 1), pa.int64())
    batch = pa.RecordBatch.from_arrays([numbers, *made], names=["_id", *(f"c{at}" for at in range(len(made)))])
    described = [personal.Described(label=name) for name in columns]
    return personal.screened([batch], described, registry.PERSONAL, within=False, quiet=quiet)


def _texts(cells: Sequence[Any]) -> Sequence[str]:
    """Write the cells of a column as a file would have them; most columns hold one kind of them."""
    kinds = set(map(type, cells))
    if kinds <= {str}:
        return cells
    if kinds <= {int}:
        return list(map(str, cells))
    if kinds <= {float}:
        return [str(int(one)) if one.is_integer() else str(one) for one in cells]
    return [""] * len(cells) if kinds <= {bool, type(None)} else list(map(_text, cells))


def _text(cell: Any) -> str:
    """Write a cell as a file would have it."""
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else str(cell)
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return json.dumps(cell, ensure_ascii=False, default=str) if isinstance(cell, dict | list) else str(cell)
