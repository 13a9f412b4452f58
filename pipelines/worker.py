"""The worker: hosts the flows on DBOS, with durable steps, retries and recovery, and lets the followers follow.

DBOS lives once in a process; so does a Worker. It takes a *slot* by a lock that dies with the process and uses it as
executor id: whichever worker takes the slot next recovers what was under way there. A worker also looks after slots
that nobody took over.
"""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from dbos import DBOS, DBOSConfig
from dbos import StepOptions as StepWishes
from dbos import error as dbos_error

from catalog.errors import Conflict, NotFound, Refusal, Unavailable
from catalog.model import Outcome
from pipelines.dumps import Dumps
from pipelines.flow import (
    CHECK_AND_PUBLISH,
    CHECKS,
    EXPLORE,
    HARVEST,
    HARVESTS,
    LARGE_CHECKS,
    PUSH,
    PUSHES,
    RECHECK,
    RECHECKS,
    Durably,
    Workshop,
    check_and_publish,
    explore,
    followers,
    harvest,
    push,
    recheck,
)
from pipelines.following import Following
from pipelines.manned import Bench, Locks, Patience
from pipelines.patience import Paced, SetAside, Untold, patiently
from pipelines.step import Parcel
from pipelines.steps import erase, index
from pipelines.watch import Unwatched, Watch, step_of

LOG = logging.getLogger("datamo.worker")

MOST_SLOTS = 64
MOST_RECOVERIES = 20
"""How often a flow is taken up again after its worker died, before it is set aside: it may be what kills workers."""

TURN_SECONDS = 0.2
LARGE_TURN_SECONDS = 0.5
RECHECK_TURN_SECONDS = 1.0
"""How often a queue is looked at. Each look costs milliseconds, so those of work that takes long are looked at less."""

REST = 4.0
"""How many times as long as they took the followers rest: more changes together cost less."""

BEAT_SECONDS = 10.0
SWEEP_SECONDS = 15.0
ERASED_SECONDS = 600.0
"""How often the store is asked whether anything erased is back; a restored disk may have brought it."""

HOLD_SECONDS = 1.0
MEND_SECONDS = 30.0
"""How often whoever follows looks whether the search index is there and whole; a missing one is built anew."""

SCRUB_SECONDS = 5.0
"""How often a quarter of a second goes to reading stored objects again, so that bit rot is found within a week."""

DAILY_LOOK_SECONDS = 600.0
"""How often it is looked whether the daily sweep is due, and whether a reader's voice is overdue or over."""

DUE_SECONDS = 30.0
"""How often it is looked whether a source is due to be harvested, or a file to be published."""

COUNT_SECONDS = 1.5
"""How often a quarter of a second goes to counting how the site stands, while it is time to."""

WATCH_SECONDS = 60.0
"""How often it is noted which parts of the site work."""

GIVE_WAY_SECONDS = 60.0
"""How long each step of a re-check waits for files that arrived."""

DUMPS_REST = 5.0
"""How many times as long as a piece of the dumps took the next one waits, a second at most."""

FOLLOWERS_LOCK = "followers"

LOOKED_AT = {CHECKS: TURN_SECONDS, LARGE_CHECKS: LARGE_TURN_SECONDS, RECHECKS: RECHECK_TURN_SECONDS,
             HARVESTS: RECHECK_TURN_SECONDS, PUSHES: RECHECK_TURN_SECONDS}


class SlotLost(Exception):
    """The database was away and another worker has our slot by now: this one starts over in another."""


class Worker:
    """One worker process. ``config`` gives what DBOS is launched with in a slot; ``at_once`` is how many files."""

    def __init__(
        self,
        shop: Workshop,
        *,
        config: Callable[[str], DBOSConfig],
        bench: Bench,
        locks: Locks,
        at_once: int = 2,
        patience: Patience | None = None,
        drain_seconds: int = 30,
        watch: Watch | None = None,
    ) -> None:
        self._watch = watch or Unwatched()
        self._room = threading.BoundedSemaphore(at_once)
        self._shop = dataclasses.replace(shop, examine=self._in_turn(shop.examine))
        self._config = config
        self._bench = bench
        self._locks = locks
        self._at_once = at_once
        self._patience = patience or Patience()
        self._drain_seconds = drain_seconds
        self._followers = Following(followers(shop), shop.catalog.last_change, self._watch)
        self._running: set[str] = set()
        self._doubtful: set[str] = set()
        self._untold: set[str] = set()
        self._stop = threading.Event()
        self._beat = Paced(self.show_life, every=BEAT_SECONDS, through=SlotLost)
        self._follow = Paced(self.follow, rest=REST)
        self._sweep = Paced(self.look_after_orphans, every=SWEEP_SECONDS)
        scrubber, due = shop.catalog.scrubber(), (shop.catalog.begin_due_runs, shop.catalog.publish_due)
        self._chores = [Paced(scrubber.step, every=SCRUB_SECONDS), Paced(self.sweep_daily, every=DAILY_LOOK_SECONDS),
                        *(Paced(one, every=DUE_SECONDS) for one in due),
                        Paced(shop.catalog.attend_voices, every=DAILY_LOOK_SECONDS),
                        Paced(shop.catalog.census().step, every=COUNT_SECONDS),
                        Paced(shop.catalog.note_health, every=WATCH_SECONDS)]
        if shop.document is not None:
            dumps = Dumps(shop.catalog, shop.document, shop.work, shop.start)
            self._chores.append(Paced(dumps.step, rest=DUMPS_REST))
        self._mend = Paced(lambda: index.mend(shop.catalog, shop.index), every=MEND_SECONDS)
        self._erased = Paced(lambda: erase.guard(shop.catalog, shop.files), every=ERASED_SECONDS)
        self._hold = Paced(self.hold_or_go_on, every=HOLD_SECONDS)
        self._held = False
        self.slot = ""

    def run(self, stop: threading.Event, slot: int | None = None) -> None:
        """Work until ``stop`` is set; then let running steps end and leave. Raises Conflict when the slot is taken.

        A database that is away when the worker starts is waited for; one that goes away later, too.
        """
        self._stop = stop
        while not stop.is_set():
            try:
                self._work(slot)
            except SlotLost:
                LOG.warning("slot %s belongs to another worker now: starting over", self.slot)

    def _work(self, slot: int | None) -> None:
        self.slot = patiently(lambda: self._take_slot(slot), self._stop, what="take a slot")
        LOG.info("worker in slot %s", self.slot)
        try:
            patiently(self._launch, self._stop, what="begin to work")
            LOG.info("worker in slot %s takes up work", self.slot)
            while not self._stop.wait(TURN_SECONDS):
                self.turn()
        finally:
            DBOS.destroy(workflow_completion_timeout_sec=self._drain_seconds, destroy_registry=True)
            self._leave()

    def _leave(self) -> None:
        try:
            with self._bench.asked():
                self._bench.leave(self.slot)
        except Unavailable as refused:
            LOG.warning("could not sign off: %s", refused.code)
        self._locks.release_all()
        LOG.info("worker left slot %s", self.slot)

    def turn(self) -> None:
        """Do what is due between checks: a sign of life, the followers, a look for orphaned work."""
        self._beat()
        self._hold()
        self._follow()
        self._sweep()

    def follow(self) -> None:
        """Let search and the store's public state follow the changes; one worker of all does it."""
        with self._bench.asked():
            first = self._locks.take(FOLLOWERS_LOCK)
        if first:
            self._mend()
            self._followers()
            for one in self._chores:
                one()
            self._erased()

    def sweep_daily(self) -> int:
        """Delete, once a day, what nobody needs; returns how many things that were."""
        return self._shop.catalog.sweep() if self._shop.catalog.sweep_is_due() else 0

    def show_life(self) -> None:
        """Give a sign of life and see that the slot is still ours. Raises SlotLost."""
        with self._bench.asked():
            self._locks.keep()
            if not self._locks.take(self.slot):
                raise SlotLost
            self._bench.beat(self.slot)

    def look_after_orphans(self) -> int:
        """Give the work of slots without a worker back to the queue; returns how many jobs that were.

        So it goes with jobs of our own slot that we do not run, as the database went away when they were handed to us,
        and with what another version of Datamo left. What worker after worker died of is set aside.
        """
        self._bench.adopt()
        self._set_aside_what_kills()
        mine = set(self._bench.orphans(self.slot)) - self._running
        stuck, self._doubtful = sorted(mine & (self._doubtful | self._untold)), mine
        taken = self._bench.take_over(self.slot, stuck) if stuck else 0
        self._untold.difference_update(stuck)
        for slot in self._bench.running_slots():
            if slot != self.slot and self._locks.take(slot):
                try:
                    taken += self._bench.take_over(slot)
                finally:
                    self._locks.release(slot)
        return taken

    def _set_aside_what_kills(self) -> None:
        catalog = self._shop.catalog
        for job in self._bench.given_up():
            if job.flow != CHECK_AND_PUBLISH:
                continue
            with contextlib.suppress(NotFound):
                if catalog.submission(catalog.system(), job.key).state in ("received", "checking"):
                    LOG.error("set aside: %s, of which %d workers died", job.id, MOST_RECOVERIES)
                    catalog.set_aside(job.key)

    def _in_turn(self, examine: Callable[[Parcel], Outcome]) -> Callable[[Parcel], Outcome]:
        """Hold what is examined to ``at_once`` files, whichever queue they come from: each may need much memory."""

        def in_turn(parcel: Parcel) -> Outcome:
            with self._room:
                return examine(parcel)

        return in_turn

    def _take_slot(self, wanted: int | None) -> str:
        for number in [wanted] if wanted else range(1, MOST_SLOTS + 1):
            with self._bench.asked():
                if self._locks.take(f"worker-{number}"):
                    return f"worker-{number}"
        raise Conflict("slot-taken", slot=wanted or MOST_SLOTS)

    def _launch(self) -> None:
        """Register the flows, launch DBOS (which recovers what was under way in this slot) and open the queues."""
        shop = self._shop

        @DBOS.workflow(name=CHECK_AND_PUBLISH, max_recovery_attempts=MOST_RECOVERIES)
        def run_check_and_publish(submission: str) -> str:
            with self._at_work():
                try:
                    return check_and_publish(shop, self._durably, submission)
                except SetAside:
                    self._durably("set-aside", lambda: shop.catalog.set_aside(submission).state)
                    raise

        self._register(EXPLORE, explore, self._durably)
        self._register(RECHECK, recheck, self._patiently)
        self._register(HARVEST, harvest, self._patiently)
        self._register(PUSH, push, self._durably)
        try:
            with self._bench.asked():
                DBOS(config=self._config(self.slot))
                DBOS.launch()
                self._held = self._shop.catalog.maintenance() is not None
                for name, many in self._queues(held=self._held).items():
                    DBOS.register_queue(name, worker_concurrency=many, polling_interval_sec=LOOKED_AT[name])
        except Unavailable:
            DBOS.destroy(destroy_registry=True)
            raise

    def _queues(self, *, held: bool) -> Mapping[str, int]:
        """Say how many jobs of each queue a worker takes at a time: none while the site is read-only.

        Large files leave room for a small one beside them. One small file more than may be examined stands ready, so
        that no room is empty until the queue is looked at again, nor while another is published; but where they go one
        by one they go in the order of the queue.
        """
        small = self._at_once + (1 if self._at_once > 1 else 0)
        wanted = {CHECKS: small, LARGE_CHECKS: max(1, self._at_once - 1), RECHECKS: 1, HARVESTS: 1, PUSHES: 1}
        return dict.fromkeys(wanted, 0) if held else wanted

    def hold_or_go_on(self) -> None:
        """Take no new job while the site is read-only, and go on when it is not; what runs is finished."""
        held = self._shop.catalog.maintenance() is not None
        if held == self._held:
            return
        LOG.info("the site is %s", "read-only: no new jobs are taken" if held else "writable again")
        with self._bench.asked():
            for name, many in self._queues(held=held).items():
                queue = DBOS.retrieve_queue(name)
                if queue is not None:
                    queue.set_worker_concurrency(many)
        self._held = held

    def _register(self, name: str, flow: Callable[[Workshop, Durably, str], str], durably: Durably) -> None:
        """Register a flow of stewards' work; one that fails is set aside where ``datamo jobs`` shows it."""

        @DBOS.workflow(name=name, max_recovery_attempts=MOST_RECOVERIES)
        def run(key: str) -> str:
            with self._at_work():
                return flow(self._shop, durably, key)

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        """Remember that this very process runs the flow, for ``look_after_orphans``."""
        job = str(DBOS.workflow_id)
        self._running.add(job)
        try:
            yield
        except Untold as why:
            LOG.warning("%s is done again from where the database knows it: %s", job, why)
            self._untold.add(job)
            raise
        finally:
            self._running.discard(job)

    def _patiently(self, name: str, step: Callable[[], str]) -> str:
        """Run one step of work that can wait."""

        def after_you() -> str:
            self.give_way()
            return step()

        return self._durably(name, after_you)

    def give_way(self, seconds: float = GIVE_WAY_SECONDS) -> None:
        """Let files that arrived go first, but not for ever."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and self._bench.waiting((CHECKS, LARGE_CHECKS)):
            if self._stop.wait(TURN_SECONDS):
                return

    def _durably(self, name: str, step: Callable[[], str]) -> str:
        """Run one step on DBOS: remembered when done, tried again with growing pauses when it fails.

        While the database or the store is away the step waits for it, which is no failure of the step; nor is it one
        that DBOS could not write down what the step gave (Untold).
        """
        patience = self._patience

        def tried() -> str:
            with step_of(str(DBOS.workflow_id), name, self._watch):
                made = patiently(step, self._stop, what=f"do {name}", seconds=patience.outage, pause=patience.seconds)
            if name == "examine":
                self._watch.settled(made)
            return made

        wishes = StepWishes(
            name=name,
            retries_allowed=True,
            max_attempts=patience.attempts,
            interval_seconds=patience.seconds,
            backoff_rate=patience.growth,
            should_retry=worth_trying_again,
        )
        try:
            with self._bench.asked():
                said: str = DBOS.run_step(wishes, tried)
        except Unavailable as why:  # a step's own is tried again until that is exceeded
            raise Untold(name, why) from why
        except dbos_error.DBOSMaxStepRetriesExceeded as exceeded:
            raise SetAside(name, exceeded.errors[-1]) from exceeded
        return said


def worth_trying_again(error: BaseException) -> bool:
    """Say whether to try again: a refusal is an answer, unless something outside is down; all else may pass."""
    return isinstance(error, Unavailable) or not isinstance(error, Refusal)
