"""Errors made quickly are the errors that Frictionless makes, attribute by attribute."""

from __future__ import annotations

import pytest
from frictionless import Schema, errors
from frictionless.table.row import Row, create_cell_handlers
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.validation.columnar.rows import QuickRow, quick_error

TEXTS = st.text(max_size=8)


def state(error):
    """Everything an error holds, in slots and beside them."""
    slots = [name for one in type(error).__mro__ for name in one.__dict__.get("__slots__", ())]
    held = {name: getattr(error, name) for name in slots if name not in ("__dict__", "__weakref__") and hasattr(error, name)}
    return type(error), held, error.__dict__, error.to_descriptor()


@pytest.mark.parametrize("kind", [errors.TypeError, errors.ConstraintError, errors.ExtraCellError, errors.MissingCellError])
@settings(max_examples=30, deadline=None, derandomize=True, database=None)
@given(cells=st.lists(TEXTS, max_size=3), note=TEXTS, names=st.tuples(TEXTS, TEXTS), number=st.integers(1, 9))
def test_a_quick_error_holds_what_the_slow_one_holds(kind, cells, note, names, number):
    values = {"note": note, "row_number": number, "cell": names[0], "field_name": names[1], "field_number": number}
    assert state(quick_error(kind, list(cells), **values)) == state(kind(cells=list(cells), **values))


def test_a_quick_blank_row_holds_what_the_slow_one_holds():
    for cells in ([], ["", "{x}"]):
        assert state(quick_error(errors.BlankRowError, list(cells), note="", row_number=3)) == state(
            errors.BlankRowError(cells=list(cells), note="", row_number=3)
        )


SCHEMA = {
    "fields": [
        {"name": "a", "type": "integer", "constraints": {"minimum": 1, "enum": [1, 2, 3]}},
        {"name": "b", "type": "string", "constraints": {"required": True, "maxLength": 2}},
        {"name": "c", "type": "date"},
    ]
}


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(
    cells=st.lists(st.sampled_from(["", "1", "0", "x", "long text", "2020-01-01", "9"]), max_size=5),
    first=st.lists(st.sampled_from("abc"), max_size=2),
)
def test_a_quick_row_reads_and_remarks_as_the_slow_one(cells, first):
    def told(row):
        values = [row[name] for name in first]
        return values, [state(one) for one in row.errors], dict(row.items()), row.blank_cells, row.error_cells, row.cells

    handlers = create_cell_handlers(Schema.from_descriptor(SCHEMA).fields)
    quick, slow = (kind(list(cells), handlers=handlers, row_number=7) for kind in (QuickRow, Row))
    assert told(quick) == told(slow)
