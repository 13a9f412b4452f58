"""Snapshots made before anybody asks: of what has grown large and is left alone, seldom, and not for ever."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalog.adapters.tables_sqlite import SqliteTables
from catalog.errors import Unavailable
from catalog.rows import Table
from pipelines.rowstore import snapshots
from pipelines.rowstore.ahead import Ahead
from pipelines.rowstore.snapshots import Snapshots
from tests.pipelines.test_rowstore import TOWNS
from tests.pipelines.test_snapshots import Changing, door, now

LARGE = 50


@pytest.fixture
def tables(tmp_path) -> Iterator[SqliteTables]:
    made = SqliteTables(tmp_path / "tables")
    made.save(TOWNS, ("ten", "so"), [[f"Xã {at}", at] for at in range(200)])
    yield made
    made.close()


class Site:
    """A clock, what was written, and who makes files ahead."""

    def __init__(self, tables: SqliteTables, folder: Path, door: Any = None) -> None:
        self.now, self.written, self.tables = 100.0, {"t-1"}, tables
        self.snapshots = Snapshots(folder, small=0, living=tables.tables, door=door or tables.door)
        self.ahead = Ahead(self.snapshots, self._written, tables.table, large=LARGE, clock=lambda: self.now)

    def _written(self, behind: int | None) -> tuple[int, set[str]]:
        found, self.written = self.written, set()
        return (behind or 0) + 1, found

    def write(self, many: int = 1) -> None:
        self.tables.write("t-1", [(("ten", "so"), [["mới", 1]] * many)], "insert")
        self.written = {"t-1"}

    def look(self, seconds: float) -> list[str]:
        self.now += seconds
        self.ahead.step()
        return sorted(one.name for one in self.snapshots._folder.glob("*.parquet"))


def aged(path: Path, seconds: float) -> None:
    os.utime(path, (time.time() - seconds,) * 2)


def nobody() -> Any:
    pytest.fail("it was made before")


def test_a_large_table_that_is_left_alone_has_its_snapshot_before_anybody_asks(tables, tmp_path) -> None:
    site = Site(tables, tmp_path / "s")
    assert site.look(0) == []
    (made,) = site.look(12)
    assert site.snapshots.of(now(tables), nobody) == str(tmp_path / "s" / made)


def test_while_it_is_being_filled_none_is_made(tables, tmp_path) -> None:
    site = Site(tables, tmp_path / "s")
    for _ in range(5):
        site.write()
        assert site.look(11) == []
    assert len(site.look(12)) == 1


def test_of_a_small_table_and_one_that_went_none_is_made(tables, tmp_path) -> None:
    site = Site(tables, tmp_path / "s")
    site.written = {"t-1", "t-2"}
    tables.drop("t-1")
    tables.save(TOWNS, ("ten",), [["một"]] * LARGE)
    assert (site.look(0), site.look(12), site.ahead._waiting) == ([], [], {})


def test_other_processes_of_the_machine_find_the_file_and_make_none(tables, tmp_path) -> None:
    one, two = (Site(tables, tmp_path / "s") for _ in range(2))
    two.look(0)
    one.look(0)
    (made,) = one.look(12)
    stamp = (tmp_path / "s" / made).stat().st_ino
    assert two.look(12) == [made]
    assert (tmp_path / "s" / made).stat().st_ino == stamp


def test_of_a_table_that_goes_on_changing_the_next_one_waits_as_long_as_the_last_was_dear(tables, tmp_path) -> None:
    site = Site(tables, tmp_path / "s")
    site.look(0)
    first = site.look(12)
    (note,) = (tmp_path / "s" / "drafts").glob("*.ahead")
    note.write_text("10")
    site.write()
    site.look(0)
    assert site.look(12) == first
    aged(note, 299)
    assert site.look(12) == first
    aged(note, 301)
    assert site.look(12) != first  # the one before stays until it is swept


def test_where_the_one_before_was_asked_lately_the_next_one_is_made_at_once(tables, tmp_path) -> None:
    site = Site(tables, tmp_path / "s")
    site.look(0)
    site.look(12)
    (note,) = (tmp_path / "s" / "drafts").glob("*.ahead")
    note.write_text("1000")
    site.snapshots.of(now(tables), nobody)
    site.write()
    site.look(0)
    site.look(12)
    assert site.snapshots.of(now(tables), nobody)


def test_what_nobody_asked_goes_with_its_old_revision_and_after_days_and_is_not_renewed(tables, tmp_path) -> None:
    site = Site(tables, tmp_path / "s")
    site.look(0)
    (made,) = site.look(12)
    assert site.snapshots.sweep() == 0
    aged(tmp_path / "s" / made, snapshots.UNASKED + 1)
    assert site.snapshots.sweep() == 1
    site.write()
    (note,) = (tmp_path / "s" / "drafts").glob("*.ahead")
    aged(note, 3600)
    site.look(0)
    (made,) = site.look(12)
    site.write()
    assert site.snapshots.sweep() == 1
    assert list((tmp_path / "s").glob("*.parquet")) == []
    tables.drop("t-1")
    site.snapshots.sweep()
    assert [one for one in (tmp_path / "s").rglob("*") if one.is_file()] == []


def test_a_file_that_is_renewed_is_as_long_unasked_as_the_one_before(tables, tmp_path) -> None:
    """Else a table that changes every minute would be made anew for ever for one question."""
    site = Site(tables, tmp_path / "s")
    first = Path(site.snapshots.of(now(tables), lambda: tables.pages("t-1")))
    aged(first, 500)
    site.write()
    assert site.snapshots.sweep() == 1
    (second,) = (tmp_path / "s").glob("*.parquet")
    assert time.time() - second.stat().st_mtime > 400


def test_nothing_is_made_ahead_where_files_take_their_room_or_none_can_be_made_elsewhere(tables, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(snapshots, "ROOM", -1)
    full = Site(tables, tmp_path / "s")
    full.look(0)
    assert full.look(12) == []
    monkeypatch.undo()
    assert len(full.look(12)) == 1
    nowhere = Site(tables, tmp_path / "other", door=lambda: None)
    nowhere.look(0)
    assert nowhere.look(12) == []


def test_a_change_while_it_is_made_is_seen_and_a_failure_is_tried_again(tables, tmp_path, monkeypatch) -> None:
    site = Site(tables, tmp_path / "s", door=door(Changing, tables))
    site.look(0)
    (made,) = site.look(12)
    assert site.snapshots._path(now(tables)).name != made
    site.written = {"t-1"}

    def fails(*_: Any, **__: Any) -> Table:
        raise Unavailable("busy")

    (note,) = (tmp_path / "s" / "drafts").glob("*.ahead")
    note.unlink()
    with monkeypatch.context() as broken:
        broken.setattr(site.snapshots, "_elsewhere", fails)
        site.look(0)
        assert site.look(12) == [made]
    site.snapshots._failed.clear()
    site.snapshots._door = tables.door
    site.look(12)
    assert site.snapshots.of(now(tables), nobody)


def test_it_looks_in_a_thread_of_its_own_until_it_is_ended(tables, tmp_path, monkeypatch) -> None:
    """A database that is away, or a bug, ends no thread."""
    monkeypatch.setattr("pipelines.rowstore.ahead.LOOK", 0.01)
    site, looks = Site(tables, tmp_path / "s"), []

    def step() -> None:
        looks.append(1)
        if len(looks) == 1:
            raise Unavailable("database-down")
        if len(looks) == 2:
            raise OSError
        site.ahead.end()

    monkeypatch.setattr(site.ahead, "step", step)
    site.ahead._on()
    assert len(looks) == 3


