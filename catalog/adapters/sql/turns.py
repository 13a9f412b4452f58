"""Turns in the queue: agencies come one after another, however many files each of them has handed in.

Each job gets a number when it is enqueued, in the same transaction, and the smallest number runs first. An agency's
numbers go on from her last one that waits, or from the front of the queue where none does: the 500 files of one lie
behind each other, and the single file of another stands beside the first of them. (Self-clocked fair queueing:
Golestani 1994.) A job's cost is by how much its agency's numbers go on.
"""

from __future__ import annotations

import sqlalchemy as sa

from catalog.events import Start

URGENT, PATIENT = 1, 1 << 29
"""Where the numbers of what somebody waits for begin, and those of what can wait."""

MOST = (1 << 29) - 2

_JOBS = ("workflow_uuid", "status", "queue_name", "queue_partition_key", "priority", "application_version",
         "updated_at", "created_at", "executor_id", "recovery_attempts")
_STEPS = ("workflow_uuid", "function_id", "function_name", "output", "serialization")


def jobs_of(dialect: str) -> sa.TableClause:
    """Give DBOS's table of jobs, as far as we read or change it ourselves; on PostgreSQL it has a schema of its own."""
    return sa.table("workflow_status", *map(sa.column, _JOBS), schema=_schema(dialect))


def steps_of(dialect: str) -> sa.TableClause:
    """Give DBOS's table of the steps that are done."""
    return sa.table("operation_outputs", *map(sa.column, _STEPS), schema=_schema(dialect))


def _schema(dialect: str) -> str | None:
    return "dbos" if dialect == "postgresql" else None


def turn_of(connection: sa.Connection, start: Start) -> int:
    """Give the number under which a job waits. Those who ask must come one by one, in the transaction that enqueues."""
    base = URGENT if start.urgent else PATIENT
    if not start.agency:
        return base
    jobs = jobs_of(connection.dialect.name)
    number = jobs.c.priority
    waiting = sa.select(number).where(
        jobs.c.queue_name == start.queue,
        jobs.c.status == "ENQUEUED",
        jobs.c.status.in_([sa.literal_column("'ENQUEUED'"), sa.literal_column("'PENDING'")]),  # names a partial index
        number.between(base, base + MOST),
    )
    front = connection.execute(waiting.order_by(number).limit(1)).scalar()
    hers = waiting.where(jobs.c.queue_partition_key == start.agency)
    last = connection.execute(hers.order_by(number.desc()).limit(1)).scalar()
    before = max(base if front is None else front - 1, base if last is None else last)
    return int(min(before + start.cost, base + MOST))
