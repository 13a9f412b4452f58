"""Row-level differences: what is told, applied to the old table, gives the new one; whatever the tables are."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines import asking, tables
from pipelines.difference import Counts, Pair, RowChange, Side, statement
from pipelines.difference.keeping import Differences


class Here:
    """Askers without processes: the same engine at work in this one."""

    def __init__(self) -> None:
        self.duck = duckdb.connect(":memory:", config=dict(asking.CONFIG))
        self.documents = 0

    def ask(self, question: Mapping[str, Any]) -> Mapping[str, Any]:
        told: Mapping[str, Any] = json.loads(json.dumps(asking._page(self.duck, question)))
        return told

    def document(self, question: Mapping[str, Any]) -> Iterator[bytes]:
        self.documents += 1
        out = io.BytesIO()
        asking._document(self.duck, question, out)
        out.seek(0)
        while head := out.read(asking.HEAD.size):
            yield out.read(asking.HEAD.unpack(head)[1])


HERE = Here()
pytestmark = pytest.mark.filterwarnings("ignore:Arrow output on a DB-API result")
"""Of DuckDB's own: the process that asks shows its warnings to nobody."""


def side(path: Path, columns: Mapping[str, list[Any]], types: Mapping[str, pa.DataType] | None = None) -> Side:
    many = len(next(iter(columns.values()), []))
    held = {"_id": pa.array(range(1, many + 1), pa.int64())}
    held |= {name: pa.array(cells, (types or {}).get(name)) for name, cells in columns.items()}
    pq.write_table(pa.table(held), path)
    return Side(path=str(path), sha256=str(path), types={
        one.name: str(one.type) for one in pq.read_schema(path) if one.name != "_id"})


def everything(differences: Differences, pair: Pair, many: int = 7) -> list[RowChange]:
    found: list[RowChange] = []
    while page := differences.page(pair, "", found[-1].place if found else 0, many):
        found += page
    return found


CELL = st.one_of(st.none(), st.sampled_from(["", "a", "a:", "1:a", "~", "b'\"", "Đà Nẵng", "\n"]), st.text(max_size=3))
ROW = st.tuples(st.sampled_from(["k1", "k2", "k3", "k4", None]), CELL, st.one_of(st.none(), st.integers(-2, 2)))
TABLE = st.lists(ROW, max_size=9)
TYPES = {"k": pa.string(), "text": pa.string(), "number": pa.int64()}


@pytest.mark.parametrize("key", [(), ("k",), ("k", "number")])
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=TABLE, new=TABLE)
def test_a_difference_applied_to_the_old_table_gives_the_new_one(
    tmp_path: Path, key: tuple[str, ...], old: list[Any], new: list[Any]
) -> None:
    """Rows as a bag: what was removed goes, what was added comes, what changed is set cell by cell."""
    sides = [side(tmp_path / name, {column: [row[at] for row in rows] for at, column in enumerate(TYPES)}, TYPES)
             for name, rows in (("old.parquet", old), ("new.parquet", new))]
    (tmp_path / "kept").mkdir(exist_ok=True)
    for one in (tmp_path / "kept").iterdir():
        one.unlink()
    differences = Differences(HERE, tmp_path / "kept")  # type: ignore[arg-type]
    pair = Pair(old=sides[0], new=sides[1], key=key)
    found = everything(differences, pair)
    rows = {at: list(row) for at, row in enumerate(old, 1)}
    for one in found:
        if one.change == "removed":
            assert tuple(one.old.values()) == tuple(rows.pop(one.old_row or 0))
        elif one.change == "changed":
            assert one.differs
            for at, name in enumerate(TYPES):
                assert (rows[one.old_row or 0][at] == one.new[name]) == (name not in one.differs)
                rows[one.old_row or 0][at] = one.new[name]
    after = [tuple(row) for row in rows.values()] + [tuple(one.new.values()) for one in found if one.change == "added"]
    assert Counter(after) == Counter(map(tuple, new))
    counts = differences.counts(pair)
    told = Counter(one.change for one in found)
    assert (counts.changed, counts.added, counts.removed) == (told["changed"], told["added"], told["removed"])
    assert counts.columns == Counter(name for one in found for name in one.differs)


def test_nothing_is_compared_where_the_files_are_the_same(tmp_path: Path) -> None:
    one = side(tmp_path / "a.parquet", {"k": ["1"]})
    assert Differences(HERE, tmp_path).counts(Pair(old=one, new=one)) == Counts(columns={})  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == [tmp_path / "a.parquet"]


def test_rows_are_the_same_by_key_though_their_order_is_another(tmp_path: Path) -> None:
    old = side(tmp_path / "o", {"k": ["1", "2", "3"], "v": ["a", "b", "c"]})
    new = side(tmp_path / "n", {"v": ["c", "B", "a", "d"], "k": ["3", "2", "1", "4"]})
    differences = Differences(HERE, tmp_path)  # type: ignore[arg-type]
    found = everything(differences, Pair(old=old, new=new, key=("k",)))
    assert [(one.change, one.old_row, one.new_row, list(one.differs)) for one in found] == [
        ("changed", 2, 2, ["v"]), ("added", None, 4, [])]
    assert [one.change for one in differences.page(Pair(old=old, new=new, key=("k",)), "added")] == ["added"]
    assert differences.page(Pair(old=old, new=new, key=("k",)), "removed") == ()


def test_columns_that_came_or_went_make_no_row_a_changed_one(tmp_path: Path) -> None:
    old = side(tmp_path / "o", {"k": ["1"], "gone": ["x"]})
    new = side(tmp_path / "n", {"k": ["1"], "came": ["y"]})
    assert Differences(HERE, tmp_path).counts(Pair(old=old, new=new)) == Counts(columns={})  # type: ignore[arg-type]


def test_a_number_of_another_type_is_compared_by_what_it_says(tmp_path: Path) -> None:
    old = side(tmp_path / "o", {"k": ["1", "2", "3"], "v": [5, 10, 7]})
    new = side(tmp_path / "n", {"k": ["1", "2", "3"], "v": [5.0, 10.0, 7.5]})
    pair = Pair(old=old, new=new, key=("k",))
    assert pair.loose == {"v"}
    (one,) = everything(Differences(HERE, tmp_path), pair)  # type: ignore[arg-type]
    assert (one.old["v"], one.new["v"], list(one.differs)) == (7, 7.5, ["v"])


def test_a_kept_difference_holds_no_cell(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    old = side(tmp_path / "o", {"k": ["secret-1", "secret-2"], "v": ["secret-a", "b"]})
    new = side(tmp_path / "n", {"k": ["secret-1", "secret-3"], "v": ["secret-z", "b"]})
    differences = Differences(HERE, tmp_path / "kept")  # type: ignore[arg-type]
    assert len(everything(differences, Pair(old=old, new=new, key=("k",)))) == 3
    kept = list((tmp_path / "kept").iterdir())
    assert len(kept) == 2
    assert all(b"secret" not in one.read_bytes() for one in kept)
    assert [one.name for one in tables.schema(next(one for one in kept if one.suffix == ".parquet"))] == [
        "_id", "change", "old", "new"]


def test_large_tables_are_compared_by_a_process_of_their_own_and_old_differences_make_room(
    tmp_path: Path,
) -> None:
    sides = [side(tmp_path / f"{turn}", {"k": [f"{at}" for at in range(30)], "v": [f"{at + turn}" for at in range(30)]})
             for turn in range(4)]
    kept = tmp_path / "kept"
    kept.mkdir()
    differences = Differences(HERE, kept, most=1, small=10)  # type: ignore[arg-type]
    before = HERE.documents
    for newer in sides[1:]:
        counts = differences.counts(Pair(old=sides[0], new=newer, key=("k",)))
        assert (counts.changed, counts.columns) == (30, {"v": 30})
    assert HERE.documents == before + 6
    assert len(list(kept.glob("*.parquet"))) == 1


SLOW = ("NESTED_LOOP", "BLOCKWISE", "PIECEWISE", "IE_JOIN", "CROSS_PRODUCT", "ASOF")
"""Joins that look at every pair of rows, or at many: two million rows would take hours."""


def plan(sql: str, values: tuple[Any, ...]) -> str:
    """How the engine would go about it."""
    (row,) = HERE.duck.execute(f"EXPLAIN (FORMAT JSON) {sql}", list(values)).fetchall()
    return str(row[1])


def test_large_tables_are_compared_by_hashes_never_row_against_row(tmp_path: Path) -> None:
    """What makes a million rows against a million take seconds: the plan is looked at, not the clock."""
    many = 3000
    sides = [side(tmp_path / f"{turn}", {"k": [f"{at}" for at in range(turn, many + turn)], "v": [f"{at * turn}" for at in range(many)]})
             for turn in range(2)]
    kept = tmp_path / "kept"
    kept.mkdir()
    for key in ((), ("k",)):
        pair = Pair(old=sides[0], new=sides[1], key=key)
        Differences(HERE, kept).counts(pair)  # type: ignore[arg-type]
        chosen = [statement.pairs(pair), *(statement.by_column(pair, str(path)) for path in kept.glob("*.parquet"))]
        assert len(chosen) > 1
        for one in chosen:
            said = plan(one.sql, one.values)
            assert "HASH_JOIN" in said
            assert not [word for word in SLOW if word in said], said
