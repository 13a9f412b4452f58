"""Sheets are seen as they lie in their files: made by openpyxl and by hand, looked at, and asked the rules."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from api.messages import findings
from catalog.model import Options
from pipelines.check import check_file
from pipelines.format import ReadOptions
from pipelines.formats import csv, ods, xlsx
from pipelines.structure import sheet_of
from pipelines.validation import readability
from standards.registry import READABILITY, TABLES
from standards.sheet import Sheet, drawn
from standards.standard import CheckUse
from tests.standards.forms import CASES

TODAY = date(2026, 11, 1)
RULES = {one.CODE for one in READABILITY}


def look(path: Path, form=xlsx, sheet: str = "") -> Sheet:
    options = ReadOptions(sheet=sheet)
    found = sheet_of(path, form.open(path, options), form.sheets(path, options))
    assert found is not None
    return found


def save(book, tmp_path: Path, name: str = "x.xlsx") -> Path:
    path = tmp_path / name
    book.save(path)
    return path


def filled(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    return book


def codes(path: Path, **more) -> dict[str, object]:
    table = check_file(path, today=TODAY, **more).outcome.tables[0]
    return {one.code: one for one in table.findings}


# -- workbooks ---------------------------------------------------------------------------------------------------------


def test_cells_come_as_text_with_the_kind_that_the_file_gives_them(tmp_path):
    book = filled(["Tên", "Số", "Ngày", "Lúc", "Có", "Chữ"])
    book.active.append(["Hà Nội", 12, date(2024, 3, 5), datetime(2024, 3, 5, 7, 30), True, "007"])  # noqa: DTZ001
    book.active.append(["Huế", 1.5, None, None, False, None])
    sheet = look(save(book, tmp_path))
    assert sheet.rows[1] == ("Hà Nội", "12", "2024-03-05", "2024-03-05T07:30:00", "true", "007")
    assert sheet.kinds[1:] == ("tnddbt", "tn..b.")
    assert (sheet.total, sheet.whole) == (3, True)


def test_merged_hidden_coloured_struck_and_commented_cells_are_seen(tmp_path):
    book = filled(["A", "B", "C"], *([f"x{at}", at, at] for at in range(9)))
    page = book.active
    page.merge_cells("A3:A4")
    page.row_dimensions[5].hidden = True
    page.column_dimensions["C"].hidden = True
    page["B6"].fill = PatternFill("solid", fgColor="FFFF0000")
    page["B7"].font = Font(strike=True)
    page["A8"].font = Font(bold=True, color="FF0000FF")
    page["A2"].comment = Comment("xem lại", "a")
    book.create_sheet("Nháp").append(["bí mật"])
    book["Nháp"].sheet_state = "hidden"
    sheet = look(save(book, tmp_path))
    assert sheet.merges == ((2, 0, 3, 0),)
    assert sheet.hidden_rows.places == ((4, -1),)
    assert sheet.hidden_columns.places == ((0, 2),)
    assert sheet.looks[5, 1].ground == "FF0000"
    assert sheet.looks[6, 1].strike
    assert (sheet.looks[7, 0].bold, sheet.looks[7, 0].letters) == (True, "0000FF")
    assert sheet.comments.places == ((1, 0),)
    assert sheet.concealed == ("Nháp",)


def test_formulas_errors_and_charts_are_seen(tmp_path):
    book = filled(["A", "B"], ["x", 1], ["y", 2])
    page = book.active
    page["B4"] = "=SUM(B2:B3)"
    page["A4"] = "Cộng"
    page["B5"] = "#REF!"
    page["B5"].data_type = "e"
    chart = BarChart()
    chart.add_data(Reference(page, min_col=2, min_row=1, max_row=3))
    page.add_chart(chart, "E2")
    sheet = look(save(book, tmp_path))
    assert sheet.formulas.places == ((3, 1),)
    assert sheet.errors.places == ((4, 1),)
    assert sheet.objects == {"chart": 1}


def test_what_lies_beyond_the_rows_that_are_looked_at_is_counted(tmp_path):
    path, long = tmp_path / "long.xlsx", "x" * 300
    shut = {5_900: ' hidden="1"'}
    rows = "".join(
        f'<row r="{at}"{shut.get(at, "")}><c r="A{at}" t="inlineStr"><is><t>{long}</t></is></c>'
        f'<c r="B{at}"><f>1+1</f><v>2</v></c></row>'
        for at in range(1, 6_001)
    )
    with zipfile.ZipFile(save(filled(["a"]), tmp_path)) as was, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for one in was.namelist():
            body = f'<sheetData>{rows}</sheetData><mergeCells><mergeCell ref="A5000:A5001"/></mergeCells></worksheet>'
            space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
            data = was.read(one) if "sheet1" not in one else f'<worksheet xmlns="{space}">{body}'.encode()
            new.writestr(one, data)
    sheet = look(path)
    assert (sheet.total, sheet.whole) == (6_000, False)
    assert sheet.formulas.count == 6_000
    assert sheet.hidden_rows.count == 1
    assert sheet.merged == 1
    assert len(sheet.rows) == 2_000


def test_sheets_of_other_years_tell_their_columns(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "2024"
    for name, labels in (("2024", ["Xã", "Nam", "Nữ"]), ("2023", ["Xã", "Nữ", "Tổng"])):
        page = book[name] if name in book.sheetnames else book.create_sheet(name)
        page.append(labels)
        page.append(["A", 1, 2])
    path = save(book, tmp_path)
    assert look(path).labels == {"2023": ("Xã", "Nữ", "Tổng")}
    found = codes(path)["layout-differs-by-year"]
    assert list(found.params["names"]) == ["Nam", "Tổng"]


# -- OpenDocument and text ---------------------------------------------------------------------------------------------

_HEAD = (
    '<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
    ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"><office:automatic-styles>'
    '<style:style style:name="red" style:family="table-cell"><style:table-cell-properties'
    ' fo:background-color="#ff0000"/></style:style></office:automatic-styles><office:body><office:spreadsheet>'
)


def _cell(text: str, more: str = "") -> str:
    figure = f' office:value-type="float" office:value="{text}"' if text.isdigit() else ""
    return f"<table:table-cell{figure}{more}><text:p>{text}</text:p></table:table-cell>" if text else "<table:table-cell/>"


def test_an_opendocument_sheet_is_seen_alike(tmp_path):
    lines = (
        (("Xã",), ("Số",), ("Hộ",)),
        (("A",), ("10", ' table:style-name="red"'), ("3",)),
        (("B",), ("12",), ("4", ' table:formula="of:=2*2"')),
        (("C", ' table:number-columns-spanned="2"'), ("",), ("5",)),
    )
    shut = ("", "", ' table:visibility="collapse"', "")
    rows = "".join(
        f"<table:table-row{more}>{''.join(_cell(*one) for one in line)}</table:table-row>"
        for line, more in zip(lines, shut, strict=True)
    )
    path = tmp_path / "x.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", ods.MEDIA_TYPES[0])
        archive.writestr(
            "content.xml",
            f'{_HEAD}<table:table table:name="T">{rows}</table:table></office:spreadsheet></office:body>'
            "</office:document-content>",
        )
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    sheet = look(path, ods)
    assert sheet.rows[:3] == (("Xã", "Số", "Hộ"), ("A", "10", "3"), ("B", "12", "4"))
    assert sheet.kinds[1] == "tnn"
    assert sheet.looks[1, 1].ground == "FF0000"
    assert sheet.hidden_rows.places == ((2, -1),)
    assert sheet.formulas.places == ((2, 2),)
    assert sheet.merges == ((3, 0, 3, 1),)


def test_a_text_table_is_seen_from_its_first_record(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text('BÁO CÁO,,\nXã,Số,Ghi chú\nA,1,"hai\ndòng"\nB,2,\n', encoding="utf-8")
    sheet = look(path, csv)
    assert sheet.rows[0] == ("BÁO CÁO", "", "")
    assert sheet.breaks.places == ((2, -1),)
    assert sheet.encoding == "utf-8"


# -- the rules, through the whole check --------------------------------------------------------------------------------


def test_a_clean_workbook_breaks_no_rule(tmp_path):
    path = save(filled(["Mã", "Tên", "Số dân"], *([f"{at:05}", f"Xã {at}", at * 10] for at in range(1, 40))), tmp_path)
    table = check_file(path, today=TODAY).outcome.tables[0]
    assert [one.code for one in table.findings if one.code in RULES] == []
    assert [one["found"] for one in table.stats["readability"]["levels"]] == [0, 0, 0]
    assert len(table.stats["readability"]["rules"]) == 30


def test_what_lies_on_a_sheet_warns_and_blocks_nothing(tmp_path):
    book = filled(["Xã", "Số", "Hộ"], ["A", 10, 3], ["B", 12, 4], ["C", 12, 4])
    book.active["B3"].fill = PatternFill("solid", fgColor="FFFF0000")
    book.active.row_dimensions[4].hidden = True
    checked = check_file(save(book, tmp_path), today=TODAY)
    found = {one.code: one for one in checked.outcome.tables[0].findings}
    assert checked.outcome.valid
    assert found["meaning-by-format"].severity == "warning"
    assert (found["hidden-cells"].place.row, found["hidden-cells"].count) == (4, 1)
    levels = checked.outcome.tables[0].stats["readability"]["levels"]
    assert [one["found"] for one in levels] == [2, 0, 0]


def test_a_csv_is_asked_what_applies_to_it(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("Xã,Năm,Diện tích\nA,令和4年,12 ha\nB,令和5年,15 ha\nC,令和6年,17 ha\n", encoding="utf-8")
    found = codes(path)
    assert {"time-notation", "number-with-text"} <= found.keys()
    assert "merged-cells" not in found


# -- forms, through the whole check ------------------------------------------------------------------------------------


def book_of(case):
    book = openpyxl.Workbook()
    for row, line in enumerate(case.form.strip("\n").split("\n"), 1):
        for column, cell in enumerate(line.split("|"), 1):
            bare = cell.removeprefix("=")
            figure = cell.startswith("=") and bare.replace(".", "").isdigit()
            if cell:
                book.active.cell(row, column).value = (float(bare) if "." in bare else int(bare)) if figure else bare
                if not figure:
                    book.active.cell(row, column).data_type = "s"
    for top, left, bottom, right in case.merges:
        book.active.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
    return book


@pytest.mark.parametrize("case", CASES[:3], ids=lambda case: case.name)
def test_an_accepted_form_is_written_as_its_twin_and_checks_clean(case, tmp_path):
    path, fixed = save(book_of(case), tmp_path, "bieu.xlsx"), tmp_path / "out.csv"
    came = path.read_bytes()
    checked = check_file(path, today=TODAY, options=Options(fixes=("report-form",)), fixed=fixed)
    expected = "\n".join(",".join(f'"{cell}"' if "," in cell else cell for cell in row) for row in case.table())
    assert fixed.read_text(encoding="utf-8").strip("\n") == expected
    assert path.read_bytes() == came
    assert checked.outcome.tables[0].repaired[0].kind == "report-form"
    assert [one.code for one in checked.outcome.tables[0].findings if one.code in RULES | {"report-form"}] == []
    again = check_file(fixed, today=TODAY).outcome
    assert again.valid
    assert [one.code for one in again.tables[0].findings if one.code in RULES | {"report-form"}] == []


def test_a_form_is_proposed_with_its_first_rows_before_and_after(tmp_path):
    checked = check_file(save(book_of(CASES[0]), tmp_path, "bieu.xlsx"), today=TODAY)
    offered = next(one for one in checked.outcome.tables[0].fixes if one.kind == "report-form")
    assert not offered.safe
    assert offered.preview["before"][0][0] == "UBND TỈNH BẮC NINH"
    assert tuple(offered.preview["after"][0]) == CASES[0].table()[0]
    assert len(offered.preview["after"]) == 21
    assert offered.preview["rows"] == len(CASES[0].table()) - 1


def test_safe_repairs_alone_leave_a_form_as_it_is(tmp_path):
    checked = check_file(save(book_of(CASES[1]), tmp_path), today=TODAY, options=Options(fixes=("safe",)))
    assert "report-form" not in {one.kind for one in checked.outcome.tables[0].repaired}


def test_the_log_tells_where_each_cell_of_a_form_went_but_not_who_signed(tmp_path):
    fixed = tmp_path / "out.csv"
    path = save(book_of(CASES[0]), tmp_path, "bieu.xlsx")
    check_file(path, today=TODAY, options=Options(fixes=("report-form",)), fixed=fixed)
    log = (tmp_path / "out.changes.csv").read_text(encoding="utf-8")
    assert "8,Giá trị,report-form,300,C8 #2" in log
    assert "Nguyễn Văn A" not in log


def test_a_standard_may_raise_a_rule_to_an_error():
    standard = replace(TABLES["vn-school"], checks=(CheckUse(code="merged-cells", severity="error"),))
    sheet = drawn("Tỉnh|Xã\nA|a1\n|a2", merges=((1, 0, 2, 0),))
    asked = readability.Asked(sheet=sheet, today=TODAY, ragged={}, width=2, standard=standard)
    told = {one.code: one.severity for one in readability.told(asked)[0].findings}
    assert told["merged-cells"] == "error"
    told = {one.code: one.severity for one in readability.told(replace(asked, standard=None))[0].findings}
    assert told["merged-cells"] == "warning"


def test_what_cells_say_is_not_repeated_beside_personal_data():
    asked = readability.Asked(sheet=drawn("Xã|Máy\nA|111;222\nB|333;444"), today=TODAY, ragged={}, width=2)
    tally, _ = readability.told(asked)
    assert any("111" in str(one.params) for one in tally.findings)
    assert not any("111" in str(one.params) for one in readability.hushed(tally).findings)


HUSHED = {
    "notes-around-table": ("BÁO CÁO DÂN SỐ||\nXã|Số dân|Số hộ\nA|=10|=3", "không phải dữ liệu (hàng 1). Chuyển tiêu đề"),
    "several-data-in-cell": ("Xã|Máy\nA|111;222\nB|333;444", "chứa nhiều giá trị (B2, B3). Tách"),
}


@pytest.mark.parametrize("code", HUSHED)
def test_a_sentence_that_may_not_quote_has_no_empty_quotation_marks(code):
    drawing, expected = HUSHED[code]
    asked = readability.Asked(sheet=drawn(drawing), today=TODAY, ragged={}, width=2)
    tally, _ = readability.told(asked)
    told = next(one for one in readability.hushed(tally).findings if one.code == code)
    assert expected in findings.said(told, "vi")
    assert not re.search(r'“”|""|…|\(\)|:\.', findings.said(told, "en"))
