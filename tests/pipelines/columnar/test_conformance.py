"""Frictionless's own data folder through the columnar engine: a sample of the cases (the bench takes all of them)."""

from __future__ import annotations

import pytest

from tests.conftest import missing
from tests.pipelines.columnar import conformance

EVERY = 7
MOST_BACK = 0.15
TYPED = {"xlsx": 9, "xls": 3, "json": 3, "jsonl": 2, "ndjson": 2}
"""Formats whose cells have types and that Frictionless reads here, and of how many cases each one is taken."""


@pytest.fixture(scope="module")
def folder():
    try:
        return conformance.data_folder()
    except conformance.Unavailable as why:
        missing("Frictionless's data folder", why)


@pytest.fixture(scope="module")
def outcome(folder):
    cases, schemas = conformance.read_cases()
    return conformance.run(cases[::EVERY], schemas, folder)


def test_no_report_differs_from_frictionless(outcome):
    counts, _, different = outcome
    assert counts["different"] == 0, [(case["path"], case.get("schema")) for case in different]
    assert counts["identical"] > 300


def test_few_cases_are_handed_back(outcome):
    counts, reasons, _ = outcome
    assert counts["back"] <= MOST_BACK * sum(counts.values()), reasons


@pytest.mark.parametrize("form", TYPED)
def test_no_report_on_typed_cells_differs_and_none_is_handed_back(folder, form):
    cases, schemas = conformance.read_cases(conformance.TYPED)
    asked = [case for case in cases if case["format"] == form][:: TYPED[form]]
    counts, reasons, different = conformance.run(asked, schemas, folder)
    assert counts["different"] == 0, [(case["path"], case.get("schema")) for case in different]
    assert counts["identical"] == len(asked) > 10, reasons
