"""Whose file is next: agencies take turns, large files leave room, what can wait waits, what kills workers is set aside."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from catalog.adapters.sql.jobs import GIVEN_UP, SqlJobs, worker_config
from catalog.adapters.sql.locks import Locks
from catalog.adapters.sql.turns import jobs_of, steps_of
from catalog.errors import Conflict
from catalog.events import FileArrived, ReleaseAccepted
from catalog.model import Outcome
from pipelines.flow import CHECKS, LARGE, LARGE_CHECKS, QUEUES, Workshop, start_of
from pipelines.step import Parcel
from pipelines.worker import Worker
from tests.pipelines.bench import SECONDS, Bench, eventually
from tests.pipelines.desk import Desk, workshop
from tests.pipelines.test_flow import good


def desk_with(shop: Workshop, *names: str) -> Desk:
    desk = shop.catalog
    assert isinstance(desk, Desk)
    for name in names:
        desk.arrive(name=name)
    return desk


def examined(order: list[str]) -> Any:
    def examine(parcel: Parcel) -> Outcome:
        order.append(parcel.work.parent.name)
        return good(parcel)

    return examine


def test_an_agency_with_500_files_does_not_keep_another_waiting_behind_them(bench: Bench, tmp_path: Path) -> None:
    """All wait before a worker starts: the single file is among the first three, the three of a third agency take turns."""
    many = [f"m{number:03d}" for number in range(500)]
    bench.arrive(*many, agency="H01")
    bench.arrive("lonely", agency="H02")
    bench.arrive("t1", "t2", "t3", agency="H03")
    order: list[str] = []
    shop = workshop(tmp_path, examined(order))
    desk_with(shop, *many, "lonely", "t1", "t2", "t3")
    with bench.working(shop, at_once=1):
        assert eventually(lambda: len(order) >= 8)
    assert order[0] == "m000"
    assert set(order[:3]) == {"m000", "lonely", "t1"}
    assert order[3:5] == ["m001", "t2"]
    assert order[5:7] == ["m002", "t3"]


def test_a_file_that_comes_while_others_queue_stands_at_the_front_of_the_queue_not_at_its_end(bench: Bench) -> None:
    bench.arrive(*[f"m{number}" for number in range(20)], agency="H01")
    with bench.engine.begin() as connection:
        jobs = jobs_of(bench.engine.dialect.name)
        done = [f"check_and_publish:m{number}" for number in range(12)]
        connection.execute(sa.update(jobs).where(jobs.c.workflow_uuid.in_(done)).values(status="SUCCESS"))
    bench.arrive("lonely", agency="H02")
    bench.arrive("m20", agency="H01")
    queue = waiting(bench)
    assert queue.index("lonely") == 1
    assert queue[-1] == "m20"


def waiting(bench: Bench, queue: str = CHECKS) -> list[str]:
    """Keys in the order in which they will be taken."""
    jobs = jobs_of(bench.engine.dialect.name)
    with bench.engine.connect() as connection:
        found = connection.execute(
            sa.select(jobs.c.workflow_uuid).where(jobs.c.status == "ENQUEUED", jobs.c.queue_name == queue)
            .order_by(jobs.c.priority, jobs.c.created_at)
        ).scalars().all()
    return [one.split(":")[1] for one in found]


def test_a_larger_file_takes_more_of_its_agencys_turns(bench: Bench) -> None:
    bench.arrive("large1", "large2", agency="H01", size=5_000_000)
    bench.arrive(*[f"s{number}" for number in range(15)], agency="H02", size=1000)
    queue = waiting(bench)
    assert queue[0] == "large1"
    assert queue.index("large2") == 12, "eleven small files and the one it is the turn of go before it"


def test_what_nobody_waits_for_comes_last(bench: Bench) -> None:
    bench.arrive("again1", "again2", agency="H01", urgent=False)
    bench.arrive("new", agency="H02")
    bench.arrive("again3", agency="H03", urgent=False)
    queue = waiting(bench)
    assert queue[0] == "new"
    assert set(queue[1:3]) == {"again1", "again3"}


def test_small_files_are_checked_beside_a_large_one_and_never_more_than_allowed(bench: Bench, tmp_path: Path) -> None:
    order: list[str] = []
    running, most = 0, 0
    count, over = threading.Lock(), threading.Event()

    def examine(parcel: Parcel) -> Outcome:
        nonlocal running, most
        name = parcel.work.parent.name
        with count:
            running += 1
            most = max(most, running)
            order.append(name)
        if name.startswith("large"):
            over.wait(SECONDS)
        with count:
            running -= 1
        return good(parcel)

    shop = workshop(tmp_path, examine)
    large, small = [f"large{one}" for one in range(3)], [f"small{one}" for one in range(5)]
    desk = desk_with(shop, *large, *small)
    bench.arrive(*large, agency="H01", size=LARGE + 1)
    assert waiting(bench, LARGE_CHECKS) == large
    with bench.working(shop, at_once=2):
        assert eventually(lambda: order == ["large0"])
        bench.arrive(*small, agency="H02")
        assert eventually(lambda: all(desk.kept[one].state == "published" for one in small))
        assert (order[0], set(order[1:])) == ("large0", set(small))
        over.set()
        assert eventually(lambda: all(desk.kept[one].state == "published" for one in large))
    assert most == 2


def test_what_can_wait_lets_files_that_arrived_go_first_but_not_for_ever(bench: Bench, tmp_path: Path) -> None:
    shop = workshop(tmp_path, good)
    asked: list[bool] = []

    class Watched(SqlJobs):
        def waiting(self, queues: Sequence[str]) -> bool:
            asked.append(super().waiting(queues))
            if len(asked) == 3:
                self.cancel("s1")
            return asked[-1]

    watched = Watched(bench.engine, start_of, QUEUES)
    worker = Worker(shop, config=lambda slot: worker_config(bench.engine, slot), bench=watched, locks=Locks(bench.engine))
    bench.announce(ReleaseAccepted(release="r1"))
    bench.arrive("s1", agency="H01", size=LARGE + 1)
    worker.give_way(60)
    assert asked == [True, True, True, False], "work of the same kind is not waited for"
    bench.arrive("s2", agency="H01")
    worker.give_way(0.1)
    assert asked[4:]
    assert all(asked[4:])


def test_a_job_that_killed_too_many_workers_is_set_aside_where_its_agency_sees_it_and_can_be_tried_again(
    bench: Bench, tmp_path: Path
) -> None:
    order: list[str] = []
    shop = workshop(tmp_path, examined(order))
    desk = desk_with(shop, "killer", "s1")
    desk._move("killer", state="checking")
    bench.arrive("killer", "s1", agency="H01")
    jobs = jobs_of(bench.engine.dialect.name)
    with bench.engine.begin() as connection:
        connection.execute(sa.update(jobs).where(jobs.c.workflow_uuid == "check_and_publish:killer").values(
            status=GIVEN_UP, queue_name=None, recovery_attempts=21,
        ))
    with bench.working(shop):
        assert eventually(lambda: desk.kept["killer"].state == "failed")
        assert desk.kept["killer"].reason == {"code": "set-aside", "params": {}}
        assert [one.key for one in bench.jobs.jobs(states=["set-aside"])] == ["killer"]
        assert bench.until("s1", "done")
        bench.jobs.retry("killer")
        assert bench.until("killer", "done")
    assert desk.kept["killer"].state == "published"
    assert sorted(order) == ["killer", "s1"]


def test_the_deaths_of_a_job_are_counted_however_its_workers_are_replaced(bench: Bench) -> None:
    """A job taken over from a dead worker's slot keeps its count: else what kills workers would kill for ever."""
    bench.arrive("killer", agency="H01")
    jobs = jobs_of(bench.engine.dialect.name)
    with bench.engine.begin() as connection:
        connection.execute(sa.update(jobs).values(status="PENDING", executor_id="worker-7", recovery_attempts=5))
    assert bench.jobs.take_over("worker-7") == 1
    assert bench.jobs.take_over("worker-7") == 0
    with bench.engine.connect() as connection:
        row = connection.execute(sa.select(jobs.c.status, jobs.c.queue_name, jobs.c.recovery_attempts)).one()
    assert tuple(row) == ("ENQUEUED", CHECKS, 5)


def test_a_worker_of_another_version_finishes_what_the_old_one_enqueued_and_began(bench: Bench, tmp_path: Path) -> None:
    """What was begun begins anew, as the steps may be others; in both directions, for an upgrade may be taken back."""
    order: list[str] = []
    shop = workshop(tmp_path, examined(order))
    desk = desk_with(shop, "begun", "waiting", "newer")
    bench.arrive("begun", "waiting", agency="H01")
    with bench.engine.begin() as connection:
        bench.of_version("3").enqueue(connection, FileArrived(submission="newer", agency="H01"))
        jobs, steps = jobs_of(bench.engine.dialect.name), steps_of(bench.engine.dialect.name)
        begun = "check_and_publish:begun"
        connection.execute(sa.update(jobs).where(jobs.c.workflow_uuid == begun).values(
            status="PENDING", executor_id="worker-9", recovery_attempts=1,
        ))
        connection.execute(sa.insert(steps).values(
            workflow_uuid=begun, function_id=1, function_name="a step that is no more", output='"checking"',
            serialization="portable_json",
        ))
    desk._move("begun", state="checking")
    with bench.working(shop, version="2") as worker:
        assert eventually(lambda: worker.slot)
        assert eventually(lambda: bench.of_version("2").adopt(0.0) or all(
            desk.kept[one].state == "published" for one in ("begun", "waiting", "newer")
        ))
        for name in ("begun", "waiting", "newer"):
            assert eventually(lambda name=name: bench.of_version("2").adopt(0.0) * 0 or desk.kept[name].state == "published")
    assert sorted(order) == ["begun", "newer", "waiting"]


def test_workers_of_two_versions_side_by_side_finish_everything_once(bench: Bench, tmp_path: Path) -> None:
    names = [f"s{number}" for number in range(12)]
    order: list[str] = []
    shop = workshop(tmp_path, examined(order))
    desk_with(shop, *names)
    for place, name in enumerate(names):
        with bench.engine.begin() as connection:
            bench.of_version("12"[place % 2]).enqueue(connection, FileArrived(submission=name, agency="H01"))
    # One process holds one DBOS: the old version works first, then the new one beside what the old left.
    with bench.working(shop, version="1"):
        assert eventually(lambda: len(order) >= 3)
    with bench.working(shop, version="2"):
        assert eventually(lambda: bench.of_version("2").adopt(0.0) * 0 or len(bench.jobs.jobs(states=["done"])) == 12)
    assert sorted(order) == sorted(names)


def test_a_job_that_is_done_is_not_run_again(bench: Bench) -> None:
    bench.arrive("s1")
    jobs = jobs_of(bench.engine.dialect.name)
    with bench.engine.begin() as connection:
        connection.execute(sa.update(jobs).values(status="SUCCESS"))
    with pytest.raises(Conflict):
        bench.jobs.retry("s1")
