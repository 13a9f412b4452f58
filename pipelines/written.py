"""The cells of a spreadsheet as text: as people read them, one by one or whole columns at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

from pipelines.flat import arrow, np

EXACT = 2.0**53
_ISO = frozenset({date, datetime, time})


def columns_of(block: Sequence[list[Any]], width: int, kinds: dict[int, set[type]]) -> list[pa.Array] | None:
    """Write a block's columns as text; None where cells stand beyond the table's width, or rows are short."""
    if min(map(len, block)) < width or min(map(len, block)) != max(map(len, block)):
        return None
    columns = list(zip(*block, strict=True))
    if any(one != "" for column in columns[width:] for one in column):
        return None
    for index, column in enumerate(columns[:width]):
        types = set(map(type, column))
        if str in types and all(one == "" for one in column if type(one) is str):
            types.discard(str)
        if types:
            kinds.setdefault(index, set()).update(types)
    return [texts(column) for column in columns[:width]]


def texts(column: Sequence[Any]) -> pa.Array:
    """Write cells as ``text`` does, whole columns of one type at once."""
    types = set(map(type, column))
    if types == {str}:
        return pa.array(column, pa.string())
    if types == {float}:
        values = np.array(column, dtype=np.float64)
        if (np.abs(values) < EXACT).all() and (np.floor(values) == values).all():
            return arrow(values.astype(np.int64)).cast(pa.string())
        return pa.array(list(map(_number, column)), pa.string())
    if len(types) == 1 and types <= _ISO:
        return pa.array([one.isoformat() for one in column], pa.string())
    return pa.array([one if type(one) is str else text(one) for one in column], pa.string())


def text(cell: Any) -> str:  # noqa: PLR0911 - one line for each type
    """Write a cell as people read it: whole numbers without a point, dates in ISO 8601, true and false small."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, datetime):
        return cell.isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        seconds = int(cell.total_seconds())
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return str(cell)


def _number(value: float) -> str:
    if value == int(value) if abs(value) < 1e300 else False:  # noqa: PLR2004 - beyond, and NaN, Python's own words
        return str(int(value))
    said = repr(value)
    return format(Decimal(said), "f") if "e" in said and abs(value) < 1e300 else said  # noqa: PLR2004
