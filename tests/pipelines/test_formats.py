"""Every format gives its cells as the text that stands in the file, with the header where it stands."""

import gzip
import io
import json
import unicodedata
from datetime import date, datetime

import openpyxl
import pyarrow as pa
import pytest

from pipelines.format import ReadOptions, Unreadable
from pipelines.formats import csv, geojson, parquet, xlsx
from pipelines.formats.csv.vietnamese import tcvn3_table
from pipelines.registry import FORMATS
from tests.pipelines import hostile
from tests.pipelines.reading import seen

TONES = "\u0300\u0301\u0303\u0309\u0323"


def in_tcvn3(text: str) -> bytes:
    table = tcvn3_table()
    return bytes(table.index(one) for one in text)


def in_windows_1258(text: str) -> bytes:
    """Letters with their own marks composed, tone marks after them: as Windows writes Vietnamese."""
    made = []
    for one in text:
        parts = unicodedata.normalize("NFD", one)
        base = unicodedata.normalize("NFC", "".join(part for part in parts if part not in TONES))
        made.append(base + "".join(part for part in parts if part in TONES))
    return "".join(made).encode("cp1258")


def opened(tmp_path, data: bytes, name="a.csv", form=csv, **options):
    path = tmp_path / name
    path.write_bytes(data)
    return seen(form.open(path, ReadOptions(**options)))


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.NAME)
def test_a_sample_is_taken_by_exactly_its_own_format(form) -> None:
    assert [one.NAME for one in FORMATS if one.matches(form.SAMPLE[:65536], "upload")] in (
        [form.NAME],
        [form.NAME, "csv"],
    )
    assert next(one for one in FORMATS if one.matches(form.SAMPLE[:65536], "upload")) is form


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.NAME)
def test_a_sample_is_read_with_its_leading_zeros(tmp_path, form) -> None:
    read = opened(tmp_path, form.SAMPLE, f"a{form.EXTENSIONS[0]}", form)
    assert read.rows
    assert form is geojson or read.rows[0][0] == "00004"


VIETNAMESE = "mã,tên\n01,Thành phố Hà Nội\n02,Tỉnh Hà Giang\n04,Cao Bằng đẹp\n"
JAPANESE = "コード,名称\n01,東京都\n02,北海道札幌市\n"
WRITTEN = [
    ("utf-8", VIETNAMESE, lambda text: text.encode()),
    ("utf-8-sig", VIETNAMESE, lambda text: text.encode("utf-8-sig")),
    ("utf-8", VIETNAMESE, lambda text: unicodedata.normalize("NFD", text).encode()),
    ("utf-16", VIETNAMESE, lambda text: text.encode("utf-16")),
    ("utf-16-le", VIETNAMESE, lambda text: text.encode("utf-16-le")),
    ("utf-16-be", VIETNAMESE, lambda text: text.encode("utf-16-be")),
    ("windows-1258", VIETNAMESE, in_windows_1258),
    ("tcvn3", VIETNAMESE, in_tcvn3),
    ("windows-1252", "code,nom\n01,Créteil\n02,Saint-Étienne à côté\n", lambda text: text.encode("cp1252")),
    ("cp932", JAPANESE, lambda text: text.encode("cp932")),
    ("euc-kr", "코드,이름\n01,서울특별시\n02,부산광역시\n", lambda text: text.encode("euc-kr")),
    ("gb18030", "代码,名称\n01,北京市统计局\n02,上海市人民政府\n", lambda text: text.encode("gb18030")),
    ("big5", "代碼,名稱\n01,臺北市政府\n02,高雄市統計資料\n", lambda text: text.encode("big5")),
]


@pytest.mark.parametrize(("encoding", "text", "write"), WRITTEN, ids=[f"{n}-{one[0]}" for n, one in enumerate(WRITTEN)])
def test_an_encoding_is_told_by_the_letters(tmp_path, encoding, text, write) -> None:
    read = opened(tmp_path, write(text))
    rows = [tuple(line.split(",")) for line in text.splitlines()]
    composed = [tuple(unicodedata.normalize("NFC", cell) for cell in row) for row in (read.labels, *read.rows)]
    assert (read.encoding, composed) == (encoding, rows)


def test_an_encoding_that_is_asked_for_is_used_or_refused(tmp_path) -> None:
    data = "a,b\n1,é\n".encode("cp1252")
    assert opened(tmp_path, data, encoding="latin-1").rows == (("1", "é"),)
    with pytest.raises(Unreadable, match="undecodable"):
        opened(tmp_path, data, encoding="utf-8")
    with pytest.raises(Unreadable, match="unknown-encoding"):
        opened(tmp_path, data, encoding="../etc")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "~", "^", ":"])
def test_a_delimiter_is_told_by_how_well_the_records_agree(tmp_path, delimiter) -> None:
    rows = [["mã", "tên", "số"], ["01", "Hà Nội", "1"], ["02", "Hà Giang", "22"], ["04", "Cao Bằng", "3"]]
    text = "".join(delimiter.join(row) + "\r\n" for row in rows)
    read = opened(tmp_path, text.encode())
    assert [list(row) for row in (read.labels, *read.rows)] == rows


def test_a_decimal_comma_is_no_delimiter(tmp_path) -> None:
    read = opened(tmp_path, b"a;b;c\n1,5;2,25;3,0\n4,5;5,5;6,5\n")
    assert read.rows == (("1,5", "2,25", "3,0"), ("4,5", "5,5", "6,5"))


def test_single_quotes_and_excels_hint_are_understood(tmp_path) -> None:
    assert opened(tmp_path, b"a|b\n'x|y'|1\n'z'|2\n'w|v'|3\n").rows[0] == ("x|y", "1")
    assert opened(tmp_path, b"sep=;\na;b\n1;2\n").numbers == (3,)


def test_quoted_newlines_and_doubled_quotes_stay_in_their_cell(tmp_path) -> None:
    read = opened(tmp_path, b'a,b\n"x\ny","he said ""no"""\n1,2\n')
    assert read.rows == (("x\ny", 'he said "no"'), ("1", "2"))
    assert read.numbers == (2, 3)


def test_lines_above_the_header_and_notes_below_the_table_are_not_data(tmp_path) -> None:
    text = "Báo cáo năm 2025\n\nmã,tên,số\n01,a,1\n02,b,2\n\nNguồn: Cục Thống kê\n"
    read = opened(tmp_path, text.encode())
    assert (read.labels, read.first_row, read.numbers) == (("mã", "tên", "số"), 4, (4, 5))
    assert read.remarks == ("footer-skipped",)


def test_a_group_header_above_the_labels_is_passed_over(tmp_path) -> None:
    read = opened(tmp_path, b"Before,,,,\nold,old code,new,new code,note\na,01,b,02,x\nc,03,d,04,y\ne,05,f,06,z\n")
    assert read.labels == ("old", "old code", "new", "new code", "note")


def test_a_repeated_header_counts_where_it_stands_last(tmp_path) -> None:
    assert opened(tmp_path, b"a;b\na;b\na;b\n1;2\n").first_row == 4


@pytest.mark.parametrize("text", [b"a,,c\n1,2,3\n4,5,6\n", b"a,\n1,2\n3,4\n", b"2019,2020\n1,2\n"])
def test_a_doubtful_first_record_is_the_header(tmp_path, text) -> None:
    assert opened(tmp_path, text).first_row == 2


def test_the_header_row_that_is_asked_for_is_taken(tmp_path) -> None:
    read = opened(tmp_path, b"a,b\nc,d\n1,2\n", header_row=2)
    assert (read.labels, read.rows) == (("c", "d"), (("1", "2"),))
    with pytest.raises(Unreadable, match="no-header"):
        opened(tmp_path, b"a,b\n1,2\n", header_row=9)


def test_ragged_rows_are_fitted_told_and_kept_as_they_stand(tmp_path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n1,2\n3\n4,5,6\n\n7,8\n")
    table = csv.open(path, ReadOptions())
    read = seen(table)
    assert read.rows == (("1", "2"), ("3", ""), ("4", "5"), ("", ""), ("7", "8"))
    assert read.numbers == (2, 3, 4, 5, 6)
    assert [(one.code, one.place.row, one.place.column) for one in table.remarks] == [
        ("missing-cell", 3, 2),
        ("extra-cell", 4, 3),
    ]
    assert dict(table.ragged) == {3: ("3",), 4: ("4", "5", "6")}


def test_arrow_and_python_agree_on_thousands_of_odd_rows(tmp_path) -> None:
    """Enough rows for several blocks, every seventh ragged, some quoted: record numbers never slip."""
    lines = ["n,t"]
    for number in range(2, 200_002):
        cells = [str(number), '"x\ny"' if number % 1000 == 0 else "é" * 30]
        lines.append(",".join(cells[:1] if number % 7 == 0 else cells))
    read = opened(tmp_path, ("\n".join(lines) + "\n").encode())
    assert len(read.rows) == 200_000
    assert all(int(row[0]) == number for row, number in zip(read.rows, read.numbers, strict=True))
    assert all((row[1] == "") == (number % 7 == 0) for row, number in zip(read.rows, read.numbers, strict=True))


def test_a_record_longer_than_a_block_is_read_by_the_slow_road(tmp_path) -> None:
    long = "x" * (6 << 20)
    read = opened(tmp_path, f'a,b\n1,2\n"{long}",3\n4,5\n'.encode())
    assert [len(row[0]) for row in read.rows] == [1, len(long), 1]
    assert read.numbers == (2, 3, 4)


def test_carriage_returns_alone_end_lines(tmp_path) -> None:
    assert opened(tmp_path, b"a,b\r1,2\r3,4\r").rows == (("1", "2"), ("3", "4"))


def test_a_gzipped_table_is_read(tmp_path) -> None:
    assert opened(tmp_path, gzip.compress(b"a,b\n1,2\n"), "a.csv.gz").rows == (("1", "2"),)


def made_workbook(rows, **sheets) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for name, more in sheets.items():
        other = book.create_sheet(name)
        for row in more:
            other.append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def test_a_workbooks_cells_are_as_people_see_them(tmp_path) -> None:
    moment = datetime.fromisoformat("2025-07-01T08:30:00")
    rows = [["mã", "số", "tỉ lệ", "ngày", "lúc", "có"], ["00004", 892179, 0.25, date(2025, 7, 1), moment, True]]
    read = opened(tmp_path, made_workbook(rows), "a.xlsx", xlsx)
    assert read.rows == (("00004", "892179", "0.25", "2025-07-01", "2025-07-01T08:30:00", "true"),)


def test_a_sheet_with_a_title_and_notes_gives_its_table(tmp_path) -> None:
    rows = [["Danh sách trường"], [], ["mã", "tên", "số"], ["01", "a", 1], ["02", "b", 2], [], ["Nguồn: Sở GD&ĐT"]]
    read = opened(tmp_path, made_workbook(rows), "a.xlsx", xlsx)
    assert (read.labels, read.first_row, read.rows) == (("mã", "tên", "số"), 4, (("01", "a", "1"), ("02", "b", "2")))


def test_text_cells_of_a_workbook_are_declared_text(tmp_path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(made_workbook([["code", "count"], ["15", 15], ["24", 24]]))
    table = xlsx.open(path, ReadOptions())
    seen(table)
    assert (table.kinds.get(0), table.kinds.get(1)) == ("string", None)


def test_a_sheet_is_chosen_by_name_and_an_absent_one_refused(tmp_path) -> None:
    data = made_workbook([["a"], ["1"]], Khác=[["b"], ["2"]])
    assert opened(tmp_path, data, "a.xlsx", xlsx, sheet="Khác").labels == ("b",)
    with pytest.raises(Unreadable, match="no-such-sheet"):
        opened(tmp_path, data, "a.xlsx", xlsx, sheet="x")


def test_what_readers_of_a_workbooks_tables_do_not_see_is_named(tmp_path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["a"])
    book.active.append(["1"])
    book.active["A2"].comment = openpyxl.comments.Comment("private", "x")
    book.active.row_dimensions[2].hidden = True
    book.create_sheet("b").append(["secret"])
    book["b"].sheet_state = "hidden"
    book.properties.creator = "Nguyễn Văn A"
    path = tmp_path / "a.xlsx"
    book.save(path)
    assert set(xlsx.unseen(path)) == {"comments", "hidden-cells", "hidden-sheets", "author"}


def test_json_numbers_keep_their_digits_and_members_their_order(tmp_path) -> None:
    text = '{"note": 1, "rows": [{"id": "007", "n": 1.10}, {"n": 12345678901234567890, "x": {"y": [1.50, null]}}]}'
    read = opened(tmp_path, text.encode(), "a.json", hostile_form("json"))
    assert read.labels == ("id", "n", "x")
    assert read.rows == (("007", "1.10", ""), ("", "12345678901234567890", '{"y":[1.50,null]}'))


def hostile_form(name):
    return next(one for one in FORMATS if name == one.NAME)


@pytest.mark.parametrize("text", ['{"a": ["01", "02"], "b": [1, 2]}', '[["a", "b"], ["01", 1], ["02", 2]]'])
def test_columns_and_arrays_are_tables_too(tmp_path, text) -> None:
    read = opened(tmp_path, text.encode(), "a.json", hostile_form("json"))
    assert (read.labels, read.rows) == (("a", "b"), (("01", "1"), ("02", "2")))


def test_large_json_is_read_item_by_item(tmp_path) -> None:
    text = json.dumps([{"n": number, "t": "x" * 50} for number in range(60_000)])
    read = opened(tmp_path, text.encode(), "a.json", hostile_form("json"))
    assert [int(row[0]) for row in read.rows] == list(range(60_000))


def test_geojson_keeps_geometry_properties_and_ids(tmp_path) -> None:
    feature = {
        "type": "Feature",
        "id": 5,
        "properties": {"tên": "x"},
        "geometry": {"type": "Point", "coordinates": [1.5, 2]},
    }
    text = json.dumps({"type": "FeatureCollection", "features": [feature, {"type": "Feature", "geometry": None}]})
    read = opened(tmp_path, text.encode(), "a.geojson", geojson)
    assert read.labels == ("id", "tên", "geometry")
    assert read.rows == (("5", "x", '{"type":"Point","coordinates":[1.5,2]}'), ("", "", ""))


def test_parquet_types_become_their_shortest_exact_text(tmp_path) -> None:
    table = pa.table(
        {
            "s": ["007", None],
            "i": [1, None],
            "f": [1.0, 0.1],
            "d": pa.array([date(2025, 7, 1), None]),
            "t": pa.array([datetime.fromisoformat("2025-07-01T08:30:00"), None], pa.timestamp("us")),
            "b": [True, None],
            "l": [[1, 2], None],
            "c": pa.array(["x", "y"]).dictionary_encode(),
        }
    )
    read = opened(tmp_path, hostile.parquet(table), "a.parquet", parquet)
    first = ("007", "1", "1", "2025-07-01", "2025-07-01T08:30:00", "true", "[1,2]", "x")
    assert read.rows == (first, ("", "", "0.1", "", "", "", "", "y"))


TWICE = [
    ("a.json", '[{"a": 1, "b": 2}, {"a": 3, "a": 4, "b": {"c": 1, "c": 2}}, {"a": 5, "a": 6}]', {("a", 3, 2), ("c", 3, 1)}),
    ("a.jsonl", '{"a": 1}\n{"a": 3, "a": 4}\n', {("a", 3, 1)}),
    ("a.json", '{"a": [9, 9], "b": [1, 2], "a": [1, 4]}', {("a", 2, 1)}),
    (
        "a.geojson",
        '{"features": [{"type": "Feature", "geometry": null, "properties": {"a": 3, "a": 4}}]}',
        {("a", 2, 1)},
    ),
]


@pytest.mark.parametrize(("name", "text", "expected"), TWICE, ids=["JSON", "JSON Lines", "columns", "GeoJSON"])
def test_a_name_that_stands_twice_in_a_record_is_told_and_its_last_value_kept(tmp_path, name, text, expected) -> None:
    path = tmp_path / name
    path.write_text(text)
    table = hostile_form(name.split(".")[1]).open(path, ReadOptions())
    rows = [row for batch in table.batches for row in batch.column(table.labels.index("a") + 1).to_pylist()]
    told = {(one.params["name"], one.place.row, one.params["rows"]) for one in table.remarks if one.severity == "warning"}
    assert told == expected
    assert {one.code for one in table.remarks} == {"name-repeated"}
    assert "4" in rows
    assert "3" not in rows


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", '{"rows": [{"a": 1}], "rows": [{"a": 2}]}'),
        ("a.geojson", '{"features": [], "features": [{"type": "Feature", "geometry": null, "properties": {}}]}'),
    ],
)
def test_two_tables_of_one_name_are_refused_rather_than_joined(tmp_path, name, text) -> None:
    with pytest.raises(Unreadable) as refused:
        opened(tmp_path, text.encode(), name, hostile_form(name.split(".")[1]))
    assert refused.value.code == "several-tables"


@pytest.mark.parametrize("kind", [pa.float64(), pa.float32(), pa.float16()])
def test_parquets_nan_is_read_as_missing_and_told_and_its_infinity_is_an_error(tmp_path, kind) -> None:
    numbers = pa.array([1.5, float("nan"), None, float("-inf"), float("nan")]).cast(kind)
    path = tmp_path / "a.parquet"
    path.write_bytes(hostile.parquet(pa.table({"s": ["nan"] * 5, "n": numbers})))
    table = parquet.open(path, ReadOptions())
    assert [row for batch in table.batches for row in batch.column(2).to_pylist()] == ["1.5", "", "", "-inf", ""]
    told = [(one.code, one.severity, one.place.row, one.place.field, one.count) for one in table.remarks]
    assert told == [("not-a-number", "warning", 3, "n", 2), ("infinite-number", "error", 5, "n", 1)]


def test_parquets_nan_in_lists_and_dictionaries_is_no_broken_json(tmp_path) -> None:
    numbers = pa.array([1.5, float("nan")])
    table = pa.table({"l": [[1.0, float("inf")], [2.0]], "d": numbers.dictionary_encode()})
    read = opened(tmp_path, hostile.parquet(table), "a.parquet", parquet)
    assert read.rows == (('[1.0,"Infinity"]', "1.5"), ("[2.0]", ""))
    assert read.remarks == ("not-a-number",)


def test_rows_and_cells_beyond_the_limits_are_refused(tmp_path) -> None:
    data = b"a,b\n" + b"1,2\n" * 100
    with pytest.raises(Unreadable, match="too-many-rows"):
        opened(tmp_path, data, max_rows=50)
    with pytest.raises(Unreadable, match="too-many-cells"):
        opened(tmp_path, data, max_cells=50)
