"""Files made of a check: the table with a column of problems, the repaired table, and the hook for commits."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import yaml

from tests.site import Town

ROOT = Path(__file__).resolve().parent.parent.parent
DIRTY = "ref_date,province_code,commune_code,province_name\n2025-08-01,1,00004,Hà Nội\n2025-08-01,27,00004, =Bắc Ninh\n2025-08-01,01,00004,Hà Nội\n"


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "api.cli", "check", *words], cwd=folder, env={"PYTHONPATH": str(ROOT), "PATH": ""}, capture_output=True, text=True, check=False)


def test_the_table_gets_a_last_column_that_says_each_rows_problems(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(DIRTY, encoding="utf-8")
    assert run(tmp_path, "a.csv", "--standard", "vn-admin-area", "--problems", "p.csv", "--lang", "en").returncode == 1
    header, one, two, three = csv.reader((tmp_path / "p.csv").open(encoding="utf-8"))
    assert [header[:4], one[:4], two[:4]] == list(csv.reader(io.StringIO(DIRTY)))[:3]
    assert header[4].startswith("problems")
    assert "Cell B2" in one[4]
    assert "code 27" in two[4]
    assert three[4] == ""
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == DIRTY


def test_the_workbook_marks_the_cells_and_runs_no_formula_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(DIRTY, encoding="utf-8")
    run(tmp_path, "a.csv", "--standard", "vn-admin-area", "--problems", "p.xlsx")
    page = openpyxl.load_workbook(tmp_path / "p.xlsx").active
    assert page["E1"].value == "vấn đề"
    assert "27" in page["E3"].value
    assert page["B3"].comment is not None
    assert page["B3"].fill.fgColor.rgb == "FFF4C7C3"
    assert (page["D3"].value, page["D3"].data_type) == (" =Bắc Ninh", "s")
    assert page["B4"].comment is None


def test_the_hook_for_commits_names_a_command_that_ends_as_machines_expect(tmp_path: Path) -> None:
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert (hook["id"], hook["entry"]) == ("datamo-check", "datamo check")
    (tmp_path / "good.csv").write_text("a,b\n1,2\n")
    (tmp_path / "bad.csv").write_text("a,b\n1,2,3\n")
    assert run(tmp_path, "good.csv").returncode == 0
    assert run(tmp_path, "good.csv", "bad.csv").returncode == 1
    assert "datamo-check" in (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")


def test_without_an_account_the_repaired_file_and_the_problems_are_given_and_nothing_is_kept(town: Town) -> None:
    files = {"file": ("xã.csv", DIRTY.encode())}
    page = town.client.post("/check?lang=en", data={"standard": "vn-admin-area"}, files=files)
    assert "Put lost zeros back" in page.text
    assert "fixes" not in page.text.split("<main")[1].split("</main>")[0]
    packed = town.client.post("/check", data={"standard": "vn-admin-area", "give": "repaired"}, files=files)
    assert (packed.status_code, packed.headers["cache-control"]) == (200, "no-store")
    with ZipFile(io.BytesIO(packed.content)) as held:
        assert set(held.namelist()) == {"repaired.csv", "repaired.changes.csv"}
        assert "2025-08-01,01,00004,Hà Nội" in held.read("repaired.csv").decode()
        assert "zero-padding" in held.read("repaired.changes.csv").decode()
    sheet = town.client.post("/check", data={"standard": "vn-admin-area", "give": "problems-xlsx"}, files=files)
    assert openpyxl.load_workbook(io.BytesIO(sheet.content)).active["B3"].comment is not None
    plain = town.client.post("/check", data={"standard": "vn-admin-area", "give": "problems-csv"}, files=files)
    assert plain.text.count("\n") == 4
    unreadable = town.client.post("/check", data={"give": "repaired"}, files={"file": ("a.csv", b"")})
    assert "<main" in unreadable.text
