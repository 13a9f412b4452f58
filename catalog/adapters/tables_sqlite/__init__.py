"""The Tables port on SQLite: a file per table, so that loading one keeps nobody waiting, and a register of them."""

from __future__ import annotations

from catalog.adapters.tables_sqlite.tables import SqliteTables

__all__ = ["SqliteTables"]
