"""A statement on a file, page by page: the whole SELECT, and the condition behind which the next page begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

from catalog.errors import Invalid, Problem
from pipelines.rowquery.statement import Key, Statement
from pipelines.rowquery.values import TYPES

Ended = Sequence[str | int | float | bool | None]
"""The values of the keys in the last row of the page before, as JSON holds them."""


SERVING: Final = ".duckdb"
"""The ending of serving files (``pipelines/serving``); everything else is Parquet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    """A whole statement with its parameters in order."""

    sql: str
    values: tuple[Any, ...]


def select(one: Statement, path: str, *, limit: int | None, after: Ended = (), offset: int = 0,
           lying: bool = False) -> Select:
    """Ask the file for the rows behind ``after``, or behind so many; None is no limit. Raises Invalid('cursor').

    With ``lying`` rows that are wanted in the order of their ids are not put in order: our files have them so, and an
    engine that keeps that order need not hold all of them before it gives the first.
    """
    behind, marks = _behind(one.keys, after) if after else ("true", ())
    conditions, having = one.where, one.having or "true"
    having_values = one.having_values
    if one.grouped:
        having, having_values = f"({having}) AND ({behind})", (*having_values, *marks)
    else:
        conditions = f"({conditions}) AND ({behind})"
    whence, named = source(path)
    parts = [f"SELECT {one.select} FROM {whence} WHERE {conditions}"]  # noqa: S608 - our own words only
    values: list[Any] = [*one.selected, *named, *one.conditions, *(() if one.grouped else marks)]
    if one.grouped:
        if one.group_by:
            parts.append(f"GROUP BY {one.group_by}")
            values += one.grouping
        parts.append(f"HAVING {having}")
        values += having_values
    if one.keys and not (lying and not one.grouped and len(one.keys) == 1):
        parts.append("ORDER BY " + ", ".join(map(_ordered, one.keys)))
        values += [value for key in one.keys for value in key.values]
    if limit is not None:
        parts.append("LIMIT ?")
        values.append(limit)
    if offset:
        parts.append("OFFSET ?")
        values.append(offset)
    return Select(sql=" ".join(parts), values=tuple(values))


def count(one: Statement, path: str) -> Select:
    """Ask how many rows there are in all."""
    whence, named = source(path)
    if not one.grouped:
        return Select(sql=f"SELECT count(*) FROM {whence} WHERE {one.where}", values=(*named, *one.conditions))  # noqa: S608
    group = f"GROUP BY {one.group_by}" if one.group_by else ""
    inner = f"SELECT 1 FROM {whence} WHERE {one.where} {group} HAVING {one.having or 'true'}"  # noqa: S608
    values = (*named, *one.conditions, *one.grouping, *one.having_values)
    return Select(sql=f"SELECT count(*) FROM ({inner})", values=values)  # noqa: S608


def numbered(one: Statement, path: str, start: int, limit: int) -> Select:
    """Ask the file for the rows from number ``start`` on, by their numbers: nothing else is looked at."""
    whence, named = source(path)
    sql = f"SELECT {one.select} FROM {whence} WHERE _id BETWEEN ? AND ? ORDER BY _id"  # noqa: S608
    return Select(sql=sql, values=(*one.selected, *named, start, start + limit - 1))


def shelf(path: str) -> Mapping[str, str]:
    """Say which serving file has to be at hand, and by which name; nothing for a Parquet file."""
    return {"path": path, "name": _name(path)} if path.endswith(SERVING) else {}


def source(path: str) -> tuple[str, tuple[str, ...]]:
    """Give what a statement reads from, and the parameters that it brings along."""
    return (f'"{_name(path)}".main.rows', ()) if path.endswith(SERVING) else ("read_parquet(?)", (path,))


def _name(path: str) -> str:
    return "s" + "".join(sign for sign in Path(path).stem if sign.isalnum())[-40:]


def _ordered(key: Key) -> str:
    return f"{key.sql} {'DESC' if key.descending else 'ASC'} NULLS LAST"


def _behind(keys: Sequence[Key], after: Ended) -> tuple[str, tuple[Any, ...]]:
    """What comes behind these values: by the first key, or alike in it and behind by the next, and so on."""
    if len(after) != len(keys):
        raise Invalid("cursor", problems=[Problem("#/cursor", "cursor")])
    ways: list[str] = []
    values: list[Any] = []
    for at, (key, ended) in enumerate(zip(keys, after, strict=True)):
        if ended is None:
            continue  # nothing comes behind what is missing
        alike = zip(keys[:at], after[:at], strict=True)
        told = [_same(one, value) for one, value in alike] + [_beyond(key, ended)]
        ways.append("(" + " AND ".join(text for text, _ in told) + ")")
        values += [value for _, given in told for value in given]
    return (" OR ".join(ways) or "false"), tuple(values)


def _same(key: Key, value: Any) -> tuple[str, tuple[Any, ...]]:
    text, given = _typed(key, value)
    return f"({key.sql} IS NOT DISTINCT FROM {text})", (*key.values, *given)


def _beyond(key: Key, value: Any) -> tuple[str, tuple[Any, ...]]:
    text, given = _typed(key, value)
    sign = "<" if key.descending else ">"
    return f"({key.sql} {sign} {text} OR {key.sql} IS NULL)", (*key.values, *given, *key.values)


def _typed(key: Key, value: Any) -> tuple[str, tuple[Any, ...]]:
    """A value of a key as JSON held it, as the column's kind: decimals come as text and keep every digit."""
    if value is None:
        return "NULL", ()
    if key.kind in ("number", "integer") and isinstance(value, str):
        try:
            places = -min(int(Decimal(value).as_tuple().exponent), 0)
        except (InvalidOperation, ValueError) as wrong:
            raise Invalid("cursor", problems=[Problem("#/cursor", "cursor")]) from wrong
        return f"CAST(? AS DECIMAL(38, {min(places, 38)}))", (value,)
    if isinstance(value, (int, float)):
        return "?", (value,)
    return f"CAST(? AS {TYPES[key.kind]})", (value,)
