"""Foreign keys between the tables of a package: both engines find the same rows, also where tables refer to each other."""

from __future__ import annotations

import warnings
from random import Random

import pytest
from frictionless import Package, Schema
from frictionless.resources import TableResource
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.validation.columnar import HandBack, validate_columnar
from tests.pipelines.columnar.both import compared

KINDS = {"integer": ["1", "2", "+3", "007", "", "x", "9"], "string": ["a", "b", "c d", "é", "", "zz"], "date": ["2020-01-05", "2021-06-15", "", "2020-1-5"]}


def make_package(folder, chance):
    """Two tables; the first refers to the second, sometimes the second to the first, sometimes by two columns."""
    kinds = [chance.choice(list(KINDS)) for _ in range(2)]
    for name in ("child", "parent"):
        rows = [[chance.choice(KINDS[kind][: None if name == "child" else 4]) for kind in kinds] for _ in range(chance.choice([0, 3, 40, 200]))]
        (folder / f"{name}.csv").write_text("\n".join(",".join(row) for row in [["p", "q"], *rows]) + "\n", encoding="utf-8")
    columns = chance.choice([["p"], ["q"], ["p", "q"]])
    keys = {name: [] for name in ("child", "parent")}
    keys["child"].append({"fields": columns, "reference": {"resource": "parent", "fields": columns}})
    if chance.random() < 0.3:
        keys["parent"].append({"fields": ["p"], "reference": {"resource": "child", "fields": ["p"]}})
    if chance.random() < 0.2:
        keys["child"].append({"fields": ["p"], "reference": {"resource": chance.choice(["", "nowhere"]), "fields": ["q"]}})
    fields = [{"name": name, "type": kind} for name, kind in zip("pq", kinds, strict=True)]

    def package():
        return Package(resources=[
            TableResource(name=name, path=f"{name}.csv", basepath=str(folder), encoding="utf-8",
                          schema=Schema.from_descriptor({"fields": [dict(one) for one in fields], "foreignKeys": keys[name]}))
            for name in keys
        ])

    return package


@settings(max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(chance=st.integers(0, 10**9).map(Random))
def test_references_between_tables_get_one_verdict(tmp_path, chance):
    make = make_package(tmp_path, chance)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in ("child", "parent"):
            theirs = compared(make().get_resource(name).validate())
            try:
                ours = compared(validate_columnar(make().get_resource(name)))
            except HandBack:  # refers to a table that is not there
                assert [one["type"] for one in theirs["tasks"][0]["errors"]] == ["resource-error"]
            else:
                assert ours == theirs


def test_tables_that_refer_to_each_other_in_a_circle_are_judged_and_end(tmp_path):
    """a → b → c → a: each is looked up once, in both engines, and one broken link in each is told."""
    keys = {"a": "b", "b": "c", "c": "a"}
    for name in keys:
        (tmp_path / f"{name}.csv").write_text(f"p,q\n1,2\n2,{'9' if name == 'b' else '1'}\n")

    def package():
        return Package(resources=[
            TableResource(name=name, path=f"{name}.csv", basepath=str(tmp_path), encoding="utf-8", schema=Schema.from_descriptor({
                "fields": [{"name": "p", "type": "integer"}, {"name": "q", "type": "integer"}],
                "foreignKeys": [{"fields": ["q"], "reference": {"resource": other, "fields": ["p"]}}]}))
            for name, other in keys.items()
        ])

    found = {}
    for name in keys:
        ours = validate_columnar(package().get_resource(name))
        assert compared(ours) == compared(package().get_resource(name).validate())
        found[name] = ours.flatten(["rowNumber", "type"])
    assert found == {"a": [], "b": [[3, "foreign-key"]], "c": []}


def test_most_packages_are_taken(tmp_path):
    taken = 0
    for seed in range(20):
        try:
            taken += validate_columnar(make_package(tmp_path, Random(seed))().get_resource("child")) is not None
        except HandBack:
            continue
    assert taken > 12


def test_a_reference_to_a_table_that_is_not_there_is_an_error_of_the_resource(tmp_path):
    (tmp_path / "child.csv").write_text("p\n1\n")
    schema = {"fields": [{"name": "p", "type": "string"}], "foreignKeys": [{"fields": ["p"], "reference": {"resource": "nowhere", "fields": ["z"]}}]}
    child = TableResource(name="child", path="child.csv", basepath=str(tmp_path), schema=Schema.from_descriptor(schema))
    package = Package(resources=[child])
    with pytest.raises(HandBack, match="open"):
        validate_columnar(package.get_resource("child"))
    assert [error.type for error in package.get_resource("child").validate().tasks[0].errors] == ["resource-error"]
