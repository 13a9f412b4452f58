"""The engines that the port suites run on; one that is missing is skipped aloud, and fails where CI=true.

How the suite stays short: its files are shared by several processes (``infra/test.sh``), those that take longest first, and
tests of faults one by one; processes of ours that tests start are forked from one that has loaded all they need
(``tests/faults/warm.py``), their mothers of sandbox children too; sites, towns and databases are copied from one that was
made once; Elasticsearch is one for all. A new slow file finds its place by what its tests ask for (``COSTS``).
"""

from __future__ import annotations

import gc
import itertools
import logging
import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import boto3
import pytest
from elasticsearch import Elasticsearch
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from xdist.scheduler import LoadFileScheduling

from catalog.adapters.sql import SqlRecords
from infra.cluster.postgres import Postgres
from pipelines import askers
from tests import seaweed
from tests.elastic import CannotStart, shared


def missing(engine: str, why: object) -> None:
    """Skip the test aloud, or fail it where every engine has to be there."""
    words = f"{engine} cannot be started here: {why}"
    if os.environ.get("CI") == "true":
        pytest.fail(words)
    pytest.skip(words)


@pytest.fixture(scope="session")
def postgres():
    """The address of a real PostgreSQL server, with a database ``template`` that has our schema."""
    try:
        server = Postgres(Path(tempfile.mkdtemp(prefix="datamo-pg-")), delete=True)
    except Exception as why:  # noqa: BLE001 - whatever keeps it from starting
        missing("PostgreSQL", why)
    url = server.get_uri()
    careless(url)
    create_database(url, "template", "template0")
    records = SqlRecords(database(url, "template"))
    records.migrate()
    records.close()
    yield url
    server.fall()
    server.cleanup()


@pytest.fixture(scope="session")
def elastic(tmp_path_factory):
    """A real Elasticsearch (tests.elastic.Node), of all processes of tests; it needs a JDK of Java 21 or newer, and Maven the first time.

    Who kills it or changes what is not an index of her own starts one for herself.
    """
    folder = tmp_path_factory.getbasetemp()
    with ExitStack() as stack:
        try:
            node = stack.enter_context(shared(folder.parent if PROCESS else folder))
        except CannotStart as why:
            missing("Elasticsearch", why)
        yield node


@pytest.fixture(scope="session")
def s3_server() -> Iterator[seaweed.Seaweed]:
    """A real S3 server with an empty bucket ``datamo`` and one, ``open``, that anybody may read."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(seaweed.serve())
        except (OSError, RuntimeError) as why:
            missing("SeaweedFS", why)
        client = boto3.client("s3", endpoint_url=server.endpoint, aws_access_key_id=seaweed.ACCESS,
                              aws_secret_access_key=seaweed.SECRET, region_name="us-east-1")
        for bucket in ("datamo", "open"):
            client.create_bucket(Bucket=bucket)
        yield server


@pytest.fixture
def s3(s3_server, monkeypatch) -> seaweed.Seaweed:
    """The same server, with its keys in the environment, as an operator has them."""
    for name, value in seaweed.credentials().items():
        monkeypatch.setenv(name, value)
    return s3_server


PROCESS = os.environ.get("PYTEST_XDIST_WORKER", "")
"""Which of the processes that share the tests this is, "" when there is only one."""

NUMBERS = itertools.count(1)


@pytest.fixture
def elastic_prefix(elastic):
    """A name for indices of the test's own, which are removed afterwards."""
    prefix = f"test{PROCESS}{next(NUMBERS)}"
    yield prefix
    with Elasticsearch(elastic.url, request_timeout=120) as client:
        for name in client.indices.get_alias(index=f"{prefix}.v*"):
            client.indices.delete(index=name)


@pytest.fixture
def fresh_postgres(postgres):
    """The address of a PostgreSQL database of the test's own."""
    name = f"test{next(NUMBERS)}"
    create_database(postgres, name, "template")
    return database(postgres, name)


def database(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def careless(url: str) -> None:
    """Let the server wait for no disk: it goes away with the tests, and what tells of falling servers has servers of its own."""
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()


def create_database(url: str, name: str, template: str) -> None:
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    engine.dispose()


@pytest.fixture(autouse=True, scope="session")
def _questions_may_take_long() -> Iterator[None]:
    """A reader is not kept for minutes; on a machine that is busy with tests the same question may take them."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("QUESTION_SECONDS", "GUARDED_SECONDS", "WAIT_SECONDS", "START_SECONDS"):
            patch.setattr(askers, name, 120.0)
        yield


@pytest.fixture(autouse=True)
def _no_handler_outlives_its_test() -> Iterator[None]:
    """DBOS hangs a handler on its logger that writes to the stream of the test that launched it, which is closed soon."""
    yield
    logger = logging.getLogger("dbos")
    for handler in list(logger.handlers):
        logger.removeHandler(handler)


COSTS = {
    "elastic": 0.4, "s3_server": 0.4, "postgres": 0.4, "engines": 8.0, "place": 8.0, "here": 2.0, "town": 0.2, "careful": 0.2,
    "bench": 2.0,
}
"""Seconds that a test which asks for this may take, about; for the order of files only."""

PROCESSES = frozenset({"Place", "Popen", "running", "subprocess", "warm"})
"""A room that has one of these names starts processes of our own, which take seconds to load."""

OF_PROCESSES, OF_FAULTS, OF_ANY = 3.0, 60.0, 0.03

KNOWN = {
    "test_types.py": 90.0, "pipelines/columnar/test_conformance.py": 40.0, "pipelines/columnar/test_same_report.py": 30.0,
    "pipelines/test_personal_data.py": 25.0, "pipelines/test_repair.py": 20.0, "pipelines/test_formats.py": 20.0,
}
"""Seconds of files that compute for long, which nothing shows that they ask for."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadFileScheduling | None:
    """Share out files, and of files of faults their tests."""
    return ByCost(config, log) if config.getvalue("dist") == "loadfile" else None


class ByCost(LoadFileScheduling):
    """A file stays with one process, but for those of faults that share nothing among their tests: each takes long."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return nodeid if "/faults/" in file and not shares(self.config.rootpath / file) else file


@cache
def shares(file: Path) -> bool:
    """Whether the tests of a file share something that was made for the file."""
    return 'scope="module"' in file.read_text(encoding="utf-8")


def pytest_collection_finish() -> None:
    """Look no more, when garbage is collected, through what was loaded: it stays until the end."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take longest first, so that no process begins one when the others are done; a file stays together.

    How long is guessed by what the tests ask for and what their rooms start, so that a new file finds its place by itself.
    """
    costs: Counter[str] = Counter()
    seen: set[str] = set()
    for item in items:
        file, _, name = item.location
        costs[file] += OF_ANY + sum(COSTS.get(one, 0.0) for one in getattr(item, "fixturenames", ()))
        test = f"{file} {name.partition('[')[0]}"
        if test not in seen:
            seen.add(test)
            starts = PROCESSES & vars(getattr(item, "module", None) or object).keys()
            costs[file] += (OF_PROCESSES if starts else 0.0) + (OF_FAULTS if "faults" in item.path.parts else 0.0)
    for file in costs:
        costs[file] += KNOWN.get(file.removeprefix("tests/"), 0.0)
    items.sort(key=lambda item: (-costs[item.location[0]], item.location[0]))
