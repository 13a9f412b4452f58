"""Serving files: the same answers as from the Parquet file, made once, gone when their source is gone, never the truth."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from catalog.adapters.files_local import LocalFiles
from catalog.errors import Unavailable
from pipelines import askers
from pipelines.askers import Askers
from pipelines.rowquery.read import read
from pipelines.serving import pages
from pipelines.serving.shelf import Shelf, shelved

N = 300
ROWS = [
    {"_id": at + 1, "mã": f"{at:04}", "tên": [None, "Đà Nẵng", "Hoà Bình", "a\x1fb"][at % 4], "nơi": ["", "Hà Nội", None][at % 3],
     "dân": None if at % 11 == 0 else at * 7919 % 101, "_search": "của bảng", "cao": [None, at / 8, -at / 3, at * 1e15][at % 4]}
    for at in range(N)
]
SHA = "ab" * 32


@pytest.fixture(scope="module")
def parquet(tmp_path_factory: pytest.TempPathFactory) -> str:
    made = tmp_path_factory.mktemp("store") / "t.parquet"
    schema = pa.schema([("_id", pa.int64()), ("mã", pa.string()), ("tên", pa.string()), ("nơi", pa.string()), ("dân", pa.int64()),
                        ("_search", pa.string()), ("cao", pa.float64())])
    pq.write_table(pa.Table.from_pylist(ROWS, schema), made, row_group_size=70)
    return str(made)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, parquet: str) -> Shelf:
    made = Shelf(tmp_path_factory.mktemp("shelf"), 10**9, holds=lambda _: True, least_rows=1)
    assert made.make(SHA, parquet)
    return made


@pytest.fixture(scope="module")
def some() -> Iterator[Askers]:
    made = Askers(1)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(askers, "QUESTION_SECONDS", 90.0)


def both(some: Askers, parquet: str, shelf: Shelf, limit: int = 1000, **parts: str) -> tuple[Any, Any]:
    """The rows as the one file and as the other gives them."""
    found = []
    for one in (pages.table(parquet, SHA, None), pages.table(parquet, SHA, shelf)):
        told = pages.page(some, pages.asked(one, read(parts)), limit=limit)
        found.append((told.rows, told.total))
    assert one.shelf is not None
    return found[0], found[1]


@pytest.mark.parametrize("parts", [
    {}, {"where": "dân > 50"}, {"where": "search('da nang')"}, {"where": "search('Đà Nẵng')"}, {"where": "search('hoà')"},
    {"where": "not search('nang')"}, {"where": "search('nang ha')"}, {"where": "search('của')"}, {"where": "search('cua bang')"},
    {"where": "search('a\x1fb')"}, {"where": "search('b\x1f')"}, {"where": "search(tên, 'binh')"}, {"where": "not search(tên, 'binh')"},
    {"where": "search(tên, 'Bình hoa')"}, {"where": "not search(tên, 'Đà')"}, {"where": "search(tên, 'a\x1fb')"}, {"where": "search(dân, '79')"},
    {"where": "search(cao, '.33')"}, {"where": "not search(cao, '.5')"}, {"where": "search(cao, '-1 6')"}, {"where": "search(cao, 'E+16')"},
    {"where": "not search(nơi, 'nội') or search(_search, 'cua')"},
    {"where": "search('0001') or dân is null"}, {"order_by": "-dân, tên"}, {"select": "tên, count(*) as n, sum(dân) as s", "group_by": "tên"},
    {"select": "count(*) as n"}, {"select": "_search, mã", "where": "mã < '0009'"},
])
def test_both_files_give_the_same_answer(some: Askers, parquet: str, shelf: Shelf, parts: dict[str, str]) -> None:
    ours, plain = both(some, parquet, shelf, **parts)
    assert ours == plain
    assert ours[0]


def test_a_search_finds_what_plain_python_finds(some: Askers, parquet: str, shelf: Shelf) -> None:
    found, _ = both(some, parquet, shelf, select="_id", where="search('ha noi') and not search('hoa binh')")
    assert [row[0] for row in found[0]] == [row["_id"] for row in ROWS if row["nơi"] == "Hà Nội" and row["tên"] != "Hoà Bình"]


@pytest.mark.parametrize(("start", "limit"), [(1, 10), (65, 20), (N - 3, 10), (N + 1, 10), (1, 1000), (10**9, 5)])
def test_plain_pages_are_the_same_rows(some: Askers, parquet: str, shelf: Shelf, start: int, limit: int) -> None:
    tables = [pages.table(parquet, SHA, one) for one in (None, shelf)]
    found = [pages.plain(some, one, ["mã", "tên"], start, limit) for one in tables]
    assert list(map(tuple, found[0].rows)) == list(map(tuple, found[1].rows)) == [
        (row["mã"], row["tên"]) for row in ROWS[start - 1 : start - 1 + limit]]
    assert found[0].total == found[1].total == N


def test_documents_are_the_same_bytes(some: Askers, parquet: str, shelf: Shelf) -> None:
    made = [b"".join(pages.document(some, pages.asked(pages.table(parquet, SHA, one), read({"order_by": "mã desc"})), "csv", None))
            for one in (None, shelf)]
    assert made[0] == made[1]
    assert made[0].count(b"\n") == N + 1


def test_a_file_that_goes_after_it_was_found_is_answered_from_the_other(some: Askers, parquet: str, tmp_path: Path, shelf: Shelf) -> None:
    for broken in (None, b"no database at all" * 1000):
        mine = Shelf(tmp_path, 10**9, holds=lambda _: True, least_rows=1)
        mine.place(SHA).parent.mkdir(exist_ok=True)
        shutil.copy(shelf.place(SHA), mine.place(SHA))
        one = pages.table(parquet, SHA, mine)
        assert one.shelf is not None
        mine.place(SHA).unlink()
        if broken is not None:
            mine.place(SHA).write_bytes(broken)
        assert pages.page(some, pages.asked(one, read({"where": "dân is null"})), limit=5).total == len(range(0, N, 11))
        assert pages.plain(some, one, ["mã"], 2, 1).rows == [("0001",)]
        assert b"".join(pages.document(some, pages.asked(one, read({})), "csv", 1)).count(b"\n") == 2


def test_a_table_is_served_once_its_file_was_made_beside(parquet: str, tmp_path: Path) -> None:
    """The first question does not wait: it makes the keeper begin."""
    mine = Shelf(tmp_path, 10**9, holds=lambda _: True, least_rows=1)
    assert mine.find(SHA, N, parquet) is None
    end = time.monotonic() + 120
    while not (found := mine.find(SHA, N, parquet)) and time.monotonic() < end:
        threading.Event().wait(0.05)
    assert found == str(mine.place(SHA))
    assert [one.name for one in mine.place(SHA).parent.iterdir()] == [mine.place(SHA).name]


def test_small_tables_are_served_from_their_parquet_file(parquet: str, tmp_path: Path) -> None:
    mine = Shelf(tmp_path / "shelf", 10**9, holds=lambda _: True)
    assert mine.find(SHA, N, parquet) is None
    assert not (tmp_path / "shelf").exists()


def test_what_leaves_the_store_leaves_the_shelf(parquet: str, tmp_path: Path) -> None:
    """Erasure, garbage and a reset delete objects of the store: what was made of them goes in the same moment."""
    store = LocalFiles(tmp_path / "files")
    mine = Shelf(tmp_path / "serving", 10**9, holds=lambda one: store.size(one) is not None, least_rows=1)
    files = shelved(store, mine)
    for end in ("delete", "wipe"):
        with Path(parquet).open("rb") as stream:
            sha256, _ = files.put(stream)
        assert mine.make(sha256, files.local(sha256) or "")
        files.delete(sha256) if end == "delete" else files.wipe()
        assert not mine.place(sha256).exists()
        assert not list((tmp_path / "serving").glob("??/*"))


def test_what_went_elsewhere_is_swept_and_nothing_keeps_it_open(parquet: str, tmp_path: Path) -> None:
    """Another machine's worker erased it: the sweep takes the file, and the processes that had it open end."""
    there = {SHA}
    mine = Shelf(tmp_path, 10**9, holds=lambda one: one in there, least_rows=1)
    assert mine.make(SHA, parquet)
    asking = Askers(1)
    try:
        mine.left = asking.renew
        one = pages.table(parquet, SHA, mine)
        assert pages.plain(asking, one, ["mã"], 1, 1).rows == [["0000"]]
        (asker, _), = asking._ready.ready.queue
        assert asker is not None
        assert mine.sweep() == 0
        there.clear()
        assert mine.sweep() == 1
        assert not mine.place(SHA).exists()
        assert asker._process.poll() is not None
        assert pages.plain(asking, pages.table(parquet, SHA, mine), ["mã"], 1, 1).rows == [("0000",)]
    finally:
        asking.close()


def test_a_file_that_another_process_took_ends_what_had_it_open(parquet: str, shelf: Shelf, tmp_path: Path) -> None:
    mine = Shelf(tmp_path, 10**9, holds=lambda _: True, least_rows=1)
    left: list[int] = []
    mine.left = lambda: left.append(1)
    mine.place(SHA).parent.mkdir()
    shutil.copy(shelf.place(SHA), mine.place(SHA))
    assert mine.find(SHA, N, parquet)
    mine.place(SHA).unlink()
    mine.sweep()
    mine.sweep()
    assert left == [1]


def test_a_file_is_not_kept_of_what_was_erased_while_it_was_made(parquet: str, tmp_path: Path) -> None:
    mine = Shelf(tmp_path, 10**9, holds=lambda _: False, least_rows=1)
    assert not mine.make(SHA, parquet)
    assert not list(tmp_path.glob("??/*"))


def test_while_the_store_is_away_nothing_is_taken_off(parquet: str, shelf: Shelf, tmp_path: Path) -> None:
    def away(_: str) -> bool:
        raise Unavailable("storage-down")

    mine = Shelf(tmp_path, 10**9, holds=away, least_rows=1)
    mine.place(SHA).parent.mkdir()
    shutil.copy(shelf.place(SHA), mine.place(SHA))
    assert mine.sweep() == 0
    assert mine.place(SHA).exists()


def test_a_file_that_cannot_be_made_leaves_nothing_and_is_not_tried_at_once_again(tmp_path: Path) -> None:
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 no table PAR1")
    mine = Shelf(tmp_path / "shelf", 10**9, holds=lambda _: True, least_rows=1)
    assert not mine.make(SHA, str(tmp_path / "broken.parquet"))
    assert not list((tmp_path / "shelf").glob("??/*"))
    assert not mine.make(SHA, str(tmp_path / "nothing.parquet"))


def test_the_oldest_files_make_room(parquet: str, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.serving.shelf.SPARE", -1.0)
    size = shelf.place(SHA).stat().st_size
    mine = Shelf(tmp_path, int(size * 2.5), holds=lambda _: True, least_rows=1)
    for name in ("11" * 32, "22" * 32):
        mine.place(name).parent.mkdir()
        shutil.copy(shelf.place(SHA), mine.place(name))
        os.utime(mine.place(name), (1, 1))
    assert mine.find("11" * 32, N, parquet)
    assert mine.make(SHA, parquet)
    assert [mine.place(name).exists() for name in ("11" * 32, "22" * 32, SHA)] == [True, False, True]
