"""Personal data, column by column: found in ten spellings, not seen where there is none, never shown."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest

from catalog.model import Options
from pipelines import inside
from pipelines.steps import convert, validate
from pipelines.validation import masking
from pipelines.validation.personal import passing, percent, tidied
from standards.registry import PERSONAL
from standards.screening import Held, header_key, says
from standards.trait import passes, tidy
from tests.bench import personal as bars
from tests.personal import clean, dirty
from tests.pipelines.tables import parcel

TRAITS = {trait.id: trait for trait in PERSONAL}
STEMS = ("cccd", "cmnd", "mobile", "mailbox", "bhyt", "plate", "name", "nric")


def held(**columns: list[str]) -> dict[str, Held]:
    return bars.held(columns)


def verdicts(**columns: list[str]) -> dict[str, tuple[str, str]]:
    return {name: (one.kind, one.verdict) for name, one in held(**columns).items()}


def many(make, count: int = 40, seed: int = 3) -> list[str]:
    rng = random.Random(seed)
    return [make(rng) for _ in range(count)]


# --- the bars ---------------------------------------------------------------------------------------------------------


def test_of_a_thousand_columns_of_personal_data_in_ten_spellings_ninety_nine_in_a_hundred_are_held_back():
    """Twelve kinds, and names with birth dates: headers speak, mumble (``cot_3``) or are silent; cells have slips."""
    total, found, blocked = bars.dirty_columns(each=10)
    assert total == dict.fromkeys(dirty.MAKERS, 100) | {"name and birth date": 200}
    assert blocked.total() >= 0.99 * total.total(), total - blocked
    assert min(blocked[kind] / total[kind] for kind in total) >= 0.97, total - blocked
    assert found.total() >= blocked.total()


def test_of_a_thousand_columns_that_look_alike_at_most_one_in_a_hundred_is_held_back():
    """Every code list of the house, and made codes, amounts, barcodes, times, tax codes, office telephones."""
    total, wrong = bars.clean_columns(each=28)
    assert total > 1000
    assert len(wrong) <= 0.01 * total, wrong


# --- single kinds -----------------------------------------------------------------------------------------------------

RNG = random.Random(5)
KINDS = [
    ("Số hộ chiếu", "passport", many(lambda rng: f"{rng.choice('BCNP')}{dirty.digits(rng, 7)}")),
    ("Mã số BHXH", "vn-social-insurance", many(lambda rng: "0" + dirty.digits(rng, 9))),
    ("cot_1", "vn-health-insurance", many(lambda rng: f"DN4{dirty.digits(rng, 12)}")),
    ("Số thẻ BHYT", "vn-health-insurance", many(lambda rng: f"HC 4 {dirty.digits(rng, 2)} {dirty.digits(rng, 10)}")),
    ("Số tài khoản", "bank-account", many(lambda rng: dirty.digits(rng, 13))),
    ("Biển số xe", "number-plate", many(lambda rng: f"{rng.randint(11, 99)}A-{dirty.digits(rng, 3)}.{dirty.digits(rng, 2)}")),
    ("Mã số thuế", "vn-personal-tax-code", many(dirty.personal_id)),
    ("個人番号", "jp-my-number", many(lambda rng: dirty.digits(rng, 12))),
    ("NRIC", "sg-nric", ["S1234567D", "T1234567J", "F1234567N", "G1234567X"] * 3),
    ("col", "sg-nric", ["S1234567D", "T1234567J", "F1234567N", "G1234567X"]),
    ("Số CCCD", "vn-personal-id", ["7.9203E+10", "1.20303E+09", "3.40991E+10"]),
]


@pytest.mark.parametrize(("header", "kind", "cells"), KINDS)
def test_each_kind_is_held_back_under_its_header(header, kind, cells):
    assert kind in {one.kind for one in PERSONAL}
    assert verdicts(**{header: cells})[header][1] == "block"
    assert kind == "vn-personal-tax-code" or verdicts(**{header: cells})[header][0] == kind


def test_names_alone_are_asked_about_and_with_birth_dates_both_are_held_back():
    names, births = many(dirty.full_name), many(lambda rng: f"{rng.randint(1, 28)}/{rng.randint(1, 12)}/{rng.randint(1950, 2015)}")
    assert verdicts(**{"Họ và tên": names}) == {"Họ và tên": ("person-name", "ask")}
    assert verdicts(**{"Ngày sinh": births}) == {"Ngày sinh": ("birth-date", "ask")}
    both = verdicts(**{"Họ và tên": names, "Ngày sinh": births, "Ngày cấp": births})
    assert both == {"Họ và tên": ("person-name", "block"), "Ngày sinh": ("birth-date", "block")}


def test_neighbours_decide_about_numbers_of_nine_digits():
    cards = many(dirty.identity_card)
    assert verdicts(ma=cards) == {"ma": ("vn-identity-card", "ask")}
    assert verdicts(ho_ten=many(dirty.full_name), ma=cards)["ma"] == ("vn-identity-card", "block")


def test_a_private_telephone_or_mailbox_of_an_office_is_asked_about():
    phones, boxes = many(dirty.mobile), many(dirty.mailbox)
    assert verdicts(ten_truong=["Trường A"] * 40, dien_thoai=phones, email=boxes) == {
        "dien_thoai": ("phone", "ask"),
        "email": ("email", "ask"),
    }
    assert verdicts(ten_truong=["Trường A"] * 40, cccd=many(dirty.personal_id), dien_thoai=phones)["dien_thoai"][1] == "block"


def test_one_contact_repeated_is_not_a_list_of_persons():
    assert verdicts(lien_he=["0912345678"] * 200) == {"lien_he": ("phone", "ask")}


def test_a_tax_code_of_a_person_among_those_of_enterprises_is_told():
    enterprises = many(clean.tax_code, 500)
    assert verdicts(mst=enterprises) == {}
    assert verdicts(mst=[*enterprises, *many(dirty.personal_id, 1)])["mst"] == ("vn-personal-tax-code", "ask")
    assert verdicts(mst=[*enterprises, *many(dirty.personal_id, 30)])["mst"] == ("vn-personal-tax-code", "block")


@pytest.mark.parametrize("header", ["soDienThoai", "so_dien_thoai", "SỐ ĐIỆN THOẠI", "Số điện thoại (1)", "sodienthoai", "SĐT2"])
def test_a_header_is_understood_with_and_without_marks_spaces_and_capitals(header):
    assert says(header, TRAITS["mobile"].named)
    assert header_key(header).startswith(" ")


@pytest.mark.parametrize("header", ["Số tiền", "Tỉnh", "Mã xã", "Phim", "Tin tức", "Telegram"])
def test_other_headers_name_no_telephone(header):
    assert not says(header, TRAITS["mobile"].named)


# --- the engine and the rule ------------------------------------------------------------------------------------------


def test_the_engine_reads_every_cell_as_the_rule_does():
    """``tidied`` and ``passing`` over Arrow against ``tidy`` and ``passes`` of one cell, over all generators."""
    cells = sorted({one for *_, column in [*dirty.columns(1, 2, (8, 8)), *clean.columns(1, 1, (8, 8))] for one in column[:8]})
    array = pa.array(cells, pa.string())
    for form in ("code", "mail", "words"):
        prepared = tidied(array, form)
        assert prepared.to_pylist() == [tidy(one, form) for one in cells]
        for trait in (one for one in PERSONAL if one.form == form):
            for loosely in (False, True):
                said = passing(trait, prepared, loosely=loosely).to_pylist()
                assert said == [passes(trait, one, loosely=loosely) for one in cells], (trait.id, loosely)


def test_a_share_is_never_rounded_to_all_or_nothing():
    assert [percent(one) for one in (0.0, 0.0001, 0.5, 0.9999, 1.0)] == [0, 1, 50, 99, 100]


# --- the step ---------------------------------------------------------------------------------------------------------

ROWS = [f"{name},{number},{count}" for name, number, count in zip(many(dirty.full_name, 30), many(dirty.personal_id, 30), range(30), strict=True)]
TEXT = "ho_ten,cccd,so_luong\n" + "\n".join(ROWS) + "\n"


def outcome(made):
    [table] = convert.run(validate.run(made)).tables
    return table.outcome


def test_a_column_held_back_makes_the_table_not_valid_for_that_reason(tmp_path):
    walked = convert.run(validate.run(parcel(tmp_path, TEXT)))
    assert walked.outcome.reason["code"] == "personal-data"
    assert walked.outcome.reason["params"]["field"] == "cccd"
    told = walked.tables[0].outcome.personal_data
    assert [(one["field"], one["kind"], one["blocks"]) for one in told] == [
        ("ho_ten", "person-name", False), ("cccd", "vn-personal-id", True),
    ]  # fmt: skip
    assert told[1]["share"] == 1.0
    assert told[1]["sample"][4:] == "********"


def test_values_held_back_are_in_nothing_that_leaves_the_sandbox(tmp_path):
    """Not in findings, profile, preview nor the report of Frictionless, also where a row or cell has an error."""
    schema = {"fields": [{"name": "ho_ten", "type": "string"}, {"name": "cccd", "type": "string", "constraints": {"maxLength": 5}},
                         {"name": "so_luong", "type": "integer"}], "primaryKey": ["so_luong"]}  # fmt: skip
    text = TEXT + ROWS[3] + "\n" + ROWS[4] + ",thừa\n"
    result = outcome(parcel(tmp_path, text, schema=schema))
    numbers = [row.split(",")[1] for row in ROWS]
    kept = [str(result), *(Path(one.path).read_text(encoding="utf-8") for one in result.artefacts)]
    assert not [one for one in numbers if any(one in text for text in kept)]
    assert {"constraint-error", "primary-key", "extra-cell"} <= {one.code for one in result.findings}
    assert result.preview[0][2] == "0"


def test_a_column_that_a_second_person_released_does_not_block_any_more(tmp_path):
    made = parcel(tmp_path, TEXT)
    options = Options(released=("cccd",))
    walked = convert.run(validate.run(type(made)(**{name: getattr(made, name) for name in made.__slots__} | {"options": options})))
    assert walked.outcome.reason is None
    told = {one["field"]: one for one in walked.tables[0].outcome.personal_data}
    assert (told["cccd"]["blocks"], told["cccd"]["released"]) == (False, True)


def test_the_screening_can_be_switched_off(tmp_path):
    made = parcel(tmp_path, TEXT)
    off = type(made)(**{name: getattr(made, name) for name in made.__slots__} | {"personal": False})
    result = outcome(off)
    assert result.valid
    assert result.personal_data == ()


def test_a_sample_speaks_for_a_large_table_and_all_its_cells_are_counted(tmp_path):
    rng = random.Random(9)
    rows = [f"{at},{dirty.personal_id(rng) if at % 10 else ''},{'x' * 3}" for at in range(9_000)]
    result = outcome(parcel(tmp_path, "so,ma,ghi_chu\n" + "\n".join(rows) + "\n"))
    assert [(one["field"], one["share"]) for one in result.personal_data] == [("ma", 1.0)]


def test_masks_show_little_and_hide_long_cells_in_few_stars():
    assert masking.mask("001203012345") == "001*********"
    assert masking.mask("abc") == "***"
    assert len(masking.mask("x" * 500)) <= 24
    assert json.loads(json.dumps(masking.report({"tasks": []}, [0]))) == {"tasks": []}


# --- inside text, in names, in combinations ---------------------------------------------------------------------------


def test_numbers_and_mailboxes_inside_sentences_are_asked_about_and_other_sentences_are_not():
    notes, found, prose, asked = bars.texts(each=10)
    assert (notes, prose) == (100, 130)
    assert found >= 0.99 * notes
    assert asked <= 0.01 * prose


def test_a_column_of_notes_is_asked_about_and_its_cells_are_shown_nowhere(tmp_path):
    number = dirty.mobile(random.Random(3))
    text = "ma,ghi_chu\n" + "".join(f"{at},{'Gọi chị Lan ' + number if at == 7 else 'Đã xong việc'}\n" for at in range(30))
    result = outcome(parcel(tmp_path, text))
    [told] = result.personal_data
    assert (told["field"], told["kind"], told["blocks"]) == ("ghi_chu", "phone", False)
    [finding] = [one for one in result.findings if one.code == "personal-data-asked"]
    assert finding.params["variant"] == "within"
    assert result.valid
    kept = [str(result.findings), str(result.profile), str(result.preview), str(result.personal_data)]
    assert not [one for one in kept if number in one]


@pytest.mark.parametrize(
    ("name", "header", "variant"),
    [("ho_so_001203012345.csv", "ma", "file"), ("bang.csv", "001203012345", "header"), ("bang.csv", "ma", None)],
)
def test_what_the_names_of_files_and_columns_mention_is_told(tmp_path, name, header, variant):
    made = parcel(tmp_path, f"{header},so\n" + "".join(f"a{at},{at}\n" for at in range(5)))
    named = type(made)(**{one: getattr(made, one) for one in made.__slots__} | {"name": name})
    told = [one for one in outcome(named).findings if one.code == "personal-data-named"]
    assert [one.params["variant"] for one in told] == ([variant] if variant else [])
    assert not [one for one in told if "001203012345" in (one.cell or "")]


def test_a_rare_combination_of_birth_date_sex_and_place_is_told_with_figures(tmp_path):
    rows = ["1990-01-01,1,00004"] * 6 + ["1950-02-03,2,00004", "1951-02-03,2,00004"]
    result = outcome(parcel(tmp_path, "ngay_sinh,gioi_tinh,ma_xa\n" + "\n".join(rows) + "\n"))
    [told] = [one for one in result.findings if one.code == "re-identification"]
    assert (told.severity, told.params["rows"], told.params["rare"], told.params["alone"]) == ("warning", 8, 2, 2)
    assert "1950" not in str(told)


def test_counts_by_sex_and_place_are_no_list_of_persons(tmp_path):
    rows = "\n".join(f"{at % 2 + 1},{at:05d},0-4,{at}" for at in range(20))
    result = outcome(parcel(tmp_path, f"gioi_tinh,ma_xa,nhom_tuoi,dan_so\n{rows}\n"))
    assert "re-identification" not in {one.code for one in result.findings}


TABLE = "ma,ten,so\n" + "".join(f"{at:02},Trường {at},{at}\n" for at in range(1, 8))
CARD = "001203012345"


@pytest.mark.parametrize(
    ("above", "below", "variant", "public"),
    [
        ("DANH SÁCH TRƯỜNG\n", "", None, True),
        ("Liên hệ: chị Lan 0912 345 678\n", "", "note", False),
        ("", f"Ghi chú: CCCD {CARD}\n", "note", False),
        ("", f"\nNgười lập: Nguyễn A | {CARD}\n", "note", False),
        (f"# người lập {CARD}\n", "", "note", False),
        ("Đường dây nóng Sở Giáo dục: 0912 345 678\n", "", "office", True),
        ("Đường dây nóng: 1900 1234; văn thư: vanthu@so.gov.vn\n", "", None, True),
        ("Sở Giáo dục. Người lập: ông Ba 0912 345 678\n", "", "note", False),
        ("Mã số thuế 0100109106\n", "Nguồn: QĐ 124/2025 trang 12\n", None, True),
    ],
)
def test_what_stands_around_a_table_is_searched_and_keeps_the_original_private(tmp_path, above, below, variant, public):
    made = parcel(tmp_path, above + TABLE + below)
    found = inside.look(made)
    told = [one for one in found.tables[0].findings if one.code == "personal-data-named"]
    assert [one.params["variant"] for one in told] == ([variant] if variant else [])
    assert [one.severity for one in told] == ([] if not variant else ["info" if variant == "office" else "warning"])
    assert found.original.public is public
    assert found.valid
    if variant == "note":
        kept = str(found)
        assert CARD not in kept
        assert "0912 345 678" not in kept


def test_what_stands_around_a_table_of_a_workbook_is_searched_too(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["B2"] = "Báo cáo. Liên hệ: chị Lan 0912 345 678"
    for at, row in enumerate([["ma", "ten", "so"], *([f"{at:02}", f"Trường {at}", at] for at in range(1, 6))], 4):
        for column, cell in enumerate(row, 2):
            sheet.cell(at, column, cell)
    sheet["B12"] = f"Người lập: CCCD {CARD}"
    path = tmp_path / "a.xlsx"
    book.save(path)
    found = inside.look(replace(parcel(tmp_path, TABLE), path=path, name="a.xlsx"))
    told = [one for one in found.tables[0].findings if one.code == "personal-data-named"]
    assert [one.params["variant"] for one in told] == ["note", "note"]
    assert not found.original.public
    assert CARD not in str(found)
    assert "0912 345 678" not in str(found)
