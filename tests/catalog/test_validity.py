"""Of which days a version's data are, apart from when it was published."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from catalog.model import Entry, Resource, Version
from catalog.validity import Validity, chosen, valid_on, validity
from standards.record import Dataset, Period


def a_version(number: int, periods: tuple[str, ...] = (), temporal: Period | None = None, **more: object) -> Version:
    made = {"dataset": "d", "number": number, "issued": datetime(2026, number, 1, tzinfo=UTC), "temporal": temporal,
            "resources": (Resource(name="t", periods=periods), Resource(name="anh", kind="file"))}
    return Version(**{**made, **more})  # type: ignore[arg-type]


def an_entry(temporal: Period | None = None, version: int = 3) -> Entry:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return Entry(id="d", slug="d", organisation="o", about=Dataset(title={"vi": "d"}, temporal=temporal), version=version,
                 created=now, modified=now)


@pytest.mark.parametrize(("periods", "start", "end"), [
    (("2024",), date(2024, 1, 1), date(2024, 12, 31)), (("2025-Q1", "2024-Q4"), date(2024, 10, 1), date(2025, 3, 31)),
    (("2024-02",), date(2024, 2, 1), date(2024, 2, 29)), (("2025-06-30",), date(2025, 6, 30), date(2025, 6, 30)),
])
def test_the_periods_that_tables_were_handed_in_for_say_it(periods: tuple[str, ...], start: date, end: date) -> None:
    stated = Period(start=date(1999, 1, 1))
    assert validity(a_version(1, periods, stated), an_entry()) == Validity(start=start, end=end, basis="periods")


def test_else_what_was_stated_when_it_was_published_and_for_the_newest_what_is_stated_now() -> None:
    now = Period(start=date(2025, 1, 1), end=date(2025, 12, 31))
    kept = validity(a_version(1, ("khong ro",), Period(end=date(2020, 5, 1))), an_entry(now))
    assert kept == Validity(start=None, end=date(2020, 5, 1), basis="stated")
    assert kept.has(date(1, 1, 1))
    assert not kept.has(date(2020, 5, 2))
    assert validity(a_version(2), an_entry(now)) is None
    assert validity(a_version(3), an_entry(now)) == Validity(start=now.start, end=now.end, basis="stated")
    assert validity(a_version(3), an_entry(Period())) is None


def test_of_several_that_are_of_a_day_the_one_published_last_counts_and_of_those_known_then_the_last_of_them() -> None:
    versions = [a_version(4, ("2025",)), a_version(3, ("2024",)), a_version(2, ("2025",)), a_version(1, ("2024",))]
    entry = an_entry(version=4)

    def number(day: date, known: datetime | None = None) -> int | None:
        found = chosen(versions, entry, known, day)
        return found.number if found else None

    assert number(date(2024, 7, 1)) == 3
    assert number(date(2025, 7, 1)) == 4
    assert number(date(2023, 7, 1)) is None
    assert number(date(2025, 7, 1), datetime(2026, 3, 15, tzinfo=UTC)) == 2
    assert number(date(2025, 7, 1), datetime(2026, 1, 15, tzinfo=UTC)) is None
    gone = [a_version(4, ("2025",), state="withdrawn"), *versions[1:]]
    assert getattr(valid_on(gone, entry, date(2025, 7, 1)), "number", None) == 2
