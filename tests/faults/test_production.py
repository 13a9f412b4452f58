"""A site on PostgreSQL, S3 and Elasticsearch: the whole road, and each of the three failing while it is walked."""

from __future__ import annotations

import hashlib
import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from catalog.errors import Unavailable
from infra.cluster.postgres import Postgres
from tests import faulty
from tests.conftest import create_database, database, missing
from tests.faults.place import PATIENCE_SECONDS, Place, eventually, stop
from tests.running import running
from tests.seaweed import Seaweed

SCHOOLS = "ma,ten\n00123,Trường Tiểu học Đống Đa\n00456,Trường THCS Lê Lợi\n".encode()


def test_a_file_goes_the_whole_road_on_production_engines(engines: dict[str, str], tmp_path: Path) -> None:
    with running(Place(tmp_path, engines)) as here:
        slug = here.draft("Trường học Đống Đa")
        sent = here.upload(slug, SCHOOLS, "truong.csv")
        assert sent.status_code == 202, sent.text
        assert here.end(sent.json()["id"])["state"] == "published", here.place.log()
        assert here.place.wait_indexed(here.site), here.place.log()
        with here.client("") as reader:
            assert eventually(lambda: not reader.get("/api/v1/datasets?q=truong hoc dong da").json()["degraded"])
            found = reader.get("/api/v1/datasets?q=truong hoc dong da").json()
            assert [one["slug"] for one in found["items"]] == [slug]
            files = {one["role"]: one["name"] for one in reader.get(f"/api/v1/datasets/{slug}").json()["files"]}
            path = f"/api/v1/datasets/{slug}/files/{files['csv']}"
            answer = reader.get(path)
            assert answer.content == SCHOOLS
            assert answer.headers["etag"] == f'"{hashlib.sha256(SCHOOLS).hexdigest()}"'
            assert reader.get(path, headers={"Range": "bytes=7-11"}).content == SCHOOLS[7:12]
            elsewhere = reader.get(f"{path}?redirect=1")
            assert elsewhere.status_code == 302
            moved = httpx.get(elsewhere.headers["location"], trust_env=False)
            assert moved.content == SCHOOLS
            assert moved.headers["content-disposition"].startswith("attachment")
            rows = reader.get(f"/api/v1/datasets/{slug}/rows").json()
            assert [one["ma"] for one in rows["items"]] == ["00123", "00456"]
            assert reader.get(f"/datasets/{slug}").status_code == 200
            assert eventually(lambda: {one["state"] for one in reader.get("/readyz").json()["parts"].values()} == {"ok"})
        assert list(here.site.catalog.verify(deep=True)) == []


def test_files_are_published_whole_although_every_fifth_call_to_the_store_fails(
    engines: dict[str, str], s3: Seaweed, tmp_path: Path
) -> None:
    """Reliability R7: refusals, pauses, resets before and after the write, cut and flipped bytes, mixed by chance."""
    chance = random.Random(20261122)
    with faulty.before(s3.endpoint) as proxy:
        proxy.patience = 1.0
        kinds = [one for one in faulty.KINDS if one not in ("error-in-200", "truncate")]
        engines["DATAMO_FILES_URL"] = engines["DATAMO_FILES_URL"].replace(s3.endpoint, proxy.url)
        place = Place(tmp_path, engines)
        with place.site() as site:
            proxy.plan = lambda method, path: chance.choice(kinds) if chance.random() < 0.2 else ""
            worker = place.worker()
            try:
                submissions = []
                for one in range(6):
                    dataset = place.draft(site, f"bo-{one}")
                    submissions.append(patiently(lambda dataset=dataset: place.upload(site, dataset).id))
                assert place.wait(site, submissions) == ["published"] * 6, place.log()
                spoiled = [kind for _, _, kind in proxy.seen if kind]
                proxy.plan = lambda method, path: ""
                assert list(site.catalog.verify(deep=True)) == []
                assert len(spoiled) > 10
            finally:
                stop(worker)


def patiently(do: Callable[[], str]) -> str:
    """Do as a client does: again, when it hears that the site is down at the moment."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return do()
        except Unavailable:
            if time.monotonic() > until:
                raise
            time.sleep(0.25)


class Falling(Postgres):
    """A server of the test's own that can be stopped without a goodbye and started again."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, delete=True)
        self.url = self.get_uri()

    def come_up(self) -> None:
        """Be there again."""
        self.ensure_postgres_running()

    def fail(self, seconds: float) -> None:
        """Be away for some seconds."""
        self.fall()
        time.sleep(seconds)
        self.come_up()


@pytest.fixture
def postgres_of_its_own() -> Iterator[Falling]:
    try:
        server = Falling(Path(tempfile.mkdtemp(prefix="datamo-pg-")))
    except Exception as why:  # noqa: BLE001 - whatever keeps it from starting
        missing("PostgreSQL", why)
    yield server
    server.cleanup()


def test_nothing_is_lost_when_the_database_goes_down_twice_under_work(
    engines: dict[str, str], postgres_of_its_own: Falling, tmp_path: Path
) -> None:
    """Reliability R9: what was acknowledged ends published, once; who asks meanwhile hears that the site is down."""
    create_database(postgres_of_its_own.url, "site", "template0")
    place = Place(tmp_path, {**engines, "DATAMO_DATABASE_URL": database(postgres_of_its_own.url, "site")})
    with place.site() as site:
        datasets = [place.draft(site, f"bo-{one}") for one in range(6)]
        worker = place.worker()
        outages: list[int] = []
        outage = threading.Thread(target=lambda: [outages.append(one) for one in range(2) if not postgres_of_its_own.fail(1.5)])
        try:
            submissions = [place.upload(site, one).id for one in datasets[:3]]
            assert place.wait_worker(site), place.log()
            outage.start()
            submissions += [patiently(lambda one=one: place.upload(site, one).id) for one in datasets[3:]]
            outage.join()
            assert outages == [0, 1]
            assert patiently(lambda: ",".join(place.wait(site, submissions))) == ",".join(["published"] * 6), place.log()
            assert worker.poll() is None, place.log()
            assert place.wait_indexed(site), place.log()
            assert list(site.catalog.verify(deep=True)) == []
            assert [len(site.catalog.versions(site.catalog.system(), one)) for one in datasets] == [1] * 6
        finally:
            stop(worker)


@pytest.mark.parametrize("moment", ["before it starts", "at any moment while it starts"])
def test_a_worker_that_starts_while_the_database_is_away_waits_for_it(
    postgres_of_its_own: Falling, tmp_path: Path, moment: str
) -> None:
    create_database(postgres_of_its_own.url, "site", "template0")
    place = Place(tmp_path, {"DATAMO_DATABASE_URL": database(postgres_of_its_own.url, "site")})
    with place.site() as site:
        dataset = place.draft(site, "truong-hoc")
        submission = place.upload(site, dataset).id
        if moment == "before it starts":
            postgres_of_its_own.fall()
            worker = place.worker()
            assert place.wait_log("cannot start yet"), place.log()
        else:
            worker = place.worker()
            for _ in range(4):
                postgres_of_its_own.fail(1.0)
        try:
            postgres_of_its_own.come_up()
            assert patiently(lambda: ",".join(place.wait(site, [submission]))) == "published", place.log()
            assert worker.poll() is None, place.log()
            assert list(site.catalog.verify(deep=True)) == []
        finally:
            assert stop(worker) == 0, place.log()


def test_a_worker_that_is_told_to_stop_while_it_waits_for_the_database_goes_at_once(
    postgres_of_its_own: Falling, tmp_path: Path
) -> None:
    create_database(postgres_of_its_own.url, "site", "template0")
    place = Place(tmp_path, {"DATAMO_DATABASE_URL": database(postgres_of_its_own.url, "site")})
    postgres_of_its_own.fall()
    worker = place.command("work")
    assert place.wait_log("cannot start yet"), place.log()
    assert stop(worker) == 0, place.log()


def test_a_worker_whose_database_does_not_let_it_in_says_so_at_once(postgres_of_its_own: Falling, tmp_path: Path) -> None:
    create_database(postgres_of_its_own.url, "site", "template0")
    place = Place(tmp_path, {"DATAMO_DATABASE_URL": database(postgres_of_its_own.url, "site")})
    place.environment["DATAMO_DATABASE_URL"] = database(postgres_of_its_own.url, "missing")
    assert place.command("work").wait(120) == 3
    assert place.log().count("DATAMO_DATABASE_URL") == 1, place.log()
    assert "Traceback" not in place.log()
