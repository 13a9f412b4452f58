"""The engine's seam: the report is Frictionless's, and the full pass sees what the report's limit hides."""

from __future__ import annotations

import pytest

from pipelines.validation import validate
from pipelines.validation.engine import every_error
from pipelines.validation.source import resource_of

SCHEMA = {
    "fields": [{"name": "id", "type": "integer", "constraints": {"unique": True}}, {"name": "name", "type": "string"}]
}
TEXT = "id,name\n1,a\nx,b\n1,c\n,\n2\n3,d,e\ny,f\n"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(TEXT)
    return path


def told(errors):
    return [error.to_descriptor() for error in errors]


def test_the_full_pass_gives_the_errors_of_frictionless_in_its_order(table):
    report = resource_of(table, SCHEMA).validate(limit_errors=0)
    assert told(every_error(resource_of(table, SCHEMA))) == told(report.tasks[0].errors)
    assert len(report.tasks[0].errors) == 6


def test_the_report_is_what_frictionless_gives_with_the_same_limit(table):
    def bare(report):
        descriptor = report.to_descriptor()
        del descriptor["stats"]["seconds"]
        for task in descriptor["tasks"]:
            del task["stats"]["seconds"]
        return descriptor

    verdict = validate(resource_of(table, SCHEMA), limit_errors=2)
    assert bare(verdict.report) == bare(resource_of(table, SCHEMA).validate(limit_errors=2))
    assert not verdict.complete
    assert verdict.engine == "frictionless"
    assert validate(resource_of(table, SCHEMA), limit_errors=0).complete


def test_a_table_that_cannot_be_opened_gives_its_error_instead_of_rows(tmp_path):
    gone = resource_of(tmp_path / "missing.csv", SCHEMA)
    assert [error.type for error in every_error(gone)] == ["scheme-error"]


def test_header_row_delimiter_quote_and_encoding_are_ours_to_say(tmp_path):
    path = tmp_path / "strange name; with.gz"
    path.write_bytes("Ghi chú\nid;name\n1;'a;b'\n".encode("utf-16"))
    dialect = {"delimiter": ";", "quote": "'", "header_row": 2}
    verdict = validate(resource_of(path, SCHEMA, encoding="utf-16", dialect=dialect))
    assert verdict.report.valid, verdict.report.flatten(["type", "note"])


@pytest.mark.parametrize("pattern", ["[0-9]{2}", "a|bc", r"\d+", "Đ.*"])
def test_a_foreign_pattern_on_re2_gives_the_same_report(tmp_path, pattern):
    path = tmp_path / "table.csv"
    path.write_text("code\n12\nabc\nxbc\nĐà\n١٢\n123\n\n", encoding="utf-8")
    field = {
        "name": "code",
        "type": "string",
        "constraints": {"pattern": pattern, "maxLength": 2, "enum": ["12", "Đà", "abc"]},
    }
    ours = validate(resource_of(path, {"fields": [field]}, foreign=True)).report.tasks[0]
    theirs = resource_of(path, {"fields": [field]}).validate().tasks[0]
    assert told(ours.errors) == told(theirs.errors)
