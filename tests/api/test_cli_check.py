"""`datamo check`: a file is judged without any server, for people and for scripts."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from api.cli import run

ROOT = Path(__file__).resolve().parent.parent.parent
GOOD = "ma,ten\n01,Trường A\n02,Trường B\n"
BAD = "ma,ten\n01,Trường A\n\n02,Trường B,thừa\n"


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATAMO_LANGUAGE", "vi")
    Path("good.csv").write_text(GOOD, encoding="utf-8")
    Path("bad.csv").write_text(BAD, encoding="utf-8")
    Path("empty.csv").write_bytes(b"")


def checked(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    code = run(["check", *words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_valid_file_is_zero_and_its_document_has_every_member_of_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    code, told = checked(capsys, "good.csv")
    assert code == 0
    assert told["valid"] is True
    assert set(told) == {"valid", "file", "standard", "stats", "understood", "findings", "groups", "profile", "personal_data", "report"}
    assert told["file"]["name"] == "good.csv"
    assert (told["file"]["format"], told["file"]["encoding"], told["file"]["bytes"]) == ("csv", "utf-8", len(GOOD.encode()))
    assert (told["stats"]["rows"], told["stats"]["columns"], told["stats"]["errors"]) == (2, 2, 0)
    assert [one["name"] for one in told["profile"]["columns"]] == ["ma", "ten"]
    assert told["report"]["valid"] is True


def test_a_file_with_errors_is_one_and_each_finding_says_where_and_what(capsys: pytest.CaptureFixture[str]) -> None:
    code, told = checked(capsys, "bad.csv", "--lang", "en")
    assert code == 1
    assert told["valid"] is False
    found = {one["code"]: one for one in told["findings"]}
    assert found["extra-cell"]["place"]["row"] == 4
    assert found["extra-cell"]["severity"] == "error"
    assert found["blank-row"]["fix"] == {"kind": "drop-row", "after": None, "safe": True}
    assert "extra cell" in found["extra-cell"]["message"]
    assert {one["code"]: one["count"] for one in told["groups"]} == {"blank-row": 1, "extra-cell": 1}


def test_sentences_follow_the_language_that_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    vi = checked(capsys, "bad.csv", "--lang", "vi")[1]["findings"]
    en = checked(capsys, "bad.csv", "--lang", "en")[1]["findings"]
    assert [one["code"] for one in vi] == [one["code"] for one in en]
    assert all(one["message"] != other["message"] for one, other in zip(vi, en, strict=True))


def test_what_cannot_be_read_is_two_with_a_reason(capsys: pytest.CaptureFixture[str]) -> None:
    code, told = checked(capsys, "empty.csv")
    assert code == 2
    assert told["reason"]["code"] == "empty-file"
    assert told["reason"]["detail"] != "empty-file"
    assert run(["check", "missing.csv"]) == 2


def test_several_files_give_a_list_and_the_worst_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    code, told = checked(capsys, "good.csv", "bad.csv")
    assert code == 1
    assert [one["valid"] for one in told] == [True, False]


def test_a_standard_that_does_not_exist_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "good.csv", "--standard", "no-such"]) == 2
    assert run(["check", "good.csv", "--engine", "abacus"]) == 2
    Path("schema.json").write_text("[1]")
    assert run(["check", "good.csv", "--schema", "schema.json"]) == 2
    assert "schema" in capsys.readouterr().err


def test_a_schema_of_ones_own_is_held_against_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    Path("schema.json").write_text('{"fields": [{"name": "ma", "type": "integer"}, {"name": "ten", "type": "integer"}]}')
    code, told = checked(capsys, "good.csv", "--schema", "schema.json")
    assert code == 1
    assert {one["code"] for one in told["findings"]} == {"type-error"}


def test_people_see_a_verdict_and_sentences_and_no_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    Path("sly.csv").write_text("a,b\n1,2,\x1b[31mred\n", encoding="utf-8")
    assert run(["check", "sly.csv", "--lang", "en"]) == 1
    out = capsys.readouterr().out
    assert "cannot be published yet" in out
    assert "\x1b[31mred" not in out


def test_the_html_page_stands_alone_and_escapes_what_it_shows(capsys: pytest.CaptureFixture[str]) -> None:
    Path("sly.csv").write_text("a,b\n1,2,<script>alert(1)</script>\n", encoding="utf-8")
    assert run(["check", "sly.csv", "--html", "out.html", "--json"]) == 1
    page = Path("out.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_standard_input_is_a_file_like_any_other() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "api.cli", "check", "-", "--json"],
        input=GOOD.encode(), capture_output=True, cwd=ROOT, check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["file"]["name"] == "stdin.csv"
    assert told["stats"]["rows"] == 2


def test_a_schemas_lists_survive_their_way_into_the_sandbox(capsys: pytest.CaptureFixture[str]) -> None:
    fields = [{"name": "ma", "type": "string", "constraints": {"enum": ["01"]}}, {"name": "ten", "type": "string"}]
    Path("schema.json").write_text(json.dumps({"fields": fields, "missingValues": ["", "-"]}))
    code, told = checked(capsys, "good.csv", "--schema", "schema.json")
    assert code == 1
    assert [(one["code"], one["place"]["row"]) for one in told["findings"]] == [("constraint-error", 3)]


DIRTY = "\ufeffmã,tên\n1, Trường A \n\n2,Trường\u00a0B\n"


def test_fix_writes_the_mended_table_and_tells_what_was_done(capsys: pytest.CaptureFixture[str]) -> None:
    Path("dirty.csv").write_text(DIRTY, encoding="utf-8")
    code, told = checked(capsys, "dirty.csv", "--fix", "clean.csv", "--lang", "en")
    assert (code, told["findings"]) == (0, [])
    assert {one["kind"]: one["count"] for one in told["fixes"]} == {"bom": 1, "invisible": 1, "trim": 1, "drop-row": 1}
    assert next(one["title"] for one in told["fixes"]) == "Remove the byte order mark"
    assert told["fixes"][2]["examples"] == [{"row": 2, "field": "tên", "before": " Trường A ", "after": "Trường A"}]
    assert Path("clean.csv").read_bytes() == "mã,tên\n1,Trường A\n2,Trường B\n".encode()
    assert Path("clean.changes.csv").read_text(encoding="utf-8").splitlines()[:2] == ["row,column,kind,before,after", "2,tên,trim, Trường A ,Trường A"]
    assert Path("dirty.csv").read_text(encoding="utf-8") == DIRTY
    assert checked(capsys, "clean.csv")[1]["groups"] == []


def test_fix_says_on_the_terminal_what_was_done(capsys: pytest.CaptureFixture[str]) -> None:
    Path("dirty.csv").write_text(DIRTY, encoding="utf-8")
    assert run(["check", "dirty.csv", "--fix", "clean.csv", "--lang", "vi"]) == 0
    said = capsys.readouterr().out
    assert "Bỏ khoảng trắng thừa" in said
    assert "clean.csv" in said


def test_fix_never_writes_over_a_file_that_is_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "good.csv", "--fix", "good.csv"]) == 2
    assert run(["check", "good.csv", "bad.csv", "--fix", "out.csv"]) == 2
    assert Path("good.csv").read_text(encoding="utf-8") == GOOD
    Path("out").mkdir()
    assert run(["check", "good.csv", "bad.csv", "--fix", "out", "--json"]) == 1
    assert sorted(path.name for path in Path("out").iterdir()) == ["bad.changes.csv", "bad.csv", "good.changes.csv", "good.csv"]
    assert Path("out/bad.csv").read_text(encoding="utf-8") == "ma,ten\n01,Trường A\n02,Trường B,thừa\n"


def test_the_html_report_stands_alone_is_small_and_leads_from_cell_to_message(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"{at:05},<b>Trường</b> {at} ,x" for at in range(1200)]
    Path("many.csv").write_text("mã,tên,số\n" + "\n".join(rows), encoding="utf-8")
    checked(capsys, "many.csv", "--html", "many.html")
    page = Path("many.html").read_text(encoding="utf-8")
    assert len(page.encode()) < 300_000
    assert "<b>Trường" not in page
    assert not re.search(r"<script|<link|https?://|src=", page)
    ids = re.findall(r" id=([^ >]+)", page)
    assert len(ids) == len(set(ids))
    assert len([one for one in ids if one.startswith("f")]) == 1000
    assert set(re.findall(r"href=#([^ >]+)", page)) <= set(ids)
    assert '<td id=c1-0-2-2 class=warning aria-describedby="f1-0-0"><a href=#f1-0-0>' in page


def test_the_terminal_says_who_repairs_what_and_how_much_it_has_not_told(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"2025-08-01,{1 if at % 3 else 27},00004,{'' if at % 4 else ' '}Hà Nội{',x' if at == 7 else ''}" for at in range(40)]
    Path("m.csv").write_text("ref_date,province_code,commune_code,province_name\n" + "\n".join(rows), encoding="utf-8")
    told = checked(capsys, "m.csv", "--standard", "vn-admin-area")[1]
    assert run(["check", "m.csv", "--standard", "vn-admin-area", "--lang", "en"]) == 1
    said = " ".join(capsys.readouterr().out.split())
    safe, decide, hand = (said.index(one) for one in ("Safe repairs, made by --fix FILE: 36", "Need your decision: 14", "To be corrected by hand: 16"))
    assert safe < said.index("26 × Leading zero lost (field province_code); row 3, 4") < decide < said.index("14 × Code not in force") < hand
    shown = len(re.findall(r"Cell [A-E]\d+ ?[(:]|The columns are not in the order of", said))
    assert f"… and {sum(one['count'] for one in told['groups']) - shown} more not told one by one" in said
    assert "--fix FILE --accept successor=YYYY-MM-DD/YYYY-MM-DD: Add a column with the new codes, 14" in said


def test_the_html_report_says_the_score_and_shows_a_form_before_and_after(capsys: pytest.CaptureFixture[str]) -> None:
    wide = ",".join(f"c{at}" for at in range(40))
    rows = "".join(f"{at:02},<i>Trường {at}," + ",".join(str(at + one) for one in range(39)) + "\n" for at in range(6))
    Path("form.csv").write_text(f"ma,{wide}\n{rows}\nNgười lập: chị Lan 0912 345 678\n", encoding="utf-8")
    checked(capsys, "form.csv", "--html", "form.html", "--lang", "en")
    page = Path("form.html").read_text(encoding="utf-8")
    assert "<p class=soft>Machine-readable: level 1 " in page
    assert "Before: the sheet as it came" in page
    assert "After: the first rows of the table (6 rows)" in page
    assert "&lt;i&gt;Trường 5</td>" in page
    assert "<td>…</td>" in page
    assert "0912 345 678" not in page
    assert len(page.encode()) < 300_000
    checked(capsys, "good.csv", "--html", "good.html", "--lang", "en")
    assert "Before: the sheet" not in Path("good.html").read_text(encoding="utf-8")
