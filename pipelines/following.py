"""The followers of one worker: called while there is something to follow, asked seldom while there is not."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from pipelines.patience import Paced
from pipelines.watch import Watch, following

LOOK_SECONDS = 2.0
"""How often followers look although no change has come: what they wait for may have been put back by hand."""


class Following:
    """Readers of the change sequence by name, each a batch that tells how many changes it took.

    ``newest`` gives the last number of the sequence: one question in place of five, while all have come to its end.
    """

    def __init__(self, followers: Mapping[str, Callable[[], int]], newest: Callable[[], int], watch: Watch,
                 look_every: float = LOOK_SECONDS) -> None:
        self._newest = newest
        self._watch = watch
        self._look_every = look_every
        self._steps = {name: Paced(self._watched(name, step)) for name, step in followers.items()}
        self._done: set[str] = set()
        self._end = -1
        self._look_again = 0.0

    def __call__(self) -> None:
        """Let each take a batch, unless all had come to the end of the changes and none has come since."""
        newest = self._newest()
        if newest == self._end and time.monotonic() < self._look_again:
            return
        for step in self._steps.values():
            step()
        self._end = newest if self._done >= self._steps.keys() else -1  # one that failed, or waits, is not done
        self._look_again = time.monotonic() + self._look_every

    def _watched(self, name: str, step: Callable[[], int]) -> Callable[[], None]:
        def follow() -> None:
            self._done.discard(name)
            with following(name, self._watch):
                took = step()
            if not took:
                self._done.add(name)

        return follow
