"""Every scope of a check at columnar speed: the same findings as Frictionless's row loop, with few looks."""

from __future__ import annotations

import random
import re
from collections import Counter
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from frictionless import Checklist, Resource

from pipelines.validation.derived import as_frictionless
from pipelines.validation.distinct import run_checks
from pipelines.validation.uses import Bound
from standards import registry
from standards.check import Remark, Use
from standards.registry import CHECKS
from tests.pipelines.tables import cells_file

DERIVED = [one for one in CHECKS if one.SCOPE in {"cell", "row", "group"}]


def the_bound(check, names, args, today=date(2026, 11, 1)):
    use = Use(field=names[0], needs=tuple(names), args=args, codelists=registry.codelist, today=today)
    return Bound(check=check, use=use, columns=tuple(range(len(names))), label=names[0])


def tables(check):
    """Tables out of a check's examples: those that ask alike, in one table; a group's rows stay together."""
    kinds = {}
    for example in [*check.GOOD, *check.BAD]:
        key = (tuple(example.cells), repr(sorted(example.args.items())), example.today)
        kinds.setdefault(key, []).append(example)
    for (names, _, today), examples in kinds.items():
        if check.SCOPE == "group":
            for one in examples:
                yield names, one.args, today, [list(row) for row in zip(*one.cells.values(), strict=True)]
        else:
            rows = [[str(cell) for cell in one.cells.values()] for one in examples]
            random.Random(1).shuffle(rows)
            yield names, examples[0].args, today, rows * 3


@pytest.mark.parametrize("check", DERIVED, ids=lambda check: check.CODE)
def test_the_engine_and_the_check_derived_for_frictionless_find_the_same_rows(tmp_path, check):
    for number, (names, args, today, rows) in enumerate(tables(check)):
        if not rows:
            continue
        bound = the_bound(check, names, args, today)
        ours = run_checks(cells_file(tmp_path / f"cells{number}", rows, batch=4), [bound], limit=0)
        report = Resource(data=[list(names), *rows]).validate(Checklist(checks=[as_frictionless(bound)]))
        theirs = [error.note for error in report.tasks[0].errors if error.type == check.CODE]
        assert Counter(int(re.match(r"row (\d+)", note)[1]) for note in theirs) == Counter(one.place.row for one in ours.findings)


class Counted:
    """A check that objects to nothing and counts how often it is asked."""

    CODE, SEVERITY, BASIS = "counted", "error", ""

    def __init__(self, scope, code="counted", **names):
        self.SCOPE, self.CODE, self.times = scope, code, 0
        for name, value in names.items():
            setattr(self, name, value)

    def look(self, cells, use):
        self.times += 1


def big(path, *columns):
    """A table of a million rows, written column by column."""
    names = [f"c{at}" for at in range(len(columns))]
    schema = pa.schema([("row", pa.int64()), *((name, pa.string()) for name in names)])
    rows = len(columns[0])
    with pa.ipc.new_file(str(path), schema) as writer:
        for start in range(0, rows, 200_000):
            part = [one.slice(start, 200_000) for one in columns]
            writer.write_batch(pa.record_batch([pa.array(np.arange(start, start + len(part[0])) + 2), *part], schema=schema))
    return path


MILLION = 1_000_000


@pytest.fixture(scope="module")
def codes():
    """A million cells of a thousand values."""
    values = pa.array([f"{one:05d}" for one in range(1000)])
    return values.take(pa.array(np.random.default_rng(1).integers(0, 1000, MILLION)))


@pytest.fixture(scope="module")
def keys():
    """A million values, each of its own."""
    return pa.array(np.arange(MILLION)).cast(pa.string())


def test_a_million_cells_cost_as_many_looks_as_they_have_distinct_values(tmp_path, codes):
    check = Counted("cell")
    run_checks(big(tmp_path / "cells", codes), [the_bound(check, ["a"], {})])
    assert check.times == 1000


def test_a_million_rows_of_numbers_that_fit_cost_no_look_at_all(tmp_path, keys):
    check = Counted("row", code="at-most")
    more = pa.array(np.arange(MILLION) + 7).cast(pa.string())
    run_checks(big(tmp_path / "cells", keys, more), [the_bound(check, ["a", "b"], {"whole": "b"})])
    assert check.times == 0


def test_groups_too_small_to_matter_are_not_looked_at(tmp_path, codes, keys):
    """A million groups of one row cost none; a thousand names under a thousand codes are shown a thousand times."""
    check = Counted("group")
    run_checks(big(tmp_path / "cells", codes, keys), [the_bound(check, ["a", "b"], {"by": ["b"]})])
    assert check.times == 0
    check = Counted("group", DISTINCT=True)
    run_checks(big(tmp_path / "again", codes, codes), [the_bound(check, ["a", "b"], {"by": ["b"]})])
    assert check.times == 0
    check = Counted("group", DISTINCT=True, LEAST=1)
    run_checks(tmp_path / "again", [the_bound(check, ["a", "b"], {"by": ["b"]})])
    assert check.times == 1000


def test_a_group_is_never_cut_and_comes_in_row_order(tmp_path):
    seen = []

    class Kept(Counted):
        def look(self, cells, use):
            seen.append((cells["b"][0], cells["a"]))
            return Remark(rows=(1, 0)) if cells["b"][0] == "x" else None

    rows = [["1", "x"], ["2", "y"], ["3", "x"], ["4", "y"], ["5", "z"], ["6", "x"]]
    tally = run_checks(cells_file(tmp_path / "cells", rows, batch=2), [the_bound(Kept("group"), ["a", "b"], {"by": ["b"]})])
    assert seen == [("x", ["1", "3", "6"]), ("y", ["2", "4"])]
    [finding] = tally.findings
    assert (finding.place.row, finding.cell, finding.params["lines"]) == (4, "3", ["4", "2"])


def test_a_check_of_groups_is_not_asked_where_a_column_of_the_key_is_missing(tmp_path):
    check = Counted("group")
    run_checks(cells_file(tmp_path / "cells", [["1"], ["1"]]), [the_bound(check, ["a"], {"by": ["gone"]})])
    assert check.times == 0


def test_columns_in_a_sentence_are_called_what_people_call_them(tmp_path):
    bound = the_bound(registry.check("at-most"), ["online", "received"], {"whole": "received"})
    titled = Bound(check=bound.check, use=bound.use, columns=bound.columns, label="online",
                   titles={"received": {"vi": "Số hồ sơ tiếp nhận", "en": "Received"}})  # fmt: skip
    [finding] = run_checks(cells_file(tmp_path / "cells", [["3", "2"]]), [titled]).findings
    assert finding.params["whole_field"] == {"vi": "Số hồ sơ tiếp nhận", "en": "Received"}
