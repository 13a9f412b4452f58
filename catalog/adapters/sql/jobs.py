"""Jobs on DBOS, in the records' own database: enqueued in the unit of work's transaction, shown to people, retried.

Web processes use only this client. They never launch DBOS: every launched process drains DBOS's internal queue, so work
would run inside a web process.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from dbos import DBOSClient, EnqueueOptions
from dbos import DBOSConfig as Config
from dbos._serialization import DBOSPortableJSONSerializer

from catalog.adapters.sql.engine import in_our_words
from catalog.adapters.sql.turns import jobs_of, steps_of, turn_of
from catalog.errors import Conflict, NotFound
from catalog.events import Event, Starts
from catalog.model import Job, JobCount

APPLICATION = "datamo"
FLOWS_VERSION = "1"
"""The version of the flows' steps. A worker goes on only with work of its own version; what another left waiting it
begins anew (``SqlJobs.adopt``): raise it when the steps of a flow become others."""

SQLITE_PRAGMAS = ("busy_timeout=30000", "foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL")
BEAT_KEPT_SECONDS = 24 * 3600.0

STATES: Mapping[str, str] = {
    "ENQUEUED": "waiting",
    "DELAYED": "waiting",
    "PENDING": "running",
    "SUCCESS": "done",
    "ERROR": "set-aside",
    "MAX_RECOVERY_ATTEMPTS_EXCEEDED": "set-aside",
    "CANCELLED": "cancelled",
}
"""DBOS's words and ours."""

COUNTED = ("waiting", "running", "set-aside")

GIVEN_UP = "MAX_RECOVERY_ATTEMPTS_EXCEEDED"
FAILED = ("ERROR", GIVEN_UP)
NO_QUEUE = "_dbos_internal_queue"
"""Where DBOS puts a job that never had a queue."""

ADOPT_SECONDS = 20.0
"""How long a job of another version waits for a worker of that version."""

_metadata = sa.MetaData()
BEATS = sa.Table(
    "worker_beats",
    _metadata,
    sa.Column("slot", sa.String(64), primary_key=True),
    sa.Column("seen", sa.Float, nullable=False),
    sa.Column("host", sa.String(255), nullable=False, default=""),
)


def jobs_engine(url: str) -> sa.Engine:
    """Give the engine DBOS works on: on SQLite with WAL, full durability and writers that queue up (HOUSE.md §9)."""
    if not url.startswith("sqlite"):
        return sa.create_engine(url, pool_pre_ping=True)
    engine = sa.create_engine(url)

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = "IMMEDIATE"
        for pragma in SQLITE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    return engine


class SqlJobs:
    """The port Jobs on DBOS. ``starts`` says which flow an event starts; ``engine`` comes from ``jobs_engine``.

    ``queues`` says where a flow is put that has lost its queue; ``version`` is that of the flows' steps.
    """

    def __init__(
        self, engine: sa.Engine, starts: Starts, queues: Mapping[str, str] | None = None, version: str = FLOWS_VERSION
    ) -> None:
        self._engine = engine
        self._starts = starts
        self._queues = queues or {}
        self._version = version
        self._client = DBOSClient(
            system_database_engine=engine,
            serializer=DBOSPortableJSONSerializer(),
            application_name=APPLICATION,
            lazy=True,
            retry_connection_errors=False,
        )

    def prepare(self) -> None:
        """Create or upgrade DBOS's own tables and ours for signs of life; part of ``Records.migrate``."""
        with in_our_words():
            self._client._sys_db.run_migrations()  # noqa: SLF001 - the public way wants an address; ours has the pragmas
            with self._engine.begin() as connection:  # another process may prepare the same: to look first is too early
                connection.execute(sa.schema.CreateTable(BEATS, if_not_exists=True))

    def enqueue(self, connection: sa.Connection, event: Event) -> None:
        """Enqueue what the event starts inside the caller's transaction: no commit, no job. Once per job id."""
        start = self._starts(event)
        if start is None:
            return
        wishes: EnqueueOptions = {
            "workflow_name": start.flow, "queue_name": start.queue, "workflow_id": start.job,
            "app_version": self._version, "priority": turn_of(connection, start),
        }
        if start.agency:
            wishes["queue_partition_key"] = start.agency
        self._client.enqueue_in_transaction(connection, wishes, start.key)

    def jobs(self, *, states: Sequence[str] = (), limit: int = 100) -> Sequence[Job]:
        """Newest first; ``states`` in our words (STATES)."""
        wanted = [theirs for theirs, ours in STATES.items() if not states or ours in states]
        found = self._client.list_workflows(
            status=wanted, limit=limit, sort_desc=True, load_output=True, application_name=APPLICATION
        )
        return tuple(_job(one) for one in found)

    def counts(self) -> Sequence[JobCount]:
        """Count the jobs that wait, run or were set aside, by queue, with the age of the oldest."""
        system = self._client._sys_db  # noqa: SLF001 - DBOS lists jobs, but does not count them
        rows = system.tables.workflow_status
        wanted = [theirs for theirs, ours in STATES.items() if ours in COUNTED]
        asked = (
            sa.select(rows.c.queue_name, rows.c.status, sa.func.count(), sa.func.min(rows.c.created_at))
            .where(rows.c.status.in_(wanted), rows.c.application_name == APPLICATION)
            .group_by(rows.c.queue_name, rows.c.status)
        )
        with in_our_words(), system.engine.connect() as connection:
            found = connection.execute(asked).all()
        return tuple(_summed(found))

    def status(self, job: str) -> Job | None:
        """Give one job, by its id or by the key it runs for."""
        found = self._find(job)
        return _job(found) if found else None

    def cancel(self, job: str) -> None:
        """Stop a job before its next step. Raises NotFound."""
        self._client.cancel_workflow(self._must_find(job).workflow_id)

    def retry(self, job: str) -> None:
        """Run a job that was set aside or cancelled once more, from its first step. Raises NotFound, Conflict."""
        found = self._must_find(job)
        if found.status == "SUCCESS":
            raise Conflict("job-done", job=job)
        queue = found.queue_name or self._queues.get(found.name)
        if found.status in FAILED:
            key = found.queue_partition_key
            self._client.rewind_workflow(found.workflow_id, queue_name=queue, queue_partition_key=key)
        else:
            self._client.resume_workflow(found.workflow_id, queue_name=queue)

    def forget(self, key: str) -> None:
        """Stop and forget every job that runs for this key, with what its errors say."""
        every = self._client.list_workflows(limit=5000, sort_desc=True, load_input=False, load_output=False)
        if found := [one.workflow_id for one in every if one.workflow_id.split(":")[1:2] == [key]]:
            self._client.cancel_workflows(found)
            self._client.delete_workflows(found)

    def wipe(self) -> None:
        """Forget all work: cancel what waits or runs, then delete every row of it."""
        while found := self._client.list_workflows(limit=500, load_input=False, load_output=False):
            names = [one.workflow_id for one in found]
            self._client.cancel_workflows(names)
            self._client.delete_workflows(names)

    def forget_done(self, older_than_hours: float = 24 * 30) -> int:
        """Delete the rows of finished jobs (part of ``datamo gc``); returns how many."""
        before = datetime.fromtimestamp(time.time() - older_than_hours * 3600, UTC).isoformat()
        done = self._client.list_workflows(
            status=["SUCCESS", "CANCELLED"], end_time=before, limit=10_000, load_input=False, load_output=False
        )
        if done:
            self._client.delete_workflows([one.workflow_id for one in done])
        return len(done)

    def asked(self) -> AbstractContextManager[None]:
        """Say in our words, as Unavailable, what goes wrong with the database inside."""
        return in_our_words()

    def beat(self, slot: str) -> None:
        """Note that the worker in this slot is alive."""
        row = {"seen": time.time(), "host": socket.gethostname()}
        with self._engine.begin() as connection:
            changed = connection.execute(sa.update(BEATS).where(BEATS.c.slot == slot).values(**row))
            if changed.rowcount == 0:
                connection.execute(sa.insert(BEATS).values(slot=slot, **row))

    def leave(self, slot: str) -> None:
        """Note that the worker in this slot went home in good order."""
        with self._engine.begin() as connection:
            connection.execute(sa.delete(BEATS).where(BEATS.c.slot == slot))

    def workers(self) -> Sequence[tuple[str, float]]:
        """(slot, seconds since its last sign of life) of the last day, most recent first."""
        now = time.time()
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(BEATS.c.slot, BEATS.c.seen).order_by(BEATS.c.seen.desc())).all()
        return tuple((slot, max(0.0, now - seen)) for slot, seen in rows if now - seen < BEAT_KEPT_SECONDS)

    def orphans(self, slot: str) -> Sequence[str]:
        """Ids of the jobs that run in this slot, as far as the database knows."""
        found = self._client.list_workflows(
            status="PENDING", executor_id=slot, load_input=False, load_output=False, application_name=APPLICATION
        )
        return tuple(one.workflow_id for one in found)

    def running_slots(self) -> Sequence[str]:
        """Slots that hold running jobs, as far as the database knows."""
        found = self._client.list_workflows(
            status="PENDING", load_input=False, load_output=False, application_name=APPLICATION
        )
        return tuple(sorted({one.executor_id for one in found if one.executor_id}))

    def take_over(self, slot: str, jobs: Sequence[str] | None = None) -> int:
        """Put the jobs of a slot whose worker is gone (the caller holds its lock), or some, back into their queue."""
        again = self._client._sys_db.reenqueue_for_recovery  # noqa: SLF001 - counts its deaths; to resume forgets them
        return sum(again(job, [slot], NO_QUEUE) for job in (self.orphans(slot) if jobs is None else jobs))

    def given_up(self) -> Sequence[Job]:
        """Jobs that were set aside because worker after worker died of them."""
        found = self._client.list_workflows(
            status=GIVEN_UP, limit=1000, sort_desc=True, load_output=False, application_name=APPLICATION
        )
        return tuple(_job(one) for one in found)

    def waiting(self, queues: Sequence[str]) -> bool:
        """Tell whether any job waits in one of these queues."""
        jobs = jobs_of(self._engine.dialect.name)
        found = sa.select(sa.literal(1)).where(
            jobs.c.queue_name.in_(queues), jobs.c.status == sa.literal_column("'ENQUEUED'")
        ).limit(1)
        with self._engine.connect() as connection:
            return connection.execute(found).first() is not None

    def adopt(self, seconds: float = ADOPT_SECONDS) -> int:
        """Take what another version of Datamo enqueued or began, and has left waiting for so long, as work of ours.

        Its steps may be others than ours, so it begins anew: a step that is done again finds what it did.
        """
        jobs, steps = jobs_of(self._engine.dialect.name), steps_of(self._engine.dialect.name)
        left = sa.select(jobs.c.workflow_uuid).where(
            jobs.c.status == "ENQUEUED",
            sa.or_(jobs.c.application_version.is_(None), jobs.c.application_version != self._version),
            jobs.c.updated_at < int((time.time() - seconds) * 1000),
        ).limit(200)
        with self._engine.begin() as connection:
            mine = sa.update(jobs).where(jobs.c.workflow_uuid.in_(left), jobs.c.status == "ENQUEUED")
            taken = connection.execute(
                mine.values(application_version=self._version).returning(jobs.c.workflow_uuid)
            ).scalars().all()
            connection.execute(sa.delete(steps).where(steps.c.workflow_uuid.in_(taken)))
        return len(taken)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.destroy()
        self._engine.dispose()

    def _find(self, job: str) -> Any:
        found = self._client.list_workflows(workflow_ids=[job])
        if not found and ":" not in job:
            found = [
                one
                for one in self._client.list_workflows(limit=5000, sort_desc=True, application_name=APPLICATION)
                if one.workflow_id.split(":")[1:2] == [job]
            ]
        return found[0] if found else None

    def _must_find(self, job: str) -> Any:
        found = self._find(job)
        if found is None:
            raise NotFound("job-not-found", job=job)
        return found


def worker_config(engine: sa.Engine, slot: str, version: str = FLOWS_VERSION) -> Config:
    """Give what a worker in ``slot`` launches DBOS with: its slot as executor id, so that a replacement recovers."""
    return Config(
        name=APPLICATION,
        system_database_engine=engine,
        serializer=DBOSPortableJSONSerializer(),
        application_version=version,
        executor_id=slot,
        run_migrations=False,
        log_level="WARNING",
        enable_otlp=False,
        notification_listener_polling_interval_sec=0.5,  # we wait for none, but to leave takes as long as one look
        scheduler_polling_interval_sec=300.0,
    )


def _summed(rows: Sequence[Any]) -> Iterator[JobCount]:
    """Put DBOS's states together to ours."""
    kept: dict[tuple[str, str], tuple[int, int]] = {}
    for queue, status, number, oldest in rows:
        key = (queue or "", STATES[status])
        before = kept.get(key, (0, oldest))
        kept[key] = (before[0] + number, min(before[1], oldest))
    for (queue, state), (number, oldest) in sorted(kept.items()):
        yield JobCount(queue, state, number, max(0.0, time.time() - oldest / 1000))


def _job(status: Any) -> Job:
    """Translate a DBOS status into our Job."""
    key = status.workflow_id.split(":")[1]
    error = "" if status.error is None else str(status.error)
    return Job(
        id=status.workflow_id,
        flow=status.name,
        key=key,
        state=STATES.get(status.status, status.status.lower()),
        created=_time(status.created_at),
        updated=_time(status.updated_at),
        error=error,
        attempts=status.recovery_attempts or 0,
    )


def _time(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)
