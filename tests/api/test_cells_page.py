"""The rows with problems of a file, page by page: every problem is on one of them, and each outlined cell names its message."""

from __future__ import annotations

import re
from pathlib import Path

from api.dialects.html.cells import HIDDEN, ROWS, Wanted, grid
from api.dialects.html.view import Reader
from api.dialects.html.wording import finding_said
from catalog.model import TableOutcome
from standards.finding import Finding, Place
from tests.api.test_pages_forms import sign_in
from tests.site import Town

HEAD = "school_code,ward\n"


def sheet(folder: Path, many: int, width: int = 2) -> Path:
    """Our own CSV of a table: the record number in front of each row."""
    path = folder / "rows.csv"
    names = ",".join(f"c{at}" for at in range(1, width + 1))
    rows = "".join(f"{row}," + ",".join(f"r{row}c{at}" for at in range(1, width + 1)) + "\n" for row in range(2, many + 2))
    path.write_text(f"1,{names}\n{rows}", encoding="utf-8")
    return path


def found(row: int | None, column: int | None, severity: str = "error", code: str = "code-valid-on") -> Finding:
    return Finding(code=code, severity=severity, place=Place(row=row, column=column, field=f"c{column}" if column else None))  # type: ignore[arg-type]


def test_every_problem_is_on_one_of_the_pages_and_rows_that_block_come_first(tmp_path: Path) -> None:
    rows = sheet(tmp_path, 100)
    findings = tuple(found(row, 1, "error" if row % 2 else "warning") for row in range(2, 102))
    table, seen, start = TableOutcome(resource="a", findings=findings), [], 1
    while start:
        shown = grid(Reader(), rows, table, Wanted(start=start))
        assert len(shown.lines) <= ROWS
        assert (shown.total, shown.problems) == (100, 100)
        seen += [line.row for line in shown.lines]
        start = shown.following
    assert sorted(seen) == list(range(2, 102))
    assert [row % 2 for row in seen] == [1] * 50 + [0] * 50


def test_an_outlined_cell_names_its_messages_and_each_message_leads_back(tmp_path: Path) -> None:
    findings = (found(3, 2), found(3, 2, "warning", "required"), found(4, None), found(None, 1), found(5, 1, "info"))
    shown = grid(Reader(), sheet(tmp_path, 8), TableOutcome(resource="a", findings=findings), Wanted())
    assert [line.row for line in shown.lines] == [3, 4]
    cell = shown.lines[0].cells[1]
    assert (cell.text, cell.outline, len(cell.messages)) == ("r3c2", "e", 2)
    assert shown.head[0].messages
    assert shown.lines[1].messages
    told = {one.number: one.row for one in shown.messages}
    assert [told[number] for number in cell.messages] == [3, 3]
    assert sorted(told) == list(range(1, len(told) + 1))


def test_a_kind_can_be_asked_for_and_a_wide_table_shows_every_column_in_question(tmp_path: Path) -> None:
    findings = (found(2, 90), found(3, 1, "warning", "required"))
    table = TableOutcome(resource="a", findings=findings)
    shown = grid(Reader(), sheet(tmp_path, 4, 100), table, Wanted(code="code-valid-on", field="c90"))
    assert [line.row for line in shown.lines] == [2]
    assert len(shown.head) < shown.columns
    assert shown.lines[0].cells[-1].text == "r2c90"
    assert grid(Reader(), sheet(tmp_path, 4, 100), table, Wanted(code="no-such")).total == 0


def test_values_of_a_column_held_back_as_personal_data_are_not_shown(tmp_path: Path) -> None:
    table = TableOutcome(resource="a", findings=(found(2, 2),), personal_data=({"field": "c1", "blocks": True},))
    cells = grid(Reader(), sheet(tmp_path, 3), table, Wanted()).lines[0].cells
    assert [one.text for one in cells] == [HIDDEN, "r2c2"]


def test_a_mark_out_of_a_cell_does_not_turn_the_sentence_about_it() -> None:
    one = Finding(code="invisible-characters", cell="\u202ertl", params={"signs": ["U+202E"], "after": "rtl"}, place=Place(row=2, column=1))
    said = finding_said(Reader(), one)
    assert said
    assert not set(said) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def test_the_page_of_a_refused_file_shows_the_cell_and_its_message(town: Town) -> None:
    sign_in(town, "editor")
    slug = town.draft("Trường học sai")["slug"]
    content = "ref_date,facility_id,name,level,province_code\n2026-11-01,HN-1,Trường A,THCS,99\n".encode()
    key = town.upload(slug, content, data={"standard": "vn-school"}).json()["id"]
    town.check(key)
    html = town.client.get(f"/submissions/{key}/cells").text
    described = re.search(r'<td class="cell-[ew]" tabindex="-1" aria-describedby="(m\d+)', html)
    assert described
    assert f'<li id="{described.group(1)}"' in html
    assert 'id="d2"' in html
    town.client.cookies.clear()
    assert town.client.get(f"/submissions/{key}/cells").status_code == 404
