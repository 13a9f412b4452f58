"""Every kind of repair: dirt is made of a clean table, mended, and what is mended is the clean table again."""

from __future__ import annotations

import csv
import tempfile
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.model import Options, Outcome
from pipelines.inside import look
from pipelines.step import Parcel
from standards.registry import codelist
from standards.repair import KINDS, accepted, answers, read, takes, without
from standards.text import TCVN3, VNI, decode_tcvn3, decode_vni

TODAY = date(2026, 11, 1)
Rows = list[list[str]]
CLEAN = (
    ("mã", "tên", "ngày", "tiền"),
    ("A01", "Thành phố Hồ Chí Minh", "2025-07-13", "1234.5"),
    ("A02", "Đặng Xá, ủy ban xã", "2025-12-31", "10.25"),
    ("A03", "Đường Nguyễn Trãi", "2024-02-29", "7.5"),
    ("A04", "Ngõ chợ Khâm Thiên", "2025-01-20", "88.125"),
    ("A05", "Quỹ đất huyện Kỳ Anh", "2025-03-15", "12"),
)
EARLY = tuple((*row[:2], row[2] if row[2] == "ngày" else row[2][:8] + "07", row[3]) for row in CLEAN)
SCHEMA = {"fields": [{"name": "mã", "type": "string", "constraints": {"pattern": "A[0-9]{2}"}},
                     {"name": "tên", "type": "string"}, {"name": "ngày", "type": "date"}, {"name": "tiền", "type": "number"}]}
UNITS = (
    ("ref_date", "province_code", "province_name"),
    ("2025-07-01", "01", "Thành phố Hà Nội"),
    ("2025-07-01", "04", "Tỉnh Cao Bằng"),
    ("2025-07-01", "24", "Tỉnh Bắc Ninh"),
    ("2025-07-01", "08", "Tỉnh Tuyên Quang"),
)
PLAIN, UNIT = Options(schema=SCHEMA), Options(standard="vn-admin-area")


def write(folder: Path, rows: Rows, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    path = folder / "came.csv"
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return path


def checked(path: Path, options: Options) -> tuple[Outcome, Rows, list[dict[str, str]]]:
    """The outcome, the repaired table and the log of one check, walked in this process."""
    with tempfile.TemporaryDirectory() as folder:
        outcome = look(Parcel(path=path, name="came.csv", work=Path(folder), options=options, today=TODAY, keep=False))
        made = {one.role: one.path for table in outcome.tables for one in table.artefacts}
        if "csv" not in made:
            return outcome, [], []
        with Path(made["csv"]).open(encoding="utf-8", newline="") as stream:
            rows = list(csv.reader(stream))
        with Path(made["changes"]).open(encoding="utf-8", newline="") as stream:
            return outcome, rows, list(csv.DictReader(stream))


def codes(outcome: Outcome) -> set[str]:
    return {one.code for table in outcome.tables for one in table.groups}


def spelled(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(sign, sign) for sign in text)


OLD = {"tcvn3": {after: before for before, after in TCVN3.items()},
       "vni": {after: before for before, after in VNI.items() if before in (before.lower(), before.upper())}}


def dirty(column: int, change: Callable[[str], str]) -> Callable[[Rows, list[int]], Rows]:
    return lambda rows, at: [[change(cell) if row in at and index == column else cell for index, cell in enumerate(one)]
                             if row else one for row, one in enumerate(rows)]


def doubled(rows: Rows, at: list[int]) -> Rows:
    return rows + [rows[row] for row in at]


def blanks(rows: Rows, at: list[int]) -> Rows:
    return [part for row, one in enumerate(rows) for part in ([one, [""] * len(one)] if row in at else [one])]


def everywhere(column: int, change: Callable[[str], str]) -> Callable[[Rows, list[int]], Rows]:
    made = dirty(column, change)
    return lambda rows, at: made(rows, list(range(1, len(rows))))


def told(day: str, order: str) -> str:
    year, month, rest = day.split("-")
    return "/".join({"d": rest, "m": month, "y": year}[one] for one in order)


KINDS_OF_CELLS = {
    "trim": (CLEAN, PLAIN, "trim", dirty(1, lambda cell: f"  {cell} "), "trim"),
    "nfc": (CLEAN, PLAIN, "nfc", dirty(1, lambda cell: unicodedata.normalize("NFD", cell)), "nfc"),
    "invisible": (CLEAN, PLAIN, "invisible", dirty(1, lambda cell: cell[:2] + "\u200b" + cell[2:]), "invisible-characters"),
    "quotes": (CLEAN, PLAIN, "quotes", dirty(3, lambda cell: f'="{cell}"'), "type-error"),
    "full-width": (CLEAN, PLAIN, "full-width", dirty(3, lambda cell: "".join(chr(ord(one) + 0xFEE0) if one.isdigit() else one for one in cell)), ""),
    "tcvn3": (CLEAN, PLAIN, "tcvn3", everywhere(1, lambda cell: spelled(cell, OLD["tcvn3"])), "legacy-font-encoding"),
    "vni": (CLEAN, PLAIN, "vni", everywhere(1, lambda cell: spelled(cell, OLD["vni"])), "legacy-font-encoding"),
    "date": (CLEAN, PLAIN, "date", everywhere(2, lambda cell: told(cell, "dmy")), "type-error"),
    "date-month-first": (EARLY, PLAIN, "date-month-first#ngày", everywhere(2, lambda cell: told(cell, "mdy")), "type-error"),
    "number": (CLEAN, PLAIN, "number", everywhere(3, lambda cell: ("1.234,5" if cell == "1234.5" else cell.replace(".", ","))), "type-error"),
    "drop-row": (CLEAN, PLAIN, "drop-row", blanks, "blank-row"),
    "duplicate-row": (CLEAN, PLAIN, "duplicate-row", doubled, ""),
    "zero-padding": (UNITS, UNIT, "zero-padding", dirty(1, lambda cell: cell.lstrip("0")), "leading-zero-lost"),
    "name": (UNITS, UNIT, "name", dirty(2, lambda cell: cell.upper()), ""),
}


@pytest.mark.parametrize("kind", list(KINDS_OF_CELLS))
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_what_was_dirtied_is_clean_again_and_nothing_else_has_changed(kind: str, data: st.DataObject) -> None:
    table, options, word, spoil, code = KINDS_OF_CELLS[kind]
    clean = [list(row) for row in table]
    at = [1, *data.draw(st.lists(st.integers(2, len(clean) - 1), unique=True))]
    spoiled = spoil(clean, at)
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder), spoiled)
        before = path.read_bytes()
        outcome, rows, log = checked(path, replace(options, fixes=(word,)))
        assert path.read_bytes() == before
        assert rows == clean
        offered = {one.kind for each in checked(path, options)[0].tables for one in each.fixes}
        assert not code or kind in offered
        again = checked(write(Path(folder), rows), replace(options, fixes=(word,)))
    assert not code or code not in codes(outcome)
    assert not code or code not in codes(again[0])
    assert again[1] == clean
    changed = sum(one != two for row, other in zip(spoiled, clean, strict=False) for one, two in zip(row, other, strict=True))
    assert len(log) == (len(at) if kind in ("drop-row", "duplicate-row") else changed)
    assert {one["kind"] for one in log} <= {word.partition("#")[0]}


def test_an_encoding_a_mark_and_a_delimiter_are_mended_and_told(tmp_path: Path) -> None:
    rows = [list(row) for row in CLEAN]
    outcome, after, _ = checked(write(tmp_path, rows, ";", "utf-16"), replace(PLAIN, fixes=("safe",)))
    made = {one.kind: one for one in outcome.tables[0].repaired}
    assert {"encoding", "delimiter"} <= set(made)
    assert (made["delimiter"].examples[0].before, made["delimiter"].examples[0].after) == (";", ",")
    assert after == rows
    outcome, after, _ = checked(write(tmp_path, rows, ",", "utf-8-sig"), replace(PLAIN, fixes=("bom",)))
    assert [one.kind for one in outcome.tables[0].repaired] == ["bom"]
    assert after == rows


# --- codes of units ---------------------------------------------------------------------------------------------------

OLD_UNITS = [["province_code", "province_name"], ["27", "Tỉnh Bắc Ninh"], ["24", "Tỉnh Bắc Giang"], ["01", "Hà Nội"], ["27", "Tỉnh Bắc Giang"], ["99", ""]]
CONFIRMED = "successor=2025-06-30/2025-07-01"


def test_codes_are_replaced_only_in_a_column_of_their_own_for_a_day_that_was_confirmed(tmp_path: Path) -> None:
    """Both old provinces became 24; the old 24 stays in its column, and a code beside another's name is not guessed."""
    path = write(tmp_path, OLD_UNITS)
    offered = {one.kind: one for one in checked(path, UNIT)[0].tables[0].fixes}["successor"]
    assert not offered.safe
    assert offered.asks == {"day": "2025-06-30", "until": "2026-11-01"}
    assert ("27", "24") in {(one.before, one.after) for one in offered.examples}
    outcome, rows, log = checked(path, replace(UNIT, fixes=(CONFIRMED,)))
    assert [row[:2] for row in rows] == OLD_UNITS
    assert [row[2] for row in rows] == ["province_code (2025-07-01)", "24", "24", "01", "", ""]
    [made] = outcome.tables[0].repaired
    assert made.ends == {"one": 2, "same": 1, "unknown": 2}
    assert {(one["row"], one["before"], one["after"]) for one in log} == {("2", "27", "24"), ("3", "24", "24"), ("4", "01", "01")}
    assert "successor" not in {one.kind for one in outcome.tables[0].fixes}


def test_a_commune_that_was_divided_gets_no_code_and_it_is_counted(tmp_path: Path) -> None:
    first, last = date(2025, 6, 30), date(2025, 7, 1)
    communes = codelist("vn-commune")
    ends: dict[str, list[str]] = {}
    for code in communes.entries:
        entry = communes.on(code, first)
        if entry is not None:
            after = communes.became(entry, last)
            ends.setdefault("same" if entry.valid_on(last) else {0: "none", 1: "one"}.get(len(after), "several"), []).append(code)
    chosen = [ends[end][0] for end in ("one", "several") if end in ends]
    assert len(chosen) == 2
    path = write(tmp_path, [["commune_code"], *([code] for code in chosen)])
    outcome, rows, _ = checked(path, replace(UNIT, fixes=(CONFIRMED,)))
    assert rows[1][1] == communes.became(communes.on(chosen[0], first), last)[0].code  # type: ignore[arg-type]
    assert rows[2][1] == ""
    assert outcome.tables[0].repaired[0].ends == {"one": 1, "several": 1}


# --- columns ----------------------------------------------------------------------------------------------------------


def test_a_column_with_a_name_close_to_the_standards_is_proposed_and_renamed_when_accepted(tmp_path: Path) -> None:
    rows = [["ngày số liệu", "mã của tỉnh", "province_name", "ghi chú riêng"], ["2025-07-01", "01", "Hà Nội", "x"]]
    path = write(tmp_path, rows)
    offered = [one for one in checked(path, UNIT)[0].tables[0].fixes if one.kind == "rename"]
    said = {one.before: one.after for each in offered for one in each.examples}
    assert said.get("mã của tỉnh") == "province_code"
    assert "ghi chú riêng" not in said
    outcome, after, log = checked(path, replace(UNIT, fixes=("rename#mã của tỉnh=province_code",)))
    assert after[0][1] == "province_code"
    assert after[1] == rows[1]
    assert log == [{"row": "1", "column": "mã của tỉnh", "kind": "rename", "before": "mã của tỉnh", "after": "province_code"}]
    assert [one.kind for one in outcome.tables[0].repaired] == ["rename"]


def test_a_name_that_another_column_bears_is_not_given_twice(tmp_path: Path) -> None:
    rows = [["province_code", "mã khác"], ["01", "x"]]
    outcome, after, _ = checked(write(tmp_path, rows), replace(UNIT, fixes=("rename#mã khác=province_code",)))
    assert after[0] == rows[0]
    assert outcome.tables[0].repaired == ()


def test_a_decision_for_one_column_is_none_for_another(tmp_path: Path) -> None:
    schema = {"fields": [{"name": "a", "type": "date"}, {"name": "b", "type": "date"}]}
    path = write(tmp_path, [["a", "b"], ["01/02/2025", "01/02/2025"]])
    outcome, after, _ = checked(path, Options(schema=schema, fixes=("date-day-first#a", "date-month-first#b")))
    assert after[1] == ["2025-02-01", "2025-01-02"]
    assert checked(path, Options(schema=schema, fixes=("date-day-first#a",)))[1][1] == ["2025-02-01", "01/02/2025"]
    assert outcome.valid


def test_the_log_shows_no_cells_of_a_column_that_holds_personal_data(tmp_path: Path) -> None:
    rows = [["cccd", "tên"], *([f" 0{(i * 7919) % 96 + 1:02d}2{i % 100:02d}{(i * 104729) % 1000000:06d}", f" X{i}"] for i in range(60))]
    options = Options(fixes=("trim",))
    outcome, _, log = checked(write(tmp_path, rows), options)
    assert any(told["blocks"] for told in outcome.tables[0].personal_data)
    assert {(one["before"], one["after"]) for one in log if one["column"] == "cccd"} == {("***", "***")}
    assert (" X1", "X1") in {(one["before"], one["after"]) for one in log if one["column"] == "tên"}


# --- words ------------------------------------------------------------------------------------------------------------


def test_acceptances_are_words_that_can_be_read_and_written_again() -> None:
    for word in ("trim", "trim#Cột #1", "rename#a=b=province_code", "successor=2025-06-30/2025-07-01", "successor#Mã xã=2025-06-30/2025-07-01"):
        one = read(word)
        assert one is not None
        assert str(one) == word
    assert read("rename#a=b=province_code") == read("rename#a=b=province_code")
    assert [read(word) for word in ("none", "rename", "rename#a", "successor", "successor=2025-07-01/2025-06-30", "successor=x/y", "")] == [None] * 7
    taken = accepted(["trim#a", "rename#b=c"])
    assert takes(taken, "trim", "a")
    assert not takes(taken, "trim", "b")
    assert answers(["rename#b=c", "trim"], "rename") == {"b": "c"}


def test_what_was_accepted_can_be_taken_back_one_by_one() -> None:
    assert without(["safe", "name"], ["name"]) == ("safe",)
    assert "trim" not in without(["safe"], ["trim"])
    assert "nfc" in without(["safe"], ["trim"])
    assert without(["safe", "rename#a=b"], ["safe", "rename#a=b"]) == ()
    assert without(["date-day-first#a", "date-day-first#b"], ["date-day-first#a"]) == ("date-day-first#b",)
    assert without(["date-day-first#a"], ["date-day-first"]) == ()


def test_each_kind_of_repair_is_said_in_both_languages() -> None:
    for kind, one in KINDS.items():
        assert one.title["vi"] != one.title["en"], kind
        assert one.does["vi"].endswith("."), kind
        assert one.does["en"].endswith("."), kind


def test_both_old_fonts_are_read_back_letter_by_letter() -> None:
    text = "Ủy ban nhân dân xã Đắk Lắk, quỹ, nghĩa, kỳ, ngữ, mẫu, lượng, ỷ"
    assert decode_vni(spelled(text, OLD["vni"])) == text
    small = text.replace("Ủ", "ủ")
    assert decode_tcvn3(spelled(small, OLD["tcvn3"])) == small
