"""A dataset made with its first version in one go: all of it, or nothing."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

import pytest

from catalog.adapters.sql.writers import Turn
from catalog.errors import Conflict, Invalid, NotAllowed, Refusal, Unavailable
from catalog.model import Resource
from standards.record import Dataset
from tests.catalog.desk import Desk, a_desk
from tests.fakes import FakeFiles

LINK = Resource(name="tep", kind="link", title={"vi": "Tệp"}, url="https://example.org/a.csv", format="csv")


@pytest.fixture
def desk() -> Desk:
    return a_desk()


def test_a_dataset_is_made_and_public_in_one_go(desk: Desk) -> None:
    made, version = desk.catalog.create(desk.operator, "H12", Dataset(title={"vi": "Trường học"}), [LINK], slug="truong")
    assert (made.state, made.version, made.slug, version.number) == ("published", 1, "truong", 1)
    assert [one.url for one in version.resources] == ["https://example.org/a.csv"]
    seen = desk.catalog.version(desk.catalog.system(), "truong")
    assert seen == version
    assert desk.stand.files.size(version.manifest)
    deeds = [one.act for one in reversed(desk.catalog.deeds(targets=[made.id]))]
    assert deeds == ["draft", "arrange"]


@pytest.mark.parametrize(("links", "refusal"), [
    ([Resource(name="tep", kind="link", url="not an address")], Invalid),
    ([LINK, LINK], Invalid),
])
def test_what_is_refused_leaves_no_draft(desk: Desk, links: Sequence[Resource], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        desk.catalog.create(desk.operator, "H12", Dataset(title={"vi": "Trường học"}), links)
    assert not desk.catalog.all_datasets(desk.catalog.system())


def test_who_may_not_publish_makes_nothing(desk: Desk) -> None:
    desk.catalog.amend_organisation(desk.catalog.system(), "H12", review="second_person")
    with pytest.raises(NotAllowed):
        desk.catalog.create(desk.editor, "H12", Dataset(title={"vi": "Trường học"}), [LINK])
    assert not desk.catalog.all_datasets(desk.catalog.system())


def test_one_writes_at_a_time_whichever_thread_or_process_it_is(tmp_path: Path) -> None:
    """Two turns on one folder are as those of two processes: the locks are of the files that each has opened."""
    held, go, done = threading.Event(), threading.Event(), list[str]()

    def first() -> None:
        with Turn(tmp_path / "records.db").taken():
            held.set()
            assert go.wait(120)
            done.append("first")

    def second() -> None:
        assert held.wait(120)
        with Turn(tmp_path / "records.db", patience=600).taken():
            done.append("second")

    threads = [threading.Thread(target=one) for one in (first, second)]
    for one in threads:
        one.start()
    assert held.wait(120)
    go.set()
    for one in threads:
        one.join(120)
    assert done == ["first", "second"]


def test_who_waits_too_long_for_the_turn_asks_the_database_itself(tmp_path: Path) -> None:
    with Turn(tmp_path / "records.db").taken(), Turn(tmp_path / "records.db", patience=0.01).taken():
        pass
    with Turn(tmp_path / "gone" / "records.db").taken():
        pass


class Meanwhile(FakeFiles):
    """A store in whose first ``put`` somebody else does something: that is between the plan and its transaction."""

    deed: Callable[[], object] | None = None

    def put(self, stream: BinaryIO) -> tuple[str, int]:
        deed, self.deed = self.deed, None
        if deed is not None:
            deed()
        return super().put(stream)


def test_an_address_that_somebody_takes_meanwhile_is_not_taken_twice() -> None:
    """Asked for, it is refused; made of the title, the next one that is free is taken."""
    files = Meanwhile()
    desk = a_desk(files=files)
    words = Dataset(title={"vi": "Trường học"})
    files.deed = lambda: desk.draft(slug="truong")
    with pytest.raises(Conflict, match="slug-taken"):
        desk.catalog.create(desk.operator, "H12", words, [LINK], slug="truong")
    files.deed = lambda: desk.catalog.draft(desk.operator, "H12", words)
    made, version = desk.catalog.create(desk.operator, "H12", words, [LINK])
    assert (made.slug, version.number) == ("truong-hoc-2", 1)


def test_an_agency_that_asks_for_a_second_person_meanwhile_is_heard() -> None:
    files = Meanwhile()
    desk = a_desk(files=files)
    files.deed = lambda: desk.catalog.amend_organisation(desk.catalog.system(), "H12", review="second_person")
    with pytest.raises(NotAllowed):
        desk.catalog.create(desk.editor, "H12", Dataset(title={"vi": "Trường học"}), [LINK])
    assert not desk.catalog.all_datasets(desk.catalog.system())


def test_what_a_crash_leaves_before_the_version_is_visible_is_swept_after_its_grace(desk: Desk) -> None:
    """The manifest lies in the store, nobody knows it; one that is referred to stays."""
    _, version = desk.catalog.create(desk.operator, "H12", Dataset(title={"vi": "Trường học"}), [LINK])
    left, _ = desk.stand.files.put(io.BytesIO(b"a manifest of nothing"))
    assert desk.catalog.sweep() == 0  # noted only
    desk.stand.clock.at += timedelta(hours=25)
    assert desk.catalog.sweep() == 1
    assert desk.stand.files.size(left) is None
    assert desk.stand.files.size(version.manifest)


def test_a_site_that_is_read_only_takes_no_manifest(desk: Desk) -> None:
    desk.catalog.make_read_only(desk.operator, "Nâng cấp")
    before = set(desk.stand.files.objects)
    with pytest.raises(Unavailable, match="read-only"):
        desk.catalog.create(desk.operator, "H12", Dataset(title={"vi": "Trường học"}), [LINK])
    assert set(desk.stand.files.objects) == before
