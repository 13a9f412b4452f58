"""What a version is made of: names of files, order of resources, and manifests that say the same of the same."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from catalog import manifest
from catalog.ids import new_id
from catalog.model import Entry, File, Resource, Version
from catalog.release import merge, name_files
from standards.record import Dataset

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def table(name: str, *files: tuple[str, str]) -> Resource:
    return Resource(name=name, files=tuple(
        File(resource=name, name=called, role=role, media_type="x", bytes=1, sha256="a" * 64) for called, role in files
    ))


@pytest.mark.parametrize(("given", "named"), [
    ([("t.csv", "original"), ("t.csv", "csv")], ["original-t.csv", "t.csv"]),
    ([("x.csv", "original"), ("t.csv", "csv")], ["x.csv", "t.csv"]),
    ([("original-t.csv", "original"), ("t.csv", "original"), ("t.csv", "csv")], ["original-t.csv", "original-2-t.csv", "t.csv"]),
    ([("x.pdf", "original"), ("x.pdf", "original"), ("x.pdf", "original")], ["x.pdf", "original-x.pdf", "original-2-x.pdf"]),
])
def test_an_original_steps_aside_when_its_name_is_taken(given, named):
    resources = name_files([table(f"r{at}", one) for at, one in enumerate(given)])
    assert [file.name for one in resources for file in one.files] == named


def test_names_that_were_settled_once_stay_the_same():
    once = name_files([table("a", ("a.csv", "original"), ("a.csv", "csv")), table("b", ("a.csv", "original"))])
    assert name_files(once) == once
    assert merge(once, []) == once


def test_new_resources_come_behind_and_replaced_ones_stay_in_place():
    before = (table("a"), table("b"), table("c"))
    new = merge(before, [table("z"), table("b", ("b.csv", "csv"))])
    assert [one.name for one in new] == ["a", "b", "c", "z"]
    assert [len(one.files) for one in new] == [0, 1, 0, 0]


def test_a_manifest_is_one_line_of_sorted_json_and_equal_for_equal_versions():
    entry = Entry(id="d", slug="s", organisation="o", about=Dataset(title={"vi": "Đất", "en": "Land"}), created=NOW, modified=NOW)
    version = Version(dataset="d", number=1, issued=NOW, resources=(table("a", ("a.csv", "csv")),))
    content = manifest.write(entry, version, "")
    assert content == manifest.write(entry, version, "")
    assert content.endswith(b"}\n")
    assert content.count(b"\n") == 1
    assert "Đất".encode() in content
    assert manifest.previous_in(content) == ""
    assert manifest.previous_in(manifest.write(entry, version, "b" * 64)) == "b" * 64
    assert [one["name"] for one in manifest.files_in(content)] == ["a.csv"]


@pytest.mark.parametrize("content", [b"[]", b"{}", b"not json", b'{"shape": "other"}'])
def test_what_is_no_manifest_is_refused(content):
    with pytest.raises(ValueError):
        manifest.files_in(content)


def test_ids_are_uuids_of_version_seven_that_sort_by_time():
    moments = [datetime(2026, 1, 1, 0, 0, 0, micro, tzinfo=UTC) for micro in (0, 1, 999, 1000, 500_000)]
    made = [new_id(at) for at in moments]
    assert made == sorted(made)
    assert {one[14] for one in made} == {"7"}
    assert {one[19] for one in made} <= set("89ab")
    assert len({new_id(NOW) for _ in range(1000)}) == 1000
