"""Files made of a check: the table with a column of problems, the repaired table, and the hook for commits."""

from __future__ import annotations

import csv
import io
import logging
import re
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
import yaml

from api.dialects.html import brief, kept
from catalog.model import Options, Outcome
from pipelines.check import Checked
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


def room_of(town: Town) -> kept.Room:
    """Where files of this site are held."""
    return kept.room_of(town.client.app.state.site.extras)  # type: ignore[attr-defined]


def held_at(town: Town, content: bytes, *, lang: str = "en", standard: str = "vn-admin-area") -> str:
    """Have a file checked without an account; the address of its report."""
    answer = town.client.post(f"/check?lang={lang}", data={"standard": standard}, files={"file": ("xã.csv", content)})
    assert (answer.status_code, answer.headers["cache-control"]) == (303, "no-store"), answer.text
    return str(answer.headers["location"]).partition("?")[0]


def test_without_an_account_the_report_can_be_gone_on_with_while_the_file_is_held(town: Town) -> None:
    where = held_at(town, DIRTY.encode())
    report = town.client.get(f"{where}?lang=en")
    assert (report.status_code, report.headers["cache-control"]) == (200, "no-store")
    assert "Put lost zeros back" in report.text
    packed = town.client.get(f"{where}/repaired.zip?lang=en")
    assert packed.headers["cache-control"] == "no-store"
    with ZipFile(io.BytesIO(packed.content)) as held:
        assert set(held.namelist()) == {"repaired.csv", "repaired.changes.csv"}
        assert "2025-08-01,01,00004,Hà Nội" in held.read("repaired.csv").decode()
        assert "zero-padding" in held.read("repaired.changes.csv").decode()
    sheet = town.client.get(f"{where}/problems.xlsx")
    assert openpyxl.load_workbook(io.BytesIO(sheet.content)).active["B3"].comment is not None
    assert town.client.get(f"{where}/problems.csv").text.count("\n") == 4
    page = town.client.get(f"{where}/report.html?lang=en")
    assert page.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in page.headers["content-security-policy"]
    alone(page.text)
    assert town.client.get(f"{where}/no-such").status_code == 404
    assert town.client.post(f"{where}/fixes", data={"safe": "1"}).status_code == 303
    mended = town.client.get(f"{where}?lang=en").text
    assert "Mended before the check" in mended or 'id="mended"' in mended
    assert town.client.post(f"{where}/fixes", data={}).status_code == 422
    assert town.client.post(f"{where}/standard", data={"standard": "vn-school"}).status_code == 303
    assert 'value="vn-school" selected' in town.client.get(where).text
    assert town.client.post(f"{where}/reading", data={"delimiter": ";"}).status_code == 303
    assert town.client.post(f"{where}/reading", data={"decimal": "x"}).status_code == 422
    assert town.client.post(f"{where}/fixes", data={"safe": "1"}, headers={"Origin": "https://else.example"}).status_code == 403


def test_without_an_account_a_file_is_given_at_once_and_held_nowhere(town: Town) -> None:
    files = {"file": ("xã.csv", DIRTY.encode())}
    packed = town.client.post("/check", data={"standard": "vn-admin-area", "give": "repaired"}, files=files)
    assert (packed.status_code, packed.headers["cache-control"]) == (200, "no-store")
    with ZipFile(io.BytesIO(packed.content)) as held:
        assert set(held.namelist()) == {"repaired.csv", "repaired.changes.csv"}
    unreadable = town.client.post("/check", data={"give": "repaired"}, files={"file": ("a.csv", b"")})
    assert "<main" in unreadable.text


def test_without_an_account_every_row_with_a_problem_can_be_come_to(town: Town) -> None:
    lines = "".join(f"2025-08-01,{'99' if at % 2 else '01'},,x\n" for at in range(120))
    where = held_at(town, f"ref_date,province_code,commune_code,province_name\n{lines}".encode())
    seen, path = set(), f"{where}/cells"
    for _ in range(4):
        page = town.client.get(path)
        rows = {int(row) for row in re.findall(r'<tr id="d(\d+)"', page.text)}
        assert rows
        assert not rows & seen
        seen |= rows
        told = re.search(r'<td class="cell-e" tabindex="-1" aria-describedby="([^"]+)"', page.text)
        assert told is None or all(f'<li id="{one}"' in page.text for one in told[1].split())
        onward = re.search(r'rel="next" href="([^"]+)"', page.text)
        if onward is None:
            break
        path = onward[1].replace("&amp;", "&")
    assert seen == set(range(2, 122))
    one = re.search(r'href="(/check/[^"]+code=[^"]+)"', town.client.get(where).text)
    assert one is not None
    assert town.client.get(one[1].replace("&amp;", "&")).status_code == 200


def test_a_file_too_large_to_be_held_is_answered_at_once_and_its_next_rows_are_asked_for_by_place(town: Town) -> None:
    town.client.app.state.site.extras["html.held"] = replace(room_of(town), each=1)  # type: ignore[attr-defined]
    lines = "".join(f"2025-08-01,{'99' if at % 2 else '01'},,x\n" for at in range(60))
    files = {"file": ("xã.csv", f"ref_date,province_code,commune_code,province_name\n{lines}".encode())}
    page = town.client.post("/check", data={"standard": "vn-admin-area"}, files=files)
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    onward = re.search(r'name="from" value="(\d+:[^"]+)"', page.text)
    assert onward is not None
    later = town.client.post("/check", data={"standard": "vn-admin-area", "from": onward[1]}, files=files)
    rows = [set(re.findall(r'<tr id="t1d(\d+)"', one.text)) for one in (page, later)]
    assert (len(rows[0] | rows[1]), rows[0] & rows[1]) == (60, set())


def test_nothing_of_a_file_that_was_only_checked_stays_in_folders_records_or_logs(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    room = room_of(town)
    staged = set(town.stand.files.staged(-1))
    rows = town.catalog.last_deeds()
    with caplog.at_level(logging.DEBUG):
        where = held_at(town, "mã,tên\n01, Kín-7791\n".encode(), lang="vi", standard="")
        assert "Kín-7791" in town.client.get(where).text
        [folder] = room.within.iterdir()
        assert where.rsplit("/", 1)[-1] not in str(folder)
        assert folder.stat().st_mode & 0o077 == 0
        assert town.client.post("/check", data={"give": "repaired"}, files={"file": ("a.csv", b"x\n7791\n")}).status_code == 200
        assert kept.sweep(room) == 0
        over = time.time() + 60 * kept.MINUTES + 1
        assert kept.held(room, where.rsplit("/", 1)[-1], now=over) is None
        assert kept.sweep(room, now=over) == 1
        gone = town.client.get(where)
    assert (gone.status_code, "tệp đã được xóa" in gone.text) == (404, True)
    assert f"{kept.MINUTES} phút" in town.client.get("/check").text
    assert (list(room.within.iterdir()), set(town.stand.files.staged(-1)), town.catalog.last_deeds()) == ([], staged, rows)
    assert "7791" not in caplog.text
    assert where.rsplit("/", 1)[-1] not in "".join(one.getMessage() for one in caplog.records if one.name.startswith("datamo"))


def test_a_held_file_is_erased_at_once_when_somebody_says_so(town: Town) -> None:
    where = held_at(town, DIRTY.encode())
    assert town.client.post(f"{where}/erase").headers["location"] == "/check?erased=1"
    for path in ("", "/cells", "/repaired.zip"):
        assert town.client.get(where + path).status_code == 404
    assert town.client.post(f"{where}/fixes", data={"safe": "1"}).status_code == 404
    assert town.client.get("/check/../../etc").status_code == 404


def test_of_held_files_the_oldest_go_when_all_of_them_take_too_much(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"a,b\n" * 300)
    found = Checked(name="a.csv", bytes=1200, sha256="0" * 64, outcome=Outcome(readable=False))
    room, tokens = kept.Room(within=tmp_path, all=4000), []
    for at in range(3):
        folder = brief.folder(tmp_path)
        (folder / kept.FILE).write_bytes((tmp_path / "a.csv").read_bytes())
        tokens.append(kept.hold(folder, found, Options(), room, now=time.time() + at))
    held = [kept.held(room, one) for one in tokens]
    assert [one is None for one in held] == [True, False, False]
    assert held[2] is not None
    assert (held[2].found, held[2].options, held[2].file.read_bytes()[:3]) == (found, Options(), b"a,b")


def test_checked_files_lie_where_every_web_process_of_a_site_finds_them_again(tmp_path: Path) -> None:
    """Two containers behind one address share the working folder and nothing else; a folder that cannot be made stops nobody."""
    one, other = ({"rooms": {"work": tmp_path / "work"}} for _ in range(2))
    folder = brief.folder(kept.room_of(one).within)
    (folder / kept.FILE).write_bytes(b"a,b")
    token = kept.hold(folder, Checked(name="a.csv", bytes=3, sha256="0" * 64, outcome=Outcome(readable=False)), Options(), kept.room_of(one))
    assert kept.held(kept.room_of(other), token) is not None
    (tmp_path / "file").write_bytes(b"")
    assert kept.room_of({"rooms": {"work": tmp_path / "file" / "work"}}) == kept.Room()


def test_what_a_killed_process_left_of_checked_files_goes_at_the_next_start(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as over:
        over.wait()
    left = tmp_path / f"datamo-brief-{over.pid}-left"
    left.mkdir()
    (left / "file").write_bytes(b"x")
    mine = brief.folder(tmp_path)
    assert brief.sweep(tmp_path, foreign=True) == 0, "in a folder of several containers a process may live in another one"
    assert brief.sweep(tmp_path) == 1
    assert (left.exists(), mine.exists()) == (False, True)
    brief.sweep(tmp_path, time.time() + brief.LONGEST + 60)
    assert not mine.exists()


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
