"""Deltas: replayed on the older canonical CSV they give the newer one, to the byte, whatever the cells are."""

from __future__ import annotations

import hashlib
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines import cells
from pipelines.difference import delta
from pipelines.difference.delta import Canonical
from pipelines.difference.replay import replay
from tests.pipelines.test_difference import HERE, SLOW, plan

pytestmark = pytest.mark.filterwarnings("ignore:Arrow output on a DB-API result")


def canonical(path: Path, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> Canonical:
    """A file as the pipeline writes it."""
    rows = [row for row in rows if any(row)]
    batch = pa.record_batch([pa.array(range(len(rows)), pa.int64()), *(
        pa.array([row[at] for row in rows], pa.string()) for at in range(len(columns)))],
        names=["#", *(f"c{at}" for at in range(len(columns)))])
    cells.write_csv(path, columns, [batch])
    return Canonical(path=str(path), sha256=hashlib.sha256(path.read_bytes()).hexdigest(), columns=columns,
                     rows=len(rows))


def told(old: Canonical, new: Canonical, key: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    return [json.loads(one) for one in delta.lines(HERE, old, new, key)]  # type: ignore[arg-type]


CELL = st.one_of(
    st.sampled_from(["", "a", '"', "a,b", "\r", "\n", "\r\n", "x\ry", " ", "NULL", "1.0", "1", "Đà Nẵng", "'", "\\", "\ufeff", "#"]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=3),
)
ROW = st.tuples(st.sampled_from(["k1", "k2", "k3", "k4", "k5"]), CELL, CELL)
TABLE = st.lists(ROW, max_size=8)
NAMES = st.sampled_from([("k", "v", "w"), ("w", "k", "v"), ("k", "v", "new"), ("k", "a,b", 'q"')])


@pytest.mark.parametrize("key", [(), ("k",)])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=TABLE, new=TABLE, before=NAMES, after=NAMES)
def test_a_delta_replayed_gives_the_newer_file_to_the_byte(  # noqa: PLR0917
    tmp_path: Path, key: tuple[str, ...], old: list[Any], new: list[Any], before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    one, other = canonical(tmp_path / "o.csv", before, old), canonical(tmp_path / "n.csv", after, new)
    lines = list(delta.lines(HERE, one, other, key))  # type: ignore[arg-type]
    assert replay((tmp_path / "o.csv").read_bytes(), lines) == (tmp_path / "n.csv").read_bytes()


def test_rows_that_stay_are_told_in_runs_and_changed_ones_by_their_cells(tmp_path: Path) -> None:
    rows = [(f"{at:03}", "name", str(at)) for at in range(1, 101)]
    old = canonical(tmp_path / "o.csv", ("k", "v", "w"), rows)
    new = canonical(tmp_path / "n.csv", ("k", "v", "w"), [*rows[:10], ("011", "name", "x"), *rows[11:50], *rows[52:], ("999", "", "y")])
    head, *ops = told(old, new, ("k",))
    assert (head["delta"], head["from"]["rows"], head["to"]["columns"]) == ("datamo-delta/1", 100, ["k", "v", "w"])
    assert ops == [
        {"op": "keep", "from": 1, "count": 10},
        {"op": "change", "from": 11, "key": ["011"], "cells": {"w": "x"}},
        {"op": "keep", "from": 12, "count": 39},
        {"op": "keep", "from": 53, "count": 48},
        {"op": "add", "row": ["999", "", "y"]},
        {"op": "remove", "from": 51, "key": ["051"]},
        {"op": "remove", "from": 52, "key": ["052"]},
        {"op": "end"},
    ]


def test_a_delta_of_another_file_or_one_that_broke_off_is_refused(tmp_path: Path) -> None:
    old = canonical(tmp_path / "o.csv", ("k",), [("a",), ("b",)])
    new = canonical(tmp_path / "n.csv", ("k",), [("a",), ("c",)])
    lines = list(delta.lines(HERE, old, new))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="another file"):
        replay(b"k\nz\n", lines)
    for cut in (lines[:-1], lines[:1] + lines[2:]):
        with pytest.raises(ValueError, match="not whole"):
            replay((tmp_path / "o.csv").read_bytes(), cut)


def test_a_delta_of_large_tables_is_made_by_hashes_never_row_against_row(tmp_path: Path) -> None:
    many = 3000
    old, new = (canonical(tmp_path / f"{turn}.csv", ("k", "v"), [(f"k{at}", f"v{at * turn % 7}") for at in range(turn * 5, many)])
                for turn in range(2))
    for key in ((), ("k",)):
        chosen = delta.statement(old, new, key)
        said = plan(chosen.sql, chosen.values)
        assert "HASH_JOIN" in said
        assert not [word for word in SLOW if word in said], said


def test_a_delta_is_written_as_it_comes_and_nothing_of_it_is_gathered(tmp_path: Path) -> None:
    """Three thousand operations, in pieces that end anywhere: the memory that they take while they pass is that of one piece."""
    one = canonical(tmp_path / "o.csv", ("k", "v"), [("k1", "x")])
    line = json.dumps({"op": "add", "from": None, "count": 1, "cells": json.dumps(["k", "v" * 80]), "was": None}).encode() + b"\n"
    batch = line * 1000
    pieces = (batch[at : at + 16_384] for _ in range(3) for at in range(0, len(batch), 16_384))
    tracemalloc.start()
    try:
        written = sum(1 for _ in delta._written(pieces, one, one, ()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert written == 3_000 + 2
    assert peak < 300_000, peak
