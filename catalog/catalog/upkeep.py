"""Use cases of keeping promises: sweep, reset; verifying has its own room."""

from __future__ import annotations

from itertools import islice

from catalog.catalog import dumping
from catalog.catalog.counting import Counting
from catalog.catalog.verifying import Verifying, waiting
from catalog.model import Caller
from catalog.permit import may

AT_ONCE = 50
"""Objects deleted under one hold of the writer's lock."""


class Upkeep(Counting, Verifying):
    """What ``datamo verify``, ``datamo gc`` and ``datamo reset`` do."""

    def sweep(self, *, older_than_hours: int = 24) -> int:
        """Delete objects without claim or reference and staged bytes that nobody waits for; returns how many.

        Objects go a few at a time under the writer's lock: a claim made meanwhile always wins. An object that the
        records have never heard of is noted first; its grace begins then. Counts kept long enough are forgotten.
        """
        self.forget_counts()
        with self._records.read() as unit:
            strangers = [one for one in self._files.hashes() if not unit.known(one)]
        with self._records.begin() as unit:
            unit.release_stale_claims(older_than_hours)
            dumping.claim(unit)
            for one in strangers:
                if not unit.known(one):
                    unit.adopt(one)
        swept = 0
        while some := self._sweep_some(older_than_hours):
            swept += some
        return swept + self._sweep_staged(older_than_hours)

    def _sweep_some(self, older_than_hours: int) -> int:
        with self._records.begin() as unit:
            some = list(islice(unit.unclaimed(older_than_hours), AT_ONCE))
            for sha256 in some:
                self._files.delete(sha256)
                unit.forget(sha256)
        return len(some)

    def _sweep_staged(self, older_than_hours: int) -> int:
        with self._records.begin() as unit:
            over = [one for one in unit.uploads(before=self._now()) if unit.drop_upload(one.id)]
        for one in over:
            self._files.drop_staged(one.key)
        return len(over) + self._sweep_forgotten(older_than_hours)

    def _sweep_forgotten(self, older_than_hours: int) -> int:
        with self._records.read() as unit:
            needed = {one.staged.key for one in waiting(unit)} | {one.key for one in unit.uploads()}
        old = [key for key in self._files.staged(older_than_hours) if key not in needed]
        for key in old:
            self._files.drop_staged(key)
        return len(old)

    def reset(self) -> None:
        """Empty the site; its first operator stays, with her password and tokens, and so do the site's facts.

        Whoever follows the change sequence finds ``site-reset`` in it and starts again from nothing.
        """
        with self._records.read() as unit:
            first = next((one for one in unit.people() if may(Caller(person=one), "operate")), None)
        self._jobs.wipe()
        self._records.wipe(first.id if first else "")
        self._files.wipe()
        if self._tables is not None:
            self._tables.wipe()
        with self._records.read() as unit:
            last = unit.last_change()
        if self._search_wait:
            self.wait_until_searchable(last)


__all__ = ["Upkeep", "waiting"]
