"""Frictionless's own data folder through the columnar engine: every seventh case (the bench takes all of them)."""

from __future__ import annotations

import pytest

from tests.conftest import missing
from tests.pipelines.columnar import conformance

EVERY = 7
MOST_BACK = 0.15


@pytest.fixture(scope="module")
def outcome():
    try:
        folder = conformance.data_folder()
    except conformance.Unavailable as why:
        missing("Frictionless's data folder", why)
    cases, schemas = conformance.read_cases()
    return conformance.run(cases[::EVERY], schemas, folder)


def test_no_report_differs_from_frictionless(outcome):
    counts, _, different = outcome
    assert counts["different"] == 0, [(case["path"], case.get("schema")) for case in different]
    assert counts["identical"] > 300


def test_few_cases_are_handed_back(outcome):
    counts, reasons, _ = outcome
    assert counts["back"] <= MOST_BACK * sum(counts.values()), reasons
