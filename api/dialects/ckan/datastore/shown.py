"""Rows as CKAN shows them: numbers as JSON's numbers, moments to the second; as objects, lists, CSV or TSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

import orjson

from catalog.rows import ID, Family, Field, family, native

_SECOND: Final = len("2026-01-01T00:00:00")
_MILLI: Final = len("2026-01-01T00:00:00.000")
_LARGE: Final = 2**63
_SMALL: Final = 2**53
_NOTHING: Final = frozenset({type(None)})
_WRITTEN: Final = frozenset({str, int, float, type(None)})
FORMATS: Final = ("objects", "lists", "csv", "tsv")


def number(value: Any) -> Any:
    """A number with all its digits, also where no float holds them."""
    if isinstance(value, Decimal):
        near = float(value)
        return near if Decimal(repr(near)) == value else orjson.Fragment(format(value, "f"))
    if isinstance(value, int) and not -_LARGE <= value < _LARGE:
        return orjson.Fragment(str(value))
    return value


def _moment(value: Any) -> Any:
    return value[:_SECOND] if isinstance(value, str) else value


def _milliseconds(value: Any) -> Any:
    return value[:_SECOND] + (value[_SECOND:_MILLI] or ".").ljust(4, "0") if isinstance(value, str) else value


def nested(value: Any) -> Any:
    """What a store wrote as JSON; a text that is none is one."""
    if not isinstance(value, str):
        return value
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return value


_WAYS: Final[Mapping[Family, Callable[[Any], Any]]] = MappingProxyType(
    {"numeric": number, "int": number, "timestamp": _moment, "json": nested})

_EXACT: Final[Mapping[Family, Callable[[Any], Any]]] = MappingProxyType({**_WAYS, "timestamp": _milliseconds})
"""How datastore_search says them: moments to the millisecond, since CKAN 2.12."""


def rows(kinds: Sequence[str], found: Sequence[Sequence[Any]],
         ways: Mapping[Family, Callable[[Any], Any]] = _WAYS) -> Sequence[Sequence[Any]]:
    """Give rows as JSON may hold them; ``kinds`` are those of the first columns."""
    if not found:
        return []
    columns = [list(one) for one in zip(*found, strict=True)]
    for at, kind in enumerate(kinds):
        way = ways.get(family(kind))
        if way is not None and (way in (nested, _milliseconds) or not _fits(columns[at])):
            columns[at] = [one if one is None else way(one) for one in columns[at]]
    return list(zip(*columns, strict=True))


def _fits(cells: Sequence[Any]) -> bool:
    """Whether the cells of a column are as JSON may hold them: told by a look at all of them, which is quick."""
    kinds = set(map(type, cells)) - _NOTHING
    if kinds == {int}:
        numbers = [one for one in cells if one is not None]
        return bool(min(numbers) >= -_LARGE and max(numbers) < _LARGE)
    if kinds == {str}:  # a moment, or a number with all its digits
        return max(map(len, filter(None, cells)), default=0) <= _SECOND
    return kinds <= {float}


def records(form: str, names: Sequence[str], kinds: Sequence[str], found: Sequence[Sequence[Any]]) -> Any:
    """Give rows in one of the four forms."""
    made = rows(kinds, found, _EXACT)
    if form == "objects":
        return [dict(zip(names, one, strict=True)) for one in made]
    return made if form == "lists" else lines(made, "\t" if form == "tsv" else ",")


def lines(made: Iterable[Sequence[Any]], sign: str = ",") -> str:
    """Write rows as lines of CSV."""
    out, rows = io.StringIO(), list(made)
    columns = [one if set(map(type, one)) <= _WRITTEN else list(map(_text, one)) for one in zip(*rows, strict=True)]
    by_rows = zip(*columns, strict=True) if columns else rows
    csv.writer(_Ended(out), delimiter=sign, lineterminator="\r\n").writerows(by_rows)
    return out.getvalue()


class _Ended:
    """Takes lines of Python's writer, which puts quotation marks round either sign with which it ends lines."""

    def __init__(self, out: io.StringIO) -> None:
        self._write = out.write

    def write(self, line: str) -> int:
        """Take a line, and end it as ours end."""
        return self._write(line[:-2] + "\n")


def texts(kind: str, cells: Sequence[Any]) -> list[str | None]:
    """Give the cells of a column as ``lines`` writes them."""
    made = map(_text, (row[0] for row in rows([kind], [(one,) for one in cells])))
    return [one if one is None or isinstance(one, str) else repr(one) for one in made]


def _text(cell: Any) -> Any:
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return cell
    return orjson.dumps(cell).decode()


def described(fields: Mapping[str, Field], types: Mapping[str, str], names: Sequence[str],
              ranks: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Say what the columns are, as ``fields`` of an answer."""
    told: list[dict[str, Any]] = []
    for name in names:
        one = {"id": name, "type": "int" if name == ID else native(types[name])}
        info = fields[name].info if name in fields else {}
        told.append({**one, "info": dict(info)} if info else one)
    return [*told, *({"id": name, "type": "float"} for name in ranks)]
