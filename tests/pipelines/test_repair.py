"""Repairs: a plan says what can be mended, mending does exactly that, and what was mended is not found again."""

from __future__ import annotations

import csv
import tempfile
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.model import Options
from pipelines import cells
from pipelines.check import check_file
from pipelines.repair.columns import asked
from pipelines.repair.readings import Readings
from pipelines.repair.table import Mended, Sheet, mend, plan
from standards.repair import KINDS, SAFE, SAFE_KINDS, accepted
from tests.pipelines.tables import cells_file

TODAY = date(2026, 11, 1)
SCHEMA = {
    "fields": [
        {"name": "name", "type": "string"}, {"name": "day", "type": "date"}, {"name": "sum", "type": "number"},
        {"name": "count", "type": "integer"},
    ]
}
LABELS = ("name", "day", "sum", "count")


def sheet_of(folder: Path, rows: list[tuple[str, ...]], labels: tuple[str, ...] = LABELS, *, name: str = "cells",
             options: Options | None = None, **more: object) -> Sheet:
    path = cells_file(folder / f"{name}.arrow", rows, batch=3)
    told = asked(labels, options or Options(schema=SCHEMA), TODAY)
    return Sheet(cells=path, labels=labels, asked=told, **more)  # type: ignore[arg-type]


def rows_of(path: Path) -> list[tuple[int, tuple[str, ...]]]:
    found = []
    for one in cells.read(path):
        columns = [column.to_pylist() for column in one.columns]
        found += [(row[0], tuple(row[1:])) for row in zip(*columns, strict=True)]
    return found


def mended(sheet: Sheet, kinds: frozenset[str] = SAFE_KINDS, name: str = "out") -> tuple[Mended, list[tuple[int, tuple[str, ...]]], list[dict[str, str]]]:
    folder = sheet.cells.parent
    made = mend(sheet, kinds, folder / f"{name}.arrow", folder / f"{name}.csv")
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return made, rows_of(folder / f"{name}.arrow"), list(csv.DictReader(stream))


def column(tmp_path: Path, label: str, *values: str, kinds: frozenset[str] = SAFE_KINDS) -> list[str]:
    """The cells of one column after its safe repairs."""
    at = LABELS.index(label)
    rows = [tuple(value if index == at else "x" if index == 0 else "" for index in range(4)) for value in values]
    return [row[at] for _, row in mended(sheet_of(tmp_path, rows), kinds)[1]]


# --- readings of whole columns --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "before", "after"),
    [
        ("day", ["31/12/2025", "1/7/2025"], ["2025-12-31", "2025-07-01"]),
        ("day", ["12/31/2025", "1/7/2025"], ["2025-12-31", "2025-01-07"]),
        ("day", ["2025/7/1", "2025-07-02"], ["2025-07-01", "2025-07-02"]),
        ("day", ["13.02.2025 00:00:00"], ["2025-02-13"]),
        ("day", ["5/5/2025"], ["2025-05-05"]),
        ("sum", ["1.234,5", "10"], ["1234.5", "10"]),
        ("sum", ["1,234.50", "7"], ["1234.50", "7"]),
        ("sum", ["12,5", "1.234"], ["12.5", "1234"]),
        ("sum", ["1 234 567"], ["1234567"]),
        ("sum", ["１２", '"7"', "'8"], ["12", "7", "8"]),
        ("count", ["1.234.567", "1.234"], ["1234567", "1234"]),
        ("name", ["  Hà Nội ", "Ha\u0300", "a\u00a0b"], ["Hà Nội", "Hà", "a b"]),
        ("name", ["Thµnh phè Hµ Néi", "TØnh Hµ Giang", "QuËn §¬n D­¬ng"], ["Thành phố Hà Nội", "Tỉnh Hà Giang", "Quận Đơn Dương"]),
    ],
)
def test_what_has_one_reading_is_mended(tmp_path: Path, label: str, before: list[str], after: list[str]) -> None:
    assert column(tmp_path, label, *before) == after


@pytest.mark.parametrize(
    ("label", "before"),
    [
        ("day", ["1/7/2025", "2/8/2025"]), ("day", ["31/12/2025", "12/31/2025"]), ("day", ["30/02/2025"]), ("day", ["1/7/25"]),
        ("sum", ["1,234"]), ("sum", ["1.234,5", "1,234.5"]), ("sum", ["1.234", "2.345"]), ("sum", ["không có"]),
        ("count", ["1.234"]), ("count", ["0.123"]), ("name", ["1/7/2025", "31/7/2025", '"x"', "１２"]),
    ],
)
def test_what_has_two_readings_or_none_is_left_alone(tmp_path: Path, label: str, before: list[str]) -> None:
    assert column(tmp_path, label, *before) == before


def test_two_readings_are_offered_as_a_decision_each(tmp_path: Path) -> None:
    offered = {one.kind: one for one in plan(sheet_of(tmp_path, [("x", "1/7/2025", "1,234", "")]))}
    assert {"date-day-first", "date-month-first", "number-comma-decimal", "number-point-decimal"} == set(offered)
    assert not any(one.safe for one in offered.values())
    assert offered["date-day-first"].examples[0].after == "2025-07-01"
    assert offered["date-month-first"].examples[0].after == "2025-01-07"
    assert column(tmp_path, "day", "1/7/2025", kinds=frozenset({"date-day-first"})) == ["2025-07-01"]
    assert column(tmp_path, "sum", "1,234", kinds=frozenset({"number-point-decimal"})) == ["1234"]


def test_a_column_that_mixes_an_old_font_with_unicode_needs_a_decision(tmp_path: Path) -> None:
    rows = [("Thµnh phè Hµ Néi", "", "", ""), ("TØnh Hµ Giang", "", "", ""), ("Thị xã D­¬ng Ba §×nh", "", "", "")]
    sheet = sheet_of(tmp_path, rows)
    assert [one.kind for one in plan(sheet)] == ["tcvn3-unproven"]
    assert mended(sheet)[1] == rows_of(sheet.cells)


def test_the_letter_that_looks_like_a_soft_hyphen_is_not_taken_for_an_invisible_sign(tmp_path: Path) -> None:
    """In TCVN3 it is ư: without the conversion its removal would spell another word."""
    names = ["Thµnh phè Hµ Néi", "TØnh Hµ Giang", "QuËn §¬n D­¬ng"]
    assert column(tmp_path, "name", *names, kinds=frozenset({"invisible", "trim"})) == names


def test_no_repair_replaces_a_code_of_a_unit(tmp_path: Path) -> None:
    options = Options(standard="vn-admin-area")
    labels = ("ref_date", "province_code", "province_name")
    sheet = sheet_of(tmp_path, [("2025-07-01", "27", "Tỉnh Bắc Ninh"), ("2025-07-01", "1", "Hà Nội"), ("2025-07-01", "1", "Huế")], labels, options=options)
    made, rows, log = mended(sheet, frozenset(KINDS) - {"zero-padding-unproven"})
    assert [row[1] for _, row in rows] == ["27", "01", "1"]
    assert [one.kind for one in made.repairs] == ["zero-padding"]
    assert log == [{"row": "3", "column": "province_code", "kind": "zero-padding", "before": "1", "after": "01"}]


# --- rows, columns, the rest ------------------------------------------------------------------------------------------


def test_blank_rows_columns_and_cells_go_and_the_rest_keeps_its_numbers(tmp_path: Path) -> None:
    rows = [("a", "", " x "), ("", "", ""), ("b", "", "y"), (" ", "", "")]
    ragged = {2: ("a", "", " x ", "", " "), 4: ("b", "", "y", "extra")}
    sheet = sheet_of(tmp_path, rows, ("name", "nothing", "more"), options=Options(), ragged=ragged, bom=True)
    made, left, log = mended(sheet)
    assert (made.labels, made.kept, made.removed) == (("name", "more"), (0, 2), True)
    assert left == [(2, ("a", "x")), (4, ("b", "y"))]
    assert made.ragged == {4: ("b", "y", "extra")}
    assert {one.kind: one.count for one in made.repairs} == {"bom": 1, "trim": 2, "drop-cell": 1, "drop-column": 1, "drop-row": 2}
    assert [(one["row"], one["kind"]) for one in log] == [("1", "drop-column"), ("2", "trim"), ("3", "drop-row"), ("5", "trim"), ("5", "drop-row"), ("2", "drop-cell")]


def test_a_row_that_is_blank_but_beyond_the_last_column_stays(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, [("a",), ("",)], ("name",), options=Options(), ragged={3: ("", "x")})
    made, left, _ = mended(sheet)
    assert [row for row, _ in left] == [2, 3]
    assert made.ragged == {3: ("", "x")}


def test_safe_stands_for_every_kind_that_needs_no_decision() -> None:
    assert accepted([SAFE]) == SAFE_KINDS
    assert accepted(["trim", "no-such"]) == {"trim"}
    assert accepted([SAFE, "date-day-first"]) == SAFE_KINDS | {"date-day-first"}


# --- by chance ----------------------------------------------------------------------------------------------------------

DIRT = st.text("aB éẹ1,.\u00a0\u200b\u0300\u3000µ§Ø\"'\t\n１٣中", max_size=6)
NAMES = st.one_of(DIRT, st.sampled_from(["Hà Nội", " Hà  Nội", "Thµnh phè", "TØnh Hµ Giang", "QuËn §¹", "می\u200cخواهم", "\uf900"]))
DAYS = st.one_of(DIRT, st.sampled_from(["31/12/2025", "1/7/2025", "2025-07-01", "2025/7/1", " 1.7.2025", "13-2-2025", "7/13/2025", "không"]))
SUMS = st.one_of(DIRT, st.from_regex(r"[+-]?\d{1,3}([., ]\d{3}){0,2}([.,]\d{1,3})?", fullmatch=True))
TABLES = st.lists(st.tuples(NAMES, DAYS, SUMS, SUMS), min_size=1, max_size=9)
KIND_SETS = st.one_of(st.just(SAFE_KINDS), st.frozensets(st.sampled_from(sorted(KINDS))))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=TABLES, kinds=st.frozensets(st.sampled_from(sorted(SAFE_KINDS))))
def test_mending_again_changes_nothing_and_the_plan_no_longer_holds_what_was_mended(rows: list[tuple[str, ...]], kinds: frozenset[str]) -> None:
    kinds |= {"invisible", "nfc", "trim"}  # what cleans text lets the others see: all of it, or repairs would wait for each other
    with tempfile.TemporaryDirectory() as folder:
        sheet = sheet_of(Path(folder), rows)
        made, left, _ = mended(sheet, kinds)
        again = sheet_of(Path(folder), [row for _, row in left] or [("",) * 4], made.labels, name="again")
        done, same, log = mended(again, kinds, "twice")
        if left:
            assert [row for _, row in same] == [row for _, row in left]
            assert (done.repairs, log) == ((), [])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=TABLES, kinds=KIND_SETS)
def test_the_log_tells_every_cell_that_changed_and_no_other_cell_changes(rows: list[tuple[str, ...]], kinds: frozenset[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        sheet = sheet_of(Path(folder), rows)
        made, left, log = mended(sheet, kinds)
        cells_ = {(at, label): cell for at, row in enumerate(rows, 2) for label, cell in zip(LABELS, row, strict=True)}
        dropped = set()
        for line in log:
            assert line["kind"] in kinds
            if line["kind"] == "drop-row":
                dropped.add(int(line["row"]))
                continue
            place = (int(line["row"]), line["column"])
            assert cells_[place] == line["before"] != line["after"]
            cells_[place] = line["after"]
        expected = [(at, tuple(cells_[at, label] for label in LABELS)) for at in range(2, len(rows) + 2) if at not in dropped]
        assert left == expected
        assert not any(any(cells_[at, label] for label in LABELS) for at in dropped)
        assert sum(one.count for one in made.repairs) == len(log)


@settings(max_examples=100, deadline=None)
@given(values=st.lists(st.one_of(DAYS, SUMS), max_size=6), wanted=st.sampled_from(["date", "number", "integer"]))
def test_the_order_of_the_values_does_not_change_how_a_column_is_read(values: list[str], wanted: str) -> None:
    one, other = Readings(wanted=wanted), Readings(wanted=wanted)
    for value in values:
        one.see(value)
    for value in reversed(values):
        other.see(value)
    assert set(one.kinds()) == set(other.kinds())


CODES = {"trim", "nfc", "invisible-characters", "blank-row", "byte-order-mark"}


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(st.tuples(NAMES, SUMS), min_size=2, max_size=6))
def test_the_fixed_file_checks_clean_of_what_was_fixed(rows: list[tuple[str, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "dirty.csv", Path(folder) / "clean.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            csv.writer(stream).writerows([("name", "sum"), ("Tên", "1"), *rows, (" a ", "2")])
        before = path.read_bytes()
        found = check_file(path, today=TODAY, options=Options(fixes=(SAFE,)), fixed=out)
        assert path.read_bytes() == before
        assert {"bom", "trim"} <= {one.kind for one in found.outcome.tables[0].repaired}
        again = check_file(out, today=TODAY).outcome
        safe = {(said.code, said.cell) for said in again.tables[0].findings if said.fix and said.fix.safe}
        assert not {code for code, _ in safe} & CODES, safe


def test_cells_are_pure_arrow(tmp_path: Path) -> None:
    """A table of one batch without rows is mended too."""
    path = tmp_path / "none.arrow"
    with pa.ipc.new_file(str(path), pa.schema([("row", pa.int64()), ("c0", pa.string())])):
        pass
    sheet = Sheet(cells=path, labels=("a",), asked=asked(("a",), Options(), TODAY))
    assert mended(sheet)[1] == []
    assert plan(sheet) == ()
