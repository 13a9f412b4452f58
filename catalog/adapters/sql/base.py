"""What every part of the SQL unit of work shares: a connection, a clock and the codec between values and JSON text."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, TypeVar, cast

from sqlalchemy import (
    Connection,
    Executable,
    Insert,
    Row,
    Select,
    Table,
    Update,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from catalog.adapters.sql import schema
from catalog.events import Event
from standards.portable import from_json, to_json

T = TypeVar("T")
ORIGIN = schema.origins


class Ready:
    """A question for one text or number, put into SQLite's words once: the way there takes longer than the answer."""

    def __init__(self, statement: Select[Any]) -> None:
        self.statement = statement
        self._said: tuple[str, Mapping[str, Any]] | None = None

    def words(self) -> tuple[str, Mapping[str, Any]]:
        """Give the words, and the values that stand in the question itself."""
        if self._said is None:
            made = self.statement.compile(dialect=sqlite.dialect(paramstyle="named"))
            self._said = str(made), {name: value for name, value in made.params.items() if value is not None}
        return self._said


LED_TO = select(ORIGIN.c.target).where(
    ORIGIN.c.kind == bindparam("kind"), ORIGIN.c.remote == bindparam("alias")
).order_by(ORIGIN.c.at, ORIGIN.c.source).limit(1)

TARGET = select(schema.aliases.c.target).where(
    schema.aliases.c.kind == bindparam("kind"), schema.aliases.c.alias == bindparam("alias")
)

LEADS_TO = Ready(select(func.coalesce(TARGET.scalar_subquery(), LED_TO.scalar_subquery())))
"""Both in one statement: it is asked of every address that is still free."""

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

    def _value(self, asked: Ready, **bound: object) -> Any:
        """Give the text or number that is asked for, None where there is none.

        SQLite is asked without detours, in the transaction that there is or begins now; what goes wrong is said on the
        usual way.
        """
        connection = self.connection
        if connection.dialect.name != "sqlite":
            return connection.execute(asked.statement, bound).scalar()
        if not connection.in_transaction():
            connection.begin()
        words, given = asked.words()
        raw = cast("sqlite3.Connection", connection.connection.driver_connection)
        try:
            row = raw.execute(words, {**given, **bound}).fetchone()
        except sqlite3.Error:
            return connection.execute(asked.statement, bound).scalar()
        return row[0] if row else None

    def _body(self, kind: type[T], statement: Executable | Ready, **bound: object) -> T | None:
        if isinstance(statement, Ready):
            text = self._value(statement, **bound)
        else:
            text = self.connection.execute(statement, bound).scalar()
        return None if text is None else self._codec.decode(kind, text)

    def _bodies(self, kind: type[T], statement: Executable) -> list[T]:
        return [self._codec.decode(kind, text) for text in self.connection.execute(statement).scalars().all()]

    def _insert(self, table: Table, values: Mapping[str, Any]) -> None:
        self.connection.execute(_inserting(table), dict(values))

    def _change(self, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
        """Change the row with this key; tells whether there is one."""
        bound = {f"key_{name}": value for name, value in key.items()}
        return bool(self.connection.execute(_changing(table, tuple(key)), {**values, **bound}).rowcount)

    def _save(self, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        """Make the row with this primary key, or change it, in one statement."""
        made = _saving(table, tuple(key), tuple(values), self.connection.dialect.name)
        self.connection.execute(made, {**key, **values})

    def _alias(self, kind: str, alias: str) -> str:
        """Give what an address of before, or an id of elsewhere, leads to; "" for nothing."""
        return self._value(LEADS_TO, kind=kind, alias=alias) or ""


@cache
def _inserting(table: Table) -> Insert:
    """Give the statement that adds a row, built once: building one takes longer than running it."""
    return insert(table)


@cache
def _saving(table: Table, key: tuple[str, ...], values: tuple[str, ...], dialect: str) -> Executable:
    """Give the statement that adds a row with such a key or changes the one that is there, built once."""
    made = sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
    return made.on_conflict_do_update(index_elements=list(key), set_={name: made.excluded[name] for name in values})


@cache
def _changing(table: Table, key: tuple[str, ...]) -> Update:
    """Give the statement that changes the row with such a key, built once; what it sets are the members given."""
    return update(table).where(*(table.c[name] == bindparam(f"key_{name}") for name in key))
