"""Files of snapshots made before anybody asks: of tables that have grown large and are left alone for a while.

Each web process looks at what was written on the site, by whichever process or machine, and makes files where its own
readers look for them: processes of one machine share a folder and make each file once.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection
from typing import Final

from catalog.errors import Refusal
from catalog.rows import Table
from pipelines.rowstore.snapshots import Snapshots

LOOK: Final = 3.0
"""Seconds between two looks at what was written."""
STILL: Final = 12.0
"""Seconds that a table is left alone before a file is made: between batches of a load there are fewer."""
LARGE: Final = 50_000
"""Rows up to which who asks first waits less than a second."""
REST: Final = 3.0
"""How many times as long as the making of a file took the next one is waited with."""

Written = Callable[[int | None], tuple[int, Collection[str]]]

log = logging.getLogger(__name__)


class Ahead:
    """Looks for tables that want a file, one at a time, from ``begin`` to ``end``.

    ``written`` tells which tables were written behind a number of the audit chain, and the newest number; ``table``
    gives one as it is now.
    """

    def __init__(self, snapshots: Snapshots, written: Written, table: Callable[[str], Table | None], *,
                 large: int = LARGE, still: float = STILL, clock: Callable[[], float] = time.monotonic) -> None:
        self._snapshots, self._written, self._table = snapshots, written, table
        self._large, self._still, self._clock = large, still, clock
        self._seen: int | None = None
        self._waiting: dict[str, float] = {}
        self._ended = threading.Event()

    def begin(self) -> None:
        """Look from now on, in a thread that ends with the process."""
        threading.Thread(target=self._on, name="ahead", daemon=True).start()

    def end(self) -> None:
        """Look no more; a file that is being made is not waited for."""
        self._ended.set()

    def _on(self) -> None:
        took = 0.0
        while not self._ended.wait(max(LOOK, REST * took)):
            begun = self._clock()
            try:
                self.step()
            except Refusal:  # the database is away
                pass
            except Exception:  # nobody waits for it, and the next look may go better
                log.exception("looking for tables of which to make snapshots")
            took = self._clock() - begun

    def step(self) -> None:
        """Look once, and make the file of one table that has been left alone."""
        now = self._clock()
        self._seen, written = self._written(self._seen)
        self._waiting |= dict.fromkeys(written, now)
        for key, since in list(self._waiting.items()):
            if now - since < self._still:
                continue
            table = self._table(key)
            if table is None or table.count <= self._large:
                del self._waiting[key]
            elif self._snapshots.ahead(table):
                del self._waiting[key]
                return
            else:  # it is asked again after a while
                self._waiting[key] = now


__all__ = ["Ahead"]
