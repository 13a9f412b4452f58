"""The XLSX that a small table is offered as: read again by other programs, cell by cell."""

from __future__ import annotations

from datetime import datetime

import openpyxl
import pyarrow as pa
import pytest
from python_calamine import CalamineWorkbook

from pipelines import cells, grid
from pipelines.steps.convert import sheet
from pipelines.steps.convert.typed import TEXT, Shape

WHOLE, POINT, DAY = Shape(type=pa.int64(), kind="integer"), Shape(type=pa.float64(), kind="number"), Shape(type=pa.date32(), format="%Y-%m-%d", kind="date")


@pytest.fixture
def written(tmp_path):
    def write(rows, shapes, names=None):
        source, path = tmp_path / "cells.arrow", tmp_path / "table.xlsx"
        list(cells.write(source, [grid.batch(rows, 2, len(shapes))], grid.schema(len(shapes))))
        names = names or [f"cột {index}" for index in range(len(shapes))]
        return sheet.write_xlsx(path, names, source, shapes), path

    return write


def day(*parts):
    return datetime(*parts)  # noqa: DTZ001 - workbooks know no zones


def values(path):
    return [[one.value for one in row] for row in openpyxl.load_workbook(path).active.iter_rows(min_row=2)]


def test_codes_stay_text_numbers_are_numbers_and_days_are_days(written):
    whole, path = written([["00004", "12", "1.5", "2024-01-31"], ["01", "-3", "0.25", "2025-12-01"]], [TEXT, WHOLE, POINT, DAY])
    assert whole
    assert values(path) == [["00004", 12, 1.5, day(2024, 1, 31)], ["01", -3, 0.25, day(2025, 12, 1)]]


def test_signs_of_xml_spaces_and_line_breaks_come_back_as_they_went(written):
    _, path = written([['a & <b> "c" ]]>'], ["  đầu và cuối "], ["dòng\nhai"], ["=1+1"], ["http://a.vn"]], [TEXT])
    assert [row[0] for row in values(path)] == ['a & <b> "c" ]]>', "  đầu và cuối ", "dòng\nhai", "=1+1", "http://a.vn"]


def test_control_characters_and_what_looks_like_their_escapes_are_escaped(written):
    _, path = written([["chuông \x07"], ["_x0041_"]], [TEXT])
    read = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert read[1:] == [["chuông \x07"], ["_x0041_"]]


def test_numbers_too_long_for_excel_and_days_before_its_calendar_are_text(written):
    _, path = written([["1234567890123456", "1899-12-31"], ["5", "1900-03-01"]], [WHOLE, DAY])
    assert values(path) == [["1234567890123456", "1899-12-31"], [5, day(1900, 3, 1)]]


def test_an_empty_cell_is_no_cell(written):
    _, path = written([["a", "", ""], ["", "5", "2024-01-31"]], [TEXT, WHOLE, DAY])
    assert values(path) == [["a", None, None], [None, 5, day(2024, 1, 31)]]


def test_a_text_longer_than_a_cell_is_said_not_to_fit(written):
    assert written([["x" * 32_767]], [TEXT])[0]
    assert not written([["x" * 32_768]], [TEXT])[0]


def test_the_same_table_gives_the_same_bytes(written):
    _, path = written([["a", "1"]], [TEXT, WHOLE])
    first = path.read_bytes()
    _, path = written([["a", "1"]], [TEXT, WHOLE])
    assert path.read_bytes() == first


def test_columns_beyond_z_have_two_letters(written):
    _, path = written([[f"{index}" for index in range(30)]], [TEXT] * 30)
    assert openpyxl.load_workbook(path).active["AD2"].value == "29"
