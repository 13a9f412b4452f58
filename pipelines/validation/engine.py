"""The engine: Frictionless's report on a resource, and every error of it in one pass that keeps none of them.

The seam: callers see ``validate`` and ``every_error`` only. Whatever works behind them has to give the same errors in
the same order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from frictionless import Checklist, Error, Report, Resource
    from frictionless.resources import TableResource


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A Frictionless report, which engine made it ("columnar" or "frictionless") and why it was handed over."""

    report: Report
    engine: str = "frictionless"
    reason: str = ""

    @property
    def version(self) -> str:
        """The version of Frictionless whose verdict this is."""
        return metadata.version("frictionless")

    @property
    def complete(self) -> bool:
        """Whether no limit ended the run before the last row."""
        return not any(warning.startswith("reached ") for task in self.report.tasks for warning in task.warnings)


def validate(
    resource: Resource,
    checklist: Checklist | None = None,
    limit_errors: int = 1000,
    limit_rows: int | None = None,
) -> Verdict:
    """Validate a resource; the report equals ``resource.validate(...)``, and so do the exceptions.

    ``limit_errors`` 0 means all.
    """
    report = resource.validate(checklist, limit_errors=limit_errors, limit_rows=limit_rows)
    return Verdict(report=report, engine="frictionless", reason="row-by-row")


def every_error(resource: TableResource) -> Iterator[Error]:
    """Give every error of the baseline checks, header first, then in row order, in bounded memory."""
    from frictionless import FrictionlessException

    try:
        cast("Any", resource).open()
    except FrictionlessException as failure:
        yield from failure.to_errors()
        return
    with resource:
        yield from resource.header.errors
        rows = iter(resource.row_stream)
        while True:
            try:
                row = next(rows)
            except StopIteration:
                return
            except FrictionlessException as failure:
                yield failure.error
                continue
            yield from row.errors
