"""Snapshots made by a process of their own: of what changed alone, while others write, and when somebody is killed."""

from __future__ import annotations

import errno
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from catalog.adapters.tables_postgres import PostgresTables
from catalog.adapters.tables_sqlite import SqliteTables
from catalog.errors import NotFound, Unavailable
from catalog.rows import ID, Ask, Field, Is, Order, Table, Text, Word
from pipelines.askers import Askers
from pipelines.rowstore import making, reading
from pipelines.rowstore.columns import FOLDED
from pipelines.rowstore.snapshots import Snapshots
from tests.conftest import NUMBERS, create_database, database
from tests.pipelines.test_rowstore import KINDS, QUESTIONS, TOWNS

HOSTILE = ["Đống Đa", "đống đa", "ĐỐNG\nĐA", "", "x' OR '1'='1", '"', "İstanbul", "Σίσυφος", "a\u0301", "한글", "\U0001f600", "%_", "\\", "0", None]


def hostile(chance: random.Random) -> list[Any]:
    """One row of everything that is hard, or missing."""
    return [chance.choice(HOSTILE), chance.choice([None, 0, -1, 2**31 - 1, chance.randrange(50)]),
            chance.choice([None, 0, 0.1, 1e300, -2.5e-8, 7, 2**53, chance.random()]), chance.choice([True, False, None]),
            chance.choice([None, "1000-01-01", "2024-02-29", "9999-12-31"]),
            chance.choice([None, "1999-12-31T23:59:59.999999", "2026-01-01T00:00:00"]), chance.choice([None, "00:00:00", "23:59:59.500000"]),
            chance.choice([None, "null", '{"a":[1,"ă"]}', "1.50"]), chance.choice([None, [], ["x", None, 'đ,"']])]


@pytest.fixture(scope="module")
def askers() -> Iterator[Askers]:
    made = Askers(1, 1)
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgres"])
def tables(request, tmp_path) -> Iterator[Any]:
    if request.param == "postgres":
        postgres, name = request.getfixturevalue("postgres"), f"snaps{next(NUMBERS)}"
        create_database(postgres, name, "template")
        made: Any = PostgresTables(database(postgres, name))
    else:
        made = SqliteTables(tmp_path / "tables")
    chance = random.Random(3)
    made.save(TOWNS, tuple(KINDS), [hostile(chance) for _ in range(300)])
    yield made
    made.close()


@pytest.fixture
def sqlite(tmp_path) -> Iterator[SqliteTables]:
    made = SqliteTables(tmp_path / "tables")
    made.save(TOWNS, ("ten", "so"), [[f"Xã {at}", at] for at in range(200)])
    yield made
    made.close()


def nobody() -> Any:
    pytest.fail("another process reads them")


def now(tables: Any) -> Table:
    found = tables.table("t-1")
    assert found is not None
    return found


def cells(path: str | Path) -> list[dict[str, Any]]:
    return pq.read_table(path).to_pylist()


def test_a_snapshot_of_what_changed_is_the_one_of_everything_and_answers_as_the_table(tables, tmp_path, askers, monkeypatch) -> None:
    """Rows changed, deleted, added, in one place and in many; groups of rows that end in the middle of it."""
    monkeypatch.setattr("pipelines.rowstore.columns.GROUP", 64)
    chance = random.Random(11)
    kept, base = Snapshots(tmp_path / "s", door=tables.door), None
    for turn in range(3):
        ids = tuple(chance.sample(range(1, 330), 5))
        if turn:
            tables.write("t-1", [(tuple(KINDS), [hostile(chance) for _ in range(chance.randrange(1, 9))])], "insert")
            tables.delete("t-1", Is(ID, "in", ids))
            some = [row[0] for row in tables.ask("t-1", Ask(columns=(ID,), limit=200))[1].rows if chance.random() < 0.1]
            tables.write("t-1", [((ID, "ten", "so"), [[at, "đổi", turn] for at in some])], "update")
        path = kept.of(now(tables), nobody)
        whole, by_hand = tmp_path / "whole", tmp_path / f"hand{turn}"
        making.whole(whole, *tables.pages("t-1"))
        assert cells(path) == cells(whole)
        if base is not None:  # in groups of 64 rows
            making.make(tables, "t-1", by_hand, base)
            assert cells(by_hand) == cells(whole)
        making.whole(tmp_path / f"base{turn}", *tables.pages("t-1"))
        base = {"path": str(tmp_path / f"base{turn}"), "mark": "m", "revision": now(tables).revision}
    types = now(tables).types()
    for ask in [*(replace(one, texts=()) for one in QUESTIONS), Ask(texts=(Text(Word("dong")),)), Ask(order=(Order("ten"), Order("ti_le", descending=True)))]:
        whole_ask = replace(ask, columns=ask.columns or tuple(name for name in types if name != "goi"))
        live, found = tables.ask("t-1", whole_ask)[1], reading.ask(askers, path, types, whole_ask, now(tables).count, folded=FOLDED)
        assert told(found.rows) == told(live.rows), ask
        assert found.total == live.total


def told(rows: Any) -> list[list[Any]]:
    return [[float(f"{float(cell):.12g}") if (isinstance(cell, int | float) and not isinstance(cell, bool)) or type(cell).__name__ == "Decimal" else cell
             for cell in row] for row in rows]


def test_a_table_made_anew_or_of_other_columns_is_read_as_a_whole(sqlite, tmp_path) -> None:
    """The revisions of the new one say nothing of the rows of the old one, not even where they are the same numbers."""
    kept = Snapshots(tmp_path / "s", door=sqlite.door)
    first = kept.of(now(sqlite), nobody)
    sqlite.save(replace(TOWNS, fields=(*TOWNS.fields[:2], Field(id="them", type="text"))), ("them",), [["mới"]])
    second = kept.of(now(sqlite), nobody)
    assert (list(cells(second)[0]), len(cells(second))) == ([ID, "ten", "so", "them", FOLDED], 201)
    sqlite.drop("t-1")
    for at in range(3):
        sqlite.save(replace(TOWNS, mark="m"), ("ten",), [[f"khác {at}"]])
    base = {"path": first, "mark": "another", "revision": 1}
    made = making.make(sqlite, "t-1", tmp_path / "made", base)
    assert ([row["ten"] for row in cells(tmp_path / "made")], made.revision) == (["khác 0", "khác 1", "khác 2"], 3)
    making.make(sqlite, "t-1", tmp_path / "made", {"path": str(tmp_path / "gone"), "mark": "m", "revision": 1})
    assert len(cells(tmp_path / "made")) == 3
    sqlite.drop("t-1")
    with pytest.raises(NotFound):
        kept.of(replace(TOWNS, revision=99), nobody)


class Changing(SqliteTables):
    """A store whose table changes as soon as somebody began to read it."""

    def pages(self, key: str, size: int = 20_000) -> tuple[Table, Iterator[Any]]:
        table, found = super().pages(key, size)
        SqliteTables(self._folder).write(key, [((ID, "ten"), [[1, "giữa chừng"]])], "update")
        return table, found


class Killed(SqliteTables):
    """A store whose reader is killed in the middle, once the file was begun; the second reader is not."""

    def pages(self, key: str, size: int = 20_000) -> tuple[Table, Iterator[Any]]:
        table, found = super().pages(key, 50)

        def some() -> Iterator[Any]:
            yield next(found)
            mark = self._folder / "killed"
            if not mark.exists():
                mark.touch()
                os.kill(os.getpid(), signal.SIGKILL)
            yield from found

        return table, some()


def door(store: type[SqliteTables], tables: SqliteTables) -> Callable[[], tuple[str, str]]:
    return lambda: (f"{__name__}:{store.__name__}", tables.door()[1])


def test_what_changes_while_a_snapshot_is_made_is_seen_by_the_next_question(sqlite, tmp_path) -> None:
    kept = Snapshots(tmp_path / "s", door=door(Changing, sqlite))
    before = now(sqlite)
    old = cells(kept.of(before, nobody))
    assert old[0]["ten"] == "Xã 0"
    assert now(sqlite).revision == before.revision + 1
    assert cells(kept.of(now(sqlite), nobody)) == [{**old[0], "ten": "giữa chừng", FOLDED: "giua chung 0"}, *old[1:]]


def test_who_began_before_a_change_and_is_asked_after_it_makes_another(sqlite, tmp_path) -> None:
    """The file that is being made is of the state before: who asks for the newer one does not get it."""
    kept = Snapshots(tmp_path / "s")
    begun, go = threading.Event(), threading.Event()

    def slowly() -> Any:
        table, pages = sqlite.pages("t-1")
        begun.set()
        assert go.wait(60)
        return table, pages

    waiting = threading.Thread(target=kept.of, args=(now(sqlite), slowly))
    waiting.start()
    assert begun.wait(60)
    sqlite.write("t-1", [((ID, "ten"), [[1, "sau"]])], "update")
    found: list[str] = []
    other = threading.Thread(target=lambda: found.append(kept.of(now(sqlite), lambda: sqlite.pages("t-1"))))
    other.start()
    go.set()
    for one in (waiting, other):
        one.join(60)
    assert cells(found[0])[0]["ten"] == "sau"


def test_a_maker_that_is_killed_leaves_nothing_and_the_next_one_makes_it(sqlite, tmp_path) -> None:
    kept = Snapshots(tmp_path / "s", door=door(Killed, sqlite))
    with pytest.raises(Unavailable):
        kept.of(now(sqlite), nobody)
    assert [one.suffix for one in (tmp_path / "s").rglob("*") if one.is_file()] == [".lock"]
    kept.wish(now(sqlite), nobody)  # not at once again, unasked
    assert len(cells(kept.of(now(sqlite), nobody))) == 200


def test_drafts_of_a_process_that_was_killed_are_swept_and_those_of_a_living_one_stay(sqlite, tmp_path) -> None:
    kept = Snapshots(tmp_path / "s", living=sqlite.tables, door=sqlite.door)
    path = Path(kept.of(now(sqlite), nobody))
    (lock,) = (tmp_path / "s" / "drafts").glob("*.lock")
    draft = lock.with_name(f"{lock.stem}-1-1")
    draft.touch()
    with kept._alone("t-1"):
        assert not draft.exists()  # who has the lock knows that nobody else makes one
        draft.touch()
        kept.sweep()
        assert draft.exists()
    assert kept.sweep() == 0
    assert (draft.exists(), path.exists(), lock.exists()) == (False, True, True)
    sqlite.drop("t-1")
    assert kept.sweep() == 1
    assert [one for one in (tmp_path / "s").rglob("*") if one.is_file()] == []


def test_two_processes_that_want_the_same_file_make_one(sqlite, tmp_path) -> None:
    """The folder's lock is what they share: the second one waits, and finds what the first one made."""
    one, two = (Snapshots(tmp_path / "s", door=sqlite.door) for _ in range(2))
    found: list[str] = []
    with one._alone("t-1"):
        waiting = threading.Thread(target=lambda: found.append(two.of(now(sqlite), nobody)))
        waiting.start()
        made = one._made(now(sqlite), nobody)
        stamp = one._path(made).stat().st_ino
    waiting.join(60)
    assert found == [str(one._path(made))]
    assert Path(found[0]).stat().st_ino == stamp


def test_an_old_file_that_is_asked_has_a_newer_one_before_it_is_swept(tmp_path, sqlite, monkeypatch) -> None:
    """Rows that were erased leave with it; one that nobody asked for long just goes."""
    monkeypatch.setattr("pipelines.rowstore.snapshots.SMALL", 0)
    kept = Snapshots(tmp_path / "s", small=0, living=sqlite.tables, door=sqlite.door)
    old = Path(kept.of(now(sqlite), nobody))
    sqlite.delete("t-1", Is("so", "eq", 7))
    assert kept.sweep() == 1
    (new,) = (tmp_path / "s").glob("*.parquet")
    assert not old.exists()
    assert "Xã 7" not in [row["ten"] for row in cells(new)]
    assert kept.of(now(sqlite), nobody) == str(new)
    sqlite.delete("t-1", Is("so", "eq", 8))
    os.utime(new, (time.time() - 3600,) * 2)
    assert kept.sweep() == 1
    assert list((tmp_path / "s").glob("*.parquet")) == []


def test_a_sweep_that_fails_is_not_the_last_one(tmp_path, sqlite, monkeypatch) -> None:
    swept = threading.Event()

    class Failing(Snapshots):
        failed = False

        def sweep(self) -> int:
            if not self.failed:
                self.failed = True
                raise OSError(errno.EIO, "disk")
            swept.set()
            return 0

    monkeypatch.setattr("pipelines.rowstore.snapshots.SWEEP_SECONDS", 0.01)
    of = Failing(tmp_path / "files", living=tuple)
    of._keep()
    assert swept.wait(60)
