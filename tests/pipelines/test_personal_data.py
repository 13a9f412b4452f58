"""Personal data, column by column: found in ten spellings, not seen where there is none, never shown."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pytest

from catalog.model import Options
from pipelines.steps import convert, validate
from pipelines.validation import masking
from pipelines.validation.personal import measure, passing, percent, tidied
from standards.registry import PERSONAL
from standards.screening import Held, Seen, header_key, judge, says
from standards.trait import passes, tidy
from tests.personal import clean, dirty
from tests.pipelines.tables import parcel

TRAITS = {trait.id: trait for trait in PERSONAL}
STEMS = ("cccd", "cmnd", "mobile", "mailbox", "bhyt", "plate", "name", "nric")


def seen(header: str, cells: list[str]) -> Seen:
    named = {trait.id for trait in PERSONAL if says(header, trait.named)}
    filled, counts = measure([pa.array([one for one in cells if one.strip()], pa.string())], PERSONAL, named)
    return Seen(label=header, filled=filled, counts=counts)


def held(**columns: list[str]) -> dict[str, Held]:
    return {one.field: one for one in judge([seen(name, cells) for name, cells in columns.items()], PERSONAL)}


def verdicts(**columns: list[str]) -> dict[str, tuple[str, str]]:
    return {name: (one.kind, one.verdict) for name, one in held(**columns).items()}


def many(make, count: int = 40, seed: int = 3) -> list[str]:
    rng = random.Random(seed)
    return [make(rng) for _ in range(count)]


# --- the bars ---------------------------------------------------------------------------------------------------------


def test_of_a_thousand_columns_of_personal_data_in_ten_spellings_ninety_nine_in_a_hundred_are_held_back():
    """Headers speak, mumble (``cot_3``) or are silent; cells have slips and blanks."""
    missed, total = Counter(), Counter()
    for kind, spelling, header, cells in dirty.columns(seed=20260101):
        total[kind] += 1
        found = verdicts(**{header: cells}).get(header)
        if found is None or found[1] != "block":
            missed[kind, spelling, header] += 1
    assert total == dict.fromkeys(dirty.MAKERS, 250)
    assert sum(missed.values()) <= 0.01 * total.total(), missed


def test_of_columns_that_look_alike_at_most_one_in_a_hundred_is_held_back():
    """Every code list of the house, and made codes, amounts, barcodes, times, tax codes, office telephones."""
    wrong, total = Counter(), 0
    for what, header, cells in clean.columns(seed=20260102):
        total += 1
        found = verdicts(**{header: cells}).get(header)
        if found is not None and found[1] == "block":
            wrong[what, header, found[0]] += 1
    assert total > 400
    assert sum(wrong.values()) <= 0.01 * total, wrong


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
