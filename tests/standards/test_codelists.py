"""Code lists: what a code meant on a day, that the files are in good order, and that the facts are the facts."""

from __future__ import annotations

import csv
import hashlib
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from standards import codelist as lists
from standards.codelist import Entry, ancestors, conversions, described, load, parse
from standards.registry import CODELISTS, codelist

FOLDER = Path(lists.__file__).parent / "codelists"
BEFORE, AFTER, NOW = date(2025, 6, 30), date(2025, 7, 1), date(2026, 11, 21)


@pytest.mark.parametrize("list_id", tuple(described()))
def test_every_list_is_in_good_order(list_id: str) -> None:
    """Codes in order, no two entries of a code at the same time, parents and successors that exist."""
    one = load(list_id)
    codes = list(one.entries)
    known, above = set(codes), {code for parent in one.parents for code in load(parent).entries}
    assert codes == sorted(codes)
    for entries in one.entries.values():
        for earlier, later in pairwise(entries):
            assert earlier.valid_to is not None
            assert later.valid_from is not None
            assert earlier.valid_to <= later.valid_from
        for entry in entries:
            assert entry.name == entry.name.strip() != ""
            assert known.issuperset(entry.successors)
            assert not entry.parent or entry.parent in above, entry


@pytest.mark.parametrize("list_id", tuple(described()))
def test_every_list_says_where_it_comes_from(list_id: str) -> None:
    one = load(list_id)
    assert one.source
    assert one.licence
    assert one.evidence in {"S", "R", "K"}
    assert set(one.title) == {"vi", "en", "ja"}
    assert one.gathered == date(2026, 11, 21)
    assert one.digest == hashlib.sha256((FOLDER / f"{list_id}.csv").read_bytes()).hexdigest()


def test_the_folder_holds_the_described_lists_and_the_conversion() -> None:
    assert {path.stem for path in FOLDER.glob("*.csv")} == {*described(), "vn-commune-conversion"}
    assert set(CODELISTS) == set(described())


def test_a_list_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="label"):
        parse("code,label\nx,y\n", "vi")


def test_an_unknown_list_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        codelist("vn-nothing")


def test_names_come_in_the_lists_languages() -> None:
    found = parse(
        "code,name,parent,valid_from,valid_to,successors,basis,other_names,name_en\n"
        "1,Một,,2025-01-01,2025-07-01,2 3,A → B,Mốt|Nhất,One\n",
        "vi",
    )["1"]
    assert found == (
        Entry(
            code="1",
            name="Một",
            valid_from=date(2025, 1, 1),
            valid_to=date(2025, 7, 1),
            successors=("2", "3"),
            basis="A → B",
            names={"vi": "Một", "en": "One"},
            other_names=("Mốt", "Nhất"),
        ),
    )
    assert (found[0].opened_by, found[0].closed_by) == ("A", "B")


# --- the facts that trip everyone -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "was", "became"),
    [
        ("15", "Tỉnh Yên Bái", "Tỉnh Lào Cai"),
        ("24", "Tỉnh Bắc Giang", "Tỉnh Bắc Ninh"),
        ("44", "Tỉnh Quảng Bình", "Tỉnh Quảng Trị"),
        ("52", "Tỉnh Bình Định", "Tỉnh Gia Lai"),
        ("80", "Tỉnh Long An", "Tỉnh Tây Ninh"),
        ("82", "Tỉnh Tiền Giang", "Tỉnh Đồng Tháp"),
        ("91", "Tỉnh Kiên Giang", "Tỉnh An Giang"),
    ],
)
def test_province_codes_were_reused_in_july_2025(code: str, was: str, became: str) -> None:
    provinces = load("vn-province")
    before, after = provinces.on(code, BEFORE), provinces.on(code, AFTER)
    assert before is not None
    assert after is not None
    assert (before.name, after.name) == (was, became)


def test_units_on_three_days() -> None:
    """63 provinces, 696 districts and then 34, none; 9 cities and 25 provinces, 3,321 communes today."""
    provinces, districts, communes = load("vn-province"), load("vn-district"), load("vn-commune")
    assert [len(list(one.valid_on(BEFORE))) for one in (provinces, districts)] == [63, 696]
    assert [len(list(one.valid_on(AFTER))) for one in (provinces, districts, communes)] == [34, 0, 3321]
    today = [entry.name for entry in provinces.valid_on(NOW)]
    assert sum(name.startswith("Thành phố") for name in today) == 9
    assert len(today) == 34
    kinds = [entry.name.split()[0] for entry in communes.valid_on(NOW)]
    assert (kinds.count("Phường"), kinds.count("Xã"), kinds.count("Đặc")) == (697, 2611, 13)


def test_every_commune_that_ended_in_july_2025_has_successors() -> None:
    communes = load("vn-commune")
    ended = [entry for entries in communes.entries.values() for entry in entries if entry.valid_to == AFTER]
    assert len(ended) == 10035
    assert [entry.code for entry in ended if not entry.successors] == []
    valid = {entry.code for entry in communes.valid_on(AFTER)}
    assert {code for entry in ended for code in entry.successors} <= valid


def test_successors_put_first_what_took_the_whole_unit() -> None:
    assert [one.code for one in load("vn-commune").successors("00001", NOW)] == ["00097"]
    assert load("vn-commune").verdict("00001", NOW) == "closed"


def test_successors_follow_several_changes() -> None:
    """27 Bắc Ninh became 24 in 2025, which became a city in 2026."""
    provinces = load("vn-province")
    assert [one.name for one in provinces.successors("27", AFTER)] == ["Tỉnh Bắc Ninh"]
    assert [one.name for one in provinces.successors("27", NOW)] == ["Thành phố Bắc Ninh"]
    assert provinces.successors("01", NOW) == ()


def test_verdicts_tell_unknown_not_yet_closed_and_valid_apart() -> None:
    provinces = load("vn-province")
    sections = load("vn-vsic-section")
    assert provinces.verdict("99", NOW) == "unknown"
    assert provinces.verdict("27", NOW) == "closed"
    assert provinces.verdict("27", BEFORE) == "valid"
    assert sections.verdict("V", date(2025, 11, 14)) == "not-yet"
    assert sections.verdict("V", date(2025, 11, 15)) == "valid"


def test_a_communes_parents_depend_on_the_day() -> None:
    communes = load("vn-commune")
    assert ancestors(communes, "00004", BEFORE, load) == ("001", "01")
    assert ancestors(communes, "00004", AFTER, load) == ("01",)
    assert ancestors(communes, "99999", AFTER, load) == ()
    assert len(communes.children_of("24", AFTER)) == 99


def test_three_slips_of_the_conversion_table_are_corrected_and_kept_visible() -> None:
    slips = {(one.printed, one.old_commune, one.old_name) for one in conversions() if one.printed}
    assert slips == {
        ("00553", "00556", "Xã Đặng Xá"),
        ("01615", "01651", "Xã Mỹ Hưng"),
        ("02485", "02482", "Xã Phú Thịnh"),
    }
    assert len(conversions()) == 10571
    assert len({one.new_commune for one in conversions()}) == 3321


def test_ba_che_bears_its_official_code() -> None:
    entry = load("vn-commune").on("06970", AFTER)
    assert entry is not None
    assert entry.name == "Xã Ba Chẽ"
    assert load("vn-commune").verdict("06978", AFTER) in {"unknown", "closed"}


def test_spellings_of_both_sources_are_kept() -> None:
    entry = load("vn-commune").on("00736", BEFORE)
    assert entry is not None
    assert (entry.name, entry.other_names) == ("Xã Xà Phìn", ("Xã Sà Phìn",))


def test_agency_codes_do_not_follow_province_codes() -> None:
    """H01 An Giang stayed open while its statistical code went from 89 to 91; H02 Bắc Giang went into H05 Bắc Ninh."""
    agencies = load("vn-agency-level1")
    stayed = agencies.on("H01", NOW)
    assert stayed is not None
    assert stayed.name == "Ủy ban nhân dân tỉnh An Giang"
    assert [one.code for one in agencies.successors("H02", NOW)] == ["H05"]
    assert len([entry for entry in agencies.valid_on(NOW) if entry.code.startswith("H")]) == 34
    assert not agencies.complete


def test_hue_kept_its_code_through_two_names() -> None:
    names = [entry.name for entry in load("vn-agency-level1").entries["H57"]]
    assert names == ["Ủy ban nhân dân tỉnh Thừa Thiên Huế", "Ủy ban nhân dân thành phố Huế"]


def test_leading_zeros_are_where_they_belong() -> None:
    widths = {
        "vn-province": 2, "vn-district": 3, "vn-commune": 5, "vn-ethnic-group": 2, "vn-personal-id-province": 3,
        "vn-mobile-prefix": 3, "jp-local-government": 6, "iso3166-1-numeric": 3,
    }  # fmt: skip
    for list_id, width in widths.items():
        assert {len(code) for code in load(list_id).entries} == {width}, list_id
    assert load("iso3166-1-numeric").entries["004"][0].name == "Afghanistan"
    assert "010006" in load("jp-local-government").entries


def test_japanese_codes_end_in_their_check_digit() -> None:
    """Σ d·(6,5,4,3,2); the check digit is the last digit of 11 − (Σ mod 11)."""
    for code in load("jp-local-government").entries:
        total = sum(int(digit) * weight for digit, weight in zip(code, (6, 5, 4, 3, 2), strict=False))
        assert int(code[5]) == (11 - total % 11) % 10, code


def test_partial_classifications_say_so() -> None:
    assert (load("vn-vsic").complete, load("vn-vsic").complete_level) == (False, 1)
    assert (load("vn-vsic-2007").complete, load("vn-vsic-2007").complete_level) == (False, 4)
    sections = load("vn-vsic-section")
    assert len(list(sections.valid_on(date(2025, 11, 14)))) == 21
    assert len(list(sections.valid_on(date(2025, 11, 15)))) == 22


def test_outdated_subdivisions_are_not_offered() -> None:
    """ISO 3166-2:VN still lists 63 provinces."""
    assert not [one for one in CODELISTS if one.startswith("iso3166-2")]


def test_files_have_no_carriage_returns_and_no_blanks_around_cells() -> None:
    for path in FOLDER.glob("*.csv"):
        data = path.read_bytes()
        assert b"\r" not in data
        assert not data.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(data.decode("utf-8").splitlines()))
        assert len({len(row) for row in rows}) == 1
        assert [row for row in rows if any(cell != cell.strip() for cell in row)] == []
