"""Dirty tables are read as their clean twins, kind by kind; what is clean stays as it is, byte for byte."""

from __future__ import annotations

import unicodedata

import pytest

from pipelines.format import ReadOptions, Unreadable
from pipelines.formats import csv
from tests.pipelines.dirt import KINDS, Dirty, clean, recovered
from tests.pipelines.reading import seen

SEEDS = range(12)
FLOOR = {"row_too_long": 0.9, "quote_of_one_row": 0.98}
"""Kinds that are not read whole: less is a step back. All others are."""


def read(tmp_path, dirty: Dirty, **options):
    path = tmp_path / "a.csv"
    path.write_bytes(dirty.data)
    return seen(csv.open(path, ReadOptions(**options)))


def came_back(tmp_path, name: str, seed: int) -> float:
    dirty = KINDS[name](clean(seed))
    try:
        found = read(tmp_path, dirty)
    except Unreadable:
        return 0.0
    rows = [row for row in found.rows if any(row)]
    truth = Dirty(data=b"", labels=dirty.labels, rows=tuple(tuple(unicodedata.normalize("NFC", one) for one in row) for row in dirty.rows))
    return recovered(truth, found.labels, rows)


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_dirty_table_gives_the_cells_of_its_clean_twin(tmp_path, name) -> None:
    shares = {seed: came_back(tmp_path, name, seed) for seed in SEEDS}
    assert sum(shares.values()) / len(shares) >= FLOOR.get(name, 1.0), {seed: share for seed, share in shares.items() if share < 1}
