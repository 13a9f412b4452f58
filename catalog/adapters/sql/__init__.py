"""Records on SQLite and PostgreSQL alike: the database of record, its audit chain and its change sequence."""

from catalog.adapters.sql.base import Enqueue
from catalog.adapters.sql.records import SqlRecords

__all__ = ["Enqueue", "SqlRecords"]
