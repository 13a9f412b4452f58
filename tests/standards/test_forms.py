"""Report forms become the tables that they stand for: fourteen kinds, as workbooks and as CSV, against their twins."""

from __future__ import annotations

import dataclasses
import json

import pytest

from standards.form import Form, plan
from standards.page import page
from standards.portable import from_json, to_json
from standards.sheet import drawn
from standards.sums import number
from standards.unfold import unfold
from tests.standards.forms import CASES, Case

FORMS = [pytest.param(case, kind, id=f"{case.name}, {kind}") for case in CASES for kind in ("xlsx", "csv")]


@pytest.mark.parametrize(("case", "kind"), FORMS)
def test_a_form_becomes_its_twin(case: Case, kind: str):
    laid = case.page(kind)
    form = plan(laid)
    assert form is not None
    made = unfold(form, laid)
    assert [made.labels, *made.rows] == case.table()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_cell_of_a_form_is_accounted_for(case: Case):
    """A cell is in records of the table, in names of columns, or told to be in none."""
    laid = case.page()
    form = plan(laid)
    made = unfold(form, laid)
    said = sum(1 for row in laid.sheet.rows for cell in row if cell.strip())
    assert len(made.trail) == said
    first, depth = form.header
    for row, _, text, now in made.trail:
        assert ("header" in now) == (first < row <= first + depth), text
    values = {form.measures}
    assert values
    kept = sum(now.count("#") for _, _, _, now in made.trail)
    assert kept >= len(made.rows)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_table_that_a_form_became_is_no_form_any_more(case: Case):
    labels, *rows = case.table()
    text = "\n".join("|".join(row) for row in (labels, *rows))
    assert plan(page(drawn(text, format="csv"))) is None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_plan_is_kept_as_plain_json(case: Case):
    form = plan(case.page())
    assert from_json(Form, json.loads(json.dumps(to_json(form)))) == form


def test_words_around_a_form_are_kept_apart_from_its_table():
    form = plan(CASES[0].page())
    assert form.number == "69/CK-NSNN"
    assert form.unit == "Triệu đồng"
    assert form.notes == ("Ghi chú: số liệu đã được HĐND phê chuẩn",)
    assert form.signed[1:] == ("Người lập biểu", "Giám đốc", "Nguyễn Văn A", "Trần Thị B")
    assert "CÔNG KHAI QUYẾT TOÁN CHI NGÂN SÁCH ĐỊA PHƯƠNG NĂM 2024" in form.titles


def test_a_total_that_differs_from_its_parts_stays_in_the_table_and_is_told():
    picture = "Đơn vị tính: ha||\nXã|Lúa|Ngô\nA|=10|=1\nB|=12|=2\nCộng|={}|=3"
    right, wrong = (plan(page(drawn(picture.format(sum_)))) for sum_ in (22, 25))
    assert (right.dropped, right.wrong) == ((4,), ())
    assert (wrong.dropped, wrong.wrong) == ((), ((4, 1, 25.0, 22.0),))


def test_rounded_parts_may_differ_from_their_sum_by_their_rounding():
    picture = "Đơn vị tính: ha||\nXã|Lúa|Ngô\nA|=10.4|=1\nB|=12.4|=2\nCộng|=23|=3"
    assert plan(page(drawn(picture))).wrong == ()


def test_parts_called_of_which_are_no_whole():
    picture = "STT|Mục|Số\n(1)|(2)|(3)\n1|Chi|=9\n|- Trong đó: lương|=4\n|- Trong đó: thưởng|=2\n2|Thu|=3"
    assert plan(page(drawn(picture))).wrong == ()


@pytest.mark.parametrize(
    "picture",
    [
        "Mã|Tên|Số dân\n01|Hà Nội|=8\n02|Huế|=1",
        "DANH SÁCH XÃ||\nMã|Tên|Số dân\n01|Hà Nội|=8\n02|Huế|=1",
        "stt|tên|số\n1|a|=5\n2|b|=6\n3|c|=7",
        "Tên|Ghi chú\nA|x\nB|y",
        "a|b\n=1|=2\n=3|=4",
        "Xã|Nam\nA|=1\n|\nXã|Nữ\nB|=2",
    ],
)
def test_tables_that_are_no_forms_are_left_alone(picture):
    assert plan(page(drawn(picture))) is None


def test_a_sheet_that_was_not_seen_whole_is_never_taken_apart():
    laid = CASES[0].page()
    assert plan(page(dataclasses.replace(laid.sheet, whole=False))) is None


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("1.234.567", 1234567.0),
        ("1,234,567.5", 1234567.5),
        ("12,5", 12.5),
        ("(300)", -300.0),
        ("1 200", 1200.0),
        ("-", None),
        ("abc", None),
        ("", None),
    ],
)
def test_figures_are_read_as_forms_write_them(text, figure):
    assert number(text) == figure
