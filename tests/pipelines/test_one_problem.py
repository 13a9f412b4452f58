"""One cell shows one problem, and a standard may say how severe a check is."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from pipelines.step import Parcel
from pipelines.steps.validate import run
from pipelines.validation.absorbed import absorber, shown
from standards import registry
from standards.finding import Finding, Place
from standards.portable import from_json, to_json
from standards.standard import CheckUse
from tests.pipelines.tables import parcel

HEAD = "ref_date,province_code,province_name,commune_code,commune_name\n"
GOOD = "2025-08-01,01,Hà Nội,00004,Phường Ba Đình\n"


def outcome(tmp_path, rows, **more):
    [table] = run(parcel(tmp_path, HEAD + rows, standard="vn-admin-area", **more)).tables
    return table.outcome


def told(outcome):
    return [(one.code, one.place.field, one.also) for one in outcome.findings if one.severity == "error"]


def test_a_lost_zero_is_one_problem_that_stands_for_the_pattern_too(tmp_path):
    found = outcome(tmp_path, "2025-08-01,1,Hà Nội,00004,Phường Ba Đình\n" + GOOD.replace("00004", "00008"))
    assert told(found)[0] == ("leading-zero-lost", "province_code", ("constraint-error",))
    assert not any(one.code == "constraint-error" for one in found.findings)
    assert not any(group.code == "constraint-error" for group in found.groups)


def test_the_report_stays_what_frictionless_says_and_the_counts_are_those_of_what_is_shown(tmp_path):
    given = replace(
        parcel(tmp_path, HEAD + "2025-08-01,1,Hà Nội,4,Phường Ba Đình\n", standard="vn-admin-area"), keep=False
    )
    [table] = run(given).tables
    report = table.outcome.stats["report"]
    assert [one["type"] for one in report["tasks"][0]["errors"]] == ["constraint-error", "constraint-error"]
    errors = [one for one in table.outcome.findings if one.severity == "error"]
    groups = [one for one in table.outcome.groups if one.severity == "error"]
    assert table.outcome.stats["errors"] == sum(one.count for one in errors) == sum(one.count for one in groups) == 2
    assert not table.outcome.valid


def test_an_unlisted_code_of_another_form_is_one_problem_and_an_unexplained_form_stays_its_own(tmp_path):
    found = outcome(tmp_path, "2025-08-01,xx,,00004,\n")
    assert ("code-valid-on", "province_code", ("constraint-error",)) in told(found)
    bare = parcel(tmp_path, "a\nxx\n", schema={"fields": [{"name": "a", "type": "string", "constraints": {"pattern": "[0-9]+"}}]})
    [table] = run(bare).tables
    assert told(table.outcome) == [("constraint-error", "a", ())]


def test_every_row_is_counted_once_where_only_the_first_findings_are_kept(tmp_path):
    found = outcome(tmp_path, "2025-08-01,1,Hà Nội,4,Phường Ba Đình\n" * 30, limit=7)
    codes = {(one.code, one.field): one.count for one in found.groups if one.severity == "error"}
    assert codes["leading-zero-lost", "province_code"] == codes["leading-zero-lost", "commune_code"] == 30
    assert not any(code == "constraint-error" for code, _ in codes)
    assert len(found.findings) == 7
    assert all(one.also == ("constraint-error",) for one in found.findings if one.code == "leading-zero-lost")


def test_pattern_and_length_of_one_cell_are_one_problem_and_those_of_two_cells_are_two(tmp_path):
    rules = {"constraints": {"minLength": 3, "pattern": "[0-9]+", "enum": ["123"]}, "type": "string"}
    given = parcel(tmp_path, "a,b\nx,x\n123,x\n", schema={"fields": [{"name": "a", **rules}, {"name": "b", **rules}]})
    [table] = run(given).tables
    assert told(table.outcome) == [("constraint-error", one, ("constraint-error",)) for one in ("a", "b", "b")]
    assert {one.params["variant"] for one in table.outcome.findings} == {"enum"}
    assert table.outcome.stats["errors"] == 3


def test_a_check_that_only_warns_takes_no_errors_place(tmp_path):
    given = parcel(tmp_path, HEAD + GOOD.replace("01,Hà", "1,Hà"), standard="vn-admin-area")
    known = registry.TABLES["vn-admin-area"]
    field = known.field("province_code")
    softer = replace(field, checks=tuple(replace(one, severity="warning") for one in field.checks))
    standard = replace(known, fields=tuple(softer if one.name == field.name else one for one in known.fields))
    kinds = _with(given, standard)
    assert {"constraint-error", "leading-zero-lost"} <= {one.code for one in kinds.findings}
    assert not kinds.valid


def test_errors_of_a_table_without_explaining_checks_pass_as_they_are():
    assert absorber([], [], 0).columns == {}
    one = Finding(code="type-error", place=Place(row=2, column=1), params={"variant": "integer"})
    assert list(shown([one, one], lambda error: error)) == [one, one]


def test_what_a_finding_stands_for_is_kept_in_its_record():
    one = Finding(code="leading-zero-lost", also=("constraint-error",))
    assert from_json(Finding, to_json(one)) == one
    assert from_json(Finding, {"code": "x"}).also == ()


# --- severity ---------------------------------------------------------------------------------------------------------


def _with(given, standard):
    own = registry.Standards(tables={**registry.TABLES, standard.id: standard})

    class Own(Parcel):
        standards = property(lambda _: own)

    [table] = run(Own(**{one.name: getattr(given, one.name) for one in fields(Parcel)})).tables
    return table.outcome


SWAPPED = "province_code,ref_date,province_name,commune_code,commune_name,ghi_chu\n01,2025-08-01,Hà Nội,00004,Phường Ba Đình,x\n"


def test_order_and_extra_columns_are_warnings_that_do_not_block(tmp_path):
    [table] = run(parcel(tmp_path, SWAPPED, standard="vn-admin-area")).tables
    severities = {one.code: one.severity for one in table.outcome.findings}
    assert severities["column-order"] == severities["extra-column"] == "warning"
    assert table.outcome.valid


@pytest.mark.parametrize("code", ["column-order", "extra-column"])
@pytest.mark.parametrize("severity", ["error", "info"])
def test_a_standard_says_how_severe_order_and_extra_columns_are(tmp_path, code, severity):
    given = parcel(tmp_path, SWAPPED, standard="vn-admin-area")
    known = registry.TABLES["vn-admin-area"]
    found = _with(given, replace(known, checks=(*known.checks, CheckUse(code=code, severity=severity))))
    assert [one.severity for one in found.findings if one.code == code] == [severity]
    assert found.valid is (severity != "error")


def test_a_standard_says_how_severe_a_check_of_a_cell_is(tmp_path):
    given = parcel(tmp_path, HEAD + GOOD.replace("Phường Ba Đình", " Phường Ba Đình"), standard="vn-admin-area")
    known = registry.TABLES["vn-admin-area"]
    field = known.field("commune_name")
    softer = replace(field, checks=(*[one for one in field.checks if one.code != "trim"], CheckUse(code="trim", severity="error")))
    found = _with(given, replace(known, fields=tuple(softer if one is field else one for one in known.fields)))
    assert [one.severity for one in found.findings if one.code == "trim"] == ["error"]
    assert not found.valid
