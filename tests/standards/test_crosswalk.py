"""Areas of one day as areas of another: whole ones are put together, parts are marked, and nothing is lost or guessed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from standards.codelist import load
from standards.crosswalk import Given, Made, area, parts, put_together

BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)
COMMUNES, PROVINCES = load("vn-commune"), load("vn-province")
MADE_OF = parts(PROVINCES, BEFORE, AFTER)
TUYEN_QUANG = ("02", "08")


def one(code: str, rows: int = 1, amount: float | None = 1, group: str = "") -> Given:
    return Given(group=(group,), code=code, rows=rows, sums=(amount,))


def provinces(given: Sequence[Given]) -> list[Made]:
    return list(put_together(PROVINCES, given, (BEFORE, AFTER), MADE_OF))


@pytest.mark.parametrize(("code", "status", "after", "heirs"), [
    ("00013", "merged", "00004", ()), ("00004", "merged", "00004", ()), ("00016", "split", "", ("00004", "00008")),
    ("99999", "unknown", "", ()), ("4", "unknown", "", ()), ("", "empty", "", ()), ("00097", "split", "", None),
])
def test_a_commune_is_found_whole_or_marked(
    code: str, status: str, after: str, heirs: tuple[str, ...] | None
) -> None:
    found = area(COMMUNES, code, BEFORE, AFTER)
    if heirs is None:
        assert found.code == "" or found.code in {entry.code for entry in COMMUNES.valid_on(AFTER)}
        return
    assert (found.status, found.code, found.heirs) == (status, after, heirs)


def test_whole_provinces_are_added_up_and_one_that_the_table_lacks_is_named() -> None:
    (made,) = provinces([one("02", 3, 10), one("08", 4, 5)])
    assert (made.wholeness, made.code, made.name, made.rows, made.sums) == ("whole", "08", "Tỉnh Tuyên Quang", 7, (15,))
    (made,) = provinces([one("08", 4, 5)])
    assert (made.wholeness, made.missing, made.sums) == ("incomplete", ("02",), (5,))


def test_an_area_that_holds_part_of_another_has_no_sums_and_the_other_keeps_its_own() -> None:
    made = list(put_together(COMMUNES, [one("00004", 1, 7), one("00016", 2, 9)], (BEFORE, AFTER),
                             parts(COMMUNES, BEFORE, AFTER)))
    assert (made[0].code, made[0].wholeness, made[0].sums) == ("00004", "partial", None)
    assert "00016" in made[0].split
    assert (made[1].wholeness, made[1].why, made[1].split, made[1].sums) == (
        "unassigned", "split", ("00004", "00008"), (9,))


def test_groups_are_not_mixed_and_what_is_missing_stays_missing() -> None:
    made = provinces([one("02", 1, None, "2023"), one("08", 1, None, "2023"), one("08", 1, 4, "2024")])
    assert [(each.group, each.sums, each.wholeness) for each in made] == [
        (("2023",), (None,), "whole"), (("2024",), (4,), "incomplete")]


CODES = st.sampled_from(["01", "02", "04", "06", "08", "10", "15", "19", "99", "", "1"])


@settings(max_examples=60, deadline=None)
@given(table=st.lists(st.tuples(CODES, st.integers(0, 50), st.sampled_from(["a", "b"])), max_size=15))
def test_nothing_is_lost_and_nothing_is_counted_twice(table: list[tuple[str, int, str]]) -> None:
    made = provinces([one(code, 1, amount, group) for code, amount, group in table])
    assert sum(each.rows for each in made) == len(table)
    assert sum(each.sums[0] or 0 for each in made if each.sums) == sum(amount for _, amount, _ in table)
    for each in made:
        held = {code for code, _, group in table if (group,) == each.group}
        assert set(each.made_of) <= held
        if each.wholeness == "whole":
            assert set(MADE_OF[each.code].whole) == set(each.made_of)
