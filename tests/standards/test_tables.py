"""Table standards: each file loads, keeps its word towards Frictionless, and is matched to an agency's headings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest
from frictionless import Resource, Schema

from standards import registry, standard
from standards.check import Remark, Use
from standards.codelist import ancestors
from standards.record import Text
from standards.registry import CODELISTS, TABLES, codelist, counts
from standards.standard import CheckUse, Field, TableStandard, elements, from_yaml, match_columns

ROOT = Path(standard.__file__).parent
ALL = tuple(TABLES)
HEAD = """
id: t
version: 1.0.0
status: proposed
kind: dataset
title: {vi: Bảng, en: Table}
basis: [x]
"""
DAY = date(2026, 11, 21)
COLUMN_ARGS = ("date", "name", "parent", "start", "end")


@pytest.mark.parametrize("table_id", ALL)
def test_frictionless_accepts_every_standard(table_id: str) -> None:
    one = TABLES[table_id]
    schema = Schema.from_descriptor(one.table_schema())
    assert [field.name for field in schema.fields] == [field.name for field in one.fields]
    assert Schema.from_descriptor(one.table_schema("vi")).fields[0].title == one.fields[0].title["vi"]


@pytest.mark.parametrize("table_id", ALL)
def test_the_examples_of_a_standard_make_a_valid_row(table_id: str) -> None:
    one = TABLES[table_id]
    rows = [[field.name for field in one.fields], [field.example for field in one.fields]]
    report = Resource(data=rows, schema=Schema.from_descriptor(one.table_schema())).validate()
    assert report.valid, report.flatten(["message"])


@pytest.mark.parametrize("table_id", ALL)
def test_every_standard_speaks_vietnamese_and_english_and_names_its_basis(table_id: str) -> None:
    def spoken(text: Text) -> bool:
        return bool(text.get("vi", "").strip() and text.get("en", "").strip())

    one = TABLES[table_id]
    assert one.basis
    assert spoken(one.title)
    assert one.title["ja"]
    assert spoken(one.description)
    assert [field.name for field in one.fields if not spoken(field.title)] == []
    assert [field.name for field in one.fields if field.description and not spoken(field.description)] == []
    assert not one.notes or spoken(one.notes)


@pytest.mark.parametrize("table_id", ALL)
def test_a_standard_names_only_columns_lists_and_keys_that_exist(table_id: str) -> None:
    one = TABLES[table_id]
    names = {field.name for field in one.fields}
    assert len(names) == len(one.fields)
    assert set(one.primary_key) <= names
    assert [found for found in one.codelists() if found not in CODELISTS] == []
    for field, use in one.uses():
        for arg in COLUMN_ARGS:
            assert use.args.get(arg, one.fields[0].name) in names, (field, use)


def test_every_check_that_a_standard_asks_for_exists() -> None:
    """A standard never asks for something that nobody does."""
    known = {one.CODE for one in registry.CHECKS}
    asked = {use.code for one in TABLES.values() for _, use in one.uses()}
    assert asked - known == set()


def looks(one: TableStandard, row: Mapping[str, str]) -> Iterator[tuple[str, str, Remark]]:
    """Every remark of the standard's checks on one row."""
    for named, use in one.uses():
        field = named or one.field(str(use.args["of"]))
        assert field is not None
        check = registry.check(use.code)
        cells = row if check.SCOPE in {"cell", "row"} else {name: [cell] for name, cell in row.items()}
        remark = check.look(cells, the_use(one, field, use))
        if remark:
            yield field.name, use.code, remark


def the_use(one: TableStandard, field: Field, use: CheckUse) -> Use:
    others = [str(value) for value in use.args.values() if one.field(str(value))]
    return Use(field=field.name, needs=(field.name, *others), args=use.args, codelists=codelist, today=DAY)


@pytest.mark.parametrize("table_id", ALL)
def test_no_check_has_a_remark_on_the_example_row(table_id: str) -> None:
    one = TABLES[table_id]
    assert list(looks(one, {field.name: field.example for field in one.fields})) == []


@pytest.mark.parametrize("table_id", ALL)
@pytest.mark.parametrize("cell", ["", "?", "1", "0100109105", "Xã Hoà Bi\u0300nh ", "24", "1/7/2025"])
def test_checks_have_the_arguments_they_need_whatever_a_cell_holds(table_id: str, cell: str) -> None:
    one = TABLES[table_id]
    for _, _, remark in looks(one, {field.name: cell for field in one.fields}):
        assert remark.params is not None


def found(table_id: str, **cells: str) -> set[tuple[str, str]]:
    one = TABLES[table_id]
    row = {field.name: field.example for field in one.fields} | cells
    return {(name, code) for name, code, _ in looks(one, row)}


@pytest.mark.parametrize(
    ("table_id", "cells", "expected"),
    [
        ("vn-admin-area", {"province_code": "1", "province_name": "Hà Nội"}, ("province_code", "leading-zero-lost")),
        ("vn-admin-area", {"province_name": "Tỉnh Bắc Giang"}, ("province_code", "code-valid-on")),
        ("vn-admin-area", {"province_name": "Tỉnh Lào Cai"}, ("province_code", "name-matches-code")),
        ("vn-admin-area", {"commune_name": "Phường Hoàng Văn Thụ"}, ("commune_code", "code-valid-on")),
        ("vn-admin-area", {"province_code": "27"}, ("province_code", "code-valid-on")),
        ("vn-admin-area", {"province_code": "01", "province_name": "Hà Nội"}, ("commune_code", "parent-of")),
        ("vn-admin-area", {"district_code": "213"}, ("district_code", "code-valid-on")),
        ("vn-agency-directory", {"valid_from": "2026-01-01", "valid_to": "2025-01-01"}, ("valid_to", "date-order")),
        ("vn-agency-directory", {"agency_id": "H02.12"}, ("agency_id", "code-valid-on")),
        ("vn-agency-directory", {"parent_id": "H02"}, ("parent_id", "code-valid-on")),
        ("vn-budget", {"agency_id": "H02.12"}, ("agency_id", "code-valid-on")),
        ("vn-enterprise", {"tax_code": "0100109107"}, ("tax_code", "check-digit")),
        ("vn-enterprise", {"tax_code": "001203012345"}, ("tax_code", "personal-number")),
        ("vn-enterprise", {"tax_code": "100109106"}, ("tax_code", "leading-zero-lost")),
        (
            "vn-enterprise",
            {"ref_date": "2025-11-01", "main_industry_section": "V"},
            ("main_industry_section", "code-valid-on"),
        ),
        ("vn-school", {"name": "Tr\u00adêng TiÓu häc Hoµng V¨n Thô"}, ("name", "legacy-font-encoding")),
        ("vn-school", {"name": " Trường A"}, ("name", "trim")),
        ("vn-school", {"name": "Trươ\u0300ng"}, ("name", "nfc")),
        ("vn-school", {"name": "Trường\u200b A"}, ("name", "invisible-characters")),
        ("vn-budget", {"chapter": "22"}, ("chapter", "leading-zero-lost")),
        ("vn-budget", {"sector": "71"}, ("sector", "leading-zero-lost")),
        ("vn-event", {"start_date": "2025-06-30", "end_date": "2025-06-30"}, ("commune_code", "code-valid-on")),
        ("jp-public-facility", {"全国地方公共団体コード": "11002"}, ("全国地方公共団体コード", "leading-zero-lost")),
        ("jp-public-facility", {"法人番号": "9000020011003"}, ("法人番号", "check-digit")),
        ("sg-entity", {"uen": "00192200X"}, ("uen", "check-digit")),
    ],
)
def test_the_standard_sees_what_it_is_for(table_id: str, cells: dict[str, str], expected: tuple[str, str]) -> None:
    """One cell of the example row is spoiled, and the check that is meant for it speaks."""
    assert expected in found(table_id, **cells)


@pytest.mark.parametrize("day", [date(2024, 3, 1), date(2025, 6, 30), date(2025, 7, 1), date(2026, 11, 21)])
def test_the_lists_pass_their_own_standard(day: date) -> None:
    """Every 53rd commune of four days, with the names and upper units the lists give it, has no remark."""
    standard_, provinces = TABLES["vn-admin-area"], codelist("vn-province")
    for entry in list(codelist("vn-commune").valid_on(day))[::53]:
        above = ancestors(codelist("vn-commune"), entry.code, day, codelist)
        province = provinces.on(above[-1], day)
        assert province
        row = {
            "ref_date": day.isoformat(),
            "province_code": province.code,
            "province_name": province.name,
            "district_code": above[0] if len(above) > 1 else "",
            "commune_code": entry.code,
            "commune_name": entry.name,
        }
        assert list(looks(standard_, row)) == []


@pytest.mark.parametrize("table_id", ALL)
def test_no_heading_belongs_to_two_fields(table_id: str) -> None:
    for closeness in (standard._as_written, standard._as_folded):
        keys = Counter(
            key
            for field in TABLES[table_id].fields
            for key in {closeness(word) for word in (field.name, *field.title.values(), *field.aliases)}
        )
        assert [key for key, number in keys.items() if number > 1] == []


def test_official_and_proposed_standards_are_counted_apart() -> None:
    """No Vietnamese dataset standard with an official field list was found; GTFS publishes its own."""
    assert counts() == {"official": 1, "proposed": 21}
    assert [one.id for one in TABLES.values() if one.status == "official"] == ["gtfs-stops"]


def test_the_same_element_means_the_same_everywhere() -> None:
    checks = {
        tuple((use.code, use.args.get("list")) for use in field.checks)
        for one in TABLES.values()
        for field in one.fields
        if field.name == "commune_code"
    }
    assert len(checks) == 1


def test_an_events_codes_are_read_on_the_day_it_begins() -> None:
    field = TABLES["vn-event"].field("commune_code")
    assert field is not None
    assert {use.args["date"] for use in field.checks if "date" in use.args} == {"start_date"}


def test_repealed_law_is_not_cited() -> None:
    pattern = re.compile(r"47/2020|13/2023/NĐ")
    files = [*ROOT.rglob("*.yaml"), *ROOT.rglob("*.csv"), *ROOT.rglob("*.md"), *ROOT.glob("*.py")]
    assert [path.name for path in files if pattern.search(path.read_text(encoding="utf-8"))] == []


# --- the YAML itself --------------------------------------------------------------------------------------------------


def test_a_field_takes_over_an_element_and_changes_it() -> None:
    one = from_yaml(HEAD + "fields: [{like: commune_code, name: ma, with: {date: ngay, name: null}}]", elements())
    [field] = one.fields
    assert (field.name, field.codelist, field.required) == ("ma", "vn-commune", True)
    [valid] = [use for use in field.checks if use.code == "code-valid-on"]
    assert dict(valid.args) == {"list": "vn-commune", "date": "ngay"}


def test_severity_stands_beside_the_arguments_of_a_check() -> None:
    text = "fields: [{name: a, type: string, title: {vi: A, en: A}, checks: [{trim: {severity: warning}}]}]"
    [use] = from_yaml(HEAD + text, {}).fields[0].checks
    assert (use.code, use.severity, dict(use.args)) == ("trim", "warning", {})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fields: []\nbogus: 1", "bogus"),
        ("fields: [{name: a, type: string, title: {vi: A}, colour: red}]", "colour"),
        ("fields: [{name: a, type: text, title: {vi: A}}]", "text"),
        ("fields: [{name: a, type: string}]", "title"),
        ("fields: [{like: nothing}]", "nothing"),
        ("fields: [{name: a, type: string, title: {vi: A}, checks: [{trim: {}, nfc: {}}]}]", "check"),
        ("fields: [a]", "field"),
        ("", "fields"),
    ],
)
def test_a_mistake_in_a_standard_is_named(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        from_yaml(HEAD + text, elements())


def test_an_unknown_status_is_refused() -> None:
    with pytest.raises(ValueError, match="certified"):
        from_yaml(HEAD.replace("proposed", "certified") + "fields: []", {})


def test_standards_are_opened_by_id_only() -> None:
    with pytest.raises(KeyError):
        TABLES["../elements"]
    assert "vn-school" in TABLES
    assert "vn-nothing" not in TABLES


# --- an agency's headings ---------------------------------------------------------------------------------------------


def matched(one: TableStandard, *labels: str) -> list[str]:
    found = match_columns(one, labels)
    return [found[index].name if index in found else "" for index in range(len(labels))]


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("commune_code", "commune_code"),
        ("Mã xã", "commune_code"),
        ("MÃ XÃ", "commune_code"),
        ("ma_xa", "commune_code"),
        ("Ma xa ", "commune_code"),
        ("Commune code", "commune_code"),
        ("Mã xã, phường, đặc khu", "commune_code"),
        ("Tên trường", "name"),
        ("Tổng số học sinh", "pupils"),
        ("Vĩ độ", "latitude"),
        ("SĐT", "phone"),
        ("Cột lạ", ""),
        ("", ""),
        ("(*)", ""),
    ],
)
def test_a_heading_finds_its_field(label: str, name: str) -> None:
    assert matched(TABLES["vn-school"], label) == [name]


def test_tone_placement_and_composition_do_not_matter() -> None:
    assert matched(TABLES["vn-stat-long"], "Ti\u0300nh tra\u0323ng", "Gia tri") == ["obs_status", "obs_value"]
    assert matched(TABLES["vn-school"], "Tọa độ Y") == ["latitude"]


def test_a_field_is_taken_once_by_the_closest_heading() -> None:
    """The name itself wins over an alias that stands before it."""
    assert matched(TABLES["vn-school"], "Mã xã", "commune_code") == ["", "commune_code"]
    assert matched(TABLES["vn-school"], "Tên xã", "Xã") == ["commune_name", ""]


def test_what_stands_in_brackets_may_be_left_out_or_differ() -> None:
    assert matched(TABLES["vn-budget"], "Số tiền (triệu đồng)", "Mã ĐVQHNS") == ["amount", "unit_code"]


# --- what others install ----------------------------------------------------------------------------------------------


def test_another_package_adds_a_standard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry point of ``datamo.tables`` names a package whose YAML files are read like ours."""
    package = tmp_path / "xa_tables"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "xa-trees.yaml").write_text(HEAD.replace("id: t", "id: xa-trees") + "fields: []", encoding="utf-8")
    told = tmp_path / "xa_tables-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: xa-tables\nVersion: 1.0\n")
    (told / "entry_points.txt").write_text("[datamo.tables]\nxa = xa_tables\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    registry.offered.cache_clear()
    folders = registry.table_folders.__wrapped__()
    registry.offered.cache_clear()
    assert set(folders) == {*ALL, "xa-trees"}
    assert standard.read(folders["xa-trees"], "xa-trees").id == "xa-trees"
