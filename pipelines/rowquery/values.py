"""What was written down in a query, as values of a column's kind: parameters, never words of a statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final

from pipelines.rowquery import Kind
from pipelines.rowquery.read import refuse
from standards.text import nfc

NUMBERS: Final = frozenset({"integer", "number"})
MOMENTS: Final = frozenset({"date", "datetime"})
TYPES: Final[Mapping[Kind, str]] = {
    "string": "VARCHAR", "integer": "HUGEINT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE",
    "datetime": "TIMESTAMPTZ", "time": "TIME", "other": "VARCHAR",
}


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of a statement, what kind of value it gives, and its parameters in the order of their marks."""

    text: str
    kind: Kind
    values: tuple[Any, ...] = ()


def written(value: str | Decimal | bool) -> Sql:
    """What stands for itself: a text, a number, true or false."""
    if isinstance(value, bool):
        return Sql("true" if value else "false", "boolean")
    if isinstance(value, Decimal):
        whole = value == value.to_integral_value() and abs(value) < 10**18  # what a BIGINT holds
        return Sql("?", "integer" if whole else "number", (int(value) if whole else float(value),))
    return Sql("?", "string", (value,))


def read_as(kind: Kind, value: str | Decimal | bool, part: str, column: str) -> Sql:
    """Read what was written as a value of the column's kind: a word where a number is needed is refused."""
    try:
        return _cast(kind, value)
    except (ValueError, ArithmeticError):
        refuse(part, "wrong-value", column=column, kind=kind, value=str(value)[:100])


def _cast(kind: Kind, value: str | Decimal | bool) -> Sql:
    if kind == "boolean":
        if isinstance(value, bool) or str(value).lower() in ("true", "false"):
            return written(str(value).lower() == "true")
        raise ValueError(value)
    if isinstance(value, bool):
        raise ValueError(value)  # noqa: TRY004 - as what cannot be read
    if kind in NUMBERS:
        number = Decimal(value) if isinstance(value, str) else value
        if not number.is_finite():
            raise ValueError(value)
        return _exact(number)
    if not isinstance(value, str):
        raise ValueError(value)  # noqa: TRY004
    if kind == "date":
        return Sql("CAST(? AS DATE)", kind, (date.fromisoformat(value).isoformat(),))
    if kind == "datetime":
        return Sql("CAST(? AS TIMESTAMPTZ)", kind, (datetime.fromisoformat(value).isoformat(),))
    if kind == "time":
        return Sql("CAST(? AS TIME)", kind, (time.fromisoformat(value).isoformat(),))
    return Sql("?", kind, (nfc(value),))


def _exact(number: Decimal) -> Sql:
    """A number compared as it was written where a decimal holds it, as a float beyond."""
    fits = len(number.as_tuple().digits) <= 36 and -18 <= int(number.as_tuple().exponent) <= 0  # noqa: PLR2004
    if fits and number == number.to_integral_value() and abs(number) < 10**18:  # what a BIGINT holds
        return Sql("?", "integer", (int(number),))
    if fits and abs(number) < 10**18:
        return Sql("CAST(? AS DECIMAL(38, 18))", "number", (format(number, "f"),))
    return Sql("?", "number", (float(number),))
