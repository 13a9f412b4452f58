"""One case through both engines, and what of their reports has to be equal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from frictionless import Checklist, Detector, Dialect, Schema
from frictionless.resources import TableResource

from pipelines.validation.columnar import HandBack, validate_columnar
from pipelines.validation.columnar.engine import BLOCK
from tests.pipelines.columnar.tables import Case


def resource_of(folder: Path, case: Case) -> TableResource:
    options: dict[str, Any] = {}
    if case.schema is not None:
        options["schema"] = Schema.from_descriptor(json.loads(json.dumps(case.schema)))
    if case.dialect:
        options["dialect"] = Dialect.from_descriptor(json.loads(json.dumps(case.dialect)))
    if case.encoding:
        options["encoding"] = case.encoding
    if case.detector:
        options["detector"] = Detector(**case.detector)
    (folder / "table.csv").write_bytes(case.content)
    return TableResource(name="table", path="table.csv", basepath=str(folder), format="csv", **options)


def checklist_of(case: Case) -> Checklist | None:
    return Checklist.from_descriptor(json.loads(json.dumps(case.checklist))) if case.checklist else None


def compared(report: Any) -> dict[str, Any]:
    """A report without the seconds, and without the bytes where a limit stopped the run."""
    told = json.loads(report.to_json())
    for part in [told, *told["tasks"]]:
        part["stats"].pop("seconds", None)
        if any(warning.startswith("reached error limit") for warning in part["warnings"]):
            part["stats"].pop("bytes", None)
    return told


def both(folder: Path, case: Case, block: int = BLOCK) -> tuple[Any, Any, str]:
    """Both reports, or what was raised; and the reason where the columnar engine handed the case back."""
    ours: Any = None
    reason = ""
    try:
        ours = compared(validate_columnar(resource_of(folder, case), checklist_of(case), limit_errors=case.limit, block=block))
    except HandBack as back:
        reason = back.reason
    try:
        theirs: Any = compared(resource_of(folder, case).validate(checklist_of(case), limit_errors=case.limit))
    except Exception as raised:  # noqa: BLE001 - readers raise whatever they raise
        theirs = f"{type(raised).__name__}: {raised}"
    return ours, theirs, reason
