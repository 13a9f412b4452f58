"""What stands outside, watched: the store of files, the search index and the sandbox, each call counted and timed."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, cast

from api.watch.meters import Meters, timed
from catalog.errors import Unavailable
from catalog.ports import Files, Index
from catalog.question import Answer, Question
from pipelines.sandbox import Fate, Limits, Spawn

VERBS: Final = frozenset({"stage", "put", "open", "open_staged", "put_state", "size", "delete", "drop_staged"})
"""Verbs of the store that are told of; looks through all of it are not, for they are as long as it is large."""

SIZE_AT: Final = {"stage": 1, "put": 1}
"""Where the number of bytes stands in what a writing verb gives."""


class _WatchedFiles:
    """The store of files, every call of its verbs told of."""

    def __init__(self, files: Files, meters: Meters) -> None:
        self._files, self._meters = files, meters

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._files, name)
        return self._watched(name, found) if name in VERBS else found

    def _watched(self, name: str, verb: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            size = 0

            def told(ended: str, seconds: float) -> None:
                self._meters.stored(name, ended, seconds, size)

            with timed(told):
                made = verb(*given, **named)
                size = made[SIZE_AT[name]] if name in SIZE_AT else 0
            return made

        return call


class _WatchedIndex:
    """The search index, every question told of."""

    def __init__(self, index: Index, meters: Meters) -> None:
        self._index, self._meters = index, meters

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)

    def ask(self, question: Question) -> Answer:
        begun = time.perf_counter()
        state = "down"
        try:
            answer = self._index.ask(question)
            state = "degraded" if answer.degraded else "whole"
        except Unavailable:
            raise
        except Exception:
            state = "failed"
            raise
        finally:
            self._meters.searched(state, time.perf_counter() - begun)
        return answer


def watched_files(files: Files, meters: Meters) -> Files:
    """Give the same store, whose calls are counted."""
    return cast("Files", _WatchedFiles(files, meters))


def watched_index(index: Index, meters: Meters) -> Index:
    """Give the same index, whose answers are counted."""
    return cast("Index", _WatchedIndex(index, meters))


def watched_children(start: Spawn, meters: Meters) -> Spawn:
    """Give the same source of children, whose ends are counted: done, broke, killed, or out of time."""

    def spawn(request: bytes, folder: Path, limits: Limits) -> Fate:
        fate = start(request, folder, limits)
        code = fate[0]
        meters.ended("timeout" if code is None else "killed" if code < 0 else "broke" if code else "done")
        return fate

    return spawn
