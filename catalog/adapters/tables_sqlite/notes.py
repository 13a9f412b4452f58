"""What changed in which revision, noted in a table's own file within the transaction that changes it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Final

from catalog.rows import Range
from catalog.rows.touched import KEPT, since

NOTHING: Final[Sequence[Range]] = ((1, 0),)
TABLE: Final = ("CREATE TABLE IF NOT EXISTS touched "
                "(revision INTEGER NOT NULL, low INTEGER NOT NULL, high INTEGER NOT NULL)")
EVERY: Final = 64
"""Revisions after which old notes are thrown away."""


def note(file: sqlite3.Connection, revision: int, touched: Sequence[Range]) -> None:
    """Note what a revision changed, also where that is nothing."""
    file.execute(TABLE)
    file.executemany("INSERT INTO touched (revision, low, high) VALUES (?, ?, ?)",
                     [(revision, low, high) for low, high in touched or NOTHING])
    if revision % EVERY == 0:
        file.execute("DELETE FROM touched WHERE revision <= ?", (revision - KEPT,))


def noted(file: sqlite3.Connection, first: int, last: int) -> list[Range] | None:
    """Give what changed behind revision ``first`` up to ``last``; None where it is not known."""
    if not file.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'touched'").fetchone():
        return None
    found = file.execute("SELECT revision, low, high FROM touched WHERE revision > ? AND revision <= ?", (first, last))
    return since(found.fetchall(), first, last)


def forget(file: sqlite3.Connection) -> None:
    """Take the notes away with the table."""
    file.execute("DROP TABLE IF EXISTS touched")
