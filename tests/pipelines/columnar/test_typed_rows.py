"""Formats whose cells have types (workbooks, JSON, Parquet): both engines give one report on random tables of them."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from random import Random
from typing import Any

import pytest
from frictionless import Dialect, Schema
from frictionless.resources import TableResource
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.validation.columnar import HandBack, validate_columnar
from tests.pipelines.columnar.both import compared
from tests.pipelines.columnar.documents import make_document
from tests.pipelines.columnar.workbooks import make_workbook

quick = settings(deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
CHANCE = st.integers(0, 10**9).map(Random)


def schema_of(chance: Random, fields: list[dict[str, Any]]) -> dict[str, Any] | None:
    """A schema with keys for some fields, or none: then it is inferred."""
    if chance.random() < 0.2:
        return None
    fields = json.loads(json.dumps(fields))
    schema: dict[str, Any] = {"fields": fields}
    if chance.random() < 0.3:
        chance.choice(fields).setdefault("constraints", {})["unique"] = True
    if chance.random() < 0.2:
        schema["primaryKey"] = [one["name"] for one in chance.sample(fields, min(len(fields), chance.choice([1, 2])))]
    if chance.random() < 0.15:
        own = chance.choice(fields)["name"]
        schema["foreignKeys"] = [{"fields": own, "reference": {"resource": "", "fields": chance.choice(fields)["name"]}}]
    if chance.random() < 0.1 and set(schema) == {"fields"} and len(fields) > 1:
        fields.pop()
    return schema


def both(path: Path, schema: Any, limit: int, block: int, control: Any = None) -> tuple[Any, Any, str]:
    """Our report, Frictionless's, and why ours was not given."""

    def resource() -> TableResource:
        given = Schema.from_descriptor(json.loads(json.dumps(schema))) if schema else None
        more = {"dialect": Dialect.from_descriptor({"json": dict(control)})} if control else {}
        return TableResource(name="t", path=path.name, basepath=str(path.parent), schema=given, **more)

    ours, reason = None, ""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ours = compared(validate_columnar(resource(), limit_errors=limit, block=block))
        except HandBack as back:
            reason = back.reason
        try:
            theirs: Any = compared(resource().validate(limit_errors=limit))
        except Exception as raised:  # noqa: BLE001 - readers raise whatever they raise
            theirs = f"{type(raised).__name__}: {raised}"
    return ours, theirs, reason


def say_the_same(path: Path, schema: Any, chance: Random, control: Any = None) -> str:
    limit, block = chance.choice([1000, 0, 0, 1, 2, 30]), chance.choice([4 << 20, 4 << 20, 3000])
    ours, theirs, reason = both(path, schema, limit, block, control)
    if not reason:
        assert ours == theirs
    elif reason == "raised":
        limited = isinstance(theirs, dict) and any("limit" in one for one in theirs["tasks"][0]["warnings"])
        broken = isinstance(theirs, dict) and any(one["type"] == "source-error" for one in theirs["tasks"][0]["errors"])
        assert limited or broken or isinstance(theirs, str), "the columnar engine raised where Frictionless does not"
    return reason


@settings(quick, max_examples=40)
@given(chance=CHANCE)
def test_both_engines_give_the_same_report_on_workbooks(tmp_path, chance):
    path = tmp_path / "table.xlsx"
    say_the_same(path, schema_of(chance, make_workbook(path, chance)), chance)


@pytest.mark.parametrize("form", ["json", "jsonl"])
@settings(quick, max_examples=35)
@given(chance=CHANCE)
def test_both_engines_give_the_same_report_on_json(tmp_path, form, chance):
    path, made = tmp_path / f"table.{form}", make_document(chance, lines=form == "jsonl")
    path.write_bytes(made.content)
    say_the_same(path, schema_of(chance, made.fields), chance, made.control)


def test_most_documents_that_can_be_read_are_not_handed_back(tmp_path):
    reasons = []
    for seed in range(24):
        chance = Random(seed)
        made = make_document(chance, lines=seed % 2 == 0)
        path = tmp_path / ("table.jsonl" if seed % 2 == 0 else "table.json")
        path.write_bytes(made.content)
        reasons.append(say_the_same(path, schema_of(chance, made.fields), chance, made.control))
    assert sum(one not in {"", "open"} for one in reasons) <= 4
    assert reasons.count("") >= 12


SELF = [{"fields": "a", "reference": {"resource": "", "fields": "b"}}]
FOUND = {
    "an object where a text refers to something": ('[{"a": "x", "b": "x"}, {"a": {"k": 1}, "b": "y"}, {"a": [1], "b": "z"}]', {"foreignKeys": SELF}),
    "an object where a text is a key": ('[{"a": "x", "b": "x"}, {"a": {"k": 1}, "b": "y"}, {"a": "x", "b": "z"}]', {"primaryKey": ["a"]}),
    "members twice in one object": ('[{"a": "x", "b": "y"}, {"a": "1", "a": "2", "b": "y"}]', {}),
    "whole numbers beyond any machine": ('[{"a": 1, "b": 2}, {"a": ' + "9" * 400 + ', "b": 1.5}]', {}),
    "rows of other lengths": ('[["a", "b"], ["x"], [], ["x", "y", "z"], [null, null], ["x", "y"]]', {}),
    "members that are missing or too many": ('[{"a": "x", "b": "y"}, {"b": "y"}, {"a": "x", "b": "y", "c": 1}, {}]', {}),
}


@pytest.mark.parametrize("case", FOUND)
def test_what_once_differed_or_might_in_json(tmp_path, case):
    text, more = FOUND[case]
    schema = {"fields": [{"name": "a", "type": "string"}, {"name": "b", "type": "string"}], **more}
    path = tmp_path / "table.json"
    path.write_text(text)
    ours, theirs, reason = both(path, schema, 1000, 4 << 20)
    assert (reason, ours) == ("", theirs)
