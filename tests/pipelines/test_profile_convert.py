"""Cells become a profile by evidence from all of them, and files that lose nothing of them."""

import csv
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from catalog.model import Options, Outcome
from pipelines.format import Unreadable
from pipelines.step import Parcel
from pipelines.steps import convert, inspect, profile
from pipelines.steps.inspect import clean_name, slug
from pipelines.steps.profile.evidence import READINGS, Distinct, hashes, may_fit
from pipelines.steps.profile.numbers import BINS, IN_MEMORY, Kept, histogram
from standards.period import gap, span, within
from tests.pipelines import hostile
from tests.pipelines.test_formats import made_workbook


def walked(folder: Path, data: bytes | str, name="bang.csv", options=None, **more) -> tuple[Outcome, Path]:
    work = folder / "work"
    work.mkdir(exist_ok=True)
    path = work / "original"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    parcel = Parcel(path=path, name=name, work=work, options=options or Options(), today=date(2026, 11, 21), **more)
    done = convert.run(profile.run(inspect.run(parcel)))
    return done.outcome, work


def column(outcome: Outcome, index=0):
    return outcome.tables[0].profile.columns[index]


def one_column(folder, values, **options):
    text = "x;y\n" + "".join(f"{value};1\n" for value in values)
    return column(walked(folder, text, options=Options(read={"delimiter": ";", **options}))[0])


KINDS = [
    (["1", "-20", "0", ""], "integer", "", ""),
    (["01", "2"], "string", "", ""),
    (["+1", "2"], "string", "", ""),
    (["1234567890123456789"], "string", "", ""),
    (["1.5", "2", "-0.25"], "number", ".", ""),
    (["1,5", "2", "0,25"], "number", ",", ""),
    (["1,234.50", "12"], "number", ".", ","),
    (["1.234.567", "12"], "number", ",", "."),
    (["1.234,5", "12"], "number", ",", "."),
    (["65.023", "93.536"], "string", "", ""),
    (["65,023", "93,536"], "string", "", ""),
    (["65.023", "93.53"], "number", ".", ""),
    (["1 234", "12"], "number", ",", " "),
    (["1e5", "2.5"], "number", ".", ""),
    (["1", "x"], "string", "", ""),
    (["true", "false", ""], "boolean", "", ""),
    (["2025-07-01", "2024-02-29"], "date", "", ""),
    (["2025-02-29"], "string", "", ""),
    (["2025-07", "2025-12"], "yearmonth", "", ""),
    (["08:30:00"], "time", "", ""),
    (["2025-07-01T08:30:00+07:00"], "datetime", "", ""),
]


@pytest.mark.parametrize(("values", "kind", "decimal", "group"), KINDS, ids=[" ".join(one[0]) for one in KINDS])
def test_a_kind_is_one_that_no_cell_speaks_against(tmp_path, values, kind, decimal, group) -> None:
    seen = one_column(tmp_path, values)
    marks = (seen.decimal, seen.group) if decimal else ("", "")
    assert (seen.kind, *marks) == (kind, decimal, group)


@pytest.mark.parametrize(
    ("values", "form"),
    [
        (["01/07/2025", "31/12/2025"], "%d/%m/%Y"),
        (["7/13/2025", "1/2/2025"], "%m/%d/%Y"),
        (["1.7.2025"], "%d.%m.%Y"),
        (["2025/07/01"], "%Y/%m/%d"),
        (["01/07/2025 08:30"], "%d/%m/%Y %H:%M"),
    ],
)
def test_dates_of_other_forms_are_told_with_their_form(tmp_path, values, form) -> None:
    seen = one_column(tmp_path, values)
    assert (seen.format, seen.minimum[:4]) == (form, "2025")


def test_the_publishers_word_on_the_decimal_mark_settles_doubt(tmp_path) -> None:
    seen = one_column(tmp_path, ["65.023", "93.536"], decimal=",")
    assert (seen.kind, seen.group, seen.maximum) == ("number", ".", "93536")


def test_the_commonest_numbers_are_written_as_the_smallest_and_largest_are(tmp_path) -> None:
    seen = one_column(tmp_path, ["1.047,31", "5,78", "1.047,31", "9,97"], decimal=",")
    assert (seen.minimum, seen.maximum) == ("5.78", "1047.31")
    assert seen.top == (("1047.31", 2), ("5.78", 1), ("9.97", 1))


def test_whole_numbers_under_a_label_that_says_year_are_years(tmp_path) -> None:
    seen, _ = walked(tmp_path, "Năm,namsinh_con\n2024,2024\n2025,2025\n")
    assert [one.kind for one in seen.tables[0].profile.columns] == ["year", "integer"]


def test_counts_extremes_and_spread_come_from_every_cell(tmp_path) -> None:
    text = "n,t\n" + "".join(f"{number},{'a' if number % 4 else 'b'}\n" for number in range(1000)) + ",\n,a\n"
    seen, _ = walked(tmp_path, text)
    number, word = seen.tables[0].profile.columns
    assert (number.missing, number.distinct, number.minimum, number.maximum) == (1, 1000, "0", "999")
    assert number.histogram == (50,) * 20
    assert word.top == (("a", 751), ("b", 250))
    assert (seen.tables[0].profile.rows, seen.tables[0].profile.blank_rows) == (1001, 1)


def test_codes_of_a_known_list_give_a_column_its_meaning(tmp_path) -> None:
    text = "Mã xã,Mã khác\n" + "".join(f"{code},{code}\n" for code in ("00004", "00008", "00025", "00070", "00082"))
    seen, _ = walked(tmp_path, text)
    assert [one.meaning for one in seen.tables[0].columns] == ["vn-commune", None]


def test_many_distinct_values_are_estimated_within_three_per_cent() -> None:
    distinct = Distinct(1000)
    for start in range(0, 300_000, 50_000):
        values = pa.array([f"v{number}" for number in range(start, start + 60_000)])
        distinct.add(values, pa.array([1] * len(values)))
    assert not distinct.exact
    assert abs(distinct.count(10**9) - 310_000) < 0.03 * 310_000


def test_hashes_depend_on_the_string_alone() -> None:
    values = pa.array(["", "a", "ab", "ba", "é", "a" * 5000])
    assert len(set(hashes(values).tolist())) == 6
    assert (hashes(values.slice(2, 2)) == hashes(values)[2:4]).all()


# -- artefacts --------------------------------------------------------------------------------------------------

TEXT = (
    'mã,tên,số,tỉ lệ,tiền,ngày,_id\r\n00004,"Ba Đình, ""phường""",9007199254740993,"1,5",12345678901234567.25,01/07/2025,a\r\n'
    ',,,,,,\r\n00008,=1+1,7,"2,25",0.5,02/07/2025,\r\n'
)


@pytest.fixture
def made(tmp_path):
    outcome, work = walked(tmp_path, TEXT, dataset_slug="phuong-xa")
    return outcome, work


def test_the_canonical_csv_holds_each_cell_as_it_stands(made) -> None:
    work = made[1]
    data = (work / "phuong-xa.csv").read_bytes()
    assert b"\r" not in data
    assert not data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode(), newline="")))
    assert rows == [row for row in csv.reader(io.StringIO(TEXT, newline="")) if any(row)]


def test_parquet_is_typed_where_nothing_is_lost(made) -> None:
    outcome, work = made
    table = pq.read_table(work / "phuong-xa.parquet")
    assert table.column_names == ["_id", "mã", "tên", "số", "tỉ lệ", "tiền", "ngày", "_id_original"]
    assert table.schema.field("tiền").type == pa.decimal128(19, 2)
    first, second = table.to_pylist()
    assert (first["_id"], second["_id"]) == (1, 2)
    assert (first["mã"], first["số"], first["tỉ lệ"]) == ("00004", 9007199254740993, 1.5)
    assert (first["tiền"], first["ngày"]) == (Decimal("12345678901234567.25"), date(2025, 7, 1))
    assert second["_id_original"] is None
    assert pq.ParquetFile(work / "phuong-xa.parquet").metadata.row_group(0).column(0).compression == "ZSTD"
    assert [one.code for one in outcome.tables[0].findings] == ["id-renamed"]


def test_json_says_what_readers_cannot_hold_as_words(made) -> None:
    first, second = json.loads((made[1] / "phuong-xa.json").read_text())
    assert first["số"] == "9007199254740993"
    assert first["tiền"] == "12345678901234567.25"
    assert (first["ngày"], second["số"], second["_id"]) == ("2025-07-01", 7, None)


def test_xlsx_keeps_codes_as_text_and_makes_no_formula(made) -> None:
    sheet = openpyxl.load_workbook(made[1] / "phuong-xa.xlsx").active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[1][0] == "00004"
    assert (rows[2][1], sheet["B3"].data_type) == ("=1+1", "s")


def test_files_are_named_after_their_resource_and_the_original_steps_aside(tmp_path) -> None:
    outcome, _ = walked(tmp_path, "a,b\n1,2\n", name="x.csv", options=Options(resource="x"))
    assert [one.name for one in outcome.tables[0].artefacts] == ["x.csv", "x.parquet", "x.json", "x.xlsx"]
    assert outcome.original.name == "original-x.csv"


def test_the_preview_is_the_first_hundred_rows(tmp_path) -> None:
    outcome, _ = walked(tmp_path, "n,t\n,\n" + "".join(f"{number},é\n" for number in range(300)))
    assert outcome.tables[0].preview == tuple((str(number), "é") for number in range(100))


def test_large_tables_come_without_json_and_xlsx_and_in_groups(tmp_path) -> None:
    outcome, work = walked(tmp_path, "n,t\n" + "".join(f"{number},x\n" for number in range(100_001)))
    assert [one.role for one in outcome.tables[0].artefacts] == ["csv", "parquet"]
    file = pq.ParquetFile(next(work.glob("*.parquet")))
    assert [file.metadata.row_group(index).num_rows for index in range(3)] == [50_000, 50_000, 1]
    assert file.read(["_id"])["_id"].to_pylist() == list(range(1, 100_002))


def test_a_check_keeps_nothing(tmp_path) -> None:
    outcome, work = walked(tmp_path, "a,b\n1,2\n", keep=False)
    assert outcome.tables[0].artefacts == ()
    assert not list(work.glob("*.parquet"))
    assert outcome.tables[0].preview == (("1", "2"),)


def test_a_header_without_rows_is_blocked(tmp_path) -> None:
    outcome, _ = walked(tmp_path, "a,b\n")
    assert (outcome.valid, outcome.reason["code"]) == (False, "no-rows")


def test_geojson_comes_back_as_geojson(tmp_path) -> None:
    feature = {
        "type": "Feature",
        "properties": {"tên": "x", "n": 1},
        "geometry": {"type": "Point", "coordinates": [1.5, 2]},
    }
    text = json.dumps({"type": "FeatureCollection", "features": [feature]})
    outcome, work = walked(tmp_path, text, name="diem.geojson", options=Options(resource="diem"))
    assert column(outcome, 2).kind == "geojson"
    assert json.loads((work / "diem.geojson").read_text())["features"] == [feature]


def test_every_sheet_can_become_a_resource_of_its_own(tmp_path) -> None:
    data = made_workbook([["a"], ["1"]], **{"Tỉnh Đông": [["b"], ["2"]]})
    outcome, _ = walked(tmp_path, data, name="a.xlsx", options=Options(sheet="all"))
    assert [one.resource for one in outcome.tables] == ["sheet", "tinh-dong"]
    assert outcome.original.public
    alone, _ = walked(tmp_path, data, name="a.xlsx")
    assert not alone.original.public


def test_another_kind_of_file_is_kept_as_an_attachment(tmp_path) -> None:
    outcome, _ = walked(tmp_path, b"%PDF-1.7\n" + b"\0" * 99, name="báo cáo.pdf", dataset_slug="d")
    assert outcome.valid
    assert (outcome.attachment.media_type, outcome.attachment.name, outcome.tables) == (
        "application/pdf",
        "báo cáo.pdf",
        (),
    )
    zipped, _ = walked(tmp_path, hostile.other_zip(), name="roads.zip")
    assert zipped.file["format"] == "zip"


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "passwd"),
        ("a\\b\\c.csv", "c.csv"),
        ("e\u0301 x\u202e.csv", "é x.csv"),
        ("a\x00\r\nb.csv", "ab.csv"),
        ("…" * 200 + ".csv", "…" * 38 + ".csv"),
        ("..", "file"),
    ],
)
def test_a_clients_file_name_is_cleaned(name, clean) -> None:
    assert clean_name(name) == clean
    assert len(clean_name(name).encode()) <= 120


def test_a_slug_is_small_ascii_words() -> None:
    assert slug("Dân số Đắk Lắk (2025)") == "dan-so-dak-lak-2025"


# -- periods ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["2025-Q3", "Quý III/2025", "Q3/2025", "quý 3 năm 2025", "2025-07-01/2025-09-30"])
def test_a_quarter_is_understood_however_it_is_written(text) -> None:
    assert span(text) == (date(2025, 7, 1), date(2025, 9, 30))


def test_what_lies_in_a_period_and_what_does_not() -> None:
    quarter = span("2025-Q3")
    assert within("2025-08", quarter)
    assert within("tháng 9/2025", quarter)
    assert not within("2025", quarter)
    assert not within("2025-13", quarter)
    assert gap(["2024", "2023"], span("2026"))
    assert not gap(["2024"], span("2025-Q1"))


BASE = "năm,mã,số\n2023,01,1\n2023,02,2\n2024,01,3\n2024,02,4\n"


def updated(folder, text, base=BASE, **options):
    path = folder / "base.csv"
    path.write_text(base)
    outcome, work = walked(
        folder, text, options=Options(resource="r", **options), base={"r": path}, base_periods={"r": ("2023", "2024")}
    )
    rows = (work / "r.csv").read_text().splitlines() if (work / "r.csv").exists() else []
    return outcome, rows


def test_rows_of_a_new_period_are_appended(tmp_path) -> None:
    outcome, rows = updated(tmp_path, "mã,năm,số\n01,2025,5\n02,2025,6\n", update="append", period="2025")
    assert rows == ["mã,năm,số", "01,2023,1", "02,2023,2", "01,2024,3", "02,2024,4", "01,2025,5", "02,2025,6"]
    table = outcome.tables[0]
    assert (table.changes, table.periods) == ({"added": 2, "removed": 0, "changed": 0}, ("2023", "2024", "2025"))
    assert (table.profile.rows, table.findings) == (6, ())


def test_a_period_that_is_there_already_blocks(tmp_path) -> None:
    outcome, rows = updated(tmp_path, "năm,mã,số\n2024,01,5\n", update="append", period="2024")
    assert (outcome.reason["code"], rows) == ("period-exists", [])


def test_a_gap_between_periods_warns(tmp_path) -> None:
    outcome, rows = updated(tmp_path, "năm,mã,số\n2026,01,5\n", update="append", period="2026")
    assert [one.code for one in outcome.tables[0].findings] == ["period-gap"]
    assert len(rows) == 6


def test_other_columns_block(tmp_path) -> None:
    outcome, _ = updated(tmp_path, "năm,mã,tên\n2025,01,5\n", update="append", period="2025")
    assert outcome.reason["code"] == "columns-differ"
    assert outcome.reason["params"]["missing"] == "số"


def test_a_correction_takes_the_place_of_its_period(tmp_path) -> None:
    outcome, rows = updated(tmp_path, "năm,mã,số\n2024,01,3\n2024,02,9\n2024,04,7\n", update="correct", period="2024")
    assert rows == ["năm,mã,số", "2023,01,1", "2023,02,2", "2024,01,3", "2024,02,9", "2024,04,7"]
    assert outcome.tables[0].changes == {"added": 1, "removed": 0, "changed": 1}


def test_a_correction_without_a_column_of_periods_blocks(tmp_path) -> None:
    outcome, _ = updated(tmp_path, "mã,số\n01,3\n", base="mã,số\n01,1\n", update="correct", period="2024")
    assert outcome.reason["code"] == "no-period-column"


def test_a_period_that_means_nothing_blocks(tmp_path) -> None:
    outcome, _ = updated(tmp_path, "năm,mã,số\n2025,01,3\n", update="append", period="mùa thu")
    assert outcome.reason["code"] == "period-unknown"


def test_where_only_parquet_is_left_it_is_built_on(tmp_path) -> None:
    path = tmp_path / "base.parquet"
    pq.write_table(pa.table({"_id": [1], "năm": [2024], "mã": ["01"], "số": [1.5]}), path)
    options = Options(resource="r", update="append", period="2025")
    _, work = walked(tmp_path, "năm,mã,số\n2025,02,2.5\n", options=options, base={"r": path})
    assert (work / "r.csv").read_text() == "năm,mã,số\n2024,01,1.5\n2025,02,2.5\n"


def test_an_empty_file_is_refused(tmp_path) -> None:
    with pytest.raises(Unreadable, match="empty-file"):
        walked(tmp_path, b"")


@pytest.mark.parametrize("value", [
    "0", "-12", "1.5", "2,5", "1e9", "1,234.5", "1.234,5", "1 234,5", "1\u00a0234", "true", "FALSE", "2024-01-05", "5/3/2024", "05-03-2024",
    "5.3.2024", "2024/3/5", "2024.3.5", "2024-01-05T10:11:12Z", "2024-01-05 10:11", "5/3/2024 10:11:12", "2024-03", "10:11:12",
])
def test_what_a_reading_takes_has_the_sign_by_which_others_are_left_out_beforehand(value: str) -> None:
    taking = [one for one in READINGS if pc.match_substring_regex(pa.array([value]), one.pattern)[0].as_py()]
    assert taking
    assert all(may_fit(value, one) for one in taking)


def test_more_different_values_than_are_held_to_all_readings_at_first_are_all_looked_at(tmp_path: Path) -> None:
    numbers = [str(one) for one in range(700)]
    assert one_column(tmp_path, numbers).kind == "integer"
    assert one_column(tmp_path, [*numbers, "x7"]).kind == "string"


def test_the_spread_of_a_column_is_the_same_whether_its_numbers_lie_in_memory_or_in_a_file():
    """A table of any length: eight bytes a row would be half of what a child may use at fifty million rows."""
    pieces = [pa.array([*range(start, start + 700), float("inf"), float("nan")], pa.float64()) for start in range(0, 7000, 700)]
    told = []
    for room in (1000, IN_MEMORY):
        kept = Kept(room)
        for piece in pieces:
            kept.add(piece.slice(5))
        assert (kept.low, kept.high) == (5, 6999)
        assert (kept._file is None) == (room == IN_MEMORY)
        assert kept._held <= room
        told.append(histogram(kept))
    assert told[0] == told[1]
    assert (len(told[0]), sum(told[0])) == (BINS, 7000 - 50)
    assert histogram(Kept()) == ()
