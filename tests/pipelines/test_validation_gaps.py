"""What Table Schema 2 asks for and Frictionless does not judge is found by us, and by us alone."""

from __future__ import annotations

from datetime import date

import pytest

from api.messages import findings
from catalog.model import Options
from pipelines.inside import look
from pipelines.step import Parcel
from pipelines.validation.gaps import gaps_of
from pipelines.validation.lookups import keys_of
from pipelines.validation.schema import NotSchema


def checked(tmp_path, schema, *rows):
    path = tmp_path / "table.csv"
    names = [one["name"] for one in schema["fields"]]
    path.write_text("\n".join([";".join(names), *rows]) + "\n", encoding="utf-8")
    work = tmp_path / "work"
    work.mkdir()
    parcel = Parcel(path=path, name=path.name, work=work, options=Options(schema=schema), today=date(2026, 1, 1), keep=False)
    outcome = look(parcel)
    assert outcome.readable, outcome.reason
    table = outcome.tables[0]
    return [(one.code, one.place.row, one.cell) for one in table.findings if one.severity == "error"], table


CASES = {
    "categories": (
        {"name": "a", "type": "string", "categories": [{"value": "x", "label": "X"}, "y"]}, ["x", "y", "z", ""], [("category", 4, "z")],
    ),
    "categories of whole numbers": ({"name": "a", "type": "integer", "categories": [1, 2]}, ["1", "02", "3"], [("category", 4, "3")]),
    "whole numbers with group marks": (
        {"name": "a", "type": "integer", "groupChar": ",", "constraints": {"maximum": 5000}}, ["1,000", "1,0x0", "7,000"],
        [("grouped-integer", 3, "1,0x0"), ("grouped-integer", 4, "7,000")],
    ),
    "a JSON Schema for cells": (
        {"name": "a", "type": "array", "constraints": {"jsonSchema": {"items": {"type": "integer"}}}}, ["[1,2]", '[1,"x"]'],
        [("json-schema", 3, '[1,"x"]')],
    ),
    "a pattern in it, on RE2": (
        {"name": "a", "type": "array", "constraints": {"jsonSchema": {"items": {"pattern": "^(a+)+$"}}}},
        ['["aaa"]', '["' + "a" * 60 + 'b"]'], [("json-schema", 3, '["' + "a" * 60 + 'b"]')],
    ),
    "bounds on durations": (
        {"name": "a", "type": "duration", "constraints": {"minimum": "P1D", "maximum": "P1M"}}, ["PT1H", "P28D", "P2M", "P1D"],
        [("duration-bound", 2, "PT1H"), ("duration-bound", 4, "P2M")],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_cell_is_held_to_what_the_schema_asks(tmp_path, name):
    field, cells, expected = CASES[name]
    rows = [f'"{cell.replace(chr(34), chr(34) * 2)}";k{number}' for number, cell in enumerate(cells)]
    found, table = checked(tmp_path, {"fields": [field, {"name": "b", "type": "string"}]}, *rows)
    assert found == expected
    told = [error["type"] for task in table.stats["report"]["tasks"] for error in task["errors"]]
    assert set(told) <= {"blank-row"}
    for one in table.findings:
        if one.severity == "error":
            assert "{" not in findings.say(one, "vi") + findings.say(one, "en").replace(one.cell, "")


def test_a_key_of_several_columns_may_not_repeat_and_missing_values_do_not_count(tmp_path):
    schema = {"fields": [{"name": "a", "type": "string"}, {"name": "b", "type": "string"}], "uniqueKeys": [["a", "b"]]}
    found, _ = checked(tmp_path, schema, "x;1", "x;2", "x;1", "x;", "x;")
    assert found == [("unique-keys", 4, "x, 1")]


@pytest.mark.parametrize(
    ("field", "pointer"),
    [
        ({"categories": "x"}, "#/fields/0/categories"),
        ({"type": "duration", "constraints": {"minimum": "soon"}}, "#/fields/0/constraints/minimum"),
        ({"type": "array", "constraints": {"jsonSchema": {"$ref": "https://example.org/x"}}}, "#/fields/0/constraints/jsonSchema"),
        ({"type": "array", "constraints": {"jsonSchema": {"type": "nonsense"}}}, "#/fields/0/constraints/jsonSchema"),
        ({"type": "integer", "groupChar": ",", "constraints": {"minimum": "x"}}, "#/fields/0/constraints/minimum"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(field, pointer):
    with pytest.raises(NotSchema) as caught:
        gaps_of({"fields": [{"name": "a", **field}]})
    assert caught.value.pointer == pointer
    with pytest.raises(NotSchema):
        gaps_of({"fields": [{"name": "a"}], "uniqueKeys": [["nowhere"]]})


def test_a_reference_that_cannot_be_checked_is_said(tmp_path):
    key = {"fields": "a", "reference": {"package": "xa-phuong", "resource": "xa", "fields": "ma"}}
    schema = {"fields": [{"name": "a", "type": "string"}, {"name": "b", "type": "string"}], "foreignKeys": [key]}
    errors, table = checked(tmp_path, schema, "x;1")
    assert errors == []
    told = [findings.say(one, "en") for one in table.findings if one.code == "reference-unchecked"]
    assert told == [
        "Column A (a): the column points to xa-phuong/xa (ma), which is not part of the file and was not compared. Compare the two yourself."
    ]


@pytest.mark.parametrize("key", ["a", {"fields": "nowhere", "reference": {"fields": "z"}}, {"fields": "a"}, {"fields": "a", "reference": {"fields": []}}])
def test_a_foreign_key_of_no_meaning_is_refused_with_its_place(key):
    with pytest.raises(NotSchema, match="#/foreignKeys"):
        keys_of({"fields": [{"name": "a"}], "foreignKeys": [key] if key != "a" else key})
