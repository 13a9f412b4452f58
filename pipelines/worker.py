"""The worker: hosts the flows on DBOS, with durable steps, retries and recovery, and lets the followers follow.

DBOS lives once in a process; so does a Worker. It takes a *slot* by a lock that dies with the process and uses it as
executor id: whichever worker takes the slot next recovers what was under way there. A worker also looks after slots
that nobody took over.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from dbos import DBOS, DBOSConfig
from dbos import StepOptions as StepWishes
from dbos import error as dbos_error

from catalog.errors import Conflict, Refusal, Unavailable
from pipelines.flow import (
    CHECK_AND_PUBLISH,
    CHECKS,
    EXPLORE,
    RECHECK,
    RECHECKS,
    Durably,
    Workshop,
    check_and_publish,
    explore,
    followers,
    recheck,
)
from pipelines.steps import index

LOG = logging.getLogger("datamo.worker")

MOST_SLOTS = 64
MOST_RECOVERIES = 20
"""How often a flow is taken up again after its worker died, before it is set aside: it may be what kills workers."""

TURN_SECONDS = 0.2
BEAT_SECONDS = 10.0
SWEEP_SECONDS = 15.0
MEND_SECONDS = 30.0
"""How often whoever follows looks whether the search index is there and whole; a missing one is built anew."""

FOLLOWERS_LOCK = "followers"


class Bench(Protocol):
    """What a worker needs of the jobs: signs of life, and the work of slots whose worker is gone."""

    def beat(self, slot: str) -> None: ...
    def leave(self, slot: str) -> None: ...
    def running_slots(self) -> Sequence[str]: ...
    def take_over(self, slot: str) -> int: ...


class Locks(Protocol):
    """Locks that die with their process."""

    def take(self, name: str) -> bool: ...
    def release(self, name: str) -> None: ...
    def release_all(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often a step is tried, how long the first pause is (seconds) and by what it grows each time."""

    attempts: int = 6
    seconds: float = 1.0
    growth: float = 3.0


class SetAside(Exception):
    """A step failed as often as it was tried; ``str()`` says which one and how it failed the last time."""

    def __init__(self, step: str, last: Exception) -> None:
        super().__init__(f"{step}: {type(last).__name__}: {last}"[:2000])


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
    ) -> None:
        self._shop = shop
        self._config = config
        self._bench = bench
        self._locks = locks
        self._at_once = at_once
        self._patience = patience or Patience()
        self._drain_seconds = drain_seconds
        self._followers = {name: Paced(step) for name, step in followers(shop).items()}
        self._beat = Paced(lambda: self._bench.beat(self.slot), every=BEAT_SECONDS)
        self._sweep = Paced(self.look_after_orphans, every=SWEEP_SECONDS)
        self._mend = Paced(lambda: index.mend(shop.catalog, shop.index), every=MEND_SECONDS)
        self.slot = ""

    def run(self, stop: threading.Event, slot: int | None = None) -> None:
        """Work until ``stop`` is set; then let running steps end and leave. Raises Conflict when the slot is taken."""
        self.slot = self._take_slot(slot)
        LOG.info("worker in slot %s", self.slot)
        try:
            self._launch()
            while not stop.wait(TURN_SECONDS):
                self.turn()
        finally:
            DBOS.destroy(workflow_completion_timeout_sec=self._drain_seconds, destroy_registry=True)
            self._bench.leave(self.slot)
            self._locks.release_all()
            LOG.info("worker left slot %s", self.slot)

    def turn(self) -> None:
        """Do what is due between checks: a sign of life, the followers, a look for orphaned work."""
        self._beat()
        if self._locks.take(FOLLOWERS_LOCK):
            self._mend()
            for one in self._followers.values():
                one()
        self._sweep()

    def look_after_orphans(self) -> int:
        """Give the work of slots without a worker back to the queue; returns how many jobs that were."""
        taken = 0
        for slot in self._bench.running_slots():
            if slot != self.slot and self._locks.take(slot):
                try:
                    taken += self._bench.take_over(slot)
                finally:
                    self._locks.release(slot)
        return taken

    def _take_slot(self, wanted: int | None) -> str:
        for number in [wanted] if wanted else range(1, MOST_SLOTS + 1):
            if self._locks.take(f"worker-{number}"):
                return f"worker-{number}"
        raise Conflict("slot-taken", slot=wanted or MOST_SLOTS)

    def _launch(self) -> None:
        """Register the flows, launch DBOS (which recovers what was under way in this slot) and open the queue."""
        shop = self._shop

        @DBOS.workflow(name=CHECK_AND_PUBLISH, max_recovery_attempts=MOST_RECOVERIES)
        def run_check_and_publish(submission: str) -> str:
            try:
                return check_and_publish(shop, self._durably, submission)
            except SetAside:
                self._durably("set-aside", lambda: shop.catalog.set_aside(submission).state)
                raise

        self._register(EXPLORE, explore)
        self._register(RECHECK, recheck)
        DBOS(config=self._config(self.slot))
        DBOS.launch()
        DBOS.register_queue(CHECKS, worker_concurrency=self._at_once, polling_interval_sec=TURN_SECONDS)
        DBOS.register_queue(RECHECKS, worker_concurrency=1, polling_interval_sec=TURN_SECONDS)

    def _register(self, name: str, flow: Callable[[Workshop, Durably, str], str]) -> None:
        """Register a flow of stewards' work; one that fails is set aside where ``datamo jobs`` shows it."""

        @DBOS.workflow(name=name, max_recovery_attempts=MOST_RECOVERIES)
        def run(key: str) -> str:
            return flow(self._shop, self._durably, key)

    def _durably(self, name: str, step: Callable[[], str]) -> str:
        """Run one step on DBOS: remembered when done, tried again with growing pauses when it fails."""

        def tried() -> str:
            try:
                return step()
            except Exception:
                LOG.exception("step %s of %s failed", name, DBOS.workflow_id)
                raise

        wishes = StepWishes(
            name=name,
            retries_allowed=True,
            max_attempts=self._patience.attempts,
            interval_seconds=self._patience.seconds,
            backoff_rate=self._patience.growth,
            should_retry=worth_trying_again,
        )
        try:
            said: str = DBOS.run_step(wishes, tried)
        except dbos_error.DBOSMaxStepRetriesExceeded as exceeded:
            raise SetAside(name, exceeded.errors[-1]) from exceeded
        return said


class Paced:
    """A piece of work done again and again: not more often than ``every`` seconds, and rarer while it fails."""

    def __init__(self, work: Callable[[], Any], every: float = 0.0, longest: float = 30.0) -> None:
        self._work = work
        self._every = every
        self._longest = longest
        self._next = 0.0
        self.failures = 0

    def __call__(self) -> None:
        """Do it if it is due; a failure is logged and makes the pause longer."""
        now = time.monotonic()
        if now < self._next:
            return
        try:
            self._work()
            self.failures = 0
        except Unavailable as refused:
            self.failures += 1
            LOG.warning("a follower has to wait, %d times now: %s", self.failures, refused.code)
        except Exception:
            self.failures += 1
            LOG.exception("a follower failed %d times", self.failures)
        pause = min(self._longest, 0.5 * 2**self.failures) if self.failures else self._every
        self._next = time.monotonic() + pause


def worth_trying_again(error: BaseException) -> bool:
    """Say whether to try again: a refusal is an answer, unless something outside is down; all else may pass."""
    return isinstance(error, Unavailable) or not isinstance(error, Refusal)
