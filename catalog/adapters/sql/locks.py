"""Locks that die with their process: which worker has which slot, and who follows the changes."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from catalog.adapters.sql.jobs import APPLICATION


class Locks:
    """Locks that die with their process: files beside a SQLite database, advisory locks in PostgreSQL."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._held: dict[str, Any] = {}

    def take(self, name: str) -> bool:
        """Take the lock, at once or not at all; True when we hold it (also from before)."""
        if name in self._held:
            return True
        held = self._take_file(name) if self._engine.dialect.name == "sqlite" else self._take_advisory(name)
        if held is not None:
            self._held[name] = held
        return held is not None

    def keep(self) -> None:
        """Find out which locks are lost (a server that restarts forgets them) and let go of them."""
        for name, held in tuple(self._held.items()):
            if not isinstance(held, int) and not _lives(held):
                self.release(name)

    def release(self, name: str) -> None:
        """Let go of a lock we hold."""
        held = self._held.pop(name, None)
        if isinstance(held, int):
            os.close(held)
        elif held is not None:
            with contextlib.suppress(sa.exc.SQLAlchemyError):  # at once: an end is noticed later
                held.execute(sa.text("SELECT pg_advisory_unlock_all()"))
            held.invalidate()
            held.close()

    def release_all(self) -> None:
        """Let go of every lock."""
        for name in tuple(self._held):
            self.release(name)

    def _take_file(self, name: str) -> int | None:
        path = Path(f"{self._engine.url.database}.{name}.lock")
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        return handle

    def _take_advisory(self, name: str) -> sa.Connection | None:
        number = int.from_bytes(hashlib.sha256(f"{APPLICATION}:{name}".encode()).digest()[:8], "big", signed=True)
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if connection.execute(sa.text("SELECT pg_try_advisory_lock(:n)"), {"n": number}).scalar():
            return connection
        connection.close()
        return None


def _lives(connection: sa.Connection) -> bool:
    try:
        connection.execute(sa.select(1))
    except sa.exc.DBAPIError:
        return False
    return True
