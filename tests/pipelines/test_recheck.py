"""A published table asked again under two states of a list: what a release touches, and nothing else."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.format import Unreadable
from pipelines.lists import Edition
from pipelines.steps.recheck import Asked, Sought, look
from standards import codelist, release
from tests.releases import BASIS, EFFECTIVE, HEADER, SCHOOLS, A, B, merger, row


def edition(folder: Path, content: bytes, list_id: str = "vn-commune") -> Edition:
    """The whole list with a release in it, as a file for a child."""
    lines, wrong = release.read(content)
    assert not wrong
    data = release.merge(codelist.shipped(list_id).decode(), lines, basis=BASIS).encode()
    path = folder / f"{len(data)}.csv"
    path.write_bytes(data)
    return Edition(subject=list_id, digest=hashlib.sha256(data).hexdigest(), path=str(path))


def parquet(folder: Path, text: bytes = SCHOOLS, **kinds: pa.DataType) -> str:
    rows = list(csv.reader(io.StringIO(text.decode())))
    columns = {"_id": pa.array(range(1, len(rows)))}
    for at, name in enumerate(rows[0]):
        cells = pa.array([one[at] or None for one in rows[1:]])
        columns[name] = cells.cast(kinds[name]) if name in kinds else cells
    pq.write_table(pa.table(columns), folder / "table.parquet")
    return str(folder / "table.parquet")


def sought(folder: Path, content: bytes = b"", text: bytes = SCHOOLS, **more) -> Sought:
    given = {"standard": "vn-school", "today": date(2026, 11, 21), **more}
    return Sought(path=parquet(folder, text, ref_date=pa.date32()), codelist="vn-commune",
                  after=(edition(folder, content or merger()),), **given)


def said(found: Asked) -> list[tuple[str, str, str, int]]:
    return [(one.field, one.check, one.kind, one.rows) for one in found.columns]


def test_only_rows_of_a_day_after_the_change_are_touched(tmp_path: Path) -> None:
    found = look(sought(tmp_path))
    assert said(found) == [("commune_code", "code-valid-on", "closed", 1)]
    assert (found.rows, found.touched, found.columns[0].examples) == (3, 1, (1,))
    [code] = found.columns[0].codes
    assert (code.code, code.until, code.successors, code.rows) == (A, date.fromisoformat(EFFECTIVE), (B,), 1)


def test_rows_without_a_day_are_of_the_day_that_is_asked(tmp_path: Path) -> None:
    undated = "\n".join(line.partition(",")[2] for line in SCHOOLS.decode().splitlines()).encode() + b"\n"
    path = parquet(tmp_path, undated)
    asked = replace(sought(tmp_path), path="")
    path = parquet(tmp_path, undated)
    assert look(replace(asked, path=path)).touched == 2
    assert look(replace(asked, path=path, today=date(2026, 9, 30))).touched == 0


def test_a_code_that_changes_hands_is_told_although_it_stays_in_force(tmp_path: Path) -> None:
    reuse = f"{HEADER}\n{row(A, valid_to=EFFECTIVE, successors=B)}\n{A},Phường Mới Toanh,01,{EFFECTIVE},,,\n".encode()
    text = SCHOOLS.replace("Phường Ba Đình".encode(), b"")
    found = look(sought(tmp_path, reuse, text))
    assert said(found) == [("commune_code", "code-valid-on", "reused", 1)]
    witness = look(sought(tmp_path, reuse))
    assert ("commune_code", "code-valid-on", "reused", 1) in said(witness)


def test_a_renamed_unit_is_told_only_where_its_name_stands_beside_it(tmp_path: Path) -> None:
    renamed = f"{HEADER}\n{row(A, valid_to=EFFECTIVE, successors=A)}\n{A},Phường Ba Đình Mới,01,{EFFECTIVE},,,\n".encode()
    kinds = {(check, kind) for _, check, kind, _ in said(look(sought(tmp_path, renamed)))}
    assert ("code-valid-on", "reused") in kinds
    kind_only = f"{HEADER}\n{row(A, valid_to=EFFECTIVE, successors=A)}\n{A},Xã Ba Đình,01,{EFFECTIVE},,,\n".encode()
    assert said(look(sought(tmp_path, kind_only))) == []


def test_a_table_without_a_standard_is_asked_as_of_its_own_day(tmp_path: Path) -> None:
    asked = sought(tmp_path, standard="", meanings={"commune_code": "vn-commune"}, seen=date(2026, 11, 1))
    assert look(asked).touched == 2
    assert look(replace(asked, seen=date(2026, 9, 1))).touched == 0
    assert look(replace(asked, meanings={})).columns == ()


def test_no_cell_but_codes_of_the_list_leaves_the_child(tmp_path: Path) -> None:
    text = SCHOOLS.replace(b"HN-1,", b"HN-1,").replace(b"1 ph", b"Nguyen Van A ph")
    words = repr(look(sought(tmp_path, text=text)))
    assert "Nguyen" not in words
    assert "HN-1" not in words


def test_what_is_no_table_is_said_to_be_unreadable(tmp_path: Path) -> None:
    asked = sought(tmp_path)
    Path(asked.path).write_bytes(b"PAR1 broken")
    with pytest.raises(Unreadable):
        look(asked)


def test_an_edition_whose_bytes_are_others_is_not_used(tmp_path: Path) -> None:
    asked = sought(tmp_path)
    Path(asked.after[0].path).write_bytes(codelist.shipped("vn-commune"))
    with pytest.raises(Unreadable):
        look(asked)
