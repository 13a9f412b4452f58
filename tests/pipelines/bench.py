"""One database with its jobs, on SQLite or PostgreSQL, and real workers on it: what the tests of the queue stand on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from catalog.adapters.sql.jobs import FLOWS_VERSION, SqlJobs, jobs_engine, worker_config
from catalog.adapters.sql.locks import Locks
from catalog.events import Event, FileArrived
from catalog.model import Job
from pipelines.flow import QUEUES, Workshop, start_of
from pipelines.worker import Patience, Worker

SECONDS = 120.0


class Bench:
    """One database with its jobs, and what is needed to start workers on it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = jobs_engine(self.url)
        self.jobs = SqlJobs(self.engine, start_of, QUEUES)
        self.jobs.prepare()

    def of_version(self, version: str) -> SqlJobs:
        """The jobs as another version of Datamo sees them."""
        return SqlJobs(self.engine, start_of, QUEUES, version)

    def arrive(self, *names: str, **more: Any) -> None:
        self.announce(*[FileArrived(submission=name, **more) for name in names])

    def announce(self, *events: Event) -> None:
        with self.engine.begin() as connection:
            for event in events:
                self.jobs.enqueue(connection, event)

    @contextmanager
    def working(self, shop: Workshop, version: str = FLOWS_VERSION, **wishes: Any) -> Iterator[Worker]:
        worker = Worker(
            shop, config=lambda slot: worker_config(jobs_engine(self.url), slot, version),
            bench=self.of_version(version), locks=Locks(self.engine),
            **{"patience": Patience(attempts=3, seconds=0.05, growth=1.0), "drain_seconds": 1, **wishes},
        )
        stop = threading.Event()
        thread = threading.Thread(target=worker.run, args=(stop,))
        thread.start()
        try:
            yield worker
        finally:
            stop.set()
            thread.join()

    def until(self, name: str, *states: str) -> Job | None:
        return eventually(lambda: job if (job := self.jobs.status(name)) and job.state in states else None)


def eventually(look: Callable[[], Any]) -> Any:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        if found := look():
            return found
        time.sleep(0.05)
    return None
