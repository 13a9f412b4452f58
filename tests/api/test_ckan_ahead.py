"""Packages made ahead: what nobody asked for yet lies ready, made by one process, and never what is not for everybody."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from fastapi.testclient import TestClient

from api.deps import Site
from api.dialects.ckan import ahead
from api.dialects.ckan.ahead import CALM, LOOKS, SETTLES, Ahead
from api.dialects.ckan.kept import Kept, kept_of
from api.dialects.ckan.shown import Shown
from catalog.errors import Unavailable
from catalog.model import NOBODY
from tests.site import Town, make_town


class Maker(Ahead):
    """What makes ahead, with a clock of its own and a note of what it made."""

    def __init__(self, site: Site) -> None:
        self.now, self.made = 100.0, list[str]()
        super().__init__(site, clock=lambda: self.now)

    def step(self) -> float:
        kept_of(self._site).doubt()  # the pulse in which it does not look again is over
        return super().step()

    def _make(self, some: list[str]) -> None:
        self.made += some
        super()._make(some)

    def until_done(self) -> list[str]:
        """Go on until there is nothing to make; gives the ids that were made."""
        self.made = []
        for _ in range(50):
            wait = self.step()
            if wait == LOOKS:
                return self.made
            self.now += wait
        raise AssertionError("it makes and makes")


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """A site with two public datasets, a private one and a draft."""
    made = make_town(tmp_path, rooms={"work": tmp_path / "work"})
    for title in ("Trường học 2025", "Ngân sách 2025", "Nội bộ"):
        made.published(title)
    made.send("PATCH", "/api/v1/datasets/noi-bo", json={"visibility": "private"})
    made.draft("Bản nháp")
    return made


def site_of(town: Town) -> Site:
    site: Site = town.client.app.state.site
    return site


def beside(town: Town) -> Site:
    """Another process of the site."""
    one = site_of(town)
    return replace(one, extras={name: one.extras[name] for name in ("rooms", "ckan_options")})


def ready(site: Site) -> set[str]:
    """The names of the datasets whose packages lie ready for a process."""
    every = {one.id: one.slug for one in site.catalog.all_datasets(site.catalog.system())}
    kept_of(site).doubt()
    return {every[one] for one in kept_of(site).made_elsewhere(kept_of(site).look(site), list(every))}


def test_what_nobody_asked_for_lies_ready_for_every_process_and_nothing_that_is_not_public(town: Town) -> None:
    assert ready(beside(town)) == set()
    maker = Maker(site_of(town))
    assert len(maker.until_done()) == 2
    other = beside(town)
    assert ready(other) == {"truong-hoc-2025", "ngan-sach-2025"}
    asked = town.client.get("/api/3/action/package_show?id=truong-hoc-2025").json()["result"]
    entry = other.catalog.dataset(NOBODY, "truong-hoc-2025")
    assert (asked["id"], asked["title"]) == (entry.id, "Trường học 2025")
    assert kept_of(site_of(town)).packages.keys() == {entry.id}, "the process that makes them does not hold them"


def test_after_a_write_only_that_package_is_made_and_not_before_the_site_is_calm(town: Town) -> None:
    maker = Maker(site_of(town))
    maker.until_done()
    town.send("PATCH", "/api/v1/datasets/truong-hoc-2025", json={"title": "Trường học khác"})
    assert maker.step() == CALM
    assert ready(beside(town)) == {"ngan-sach-2025"}
    town.send("PATCH", "/api/v1/datasets/truong-hoc-2025", json={"title": "Trường học nữa"})
    key = site_of(town).catalog.dataset(NOBODY, "truong-hoc-2025").id
    assert maker.until_done() == [key]
    assert ready(beside(town)) == {"truong-hoc-2025", "ngan-sach-2025"}
    town.send("PATCH", "/api/v1/datasets/truong-hoc-2025", json={"visibility": "private"})
    assert maker.until_done() == [key]
    assert ready(beside(town)) == {"ngan-sach-2025"}


def test_what_changed_every_package_lets_them_be_made_again_once_it_has_settled(town: Town) -> None:
    maker = Maker(site_of(town))
    maker.until_done()
    agency = town.client.get("/api/3/action/package_show?id=truong-hoc-2025").json()["result"]["organization"]["name"]
    town.client.patch(f"/api/v1/organizations/{agency}", json={"title": "Sở khác"}, headers=town.head("admin"))
    assert [maker.step(), maker.step()] == [CALM, SETTLES]
    assert ready(beside(town)) == set()
    assert len(maker.until_done()) == 2
    assert ready(beside(town)) == {"truong-hoc-2025", "ngan-sach-2025"}


def test_one_process_makes_them_and_another_one_takes_its_place_when_it_is_gone(town: Town) -> None:
    first, second = Maker(site_of(town)), Maker(beside(town))
    assert first.step() != LOOKS
    assert second.step() == LOOKS
    assert second.until_done() == []
    kept_of(site_of(town))._shared.close()
    assert len(second.until_done()) == 2


def test_what_lies_there_from_before_a_start_is_not_made_again(town: Town) -> None:
    maker = Maker(site_of(town))
    assert len(maker.until_done()) == 2
    kept_of(site_of(town))._shared.close()
    assert Maker(beside(town)).until_done() == []


def test_it_rests_longer_while_its_process_answers_readers(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "PIECE", 1)
    maker, used = Maker(site_of(town)), [0.0]
    maker._used, maker._before = lambda: used[0], (maker.now, 0.0)
    make = maker._make

    def slowly(some: list[str]) -> None:
        maker.now += 0.01
        make(some)

    monkeypatch.setattr(maker, "_make", slowly)
    maker.step()
    maker.now += SETTLES
    assert maker.step() == pytest.approx(0.01 * ahead.REST)
    maker.now, used[0] = maker.now + 1.0, used[0] + 0.5
    assert maker.step() == pytest.approx(0.01 * ahead.GIVES_WAY)


def test_a_full_file_ends_it_until_something_is_written(town: Town) -> None:
    maker = Maker(site_of(town))
    kept_of(site_of(town))._shared._limit = 1
    assert len(maker.until_done()) == 2
    assert maker.until_done() == []
    town.send("PATCH", "/api/v1/datasets/truong-hoc-2025", json={"title": "Trường học khác"})
    assert len(maker.until_done()) == 1


def test_what_was_written_while_it_was_made_is_made_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    maker, made, titles = Maker(site_of(town)), Shown.made, iter(["Trường học khác"])

    def meanwhile(shown: Shown, ids: list[str]) -> list:
        found = made(shown, ids)
        for title in titles:
            town.send("PATCH", "/api/v1/datasets/truong-hoc-2025", json={"title": title})
            ready(beside(town))  # another process is true to it already
        return found

    monkeypatch.setattr(Shown, "made", meanwhile)
    maker.until_done()
    other = beside(town)
    held = kept_of(other).named_elsewhere(kept_of(other).look(other), "truong-hoc-2025")
    assert json.loads(orjson.dumps(held))["title"] == "Trường học khác"


def test_a_process_that_serves_makes_them_by_itself_and_stops_with_it(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FIRST", "CALM", "SETTLES"):
        monkeypatch.setattr(ahead, name, 0.0)
    there, share = threading.Event(), Kept.share
    monkeypatch.setattr(Kept, "share", lambda *given: share(*given) and (there.set() or True))
    with TestClient(town.client.app):
        assert there.wait(30)
        assert "packages-ahead" in {one.name for one in threading.enumerate()}
    assert "packages-ahead" not in {one.name for one in threading.enumerate()}
    assert ready(beside(town)) == {"truong-hoc-2025", "ngan-sach-2025"}


def test_a_fault_is_told_and_tried_again_later(town: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    waits, faults = list[float](), iter([Unavailable("database-down"), ValueError("no")])

    class Stop:
        def wait(self, seconds: float) -> bool:
            waits.append(seconds)
            return len(waits) == 4

    def step(_one: Ahead) -> float:
        for fault in faults:
            raise fault
        return LOOKS

    monkeypatch.setattr(Ahead, "step", step)
    caplog.set_level("INFO", "datamo.ahead")
    Ahead(site_of(town)).run(Stop())
    assert waits == [ahead.FIRST, ahead.FAILED, ahead.FAILED, LOOKS]
    assert "database-down" in caplog.text
    assert "could not be made ahead" in caplog.text
