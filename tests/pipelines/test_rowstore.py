"""Rows asked of Parquet: what a table answers itself, its snapshot answers too; snapshots are made once and tidied."""

from __future__ import annotations

import csv
import io
import random
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from catalog.errors import Unavailable
from catalog.rows import ID, All, Ask, Either, Every, Field, Is, Order, Some, Table, Text, Without, Word
from pipelines import lines
from pipelines.askers import Askers
from pipelines.rowstore import reading
from pipelines.rowstore.columns import FOLDED, folds
from pipelines.rowstore.snapshots import Snapshots
from pipelines.serving.shelf import Shelf
from pipelines.serving.work import make_plainly
from standards.text import fold
from tests.fakes_tables import FakeTables

KINDS = {"ten": "text", "so": "int4", "ti_le": "numeric", "dung": "bool", "ngay": "date", "luc": "timestamp", "gio": "time", "goi": "json",
         "ds": "_text"}
TOWNS = Table(id="t-1", dataset="d-1", resource="xa", mark="m", fields=tuple(Field(id=name, type=kind) for name, kind in KINDS.items()))
ROWS = [
    ["Đống Đa", 30, 1.5, True, "2025-01-02", "2025-01-02T03:04:05.678000", "01:02:03", '{"a":[1]}', ["x", None]],
    ["Ba Đình", 10, None, False, None, None, None, None, []],
    ["Hà Nội", None, 2, None, "2024-12-31", "2024-12-31T23:59:59", "23:00:00", "[1]", None],
    ["Hoàn Kiếm", 20, -3, True, "2026-07-01", None, None, '"ớ"', ["y"]],
]
QUESTIONS = [
    Ask(columns=("ten", "so", "ti_le", "dung", "ngay", "luc", "ds")),
    Ask(columns=("ten",), where=Is("so", "in", (10, None))),
    Ask(columns=("ten",), where=Is("so", "eq", None)),
    Ask(columns=("ten",), where=Either((Is("ti_le", "lt", 1.75), Is("luc", "gte", "2024-12-31T00:00:00")))),
    Ask(columns=("ten",), where=All((Is("dung", "eq", True), Is("ngay", "gt", "2025-01-02")))),
    Ask(columns=("ten",), where=Is("gio", "lt", "02:00:00")),
    Ask(columns=("ten",), where=Is("ten", "eq", "x' OR '1'='1")),
    Ask(columns=("ten",), order=(Order("ten"),)),
    Ask(columns=("ten",), order=(Order("so", descending=True, nulls_first=True),), limit=2, offset=1),
    Ask(columns=("dung",), distinct=True, order=(Order("dung"),)),
    Ask(columns=("ten",), texts=(Text(Word("dong")),)),
    Ask(columns=("ten",), texts=(Text(Word("đống"), "ten"),)),
    Ask(columns=("ten",), texts=(Text(Word("đong")),)),
    Ask(columns=("ten",), texts=(Text(Some((Word("noi"), Word("kiem"), Word("ho", begins=True)))),)),
    Ask(columns=("ten",), texts=(Text(Every((Word("h", begins=True), Without(Word("noi"))))),), ranked=False),
    Ask(columns=(ID,), where=Is(ID, "gt", 2), total=False),
    Ask(limit=0),
    Ask(where=Is("so", "gt", 10), limit=0),
]


@pytest.fixture(scope="module")
def askers() -> Any:
    made = Askers(1, 1)
    yield made
    made.close()


@pytest.fixture
def tables() -> FakeTables:
    made = FakeTables()
    made.save(TOWNS, tuple(KINDS), ROWS)
    return made


def snapshot(tables: FakeTables, folder: Path) -> tuple[Table, str]:
    table = tables.table("t-1")
    assert table is not None
    return table, Snapshots(folder).of(table, lambda: tables.pages("t-1", 3))


def test_a_snapshot_answers_as_the_table_itself(tables, tmp_path, askers) -> None:
    table, path = snapshot(tables, tmp_path)
    for ask in QUESTIONS:
        told, found = tables.ask("t-1", ask)[1], reading.ask(askers, path, table.types(), ask, table.count)
        assert reading.ask(askers, path, table.types(), ask, table.count, folded=FOLDED) == found, ask
        assert ([[round(cell, 6) if isinstance(cell, float) else cell for cell in row] for row in found.rows], found.total) == (
            [[round(cell, 6) if isinstance(cell, float) else cell for cell in row] for row in told.rows], told.total), ask
    assert [len(page) for page in reading.pages(askers, path, table.types(), 3)] == [3, 1]
    assert b"".join(reading.document(askers, path, table.types(), Ask(columns=("ten", "so"), limit=1))) == b"ten,so\n" + "Đống Đa,30\n".encode()


def test_the_serving_file_of_a_snapshot_answers_alike_and_goes_with_it(tables, tmp_path, askers) -> None:
    """A question that comes while it is not there, or not any more, is answered from the snapshot itself."""
    kept, left = Snapshots(tmp_path, small=0), list[str]()
    table = tables.table("t-1")
    path = kept.of(table, lambda: tables.pages("t-1", 3))
    kept.shelf.left = lambda: left.append("left")
    until = time.monotonic() + 120
    while (served := kept.served(table, path)) is None:
        assert time.monotonic() < until
        time.sleep(0.05)
    for ask in QUESTIONS:
        plain = reading.ask(askers, path, table.types(), ask, table.count, folded=FOLDED)
        assert reading.ask(askers, path, table.types(), ask, table.count, folded=FOLDED, served=served) == plain, ask
    few = Ask(where=Is("so", "gt", 5), limit=2)
    assert [len(found.rows) + (found.total or 0) for found in (reading.ask(askers, path, table.types(), few, 4, served=one) for one in (None, served))
            ] == [5, 5]
    Path(served).unlink()
    askers.renew()
    assert reading.ask(askers, path, table.types(), few, 4, served=served).total == 3
    assert kept.shelf.make(Path(served).name[:64], path)
    kept.forget("t-1")
    assert left
    assert not Path(served).exists()
    assert [one for one in tmp_path.rglob("*") if one.is_file() and "lock" not in one.name] == []


def test_a_whole_table_as_csv_comes_in_order_and_as_other_writers_write_it(tmp_path, askers) -> None:
    """Four batches, of which the second has cells that need quotation marks, from either file."""
    size, odd = 70_000, {20_001: 'x,"y"', 20_002: "a\nb", 20_003: "", 20_004: None, 39_999: '"'}
    cells = [odd.get(at, f"Phường {at % 97}") for at in range(size)]
    numbers = [None if at % 1000 == 7 else at / 8 for at in range(size)]
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({ID: range(1, size + 1), "ten": cells, "ti_le": numbers, "dung": [at % 3 == 0 for at in range(size)]}), path)
    shelf = Shelf(tmp_path / "shelf", 10**9, holds=lambda _key: True, maker="pipelines.serving.work:make_plainly")
    assert shelf.make("a" * 64, str(path))
    lines = io.StringIO()
    rows = ((at + 1, cells[at], None if numbers[at] is None else f"{numbers[at]:g}" if numbers[at] == int(numbers[at]) else numbers[at],
             "true" if at % 3 == 0 else "false") for at in range(size))
    csv.writer(lines, lineterminator="\n").writerows([(ID, "ten", "ti_le", "dung"), *rows])
    types = {ID: "int8", "ten": "text", "ti_le": "numeric", "dung": "bool"}
    for served in (None, str(shelf.place("a" * 64))):
        assert b"".join(reading.document(askers, str(path), types, Ask(limit=None), served=served)).decode() == lines.getvalue()
    ones = [one.decode() for one in reading.document(askers, str(path), types, Ask(columns=("ten",), where=Is(ID, "lte", 20_005), limit=None))]
    assert "".join(ones).endswith('"a\nb"\n""\n""\n')


def test_a_snapshot_is_made_once_for_a_revision_and_older_ones_go(tables, tmp_path) -> None:
    made = Snapshots(tmp_path)
    table, first = snapshot(tables, tmp_path)
    assert made.of(table, lambda: pytest.fail("it is there")) == first
    paths = [first]
    for number in range(3):
        tables.write("t-1", [(("ten",), [[str(number)]])], "insert")
        paths.append(snapshot(tables, tmp_path)[1])
    assert [Path(one).exists() for one in paths] == [False, False, True, True]
    tables.drop("t-1")
    tables.save(replace(TOWNS, mark="another"), ("ten",), [["mới"]])
    assert snapshot(tables, tmp_path)[1] not in paths
    assert len(list(tmp_path.glob("*.parquet"))) == 1
    made.forget("t-1")
    assert [one.suffix for one in tmp_path.rglob("*") if one.is_file()] == [".lock"]


def test_what_cannot_be_made_leaves_no_file(tables, tmp_path) -> None:
    def broken() -> Any:
        table, pages = tables.pages("t-1")
        return table, (page for page in [next(pages), 1 / 0])

    table = tables.table("t-1")
    with pytest.raises(ZeroDivisionError):
        Snapshots(tmp_path / "s").of(table, broken)
    assert list(tmp_path.rglob("*.parquet*")) == []


def test_a_snapshot_helps_where_it_is_there_or_words_are_looked_for_and_else_it_is_wished_for(tables, tmp_path) -> None:
    """A table that is being filled is left alone, a small one too; nobody waits for what was wished for."""
    table = replace(TOWNS, count=30_000, revision=1)
    heavy, asked = Ask(order=(Order("so"),)), list[int]()
    still, moving = Snapshots(tmp_path, still=0), Snapshots(tmp_path, still=3600)
    for one in (still, moving):
        assert not one.helps(table, heavy)
        assert one.heavy(table, heavy)
        assert not one.heavy(table, Ask())
        assert not one.heavy(replace(table, count=100), heavy)
        assert one.helps(table, Ask(texts=(Text(Word("a")),)))
    moving.wish(table, lambda: pytest.fail("it moves"))

    def pages() -> Any:
        asked.append(1)
        return tables.pages("t-1")

    still.wish(table, pages)
    now = tables.table("t-1")
    until = time.monotonic() + 60
    while not still.helps(replace(now, count=30_000), heavy):
        assert time.monotonic() < until
        time.sleep(0.01)
    assert asked == [1]


def test_an_empty_table_has_a_snapshot_too(tmp_path, askers) -> None:
    tables = FakeTables()
    table = tables.save(TOWNS)
    path = Snapshots().of(table, lambda: tables.pages("t-1"))
    until = time.monotonic() + 60
    while Path(path).exists():  # its folder was nobody's but its own, and goes when the thread that made it ended
        assert time.monotonic() < until
        time.sleep(0.01)
    kept = Snapshots(tmp_path)
    assert reading.ask(askers, kept.of(table, lambda: tables.pages("t-1")), table.types(), Ask(where=Is("so", "gt", 1)), 0).total == 0


def test_what_was_erased_anywhere_leaves_the_snapshots_and_nothing_is_taken_on_a_guess(tmp_path: Path, tables: FakeTables) -> None:
    kept = Snapshots(tmp_path, living=tables.tables)
    path = Path(kept.of(tables.tables()[0], lambda: tables.pages("t-1", 3)))
    assert kept.sweep() == 0
    assert path.exists()
    tables.delete("t-1", Is("ten", "eq", "Đống Đa"))
    assert kept.sweep() == 1
    assert not path.exists()
    path = Path(kept.of(tables.tables()[0], lambda: tables.pages("t-1", 3)))

    def away() -> Any:
        raise Unavailable("database-down")

    assert Snapshots(tmp_path, living=away).sweep() == 0
    assert Snapshots(tmp_path).sweep() == 0
    assert path.exists()
    tables.drop("t-1")
    assert kept.sweep() == 1
    assert not path.exists()


def test_moments_in_a_document_are_written_alike_by_both_ways() -> None:
    """Plain text is taken between the years 1000 and 9999; it says what the calendar's own way says."""
    moments = [datetime(1000, 1, 1), datetime(1969, 12, 31, 23, 59, 58, 900_000), datetime(2026, 2, 28, 3, 4, 5, 678901), None, datetime(9999, 12, 31)]  # noqa: DTZ001 - rows have none
    for kind in (pa.timestamp("us"), pa.timestamp("us", "UTC"), pa.timestamp("us", "Asia/Ho_Chi_Minh")):
        column, form = pa.array(moments, kind), "%Y-%m-%dT%H:%M:%SZ" if kind.tz else "%Y-%m-%dT%H:%M:%S"
        whole = pc.cast(pc.floor_temporal(column, unit="second"), pa.timestamp("s", kind.tz))
        assert lines.moments(column).to_pylist() == pc.strftime(whole, form).to_pylist()
    early = pa.array([-50_000_000_000, 0], pa.timestamp("s"))
    assert lines.moments(early).to_pylist() == pc.strftime(early, "%Y-%m-%dT%H:%M:%S").to_pylist()
    assert lines.moments(pa.array([None], pa.timestamp("s"))).to_pylist() == [None]


def test_the_first_of_an_order_are_the_same_rows_however_they_are_looked_for(tmp_path, askers) -> None:
    """Many alike, some missing: by a column and then by the ids, on a page in the middle too."""
    many = 5000
    found = pa.table({ID: pa.array(range(1, many + 1), pa.int64()), "so": pa.array([at * 7 % 50 if at % 11 else None for at in range(many)], pa.int64()),
                      "ten": [f"Thôn {at % 77}" for at in range(many)]})
    path, made = tmp_path / "t.parquet", tmp_path / "t.duckdb"
    pq.write_table(found, path)
    make_plainly({"parquet": str(path), "path": str(made)})
    types = {ID: "int8", "so": "int8", "ten": "text"}
    every = sorted(zip(*(one.to_pylist() for one in found.columns), strict=True), key=lambda row: (row[1] is None, -(row[1] or 0), row[0]))
    for limit, offset in ((3, 0), (100, 50), (1001, 4), (2000, 4500)):
        one = Ask(order=(Order("so", descending=True),), limit=limit, offset=offset)
        got = reading.ask(askers, str(path), types, one, many, served=str(made))
        assert [tuple(row) for row in got.rows] == every[offset : offset + limit]
    last = reading.ask(askers, str(path), types, Ask(where=Is(ID, "gt", many - 3), limit=2), many, served=str(made))
    assert [row[0] for row in last.rows] == [many - 2, many - 1]
    assert last.total == 3


def test_texts_that_are_folded_all_in_one_are_what_each_is_alone() -> None:
    """Marks at an edge, wide signs, other scripts, letters whose small form depends on their place; a NUL in between."""
    chance = random.Random(7)
    signs = "aAÂấđĐ\u0301\u0323eÉ ０Ａ日本Σσς\u0345İıſﬁ\u200d\u200b\n'-1ơƯừ한ｶﾞ゛\U0001f600"
    for _ in range(40):
        texts = ["".join(chance.choices(signs, k=chance.randint(0, 7))) for _ in range(40)]
        assert folds(texts) == list(map(fold, texts))
    assert folds([]) == []
    assert folds(["Đ\0à", "B"]) == ["d\0a", "b"]
