"""Templates: what an agency opens, fills in and sends back is what the standard asks for."""

from __future__ import annotations

import csv
import functools
import io
from datetime import date

import openpyxl
import pytest

from standards.registry import TABLES, codelist
from standards.standard import match_columns
from standards.template import csv_template, rules, xlsx_template

DAY = date(2026, 11, 21)


@functools.cache
def workbook(table_id: str, **given: object) -> openpyxl.Workbook:
    made = xlsx_template(TABLES[table_id], day=given.pop("day", DAY), codelists=codelist, **given)  # type: ignore[arg-type]
    return openpyxl.load_workbook(io.BytesIO(made))


@pytest.mark.parametrize("table_id", tuple(TABLES))
@pytest.mark.parametrize("language", ["vi", "en"])
def test_titles_in_a_template_are_recognised_when_it_comes_back(table_id: str, language: str) -> None:
    one = TABLES[table_id]
    data = csv_template(one, labels="title", language=language)
    [labels] = csv.reader(io.StringIO(data.decode("utf-8")))
    assert [field.name for field in match_columns(one, labels).values()] == [field.name for field in one.fields]


def test_a_csv_template_is_one_header_row_of_names() -> None:
    data = csv_template(TABLES["vn-admin-area"])
    assert data == b"ref_date,province_code,province_name,district_code,commune_code,commune_name\n"


def test_a_bom_is_a_choice() -> None:
    assert csv_template(TABLES["vn-admin-area"], bom=True).startswith(b"\xef\xbb\xbfref_date")


@pytest.mark.parametrize("table_id", tuple(TABLES))
def test_a_workbook_opens_with_one_header_row_and_an_explanation(table_id: str) -> None:
    book = workbook(table_id)
    data, notes = book.worksheets[:2]
    assert [cell.value for cell in data[1]] == [field.name for field in TABLES[table_id].fields]
    assert data.max_row == 1
    explained = {row[0].value for row in notes.iter_rows()}
    assert {field.name for field in TABLES[table_id].fields} <= explained


def test_code_columns_are_text_so_that_zeros_survive() -> None:
    data = workbook("vn-budget").worksheets[0]
    spans = list(data.column_dimensions.values())
    shapes = {
        cell.value: next(one.number_format for one in spans if one.min <= cell.column <= one.max) for cell in data[1]
    }
    assert shapes["chapter"] == shapes["sector"] == shapes["unit_code"] == "@"
    assert shapes["amount"] == "General"


def test_drop_downs_offer_the_codes_of_the_day() -> None:
    """24 is Bắc Giang on 30 June 2025 and Bắc Ninh a day later."""
    names = {}
    for day in (date(2025, 6, 30), date(2025, 7, 1)):
        sheet = workbook("vn-school", day=day)["vn-province"]
        names[day] = {row[0].value: row[1].value for row in sheet.iter_rows(min_row=3)}
    assert [found["24"] for found in names.values()] == ["Tỉnh Bắc Giang", "Tỉnh Bắc Ninh"]
    assert [len(found) for found in names.values()] == [63, 34]


def test_drop_downs_reach_exactly_the_rows_of_the_list() -> None:
    book = workbook("vn-school")
    sources = {one.formula1 for one in book.worksheets[0].data_validations.dataValidation}
    assert "'vn-province'!$A$3:$A$36" in sources
    assert "'vn-commune'!$A$3:$A$3323" in sources
    assert book["vn-commune"]["A3"].value == "00004"
    assert '"mầm non,tiểu học,THCS,THPT,liên cấp,GDTX,khác"' in sources


def test_a_list_without_codes_on_the_day_is_left_out() -> None:
    """There are no districts any more."""
    assert "vn-district" not in workbook("vn-admin-area").sheetnames
    assert "vn-district" in workbook("vn-admin-area", day=date(2025, 6, 30)).sheetnames


@pytest.mark.parametrize(
    ("table_id", "said"), [("vn-school", "không phải tiêu chuẩn nhà nước"), ("gtfs-stops", "ban hành")]
)
def test_the_explanation_says_whether_the_standard_is_official(table_id: str, said: str) -> None:
    notes = workbook(table_id).worksheets[1]
    assert any(said in str(row[0].value) for row in notes.iter_rows())


def test_english_is_spoken_throughout() -> None:
    book = workbook("vn-school", language="en", labels="title")
    assert book.sheetnames[:2] == ["Data", "Notes"]
    assert book.worksheets[0]["A1"].value == "Reference date"


@pytest.mark.parametrize("table_id", ["vn-school", "gtfs-stops"])
def test_the_same_question_gives_the_same_bytes(table_id: str) -> None:
    first, second = (xlsx_template(TABLES[table_id], day=DAY, codelists=codelist) for _ in range(2))
    assert first == second


def test_rules_are_said_in_words() -> None:
    one = TABLES["vn-school"]
    level, pupils, url = (one.field(name) for name in ("level", "pupils", "url"))
    assert level
    assert pupils
    assert url
    assert rules(level, "en") == ("text", "one of: mầm non, tiểu học, THCS, THPT, liên cấp, GDTX, khác")
    assert rules(pupils, "vi") == ("số nguyên, không có dấu phân cách", "không nhỏ hơn 0")
    assert rules(url, "en") == ("full web address with https://",)
