"""The Tables port on PostgreSQL: a schema of its own beside the records, one real table for each."""

from __future__ import annotations

from catalog.adapters.tables_postgres.tables import PostgresTables

__all__ = ["PostgresTables"]
