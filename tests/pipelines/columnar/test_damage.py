"""Damaged files get one verdict from both engines (a sample; ``python -m tests.bench damage`` takes every file)."""

from __future__ import annotations

import warnings
from random import Random

import pytest
from frictionless.resources import TableResource

from pipelines.validation import source, validate
from pipelines.validation.columnar import HandBack, validate_columnar
from tests.pipelines.columnar.both import compared
from tests.pipelines.columnar.damage import damaged, differs
from tests.pipelines.columnar.tables import make_case


@pytest.mark.parametrize("seed", [3, 14, 15, 92])
def test_both_engines_say_the_same_of_damaged_files(tmp_path, seed):
    chance = Random(seed)
    case = make_case(chance)
    while len(case.content) < 400:
        case = make_case(chance)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = {name: differs(tmp_path, "table.csv", content) for name, content in damaged(case.content, chance)}
    assert {name: said for name, said in found.items() if said} == {}


@pytest.mark.parametrize("rows", [3, 20_000])
def test_a_pattern_from_outside_never_reaches_a_backtracking_engine(tmp_path, rows):
    """Frictionless copies fields; a copy that fell back to ``re`` would take years over ``^(a+)+$``."""
    path = tmp_path / "table.csv"
    path.write_text("a\n" + ("a" * 40 + "b\n") * rows)
    schema = {"fields": [{"name": "a", "type": "string", "constraints": {"pattern": "^(a+)+$"}}]}
    resource = source.resource_of(path, schema, foreign=True)
    verdict = validate(resource, limit_errors=3)
    assert [error.type for error in verdict.report.tasks[0].errors] == ["constraint-error"] * 3
    assert verdict.engine == ("columnar" if rows > 3 else "frictionless")


@pytest.mark.parametrize("bad", [b"k9,\xff,3,4\n", b"\xe9\n", "ệ".encode()[:2], b"x,1\n\xc3"])
@pytest.mark.parametrize("at", [2, 150, 299])
def test_bytes_of_another_encoding_in_a_ragged_row_are_not_lost(tmp_path, bad, at):
    """pyarrow drops a ragged row that it cannot decode, and says nothing but a line on standard error."""
    rows = [f"ệ{number},{number}\n".encode() for number in range(300)]
    rows[at] = bad
    (tmp_path / "table.csv").write_bytes(b"a,b\n" + b"".join(rows))

    def resource():
        return TableResource(path="table.csv", basepath=str(tmp_path), encoding="utf-8")

    with pytest.raises(HandBack):
        validate_columnar(resource(), block=997)
    (tmp_path / "table.csv").write_bytes(b"a,b\n" + b"".join(rows[:at] + rows[at + 1 :]))
    assert compared(validate_columnar(resource(), block=997)) == compared(resource().validate())
