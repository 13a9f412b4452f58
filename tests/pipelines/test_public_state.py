"""The public record follows the changes in batches: each is told once, agencies only when something is new of them."""

from __future__ import annotations

import json

from pipelines.steps import public_state
from tests.catalog.desk import a_desk


def test_agencies_are_written_again_only_when_they_changed_or_somebody_else_wrote_meanwhile() -> None:
    desk = a_desk()
    catalog, files = desk.catalog, desk.stand.files
    chronicle = public_state.Chronicle(catalog, files)

    def written() -> bool:
        files.records.pop(public_state.AGENCIES, None)
        chronicle()
        return public_state.AGENCIES in files.records

    desk.published("Một")
    assert written()
    desk.published("Hai")
    assert not written()
    with desk.stand.records.begin() as unit:
        unit.add_alias("organisation", "phong-giao-duc", unit.organisation("H12").id)
    desk.published("Ba")
    assert written()
    desk.published("Bốn")
    assert public_state.follow(catalog, files)  # another worker
    desk.published("Năm")
    assert written()
    assert chronicle() == 0
    told = {one["slug"]: one["addresses"] for one in json.loads(files.records[public_state.AGENCIES])}
    assert told == {"so-giao-duc": ["phong-giao-duc"], "so-y-te": []}


def test_each_change_is_told_as_its_dataset_is_now() -> None:
    desk = a_desk()
    catalog, files = desk.catalog, desk.stand.files
    entry = desk.published("Một")
    desk.publish(entry.id, b"code,name\n00003,C\n")
    hidden = desk.published("Hai")
    catalog.amend(desk.operator, hidden.id, visibility="private")
    gone = desk.published("Ba")
    catalog.withdraw(desk.operator, gone.id, "nhầm")
    again = desk.published("Bốn")
    desk.publish(again.id, b"code,name\n00004,D\n")
    catalog.withdraw(desk.operator, again.id, "sai", 1)
    while public_state.follow(catalog, files, 2):
        pass
    told = [json.loads(content) for name, content in sorted(files.records.items()) if name != public_state.AGENCIES]
    assert [one["state"] for one in told if one["dataset"] == hidden.id] == ["hidden", "hidden"]
    assert [one["tombstone"]["reason"] for one in told if one["dataset"] == gone.id] == ["nhầm", "nhầm"]
    assert [one["version"]["number"] for one in told if one["dataset"] == entry.id] == [1, 2]
    first, second, last = [one["version"] for one in told if one["dataset"] == again.id]
    assert (first["state"], first["reason"], second["number"], last) == ("withdrawn", "sai", 2, first)
    assert all(one["organisation"]["slug"] == "so-giao-duc" for one in told if one["state"] == "published")
