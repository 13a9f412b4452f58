"""The worker on real DBOS, on SQLite and on PostgreSQL, with a desk in memory: the queue, retries, slots, followers."""

from __future__ import annotations

import itertools
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg.errors
import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import OperationalError

from catalog.adapters.sql.jobs import worker_config
from catalog.adapters.sql.locks import Locks
from catalog.errors import Conflict, NotFound, Unavailable
from catalog.events import DatasetChanged, FileArrived
from catalog.model import Outcome
from pipelines.patience import Paced, patiently
from pipelines.step import Parcel
from pipelines.worker import SlotLost, Worker, worth_trying_again
from tests.pipelines.bench import SECONDS, Bench, eventually
from tests.pipelines.desk import Desk, Drawer, workshop
from tests.pipelines.test_flow import good


def test_a_job_exists_only_if_the_transaction_that_made_it_did(bench: Bench) -> None:
    with bench.engine.connect() as connection:
        opened = connection.begin()
        bench.jobs.enqueue(connection, FileArrived(submission="s1"))
        opened.rollback()
    assert list(bench.jobs.jobs()) == []
    bench.arrive("s1")
    assert [(one.key, one.state) for one in bench.jobs.jobs()] == [("s1", "waiting")]


def test_the_same_arrival_announced_twice_is_one_job_but_a_new_attempt_is_another(bench: Bench) -> None:
    bench.arrive("s1", "s1")
    assert len(bench.jobs.jobs()) == 1
    with bench.engine.begin() as connection:
        bench.jobs.enqueue(connection, FileArrived(submission="s1", attempt=1))
    assert len(bench.jobs.jobs()) == 2
    newest = bench.jobs.status("s1")
    assert newest is not None
    assert newest.id.endswith(":s1:1")
    assert newest.key == "s1"


def test_events_that_start_nothing_leave_no_job(bench: Bench) -> None:
    with bench.engine.begin() as connection:
        bench.jobs.enqueue(connection, DatasetChanged(dataset="d"))
    assert list(bench.jobs.jobs()) == []


def test_jobs_are_found_cancelled_and_taken_up_again(bench: Bench) -> None:
    bench.arrive("s1")
    bench.jobs.cancel("s1")
    assert [one.state for one in bench.jobs.jobs(states=["cancelled"])] == ["cancelled"]
    assert list(bench.jobs.jobs(states=["waiting"])) == []
    bench.jobs.retry("s1")
    assert [one.state for one in bench.jobs.jobs()] == ["waiting"]
    with pytest.raises(NotFound):
        bench.jobs.retry("nobody")
    assert bench.jobs.status("nobody") is None


def test_jobs_are_counted_by_queue_and_state_with_the_age_of_the_oldest(bench: Bench) -> None:
    assert list(bench.jobs.counts()) == []
    bench.arrive("s1", "s2", "s3")
    bench.jobs.cancel("s3")
    (waiting,) = bench.jobs.counts()
    assert (waiting.queue, waiting.state, waiting.number) == ("checks", "waiting", 2)
    assert 0 <= waiting.oldest_seconds < SECONDS


def test_wiping_forgets_all_work(bench: Bench) -> None:
    bench.arrive("s1", "s2", "s3")
    bench.jobs.wipe()
    assert list(bench.jobs.jobs()) == []


def test_a_worker_gives_signs_of_life_until_it_leaves(bench: Bench) -> None:
    bench.jobs.beat("worker-1")
    bench.jobs.beat("worker-1")
    ((slot, seconds),) = bench.jobs.workers()
    assert slot == "worker-1"
    assert seconds >= 0
    bench.jobs.leave("worker-1")
    assert list(bench.jobs.workers()) == []


def test_a_lock_is_held_by_one_and_free_again_when_let_go(bench: Bench) -> None:
    one, other = Locks(bench.engine), Locks(bench.engine)
    assert one.take("worker-1")
    assert one.take("worker-1"), "what we hold we have"
    assert not other.take("worker-1")
    one.release_all()
    assert other.take("worker-1")
    other.release_all()


def test_files_that_arrive_are_published_and_search_follows(bench: Bench, tmp_path: Path) -> None:
    shop = workshop(tmp_path, good)
    desk = shop.catalog
    assert isinstance(desk, Desk)
    assert isinstance(shop.index, Drawer)
    names = [desk.arrive(name=f"s{one}") for one in range(5)]
    with bench.working(shop) as worker:
        bench.arrive(*names)
        for name in names:
            assert bench.until(name, "done") is not None
        assert eventually(lambda: desk.positions.get("public-state") == 5)
        assert [slot for slot, _ in bench.jobs.workers()] == [worker.slot] == ["worker-1"]
    assert sorted(one for one in desk.diary if one.startswith("publish")) == [f"publish {name}" for name in names]
    assert list(shop.index.documents) == ["d"]
    assert list(bench.jobs.workers()) == [], "it left in good order"
    with pytest.raises(Conflict):
        bench.jobs.retry("s0")


def test_a_passing_fault_is_tried_again_and_a_lasting_one_set_aside_while_the_worker_lives(
    bench: Bench, tmp_path: Path
) -> None:
    tries: dict[str, int] = {}

    def moody(parcel: Parcel) -> Outcome:
        name = parcel.work.parent.name
        tries[name] = tries.get(name, 0) + 1
        if name == "broken" or (name == "moody" and tries[name] < 3):
            raise RuntimeError("a bug of ours")
        return good(parcel)

    shop = workshop(tmp_path, moody)
    desk = shop.catalog
    assert isinstance(desk, Desk)
    for name in ("broken", "moody", "fine"):
        desk.arrive(name=name)
    with bench.working(shop):
        bench.arrive("broken", "moody", "fine")
        assert bench.until("fine", "done")
        assert bench.until("moody", "done")
        aside = bench.until("broken", "set-aside")
        assert aside is not None
        assert aside.error == "examine: RuntimeError: a bug of ours"
        assert tries == {"broken": 3, "moody": 3, "fine": 1}
        tries["moody"] = 0
        bench.jobs.retry("broken")
        assert eventually(lambda: tries["broken"] > 3)
        assert bench.until("broken", "set-aside")
    assert desk.kept["broken"].state == "failed", "whoever waits for it is told"
    assert desk.kept["broken"].reason == {"code": "set-aside", "params": {}}


def test_a_refusal_is_an_answer_but_a_store_that_is_down_is_not() -> None:
    assert not worth_trying_again(Conflict("organisation-closed"))
    assert worth_trying_again(Unavailable("storage-full"))
    assert worth_trying_again(OSError("disk"))


def test_a_slot_that_is_taken_is_refused_and_the_next_free_one_found(bench: Bench, tmp_path: Path) -> None:
    locks = Locks(bench.engine)
    assert locks.take("worker-1")
    shop = workshop(tmp_path, good)
    worker = Worker(shop, config=lambda slot: worker_config(bench.engine, slot), bench=bench.jobs, locks=Locks(bench.engine))
    with pytest.raises(Conflict) as refused:
        worker.run(threading.Event(), slot=1)
    assert refused.value.code == "slot-taken"
    with bench.working(shop) as second:
        assert eventually(lambda: second.slot)
        assert second.slot == "worker-2"
    locks.release_all()


def test_work_that_is_done_often_keeps_its_pace_and_slows_down_while_it_fails() -> None:
    done: list[int] = []
    steady = Paced(lambda: done.append(1), every=3600)
    steady()
    steady()
    assert done == [1]

    def fail() -> None:
        done.append(2)
        raise RuntimeError

    failing = Paced(fail)
    failing()
    failing()
    assert done == [1, 2]
    assert failing.failures == 1


def test_a_worker_whose_slot_was_taken_while_the_database_was_away_goes_on_in_another(bench: Bench, tmp_path: Path) -> None:
    """A server that restarts forgets its advisory locks; locks of files are never lost."""
    if bench.engine.dialect.name == "sqlite":
        locks = Locks(bench.engine)
        assert locks.take("worker-1")
        locks.keep()
        assert not Locks(bench.engine).take("worker-1")
        locks.release_all()
        return
    shop = workshop(tmp_path, good)
    desk = shop.catalog
    assert isinstance(desk, Desk)
    desk.arrive(name="s1")
    thief = Locks(bench.engine)
    with bench.working(shop) as worker:
        assert eventually(lambda: worker.slot == "worker-1" and bench.jobs.workers())
        assert eventually(lambda: stolen(bench, thief))
        bench.arrive("s1")
        assert eventually(lambda: worker.slot == "worker-2"), "it found out by itself"
        assert bench.until("s1", "done") is not None
    thief.release_all()


def test_a_sign_of_life_finds_out_that_the_slot_was_taken(bench: Bench, tmp_path: Path) -> None:
    worker = Worker(workshop(tmp_path, good), config=lambda slot: worker_config(bench.engine, slot), bench=bench.jobs,
                    locks=Locks(bench.engine))
    worker.slot = "worker-1"
    worker.show_life()
    worker._locks.release_all()
    thief = Locks(bench.engine)
    assert thief.take("worker-1")
    with pytest.raises(SlotLost):
        worker.show_life()
    thief.release_all()


def stolen(bench: Bench, thief: Locks) -> bool:
    """Take the slot of a worker that was cut off; it may have been quicker than the thief and have it again."""
    cut_off(bench)
    return thief.take("worker-1")


def cut_off(bench: Bench) -> None:
    """End every other connection to the database, as a restart of the server does."""
    with bench.engine.connect() as connection:
        connection.execute(text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid()"
        ))


def test_waiting_grows_and_ends_when_told_or_when_it_took_too_long() -> None:
    asked: list[int] = []
    pauses: list[float] = []

    class Waiting(threading.Event):
        """Nobody sets it; the pauses are noted, as they were asked for."""

        def wait(self, timeout: float | None = None) -> bool:
            pauses.append(timeout or 0.0)
            return super().wait(timeout)

    def ask() -> None:
        asked.append(1)
        raise Unavailable("database-down")

    with pytest.raises(Unavailable):
        patiently(ask, Waiting(), what="ask", seconds=0.2, pause=0.01)
    assert pauses[0] == 0.01
    assert all(later == 2 * earlier for earlier, later in itertools.pairwise(pauses))
    assert len(asked) == len(pauses) + 1
    asked.clear()
    stop = threading.Event()
    stop.set()
    with pytest.raises(Unavailable):
        patiently(ask, stop, what="ask")
    assert len(asked) == 1


def test_what_will_not_pass_is_not_waited_for() -> None:
    asked: list[int] = []

    def ask() -> None:
        asked.append(1)
        raise Unavailable("database-denied")

    with pytest.raises(Unavailable):
        patiently(ask, threading.Event(), what="ask")
    assert asked == [1]


def test_a_step_that_finds_the_store_full_waits_for_room_however_often_it_fails(bench: Bench, tmp_path: Path) -> None:
    tries: list[int] = []

    def full(parcel: Parcel) -> Outcome:
        tries.append(1)
        if len(tries) < 6:
            raise Unavailable("storage-full")
        return good(parcel)

    shop = workshop(tmp_path, full)
    desk = shop.catalog
    assert isinstance(desk, Desk)
    desk.arrive(name="s1")
    with bench.working(shop):
        bench.arrive("s1")
        assert bench.until("s1", "done") is not None
    assert len(tries) == 6


def test_a_job_whose_step_the_database_did_not_take_down_goes_on_as_the_database_knows_it(
    bench: Bench, tmp_path: Path
) -> None:
    spoiled: list[str] = []
    fault = sqlite3.OperationalError("disk I/O error") if bench.url.startswith("sqlite") else psycopg.errors.IoError()

    def spoil(_connection: object, _cursor: object, statement: str, words: object, *_more: object) -> None:
        if "INSERT INTO" in statement and "operation_outputs" in statement and "examine" in str(words) and not spoiled:
            spoiled.append(statement)
            raise OperationalError(statement, {}, fault)

    shop = workshop(tmp_path, good)
    desk = shop.catalog
    assert isinstance(desk, Desk)
    desk.arrive(name="s1")
    event.listen(Engine, "before_cursor_execute", spoil)  # the worker opens an engine of its own
    try:
        with bench.working(shop):
            bench.arrive("s1")
            job = bench.until("s1", "done", "set-aside")
    finally:
        event.remove(Engine, "before_cursor_execute", spoil)
    assert spoiled
    assert job is not None
    assert job.state == "done", job.error
    assert desk.kept["s1"].state == "published"


LOOKING = """
import os, sys, time
from pipelines.patience import told_to_stop
stop, until, told = told_to_stop(), time.monotonic() + 1.5, 0
print("ready", flush=True)
while time.monotonic() < until:
    told += stop.wait(0)
    stop.clear()
print(told, flush=True)
os._exit(0)
"""


def test_a_process_told_to_stop_while_it_looks_whether_it_was_does_not_wait_for_itself() -> None:
    """Event.set in a handler needs the lock that the main thread may hold just then: a worker stood for ever."""
    child = subprocess.Popen([sys.executable, "-c", LOOKING], stdout=subprocess.PIPE, text=True,
                             env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        until = time.monotonic() + SECONDS
        while child.poll() is None and time.monotonic() < until:
            child.send_signal(signal.SIGTERM)
            time.sleep(0.001)
        assert child.returncode == 0, "it stood"
        assert int(child.stdout.readline()) > 0
    finally:
        child.kill()
        child.wait()
