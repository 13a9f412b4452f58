"""Formats whose cells have types (workbooks, JSON, Parquet): both engines give one report on random tables of them."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from random import Random
from typing import Any

from frictionless import Schema
from frictionless.resources import TableResource
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.validation.columnar import HandBack, validate_columnar
from tests.pipelines.columnar.both import compared
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


def both(path: Path, schema: Any, limit: int, block: int) -> tuple[Any, Any, str]:
    """Our report, Frictionless's, and why ours was not given."""

    def resource() -> TableResource:
        given = Schema.from_descriptor(json.loads(json.dumps(schema))) if schema else None
        return TableResource(name="t", path=path.name, basepath=str(path.parent), schema=given)

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


def say_the_same(path: Path, schema: Any, chance: Random) -> str:
    ours, theirs, reason = both(path, schema, chance.choice([1000, 0, 0, 1, 2, 30]), chance.choice([4 << 20, 4 << 20, 3000]))
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
