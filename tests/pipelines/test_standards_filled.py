"""Every table standard has a filled example that passes whole, and each check it asks for finds its broken twin."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipelines.steps import validate
from pipelines.validation.distinct import run_checks
from pipelines.validation.uses import Plan, bind
from standards import registry
from standards.registry import TABLES
from standards.standard import CheckUse, match_columns
from tests.pipelines.filled import broken, csv, filled
from tests.pipelines.tables import cells_file, parcel

EVERY = [
    (table_id, field.name if field else str(use.args.get("of", "")), use)
    for table_id, one in TABLES.items()
    for field, use in one.uses()
]
USES = list({(field if use.args else "", use.code, repr(use.args)): (table_id, field, use) for table_id, field, use in EVERY}.values())
"""Each use once: what standards share by way of ``elements.yaml`` is tried in the last of them."""


def outcome(folder: Path, table_id: str, text: str):
    [table] = validate.run(parcel(folder, text, standard=table_id)).tables
    return table.outcome


@pytest.mark.parametrize("table_id", TABLES)
def test_the_filled_example_of_a_standard_passes_without_an_error_or_warning(tmp_path: Path, table_id: str) -> None:
    """Empty columns and columns that ask about persons apart: an example need not fill every column."""
    found = outcome(tmp_path, table_id, csv(filled(table_id)))
    assert found.valid, [(one.code, one.place, one.cell, one.params) for one in found.findings]
    assert [(one.code, one.place.field, one.cell) for one in found.findings if one.code != "personal-data-asked"] == []


@pytest.mark.parametrize(("table_id", "field", "use"), USES, ids=[f"{one}-{field}-{use.code}" for one, field, use in USES])
def test_every_check_that_a_standard_asks_for_finds_its_broken_twin(
    tmp_path: Path, table_id: str, field: str, use: CheckUse
) -> None:
    rows, standard = broken(table_id, field, use), TABLES[table_id]
    labels = list(rows[0])
    plan = Plan(standard=standard, labels=labels, fields=match_columns(standard, labels), codelists=registry.codelist,
                check=registry.check, today=date(2026, 11, 1))  # fmt: skip
    cells = cells_file(tmp_path / "cells", [list(row.values()) for row in rows])
    found = {(group.code, group.field) for group in run_checks(cells, bind(plan)).groups.values()}
    assert (use.code, field) in found, found
