"""Patience with engines that are away: try again with growing pauses until they are there, or until told to stop."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from catalog.errors import Unavailable

T = TypeVar("T")

LOG = logging.getLogger("datamo.patience")

AWAY = frozenset({"database-down", "storage-down", "storage-full"})
"""What may be over in a while without anybody changing a setting."""

START_SECONDS = 600.0
"""How long a process that starts waits for its engines before it gives up with a sentence."""

LONGEST = 30.0


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
