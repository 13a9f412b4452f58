"""What the sandbox's child does for the shelf: a DuckDB file made of a Parquet file of ours, its texts folded once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import duckdb

from pipelines.rowquery.folding import folded_texts
from pipelines.tables import schema

NICE: Final = 10
"""Readers go first, who are answered from the Parquet file meanwhile."""
CONFIG: Final[Mapping[str, str | int]] = {"threads": 1, "memory_limit": "256MB"}


def make(asked: Mapping[str, str]) -> int:
    """Write the file ``path`` of the Parquet file ``parquet``: its rows in their order; gives its size in bytes.

    Beside each column of texts stands one that has them in small letters without marks, beside each column of numbers
    with a point one that has them as they are written: a search looks there.
    """
    known = {one.name: one.kind for one in schema(asked["parquet"])}
    return _made(asked, folded_texts(known))


def make_plainly(asked: Mapping[str, str]) -> int:
    """Do as ``make`` with the columns as they are: what is folded in them was folded before."""
    return _made(asked, "")


def _made(asked: Mapping[str, str], besides: str) -> int:
    os.nice(NICE)
    with duckdb.connect(asked["path"], config=dict(CONFIG)) as duck:
        duck.execute(f"CREATE TABLE rows AS SELECT *{besides} "  # noqa: S608 - the table's own names, quoted
                     "FROM read_parquet(?)", [asked["parquet"]])
    return Path(asked["path"]).stat().st_size
