"""Patience with engines that are away: try again with growing pauses until they are there, or until told to stop."""

from __future__ import annotations

import _thread
import logging
import signal
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from catalog.errors import Unavailable

T = TypeVar("T")

LOG = logging.getLogger("datamo.patience")

AWAY = frozenset({"database-down", "database-read-only", "storage-clock", "storage-down", "storage-full"})
"""What may be over in a while without anybody changing a setting."""

START_SECONDS = 600.0
"""How long a process that starts waits for its engines before it gives up with a sentence."""

LONGEST = 30.0
MOST_REST = 1.0


def away(problem: Exception) -> bool:
    """Say whether an engine is away for the time being."""
    return isinstance(problem, Unavailable) and problem.code in AWAY


def patiently(
    do: Callable[[], T],
    stop: threading.Event,
    *,
    what: str,
    seconds: float = START_SECONDS,
    pause: float = 1.0,
    passing: Callable[[Exception], bool] = away,
) -> T:
    """Give what ``do`` gives; as long as it fails in a ``passing`` way it is tried again, each pause twice the last.

    ``what`` is what cannot be done, for the log. Raises what ``do`` raised last: at once when it will not pass, else
    after so many ``seconds`` or when told to ``stop``.
    """
    until = time.monotonic() + seconds
    while True:
        try:
            return do()
        except Exception as problem:
            if not passing(problem) or time.monotonic() >= until:
                raise
            LOG.warning("cannot %s yet, trying again in %.1f s: %s", what, pause, problem)
            if stop.wait(pause):
                raise
        pause = min(LONGEST, 2 * pause)


def told_to_stop() -> threading.Event:
    """Give an event that SIGTERM and SIGINT set; to be called by the main thread.

    Not the handler itself sets it: that runs in the middle of what the main thread does, also while it looks at the
    event and holds its lock, and would wait for itself for ever. To begin a thread this way takes no lock of Python's.
    """
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: _thread.start_new_thread(stop.set, ()))
    return stop


class SetAside(Exception):
    """A step failed as often as it was tried; ``str()`` says which one and how it failed the last time."""

    def __init__(self, step: str, last: Exception) -> None:
        super().__init__(f"{step}: {type(last).__name__}: {last}"[:2000])


class Untold(BaseException):
    """The database did not take down what a step gave, so its job stays as the books have it and is taken up again.

    Not an Exception: DBOS would write down that the job had failed, with the database that is back by then.
    """

    def __init__(self, step: str, why: Unavailable) -> None:
        super().__init__(f"{step}: {why.code}")


class Paced:
    """A piece of work done again and again: not more often than ``every`` seconds, and rarer while it fails.

    With ``rest`` it pauses so many times as long as it took, ``MOST_REST`` seconds at most: it takes a share of the
    time, however slow the machine is, and finds more to do at once. What goes ``through`` is no failure of the work,
    but is raised to whoever does it.
    """

    def __init__(self, work: Callable[[], Any], every: float = 0.0, longest: float = LONGEST,
                 through: type[Exception] | tuple[type[Exception], ...] = (), rest: float = 0.0) -> None:
        self._work = work
        self._every = every
        self._through = through
        self._rest = rest
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
        except self._through:
            raise
        except Unavailable as refused:
            self.failures += 1
            LOG.warning("a follower has to wait, %d times now: %s", self.failures, refused.code)
        except Exception:
            self.failures += 1
            LOG.exception("a follower failed %d times", self.failures)
        ended = time.monotonic()
        rested = max(self._every, min(MOST_REST, self._rest * (ended - now)))
        self._next = ended + (min(self._longest, 0.5 * 2**self.failures) if self.failures else rested)
