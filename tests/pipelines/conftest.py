"""The databases that the queue is tried on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from tests.pipelines.bench import Bench
from tests.templates import jobs_at


@pytest.fixture(params=["sqlite", "postgresql"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    if request.param == "sqlite":
        made = Bench(jobs_at(tmp_path / "jobs.db"))
    else:
        address = make_url(request.getfixturevalue("fresh_postgres")).set(drivername="postgresql+psycopg")
        made = Bench(address.render_as_string(hide_password=False))
    yield made
    made.jobs.close()
