"""Our checks over cells: asked once per distinct combination, told in row order, counted in full."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from pipelines.validation.distinct import run_checks
from pipelines.validation.uses import Bound, Plan, bind, bind_table
from standards import registry
from standards.check import Remark, Use
from standards.finding import Fix
from standards.standard import CheckUse, Field, TableStandard, match_columns
from tests.pipelines.tables import cells_file

TODAY = date(2026, 11, 1)


class Asked:
    """A check that objects to cells beginning with "!" and counts how often it is asked."""

    CODE, SCOPE, SEVERITY, BASIS = "asked", "cell", "error", "a rule"

    def __init__(self):
        self.times = 0

    def look(self, cells, use):
        self.times += 1
        text = cells[use.field]
        if not text.startswith("!"):
            return None
        return Remark(params={"others": sorted(cells)}, fix=Fix(kind="x", after="", safe=len(text) == 2))


def bound(check, columns=(0,), names=("a", "b")):
    use = Use(
        field=names[columns[0]], needs=tuple(names[one] for one in columns), codelists=registry.codelist, today=TODAY
    )
    return Bound(check=check, use=use, columns=columns, label=names[columns[0]])


def test_a_check_is_asked_once_for_each_distinct_value(tmp_path):
    check = Asked()
    rows = [["x", ""], ["!", ""], ["x", ""]] * 5000
    tally = run_checks(cells_file(tmp_path / "cells", rows), [bound(check)], limit=3)
    assert check.times == 2
    assert [one.place.row for one in tally.findings] == [3, 6, 9]
    [group] = tally.groups.values()
    assert (group.count, group.examples, group.fixable) == (5000, (3, 6, 9, 12, 15), 0)


def test_a_check_of_several_columns_is_asked_once_for_each_distinct_combination(tmp_path):
    check = Asked()
    rows = [["!", "1"], ["!", "2"], ["!", "1"], ["x", "1"], ["!x", "2"]] * 3
    tally = run_checks(cells_file(tmp_path / "cells", rows, batch=4), [bound(check, (0, 1))], limit=0)
    assert check.times == 4
    assert [one.place.row for one in tally.findings] == [2, 3, 4, 6, 7, 8, 9, 11, 12, 13, 14, 16]
    assert tally.findings[0].params["others"] == ["a", "b"]
    assert sum(group.fixable for group in tally.groups.values()) == 3


def test_findings_of_several_checks_stand_in_row_order_and_end_at_the_limit(tmp_path):
    rows = [["x", "!"], ["!", "x"], ["!", "!"]]
    both = [bound(Asked()), bound(Asked(), (1,))]
    tally = run_checks(cells_file(tmp_path / "cells", rows, first=10), both, limit=3)
    assert [(one.place.row, one.place.field) for one in tally.findings] == [(10, "b"), (11, "a"), (12, "a")]
    assert sum(group.count for group in tally.groups.values()) == 4


def test_long_cells_are_cut_in_findings(tmp_path):
    tally = run_checks(cells_file(tmp_path / "cells", [["!" * 500, ""]]), [bound(Asked())])
    assert tally.findings[0].cell == "!" * 200


def test_a_masked_cell_takes_the_place_of_the_real_one(tmp_path):
    check = registry.check("personal-number")
    tally = run_checks(cells_file(tmp_path / "cells", [["001203012345", ""]]), [bound(check)])
    assert "001203012345" not in repr(tally)
    assert tally.findings[0].cell == "001*********"


def test_a_column_check_gives_one_finding_with_the_number_of_cells(tmp_path):
    check = registry.check("legacy-font-encoding")
    rows = [["Thµnh phè Hµ Néi", ""], ["Ha Noi", ""], ["TØnh Hµ Giang", ""], ["QuËn Ba §×nh", ""]]
    tally = run_checks(cells_file(tmp_path / "cells", rows, batch=2), [bound(check)])
    [finding] = tally.findings
    assert (finding.count, finding.place.row, finding.cell) == (3, 2, "Thµnh phè Hµ Néi")
    assert finding.params["after"] == "Thành phố Hà Nội"


def test_severities_of_one_check_are_counted_apart(tmp_path):
    check = SimpleNamespace(
        CODE="mixed", SCOPE="cell", SEVERITY="error", BASIS="",
        look=lambda cells, _: Remark(severity="warning" if cells["a"] == "w" else None),
    )  # fmt: skip
    tally = run_checks(cells_file(tmp_path / "cells", [["w", ""], ["e", ""], ["e", ""]]), [bound(check)])
    assert (tally.errors("error"), tally.errors("warning")) == (2, 1)


# --- binding --------------------------------------------------------------------------------------------------------


def plan(labels, *fields, checks=()):
    standard = TableStandard(
        id="t", version="1", title={}, status="proposed", kind="dataset", basis=(), fields=fields, checks=checks
    )
    return Plan(
        standard=standard,
        labels=labels,
        fields=match_columns(standard, labels),
        codelists=registry.codelist,
        check=registry.check,
        today=TODAY,
    )


def of(bounds, code):
    return [one for one in bounds if code == one.check.CODE]


DAY = Field(name="day", type="date", title={"vi": "Ngày"})
NAME = Field(name="name", type="string", title={"vi": "Tên"})
CODE = Field(
    name="code",
    type="string",
    title={"vi": "Mã"},
    codelist="vn-province",
    constraints={"required": True},
    checks=(
        CheckUse(code="code-valid-on", args={"date": "day", "name": "name"}),
        CheckUse(code="name-matches-code", args={"name": "name"}),
    ),
)


def test_arguments_that_name_columns_become_needs_and_missing_ones_do_not():
    everything = bind(plan(["name", "code", "day"], DAY, NAME, CODE))
    assert of(everything, "code-valid-on")[0].columns == (1, 2, 0)
    assert of(everything, "code-valid-on")[0].use.needs == ("code", "day", "name")
    assert of(bind(plan(["code"], DAY, NAME, CODE)), "code-valid-on")[0].use.needs == ("code",)


def test_a_use_takes_list_and_date_from_its_field_where_it_says_nothing():
    matches = of(bind(plan(["name", "code", "day"], DAY, NAME, CODE)), "name-matches-code")[0]
    assert dict(matches.use.args) == {"list": "vn-province", "date": "day", "reused": False, "name": "name"}


def test_checks_that_others_rely_on_come_by_themselves():
    tax = Field(name="tax", type="string", title={}, checks=(CheckUse(code="check-digit", args={"number": "vn.mst"}),))
    bounds = bind(plan(["code", "tax"], CODE, tax))
    assert of(bounds, "leading-zero-lost")[0].use.args["name"] == "name"
    assert of(bounds, "personal-number")[0].columns == (1,)


def test_every_column_gets_the_checks_of_text_once():
    trimmed = Field(name="a", type="string", title={}, checks=(CheckUse(code="trim", severity="error"),))
    bounds = of(bind(plan(["a", "unknown"], trimmed)), "trim")
    assert [(one.columns, one.severity) for one in bounds] == [((0,), "error"), ((1,), "warning")]


def test_a_table_level_use_of_a_cell_check_is_bound_to_the_last_column_it_names():
    end = Field(name="end", type="date", title={"vi": "Đến"})
    spans = (CheckUse(code="date-order", args={"start": "day", "end": "end"}),)
    [one] = of(bind(plan(["end", "day"], DAY, end, checks=spans)), "date-order")
    assert (one.label, one.columns) == ("end", (0, 1))
    assert one.check.look({"end": "2024-01-01", "day": "2025-01-01"}, one.use) is not None
    assert of(bind(plan(["other"], DAY, end, checks=spans)), "date-order") == []


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        (["code", "name"], []),
        (["name", "code"], ["column-order"]),
        (["code", "ghi chú"], ["extra-column"]),
        (["name"], ["missing-column"]),
    ],
)
def test_the_columns_of_a_table_are_held_against_the_standard(labels, told):
    one = plan(labels, CODE, NAME)
    names = [one.fields[at].name if at in one.fields else label for at, label in enumerate(labels)]
    cells = {key: ["x"] for key in names}
    found = [each.check.CODE for each in bind_table(one) if each.check.look(cells, each.use) is not None]
    assert found == told
