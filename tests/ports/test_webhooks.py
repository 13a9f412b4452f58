"""The Records port: webhooks and what was sent to them, on every database and on the fake."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from catalog.adapters.sql import SqlRecords
from catalog.model import Person
from catalog.ports import Records
from catalog.webhook import Attempt, Delivery, Webhook
from tests.fakes import Clock, FakeRecords
from tests.templates import records_at

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


@pytest.fixture(params=["fake", "sqlite", "postgres"])
def records(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Records]:
    if request.param == "fake":
        made: Records = FakeRecords(now=Clock())
    else:
        url = records_at(tmp_path / "r.db") if request.param == "sqlite" else request.getfixturevalue("fresh_postgres")
        made = SqlRecords(url, now=Clock())
        made.migrate()
    with made.begin() as unit:
        for name in ("an", "binh"):
            unit.add_person(Person(id=name, name=name, created=NOW))
    yield made
    made.close()


def a_hook(number: int, **more: object) -> Webhook:
    known = {"id": f"h{number}", "person": "an", "url": "https://a.example.org/hook", "secret": "whsec_AAAA", "created": NOW}
    return Webhook(**{**known, **more})  # type: ignore[arg-type]


def test_webhooks_are_found_by_owner_by_when_they_are_due_and_while_they_wait_for_nothing(records: Records) -> None:
    with records.begin() as unit:
        unit.save_webhook(a_hook(1, due=NOW + timedelta(seconds=1), failing_since=NOW))
        unit.save_webhook(a_hook(2, due=NOW))
        unit.save_webhook(a_hook(3, person="binh"))
        unit.save_webhook(a_hook(4, due=NOW, state="disabled", reason="gone"))
        unit.save_webhook(a_hook(5, due=NOW + timedelta(hours=1)))
        unit.save_webhook(a_hook(2, due=NOW, position=7, again=("d1",)))
    with records.read() as unit:
        assert [one.id for one in unit.webhooks(person="an")] == ["h1", "h2", "h4", "h5"]
        assert [one.id for one in unit.webhooks(due=NOW + timedelta(minutes=1))] == ["h2", "h1"]
        assert [one.id for one in unit.webhooks(due=NOW + timedelta(minutes=1), limit=1)] == ["h2"]
        assert [one.id for one in unit.webhooks(idle=True)] == ["h3"]
        assert unit.webhook("h2") == a_hook(2, due=NOW, position=7, again=("d1",))
        assert unit.webhook("nobody") is None
        assert unit.count_webhooks() == (4, 1, 1)
        assert {one.id for one in unit.webhooks(failing=True)} == {"h1", "h4"}


def test_those_that_wait_for_nothing_pass_a_change_and_those_it_concerns_wake_at_their_place(records: Records) -> None:
    with records.begin() as unit:
        unit.save_webhook(a_hook(1, position=3))
        unit.save_webhook(a_hook(2, position=3))
        unit.save_webhook(a_hook(3, position=2, due=NOW))
        unit.save_webhook(a_hook(4, position=1, state="disabled"))
        unit.pass_webhooks(9, ["h2", "h3"], NOW + timedelta(seconds=5))
    with records.read() as unit:
        stands = {one.id: (one.position, one.due) for one in unit.webhooks(person="an")}
    assert stands == {"h1": (9, None), "h2": (3, NOW + timedelta(seconds=5)), "h3": (2, NOW), "h4": (1, None)}


def test_deliveries_are_kept_newest_first_and_go_with_their_webhook(records: Records) -> None:
    with records.begin() as unit:
        unit.save_webhook(a_hook(1))
        unit.save_webhook(a_hook(2))
        for number in range(5):
            unit.save_delivery(Delivery(id=f"d{number}", webhook="h1", changes=(number,), created=NOW))
        unit.save_delivery(Delivery(id="e1", webhook="h2", kind="ping", created=NOW))
        told = Delivery(id="d4", webhook="h1", changes=(4,), created=NOW).tried(Attempt(at=NOW, status=500, answer="no"), "waiting")
        unit.save_delivery(told)
        unit.drop_deliveries("h1", 3)
    with records.read() as unit:
        assert [one.id for one in unit.deliveries("h1")] == ["d4", "d3", "d2"]
        assert unit.delivery("d4") == told
        assert unit.delivery("d0") is None
    with records.begin() as unit:
        unit.drop_webhook("h1")
    with records.read() as unit:
        assert unit.webhook("h1") is None
        assert unit.delivery("d4") is None
        assert unit.deliveries("h2") == [Delivery(id="e1", webhook="h2", kind="ping", created=NOW)]


def test_a_copy_of_the_site_has_its_webhooks(records: Records, tmp_path: Path) -> None:
    if isinstance(records, FakeRecords):
        return
    with records.begin() as unit:
        unit.save_webhook(a_hook(1, due=NOW, position=4))
        unit.save_delivery(Delivery(id="d1", webhook="h1", created=NOW))
    other = SqlRecords(f"sqlite:///{tmp_path}/other.db", now=Clock())
    other.migrate()
    with records.read() as unit, other.begin() as into:
        into.load((name, list(rows)) for name, rows in unit.dump())
    with other.read() as unit:
        assert unit.webhook("h1") == a_hook(1, due=NOW, position=4)
        assert replace(unit.deliveries("h1")[0], id="d1").webhook == "h1"
    other.close()
