"""One case through both engines, and what of their reports has to be equal."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import zipfile
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
    name = f"table.csv.{case.packed}" if case.packed else "table.csv"
    (folder / name).write_bytes(packed(case.content, case.packed))
    if case.packed:
        options["compression"] = case.packed
    return TableResource(name="table", path=name, basepath=str(folder), format="csv", **options)


def packed(content: bytes, kind: str) -> bytes:
    if kind == "zip":
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(zipfile.ZipInfo("table.csv"), content)
        return made.getvalue()
    return {"gz": lambda one: gzip.compress(one, mtime=0), "bz2": bz2.compress, "xz": lzma.compress}.get(kind, bytes)(content)


def checklist_of(case: Case) -> Checklist | None:
    return Checklist.from_descriptor(json.loads(json.dumps(case.checklist))) if case.checklist else None


def compared(report: Any) -> dict[str, Any]:
    """A report without the seconds, and without the bytes where a limit stopped the run."""
    told = json.loads(report.to_json())
    for part in [told, *told["tasks"]]:
        part["stats"].pop("seconds", None)
        if any(warning.startswith("reached ") for warning in part["warnings"]):
            part["stats"].pop("bytes", None)
    return told


def both(folder: Path, case: Case, block: int = BLOCK) -> tuple[Any, Any, str]:
    """Both reports, or what was raised; and the reason where the columnar engine handed the case back."""
    ours: Any = None
    reason = ""
    try:
        ours = compared(validate_columnar(resource_of(folder, case), checklist_of(case), limit_errors=case.limit, limit_rows=case.rows, block=block))
    except HandBack as back:
        reason = back.reason
    try:
        theirs: Any = compared(resource_of(folder, case).validate(checklist_of(case), limit_errors=case.limit, limit_rows=case.rows))
    except Exception as raised:  # noqa: BLE001 - readers raise whatever they raise
        theirs = f"{type(raised).__name__}: {raised}"
    return ours, theirs, reason
