"""Decisions of a publisher that change cells: personal data left out, masked or said more coarsely; the day that rows are of."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

from api.messages.document import to_json
from catalog.model import Options
from pipelines.repair.private import coarse, left_out, masked
from standards.repair import read, replayed
from tests.personal import dirty
from tests.pipelines.test_repair_kinds import checked, codes, write

CHANCE = random.Random(5)
NUMBERS = [dirty.personal_id(CHANCE) for _ in range(40)]
PEOPLE = [["cccd", "ngày sinh", "số lượng"], *([one, f"{at % 28 + 1:02d}/0{at % 9 + 1}/19{at + 50}", str(at)] for at, one in enumerate(NUMBERS))]


@pytest.mark.parametrize(("before", "after"), [
    ("001203012345", "001*********"), ("0912 345 678", "091* *** ***"), ("29A-123.45", "29A-***.**"),
    ("an.nguyen@gmail.com", "***@gmail.com"), ("Nguyễn Văn An", "N. V. A."), ("N. V. A.", "N. V. A."), ("001*********", "001*********"),
])
def test_a_masked_value_tells_what_it_is_and_not_whose(before: str, after: str) -> None:
    assert masked(before) == after


@pytest.mark.parametrize(("before", "after"), [
    ("12/05/1990", "1990"), ("1990-05-12", "1990"), ("số 5, phường Ba Đình, Hà Nội", "Hà Nội"), ("Nguyễn Văn An", ""), ("12/5/90", ""),
    ("số 5, 0912345678", ""), ("1203012345", ""),
])
def test_what_is_said_more_coarsely_keeps_a_year_or_the_last_of_an_address_and_nothing_else(before: str, after: str) -> None:
    assert coarse(before) == after


def test_a_column_is_left_out_by_its_label_or_place_and_one_always_stays() -> None:
    assert left_out(("a", "", "b"), {"leave-out#a", "leave-out##2"}) == {0, 1}
    assert left_out(("a",), {"leave-out#a"}) == frozenset()
    assert read("leave-out") is read("mask") is read("as-of#Ngày=hôm qua") is read("as-of=2025-06-30") is None


@pytest.mark.parametrize(("words", "cell"), [(("leave-out#cccd",), None), (("mask#cccd", "trim"), "***")])
def test_a_column_of_personal_numbers_goes_or_is_masked_and_no_value_of_it_is_left_anywhere(tmp_path: Path, words: tuple[str, ...], cell: str | None) -> None:
    path = write(tmp_path, PEOPLE)
    assert "personal-data" in codes(checked(path, Options())[0])
    outcome, rows, log = checked(path, Options(fixes=words))
    assert outcome.original is not None
    assert not outcome.original.public
    assert not [one for one in outcome.tables[0].personal_data if one["field"] == "cccd"]
    assert ("cccd" in rows[0]) == (cell is not None)
    told = json.dumps([to_json(outcome.tables), rows, log], ensure_ascii=False, default=str)
    assert not [one for one in NUMBERS if one in told]
    if cell:
        assert {one["before"] for one in log if one["column"] == "cccd"} == {cell}
        assert outcome.tables[0].repaired[0].examples[0].after.startswith(NUMBERS[0][:3] + "*")


def test_of_birth_dates_the_year_stays(tmp_path: Path) -> None:
    rows = checked(write(tmp_path, PEOPLE), Options(fixes=("generalise#ngày sinh",)))[1]
    assert [row[1] for row in rows[1:4]] == ["1950", "1951", "1952"]


OLD = [["ref_date", "province_code", "province_name"], ["2025-09-20", "24", "Tỉnh Bắc Giang"], ["2025-09-20", "27", "Tỉnh Bắc Ninh"], ["2025-09-20", "01", "Thành phố Hà Nội"]]


def test_codes_used_again_are_right_once_their_publisher_says_of_which_day_they_are(tmp_path: Path) -> None:
    options = Options(standard="vn-admin-area")
    path = write(tmp_path, OLD)
    outcome, _, _ = checked(path, options)
    offered = {one.kind: one for one in outcome.tables[0].fixes}
    assert (offered["as-of"].count, offered["as-of"].fields, dict(offered["as-of"].asks)) == (2, ("ref_date",), {"day": "2025-06-30"})
    assert (offered["as-of"].safe, offered["as-of"].examples[0].after) == (False, "2025-06-30")
    mended, rows, log = checked(path, replace(options, fixes=("as-of#ref_date=2025-06-30",)))
    assert "code-valid-on" not in codes(mended)
    assert [row[:2] for row in rows[1:]] == [["2025-06-30", "24"], ["2025-06-30", "27"], ["2025-06-30", "01"]]
    assert {(one["column"], one["kind"], one["before"]) for one in log} == {("ref_date", "as-of", "2025-09-20")}
    assert not [one for one in mended.tables[0].fixes if one.kind == "as-of"]


def test_a_confirmed_day_is_asked_anew_with_the_next_file() -> None:
    assert replayed(("safe", "as-of#ref_date=2025-06-30", "mask#cccd")) == (("safe", "mask#cccd"), ("as-of#ref_date=2025-06-30",))
