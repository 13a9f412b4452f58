"""Connections to PostgreSQL: a few are kept, each is given to one transaction at a time, broken ones are let go."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg

from catalog.errors import Conflict, NotFound, Unavailable

MOST: Final = 10
WAIT_SECONDS: Final = 30.0
STATEMENT: Final = "60s"
"""What one statement may take; a table is loaded in many."""


class Pool:
    """At most ``MOST`` connections to one address."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._free: queue.LifoQueue[psycopg.Connection[Any] | None] = queue.LifoQueue()
        for _ in range(MOST):
            self._free.put(None)

    @contextmanager
    def transaction(self) -> Iterator[psycopg.Connection[Any]]:
        """Give a connection for one transaction. Raises Unavailable, NotFound where a table is gone, Conflict."""
        kept = self._taken()
        connection: psycopg.Connection[Any] | None = None
        try:
            connection = self._fresh(kept)
            with connection.transaction():
                yield connection
        except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
            raise NotFound from None
        except psycopg.errors.UniqueViolation as wrong:
            raise Conflict("rows-not-unique", detail=wrong.diag.message_detail or "") from None
        except (psycopg.errors.DiskFull, psycopg.errors.OutOfMemory) as wrong:
            raise Unavailable("storage-full") from wrong
        except psycopg.errors.ReadOnlySqlTransaction as wrong:
            raise Unavailable("database-read-only") from wrong
        except psycopg.OperationalError as wrong:
            raise Unavailable("database-down") from wrong
        finally:
            self._free.put(connection if connection is not None and not connection.closed else None)

    def _taken(self) -> psycopg.Connection[Any] | None:
        try:
            return self._free.get(timeout=WAIT_SECONDS)
        except queue.Empty:
            raise Unavailable("database-down") from None

    def _fresh(self, kept: psycopg.Connection[Any] | None) -> psycopg.Connection[Any]:
        if kept is not None:
            try:
                kept.execute("SELECT 1")
            except psycopg.Error:
                kept.close()
            else:
                return kept
        return psycopg.connect(
            self._address, autocommit=True, connect_timeout=10,
            options=f"-c timezone=utc -c datestyle=ISO,YMD -c statement_timeout={STATEMENT}",
        )

    def close(self) -> None:
        """Close those that nobody uses."""
        for _ in range(MOST):
            try:
                kept = self._free.get_nowait()
            except queue.Empty:
                return
            if kept is not None:
                kept.close()
            self._free.put(None)
