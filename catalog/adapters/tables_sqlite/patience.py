"""A question that is given up when it takes too long: SQLite asks now and then whether it should go on."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from catalog.errors import Invalid

STEPS: Final = 200_000
"""Steps of SQLite's machine between two looks at the clock: some milliseconds."""
_GIVEN_UP: Final = "interrupted"


@contextmanager
def within(file: sqlite3.Connection, seconds: float) -> Iterator[None]:
    """Give up what is asked after so many seconds; 0 is as long as it takes. Raises Invalid("query-too-heavy")."""
    if not seconds:
        yield
        return
    end = time.monotonic() + seconds
    file.set_progress_handler(lambda: time.monotonic() > end, STEPS)
    try:
        yield
    except sqlite3.OperationalError as wrong:
        if str(wrong) == _GIVEN_UP:
            raise Invalid("query-too-heavy") from None
        raise
    finally:
        file.set_progress_handler(None, 0)
