"""How a database is opened: SQLite in WAL mode with full syncing, or PostgreSQL through psycopg 3."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from catalog.errors import Unavailable

PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON")

REFUSED = ("authentication failed", "does not exist", "no pg_hba.conf entry", "unable to open database file")
"""How a server, or the disk, says that waiting will not help: the address or what is in it is wrong."""

NO_DATABASE = "file is not a database"

BY_STATE = {"53100": "storage-full", "25006": "database-read-only", "42501": "database-no-rights"}
"""What PostgreSQL's own codes (SQLSTATE) mean: its disk is full, it is a standby, this user may make nothing there."""

READ_ONLY = "readonly database"
"""How SQLite says that this user may not write to the file, or that its disk only reads."""


@contextmanager
def in_our_words() -> Iterator[None]:
    """Say in our words that the database cannot be reached, is busy or full, or does not let us in."""
    try:
        yield
    except PoolTimeout as wrong:
        raise Unavailable("database-down") from wrong
    except OperationalError as wrong:
        raise Unavailable(BY_STATE.get(_state(wrong)) or _code(str(wrong.orig))) from wrong
    except DBAPIError as wrong:
        if told := BY_STATE.get(_state(wrong)):
            raise Unavailable(told) from wrong
        if NO_DATABASE in str(wrong.orig):
            raise Unavailable("database-denied") from wrong
        if wrong.connection_invalidated:
            raise Unavailable("database-down") from wrong
        raise


def _state(wrong: DBAPIError) -> str:
    """Give PostgreSQL's code of what went wrong, "" where there is none."""
    return str(getattr(wrong.orig, "sqlstate", "") or "")


def _code(said: str) -> str:
    if any(one in said for one in REFUSED):
        return "database-denied"
    if READ_ONLY in said:
        return "database-read-only"
    return "storage-full" if "full" in said.lower() else "database-down"


def open_engine(url: str, *, pool_size: int = 10) -> Engine:
    """Open the database at ``url`` (``sqlite:///path``, ``postgresql://…``); raises Unavailable for others."""
    parsed = make_url(url)
    kind = parsed.get_backend_name()
    if kind == "sqlite":
        return _sqlite(parsed, pool_size)
    if kind == "postgresql":
        return create_engine(
            parsed.set(drivername="postgresql+psycopg"), pool_size=pool_size, max_overflow=pool_size,
            pool_pre_ping=True,
            connect_args={"options": "-c timezone=utc", "connect_timeout": 10, "client_encoding": "utf8"},
        )
    raise Unavailable("database-unknown", scheme=kind)


def _sqlite(url: URL, pool_size: int) -> Engine:
    if not url.database or url.database == ":memory:":
        raise Unavailable("database-unknown", scheme="sqlite in memory")
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, pool_size=pool_size, max_overflow=2 * pool_size,
        connect_args={"check_same_thread": False, "timeout": 30.0},
    )
    event.listen(engine, "connect", _prepare)
    return _begins(engine, "BEGIN")


def writing(engine: Engine) -> Engine:
    """Give an engine over the same connections whose transactions write.

    SQLite's take the writer's lock at once: a reader that turns writer half-way would fail, not wait.
    """
    if engine.dialect.name != "sqlite":
        return engine
    return _begins(create_engine(engine.url, pool=engine.pool), "BEGIN IMMEDIATE")


def _begins(engine: Engine, words: str) -> Engine:
    """Let transactions begin with these words; a listener to their beginning would double what each of them costs."""
    def begin(raw: Any) -> None:
        raw.execute(words).close()

    engine.dialect.do_begin = begin  # type: ignore[method-assign, assignment]  # pysqlite's does nothing
    return engine


def _prepare(raw: sqlite3.Connection, _record: object) -> None:
    """Take transactions into our own hands, and set what every connection needs."""
    raw.isolation_level = None
    for pragma in PRAGMAS:
        raw.execute(f"PRAGMA {pragma}").close()
