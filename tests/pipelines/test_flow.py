"""The flows: what happens to an upload, step by step, also when a step is done twice or the world changes meanwhile."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from catalog.errors import Conflict, Unavailable
from catalog.events import DatasetChanged, FileArrived
from catalog.model import Artefact, File, Outcome, Resource, TableOutcome
from pipelines.flow import CHECK_AND_PUBLISH, CHECKS, Workshop, check_and_publish, examine, followers, start_of, tidy
from pipelines.step import Parcel
from pipelines.steps.publish import Tampered
from tests.pipelines.desk import Desk, Drawer, Ledger, Shelf, workshop


def at_once(_name: str, step: Callable[[], str]) -> str:
    return step()


def good(parcel: Parcel) -> Outcome:
    """A check that finds nothing and makes one artefact."""
    made = parcel.work / "table.csv"
    made.write_bytes(parcel.path.read_bytes())
    csv = Artefact(resource="t", name="t.csv", role="csv", media_type="text/csv", path=str(made))
    original = Artefact(resource="t", name=parcel.name, role="original", media_type="text/csv", path=str(parcel.path))
    table = TableOutcome(resource="t", artefacts=(csv,))
    return Outcome(tables=(table,), original=original, base=parcel.base_version)


def desk_of(shop: Workshop) -> Desk:
    assert isinstance(shop.catalog, Desk)
    return shop.catalog


def shelf_of(shop: Workshop) -> Shelf:
    assert isinstance(shop.files, Shelf)
    return shop.files


def test_a_file_that_arrives_starts_the_check_once_under_its_own_name() -> None:
    start = start_of(FileArrived(submission="s1"))
    assert start is not None
    assert (start.flow, start.queue, start.job) == (CHECK_AND_PUBLISH, CHECKS, f"{CHECK_AND_PUBLISH}:s1")


def test_other_events_start_nothing_because_readers_follow_them() -> None:
    assert start_of(DatasetChanged(dataset="d")) is None


def test_a_good_file_is_checked_published_and_tidied_away(tmp_path: Path) -> None:
    shop = workshop(tmp_path, good)
    desk = desk_of(shop)
    assert check_and_publish(shop, at_once, desk.arrive()) == "published"
    assert desk.diary == ["begin s1", "settle s1 ready", "publish s1"]
    assert shelf_of(shop).staging == {}
    assert list((tmp_path / "work").iterdir()) == []


def test_every_artefact_is_claimed_before_it_is_put(tmp_path: Path) -> None:
    shop = workshop(tmp_path, good)
    check_and_publish(shop, at_once, desk_of(shop).arrive())
    assert isinstance(shop.records, Ledger)
    assert set(shelf_of(shop).puts) <= set(shop.records.claims)
    assert shelf_of(shop).puts


def test_the_outcome_at_the_desk_names_objects_and_no_paths(tmp_path: Path) -> None:
    shop = workshop(tmp_path, good)
    desk = desk_of(shop)
    check_and_publish(shop, at_once, desk.arrive())
    outcome = desk.kept["s1"].outcome
    assert outcome is not None
    assert outcome.original is not None
    for one in (outcome.original, *outcome.tables[0].artefacts):
        assert one.path == ""
        assert one.sha256 in shelf_of(shop).objects


def test_the_original_is_what_arrived_even_if_the_sandbox_spoiled_its_copy(tmp_path: Path) -> None:
    def spoil(parcel: Parcel) -> Outcome:
        outcome = good(parcel)
        parcel.path.write_bytes(b"something else")
        return outcome

    shop = workshop(tmp_path, spoil)
    check_and_publish(shop, at_once, desk_of(shop).arrive(b"a\n1\n"))
    assert b"a\n1\n" in shelf_of(shop).objects.values()
    assert b"something else" not in shelf_of(shop).objects.values()


def test_a_path_outside_the_work_folder_is_never_put(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x")

    def reach_out(parcel: Parcel) -> Outcome:
        link = parcel.work / "link.csv"
        link.symlink_to(secret)
        bad = Artefact(resource="t", name="t.csv", role="csv", media_type="text/csv", path=str(link))
        return Outcome(tables=(TableOutcome(resource="t", artefacts=(bad,)),))

    shop = workshop(tmp_path, reach_out)
    with pytest.raises(Tampered):
        check_and_publish(shop, at_once, desk_of(shop).arrive())
    assert shelf_of(shop).puts == []


def test_a_file_with_errors_is_blocked_and_puts_nothing(tmp_path: Path) -> None:
    def wrong(parcel: Parcel) -> Outcome:
        outcome = good(parcel)
        return dataclasses.replace(outcome, reason={"code": "no-rows"})

    shop = workshop(tmp_path, wrong)
    desk = desk_of(shop)
    assert check_and_publish(shop, at_once, desk.arrive()) == "blocked"
    assert shelf_of(shop).puts == []
    assert shelf_of(shop).staging, "the bytes stay for a repair"


def test_a_file_that_cannot_be_read_has_failed_and_its_bytes_wait_for_another_reading(tmp_path: Path) -> None:
    """The sweep takes them after a day; until then its publisher may say how to read it."""
    shop = workshop(tmp_path, lambda _parcel: Outcome(readable=False, reason={"code": "encrypted"}))
    desk = desk_of(shop)
    assert check_and_publish(shop, at_once, desk.arrive()) == "failed"
    assert len(shelf_of(shop).staging) == 1
    assert list(shop.work.iterdir()) == []


def test_a_file_waits_for_a_second_person_where_the_agency_asks_for_one(tmp_path: Path) -> None:
    shop = workshop(tmp_path, good)
    desk = desk_of(shop)
    desk.by_itself = False
    assert check_and_publish(shop, at_once, desk.arrive()) == "waiting"
    assert desk.kept["s1"].state == "ready"


def test_a_refusal_while_publishing_leaves_the_file_ready(tmp_path: Path) -> None:
    shop = workshop(tmp_path, good)
    desk = desk_of(shop)
    desk.refuse = [Conflict("organisation-closed")]
    assert check_and_publish(shop, at_once, desk.arrive()) == "organisation-closed"
    assert desk.kept["s1"].state == "ready"


def test_a_store_that_is_down_is_not_an_answer(tmp_path: Path) -> None:
    shop = workshop(tmp_path, good)
    desk = desk_of(shop)
    desk.refuse = [Unavailable("storage-full")]
    with pytest.raises(Unavailable):
        check_and_publish(shop, at_once, desk.arrive())


def test_a_submission_that_is_gone_ends_its_work_quietly(tmp_path: Path) -> None:
    shop = workshop(tmp_path, good)
    assert check_and_publish(shop, at_once, "never-heard-of") == "gone"
    assert tidy(shop, "never-heard-of") == "gone"


def test_an_append_is_examined_again_when_its_base_has_changed(tmp_path: Path) -> None:
    bases: list[Any] = []

    def meanwhile(parcel: Parcel) -> Outcome:
        bases.append(parcel.base_version)
        if len(bases) == 1:
            desk.grow(table_resource(shop))
        return good(parcel)

    shop = workshop(tmp_path, meanwhile)
    desk = desk_of(shop)
    desk.grow(table_resource(shop))
    assert check_and_publish(shop, at_once, desk.arrive(update="append", period="2025")) == "published"
    assert bases == [1, 2]
    assert [one.number for one in desk.versions] == [1, 2, 3]


def table_resource(shop: Workshop) -> Resource:
    import io

    sha256, count = shelf_of(shop).put(io.BytesIO(b"year\n2024\n"))
    csv = File(resource="bang", name="bang.csv", role="csv", media_type="text/csv", bytes=count, sha256=sha256)
    return Resource(name="bang", standard="vn-budget", files=(csv,), periods=("2024",))


def test_an_append_gets_the_rows_it_builds_on_and_the_resource_they_are_in(tmp_path: Path) -> None:
    seen: list[Parcel] = []

    def watch(parcel: Parcel) -> Outcome:
        seen.append(parcel)
        assert parcel.base["bang"].read_bytes() == b"year\n2024\n"
        return good(parcel)

    shop = workshop(tmp_path, watch)
    desk = desk_of(shop)
    desk.grow(table_resource(shop))
    check_and_publish(shop, at_once, desk.arrive(update="append", period="2025"))
    (parcel,) = seen
    assert (parcel.options.resource, parcel.options.standard) == ("bang", "vn-budget")
    assert parcel.base_periods == {"bang": ("2024",)}


def test_the_first_table_of_a_dataset_is_held_to_the_datasets_standard(tmp_path: Path) -> None:
    seen: list[Parcel] = []

    def watch(parcel: Parcel) -> Outcome:
        seen.append(parcel)
        return good(parcel)

    shop = workshop(tmp_path, watch)
    check_and_publish(shop, at_once, desk_of(shop).arrive())
    assert seen[0].options.standard == "vn-school"
    assert seen[0].dataset_slug == "du-lieu"


def test_each_step_may_be_done_twice_and_the_end_is_the_same(tmp_path: Path) -> None:
    """A worker may be killed after a step and before it is noted: then the step runs again."""

    def twice(_name: str, step: Callable[[], str]) -> str:
        step()
        return step()

    shop = workshop(tmp_path, good)
    desk = desk_of(shop)
    assert check_and_publish(shop, twice, desk.arrive()) == "published"
    assert [one.number for one in desk.versions] == [1]


def test_examining_again_after_it_was_settled_changes_nothing(tmp_path: Path) -> None:
    shop = workshop(tmp_path, good)
    desk = desk_of(shop)
    name = desk.arrive()
    desk.begin_check(name)
    assert examine(shop, name) == "ready"
    before = list(desk.diary)
    assert examine(shop, name) == "ready"
    assert desk.diary == before


def test_search_follows_changes_in_order_and_moves_its_place_last(tmp_path: Path) -> None:
    shop = workshop(tmp_path, good)
    desk = desk_of(shop)
    assert isinstance(shop.index, Drawer)
    desk.grow()
    desk.change("DatasetChanged")
    assert followers(shop)["index"]() == 2
    assert list(shop.index.documents) == ["d"]
    assert desk.positions["index"] == 2
    assert followers(shop)["index"]() == 0


def test_search_drops_what_it_should_not_know_any_more(tmp_path: Path) -> None:
    shop = workshop(tmp_path, good)
    desk = desk_of(shop)
    desk.grow()
    followers(shop)["index"]()
    desk.visibility = "private"
    desk.change("DatasetChanged")
    followers(shop)["index"]()
    assert isinstance(shop.index, Drawer)
    assert shop.index.documents == {}
    assert shop.index.dropped == [("d", 2)]


def test_the_object_store_remembers_each_change_with_its_number(tmp_path: Path) -> None:
    shop = workshop(tmp_path, good)
    desk = desk_of(shop)
    desk.grow()
    followers(shop)["public-state"]()
    assert sorted(shelf_of(shop).records) == ["000000000001.json", "organisations.json"]
    told = json.loads(shelf_of(shop).records["000000000001.json"])
    (agency,) = json.loads(shelf_of(shop).records["organisations.json"])
    assert (agency["slug"], agency["addresses"], told["addresses"]) == ("so", ["old-organisation"], ["old-dataset"])
    assert (told["state"], told["version"]["number"], told["entry"]["slug"]) == ("published", 1, "du-lieu")
    assert told["organisation"]["slug"] == "so", "without its agency it could not be rebuilt"


def test_the_object_store_never_learns_what_is_private(tmp_path: Path) -> None:
    shop = workshop(tmp_path, good)
    desk = desk_of(shop)
    desk.visibility = "private"
    desk.grow()
    followers(shop)["public-state"]()
    told = json.loads(shelf_of(shop).records["000000000001.json"])
    assert told["state"] == "hidden"
    assert "entry" not in told
    assert "version" not in told
