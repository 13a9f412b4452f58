"""How a worker lets itself be watched: what it tells of each step and follower, and what its lines in the log bear."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from structlog.contextvars import bound_contextvars

LOG = logging.getLogger("datamo.worker")

DONE = "done"


class Watch(Protocol):
    """Who counts."""

    def stepped(self, step: str, ended: str, seconds: float) -> None:
        """A step was tried; ``ended``: done, the code of a refusal, or the kind of the error."""

    def settled(self, state: str) -> None:
        """A file that was checked stands here now."""

    def followed(self, follower: str, ended: str, seconds: float) -> None:
        """A batch of changes was followed."""


class Unwatched:
    """Nobody counts."""

    def stepped(self, step: str, ended: str, seconds: float) -> None:
        """Count nothing."""

    def settled(self, state: str) -> None:
        """Count nothing."""

    def followed(self, follower: str, ended: str, seconds: float) -> None:
        """Count nothing."""


@contextmanager
def step_of(job: str, step: str, watch: Watch) -> Iterator[None]:
    """Do a step in sight: every line written meanwhile bears its job, and its end is written and counted."""
    key = job.split(":")[1] if ":" in job else job
    begun = time.perf_counter()
    ended = DONE
    with bound_contextvars(job=job, submission=key, step=step):
        try:
            yield
        except Exception as error:
            ended = how(error)
            LOG.exception("a step failed")
            raise
        finally:
            seconds = time.perf_counter() - begun
            watch.stepped(step, ended, seconds)
            LOG.info("step", extra={"ended": ended, "ms": round(seconds * 1000, 1)})


@contextmanager
def following(follower: str, watch: Watch) -> Iterator[None]:
    """Follow a batch in sight: only counted, for it happens several times a second."""
    begun = time.perf_counter()
    ended = DONE
    try:
        yield
    except Exception as error:
        ended = how(error)
        raise
    finally:
        watch.followed(follower, ended, time.perf_counter() - begun)


def how(error: BaseException) -> str:
    """Name what ended something: the code of a refusal, else the kind of the error."""
    return str(getattr(error, "code", "") or type(error).__name__)
