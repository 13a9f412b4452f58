"""Packages that processes of a machine share: given while they hold, of one history alone, and gone when they are told to."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from pipelines import rendered
from pipelines.rendered import Known, Made, Mark, Rendered

FIRST, NEXT = Mark(5, 9, "nine"), Mark(6, 10, "ten")
ONE, TWO = Made("id-1", "truong-hoc", '{"title":"Trường"}'.encode()), Made("id-2", "cau", b"{}")


def known(touched: set[str] | None, hashes: dict[int, str] | None = None) -> Known:
    """Records that say this of themselves."""
    every = {9: "nine", 10: "ten"} if hashes is None else hashes
    return Known(lambda _change, _deed: touched, lambda deed: every.get(deed, ""))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with two packages, made under the first mark."""
    file = Rendered(tmp_path / "packages" / "a.db")
    assert file.follow(FIRST, known(None))
    file.keep(5, 9, [ONE, TWO])
    file.close()
    return tmp_path / "packages" / "a.db"


def test_what_one_process_made_another_one_finds_by_id_and_name(path: Path) -> None:
    other = Rendered(path)
    assert other.some(5, 9, ["id-2", "id-1", "id-3"]) == {"id-1": ONE.body, "id-2": TWO.body}
    assert other.named(5, 9, "truong-hoc") == other.named(5, 9, "id-1") == ("id-1", ONE.body)
    assert other.named(5, 9, "nothing") is None
    assert other.some(5, 9, []) == {}


def test_nothing_is_given_to_whoever_knows_of_more_until_what_was_written_is_out(path: Path) -> None:
    file = Rendered(path)
    assert file.some(6, 9, ["id-1"]) == file.some(5, 10, ["id-1"]) == {}
    assert file.follow(NEXT, known({"id-1"}))
    assert file.some(6, 10, ["id-1", "id-2"]) == {"id-2": TWO.body}
    assert file.some(5, 9, ["id-2"]) == {"id-2": TWO.body}, "who knows of less may see what is newer"


def test_what_was_made_before_a_change_is_not_kept_after_it(path: Path) -> None:
    file = Rendered(path)
    file.follow(NEXT, known(set()))
    file.keep(5, 9, [Made("id-3", "cu", b"{}")])
    assert file.some(6, 10, ["id-3"]) == {}


def test_it_tells_what_is_there_and_whether_something_was_kept(path: Path) -> None:
    file = Rendered(path)
    assert set(file.there(5, 9, ["id-1", "id-2", "id-3"])) == {"id-1", "id-2"}
    assert not file.there(6, 9, ["id-1"])
    assert not file.there(5, 9, [])
    three = Made("id-3", "ba", b"{}")
    assert file.keep(5, 9, [three])
    assert not file.keep(4, 9, [three])
    assert not file.keep(5, 9, [])
    assert not Rendered(path, limit=1).keep(5, 9, [three])
    file.follow(NEXT, known(None))
    assert not file.there(6, 10, ["id-1"]), "what counts no more is not there"


def test_one_process_of_a_machine_makes_ahead_until_it_lets_go(path: Path) -> None:
    one, other = Rendered(path), Rendered(path)
    assert one.alone()
    assert one.alone()
    assert not other.alone()
    one.close()
    assert other.alone()
    nowhere = path / "below-a-file"
    assert not Rendered(nowhere / "a.db").alone()


def test_a_change_of_more_than_single_datasets_lets_everything_go_from_the_file_too(path: Path) -> None:
    file = Rendered(path)
    file.follow(NEXT, known(None))
    assert file.some(6, 10, ["id-1", "id-2"]) == {}
    file.keep(6, 10, [TWO])
    file.sweep()
    assert file.some(6, 10, ["id-1", "id-2"]) == {"id-2": TWO.body}
    assert "Trường".encode() not in every_byte(path)


def test_records_that_were_put_back_and_went_another_way_share_nothing_with_before(path: Path) -> None:
    file = Rendered(path)
    file.follow(NEXT, known(set(), {9: "another nine", 10: "ten"}))
    assert file.some(6, 10, ["id-1", "id-2"]) == {}


def test_who_comes_late_does_not_turn_the_mark_back(path: Path) -> None:
    file = Rendered(path)
    file.follow(NEXT, known({"id-1"}))
    assert file.follow(FIRST, known(None))
    assert file.some(6, 10, ["id-2"]) == {"id-2": TWO.body}


def test_of_what_was_erased_not_a_byte_stays(path: Path) -> None:
    left = Rendered(path)
    assert left.some(5, 9, ["id-1"])
    rendered.erase(path.parents[1])
    assert "Trường".encode() not in every_byte(path)
    assert left.some(5, 9, ["id-1", "id-2"]) == {}
    left.keep(5, 9, [ONE])
    assert left.some(5, 9, ["id-1"]) == {}, "without a mark nothing is kept"


def test_a_file_that_is_damaged_is_taken_away_and_holds_nothing(path: Path) -> None:
    path.write_bytes(b"no database" * 1000)
    file = Rendered(path)
    assert not file.follow(FIRST, known(None))
    assert file.some(5, 9, ["id-1"]) == {}
    assert not path.exists()


def test_a_folder_that_cannot_be_made_and_a_file_that_is_full_hold_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    nowhere = Rendered(tmp_path / "file" / "a.db")
    assert not nowhere.follow(FIRST, known(None))
    full = Rendered(tmp_path / "b.db", limit=1)
    full.follow(FIRST, known(None))
    full.keep(5, 9, [ONE])
    assert full.some(5, 9, ["id-1"]) == {}


def test_files_of_settings_of_before_are_taken_away_after_a_day(path: Path) -> None:
    young, day_ago = path.with_name("b.db"), time.time() - rendered.OLD - 60
    young.write_bytes(b"")
    os.utime(path, (day_ago, day_ago))
    rendered.place(path.parents[1], "c")
    assert (path.exists(), young.exists()) == (False, True)


def every_byte(path: Path) -> bytes:
    return b"".join(one.read_bytes() for one in path.parent.iterdir())
