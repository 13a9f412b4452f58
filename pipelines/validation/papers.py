"""Part of the check: the papers of a verdict, what it rests on and Frictionless's report as a file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from catalog.model import Artefact
from pipelines.step import Opened, Parcel
from pipelines.validation import masking
from pipelines.validation.engine import Verdict
from standards.standard import TableStandard

CHECKER = "2"
"""Version of our verdicts; counts up when the same file would be judged otherwise."""


def pins(
    parcel: Parcel, standard: TableStandard | None, verdict: Verdict, references: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """Name what a verdict rests on: standard, digests of its code lists, tables referred to, version of the checker."""
    lists = standard.codelists() if standard else ()
    named: dict[str, Any] = {
        "standard": f"{standard.id}@{standard.version}" if standard else "",
        "codelists": {one: parcel.standards.codelist(one).digest for one in lists},
        "checker": f"{CHECKER} (frictionless {verdict.version})",
    }
    return named | ({"references": [dict(one) for one in references]} if references else {})


def report(parcel: Parcel, opened: Opened, verdict: Verdict, secret: frozenset[int]) -> Artefact:
    """Write the report as ``frictionless validate --json`` would print it."""
    name = f"{opened.resource}.report.json"
    content = json.dumps(masking.report(verdict.report.to_descriptor(), secret), ensure_ascii=False).encode()
    path = parcel.work / name
    path.write_bytes(content)
    return Artefact(
        resource=opened.resource,
        name=name,
        role="report",
        media_type="application/json",
        path=str(path),
        bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        public=False,
    )
