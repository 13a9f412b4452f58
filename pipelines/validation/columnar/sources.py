"""Which source a resource's records come from: the list of the formats that the columnar engine reads."""

from __future__ import annotations

from typing import Any

from pipelines.validation.columnar.objects import ObjectSource
from pipelines.validation.columnar.plan import Plan
from pipelines.validation.columnar.source import CsvSource, Source
from pipelines.validation.columnar.xlsx.source import SheetSource
from pipelines.validation.columnar.xlsx.workbook import SwiftTable


def source_of(resource: Any, plan: Plan) -> Source:
    """The source for an open resource and the plan that was made of it."""
    if plan.dialect is not None:
        return CsvSource(plan)
    if isinstance(resource, SwiftTable):
        return SheetSource(resource, plan)
    return ObjectSource(resource, plan)
