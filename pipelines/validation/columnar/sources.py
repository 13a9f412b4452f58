"""Which source a resource's records come from: the list of the formats that the columnar engine reads."""

from __future__ import annotations

from typing import Any

from pipelines.validation.columnar.objects import ObjectSource
from pipelines.validation.columnar.plan import Plan
from pipelines.validation.columnar.source import CsvSource, Source


def copy_of(resource: Any) -> Any:
    """A copy of a resource, to be opened: a workbook's in the way that lets its sheet be read by columns."""
    copy = resource.to_copy()
    if copy.format != "xlsx":
        return copy
    from pipelines.validation.columnar.xlsx.workbook import swift_copy

    return swift_copy(copy)


def source_of(resource: Any, plan: Plan) -> Source:
    """The source for an open resource and the plan that was made of it."""
    if plan.dialect is not None:
        return CsvSource(plan)
    if getattr(resource, "swift", None) is not None:
        from pipelines.validation.columnar.xlsx.source import SheetSource

        return SheetSource(resource, plan)
    return ObjectSource(resource, plan)
