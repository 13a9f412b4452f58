"""The database of record: transactions on SQLite or PostgreSQL, one writer at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, insert, select, text

from catalog.adapters.sql import schema
from catalog.adapters.sql.base import Codec, Enqueue
from catalog.adapters.sql.carrying import CarriedRows
from catalog.adapters.sql.engine import in_our_words, open_engine, writing
from catalog.adapters.sql.erased import ErasedRows
from catalog.adapters.sql.harvest import HarvestRows
from catalog.adapters.sql.installed import InstalledRows
from catalog.adapters.sql.kept import KeptRows
from catalog.adapters.sql.log import LogRows
from catalog.adapters.sql.migrate import migrate
from catalog.adapters.sql.notices import NoticeRows
from catalog.adapters.sql.people import PeopleRows
from catalog.adapters.sql.shelf import ShelfRows
from catalog.adapters.sql.uploads import UploadRows
from catalog.adapters.sql.usage import UsageRows
from catalog.adapters.sql.voices import VoiceRows
from catalog.adapters.sql.webhooks import WebhookRows
from catalog.adapters.sql.writers import Turn
from catalog.errors import Unavailable
from catalog.events import Event, SiteReset

WRITER_LOCK = 0x44_41_54_41_4D_4F
"""Number of the advisory lock that writers take on PostgreSQL: it keeps the sequences without gaps."""


SCRUBBED = (schema.versions, schema.files, schema.submissions, schema.datasets, schema.rechecks, schema.recipes,
            schema.answers, schema.marks, schema.voices, schema.misses)
"""The tables that hold what people uploaded."""


class SqlUnit(PeopleRows, ShelfRows, InstalledRows, UploadRows, ErasedRows, KeptRows, HarvestRows, LogRows,
              WebhookRows, VoiceRows, NoticeRows, UsageRows, CarriedRows):
    """One transaction on the records."""


def no_jobs(_connection: Connection, _event: Event) -> None:
    """React to nothing, where no worker is set up."""


def _compact(raw: Any) -> None:
    """Let a SQLite file and its log forget what was deleted: the file is written anew, the log cut to nothing."""
    if raw.in_transaction:
        raw.execute("ROLLBACK")
    raw.execute("VACUUM")
    busy = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if busy:
        raise Unavailable("database-down")


def utc_now() -> datetime:
    """Give the time of the machine's clock."""
    return datetime.now(UTC)


class SqlRecords:
    """Records at a database URL. ``enqueue`` puts the flows that react to an event on the queue, in its transaction."""

    def __init__(self, url: str, *, enqueue: Enqueue = no_jobs, now: Callable[[], datetime] = utc_now,
                 pool_size: int = 10) -> None:
        self.engine = open_engine(url, pool_size=pool_size)
        self.url = url
        self._writing = writing(self.engine)
        self._sqlite = self.engine.dialect.name == "sqlite"
        self._turn = Turn(Path(str(self.engine.url.database))) if self._sqlite else None
        self._codec = Codec()
        self._now = now
        self._enqueue = enqueue

    @contextmanager
    def begin(self) -> Iterator[SqlUnit]:
        """Give a unit of work that writes; leaving it commits, an exception rolls back."""
        with self._queue(), in_our_words(), self._writing.begin() as connection:
            if not self._sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITER_LOCK})
            yield SqlUnit(connection, self._codec, self._now, self._enqueue)

    @contextmanager
    def read(self) -> Iterator[SqlUnit]:
        """Give a unit of work that sees one state of the records and writes nothing."""
        with in_our_words(), self.engine.connect() as plain:
            connection = plain if self._sqlite else plain.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True,
            )
            yield SqlUnit(connection, self._codec, self._now, self._enqueue)

    @contextmanager
    def _queue(self) -> Iterator[None]:
        """Let threads and processes write in turn: SQLite's own waiting is slow and unfair."""
        if self._turn is None:
            yield
            return
        with self._turn.taken():
            yield

    def migrate(self) -> None:
        """Bring the schema to the version that this code needs; raises Unavailable for a newer one."""
        with self._queue(), in_our_words(), self._writing.begin() as connection:
            if not self._sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITER_LOCK})
            migrate(connection)

    def wipe(self, keep_person: str = "") -> None:
        """Empty everything but the site's facts, one person with her tokens, and the place in the change sequence."""
        with self.begin() as unit:
            last = unit.last_change()
            for table in reversed(schema.metadata.sorted_tables):
                if table is schema.tokens:
                    unit.connection.execute(delete(table).where(table.c.person != keep_person))
                elif table is schema.people:
                    unit.connection.execute(delete(table).where(table.c.id != keep_person))
                elif table not in (schema.site, schema.positions):
                    unit.connection.execute(delete(table))
            unit.connection.execute(insert(schema.changes).values(
                sequence=last, at=self._now(), kind="site-reset", dataset="", version=None,
            ))
            unit.announce(SiteReset())

    def scrub(self) -> None:
        """Write the tables anew without what was deleted from them; raises Unavailable while somebody reads the old."""
        with self._queue(), in_our_words(), self.engine.connect() as plain:
            raw = plain.connection.driver_connection
            assert raw is not None
            if self._sqlite:
                plain.rollback()
                _compact(raw)
            else:
                connection = plain.execution_options(isolation_level="AUTOCOMMIT")
                for table in SCRUBBED:
                    connection.execute(text(f"VACUUM (FULL) {table.name}"))

    def ping(self) -> None:
        """Raise Unavailable when the database does not answer."""
        with self.read() as unit:
            unit.connection.execute(select(1))

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()
