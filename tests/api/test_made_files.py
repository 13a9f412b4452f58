"""Files made of a check: the table with a column of problems, the repaired table, and the hook for commits."""

from __future__ import annotations

import csv
import io
import logging
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
import yaml

from api.dialects.html import brief
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


def test_without_an_account_the_rows_are_shown_with_their_problems_and_the_next_ones_are_asked_for_by_place(town: Town) -> None:
    """The file is kept nowhere: what does not fit the page is on the next, for which it is sent again."""
    lines = "".join(f"2025-08-01,{'99' if at % 2 else '01'},,x\n" for at in range(120))
    files = {"file": ("xã.csv", f"ref_date,province_code,commune_code,province_name\n{lines}".encode())}
    seen, place = set(), ""
    for _ in range(4):
        page = town.client.post("/check?lang=en", data={"standard": "vn-admin-area", "from": place}, files=files)
        assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
        rows = {int(row) for row in re.findall(r'<tr id="t1d(\d+)"', page.text)}
        assert rows
        assert not rows & seen
        seen |= rows
        told = re.search(r'<td class="cell-e" tabindex="-1" aria-describedby="([^"]+)"', page.text)
        assert told is None or all(f'<li id="{one}"' in page.text for one in told[1].split())
        onward = re.search(r'name="from" value="(\d+:[^"]+)"', page.text)
        if onward is None:
            break
        place = onward[1]
    assert seen == set(range(2, 122))


def briefs() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob(f"datamo-brief-{os.getpid()}-*"))


def test_nothing_of_a_file_that_was_only_checked_stays_in_folders_records_or_logs(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    before, staged = briefs(), set(town.stand.files.staged(-1))
    with caplog.at_level(logging.DEBUG):
        for give in ("", "repaired"):
            answer = town.client.post("/check", data={"give": give}, files={"file": ("mật-7791.csv", "mã,tên\n01, Kín-7791\n".encode())})
            assert answer.status_code == 200
    assert "không lưu" in town.client.get("/check").text or "bị xóa ngay" in town.client.get("/check").text
    assert (briefs(), set(town.stand.files.staged(-1))) == (before, staged)
    assert "7791" not in caplog.text


def test_what_a_killed_process_left_of_checked_files_goes_at_the_next_start(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as over:
        over.wait()
    left = tmp_path / f"datamo-brief-{over.pid}-left"
    left.mkdir()
    (left / "file").write_bytes(b"x")
    mine = brief.folder(tmp_path)
    assert brief.sweep(tmp_path) == 1
    assert (left.exists(), mine.exists()) == (False, True)
    brief.sweep(tmp_path, time.time() + brief.LONGEST + 60)
    assert not mine.exists()


def test_without_an_account_the_report_is_given_as_one_page_too(town: Town) -> None:
    files = {"file": ("xã.csv", DIRTY.encode())}
    given = town.client.post("/check?lang=en", data={"standard": "vn-admin-area", "give": "report-html"}, files=files)
    assert given.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in given.headers["content-security-policy"]
    alone(given.text)
    assert "Check report" in given.text
    unreadable = town.client.post("/check", data={"give": "report-html"}, files={"file": ("a.csv", b"")})
    alone(unreadable.text)


def alone(page: str) -> None:
    """It loads nothing and runs nothing, and each of its links ends in itself."""
    assert page.startswith("<!doctype html>")
    assert not re.search(r"<script|<link|https?://|src=|@import|url\(| on\w+=", page)
    assert set(re.findall(r"href=#([^ >]+)", page)) <= set(re.findall(r" id=([^ >]+)", page))


def held_in(town: Town) -> str:
    slug = town.draft()["slug"]
    key = str(town.upload(slug, DIRTY.encode(), "xã.csv", data={"standard": "vn-admin-area"}, query="?publish=false").json()["id"])
    town.check(key)
    return key


def test_people_of_the_agency_take_files_made_of_a_submission(town: Town) -> None:
    key = held_in(town)
    path = f"/api/v1/submissions/{key}"
    page = town.get(f"{path}/report.html?lang=en", "reader")
    alone(page.text)
    assert "class=error" in page.text
    assert (page.headers["cache-control"], page.headers["content-type"]) == ("private, no-store", "text/html; charset=utf-8")
    rows = list(csv.reader(io.StringIO(town.get(f"{path}/problems.csv?lang=en", "reader").text)))
    assert rows[0][4].startswith("problems: The columns are not in the order")
    assert "code 27" in rows[2][4]
    assert openpyxl.load_workbook(io.BytesIO(town.get(f"{path}/problems.xlsx", "reader").content)).active["B3"].comment is not None
    assert town.get(f"{path}/problems.csv?table=no-such", "reader").status_code == 404
    shown = town.get(f"/submissions/{key}", "reader")
    assert f'href="{path}/problems.xlsx"' in shown.text


def test_the_log_tells_every_repaired_cell_and_is_not_there_without_repairs(town: Town) -> None:
    key = held_in(town)
    path = f"/api/v1/submissions/{key}/changes.csv"
    assert town.get(path, "editor").status_code == 404
    town.catalog.recheck(town.caller("editor"), key, fixes=["safe"])
    assert town.get(path, "editor").status_code == 404
    town.check(key)
    log = list(csv.reader(io.StringIO(town.get(path, "editor").text)))
    assert ["2", "province_code", "zero-padding", "1", "01"] in log


def test_files_made_of_a_submission_are_for_its_agency_only(town: Town) -> None:
    key = held_in(town)
    for name in ("report.html", "problems.csv", "problems.xlsx", "changes.csv"):
        for who in ("", "stranger", "nobody"):
            hidden, nothing = (town.get(f"/api/v1/submissions/{one}/{name}", who) for one in (key, "no-such-thing"))
            assert (hidden.status_code, hidden.content) == (404, nothing.content)
