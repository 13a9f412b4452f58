"""Rows that were just written, as they are in the table now, with their ids: what ``include_records`` gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from api.dialects.ckan.action import Call
from api.dialects.ckan.datastore import shown
from catalog.rows import ID, All, Ask, Batch, Condition, Either, Is, Table

AT_ONCE: Final = 500
DEEP: Final = 50
"""Keys that are asked for in one question, of one column and of several."""


def added(call: Call, table: Table) -> list[dict[str, Any]]:
    """Give the rows that were added, which the table as it was written tells."""
    if table.last < table.first:
        return []
    return _rows(call, table, All((Is(ID, "gte", table.first), Is(ID, "lte", table.last))))


def keyed(call: Call, table: Table, keys: Sequence[str], batches: Sequence[Batch]) -> list[dict[str, Any]]:
    """Give the rows that have the keys of what was written, each once, in the order of their ids.

    A row whose key is missing in part is none that a key finds.
    """
    found: list[dict[str, Any]] = []
    for where in _conditions(keys, list({repr(one): one for one in _keys(keys, batches)}.values())):
        found += _rows(call, table, where)
    return sorted(found, key=lambda one: one[ID])


def _keys(keys: Sequence[str], batches: Sequence[Batch]) -> Iterator[tuple[Any, ...]]:
    for names, rows in batches:
        places = [list(names).index(key) for key in keys]
        for row in rows:
            one = tuple(row[place] for place in places)
            if None not in one:
                yield one


def _conditions(keys: Sequence[str], wanted: Sequence[tuple[Any, ...]]) -> Iterator[Condition]:
    size = AT_ONCE if len(keys) == 1 else DEEP
    for at in range(0, len(wanted), size):
        some = wanted[at : at + size]
        yield Is(keys[0], "in", tuple(one for (one,) in some)) if len(keys) == 1 else Either(tuple(
            All(tuple(Is(key, "eq", cell) for key, cell in zip(keys, one, strict=True))) for one in some))


def _rows(call: Call, table: Table, where: Condition) -> list[dict[str, Any]]:
    ask = Ask(where=where, limit=None, total=False)
    there, found = call.site.catalog.ask_rows(call.caller, table.id, ask)
    types = there.types()
    given: list[dict[str, Any]] = shown.records("objects", list(types), list(types.values()), found.rows)
    return given
