"""What every part of the SQL unit of work shares: a connection, a clock and the codec between values and JSON text."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Executable, Insert, Row, Table, Update, bindparam, insert, select, update

from catalog.adapters.sql import schema
from catalog.events import Event
from standards.portable import from_json, to_json

T = TypeVar("T")
ORIGIN = schema.origins

LED_TO = select(ORIGIN.c.target).where(
    ORIGIN.c.kind == bindparam("kind"), ORIGIN.c.remote == bindparam("alias")
).order_by(ORIGIN.c.at, ORIGIN.c.source).limit(1)

TARGET = select(schema.aliases.c.target).where(
    schema.aliases.c.kind == bindparam("kind"), schema.aliases.c.alias == bindparam("alias")
)

Enqueue = Callable[[Connection, Event], None]
"""Puts the flows that react to an event on the queue, in the transaction of the connection given."""


class Codec:
    """Values to JSON text and back; what was decoded lately is kept, as values are frozen."""

    def __init__(self, keep: int = 512) -> None:
        self._decode = cast("Callable[[type[Any], str], Any]", lru_cache(maxsize=keep)(_decode))

    def encode(self, value: object) -> str:
        """Give a value as JSON text."""
        return json.dumps(to_json(value), ensure_ascii=False, separators=(",", ":"))

    def decode(self, kind: type[T], text: str) -> T:
        """Make the value again."""
        return cast("T", self._decode(kind, text))


def _decode(kind: type[T], text: str) -> T:
    return from_json(kind, json.loads(text))


class Part:
    """One transaction, as the parts of the unit of work see it."""

    def __init__(self, connection: Connection, codec: Codec, now: Callable[[], datetime], enqueue: Enqueue) -> None:
        self.connection = connection
        self._codec = codec
        self._now = now
        self._enqueue = enqueue

    def _one(self, statement: Executable, **bound: object) -> Row[Any] | None:
        return self.connection.execute(statement, bound).first()

    def _body(self, kind: type[T], statement: Executable, **bound: object) -> T | None:
        text = self.connection.execute(statement, bound).scalar()
        return None if text is None else self._codec.decode(kind, text)

    def _bodies(self, kind: type[T], statement: Executable) -> list[T]:
        return [self._codec.decode(kind, text) for text in self.connection.execute(statement).scalars()]

    def _insert(self, table: Table, values: Mapping[str, Any]) -> None:
        self.connection.execute(_inserting(table), dict(values))

    def _change(self, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
        """Change the row with this key; tells whether there is one."""
        bound = {f"key_{name}": value for name, value in key.items()}
        return bool(self.connection.execute(_changing(table, tuple(key)), {**values, **bound}).rowcount)

    def _save(self, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        """Change the row with this key, or make it."""
        if not self._change(table, key, values):
            self._insert(table, {**key, **values})

    def _alias(self, kind: str, alias: str) -> str:
        """Give what an address of before, or an id of elsewhere, leads to; "" for nothing."""
        found = self._one(TARGET, kind=kind, alias=alias) or self._one(LED_TO, kind=kind, alias=alias)
        return found.target if found else ""


@cache
def _inserting(table: Table) -> Insert:
    """Give the statement that adds a row, built once: building one takes longer than running it."""
    return insert(table)


@cache
def _changing(table: Table, key: tuple[str, ...]) -> Update:
    """Give the statement that changes the row with such a key, built once; what it sets are the members given."""
    return update(table).where(*(table.c[name] == bindparam(f"key_{name}") for name in key))
