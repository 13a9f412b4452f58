"""Work that another core may do meanwhile: what nobody has begun when it is needed is done by who needs it."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Final, Generic, TypeVar

_T = TypeVar("_T")

_MOST: Final = 4
"""Threads at most, however many cores there are: readers who ask at the same time keep the others busy."""


class Aside:
    """Threads beside the one that asks, one for each further core; on a machine with a single core there are none.

    They pay because tantivy lets go of the interpreter while it searches and counts.
    """

    def __init__(self, threads: int | None = None) -> None:
        self._threads = min(_MOST, (os.cpu_count() or 1) - 1) if threads is None else threads
        self._lock = Lock()
        self._pool: ThreadPoolExecutor | None = None

    def begin(self, work: Callable[[], _T]) -> Task[_T]:
        """Let another thread begin if one is free; the work is done once, at the latest when it is asked for."""
        if self._threads < 1:
            return Task(work)
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="datamo-search")
            return Task(work, self._pool)

    def close(self) -> None:
        """Let the threads end; a question asked later begins new ones."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=False)


class Task(Generic[_T]):
    """One piece of work under way, or still to be done."""

    def __init__(self, work: Callable[[], _T], pool: ThreadPoolExecutor | None = None) -> None:
        self._work = work
        self._begun = pool.submit(work) if pool else None

    def result(self) -> _T:
        """Give what the work gives, or raise what it raises; where no thread has begun, it is done here and now."""
        if self._begun is None or self._begun.cancel():
            return self._work()
        return self._begun.result()

    def drop(self) -> None:
        """Forget the work: it is not wanted any more."""
        if self._begun is not None:
            self._begun.cancel()
