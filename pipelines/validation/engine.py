"""The engine: Frictionless's report on a resource, and every error of it in one pass that keeps none of them.

The seam: callers see ``validate`` and ``every_error`` only. Whatever works behind them has to give the same errors in
the same order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pipelines.lean import is_lean

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

    ``limit_errors`` 0 means all. The columnar engine takes what it can read with certainty and hands the rest back.
    """
    reason = _why_not_columnar(resource)
    if not reason:
        from pipelines.validation.columnar import HandBack, validate_columnar

        try:
            report = validate_columnar(resource, checklist, limit_errors=limit_errors, limit_rows=limit_rows)
            return Verdict(report=report, engine="columnar")
        except HandBack as handed:
            reason = handed.reason
    report = resource.validate(checklist, limit_errors=limit_errors, limit_rows=limit_rows)
    return Verdict(report=report, engine="frictionless", reason=reason)


SMALL = {
    **dict.fromkeys(("csv", "tsv", "json", "jsonl", "ndjson", "xls"), 256 << 10),
    **dict.fromkeys(("xlsx", "ods", "parquet", "parq"), 96 << 10),
}
"""Bytes under which Frictionless is as fast, by format: loading the columnar engine costs more than it saves."""


def _why_not_columnar(resource: Any) -> str:
    """Why a resource is not even tried: "" when it is."""
    if not getattr(resource, "tabular", False) or resource.format not in SMALL or resource.scheme != "file":
        return "not-a-table-file"
    if is_lean():
        return "small"
    try:
        small = not resource.normpath or Path(resource.normpath).stat().st_size < SMALL[resource.format]
    except OSError:
        return "no-such-file"
    return "small" if small else ""


def every_error(resource: TableResource) -> Iterator[Error]:
    """Give every error of the baseline checks, header first, then in row order, in bounded memory."""
    from frictionless import FrictionlessException

    if not _why_not_columnar(resource):
        from pipelines.validation.columnar import HandBack, errors_columnar

        try:
            yield from errors_columnar(resource)
        except HandBack:
            pass  # comes before the first error
        else:
            return
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
