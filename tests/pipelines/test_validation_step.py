"""The step: a table judged under the schema we choose, with findings, groups, stats, pins and report."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.steps import validate
from standards.finding import Finding
from tests.pipelines.tables import parcel

HEADER = "ref_date,province_code,province_name,commune_code,commune_name\n"
GOOD = "2025-08-01,01,Hà Nội,00004,Phường Ba Đình\n"


def outcome(parcel):
    [table] = validate.run(parcel).tables
    return table.outcome


def codes(result, severity=None):
    return [one.code for one in result.findings if severity in {None, one.severity}]


def test_a_clean_table_of_a_standard_is_valid_and_pins_what_judged_it(tmp_path):
    result = outcome(parcel(tmp_path, HEADER + GOOD, standard="vn-admin-area"))
    assert result.valid
    assert result.findings == result.groups == ()
    assert result.pins["standard"].startswith("vn-admin-area@")
    assert set(result.pins["codelists"]) >= {"vn-province", "vn-commune"}
    assert all(result.pins["codelists"].values())
    assert "frictionless" in result.pins["checker"]
    assert (result.stats["rows"], result.stats["columns"], result.stats["errors"]) == (1, 5, 0)


def test_the_report_of_frictionless_is_kept_as_an_artefact_that_is_not_public(tmp_path):
    [report] = outcome(parcel(tmp_path, HEADER + GOOD, standard="vn-admin-area")).artefacts
    content = Path(report.path).read_bytes()
    assert (report.role, report.public, report.bytes) == ("report", False, len(content))
    assert json.loads(content)["tasks"][0]["labels"] == HEADER.strip().split(",")


def test_findings_of_all_kinds_stand_in_row_order_with_titles_of_the_standard(tmp_path):
    text = HEADER + GOOD + "2025-08-01,27,Bắc Ninh,99999, x\n2025-08-01,1,Hà Nội,00004,Phường Ba Đình,y\n"
    result = outcome(parcel(tmp_path, text, standard="vn-admin-area"))
    assert not result.valid
    rows = [one.place.row for one in result.findings]
    assert rows == sorted(rows)
    closed = next(one for one in result.findings if one.code == "code-valid-on")
    assert (closed.place.row, closed.place.column, closed.place.field) == (3, 2, "province_code")
    assert closed.params["title"]["en"] == "Province code"
    assert {"code-valid-on", "trim", "leading-zero-lost", "extra-cell"} <= set(codes(result))


def test_titles_and_aliases_stand_for_the_fields_of_a_standard(tmp_path):
    text = "Ngày dữ liệu,Mã tỉnh,Tên tỉnh,Mã xã,Tên xã\n" + GOOD
    result = outcome(parcel(tmp_path, text, standard="vn-admin-area"))
    assert (result.valid, codes(result)) == (True, [])


def test_missing_columns_block_while_extra_and_reordered_ones_only_warn(tmp_path):
    text = "commune_code,ref_date,ghi chú\n00004,2025-08-01,x\n"
    result = outcome(parcel(tmp_path, text, standard="vn-admin-area"))
    assert codes(result, "error") == ["missing-column"]
    assert codes(result, "warning") == ["column-order", "extra-column"]
    assert next(one for one in result.findings if one.code == "missing-column").place.field == "province_code"


def test_groups_stats_and_verdict_come_from_a_full_pass_though_the_report_stops(tmp_path):
    text = HEADER + "2025-08-01,99,x,00004,Phường Ba Đình\n" * 30
    text += "hôm nay,01,Hà Nội,00004,Phường Ba Đình\n" * 7
    result = outcome(parcel(tmp_path, text, standard="vn-admin-area", limit=5))
    report = json.loads(Path(result.artefacts[0].path).read_text())
    assert len(report["tasks"][0]["errors"]) == 5
    assert report["tasks"][0]["warnings"] == ["reached error limit: 5"]
    assert len(result.findings) == 5
    counts = {(one.code, one.field): one.count for one in result.groups}
    assert counts["code-valid-on", "province_code"] == 30
    assert counts["type-error", "ref_date"] == 7
    assert result.stats["errors"] == sum(one.count for one in result.groups if one.severity == "error")


def test_without_a_standard_a_seen_type_never_blocks(tmp_path):
    """What profile took for a number is text after all: the column widens, the table stays valid."""
    text = "name,count\na,1\nb,2\nc,một\n"
    result = outcome(parcel(tmp_path, text, kinds={"count": {"kind": "integer"}}))
    assert (result.valid, codes(result)) == (True, [])


def test_seen_marks_of_numbers_and_dates_are_told_to_frictionless(tmp_path):
    text = "money;day\n" + '"1.234,5",31/12/2025\n'
    text = text.replace(";", ",")
    kinds = {"money": {"kind": "number", "decimal": ",", "group": "."}, "day": {"kind": "date", "format": "%d/%m/%Y"}}
    assert outcome(parcel(tmp_path, text, kinds=kinds)).valid


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a,b\n1,2,3\n", "extra-cell"),
        ("a,b\n1\n", "missing-cell"),
        ("a,\n1,2\n", "blank-label"),
        ("a,a\n1,2\n", "duplicate-label"),
    ],
)
def test_without_a_standard_what_would_damage_the_table_blocks(tmp_path, text, code):
    result = outcome(parcel(tmp_path, text))
    assert not result.valid
    assert codes(result, "error") == [code]


@pytest.mark.parametrize(
    ("text", "code", "kind"),
    [
        ("a,b\n1,2\n,\n3,4\n", "blank-row", "drop-row"),
        ("a,\n1,\n2,\n", "blank-label", "drop-column"),
        ("a,b\n1, x\n", "trim", "trim"),
        ("a,b\n1,2,\n", "extra-cell", "drop-cell"),
        ("a,b\n1,x\u00a0y\n", "invisible-characters", "invisible"),
        ("a,b\n1,\n2,\n", "empty-column", "drop-column"),
    ],
)
def test_untidiness_warns_and_can_be_repaired_safely(tmp_path, text, code, kind):
    result = outcome(parcel(tmp_path, text))
    assert result.valid
    [finding] = result.findings
    assert (finding.code, finding.severity, finding.fix.kind, finding.fix.safe) == (code, "warning", kind, True)
    assert result.groups[0].fixable == 1


def test_a_header_without_rows_blocks(tmp_path):
    result = outcome(parcel(tmp_path, "a,b\n"))
    assert codes(result, "error") == ["no-rows"]


def test_a_blank_row_under_a_standard_is_not_also_a_missing_key(tmp_path):
    result = outcome(parcel(tmp_path, HEADER + GOOD + ",,,,\n", standard="vn-admin-area"))
    assert (result.valid, codes(result)) == (True, ["blank-row"])


def test_rows_of_a_csv_made_for_the_validator_are_told_by_the_numbers_of_the_original(tmp_path):
    """A sheet whose header stands on row 9: its second data row is row 11."""
    given = parcel(tmp_path, "a,b\n1,2\n1,2,3\n", made=True, first=10)
    assert [one.place.row for one in outcome(given).findings] == [11]


def test_a_schema_of_the_uploader_judges_by_its_known_members(tmp_path):
    schema = {
        "fields": [{"name": "code", "type": "string", "constraints": {"pattern": "[0-9]{2}"}, "x": "y"}],
        "path": "/etc/passwd",
        "foreignKeys": [{"fields": "code", "reference": {"resource": "http://example.com/x.csv", "fields": "a"}}],
    }
    result = outcome(parcel(tmp_path, "code\n12\n123\n", schema=schema))
    [untold, finding] = result.findings
    assert (untold.code, untold.severity) == ("reference-unchecked", "warning")
    assert (finding.code, finding.place.row) == ("constraint-error", 3)
    assert finding.params["constraint"] == "pattern"


@pytest.mark.parametrize(
    ("schema", "code"),
    [
        ({"fields": [{"name": "a", "constraints": {"pattern": "(?=x)"}}]}, "pattern-unsupported"),
        ({"fields": "a"}, "schema-unusable"),
        ({"fields": [{"name": "a", "type": "nonsense"}]}, "schema-unusable"),
        ({"fields": [{"name": "a"}, {"name": "a"}]}, "schema-unusable"),
        ({"fields": [{"name": "a"}], "primaryKey": ["b"]}, "schema-unusable"),
        ([], "schema-unusable"),
    ],
)
def test_a_schema_that_cannot_be_used_ends_the_walk_with_a_reason(tmp_path, schema, code):
    stopped = validate.run(parcel(tmp_path, "a\n1\n", schema=schema)).outcome
    assert not stopped.valid
    assert stopped.reason["code"] == code


def test_an_unknown_standard_ends_the_walk_with_a_reason(tmp_path):
    assert validate.run(parcel(tmp_path, "a\n1\n", standard="vn-nothing")).outcome.reason["code"] == "unknown-standard"


def test_a_personal_number_is_masked_in_every_finding_on_its_cell(tmp_path):
    labels = "ref_date,tax_code\n"
    result = outcome(parcel(tmp_path, labels + "2025-08-01,001203012345\n", standard="vn-enterprise"))
    assert "personal-number" in codes(result)
    assert "001203012345" not in repr(result.findings)


def test_remarks_of_the_reading_are_told_unless_frictionless_tells_them_too(tmp_path):
    given = parcel(tmp_path, "a,b\n1,2\n")
    remarks = (Finding(code="footer-skipped", severity="warning"), Finding(code="extra-cell"))
    given = replace(given, tables=(replace(given.tables[0], remarks=remarks),))
    assert codes(outcome(given)) == ["footer-skipped"]


def test_a_byte_order_mark_is_told_once_and_safely_left_out(tmp_path):
    given = parcel(tmp_path, "a,b\n1,2\n")
    marked = replace(given.tables[0].table, encoding="utf-8-sig")
    result = outcome(replace(given, tables=(replace(given.tables[0], table=marked),)))
    [finding] = result.findings
    assert (finding.code, finding.severity, finding.fix.safe) == ("byte-order-mark", "warning", True)
    assert result.valid
