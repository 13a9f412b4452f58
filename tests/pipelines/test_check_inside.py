"""A file is checked in a child from end to end; the process that asks loads nothing that reads files."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from api.messages import findings
from catalog.model import Options
from pipelines.check import check_file, examine
from pipelines.step import Parcel

TODAY = date(2026, 11, 21)
ROOT = Path(__file__).resolve().parent.parent.parent


def test_a_good_file_is_valid_and_told_whole(tmp_path) -> None:
    path = tmp_path / "xa.csv"
    path.write_bytes("mã xã;tên\n00004;Phường Ba Đình\n00008;Phường Ngọc Hà\n".encode("utf-16"))
    found = check_file(path, today=TODAY)
    assert found.outcome.valid
    assert (found.outcome.file["encoding"], found.outcome.file["dialect"]["delimiter"]) == ("utf-16", ";")
    assert found.outcome.tables[0].profile.rows == 2
    assert found.outcome.tables[0].columns[0].meaning == "vn-commune"


def test_notes_and_a_preamble_do_not_make_a_table_wrong(tmp_path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Báo cáo năm 2025\n\nmã,tên,số\n01,a,1\n02,b,x\n\nNguồn: Cục Thống kê\n")
    outcome = check_file(path, today=TODAY).outcome
    assert outcome.valid, outcome.tables[0].findings
    assert "footer-skipped" in [one.code for one in outcome.tables[0].findings]


def test_a_record_with_a_name_twice_is_told_in_both_languages_and_does_not_block(tmp_path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[{"ten": "a", "so": 1}, {"ten": "b", "so": 2, "so": 3}]')
    outcome = check_file(path, today=TODAY).outcome
    told = next(one for one in outcome.tables[0].findings if one.code == "name-repeated")
    assert outcome.valid
    assert findings.say(told, "en").startswith("Row 3: the record has “so” twice")
    assert findings.say(told, "vi").startswith("Dòng 3: bản ghi ghi “so” hai lần")


def test_an_infinite_number_in_parquet_blocks_and_is_no_silent_value(tmp_path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"ma": ["01", "02", "03"], "so": [1.5, float("inf"), float("nan")]}), path)
    outcome = check_file(path, today=TODAY).outcome
    told = {one.code: findings.say(one, "en") for one in outcome.tables[0].findings}
    assert outcome.reason["code"] == "infinite-number"
    assert told["infinite-number"].startswith("Cell B3 (so): cells of this column of numbers that hold infinity: 1")
    assert "read as missing" in told["not-a-number"]


def test_a_ragged_row_blocks_at_its_own_record_number(tmp_path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Báo cáo\n\nmã,tên,số\n01,a,1\n02,b,2,3\n")
    outcome = check_file(path, today=TODAY).outcome
    assert (outcome.reason["code"], outcome.reason["params"]["row"]) == ("extra-cell", 5)


def test_a_header_without_rows_is_blocked_once(tmp_path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n")
    outcome = check_file(path, today=TODAY).outcome
    assert outcome.reason["code"] == "no-rows"
    assert [one.code for one in outcome.tables[0].findings] == ["no-rows"]


def test_a_file_that_cannot_be_read_is_an_outcome_with_its_reason(tmp_path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"%PDF-1.7" + b"\0" * 100)
    outcome = check_file(path, today=TODAY).outcome
    assert (outcome.readable, outcome.reason["code"]) == (False, "binary-content")


def test_an_upload_leaves_its_artefacts_in_the_work_folder(tmp_path) -> None:
    path = tmp_path / "original"
    path.write_text("a,b\n1,2\n")
    parcel = Parcel(path=path, name="x.csv", work=tmp_path, options=Options(resource="r"), today=TODAY)
    outcome = examine(parcel)
    roles = {one.role: Path(one.path) for one in outcome.tables[0].artefacts}
    assert set(roles) == {"csv", "parquet", "json", "xlsx", "report"}
    assert all(one.is_file() and one.parent == tmp_path for one in roles.values())


def test_the_process_that_asks_loads_nothing_that_reads_files() -> None:
    words = (
        "import pipelines.check, sys; print(sorted({'pyarrow', 'frictionless', 'python_calamine'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, cwd=ROOT, check=True)
    assert said.stdout.strip() == "[]"


def test_a_file_that_cannot_be_read_is_told_with_what_it_looks_like(tmp_path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"a": ')
    outcome = check_file(path, today=TODAY).outcome
    assert not outcome.readable
    assert (outcome.file["format"], outcome.file["name"], outcome.file["bytes"]) == ("json", "a.json", 6)
