"""What changed in which revision, noted within the transaction that changes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import psycopg

from catalog.rows import Range
from catalog.rows.touched import KEPT, since

NOTES: Final = """
CREATE TABLE IF NOT EXISTS datastore.touched (
    id text NOT NULL, revision bigint NOT NULL, low bigint NOT NULL, high bigint NOT NULL);
CREATE INDEX IF NOT EXISTS touched_revision ON datastore.touched (id, revision);
"""
NOTHING: Final[Sequence[Range]] = ((1, 0),)
EVERY: Final = 64
"""Revisions after which old notes are thrown away."""


def note(there: psycopg.Connection[Any], key: str, revision: int, touched: Sequence[Range]) -> None:
    """Note what a revision changed, also where that is nothing."""
    every = touched or NOTHING
    there.execute("INSERT INTO datastore.touched (id, revision, low, high) "
                  "SELECT %s, %s, * FROM unnest(%s::bigint[], %s::bigint[])",
                  (key, revision, [low for low, _ in every], [high for _, high in every]))
    if revision % EVERY == 0:
        there.execute("DELETE FROM datastore.touched WHERE id = %s AND revision <= %s", (key, revision - KEPT))


def noted(there: psycopg.Connection[Any], key: str, first: int, last: int) -> list[Range] | None:
    """Give what changed behind revision ``first`` up to ``last``; None where it is not known."""
    if there.execute("SELECT to_regclass('datastore.touched')").fetchone() == (None,):
        return None
    words = "SELECT revision, low, high FROM datastore.touched WHERE id = %s AND revision > %s AND revision <= %s"
    found = there.execute(words, (key, first, last))
    return since(found.fetchall(), first, last)
