"""Databases of SQLite that are copied from one that was prepared once: to prepare one takes longer than most tests.

That an empty one is prepared rightly, tests/ports/test_records.py shows on databases of their own.
"""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path

from catalog.adapters.sql import SqlRecords
from catalog.adapters.sql.jobs import SqlJobs, jobs_engine
from pipelines.flow import QUEUES, start_of


def records_at(path: Path) -> str:
    """Put a database with our schema there, and nothing in it; gives its address."""
    return _copied(_records(), path)


def jobs_at(path: Path) -> str:
    """Put a database there that holds an empty queue; gives its address."""
    return _copied(_jobs(), path)


def _copied(template: tempfile.TemporaryDirectory[str], path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(Path(template.name, "x.db"), path)
    return f"sqlite:///{path}"


@cache
def _records() -> tempfile.TemporaryDirectory[str]:
    folder = tempfile.TemporaryDirectory(prefix="datamo-template-")
    records = SqlRecords(f"sqlite:///{folder.name}/x.db")
    records.migrate()
    records.close()
    return _alone(folder)


@cache
def _jobs() -> tempfile.TemporaryDirectory[str]:
    folder = tempfile.TemporaryDirectory(prefix="datamo-template-")
    engine = jobs_engine(f"sqlite:///{folder.name}/x.db")
    jobs = SqlJobs(engine, start_of, QUEUES)
    jobs.prepare()
    jobs.close()
    engine.dispose()
    return _alone(folder)


def _alone(folder: tempfile.TemporaryDirectory[str]) -> tempfile.TemporaryDirectory[str]:
    left = [one.name for one in Path(folder.name).iterdir()]
    assert left == ["x.db"], f"a copy of it is not all: {left}"
    return folder
