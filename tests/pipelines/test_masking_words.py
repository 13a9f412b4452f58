"""What a report still says of a column whose cells are hidden: its name, and how much of it was seen."""

from __future__ import annotations

from pipelines.validation import masking
from standards.finding import Finding, Place

HELD = Place(row=None, column=2, field="Ghi chú")


def test_a_column_asked_about_keeps_its_share_and_its_masked_sample() -> None:
    asked = Finding(code="personal-data-asked", place=HELD, cell="091*******", params={"share": 40, "variant": "within"})
    assert masking.finding(asked, {1}) == asked


def test_the_name_of_a_hidden_column_is_told_and_its_cells_are_not() -> None:
    extra = Finding(code="extra-column", place=HELD, params={"extra": "Ghi chú", "value": "0912345678"})
    assert masking.finding(extra, {1}).params == {"extra": "Ghi chú"}
