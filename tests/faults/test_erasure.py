"""An erasure killed between its steps on each kind of engines: it is gone on with, and nothing of it is left anywhere."""

from __future__ import annotations

import io
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import boto3
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, text

from api.app import create_app
from api.wiring import Site
from catalog.erasure import LEDGER
from catalog.errors import Gone
from catalog.model import NOBODY, Options
from pipelines.steps.receive import receive
from tests.faults.place import Place, eventually, kill, stop
from tests.faults.test_carrying import Bare, datamo
from tests.running import people

CANARY = "Trịnh Thị Kim Tuyến"
CLEAN = "ma,ten\n00001,Trường Tiểu học Đống Đa\n00002,Trường THCS Lê Lợi\n"
PERSONAL = f"{CLEAN}00777,{CANARY}\n"
REASON = "Tệp có họ tên của người dân."
EVERY = ("after-state", "after-delete", "after-drop_staged", "before-drop_older_states", "before-scrub", "after-scrub",
         "before-finish_erasure", "after-finish_erasure")
"""Where a worker can be killed: at all of them with DATAMO_FAULT_POINTS set, else at two on each kind of engines."""

THOROUGH = "DATAMO_FAULT_POINTS" in os.environ
FEW = {True: ("before-drop_older_states", "before-scrub"), False: ("after-delete", "before-finish_erasure")}


def send(site: Site, dataset: str, content: str) -> str:
    return receive(site.catalog, site.files, site.catalog.system(), dataset, io.BytesIO(content.encode()), "truong.csv",
                   Options(), limit=10**9).id


def told(content: bytes) -> bool:
    """Whether bytes hold the words, as text, escaped as JSON writes them, or in the hexadecimal of a dump."""
    escaped = CANARY.encode("ascii", "backslashreplace")
    plain = CANARY.encode()
    return any(one in content for one in (plain, escaped, plain.hex().encode(), escaped.hex().encode()))


def everything(place: Place, engines: dict[str, str]) -> Iterator[tuple[str, bytes]]:
    """All that a site holds: each file of its folders, each object of its bucket, each row of its database.

    The files are copied by another process first: whoever closes a file of SQLite lets go of the locks of her own process.
    """
    with tempfile.TemporaryDirectory() as copy:
        subprocess.run(["cp", "-r", f"{place.folder}/.", copy], check=True)
        for path in sorted(Path(copy).rglob("*")):
            if path.is_file() and path.suffix != ".log":
                yield str(path.relative_to(copy)), path.read_bytes()
    if engines:
        yield from in_bucket(engines["DATAMO_FILES_URL"])
        yield from in_database(engines["DATAMO_DATABASE_URL"])


def in_bucket(address: str) -> Iterator[tuple[str, bytes]]:
    where, _, asked = address.removeprefix("s3:").lstrip("/").partition("?")
    bucket, _, prefix = where.partition("/")
    endpoint = next(one.partition("=")[2] for one in asked.split("&") if one.startswith("endpoint="))
    client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    for one in [one for page in pages for one in page.get("Contents", ())]:
        yield one["Key"], client.get_object(Bucket=bucket, Key=one["Key"])["Body"].read()


def in_database(url: str) -> Iterator[tuple[str, bytes]]:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        tables = connection.execute(text(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables "
            "WHERE schemaname NOT IN ('pg_catalog', 'information_schema')")).scalars().all()
        for table in tables:
            for row in connection.execute(text(f"SELECT t::text FROM {table} t")).scalars():
                yield table, row.encode()
    engine.dispose()


def holding(place: Place, engines: dict[str, str]) -> list[str]:
    return sorted({name for name, content in everything(place, engines) if told(content)})


@pytest.fixture
def engines_of(place: Place, request: pytest.FixtureRequest) -> dict[str, str]:
    """The addresses of the place's engines; none where they are folders."""
    return {} if place.environment["DATAMO_DATABASE_URL"].startswith("sqlite") else request.getfixturevalue("engines")


def test_an_erasure_killed_between_its_steps_goes_on_and_leaves_nothing_and_no_backup_brings_it_back(
    place: Place, engines_of: dict[str, str], tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in engines_of.items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    with place.site() as site:
        people(site)
        dataset = place.draft(site, "truong-hoc")
        worker = place.worker()
        try:
            for content in (CLEAN, PERSONAL):
                assert place.wait(site, [send(site, dataset, content)]) == ["published"], place.log()
            assert place.wait_indexed(site), place.log()
        finally:
            stop(worker)
        before = holding(place, engines_of)
        assert before, "the test sees where it is"
        assert datamo(place, "backup", str(elsewhere / "backups" / "1"))[0] == 0
        editor, reviewer = site.catalog.caller_named("editor"), site.catalog.caller_named("reviewer")
        one = site.catalog.ask_erasure(editor, dataset, versions=[2], reason=REASON)
        site.catalog.confirm_erasure(reviewer, one.id)
        killed(place, site, one.id, EVERY if THOROUGH else FEW[not engines_of])
        assert holding(place, engines_of) == []
        assert all(site.files.size(sha256) is None for sha256 in one.hashes)
        assert list(site.catalog.verify(deep=True)) == []
        answers(site)
        assert datamo(place, "backup", str(elsewhere / "backups" / "2"))[0] == 0
    restored(elsewhere)


def killed(place: Place, site: Site, erasure: str, points: Sequence[str]) -> None:
    """Kill a worker at each point, one after the other, and let the next one go on until it is done."""
    for point in points:
        done = len(place.killed_at.read_text().splitlines()) if place.killed_at.exists() else 0
        worker = place.worker(point, times=done + 1)
        if not eventually(lambda worker=worker: worker.poll() is not None):
            kill(worker)
            raise AssertionError((point, place.log()))
    assert place.killed_at.read_text().split() == list(points)
    worker = place.worker()
    try:
        system = site.catalog.system()
        assert eventually(lambda: site.catalog.erasure(system, erasure).state == "done"), place.log()
        assert erasure.encode() in dict(site.files.states())[LEDGER]
        assert place.wait_indexed(site), place.log()
    finally:
        stop(worker)


def answers(site: Site) -> None:
    """The addresses say it was erased, the version before it is there, search knows nothing of it."""
    app: Any = create_app(site.catalog, site.files, site_url="http://x", environment="test")
    with TestClient(app, base_url="http://x") as client:
        for number, status in ((1, 200), (2, 410)):
            assert client.get(f"/api/v1/datasets/truong-hoc/versions/{number}").status_code == status
        assert client.get("/api/v1/datasets", params={"q": "Kim Tuyến"}).json()["total"] == 0
    said = dict(site.files.states())
    assert {b'"erased"' in content for name, content in said.items() if b'"number": 2' in content} == {True}


def restored(elsewhere: Path) -> None:
    """The older backup, restored beside the newer one, does not bring it back."""
    other = Bare(elsewhere / "other")
    code, said = datamo(other, "restore", str(elsewhere / "backups" / "1"))
    assert (code, said["ok"]) == (0, True), said
    with other.site() as site:
        with pytest.raises(Gone, match="erased"):
            site.catalog.version(NOBODY, "truong-hoc", 2)
        assert holding(other, {}) == []
        assert list(site.catalog.verify(deep=True)) == []
