"""The sites that faults are tried on: on the embedded engines, and on a real PostgreSQL, S3 and Elasticsearch."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from tests import seaweed
from tests.conftest import PROCESS
from tests.elastic import Node
from tests.faults.place import Place

NUMBERS = itertools.count(1)


@pytest.fixture(params=["embedded", "production"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A site of the test's own, on each kind of engines."""
    return Place(tmp_path, None if request.param == "embedded" else request.getfixturevalue("engines"))


@pytest.fixture
def engines(s3: seaweed.Seaweed, elastic: Node, fresh_postgres: str, tmp_path: Path) -> dict[str, str]:
    """The settings of a site on a real PostgreSQL, S3 and Elasticsearch, all three its own."""
    number = f"{PROCESS}{next(NUMBERS)}"
    return {
        "DATAMO_DATABASE_URL": fresh_postgres,
        "DATAMO_FILES_URL": s3.address("datamo", f"place-{number}"),
        "DATAMO_SEARCH_URL": f"{elastic.url}/place{number}",
        "DATAMO_COPIES_DIR": str(tmp_path / "copies"),
        **seaweed.credentials(),
    }
