"""`datamo standards`: the registry from the command line, and the page printed from it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path

import openpyxl
import pytest

from api.cli import run
from infra.docs import standards as docs
from standards.registry import CODELISTS, TABLES

ROOT = Path(__file__).resolve().parent.parent.parent
Said = pytest.CaptureFixture[bytes]


def told(capsysbinary: Said, *arguments: str) -> tuple[int, bytes, str]:
    code = run(["--lang", "en", "standards", *arguments])
    out, err = capsysbinary.readouterr()
    return code, out, err.decode("utf-8")


def test_the_list_counts_official_and_proposed_apart(capsysbinary: Said) -> None:
    code, out, _ = told(capsysbinary, "list", "--json")
    document = json.loads(out)
    assert code == 0
    assert document["counts"] == {"official": 1, "proposed": 21}
    assert (document["total"], document["next"]) == (22, None)
    assert [one["id"] for one in document["items"]] == list(TABLES)


def test_plain_standards_is_the_list_for_people(capsysbinary: Said) -> None:
    code, out, _ = told(capsysbinary)
    assert code == 0
    assert "1 official, 21 proposed by the platform" in out.decode("utf-8")


def test_a_standard_is_shown_with_its_schema(capsysbinary: Said) -> None:
    code, out, _ = told(capsysbinary, "show", "vn-school", "--json")
    document = json.loads(out)
    assert code == 0
    assert document["status"] == "proposed"
    assert document["codelists"] == ["vn-province", "vn-commune", "vn-agency-level1"]
    assert document["schema"]["primaryKey"] == ["facility_id"]
    assert document["schema"]["fields"][0]["title"] == "Reference date"


def test_a_standard_is_shown_to_people(capsysbinary: Said) -> None:
    code, out, _ = told(capsysbinary, "show", "vn-budget")
    assert code == 0
    assert "leading-zero-lost" in out.decode("utf-8")


def test_a_csv_template_goes_to_standard_output(capsysbinary: Said) -> None:
    code, out, err = told(capsysbinary, "template", "vn-admin-area", "--format", "csv", "--labels", "title")
    assert (code, err) == (0, "")
    assert next(csv.reader(io.StringIO(out.decode("utf-8"))))[0] == "Reference date"


def test_a_workbook_is_written_where_asked(capsysbinary: Said, tmp_path: Path) -> None:
    path = tmp_path / "school.xlsx"
    code, out, _ = told(
        capsysbinary, "template", "vn-school", "--format", "xlsx", "--on", "2025-06-30", "--out", str(path), "--json"
    )
    assert code == 0
    assert json.loads(out)["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert openpyxl.load_workbook(path)["vn-province"].max_row == 65


def test_codes_are_those_of_the_day(capsysbinary: Said) -> None:
    code, out, _ = told(capsysbinary, "codes", "vn-province", "--on", "2025-06-30", "--json")
    document = json.loads(out)
    assert code == 0
    assert (document["on"], document["total"]) == ("2025-06-30", 63)
    assert {one["code"]: one["name"] for one in document["items"]}["24"] == "Tỉnh Bắc Giang"


def test_codes_are_shown_to_people_in_their_language(capsysbinary: Said) -> None:
    _, out, _ = told(capsysbinary, "codes", "vn-gender")
    assert "Female" in out.decode("utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "vn-nothing"), "vn-nothing"),
        (("codes", "vn-nothing"), "vn-nothing"),
        (("codes", "vn-province", "--on", "30/6/2025"), "YYYY-MM-DD"),
        (("template", "vn-school", "--format", "pdf"), "csv, xlsx"),
        (("template", "vn-school", "--labels", "none"), "name, title"),
        (("template", "vn-school", "--json"), "--out"),
    ],
)
def test_wrong_usage_is_named_and_leaves_with_two(capsysbinary: Said, arguments: tuple[str, ...], said: str) -> None:
    code, out, err = told(capsysbinary, *arguments)
    assert (code, out) == (2, b"")
    assert said in err


def test_the_page_of_standards_says_what_the_code_says() -> None:
    page = (ROOT / "docs" / "standards.md").read_text(encoding="utf-8")
    assert page == docs.page()
    assert [one for one in (*TABLES, *CODELISTS) if f"`{one}`" not in page] == []
