"""A clock that jumps by days while a file is published: nothing is lost, nothing published is swept, all promises hold."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.wiring import Site, database_url, open_site
from catalog.adapters.sql import SqlRecords
from catalog.catalog import Catalog
from pipelines.flow import check_and_publish, followers
from tests.faults.place import Place

DAY = timedelta(days=1)


class Clock:
    """The time of this machine, and by how much somebody has set it wrong."""

    def __init__(self) -> None:
        self.wrong = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.wrong


class Jumpy:
    """Something that does as the thing inside does, but lets the clock jump before one of its verbs."""

    def __init__(self, inside: Any, jump: Callable[[], None], *verbs: str) -> None:
        self._inside, self._jump, self._verbs = inside, jump, verbs

    def __getattr__(self, name: str) -> Any:
        verb = getattr(self._inside, name)
        if name not in self._verbs:
            return verb

        def jumped(*arguments: Any, **named: Any) -> Any:
            self._jump()
            return verb(*arguments, **named)

        return jumped


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site(tmp_path: Path, clock: Clock) -> Iterator[Site]:
    plain = open_site(Place(tmp_path).settings(), writer=True)
    records = SqlRecords(database_url(plain.settings), enqueue=plain.jobs.enqueue, now=clock)
    catalog = Catalog(records=records, files=plain.files, index=plain.index, jobs=plain.jobs, now=clock,
                      upload_limit=10**9, review_default="none", search_wait=False)
    try:
        yield dataclasses.replace(plain, records=records, catalog=catalog)
    finally:
        records.close()
        plain.close()


@pytest.mark.parametrize("days", [[40, 40, 40, 40, 40, 40], [-3, 6, -40, 80, -400, 2]], ids=["forward", "to and fro"])
def test_the_clock_may_jump_at_every_step_of_a_publish_with_a_sweep_after_each_jump(
    tmp_path: Path, site: Site, clock: Clock, days: list[int]
) -> None:
    jumps = iter(days)

    def jump() -> None:
        clock.wrong += DAY * next(jumps, 0)
        site.catalog.sweep()

    def durably(_name: str, step: Callable[[], str]) -> str:
        jump()
        return step()

    place = Place.__new__(Place)
    dataset = place.draft(site, "truong-hoc")
    submission = place.upload(site, dataset).id
    shop = site.workshop()
    shop = dataclasses.replace(
        shop, catalog=Jumpy(site.catalog, jump, "settle"), files=Jumpy(site.files, jump, "put_state")
    )
    assert check_and_publish(shop, durably, submission) == "published"
    for step in followers(shop).values():
        while step():
            pass
    jump()
    system = site.catalog.system()
    assert [one.number for one in site.catalog.versions(system, dataset)] == [1]
    assert list(site.catalog.verify(deep=True, grace_hours=0)) == []
    with site.files.open(site.catalog.version(system, dataset).files[0].sha256) as stream:
        assert stream.read()
