"""The followers of a worker: none is asked while nothing is new, and none is forgotten while it is behind."""

from __future__ import annotations

from collections.abc import Callable

from pipelines.following import Following
from pipelines.watch import Unwatched

LONG = 24 * 3600.0


class Sequence:
    """A change sequence with its readers, each of which takes so many changes at a time."""

    def __init__(self, **batches: int) -> None:
        self.newest = 0
        self.asked: list[str] = []
        self.at = dict.fromkeys(batches, 0)
        self.broken: set[str] = set()
        self.readers = {name: self._reader(name, most) for name, most in batches.items()}

    def _reader(self, name: str, most: int) -> Callable[[], int]:
        def follow() -> int:
            self.asked.append(name)
            if name in self.broken:
                raise OSError(name)
            took = min(most, self.newest - self.at[name])
            self.at[name] += took
            return took

        return follow

    def following(self, look_every: float = LONG) -> Following:
        return Following(self.readers, lambda: self.newest, Unwatched(), look_every)


def test_followers_are_called_until_all_are_at_the_end_and_then_only_when_a_change_comes() -> None:
    sequence = Sequence(index=100, state=1)
    follow = sequence.following()
    sequence.newest = 3
    for _ in range(10):
        follow()
    assert sequence.at == {"index": 3, "state": 3}, "the slower of them is not left behind"
    assert len(sequence.asked) == 2 * 4, "three batches and one look at the end"
    sequence.newest = 4
    follow()
    assert sequence.at == {"index": 4, "state": 4}


def test_a_follower_that_fails_is_called_again_although_nothing_new_comes() -> None:
    sequence = Sequence(index=100, state=100)
    follow = sequence.following()
    sequence.newest, sequence.broken = 1, {"state"}
    for _ in range(5):
        follow()
    assert sequence.asked.count("index") == 5, "it is not taken for the end while one of them is behind"
    assert sequence.at["state"] == 0


def test_now_and_then_followers_look_although_no_change_has_come() -> None:
    sequence = Sequence(erasures=1)
    seldom, always = sequence.following(), sequence.following(look_every=0)
    for follow, asked in ((seldom, 1), (always, 6)):
        for _ in range(5):
            follow()
        assert len(sequence.asked) == asked
