"""Numbers with more digits than a float has: they stand as their digits, in a blob, which SQLite makes no number of.

One number stands in one way only, so that equal ones are equal to SQLite too: as a whole number of 64 bits, as the
float that is written with the same digits, or as a blob. For order and ranges a column that has blobs is compared by a
key.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from decimal import Decimal
from typing import Any, Final

from catalog.rows import Table, family

KIND: Final = "numeric, exact"
"""What the type of a column is called here in which there are such numbers."""
_BIGGEST: Final = 2**63
_MIDDLE: Final = 2**31
_BELOW, _NEGATIVE, _ZERO, _POSITIVE, _ABOVE = b"\x00", b"\x40", b"\x80", b"\xc0", b"\xff"


def stored(value: float | Decimal) -> int | float | bytes:
    """Give a number as it stands in a file."""
    if isinstance(value, float) or (isinstance(value, int) and -_BIGGEST <= value < _BIGGEST):
        return value
    number = Decimal(value)
    near = float(number)
    if Decimal(repr(near)) == number:
        return near
    if -_BIGGEST <= number < _BIGGEST and number == number.to_integral_value():
        return int(number)
    digits = format(number, "f")
    return (digits.rstrip("0").rstrip(".") if "." in digits else digits).encode("ascii")


def number(cell: Any) -> Any:
    """Give the number that stands in a cell."""
    if not isinstance(cell, bytes):
        return cell
    return Decimal(cell.decode("ascii")) if b"." in cell else int(cell)


def key(cell: Any) -> bytes | None:
    """Give bytes that stand to each other as the numbers do."""
    if cell is None:
        return None
    found = Decimal(cell.decode("ascii") if isinstance(cell, bytes) else repr(cell))
    if not found.is_finite():  # of a program before this one
        return _ABOVE if found > 0 else _BELOW
    if not found:
        return _ZERO
    sign, figures, _ = found.as_tuple()
    body = (found.adjusted() + _MIDDLE).to_bytes(4, "big") + bytes(figures).rstrip(b"\0")
    return _NEGATIVE + bytes(255 - one for one in body) + b"\xff" if sign else _POSITIVE + body


def note(file: sqlite3.Connection, names: Collection[str]) -> None:
    """Note the columns that have such numbers; they stay noted."""
    if names:
        file.execute("CREATE TABLE IF NOT EXISTS exact (name TEXT PRIMARY KEY)")
        file.executemany("INSERT OR IGNORE INTO exact (name) VALUES (?)", [(one,) for one in names])


def names(file: sqlite3.Connection, table: Table) -> list[str]:
    """Give the columns that have such numbers."""
    found = [one.id for one in table.fields if family(one.type) == "numeric"]
    if not found or not file.execute(
            "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'exact'").fetchone():
        return []
    noted = {name for (name,) in file.execute("SELECT name FROM exact")}
    return [one for one in found if one in noted]


def kinds(table: Table) -> dict[str, str]:
    """Give the type of each column, ``KIND`` of those that have such numbers."""
    return table.types() | dict.fromkeys(table.exact, KIND)


def forget(file: sqlite3.Connection) -> None:
    """Take the notes away with the table."""
    file.execute("DROP TABLE IF EXISTS exact")
